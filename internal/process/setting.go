package process

import (
	"errors"
	"fmt"
	"strings"

	"sluice/internal/directive"
	"sluice/internal/lang/diag"
	"sluice/internal/lang/interp"
	"sluice/internal/lang/source"
	"sluice/internal/lang/syntax"
	"sluice/internal/lang/value"
)

// A setting is a directive of the definition: a value known now, or code to
// run for each task.
type setting struct {
	name  string
	value value.Value // *lazy unless constant
}

// A lazy is a directive that is evaluated for each task.
type lazy struct {
	d     *definition
	name  string
	pos   []*interp.Code
	keys  []value.Value
	named []*interp.Code
	at    syntax.Node
}

func (*lazy) Class() *value.Class { return value.ObjectClass }

// directive compiles a directive of the definition.
func (d *definition) directive(e *syntax.Entry) (setting, error) {
	l := &lazy{d: d, name: e.Name, at: e}
	constant := true
	for _, a := range e.Args {
		lit, ok := a.Value.(*syntax.Literal)
		constant = constant && ok && lit != nil
		code := d.inst.Expr(a.Value)
		if a.Name == nil {
			l.pos = append(l.pos, code)
			continue
		}
		key := value.Value(value.String(a.Name.Span().Text()))
		if k, ok := a.Name.(*syntax.Literal); ok {
			key = k.Value
		}
		l.keys, l.named = append(l.keys, key), append(l.named, code)
	}
	if !constant {
		return setting{e.Name, l}, nil
	}
	v, err := l.eval(d.inst.NewFrame(d.run.Thread, d.ast.Func))
	return setting{e.Name, v}, err
}

// eval runs the directive's arguments and gives what a configuration file
// would have said.
func (l *lazy) eval(f *interp.Frame) (value.Value, error) {
	args := make([]value.Value, len(l.pos))
	for i, c := range l.pos {
		v, err := c.Run(f)
		if err != nil {
			return nil, err
		}
		args[i] = v
	}
	var named *value.Map
	if len(l.named) > 0 {
		named = value.NewMap(len(l.named))
		for i, c := range l.named {
			v, err := c.Run(f)
			if err != nil {
				return nil, err
			}
			named.Set(l.keys[i], v)
		}
	}
	v, err := directive.Setting(l.name, args, named)
	if err != nil {
		return nil, l.d.fault(l.at.Span(), "%s", err.Error())
	}
	return v, nil
}

// setup runs the conditions among directives and lists the directives they choose.
func (d *definition) setup(list []syntax.Stmt, f *interp.Frame) ([]setting, error) {
	var chosen []setting
	for _, s := range list {
		var more []setting
		var err error
		switch s := s.(type) {
		case nil:
		case *syntax.If:
			var v value.Value
			if v, err = d.inst.Expr(s.Cond).Run(f); err != nil {
				return nil, err
			}
			branch := s.Then
			if !value.Truth(v) {
				branch = s.Else
			}
			more, err = d.setup([]syntax.Stmt{branch}, f)
		case *syntax.Block:
			more, err = d.setup(s.Stmts, f)
		default:
			if e, ok := syntax.DirectiveCall(s); ok && directive.Lookup(e.Name) != nil {
				var one setting
				one, err = d.directive(e)
				more = []setting{one}
				break
			}
			_, err = d.inst.Block(&syntax.Block{At: syntax.At{Where: s.Span()}, Stmts: []syntax.Stmt{s}}).Run(f)
		}
		if err != nil {
			return nil, err
		}
		chosen = append(chosen, more...)
	}
	return chosen, nil
}

// merge joins what the definition and the configuration say of a node.
func (n *node) merge() (*value.Map, []string, error) {
	d := n.def
	own := value.NewMap(len(d.setting))
	var labels []string
	frame := d.inst.NewFrame(d.run.Thread, d.ast.Func)
	chosen, err := d.setup(d.ast.Setup, frame)
	if err != nil {
		return nil, nil, err
	}
	for _, s := range append(d.setting[:len(d.setting):len(d.setting)], chosen...) {
		v := s.value
		if l, ok := v.(*lazy); ok && s.name == "label" {
			var err error
			if v, err = l.eval(frame); err != nil {
				return nil, nil, err
			}
		}
		if s.name == "label" {
			labels = append(labels, directive.Words(v)...)
		}
		directive.Add(own, s.name, v)
	}
	return d.run.Config.ProcessSettings(d.ast.Name, n.alias, n.name, labels, own), labels, nil
}

