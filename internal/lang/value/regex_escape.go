package value

import (
	"strings"
	"unicode/utf8"
)

// escape translates what starts with a backslash outside of a class.
func (t *regexTranslator) escape() error {
	start := t.at
	t.at++
	r := t.peek()
	switch {
	case r < 0:
		return t.fail(start+1, "Unexpected internal error")
	case r == 'Q':
		t.quoted(func(r rune) { t.out.WriteString(literal(r)) })
		return nil
	case r >= '1' && r <= '9':
		t.backReference()
		return nil
	}
	switch r {
	case 'k':
		return t.namedReference()
	case 'A', 'G', 'z', 'b', 'B':
		t.at++
		t.out.WriteString(`\` + string(r))
	case 'Z':
		t.at++
		t.out.WriteString(endOfText)
	case 'R':
		t.at++
		t.out.WriteString(`(?:\r\n|[` + vspaceClass + `])`)
	case 'X':
		t.at++
		t.out.WriteString(`(?>\r\n|\P{M}\p{M}*|\p{M}+)`)
	default:
		t.at = start
		class, err := t.classEscape()
		if err != nil {
			return err
		}
		if class.items == "" || class.negated || class.set {
			t.out.WriteString(class.String())
			return nil
		}
		t.out.WriteString(class.items)
	}
	return nil
}

// quoted passes the characters up to \E to f.
func (t *regexTranslator) quoted(f func(rune)) {
	t.at++
	for t.at < len(t.in) && !t.has(`\E`) {
		f(t.in[t.at])
		t.at++
	}
	if t.at < len(t.in) {
		t.at += 2
	}
}

// backReference takes as many digits as make a group that stands before.
func (t *regexTranslator) backReference() {
	n := int(t.peek() - '0')
	for t.at++; t.peek() >= '0' && t.peek() <= '9'; t.at++ {
		more := n*10 + int(t.peek()-'0')
		if more > t.groups {
			break
		}
		n = more
	}
	t.reference(n)
}

func (t *regexTranslator) reference(n int) {
	if n > t.groups { // a group that is not there never matches
		t.out.WriteString(`(?!)`)
		return
	}
	t.out.WriteString(`(?:\` + itoa(n) + `)`)
}

func (t *regexTranslator) namedReference() error {
	t.at++
	if t.peek() != '<' {
		return t.fail(t.at, `\k is not followed by '<' for named capturing group`)
	}
	t.at++
	name, ok := t.name('>')
	n := t.names[name]
	switch {
	case !ok:
		return t.fail(t.at, "named capturing group is missing trailing '>'")
	case n == 0:
		return t.fail(t.at-1, "named capturing group <%s> does not exist", name)
	}
	t.reference(n)
	return nil
}

var controlEscapes = map[rune]rune{'t': '\t', 'n': '\n', 'r': '\r', 'f': '\f', 'a': '\a', 'e': 0x1B}

// classEscape reads an escape that stands for a character or a set of them.
func (t *regexTranslator) classEscape() (*charClass, error) {
	start := t.at
	t.at++
	r := t.peek()
	t.at++
	if c, ok := controlEscapes[r]; ok {
		return oneChar(c), nil
	}
	switch r {
	case -1:
		return nil, t.fail(start+1, "Unexpected internal error")
	case 'd', 'D':
		return t.named(`0-9`, `\p{Nd}`, r == 'D'), nil
	case 'w', 'W':
		return t.named(wordClass, `\p{L}\p{M}\p{Nd}\p{Nl}\p{Pc}`, r == 'W'), nil
	case 's', 'S':
		return t.named(spaceClass, `\s`, r == 'S'), nil
	case 'h', 'H':
		return t.named(blankClass, blankClass, r == 'H'), nil
	case 'v', 'V':
		return t.named(vspaceClass, vspaceClass, r == 'V'), nil
	case 'p', 'P':
		return t.property(r == 'P')
	case '0':
		return t.octal()
	case 'x', 'u':
		return t.hex(r)
	case 'c':
		c := t.peek()
		if c < 0 {
			return nil, t.fail(t.at, "Illegal control escape sequence")
		}
		t.at++
		return oneChar(c ^ 64), nil
	}
	if isLetter(r) || r >= '1' && r <= '9' {
		return nil, t.fail(start+1, "Illegal/unsupported escape sequence")
	}
	return oneChar(r), nil
}

func (t *regexTranslator) named(ascii, unicode string, negated bool) *charClass {
	if t.flags.unicode {
		ascii = unicode
	}
	return &charClass{items: ascii, negated: negated, set: true}
}

func (t *regexTranslator) octal() (*charClass, error) {
	n, digits := rune(0), 0
	for ; digits < 3 && t.peek() >= '0' && t.peek() <= '7' && n*8 < 256; digits++ {
		n = n*8 + t.peek() - '0'
		t.at++
	}
	if digits == 0 {
		return nil, t.fail(t.at, "Illegal octal escape sequence")
	}
	return oneChar(n), nil
}

func (t *regexTranslator) hex(kind rune) (*charClass, error) {
	message := "Illegal hexadecimal escape sequence"
	count := 2
	if kind == 'u' {
		count, message = 4, "Illegal Unicode escape sequence"
	}
	if kind == 'x' && t.peek() == '{' {
		t.at++
		n, digits := t.hexDigits(8)
		if digits == 0 || t.peek() != '}' || n > utf8.MaxRune {
			return nil, t.fail(t.at, "Unclosed hexadecimal escape sequence")
		}
		t.at++
		return oneChar(n), nil
	}
	n, digits := t.hexDigits(count)
	if digits < count {
		return nil, t.fail(t.at, "%s", message)
	}
	if n >= 0xD800 && n < 0xDC00 && t.has(`\u`) { // the first half of a pair
		mark := t.at
		t.at += 2
		if low, digits := t.hexDigits(4); digits == 4 && low >= 0xDC00 && low < 0xE000 {
			return oneChar((n-0xD800)<<10 + (low - 0xDC00) + 0x10000), nil
		}
		t.at = mark
	}
	return oneChar(n), nil
}

func (t *regexTranslator) hexDigits(most int) (n rune, digits int) {
	for ; digits < most; digits++ {
		i := strings.IndexRune("0123456789abcdef", t.peek()|0x20)
		if i < 0 || t.peek() < 0 {
			break
		}
		n = n<<4 | rune(i)
		if n > utf8.MaxRune {
			n = utf8.MaxRune + 1
		}
		t.at++
	}
	return n, digits
}

// posixClasses are ASCII, as Java has them.
var posixClasses = map[string]string{
	"Alpha": `a-zA-Z`, "Digit": `0-9`, "Alnum": `a-zA-Z0-9`, "Upper": `A-Z`, "Lower": `a-z`,
	"Punct": `!-\/:-@\[-` + "`" + `{-~`, "Graph": `!-~`, "Print": ` -~`, "Blank": ` \t`,
	"Cntrl": `\u0000-\u001F\u007F`, "XDigit": `0-9a-fA-F`, "Space": spaceClass, "ASCII": `\u0000-\u007F`,
}

var unicodeClasses = map[string]string{
	"IsAlphabetic": `\p{L}\p{Nl}`, "IsLetter": `\p{L}`, "IsDigit": `\p{Nd}`, "IsUppercase": `\p{Lu}`,
	"IsLowercase": `\p{Ll}`, "IsPunctuation": `\p{P}`, "IsControl": `\p{Cc}`, "IsWhite_Space": `\s`, "IsTitlecase": `\p{Lt}`,
	"javaLowerCase": `\p{Ll}`, "javaUpperCase": `\p{Lu}`, "javaWhitespace": `\s`, "javaLetter": `\p{L}`,
	"javaDigit": `\p{Nd}`, "javaLetterOrDigit": `\p{L}\p{Nd}`, "javaAlphabetic": `\p{L}\p{Nl}`, "LC": `\p{Lu}\p{Ll}\p{Lt}`,
	"IsIdeographic": `\p{Han}`, "L1": `\u0000-\u00FF`, "all": `\s\S`,
}

// property reads \p{Name}, \p{^Name} aside, or \pL.
func (t *regexTranslator) property(negated bool) (*charClass, error) {
	name := string(t.peek())
	if t.peek() != '{' {
		if !isLetter(t.peek()) {
			return nil, t.fail(t.at, "Illegal/unsupported escape sequence")
		}
		t.at++
	} else {
		end := t.at
		for end < len(t.in) && t.in[end] != '}' {
			end++
		}
		if end == len(t.in) {
			return nil, t.fail(end-1, "Unclosed character family")
		}
		name = string(t.in[t.at+1 : end])
		t.at = end + 1
	}
	if items, ok := posixClasses[name]; ok {
		return &charClass{items: items, negated: negated, set: true}, nil
	}
	if items, ok := unicodeClasses[name]; ok {
		return &charClass{items: items, negated: negated, set: true}, nil
	}
	bare := name
	for _, prefix := range []string{"Is", "script=", "sc=", "general_category=", "gc="} {
		bare = strings.TrimPrefix(bare, prefix)
	}
	if bare == "" || strings.Trim(bare, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_") != "" {
		return nil, t.fail(t.at-1, "Unknown character property name {%s}", name)
	}
	if !knownProperty(bare) {
		return nil, t.fail(t.at-1, "Unknown character property name {%s}", name)
	}
	return &charClass{items: `\p{` + bare + `}`, negated: negated, set: true}, nil
}
