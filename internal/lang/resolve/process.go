package resolve

import (
	"fmt"
	"strings"

	"sluice/internal/lang/diag"
	"sluice/internal/lang/source"
	"sluice/internal/lang/syntax"
	"sluice/internal/lang/value"
)

// process lays out one frame for all sections: `task` first, then inputs, then
// what the body assigns without `def`.
func (r *resolver) process(d *syntax.ProcessDef) {
	r.proc = d
	defer func() { r.proc, r.section = nil, AnySection }()
	f := r.open(processFrame)
	f.bare = f.scope
	r.declare("task", nil)
	r.declare(TaskOutput, nil)
	for _, e := range d.Inputs {
		r.inputNames(e)
	}
	for _, e := range d.Inputs { // stage names may use inputs declared after them
		r.input(e)
	}
	r.push()
	if d.Body != nil {
		r.section = ScriptSection
		r.assigned(d.Body)
		r.stmts(d.Body.Stmts)
	}
	r.pop()
	if d.Stub != nil {
		r.section = StubSection
		r.push()
		r.assigned(d.Stub)
		r.stmts(d.Stub.Stmts)
		r.pop()
	}
	r.section = AnySection
	known := r.names.Directives()
	r.setup(d.Setup, known)
	moveDirectives(d, known)
	for _, e := range d.Directives {
		r.directive(e, known)
	}
	r.expr(d.When)
	for _, e := range d.Stage {
		r.stage(e)
	}
	r.taskCalls = nil
	for _, e := range d.Outputs {
		r.output(e)
	}
	for _, e := range d.Topics {
		r.topic(e)
	}
	d.Func = r.close()
}

// setup resolves the conditions among directives, and the directives in them.
func (r *resolver) setup(list []syntax.Stmt, known []string) {
	for _, s := range list {
		switch s := s.(type) {
		case *syntax.If:
			r.expr(s.Cond)
			r.setup([]syntax.Stmt{s.Then, s.Else}, known)
			continue
		case *syntax.Block:
			r.setup(s.Stmts, known)
			continue
		}
		if e, ok := syntax.DirectiveCall(s); ok && contains(known, e.Name) {
			r.taskArgs(e.Args)
			continue
		}
		if x, v := assignment(s); x != nil { // all tasks see it, as they see variables of the script
			r.expr(v)
			x.Binding = syntax.Binding{Kind: syntax.Global, Index: r.module.declare(x.Name)}
			continue
		}
		r.stmt(s)
	}
}

// assignment is the name and the value of `name = value`.
func assignment(s syntax.Stmt) (*syntax.Ident, syntax.Expr) {
	e, ok := s.(*syntax.ExprStmt)
	if !ok {
		return nil, nil
	}
	a, ok := e.X.(*syntax.Assign)
	if !ok {
		return nil, nil
	}
	x, _ := a.Target.(*syntax.Ident)
	return x, a.Value
}

// moveDirectives puts directives that stand below `output:` among the others.
func moveDirectives(d *syntax.ProcessDef, known []string) {
	var outputs []*syntax.Entry
	for _, e := range d.Outputs {
		if e.Value == nil && len(e.Args) > 0 && !isOutput(e.Name) && contains(known, e.Name) {
			d.Directives = append(d.Directives, e)
			continue
		}
		outputs = append(outputs, e)
	}
	d.Outputs = outputs
}

func contains(list []string, s string) bool {
	for _, e := range list {
		if e == s {
			return true
		}
	}
	return false
}

// assigned declares in the process frame what a body assigns without `def`
// anywhere, so that closures before the assignment see the same variable.
func (r *resolver) assigned(b *syntax.Block) {
	local := map[string]bool{}
	syntax.Walk(b, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.VarDecl:
			for _, v := range n.Names {
				local[v.Name] = true
			}
		case *syntax.Closure:
			return false
		case *syntax.Assign:
			for _, t := range targets(n.Target) {
				if !local[t.Name] && r.fn.scope.find(t.Name) == nil && !r.names.Builtin(t.Name) {
					if _, global := r.module.index[t.Name]; !global {
						r.declareIn(r.fn, r.fn.bare, t.Name, nil)
					}
				}
			}
		}
		return true
	})
}

func isInput(name string) bool {
	known, _ := syntax.InputQualifier(name)
	return known
}

