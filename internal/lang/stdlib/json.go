package stdlib

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf16"

	"sluice/internal/lang/value"
)

var (
	jsonBuilderClass   = javaClass("groovy.json.JsonBuilder")
	jsonGeneratorClass = javaClass("groovy.json.JsonGenerator")
	jsonOptionsClass   = javaClass("groovy.json.JsonGenerator$Options")
	jsonSlurperClassic = javaClass("groovy.json.JsonSlurperClassic", value.JsonSlurperClass)
)

// A plainObject is an instance of a class that holds nothing.
type plainObject struct{ of *value.Class }

func (p *plainObject) Class() *value.Class { return p.of }

// plainConstructors make objects that hold nothing.
func plainConstructors() []def {
	return []def{{"<init>", "args...", "makes an object", func(c call) (value.Value, error) {
		return &plainObject{c.recv.(value.ClassRef).Of}, nil
	}}}
}

func jsonSlurperMethods() []def {
	return []def{
		{"parseText", "text: String?", "reads JSON", func(c call) (value.Value, error) { return parseJSON(c.arg(0)) }},
		{"parse", "source, charset = 'UTF-8'", "reads JSON from a file, a stream or a text", func(c call) (value.Value, error) {
			s, err := c.sourceText(c.arg(0))
			if err != nil {
				return nil, err
			}
			return parseJSON(value.String(s))
		}},
		{"setType", "type", "is not kept", func(c call) (value.Value, error) { return c.recv, nil }},
	}
}

// sourceText is all the text of a file, stream, URL, or the text itself.
func (c call) sourceText(v value.Value) (string, error) {
	switch src := v.(type) {
	case *value.Path:
		return c.t.ReadText(c.th, src)
	case Bytes:
		return string(src), nil
	case *Reader, *URL:
		s, err := c.t.Call(c.th, src, "getText")
		if err != nil {
			return "", err
		}
		return text(s), nil
	}
	return text(v), nil
}

func parseJSON(v value.Value) (value.Value, error) {
	if v == nil || text(v) == "" {
		return nil, value.Throw("java.lang.IllegalArgumentException", "Text must not be null or empty")
	}
	return ParseJSON(text(v))
}

func jsonOutputStatics() []def {
	return []def{
		{"toJson", "value", "prints JSON", func(c call) (value.Value, error) {
			s, err := c.jsonText(c.arg(0), nil)
			return value.String(s), err
		}},
		{"prettyPrint", "json: String, disableUnicodeEscaping: Boolean = false", "prints JSON on several lines", func(c call) (value.Value, error) {
			s, err := prettyJSON(c.strArg(0))
			if c.boolOr(1, false) {
				s = unicodeEscapes.ReplaceAllStringFunc(s, func(e string) string {
					n, err := strconv.ParseUint(e[2:], 16, 16)
					if err != nil || n < 0x80 || n >= 0xd800 && n < 0xe000 {
						return e
					}
					return string(rune(n))
				})
			}
			return value.String(s), err
		}},
		{"unescaped", "text", "is a text that toJson prints as it is", func(c call) (value.Value, error) { return rawJSON(value.ToString(c.arg(0))), nil }},
	}
}

// jsonOptions are those of JsonGenerator.
type jsonOptions struct {
	excludeNulls bool
	exclude      map[string]bool
	dateFormat   string
	raw          bool // do not escape what is not ASCII
	converters   []jsonConverter
}

type jsonConverter struct {
	of *value.Class
	f  value.Value
}

func (c call) jsonText(v value.Value, opts *jsonOptions) (string, error) {
	if opts == nil {
		opts = &jsonOptions{}
	}
	w := jsonWriter{c: c, opts: opts}
	err := w.value(v, 0)
	return w.out.String(), err
}

type jsonWriter struct {
	c    call
	opts *jsonOptions
	out  strings.Builder
}

const maxJSONDepth = 1000

