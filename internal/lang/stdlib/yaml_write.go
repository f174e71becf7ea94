package stdlib

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"sluice/internal/lang/value"
)

// yamlStyle says how SnakeYAML's emitter lays a document out.
type yamlStyle struct {
	block   bool // all collections over several lines
	flow    bool // all collections in brackets
	jackson bool // as groovy.yaml.YamlBuilder: double quotes
	indent  int  // 0 for 2
	width   int  // 0 for 80
}

// dumpYAML prints a document as org.yaml.snakeyaml.Yaml does.
func dumpYAML(v value.Value, style yamlStyle) string {
	if style.indent == 0 {
		style.indent = 2
	}
	if style.width == 0 {
		style.width = 80
	}
	w := &yamlWriter{style: style}
	w.node(v, 0, 0, false)
	s := w.b.String()
	if !strings.HasSuffix(s, "\n") {
		s += "\n"
	}
	return strings.TrimPrefix(s, "\n")
}

// builderYAML prints as Jackson does for YamlBuilder.
func builderYAML(v value.Value) string {
	switch v := v.(type) {
	case *value.Map:
		if v.Len() == 0 {
			return "--- {}\n"
		}
	case *value.List:
		if len(v.Elems) == 0 {
			return "--- []\n"
		}
	default:
		return "--- " + dumpYAML(v, yamlStyle{block: true, jackson: true, width: 1 << 30})
	}
	return "---\n" + dumpYAML(v, yamlStyle{block: true, jackson: true, width: 1 << 30})
}

type yamlWriter struct {
	style  yamlStyle
	b      strings.Builder
	column int
}

func (w *yamlWriter) put(s string) {
	w.b.WriteString(s)
	if i := strings.LastIndexByte(s, '\n'); i >= 0 {
		w.column = utf8.RuneCountInString(s[i+1:])
		return
	}
	w.column += utf8.RuneCountInString(s)
}

func (w *yamlWriter) newLine(indent int) { w.put("\n" + strings.Repeat(" ", indent)) }

// isFlow says whether a collection is written in brackets: in the automatic
// style when nothing in it is a collection or a text of several lines.
func (w *yamlWriter) isFlow(v value.Value) bool {
	if w.style.flow {
		return true
	}
	if w.style.block {
		return false
	}
	for _, e := range elems(v) {
		if entry, ok := e.(*value.MapEntry); ok {
			e = entry.Value
		}
		if isYAMLCollection(e) {
			return false
		}
		if s, ok := yamlText(e); ok && strings.ContainsRune(s, '\n') {
			return false
		}
	}
	return true
}

func isYAMLCollection(v value.Value) bool {
	_, isMap := v.(*value.Map)
	return isMap || value.IsCollection(v)
}

// node writes a value. column is where its lines begin; after says that a key
// or dash stands before it on the line.
func (w *yamlWriter) node(v value.Value, column, depth int, after bool) {
	m, isMap := v.(*value.Map)
	switch {
	case !isYAMLCollection(v):
		w.scalar(v, column)
	case len(elems(v)) == 0 && isMap:
		w.put("{}")
	case len(elems(v)) == 0:
		w.put("[]")
	case w.isFlow(v):
		w.flow(v, column)
	case isMap:
		w.mapping(m, column, depth, after)
	default:
		w.sequence(v, column, depth, after)
	}
}

func (w *yamlWriter) mapping(m *value.Map, column, depth int, inline bool) {
	m.Entries(func(k, v value.Value) bool {
		if !inline {
			w.newLine(column)
		}
		inline = false
		key := w.keyText(k, false)
		if key == "''" || utf8.RuneCountInString(key) > 128 {
			w.put("? " + key)
			w.newLine(column)
			w.put(":")
		} else {
			w.put(key + ":")
		}
		switch {
		case !isYAMLCollection(v) || len(elems(v)) == 0 || w.isFlow(v):
			w.put(" ")
			w.node(v, column+w.style.indent, depth+1, true)
		case isMapValue(v):
			w.node(v, column+w.style.indent, depth+1, false)
		default:
			w.node(v, column, depth+1, false)
		}
		return true
	})
}

