package workdir

import (
	"fmt"
	"strings"
)

// IsGlob says whether the name of an output is a pattern.
func IsGlob(name string) bool { return isGlob(name) }

// Examples are names that a pattern matches, made up with a word where it
// leaves them open. Alternatives that differ in digits, as in `*_{1,2}.fq`,
// give a name each; of others the first one counts. n tells apart several
// calls for one pattern.
func Examples(pattern, word string, n int) ([]string, error) {
	pattern = strings.TrimPrefix(pattern, "./")
	if !isGlob(pattern) {
		return []string{unescape(pattern)}, nil
	}
	all := alternatives(pattern)
	if !sameButDigits(all) {
		all = all[:1]
	}
	var names []string
	for _, p := range all {
		name := fill(p, word, n)
		fits, err := Match(pattern, name)
		if err != nil {
			return nil, err
		}
		if !fits {
			return nil, fmt.Errorf("no file name can be made up that the pattern `%s` matches", pattern)
		}
		names = append(names, name)
	}
	return names, nil
}

// alternatives writes a pattern out for each choice that its braces leave.
func alternatives(p string) []string {
	open := -1
	for i := 0; i < len(p); i++ {
		switch p[i] {
		case '\\':
			i++
		case '{':
			open = i
		case '}':
			if open < 0 {
				continue
			}
			var all []string
			for _, choice := range choices(p[open+1 : i]) {
				all = append(all, alternatives(p[:open]+choice+p[i+1:])...)
			}
			return all
		}
	}
	return []string{p}
}

// choices are what commas separate, those that are not escaped.
func choices(s string) []string {
	var all []string
	start := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case ',':
			all = append(all, s[start:i])
			start = i + 1
		}
	}
	return append(all, s[start:])
}

func sameButDigits(all []string) bool {
	plain := func(s string) string {
		return strings.Map(func(r rune) rune {
			if r >= '0' && r <= '9' {
				return -1
			}
			return r
		}, s)
	}
	for _, s := range all[1:] {
		if plain(s) != plain(all[0]) {
			return false
		}
	}
	return true
}

// fill replaces the wildcards of a pattern without braces: the first `*` of a
// name by the word, others by something short.
func fill(p, word string, n int) string {
	var b strings.Builder
	filled := false
	for i := 0; i < len(p); i++ {
		switch c := p[i]; c {
		case '\\':
			if i++; i < len(p) {
				b.WriteByte(p[i])
			}
		case '*':
			for i+1 < len(p) && p[i+1] == '*' {
				i++
			}
			switch {
			case filled:
				b.WriteString("stub")
			case n > 0:
				fmt.Fprintf(&b, "%s_%d", word, n+1)
			default:
				b.WriteString(word)
			}
			filled = true
		case '?':
			b.WriteByte("1234567890"[n%10])
		case '[':
			end := strings.IndexByte(p[i:], ']')
			if end < 0 {
				return p
			}
			b.WriteByte(member(p[i+1:i+end], n))
			i += end
		case '/':
			filled = false
			b.WriteByte(c)
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// member is a character of a class, the n-th where it lists that many.
func member(class string, n int) byte {
	if strings.HasPrefix(class, "!") {
		for _, c := range []byte("1aA_x9Z-") {
			if fits, err := Match("["+class+"]", string(c)); err == nil && fits {
				return c
			}
		}
		return '~'
	}
	if len(class) == 3 && class[1] == '-' {
		if c := class[0] + byte(n%26); c <= class[2] {
			return c
		}
		return class[0]
	}
	if class == "" {
		return '1'
	}
	return class[n%len(class)]
}
