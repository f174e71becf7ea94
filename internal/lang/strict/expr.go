package strict

import (
	"fmt"
	"strconv"
	"strings"

	"sluice/internal/lang/syntax"
)

func itoa(n int) string { return strconv.Itoa(n) }

func (c *checker) stmts(list []syntax.Stmt) {
	for _, s := range list {
		c.stmt(s)
	}
}

func (c *checker) block(b *syntax.Block) {
	c.push()
	c.stmts(b.Stmts)
	c.pop()
}

func (c *checker) scoped(s syntax.Stmt) {
	if b, ok := s.(*syntax.Block); ok {
		c.block(b)
		return
	}
	c.push()
	c.stmt(s)
	c.pop()
}

func (c *checker) stmt(s syntax.Stmt) {
	switch s := s.(type) {
	case *syntax.ExprStmt:
		c.expr(s.X)
	case *syntax.VarDecl:
		c.expr(s.Init)
		for _, n := range s.Names {
			c.declare(n.Name, nameOf(n.Span(), n.Name))
		}
	case *syntax.Block:
		c.block(s)
	case *syntax.If:
		c.bracketed(s.Cond)
		c.scoped(s.Then)
		c.scoped(s.Else)
	case *syntax.ForIn: // refused; its variable is not known either
		if strings.Contains(string(s.Var.Span().File.Text[s.Var.Span().End:s.X.Span().Start]), "in") {
			c.add(s.Var.Span(), "`%s` is not defined", s.Var.Name)
		}
		c.expr(s.X)
		c.scoped(s.Body)
	case *syntax.While:
		c.expr(s.Cond)
		c.scoped(s.Body)
	case *syntax.Return:
		c.expr(s.X)
	case *syntax.Throw:
		c.expr(s.X)
	case *syntax.Assert:
		c.expr(s.Cond)
		c.expr(s.Message)
	case *syntax.Labeled:
		c.stmt(s.Body)
	case *syntax.Try:
		c.block(s.Body)
		for _, h := range s.Catches {
			c.push()
			c.declare(h.Var.Name, h.Span())
			c.stmts(h.Body.Stmts)
			c.pop()
		}
	}
}

func (c *checker) exprs(list []syntax.Expr) {
	for _, x := range list {
		c.expr(x)
	}
}

func (c *checker) expr(x syntax.Expr) {
	switch x := x.(type) {
	case *syntax.GString:
		c.exprs(x.Exprs)
	case *syntax.Ident:
		c.ident(x)
	case *syntax.List:
		c.exprs(x.Elems)
	case *syntax.Map:
		for _, e := range x.Entries {
			c.expr(e.Key)
			c.expr(e.Value)
		}
	case *syntax.Range:
		c.exprs([]syntax.Expr{x.Lo, x.Hi})
	case *syntax.Unary:
		c.expr(x.X)
	case *syntax.IncDec:
		c.expr(x.X)
	case *syntax.Binary:
		c.expr(x.L)
		if x.Op == syntax.OpOr {
			c.pipeTarget(x.R)
			return
		}
		c.expr(x.R)
	case *syntax.InstanceOf:
		c.expr(x.X)
		c.class(x.Type, x)
	case *syntax.Cast:
		c.expr(x.X)
		c.class(x.Type, x)
	case *syntax.Ternary:
		c.exprs([]syntax.Expr{x.Cond, x.Then, x.Else})
	case *syntax.Assign:
		c.expr(x.Value)
		c.targets(x.Target)
	case *syntax.Tuple:
		c.exprs(x.Elems)
	case *syntax.Index:
		c.expr(x.X)
		if len(x.Args) == 1 {
			c.bracketed(x.Args[0])
			return
		}
		c.exprs(x.Args)
	case *syntax.Prop:
		c.prop(x)
	case *syntax.MethodPointer:
		c.expr(x.X)
	case *syntax.Call:
		c.call(x)
	case *syntax.New:
		c.class(x.Type, x)
		c.args(x.Args)
	case *syntax.Closure:
		c.closure(x)
	case *syntax.Spread:
		c.expr(x.X)
	case *syntax.Paren:
		c.bracketed(x.X)
	}
}

// bracketed is an expression between brackets: a name alone is reported at the
// opening one.
func (c *checker) bracketed(x syntax.Expr) {
	id, ok := x.(*syntax.Ident)
	if !ok {
		c.expr(x)
		return
	}
	before := len(c.diags)
	c.ident(id)
	for _, d := range c.diags[before:] {
		text := strings.TrimRight(d.Span.File.Text[:d.Span.Start], " \t\n")
		if text != "" && strings.IndexByte("([", text[len(text)-1]) >= 0 {
			d.Span.Start = int32(len(text) - 1)
		}
	}
}

func (c *checker) args(list []syntax.Arg) {
	for _, a := range list {
		c.expr(a.Name)
		c.expr(a.Value)
	}
}

func (c *checker) closure(x *syntax.Closure) {
	c.push()
	c.closures++
	c.params(x.Params)
	c.stmts(x.Body.Stmts)
	c.closures--
	c.pop()
}

