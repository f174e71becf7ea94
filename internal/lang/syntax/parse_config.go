package syntax

import (
	"sluice/internal/lang/value"
)

// configStmt reads the statements that only configuration files have.
func (p *parser) configStmt(list *[]Stmt) bool {
	start := p.tok
	switch start.Kind {
	case Name, Keyword:
		word := p.text(start)
		next := p.peek()
		switch {
		case word == "import" && p.depth == 1 && next.Kind == Name:
			*list = append(*list, p.importDecl().(*Import))
			return true
		case word == "includeConfig" && next.Kind != Eq && next.Kind != Dot && next.Kind != LBrace:
			p.next()
			x := p.expr()
			*list = append(*list, &ConfigInclude{At: at(p.from(start)), X: x})
			return true
		case (word == "withName" || word == "withLabel") && next.Kind == Colon:
			*list = append(*list, p.configSelector(word))
			return true
		case next.Kind == LBrace && (start.Kind == Name || !isBlockWord(word)):
			p.next()
			*list = append(*list, p.configBlock(start, word))
			return true
		}
	case Quote, DoubleQuote:
		m := p.mark()
		lit, ok := p.stringLit().(*Literal)
		if ok && p.tok.Kind == LBrace && !p.tok.NL && !p.bad {
			name, _ := lit.Value.(value.String)
			*list = append(*list, p.configBlock(start, string(name)))
			return true
		}
		p.reset(m)
	}
	return false
}

func isBlockWord(w string) bool {
	switch w {
	case "try", "do", "else", "finally", "static", "synchronized":
		return true
	}
	return false
}

// configBlock reads { … } behind its name.
func (p *parser) configBlock(start Token, name string) Stmt {
	b := &ConfigBlock{Name: name, NameAt: p.from(start)}
	b.Body = p.block("`" + name + "` block").Stmts
	b.Where = p.from(start)
	return b
}

func (p *parser) configSelector(kind string) Stmt {
	start := p.tok
	p.next()
	p.next()
	saved := p.noClosure
	p.noClosure = true
	s := &ConfigSelector{Kind: kind, Pattern: p.ternary()}
	p.noClosure = saved
	if id, ok := s.Pattern.(*Ident); ok {
		s.Pattern = &Literal{At: id.At, Value: value.String(id.Name), Raw: id.Name}
	}
	if p.tok.Kind == Eq && !p.bad {
		d := p.errorAt(p.span(p.tok), "expected `{` after `%s: %s`", kind, firstLine(s.Pattern.Span().Text()))
		d.Label = "a selector has a block of settings"
		d.Help = "remove the `=`"
	}
	s.Body = p.block("`" + kind + "` block").Stmts
	s.Where = p.from(start)
	return s
}
