package stdlib

import (
	"strings"

	"sluice/internal/lang/value"
)

var tokenizerClass = javaClass("java.util.StringTokenizer")

// A Tokenizer is java.util.StringTokenizer.
type Tokenizer struct {
	text, delims string
	delimToo     bool // delimiters are tokens as well
}

// Class is java.util.StringTokenizer.
func (*Tokenizer) Class() *value.Class { return tokenizerClass }

func tokenizerConstructors() []def {
	return []def{{"<init>", "text: String, delimiters: String = ' \\t\\n\\r\\f', returnDelimiters: Boolean = false", "cuts text into words", func(c call) (value.Value, error) {
		return &Tokenizer{c.strArg(0), c.strOr(1, " \t\n\r\f"), c.boolOr(2, false)}, nil
	}}}
}

// next takes a word off the text; ok is false at its end.
func (t *Tokenizer) next() (word string, ok bool) {
	if !t.delimToo {
		t.text = strings.TrimLeft(t.text, t.delims)
	}
	if t.text == "" {
		return "", false
	}
	end := strings.IndexAny(t.text, t.delims)
	switch {
	case end < 0:
		end = len(t.text)
	case end == 0:
		end = 1
	}
	word, t.text = t.text[:end], t.text[end:]
	return word, true
}

func tokenizerMethods() []def {
	get := func(c call) *Tokenizer { return c.recv.(*Tokenizer) }
	more := func(c call) (value.Value, error) {
		_, ok := (&Tokenizer{get(c).text, get(c).delims, get(c).delimToo}).next()
		return value.MakeBool(ok), nil
	}
	take := func(c call) (value.Value, error) {
		word, ok := get(c).next()
		if !ok {
			return nil, value.Throw("java.util.NoSuchElementException", "there are no more words")
		}
		return value.String(word), nil
	}
	return []def{
		{"hasMoreTokens", "", "says whether there are more words", more},
		{"hasMoreElements", "", "says whether there are more words", more},
		{"nextToken", "", "is the next word", take},
		{"nextElement", "", "is the next word", take},
		{"countTokens", "", "is the number of words left", func(c call) (value.Value, error) {
			rest, n := *get(c), 0
			for {
				if _, ok := rest.next(); !ok {
					return value.Int(n), nil
				}
				n++
			}
		}},
	}
}

// symbolsStatics are those of DecimalFormatSymbols, of which all are English.
func symbolsStatics() []def {
	return []def{{"getInstance", "locale = null", "is the English ones", func(c call) (value.Value, error) {
		return c.t.Construct(c.th, decimalSymbolsClass, nil)
	}}}
}

func httpConstants(*Table) map[string]value.Value {
	out := map[string]value.Value{}
	for name, code := range map[string]int{
		"OK": 200, "CREATED": 201, "ACCEPTED": 202, "NO_CONTENT": 204, "MOVED_PERM": 301, "MOVED_TEMP": 302, "NOT_MODIFIED": 304, "BAD_REQUEST": 400,
		"UNAUTHORIZED": 401, "FORBIDDEN": 403, "NOT_FOUND": 404, "CONFLICT": 409, "INTERNAL_ERROR": 500, "UNAVAILABLE": 503, "GATEWAY_TIMEOUT": 504,
	} {
		out["HTTP_"+name] = value.Int(code)
	}
	return out
}