func (r *resolver) input(e *syntax.Entry) {
	if e.Type != nil || len(e.Names) > 0 { // typed: `name: Type`, `(a, b): Tuple<…>`
		for _, n := range e.Names {
			r.declare(n.Name, &n.Binding)
		}
		if len(e.Names) == 0 {
			r.declare(e.Name, nil)
		}
		r.expr(e.Value)
		return
	}
	if !isInput(e.Name) {
		r.notQualifier(e, "input", "val", "path", "tuple", "env", "stdin", "each")
		return
	}
	r.qualifier(e.Name, e.Args)
}

func (r *resolver) notQualifier(e *syntax.Entry, of string, known ...string) {
	d := r.diags.Add(e.NameAt, fmt.Sprintf("`%s` is not an %s qualifier", e.Name, of))
	if near, ok := diag.Near(e.Name, known); ok {
		d.Help = fmt.Sprintf("`%s` is one", near)
	} else {
		d.Help = "the qualifiers are `" + strings.Join(known, "`, `") + "`"
	}
}

func (r *resolver) qualifier(name string, args []syntax.Arg) {
	for i, a := range args {
		if a.Name != nil {
			r.inputName(a.Value)
			continue
		}
		switch x := a.Value.(type) {
		case *syntax.Ident:
			if namesInput(name, i) {
				continue
			}
		case *syntax.Call:
			if fun, ok := x.Fun.(*syntax.Ident); ok && isInput(fun.Name) {
				r.qualifier(fun.Name, x.Args)
				continue
			}
		}
		if name != "env" {
			r.expr(a.Value)
		}
	}
}

// inputNames declares the variables of an untyped input.
func (r *resolver) inputNames(e *syntax.Entry) {
	if e.Type == nil && len(e.Names) == 0 && isInput(e.Name) {
		r.qualifierNames(e.Name, e.Args)
	}
}

func (r *resolver) qualifierNames(name string, args []syntax.Arg) {
	for i, a := range args {
		if a.Name != nil {
			continue
		}
		switch x := a.Value.(type) {
		case *syntax.Ident:
			if namesInput(name, i) && x.Name != "stdin" {
				r.declareInput(x)
			}
		case *syntax.Call:
			if fun, ok := x.Fun.(*syntax.Ident); ok && isInput(fun.Name) {
				r.qualifierNames(fun.Name, x.Args)
			}
		case *syntax.Literal: // `path 'index'` makes a variable of the older grammar too
			if text, ok := value.Str(x.Value); ok && r.lenient() && namesFile(name, i) && r.fn.scope.vars[text] == nil {
				r.declare(text, nil)
			}
		}
	}
}

// namesInput says whether a name that is argument i of a qualifier names a variable.
func namesInput(qualifier string, i int) bool {
	switch qualifier {
	case "tuple", "set":
		return true
	case "stdin", "env":
		return false
	}
	return i == 0
}

func namesFile(qualifier string, i int) bool {
	return i == 0 && (qualifier == "path" || qualifier == "file")
}

// inputName resolves an option such as `stageAs: "$x"`; `name: x` is a plain expression too.
func (r *resolver) inputName(x syntax.Expr) { r.expr(x) }

func (r *resolver) declareInput(x *syntax.Ident) {
	if v := r.fn.scope.vars[x.Name]; v != nil {
		r.bindTo(v, &x.Binding)
		return
	}
	r.declare(x.Name, &x.Binding)
}

func isOutput(name string) bool {
	known, _ := syntax.OutputQualifier(name)
	return known
}

func (r *resolver) output(e *syntax.Entry) {
	if e.Value != nil {
		r.typedOutput(e.Value)
		return
	}
	if !isOutput(e.Name) {
		if len(e.Args) == 0 { // a bare name in typed outputs
			r.ident(&syntax.Ident{At: syntax.At{Where: e.NameAt}, Name: e.Name})
			return
		}
		r.notQualifier(e, "output", "val", "path", "tuple", "env", "stdout", "eval")
		return
	}
	r.outputArgs(e.Name, e.Args)
}

func (r *resolver) outputArgs(name string, args []syntax.Arg) {
	for i, a := range args {
		if a.Name != nil {
			if key, ok := a.Name.(*syntax.Literal); ok {
				switch key.Raw {
				case "emit", "topic", "into":
					continue // names, not variables
				}
			}
			r.expr(a.Value)
			continue
		}
		switch x := a.Value.(type) {
		case *syntax.Ident:
			if x.Name == "stdout" || name == "env" {
				continue
			}
			if (name == "path" || name == "file") && i == 0 && !r.known(x) {
				r.later(x, func() { r.fileName(&args[0], x) })
				continue
			}
		case *syntax.Call:
			if fun, ok := x.Fun.(*syntax.Ident); ok && isOutput(fun.Name) {
				r.outputArgs(fun.Name, x.Args)
				continue
			}
		case *syntax.GString:
			if name == "path" || name == "file" {
				r.taskArgs(args[i : i+1])
				continue
			}
		}
		r.expr(a.Value)
	}
}

