package syntax

import "strings"

// layout writes pieces. Brackets opened on one line indent what follows by one
// level together.
type layout struct {
	b     strings.Builder
	style Style
	line  int       // number of the line being written
	open  []opening // brackets around
}

type opening struct {
	kind  Kind
	line  int  // where it was opened
	extra bool // opened on a line that was indented once more
}

func (w *layout) piece(list []piece, i int) {
	p := list[i]
	switch {
	case i == 0:
	case p.lines > 0:
		w.newLine(list, i)
	case spaced(list, i):
		w.b.WriteByte(' ')
	}
	w.write(p)
	switch {
	case p.comment:
	case p.kind == LBrace || p.kind == LParen || p.kind == LBrack || p.kind == SafeIndex:
		w.open = append(w.open, opening{kind: p.kind, line: w.line, extra: w.continued(list, lineStart(list, i))})
	case p.kind == RBrace || p.kind == RParen || p.kind == RBrack:
		if len(w.open) > 0 {
			w.open = w.open[:len(w.open)-1]
		}
	}
	w.line += strings.Count(p.text, "\n")
}

// lineStart is the piece that the line of piece i begins with.
func lineStart(list []piece, i int) int {
	for i > 0 && list[i].lines == 0 {
		i--
	}
	return i
}

func (w *layout) write(p piece) {
	if !p.comment || !strings.Contains(p.text, "\n") {
		w.b.WriteString(p.text)
		return
	}
	indent := w.indentOf(w.level())
	for i, line := range strings.Split(p.text, "\n") {
		line = strings.TrimRight(line, " \t\r")
		if i > 0 {
			w.b.WriteByte('\n')
			if star := strings.TrimLeft(line, " \t"); strings.HasPrefix(star, "*") {
				line = indent + " " + star
			}
		}
		w.b.WriteString(line)
	}
}

// level counts the lines that have brackets still open.
func (w *layout) level() int {
	n, last := 0, -1
	for _, o := range w.open {
		if o.line == last {
			continue
		}
		last = o.line
		n++
		if o.extra {
			n++
		}
	}
	return n
}

func (w *layout) indentOf(level int) string {
	if w.style.Tabs {
		return strings.Repeat("\t", level)
	}
	n := w.style.Spaces
	if n <= 0 {
		n = 4
	}
	return strings.Repeat(" ", n*level)
}

func (w *layout) newLine(list []piece, i int) {
	p, before := list[i], list[i-1]
	w.b.WriteByte('\n')
	w.line++
	opened := !before.comment && (before.kind == LBrace || before.kind == LParen || before.kind == LBrack)
	if p.lines > 1 && !opened && (p.comment || p.kind != RBrace && p.kind != RParen && p.kind != RBrack) {
		w.b.WriteByte('\n')
		w.line++
	}
	saved := w.open
	for j := i; j < len(list) && len(w.open) > 0 && isCloser(list[j]) && (j == i || list[j].lines == 0); j++ {
		w.open = w.open[:len(w.open)-1]
	}
	level := w.level()
	if closes := len(saved) - len(w.open); closes > 0 {
		if o := saved[len(saved)-closes]; o.extra && (len(w.open) == 0 || w.open[len(w.open)-1].line != o.line) {
			level++
		}
	} else if w.continued(list, i) {
		level++
	}
	w.open = saved
	w.b.WriteString(w.indentOf(level))
}

func isCloser(p piece) bool {
	return !p.comment && (p.kind == RBrace || p.kind == RParen || p.kind == RBrack)
}

// continued says whether the line that begins with piece i goes on the one
// before: by its own first token, or by the last of that line.
func (w *layout) continued(list []piece, i int) bool {
	if i == 0 || isCloser(list[i]) {
		return false
	}
	if p := list[i]; !p.comment {
		switch p.kind {
		case Dot, SafeDot, SpreadDot, AndAnd, OrOr, Question, Pipe, ElvisOp, EqEq, NotEq, Compare, Shl:
			return true
		case Colon:
			return true
		}
	}
	prev := i - 1
	for prev >= 0 && list[prev].comment {
		prev--
	}
	if prev < 0 {
		return false
	}
	if n := len(w.open); n > 0 && w.open[n-1].kind != LBrace {
		return false // within ( ) and [ ] the brackets indent
	}
	switch list[prev].kind {
	case Eq, PlusEq, Plus, Minus, Star, AndAnd, OrOr, Question, Pipe, ElvisOp, EqEq, NotEq, Amp, Shl, Comma:
		return true
	}
	return false
}

var spacedOperators = map[Kind]bool{
	Eq: true, PlusEq: true, MinusEq: true, StarEq: true, SlashEq: true, PercentEq: true, ShlEq: true, ElvisEq: true,
	EqEq: true, NotEq: true, EqEqEq: true, NotEqEq: true, AndAnd: true, OrOr: true, Arrow: true, ElvisOp: true,
	LessEq: true, GreaterEq: true, Compare: true, Match: true, Find: true,
}

// spaced says whether a blank stands between two pieces of a line.
func spaced(list []piece, i int) bool {
	a, b := list[i-1], list[i]
	if a.comment || b.comment {
		return true
	}
	switch {
	case a.kind == LParen || a.kind == LBrack || a.kind == SafeIndex, b.kind == RParen || b.kind == RBrack, b.kind == Comma, b.kind == Semicolon:
		return false
	case a.kind == LBrace && b.kind == RBrace:
		return b.space
	case a.kind == Comma, a.kind == Semicolon, a.kind == LBrace, b.kind == RBrace, spacedOperators[a.kind], spacedOperators[b.kind]:
		return true
	case b.kind == LBrace:
		return a.kind != Not && a.kind != Tilde
	case a.kind == Keyword && b.kind == LParen:
		switch a.text {
		case "if", "for", "while", "switch", "catch", "return", "in", "assert", "case", "else":
			return true
		}
	case a.kind == Colon && !b.space:
		return i >= 2 && (list[i-2].kind == Name || list[i-2].kind == Quote || list[i-2].kind == DoubleQuote) && b.kind != RBrack && b.kind != Colon
	}
	return b.space
}
