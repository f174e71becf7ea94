package compat

import (
	"regexp"
	"strings"
	"sync"

	"sluice/internal/directive"
	"sluice/internal/lang/source"
	"sluice/internal/lang/syntax"
	"sluice/internal/lang/value"
)

// script counts what a script declares and what its code calls.
func (c *collector) script(f *syntax.File) {
	for _, d := range f.Decls {
		c.decl(d)
	}
}

func (c *collector) decl(d syntax.Decl) {
	switch d := d.(type) {
	case *syntax.ProcessDef:
		c.process(d)
	case *syntax.WorkflowDef:
		c.workflow(d)
		return
	case *syntax.FuncDef:
		c.add("construct", "function", d.NameAt, fine)
	case *syntax.ClassDef:
		c.add("construct", d.Kind, d.Span(), fine)
	case *syntax.Include:
		c.include(d)
	case *syntax.Import:
		c.imported(d)
	case *syntax.ParamsBlock:
		c.add("construct", "params block", d.Span(), fine)
	case *syntax.OutputBlock:
		c.add("construct", "output block", d.Span(), fine)
	}
	c.code(d)
}

func (c *collector) include(d *syntax.Include) {
	name := "include"
	if path, ok := d.From.(*syntax.Literal); ok && strings.HasPrefix(value.ToString(path.Value), "plugin/") {
		c.pluginItems(strings.TrimPrefix(value.ToString(path.Value), "plugin/"), d)
		name = "include of a plugin"
	}
	if d.AddParams != nil || d.Params != nil {
		c.add("construct", "include with parameters", d.Span(), fine)
	}
	c.add("construct", name, d.Span(), fine)
}

func (c *collector) imported(d *syntax.Import) {
	if _, ok := c.src.Table.Class(d.Name); ok && !d.Star {
		c.add("class", d.Name, d.Span(), fine)
	}
}

// process counts sections, qualifiers and directives.
func (c *collector) process(d *syntax.ProcessDef) {
	name := "process"
	if d.Typed {
		name = "typed process"
	}
	c.add("construct", name, d.NameAt, fine)
	for _, s := range []struct {
		name string
		at   syntax.Node
		is   bool
	}{
		{d.BodyKind, d.Body, d.Body != nil}, {"stub", d.Stub, d.Stub != nil}, {"when", d.When, d.When != nil},
	} {
		if s.is && s.name != "" {
			c.add("section", s.name, s.at.Span(), fine)
		}
	}
	for _, list := range []struct {
		side    string
		entries []*syntax.Entry
	}{{"input", d.Inputs}, {"output", d.Outputs}} {
		for _, e := range list.entries {
			c.qualifier(list.side, e)
		}
	}
	for _, e := range d.Directives {
		c.directive(e.Name, e.NameAt, e.Args)
	}
	for _, s := range d.Setup {
		syntax.Walk(s, func(n syntax.Node) bool {
			if st, ok := n.(syntax.Stmt); ok {
				if e, ok := syntax.DirectiveCall(st); ok {
					c.directive(e.Name, e.NameAt, e.Args)
				}
			}
			return true
		})
	}
}

func (c *collector) qualifier(side string, e *syntax.Entry) {
	if e.Type != nil || e.Value != nil || len(e.Names) > 0 {
		c.add("qualifier", "typed "+side, e.Span(), fine)
		return
	}
	c.add("qualifier", side+" "+e.Name, e.NameAt, fine)
	for _, a := range e.Args {
		if a.Name != nil {
			c.add("qualifier", side+" option "+keyText(a.Name), a.Name.Span(), fine)
			continue
		}
		call, ok := a.Value.(*syntax.Call)
		if !ok {
			continue
		}
		if fun, ok := call.Fun.(*syntax.Ident); ok && e.Name == "tuple" {
			c.add("qualifier", side+" "+fun.Name, fun.Span(), fine)
		}
	}
}

func keyText(x syntax.Expr) string {
	if lit, ok := x.(*syntax.Literal); ok {
		return value.ToString(lit.Value)
	}
	return x.Span().Text()
}

func (c *collector) directive(name string, at source.Span, args []syntax.Arg) {
	d := directive.Lookup(name)
	if d == nil {
		return // a problem, which is listed
	}
	c.add("directive", name, at, directiveVerdict(d))
	if name == "executor" && len(args) == 1 {
		if lit, ok := args[0].Value.(*syntax.Literal); ok {
			c.executor(value.ToString(lit.Value), at, IfUsed)
		}
	}
}

func directiveVerdict(d *directive.Directive) verdict {
	switch {
	case d.Refused != "":
		return verdict{IfUsed, d.Refused, "remove the directive"}
	case d.Lost != "":
		return verdict{status: WithoutEffect, why: d.Lost}
	}
	return fine
}

