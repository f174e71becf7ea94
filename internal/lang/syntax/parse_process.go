package syntax

import (
	"fmt"
	"slices"
	"strings"

	"sluice/internal/lang/value"
)

var processSections = []string{"input", "output", "stage", "topic", "when", "script", "shell", "exec", "stub"}

// process is process NAME { directives, sections }.
func (p *parser) process() Decl {
	start := p.tok
	p.next()
	d := &ProcessDef{NameAt: p.span(p.tok)}
	switch p.tok.Kind {
	case Quote:
		if lit, ok := p.stringLit().(*Literal); ok {
			d.Name = literalText(lit)
		}
		p.refused(p.span(start), "a process named by a string is of the older grammar", "a name has letters, digits and `_`")
	default:
		d.Name, d.NameAt = p.name("the name of the process")
		p.emptyParens(start)
	}
	section := ""
	var met []sectionLabel
	p.sections("process", p.processLabel, func(label string, first bool) {
		section = label
		met = append(met, sectionLabel{label, first, true})
		p.sectionStart(d, section)
	}, func() {
		at := p.tok
		filled(met)
		section = p.processItem(d, section)
		if p.bad {
			p.resume(at)
		}
	})
	d.Where = p.from(start)
	d.Misordered = !p.processOrder(start, met)
	if d.Body != nil && len(d.Body.Stmts) > 0 && d.unlabeled && (len(d.Directives) > 0 || len(met) > 0) {
		p.refused(startOf(d.Body.Stmts[0].Span()), "the script of a process with other sections needs its label", "write `script:` before it")
	}
	return d
}

// emptyParens skips the `()` that the older grammar, where a process is a call
// of its name, lets stand before the body.
func (p *parser) emptyParens(start Token) {
	if p.bad || p.tok.Kind != LParen || p.tok.NL || p.peek().Kind != RParen {
		return
	}
	p.refused(p.span(start), "parentheses behind the name of a process are of the older grammar", "a process takes what its section `input:` declares")
	p.next()
	p.next()
}

// sections reads the body of a process or workflow: begin is called after each
// label, item where something else starts.
func (p *parser) sections(what string, label func() string, begin func(name string, first bool), item func()) {
	open := p.tok
	if !p.expect(LBrace, "of the "+what) {
		return
	}
	saved := p.nestBlock()
	for p.tok.Kind != RBrace && p.tok.Kind != EOF && !p.given {
		if p.got(Semicolon) {
			continue
		}
		if p.forgottenBrace(open) {
			break
		}
		if s := label(); s != "" {
			first := p.prevEnd == open.End && !p.tok.NL
			p.next()
			p.next()
			begin(s, first)
			continue
		}
		item()
	}
	p.closing(RBrace, open, what)
	p.unnest(saved)
}

// processLabel is the section that begins at tok, or "".
func (p *parser) processLabel() string { return p.label(processSections) }

func (p *parser) label(sections []string) string {
	if !p.isName() || p.peek().Kind != Colon {
		return ""
	}
	if word := p.text(p.tok); slices.Contains(sections, word) {
		return word
	}
	return ""
}

// sectionStart prepares the body that a label announces.
func (p *parser) sectionStart(d *ProcessDef, section string) {
	empty := &Block{At: at(p.spanAt(p.tok.Start, p.tok.Start))}
	switch section {
	case "script", "shell", "exec":
		if d.Body != nil && !p.bad {
			// The older grammar joins the statements; the last label says what they are.
			p.refused(p.spanAt(p.prevEnd-1, p.prevEnd), fmt.Sprintf("a second body in process `%s`", d.Name), "a process has one of `script:`, `shell:`, `exec:`")
			d.BodyKind = section
			return
		}
		d.BodyKind, d.Body = section, empty
	case "stub":
		d.Stub = empty
	}
}

