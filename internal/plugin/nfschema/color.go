package nfschema

import (
	"regexp"
	"strings"
)

// colors are the escape sequences of the terminal that the plugin uses.
type colors struct{ off bool }

func (c colors) code(s string) string {
	if c.off {
		return ""
	}
	return "\x1b[" + s + "m"
}

func (c colors) reset() string      { return c.code("0") }
func (c colors) bold() string       { return c.code("1") }
func (c colors) dim() string        { return c.code("2") }
func (c colors) underlined() string { return c.code("4") }
func (c colors) red() string        { return c.code("0;31") }
func (c colors) green() string      { return c.code("0;32") }
func (c colors) yellow() string     { return c.code("0;33") }
func (c colors) blue() string       { return c.code("0;34") }
func (c colors) cyan() string       { return c.code("0;36") }

var escapes = regexp.MustCompile(`\x1b\[[0-9;]*m`)

// filter takes the colours out of a text where none are shown.
func (c colors) filter(text string) string {
	if c.off {
		return escapes.ReplaceAllString(text, "")
	}
	return text
}

// rule is the line that ends help and summary.
func (c colors) rule() string {
	return "-" + c.dim() + strings.Repeat("-", 52) + c.reset() + "-"
}

func splitList(text string) []string {
	var parts []string
	for _, p := range strings.Split(text, ",") {
		if p = strings.TrimSpace(p); p != "" {
			parts = append(parts, p)
		}
	}
	return parts
}

// padRight fills a text with blanks up to a width.
func padRight(text string, width int) string {
	if n := width - len([]rune(text)); n > 0 {
		return text + strings.Repeat(" ", n)
	}
	return text
}
