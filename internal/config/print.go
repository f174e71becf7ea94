package config

import (
	"strings"

	"sluice/internal/lang/value"
)

// Canonical prints a tree as a configuration file with blocks.
func Canonical(m *value.Map) string {
	var b strings.Builder
	writeBlock(&b, m, 0)
	return b.String()
}

func writeBlock(b *strings.Builder, m *value.Map, depth int) {
	indent := strings.Repeat("   ", depth)
	m.Entries(func(k, v value.Value) bool {
		name := value.ToString(k)
		inner, isMap := v.(*value.Map)
		if !isMap {
			b.WriteString(indent + quoteName(name) + " = " + literal(v) + "\n")
			if depth == 0 {
				b.WriteString("\n")
			}
			return true
		}
		if inner.Len() == 0 {
			return true
		}
		if kind, pattern, ok := IsSelector(name); ok {
			name = kind + ":" + quoteName(pattern)
		} else {
			name = quoteName(name)
		}
		b.WriteString(indent + name + " {\n")
		writeBlock(b, inner, depth+1)
		b.WriteString(indent + "}\n")
		if depth == 0 {
			b.WriteString("\n")
		}
		return true
	})
}

// Flat prints one dotted option a line.
func Flat(m *value.Map) string {
	var b strings.Builder
	walk(m, nil, func(path []string, v value.Value) {
		names := make([]string, len(path))
		for i, p := range path {
			names[i] = quoteName(p)
		}
		b.WriteString(strings.Join(names, ".") + " = " + literal(v) + "\n")
	})
	return b.String()
}

// Properties prints options as a Java properties file.
func Properties(m *value.Map) string {
	var b strings.Builder
	walk(m, nil, func(path []string, v value.Value) {
		b.WriteString(escapeProperty(strings.Join(path, "."), true) + "=" + escapeProperty(plain(v), false) + "\n")
	})
	return b.String()
}

func walk(m *value.Map, path []string, f func([]string, value.Value)) {
	m.Entries(func(k, v value.Value) bool {
		at := append(path[:len(path):len(path)], value.ToString(k))
		if inner, ok := v.(*value.Map); ok {
			walk(inner, at, f)
		} else {
			f(at, v)
		}
		return true
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

// literal is a value as one would write it.
func literal(v value.Value) string {
	switch v := v.(type) {
	case *value.Closure:
		return closureText(v)
	case value.Memory, value.Duration:
		return quote(value.ToString(v))
	case *value.Map:
		if v.Len() == 0 {
			return "[]"
		}
		var parts []string
		v.Entries(func(k, v value.Value) bool {
			parts = append(parts, quoteName(value.ToString(k))+":"+literal(v))
			return true
		})
		return "[" + strings.Join(parts, ", ") + "]"
	}
	if s, ok := value.Str(v); ok {
		return quote(s)
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

func plain(v value.Value) string {
	if c, ok := v.(*value.Closure); ok {
		return closureText(c)
	}
	return value.ToString(v)
}

func closureText(c *value.Closure) string {
	if text := c.Source.Text(); text != "" {
		return text
	}
	return "{ ... }"
}

func escapeProperty(s string, key bool) string {
	var b strings.Builder
	for i, r := range s {
		switch {
		case r == '\\' || r == ':' || r == '=' || r == '#' || r == '!':
			b.WriteByte('\\')
		case r == ' ' && (key || i == 0):
			b.WriteByte('\\')
		case r == '\n':
			b.WriteString("\\n")
			continue
		case r == '\t':
			b.WriteString("\\t")
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}
