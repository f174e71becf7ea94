package strict

import (
	"sluice/internal/lang/syntax"
)

func isInput(name string) bool {
	_, strict := syntax.InputQualifier(name)
	return strict
}

func isOutput(name string) bool {
	_, strict := syntax.OutputQualifier(name)
	return strict
}

// process walks the script first: what it assigns without `def` is seen by
// directives and outputs.
func (c *checker) process(d *syntax.ProcessDef) {
	c.open(process)
	c.scope.vars["task"] = d.NameAt
	var later []syntax.Expr // stage names may use inputs declared after them
	for _, e := range d.Inputs {
		later = append(later, c.input(e)...)
	}
	c.exprs(later)
	for _, b := range []*syntax.Block{d.Body, d.Stub} {
		if b != nil {
			c.block(b)
		}
	}
	c.expr(d.When)
	for _, e := range d.Directives {
		if !c.known.Directive(e.Name) {
			c.add(e.NameAt, "`%s` is not a process directive", e.Name)
		}
		c.args(e.Args)
	}
	for _, e := range d.Stage {
		c.args(e.Args)
	}
	for _, e := range append(d.Outputs[:len(d.Outputs):len(d.Outputs)], d.Topics...) {
		c.outputEntry(e)
	}
	if d.Body == nil && d.Stub == nil {
		c.add(start(d.Span()), "process `%s` has no script", d.Name).Help = "add `script:` and the command"
	}
}

// input declares the names of an input and returns the expressions in it.
func (c *checker) input(e *syntax.Entry) []syntax.Expr {
	if e.Type != nil || len(e.Names) > 0 {
		if len(e.Names) == 0 {
			c.declare(e.Name, e.NameAt)
		}
		for _, n := range e.Names {
			c.declare(n.Name, n.Span())
		}
		return []syntax.Expr{e.Value}
	}
	if !isInput(e.Name) {
		c.add(e.NameAt, "`%s` is not an input qualifier", e.Name)
	}
	return c.inputArgs(e.Name, e.Args)
}

func (c *checker) inputArgs(qualifier string, args []syntax.Arg) (rest []syntax.Expr) {
	for _, a := range args {
		switch x := a.Value.(type) {
		case *syntax.Ident:
			declares := qualifier == "val" || qualifier == "path" || qualifier == "file" || qualifier == "each"
			if declares && len(positional(args)) == 1 && a.Name == nil {
				c.declare(x.Name, x.Span())
				continue
			}
		case *syntax.Call:
			if fun, ok := x.Fun.(*syntax.Ident); ok && (qualifier == "tuple" || qualifier == "each") {
				if !isInput(fun.Name) {
					c.add(fun.Span(), "`%s` is not an input qualifier", fun.Name)
				}
				rest = append(rest, c.inputArgs(fun.Name, x.Args)...)
				continue
			} else if ok && isInput(fun.Name) {
				rest = append(rest, values(x.Args)...)
				continue
			}
		}
		rest = append(rest, a.Value)
	}
	return rest
}

func values(args []syntax.Arg) []syntax.Expr {
	list := make([]syntax.Expr, len(args))
	for i, a := range args {
		list[i] = a.Value
	}
	return list
}

func positional(args []syntax.Arg) []syntax.Arg {
	var list []syntax.Arg
	for _, a := range args {
		if a.Name == nil {
			list = append(list, a)
		}
	}
	return list
}

func (c *checker) outputEntry(e *syntax.Entry) {
	if e.Value != nil || e.Type != nil {
		c.typedOutput(e.Value)
		return
	}
	if !isOutput(e.Name) {
		c.add(e.NameAt, "`%s` is not an output qualifier", e.Name)
	}
	c.outputArgs(e.Name, e.Args)
}

// typedOutput is an expression in which file, files, env, stdout and eval mean
// those of the task.
func (c *checker) typedOutput(x syntax.Expr) {
	syntax.Walk(x, func(n syntax.Node) bool {
		call, ok := n.(*syntax.Call)
		if !ok {
			return true
		}
		if fun, ok := call.Fun.(*syntax.Ident); ok {
			switch fun.Name {
			case "file", "files", "env", "stdout", "eval", "tuple", "record":
				c.args(call.Args)
				return false
			}
		}
		return true
	})
}

func (c *checker) outputArgs(qualifier string, args []syntax.Arg) {
	for _, a := range args {
		if key, ok := a.Name.(*syntax.Literal); ok && (key.Raw == "emit" || key.Raw == "topic") {
			continue
		}
		if call, ok := a.Value.(*syntax.Call); ok && qualifier == "tuple" {
			if fun, ok := call.Fun.(*syntax.Ident); ok {
				if !isOutput(fun.Name) {
					c.add(fun.Span(), "`%s` is not an output qualifier", fun.Name)
				}
				c.outputArgs(fun.Name, call.Args)
				continue
			}
		}
		c.expr(a.Value)
	}
}
