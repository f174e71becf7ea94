package syntax

// stmtsUntil reads statements up to the token end, which is not read.
func (p *parser) stmtsUntil(end Kind) []Stmt {
	var list []Stmt
	for {
		for p.tok.Kind == Semicolon {
			p.next()
		}
		if p.tok.Kind == end || p.tok.Kind == EOF || p.given {
			return list
		}
		if p.tok.Kind == RBrace {
			p.strayBrace()
			continue
		}
		p.stmtLine(&list)
	}
}

func (p *parser) strayBrace() {
	d := p.errorAt(p.span(p.tok), "`}` closes nothing")
	d.Label = "no block is open here"
	p.bad = false
	p.next()
}

// stmtLine reads a statement and its end; after an error it resumes at the next.
func (p *parser) stmtLine(list *[]Stmt) {
	start := p.tok
	before := len(*list)
	p.stmt(list)
	p.endOfStmt()
	if !p.bad {
		return
	}
	*list = append((*list)[:before], &BadStmt{at(p.from(start))})
	p.resume(start)
}

// resume leaves an error behind; it always makes progress.
func (p *parser) resume(start Token) {
	p.sync()
	if p.tok.Start == start.Start && p.tok.Kind != EOF && p.tok.Kind != RBrace {
		p.skipToken()
		p.sync()
	}
}

// endOfStmt checks that nothing follows on the line.
func (p *parser) endOfStmt() {
	if p.bad || p.tok.NL {
		return
	}
	switch p.tok.Kind {
	case Semicolon, RBrace, EOF:
		return
	case Keyword:
		if p.isWord("else") || p.isWord("case") {
			return
		}
	}
	switch p.tok.Kind {
	case RParen, RBrack:
		d := p.errorAt(p.span(p.tok), "`%s` closes nothing", p.tok.Kind)
		d.Label = "no bracket is open here"
	default:
		d := p.unexpected("the end of the statement")
		if p.startsOperand() {
			d.Help = "begin a new statement on a new line, or put an operator or a comma before it"
		}
	}
}

// stmt reads one statement; declarations of several variables add several.
func (p *parser) stmt(list *[]Stmt) {
	defer p.leave()
	if !p.enter() {
		return
	}
	add := func(s Stmt) { *list = append(*list, s) }
	for p.tok.Kind == At_ && !p.bad {
		p.annotation()
	}
	start := p.tok
	if p.config && p.configStmt(list) {
		return
	}
	switch start.Kind {
	case Keyword:
		if p.keywordStmt(list) {
			return
		}
	case LBrace:
		if !p.blockIsClosure() {
			add(p.block("block"))
			return
		}
	case Name:
		if t := p.peek(); t.Kind == Colon {
			add(p.labeled())
			return
		}
		if p.declAhead() {
			p.localDecl(list)
			return
		}
		if !p.config && p.isWord("include") && p.peek().Kind == LBrace {
			p.older(p.span(p.tok), "an `include` inside a block is of the older grammar", "include it at the top of the script, and decide where it is called")
			if d, ok := p.include().(*Include); ok {
				add(d)
			}
			return
		}
	}
	p.atStmt = true
	x := p.exprOrCommand()
	add(&ExprStmt{At: at(p.from(start)), X: x})
}

func (p *parser) keywordStmt(list *[]Stmt) bool {
	add := func(s Stmt) { *list = append(*list, s) }
	switch w := p.text(p.tok); w {
	case "if":
		add(p.ifStmt())
	case "for":
		add(p.forStmt())
	case "while":
		add(p.whileStmt())
	case "do":
		add(p.doStmt())
	case "switch":
		add(p.switchStmt())
	case "return":
		add(p.returnStmt())
	case "break", "continue":
		add(p.jump(w))
	case "throw":
		start := p.tok
		p.next()
		x := p.expr()
		add(&Throw{At: at(p.from(start)), X: x})
	case "try":
		add(p.tryStmt())
	case "assert":
		add(p.assertStmt())
	case "def", "final", "static", "private", "public", "protected", "abstract":
		p.localDecl(list)
	case "synchronized":
		p.olderWord(p.tok)
		p.next()
		if p.tok.Kind == LParen {
			p.arguments()
		}
		add(p.block("block"))
	case "import":
		d := p.errorAt(p.span(p.tok), "`import` stands only at the top of a script")
		d.Label = "not inside a block"
	default:
		if isPrimitive(w) && p.peek().Kind != Dot {
			p.localDecl(list)
			return true
		}
		return false
	}
	return true
}

// blockIsClosure: a block in statement position is a closure if parameters
// and an arrow follow the brace.
func (p *parser) blockIsClosure() bool {
	m := p.mark()
	p.next()
	is := p.closureHasParams() || p.paramsAhead()
	p.reset(m)
	return is
}

// paramsAhead looks for parameters whose default values are more than simple
// tokens: it reads them to see whether an arrow follows.
func (p *parser) paramsAhead() bool {
	if p.bad || !p.defaultAhead() {
		return false
	}
	m, notes := p.mark(), p.notes
	p.params(Arrow)
	is := !p.bad && p.tok.Kind == Arrow
	p.notes = notes
	p.reset(m)
	return is
}

// defaultAhead: names, types and commas, then `=` with a value on its line that
// an arrow may follow.
func (p *parser) defaultAhead() bool {
	names := false
	for t := p.tok; ; t = p.scanner.scan(int(t.End)) {
		switch t.Kind {
		case Name:
			names = true
		case Keyword:
			if !isParamKeyword(p.text(t)) {
				return false
			}
		case Comma, Dot, Less, Greater, LBrack, RBrack:
		case Eq:
			return names
		default:
			return false
		}
	}
}

