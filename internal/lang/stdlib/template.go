package stdlib

import (
	"strings"

	"sluice/internal/lang/value"
)

var (
	simpleTemplateClass  = javaClass("groovy.text.SimpleTemplateEngine")
	gstringTemplateClass = javaClass("groovy.text.GStringTemplateEngine")
	templateClass        = javaClass("groovy.text.Template")
	writableClass        = javaClass("groovy.lang.Writable")
)

// A Template is what createTemplate makes: a script that prints.
type Template struct{ source string }

// Class is groovy.text.Template.
func (*Template) Class() *value.Class { return templateClass }

// TemplateSource turns a template into a script: text becomes a string with
// its ${} kept, <% %> is code, and <%= %> prints a value.
func TemplateSource(text string) string {
	var b strings.Builder
	for text != "" {
		before, rest, found := strings.Cut(text, "<%")
		if before != "" {
			b.WriteString(`out << """` + escapeTemplate(before) + "\"\"\"\n")
		}
		if !found {
			break
		}
		code, after, _ := strings.Cut(rest, "%>")
		if expr, ok := strings.CutPrefix(code, "="); ok {
			b.WriteString(`out << """${` + strings.TrimSpace(expr) + "}\"\"\"\n")
		} else {
			b.WriteString(strings.TrimSpace(code) + "\n")
		}
		text = after
	}
	return b.String()
}

// TextSource is TemplateSource for texts in which only ${} means something.
func TextSource(text string) string {
	return `out << """` + escapeTemplate(text) + "\"\"\"\n"
}

// escapeTemplate keeps quotes; backslashes and ${} mean what they mean in a string.
func escapeTemplate(s string) string {
	var b strings.Builder
	depth := 0
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s):
			b.WriteString(s[i : i+2])
			i++
			continue
		case depth == 0 && strings.HasPrefix(s[i:], "${"):
			depth = 1
			b.WriteString("${")
			i++
			continue
		case depth > 0 && s[i] == '{':
			depth++
		case depth > 0 && s[i] == '}':
			depth--
		case depth == 0 && s[i] == '"':
			b.WriteByte('\\')
		case depth == 0 && s[i] == '\r':
			continue
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

func templateEngineMethods() []def {
	return []def{{"createTemplate", "source", "makes a template of a text or file", func(c call) (value.Value, error) {
		s, err := c.sourceText(c.arg(0))
		if err != nil {
			return nil, err
		}
		return &Template{TemplateSource(s)}, nil
	}}}
}

func templateMethods() []def {
	return []def{{"make", "binding: Map? = null", "fills the template in", func(c call) (value.Value, error) {
		binding, ok := c.arg(0).(*value.Map)
		if !ok {
			binding = value.NewMap(0)
		}
		return &filledTemplate{c.t, c.recv.(*Template), binding}, nil
	}}}
}

// A filledTemplate runs when its text is asked for.
type filledTemplate struct {
	t       *Table
	of      *Template
	binding *value.Map
}

func (*filledTemplate) Class() *value.Class { return writableClass }

func (f *filledTemplate) text(th *value.Thread) (string, error) {
	if f.t.EvalTemplate == nil {
		return "", value.Throw("java.lang.IllegalStateException", "templates cannot run here")
	}
	return f.t.EvalTemplate(th, f.of.source, f.binding)
}

func filledTemplateMethods() []def {
	return []def{
		{"toString", "", "is the text", func(c call) (value.Value, error) {
			s, err := c.recv.(*filledTemplate).text(c.th)
			return value.String(s), err
		}},
		{"writeTo", "writer", "writes the text", func(c call) (value.Value, error) {
			s, err := c.recv.(*filledTemplate).text(c.th)
			if err == nil {
				_, err = c.t.Call(c.th, c.arg(0), "write", value.String(s))
			}
			return c.arg(0), err
		}},
	}
}