// fileName takes a name that nothing defines as the name of an output file,
// as the older grammar does.
func (r *resolver) fileName(a *syntax.Arg, x *syntax.Ident) {
	a.Value = &syntax.Literal{At: x.At, Value: value.String(x.Name), Raw: "'" + x.Name + "'"}
	d := r.diags.Warn(x.Span(), fmt.Sprintf("`%s` is not defined and taken as the name of a file", x.Name))
	d.Help = fmt.Sprintf("write `'%s'`", x.Name)
}

func (r *resolver) directive(e *syntax.Entry, known []string) {
	if !contains(known, e.Name) {
		d := r.diags.Add(e.NameAt, fmt.Sprintf("`%s` is not a process directive", e.Name))
		if near, ok := diag.Near(e.Name, known); ok {
			d.Help = fmt.Sprintf("`%s` is one", near)
		}
	}
	r.taskArgs(e.Args)
}

// taskArgs resolves what each task evaluates anew. The older grammar asks the
// variables of the task for unknown names, and what is not among them is null.
func (r *resolver) taskArgs(args []syntax.Arg) {
	r.nulls = true
	r.args(args)
	r.nulls = false
}

func (r *resolver) args(args []syntax.Arg) {
	for _, a := range args {
		if a.Name != nil {
			r.expr(a.Name)
		}
		r.expr(a.Value)
	}
}

// checkInputs compares the arguments of a call with what the callee takes.
func (r *resolver) checkInputs(call *syntax.Call, name string, extra int) {
	def, ok := r.module.Exports[name]
	if !ok {
		return
	}
	want, ok := Inputs(def)
	if !ok {
		return
	}
	got := extra
	for _, a := range call.Args {
		if a.Name != nil || !r.single(a.Value) {
			return
		}
		got++
	}
	if got == want || r.lenient() {
		return
	}
	kind, at, names := inputsOf(def)
	d := r.diags.Add(call.Span(), fmt.Sprintf("%s `%s` takes %s, %d given", kind, name, plural(want, "input"), got))
	soften(d, r.maybe > 0)
	if got < want && got < len(names) {
		d.Label = fmt.Sprintf("`%s` is missing", names[got])
	}
	d.Related = append(d.Related, diag.Label{Span: at, Text: "inputs declared here"})
}

// single says whether x is surely one channel or value: what a process or
// workflow returns may be several.
func (r *resolver) single(x syntax.Expr) bool {
	switch x := x.(type) {
	case *syntax.Spread:
		return false
	case *syntax.Paren:
		return r.single(x.X)
	case *syntax.Prop:
		return x.Name != "out"
	case *syntax.Binary:
		return x.Op != syntax.OpOr && x.Op != syntax.OpAnd
	case *syntax.Call:
		fun, ok := x.Fun.(*syntax.Prop)
		if !ok || fun.Name == "branch" || fun.Name == "multiMap" {
			return false
		}
		root, isIdent := fun.X.(*syntax.Ident)
		return isIdent && strings.EqualFold(root.Name, "channel") || r.names.Operator(fun.Name)
	case *syntax.Ident:
		if x.Binding.Kind == syntax.Builtin {
			return true
		}
		v := r.local(x.Name)
		return v != nil && v.single
	}
	return true
}

// local finds a variable of the function being resolved.
func (r *resolver) local(name string) *variable { return r.fn.scope.find(name) }

// notes keeps whether a variable surely holds one channel or value: what is
// assigned to it once is, or all that is.
func (r *resolver) notes(name string, x syntax.Expr) {
	if v := r.local(name); v != nil {
		single := x != nil && r.single(x)
		v.single = single && (v.single || !v.assigned)
		v.assigned = true
	}
}

func inputsOf(d syntax.Decl) (kind string, at source.Span, names []string) {
	switch d := d.(type) {
	case *syntax.ProcessDef:
		at = d.NameAt
		for i, e := range d.Inputs {
			if i == 0 {
				at = e.Span()
			} else {
				at = at.To(e.Span())
			}
			names = append(names, e.Span().Text())
		}
		return "process", at, names
	case *syntax.WorkflowDef:
		at = d.NameAt
		for i, t := range d.Take {
			if i == 0 {
				at = t.Span()
			} else {
				at = at.To(t.Span())
			}
			names = append(names, t.Name)
		}
		return "workflow", at, names
	}
	return "", at, nil
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
