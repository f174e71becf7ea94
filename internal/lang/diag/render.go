package diag

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/rivo/uniseg"

	"sluice/internal/lang/source"
)

// Options say how Render writes.
type Options struct {
	Color bool
	Width int // columns of source text shown of a line; 0 means 100
}

const tabWidth = 4

func (s Severity) String() string {
	if s == Warning {
		return "warning"
	}
	return "error"
}

// Short lists the entries one a line: `file:line:col: error: message`.
func (l List) Short() string {
	var b strings.Builder
	for i, d := range l {
		if i > 0 {
			b.WriteByte('\n')
		}
		if !d.Span.IsZero() {
			pos := d.Span.Position()
			fmt.Fprintf(&b, "%s:%d:%d: ", d.Span.File.Name, pos.Line, pos.Column)
		}
		fmt.Fprintf(&b, "%s: %s", d.Severity, d.Message)
	}
	return b.String()
}

// Render writes the entries with the source lines they point at:
//
//	error: process `ALIGN` takes 2 inputs, 1 given
//	  --> main.nf:14:5
//	   |
//	14 |     ALIGN(reads)
//	   |     ^^^^^^^^^^^^ `index` is missing
//	  ::: modules/align.nf:3:5
//	 3 |     input:
//	   |     ----- inputs declared here
//	   = help: pass the index channel as the second argument: `ALIGN(reads, index)`
func (l List) Render(w io.Writer, opts Options) error {
	if opts.Width <= 0 {
		opts.Width = 100
	}
	for i, d := range l {
		r := renderer{opts: opts}
		if i > 0 {
			r.b.WriteByte('\n')
		}
		r.diagnostic(d)
		if _, err := io.WriteString(w, r.b.String()); err != nil {
			return err
		}
	}
	return nil
}

type renderer struct {
	b      strings.Builder
	opts   Options
	gutter int // width of line numbers
}

const (
	bold   = "\x1b[1m"
	red    = "\x1b[1;31m"
	yellow = "\x1b[1;33m"
	blue   = "\x1b[1;34m"
	cyan   = "\x1b[1;36m"
	reset  = "\x1b[0m"
)

func (r *renderer) paint(color, s string) string {
	if !r.opts.Color || s == "" {
		return s
	}
	return color + s + reset
}

func (r *renderer) diagnostic(d *Diagnostic) {
	color := red
	if d.Severity == Warning {
		color = yellow
	}
	fmt.Fprintf(&r.b, "%s%s\n", r.paint(color, d.Severity.String()), r.paint(bold, ": "+d.Message))
	r.gutter = r.gutterWidth(d)
	if !d.Span.IsZero() {
		r.place("-->", d.Span)
		if !d.Hidden {
			r.line("", "|", "")
			r.snippet(d.Span, '^', color, d.Label)
		}
	}
	for _, l := range d.Related {
		if l.Span.IsZero() {
			continue
		}
		r.place(":::", l.Span)
		if !d.Hidden {
			r.snippet(l.Span, '-', blue, l.Text)
		}
	}
	for _, n := range d.Notes {
		r.note("note", n)
	}
	if d.Help != "" {
		r.note("help", d.Help)
	}
}

func (r *renderer) gutterWidth(d *Diagnostic) int {
	width := 1
	wide := func(s source.Span) {
		if !s.IsZero() {
			width = max(width, len(strconv.Itoa(s.Position().Line)))
		}
	}
	wide(d.Span)
	for _, l := range d.Related {
		wide(l.Span)
	}
	return width
}

// place writes `  --> file:line:col`.
func (r *renderer) place(arrow string, s source.Span) {
	pos := s.Position()
	fmt.Fprintf(&r.b, "%*s%s %s:%d:%d\n", r.gutter, "", r.paint(blue, arrow), s.File.Name, pos.Line, pos.Column)
}

