package syntax

// typeRef is a type as written; nullable says that `?` may follow.
func (p *parser) typeRef(nullable bool) *TypeRef {
	start := p.tok
	if nullable && p.nl() {
		p.unexpected("a type")
		return &TypeRef{At: at(p.spanAt(p.prevEnd, p.prevEnd))}
	}
	t := p.typeName(nullable)
	for !p.bad && p.tok.Kind == LBrack && !p.nl() && p.peek().Kind == RBrack {
		p.next()
		p.next()
		t.Dims++
	}
	if nullable && p.tok.Kind == Question && !p.bad {
		p.next()
		t.Nullable = true
	}
	t.Where = p.from(start)
	return t
}

// typeName is a dotted name with type arguments.
func (p *parser) typeName(nullable bool) *TypeRef {
	start := p.tok
	t := &TypeRef{At: at(p.span(start))}
	switch {
	case p.tok.Kind == Question: // wildcard
		p.next()
		t.Name = "?"
		if p.isWord("extends") || p.isWord("super") {
			p.next()
			t.Args = []*TypeRef{p.typeRef(false)}
		}
		t.Where = p.from(start)
		return t
	case p.tok.Kind == Keyword && (isPrimitive(p.text(p.tok)) || p.isWord("def")):
	case p.isName():
	default:
		p.unexpected("a type")
		return t
	}
	t.Name = p.text(p.tok)
	p.next()
	for p.tok.Kind == Dot && p.peek().Kind == Name {
		p.next()
		t.Name += "." + p.text(p.tok)
		p.next()
	}
	if p.tok.Kind == Less {
		p.typeArgs(t, nullable)
	}
	t.Where = p.from(start)
	return t
}

// typeArgs reads <A, B>; where it does not fit, `<` is left as an operator.
func (p *parser) typeArgs(t *TypeRef, nullable bool) {
	m := p.mark()
	p.next()
	var args []*TypeRef
	if p.tok.Kind == Greater { // new ArrayList<>()
		p.older(p.span(p.tok), "`<>` is of the older grammar", "leave the type arguments out")
		p.next()
		return
	}
	for {
		args = append(args, p.typeRef(nullable))
		if p.bad {
			p.reset(m)
			return
		}
		if p.tok.Kind != Comma {
			break
		}
		p.next()
	}
	if !p.closeAngle() {
		p.reset(m)
		return
	}
	t.Args = args
}

// closeAngle takes one `>`, splitting `>>` and `>>>`.
func (p *parser) closeAngle() bool {
	switch p.tok.Kind {
	case Greater:
		p.next()
	case Shr:
		p.tok.Kind, p.tok.Space, p.tok.NL = Greater, false, false
		p.tok.Start++
		p.prevEnd = p.tok.Start
	case Ushr:
		p.tok.Kind, p.tok.Space, p.tok.NL = Shr, false, false
		p.tok.Start++
		p.prevEnd = p.tok.Start
	default:
		return false
	}
	return true
}

// annotation reads @Name(args), for who asks with takeNotes.
func (p *parser) annotation() {
	start := p.tok
	p.older(p.span(p.tok), "annotations are of the older grammar", "")
	p.next()
	if !isNameOrKeyword(p.tok) {
		p.unexpected("the name of an annotation")
		return
	}
	a := &Annotation{Name: p.text(p.tok)}
	p.next()
	for p.tok.Kind == Dot && !p.bad {
		p.next()
		a.Name = p.text(p.tok)
		p.next()
	}
	if p.tok.Kind == LParen && !p.tok.Space {
		before := p.notes
		a.Args = p.arguments()
		p.notes = before
	}
	a.Where = p.from(start)
	p.notes = append(p.notes, a)
}

// takeNotes is the annotations before the declaration at hand.
func (p *parser) takeNotes() []*Annotation {
	notes := p.notes
	p.notes = nil
	return notes
}

// params reads parameters up to the token end, which is not read.
//
//	param = {modifier} [type] ["..."] name [":" type] ["=" expr]
func (p *parser) params(end Kind) []*Param {
	saved := p.nest()
	defer p.unnest(saved)
	p.noLambda = end == Arrow
	var params []*Param
	for p.tok.Kind != end && !p.bad {
		params = append(params, p.param())
		if !p.got(Comma) {
			break
		}
	}
	return params
}

func (p *parser) param() *Param {
	start := p.tok
	param := &Param{}
	for p.tok.Kind == At_ && !p.bad {
		p.annotation()
	}
	for p.isWord("final") || p.isWord("def") {
		final := p.isWord("final")
		p.next()
		if final {
			p.older(p.span(p.tok), "`final` before a parameter is of the older grammar", "")
		}
	}
	if p.tok.Kind == Ellipsis { // ... rest
		p.older(p.span(p.tok), "a variable number of parameters is of the older grammar", "take a list")
		p.next()
		param.Variadic = true
	} else if p.typeThenName() {
		param.Type = p.typeRef(false)
		if p.tok.Kind == Ellipsis {
			p.older(p.span(p.tok), "a variable number of parameters is of the older grammar", "take a list")
			p.next()
			param.Variadic = true
		}
	}
	param.Name, _ = p.name("a parameter name")
	if p.tok.Kind == Colon && !p.bad {
		p.next()
		param.Type = p.typeRef(true)
	}
	if p.tok.Kind == Eq && !p.bad {
		p.next()
		param.Default = p.expr()
	}
	if param.Type != nil && param.Type.Dims > 0 && p.tok.Kind != Comma {
		param.Variadic = true
	}
	param.Where = p.from(start)
	return param
}

// typeThenName says whether a type stands here that a name follows.
func (p *parser) typeThenName() bool {
	if p.tok.Kind == Keyword && isPrimitive(p.text(p.tok)) {
		return true
	}
	if !p.isName() {
		return false
	}
	switch p.peek().Kind {
	case Name, Dot, Less, LBrack, Ellipsis:
	default:
		return false
	}
	m := p.mark()
	p.typeRef(false)
	ok := !p.bad && !p.nl() && (p.tok.Kind == Name || p.tok.Kind == Ellipsis)
	p.reset(m)
	return ok
}
