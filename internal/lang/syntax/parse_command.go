package syntax

// command turns x into a call if arguments without parentheses follow.
func (p *parser) command(start Token, x Expr) Expr {
	if p.bad || p.tok.NL {
		return x
	}
	switch f := x.(type) {
	case *Ident, *Prop:
		if !p.startsCommandArg() {
			return x
		}
	case *Call:
		return p.commandOfCall(start, f)
	default:
		return x
	}
	args := p.commandArgs(nil)
	return p.chain(start, &Call{At: at(p.from(start)), Fun: x, Args: args, Command: true})
}

// commandOfCall: f { }, { }; f(a), { }; f(a) b c.
func (p *parser) commandOfCall(start Token, f *Call) Expr {
	switch {
	case p.tok.Kind == Comma && p.closureThenMore(f):
		p.next()
		f.Args = p.commandArgs(f.Args)
		f.Command = true
		f.Where = p.from(start)
		return f
	case p.tok.Kind == Name:
		return p.chain(start, f)
	}
	return f
}

func (p *parser) closureThenMore(f *Call) bool {
	if len(f.Args) == 0 {
		return p.peek().Kind == LBrace
	}
	_, closure := f.Args[len(f.Args)-1].Value.(*Closure)
	t := p.peek()
	if t.Kind == LBrace {
		return true
	}
	return closure && p.file.Text[p.prevEnd-1] == '}' && (t.Kind != Name || p.scanner.scan(int(t.End)).Kind != Eq)
}

// startsCommandArg says whether tok begins the first argument of a command.
// Signs and brackets do not: `a -1` subtracts, `a [1]` is an index.
func (p *parser) startsCommandArg() bool {
	switch p.tok.Kind {
	case Name, Number, Quote, DoubleQuote, DollarSlash, Not, Tilde:
		return true
	case Star:
		return p.peek().Kind == Colon
	case Keyword:
		switch w := p.text(p.tok); w {
		case "true", "false", "null", "this", "super", "new":
			return true
		default:
			return p.peek().Kind == Colon && w != "else"
		}
	}
	return false
}

func (p *parser) commandArgs(args []Arg) []Arg {
	for !p.bad {
		args = append(args, p.argument())
		if !p.got(Comma) {
			break
		}
	}
	return args
}

// chain is `a b c d`: a(b).c(d).
func (p *parser) chain(start Token, x *Call) Expr {
	var e Expr = x
	for p.tok.Kind == Name && !p.tok.NL && !p.bad {
		t := p.tok
		m := p.mark()
		p.next()
		prop := &Prop{At: at(p.from(start)), X: e, Name: p.text(t), NameAt: p.span(t)}
		switch {
		case p.tok.NL || !p.startsCommandArg() && p.tok.Kind != LParen:
			p.reset(m)
			return e
		case p.tok.Kind == LParen:
			args := p.arguments()
			e = p.path(start, p.callWith(start, prop, args))
		default:
			args := p.commandArgs(nil)
			e = &Call{At: at(p.from(start)), Fun: prop, Args: args, Command: true}
		}
	}
	return e
}
