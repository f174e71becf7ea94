package compat

import (
	"fmt"
	"io"
	"strings"
)

// Markdown writes the report as a page.
func (r *Report) Markdown(w io.Writer) error {
	p := &printer{w: w}
	p.line("# %s\n\nIt %s.", r.title(), r.verdict())
	for _, n := range r.Notes {
		p.line("\n%s.", n)
	}
	for s := Refused; s < Supported; s++ {
		list := r.by(s)
		if len(list) == 0 {
			continue
		}
		p.line("\n## %s\n\n| what | uses | why | what to do | where |\n| --- | --- | --- | --- | --- |", headings[s])
		for _, it := range list {
			why := strings.Join(filled(it.Why, profiles(it)), "; ")
			p.line("| %s | %d | %s | %s | %s |", cell(short(it)), it.Count, cell(why), cell(it.Way), cell(strings.TrimPrefix(places(it, 3), "at ")))
		}
	}
	p.line("\n## %s\n\n| kind | what, with the number of uses |\n| --- | --- |", headings[Supported])
	for _, kind := range kinds {
		if text := r.listed(kind, Supported); text != "" {
			p.line("| %s | %s |", kind, cell(text))
		}
	}
	return p.err
}

func filled(list ...string) []string {
	var out []string
	for _, s := range list {
		if s != "" {
			out = append(out, s)
		}
	}
	return out
}

// cell is a text within a table.
func cell(s string) string { return strings.ReplaceAll(strings.ReplaceAll(s, "\n", " "), "|", "\\|") }

// SummaryHead is the head of the table whose rows Summary writes.
const SummaryHead = `| pipeline | files | verdict | refused if used | without effect | supported |
| --- | --- | --- | --- | --- | --- |
`

// Summary is one row of a table of several pipelines.
func (r *Report) Summary() string {
	verdict := "runs"
	if !r.Runs {
		first := r.by(Refused)[0]
		verdict = "refused: " + short(first)
		if n := len(r.by(Refused)); n > 1 {
			verdict += fmt.Sprintf(", and %d more", n-1)
		}
		if r.Older {
			verdict = "runs with NXF_SYNTAX_PARSER=v1"
		}
	}
	name := r.Pipeline
	if r.Revision != "" {
		name += " " + r.Revision
	}
	return fmt.Sprintf("| %s | %d | %s | %s | %s | %d |\n", cell(name), r.Files, cell(verdict), cell(names(r.by(IfUsed))), cell(names(r.by(WithoutEffect))), r.Counts[Supported.String()])
}

// short is an item in few words.
func short(it *Item) string {
	if it.Kind == "problem" {
		return it.Name
	}
	return it.Kind + " `" + it.Name + "`"
}

// names lists items, the first few of them.
func names(list []*Item) string {
	const most = 5
	var parts []string
	for i, it := range list {
		if i == most {
			parts = append(parts, fmt.Sprintf("%d more", len(list)-most))
			break
		}
		if it.Kind == "problem" {
			parts = append(parts, it.Name)
		} else {
			parts = append(parts, "`"+it.Name+"`")
		}
	}
	return strings.Join(parts, ", ")
}