// roots are the first parts of full names of classes.
var roots = map[string]bool{"java": true, "javax": true, "groovy": true, "groovyx": true, "org": true, "com": true, "nextflow": true, "io": true}

// prop is a.b; the full name of a class has no variable in front.
func (c *checker) prop(x *syntax.Prop) {
	if root, dots := rootOf(x); root != nil && dots > 1 && roots[root.Name] && !c.find(root.Name) {
		return
	}
	c.emitted(x)
	c.expr(x.X)
	c.expr(x.Dyn)
}

func rootOf(x syntax.Expr) (id *syntax.Ident, dots int) {
	for {
		switch y := x.(type) {
		case *syntax.Prop:
			x = y.X
			dots++
		case *syntax.Ident:
			return y, dots
		default:
			return nil, 0
		}
	}
}

// emitted checks FOO.out.name.
func (c *checker) emitted(x *syntax.Prop) {
	out, ok := x.X.(*syntax.Prop)
	if !ok || out.Name != "out" || x.Name == "" {
		return
	}
	id, ok := out.X.(*syntax.Ident)
	if !ok || c.find(id.Name) {
		return
	}
	kind, names := "", []string(nil)
	switch d := c.exports[id.Name].(type) {
	case *syntax.ProcessDef:
		kind, names = "process", outputsOf(d)
	case *syntax.WorkflowDef:
		kind = "workflow"
		for _, e := range d.Emit {
			names = append(names, e.Name)
		}
	default:
		return
	}
	for _, name := range names {
		if name == x.Name {
			return
		}
	}
	e := c.types.Add(start(x.Span()), fmt.Sprintf("%s `%s` has no output `%s`", kind, id.Name, x.Name))
	if len(names) > 0 {
		e.Notes = append(e.Notes, "its outputs are `"+strings.Join(names, "`, `")+"`")
	}
}

// outputsOf lists the names that a process emits its outputs under.
func outputsOf(d *syntax.ProcessDef) []string {
	var names []string
	for _, e := range d.Outputs {
		if e.Value != nil && e.Name != "" {
			names = append(names, e.Name)
		}
		for _, a := range e.Args {
			if key, ok := a.Name.(*syntax.Literal); ok && key.Raw == "emit" {
				switch v := a.Value.(type) {
				case *syntax.Ident:
					names = append(names, v.Name)
				case *syntax.Literal:
					names = append(names, strings.Trim(v.Raw, `'"`))
				}
			}
		}
	}
	return names
}

// class checks a type that the code needs when it runs.
func (c *checker) class(t *syntax.TypeRef, at syntax.Expr) {
	if t == nil || c.dynamic > 0 || c.known.Class(t.Name) {
		return
	}
	if first, _, full := strings.Cut(t.Name, "."); full && roots[first] {
		return
	}
	if _, ok := c.exports[t.Name].(*syntax.ClassDef); ok {
		return
	}
	e := c.add(start(at.Span()), "the class `%s` is not defined", t.Name)
	e.Help = "a class outside of java.lang and java.util is written with its full name"
}

func (c *checker) call(x *syntax.Call) {
	switch fun := x.Fun.(type) {
	case *syntax.Ident:
		c.callee(fun, x)
	case *syntax.Prop:
		c.prop(fun)
		if id := setTarget(x, fun.Name); id != nil {
			c.setter(id)
			return
		}
	default:
		c.expr(x.Fun)
	}
	c.args(x.Args)
}

// setter is ch.set { x } and ch.tap { x }: they declare x for the workflow.
func (c *checker) setter(id *syntax.Ident) {
	if c.body != nil && !c.find(id.Name) {
		c.body.vars[id.Name] = id.Span()
	}
}

func setTarget(x *syntax.Call, name string) *syntax.Ident {
	if name != "set" && name != "tap" || len(x.Args) != 1 {
		return nil
	}
	cl, ok := x.Args[0].Value.(*syntax.Closure)
	if !ok || len(cl.Params) > 0 || len(cl.Body.Stmts) != 1 {
		return nil
	}
	s, ok := cl.Body.Stmts[0].(*syntax.ExprStmt)
	if !ok {
		return nil
	}
	id, _ := s.X.(*syntax.Ident)
	return id
}

// pipeTarget is the right side of `|`.
func (c *checker) pipeTarget(x syntax.Expr) {
	switch x := x.(type) {
	case *syntax.Paren:
		c.pipeTarget(x.X)
		return
	case *syntax.Binary:
		if x.Op == syntax.OpAnd {
			c.pipeTarget(x.L)
			c.pipeTarget(x.R)
			return
		}
	case *syntax.Ident:
		if _, ok := c.exports[x.Name]; ok || c.known.Operator(x.Name) || c.find(x.Name) {
			return
		}
		c.undefined(x)
		return
	case *syntax.Call:
		if fun, ok := x.Fun.(*syntax.Ident); ok && c.known.Operator(fun.Name) {
			if id := setTarget(x, fun.Name); id != nil {
				c.setter(id)
				return
			}
			c.args(x.Args)
			return
		}
	}
	c.expr(x)
}
