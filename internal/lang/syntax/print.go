package syntax

import (
	"fmt"
	"strings"
)

// Print writes a tree as text: four blanks a level, one statement a line, no
// comments. Printing what was parsed from printed text gives the same text.
func Print(f *File) string {
	p := &printer{}
	if f.Package != "" {
		p.line("package " + f.Package)
		p.line("")
	}
	if f.Decls == nil {
		p.config = true
		p.stmtLines(f.Body)
	}
	var list []func()
	for _, d := range f.Decls {
		list = append(list, func() { p.decl(d) })
	}
	for i, write := range list {
		_, stmt := f.Decls[i].(*TopStmt)
		if i > 0 {
			if _, before := f.Decls[i-1].(*TopStmt); !stmt || !before {
				p.b.WriteByte('\n')
			}
		}
		p.separated(write)
	}
	return p.b.String()
}

// PrintExpr is an expression as text.
func PrintExpr(x Expr) string {
	p := &printer{}
	p.expr(x)
	return p.b.String()
}

type printer struct {
	b      strings.Builder
	level  int
	config bool
	noTail bool // closures stand inside the parentheses
}

func (p *printer) w(parts ...string) {
	for _, s := range parts {
		p.b.WriteString(s)
	}
}

func (p *printer) indent() {
	for range p.level {
		p.b.WriteString("    ")
	}
}

func (p *printer) line(s string) {
	if s != "" {
		p.indent()
	}
	p.w(s, "\n")
}

// separated writes one statement or declaration. A statement that could be read
// as going on the line before gets a `;` in front.
func (p *printer) separated(write func()) {
	start := p.b.Len()
	write()
	text := p.b.String()[start:]
	trimmed := strings.TrimLeft(text, " ")
	goesOn := strings.HasPrefix(trimmed, "{") || strings.HasPrefix(trimmed, "/")
	switch word := trimmed[:nameEnd(trimmed, 0)]; word {
	case "in", "as", "instanceof":
		goesOn = true
	}
	if !goesOn {
		return
	}
	before := p.b.String()[:start]
	p.b.Reset()
	p.w(before, text[:len(text)-len(trimmed)], ";", trimmed)
}

func (p *printer) stmtLines(list []Stmt) {
	for _, s := range list {
		p.separated(func() {
			p.indent()
			p.stmt(s)
			p.w("\n")
		})
	}
}

// braces writes { … } around what body writes, one level deeper.
func (p *printer) braces(body func()) {
	p.w("{\n")
	p.level++
	body()
	p.level--
	p.indent()
	p.w("}")
}

func (p *printer) block(b *Block) {
	if b == nil {
		p.w("{\n")
		p.indent()
		p.w("}")
		return
	}
	p.braces(func() { p.stmtLines(b.Stmts) })
}

// code is a block in which configuration statements do not exist.
func (p *printer) code(b *Block) {
	saved := p.config
	p.config = false
	p.block(b)
	p.config = saved
}

// body puts braces around a single statement.
func (p *printer) body(s Stmt) {
	if b, ok := s.(*Block); ok {
		p.block(b)
		return
	}
	p.braces(func() { p.stmtLines([]Stmt{s}) })
}

func (p *printer) stmt(s Stmt) {
	switch s := s.(type) {
	case *ExprStmt:
		p.exprStmt(s.X)
	case *VarDecl:
		p.varDecl(s)
	case *Block:
		p.block(s)
	case *If:
		p.ifStmt(s)
	case *ForIn:
		p.w("for (")
		p.varName(s.Var)
		p.w(" in ")
		p.expr(s.X)
		p.w(") ")
		p.body(s.Body)
	case *ForC:
		p.forC(s)
	case *While:
		p.while(s)
	case *Switch:
		p.switchStmt(s)
	case *Return:
		p.w("return")
		if s.X != nil {
			p.w(" ")
			p.expr(s.X)
		}
	case *Break:
		p.w(strings.TrimRight("break "+s.Label, " "))
	case *Continue:
		p.w(strings.TrimRight("continue "+s.Label, " "))
	case *Throw:
		p.w("throw ")
		p.expr(s.X)
	case *Try:
		p.try(s)
	case *Assert:
		p.w("assert ")
		p.expr(s.Cond)
		if s.Message != nil {
			p.w(" : ")
			p.expr(s.Message)
		}
	case *Labeled:
		p.w(s.Label, ": ")
		p.stmt(s.Body)
	case *BadStmt:
		p.w(s.Where.Text())
	case *ConfigBlock:
		p.w(configName(s.Name), " ")
		p.braces(func() { p.stmtLines(s.Body) })
	case *ConfigSelector:
		p.w(s.Kind, ": ")
		p.noTail = true
		p.expr(s.Pattern)
		p.noTail = false
		p.w(" ")
		p.braces(func() { p.stmtLines(s.Body) })
	case *Import:
		p.importDecl(s)
	case *Include:
		p.include(s)
	case *ConfigInclude:
		p.w("includeConfig ")
		p.expr(s.X)
	case *FuncDef:
		p.funcDef(s)
	default:
		panic(fmt.Sprintf("internal error: print %T", s))
	}
}

// exprStmt keeps calls with a closure apart from declarations and blocks.
func (p *printer) exprStmt(x Expr) {
	call, ok := x.(*Call)
	if !ok || call.Command && len(call.Args) > 0 && !isTail(call.Args[0]) {
		p.expr(x)
		return
	}
	if id, ok := call.Fun.(*Ident); ok && (p.config || p.level == 0 && isDeclWord(id.Name)) {
		p.expr(call.Fun)
		p.args(call.Args)
		return
	}
	p.expr(x)
}

func isDeclWord(name string) bool {
	switch name {
	case "process", "workflow", "params", "output":
		return true
	}
	return false
}

