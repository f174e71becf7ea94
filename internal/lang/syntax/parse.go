package syntax

import (
	"fmt"
	"strings"

	"sluice/internal/lang/diag"
	"sluice/internal/lang/source"
)

// maxNesting is how deep expressions and statements may nest.
const maxNesting = 500

// maxErrors is after how many errors the parser gives up on a file.
const maxErrors = 50

// ParseScript parses a pipeline script, a module or a Groovy file of lib/.
// The tree is complete up to errors, which leave Bad nodes.
func ParseScript(f *source.File) (*File, diag.List) {
	p := newParser(f)
	file := &File{Source: f}
	p.script(file)
	file.Older, file.Typed = p.olders, p.typed
	return file, p.finish()
}

// ParseConfig parses a configuration file.
func ParseConfig(f *source.File) (*File, diag.List) {
	p := newParser(f)
	p.config = true
	file := &File{Source: f, Body: p.stmtsUntil(EOF)}
	file.Older = p.olders
	return file, p.finish()
}

// ParseExpr parses a text that is one expression.
func ParseExpr(f *source.File) (Expr, diag.List) {
	p := newParser(f)
	p.ignoreNL = true
	x := p.expr()
	if p.tok.Kind != EOF {
		p.unexpected("an operator or the end of the expression")
	}
	return x, p.finish()
}

// ParseSnippet parses a text of statements.
func ParseSnippet(f *source.File) (*Block, diag.List) {
	p := newParser(f)
	start := p.tok
	b := &Block{Stmts: p.stmtsUntil(EOF)}
	b.Where = p.from(start)
	return b, p.finish()
}

// A parser reads one file. Each production starts at p.tok and leaves p.tok
// behind what it read. After an error `bad` is set: productions return without
// reading or reporting more until a list of statements or entries resumes at
// its next item.
type parser struct {
	file    *source.File
	scanner scanner
	tok     Token
	prevEnd int32 // end of the token before tok
	diags   diag.List
	bad     bool
	given   bool // gave up: everything up to the end is skipped
	depth   int

	ignoreNL  bool // inside ( ) and [ ] line ends mean nothing
	open      int  // brackets open since the innermost block began
	badOpen   int  // open at the error that set bad
	config    bool // statements are those of a configuration file
	noLambda  bool // `x ->` ends a default value: it begins no function
	noClosure bool // `{` does not start a trailing closure here
	typed     bool // nextflow.enable.types or nextflow.preview.types is set
	dsl1      bool // reported that DSL1 is gone
	labels    int  // closures around, in which labels may stand
	atStmt    bool // the expression to be read is a whole statement
	olders    []Older
	notes     []*Annotation // read, for the declaration that follows
}

func newParser(f *source.File) *parser {
	p := &parser{file: f, scanner: scanner{text: f.Text, openComment: -1}}
	pos := p.scanner.start()
	p.prevEnd = int32(pos)
	p.tok = p.scanner.scan(pos)
	p.tok.NL = true
	return p
}

func (p *parser) finish() diag.List {
	if at := p.scanner.openComment; at >= 0 {
		d := p.diags.Add(p.spanAt(int32(at), int32(at+2)), "comment is not closed")
		d.Label = "`/*` opened here"
		d.Help = "close it with `*/`"
	}
	p.diags.Sort()
	return p.diags
}

func (p *parser) next() {
	p.prevEnd = p.tok.End
	p.tok = p.scanner.scan(int(p.tok.End))
}

// peek is the token after tok. After a quote it means nothing.
func (p *parser) peek() Token { return p.scanner.scan(int(p.tok.End)) }

// moveTo continues scanning at offset.
func (p *parser) moveTo(offset int) {
	p.prevEnd = int32(offset)
	p.tok = p.scanner.scan(offset)
}

func (p *parser) text(t Token) string { return p.file.Text[t.Start:t.End] }

// nl says whether a line end that counts stands before tok.
func (p *parser) nl() bool { return p.tok.NL && !p.ignoreNL }

func (p *parser) isWord(word string) bool {
	return (p.tok.Kind == Keyword || p.tok.Kind == Name) && p.text(p.tok) == word
}

func (p *parser) isName() bool { return p.tok.Kind == Name }

// isNameOrKeyword: after a dot and as a map key, reserved words are names.
func isNameOrKeyword(t Token) bool { return t.Kind == Name || t.Kind == Keyword }

