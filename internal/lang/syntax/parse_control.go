package syntax

func (p *parser) ifStmt() Stmt {
	start := p.tok
	p.next()
	s := &If{}
	s.Cond = p.condition("if")
	s.Then = p.body("`if`")
	if p.tok.Kind == Semicolon && !p.bad {
		if t := p.peek(); t.Kind == Keyword && p.text(t) == "else" {
			p.next()
		}
	}
	if p.gotWord("else") {
		s.Else = p.body("`else`")
	}
	s.Where = p.from(start)
	return s
}

// forStmt is for (x in e), for (T x : e), for (init; cond; update).
func (p *parser) forStmt() Stmt {
	start := p.tok
	p.next()
	open := p.tok
	if p.tok.Kind != LParen {
		p.unexpected("`(` after `for`")
		return &BadStmt{at(p.span(start))}
	}
	saved := p.nest()
	defer p.unnest(saved)
	p.next()
	if v := p.forVar(); v != nil {
		p.olderFor(start, v)
		x := p.expr()
		p.endNest(saved, RParen, open, "`for`")
		b := p.body("`for`")
		return &ForIn{At: at(p.from(start)), Var: v, X: x, Body: b}
	}
	f := &ForC{}
	p.olderForC()
	config := p.config
	p.config = false
	if p.tok.Kind != Semicolon {
		p.stmt(&f.Init)
	}
	for p.got(Comma) {
		x := p.expr()
		f.Init = append(f.Init, &ExprStmt{At: at(x.Span()), X: x})
	}
	p.config = config
	p.expect(Semicolon, "after the start of the loop")
	if p.tok.Kind != Semicolon && !p.bad {
		f.Cond = p.expr()
	}
	p.expect(Semicolon, "after the condition of the loop")
	for p.tok.Kind != RParen && !p.bad {
		f.Update = append(f.Update, p.expr())
		if !p.got(Comma) {
			break
		}
	}
	p.endNest(saved, RParen, open, "`for`")
	f.Body = p.body("`for`")
	f.Where = p.from(start)
	return f
}

// forVar reads the variable and `in` or `:`; nil if this is another kind of loop.
func (p *parser) forVar() *VarName {
	m := p.mark()
	for p.isWord("def") || p.isWord("final") || p.isWord("var") && p.peek().Kind == Name {
		p.next()
	}
	start := p.tok
	v := &VarName{}
	if p.typeThenName() {
		v.Type = p.typeRef(false)
	}
	if p.isName() {
		v.Name = p.text(p.tok)
		p.next()
		v.Where = p.from(start)
		if !p.bad && (p.gotWord("in") || p.got(Colon)) {
			return v
		}
	}
	p.reset(m)
	return nil
}

func (p *parser) whileStmt() Stmt {
	start := p.tok
	p.next()
	p.refused(p.span(start), "`while` loops are of the older grammar", loopHelp)
	cond := p.condition("while")
	b := p.body("`while`")
	return &While{At: at(p.from(start)), Cond: cond, Body: b}
}

func (p *parser) doStmt() Stmt {
	start := p.tok
	p.next()
	b := p.body("`do`")
	p.got(Semicolon)
	p.older(p.span(p.tok), "`do` loops are of the older grammar", loopHelp)
	if !p.gotWord("while") {
		p.unexpected("`while` after the body of `do`")
	}
	cond := p.condition("while")
	return &While{At: at(p.from(start)), Cond: cond, Body: b, Do: true}
}

func (p *parser) switchStmt() Stmt {
	start := p.tok
	p.next()
	s := &Switch{X: p.condition("switch")}
	open := p.tok
	if !p.expect(LBrace, "of the `switch`") {
		return s
	}
	saved := p.nestBlock()
	for p.tok.Kind != RBrace && p.tok.Kind != EOF && !p.given {
		start := p.tok
		s.Cases = append(s.Cases, p.switchCase())
		if p.bad {
			p.resume(start)
		}
	}
	p.closing(RBrace, open, "`switch`")
	p.unnest(saved)
	s.Where = p.from(start)
	return s
}

func (p *parser) switchCase() *Case {
	start := p.tok
	c := &Case{}
	switch {
	case p.gotWord("default"):
	case p.gotWord("case"):
		p.caseValues(c)
	default:
		p.unexpected("`case` or `default`")
		return c
	}
	if p.tok.Kind == Arrow {
		p.older(p.span(p.tok), "`switch` is of the older grammar", "use `if` and `else if`")
		p.next()
		p.stmtLine(&c.Body)
		c.Where = p.from(start)
		c.Body = append(c.Body, &Break{At: at(c.Where)})
		return c
	}
	p.older(p.span(p.tok), "`switch` is of the older grammar", "use `if` and `else if`")
	p.expect(Colon, "after the case")
	for !p.bad && !p.isWord("case") && !p.isDefault() && p.tok.Kind != RBrace && p.tok.Kind != EOF {
		if p.got(Semicolon) {
			continue
		}
		p.stmtLine(&c.Body)
	}
	c.Where = p.from(start)
	return c
}

