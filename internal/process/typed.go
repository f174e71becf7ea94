package process

import (
	"fmt"
	"slices"

	"sluice/internal/lang/interp"
	"sluice/internal/lang/resolve"
	"sluice/internal/lang/syntax"
	"sluice/internal/lang/value"
	"sluice/internal/task"
	"sluice/internal/workdir"
)

// typedInput is `name: Type`, `(a, b): Tuple<A, B>`, `tuple(a: A, b: B)` and
// `record(a: A, b: B)`.
func (d *definition) typedInput(e *syntax.Entry) (*input, error) {
	in := &input{kind: typedInput, at: e, typ: e.Type}
	if len(e.Names) == 0 {
		in.name, in.bound = e.Name, true
		return in, nil
	}
	in.fields = e.Name == "record" || e.Type != nil && e.Type.Name == "Record"
	for i, n := range e.Names {
		inner := &input{kind: typedInput, name: n.Name, bound: true, at: n, typ: n.Type}
		if inner.typ == nil && e.Type != nil && i < len(e.Type.Args) {
			inner.typ = e.Type.Args[i]
		}
		in.names = append(in.names, inner)
	}
	return in, nil
}

// A stageRule is a directive of the `stage:` section.
type stageRule struct {
	kind  string // stageAs, env, stdin
	name  *interp.Code
	value *interp.Code
	at    syntax.Node
}

// compileTyped compiles the sections that typed processes alone have.
func (d *definition) compileTyped() error {
	for _, e := range d.ast.Stage {
		s, err := d.stageRule(e)
		if err != nil {
			return err
		}
		d.stage = append(d.stage, s)
	}
	for _, e := range d.ast.Topics {
		send, ok := e.Value.(*syntax.Binary)
		if !ok {
			return d.fault(e.Span(), "a topic entry sends a value: value >> 'topic'")
		}
		o := newOutput(e)
		lit, ok := send.R.(*syntax.Literal)
		if ok {
			o.topic, ok = value.Str(lit.Value)
		}
		if !ok {
			return d.fault(send.R.Span(), "the name of a topic is a text in quotes, not %s", send.R.Span().Text())
		}
		o.hidden = true
		if err := d.typedValue(o, send.L); err != nil {
			return err
		}
		d.outputs = append(d.outputs, o)
	}
	return nil
}

func (d *definition) stageRule(e *syntax.Entry) (*stageRule, error) {
	want, example := 2, e.Name+" value, 'name'"
	switch e.Name {
	case "env":
		example = "env 'NAME', value"
	case "stdin":
		want, example = 1, "stdin value"
	}
	if len(e.Args) != want || slices.ContainsFunc(e.Args, func(a syntax.Arg) bool { return a.Name != nil }) {
		return nil, d.fault(e.Span(), "the stage directive `%s` is written %s", e.Name, example)
	}
	s := &stageRule{kind: e.Name, at: e}
	val, name := e.Args[0].Value, syntax.Expr(nil)
	switch {
	case e.Name == "env":
		name, val = e.Args[0].Value, e.Args[1].Value
	case e.Name == "stageAs":
		name = e.Args[1].Value
		if isText(val) && !isText(name) { // the order of the first release that had it
			val, name = name, val
		}
	}
	s.value = d.inst.Expr(val)
	if name != nil {
		s.name = d.inst.Expr(name)
	}
	return s, nil
}

func isText(x syntax.Expr) bool {
	switch x := x.(type) {
	case *syntax.GString:
		return true
	case *syntax.Literal:
		_, ok := value.Str(x.Value)
		return ok
	}
	return false
}

// typedVariables gives the variables of a typed input the values that came in.
func (in *instance) typedVariables(d *input, v value.Value) {
	if len(d.names) == 0 {
		in.variable(d, v)
		return
	}
	for i, inner := range d.names {
		w, _ := d.part(v, i)
		in.typedVariables(inner, w)
	}
}

