package reference

import (
	"sluice/internal/plugin"
	"sluice/internal/plugin/nfschema"
)

// plugins are a page for each plugin that is built in, and one for all others.
func plugins() []*Page {
	var pages []*Page
	others := &Page{
		Kind: "table", Name: "plugins without effect", File: "plugins",
		Doc:    "these plugins may be asked for; what a run lacks without them is said in one warning",
		Errors: []string{"an `include` of one of their functions", "a name that resembles a known one"},
	}
	var rows []Row
	for _, p := range plugin.NewRegistry(nfschema.Plugins()...).All() {
		if p.BuiltIn {
			pages = append(pages, pluginPage(p))
			continue
		}
		lost := p.Doc
		if p.Lost != "" {
			lost += ": " + p.Lost
		}
		rows = append(rows, Row{Name: p.Name, Doc: lost})
	}
	others.table("Plugins", rows)
	return append(pages, others)
}

func pluginPage(p *plugin.Plugin) *Page {
	page := &Page{Kind: "plugin", Name: p.Name, Doc: p.Doc, Errors: []string{
		"a function that the plugin does not have",
		"a schema that is missing, is no JSON or breaks the rules of JSON Schema",
		"every violation of a schema, all at once",
	}}
	var rows []Row
	for _, f := range p.Functions {
		name := f.Name
		if f.Factory {
			name = "channel." + name
		}
		page.Forms = append(page.Forms, name+"("+f.Params+")")
		rows = append(rows, Row{Name: name, Doc: f.Doc})
	}
	page.table("Functions", rows)
	return page
}
