package value

import (
	"errors"
	"strings"
	"sync"
	"time"

	"github.com/dlclark/regexp2/v2"
)

// Flags of java.util.regex.Pattern.
const (
	UnixLines       = 1
	CaseInsensitive = 2
	Comments        = 4
	MultilineFlag   = 8
	Literal         = 16
	DotAll          = 32
)

// maxStack bounds what backtracking may remember, as Java's stack does.
const maxStack = 1 << 24

// matchTimeout ends matches that backtrack without end, where Java would not.
const matchTimeout = 2 * time.Minute

// A Pattern is a compiled Java regular expression.
type Pattern struct {
	Source string
	Flags  int
	groups int            // capturing groups
	names  map[string]int // of named groups
	target string         // the translation
	find   *regexp2.Regexp
	whole  func() (*regexp2.Regexp, error) // for matches()
	start  func() (*regexp2.Regexp, error) // for lookingAt()
}

func (*Pattern) Class() *Class      { return PatternClass }
func (p *Pattern) ToString() string { return p.Source }

type patternKey struct {
	source string
	flags  int
}

// patternCache keeps what scripts compile again and again.
type patternCache struct {
	mu       sync.Mutex
	compiled map[patternKey]*Pattern
}

const maxCachedPatterns = 1024

var patterns patternCache

// NewPattern compiles Java's syntax; an error is a PatternSyntaxException.
// Equal sources share one compilation, not one Pattern.
func NewPattern(source string, flags int) (*Pattern, error) {
	key := patternKey{source, flags}
	patterns.mu.Lock()
	p := patterns.compiled[key]
	patterns.mu.Unlock()
	if p == nil {
		var err error
		if p, err = compilePattern(source, flags); err != nil {
			return nil, err
		}
		patterns.mu.Lock()
		if len(patterns.compiled) >= maxCachedPatterns || patterns.compiled == nil {
			patterns.compiled = make(map[patternKey]*Pattern)
		}
		patterns.compiled[key] = p
		patterns.mu.Unlock()
	}
	own := *p
	return &own, nil
}

func compilePattern(source string, flags int) (*Pattern, error) {
	t, err := translateRegex(source, flags)
	if err != nil {
		return nil, err
	}
	p := &Pattern{Source: source, Flags: flags, groups: t.groups, names: t.names, target: t.out.String()}
	if p.find, err = compileRegexp2(source, p.target); err != nil {
		return nil, err
	}
	p.whole = sync.OnceValues(func() (*regexp2.Regexp, error) { return compileRegexp2(source, `\A(?:`+p.target+`)\z`) })
	p.start = sync.OnceValues(func() (*regexp2.Regexp, error) { return compileRegexp2(source, `\A(?:`+p.target+`)`) })
	return p, nil
}

func compileRegexp2(source, target string) (*regexp2.Regexp, error) {
	re, err := regexp2.Compile(target, regexp2.OptionMaxBacktrackingStackSize(maxStack))
	if err != nil {
		return nil, syntaxError(source, 0, err.Error())
	}
	re.MatchTimeout = matchTimeout
	return re, nil
}

func syntaxError(source string, at int, message string) *Exception {
	text := message
	if source != "" {
		text = message + " near index " + itoa(at) + "\n" + source
		if at < StringLen(source) {
			text += "\n" + strings.Repeat(" ", at) + "^"
		}
	}
	return Throw("java.util.regex.PatternSyntaxException", "%s", text)
}

func matchError(err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, regexp2.ErrBacktrackingStackLimit) {
		return Throw("java.lang.StackOverflowError", "")
	}
	return Throw("java.lang.RuntimeException", "regular expression match: %s", err.Error())
}

// Groups counts the capturing groups.
func (p *Pattern) Groups() int { return p.groups }

// Matches says whether all of text matches.
func (p *Pattern) Matches(text string) (bool, error) {
	re, err := p.whole()
	if err != nil {
		return false, err
	}
	ok, err := re.MatchString(text)
	return ok, matchError(err)
}

// Find says whether some part of text matches.
func (p *Pattern) Find(text string) (bool, error) {
	ok, err := p.find.MatchString(text)
	return ok, matchError(err)
}

