package compat

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// headings of the parts of a report, by status.
var headings = []string{
	"Refused: the run ends before its first task",
	"Refused if used: a run ends when it comes to it",
	"Accepted without effect",
	"Supported",
}

// verdict is the first line.
func (r *Report) verdict() string {
	if r.Runs {
		return "runs here: nothing is refused"
	}
	return "does not run here: " + count(r.Counts[Refused.String()], "thing is", "things are") + " refused"
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func (r *Report) title() string {
	t := r.Pipeline
	if r.Revision != "" {
		t += " " + r.Revision
	}
	if r.Profile != "" {
		t += " with -profile " + r.Profile
	}
	return t
}

// Text writes the report for a terminal: what matters first.
func (r *Report) Text(w io.Writer) error {
	p := &printer{w: w}
	p.line("%s: %s", r.title(), r.verdict())
	p.line("  %s read; %d refused, %d refused if used, %d without effect, %d supported", count(r.Files, "file", "files"),
		r.Counts[Refused.String()], r.Counts[IfUsed.String()], r.Counts[WithoutEffect.String()], r.Counts[Supported.String()])
	for _, n := range r.Notes {
		p.line("  note: %s", n)
	}
	for s := Refused; s < Supported; s++ {
		list := r.by(s)
		if len(list) == 0 {
			continue
		}
		p.line("\n%s", headings[s])
		for _, it := range list {
			p.item(it)
		}
	}
	p.line("\n%s", headings[Supported])
	for _, kind := range kinds {
		if text := r.listed(kind, Supported); text != "" {
			p.wrapped("  "+kind+": ", text)
		}
	}
	return p.err
}

// A printer keeps the first error.
type printer struct {
	w   io.Writer
	err error
}

func (p *printer) line(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format+"\n", args...)
	}
}

func (p *printer) item(it *Item) {
	name := it.Kind + " " + it.Name
	if it.Kind == "problem" {
		name = it.Name
	}
	p.line("  %s%s", name, times(it))
	for _, more := range []string{it.Why, profiles(it), it.Way, places(it, 3)} {
		if more != "" {
			p.line("      %s", more)
		}
	}
}

func times(it *Item) string {
	if it.Count == 1 {
		return ""
	}
	return fmt.Sprintf(" (%d times)", it.Count)
}

func profiles(it *Item) string {
	if len(it.Profiles) == 0 {
		return ""
	}
	const most = 6
	names, more := it.Profiles, ""
	if len(names) > most {
		names, more = names[:most], fmt.Sprintf(" and %d more", len(it.Profiles)-most)
	}
	return "only with -profile " + strings.Join(names, ", ") + more
}

func places(it *Item, most int) string {
	if len(it.Places) == 0 {
		return ""
	}
	list, more := it.Places, ""
	if len(list) > most {
		list, more = list[:most], ", …"
	}
	return "at " + strings.Join(list, ", ") + more
}

// listed is the items of a kind and status in one line.
func (r *Report) listed(kind string, s Status) string {
	var parts []string
	for _, it := range r.Items {
		if it.Kind == kind && it.Status == s {
			parts = append(parts, fmt.Sprintf("%s %d", it.Name, it.Count))
		}
	}
	return strings.Join(parts, ", ")
}

// wrapped breaks a list at 100 characters.
func (p *printer) wrapped(head, text string) {
	const width = 100
	line := head
	for i, part := range strings.Split(text, ", ") {
		if i > 0 {
			line += ","
			if len(line)+len(part) > width {
				p.line("%s", line)
				line = "     "
			}
			line += " "
		}
		line += part
	}
	p.line("%s", line)
}

// JSON writes the report for programs.
func (r *Report) JSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(r); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	return nil
}
