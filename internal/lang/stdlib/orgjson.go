package stdlib

import (
	"math/big"
	"strings"

	"sluice/internal/lang/value"
)

// The classes of org.json. Pipelines that carry these classes in a jar of their
// lib/ directory check parameters with them; here they are built in.
var (
	jsonObjectClass  = javaClass("org.json.JSONObject")
	jsonArrayClass   = javaClass("org.json.JSONArray", value.CollectionClass)
	jsonTokenerClass = javaClass("org.json.JSONTokener")
	jsonNullClass    = javaClass("org.json.JSONObject$Null")
)

const jsonException = "org.json.JSONException"

// A JSONObject is org.json.JSONObject: its values are JSONObject, JSONArray,
// texts, numbers, booleans and JSONNull.
type JSONObject struct{ m *value.Map }

// A JSONArray is org.json.JSONArray.
type JSONArray struct{ list []value.Value }

// JSONNull is JSONObject.NULL.
type JSONNull struct{}

// A jsonTokener holds the text that an object is read from.
type jsonTokener struct{ text string }

// Class is org.json.JSONObject.
func (*JSONObject) Class() *value.Class { return jsonObjectClass }

// Class is org.json.JSONArray.
func (*JSONArray) Class() *value.Class { return jsonArrayClass }

// Class is that of JSONObject.NULL.
func (JSONNull) Class() *value.Class { return jsonNullClass }

// ToString is what Java prints.
func (JSONNull) ToString() string { return "null" }

func (*jsonTokener) Class() *value.Class { return jsonTokenerClass }

// ToString is the object in one line.
func (o *JSONObject) ToString() string { return printOrgJSON(o, 0) }

// ToString is the array in one line.
func (a *JSONArray) ToString() string { return printOrgJSON(a, 0) }

// Len is the number of elements.
func (a *JSONArray) Len() int { return len(a.list) }

// Iterate walks the elements.
func (a *JSONArray) Iterate(yield func(value.Value) bool) {
	for _, e := range a.list {
		if !yield(e) {
			return
		}
	}
}

// Property reads a key as Groovy does of classes with a method get.
func (o *JSONObject) Property(name string) (value.Value, bool) { return o.m.Get(value.String(name)) }

// SetProperty is not there in Java either: put is.
func (o *JSONObject) SetProperty(string, value.Value) bool { return false }

// keys are those of the object in the order of a java.util.HashMap.
func (o *JSONObject) keys() []string {
	var names []string
	o.m.Entries(func(k, _ value.Value) bool { names = append(names, value.ToString(k)); return true })
	return names
}

func (o *JSONObject) get(key string) value.Value { return o.m.GetString(key) }

// orgJSON turns values of scripts into those of org.json.
func orgJSON(v value.Value) value.Value {
	switch x := v.(type) {
	case nil:
		return JSONNull{}
	case *JSONObject, *JSONArray, JSONNull, value.Bool, value.Int, value.Long, value.BigInt, value.Double, value.Float, value.String:
		return x
	case value.Decimal:
		return value.Double(toFloat(x))
	case *value.Map:
		o := &JSONObject{value.NewHashMap(-1)}
		x.Entries(func(k, e value.Value) bool {
			o.m.Set(value.String(value.ToString(k)), orgJSON(e))
			return true
		})
		return o
	case value.Iterable:
		if _, isText := value.Str(v); !isText {
			a := &JSONArray{}
			x.Iterate(func(e value.Value) bool { a.list = append(a.list, orgJSON(e)); return true })
			return a
		}
	}
	return value.String(text(v))
}

// plainJSON turns values of org.json into maps, lists and null.
func plainJSON(v value.Value) value.Value {
	switch x := v.(type) {
	case JSONNull:
		return nil
	case *JSONObject:
		m := value.NewMap(x.m.Len())
		for _, k := range x.keys() {
			m.Set(value.String(k), plainJSON(x.get(k)))
		}
		return m
	case *JSONArray:
		list := value.NewList()
		for _, e := range x.list {
			list.Elems = append(list.Elems, plainJSON(e))
		}
		return list
	}
	return v
}