// line writes `NN | text`.
func (r *renderer) line(number, bar, text string) {
	s := fmt.Sprintf("%*s %s", r.gutter, number, bar)
	fmt.Fprintf(&r.b, "%s", r.paint(blue, s))
	if text != "" {
		r.b.WriteByte(' ')
		r.b.WriteString(text)
	}
	r.b.WriteByte('\n')
}

func (r *renderer) note(kind, text string) {
	for i, line := range strings.Split(text, "\n") {
		head := fmt.Sprintf("%*s %s %s: ", r.gutter, "", r.paint(blue, "="), r.paint(bold, kind))
		if i > 0 {
			head = strings.Repeat(" ", r.gutter+len(" = ")+len(kind)+len(": "))
		}
		r.b.WriteString(head + line + "\n")
	}
}

// snippet shows the first line of a span, underlined.
func (r *renderer) snippet(s source.Span, mark byte, color, label string) {
	pos := s.Position()
	text := s.File.Line(pos.Line)
	lineStart := int(s.Start) - len(columnPrefix(text, pos.Column))
	from := min(max(int(s.Start)-lineStart, 0), len(text))
	to := min(max(int(s.End)-lineStart, from), len(text))
	left, x := expand(text[:from], 0)
	mid, y := expand(text[from:to], x)
	right, _ := expand(text[to:], y)
	mid = strings.TrimRight(mid, " ")
	y = x + width(mid)
	shown, x, y := window(left+mid+right, x, y, r.opts.Width)
	r.line(strconv.Itoa(pos.Line), "|", shown)
	under := strings.Repeat(" ", x) + r.paint(color, strings.Repeat(string(mark), max(1, y-x)))
	if label != "" {
		under += " " + r.paint(color, label)
	}
	r.line("", "|", under)
}

// columnPrefix is the text of a line before a column.
func columnPrefix(line string, column int) string {
	for i := range line {
		if column--; column <= 0 {
			return line[:i]
		}
	}
	return line
}

// expand replaces tabs, and control characters that would disturb a terminal;
// col is the column that text begins at, and the one it ends at.
func expand(text string, col int) (string, int) {
	var b strings.Builder
	rest, state := text, -1
	for len(rest) > 0 {
		var cluster string
		var w int
		cluster, rest, w, state = uniseg.FirstGraphemeClusterInString(rest, state)
		switch {
		case cluster == "\t":
			n := tabWidth - col%tabWidth
			b.WriteString(strings.Repeat(" ", n))
			col += n
		case len(cluster) == 1 && (cluster[0] < ' ' || cluster[0] == 0x7f), cluster == "\r\n":
			b.WriteRune('\uFFFD')
			col++
		default:
			b.WriteString(cluster)
			col += w
		}
	}
	return b.String(), col
}

func width(s string) int { return uniseg.StringWidth(s) }

// window cuts a line to about limit columns around the columns x to y.
func window(line string, x, y, limit int) (shown string, newX, newY int) {
	total := width(line)
	if total <= limit {
		return line, x, y
	}
	start := 0
	if y > limit-4 {
		start = max(0, min(x-limit/3, total-limit+4))
	}
	y = min(y, start+limit-4)
	head, tail := "", ""
	if start > 0 {
		head = "... "
	}
	cut, skipped := cutColumns(line, start, limit-4)
	if start+limit-4 < total {
		tail = "..."
	}
	shift := skipped - len(head)
	return head + cut + tail, x - shift, max(y-shift, x-shift+1)
}

// cutColumns is the part of s from column start on, n columns wide; skipped is
// the column it really starts at, as a wide character is not halved.
func cutColumns(s string, start, n int) (cut string, skipped int) {
	col, state, rest := 0, -1, s
	var b strings.Builder
	skipped = -1
	for len(rest) > 0 && col < start+n {
		var cluster string
		var w int
		cluster, rest, w, state = uniseg.FirstGraphemeClusterInString(rest, state)
		if col >= start {
			if skipped < 0 {
				skipped = col
			}
			b.WriteString(cluster)
		}
		col += w
	}
	return b.String(), max(skipped, 0)
}
