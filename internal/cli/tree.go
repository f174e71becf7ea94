package cli

import (
	"regexp"
	"strconv"
	"strings"
	"sync"

	"sluice/internal/lang/value"
)

// prettyJSON writes a tree as the original engine does: four blanks a level,
// and a blank line in what is empty.
func prettyJSON(v value.Value, indent string) string {
	inner := indent + "    "
	switch v := v.(type) {
	case nil:
		return "null"
	case value.Bool:
		return strconv.FormatBool(bool(v))
	case *value.Map:
		var rows []string
		v.Entries(func(k, e value.Value) bool {
			rows = append(rows, inner+quoteJSON(value.ToString(k))+": "+prettyJSON(e, inner))
			return true
		})
		if len(rows) == 0 {
			rows = []string{inner}
		}
		return "{\n" + strings.Join(rows, ",\n") + "\n" + indent + "}"
	case *value.List:
		var rows []string
		for _, e := range v.Elems {
			rows = append(rows, inner+prettyJSON(e, inner))
		}
		if len(rows) == 0 {
			rows = []string{inner}
		}
		return "[\n" + strings.Join(rows, ",\n") + "\n" + indent + "]"
	}
	return quoteJSON(value.ToString(v))
}

func quoteJSON(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == '\b':
			b.WriteString(`\b`)
		case r == '\f':
			b.WriteString(`\f`)
		case r < 0x20 || r > 0x7e && r < 0x10000:
			b.WriteString(`\u` + strings.Repeat("0", 4-len(strconv.FormatInt(int64(r), 16))) + strconv.FormatInt(int64(r), 16))
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// blockYAML writes a tree as the original engine does: blocks, but one line
// for what holds only plain values, and long texts folded.
func blockYAML(v *value.Map) string {
	var b strings.Builder
	yamlMap(&b, v, "")
	return b.String()
}

func yamlMap(b *strings.Builder, m *value.Map, indent string) {
	first := true
	m.Entries(func(k, e value.Value) bool {
		if !first {
			b.WriteString(indent)
		}
		first = false
		key := value.ToString(k)
		b.WriteString(key + ":")
		yamlValue(b, e, indent, len(indent)+len(key)+1)
		return true
	})
}

// yamlValue writes what follows a key, with its newline.
func yamlValue(b *strings.Builder, v value.Value, indent string, column int) {
	switch v := v.(type) {
	case *value.Map:
		if v.Len() == 0 {
			b.WriteString(" {}\n")
			return
		}
		b.WriteString("\n" + indent + "  ")
		yamlMap(b, v, indent+"  ")
	case *value.List:
		if flow, ok := yamlFlow(v); ok {
			b.WriteString(" " + flow + "\n")
			return
		}
		b.WriteString("\n")
		for _, e := range v.Elems {
			b.WriteString(indent + "- ")
			if flow, ok := yamlFlow(e); ok {
				b.WriteString(flow + "\n")
			} else if m, ok := e.(*value.Map); ok {
				yamlMap(b, m, indent+"  ")
			}
		}
	default:
		b.WriteString(" " + yamlScalar(v, indent+"  ", column+1) + "\n")
	}
}

// yamlFlow is the short form of what holds nothing but plain values.
func yamlFlow(v value.Value) (string, bool) {
	var parts []string
	plain := true
	add := func(prefix string, e value.Value) {
		switch e.(type) {
		case *value.Map, *value.List:
			plain = false
		default:
			parts = append(parts, prefix+yamlScalar(e, "", 0))
		}
	}
	switch v := v.(type) {
	case *value.List:
		for _, e := range v.Elems {
			add("", e)
		}
		return "[" + strings.Join(parts, ", ") + "]", plain
	case *value.Map:
		v.Entries(func(k, e value.Value) bool { add(value.ToString(k)+": ", e); return true })
		return "{" + strings.Join(parts, ", ") + "}", plain
	}
	return "", false
}

// What YAML 1.1 takes for something else than text.
var yamlTyped = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(?:[-+]?[0-9][0-9_]*(?:\.[0-9_]*)?(?:[eE][-+]?[0-9]+)?|[-+]?\.[0-9_]+|[-+]?0x[0-9a-fA-F_]+|[-+]?0b[01_]+|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)|~|null|Null|NULL|yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF|\d{4}-\d\d?-\d\d?(?:[Tt ].*)?|=|<<)?$`)
})

func yamlScalar(v value.Value, indent string, column int) string {
	switch v.(type) {
	case nil:
		return "null"
	case value.String, *value.GString:
	default:
		return value.ToString(v)
	}
	s := value.ToString(v)
	if strings.ContainsAny(s, "\n\t") || strings.TrimFunc(s, func(r rune) bool { return r >= 0x20 && r != 0x7f }) != "" {
		return quoteJSON(s)
	}
	quoted := yamlTyped().MatchString(s) || strings.ContainsAny(s[:1], "!&*-?{}[],#|>@`\"'%:") && !plainStart(s) ||
		strings.Contains(s, ": ") || strings.Contains(s, " #") || strings.HasSuffix(s, ":") || strings.HasSuffix(s, " ") || strings.HasPrefix(s, " ")
	if !quoted && column == 0 && strings.ContainsAny(s, ",[]{}") {
		quoted = true // within the short form
	}
	if quoted {
		s = "'" + strings.ReplaceAll(s, "'", "''") + "'"
	}
	return fold(s, indent, column)
}

// plainStart: a dash, question mark or colon before a letter is text.
func plainStart(s string) bool {
	return len(s) > 1 && strings.ContainsAny(s[:1], "-?:") && s[1] != ' '
}

// yamlWidth is the column behind which long texts go on in the next line.
const yamlWidth = 80

func fold(s, indent string, column int) string {
	if column == 0 {
		return s
	}
	var b strings.Builder
	for i, word := range strings.Split(s, " ") {
		if i > 0 {
			// A blank at either end of a line would be lost.
			if column > yamlWidth && word != "" && !strings.HasSuffix(b.String(), " ") {
				b.WriteString("\n" + indent)
				column = len(indent)
			} else {
				b.WriteByte(' ')
				column++
			}
		}
		b.WriteString(word)
		column += len(word)
	}
	return b.String()
}