func configName(name string) string {
	if isPlainName(name) && !isBlockWord(name) {
		return name
	}
	return quoted(name)
}

// isPlainName says whether name can be written without quotes.
func isPlainName(name string) bool {
	if name == "" || nameEnd(name, 0) != len(name) || name[0] >= '0' && name[0] <= '9' {
		return false
	}
	return !strings.HasPrefix(name, "$/")
}

func quoted(s string) string {
	var b strings.Builder
	b.WriteByte('\'')
	for _, r := range s {
		switch r {
		case '\'', '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case '\n':
			b.WriteString(`\n`)
		case '\r':
			b.WriteString(`\r`)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('\'')
	return b.String()
}

func (p *printer) varDecl(s *VarDecl) {
	p.w(s.Def, " ")
	if s.Multi {
		p.w("(")
	}
	for i, v := range s.Names {
		if i > 0 {
			p.w(", ")
		}
		if s.Multi && v.Type != nil && !typeBehind(v) {
			p.typ(v.Type)
			p.w(" ")
		}
		p.w(v.Name)
		if v.Type != nil && typeBehind(v) {
			p.w(": ")
			p.typ(v.Type)
		}
	}
	if s.Multi {
		p.w(")")
	}
	if s.Init != nil {
		p.w(" = ")
		p.expr(s.Init)
	}
}

// typeBehind says that the type was written `name: Type`.
func typeBehind(v *VarName) bool { return v.Type.Where.End >= v.Where.End }

func (p *printer) varName(v *VarName) {
	if v.Type != nil {
		p.typ(v.Type)
		p.w(" ")
	}
	p.w(v.Name)
}

func (p *printer) ifStmt(s *If) {
	p.w("if (")
	p.expr(s.Cond)
	p.w(") ")
	p.body(s.Then)
	if s.Else == nil {
		return
	}
	p.w(" else ")
	if e, ok := s.Else.(*If); ok {
		p.ifStmt(e)
		return
	}
	p.body(s.Else)
}

func (p *printer) forC(s *ForC) {
	p.w("for (")
	for i, init := range s.Init {
		if i > 0 {
			p.w(", ")
			if v, ok := init.(*VarDecl); ok {
				p.w(v.Names[0].Name)
				if v.Init != nil {
					p.w(" = ")
					p.expr(v.Init)
				}
				continue
			}
		}
		p.stmt(init)
	}
	p.w(";")
	if s.Cond != nil {
		p.w(" ")
		p.expr(s.Cond)
	}
	p.w(";")
	for i, x := range s.Update {
		p.w([]string{" ", ", "}[min(i, 1)])
		p.expr(x)
	}
	p.w(") ")
	p.body(s.Body)
}

func (p *printer) while(s *While) {
	if s.Do {
		p.w("do ")
		p.body(s.Body)
		p.w(" ")
	}
	p.w("while (")
	p.expr(s.Cond)
	p.w(")")
	if !s.Do {
		p.w(" ")
		p.body(s.Body)
	}
}

func (p *printer) switchStmt(s *Switch) {
	p.w("switch (")
	p.expr(s.X)
	p.w(") ")
	p.braces(func() {
		for _, c := range s.Cases {
			p.indent()
			if len(c.Values) == 0 {
				p.w("default:\n")
			} else {
				p.w("case ")
				p.noTail = true
				p.list(c.Values)
				p.noTail = false
				p.w(":\n")
			}
			p.level++
			p.stmtLines(c.Body)
			p.level--
		}
	})
}

func (p *printer) try(s *Try) {
	p.w("try ")
	p.block(s.Body)
	for _, c := range s.Catches {
		p.w(" catch (")
		for i, t := range c.Types {
			if i > 0 {
				p.w(" | ")
			}
			p.typ(t)
		}
		if len(c.Types) > 0 {
			p.w(" ")
		}
		p.w(c.Var.Name, ") ")
		p.block(c.Body)
	}
	if s.Finally != nil {
		p.w(" finally ")
		p.block(s.Finally)
	}
}

func (p *printer) typ(t *TypeRef) {
	p.w(t.Name)
	if t.Name == "?" && len(t.Args) > 0 {
		p.w(" extends ")
		p.typ(t.Args[0])
		return
	}
	if len(t.Args) > 0 {
		p.w("<")
		for i, a := range t.Args {
			if i > 0 {
				p.w(", ")
			}
			p.typ(a)
		}
		p.w(">")
	}
	p.w(strings.Repeat("[]", t.Dims))
	if t.Nullable {
		p.w("?")
	}
}

func (p *printer) params(list []*Param) {
	for i, q := range list {
		if i > 0 {
			p.w(", ")
		}
		if q.Variadic && q.Type == nil {
			p.w("... ")
		}
		behind := q.Type != nil && q.Type.Where.Start > q.Where.Start && nameEnd(q.Where.Text(), 0) == len(q.Name) && strings.HasPrefix(q.Where.Text(), q.Name)
		if q.Type != nil && !behind {
			p.typ(q.Type)
			if q.Variadic && q.Type.Dims == 0 {
				p.w("...")
			}
			p.w(" ")
		}
		p.w(q.Name)
		if behind {
			p.w(": ")
			p.typ(q.Type)
		}
		if q.Default != nil {
			p.w(" = ")
			p.expr(q.Default)
		}
	}
}

func (p *printer) funcDef(d *FuncDef) {
	if d.Def != "" {
		p.w(d.Def, " ")
	}
	p.w(d.Name, "(")
	p.params(d.Params)
	p.w(")")
	if d.Return != nil && d.Return.Where.Start > d.NameAt.Start {
		p.w(" -> ")
		p.typ(d.Return)
	}
	if d.Body != nil {
		p.w(" ")
		p.code(d.Body)
	}
}
