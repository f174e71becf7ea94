package reference

import (
	"strings"

	"sluice/internal/dataflow/operator"
)

func operators() []*Page {
	var pages []*Page
	for _, d := range operator.Docs() {
		p := operatorPage(d)
		p.Kind, p.Name = "operator", d.Name
		if !undocumented[d.Name] {
			p.Follows = "reference/operator#" + strings.ToLower(d.Name)
		}
		pages = append(pages, p)
	}
	return pages
}

func factories() []*Page {
	var pages []*Page
	for _, d := range operator.FactoryDocs() {
		p := operatorPage(d)
		p.Kind, p.Name, p.File = "channel", "channel."+d.Name, d.Name
		p.Follows = "reference/stdlib-namespaces#" + strings.ToLower(d.Name)
		pages = append(pages, p)
	}
	return pages
}

// undocumented operators exist in the original engine, but not in its reference.
var undocumented = map[string]bool{"getVal": true, "mean": true, "toDouble": true, "toFloat": true, "toInteger": true, "toLong": true}

func operatorPage(d operator.Doc) *Page {
	p := &Page{Doc: d.Doc, Forms: d.Forms, Script: d.Example, Output: d.Output}
	p.fact("gives", d.Gives)
	p.fact("since", d.Since)
	p.fact("deprecated", d.Deprecated)
	p.table("Arguments", argRows(d.Args))
	p.table("Options", argRows(d.Options))
	if d.Refused {
		return p
	}
	if d.QueueOnly {
		p.Errors = append(p.Errors, "a value channel as source")
	}
	p.Errors = append(p.Errors, "an argument too few or too many, or of another type")
	if len(d.Options) > 0 {
		p.Errors = append(p.Errors, "an option that is not in the table, or of another type")
	}
	p.Errors = append(p.Errors, d.Errors...)
	return p
}

func argRows(args []operator.ArgDoc) []Row {
	rows := make([]Row, len(args))
	for i, a := range args {
		rows[i] = Row{Name: a.Name, Type: a.Type, Default: a.Default, Since: a.Since, Doc: a.Doc}
	}
	return rows
}
