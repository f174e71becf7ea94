package show

import (
	"strings"

	"sluice/internal/config"
	"sluice/internal/lang/value"
)

func (t Tree) inline(path []string) bool { return t.Inline != nil && t.Inline(path) }

// block is the map at a path when it prints as a block.
func (t Tree) block(path []string, v value.Value) (*value.Map, bool) {
	m, ok := v.(*value.Map)
	if !ok || t.inline(path) {
		return nil, false
	}
	return m, true
}

// canonical prints a tree as a configuration file with blocks. Between the
// blocks at the top stands an empty line, none behind the last.
func canonical(t Tree) string {
	var b strings.Builder
	blank := false // an empty line is due before what comes next
	entries(t.Root, func(name string, v value.Value) {
		path := []string{name}
		inner, ok := t.block(path, v)
		switch {
		case !ok:
			if blank {
				b.WriteByte('\n')
			}
			blank = false
			b.WriteString(quoteName(name) + " = " + literal(v) + "\n")
		case inner.Len() > 0:
			if b.Len() > 0 {
				b.WriteByte('\n')
			}
			blank = true
			b.WriteString(blockName(name) + " {\n")
			t.writeBlock(&b, inner, path, 1)
			b.WriteString("}\n")
		}
	})
	return b.String()
}

func (t Tree) writeBlock(b *strings.Builder, m *value.Map, path []string, depth int) {
	indent := pad(3 * depth)
	entries(m, func(name string, v value.Value) {
		at := join(path, name)
		inner, ok := t.block(at, v)
		switch {
		case !ok:
			b.WriteString(indent + quoteName(name) + " = " + literal(v) + "\n")
		case inner.Len() > 0:
			b.WriteString(indent + blockName(name) + " {\n")
			t.writeBlock(b, inner, at, depth+1)
			b.WriteString(indent + "}\n")
		}
	})
}

func blockName(name string) string {
	if kind, pattern, ok := config.IsSelector(name); ok {
		return kind + ":" + quoteName(pattern)
	}
	return quoteName(name)
}

// flat prints one dotted option a line.
func flat(t Tree) string {
	var b strings.Builder
	t.writeFlat(&b, t.Root, nil, "")
	return b.String()
}

func (t Tree) writeFlat(b *strings.Builder, m *value.Map, path []string, prefix string) {
	entries(m, func(name string, v value.Value) {
		at := join(path, name)
		full := prefix + quoteName(name)
		if inner, ok := t.block(at, v); ok {
			t.writeFlat(b, inner, at, full+".")
			return
		}
		b.WriteString(full + " = " + literal(v) + "\n")
	})
}

func quoteName(name string) string {
	for i := 0; i < len(name); i++ {
		c := name[i]
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c == '$'
		if !letter && (i == 0 || c < '0' || c > '9') {
			return quote(name)
		}
	}
	if name == "" {
		return "''"
	}
	return name
}

var escapes = strings.NewReplacer("\\", "\\\\", "'", "\\'", "\n", "\\n", "\r", "\\r", "\t", "\\t", "\b", "\\b", "\f", "\\f")

func quote(s string) string { return "'" + escapes.Replace(s) + "'" }

// literal is a value as one would write it. The text of a GString is not
// escaped.
func literal(v value.Value) string {
	switch v := v.(type) {
	case *value.Closure:
		return closureText(v)
	case value.Memory, value.Duration:
		return quote(value.ToString(v))
	case *value.GString:
		return "'" + value.ToString(v) + "'"
	case *value.Map:
		return literalMap(v)
	}
	if s, ok := v.(value.String); ok {
		return quote(string(s))
	}
	if value.IsCollection(v) {
		elems, _ := value.Elements(v)
		parts := make([]string, len(elems))
		for i, e := range elems {
			parts[i] = literal(e)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}
	return value.ToString(v)
}

func literalMap(m *value.Map) string {
	var parts []string
	entries(m, func(name string, v value.Value) {
		parts = append(parts, quoteName(name)+":"+literal(v))
	})
	return "[" + strings.Join(parts, ", ") + "]"
}
