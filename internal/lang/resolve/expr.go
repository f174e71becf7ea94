package resolve

import (
	"fmt"
	"slices"
	"strings"

	"sluice/internal/lang/diag"
	"sluice/internal/lang/syntax"
)

func (r *resolver) exprs(list []syntax.Expr) {
	for _, x := range list {
		r.expr(x)
	}
}

func (r *resolver) expr(x syntax.Expr) {
	switch x := x.(type) {
	case nil, *syntax.Literal, *syntax.BadExpr:
	case *syntax.GString:
		r.exprs(x.Exprs)
	case *syntax.Ident:
		r.ident(x)
	case *syntax.List:
		r.exprs(x.Elems)
	case *syntax.Map:
		for _, e := range x.Entries {
			if e.Key != nil {
				r.expr(e.Key)
			}
			r.expr(e.Value)
		}
	case *syntax.Range:
		r.expr(x.Lo)
		r.expr(x.Hi)
	case *syntax.Unary:
		r.expr(x.X)
	case *syntax.IncDec:
		r.expr(x.X)
	case *syntax.Binary:
		r.expr(x.L)
		if x.Op == syntax.OpOr {
			r.pipeTarget(x.R)
			return
		}
		if x.Op == syntax.OpLand || x.Op == syntax.OpLor {
			r.maybe++
			r.expr(x.R)
			r.maybe--
			return
		}
		r.expr(x.R)
	case *syntax.InstanceOf:
		r.expr(x.X)
		r.typeRef(x.Type)
	case *syntax.Cast:
		r.expr(x.X)
		r.typeRef(x.Type)
	case *syntax.Ternary:
		r.expr(x.Cond)
		r.maybe++
		r.expr(x.Then)
		r.expr(x.Else)
		r.maybe--
	case *syntax.Assign:
		r.expr(x.Value)
		if r.shadows(x) {
			return
		}
		r.target(x.Target, x.Op == syntax.OpNone)
		if id, ok := x.Target.(*syntax.Ident); ok {
			r.notes(id.Name, x.Value)
		}
	case *syntax.Tuple:
		r.exprs(x.Elems)
	case *syntax.Index:
		r.expr(x.X)
		r.exprs(x.Args)
	case *syntax.Prop:
		if r.className(x) {
			return
		}
		r.expr(x.X)
		r.expr(x.Dyn)
	case *syntax.MethodPointer:
		r.expr(x.X)
	case *syntax.Call:
		r.call(x)
	case *syntax.New:
		r.typeRef(x.Type)
		r.args(x.Args)
		r.exprs(x.Dims)
		r.exprs(x.Init)
	case *syntax.Closure:
		r.closure(x, r.fn.dynamic)
	case *syntax.Spread:
		r.expr(x.X)
	case *syntax.Paren:
		r.expr(x.X)
	default:
		panic(fmt.Sprintf("internal error: resolve: %T", x))
	}
}

// ident binds a name that is read.
func (r *resolver) ident(x *syntax.Ident) {
	if r.known(x) || r.unknownInClass(x) {
		return
	}
	r.later(x, nil)
}

// later leaves a name to be settled when the whole file is known.
func (r *resolver) later(x *syntax.Ident, otherwise func()) {
	r.pending = append(r.pending, pendingName{ident: x, near: r.visible(), top: r.atTop(), closure: r.fn.kind == closureFrame, maybe: r.maybe > 0, proc: r.proc, section: r.section, null: r.nulls, gone: r.gone, otherwise: otherwise})
}

// atTop says whether the code being resolved is at the top level of the
// script, or in a closure there.
func (r *resolver) atTop() bool {
	f := r.fn
	for f.kind == closureFrame {
		f = f.parent
	}
	return f.kind == topFrame
}

func (r *resolver) known(x *syntax.Ident) bool {
	if r.lookup(x.Name, &x.Binding) {
		return true
	}
	if r.member(x) {
		return true
	}
	if i, ok := r.module.index[x.Name]; ok && r.globalSeen(x.Name) {
		x.Binding = syntax.Binding{Kind: syntax.Global, Index: i}
		return true
	}
	if i, ok := r.staticStar(x.Name); ok {
		x.Binding = syntax.Binding{Kind: syntax.Global, Index: i}
		return true
	}
	switch {
	case r.names.Builtin(x.Name):
		x.Binding.Kind = syntax.Builtin
	case r.knownClass(x.Name):
		x.Binding.Kind = syntax.ClassName
	case r.fn.dynamic:
		x.Binding.Kind = syntax.Dynamic
	default:
		return r.openMember(x)
	}
	return true
}

