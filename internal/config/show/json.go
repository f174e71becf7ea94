package show

import (
	"fmt"
	"strings"
	"unicode/utf16"

	"sluice/internal/lang/value"
)

// printJSON is the tree with four spaces a level. Sizes and durations are
// objects of their units, closures their source.
func printJSON(m *value.Map) string {
	w := &jsonWriter{}
	w.value(m, 0)
	return w.b.String()
}

type jsonWriter struct{ b strings.Builder }

func (w *jsonWriter) value(v value.Value, indent int) {
	switch v := v.(type) {
	case nil:
		w.b.WriteString("null")
		return
	case *value.Map:
		w.object(v, indent)
		return
	case value.Memory:
		w.object(value.MapOf("bytes", value.Long(v.Bytes()), "giga", value.Long(v.Giga()), "kilo", value.Long(v.Kilo()), "mega", value.Long(v.Mega())), indent)
		return
	case value.Duration:
		w.object(value.MapOf("durationInMillis", value.Long(v.Millis()), "days", value.Long(v.Days()), "hours", value.Long(v.Hours()),
			"millis", value.Long(v.Millis()), "minutes", value.Long(v.Minutes()), "seconds", value.Long(v.Seconds())), indent)
		return
	case *value.Closure:
		w.b.WriteString(quoteJSON(closureText(v)))
		return
	case value.Bool:
		w.b.WriteString(value.ToString(v))
		return
	}
	switch {
	case value.IsNumber(v):
		w.b.WriteString(value.ToString(v))
	case value.IsCollection(v):
		elems, _ := value.Elements(v)
		w.array(elems, indent)
	default:
		w.b.WriteString(quoteJSON(value.ToString(v)))
	}
}

func (w *jsonWriter) object(m *value.Map, indent int) {
	w.b.WriteString("{\n")
	inner := pad(indent + 4)
	if m.Len() == 0 {
		w.b.WriteString(inner)
	}
	first := true
	entries(m, func(name string, v value.Value) {
		if !first {
			w.b.WriteString(",\n")
		}
		first = false
		w.b.WriteString(inner + quoteJSON(name) + ": ")
		w.value(v, indent+4)
	})
	w.b.WriteString("\n" + pad(indent) + "}")
}

func (w *jsonWriter) array(elems []value.Value, indent int) {
	w.b.WriteString("[\n")
	inner := pad(indent + 4)
	if len(elems) == 0 {
		w.b.WriteString(inner)
	}
	for i, e := range elems {
		if i > 0 {
			w.b.WriteString(",\n")
		}
		w.b.WriteString(inner)
		w.value(e, indent+4)
	}
	w.b.WriteString("\n" + pad(indent) + "]")
}

// quoteJSON is a JSON string in ASCII.
func quoteJSON(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, u := range utf16.Encode([]rune(s)) {
		switch u {
		case '"', '\\':
			b.WriteByte('\\')
			b.WriteByte(byte(u))
		case '\b':
			b.WriteString(`\b`)
		case '\f':
			b.WriteString(`\f`)
		case '\n':
			b.WriteString(`\n`)
		case '\r':
			b.WriteString(`\r`)
		case '\t':
			b.WriteString(`\t`)
		default:
			if u < 0x20 || u >= 0x7f {
				fmt.Fprintf(&b, `\u%04x`, u)
			} else {
				b.WriteByte(byte(u))
			}
		}
	}
	b.WriteByte('"')
	return b.String()
}
