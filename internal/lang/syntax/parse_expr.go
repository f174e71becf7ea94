package syntax

import (
	"sluice/internal/lang/diag"
	"sluice/internal/lang/value"
)

// expr is an assignment or anything below it.
//
//	expr = ternary [assignOp expr]
func (p *parser) expr() Expr { return p.assignment(false) }

// exprOrCommand also takes `name arg, arg` without parentheses, here and on
// the right of an assignment.
func (p *parser) exprOrCommand() Expr { return p.assignment(true) }

var assignOps = map[Kind]Op{
	Eq: OpNone, PlusEq: OpAdd, MinusEq: OpSub, StarEq: OpMul, SlashEq: OpDiv, PercentEq: OpMod,
	PowEq: OpPow, ShlEq: OpShl, ShrEq: OpShr, UshrEq: OpUshr, AndEq: OpAnd, OrEq: OpOr, XorEq: OpXor,
	ElvisEq: OpElvis,
}

func (p *parser) assignment(command bool) Expr {
	start := p.tok
	whole := p.atStmt
	p.atStmt = false
	defer p.leave()
	if !p.enter() {
		return &BadExpr{at(p.span(start))}
	}
	x := p.ternary()
	if p.bad {
		return x
	}
	if command {
		x = p.command(start, x)
		if call, ok := x.(*Call); ok && call.Command && !whole && len(call.Args) > 0 {
			p.older(startOf(call.Args[0].Value.Span()), "a call without parentheses within a statement is of the older grammar", "put the arguments in parentheses")
		}
	}
	if p.tok.Kind < Eq || p.tok.Kind > ElvisEq || p.bad {
		return x
	}
	op := assignOps[p.tok.Kind]
	target := p.assignable(x)
	if p.bad {
		return x
	}
	if !whole {
		p.older(p.span(p.tok), "an assignment within an expression is of the older grammar", "make it a statement of its own")
	}
	p.next()
	v := p.assignment(command)
	return &Assign{At: at(p.from(start)), Op: op, Target: target, Value: v}
}

// assignable checks the left side of an assignment.
func (p *parser) assignable(x Expr) Expr {
	switch x := x.(type) {
	case *Ident, *Index, *Prop, *Tuple:
		return x
	case *Literal:
		if s, ok := x.Value.(value.String); ok && p.config {
			return &Ident{At: x.At, Name: string(s)}
		}
	case *Paren:
		if id, ok := x.X.(*Ident); ok {
			return &Tuple{At: x.At, Elems: []Expr{id}}
		}
	}
	d := p.errorAt(x.Span(), "this cannot be assigned to")
	d.Label = "a variable, property or element must stand left of `=`"
	if p.tok.Kind == Eq {
		d.Help = "compare with `==`"
	}
	return x
}

// ternary is c ? a : b, c ?: b; both bind to the right.
func (p *parser) ternary() Expr {
	start := p.tok
	x := p.binary(1)
	switch {
	case p.bad:
	case p.tok.Kind == Question:
		p.next()
		noClosure := p.noClosure
		p.noClosure = false
		then := p.expr()
		p.noClosure = noClosure
		if p.tok.Kind != Colon {
			d := p.unexpected("`:` of the conditional expression")
			d.Related = append(d.Related, diag.Label{Span: x.Span(), Text: "its condition"})
			return x
		}
		p.next()
		return p.conditional(start, x, then)
	case p.tok.Kind == ElvisOp:
		p.next()
		return p.conditional(start, x, nil)
	}
	return x
}

func (p *parser) conditional(start Token, cond, then Expr) Expr {
	defer p.leave()
	if !p.enter() {
		return cond
	}
	els := p.ternary()
	return &Ternary{At: at(p.from(start)), Cond: cond, Then: then, Else: els}
}

// binaryOp gives precedence (0: none) and meaning of binary operators; line
// says that the operator may begin a new line.
func (p *parser) binaryOp() (prec int, op Op, line bool) {
	switch p.tok.Kind {
	case OrOr:
		return 1, OpLor, true
	case AndAnd:
		return 2, OpLand, true
	case Pipe:
		return 3, OpOr, true
	case Caret:
		return 4, OpXor, true
	case Amp:
		return 5, OpAnd, true
	case Find:
		return 6, OpFind, true
	case Match:
		return 6, OpMatch, true
	case EqEq:
		return 7, OpEq, true
	case NotEq:
		return 7, OpNe, true
	case EqEqEq:
		return 7, OpIdent, true
	case NotEqEq:
		return 7, OpNotIdent, true
	case Compare:
		return 7, OpCmp, true
	case Less:
		return 8, OpLt, true
	case LessEq:
		return 8, OpLe, true
	case Greater:
		return 8, OpGt, true
	case GreaterEq:
		return 8, OpGe, true
	case NotIn:
		return 8, OpNotIn, true
	case NotInstanceof:
		return 9, OpNone, true
	case Keyword:
		switch p.text(p.tok) {
		case "in":
			return 8, OpIn, true
		case "instanceof", "as":
			return 9, OpNone, true
		}
		return 0, OpNone, false
	case Shl:
		return 10, OpShl, true
	case Shr:
		return 10, OpShr, true
	case Ushr:
		return 10, OpUshr, true
	case RangeIncl, RangeExcl, RangeExclLeft, RangeExclBoth:
		return 10, OpNone, true
	case Plus:
		return 11, OpAdd, false
	case Minus:
		return 11, OpSub, false
	case Star:
		return 12, OpMul, true
	case Slash:
		return 12, OpDiv, true
	case Percent:
		return 12, OpMod, true
	}
	return 0, OpNone, false
}