// caseValues reads the values of a case; cases that share a body stay apart.
func (p *parser) caseValues(c *Case) {
	saved := p.noClosure
	p.noClosure = true // no lambda: `case x ->`
	c.Values = append(c.Values, p.expr())
	for p.got(Comma) {
		c.Values = append(c.Values, p.expr())
	}
	p.noClosure = saved
}

func (p *parser) isDefault() bool {
	if !p.isWord("default") {
		return false
	}
	k := p.peek().Kind
	return k == Colon || k == Arrow
}

func (p *parser) returnStmt() Stmt {
	start := p.tok
	p.next()
	r := &Return{}
	if !p.tok.NL && p.tok.Kind != Semicolon && p.tok.Kind != RBrace && p.tok.Kind != EOF {
		r.X = p.exprOrCommand()
	}
	r.Where = p.from(start)
	return r
}

func (p *parser) jump(word string) Stmt {
	start := p.tok
	p.olderWord(start)
	p.next()
	label := ""
	if p.isName() && !p.tok.NL {
		label = p.text(p.tok)
		p.next()
	}
	if word == "break" {
		return &Break{At: at(p.from(start)), Label: label}
	}
	return &Continue{At: at(p.from(start)), Label: label}
}

func (p *parser) tryStmt() Stmt {
	start := p.tok
	p.next()
	var resources []Stmt
	if p.tok.Kind == LParen {
		p.older(p.span(p.tok), "`try` with resources is of the older grammar", "use `withCloseable { }` of the resource")
		resources = p.resources()
	}
	t := &Try{Body: p.block("`try`")}
	for i := len(resources) - 1; i >= 0; i-- {
		t.Body = closing(resources[i], t.Body)
	}
	for p.isWord("catch") && !p.bad {
		t.Catches = append(t.Catches, p.catch())
	}
	if p.isWord("finally") && !p.bad {
		p.older(p.span(p.tok), "`finally` is of the older grammar", "put what always runs behind the `try`")
		p.next()
		t.Finally = p.block("`finally`")
	}
	if len(t.Catches) == 0 && t.Finally == nil && !p.bad {
		if len(resources) > 0 {
			return t.Body
		}
		d := p.errorAt(p.span(start), "`try` without `catch` or `finally`")
		d.Help = "add `catch (Exception e) { }`"
	}
	t.Where = p.from(start)
	return t
}

// resources are the declarations in `try (def a = …; b = …)`.
func (p *parser) resources() []Stmt {
	open := p.tok
	saved := p.nest()
	p.next()
	var list []Stmt
	for p.tok.Kind != RParen && p.tok.Kind != EOF && !p.bad {
		at := p.tok
		n := len(list)
		p.localDecl(&list)
		if len(list) == n {
			break
		}
		if d, ok := list[len(list)-1].(*VarDecl); !p.bad && (len(list) != n+1 || !ok || d.Init == nil || len(d.Names) != 1) {
			p.report(p.from(at), "a resource of `try` is one variable with a value").Help = "write `try (def reader = …)`"
		}
		if !p.got(Semicolon) {
			break
		}
	}
	p.closing(RParen, open, "resources")
	p.unnest(saved)
	return list
}

// closing is body with the resource declared before it and closed after it,
// whatever happens in between.
func closing(resource Stmt, body *Block) *Block {
	place := At{Where: resource.Span()}
	decl, ok := resource.(*VarDecl)
	if !ok || len(decl.Names) == 0 {
		return body // reported
	}
	end := &Prop{At: place, X: &Ident{At: place, Name: decl.Names[0].Name}, Name: "close", NameAt: place.Where, Safe: true}
	closed := &Try{At: body.At, Body: body, Finally: &Block{At: place, Stmts: []Stmt{
		&ExprStmt{At: place, X: &Call{At: place, Fun: end}},
	}}}
	return &Block{At: body.At, Stmts: []Stmt{resource, closed}}
}

func (p *parser) catch() *Catch {
	start := p.tok
	p.next()
	c := &Catch{Var: &VarName{}}
	open := p.tok
	if !p.expect(LParen, "after `catch`") {
		return c
	}
	p.gotWord("final")
	p.gotWord("def")
	if t := p.peek(); p.isName() && t.Kind != RParen {
		c.Types = append(c.Types, p.typeRef(false))
		for p.got(Pipe) {
			c.Types = append(c.Types, p.typeRef(false))
		}
	}
	c.Var.Name, c.Var.Where = p.name("a name for the exception")
	p.closing(RParen, open, "`catch`")
	c.Body = p.block("`catch`")
	c.Where = p.from(start)
	return c
}

func (p *parser) assertStmt() Stmt {
	start := p.tok
	p.next()
	a := &Assert{Cond: p.expr()}
	if p.tok.Kind == Comma {
		p.older(p.span(p.tok), "a comma before the message of `assert` is of the older grammar", "write `assert x : message`")
	}
	if p.got(Colon) || p.got(Comma) {
		a.Message = p.expr()
	}
	a.Where = p.from(start)
	return a
}