// workflow counts sections, and the operators that stand outside of closures:
// within them the same names are methods of lists.
func (c *collector) workflow(d *syntax.WorkflowDef) {
	name, at := "entry workflow", d.Span()
	if d.Name != "" {
		name, at = "workflow", d.NameAt
	}
	c.add("construct", name, at, fine)
	sections := []struct {
		name string
		is   bool
	}{{"take", len(d.Take) > 0}, {"emit", len(d.Emit) > 0}, {"publish", len(d.Publish) > 0}, {"onComplete", d.OnComplete != nil}, {"onError", d.OnError != nil}}
	for _, s := range sections {
		if s.is {
			c.add("section", s.name, at, fine)
		}
	}
	for _, block := range []*syntax.Block{d.OnComplete, d.OnError} {
		if block != nil {
			c.code(block)
		}
	}
	for _, list := range [][]*syntax.EmitDecl{d.Emit, d.Publish} {
		for _, e := range list {
			if e.X != nil {
				c.channels(e.X)
			}
		}
	}
	if d.Main != nil {
		c.channels(d.Main)
	}
}

func (c *collector) channels(n syntax.Node) {
	syntax.Walk(n, func(n syntax.Node) bool {
		if _, inner := n.(*syntax.Closure); inner {
			c.code(n)
			return false
		}
		if call, ok := n.(*syntax.Call); ok {
			if p, ok := call.Fun.(*syntax.Prop); ok && !isName(p.X, "channel", "Channel", "log") && !isClass(p.X) {
				if t, known := c.src.Operators[p.Name]; known {
					c.add("operator", p.Name, p.NameAt, t.verdict())
				}
			}
		}
		if id, ok := n.(*syntax.Ident); ok && id.Binding.Kind == syntax.Operator {
			c.add("operator", id.Name, id.Span(), c.src.Operators[id.Name].verdict())
		}
		c.node(n)
		return true
	})
}

func (t Tabled) verdict() verdict {
	if t.Refused {
		return verdict{IfUsed, "it is not available", t.Instead}
	}
	return fine
}

func isName(x syntax.Expr, names ...string) bool {
	id, ok := x.(*syntax.Ident)
	if !ok {
		return false
	}
	for _, n := range names {
		if id.Name == n {
			return true
		}
	}
	return false
}

func isClass(x syntax.Expr) bool {
	id, ok := x.(*syntax.Ident)
	return ok && id.Binding.Kind == syntax.ClassName
}

// lib counts what classes of the project use.
func (c *collector) lib(f *syntax.File) {
	c.add("construct", "file of lib/", f.Span(), fine)
	for _, d := range f.Decls {
		if i, ok := d.(*syntax.Import); ok {
			c.imported(i)
			continue
		}
		c.code(d)
	}
}

func (c *collector) code(n syntax.Node) {
	syntax.Walk(n, func(n syntax.Node) bool {
		c.node(n)
		return true
	})
}

// node counts what one piece of code names.
func (c *collector) node(n syntax.Node) {
	switch n := n.(type) {
	case *syntax.Call:
		c.call(n)
	case *syntax.Prop:
		if id, ok := n.X.(*syntax.Ident); ok && id.Binding.Kind == syntax.Builtin && n.Name != "" {
			switch id.Name {
			case "workflow", "nextflow":
				c.add("object", id.Name+"."+n.Name, n.Span(), fine)
			}
		}
	case *syntax.TypeRef:
		c.class(n.Name, n.Span())
	case *syntax.Ident:
		if n.Binding.Kind == syntax.ClassName {
			c.class(n.Name, n.Span())
		}
	case *syntax.Literal:
		if s, ok := value.Str(n.Value); ok {
			c.address(s, n.Span())
		}
	case *syntax.GString:
		if len(n.Strs) > 0 {
			c.address(n.Strs[0], n.Span())
		}
	}
}

func (c *collector) call(n *syntax.Call) {
	switch fun := n.Fun.(type) {
	case *syntax.Ident:
		if fun.Binding.Kind == syntax.Builtin {
			c.add("function", fun.Name, fun.Span(), fine)
		}
	case *syntax.Prop:
		if isName(fun.X, "channel", "Channel") {
			if t, known := c.src.Factories[fun.Name]; known {
				c.add("channel factory", fun.Name, fun.NameAt, t.verdict())
			}
		}
	}
}

func (c *collector) class(name string, at source.Span) {
	if name == "" || name[0] >= 'a' && name[0] <= 'z' && !strings.Contains(name, ".") {
		return // primitive types
	}
	if k, ok := c.src.Table.Class(name); ok {
		c.add("class", k.Name, at, fine)
	}
}

var remote = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^(s3|gs|az|ftp|ftps|sftp|dx|irods|oss)://[^\s/]`) })

// address counts the schemes of files that are kept elsewhere.
func (c *collector) address(text string, at source.Span) *Item {
	m := remote().FindStringSubmatch(text)
	if m == nil {
		return nil
	}
	v := fine
	if err := c.src.Storage(m[1]); err != nil {
		v = verdict{IfUsed, err.Error(), ""}
		v.why, v.way, _ = strings.Cut(v.why, ": ")
	}
	return c.add("storage", m[1]+"://", at, v)
}

func (c *collector) executor(name string, at source.Span, s Status) *Item {
	v := fine
	if err := c.src.Executor(name); err != nil {
		v = verdict{s, "it is not available in this release", "run tasks with the executor `local` or `azurebatch`"}
	}
	return c.add("executor", name, at, v)
}
