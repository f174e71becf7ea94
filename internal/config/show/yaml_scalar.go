package show

import (
	"fmt"
	"regexp"
	"strings"
)

// A scalarStyle is how a text is written in YAML.
type scalarStyle int

const (
	stylePlain scalarStyle = iota
	styleSingle
	styleDouble
	styleLiteral
)

// otherTypes matches plain texts that would be read as something other than
// text: booleans, numbers, null, dates, `<<`, `=`.
var otherTypes = regexp.MustCompile(`^(?:` + strings.Join([]string{
	`|~|null|Null|NULL| |<<|=|!|&|\*`,
	`yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF`,
	`[-+]?0b_*[0-1][0-1_]*|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)|[-+]?0x_*[0-9a-fA-F][0-9a-fA-F_]*|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+`,
	`[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+]?[0-9]+)?|[-+]?[0-9][0-9_]*[eE][-+]?[0-9]+|\.[0-9][0-9_]*(?:[eE][-+]?[0-9]+)?`,
	`[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)`,
	`[0-9]{4}-[0-9]{2}-[0-9]{2}`,
	`[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]*)?(?:[ \t]*(?:Z|[-+][0-9]{1,2}(?::?[0-9]{2})?))?`,
}, "|") + `)$`)

func isBreak(r rune) bool { return r == '\n' || r == 0x85 || r == 0x2028 || r == 0x2029 }

func isSpaceOrBreak(r rune) bool { return r == ' ' || r == '\t' || r == '\r' || isBreak(r) }

// printable says whether YAML can hold the text at all.
func printable(s string) bool {
	for _, r := range s {
		ok := r >= 0x20 && r <= 0x7e || r == '\n' || r == '\r' || r == '\t' || r == 0x85 ||
			r >= 0xa0 && r <= 0xd7ff || r >= 0xe000 && r <= 0xfffd || r >= 0x10000
		if !ok {
			return false
		}
	}
	return true
}

// An analysis is what a text allows.
type analysis struct{ multiline, plain, single, literal bool }

// analyze looks for indicators, special characters and spaces in the wrong place.
func analyze(s string) analysis {
	text := []rune(s)
	if len(text) == 0 {
		return analysis{plain: true, single: true}
	}
	indicators := strings.HasPrefix(s, "---") || strings.HasPrefix(s, "...")
	breaks, special, breakSpace, spaceBreak := false, false, false, false
	afterSpace := true // start of the text, or a space before
	var previous rune
	for i, r := range text {
		beforeSpace := i+1 >= len(text) || isSpaceOrBreak(text[i+1])
		if i > 0 {
			beforeSpace = i+1 >= len(text) || isSpaceOrBreak(text[i+1]) || isBreak(r)
		}
		switch {
		case i == 0 && (strings.ContainsRune("#,[]{}&*!|>'\"%@`", r) || strings.ContainsRune("?:-", r) && beforeSpace),
			i > 0 && (r == ':' && beforeSpace || r == '#' && afterSpace):
			indicators = true
		}
		isUnicode := r == 0x85 || r >= 0xa0 && r <= 0xd7ff || r >= 0xe000 && r <= 0xfffd || r >= 0x10000
		special = special || r != '\n' && (r < 0x20 || r > 0x7e) && !isUnicode
		breaks = breaks || isBreak(r)
		breakSpace = breakSpace || r == ' ' && i > 0 && isBreak(previous)
		spaceBreak = spaceBreak || isBreak(r) && i > 0 && previous == ' '
		afterSpace = isSpaceOrBreak(r)
		previous = r
	}
	first, last := text[0], text[len(text)-1]
	edges := first == ' ' || last == ' ' || isBreak(first) || isBreak(last)
	return analysis{
		multiline: breaks,
		plain:     !indicators && !edges && !breakSpace && !spaceBreak && !special,
		single:    !breakSpace && !spaceBreak && !special,
		literal:   last != ' ' && !spaceBreak && !special,
	}
}

// scalarStyle chooses a style: literal for several lines, plain where that
// reads back as the same text.
func (y *yamlWriter) scalarStyle(s string, key bool) scalarStyle {
	a := analyze(s)
	switch {
	case !a.multiline && a.plain && !otherTypes.MatchString(s):
		return stylePlain
	case a.multiline && !key && a.literal:
		return styleLiteral
	case a.single && !(key && a.multiline):
		return styleSingle
	}
	return styleDouble
}

