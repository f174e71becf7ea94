package stdlib

import (
	"strings"

	"sluice/internal/lang/value"
)

var propertiesClass = javaClass("java.util.Properties", value.MapClass)

// A Properties is java.util.Properties: a map of texts read from lines `key = value`.
type Properties struct{ m *value.Map }

// Class is java.util.Properties.
func (*Properties) Class() *value.Class { return propertiesClass }

// ToString prints as Java's maps do.
func (p *Properties) ToString() string { return value.JavaText(p.m) }

// Iterate walks the entries.
func (p *Properties) Iterate(yield func(value.Value) bool) { p.m.Iterate(yield) }

// Len is the number of entries.
func (p *Properties) Len() int { return p.m.Len() }

// Property is the value of a key.
func (p *Properties) Property(name string) (value.Value, bool) { return p.m.GetString(name), true }

// SetProperty sets the value of a key.
func (p *Properties) SetProperty(name string, v value.Value) bool {
	p.m.Set(value.String(name), v)
	return true
}

func propertiesConstructors() []def {
	return []def{{"<init>", "defaults = null", "is empty", func(call) (value.Value, error) { return &Properties{value.NewHashMap(8)}, nil }}}
}

func propertiesMethods() []def {
	get := func(c call) *Properties { return c.recv.(*Properties) }
	own := []def{
		{"load", "source", "reads lines `key = value` of a reader, stream or text", func(c call) (value.Value, error) {
			s := value.ToString(c.arg(0))
			if r, ok := c.arg(0).(*Reader); ok {
				v, err := c.t.Call(c.th, r, "getText")
				if err != nil {
					return nil, err
				}
				s = value.ToString(v)
			}
			readProperties(get(c).m, s)
			return nil, nil
		}},
		{"getProperty", "key: String, fallback = null", "is the value of key, or fallback", func(c call) (value.Value, error) {
			if v, ok := get(c).m.Get(value.String(c.strArg(0))); ok {
				return v, nil
			}
			return c.arg(1), nil
		}},
		{"setProperty", "key: String, value", "sets a value and returns the old one", func(c call) (value.Value, error) {
			old := get(c).m.GetString(c.strArg(0))
			get(c).m.Set(value.String(c.strArg(0)), c.arg(1))
			return old, nil
		}},
		{"stringPropertyNames", "", "is the set of keys", func(c call) (value.Value, error) { return value.NewSet(get(c).m.Keys()...), nil }},
	}
	have := map[string]bool{}
	for _, d := range own {
		have[d.name] = true
	}
	for _, d := range append(mapMethods(), iterationMethods()...) { // the rest is what maps do
		if !have[d.name] {
			own = append(own, def{d.name, d.params, d.doc, func(c call) (value.Value, error) {
				c.recv = get(c).m
				return d.fn(c)
			}})
		}
	}
	return own
}

// readProperties reads Java's format: comments with # or !, a key up to =, :
// or white space, lines that go on after a backslash.
func readProperties(m *value.Map, text string) {
	var joined string
	for line := range strings.Lines(text) {
		line = strings.TrimLeft(strings.TrimRight(line, "\r\n"), " \t\f")
		if joined == "" && (line == "" || line[0] == '#' || line[0] == '!') {
			continue
		}
		if strings.HasSuffix(line, "\\") && !strings.HasSuffix(line, "\\\\") {
			joined += strings.TrimSuffix(line, "\\")
			continue
		}
		key, v := cutProperty(joined + line)
		m.Set(value.String(key), value.String(v))
		joined = ""
	}
}

func cutProperty(line string) (key, v string) {
	at := len(line)
	for i := 0; i < len(line); i++ {
		if line[i] == '\\' {
			i++
			continue
		}
		if strings.IndexByte("=: \t", line[i]) >= 0 {
			at = i
			break
		}
	}
	rest := strings.TrimLeft(line[at:], " \t")
	if rest != "" && (rest[0] == '=' || rest[0] == ':') {
		rest = strings.TrimLeft(rest[1:], " \t")
	}
	unescape := strings.NewReplacer("\\t", "\t", "\\n", "\n", "\\r", "\r", "\\\\", "\\", "\\", "")
	return unescape.Replace(line[:at]), unescape.Replace(rest)
}