func (w *jsonWriter) value(v value.Value, depth int) error {
	if depth > maxJSONDepth {
		return value.Throw("java.lang.StackOverflowError", "")
	}
	for _, k := range w.opts.converters {
		if v == nil || !value.InstanceOf(v, k.of) {
			continue
		}
		args := []value.Value{v}
		if closureParams(k.f) > 1 {
			args = append(args, nil)
		}
		converted, err := w.c.run(k.f, args...)
		if err != nil {
			return err
		}
		v = converted
		break
	}
	switch x := v.(type) {
	case nil:
		w.out.WriteString("null")
	case value.Bool, value.Int, value.Long, value.BigInt, value.Decimal, Byte:
		w.out.WriteString(value.ToString(x))
	case value.Float, value.Double:
		if f := toFloat(x); math.IsNaN(f) || math.IsInf(f, 0) {
			what := "infinite"
			if f := toFloat(x); f != f {
				what = "NaN"
			}
			return value.Throw("groovy.json.JsonException", "Number %s can't be serialized as JSON: %s are not allowed in JSON.", value.ToString(x), what)
		}
		w.out.WriteString(value.ToString(x))
	case rawJSON:
		w.out.WriteString(string(x))
	case *value.Map:
		return w.object(x, depth)
	case value.Memory:
		return w.object(value.MapOf("bytes", value.Long(x), "giga", value.Long(x.Giga()), "kilo", value.Long(x.Kilo()), "mega", value.Long(x.Mega())), depth)
	case value.Duration:
		return w.object(value.MapOf("durationInMillis", value.Long(x), "days", value.Long(x.Days()), "hours", value.Long(x.Hours()),
			"millis", value.Long(x), "minutes", value.Long(x.Minutes()), "seconds", value.Long(x.Seconds())), depth)
	case Date:
		format := w.opts.dateFormat
		if format == "" {
			format = "yyyy-MM-dd'T'HH:mm:ssZ"
		}
		s, err := formatTime(x.Time().UTC(), format)
		if err != nil {
			return err
		}
		w.quote(s)
	default:
		if _, ok := value.Str(v); !ok {
			if _, isPath := v.(*value.Path); !isPath {
				if it, ok := v.(value.Iterable); ok {
					return w.array(it, depth)
				}
				if o, ok := v.(beans); ok {
					m, err := o.Beans()
					if err != nil {
						return err
					}
					return w.object(m, depth)
				}
			}
		}
		w.quote(text(v))
	}
	return nil
}

// beans is what objects of the pipeline's classes are written by.
type beans interface {
	Beans() (*value.Map, error)
}

func (w *jsonWriter) object(m *value.Map, depth int) (err error) {
	w.out.WriteByte('{')
	first := true
	m.Entries(func(k, v value.Value) bool {
		if k == nil {
			err = value.Throw("java.lang.IllegalArgumentException", "Maps with null keys can't be converted to JSON")
			return false
		}
		if w.opts.excludeNulls && v == nil || w.opts.exclude[value.ToString(k)] {
			return true
		}
		if !first {
			w.out.WriteByte(',')
		}
		first = false
		w.quote(value.ToString(k))
		w.out.WriteByte(':')
		err = w.value(v, depth+1)
		return err == nil
	})
	w.out.WriteByte('}')
	return err
}

func (w *jsonWriter) array(it value.Iterable, depth int) (err error) {
	w.out.WriteByte('[')
	first := true
	it.Iterate(func(e value.Value) bool {
		if w.opts.excludeNulls && e == nil {
			return true
		}
		if !first {
			w.out.WriteByte(',')
		}
		first = false
		err = w.value(e, depth+1)
		return err == nil
	})
	w.out.WriteByte(']')
	return err
}

func (w *jsonWriter) quote(s string) { writeJSONString(&w.out, s, w.opts.raw) }

func writeJSONString(b *strings.Builder, s string, raw bool) {
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\b':
			b.WriteString(`\b`)
		case r == '\f':
			b.WriteString(`\f`)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case r < ' ' || r > '~' && !raw:
			for _, u := range utf16.Encode([]rune{r}) {
				fmt.Fprintf(b, `\u%04x`, u)
			}
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
}

