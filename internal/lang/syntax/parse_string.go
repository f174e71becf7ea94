package syntax

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"sluice/internal/lang/diag"
	"sluice/internal/lang/value"
)

// stringLit reads the string that starts at tok: a *Literal, or a *GString if
// it has `${}` or `$name` parts.
func (p *parser) stringLit() Expr {
	start := p.tok
	text := p.file.Text
	quote := text[start.Start : start.Start+1]
	switch {
	case start.Kind == DollarSlash:
		quote = "$/"
	case quote == "/": // the token may be `/=`
	case strings.HasPrefix(text[start.Start:], quote+quote+quote):
		quote = quote + quote + quote
	}
	s := stringReader{p: p, start: start, quote: quote, pos: int(start.Start) + len(quote)}
	s.read()
	where := at(p.from(start))
	if len(s.exprs) == 0 {
		if quote == "$/" {
			p.older(startOf(where.Where), "a string in `$/` is of the older grammar", "write it in quotes")
		}
		return &Literal{At: where, Value: value.String(s.strs[0]), Raw: where.Where.Text()}
	}
	if quote == "/" || quote == "$/" {
		p.older(startOf(where.Where), "a string in slashes that has `${}` parts is of the older grammar", "write it in double quotes")
	}
	return &GString{At: where, Strs: s.strs, Raw: s.raws, Exprs: s.exprs, Quote: quote}
}

type stringReader struct {
	p     *parser
	start Token
	quote string
	pos   int
	strs  []string
	raws  []string
	exprs []Expr
}

func (s *stringReader) read() {
	text := s.p.file.Text
	part := s.pos
	for {
		if s.pos >= len(text) {
			s.unclosed()
			break
		}
		switch c := text[s.pos]; {
		case s.atEnd():
			s.addPart(text[part:s.pos])
			s.p.moveTo(s.pos + len(s.quote))
			return
		case c == '\\' && s.quote != "$/":
			s.pos += s.escapeLen()
		case c == '\n' && (s.quote == "'" || s.quote == `"`):
			s.unclosed()
			s.addPart(text[part:s.pos])
			s.p.moveTo(s.pos)
			return
		case c == '$' && s.quote != "'" && s.quote != "'''":
			if s.quote == "$/" {
				if n := s.dollarEscape(); n > 0 {
					s.pos += n
					continue
				}
			}
			begin := s.pos
			if !s.interpolation(func() { s.addPart(text[part:begin]) }) {
				s.pos++
				continue
			}
			if s.p.given || s.pos >= len(text) && s.p.bad {
				s.addPart("")
				return
			}
			part = s.pos
		default:
			s.pos++
		}
	}
	s.addPart(text[min(part, len(text)):])
	s.p.moveTo(len(text))
}

func (s *stringReader) atEnd() bool {
	text := s.p.file.Text
	if s.quote == "$/" {
		return strings.HasPrefix(text[s.pos:], "/$")
	}
	if !strings.HasPrefix(text[s.pos:], s.quote) {
		return false
	}
	if len(s.quote) == 1 {
		return true
	}
	// of four or five quotes the first ones belong to the text
	rest, q := text[s.pos+3:], s.quote[:1]
	return !strings.HasPrefix(rest, q) || strings.HasPrefix(rest, s.quote)
}

// escapeLen is the length of the escape at the backslash, or of the backslash alone.
func (s *stringReader) escapeLen() int {
	rest := s.p.file.Text[s.pos:]
	if s.quote == "/" {
		if strings.HasPrefix(rest, `\/`) {
			return 2
		}
		return 1
	}
	if strings.HasPrefix(rest, "\\\r\n") {
		return 3
	}
	return min(2, len(rest))
}

// dollarEscape is the length of `$$`, `$/`, `$/$` in a dollar-slashy string.
func (s *stringReader) dollarEscape() int {
	rest := s.p.file.Text[s.pos:]
	switch {
	case strings.HasPrefix(rest, "$/$"):
		return 3
	case strings.HasPrefix(rest, "$/"), strings.HasPrefix(rest, "$$"):
		return 2
	}
	return 0
}