// binary climbs precedences from minPrec up; all operators bind to the left.
func (p *parser) binary(minPrec int) Expr {
	start := p.tok
	x := p.unary()
	for !p.bad {
		prec, op, line := p.binaryOp()
		if prec == 0 || prec < minPrec || p.nl() && !line {
			break
		}
		t := p.tok
		p.olderOperator(t)
		p.next()
		switch t.Kind {
		case NotInstanceof:
			x = &InstanceOf{Not: true, X: x, Type: p.typeRef(false), At: at(p.from(start))}
		case RangeIncl, RangeExcl, RangeExclLeft, RangeExclBoth:
			hi := p.binary(prec + 1)
			x = &Range{
				At: at(p.from(start)), Lo: x, Hi: hi,
				ExclLo: t.Kind == RangeExclLeft || t.Kind == RangeExclBoth,
				ExclHi: t.Kind == RangeExcl || t.Kind == RangeExclBoth,
			}
		case Keyword:
			switch p.text(t) {
			case "instanceof":
				typ := p.typeRef(false)
				x = &InstanceOf{At: at(p.from(start)), X: x, Type: typ}
				continue
			case "as":
				typ := p.typeRef(false)
				if typ.Dims > 0 {
					end := typ.Where.End - 2*int32(typ.Dims)
					p.older(p.spanAt(end, end+1), "arrays are of the older grammar", "use a list")
				}
				x = &Cast{At: at(p.from(start)), X: x, Type: typ}
				continue
			}
			fallthrough
		default:
			r := p.binary(prec + 1)
			x = &Binary{At: at(p.from(start)), Op: op, OpAt: p.span(t), L: x, R: r}
		}
	}
	return x
}

// unary is -x, +x, ++x, --x, which bind less than `**`.
func (p *parser) unary() Expr {
	start := p.tok
	switch start.Kind {
	case Minus, Plus, PlusPlus, MinusMinus:
	default:
		return p.power()
	}
	defer p.leave()
	if !p.enter() {
		return &BadExpr{at(p.span(start))}
	}
	p.next()
	x := p.unary()
	where := at(p.from(start))
	switch start.Kind {
	case Minus:
		if lit, ok := x.(*Literal); ok && lit.Raw != "" && isDigit(lit.Raw[0]) {
			if v, err := parseNumber("-" + lit.Raw); err == nil {
				return &Literal{At: where, Value: v, Raw: "-" + lit.Raw}
			}
		}
		return &Unary{At: where, Op: OpSub, X: x}
	case Plus:
		return &Unary{At: where, Op: OpAdd, X: x}
	case PlusPlus:
		return &IncDec{At: where, X: x, Op: OpAdd, Prefix: true}
	}
	return &IncDec{At: where, X: x, Op: OpSub, Prefix: true}
}

// power is x ** y, which binds to the left.
func (p *parser) power() Expr {
	start := p.tok
	x := p.tight()
	for !p.bad && p.tok.Kind == Pow && !p.nl() {
		t := p.tok
		p.next()
		var r Expr
		switch p.tok.Kind {
		case Minus, Plus, PlusPlus, MinusMinus:
			r = p.unary()
		default:
			r = p.tight()
		}
		x = &Binary{At: at(p.from(start)), Op: OpPow, OpAt: p.span(t), L: x, R: r}
	}
	return x
}