// readOrgJSON reads a text; class is JSONObject or JSONArray.
func readOrgJSON(text string, class *value.Class) (value.Value, error) {
	open := "{"
	if class == jsonArrayClass {
		open = "["
	}
	if !strings.HasPrefix(strings.TrimSpace(text), open) {
		return nil, value.Throw(jsonException, "A %s text must begin with '%s' at 1 [character 2 line 1]", class.Simple(), open)
	}
	v, err := ParseJSON(text)
	if err != nil {
		return nil, value.Throw(jsonException, "%s", err.Error())
	}
	return orgJSON(v), nil
}

// printOrgJSON prints a value, on one line if indent is 0.
func printOrgJSON(v value.Value, indent int) string {
	p := orgPrinter{indent: indent}
	p.value(v, 0)
	return p.out.String()
}

type orgPrinter struct {
	out    strings.Builder
	indent int
}

func (p *orgPrinter) value(v value.Value, depth int) {
	switch x := v.(type) {
	case *JSONObject:
		keys := x.keys()
		p.group('{', '}', len(keys), depth, func(i, depth int) {
			p.out.WriteString(quoteOrgJSON(keys[i]))
			p.out.WriteByte(':')
			if p.indent > 0 {
				p.out.WriteByte(' ')
			}
			p.value(x.get(keys[i]), depth)
		})
	case *JSONArray:
		p.group('[', ']', len(x.list), depth, func(i, depth int) { p.value(x.list[i], depth) })
	case value.Double, value.Float:
		p.out.WriteString(orgNumber(toFloat(x)))
	case value.String:
		p.out.WriteString(quoteOrgJSON(string(x)))
	default:
		p.out.WriteString(value.ToString(v))
	}
}

// group writes n members; one alone stands on the line of its brackets.
func (p *orgPrinter) group(open, end byte, n, depth int, member func(i, depth int)) {
	p.out.WriteByte(open)
	inner := depth
	if n > 1 {
		inner = depth + p.indent
	}
	for i := range n {
		if i > 0 {
			p.out.WriteByte(',')
		}
		if n > 1 && p.indent > 0 {
			p.out.WriteString("\n" + strings.Repeat(" ", inner))
		}
		member(i, inner)
	}
	if n > 1 && p.indent > 0 {
		p.out.WriteString("\n" + strings.Repeat(" ", depth))
	}
	p.out.WriteByte(end)
}

// orgNumber prints without zeros at the end of a fraction.
func orgNumber(f float64) string {
	s := value.ToString(value.Double(f))
	if strings.ContainsAny(s, "eE") || !strings.Contains(s, ".") {
		return s
	}
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}

func quoteOrgJSON(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	last := rune(0)
	for _, r := range s {
		switch {
		case r == '\\' || r == '"':
			b.WriteRune('\\')
			b.WriteRune(r)
		case r == '/' && last == '<':
			b.WriteString(`\/`)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\b':
			b.WriteString(`\b`)
		case r == '\f':
			b.WriteString(`\f`)
		case r < ' ' || r >= 0x80 && r < 0xa0 || r >= 0x2000 && r < 0x2100:
			const hex = "0123456789abcdef"
			b.WriteString(`\u` + string([]byte{hex[r>>12&15], hex[r>>8&15], hex[r>>4&15], hex[r&15]}))
		default:
			b.WriteRune(r)
		}
		last = r
	}
	b.WriteByte('"')
	return b.String()
}

// sameJSON compares by value: numbers by their amount.
func sameJSON(a, b value.Value) bool {
	if x, ok := amount(a); ok {
		y, ok := amount(b)
		return ok && x.Cmp(y) == 0
	}
	switch x := a.(type) {
	case *JSONObject:
		y, ok := b.(*JSONObject)
		if !ok || x.m.Len() != y.m.Len() {
			return false
		}
		for _, k := range x.keys() {
			if !y.m.Has(value.String(k)) || !sameJSON(x.get(k), y.get(k)) {
				return false
			}
		}
		return true
	case *JSONArray:
		y, ok := b.(*JSONArray)
		if !ok || len(x.list) != len(y.list) {
			return false
		}
		for i := range x.list {
			if !sameJSON(x.list[i], y.list[i]) {
				return false
			}
		}
		return true
	case JSONNull:
		_, ok := b.(JSONNull)
		return ok
	}
	return b != nil && a.Class() == b.Class() && value.Equal(a, b)
}

// amount is a number's exact amount.
func amount(v value.Value) (*big.Rat, bool) {
	if v == nil || !v.Class().Is(value.NumberClass) {
		return nil, false
	}
	return new(big.Rat).SetString(value.ToString(v))
}
