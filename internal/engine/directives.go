package engine

import (
	"errors"

	"sluice/internal/directive"
	"sluice/internal/lang/diag"
	"sluice/internal/lang/resolve"
	"sluice/internal/lang/syntax"
	"sluice/internal/lang/value"
)

// checkDirectives finds what is wrong with literal values of directives, in all
// files. In a process that may stay uncalled it is a warning: such a script runs.
func (m *modules) checkDirectives(entry *syntax.WorkflowDef) {
	sure := m.surelyCalled(entry)
	for _, mod := range m.loaded {
		if mod == nil {
			continue
		}
		for _, d := range mod.File.Decls {
			p, ok := d.(*syntax.ProcessDef)
			if !ok {
				continue
			}
			for _, e := range p.Directives {
				m.checkDirective(e, sure[p])
			}
		}
	}
}

func (m *modules) checkDirective(e *syntax.Entry, sure bool) {
	if directive.Lookup(e.Name) == nil {
		return // reported by name
	}
	args, named, ok := literals(e.Args)
	if !ok {
		return
	}
	_, err := directive.Setting(e.Name, args, named)
	var wrong *directive.Error
	if !errors.As(err, &wrong) {
		return
	}
	d := m.diags.Add(e.Span(), wrong.Message)
	d.Help = wrong.Help
	if !sure {
		d.Severity = diag.Warning
		d.Notes = append(d.Notes, "the run ends here if the process is called")
	}
}

// later stands for a value that is known only when the code runs: directives
// take it as it is.
var later value.Value = &value.GString{
	Strs: []string{"", ""}, Vals: []value.Value{nil},
	Lazy: map[int]func() (value.Value, error){0: func() (value.Value, error) { return value.String(""), nil }},
}

// literals are arguments as far as they are literal; false if even their
// number is not known.
func literals(list []syntax.Arg) (args []value.Value, named *value.Map, ok bool) {
	for _, a := range list {
		if _, spread := a.Value.(*syntax.Spread); spread || a.SpreadMap {
			return nil, nil, false
		}
		if a.Name == nil {
			args = append(args, literal(a.Value))
			continue
		}
		key, plain := a.Name.(*syntax.Literal)
		if !plain {
			return nil, nil, false
		}
		if named == nil {
			named = value.NewMap(len(list))
		}
		named.Set(key.Value, literal(a.Value))
	}
	return args, named, true
}

// literal is the value of an expression that is the same in every run, else later.
func literal(x syntax.Expr) value.Value {
	switch x := x.(type) {
	case *syntax.Literal:
		return x.Value
	case *syntax.Paren:
		return literal(x.X)
	case *syntax.Map:
		m := value.NewMap(len(x.Entries))
		for _, e := range x.Entries {
			key, plain := e.Key.(*syntax.Literal)
			if !plain {
				return later
			}
			m.Set(key.Value, literal(e.Value))
		}
		return m
	case *syntax.Prop:
		return quantity(x)
	}
	return later
}

// quantity is `2.GB` or `10.min`.
func quantity(x *syntax.Prop) value.Value {
	number, ok := x.X.(*syntax.Literal)
	if !ok || x.Dyn != nil || x.Safe || x.Spread || x.Field {
		return later
	}
	if _, isText := value.Str(number.Value); isText || number.Value == nil {
		return later
	}
	text := value.ToString(number.Value) + " " + x.Name
	if size, err := value.ParseMemory(text); err == nil {
		return size
	}
	if span, err := value.ParseDuration(text); err == nil {
		return span
	}
	return later
}

// surelyCalled are the processes that every run of the script calls: from the
// entry workflow and the workflows it calls, outside of conditions and
// closures, and not after code that may end the workflow.
func (m *modules) surelyCalled(entry *syntax.WorkflowDef) map[*syntax.ProcessDef]bool {
	c := &calls{home: map[*syntax.WorkflowDef]*resolve.Module{}, seen: map[*syntax.WorkflowDef]bool{}, sure: map[*syntax.ProcessDef]bool{}}
	for _, mod := range m.loaded {
		if mod == nil {
			continue
		}
		for _, d := range mod.File.Decls {
			switch d := d.(type) {
			case *syntax.WorkflowDef:
				c.home[d] = mod
			case *syntax.TopStmt:
				c.ended = c.ended || mayEnd(mod, d.Stmt)
			}
		}
	}
	if entry != nil {
		c.workflow(entry)
	}
	return c.sure
}

type calls struct {
	home map[*syntax.WorkflowDef]*resolve.Module
	seen map[*syntax.WorkflowDef]bool
	sure map[*syntax.ProcessDef]bool

	ended bool // what follows may not be reached
}

func (c *calls) workflow(w *syntax.WorkflowDef) {
	mod := c.home[w]
	if c.seen[w] || w.Main == nil || mod == nil {
		return
	}
	c.seen[w] = true
	for _, s := range w.Main.Stmts {
		if c.ended = c.ended || mayEnd(mod, s); c.ended {
			return
		}
		syntax.Walk(s, func(n syntax.Node) bool {
			switch n := n.(type) {
			case *syntax.If, *syntax.Ternary, *syntax.Switch, *syntax.Try, *syntax.Closure, *syntax.ForIn, *syntax.ForC, *syntax.While:
				return false
			case *syntax.Binary:
				if n.Op == syntax.OpOr {
					c.name(mod, n.R)
				}
				return n.Op != syntax.OpLand && n.Op != syntax.OpLor
			case *syntax.Call:
				c.name(mod, n.Fun)
			}
			return true
		})
	}
}

// name follows the name of what is called.
func (c *calls) name(mod *resolve.Module, x syntax.Expr) {
	id, ok := x.(*syntax.Ident)
	if !ok {
		return
	}
	switch d := mod.Exports[id.Name].(type) {
	case *syntax.ProcessDef:
		c.sure[d] = true
	case *syntax.WorkflowDef:
		c.workflow(d)
	}
}

// mayEnd says whether a statement may leave the workflow: it returns, exits,
// throws, or calls a function of the script, which may do so.
func mayEnd(mod *resolve.Module, s syntax.Stmt) bool {
	found := false
	syntax.Walk(s, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.Closure:
			return false
		case *syntax.Return, *syntax.Throw:
			found = true
		case *syntax.Call:
			switch fun := n.Fun.(type) {
			case *syntax.Ident:
				_, own := mod.Exports[fun.Name].(*syntax.FuncDef)
				found = found || own || fun.Name == "exit" || fun.Name == "error"
			case *syntax.Prop:
				found = found || fun.Name == "exit"
			}
		}
		return !found
	})
	return found
}