// part is element or field i of a value that an input takes apart.
func (d *input) part(v value.Value, i int) (value.Value, bool) {
	if d.fields {
		switch x := v.(type) {
		case *value.Map:
			key := value.String(d.names[i].name)
			if !x.Has(key) {
				return nil, false
			}
			w, _ := x.Get(key)
			return w, true
		case interface {
			Property(name string) (value.Value, bool)
		}:
			return x.Property(d.names[i].name)
		}
		return nil, false
	}
	elems, ok := value.Elements(v)
	if _, isMap := v.(*value.Map); !ok || isMap || i >= len(elems) {
		return nil, false
	}
	return elems[i], true
}

// stageTyped stages what `stageAs` names and says how each such file is seen.
func (in *instance) stageTyped() (map[string]*value.Path, error) {
	views := map[string]*value.Path{}
	for _, s := range in.node.def.stage {
		if s.kind != "stageAs" {
			continue
		}
		v, err := s.value.Run(in.frame)
		if err != nil {
			return nil, err
		}
		if v == nil {
			continue
		}
		pattern, err := in.textOf(s.name)
		if err != nil {
			return nil, err
		}
		var files []*value.Path
		if err := in.files(&input{}, v, &files); err != nil {
			return nil, err
		}
		names := make([]string, len(files))
		for i, f := range files {
			names[i] = f.FileName()
		}
		if names, err = workdir.StageNames(pattern, names); err != nil {
			return nil, err
		}
		for i, f := range files {
			views[f.String()] = in.view(f, names[i])
		}
		in.hashed = append(in.hashed, hashed{name: "stageAs", value: value.String(pattern)})
	}
	return views, nil
}

func (in *instance) view(f *value.Path, name string) *value.Path {
	in.staged = append(in.staged, staged{f, name})
	view := *f
	view.Stage, view.Shown = name, workdir.Escape(name)
	return &view
}

func (in *instance) textOf(c *interp.Code) (string, error) {
	v, err := c.Run(in.frame)
	if err != nil {
		return "", err
	}
	if cl, ok := v.(*value.Closure); ok {
		if v, err = cl.CallWith(in.run().Thread, nil); err != nil {
			return "", err
		}
	}
	return value.Text(v)
}

// stageRest follows `env` and `stdin` of the `stage:` section.
func (in *instance) stageRest() error {
	for _, s := range in.node.def.stage {
		if s.kind == "stageAs" {
			continue
		}
		v, err := s.value.Run(in.frame)
		if err != nil {
			return err
		}
		switch {
		case v == nil:
		case s.kind == "stdin":
			if err := in.bindStdin(v); err != nil {
				return err
			}
		default:
			name, err := in.textOf(s.name)
			if err != nil {
				return err
			}
			text := value.ToString(v)
			in.env = append(in.env, task.EnvVar{Name: name, Value: text})
			in.hashed = append(in.hashed, hashed{name: name, value: value.String(text)})
		}
	}
	return nil
}

// bindTyped checks a value against its type, stages the files that the type
// holds, and gives the variable their staged view.
func (in *instance) bindTyped(d *input, v value.Value, views map[string]*value.Path) error {
	if len(d.names) > 0 {
		return in.bindParts(d, v, views)
	}
	if v == nil && (d.typ == nil || !d.typ.Nullable) {
		return in.unfit(d, "takes no null (write `"+d.name+": "+typeText(d.typ)+"?` to allow it)")
	}
	in.hashed = append(in.hashed, hashed{name: d.name, value: v})
	w, err := in.stageValue(d.typ, v, views)
	if err != nil {
		return err
	}
	in.variable(d, w)
	return nil
}

func typeText(t *syntax.TypeRef) string {
	if t == nil {
		return "Path"
	}
	return t.Span().Text()
}

func (in *instance) unfit(d *input, what string) error {
	return &value.Exception{
		Of: value.ExceptionClass("nextflow.exception.ProcessUnrecoverableException"), Where: d.at.Span(),
		Message: fmt.Sprintf("input `%s` of process `%s` %s", d.name, in.node.name, what),
	}
}

