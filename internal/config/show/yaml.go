package show

import (
	"encoding/base64"
	"fmt"
	"strings"

	"sluice/internal/lang/value"
)

// printYAML is the tree in block style, written as SnakeYAML does: lists at
// the indentation of their key, long text broken behind column 80. Values
// that YAML has no form for are empty objects of their Java class, and an
// object that stands at several places is written once and referred to.
func printYAML(m *value.Map) string {
	y := &yamlWriter{seen: map[value.Value]int{}, anchors: map[value.Value]string{}}
	y.count(m)
	if m.Len() == 0 {
		return "{}\n"
	}
	y.mapping(m, 0, true)
	return y.b.String()
}

// yamlWidth is the column behind which text is broken at the next space.
const yamlWidth = 80

// longestKey is the length from which a key needs the form `? key`.
const longestKey = 128

type yamlWriter struct {
	b       strings.Builder
	column  int
	seen    map[value.Value]int
	anchors map[value.Value]string
}

// shared is what may be referred to: objects, not text or numbers. Lists and
// maps are copies wherever they stand.
func shared(v value.Value) bool {
	_, ok := v.(*value.GString)
	return ok
}

// count finds what stands at more than one place.
func (y *yamlWriter) count(v value.Value) {
	if shared(v) {
		if y.seen[v]++; y.seen[v] > 1 {
			return
		}
	}
	if m, ok := v.(*value.Map); ok {
		entries(m, func(_ string, v value.Value) { y.count(v) })
		return
	}
	if _, isText := value.Str(v); !isText && value.IsCollection(v) {
		elems, _ := value.Elements(v)
		for _, e := range elems {
			y.count(e)
		}
	}
}

func (y *yamlWriter) write(s string) {
	y.b.WriteString(s)
	if i := strings.LastIndexByte(s, '\n'); i >= 0 {
		y.column = len([]rune(s[i+1:]))
		return
	}
	y.column += len([]rune(s))
}

func (y *yamlWriter) line(indent int) { y.write("\n" + pad(indent)) }

// mapping writes entries; the first one goes on where the line is, if fresh.
func (y *yamlWriter) mapping(m *value.Map, indent int, fresh bool) {
	entries(m, func(name string, v value.Value) {
		if !fresh {
			y.write(pad(indent))
		}
		fresh = false
		key := y.scalarStyle(name, true)
		if len([]rune(name)) < longestKey && key != styleLiteral {
			y.scalar(name, key, indent, false)
			y.write(":")
			y.value(v, indent, true)
			return
		}
		y.write("? ")
		y.scalar(name, y.scalarStyle(name, false), indent, true)
		y.write("\n" + pad(indent) + ":")
		y.nested(v, indent)
	})
}

// value writes what stands behind `key:`, and the end of its line.
func (y *yamlWriter) value(v value.Value, indent int, inMapping bool) {
	if y.reference(v) {
		return
	}
	switch v := v.(type) {
	case *value.Map:
		if v.Len() == 0 {
			y.write(" {}\n")
			return
		}
		y.write("\n")
		y.mapping(v, indent+2, false)
		return
	case value.Memory, value.Duration, *value.GString, *value.Path:
		y.write(" !!" + v.Class().Name + " {}\n")
		return
	}
	if _, isText := value.Str(v); !isText && value.IsCollection(v) {
		elems, _ := value.Elements(v)
		if len(elems) == 0 {
			y.write(" []\n")
			return
		}
		y.write("\n")
		y.sequence(elems, indent, false)
		return
	}
	y.write(" ")
	y.plainValue(v, indent)
	y.write("\n")
}

// nested writes what stands behind `-` or the `:` of a long key: maps and
// lists begin on the same line.
func (y *yamlWriter) nested(v value.Value, indent int) {
	if m, ok := v.(*value.Map); ok && m.Len() > 0 && !y.isShared(v) {
		y.write(" ")
		y.mapping(m, indent+2, true)
		return
	}
	if _, isText := value.Str(v); !isText && value.IsCollection(v) && !y.isShared(v) {
		if elems, _ := value.Elements(v); len(elems) > 0 {
			y.write(" ")
			y.sequence(elems, indent+2, true)
			return
		}
	}
	y.value(v, indent, false)
}

func (y *yamlWriter) sequence(elems []value.Value, indent int, fresh bool) {
	for _, e := range elems {
		if !fresh {
			y.write(pad(indent))
		}
		fresh = false
		y.write("-")
		y.nested(e, indent)
	}
}

func (y *yamlWriter) isShared(v value.Value) bool { return shared(v) && y.seen[v] > 1 }

// reference writes the anchor of an object that comes again, or, when it was
// written already, only its name.
func (y *yamlWriter) reference(v value.Value) (done bool) {
	if !y.isShared(v) {
		return false
	}
	if name, known := y.anchors[v]; known {
		y.write(" *" + name + "\n")
		return true
	}
	name := fmt.Sprintf("id%03d", len(y.anchors)+1)
	y.anchors[v] = name
	y.write(" &" + name)
	return false
}

func (y *yamlWriter) plainValue(v value.Value, indent int) {
	switch c := v.(type) {
	case nil:
		y.write("null")
		return
	case *value.Closure:
		y.text(closureText(c), indent)
		return
	case value.Bool:
		y.write(value.ToString(v))
		return
	}
	if value.IsNumber(v) {
		y.write(value.ToString(v))
		return
	}
	y.text(value.ToString(v), indent)
}

func (y *yamlWriter) text(s string, indent int) {
	if !printable(s) {
		y.write("!!binary ")
		y.literal(base64.StdEncoding.EncodeToString([]byte(s)), indent+2)
		return
	}
	y.scalar(s, y.scalarStyle(s, false), indent+2, true)
}