// className recognises a.b.C as the full name of a class.
func (r *resolver) className(x *syntax.Prop) bool {
	name, root := dotted(x)
	if root == nil || root.Name == "" || r.fn.scope.find(root.Name) != nil {
		return false
	}
	switch root.Name {
	case "java", "javax", "groovy", "org", "nextflow", "groovyx":
	default:
		if r.cls == nil && r.bound(root) || r.classDef(name) == nil {
			return false
		}
	}
	if !r.names.Class(name) {
		if last := name[strings.LastIndexByte(name, '.')+1:]; upperFirst(last) == last && r.full[root] == "" {
			if r.full == nil {
				r.full = map[*syntax.Ident]string{}
			}
			r.full[root] = name
		}
		return false
	}
	root.Binding = syntax.Binding{Kind: syntax.ClassName}
	if r.module.Classes == nil {
		r.module.Classes = map[*syntax.Prop]string{}
	}
	r.module.Classes[x] = name
	return true
}

func dotted(x syntax.Expr) (string, *syntax.Ident) {
	switch x := x.(type) {
	case *syntax.Ident:
		return x.Name, x
	case *syntax.Prop:
		if x.Safe || x.Spread || x.Field || x.Dyn != nil {
			return "", nil
		}
		prefix, root := dotted(x.X)
		return prefix + "." + x.Name, root
	}
	return "", nil
}

// typeRef checks that a type used at run time exists.
func (r *resolver) typeRef(t *syntax.TypeRef) {
	if t == nil || r.knownClass(t.Name) {
		return
	}
	if r.classDef(t.Name) != nil || r.typeParam(t.Name) {
		return
	}
	if r.cls != nil && r.imported(t.Name) != "" {
		return // of a jar in lib/, perhaps: it is missed by the code that needs it, and only then
	}
	if i := strings.LastIndexByte(t.Name, '.'); i >= 0 && r.names.Class(t.Name[i+1:]) {
		return
	}
	if strings.HasSuffix(t.Name, "Exception") || strings.HasSuffix(t.Name, "Error") || t.Name == "Throwable" {
		return
	}
	d := r.diags.Add(t.Span(), fmt.Sprintf("the class `%s` is not known", t.Name))
	d.Help = r.classHelp(t.Name)
}

// classHelp says what to do about a class that is not known.
func (r *resolver) classHelp(name string) string {
	if near, ok := r.nearClass(name); ok {
		return fmt.Sprintf("the class `%s` is known", near)
	}
	return "classes of the Java library outside the documented ones are not available; write the operation with the methods of the standard library"
}

// nearClass finds a class of this simple name, or one that resembles it.
func (r *resolver) nearClass(name string) (string, bool) {
	l, ok := r.names.(ClassLister)
	if !ok {
		return "", false
	}
	simple := name[strings.LastIndexByte(name, '.')+1:]
	all := l.ClassNames()
	bare := make([]string, 0, len(all))
	for _, full := range all {
		bare = append(bare, full[strings.LastIndexByte(full, '.')+1:])
	}
	if i := slices.Index(bare, simple); i >= 0 {
		return all[i], true
	}
	if near, ok := diag.Near(simple, bare); ok {
		return all[slices.Index(bare, near)], true
	}
	return "", false
}

// shadows recognises X = X(…) in a workflow: from there on X is a variable
// with the outputs.
func (r *resolver) shadows(x *syntax.Assign) bool {
	target, ok := x.Target.(*syntax.Ident)
	if !ok || x.Op != syntax.OpNone || r.fn.kind != workflowFrame || r.fn.scope.find(target.Name) != nil {
		return false
	}
	call, ok := x.Value.(*syntax.Call)
	if !ok {
		return false
	}
	if callee, ok := call.Fun.(*syntax.Ident); !ok || callee.Name != target.Name {
		return false
	}
	if _, defined := r.module.decls[target.Name]; !defined {
		return false
	}
	r.defineBare(target)
	return true
}

