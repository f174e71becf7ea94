package syntax

import (
	"sluice/internal/lang/value"
)

func literalText(l *Literal) string {
	s, _ := l.Value.(value.String)
	return string(s)
}

// classDef reads a class, interface, trait, enum or record.
func (p *parser) classDef() *ClassDef {
	start := p.tok
	d := &ClassDef{Kind: p.text(start)}
	if d.Kind != "enum" && d.Kind != "record" {
		p.refused(p.span(start), "a "+d.Kind+" in a script is of the older grammar", "put it in a file of `lib/`, or use functions")
	}
	p.next()
	d.Name, _ = p.name("the name of the " + d.Kind)
	if p.tok.Kind == Less {
		d.Params = p.typeParams()
	}
	for !p.bad && (p.isWord("extends") || p.isWord("implements")) {
		extends := p.isWord("extends") && d.Kind != "interface"
		p.next()
		list := []*TypeRef{p.typeRef(false)}
		for p.got(Comma) {
			list = append(list, p.typeRef(false))
		}
		if extends {
			d.Extends = list[0]
		} else {
			d.Implements = append(d.Implements, list...)
		}
	}
	open := p.tok
	if !p.expect(LBrace, "of the "+d.Kind) {
		d.Where = p.from(start)
		return d
	}
	saved, config := p.nestBlock(), p.config
	p.config = false
	if d.Kind == "enum" {
		p.enumValues(d)
	}
	p.members(d, open)
	p.config = config
	p.closing(RBrace, open, d.Kind)
	p.unnest(saved)
	d.Where = p.from(start)
	return d
}

// typeParams reads <T, U extends V>.
func (p *parser) typeParams() []string {
	var names []string
	p.next()
	for !p.bad {
		name, _ := p.name("a type parameter")
		names = append(names, name)
		if p.gotWord("extends") {
			p.typeRef(false)
			for p.got(Amp) {
				p.typeRef(false)
			}
		}
		if !p.got(Comma) {
			break
		}
	}
	if !p.bad && !p.closeAngle() {
		p.unexpected("`>`")
	}
	return names
}

func (p *parser) enumValues(d *ClassDef) {
	for !p.bad {
		for p.tok.Kind == At_ && !p.bad {
			p.annotation()
		}
		if !p.isName() || !p.enumValueAhead() {
			return
		}
		name, _ := p.name("a constant")
		d.Values = append(d.Values, name)
		if p.tok.Kind == LParen && !p.bad {
			e := p.errorAt(p.span(p.tok), "constants of an enum take no arguments")
			e.Label = "not part of the language"
			return
		}
		if !p.got(Comma) && !p.tok.NL {
			break
		}
	}
	p.got(Semicolon)
}

func (p *parser) enumValueAhead() bool {
	switch t := p.peek(); t.Kind {
	case Comma, Semicolon, RBrace, EOF, LParen:
		return true
	default:
		return t.NL
	}
}

func (p *parser) members(d *ClassDef, open Token) {
	for p.tok.Kind != RBrace && p.tok.Kind != EOF && !p.given && !p.forgottenBrace(open) {
		if p.got(Semicolon) {
			continue
		}
		start := p.tok
		p.member(d)
		p.endOfStmt()
		if p.bad {
			p.resume(start)
		}
	}
}

// member is a field, method, constructor, inner class or initializer block.
func (p *parser) member(d *ClassDef) {
	for p.tok.Kind == At_ && !p.bad {
		p.annotation()
	}
	start := p.tok
	static, final := false, false
	for p.tok.Kind == Keyword && (isModifier(p.text(p.tok)) || p.isWord("def")) {
		static = static || p.isWord("static")
		final = final || p.isWord("final")
		p.next()
		for p.tok.Kind == At_ && !p.bad {
			p.annotation()
		}
	}
	switch {
	case p.tok.Kind == LBrace:
		d.Inits = append(d.Inits, p.codeBlock("initializer"))
		return
	case p.isWord("class") || p.isWord("interface") || p.isWord("enum"):
		d.Classes = append(d.Classes, p.classDef())
		return
	case p.tok.Kind == Less:
		p.typeParams()
	}
	if p.isName() && p.peek().Kind == Colon {
		p.typedField(d, start)
		return
	}
	var typ *TypeRef
	if p.typeThenName() {
		typ = p.typeRef(false)
	}
	def := p.words(start.Start, p.prevEnd)
	if p.isName() && p.peek().Kind == LParen {
		d.Methods = append(d.Methods, p.funcDef(start, def, typ, true))
		return
	}
	for !p.bad {
		f := &FieldDef{Type: typ, Static: static, Final: final, Def: def}
		nameStart := p.tok
		f.Name, _ = p.name("a member of the class")
		if p.got(Eq) {
			f.Init = p.exprOrCommand()
		}
		f.Where = p.from(nameStart)
		d.Fields = append(d.Fields, f)
		if !p.got(Comma) {
			return
		}
	}
}

// typedField is name: Type of a record.
func (p *parser) typedField(d *ClassDef, start Token) {
	f := &FieldDef{Name: p.text(p.tok)}
	p.next()
	p.next()
	f.Type = p.typeRef(true)
	if p.got(Eq) {
		f.Init = p.expr()
	}
	f.Where = p.from(start)
	d.Fields = append(d.Fields, f)
}
