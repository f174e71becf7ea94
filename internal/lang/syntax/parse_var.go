package syntax

import (
	"fmt"
	"strings"

	"sluice/internal/lang/diag"
)

// declAhead says whether a declaration `Type name` stands here.
func (p *parser) declAhead() bool {
	if p.isWord("var") && p.peek().Kind == Name {
		t := p.scanner.scan(int(p.peek().End))
		return t.Kind == Eq
	}
	if !isTypeName(p.file.Text[p.tok.Start:]) {
		return false
	}
	switch t := p.peek(); t.Kind {
	case Name, Dot, Less, LBrack:
		if t.NL {
			return false
		}
	default:
		return false
	}
	m := p.mark()
	defer p.reset(m)
	t := p.typeRef(false)
	if p.bad || p.tok.Kind != Name || p.tok.NL {
		return false
	}
	// `System.err.println text` calls a method: only a class ends in a capital.
	if last := t.Name[strings.LastIndexByte(t.Name, '.')+1:]; !isTypeName(last) {
		return false
	}
	p.next()
	switch p.tok.Kind {
	case Eq, Semicolon, RBrace, EOF, Comma:
		return true
	case LParen:
		return p.config
	}
	return p.tok.NL
}

// localDecl is def x = 1, String x, final x, def (a, b) = e.
func (p *parser) localDecl(list *[]Stmt) {
	start := p.tok
	final := false
	for p.tok.Kind == Keyword && (isModifier(p.text(p.tok)) || p.isWord("def")) {
		final = final || p.isWord("final")
		p.next()
	}
	if p.isWord("var") && p.peek().Kind == Name {
		p.next()
	}
	if p.tok.Kind == LParen && p.prevEnd > start.Start {
		*list = append(*list, p.multiDecl(start, final))
		return
	}
	typeStart := p.tok
	var typ *TypeRef
	if p.typeThenName() {
		typ = p.typeRef(false)
	}
	def := p.words(start.Start, p.prevEnd)
	if t := p.tok; p.isName() && p.peek().Kind == LParen {
		if p.config {
			*list = append(*list, p.funcDef(start, def, typ, false))
			return
		}
		d := p.errorAt(p.span(t), "the function `%s` is declared inside a block", p.text(t))
		d.Label = "functions stand at the top of a script"
		d.Help = fmt.Sprintf("move it there, or make it a closure: `def %s = { … }`", p.text(t))
		return
	}
	typeOnly := typ != nil && typeStart.Start == start.Start
	for first := true; !p.bad; first = false {
		if !first {
			start = p.tok
		}
		if first && def != "" && typ == nil && !hasWord(def, "def") && !hasWord(def, "var") {
			p.olderModifier(start)
		}
		v := &VarName{Type: typ}
		if typeOnly && !p.isName() { // `T in` and `T as` would be read as operators
			v.Name, v.Where = p.noName("a variable name")
		} else {
			v.Name, v.Where = p.name("a variable name")
		}
		if first && typ != nil {
			v.Where = p.from(typeStart)
		}
		decl := &VarDecl{Names: []*VarName{v}, Def: def, Final: final}
		if p.tok.Kind == Colon && !p.bad && !p.inForHeader() {
			p.next()
			v.Type = p.typeRef(true)
			decl.Def = strings.TrimSpace(def)
		}
		p.initializer(decl, v.Name)
		decl.Where = p.from(start)
		*list = append(*list, decl)
		if p.tok.Kind != Comma || p.bad {
			return
		}
		p.older(p.span(p.tok), "several variables in one declaration are of the older grammar", "declare each in a statement of its own")
		p.next()
	}
}

// inForHeader: in `for (def x : e)` the colon is no type.
func (p *parser) inForHeader() bool { return p.ignoreNL }

func (p *parser) initializer(decl *VarDecl, name string) {
	switch {
	case p.bad:
	case p.got(Eq):
		decl.Init = p.exprOrCommand()
	case !p.tok.NL && (p.tok.Kind == Number || p.tok.Kind == Quote || p.tok.Kind == DoubleQuote || p.tok.Kind == LBrack):
		d := p.unexpected("`=` after `" + name + "`")
		d.Label = "value without `=`"
		d.Help = "write `" + name + " = …`"
	}
}

func (p *parser) multiDecl(start Token, final bool) Stmt {
	decl := &VarDecl{Multi: true, Final: final, Def: p.words(start.Start, p.prevEnd)}
	open := p.tok
	saved := p.nest()
	p.next()
	for p.tok.Kind != RParen && !p.bad {
		v := &VarName{}
		vStart := p.tok
		p.gotWord("def")
		if p.typeThenName() {
			p.older(p.span(p.tok), "types in a list of variables are of the older grammar", "write `def (a, b) = …`")
			v.Type = p.typeRef(false)
		}
		v.Name, _ = p.name("a variable name")
		if p.got(Colon) {
			v.Type = p.typeRef(true)
		}
		v.Where = p.from(vStart)
		decl.Names = append(decl.Names, v)
		if !p.got(Comma) {
			break
		}
	}
	p.closing(RParen, open, "list of variables")
	p.unnest(saved)
	if p.got(Eq) {
		decl.Init = p.exprOrCommand()
	} else if !p.bad {
		d := p.unexpected("`=` after the variables")
		d.Related = append(d.Related, diag.Label{Span: p.span(open), Text: "several variables need values"})
	}
	decl.Where = p.from(start)
	return decl
}

// words is the text from start to end with single blanks and no comments.
func (p *parser) words(start, end int32) string {
	var b strings.Builder
	for pos := start; pos < end; {
		t := p.scanner.scan(int(pos))
		if t.Start >= end {
			break
		}
		if t.Space && b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(p.file.Text[t.Start:min(t.End, end)])
		pos = t.End
	}
	return b.String()
}