// target binds what an assignment writes; define says that an unknown name
// may be declared by it.
func (r *resolver) target(x syntax.Expr, define bool) {
	switch x := x.(type) {
	case *syntax.Ident:
		if r.lookup(x.Name, &x.Binding) || r.member(x) {
			return
		}
		if r.cls != nil {
			switch {
			case r.openMember(x):
			case r.fn.dynamic:
				x.Binding.Kind = syntax.Dynamic
			default:
				r.unknownInClass(x)
			}
			return
		}
		if i, ok := r.module.index[x.Name]; ok {
			if _, decl := r.module.decls[x.Name]; decl {
				if r.lenient() && r.fn.kind == workflowFrame { // `ALIGN = ALIGN.out`: a variable; calls mean the process still
					r.defineBare(x)
					return
				}
				d := r.diags.Add(x.Span(), fmt.Sprintf("`%s` cannot be assigned: it names a process, workflow or function", x.Name))
				d.Related = append(d.Related, diag.Label{Span: r.module.decls[x.Name], Text: "defined here"})
			}
			x.Binding = syntax.Binding{Kind: syntax.Global, Index: i}
			return
		}
		if r.fn.dynamic {
			x.Binding.Kind = syntax.Dynamic
			return
		}
		if r.names.Builtin(x.Name) && !(define && r.mayBeHidden(x.Name)) {
			x.Binding.Kind = syntax.Builtin
			return
		}
		if !define {
			r.ident(x)
			return
		}
		r.defineBare(x)
	case *syntax.Tuple:
		for _, e := range x.Elems {
			r.target(e, define)
		}
	case *syntax.Paren:
		r.target(x.X, define)
	default:
		r.expr(x)
	}
}

// mayBeHidden says whether a script may use a name that it did not choose for
// a variable of its own: names of functions, as in `files = channel.of(1)`, the
// arguments of the command line, and in processes those of variables too.
func (r *resolver) mayBeHidden(name string) bool {
	v, ok := r.names.(Variables)
	if name == "template" || name == "args" || ok && !v.Variable(name) {
		return true
	}
	return r.inProcess() && name != "channel" && name != "Channel" && name != "log"
}

func (r *resolver) inProcess() bool {
	for f := r.fn; f != nil; f = f.parent {
		if f.kind == processFrame {
			return true
		}
	}
	return false
}

// defineBare declares a name assigned without `def`: in the workflow or
// process around it, else among the script's globals.
func (r *resolver) defineBare(x *syntax.Ident) {
	for f := r.fn; f != nil; f = f.parent {
		if f.bare != nil && (f == r.fn || f.kind == processFrame) {
			if f.kind == workflowFrame {
				r.workflowVars[x.Name] = true
			}
			r.bindTo(r.declareIn(f, f.bare, x.Name, nil), &x.Binding)
			return
		}
	}
	x.Binding = syntax.Binding{Kind: syntax.Global, Index: r.module.declare(x.Name)}
}

func (r *resolver) call(x *syntax.Call) {
	if target := setTarget(x); target != nil && r.fn.kind != functionFrame {
		if p, ok := x.Fun.(*syntax.Prop); ok {
			r.expr(p.X)
		}
		x.Sets = target
		r.target(target, true)
		if p, ok := x.Fun.(*syntax.Prop); ok {
			r.notes(target.Name, p.X)
		}
		return
	}
	extra := 0
	switch fun := x.Fun.(type) {
	case *syntax.Ident:
		r.callee(fun)
		dynamic := fun.Name == "with" || fun.Name == "tap" || fun.Name == "sendMail"
		r.callArgs(x, dynamic)
		if fun.Binding.Kind == syntax.Global {
			r.checkInputs(x, fun.Name, extra)
		}
		return
	case *syntax.Prop:
		if !r.className(fun) {
			r.expr(fun.X)
			r.expr(fun.Dyn)
		}
		outer := r.gone
		if g := r.goneCall(fun); g != nil {
			r.gone = g
		}
		r.callArgs(x, fun.Name == "with" || fun.Name == "tap")
		r.gone = outer
		return
	}
	r.expr(x.Fun)
	r.callArgs(x, false)
}

