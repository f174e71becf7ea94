package syntax

import (
	"strings"

	"sluice/internal/lang/source"
)

// An Older is something that the parser reads and the strict grammar does
// not: it accepts both, and leaves this for those who want to know.
type Older struct {
	Where   source.Span
	Message string
	Help    string
	// Syntax says that a parser of the strict grammar stops here: what it
	// would say of the rest of the file is not known.
	Syntax bool
}

// older notes what the strict grammar has no production for.
func (p *parser) older(where source.Span, message, help string) {
	p.note(Older{Where: where, Message: message, Help: help, Syntax: true})
}

// refused notes what the strict grammar reads in order to refuse it.
func (p *parser) refused(where source.Span, message, help string) {
	p.note(Older{Where: where, Message: message, Help: help})
}

func (p *parser) note(o Older) {
	if !p.bad && !p.given {
		p.olders = append(p.olders, o)
	}
}

// lineEnd is the place where the line of the last token ends.
func (p *parser) lineEnd() source.Span {
	at := p.prevEnd
	if i := strings.IndexByte(p.file.Text[at:], '\n'); i >= 0 && p.tok.NL {
		return p.spanAt(at+int32(i), at+int32(i))
	}
	return p.span(p.tok)
}

// afterIncrement notes `x++` that nothing follows: the strict grammar reads
// two signs, and misses their operand.
func (p *parser) afterIncrement() {
	if p.startsOperand() && !p.tok.NL {
		return
	}
	p.older(p.lineEnd(), "`++` and `--` behind a variable are of the older grammar", "write `x += 1`")
}

// A sectionLabel is a label met in a process or workflow.
type sectionLabel struct {
	name  string
	first bool // directly behind the brace, without a new line
	empty bool
}

// inOrder says whether names occur in the order of one of the forms; a name
// stands at most once, those with `!` must be there.
func inOrder(names []string, forms ...string) bool {
	for _, form := range forms {
		if matches(names, strings.Fields(form)) {
			return true
		}
	}
	return false
}

func matches(names, form []string) bool {
	i := 0
	for _, f := range form {
		must := strings.HasSuffix(f, "!")
		choices := strings.Split(strings.TrimSuffix(f, "!"), "|")
		found := false
		for _, c := range choices {
			if i < len(names) && names[i] == c {
				found = true
			}
		}
		if found {
			i++
		} else if must {
			return false
		}
	}
	return i == len(names)
}

// processOrder notes sections of a process that the strict grammar does not
// read: out of order, without a body, or behind the brace on its line.
func (p *parser) processOrder(start Token, sections []sectionLabel) bool {
	if len(sections) == 0 {
		return true
	}
	names := make([]string, len(sections))
	hollow := false
	for i, s := range sections {
		names[i] = s.name
		hollow = hollow || s.empty
	}
	if !sections[0].first && !hollow && inOrder(names,
		"input stage output topic when script|shell|exec! stub",
		"input stage when script|shell|exec! stub output topic",
		"input stage output topic when") {
		return true
	}
	p.refused(p.span(start), "the sections of this process are not in the order of the strict grammar",
		"the order is `input:`, `output:`, `when:`, `script:`, `stub:`, each on a line of its own")
	return false
}

// workflowOrder is processOrder for workflows.
func (p *parser) workflowOrder(start Token, sections []sectionLabel, unlabeled bool) bool {
	if len(sections) == 0 {
		return true
	}
	names := make([]string, len(sections))
	hollow := false
	for i, s := range sections {
		names[i] = s.name
		hollow = hollow || s.empty && s.name != "main"
	}
	if !sections[0].first && !hollow && !unlabeled && inOrder(names, "take main! emit publish onComplete onError", "take emit", "take onComplete onError") {
		return true
	}
	p.refused(p.span(start), "the sections of this workflow are not in the order of the strict grammar",
		"the order is `take:`, `main:`, `emit:`, `publish:`, each on a line of its own")
	return false
}

// olderOperator notes operators that the strict grammar does not have.
func (p *parser) olderOperator(t Token) {
	switch t.Kind {
	case EqEqEq, NotEqEq:
		p.older(p.spanAt(t.End-1, t.End), "`"+t.Kind.String()+"` is of the older grammar", "compare with `"+t.Kind.String()[:2]+"`")
	case RangeExclLeft, RangeExclBoth:
		p.older(p.spanAt(t.Start+1, t.End), "a range without its first value is of the older grammar", "begin the range one later")
	}
}

func (p *parser) olderSpread(star Token) {
	p.older(p.span(star), "spreading a list or map with `*` is of the older grammar", "join lists and maps with `+`")
}

func startOf(s source.Span) source.Span {
	s.End = min(s.End, s.Start+1)
	return s
}

// olderLambda notes a function in the form x -> y or (x, y) -> z.
func (p *parser) olderLambda(start Token) {
	at := p.tok
	if start.Kind == LParen {
		at = p.scanner.scan(int(p.scanner.scan(int(start.End)).End)) // behind the first name
		if at.Kind == RParen {
			at = p.scanner.scan(int(at.End))
		}
	}
	p.older(p.span(at), "a function without braces is of the older grammar", "write a closure: `{ x -> … }`")
}

// olderWord notes a word of Groovy that is no name in the strict grammar.
func (p *parser) olderWord(t Token) {
	p.refused(p.span(t), "`"+p.text(t)+"` is of the older grammar", "")
}

const loopHelp = "use `each`, `collect`, `inject` or another method of the collection"

// olderFor notes `for (x in y)`; with a type the strict grammar stops at the name.
func (p *parser) olderFor(start Token, v *VarName) {
	name := p.spanAt(v.Where.End-int32(len(v.Name)), v.Where.End)
	if before := strings.TrimRight(p.file.Text[start.End:name.Start], " \t\n"); before != "" && before[len(before)-1] != '(' {
		p.older(name, "`for` loops are of the older grammar", loopHelp)
		return
	}
	p.refused(p.span(start), "`for` loops are of the older grammar", loopHelp)
}

// olderForC notes `for (init; condition; update)`.
func (p *parser) olderForC() {
	at := p.tok
	for next := p.scanner.scan(int(at.End)); next.Kind == Name || next.Kind == Eq || at.Kind == Keyword; next = p.scanner.scan(int(at.End)) {
		at = next
		break
	}
	p.older(p.span(at), "`for` loops are of the older grammar", loopHelp)
}

// olderModifier notes `final x = 1`: the strict grammar reads a call.
func (p *parser) olderModifier(start Token) {
	at := p.peek()
	if at.Kind != Eq {
		at = start
	}
	p.older(p.span(at), "`"+p.text(start)+"` before a variable is of the older grammar", "write `def`")
}

// entrySections notes inputs and outputs of the entry workflow.
func (p *parser) entrySections(d *WorkflowDef) {
	if d.Name != "" {
		return
	}
	if len(d.Take) > 0 {
		p.refused(startOf(d.Take[0].Span()), "the entry workflow has no inputs", "read `params` instead")
	}
	if len(d.Emit) > 0 {
		p.refused(startOf(d.Emit[0].Span()), "the entry workflow has no outputs to emit", "assign them in `publish:` and describe them in the `output` block")
	}
}

// arrowAhead is the next `->`.
func (p *parser) arrowAhead() Token {
	t := p.tok
	for t.Kind != Arrow && t.Kind != EOF {
		t = p.scanner.scan(int(t.End))
	}
	return t
}

// filled notes that something stands below the last label.
func filled(met []sectionLabel) {
	if len(met) > 0 {
		met[len(met)-1].empty = false
	}
}
