package syntax

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"sluice/internal/lang/source"
)

// A scanner cuts text into tokens. It keeps no state but the text: scanning
// from an offset always gives the same token, so the parser can look ahead and
// go back freely. Strings are only recognised by their opening quote; the
// parser reads their parts, as these hold expressions.
type scanner struct {
	text string
	// openComment is where an unclosed block comment starts, -1 if none was met.
	openComment int
}

// Scan lists the tokens of a text, strings as single tokens without regard to
// the expressions in them. It is for tools and tests: the parser scans on demand.
func Scan(f *source.File) []Token {
	s := scanner{text: f.Text, openComment: -1}
	var tokens []Token
	pos := s.start()
	for {
		t := s.scan(pos)
		tokens = append(tokens, t)
		if t.Kind == EOF {
			return tokens
		}
		pos = int(t.End)
	}
}

// start skips a byte order mark and a shebang line.
func (s *scanner) start() int {
	pos := 0
	if strings.HasPrefix(s.text, "\uFEFF") {
		pos = len("\uFEFF")
	}
	if strings.HasPrefix(s.text[pos:], "#!") {
		if i := strings.IndexByte(s.text[pos:], '\n'); i >= 0 {
			return pos + i
		}
		return len(s.text)
	}
	return pos
}

// scan reads the token that starts at or after pos.
func (s *scanner) scan(pos int) Token {
	t := Token{}
	pos = s.skipSpace(pos, &t)
	t.Start = int32(pos)
	if pos >= len(s.text) {
		t.Kind, t.End = EOF, int32(len(s.text))
		t.Start = t.End
		return t
	}
	c := s.text[pos]
	switch {
	case isNameStart(c):
		if c == '$' && pos+1 < len(s.text) && s.text[pos+1] == '/' {
			t.Kind, t.End = DollarSlash, int32(pos+2)
			return t
		}
		return s.name(t, pos)
	case c >= utf8.RuneSelf:
		r, size := utf8.DecodeRuneInString(s.text[pos:])
		if unicode.IsLetter(r) {
			return s.name(t, pos)
		}
		t.Kind, t.End = Bad, int32(pos+size)
		return t
	case c >= '0' && c <= '9':
		t.Kind, t.End = Number, int32(s.number(pos))
		return t
	}
	kind, size := s.operator(pos)
	t.Kind, t.End = kind, int32(pos+size)
	return t
}

func (s *scanner) skipSpace(pos int, t *Token) int {
	for pos < len(s.text) {
		switch c := s.text[pos]; c {
		case '\n':
			t.NL, t.Space = true, true
			pos++
		case ' ', '\t', '\r', '\f':
			t.Space = true
			pos++
		case '\\':
			// a backslash at the end of a line joins it to the next one
			n := pos + 1
			if n < len(s.text) && s.text[n] == '\r' {
				n++
			}
			if n >= len(s.text) || s.text[n] != '\n' {
				return pos
			}
			t.Space = true
			pos = n + 1
		case '/':
			if pos+1 >= len(s.text) {
				return pos
			}
			switch s.text[pos+1] {
			case '/':
				i := strings.IndexByte(s.text[pos:], '\n')
				if i < 0 {
					return len(s.text)
				}
				t.Space = true
				pos += i
			case '*':
				i := strings.Index(s.text[pos+2:], "*/")
				if i < 0 {
					s.openComment = pos
					return len(s.text)
				}
				t.Space = true
				pos += 2 + i + 2
			default:
				return pos
			}
		default:
			if c < utf8.RuneSelf {
				return pos
			}
			r, size := utf8.DecodeRuneInString(s.text[pos:])
			if !unicode.IsSpace(r) {
				return pos
			}
			t.Space = true
			pos += size
		}
	}
	return pos
}

func isNameStart(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c == '$'
}

func isNamePart(c byte) bool { return isNameStart(c) || c >= '0' && c <= '9' }

// nameEnd is where the name that starts at pos ends.
func nameEnd(text string, pos int) int {
	for pos < len(text) {
		c := text[pos]
		if isNamePart(c) {
			pos++
			continue
		}
		if c < utf8.RuneSelf {
			break
		}
		r, size := utf8.DecodeRuneInString(text[pos:])
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.Mn, r) {
			break
		}
		pos += size
	}
	return pos
}

func (s *scanner) name(t Token, pos int) Token {
	end := nameEnd(s.text, pos)
	t.Kind, t.End = Name, int32(end)
	if keywords[s.text[pos:end]] {
		t.Kind = Keyword
	}
	return t
}

