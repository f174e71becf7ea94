package value

import (
	"strconv"

	"github.com/dlclark/regexp2/v2"
)

func itoa(n int) string { return strconv.Itoa(n) }

// A Match is one place where a pattern matched.
type Match struct {
	p    *Pattern
	text string
	at   *regexp2.Match
}

// Group is the text of a capturing group, 0 being all; ok is false where it
// took no part.
func (m *Match) Group(n int) (text string, ok bool) {
	g := m.at.GroupByNumber(n)
	if g == nil || len(g.Captures) == 0 {
		return "", false
	}
	return g.String(), true
}

// Span is where group n lies, in Java's indexes; -1 where it took no part.
func (m *Match) Span(n int) (start, end int) {
	g := m.at.GroupByNumber(n)
	if g == nil || len(g.Captures) == 0 {
		return -1, -1
	}
	from, length := g.ByteRange()
	return UnitOffset(m.text, from), UnitOffset(m.text, from+length)
}

// Matcher is a matcher that stands at the match.
func (m *Match) Matcher() *Matcher {
	return &Matcher{Pattern: m.p, Text: m.text, current: m, next: m.at, started: true}
}

// Value is the match as scripts get it: its text, or the list of all and the
// groups when there are any.
func (m *Match) Value() Value {
	if m.p.groups == 0 {
		s, _ := m.Group(0)
		return String(s)
	}
	return m.GroupList()
}

// GroupList is all and the groups, null for those that took no part.
func (m *Match) GroupList() *List {
	l := &List{Elems: make([]Value, m.p.groups+1)}
	for i := range l.Elems {
		if s, ok := m.Group(i); ok {
			l.Elems[i] = String(s)
		}
	}
	return l
}

// A Matcher is a pattern at work on a text. Find and Matches move it on; a
// subscript starts anew, All and Count leave it where it is.
type Matcher struct {
	Pattern *Pattern
	Text    string
	current *Match
	next    *regexp2.Match // the match that Find continues from
	started bool
	err     error
	// Appended is how far appendReplacement has copied the text.
	Appended int
}

// NewMatcher is `text =~ pattern`.
func (p *Pattern) NewMatcher(text string) *Matcher { return &Matcher{Pattern: p, Text: text} }

func (*Matcher) Class() *Class { return MatcherClass }

// ToString is Java's description of the state.
func (m *Matcher) ToString() string {
	last := ""
	if m.current != nil {
		last, _ = m.current.Group(0)
	}
	return "java.util.regex.Matcher[pattern=" + m.Pattern.Source + " region=0," + itoa(StringLen(m.Text)) + " lastmatch=" + last + "]"
}

// Truth is find(): Groovy looks for the first match and remembers it. An error
// of matching makes it false and stays in Err.
func (m *Matcher) Truth() bool {
	ok, err := m.Find()
	m.err = err
	return ok
}

// Err is the error of the last Truth.
func (m *Matcher) Err() error { return m.err }

// Find moves to the next match.
func (m *Matcher) Find() (bool, error) {
	var at *regexp2.Match
	var err error
	switch {
	case !m.started:
		at, err = m.Pattern.find.FindStringMatch(m.Text)
	case m.next != nil:
		at, err = m.Pattern.find.FindNextMatch(m.next)
	}
	m.started = true
	return m.settle(at, err)
}

func (m *Matcher) settle(at *regexp2.Match, err error) (bool, error) {
	m.next, m.current = at, nil
	if err != nil || at == nil {
		return false, matchError(err)
	}
	m.current = &Match{m.Pattern, m.Text, at}
	return true, nil
}

// Matches matches all of the text.
func (m *Matcher) Matches() (bool, error) { return m.anchored(m.Pattern.whole) }

// LookingAt matches at the start of the text.
func (m *Matcher) LookingAt() (bool, error) { return m.anchored(m.Pattern.start) }

func (m *Matcher) anchored(compiled func() (*regexp2.Regexp, error)) (bool, error) {
	re, err := compiled()
	if err != nil {
		return false, err
	}
	at, err := re.FindStringMatch(m.Text)
	m.started = true
	return m.settle(at, err)
}

// FindFrom starts anew and finds the first match at or after a place, counted
// in Java's indexes.
func (m *Matcher) FindFrom(at int) (bool, error) {
	n := StringLen(m.Text)
	if at < 0 || at > n {
		return false, Throw("java.lang.IndexOutOfBoundsException", "Illegal start index")
	}
	m.Reset()
	m.started = true
	match, err := m.Pattern.find.FindStringMatchStartingAt(m.Text, len(Substring(m.Text, 0, at)))
	return m.settle(match, err)
}