func (p *parser) got(k Kind) bool {
	if p.tok.Kind != k || p.bad {
		return false
	}
	p.next()
	return true
}

func (p *parser) gotWord(word string) bool {
	if p.bad || !p.isWord(word) {
		return false
	}
	p.next()
	return true
}

// mark and reset go back for a second try.
type mark struct {
	tok     Token
	prevEnd int32
	diags   int
	olders  int
	bad     bool
	given   bool
}

func (p *parser) mark() mark {
	return mark{p.tok, p.prevEnd, len(p.diags), len(p.olders), p.bad, p.given}
}

func (p *parser) reset(m mark) {
	p.tok, p.prevEnd, p.bad, p.given = m.tok, m.prevEnd, m.bad, m.given
	p.diags, p.olders = p.diags[:m.diags], p.olders[:m.olders]
}

func (p *parser) spanAt(start, end int32) source.Span {
	return source.Span{File: p.file, Start: start, End: end}
}

func (p *parser) span(t Token) source.Span { return p.spanAt(t.Start, t.End) }

// from is the span from token start to the last one read.
func (p *parser) from(start Token) source.Span { return p.fromOffset(start.Start) }

func (p *parser) fromOffset(start int32) source.Span {
	return p.spanAt(start, max(start, p.prevEnd))
}

func at(s source.Span) At { return At{Where: s} }

// errorAt reports a problem unless one in the same statement was reported.
func (p *parser) errorAt(span source.Span, format string, args ...any) *diag.Diagnostic {
	if p.bad {
		return &diag.Diagnostic{} // takes details that nobody sees
	}
	p.bad, p.badOpen = true, p.open
	if len(p.diags) >= maxErrors {
		p.giveUp()
		return &diag.Diagnostic{} // takes details that nobody sees
	}
	return p.diags.Add(span, fmt.Sprintf(format, args...))
}

// report adds a problem without leaving the statement.
func (p *parser) report(span source.Span, format string, args ...any) *diag.Diagnostic {
	if p.bad || len(p.diags) >= maxErrors {
		return &diag.Diagnostic{} // takes details that nobody sees
	}
	return p.diags.Add(span, fmt.Sprintf(format, args...))
}

// giveUp skips the rest of the file.
func (p *parser) giveUp() {
	p.given = true
	p.tok = Token{Kind: EOF, NL: true, Start: int32(len(p.file.Text)), End: int32(len(p.file.Text))}
}

// describe names a token for messages.
func (p *parser) describe(t Token) string {
	switch t.Kind {
	case EOF:
		return "the end of the file"
	case Keyword:
		return "the reserved word `" + p.text(t) + "`"
	case Quote, DoubleQuote, DollarSlash:
		return "a string"
	}
	return "`" + p.text(t) + "`"
}

// unexpected reports tok where something else had to stand.
func (p *parser) unexpected(want string) *diag.Diagnostic {
	if p.tok.Kind == Bad {
		d := p.errorAt(p.span(p.tok), "unexpected character `%s`", p.text(p.tok))
		d.Label = "expected " + want
		if p.text(p.tok) == "#" {
			d.Help = "comments start with `//`"
		}
		return d
	}
	if p.nl() && p.prevEnd > 0 && p.tok.Kind != EOF {
		d := p.errorAt(p.spanAt(p.prevEnd, p.prevEnd), "expected %s, found the end of the line", want)
		d.Label = "something is missing here"
		return d
	}
	d := p.errorAt(p.span(p.tok), "expected %s, found %s", want, p.describe(p.tok))
	d.Label = "not expected here"
	return d
}

func (p *parser) expect(k Kind, where string) bool {
	if p.got(k) {
		return true
	}
	p.unexpected("`" + k.String() + "` " + where)
	return false
}

// closing expects the bracket that closes open.
func (p *parser) closing(k Kind, open Token, what string) bool {
	if p.got(k) {
		return true
	}
	if p.bad {
		return false
	}
	if p.tok.Kind == EOF || p.tok.Kind == RBrace || p.tok.Kind == RParen || p.tok.Kind == RBrack {
		d := p.errorAt(p.span(open), "`%s` is not closed", open.Kind)
		d.Label = fmt.Sprintf("%s opened here", what)
		d.Related = []diag.Label{{Span: p.span(p.tok), Text: fmt.Sprintf("`%s` expected before %s", k, p.describe(p.tok))}}
		return false
	}
	want := fmt.Sprintf("`%s`", k)
	if k != RBrace {
		want = fmt.Sprintf("`,` or `%s`", k)
	}
	d := p.unexpected(want)
	d.Related = []diag.Label{{Span: p.span(open), Text: fmt.Sprintf("%s opened here", what)}}
	if k != RBrace && p.startsOperand() {
		d.Help = fmt.Sprintf("separate the elements by a comma: `, %s`", firstLine(p.text(p.tok)))
		if p.tok.Kind == Quote || p.tok.Kind == DoubleQuote {
			d.Help = "separate the elements by a comma"
		}
	}
	return false
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}

