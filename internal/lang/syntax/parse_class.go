package syntax

import (
	"strconv"

	"sluice/internal/lang/value"
)

func literalText(l *Literal) string {
	s, _ := l.Value.(value.String)
	return string(s)
}

// classDef reads a class, interface, trait, enum or record.
func (p *parser) classDef() *ClassDef {
	start := p.tok
	d := &ClassDef{Kind: p.text(start), Notes: p.takeNotes()}
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
		d.Values = append(d.Values, p.enumValue(d))
		if !p.got(Comma) && !p.tok.NL {
			break
		}
	}
	p.got(Semicolon)
}

// enumValue is NAME [(arguments)] [{ members }].
func (p *parser) enumValue(d *ClassDef) *EnumValue {
	start := p.tok
	v := &EnumValue{}
	v.Name, v.Where = p.name("a constant")
	if p.tok.Kind == LParen && !p.bad {
		p.older(p.span(p.tok), "arguments of an enum's constant are of the older grammar", "put the enum in a file of `lib/`")
		v.Args = p.arguments()
	}
	if p.tok.Kind == LBrace && !p.tok.NL && !p.bad {
		v.Body = p.enumBody(d, start)
	}
	v.Where = p.from(start)
	return v
}

// enumBody is a class of the constant's own, a child of the enum.
func (p *parser) enumBody(d *ClassDef, start Token) *ClassDef {
	open := p.tok
	p.older(p.span(open), "a body of an enum's constant is of the older grammar", "put the enum in a file of `lib/`")
	b := &ClassDef{Kind: "enum", Name: strconv.Itoa(len(d.Values) + 1), Extends: &TypeRef{At: at(p.span(start)), Name: d.Name}}
	saved := p.nestBlock()
	p.next()
	p.members(b, open)
	p.closing(RBrace, open, "constant")
	p.unnest(saved)
	b.Where = p.from(start)
	return b
}

func (p *parser) enumValueAhead() bool {
	switch t := p.peek(); t.Kind {
	case Comma, Semicolon, RBrace, EOF, LParen, LBrace:
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
	p.notes = nil
	for p.tok.Kind == At_ && !p.bad {
		p.annotation()
	}
	start := p.tok
	static, final := false, false
	for p.tok.Kind == Keyword && (isModifier(p.text(p.tok)) || p.isWord("def") || p.isWord("default") && d.Kind == "interface") {
		static = static || p.isWord("static")
		final = final || p.isWord("final")
		p.next()
		for p.tok.Kind == At_ && !p.bad {
			p.annotation()
		}
	}
	switch {
	case p.tok.Kind == LBrace:
		b := p.codeBlock("initializer")
		if static {
			d.Inits = append(d.Inits, b)
		} else {
			d.Makes = append(d.Makes, b)
		}
		return
	case p.isWord("class") || p.isWord("interface") || p.isWord("enum"):
		inner := p.classDef()
		inner.Static = static || inner.Kind != "class"
		d.Classes = append(d.Classes, inner)
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
	notes := p.takeNotes()
	if p.isName() && p.peek().Kind == LParen {
		m := p.funcDef(start, def, typ, true)
		m.Notes = notes
		d.Methods = append(d.Methods, m)
		return
	}
	for !p.bad {
		f := &FieldDef{Type: typ, Static: static, Final: final, Def: def, Notes: notes}
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