func (y *yamlWriter) scalar(s string, style scalarStyle, indent int, split bool) {
	switch style {
	case stylePlain:
		y.plain([]rune(s), indent, split)
	case styleSingle:
		y.single([]rune(s), indent, split)
	case styleDouble:
		y.double([]rune(s), indent, split)
	case styleLiteral:
		y.literal(s, indent)
	}
}

// plain breaks lines at single spaces behind the width.
func (y *yamlWriter) plain(s []rune, indent int, split bool) {
	start, spaces := 0, false
	for end := 0; end <= len(s); end++ {
		space := end < len(s) && s[end] == ' '
		switch {
		case spaces && !space:
			if start+1 == end && y.column > yamlWidth && split {
				y.line(indent)
			} else {
				y.write(string(s[start:end]))
			}
			start = end
		case !spaces && (space || end == len(s)):
			y.write(string(s[start:end]))
			start = end
		}
		spaces = space
	}
}

func (y *yamlWriter) single(s []rune, indent int, split bool) {
	y.write("'")
	start, spaces, breaks := 0, false, false
	for end := 0; end <= len(s); end++ {
		atEnd := end == len(s)
		var r rune
		if !atEnd {
			r = s[end]
		}
		switch {
		case spaces:
			if r != ' ' {
				if start+1 == end && y.column > yamlWidth && split && start != 0 && !atEnd {
					y.line(indent)
				} else {
					y.write(string(s[start:end]))
				}
				start = end
			}
		case breaks:
			if atEnd || !isBreak(r) {
				if s[start] == '\n' {
					y.write("\n")
				}
				y.write(string(s[start:end]) + pad(indent))
				start = end
			}
		case atEnd || r == ' ' || r == '\'' || isBreak(r):
			y.write(string(s[start:end]))
			start = end
		}
		if r == '\'' {
			y.write("''")
			start = end + 1
		}
		spaces, breaks = !atEnd && r == ' ', !atEnd && isBreak(r)
	}
	y.write("'")
}

var yamlEscapes = map[rune]string{
	0: "0", 7: "a", 8: "b", 9: "t", 10: "n", 11: "v", 12: "f", 13: "r", 0x1b: "e", '"': `"`, '\\': `\`,
	0x85: "N", 0xa0: "_", 0x2028: "L", 0x2029: "P",
}

func (y *yamlWriter) double(s []rune, indent int, split bool) {
	y.write(`"`)
	start := 0
	for end := 0; end <= len(s); end++ {
		if end == len(s) || s[end] == '"' || s[end] == '\\' || s[end] < 0x20 || s[end] > 0x7e {
			if start < end {
				y.write(string(s[start:end]))
				start = end
			}
			if end < len(s) {
				y.write(escapeYAML(s[end]))
				start = end + 1
			}
		}
		if 0 < end && end < len(s)-1 && (s[end] == ' ' || start >= end) && y.column+end-start > yamlWidth && split {
			if start < end {
				y.write(string(s[start:end]))
				start = end
			}
			y.write(`\`)
			y.line(indent)
			if s[start] == ' ' {
				y.write(`\`)
			}
		}
	}
	y.write(`"`)
}

func escapeYAML(r rune) string {
	if e, ok := yamlEscapes[r]; ok {
		return `\` + e
	}
	switch {
	case r != 0xfeff && printable(string(r)):
		return string(r)
	case r <= 0xff:
		return fmt.Sprintf(`\x%02x`, r)
	case r > 0xffff:
		return fmt.Sprintf(`\U%08x`, r)
	}
	return fmt.Sprintf(`\u%04x`, r)
}

// literal is the style `|`; what follows the text's last line is told by a hint.
func (y *yamlWriter) literal(s string, indent int) {
	hint := ""
	if s[0] == ' ' || s[0] == '\n' {
		hint = "2"
	}
	switch {
	case !strings.HasSuffix(s, "\n"):
		hint += "-"
	case s == "\n" || strings.HasSuffix(s, "\n\n"):
		hint += "+"
	}
	y.write("|" + hint)
	for line := range strings.Lines(s) {
		text := strings.TrimSuffix(line, "\n")
		y.write("\n")
		if text != "" {
			y.write(pad(indent) + text)
		}
	}
}
