package process

import (
	"sluice/internal/lang/interp"
	"sluice/internal/lang/syntax"
	"sluice/internal/lang/value"
	"sluice/internal/workdir"
)

// typedOutput is `name = expr`, `name: Type = expr` or a bare expression of a
// typed process.
func (d *definition) typedOutput(e *syntax.Entry) (*output, error) {
	o := newOutput(e)
	x := e.Value
	if x == nil {
		x = &syntax.Ident{At: syntax.At{Where: e.NameAt}, Name: e.Name}
	} else {
		o.emit = e.Name
	}
	return o, d.typedValue(o, x)
}

// typedValue compiles the value of a typed output and the calls in it that ask
// the finished task: file, files, env, eval and stdout.
func (d *definition) typedValue(o *output, x syntax.Expr) (err error) {
	o.kind, o.expr, o.name = typedOutput, d.inst.Expr(x), x.Span().Text()
	o.calls = map[int64]*output{}
	syntax.Walk(x, func(n syntax.Node) bool {
		call, ok := n.(*syntax.Call)
		if !ok || err != nil || len(call.Args) == 0 {
			return err == nil
		}
		fun, ok := call.Fun.(*syntax.Ident)
		if !ok {
			return true
		}
		kinds := map[string]outputKind{"file": pathOutput, "files": pathOutput, "env": envOutput, "eval": evalOutput, "stdout": stdoutOutput}
		kind, ok := kinds[fun.Name]
		lit, numbered := call.Args[0].Value.(*syntax.Literal)
		if !ok || !numbered {
			return true
		}
		number, numbered := value.AsInt64(lit.Value)
		if !numbered {
			return true
		}
		c := newOutput(call)
		c.kind, c.list = kind, fun.Name == "files"
		o.calls[number] = c
		err = d.taskCall(c, fun.Name, call.Args[1:])
		return err == nil
	})
	return err
}

func (d *definition) taskCall(c *output, name string, args []syntax.Arg) error {
	examples := map[string]string{"file": "file('out.txt')", "files": "files('*.txt')", "env": "env('NAME')", "eval": "eval('command')", "stdout": "stdout()"}
	values := 0
	for _, a := range args {
		if a.Name != nil {
			if c.kind != pathOutput {
				return d.noOption(a, name, a.Name.Span().Text(), nil)
			}
			if err := d.outputOption(c, a, "path"); err != nil {
				return err
			}
			continue
		}
		values++
		c.expr, c.name = d.inst.Expr(a.Value), a.Value.Span().Text()
	}
	want := 1
	if c.kind == stdoutOutput {
		want = 0
	}
	if values != want {
		return d.fault(c.at.Span(), "`%s` is written %s", name, examples[name])
	}
	return nil
}

// envName is the variable that an env output reads.
func (in *instance) envName(o *output) (string, error) {
	if o.kind != envOutput || o.expr == nil {
		return o.name, nil
	}
	return in.textOf(o.expr)
}

// wantCalls tells the executor what the calls of a typed output will ask for.
func (in *instance) wantCalls(o *output, n *int) error {
	for _, c := range o.ordered() {
		if err := in.want(c, n); err != nil {
			return err
		}
	}
	return nil
}

// ordered is the calls in the order of the source.
func (o *output) ordered() []*output {
	var all []*output
	for i := int64(1); len(all) < len(o.calls); i++ {
		if c := o.calls[i]; c != nil {
			all = append(all, c)
		}
	}
	return all
}

// typedOutput evaluates the value of a typed output after the task.
func (in *instance) typedOutput(o *output, env map[string]workdir.Capture, c *collected) (value.Value, bool, error) {
	in.frame.BindName(interp.TaskOutput, &value.Closure{
		Variadic: true,
		Code: func(_ *value.Thread, _ *value.Closure, args []value.Value) (value.Value, error) {
			return in.answer(o, args, env, c)
		},
	})
	defer in.frame.BindName(interp.TaskOutput, nil)
	v, err := o.expr.Run(in.frame)
	if err != nil {
		return nil, false, err
	}
	v, err = in.outside(v)
	return v, true, err
}

// answer is what one call in a typed output gives.
func (in *instance) answer(o *output, args []value.Value, env map[string]workdir.Capture, c *collected) (value.Value, error) {
	if len(args) > 0 {
		if _, options := args[0].(*value.Map); options {
			args = args[1:]
		}
	}
	var call *output
	if len(args) > 0 {
		number, _ := value.AsInt64(args[0])
		call = o.calls[number]
	}
	if call == nil {
		return nil, value.Throw("java.lang.IllegalStateException", "unknown call in the output of process `%s`", in.node.name)
	}
	found, ok, err := in.output(call, env, c)
	if err != nil {
		return nil, err
	}
	if !call.list {
		if l, several := found.(*value.List); several && call.kind == pathOutput {
			return nil, value.Throw("java.lang.IllegalStateException", "`file(%s)` matches %d files in process `%s`: `files(%s)` takes several", call.name, len(l.Elems), in.node.name, call.name)
		}
		return found, nil
	}
	if !ok {
		return value.NewSet(), nil
	}
	if elems, several := value.Elements(found); several {
		return value.NewSet(elems...), nil
	}
	return value.NewSet(found), nil
}

// outside is a value as it is seen outside of the task: files have their own
// names, texts are finished.
func (in *instance) outside(v value.Value) (value.Value, error) {
	switch x := v.(type) {
	case *value.GString:
		text, err := value.Render(x)
		return value.String(text), err
	case *value.Map:
		m, failed := x.Copy(), error(nil)
		x.Entries(func(k, e value.Value) bool {
			var w value.Value
			if w, failed = in.outside(e); failed == nil {
				m.Replace(k, w)
			}
			return failed == nil
		})
		return m, failed
	case *value.List:
		l := &value.List{Elems: make([]value.Value, len(x.Elems)), Kind: x.Kind}
		if l.Kind == value.Blank {
			l.Kind = value.ArrayList
		}
		for i, e := range x.Elems {
			w, err := in.outside(e)
			if err != nil {
				return nil, err
			}
			l.Elems[i] = w
		}
		return l, nil
	}
	return in.unstage(v), nil
}