func isMapValue(v value.Value) bool { _, ok := v.(*value.Map); return ok }

func (w *yamlWriter) sequence(v value.Value, column, depth int, inline bool) {
	for _, e := range elems(v) {
		if !inline {
			w.newLine(column)
		}
		inline = false
		w.put("- ")
		w.node(e, column+2, depth+1, true)
	}
}

func (w *yamlWriter) flow(v value.Value, column int) {
	open, end := "[", "]"
	if isMapValue(v) {
		open, end = "{", "}"
	}
	w.put(open)
	for i, e := range elems(v) {
		if i > 0 {
			w.put(",")
			if w.column > w.style.width {
				w.newLine(column + w.style.indent)
			} else {
				w.put(" ")
			}
		}
		if entry, ok := e.(*value.MapEntry); ok {
			w.put(w.scalarText(entry.Key) + ": ")
			e = entry.Value
		}
		if isYAMLCollection(e) {
			w.flow(e, column+w.style.indent)
			continue
		}
		w.put(w.scalarText(e))
	}
	w.put(end)
}

// scalarText is a key or an element in brackets.
func (w *yamlWriter) scalarText(v value.Value) string { return w.keyText(v, true) }

// keyText is a scalar on one line.
func (w *yamlWriter) keyText(v value.Value, flow bool) string {
	text, isText := yamlText(v)
	if !isText {
		return text
	}
	if strings.ContainsRune(text, '\n') || w.style.jackson {
		return w.jacksonText(text, w.style.jackson)
	}
	if yamlPlain(text, flow) {
		return text
	}
	if !printable(text) {
		return doubleQuoted(text)
	}
	return "'" + strings.ReplaceAll(text, "'", "''") + "'"
}

// jacksonText quotes keys only where they would be read as something else.
func (w *yamlWriter) jacksonText(text string, key bool) string {
	if key && yamlPlain(text, true) && !isYAMLWord(text) {
		return text
	}
	return doubleQuoted(text)
}

// isYAMLWord are the short words that Jackson quotes as keys.
func isYAMLWord(s string) bool {
	switch strings.ToLower(s) {
	case "y", "n", "yes", "no", "on", "off", "true", "false", "null", "~":
		return true
	}
	return false
}

// yamlText is the text of a scalar, and whether it is a string, which may
// need quotes.
func yamlText(v value.Value) (string, bool) {
	switch x := v.(type) {
	case nil:
		return "null", false
	case value.Decimal:
		return x.Plain(), false
	case value.Bool, value.Int, value.Long, value.BigInt, Byte:
		return value.ToString(x), false
	case value.Float, value.Double:
		switch s := value.ToString(x); s {
		case "NaN":
			return ".NaN", false
		case "Infinity":
			return ".inf", false
		case "-Infinity":
			return "-.inf", false
		default:
			return s, false
		}
	case Date:
		return x.Time().UTC().Format("2006-01-02T15:04:05") + strings.TrimSuffix(x.Time().UTC().Format(".000"), ".000") + "Z", false
	}
	return text(v), true
}

func (w *yamlWriter) scalar(v value.Value, column int) {
	text, isText := yamlText(v)
	if d, ok := v.(value.Decimal); ok && w.style.jackson {
		text = value.ToString(value.Double(d.Float64()))
	}
	switch {
	case !isText:
		w.put(text)
	case w.style.jackson:
		w.put(doubleQuoted(text))
	case strings.ContainsRune(text, '\n') && literal(text):
		w.literal(text, max(column, w.style.indent))
	case !printable(text) || strings.ContainsRune(text, '\n'):
		w.doubleQuoted(text, max(column, w.style.indent))
	case yamlPlain(text, false):
		w.folded(text, column, "")
	default:
		w.folded(text, column, "'")
	}
}