// name expects an identifier.
func (p *parser) name(what string) (string, source.Span) {
	if (p.isName() || p.isWord("in") || p.isWord("as")) && !p.bad {
		t := p.tok
		p.next()
		return p.text(t), p.span(t)
	}
	return p.noName(what)
}

func (p *parser) noName(what string) (string, source.Span) {
	d := p.unexpected(what)
	if p.tok.Kind == Keyword {
		d.Label = fmt.Sprintf("`%s` is reserved and cannot be a name", p.text(p.tok))
		d.Help = fmt.Sprintf("choose another name, such as `%s_`", p.text(p.tok))
	}
	return "", p.span(p.tok)
}

// enter counts nesting; the caller defers leave.
func (p *parser) enter() bool {
	p.depth++
	if p.depth > maxNesting && !p.given {
		d := p.errorAt(p.span(p.tok), "nested too deeply")
		d.Label = fmt.Sprintf("more than %d levels", maxNesting)
		p.giveUp()
	}
	return !p.given
}

func (p *parser) leave() { p.depth-- }

// sync skips to where a statement may start: a new line, a `;`, or the end of
// the enclosing block.
func (p *parser) sync() {
	depth := 0
	first := true
	if p.badOpen > 0 {
		m := p.mark()
		if p.skipBrackets(p.badOpen) {
			first = false
		} else {
			p.reset(m)
		}
		p.badOpen = 0
	}
	for p.tok.Kind != EOF {
		if depth == 0 && (p.tok.NL && !first || p.tok.Kind == Semicolon || p.tok.Kind == RBrace) {
			break
		}
		if p.tok.NL && p.startsDecl() {
			break
		}
		if first && p.tok.NL && depth == 0 && p.tok.Kind != Bad && p.tok.Kind != RParen && p.tok.Kind != RBrack {
			break
		}
		switch p.tok.Kind {
		case LBrace, LParen, LBrack, SafeIndex:
			depth++
		case RBrace, RParen, RBrack:
			depth = max(0, depth-1)
		}
		first = false
		p.skipToken()
	}
	p.bad = false
}

// skipBrackets skips what closes n brackets; false if the block ends before.
func (p *parser) skipBrackets(n int) bool {
	braces := 0
	for p.tok.Kind != EOF && !p.startsDecl() {
		switch p.tok.Kind {
		case LBrace:
			braces++
		case RBrace:
			if braces == 0 {
				return false
			}
			braces--
		case LParen, LBrack, SafeIndex:
			if braces == 0 {
				n++
			}
		case RParen, RBrack:
			if braces == 0 {
				n--
			}
		}
		p.skipToken()
		if n == 0 {
			return true
		}
	}
	return false
}

// skipToken passes tok, a string as a whole.
func (p *parser) skipToken() {
	switch p.tok.Kind {
	case Quote, DoubleQuote, DollarSlash:
		p.moveTo(skipString(p.file.Text, int(p.tok.Start), 0))
		return
	}
	p.next()
}

// startsDecl says whether tok, at the start of a line, can only be a
// declaration: then a brace before it was forgotten.
func (p *parser) startsDecl() bool {
	if p.tok.Kind != Name || !p.tok.NL {
		return false
	}
	if i := p.tok.Start; i > 0 && p.file.Text[i-1] != '\n' {
		return false
	}
	switch p.text(p.tok) {
	case "process":
		return p.peek().Kind == Name
	case "workflow":
		t := p.peek()
		return t.Kind == Name || t.Kind == LBrace
	}
	return false
}

// forgottenBrace reports a declaration inside a block.
func (p *parser) forgottenBrace(open Token) bool {
	if !p.startsDecl() {
		return false
	}
	d := p.errorAt(p.span(open), "`{` is not closed")
	d.Label = "block opened here"
	d.Related = []diag.Label{{Span: p.span(p.tok), Text: "`}` expected before this declaration"}}
	return true
}