// processItem reads one directive, declaration or statement; it returns the
// section that goes on.
func (p *parser) processItem(d *ProcessDef, section string) string {
	if p.unknownSection(processSections, "process") {
		return section
	}
	switch section {
	case "script", "shell", "exec":
		p.bodyStmt(d.Body)
		return section
	case "stub":
		p.bodyStmt(d.Stub)
		return section
	}
	switch p.tok.Kind {
	case Quote, DoubleQuote, DollarSlash, Slash:
		// the old form: the last string is the script, without `script:`
		if d.Body == nil {
			d.BodyKind, d.Body, d.unlabeled = "script", &Block{At: at(p.span(p.tok))}, true
		}
		p.bodyStmt(d.Body)
		return section
	}
	if section == "when" {
		if d.When != nil {
			p.outsideSection(d)
			return section
		}
		d.When = p.expr()
		p.endOfStmt()
		return section
	}
	if section == "" && p.isWord("if") {
		p.refused(p.span(p.tok), "`if` among directives is of the older grammar", "give the directive a value that depends on the condition") // older pipelines refuse or choose settings here
		p.stmtLine(&d.Setup)
		return section
	}
	if section == "" && p.tok.Kind == LBrace {
		p.refused(p.span(p.tok), "a block among directives is of the older grammar", "write the directives without the braces")
		d.Setup = append(d.Setup, p.block("block"))
		p.endOfStmt()
		return section
	}
	if section == "" && p.isName() && p.peek().Kind == Eq {
		p.refused(p.span(p.tok), "an assignment among directives is of the older grammar", "make it part of the directive that uses it")
		p.stmtLine(&d.Setup)
		return section
	}
	if p.tok.Kind == Keyword && !p.isWord("default") {
		p.outsideSection(d)
		return section
	}
	p.sectionEntry(d, section)
	return section
}

// sectionEntry reads an input, an output or a directive.
func (p *parser) sectionEntry(d *ProcessDef, section string) {
	start := p.tok
	if section == "output" && (d.Typed || p.typed) || section == "topic" {
		e := p.typedOutput()
		p.endOfStmt()
		if section == "topic" {
			d.Topics = append(d.Topics, e)
		} else {
			d.Outputs = append(d.Outputs, e)
		}
		return
	}
	var e *Entry
	switch {
	case section == "input" && p.typedInputAhead():
		e = p.typedInput()
		d.Typed = true
	case section == "output" && p.isName() && (p.peek().Kind == Eq || p.peek().Kind == Colon):
		e = p.typedOutput()
	default:
		e = p.entry(section)
	}
	e.Where = p.from(start)
	p.endOfStmt()
	switch section {
	case "input":
		d.Inputs = append(d.Inputs, e)
	case "output":
		d.Outputs = append(d.Outputs, e)
	case "stage":
		d.Stage = append(d.Stage, e)
	default:
		d.Directives = append(d.Directives, e)
	}
}

func (p *parser) bodyStmt(b *Block) {
	p.stmtLine(&b.Stmts)
	b.Where = b.Where.To(p.fromOffset(b.Where.Start))
}

// outsideSection reports a statement among directives or declarations.
func (p *parser) outsideSection(d *ProcessDef) {
	e := p.errorAt(p.span(p.tok), "statement outside of a section in process `%s`", d.Name)
	e.Label = "only directives, `input:`, `output:` and `when:` may stand before the script"
	if d.Body == nil {
		e.Help = "begin the script with `script:`"
	}
}