func (s *stringReader) unclosed() {
	end := s.start.Start + int32(len(s.quote))
	d := s.p.errorAt(s.p.spanAt(s.start.Start, end), "string is not closed")
	closer := s.quote
	if closer == "$/" {
		closer = "/$"
	}
	d.Label = "string opened here"
	d.Help = "close it with `" + closer + "`"
	if s.quote == "'" || s.quote == `"` {
		d.Label = "no closing `" + closer + "` on this line"
		d.Help = "a text of several lines takes three quotes: `" + strings.Repeat(closer, 3) + "`"
	}
}

func (s *stringReader) addPart(raw string) {
	text, badAt := unescape(raw, s.quote)
	if badAt >= 0 {
		offset := strings.Index(s.p.file.Text[s.start.Start:], raw)
		where := s.start.Start + int32(max(offset, 0)+badAt)
		_, size := utf8.DecodeRuneInString(raw[min(badAt+1, len(raw)):])
		esc := raw[badAt:min(badAt+1+size, len(raw))]
		d := s.p.report(s.p.spanAt(where, where+int32(len(esc))), "unknown escape `%s`", esc)
		d.Label = "a backslash must be doubled in this kind of string"
		d.Help = "write `\\" + esc + "`"
	}
	s.strs = append(s.strs, text)
	s.raws = append(s.raws, raw)
}

// interpolation reads `$a.b` or `${…}`; flush is called first if one stands here.
func (s *stringReader) interpolation(flush func()) bool {
	text := s.p.file.Text
	i := s.pos + 1
	if i >= len(text) {
		return false
	}
	if text[i] == '{' {
		if s.p.bad { // only looking for the end of the string
			s.pos = skipBraces(text, i, 0)
			return true
		}
		flush()
		s.braces(i)
		return true
	}
	if !startsPlainName(text, i) {
		if s.quote == `"` || s.quote == `"""` {
			s.loneDollar()
		}
		return false
	}
	flush()
	end := plainNameEnd(text, i)
	var x Expr = &Ident{At: at(s.p.spanAt(int32(i), int32(end))), Name: text[i:end]}
	for end+1 < len(text) && text[end] == '.' && startsPlainName(text, end+1) {
		from := end + 1
		end = plainNameEnd(text, from)
		x = &Prop{
			At: at(s.p.spanAt(int32(i), int32(end))), X: x, Name: text[from:end],
			NameAt: s.p.spanAt(int32(from), int32(end)),
		}
	}
	s.exprs = append(s.exprs, x)
	s.pos = end
	return true
}

// loneDollar reports a `$` that begins nothing.
func (s *stringReader) loneDollar() {
	d := s.p.report(s.p.spanAt(int32(s.pos), int32(s.pos+1)), "`$` is not followed by a name or `{`")
	d.Label = "in a string in double quotes, `$` begins an expression"
	d.Help = "write `\\$` for the character itself"
}

func startsPlainName(text string, i int) bool {
	c := text[i]
	if c < utf8.RuneSelf {
		return isNameStart(c) && c != '$'
	}
	r, _ := utf8.DecodeRuneInString(text[i:])
	return unicode.IsLetter(r)
}

func plainNameEnd(text string, i int) int {
	end := nameEnd(text, i)
	if j := strings.IndexByte(text[i:end], '$'); j >= 0 {
		return i + j
	}
	return end
}

// braces reads ${ expr } whose brace is at offset open.
func (s *stringReader) braces(open int) {
	p := s.p
	saved, savedConfig, savedNoClosure := p.ignoreNL, p.config, p.noClosure
	p.ignoreNL, p.config, p.noClosure = true, false, false
	defer func() { p.ignoreNL, p.config, p.noClosure = saved, savedConfig, savedNoClosure }()
	p.moveTo(open)
	brace := p.tok
	p.next()
	var x Expr
	switch {
	case p.tok.Kind == RBrace:
		x = &Literal{At: at(p.spanAt(int32(open), int32(open)+1))}
	case p.closureHasParams():
		p.older(p.span(p.arrowAhead()), "a closure in a string is of the older grammar", "write the value: `${x}`")
		p.moveTo(open)
		x = p.closure()
		s.exprs = append(s.exprs, x)
		s.pos = int(p.prevEnd)
		return
	default:
		x = p.expr()
		for p.got(Semicolon) {
		}
	}
	s.exprs = append(s.exprs, x)
	if p.tok.Kind == RBrace && !p.bad {
		s.pos = int(p.tok.End)
		return
	}
	if p.tok.Kind == Quote || p.tok.Kind == DoubleQuote {
		d := p.errorAt(p.spanAt(brace.Start-1, brace.End), "`${` is not closed")
		d.Label = "expression opened here"
		d.Related = []diag.Label{{Span: p.spanAt(p.tok.Start, p.tok.Start+1), Text: "`}` expected before the end of the string"}}
	}
	p.closing(RBrace, brace, "expression")
	s.resume()
}

