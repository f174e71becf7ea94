package reference

import (
	"fmt"
	"strings"
)

// width is how long the lines of a page on a terminal may be.
const width = 88

// Text is the page as `help` prints it.
func (p *Page) Text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s (%s)\n", p.Name, strings.ToLower(strings.TrimSuffix(kindOf(p.Kind).one, ".")))
	if len(p.Forms) > 0 {
		b.WriteString("\n")
		for _, f := range p.Forms {
			b.WriteString("    " + f + "\n")
		}
	}
	if p.Doc != "" {
		b.WriteString("\n")
		fold(&b, sentence(p.Doc), "")
	}
	if len(p.Facts) > 0 {
		b.WriteString("\n")
		for _, f := range p.Facts {
			fold(&b, f.Name+": "+f.Text, "  ")
		}
	}
	for _, t := range p.Tables {
		fmt.Fprintf(&b, "\n%s:\n", t.Title)
		for i := range t.Rows {
			t.Rows[i].text(&b)
		}
	}
	if len(p.Options) > 0 {
		b.WriteString("\nOptions:\n")
		for i := range p.Options {
			p.Options[i].text(&b)
		}
	}
	if len(p.Errors) > 0 {
		b.WriteString("\nErrors:\n")
		for _, e := range p.Errors {
			fold(&b, sentence(e), "  ")
		}
	}
	if p.Script != "" {
		b.WriteString("\nExample:\n")
		indented(&b, p.Script)
		if p.Output != "" {
			b.WriteString("  prints\n")
			indented(&b, p.Output)
		}
	}
	if p.Follows != "" {
		fmt.Fprintf(&b, "\nFollows %s%s\n", documentation, p.Follows)
	}
	return b.String()
}

// text is a name with its facts, and below it what it does.
func (r *Row) text(b *strings.Builder) {
	var facts []string
	for _, f := range []Fact{{"", r.Type}, {"default ", r.Default}, {"since ", r.Since}} {
		if f.Text != "" {
			facts = append(facts, f.Name+f.Text)
		}
	}
	if r.Deprecated != "" {
		facts = append(facts, "deprecated")
	}
	line := "  " + r.Name
	if len(facts) > 0 {
		line += "  (" + strings.Join(facts, "; ") + ")"
	}
	b.WriteString(line + "\n")
	fold(b, sentence(r.Doc), "      ")
}

func indented(b *strings.Builder, text string) {
	for line := range strings.Lines(ended(text)) {
		if line == "\n" {
			b.WriteString(line)
			continue
		}
		b.WriteString("    " + line)
	}
}

// fold breaks text into lines, each after the indent.
func fold(b *strings.Builder, text, indent string) {
	line := indent
	for word := range strings.FieldsSeq(text) {
		if line != indent && len(line)+1+len(word) > width {
			b.WriteString(line + "\n")
			line = indent
		}
		if line != indent {
			line += " "
		}
		line += word
	}
	if line != indent {
		b.WriteString(line + "\n")
	}
}
