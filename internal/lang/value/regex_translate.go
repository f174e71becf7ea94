package value

import (
	"bytes"
	"fmt"
	"strings"
)

// A regexTranslator turns Java's syntax into that of regexp2 (.NET). Named
// groups become numbered ones, in Java's order; flags that only change what a
// piece means are resolved here, so that i is the only one left.
type regexTranslator struct {
	source string
	in     []rune
	at     int
	flags  regexFlags
	out    bytes.Buffer
	groups int
	names  map[string]int
	depth  int
}

type regexFlags struct{ multiline, dotAll, comments, unixLines, unicode bool }

// maxRegexDepth bounds nested groups and classes.
const maxRegexDepth = 1000

const (
	lineEnds    = `\n\r\u0085\u2028\u2029`
	wordClass   = `a-zA-Z0-9_`
	spaceClass  = ` \t\n\u000B\f\r`
	blankClass  = ` \t\u00A0\u1680\u180E\u2000-\u200A\u202F\u205F\u3000`
	vspaceClass = `\n\u000B\f\r\u0085\u2028\u2029`
	anyChar     = `[\s\S]`
	endOfText   = `(?=(?:\r\n|(?<!\r)\n|[\r\u0085\u2028\u2029])?\z)`
	endOfLine   = `(?=\r\n|(?<!\r)\n|[\r\u0085\u2028\u2029]|\z)`
	startOfLine = `(?:\A|(?<=[\n\u0085\u2028\u2029]|\r(?!\n))(?!\z))`
)

func translateRegex(source string, flags int) (*regexTranslator, error) {
	t := &regexTranslator{source: source, in: []rune(source), names: map[string]int{}}
	t.flags = regexFlags{
		multiline: flags&MultilineFlag != 0, dotAll: flags&DotAll != 0,
		comments: flags&Comments != 0, unixLines: flags&UnixLines != 0,
	}
	if flags&CaseInsensitive != 0 {
		t.out.WriteString("(?i)")
	}
	if flags&Literal != 0 {
		for _, r := range t.in {
			t.out.WriteString(literal(r))
		}
		return t, nil
	}
	if err := t.alternatives(); err != nil {
		return nil, err
	}
	if t.at < len(t.in) {
		if t.at == 0 {
			return nil, Throw("java.util.regex.PatternSyntaxException", "%s", "Unmatched closing ')'\n"+source)
		}
		return nil, t.fail(t.at-1, "Unmatched closing ')'")
	}
	return t, nil
}

func (t *regexTranslator) fail(at int, format string, args ...any) error {
	return syntaxError(t.source, min(at, len(t.in)), fmt.Sprintf(format, args...))
}

func (t *regexTranslator) peek() rune {
	if t.at < len(t.in) {
		return t.in[t.at]
	}
	return -1
}

func (t *regexTranslator) has(s string) bool {
	r := []rune(s)
	if len(t.in)-t.at < len(r) {
		return false
	}
	for i := range r {
		if t.in[t.at+i] != r[i] {
			return false
		}
	}
	return true
}

// skipComments passes over blanks and # comments under (?x).
func (t *regexTranslator) skipComments() {
	for t.flags.comments && t.at < len(t.in) {
		switch r := t.in[t.at]; {
		case r == '#':
			for t.at < len(t.in) && t.in[t.at] != '\n' {
				t.at++
			}
		case strings.ContainsRune(" \t\n\v\f\r", r):
			t.at++
		default:
			return
		}
	}
}

// alternatives translates up to the end or the group's closing parenthesis.
func (t *regexTranslator) alternatives() error {
	if t.depth++; t.depth > maxRegexDepth {
		return t.fail(t.at, "Pattern nests too deeply")
	}
	defer func() { t.depth-- }()
	for {
		t.skipComments()
		switch t.peek() {
		case -1, ')':
			return nil
		case '|':
			t.at++
			t.out.WriteByte('|')
			continue
		}
		if err := t.piece(); err != nil {
			return err
		}
	}
}

// piece is one atom with its quantifier.
func (t *regexTranslator) piece() error {
	start, mark := t.at, t.out.Len()
	flagsOnly, err := t.atom()
	if err != nil || flagsOnly {
		return err
	}
	t.skipComments()
	quantifier, possessive, err := t.quantifier()
	if err != nil || quantifier == "" {
		return err
	}
	text := string(t.out.Bytes()[mark:])
	t.out.Truncate(mark)
	if t.needsGroup(start, text) {
		text = "(?:" + text + ")"
	}
	text += quantifier
	if possessive {
		text = "(?>" + text + ")"
	}
	t.out.WriteString(text)
	return nil
}

// needsGroup says whether the translation is more than one thing to repeat.
func (t *regexTranslator) needsGroup(start int, text string) bool {
	switch t.in[start] {
	case '^', '$':
		return true
	case '\\':
		return !strings.HasPrefix(text, "[") && len(text) > 2
	}
	return false
}

func (t *regexTranslator) quantifier() (text string, possessive bool, err error) {
	switch t.peek() {
	case '*', '+', '?':
		text = string(t.peek())
		t.at++
	case '{':
		if text, err = t.braces(); err != nil {
			return "", false, err
		}
	default:
		return "", false, nil
	}
	switch t.peek() {
	case '?':
		t.at++
		return text + "?", false, nil
	case '+':
		t.at++
		return text, true, nil
	}
	return text, false, nil
}

