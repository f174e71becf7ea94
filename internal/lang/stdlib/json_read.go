package stdlib

import (
	"math/big"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"sluice/internal/lang/value"
)

// ParseJSON reads a JSON document as groovy.json.JsonSlurper does: whole
// numbers are Integer or Long, others BigDecimal.
func ParseJSON(src string) (value.Value, error) {
	p := jsonParser{jsonScanner: jsonScanner{src: strings.ToValidUTF8(src, "\uFFFD")}}
	v, err := p.value(0)
	if err != nil {
		return nil, err
	}
	tok, err := p.next()
	if err == nil && tok.text != "" {
		err = p.fail(tok.at, "unexpected text after the document")
	}
	return v, err
}

type jsonToken struct {
	text     string // "" at the end
	at       int
	isString bool
	string   string
}

type jsonScanner struct {
	src string
	pos int
}

// fail is the exception of Groovy's parser: what is wrong and where.
func (s *jsonScanner) fail(at int, message string) error {
	line, start := 1, 0
	for i := 0; i < at && i < len(s.src); i++ {
		if s.src[i] == '\n' {
			line, start = line+1, i+1
		}
	}
	end := strings.IndexByte(s.src[start:], '\n')
	if end < 0 {
		end = len(s.src) - start
	}
	current := "the end of the text"
	if at < len(s.src) {
		r, _ := utf8.DecodeRuneInString(s.src[at:])
		current = "'" + string(r) + "' with an int value of " + strconv.Itoa(int(r))
	}
	return value.Throw("groovy.json.JsonException", "%s", message+"\n\nThe current character read is "+current+"\n"+message+
		"\nline number "+strconv.Itoa(line)+"\nindex number "+strconv.Itoa(at)+"\n"+s.src[start:start+end]+"\n"+strings.Repeat(".", at-start)+"^")
}

func (s *jsonScanner) next() (jsonToken, error) {
	for s.pos < len(s.src) && strings.IndexByte(" \t\r\n", s.src[s.pos]) >= 0 {
		s.pos++
	}
	at := s.pos
	if at >= len(s.src) {
		return jsonToken{at: at}, nil
	}
	ch := s.src[at]
	switch {
	case strings.IndexByte("{}[],:", ch) >= 0:
		s.pos++
		return jsonToken{text: s.src[at : at+1], at: at}, nil
	case ch == '"':
		str, err := s.string()
		return jsonToken{text: s.src[at:s.pos], at: at, isString: true, string: str}, err
	case ch == '-' || ch >= '0' && ch <= '9' || ch >= 'a' && ch <= 'z':
		for s.pos < len(s.src) && strings.IndexByte(" \t\r\n{}[],:\"", s.src[s.pos]) < 0 {
			s.pos++
		}
		return jsonToken{text: s.src[at:s.pos], at: at}, nil
	}
	return jsonToken{}, s.fail(at, "Unable to determine the current character, it is not a string, number, array, or object")
}

func (s *jsonScanner) string() (string, error) {
	start := s.pos
	var b strings.Builder
	for s.pos++; s.pos < len(s.src); s.pos++ {
		switch ch := s.src[s.pos]; ch {
		case '"':
			s.pos++
			return b.String(), nil
		case '\\':
			if err := s.escape(&b); err != nil {
				return "", err
			}
		default:
			b.WriteByte(ch)
		}
	}
	return "", s.fail(start, "Could not find end of string")
}

func (s *jsonScanner) escape(b *strings.Builder) error {
	s.pos++
	if s.pos >= len(s.src) {
		return s.fail(s.pos-1, "Could not find end of string")
	}
	ch := s.src[s.pos]
	if i := strings.IndexByte(`"\/bfnrt`, ch); i >= 0 {
		b.WriteByte("\"\\/\b\f\n\r\t"[i])
		return nil
	}
	if ch != 'u' {
		b.WriteByte(ch)
		return nil
	}
	r, err := s.hex()
	if err != nil {
		return err
	}
	if utf16.IsSurrogate(r) && strings.HasPrefix(s.src[s.pos+1:], `\u`) {
		s.pos += 2
		low, err := s.hex()
		if err != nil {
			return err
		}
		r = utf16.DecodeRune(r, low)
	}
	b.WriteRune(r)
	return nil
}