// block reads { statements }.
func (p *parser) block(what string) *Block {
	start := p.tok
	b := &Block{}
	if p.tok.Kind != LBrace || p.bad {
		p.unexpected("`{` of the " + what)
		b.Where = p.span(start)
		return b
	}
	saved := p.nestBlock()
	p.next()
	b.Stmts = p.blockStmts(start)
	p.closing(RBrace, start, what)
	p.unnest(saved)
	b.Where = p.from(start)
	return b
}

// blockStmts reads statements up to `}` and notices a forgotten one.
func (p *parser) blockStmts(open Token) []Stmt {
	var list []Stmt
	for {
		for p.tok.Kind == Semicolon {
			p.next()
		}
		if p.tok.Kind == RBrace || p.tok.Kind == EOF || p.given || p.forgottenBrace(open) {
			return list
		}
		p.stmtLine(&list)
	}
}

// codeBlock is a block of ordinary statements, in configuration files too.
func (p *parser) codeBlock(what string) *Block {
	saved := p.config
	p.config = false
	defer func() { p.config = saved }()
	return p.block(what)
}

// closure reads { a, b -> … }.
func (p *parser) closure() Expr {
	start := p.tok
	defer p.leave()
	if !p.enter() || p.bad {
		return &BadExpr{at(p.spanAt(start.Start, start.Start))}
	}
	saved, savedConfig := p.nestBlock(), p.config
	p.config = false
	p.labels++
	defer func() { p.labels-- }()
	p.next()
	c := &Closure{}
	if p.closureHasParams() || p.paramsAhead() {
		c.Arrow = true
		c.Params = p.params(Arrow)
		p.expect(Arrow, "after the parameters")
	}
	body := p.tok
	c.Body = &Block{Stmts: p.blockStmts(start)}
	c.Body.Where = p.from(body)
	p.config = savedConfig
	p.closing(RBrace, start, "closure")
	p.unnest(saved)
	c.Where = p.from(start)
	return c
}

// closureHasParams looks ahead, from behind the brace, for parameters and an arrow.
func (p *parser) closureHasParams() bool {
	prev := LBrace
	for t := p.tok; ; {
		switch t.Kind {
		case Arrow:
			return true
		case Name, Keyword, Dot, Less, Greater, Shr, LBrack, RBrack, Question, Colon, Ellipsis, Eq, Number, Minus, At_, Comma:
		case Quote, DoubleQuote:
			// a default value
			end := p.simpleStringEnd(t)
			if prev != Eq || end < 0 {
				return false
			}
			t.End = int32(end)
		default:
			return false
		}
		if t.NL && prev != LBrace && prev != Comma && t.Kind != Arrow {
			return false
		}
		if prev == Name && t.Kind == Number || t.Kind == Keyword && !isParamKeyword(p.text(t)) {
			return false
		}
		prev = t.Kind
		t = p.scanner.scan(int(t.End))
	}
}

func isParamKeyword(w string) bool {
	switch w {
	case "def", "final", "true", "false", "null", "super", "extends", "in", "as":
		return true
	}
	return isPrimitive(w)
}

// simpleStringEnd is the end of a one-line string without `$` or backslash, or -1.
func (p *parser) simpleStringEnd(t Token) int {
	text := p.file.Text
	for i := int(t.End); i < len(text); i++ {
		switch text[i] {
		case text[t.Start]:
			return i + 1
		case '\n', '\\', '$':
			return -1
		}
	}
	return -1
}

// labeled is label: statement.
func (p *parser) labeled() Stmt {
	start := p.tok
	p.next()
	if p.labels == 0 {
		p.older(p.span(p.tok), "a label outside of a closure is of the older grammar", "labels stand in the closures of `branch` and `multiMap`")
	}
	p.next()
	l := &Labeled{Label: p.text(start), LabelAt: p.span(start)}
	if p.tok.Kind == RBrace || p.tok.Kind == EOF {
		d := p.errorAt(l.LabelAt, "nothing follows the label `%s`", l.Label)
		d.Label = "a statement must follow"
		l.Body = &BadStmt{at(l.LabelAt)}
		return l
	}
	l.Body = p.oneStmt()
	l.Where = p.from(start)
	return l
}

// oneStmt is a statement where a single one is wanted.
func (p *parser) oneStmt() Stmt {
	start := p.tok
	var list []Stmt
	p.stmt(&list)
	switch {
	case len(list) == 1:
		return list[0]
	case len(list) == 0:
		return &BadStmt{at(p.from(start))}
	}
	return &Block{At: at(p.from(start)), Stmts: list}
}

// body is the block or statement under if, for, while.
func (p *parser) body(what string) Stmt {
	if p.tok.Kind == LBrace && !p.bad {
		return p.block(what)
	}
	if p.tok.Kind == Semicolon {
		return &Block{At: at(p.span(p.tok))}
	}
	return p.oneStmt()
}

// condition is ( expr ).
func (p *parser) condition(of string) Expr {
	open := p.tok
	if p.tok.Kind != LParen {
		d := p.unexpected("`(` after `" + of + "`")
		d.Help = "conditions stand in parentheses: `" + of + " (x)`"
		return &BadExpr{at(p.span(open))}
	}
	saved := p.nest()
	defer p.unnest(saved)
	p.next()
	x := p.expr()
	if a, ok := x.(*Assign); ok && a.Op == OpNone && !p.bad {
		if _, plain := a.Value.(*Literal); plain && p.tok.Kind == RParen {
			d := p.diags.Warn(a.Where, "the condition assigns instead of comparing")
			d.Label = "`=` sets `" + firstLine(a.Target.Span().Text()) + "`"
			d.Help = "compare with `==`"
		}
	}
	p.endNest(saved, RParen, open, "condition")
	return x
}
