package syntax

import (
	"fmt"

	"sluice/internal/lang/value"
)

// primary is an operand without what follows it.
func (p *parser) primary() Expr {
	start := p.tok
	if p.bad {
		return &BadExpr{at(p.spanAt(start.Start, start.Start))}
	}
	switch start.Kind {
	case Name:
		return p.identOrLambda()
	case Number:
		return p.number()
	case Quote, DoubleQuote, DollarSlash, Slash, SlashEq:
		return p.stringLit()
	case LParen:
		return p.paren()
	case LBrack:
		return p.listOrMap()
	case LBrace:
		return p.closure()
	case Dot:
		if i := int(start.End); i < len(p.file.Text) && isDigit(p.file.Text[i]) {
			end := p.scanner.number(i)
			p.moveTo(end)
			return p.numberLit(p.spanAt(start.Start, int32(end)).Text(), start)
		}
	case At_:
		// annotations have no meaning for running a script
		p.annotation()
		return p.primary()
	case Keyword:
		switch w := p.text(start); w {
		case "true", "false":
			p.next()
			return &Literal{At: at(p.span(start)), Value: value.Bool(w == "true"), Raw: w}
		case "null":
			p.next()
			return &Literal{At: at(p.span(start)), Raw: w}
		case "this", "super", "in", "as": // the last two are names where they cannot be operators
			if w == "this" || w == "super" {
				p.olderWord(start)
			}
			p.next()
			return &Ident{At: at(p.span(start)), Name: w}
		case "new":
			return p.newExpr()
		default:
			if isPrimitive(w) {
				p.next()
				return &Ident{At: at(p.span(start)), Name: w}
			}
		}
	}
	d := p.unexpected("an expression")
	if start.Kind == Keyword {
		d.Label = fmt.Sprintf("`%s` is reserved and cannot be a name", p.text(start))
	}
	return &BadExpr{at(p.spanAt(start.Start, start.Start))}
}

func (p *parser) identOrLambda() Expr {
	start := p.tok
	p.next()
	id := &Ident{At: at(p.span(start)), Name: p.text(start)}
	if p.tok.Kind == Arrow && !p.noClosure && !p.noLambda && !p.nl() {
		param := &Param{At: id.At, Name: id.Name}
		p.olderLambda(start)
		return p.lambdaBody(start, []*Param{param})
	}
	return id
}

func (p *parser) number() Expr {
	t := p.tok
	p.next()
	return p.numberLit(p.text(t), t)
}

func (p *parser) numberLit(raw string, start Token) Expr {
	where := at(p.from(start))
	if raw[0] == '.' {
		raw = "0" + raw
	}
	v, err := parseNumber(raw)
	if err != nil {
		p.report(where.Where, "%s", err.Error())
		return &BadExpr{where}
	}
	if p.tok.Kind == Name && !p.tok.Space && p.tok.Start == where.Where.End {
		d := p.errorAt(p.span(p.tok), "`%s%s` is neither a number nor a name", raw, p.text(p.tok))
		d.Label = "a name cannot begin with a digit"
	}
	return &Literal{At: where, Value: v, Raw: raw}
}

// paren is (x), a tuple to assign to, or a lambda's parameters.
func (p *parser) paren() Expr {
	start := p.tok
	if p.lambdaAhead() {
		p.olderLambda(start)
		p.next()
		params := p.params(RParen)
		p.expect(RParen, "after the parameters")
		return p.lambdaBody(start, params)
	}
	p.next()
	saved := p.nest()
	defer p.unnest(saved)
	x := p.exprOrCommand()
	if p.tok.Kind == Comma && !p.bad {
		elems := []Expr{x}
		for p.got(Comma) {
			elems = append(elems, p.expr())
		}
		p.endNest(saved, RParen, start, "parenthesis")
		if p.tok.Kind != Eq && !p.bad {
			d := p.errorAt(p.from(start), "`(a, b)` is no value")
			d.Label = "several values in parentheses can only be assigned to"
			d.Help = "a list is written `[a, b]`"
		}
		return &Tuple{At: at(p.from(start)), Elems: elems}
	}
	p.endNest(saved, RParen, start, "parenthesis")
	return &Paren{At: at(p.from(start)), X: x}
}

// lambdaAhead: `(`, names, types and commas up to `)` and `->`.
func (p *parser) lambdaAhead() bool {
	pos := int(p.tok.End)
	for {
		t := p.scanner.scan(pos)
		switch t.Kind {
		case Name, Keyword, Comma, Dot, Less, Greater, LBrack, RBrack, Question, Eq, Number:
		case RParen:
			return p.scanner.scan(int(t.End)).Kind == Arrow
		default:
			return false
		}
		pos = int(t.End)
	}
}

// lambdaBody is what follows the parameters: -> x, -> { … }.
func (p *parser) lambdaBody(start Token, params []*Param) Expr {
	p.expect(Arrow, "of the function")
	c := &Closure{Params: params, Arrow: true}
	if p.tok.Kind == LBrace {
		c.Body = p.codeBlock("function body")
	} else {
		x := p.expr()
		c.Body = &Block{At: at(x.Span()), Stmts: []Stmt{&ExprStmt{At: at(x.Span()), X: x}}}
	}
	c.Where = p.from(start)
	return c
}

