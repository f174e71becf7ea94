package reference

import (
	"strings"

	"sluice/internal/directive"
)

func directives() []*Page {
	var pages []*Page
	for _, d := range directive.All() {
		pages = append(pages, directivePage(&d))
	}
	return pages
}

func directivePage(d *directive.Directive) *Page {
	p := &Page{
		Kind: "directive", Name: d.Name, Doc: d.Doc, Forms: directiveForms(d),
		Follows: "reference/process#" + strings.ToLower(d.Name),
	}
	p.Script, p.Output = d.Example()
	p.fact("type", strings.TrimPrefix(strings.TrimPrefix(d.Types.String(), "an "), "a "))
	p.fact("values", backticks(d.Values))
	p.fact("default", quoted(d.Default))
	p.fact("since", d.Since)
	p.fact("deprecated", d.Deprecated)
	p.fact("several in one process", yes(d.Repeatable, "add up"))
	p.fact("without effect", d.Lost)
	p.fact("refused", d.Refused)
	p.fact("closure", yes(d.Static, "refused: the value holds for all tasks of the process"))
	p.fact("change", yes(d.InHash, "makes a task run again with `-resume`"))
	var rows []Row
	for _, o := range d.Options {
		row := Row{Name: o.Name, Type: o.Types.String(), Doc: o.Doc}
		if len(o.Values) > 0 {
			row.Doc = sentence(row.Doc) + " One of " + backticks(o.Values)
		}
		rows = append(rows, row)
	}
	p.table("Options", rows)
	p.Errors = append(p.Errors, "a value of another type")
	if len(d.Values) > 0 {
		p.Errors = append(p.Errors, "a text that is none of the values")
	}
	if len(d.Options) > 0 && !d.Open {
		p.Errors = append(p.Errors, "an option that is not in the table, or of another type")
	}
	if d.Static {
		p.Errors = append(p.Errors, "a closure")
	}
	return p
}

func directiveForms(d *directive.Directive) []string {
	var forms []string
	if d.MaxArgs != 0 {
		forms = append(forms, d.Name+" value")
	}
	if len(d.Options) > 0 || d.Open {
		first := ""
		if d.First != "" && d.MaxArgs != 0 {
			first = d.First + ", "
		}
		forms = append(forms, d.Name+" "+first+"option: value")
	}
	return forms
}

func backticks(words []string) string {
	if len(words) == 0 {
		return ""
	}
	return "`" + strings.Join(words, "`, `") + "`"
}

func yes(is bool, text string) string {
	if is {
		return text
	}
	return ""
}