// prettyJSON lays JSON out as Groovy does: four blanks, and even empty
// objects and lists over three lines.
func prettyJSON(s string) (string, error) {
	toks := jsonScanner{src: s}
	var b strings.Builder
	indent := 0
	line := func() { b.WriteString("\n" + strings.Repeat("    ", indent)) }
	for {
		tok, err := toks.next()
		if err != nil {
			return "", err
		}
		switch tok.text {
		case "":
			return b.String(), nil
		case "{", "[":
			b.WriteString(tok.text)
			indent++
			line()
		case "}", "]":
			indent = max(indent-1, 0)
			line()
			b.WriteString(tok.text)
		case ",":
			b.WriteString(",")
			line()
		case ":":
			b.WriteString(": ")
		default:
			if tok.isString {
				writeJSONString(&b, tok.string, false)
				continue
			}
			b.WriteString(tok.text)
		}
	}
}

// A JSONBuilder is groovy.json.JsonBuilder.
type JSONBuilder struct{ content value.Value }

// Class is groovy.json.JsonBuilder.
func (*JSONBuilder) Class() *value.Class { return jsonBuilderClass }

// InvokeMethod makes a document with one name at its root: `builder.person { … }`.
func (b *JSONBuilder) InvokeMethod(th *value.Thread, name string, args []value.Value) (value.Value, bool, error) {
	if len(args) == 0 {
		return nil, false, nil
	}
	switch name {
	case "call", "writeTo", "with", "tap", "equals", "is", "use", "each", "asType":
		return nil, false, nil
	}
	v, err := call{th: th, name: name, recv: b, args: args}.buildContent()
	if err != nil {
		return nil, true, err
	}
	m := value.NewMap(1)
	m.Set(value.String(name), v)
	b.content = m
	return m, true, nil
}

func builderConstructors(make func(content value.Value) value.Value) func() []def {
	return func() []def {
		return []def{{"<init>", "content = null", "builds a document", func(c call) (value.Value, error) { return make(c.arg(0)), nil }}}
	}
}

// buildContent makes the content that a builder is called with.
func (c call) buildContent() (value.Value, error) {
	f, isClosure := c.arg(c.n() - 1).(*value.Closure)
	switch {
	case isClosure && c.n() == 1:
		return c.buildObject(f)
	case isClosure && c.n() == 2:
		out := []value.Value{}
		for _, e := range elems(c.arg(0)) {
			v, err := c.buildObject(f, e)
			if err != nil {
				return nil, err
			}
			out = append(out, v)
		}
		return value.NewList(out...), nil
	case c.n() == 1:
		return c.arg(0), nil
	}
	return value.NewList(append([]value.Value(nil), c.args...)...), nil
}

func (c call) buildObject(f *value.Closure, args ...value.Value) (value.Value, error) {
	d := &objectBuilder{c: c, made: value.NewMap(0)}
	_, err := c.run(f.WithDelegate(d), args...)
	return d.made, err
}

// An objectBuilder is the delegate in which `name 'x'` adds an entry.
type objectBuilder struct {
	c    call
	made *value.Map
}

func (*objectBuilder) Class() *value.Class { return value.ObjectClass }

// InvokeMethod adds an entry.
func (o *objectBuilder) InvokeMethod(th *value.Thread, name string, args []value.Value) (value.Value, bool, error) {
	c := o.c
	c.th, c.args = th, args
	if len(args) == 0 {
		return nil, false, nil
	}
	v, err := c.buildContent()
	if err == nil {
		o.made.Set(value.String(name), v)
	}
	return v, true, err
}

// SetProperty adds an entry.
func (o *objectBuilder) SetProperty(name string, v value.Value) bool {
	o.made.Set(value.String(name), v)
	return true
}