// tight is !x, ~x, (T) x and postfix expressions.
func (p *parser) tight() Expr {
	start := p.tok
	op := OpNone
	switch start.Kind {
	case Not:
		op = OpNot
	case Tilde:
		op = OpBitNot
	case LParen:
		if typ, ok := p.castType(); ok {
			defer p.leave()
			if !p.enter() {
				return &BadExpr{at(p.span(start))}
			}
			p.older(p.span(p.tok), "a cast in front of a value is of the older grammar", "write `x as "+typ.Name+"`")
			x := p.castOperand()
			return &Cast{At: at(p.from(start)), X: x, Type: typ, Paren: true}
		}
		return p.postfix()
	default:
		return p.postfix()
	}
	defer p.leave()
	if !p.enter() {
		return &BadExpr{at(p.span(start))}
	}
	p.next()
	x := p.castOperand()
	return &Unary{At: at(p.from(start)), Op: op, X: x}
}

func (p *parser) castOperand() Expr {
	switch p.tok.Kind {
	case Minus, Plus, PlusPlus, MinusMinus:
		return p.unary()
	}
	return p.tight()
}

// castType reads `(T)` if a cast stands here: a primitive type, or a type name
// before something that can only be an operand.
func (p *parser) castType() (*TypeRef, bool) {
	t := p.peek()
	word := p.text(t)
	primitive := t.Kind == Keyword && isPrimitive(word)
	if !primitive && (t.Kind != Name || !isTypeName(p.file.Text[t.Start:])) {
		return nil, false
	}
	m := p.mark()
	p.next()
	typ := p.typeRef(false)
	if p.bad || p.tok.Kind != RParen {
		p.reset(m)
		return nil, false
	}
	p.next()
	ok := !p.nl() && p.startsOperand() && p.tok.Kind != LBrace
	switch p.tok.Kind {
	case Minus, Plus:
		ok = primitive
	case LBrack, LParen:
		ok = primitive || p.tok.Space
	case Slash, SlashEq:
		ok = false
	}
	if !ok {
		p.reset(m)
		return nil, false
	}
	return typ, true
}

// isTypeName says whether the dotted name at the start of text looks like a
// type: its last part begins with a capital.
func isTypeName(text string) bool {
	for {
		end := nameEnd(text, 0)
		if end == 0 {
			return false
		}
		if text[0] >= 'A' && text[0] <= 'Z' {
			return true
		}
		if end+1 >= len(text) || text[end] != '.' {
			return false
		}
		text = text[end+1:]
	}
}

// startsOperand says whether tok can begin an expression; operators that may
// be signs do not count.
func (p *parser) startsOperand() bool {
	switch p.tok.Kind {
	case Name, Number, Quote, DoubleQuote, DollarSlash, LParen, LBrack, LBrace, Not, Tilde, Minus, Plus, PlusPlus, MinusMinus, Slash, SlashEq:
		return true
	case Keyword:
		switch w := p.text(p.tok); w {
		case "true", "false", "null", "this", "super", "new":
			return true
		default:
			return isPrimitive(w)
		}
	}
	return false
}

// postfix is a path with x++, x--.
func (p *parser) postfix() Expr {
	start := p.tok
	x := p.path(start, p.primary())
	for !p.bad && (p.tok.Kind == PlusPlus || p.tok.Kind == MinusMinus) && !p.nl() {
		op := OpAdd
		if p.tok.Kind == MinusMinus {
			op = OpSub
		}
		p.next()
		x = &IncDec{At: at(p.from(start)), X: x, Op: op}
		p.afterIncrement()
	}
	return x
}

// path follows x with .name, ?.name, (args), [i], { closure }.
func (p *parser) path(start Token, x Expr) Expr {
	for !p.bad {
		switch p.tok.Kind {
		case Dot, SafeDot, SpreadDot, DotAt:
			x = p.property(start, x)
		case DotAmp, ColonColon:
			if p.tok.Kind == ColonColon && p.nl() {
				return x
			}
			if p.tok.Kind == DotAmp {
				p.older(p.span(start), "a method as a value is of the older grammar", "write a closure: `{ v -> x.method(v) }`")
			} else {
				p.older(p.spanAt(p.tok.Start+1, p.tok.End), "a method as a value is of the older grammar", "write a closure: `{ v -> x.method(v) }`")
			}
			p.next()
			name := ""
			if isNameOrKeyword(p.tok) {
				name = p.text(p.tok)
				p.next()
			} else {
				p.unexpected("a method name")
			}
			x = &MethodPointer{At: at(p.from(start)), X: x, Name: name}
		case LParen:
			if p.nl() || !callable(x) {
				return x
			}
			args := p.arguments()
			x = p.callWith(start, x, args)
		case LBrack, SafeIndex:
			if p.nl() {
				return x
			}
			x = p.index(start, x)
		case LBrace:
			if p.noClosure || !p.takesClosure(x) {
				return x
			}
			c := p.closure()
			x = p.appendClosure(start, x, c)
		default:
			return x
		}
	}
	return x
}

// callable: numbers cannot be called, so that `5 (x)` is reported.
func callable(x Expr) bool {
	lit, ok := x.(*Literal)
	if !ok {
		return true
	}
	_, isString := lit.Value.(value.String)
	return isString
}

