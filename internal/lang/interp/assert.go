package interp

import (
	"sort"
	"strings"

	"sluice/internal/lang/syntax"
	"sluice/internal/lang/value"
)

// A noted value is what a part of an assertion gave, and the offset in the
// source under which the message of a failure shows it.
type noted struct {
	at int32
	v  value.Value
}

func (c *compiler) assert(s *syntax.Assert) exec {
	outer := c.noting
	c.noting = s.Message == nil // with a message the values are not shown
	cond := c.expr(s.Cond)
	c.noting = outer
	message := c.expr(s.Message)
	return func(fr *frame) (control, error) {
		var notes []noted
		saved := fr.notes
		fr.notes = &notes
		v, err := cond(fr)
		fr.notes = saved
		if err != nil || value.Truth(v) {
			return next, err
		}
		if s.Message != nil {
			m, err := message(fr)
			if err != nil {
				return next, err
			}
			text := value.ToString(m) + ". Expression: " + s.Cond.Span().Text()
			return next, c.inst.in.locate(value.Throw("java.lang.AssertionError", "%s", text), s.Span())
		}
		text := diagram("assert ", s.Cond.Span().Text(), s.Cond.Span().Start, notes)
		return next, c.inst.in.locate(value.Throw("org.codehaus.groovy.runtime.powerassert.PowerAssertionError", "%s", text), s.Span())
	}
}

// note makes code of an assertion keep its value, if failures show it.
func (c *compiler) note(x syntax.Expr, run code) code {
	at, shown := notePlace(x)
	if !shown {
		return run
	}
	return func(fr *frame) (value.Value, error) {
		v, err := run(fr)
		if err == nil && fr.notes != nil {
			*fr.notes = append(*fr.notes, noted{at, v})
		}
		return v, err
	}
}

// notePlace is where the value of an expression is shown: under the name of
// what was called, the operator, the bracket. Comparisons, literals and
// conversions show none.
func notePlace(x syntax.Expr) (at int32, shown bool) {
	start := x.Span().Start
	switch x := x.(type) {
	case *syntax.Ident:
		return start, x.Binding.Kind != syntax.ClassName
	case *syntax.Unary, *syntax.New:
		return start, true
	case *syntax.IncDec:
		if x.Prefix {
			return start, true
		}
		return x.X.Span().End, true
	case *syntax.Binary:
		switch x.Op {
		case syntax.OpEq, syntax.OpNe, syntax.OpLt, syntax.OpLe, syntax.OpGt, syntax.OpGe:
			return 0, false
		}
		return x.OpAt.Start, true
	case *syntax.InstanceOf:
		rest := x.Span().Text()[x.X.Span().End-start:]
		return x.X.Span().End + int32(len(rest)-len(strings.TrimLeft(rest, " \t"))), true
	case *syntax.Index:
		return x.X.Span().End, true
	case *syntax.Prop:
		return x.NameAt.Start, true
	case *syntax.Call:
		if fun, ok := x.Fun.(*syntax.Prop); ok {
			return fun.NameAt.Start, true
		}
		return start, true
	}
	return 0, false
}

// diagram draws the values of a failed assertion below its text, each under
// what gave it, on as few lines as they fit on.
func diagram(prefix, source string, start int32, notes []noted) string {
	text, column := oneLine(source)
	lines := []string{prefix + text}
	if len(notes) == 0 {
		return lines[0] + "\n"
	}
	sort.SliceStable(notes, func(i, j int) bool { return notes[i].at > notes[j].at })
	lines = append(lines, "")
	starts := []int{0, 0}
	for i, n := range notes {
		if i+1 < len(notes) && notes[i+1].at == n.at {
			continue
		}
		at := len(prefix) + column(int(n.at-start))
		shown := strings.Split(value.Inspect(n.v), "\n")
		end := at + len([]rune(shown[0])) + 1
		placed := false
		for j := 1; j < len(lines); j++ {
			if len(shown) == 1 && end < starts[j]+1 && j > 1 {
				lines[j] = placeAt(lines[j], shown[0], at)
				starts[j] = at
				placed = true
				break
			}
			lines[j] = placeAt(lines[j], "|", at)
			if j > 1 {
				starts[j] = at + 1
			}
		}
		if placed {
			continue
		}
		for _, s := range shown {
			lines = append(lines, placeAt("", s, at))
			starts = append(starts, at)
		}
	}
	return strings.Join(lines, "\n")
}

// placeAt writes s into line from a column on; what stands there makes room.
func placeAt(line, s string, at int) string {
	runes := []rune(line)
	for len(runes) < at {
		runes = append(runes, ' ')
	}
	end := min(at+len([]rune(s)), len(runes))
	return string(runes[:at]) + s + string(runes[end:])
}

// oneLine joins the lines of a source text as the message shows it, and says
// in which column an offset of it then stands.
func oneLine(source string) (text string, column func(offset int) int) {
	columns := make([]int, 0, len(source)+1)
	var b strings.Builder
	width := 0
	for i, line := range strings.SplitAfter(source, "\n") {
		body := strings.TrimRight(line, " \t\r\n")
		skip := 0
		if i > 0 {
			b.WriteByte(' ')
			width++
			skip = len(body) - len(strings.TrimLeft(body, " \t"))
		}
		for j := range len(line) {
			columns = append(columns, width)
			if j < skip || j >= len(body) {
				continue
			}
			b.WriteByte(line[j])
			if line[j] < 0x80 || line[j] >= 0xC0 { // the first byte of a character
				width++
			}
		}
	}
	columns = append(columns, width)
	return b.String(), func(offset int) int { return columns[min(max(offset, 0), len(columns)-1)] }
}
