package workdir

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// isGlob says whether p has a wildcard that counts: one that is not escaped;
// a bracket or brace must be closed.
func isGlob(p string) bool {
	for i := 0; i < len(p); i++ {
		switch p[i] {
		case '\\':
			i++
		case '*', '?':
			return true
		case '[':
			if strings.IndexByte(p[i:], ']') > 0 {
				return true
			}
		case '{':
			if strings.IndexByte(p[i:], '}') > 0 {
				return true
			}
		}
	}
	return false
}

// unescape takes away the backslashes before wildcards.
func unescape(p string) string {
	var b strings.Builder
	for i := 0; i < len(p); i++ {
		if p[i] == '\\' && i+1 < len(p) && strings.IndexByte(`*?[]{}\`, p[i+1]) >= 0 {
			i++
		}
		b.WriteByte(p[i])
	}
	return b.String()
}

var errUnclosed = errors.New("pattern is not closed")

// globRegexp translates Java's globs: `*` stops at a slash, `**` does not,
// `[!…]` negates, `{a,b}` is either. Bytes count, so any file name can match.
func globRegexp(p string) (*regexp.Regexp, error) {
	var b strings.Builder
	b.WriteString(`(?s)\A`)
	depth := 0
	for i := 0; i < len(p); i++ {
		switch c := p[i]; c {
		case '*':
			if strings.HasPrefix(p[i:], "**") {
				i++
				b.WriteString(`.*`)
			} else {
				b.WriteString(`[^/]*`)
			}
		case '?':
			b.WriteString(`[^/]`)
		case '[':
			n, err := class(&b, p[i:])
			if err != nil {
				return nil, err
			}
			i += n
		case '{':
			depth++
			b.WriteString(`(?:`)
		case '}':
			if depth == 0 {
				b.WriteString(`\}`)
				continue
			}
			depth--
			b.WriteByte(')')
		case ',':
			if depth > 0 {
				b.WriteByte('|')
			} else {
				b.WriteByte(',')
			}
		case '\\':
			if i++; i == len(p) {
				return nil, errUnclosed
			}
			b.WriteString(regexp.QuoteMeta(p[i : i+1]))
		default:
			j := i + 1
			for j < len(p) && strings.IndexByte(`*?[{},\`, p[j]) < 0 {
				j++
			}
			b.WriteString(regexp.QuoteMeta(p[i:j]))
			i = j - 1
		}
	}
	if depth > 0 {
		return nil, errUnclosed
	}
	b.WriteString(`\z`)
	return regexp.Compile(b.String())
}

// class writes a character class and tells how long it was, less one.
func class(b *strings.Builder, p string) (int, error) {
	end := strings.IndexByte(p[1:], ']')
	if end < 0 {
		return 0, errUnclosed
	}
	body := p[1 : 1+end]
	if body == "" || body == "!" {
		return 0, errUnclosed
	}
	b.WriteByte('[')
	if rest, ok := strings.CutPrefix(body, "!"); ok {
		b.WriteString("^/")
		body = rest
	}
	for i, r := range body {
		switch r {
		case '\\', '[', '^', '&':
			b.WriteByte('\\')
		case '-':
			if i == 0 || i == len(body)-1 {
				b.WriteByte('\\')
			}
		}
		b.WriteRune(r)
	}
	b.WriteByte(']')
	return end + 1, nil
}

// Match says whether a name relative to the work directory fits a pattern, by
// the rules that Collect has.
func Match(pattern, name string) (bool, error) {
	re, err := globRegexp(strings.TrimPrefix(pattern, "./"))
	if err != nil {
		return false, fmt.Errorf("pattern `%s`: %w", pattern, err)
	}
	return re.MatchString(name), nil
}
