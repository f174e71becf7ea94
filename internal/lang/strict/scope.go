package strict

import (
	"fmt"

	"sluice/internal/lang/source"
	"sluice/internal/lang/syntax"
)

// A scope holds the variables declared between two braces.
type scope struct {
	parent *scope
	vars   map[string]source.Span
}

// open begins the code of a declaration: nothing around it is seen.
func (c *checker) open(in code) {
	c.scope = &scope{vars: map[string]source.Span{}}
	c.body, c.in, c.closures, c.dynamic = c.scope, in, 0, 0
}

func (c *checker) push() { c.scope = &scope{parent: c.scope, vars: map[string]source.Span{}} }
func (c *checker) pop()  { c.scope = c.scope.parent }

func (c *checker) find(name string) bool {
	for s := c.scope; s != nil; s = s.parent {
		if _, ok := s.vars[name]; ok {
			return true
		}
	}
	return false
}

// declare makes a variable; names of the code around cannot be declared again.
func (c *checker) declare(name string, at source.Span) {
	if name == "" {
		return
	}
	if name != "_" && c.find(name) && c.dynamic == 0 {
		e := c.add(at, "`%s` is already declared", name)
		e.Label = "a variable of this name exists here"
		e.Help = "choose another name, or assign it without `def`"
	}
	c.scope.vars[name] = at
}

// assign is a plain name on the left of `=`.
func (c *checker) assign(x *syntax.Ident) {
	switch {
	case c.find(x.Name) || c.dynamic > 0 || c.in == workflow && c.known.Operator(x.Name):
	case c.known.Variable(x.Name) && x.Name != "params" && x.Name != "args":
		c.add(x.Span(), "`%s` cannot be assigned: every script has it", x.Name)
	case c.in == function || c.in == config:
		c.add(x.Span(), "`%s` is assigned but not declared", x.Name).Help = "declare it: `def " + x.Name + " = …`"
	case c.closures > 0:
		c.add(x.Span(), "`%s` is assigned but not declared in a closure", x.Name).Help = "declare it: `def " + x.Name + " = …`"
		c.body.vars[x.Name] = x.Span()
	default:
		c.body.vars[x.Name] = x.Span()
	}
}

// targets is what an assignment writes.
func (c *checker) targets(x syntax.Expr) {
	switch x := x.(type) {
	case *syntax.Ident:
		c.assign(x)
	case *syntax.Tuple:
		for _, e := range x.Elems {
			c.targets(e)
		}
	case *syntax.Paren:
		c.targets(x.X)
	default:
		c.expr(x)
	}
}

// params declares the parameters of a function or closure.
func (c *checker) params(list []*syntax.Param) {
	seen := map[string]bool{}
	for _, p := range list {
		c.expr(p.Default)
		if seen[p.Name] {
			c.add(nameOf(p.Span(), p.Name), "a second parameter `%s`", p.Name)
			continue
		}
		seen[p.Name] = true
		c.declare(p.Name, p.Span())
	}
}

// nameOf is where a name stands that ends or begins a span.
func nameOf(s source.Span, name string) source.Span {
	if text := s.Text(); len(text) > len(name) && text[len(text)-len(name):] == name {
		s.Start = s.End - int32(len(name))
	}
	return s
}

// ident is a name that is read.
func (c *checker) ident(x *syntax.Ident) {
	if c.find(x.Name) || x.Name == "it" || x.Name == "this" || x.Name == "super" || c.dynamic > 0 {
		return
	}
	if _, ok := c.exports[x.Name]; ok {
		return
	}
	if c.known.Variable(x.Name) || c.known.Class(x.Name) || c.in == workflow && c.known.Operator(x.Name) {
		return
	}
	c.undefined(x)
}

func (c *checker) undefined(x *syntax.Ident) {
	at := x.Span()
	if i := at.Start; i > 0 && at.File.Text[i-1] == '$' { // "$name"
		at.Start--
	}
	c.add(at, "`%s` is not defined", x.Name)
}

// callee is a name that is called: a function, process or workflow; variables
// that hold closures are not called this way.
func (c *checker) callee(x *syntax.Ident, call *syntax.Call) {
	def, ok := c.exports[x.Name]
	if !ok {
		if !c.known.Function(x.Name) {
			e := c.add(x.Span(), "`%s` is not defined", x.Name)
			if c.find(x.Name) {
				e.Message = "`" + x.Name + "` is not a function"
				e.Help = "call the closure that a variable holds with `" + x.Name + ".call(…)`"
			}
		}
		return
	}
	kind, want := "", 0
	switch d := def.(type) {
	case *syntax.ProcessDef:
		kind, want = "process", len(d.Inputs)
	case *syntax.WorkflowDef:
		kind, want = "workflow", len(d.Take)
	default:
		return
	}
	switch {
	case c.in != workflow:
		c.add(call.Span(), "the %s `%s` is called outside of a workflow", kind, x.Name)
		return
	case c.closures > 0:
		c.add(call.Span(), "the %s `%s` is called in a closure", kind, x.Name).Help = "call it in the workflow's body"
		return
	}
	if len(call.Args) != want {
		c.types.Add(start(call.Span()), fmt.Sprintf("%s `%s` takes %s, %d given", kind, x.Name, plural(want, "input"), len(call.Args)))
	}
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return itoa(n) + " " + noun + "s"
}