// Use continues with another pattern.
func (m *Matcher) Use(p *Pattern) {
	m.Pattern = p
	m.Reset()
}

// Reset starts anew.
func (m *Matcher) Reset() { m.current, m.next, m.started, m.Appended = nil, nil, false, 0 }

// Exhausted says whether a search came to the end of the text.
func (m *Matcher) Exhausted() bool {
	if !m.started {
		return false
	}
	if m.current == nil {
		return true
	}
	_, end := m.current.Span(0)
	return end == StringLen(m.Text)
}

// Current is the last match, an IllegalStateException when there is none.
func (m *Matcher) Current() (*Match, error) {
	if m.current == nil {
		return nil, Throw("java.lang.IllegalStateException", "No match found")
	}
	return m.current, nil
}

// Group is group(n) of the last match.
func (m *Matcher) Group(n int) (Value, error) {
	c, err := m.Current()
	if err != nil {
		return nil, err
	}
	if n < 0 || n > m.Pattern.groups {
		return nil, Throw("java.lang.IndexOutOfBoundsException", "No group %d", n)
	}
	if s, ok := c.Group(n); ok {
		return String(s), nil
	}
	return nil, nil
}

// NamedGroup is group(name) of the last match.
func (m *Matcher) NamedGroup(name string) (Value, error) {
	if m.current == nil {
		return nil, Throw("java.lang.IllegalStateException", "No match found")
	}
	n, err := m.GroupNumber(name)
	if err != nil {
		return nil, err
	}
	return m.Group(n)
}

// GroupNumber is the number of a named group.
func (m *Matcher) GroupNumber(name string) (int, error) {
	n, ok := m.Pattern.names[name]
	if !ok {
		return 0, illegalArgument("No group with name <%s>", name)
	}
	return n, nil
}

// All are the values of all matches, from the start of the text.
func (m *Matcher) All() ([]Value, error) {
	var all []Value
	at, err := m.Pattern.find.FindStringMatch(m.Text)
	for ; at != nil && err == nil; at, err = m.Pattern.find.FindNextMatch(at) {
		all = append(all, (&Match{m.Pattern, m.Text, at}).Value())
	}
	return all, matchError(err)
}

// Count is the number of matches.
func (m *Matcher) Count() (int, error) {
	n := 0
	at, err := m.Pattern.find.FindStringMatch(m.Text)
	for ; at != nil && err == nil; at, err = m.Pattern.find.FindNextMatch(at) {
		n++
	}
	return n, matchError(err)
}

// Iterate walks the values of all matches; an error of matching ends it and
// stays in Err.
func (m *Matcher) Iterate(yield func(Value) bool) {
	all, err := m.All()
	m.err = err
	for _, v := range all {
		if !yield(v) {
			return
		}
	}
}

// At is `matcher[i]`, counted from the end when negative. The matcher then
// stands at that match.
func (m *Matcher) At(i int) (Value, error) {
	at := i
	if i < 0 {
		n, err := m.Count()
		if err != nil {
			return nil, err
		}
		at += n
	}
	m.Reset()
	for n := 0; at >= 0; n++ {
		ok, err := m.Find()
		switch {
		case err != nil:
			return nil, err
		case !ok:
			return nil, outOfMatches(i, n)
		case n == at:
			return m.current.Value(), nil
		}
	}
	return nil, outOfMatches(i, at-i)
}

func outOfMatches(i, n int) error {
	return Throw("java.lang.IndexOutOfBoundsException", "index is out of range %d..%d (index = %d)", -n, n-1, i)
}

// FindOp is `a =~ b`: the texts of both, null as "null"; b may be a Pattern.
func FindOp(a, b Value) (*Matcher, error) {
	text, err := Text(a)
	if err != nil {
		return nil, err
	}
	p, err := patternOf(b)
	if err != nil {
		return nil, err
	}
	return p.NewMatcher(text), nil
}

// MatchOp is `a ==~ b`.
func MatchOp(a, b Value) (bool, error) {
	if a == nil || b == nil {
		return false, nil
	}
	text, err := Text(a)
	if err != nil {
		return false, err
	}
	p, err := patternOf(b)
	if err != nil {
		return false, err
	}
	return p.Matches(text)
}

func patternOf(v Value) (*Pattern, error) {
	if p, ok := v.(*Pattern); ok {
		return p, nil
	}
	source, err := Text(v)
	if err != nil {
		return nil, err
	}
	return NewPattern(source, 0)
}
