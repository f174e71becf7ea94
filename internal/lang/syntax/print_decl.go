package syntax

import (
	"fmt"
	"strings"
)

func (p *printer) decl(d Decl) {
	p.indent()
	switch d := d.(type) {
	case *TopStmt:
		p.stmt(d.Stmt)
	case *Import:
		p.importDecl(d)
	case *Include:
		p.include(d)
	case *FuncDef:
		p.funcDef(d)
	case *ProcessDef:
		p.process(d)
	case *WorkflowDef:
		p.workflow(d)
	case *ParamsBlock:
		p.w("params ")
		p.braces(func() {
			for _, t := range d.Params {
				p.typed(t.Name, t.Type, t.Default)
			}
		})
	case *OutputBlock:
		p.output(d)
	case *ClassDef:
		p.class(d)
	case *BadDecl:
		p.w(d.Where.Text())
	default:
		panic(fmt.Sprintf("internal error: print %T", d))
	}
	p.w("\n")
}

func (p *printer) importDecl(d *Import) {
	p.w("import ")
	if d.Static {
		p.w("static ")
	}
	p.w(d.Name)
	if d.Star {
		p.w(".*")
	}
	if d.Alias != "" {
		p.w(" as ", d.Alias)
	}
}

func (p *printer) include(d *Include) {
	p.w("include { ")
	for i, it := range d.Items {
		if i > 0 {
			p.w("; ")
		}
		p.w(it.Name)
		if it.Alias != "" {
			p.w(" as ", it.Alias)
		}
	}
	p.w(" } from ")
	if d.From != nil {
		p.expr(d.From)
	}
	if d.Params != nil {
		p.w(" params(")
		p.expr(d.Params)
		p.w(")")
	}
	if d.AddParams != nil {
		p.w(" addParams(")
		p.expr(d.AddParams)
		p.w(")")
	}
}

// typed writes a line name: Type = x.
func (p *printer) typed(name string, t *TypeRef, x Expr) {
	p.indent()
	p.nameType(name, t)
	p.initial(x)
}

func (p *printer) initial(x Expr) {
	if x != nil {
		p.w(" = ")
		p.expr(x)
	}
	p.w("\n")
}

func (p *printer) nameType(name string, t *TypeRef) {
	p.w(name)
	if t != nil {
		p.w(": ")
		p.typ(t)
	}
}

func (p *printer) section(label string, body func()) {
	p.line(label + ":")
	body()
}

func (p *printer) process(d *ProcessDef) {
	p.w("process ")
	if isPlainName(d.Name) {
		p.w(d.Name)
	} else {
		p.w(quoted(d.Name))
	}
	p.w(" ")
	p.braces(func() {
		p.entries("", d.Directives)
		p.stmtLines(d.Setup)
		p.entries("input", d.Inputs)
		p.entries("stage", d.Stage)
		p.entries("output", d.Outputs)
		p.entries("topic", d.Topics)
		if d.When != nil {
			p.section("when", func() {
				p.indent()
				p.expr(d.When)
				p.w("\n")
			})
		}
		if d.Body != nil {
			p.section(d.BodyKind, func() { p.stmtLines(d.Body.Stmts) })
		}
		if d.Stub != nil {
			p.section("stub", func() { p.stmtLines(d.Stub.Stmts) })
		}
	})
}

func (p *printer) entries(label string, list []*Entry) {
	if len(list) == 0 {
		return
	}
	if label != "" {
		p.line(label + ":")
	}
	for _, e := range list {
		p.separated(func() {
			p.indent()
			p.entry(e)
			p.w("\n")
		})
	}
}

func (p *printer) entry(e *Entry) {
	switch {
	case len(e.Names) > 0:
		p.typedNames(e)
	case e.Value != nil || e.Type != nil:
		p.typedEntry(e)
	case len(e.Args) == 0:
		p.w(e.Name)
	case commandSafe(e.Args[0], true):
		p.w(e.Name, " ")
		p.argList(e.Args)
	default:
		p.w(e.Name)
		p.args(e.Args)
	}
}

func (p *printer) typedNames(e *Entry) {
	if e.Name != "tuple" || e.Names[0].Type != nil && e.Type == nil {
		p.w(e.Name)
	}
	p.w("(")
	for i, v := range e.Names {
		if i > 0 {
			p.w(", ")
		}
		p.nameType(v.Name, v.Type)
	}
	p.w(")")
	p.nameType("", e.Type)
}

func (p *printer) typedEntry(e *Entry) {
	if e.Name == "" {
		p.expr(e.Value)
		return
	}
	p.nameType(e.Name, e.Type)
	if id, ok := e.Value.(*Ident); ok && e.Type != nil && id.Name == e.Name && id.Where.Start == e.NameAt.Start {
		return
	}
	if e.Value != nil {
		p.w(" = ")
		p.expr(e.Value)
	}
}