// number is the end of the number at pos. A dot belongs to it only before a
// digit, so that `1.5`, `1..5` and `1.intdiv(2)` differ.
func (s *scanner) number(pos int) int {
	text := s.text
	digits := func(p int, ok func(byte) bool) int {
		for p < len(text) && (ok(text[p]) || text[p] == '_') {
			p++
		}
		return p
	}
	suffix := func(p int, set string) int {
		if p < len(text) && strings.IndexByte(set, text[p]) >= 0 && (p+1 >= len(text) || !isNamePart(text[p+1])) {
			return p + 1
		}
		return p
	}
	if text[pos] == '0' && pos+2 < len(text) {
		switch text[pos+1] {
		case 'x', 'X':
			if isHex(text[pos+2]) {
				return suffix(digits(pos+2, isHex), "lLgGiI")
			}
		case 'b', 'B':
			if text[pos+2] == '0' || text[pos+2] == '1' {
				return suffix(digits(pos+2, isDigit), "lLgGiI")
			}
		}
	}
	p := digits(pos, isDigit)
	if p+1 < len(text) && text[p] == '.' && isDigit(text[p+1]) {
		p = digits(p+1, isDigit)
	}
	if p < len(text) && (text[p] == 'e' || text[p] == 'E') {
		q := p + 1
		if q < len(text) && (text[q] == '+' || text[q] == '-') {
			q++
		}
		if q < len(text) && isDigit(text[q]) {
			p = digits(q, isDigit)
		}
	}
	return suffix(p, "lLgGiIdDfF")
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
func isHex(c byte) bool   { return isDigit(c) || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F' }

// operator finds the longest operator at pos.
func (s *scanner) operator(pos int) (Kind, int) {
	at := func(i int) byte {
		if pos+i < len(s.text) {
			return s.text[pos+i]
		}
		return 0
	}
	pick := func(i int, next byte, yes, no Kind) (Kind, int) {
		if at(i) == next {
			return yes, i + 1
		}
		return no, i
	}
	switch at(0) {
	case '\'':
		return Quote, 1
	case '"':
		return DoubleQuote, 1
	case '(':
		return LParen, 1
	case ')':
		return RParen, 1
	case '[':
		return LBrack, 1
	case ']':
		return RBrack, 1
	case '{':
		return LBrace, 1
	case '}':
		return RBrace, 1
	case ',':
		return Comma, 1
	case ';':
		return Semicolon, 1
	case ':':
		return pick(1, ':', ColonColon, Colon)
	case '@':
		return At_, 1
	case '~':
		return Tilde, 1
	case '^':
		return pick(1, '=', XorEq, Caret)
	case '%':
		return pick(1, '=', PercentEq, Percent)
	case '/':
		return pick(1, '=', SlashEq, Slash)
	case '.':
		switch {
		case at(1) == '.' && at(2) == '<':
			return RangeExcl, 3
		case at(1) == '.' && at(2) == '.':
			return Ellipsis, 3
		case at(1) == '.':
			return RangeIncl, 2
		case at(1) == '&' && at(2) != '&':
			return DotAmp, 2
		case at(1) == '@':
			return DotAt, 2
		}
		return Dot, 1
	case '?':
		switch at(1) {
		case '.':
			if !isDigit(at(2)) {
				return SafeDot, 2
			}
		case ':':
			return ElvisOp, 2
		case '=':
			if at(2) != '=' && at(2) != '~' {
				return ElvisEq, 2
			}
		case '[':
			// `a ?[1] : [2]` is a conditional: only `a?[1]` is an index
			if pos > 0 && !isBlank(s.text[pos-1]) {
				return SafeIndex, 2
			}
		case '?':
			if at(2) == '.' {
				return SafeDot, 3
			}
		}
		return Question, 1
	case '+':
		if at(1) == '+' {
			return PlusPlus, 2
		}
		return pick(1, '=', PlusEq, Plus)
	case '-':
		switch at(1) {
		case '-':
			return MinusMinus, 2
		case '>':
			return Arrow, 2
		}
		return pick(1, '=', MinusEq, Minus)
	case '*':
		switch at(1) {
		case '*':
			return pick(2, '=', PowEq, Pow)
		case '.':
			if at(2) != '.' && !isDigit(at(2)) {
				return SpreadDot, 2
			}
		}
		return pick(1, '=', StarEq, Star)
	case '&':
		if at(1) == '&' {
			return AndAnd, 2
		}
		return pick(1, '=', AndEq, Amp)
	case '|':
		if at(1) == '|' {
			return OrOr, 2
		}
		return pick(1, '=', OrEq, Pipe)
	case '=':
		switch {
		case at(1) == '=' && at(2) == '=':
			return EqEqEq, 3
		case at(1) == '=' && at(2) == '~':
			return Match, 3
		case at(1) == '=':
			return EqEq, 2
		case at(1) == '~':
			return Find, 2
		}
		return Eq, 1
	case '!':
		switch {
		case at(1) == '=' && at(2) == '=':
			return NotEqEq, 3
		case at(1) == '=':
			return NotEq, 2
		case s.word(pos+1, "in"):
			return NotIn, 3
		case s.word(pos+1, "instanceof"):
			return NotInstanceof, len("!instanceof")
		}
		return Not, 1
	case '<':
		switch {
		case at(1) == '<':
			return pick(2, '=', ShlEq, Shl)
		case at(1) == '=' && at(2) == '>':
			return Compare, 3
		case at(1) == '=':
			return LessEq, 2
		case at(1) == '.' && at(2) == '.' && at(3) == '<':
			return RangeExclBoth, 4
		case at(1) == '.' && at(2) == '.':
			return RangeExclLeft, 3
		}
		return Less, 1
	case '>':
		switch {
		case at(1) == '>' && at(2) == '>':
			return pick(3, '=', UshrEq, Ushr)
		case at(1) == '>':
			return pick(2, '=', ShrEq, Shr)
		}
		return pick(1, '=', GreaterEq, Greater)
	}
	return Bad, 1
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

// word says whether the text at pos is exactly this word.
func (s *scanner) word(pos int, word string) bool {
	return strings.HasPrefix(s.text[pos:], word) && (pos+len(word) >= len(s.text) || !isNamePart(s.text[pos+len(word)]))
}