// listOrMap is [a, b], [k: v], [:].
func (p *parser) listOrMap() Expr {
	open := p.tok
	p.next()
	saved := p.nest()
	defer p.unnest(saved)
	if p.tok.Kind == Colon && p.peek().Kind == RBrack {
		p.next()
		p.endNest(saved, RBrack, open, "map")
		return &Map{At: at(p.from(open))}
	}
	var elems []Expr
	var entries []MapEntry
	for p.tok.Kind != RBrack && !p.bad {
		key, v, isEntry := p.listElement()
		if isEntry {
			entries = append(entries, MapEntry{Key: key, Value: v})
		} else {
			elems = append(elems, v)
		}
		if len(entries) > 0 && len(elems) > 0 && !p.bad {
			d := p.errorAt(v.Span(), "list elements and map entries are mixed")
			d.Label = "every entry of a map has a key"
			if !isEntry {
				d.Help = "write `key: value`"
			}
		}
		if !p.got(Comma) {
			break
		}
	}
	what := "list"
	if len(entries) > 0 {
		what = "map"
	}
	p.endNest(saved, RBrack, open, what)
	if len(entries) > 0 {
		return &Map{At: at(p.from(open)), Entries: entries}
	}
	return &List{At: at(p.from(open)), Elems: elems}
}

func (p *parser) listElement() (key, v Expr, isEntry bool) {
	if p.tok.Kind == Star && p.peek().Kind == Colon {
		p.olderSpread(p.tok)
		p.next()
		p.next()
		return nil, p.ternary(), true
	}
	if key, ok := p.bareKey(); ok {
		return key, p.expr(), true
	}
	x := p.element()
	if p.tok.Kind != Colon || p.bad {
		return nil, x, false
	}
	key = p.entryKey(x)
	p.next()
	return key, p.expr(), true
}

// bareKey reads `name:`, reserved words included.
func (p *parser) bareKey() (Expr, bool) {
	if !isNameOrKeyword(p.tok) {
		return nil, false
	}
	t := p.peek()
	if t.Kind != Colon {
		return nil, false
	}
	key := p.nameLiteral(p.tok)
	p.next()
	p.next()
	return key, true
}

func (p *parser) nameLiteral(t Token) *Literal {
	return &Literal{At: at(p.span(t)), Value: value.String(p.text(t)), Raw: p.text(t)}
}

// entryKey checks the key of a map entry or named argument.
func (p *parser) entryKey(x Expr) Expr {
	switch x := x.(type) {
	case *Literal, *GString, *Paren, *BadExpr, *List, *Map, *Closure:
		return x
	}
	d := p.errorAt(x.Span(), "a key that is an expression needs parentheses")
	d.Label = "only names, strings and numbers can stand alone"
	d.Help = fmt.Sprintf("write `(%s):`", firstLine(x.Span().Text()))
	return x
}

// arguments reads (a, k: v, *c).
func (p *parser) arguments() []Arg { return p.argumentList(p.argument) }

func (p *parser) argumentList(one func() Arg) []Arg {
	open := p.tok
	p.next()
	saved := p.nest()
	defer p.unnest(saved)
	var args []Arg
	for p.tok.Kind != RParen && !p.bad {
		args = append(args, one())
		if !p.got(Comma) {
			break
		}
	}
	p.endNest(saved, RParen, open, "argument list")
	return args
}

func (p *parser) argument() Arg {
	if p.tok.Kind == Star && p.peek().Kind == Colon {
		p.olderSpread(p.tok)
		p.next()
		p.next()
		return Arg{Value: p.ternary(), SpreadMap: true}
	}
	if key, ok := p.bareKey(); ok {
		return Arg{Name: key, Value: p.expr()}
	}
	x := p.element()
	if p.tok.Kind != Colon || p.bad {
		return Arg{Value: x}
	}
	key := p.entryKey(x)
	p.next()
	return Arg{Name: key, Value: p.expr()}
}

// newExpr is new T(args), new T[n], new T[]{…}.
func (p *parser) newExpr() Expr {
	start := p.tok
	p.next()
	for p.tok.Kind == At_ {
		p.annotation()
	}
	n := &New{Type: p.typeName(false)}
	switch p.tok.Kind {
	case LParen:
		n.Args = p.arguments()
		if p.tok.Kind == LBrace && !p.nl() && !p.bad {
			d := p.errorAt(p.span(p.tok), "anonymous classes are not part of the language")
			d.Help = "a closure can stand for an interface: `{ … } as " + n.Type.Name + "`"
		}
	case LBrack:
		p.older(p.span(p.tok), "arrays are of the older grammar", "use a list")
		p.arrayDims(n)
	default:
		if !p.bad {
			d := p.unexpected("`(` after the type")
			d.Help = "write `new " + n.Type.Name + "()`"
		}
	}
	n.Where = p.from(start)
	return n
}

func (p *parser) arrayDims(n *New) {
	saved := p.nest()
	defer p.unnest(saved)
	for p.tok.Kind == LBrack && !p.bad {
		open := p.tok
		p.next()
		if p.got(RBrack) {
			n.Type.Dims++
			continue
		}
		n.Dims = append(n.Dims, p.expr())
		p.closing(RBrack, open, "array size")
	}
	if len(n.Dims) > 0 || p.tok.Kind != LBrace {
		return
	}
	open := p.tok
	p.next()
	n.Init = []Expr{}
	for p.tok.Kind != RBrace && !p.bad {
		n.Init = append(n.Init, p.expr())
		if !p.got(Comma) {
			break
		}
	}
	p.endNest(saved, RBrace, open, "array")
}