// entry is a directive, or an input or output declaration: a name and arguments.
func (p *parser) entry(section string) *Entry {
	start := p.tok
	e := &Entry{NameAt: p.span(start), Name: p.text(start)}
	what := "a directive"
	if section != "" {
		what = "a declaration"
	}
	if !p.isName() && !p.isWord("default") {
		p.unexpected(what + " or the name of a section")
		return e
	}
	p.next()
	switch p.tok.Kind {
	case Eq:
		if section == "" { // publishDir = [path: 'x'] means publishDir([path: 'x'])
			p.refused(p.span(start), "a directive with `=` is of the older grammar", "write `"+e.Name+" …`")
			p.next()
			e.Args = []Arg{{Value: p.expr()}}
			return e
		}
		d := p.errorAt(p.span(p.tok), "`=` after the qualifier `%s`", e.Name)
		d.Label = "qualifiers are calls, not assignments"
		d.Help = fmt.Sprintf("write `%s %s`", e.Name, firstLine(p.restOfLine(p.tok.End)))
		return e
	case LParen:
		if !p.tok.NL {
			p.entryInParens(e)
			p.moreArgs(e)
			return e
		}
	case LBrace:
		e.Args = append(e.Args, Arg{Value: p.closure()})
		p.moreArgs(e)
		return e
	case Dot:
		d := p.unexpected("the arguments of `" + e.Name + "`")
		d.Help = "begin the script with `script:`"
		return e
	}
	if p.startsEntryArg() {
		e.Args = p.entryArgs()
	}
	p.oldStyle(e)
	return e
}

func (p *parser) restOfLine(from int32) string {
	line, _, _ := strings.Cut(firstLine(p.file.Text[from:]), " //")
	return strings.TrimSpace(line)
}

// startsEntryArg: in a directive signs and brackets begin an argument.
func (p *parser) startsEntryArg() bool {
	if p.tok.NL || p.bad {
		return false
	}
	switch p.tok.Kind {
	case LBrack, Minus, Star:
		return true
	}
	return p.startsCommandArg()
}

// entryInParens reads `name(args)`; in `name (a) ? b : c` the parenthesis only
// begins the first argument.
func (p *parser) entryInParens(e *Entry) {
	m := p.mark()
	e.Args = p.qualifierArguments()
	if p.bad || p.tok.NL {
		return
	}
	switch p.tok.Kind {
	case Comma, RBrace, Semicolon, EOF, LBrace:
		return
	case Name:
		if p.oldStyle(e); p.bad {
			return
		}
		return
	}
	after := p.mark()
	args := e.Args
	p.reset(m)
	e.Args = p.entryArgs()
	if p.bad { // the first reading has the better message
		p.reset(after)
		e.Args = args
	}
}

// moreArgs reads `, key: value` after `name(args)` and `name { }`.
func (p *parser) moreArgs(e *Entry) {
	for p.tok.Kind == LBrace && !p.tok.NL && !p.bad {
		e.Args = append(e.Args, Arg{Value: p.closure()})
	}
	if p.got(Comma) {
		e.Args = append(e.Args, p.entryArgs()...)
	}
	p.oldStyle(e)
}

func (p *parser) entryArgs() []Arg {
	var args []Arg
	for !p.bad {
		args = append(args, p.entryArg())
		if !p.got(Comma) {
			break
		}
	}
	return args
}

// entryArg is an argument; qualifiers inside may stand without parentheses,
// as in `each path x` and `tuple val x, path 'y'`.
func (p *parser) entryArg() Arg {
	start := p.tok
	if p.isName() && isQualifier(p.text(p.tok)) {
		switch t := p.peek(); t.Kind {
		case Name, Quote, DoubleQuote:
			if t.NL {
				break
			}
			p.next()
			p.older(p.span(p.tok), "a qualifier without parentheses within another is of the older grammar", "write `"+p.text(start)+"(…)`")
			id := &Ident{At: at(p.span(start)), Name: p.text(start)}
			v := p.ternary()
			return Arg{Value: &Call{At: at(p.from(start)), Fun: id, Args: []Arg{{Value: v}}, Command: true}}
		}
	}
	return p.argument()
}

func isQualifier(word string) bool {
	switch word {
	case "val", "path", "file", "env", "tuple", "eval":
		return true
	}
	return false
}

// qualifierArguments is an argument list in parentheses whose elements are
// entry arguments.
func (p *parser) qualifierArguments() []Arg { return p.argumentList(p.entryArg) }

