package reference

import (
	"fmt"
	"strings"
)

// Markdown is the page as docs/reference keeps it.
func (p *Page) Markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n%s\n", p.Name, kindOf(p.Kind).one)
	if len(p.Forms) > 0 {
		fmt.Fprintf(&b, "\n```nextflow\n%s\n```\n", strings.Join(p.Forms, "\n"))
	}
	if p.Doc != "" {
		fmt.Fprintf(&b, "\n%s\n", sentence(p.Doc))
	}
	if len(p.Facts) > 0 {
		b.WriteString("\n")
		for _, f := range p.Facts {
			fmt.Fprintf(&b, "- %s: %s\n", f.Name, f.Text)
		}
	}
	for _, t := range p.Tables {
		fmt.Fprintf(&b, "\n## %s\n\n", t.Title)
		t.markdown(&b)
	}
	for _, o := range p.Options {
		o.section(&b)
	}
	if len(p.Errors) > 0 {
		b.WriteString("\n## Errors\n\n")
		for _, e := range p.Errors {
			fmt.Fprintf(&b, "- %s\n", sentence(e))
		}
	}
	if p.Script != "" {
		fmt.Fprintf(&b, "\n## Example\n\n```nextflow\n%s```\n", ended(p.Script))
		if p.Output != "" {
			fmt.Fprintf(&b, "\nprints\n\n```\n%s```\n", ended(p.Output))
		}
	}
	if p.Follows != "" {
		fmt.Fprintf(&b, "\nFollows [the Nextflow documentation](%s%s).\n", documentation, p.Follows)
	}
	return b.String()
}

func ended(s string) string { return strings.TrimRight(s, "\n") + "\n" }

// section is an option with an anchor of its own.
func (r *Row) section(b *strings.Builder) {
	fmt.Fprintf(b, "\n## `%s`\n\n", r.Name)
	for _, f := range r.facts() {
		fmt.Fprintf(b, "- %s: %s\n", f.Name, f.Text)
	}
	if r.Doc != "" {
		fmt.Fprintf(b, "\n%s\n", sentence(r.Doc))
	}
}

func (r *Row) facts() []Fact {
	var facts []Fact
	for _, f := range []Fact{{"type", r.Type}, {"default", quoted(r.Default)}, {"since", r.Since}, {"deprecated", r.Deprecated}} {
		if f.Text != "" {
			facts = append(facts, f)
		}
	}
	return facts
}

func quoted(s string) string {
	if s == "" {
		return ""
	}
	return "`" + s + "`"
}

// A column is one of a table; those without any text are left out.
var columns = []struct {
	title string
	text  func(*Row) string
}{
	{"name", func(r *Row) string { return quoted(r.Name) }},
	{"type", func(r *Row) string { return r.Type }},
	{"default", func(r *Row) string { return quoted(r.Default) }},
	{"since", func(r *Row) string { return r.Since }},
	{"deprecated", func(r *Row) string { return r.Deprecated }},
	{"what it does", func(r *Row) string { return sentence(r.Doc) }},
}

func (t *Table) markdown(b *strings.Builder) {
	var shown []int
	for i, c := range columns {
		for j := range t.Rows {
			if c.text(&t.Rows[j]) != "" {
				shown = append(shown, i)
				break
			}
		}
	}
	line := func(cell func(i int) string) {
		for _, i := range shown {
			b.WriteString("| " + cell(i) + " ")
		}
		b.WriteString("|\n")
	}
	line(func(i int) string { return columns[i].title })
	line(func(int) string { return "---" })
	for j := range t.Rows {
		line(func(i int) string { return cell(columns[i].text(&t.Rows[j])) })
	}
}

// cell escapes what would end a cell.
func cell(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(s, "|", `\|`), "\n", " ")
}

// Index is the page that lists all others.
func Index(pages []*Page) string {
	var b strings.Builder
	b.WriteString("# Reference\n\nMade from the program's own tables by `make docs`; `sluice help NAME` prints the same pages.\n")
	for _, k := range kinds {
		var here []*Page
		for _, p := range pages {
			if p.Kind == k.dir {
				here = append(here, p)
			}
		}
		if len(here) == 0 {
			continue
		}
		fmt.Fprintf(&b, "\n## %s\n\n", k.many)
		for _, p := range here {
			fmt.Fprintf(&b, "- [%s](%s/%s.md)", p.Name, p.Kind, p.file())
			if p.Doc != "" {
				b.WriteString(": " + sentence(firstSentence(p.Doc)))
			}
			b.WriteString("\n")
		}
	}
	return b.String()
}

func firstSentence(s string) string {
	if i := strings.Index(s, ". "); i > 0 {
		return s[:i]
	}
	return s
}