// resume finds the end of the string after an error inside `${}`.
func (s *stringReader) resume() {
	text := s.p.file.Text
	pos := int(s.p.tok.Start)
	closer := s.quote
	if closer == "$/" {
		closer = "/$"
	}
	rest := text[min(pos, len(text)):]
	if len(closer) == 1 {
		rest = firstLine(rest)
	}
	if i := strings.IndexByte(rest, '}'); i >= 0 && !strings.Contains(rest[:i], closer) {
		s.pos = pos + i + 1
		return
	}
	if i := strings.Index(rest, closer); i >= 0 {
		s.pos = pos + i
		return
	}
	s.pos = min(pos+len(rest), len(text))
}

// skipString is the end of the string at pos, found without parsing what is in it.
func skipString(text string, pos, depth int) int {
	open := text[pos : pos+1]
	closer := open
	switch {
	case open == "$":
		closer, open = "/$", "$/"
	case strings.HasPrefix(text[pos:], open+open+open):
		open = open + open + open
		closer = open
	}
	for pos += len(open); pos < len(text); {
		switch c := text[pos]; {
		case strings.HasPrefix(text[pos:], closer):
			return pos + len(closer)
		case c == '\n' && len(closer) == 1:
			return pos
		case c == '\\' && open != "$/":
			pos += 2
		case c == '$' && open[0] != '\'' && strings.HasPrefix(text[pos:], "${"):
			pos = skipBraces(text, pos+1, depth+1)
		default:
			pos++
		}
	}
	return len(text)
}

// skipBraces is the end of the braces that open at pos.
func skipBraces(text string, pos, depth int) int {
	open := 0
	for pos < len(text) {
		switch text[pos] {
		case '{':
			open++
		case '}':
			open--
			if open == 0 {
				return pos + 1
			}
		case '\n':
			if depth > maxNesting {
				return pos
			}
		case '\'', '"':
			if depth <= maxNesting {
				pos = skipString(text, pos, depth+1)
				continue
			}
		}
		pos++
	}
	return len(text)
}

// unescape gives the text that raw stands for in a string of this quote;
// badAt is where an unknown escape stands, -1 if there is none.
func unescape(raw, quote string) (text string, badAt int) {
	if strings.IndexByte(raw, '\r') >= 0 {
		raw = strings.ReplaceAll(raw, "\r\n", "\n")
	}
	switch quote {
	case "/":
		return unescapeSlashy(raw), -1
	case "$/":
		return unescapeDollarSlashy(raw), -1
	}
	if strings.IndexByte(raw, '\\') < 0 {
		return raw, -1
	}
	return unescapeQuoted(raw)
}

func unescapeQuoted(raw string) (string, int) {
	var b strings.Builder
	b.Grow(len(raw))
	badAt := -1
	for i := 0; i < len(raw); {
		c := raw[i]
		if c != '\\' || i+1 >= len(raw) {
			b.WriteByte(c)
			i++
			continue
		}
		e := raw[i+1]
		switch e {
		case 'n', 't', 'r', 'b', 'f', 's', '\\', '\'', '"', '$':
			b.WriteByte(simpleEscape(e))
			i += 2
		case '\n':
			i += 2
		case 'u':
			r, n := unicodeEscape(raw[i:])
			if n == 0 {
				badAt = i
				n = 2
			} else {
				b.WriteRune(r)
			}
			i += n
		default:
			if e >= '0' && e <= '7' {
				r, n := octalEscape(raw[i+1:])
				b.WriteRune(r)
				i += 1 + n
				continue
			}
			if badAt < 0 {
				badAt = i
			}
			b.WriteByte(c)
			i++
		}
	}
	return b.String(), badAt
}