func (t *regexTranslator) braces() (string, error) {
	t.at++
	low, ok := t.number()
	if !ok {
		return "", t.fail(t.at, "Illegal repetition")
	}
	text, high := "{"+itoa(low), low
	if t.peek() == ',' {
		t.at++
		text += ","
		if n, ok := t.number(); ok {
			high = n
			text += itoa(n)
		}
	}
	switch {
	case t.peek() != '}':
		return "", t.fail(t.at, "Unclosed counted closure")
	case high < low:
		return "", t.fail(t.at, "Illegal repetition range")
	}
	t.at++
	return text + "}", nil
}

func (t *regexTranslator) number() (int, bool) {
	start, n := t.at, 0
	for r := t.peek(); r >= '0' && r <= '9'; r = t.peek() {
		if n = n*10 + int(r-'0'); n > 1<<30 {
			n = 1 << 30
		}
		t.at++
	}
	return n, t.at > start
}

// atom translates one thing that can be repeated; flagsOnly says that it was
// `(?i)` and the like, which stand for themselves.
func (t *regexTranslator) atom() (flagsOnly bool, err error) {
	at, r := t.at, t.peek()
	switch r {
	case '(':
		return t.group()
	case '[':
		class, err := t.class()
		if err != nil {
			return false, err
		}
		t.out.WriteString(class.String())
		return false, nil
	case '\\':
		return false, t.escape()
	case '*', '+', '?':
		return false, t.fail(at, "Dangling meta character '%c'", r)
	case '{':
		return false, t.fail(at+1, "Illegal repetition")
	}
	t.at++
	switch r {
	case '.':
		t.out.WriteString(t.dot())
	case '^':
		if t.flags.multiline {
			t.out.WriteString(startOfLine)
		} else {
			t.out.WriteString(`\A`)
		}
	case '$':
		if t.flags.multiline {
			t.out.WriteString(endOfLine)
		} else {
			t.out.WriteString(endOfText)
		}
	default:
		t.out.WriteString(literal(r))
	}
	return false, nil
}

func (t *regexTranslator) dot() string {
	switch {
	case t.flags.dotAll:
		return anyChar
	case t.flags.unixLines:
		return `[^\n]`
	}
	return "[^" + lineEnds + "]"
}

// literal is a character that means itself.
func literal(r rune) string {
	switch {
	case r == '_' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == ' ' || r > 0x9F:
		return string(r)
	case r < 0x20 || r >= 0x7F:
		return fmt.Sprintf(`\u%04X`, r)
	}
	return `\` + string(r)
}

// group translates what starts with a parenthesis.
func (t *regexTranslator) group() (flagsOnly bool, err error) {
	start, saved := t.at, t.flags
	t.at++
	open := "("
	switch {
	case t.has("?<") && !t.has("?<=") && !t.has("?<!"):
		t.at += 2
		if err := t.groupName(); err != nil {
			return false, err
		}
	case t.peek() != '?':
		t.groups++
	default:
		if open, flagsOnly, err = t.special(); err != nil || flagsOnly {
			t.out.WriteString(open)
			return flagsOnly, err
		}
	}
	t.out.WriteString(open)
	if err := t.alternatives(); err != nil {
		return false, err
	}
	if t.peek() != ')' {
		return false, t.fail(len(t.in), "Unclosed group")
	}
	if t.at == start {
		panic("internal error: regular expression group did not advance")
	}
	t.at++
	t.out.WriteByte(')')
	t.flags = saved
	return false, nil
}

func (t *regexTranslator) groupName() error {
	start := t.at
	name, ok := t.name('>')
	switch {
	case t.at == start && !ok, name == "" || !isLetter(rune(name[0])):
		return t.fail(start, "capturing group name does not start with a Latin letter")
	case !ok:
		return t.fail(t.at, "named capturing group is missing trailing '>'")
	case t.names[name] > 0:
		return t.fail(t.at-1, "Named capturing group <%s> is already defined", name)
	}
	t.groups++
	t.names[name] = t.groups
	return nil
}

// name reads letters and digits up to and with end.
func (t *regexTranslator) name(end rune) (string, bool) {
	start := t.at
	for r := t.peek(); isLetter(r) || r >= '0' && r <= '9'; r = t.peek() {
		t.at++
	}
	name := string(t.in[start:t.at])
	if t.peek() != end {
		return name, false
	}
	t.at++
	return name, true
}

func isLetter(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' }

// special is a group that starts with `(?`.
func (t *regexTranslator) special() (open string, flagsOnly bool, err error) {
	for _, prefix := range []string{"?:", "?=", "?!", "?>", "?<=", "?<!"} {
		if t.has(prefix) {
			t.at += len(prefix)
			return "(" + prefix, false, nil
		}
	}
	t.at++
	on, i := true, ""
	for {
		r := t.peek()
		switch r {
		case '-':
			on = false
		case 'i':
			if i = "i"; !on {
				i = "-i"
			}
		case 'm':
			t.flags.multiline = on
		case 's':
			t.flags.dotAll = on
		case 'x':
			t.flags.comments = on
		case 'd':
			t.flags.unixLines = on
		case 'U':
			t.flags.unicode = on
		case 'u':
		case ':':
			t.at++
			return "(?" + i + ":", false, nil
		case ')':
			t.at++
			if i == "" {
				return "", true, nil
			}
			return "(?" + i + ")", true, nil
		default:
			return "", false, t.fail(t.at, "Unknown inline modifier")
		}
		t.at++
	}
}