func jsonBuilderMethods() []def {
	get := func(c call) *JSONBuilder { return c.recv.(*JSONBuilder) }
	return []def{
		{"call", "content...", "sets the content", func(c call) (value.Value, error) {
			v, err := c.buildContent()
			get(c).content = v
			return v, err
		}},
		{"toString", "", "prints JSON", func(c call) (value.Value, error) {
			s, err := c.jsonText(get(c).content, nil)
			return value.String(s), err
		}},
		{"toPrettyString", "", "prints JSON on several lines", func(c call) (value.Value, error) {
			s, err := c.jsonText(get(c).content, nil)
			if err == nil {
				s, err = prettyJSON(s)
			}
			return value.String(s), err
		}},
		{"getContent", "", "is the content", func(c call) (value.Value, error) { return get(c).content, nil }},
		{"writeTo", "writer", "writes JSON", func(c call) (value.Value, error) {
			s, err := c.jsonText(get(c).content, nil)
			if err == nil {
				_, err = c.t.Call(c.th, c.arg(0), "write", value.String(s))
			}
			return c.arg(0), err
		}},
	}
}

// A JSONGenerator is groovy.json.JsonGenerator, or its Options.
type JSONGenerator struct {
	of   *value.Class
	opts jsonOptions
}

// Class is that of the generator or of its options.
func (g *JSONGenerator) Class() *value.Class { return g.of }

func jsonOptionsMethods() []def {
	set := func(f func(c call, o *jsonOptions)) func(call) (value.Value, error) {
		return func(c call) (value.Value, error) {
			f(c, &c.recv.(*JSONGenerator).opts)
			return c.recv, nil
		}
	}
	return []def{
		{"excludeNulls", "", "leaves nulls out", set(func(_ call, o *jsonOptions) { o.excludeNulls = true })},
		{"disableUnicodeEscaping", "", "prints letters as they are", set(func(_ call, o *jsonOptions) { o.raw = true })},
		{"dateFormat", "format: String, locale = null", "sets how dates print", set(func(c call, o *jsonOptions) { o.dateFormat = c.strArg(0) })},
		{"timezone", "zone: String", "is not kept: dates print in UTC", set(func(call, *jsonOptions) {})},
		{"excludeFieldsByName", "names...", "leaves entries out", set(func(c call, o *jsonOptions) {
			if o.exclude == nil {
				o.exclude = map[string]bool{}
			}
			for _, n := range c.args {
				for _, e := range elems(value.NewList(n)) {
					o.exclude[value.ToString(e)] = true
				}
			}
		})},
		{"addConverter", "type: Class, convert: Closure", "sets how values of a class print", set(func(c call, o *jsonOptions) {
			o.converters = append([]jsonConverter{{c.arg(0).(value.ClassRef).Of, c.arg(1)}}, o.converters...)
		})},
		{"build", "", "is the generator", func(c call) (value.Value, error) {
			return &JSONGenerator{jsonGeneratorClass, c.recv.(*JSONGenerator).opts}, nil
		}},
	}
}

func jsonOptionsConstructors() []def {
	return []def{{"<init>", "", "has the usual options", func(c call) (value.Value, error) {
		return &JSONGenerator{of: jsonOptionsClass}, nil
	}}}
}

func jsonGeneratorMethods() []def {
	return []def{{"toJson", "value", "prints JSON", func(c call) (value.Value, error) {
		s, err := c.jsonText(c.arg(0), &c.recv.(*JSONGenerator).opts)
		return value.String(s), err
	}}}
}

var unicodeEscapes = regexp.MustCompile(`\\u[0-9a-fA-F]{4}`)

// rawJSON is what JsonOutput.unescaped makes.
type rawJSON string

var rawJSONClass = javaClass("groovy.json.JsonOutput$JsonUnescaped")

// Class is that of unescaped JSON.
func (rawJSON) Class() *value.Class { return rawJSONClass }

// ToString is the text.
func (r rawJSON) ToString() string { return string(r) }