// refuse ends the run for a directive that would change what the tasks do and
// cannot be carried out.
func (n *node) refuse() error {
	var list diag.List
	if v := n.settings.GetString("array"); v != nil {
		p := list.Add(n.placeOf("array"), fmt.Sprintf("Executor '%s' does not support job arrays: directive `array` of process `%s`", n.run.Executor, n.name))
		p.Help = "remove the directive, or set it in the profile of a cluster only"
	}
	if v, err := n.static("executor"); err == nil && v != nil {
		if name, ok := value.Str(v); ok && name != "" && !n.run.Runs(name) {
			p := list.Add(n.placeOf("executor"), fmt.Sprintf("the executor `%s` of process `%s` is not available in this release", name, n.name))
			p.Help = fmt.Sprintf("tasks run on this machine with `process { withName: '%s' { executor = 'local' } }` in the configuration", n.def.ast.Name)
		}
	}
	if len(list) == 0 {
		if err := n.placeable(); err != nil {
			list.Add(n.placeOf("executor"), err.Error())
		}
	}
	return list.Err()
}

// placeable checks the work directory of the executor, as far as it is known
// before there are tasks.
func (n *node) placeable() error {
	name := n.run.Executor
	v, err := n.static("executor")
	if err != nil {
		return nil
	}
	if v != nil {
		if name, _ = value.Str(v); name == "" {
			return nil
		}
		name = strings.ToLower(name)
	}
	return n.canWork(name)
}

// placed says where the directive stands whose value is wrong.
func (n *node) placed(name string, err error) error {
	var wrong *directive.Error
	if at := n.placeOf(name); errors.As(err, &wrong) && !at.IsZero() {
		return n.def.fault(at, "%s", wrong.Error())
	}
	return err
}

// placeOf is where a directive of the node was written.
func (n *node) placeOf(name string) source.Span {
	for _, e := range n.def.ast.Directives {
		if e.Name == name {
			return e.Span()
		}
	}
	if at := n.run.Config.Span("process", name); !at.IsZero() {
		return at
	}
	return n.def.ast.NameAt
}

// Static gives a setting of a node that holds for all its tasks.
func (n *node) static(name string) (value.Value, error) {
	v := n.settings.GetString(name)
	if l, ok := v.(*lazy); ok {
		return l.eval(n.def.inst.NewFrame(n.run.Thread, n.def.ast.Func))
	}
	return v, nil
}

// setting evaluates a directive for the task being made.
func (in *instance) setting(name string) (value.Value, error) {
	if v, ok := in.evaluated[name]; ok {
		return v, nil
	}
	if in.evaluating[name] {
		return nil, in.node.def.fault(in.node.def.ast.NameAt, "directive `%s` of process `%s` refers to itself", name, in.node.name)
	}
	in.evaluating[name] = true
	v, err := in.eval(in.node.settings.GetString(name), name)
	delete(in.evaluating, name)
	if err != nil {
		return nil, err
	}
	in.evaluated[name] = v
	return v, nil
}

// eval runs what is lazy in a setting: directives of the definition, closures
// of the configuration, also inside lists and maps of options.
func (in *instance) eval(v value.Value, name string) (value.Value, error) {
	switch x := v.(type) {
	case *lazy:
		v, err := x.eval(in.frame)
		if err != nil {
			return nil, err
		}
		if _, again := v.(*lazy); again {
			return v, nil
		}
		return in.eval(v, name)
	case *value.Closure:
		if x.Code == nil {
			return x, nil
		}
		v, err := x.WithDelegate(in.frame).CallWith(in.run().Thread, nil)
		if err != nil {
			return nil, err
		}
		if _, again := v.(*value.Closure); again {
			return v, nil
		}
		return v, nil
	case *value.List:
		out := &value.List{Kind: x.Kind, Elems: make([]value.Value, len(x.Elems))}
		for i, e := range x.Elems {
			r, err := in.eval(e, name)
			if err != nil {
				return nil, err
			}
			out.Elems[i] = r
		}
		return out, nil
	case *value.Map:
		return in.evalMap(x, name)
	}
	return v, nil
}

// evalMap evaluates the options of a directive; closures that the engine calls
// itself get the task as their delegate.
func (in *instance) evalMap(m *value.Map, name string) (value.Value, error) {
	out := value.NewMap(m.Len())
	var failed error
	m.Entries(func(k, v value.Value) bool {
		if c, ok := v.(*value.Closure); ok && value.ToString(k) == "saveAs" {
			out.Set(k, c.WithDelegate(in.frame))
			return true
		}
		r, err := in.eval(v, name)
		if err != nil {
			failed = err
			return false
		}
		out.Set(k, r)
		return true
	})
	return out, failed
}

func (in *instance) run() *Run { return in.node.run }