// literal says whether a text of several lines can be written after a bar.
func literal(text string) bool {
	if !printable(strings.ReplaceAll(text, "\n", "")) {
		return false
	}
	if strings.HasPrefix(text, " ") || strings.HasPrefix(text, "\n") {
		return false
	}
	for line := range strings.SplitSeq(text, "\n") {
		if strings.HasSuffix(line, " ") {
			return false
		}
	}
	return true
}

func (w *yamlWriter) literal(text string, column int) {
	head := "|-"
	switch {
	case strings.HasSuffix(text, "\n\n"):
		head = "|+"
	case strings.HasSuffix(text, "\n"):
		head = "|"
	}
	w.put(head)
	for line := range strings.SplitSeq(strings.TrimSuffix(text, "\n"), "\n") {
		if line == "" {
			w.put("\n")
			continue
		}
		w.newLine(column)
		w.put(line)
	}
	if strings.HasSuffix(text, "\n\n") {
		w.put("\n")
	}
}

// folded writes a text and breaks it at single blanks beyond the width.
func (w *yamlWriter) folded(text string, column int, quote string) {
	if quote != "" {
		text = strings.ReplaceAll(text, "'", "''")
	}
	w.put(quote)
	runes := []rune(text)
	start := 0
	for i, r := range runes {
		single := r == ' ' && i > 0 && i < len(runes)-1 && runes[i-1] != ' ' && runes[i+1] != ' '
		if !single || w.column+i-start <= w.style.width {
			continue
		}
		w.put(string(runes[start:i]))
		w.newLine(max(column, w.style.indent))
		start = i + 1
	}
	w.put(string(runes[start:]) + quote)
}

// doubleQuoted writes a text in double quotes and breaks it at blanks beyond
// the width.
func (w *yamlWriter) doubleQuoted(text string, column int) {
	w.put(`"`)
	runes := []rune(text)
	for i, r := range runes {
		w.put(escapeYAML(r))
		if i == 0 || i >= len(runes)-1 || w.column <= w.style.width-1 {
			continue
		}
		if next := runes[i+1]; next == ' ' || r == '\n' {
			w.put(`\`)
			w.newLine(column)
			if next == ' ' {
				w.put(`\`)
			}
		}
	}
	w.put(`"`)
}

func doubleQuoted(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		b.WriteString(escapeYAML(r))
	}
	b.WriteByte('"')
	return b.String()
}

func escapeYAML(r rune) string {
	switch r {
	case '"', '\\':
		return `\` + string(r)
	case '\n':
		return `\n`
	case '\t':
		return `\t`
	case '\r':
		return `\r`
	case '\b':
		return `\b`
	case '\f':
		return `\f`
	case 0:
		return `\0`
	case 7:
		return `\a`
	case 11:
		return `\v`
	case 27:
		return `\e`
	case 0x85:
		return `\N`
	case 0xA0:
		return `\_`
	}
	if r < ' ' || r == 0x7F {
		return fmt.Sprintf(`\x%02x`, r)
	}
	return string(r)
}

func printable(s string) bool {
	for _, r := range s {
		if r < ' ' || r == 0x7F || r == 0x85 || r == 0xA0 || r == 0xFEFF {
			return false
		}
	}
	return true
}

// yamlPlain says whether a text can stand without quotes and is read back as
// a text.
func yamlPlain(s string, flow bool) bool {
	if s == "" || !printable(s) || s == "<<" {
		return false
	}
	r := yamlReader{}
	if _, isText := r.plain(s).(value.String); !isText {
		return false
	}
	if s[0] == ' ' || s[len(s)-1] == ' ' || strings.HasPrefix(s, "---") || strings.HasPrefix(s, "...") {
		return false
	}
	if strings.IndexByte("#,[]{}&*!|>'\"%@`", s[0]) >= 0 {
		return false
	}
	if strings.IndexByte("-?:", s[0]) >= 0 && (len(s) == 1 || s[1] == ' ' || flow && s[0] != '-') {
		return false
	}
	if strings.Contains(s, ": ") || strings.HasSuffix(s, ":") || strings.Contains(s, " #") {
		return false
	}
	return !flow || !strings.ContainsAny(s, ",?[]{}:")
}