func (in *instance) bindParts(d *input, v value.Value, views map[string]*value.Path) error {
	if elems, ok := value.Elements(v); ok && !d.fields && len(elems) != len(d.names) {
		in.run().warn(fmt.Sprintf("Input tuple does not match tuple declaration in process `%s` -- offending value: %s", in.node.name, value.ToString(v)))
	}
	for i, inner := range d.names {
		w, found := d.part(v, i)
		if !found && (inner.typ == nil || !inner.typ.Nullable) {
			what := "element"
			if d.fields {
				what = "field"
			}
			return in.unfit(inner, fmt.Sprintf("is missing: the value has no %s for it: %s", what, value.ToString(v)))
		}
		if err := in.bindTyped(inner, w, views); err != nil {
			return err
		}
	}
	return nil
}

// stageValue is v with every file that its type holds staged.
func (in *instance) stageValue(t *syntax.TypeRef, v value.Value, views map[string]*value.Path) (value.Value, error) {
	if v == nil || !in.holdsPaths(t) {
		return v, nil
	}
	if t.Name == "Path" {
		var files []*value.Path
		if err := in.files(&input{}, v, &files); err != nil {
			return nil, err
		}
		if len(files) != 1 {
			return nil, fmt.Errorf("a Path is one file, process `%s` received %s", in.node.name, value.ToString(v))
		}
		if view := views[files[0].String()]; view != nil {
			return view, nil
		}
		return in.view(files[0], files[0].FileName()), nil
	}
	if fields := recordType(in.node.def.inst.Module, t.Name); fields != nil {
		return in.stageRecord(fields, t, v, views)
	}
	elems, ok := value.Elements(v)
	if _, isMap := v.(*value.Map); !ok || isMap {
		return nil, fmt.Errorf("process `%s` expects a %s, received %s", in.node.name, typeText(t), value.ToString(v))
	}
	out := make([]value.Value, len(elems))
	for i, e := range elems {
		of := t.Args[0]
		if t.Name == "Tuple" && i < len(t.Args) {
			of = t.Args[i]
		}
		var err error
		if out[i], err = in.stageValue(of, e, views); err != nil {
			return nil, err
		}
	}
	switch x := v.(type) {
	case *value.Set:
		return value.NewSet(out...), nil
	case *value.List:
		return &value.List{Elems: out, Kind: x.Kind}, nil
	}
	return value.NewList(out...), nil
}

func (in *instance) stageRecord(def *syntax.ClassDef, t *syntax.TypeRef, v value.Value, views map[string]*value.Path) (value.Value, error) {
	m, ok := v.(*value.Map)
	if !ok {
		return v, nil
	}
	out := m.Copy()
	for _, f := range def.Fields {
		key := value.String(f.Name)
		w, _ := m.Get(key)
		if w == nil {
			if f.Type != nil && !f.Type.Nullable {
				return nil, fmt.Errorf("process `%s` expects a record %s, the field `%s` is missing: %s", in.node.name, t.Name, f.Name, value.ToString(v))
			}
			continue
		}
		s, err := in.stageValue(f.Type, w, views)
		if err != nil {
			return nil, err
		}
		out.Replace(key, s)
	}
	return out, nil
}

func (in *instance) holdsPaths(t *syntax.TypeRef) bool {
	if t == nil {
		return false
	}
	if t.Name == "Path" || recordType(in.node.def.inst.Module, t.Name) != nil {
		return true
	}
	switch t.Name {
	case "List", "Set", "Bag", "Tuple", "Iterable", "Collection":
		return slices.ContainsFunc(t.Args, in.holdsPaths)
	}
	return false
}

// recordType finds a record that a module declares or includes.
func recordType(m *resolve.Module, name string) *syntax.ClassDef {
	if m == nil {
		return nil
	}
	if m.File != nil {
		for _, d := range m.File.Decls {
			if c, ok := d.(*syntax.ClassDef); ok && c.Kind == "record" && c.Name == name {
				return c
			}
		}
	}
	for _, inc := range m.Includes {
		for _, item := range inc.Decl.Items {
			if item.Local() == name {
				return recordType(inc.Module, item.Name)
			}
		}
	}
	return nil
}