// hex reads the four digits after \u.
func (s *jsonScanner) hex() (rune, error) {
	if s.pos+4 >= len(s.src) {
		return 0, s.fail(s.pos, "Could not find end of string")
	}
	n, err := strconv.ParseUint(s.src[s.pos+1:s.pos+5], 16, 16)
	if err != nil {
		return 0, s.fail(s.pos, "Unable to read the escaped character")
	}
	s.pos += 4
	return rune(n), nil
}

type jsonParser struct{ jsonScanner }

func (p *jsonParser) value(depth int) (value.Value, error) {
	tok, err := p.next()
	if err != nil {
		return nil, err
	}
	if depth > maxJSONDepth {
		return nil, value.Throw("java.lang.StackOverflowError", "")
	}
	switch {
	case tok.isString:
		return value.String(tok.string), nil
	case tok.text == "{":
		return p.object(depth)
	case tok.text == "[":
		return p.array(depth)
	case tok.text == "true":
		return value.True, nil
	case tok.text == "false":
		return value.False, nil
	case tok.text == "null":
		return nil, nil
	}
	if v, ok := jsonNumber(tok.text); ok {
		return v, nil
	}
	return nil, p.fail(min(tok.at, len(p.src)), "Unable to determine the current character, it is not a string, number, array, or object")
}

func jsonNumber(s string) (value.Value, bool) {
	if s == "" || strings.IndexByte("-0123456789", s[0]) < 0 {
		return nil, false
	}
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		if n == int64(int32(n)) {
			return value.MakeInt(n), true
		}
		return value.Long(n), true
	}
	if n, ok := new(big.Int).SetString(s, 10); ok {
		return value.BigInt{Int: n}, true
	}
	v, err := newNumber(value.BigDecimalClass, s)
	return v, err == nil
}

func (p *jsonParser) object(depth int) (value.Value, error) {
	m := value.NewMap(4)
	for first := true; ; first = false {
		tok, err := p.next()
		if err != nil {
			return nil, err
		}
		if tok.text == "}" && first {
			return m, nil
		}
		if !tok.isString {
			return nil, p.fail(tok.at, "expecting '}' or ',' but got "+p.currentChar(tok.at))
		}
		colon, err := p.next()
		if err != nil {
			return nil, err
		}
		if colon.text != ":" {
			return nil, p.fail(colon.at, "expecting current character to be ':' but got "+p.currentChar(colon.at))
		}
		v, err := p.value(depth + 1)
		if err != nil {
			return nil, err
		}
		m.Set(value.String(tok.string), v)
		end, err := p.next()
		if err != nil {
			return nil, err
		}
		switch end.text {
		case "}":
			return m, nil
		case ",":
		default:
			return nil, p.fail(end.at, "expecting '}' or ',' but got "+p.currentChar(end.at))
		}
	}
}

func (p *jsonParser) currentChar(at int) string {
	if at >= len(p.src) {
		return "the end of the text"
	}
	r, _ := utf8.DecodeRuneInString(p.src[at:])
	return "current char '" + string(r) + "' with an int value of " + strconv.Itoa(int(r))
}

func (p *jsonParser) array(depth int) (value.Value, error) {
	list := value.NewList()
	start := p.pos
	if tok, err := p.next(); err == nil && tok.text == "]" {
		return list, nil
	}
	p.pos = start
	for {
		v, err := p.value(depth + 1)
		if err != nil {
			return nil, err
		}
		list.Elems = append(list.Elems, v)
		end, err := p.next()
		if err != nil {
			return nil, err
		}
		switch end.text {
		case "]":
			return list, nil
		case ",":
		case "":
			return nil, p.fail(start, "Did not find end of Json Array")
		default:
			return nil, p.fail(end.at, "expecting a ',' or a ']', but got "+p.currentChar(end.at))
		}
	}
}
