package stdlib

import (
	"strings"
	"unicode"

	"sluice/internal/lang/value"
)

// textMethods are the methods of strings that see lines.
func textMethods() []def {
	return []def{
		{"stripIndent", "", "removes the indentation that all lines share", mapText(stripIndent)},
		{"stripIndent", "forceGroovyBehavior: Boolean", "removes the indentation that all lines share", mapText(stripIndent)},
		{"stripIndent", "n: Integer", "removes n characters of indentation from each line", func(c call) (value.Value, error) {
			return value.String(cutIndent(c.str(), c.intArg(0))), nil
		}},
		{"stripMargin", "margin: String = '|'", "removes white space up to the margin from each line", stripMarginMethod},
		{"readLines", "", "is the list of lines", func(c call) (value.Value, error) { return value.NewList(lineValues(c.str())...), nil }},
		{"lines", "", "is a stream of the lines", func(c call) (value.Value, error) { return &Stream{list: lineValues(c.str())}, nil }},
		{"eachLine", "action: Closure", "calls action with each line, and its number from 0", func(c call) (value.Value, error) {
			return c.eachLine(c.str(), 0, c.arg(0))
		}},
		{"eachLine", "firstLine: Integer, action: Closure", "calls action with each line and its number", func(c call) (value.Value, error) {
			return c.eachLine(c.str(), c.intArg(0), c.arg(1))
		}},
		{"splitEachLine", "separator, action: Closure", "calls action with the pieces of each line", func(c call) (value.Value, error) {
			return c.splitEachLine(c.str(), c.arg(0), c.arg(1))
		}},
		{"expand", "tabStop: Integer = 8", "replaces tabs by blanks", func(c call) (value.Value, error) {
			return value.String(eachTextLine(c.str(), func(l string) string { return expandTabs(l, c.intOr(0, 8)) })), nil
		}},
		{"unexpand", "tabStop: Integer = 8", "replaces blanks by tabs", func(c call) (value.Value, error) {
			return value.String(eachTextLine(c.str(), func(l string) string { return unexpandTabs(l, c.intOr(0, 8)) })), nil
		}},
	}
}

// splitLines cuts at line feeds, carriage returns and both; the end of the
// last line makes no further one.
func splitLines(s string) []string {
	if s == "" {
		return nil
	}
	s = strings.ReplaceAll(s, "\r\n", "\n")
	s = strings.ReplaceAll(s, "\r", "\n")
	return strings.Split(strings.TrimSuffix(s, "\n"), "\n")
}

func lineValues(s string) []value.Value {
	out := []value.Value{}
	for _, l := range splitLines(s) {
		out = append(out, value.String(l))
	}
	return out
}

func (c call) eachLine(s string, first int, f value.Value) (value.Value, error) {
	var last value.Value
	two := closureParams(f) == 2
	for i, l := range splitLines(s) {
		args := []value.Value{value.String(l)}
		if two {
			args = append(args, value.Int(first+i))
		}
		var err error
		if last, err = c.run(f, args...); err != nil {
			return nil, err
		}
	}
	return last, nil
}

func (c call) splitEachLine(s string, separator, f value.Value) (value.Value, error) {
	p, err := patternOf(separator)
	if err != nil {
		return nil, err
	}
	var last value.Value
	for _, l := range splitLines(s) {
		pieces, err := splitPattern(l, p, 0)
		if err != nil {
			return nil, err
		}
		if last, err = c.run(f, value.NewList(pieces...)); err != nil {
			return nil, err
		}
	}
	return last, nil
}

// eachTextLine changes each line and keeps the line feeds.
func eachTextLine(s string, f func(string) string) string {
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		lines[i] = f(l)
	}
	return strings.Join(lines, "\n")
}

// stripIndent is Java's String.stripIndent, which has replaced Groovy's: a last
// line of blanks counts, and white space at line ends goes.
func stripIndent(s string) string {
	if s == "" {
		return s
	}
	lines := strings.Split(strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n"), "\n")
	least := -1
	for i, l := range lines {
		blank := strings.TrimFunc(l, unicode.IsSpace) == ""
		if blank && i < len(lines)-1 {
			continue
		}
		indent := len(l) - len(strings.TrimLeftFunc(l, unicode.IsSpace))
		if least < 0 || indent < least {
			least = indent
		}
	}
	for i, l := range lines {
		if strings.TrimFunc(l, unicode.IsSpace) == "" {
			lines[i] = ""
			continue
		}
		lines[i] = strings.TrimRightFunc(l[max(least, 0):], unicode.IsSpace)
	}
	return strings.Join(lines, "\n")
}

// cutIndent removes up to n characters of white space from each line.
func cutIndent(s string, n int) string {
	return eachTextLine(s, func(l string) string {
		for i := 0; i < n && l != "" && (l[0] == ' ' || l[0] == '\t'); i++ {
			l = l[1:]
		}
		return l
	})
}

func stripMarginMethod(c call) (value.Value, error) {
	margin := c.strOr(0, "|")
	return value.String(eachTextLine(c.str(), func(l string) string {
		t := strings.TrimLeftFunc(l, unicode.IsSpace)
		if rest, ok := strings.CutPrefix(t, margin); ok {
			return rest
		}
		return l
	})), nil
}

func expandTabs(l string, stop int) string {
	var b strings.Builder
	column := 0
	for _, r := range l {
		if r != '\t' {
			b.WriteRune(r)
			column++
			continue
		}
		n := stop - column%max(stop, 1)
		b.WriteString(strings.Repeat(" ", n))
		column += n
	}
	return b.String()
}

func unexpandTabs(l string, stop int) string {
	if stop < 1 {
		return l
	}
	r := []rune(expandTabs(l, stop))
	var b strings.Builder
	for i := 0; i < len(r); i += stop {
		piece := string(r[i:min(i+stop, len(r))])
		trimmed := strings.TrimRight(piece, " ")
		if len([]rune(piece)) == stop && len(trimmed) < len(piece) {
			piece = trimmed + "\t"
		}
		b.WriteString(piece)
	}
	return b.String()
}