// DirectiveCall is the directive that a statement of Setup may be: `cpus 2`.
func DirectiveCall(s Stmt) (*Entry, bool) {
	x, ok := s.(*ExprStmt)
	if !ok {
		return nil, false
	}
	call, ok := x.X.(*Call)
	if !ok {
		return nil, false
	}
	name, ok := call.Fun.(*Ident)
	if !ok {
		return nil, false
	}
	return &Entry{At: call.At, NameAt: name.Span(), Name: name.Name, Args: call.Args}, true
}

// oldStyle reads `optional true` and reports `from` and `into` of DSL1.
func (p *parser) oldStyle(e *Entry) {
	if p.bad || p.tok.NL || !p.isName() {
		return
	}
	word := p.text(p.tok)
	if word == "optional" {
		if t := p.peek(); t.Kind == Keyword { // emit: x optional true
			key := p.tok
			p.older(p.span(key), "`optional` without a comma and a colon is of the older grammar", "write `, optional: true`")
			p.next()
			e.Args = append(e.Args, Arg{Name: &Literal{At: at(p.span(key)), Value: value.String(word), Raw: word}, Value: p.expr()})
			return
		}
	}
	switch word {
	case "from", "into", "optional", "mode", "type":
	default:
		return
	}
	if p.dsl1 {
		p.bad = true // said once for a file
		return
	}
	p.dsl1 = true
	d := p.errorAt(p.span(p.tok), "`%s` in a declaration belongs to DSL1, which no longer exists", word)
	d.Label = "channels are not named in processes"
	d.Help = "call the process in a workflow with its input channels, and use its `.out`"
}

// typedInputAhead: name: Type, (a, b): Type, tuple(a: T), record(a: T).
func (p *parser) typedInputAhead() bool {
	switch p.tok.Kind {
	case Name:
		t := p.peek()
		if t.Kind == Colon {
			return true
		}
		if t.Kind != LParen {
			return false
		}
		switch p.text(p.tok) {
		case "tuple", "record":
			n := p.scanner.scan(int(t.End))
			return n.Kind == Name && p.scanner.scan(int(n.End)).Kind == Colon
		}
	case LParen:
		return true
	}
	return false
}

func (p *parser) typedInput() *Entry {
	start := p.tok
	e := &Entry{NameAt: p.span(start)}
	switch {
	case start.Kind == LParen:
		e.Name = "tuple"
		e.Names = p.typedNames()
	case p.peek().Kind == LParen:
		e.Name = p.text(start)
		p.next()
		e.Names = p.typedNames()
		e.NameAt = p.span(start)
	default:
		e.Name = p.text(start)
		p.next()
	}
	if p.got(Colon) {
		e.Type = p.typeRef(true)
	}
	if p.got(Eq) {
		e.Value = p.expr()
	}
	return e
}

// typedNames is (a, b: T).
func (p *parser) typedNames() []*VarName {
	open := p.tok
	p.next()
	saved := p.nest()
	defer p.unnest(saved)
	var names []*VarName
	for p.tok.Kind != RParen && !p.bad {
		start := p.tok
		v := &VarName{}
		v.Name, _ = p.name("the name of an input")
		if p.got(Colon) {
			v.Type = p.typeRef(true)
		}
		v.Where = p.from(start)
		names = append(names, v)
		if !p.got(Comma) {
			break
		}
	}
	p.endNest(saved, RParen, open, "list of inputs")
	return names
}

// typedOutput is name = expr, name: Type = expr, expr.
func (p *parser) typedOutput() *Entry {
	start := p.tok
	e := &Entry{NameAt: p.span(start)}
	if p.isName() {
		switch p.peek().Kind {
		case Colon:
			e.Name = p.text(start)
			p.next()
			p.next()
			e.Type = p.typeRef(true)
			if !p.got(Eq) {
				e.Value = &Ident{At: at(p.span(start)), Name: e.Name}
				e.Where = p.from(start)
				return e
			}
		case Eq:
			e.Name = p.text(start)
			p.next()
			p.next()
		}
	}
	e.Value = p.exprOrCommand()
	e.Where = p.from(start)
	return e
}