// callArgs resolves arguments; closures of `with` and `sendMail` ask their delegate for unknown names.
func (r *resolver) callArgs(x *syntax.Call, dynamic bool) {
	for _, a := range x.Args {
		if a.Name != nil {
			r.expr(a.Name)
		}
		if c, ok := a.Value.(*syntax.Closure); ok {
			r.closure(c, dynamic || r.fn.dynamic)
			continue
		}
		r.expr(a.Value)
	}
}

func (r *resolver) callee(fun *syntax.Ident) {
	if r.taskCalls[fun] {
		r.lookup(TaskOutput, &fun.Binding)
		return
	}
	if _, decl := r.module.decls[fun.Name]; decl && r.workflowVars[fun.Name] {
		fun.Binding = syntax.Binding{Kind: syntax.Global, Index: r.module.index[fun.Name]}
		return
	}
	if r.workflowVars[fun.Name] && r.names.Builtin(fun.Name) && r.mayBeHidden(fun.Name) {
		fun.Binding = syntax.Binding{Kind: syntax.Builtin} // a variable without `def` does not hide a function
		return
	}
	if fun.Name == PublishName || r.known(fun) || r.unknownInClass(fun) {
		return
	}
	r.later(fun, nil)
	r.pending[len(r.pending)-1].callee = true
}

// setTarget finds the variable of ch.set { x }, ch.tap { x }.
func setTarget(x *syntax.Call) *syntax.Ident {
	name := ""
	switch fun := x.Fun.(type) {
	case *syntax.Prop:
		name = fun.Name
	case *syntax.Ident:
		name = fun.Name
	}
	if name != "set" && name != "tap" || len(x.Args) != 1 {
		return nil
	}
	c, ok := x.Args[0].Value.(*syntax.Closure)
	if !ok || len(c.Params) > 0 || c.Body == nil || len(c.Body.Stmts) != 1 {
		return nil
	}
	s, ok := c.Body.Stmts[0].(*syntax.ExprStmt)
	if !ok {
		return nil
	}
	id, _ := s.X.(*syntax.Ident)
	return id
}

// pipeTarget resolves the right side of `|`: a process, a workflow, an
// operator, or several of them joined by `&`.
func (r *resolver) pipeTarget(x syntax.Expr) {
	switch x := x.(type) {
	case *syntax.Paren:
		r.pipeTarget(x.X)
		return
	case *syntax.Binary:
		if x.Op == syntax.OpAnd {
			r.pipeTarget(x.L)
			r.pipeTarget(x.R)
			return
		}
	case *syntax.Ident:
		if !r.bound(x) && r.names.Operator(x.Name) {
			x.Binding.Kind = syntax.Operator
			return
		}
		if !r.known(x) {
			r.later(x, nil)
			r.pending[len(r.pending)-1].pipe = true
		}
		return
	case *syntax.Call:
		if fun, ok := x.Fun.(*syntax.Ident); ok && !r.bound(fun) && r.names.Operator(fun.Name) {
			fun.Binding.Kind = syntax.Operator
			if target := setTarget(x); target != nil {
				x.Sets = target
				r.target(target, true)
				return
			}
			r.callArgs(x, false)
			return
		} else if ok && r.bound(fun) {
			r.callArgs(x, false)
			return
		}
	}
	r.expr(x)
}

// bound says whether the script itself defines the name.
func (r *resolver) bound(x *syntax.Ident) bool {
	if r.lookup(x.Name, &x.Binding) {
		return true
	}
	if i, ok := r.module.index[x.Name]; ok {
		x.Binding = syntax.Binding{Kind: syntax.Global, Index: i}
		return true
	}
	return false
}

func (r *resolver) closure(c *syntax.Closure, dynamic bool) {
	f := r.open(closureFrame)
	f.dynamic = dynamic
	if !c.Arrow && len(c.Params) == 0 {
		r.declare("it", nil)
	}
	r.params(c.Params)
	if c.Body != nil {
		r.stmts(c.Body.Stmts)
	}
	c.Func = r.close()
}