// takesClosure says whether `{` at tok is a trailing closure of x. On a new
// line it belongs to a call with parentheses only.
func (p *parser) takesClosure(x Expr) bool {
	switch x := x.(type) {
	case *Ident, *Prop:
		return !p.nl()
	case *Call:
		if p.nl() {
			return !p.config && p.file.Text[p.prevEnd-1] == ')'
		}
		return true
	case *Literal, *GString:
		return false
	case *Index:
		return !p.nl() && x.X != nil
	}
	return false
}

func (p *parser) appendClosure(start Token, x Expr, c Expr) Expr {
	if call, ok := x.(*Call); ok && !call.Command {
		call.Args = append(call.Args, Arg{Value: c})
		call.Where = p.from(start)
		return call
	}
	return &Call{At: at(p.from(start)), Fun: x, Args: []Arg{{Value: c}}}
}

func (p *parser) callWith(start Token, fun Expr, args []Arg) Expr {
	return &Call{At: at(p.from(start)), Fun: fun, Args: args}
}

func (p *parser) property(start Token, x Expr) Expr {
	prop := &Prop{X: x}
	switch p.tok.Kind {
	case SafeDot:
		prop.Safe = true
	case SpreadDot:
		prop.Spread = true
	case DotAt:
		prop.Field = true
		p.older(p.spanAt(p.tok.Start+1, p.tok.End), "`.@` is of the older grammar", "read the property: `x.name`")
	}
	p.next()
	if p.tok.Kind == At_ {
		prop.Field = true
		p.older(p.span(p.tok), "`.@` is of the older grammar", "read the property: `x.name`")
		p.next()
	}
	name := p.tok
	switch name.Kind {
	case Name, Keyword:
		prop.Name, prop.NameAt = p.text(name), p.span(name)
		p.next()
	case Quote, DoubleQuote:
		switch s := p.stringLit().(type) {
		case *Literal:
			prop.Name = string(s.Value.(value.String))
			prop.NameAt = s.Where
		default:
			prop.Dyn, prop.NameAt = s, s.Span()
			p.older(startOf(s.Span()), "a property whose name has `${}` parts is of the older grammar", "write an index: `x[\"…\"]`")
		}
	case LParen:
		p.older(p.span(p.tok), "a property whose name is computed is of the older grammar", "write an index: `x[name]`")
		p.next()
		prop.Dyn = p.expr()
		p.expect(RParen, "after the name")
		prop.NameAt = p.from(name)
	default:
		p.unexpected("a name after `.`")
		prop.NameAt = p.span(name)
		return &BadExpr{at(p.from(start))}
	}
	prop.Where = p.from(start)
	return prop
}

func (p *parser) index(start Token, x Expr) Expr {
	open := p.tok
	p.next()
	saved := p.nest()
	defer p.unnest(saved)
	ix := &Index{X: x, Safe: open.Kind == SafeIndex}
	for p.tok.Kind != RBrack && !p.bad {
		ix.Args = append(ix.Args, p.element())
		if !p.got(Comma) {
			break
		}
	}
	p.endNest(saved, RBrack, open, "index")
	if len(ix.Args) == 0 && !p.bad {
		p.errorAt(p.from(open), "expected an index between `[` and `]`")
	}
	ix.Where = p.from(start)
	if ix.Safe {
		p.older(p.span(p.tok), "`?[` is of the older grammar", "write `x?.get(i)`")
	}
	return ix
}

// nesting is what brackets change about line ends and closures.
type nesting struct {
	ignoreNL, noClosure, noLambda bool
	open                          int
}

func (p *parser) nest() nesting {
	saved := nesting{p.ignoreNL, p.noClosure, p.noLambda, p.open}
	p.ignoreNL, p.noClosure, p.noLambda = true, false, false
	p.open++
	return saved
}

// nestBlock is nest for a block in braces.
func (p *parser) nestBlock() nesting {
	saved := p.nest()
	p.ignoreNL, p.open = false, 0
	return saved
}

func (p *parser) unnest(n nesting) {
	p.ignoreNL, p.noClosure, p.noLambda, p.open = n.ignoreNL, n.noClosure, n.noLambda, n.open
}

// endNest expects the closing bracket; the token behind it counts line ends again.
func (p *parser) endNest(n nesting, k Kind, open Token, what string) {
	p.closing(k, open, what)
	p.unnest(n)
}

// element is an expression or *spread.
func (p *parser) element() Expr {
	start := p.tok
	if p.got(Star) {
		p.olderSpread(start)
		x := p.ternary()
		return &Spread{At: at(p.from(start)), X: x}
	}
	return p.expr()
}