// ReplaceAll replaces every match; $1 and ${name} in replacement stand for groups.
func (p *Pattern) ReplaceAll(text, replacement string) (string, error) {
	return p.Replace(text, -1, func(m *Match) (string, error) { return m.Expand(replacement) })
}

// ReplaceFirst replaces the first match.
func (p *Pattern) ReplaceFirst(text, replacement string) (string, error) {
	return p.Replace(text, 1, func(m *Match) (string, error) { return m.Expand(replacement) })
}

// Replace puts what f gives in the place of the first n matches, all when n is
// negative.
func (p *Pattern) Replace(text string, n int, f func(*Match) (string, error)) (string, error) {
	m, err := p.find.FindStringMatch(text)
	if err != nil || m == nil {
		return text, matchError(err)
	}
	var b strings.Builder
	last := 0
	for ; m != nil && n != 0; n-- {
		start, length := m.ByteRange()
		s, err := f(&Match{p, text, m})
		if err != nil {
			return "", err
		}
		b.WriteString(text[last:start])
		b.WriteString(s)
		last = start + length
		if m, err = p.find.FindNextMatch(m); err != nil {
			return "", matchError(err)
		}
	}
	b.WriteString(text[last:])
	return b.String(), nil
}

// Split cuts text at the matches as String.split does: a limit above zero is
// the most parts, zero drops empty parts at the end, below zero keeps all.
func (p *Pattern) Split(text string, limit int) ([]string, error) {
	var parts []string
	last := 0
	m, err := p.find.FindStringMatch(text)
	for ; m != nil && err == nil; m, err = p.find.FindNextMatch(m) {
		start, length := m.ByteRange()
		if limit > 0 && len(parts) == limit-1 {
			break
		}
		if start+length == 0 {
			continue // no empty part before the text
		}
		parts = append(parts, text[last:start])
		last = start + length
	}
	if err != nil {
		return nil, matchError(err)
	}
	parts = append(parts, text[last:])
	if limit == 0 && len(parts) > 1 {
		for len(parts) > 0 && parts[len(parts)-1] == "" {
			parts = parts[:len(parts)-1]
		}
	}
	return parts, nil
}

// Expand fills in a replacement: $n takes as many digits as make a group,
// ${name}, and \ takes the next character as it is.
func (m *Match) Expand(replacement string) (string, error) {
	if !strings.ContainsAny(replacement, `$\`) {
		return replacement, nil
	}
	var b strings.Builder
	for i := 0; i < len(replacement); i++ {
		switch c := replacement[i]; c {
		case '\\':
			if i++; i == len(replacement) {
				return "", illegalArgument("character to be escaped is missing")
			}
			b.WriteByte(replacement[i])
		case '$':
			group, next, err := m.p.reference(replacement, i+1)
			if err != nil {
				return "", err
			}
			text, _ := m.Group(group)
			b.WriteString(text)
			i = next - 1
		default:
			b.WriteByte(c)
		}
	}
	return b.String(), nil
}

// reference reads what follows the $ at i-1.
func (p *Pattern) reference(s string, i int) (group, next int, err error) {
	if i < len(s) && s[i] == '{' {
		end := strings.IndexByte(s[i:], '}')
		if end < 0 {
			return 0, 0, illegalArgument("named capturing group is missing trailing '}'")
		}
		name := s[i+1 : i+end]
		group, ok := p.names[name]
		if !ok {
			return 0, 0, illegalArgument("No group with name {%s}", name)
		}
		return group, i + end + 1, nil
	}
	if i >= len(s) {
		return 0, 0, illegalArgument("Illegal group reference: group index is missing")
	}
	if s[i] < '0' || s[i] > '9' {
		return 0, 0, illegalArgument("Illegal group reference")
	}
	group = int(s[i] - '0')
	if group > p.groups {
		return 0, 0, Throw("java.lang.IndexOutOfBoundsException", "No group %d", group)
	}
	for i++; i < len(s) && s[i] >= '0' && s[i] <= '9'; i++ {
		n := group*10 + int(s[i]-'0')
		if n > p.groups {
			break
		}
		group = n
	}
	return group, i, nil
}