func (p *printer) workflow(d *WorkflowDef) {
	p.w(strings.TrimRight("workflow "+d.Name, " "), " ")
	p.braces(func() {
		if len(d.Take) > 0 {
			p.section("take", func() {
				for _, t := range d.Take {
					p.typed(t.Name, t.Type, t.Default)
				}
			})
		}
		labels := len(d.Take)+len(d.Emit)+len(d.Publish) > 0 || d.OnComplete != nil || d.OnError != nil
		if d.Main != nil && len(d.Main.Stmts) > 0 {
			if labels {
				p.line("main:")
			}
			p.stmtLines(d.Main.Stmts)
		}
		p.emits("emit", d.Emit)
		p.emits("publish", d.Publish)
		for _, s := range []struct {
			label string
			b     *Block
		}{{"onComplete", d.OnComplete}, {"onError", d.OnError}} {
			if s.b != nil {
				p.section(s.label, func() { p.stmtLines(s.b.Stmts) })
			}
		}
	})
}

func (p *printer) emits(label string, list []*EmitDecl) {
	if len(list) == 0 {
		return
	}
	p.line(label + ":")
	for _, e := range list {
		p.separated(func() {
			id, ok := e.X.(*Ident)
			switch {
			case ok && id.Where.Start == e.Where.Start:
				p.typed(e.Name, e.Type, nil)
			case e.Name == "":
				p.indent()
				p.expr(e.X)
				p.w("\n")
			default:
				p.typed(e.Name, e.Type, e.X)
			}
		})
	}
}

func (p *printer) output(d *OutputBlock) {
	p.w("output ")
	p.braces(func() {
		for _, o := range d.Outputs {
			p.indent()
			name := o.Name
			if !isPlainName(name) || IsKeyword(name) {
				name = quoted(name)
			}
			p.nameType(name, o.Type)
			if o.Body != nil {
				p.w(" ")
				p.block(o.Body)
			}
			p.w("\n")
		}
	})
}

// notes prints annotations on the line of what they are of.
func (p *printer) notes(list []*Annotation) {
	for _, a := range list {
		p.w("@", a.Name)
		if len(a.Args) > 0 {
			p.w("(")
			p.noteArgs(a.Args)
			p.w(")")
		}
		p.w(" ")
	}
}

func (p *printer) noteArgs(args []Arg) {
	for i, a := range args {
		if i > 0 {
			p.w(", ")
		}
		if name, x, ok := a.Option(); ok {
			p.w(name, " = ")
			p.expr(x)
			continue
		}
		p.argList(args[i : i+1])
	}
}

func (p *printer) class(d *ClassDef) {
	p.notes(d.Notes)
	if d.Static && d.Kind == "class" {
		p.w("static ")
	}
	p.w(d.Kind, " ", d.Name)
	if len(d.Params) > 0 {
		p.w("<", strings.Join(d.Params, ", "), ">")
	}
	if d.Extends != nil {
		p.w(" extends ")
		p.typ(d.Extends)
	}
	for i, t := range d.Implements {
		switch {
		case i > 0:
			p.w(", ")
		case d.Kind == "interface":
			p.w(" extends ")
		default:
			p.w(" implements ")
		}
		p.typ(t)
	}
	p.w(" ")
	p.braces(func() { p.members(d) })
}

func (p *printer) members(d *ClassDef) {
	if len(d.Values) > 0 {
		p.indent()
		for i, v := range d.Values {
			if i > 0 {
				p.w(", ")
			}
			p.enumValue(v)
		}
		p.w(";\n")
	}
	for _, f := range d.Fields {
		p.indent()
		p.notes(f.Notes)
		if f.Def == "" {
			p.nameType(f.Name, f.Type)
		} else {
			p.w(f.Def, " ", f.Name)
		}
		p.initial(f.Init)
	}
	for _, b := range d.Inits {
		p.indent()
		p.w("static ")
		p.code(b)
		p.w("\n")
	}
	for _, b := range d.Makes {
		p.indent()
		p.code(b)
		p.w("\n")
	}
	for _, m := range d.Methods {
		p.indent()
		p.notes(m.Notes)
		p.funcDef(m)
		p.w("\n")
	}
	for _, c := range d.Classes {
		p.decl(c)
	}
}

func (p *printer) enumValue(v *EnumValue) {
	p.w(v.Name)
	if len(v.Args) > 0 {
		p.args(v.Args)
	}
	if v.Body != nil {
		p.w(" ")
		p.braces(func() { p.members(v.Body) })
	}
}
