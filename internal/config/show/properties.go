package show

import (
	"fmt"
	"sort"
	"strings"
	"unicode/utf16"

	"sluice/internal/lang/value"
)

// properties prints options as a Java properties file. Options that are null
// cannot stand in one. Unsorted they come in the order in which Java's table
// holds them: two tables are filled one from the other.
func properties(m *value.Map, sorted bool) string {
	text := map[string]string{}
	var names []string
	flatten(m, "", func(name string, v value.Value) {
		if v == nil {
			return
		}
		if _, twice := text[name]; !twice {
			names = append(names, name)
		}
		text[name] = javaText(v)
	})
	if sorted {
		sort.Strings(names)
	} else {
		names = tableOrder(tableOrder(names))
	}
	var b strings.Builder
	for _, name := range names {
		b.WriteString(escapeProperty(name, true) + "=" + escapeProperty(text[name], false) + "\n")
	}
	return b.String()
}

func flatten(m *value.Map, prefix string, f func(string, value.Value)) {
	entries(m, func(name string, v value.Value) {
		if inner, ok := v.(*value.Map); ok {
			flatten(inner, prefix+name+".", f)
			return
		}
		f(prefix+name, v)
	})
}

// javaText is a value as Java's toString shows it: maps as {a=1}.
func javaText(v value.Value) string {
	switch v := v.(type) {
	case *value.Closure:
		return closureText(v)
	case *value.Map:
		var parts []string
		entries(v, func(name string, v value.Value) { parts = append(parts, name+"="+javaText(v)) })
		return "{" + strings.Join(parts, ", ") + "}"
	case *value.Range:
		return rangeText(v)
	}
	if _, text := value.Str(v); text || !value.IsCollection(v) {
		return value.ToString(v)
	}
	elems, _ := value.Elements(v)
	parts := make([]string, len(elems))
	for i, e := range elems {
		parts[i] = javaText(e)
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

// escapeProperty writes a name or value in ASCII.
func escapeProperty(s string, key bool) string {
	var b strings.Builder
	for i, u := range utf16.Encode([]rune(s)) {
		switch u {
		case ' ':
			if key || i == 0 {
				b.WriteByte('\\')
			}
			b.WriteByte(' ')
		case '\t':
			b.WriteString(`\t`)
		case '\n':
			b.WriteString(`\n`)
		case '\r':
			b.WriteString(`\r`)
		case '\f':
			b.WriteString(`\f`)
		case '\\', ':', '=', '#', '!':
			b.WriteByte('\\')
			b.WriteByte(byte(u))
		default:
			if u < 0x20 || u > 0x7e {
				fmt.Fprintf(&b, `\u%04X`, u)
			} else {
				b.WriteByte(byte(u))
			}
		}
	}
	return b.String()
}

func rangeText(r *value.Range) string {
	if r.Empty || r.Chars {
		return value.ToString(r)
	}
	return fmt.Sprintf("%d..%d", r.From, r.To)
}