func simpleEscape(e byte) byte {
	switch e {
	case 'n':
		return '\n'
	case 't':
		return '\t'
	case 'r':
		return '\r'
	case 'b':
		return '\b'
	case 'f':
		return '\f'
	case 's':
		return ' '
	}
	return e
}

func octalEscape(s string) (rune, int) {
	n, limit := 0, 2
	if s[0] <= '3' {
		limit = 3
	}
	var r rune
	for n < len(s) && n < limit && s[n] >= '0' && s[n] <= '7' {
		r = r*8 + rune(s[n]-'0')
		n++
	}
	return r, n
}

// unicodeEscape reads \uXXXX, and a pair of them for characters beyond the
// first plane; n is 0 if it is not well formed.
func unicodeEscape(s string) (r rune, n int) {
	r, n = hexEscape(s)
	if n > 0 && r >= 0xD800 && r < 0xDC00 {
		if low, m := hexEscape(s[n:]); m > 0 && low >= 0xDC00 && low < 0xE000 {
			return (r-0xD800)<<10 + (low - 0xDC00) + 0x10000, n + m
		}
	}
	return r, n
}

func hexEscape(s string) (rune, int) {
	if !strings.HasPrefix(s, `\u`) {
		return 0, 0
	}
	i := 2
	for i < len(s) && s[i] == 'u' {
		i++
	}
	if i+4 > len(s) {
		return 0, 0
	}
	var r rune
	for _, c := range []byte(s[i : i+4]) {
		if !isHex(c) {
			return 0, 0
		}
		r = r*16 + rune(hexDigit(c))
	}
	return r, i + 4
}

func hexDigit(c byte) byte {
	switch {
	case c >= 'a':
		return c - 'a' + 10
	case c >= 'A':
		return c - 'A' + 10
	}
	return c - '0'
}

// unescapeSlashy knows `\/`, an escaped line end and \uXXXX.
func unescapeSlashy(raw string) string {
	if strings.IndexByte(raw, '\\') < 0 {
		return raw
	}
	var b strings.Builder
	for i := 0; i < len(raw); {
		if raw[i] != '\\' {
			b.WriteByte(raw[i])
			i++
			continue
		}
		if i+1 < len(raw) && raw[i+1] == '/' {
			b.WriteByte('/')
			i += 2
			continue
		}
		if i+1 < len(raw) && raw[i+1] == '\n' {
			i += 2
			continue
		}
		i += writeBackslash(&b, raw[i:])
	}
	return b.String()
}

// writeBackslash copies the backslashes at the start of s, which a \u after an
// odd number of them turns into a character, and returns what it used.
func writeBackslash(b *strings.Builder, s string) int {
	n := 0
	for n < len(s) && s[n] == '\\' {
		n++
	}
	if n%2 == 1 {
		if r, used := unicodeEscape(s[n-1:]); used > 0 {
			b.WriteString(s[:n-1])
			b.WriteRune(r)
			return n - 1 + used
		}
		if n > 1 && n < len(s) && (s[n] == '/' || s[n] == '\n') {
			n-- // the last one escapes what follows
		}
	} else if n < len(s) && (s[n] == '/' || s[n] == '\n') {
		n--
	}
	b.WriteString(s[:n])
	return n
}

func unescapeDollarSlashy(raw string) string {
	var b strings.Builder
	for i := 0; i < len(raw); {
		switch {
		case strings.HasPrefix(raw[i:], "$/$"):
			b.WriteString("/$")
			i += 3
		case strings.HasPrefix(raw[i:], "$$"), strings.HasPrefix(raw[i:], "$/"):
			b.WriteByte(raw[i+1])
			i += 2
		case strings.HasPrefix(raw[i:], "\\\n"):
			i += 2
		case raw[i] == '\\':
			n := 1
			if r, used := unicodeEscape(raw[i:]); used > 0 && (i == 0 || raw[i-1] != '\\') {
				b.WriteRune(r)
				n = used
			} else {
				b.WriteByte('\\')
			}
			i += n
		default:
			b.WriteByte(raw[i])
			i++
		}
	}
	return b.String()
}
