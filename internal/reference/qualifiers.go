package reference

import "sluice/internal/directive"

func qualifiers() []*Page {
	var pages []*Page
	for _, q := range directive.Qualifiers() {
		p := &Page{Kind: "qualifier", Name: q.Name, Follows: "reference/process#inputs-and-outputs-legacy"}
		p.Script, p.Output = directive.QualifierExample(q.Name)
		p.use("input", q.Input)
		p.use("output", q.Output)
		pages = append(pages, p)
	}
	return pages
}

// use adds what a qualifier means in one section.
func (p *Page) use(section string, u *directive.Use) {
	if u == nil {
		return
	}
	p.Forms = append(p.Forms, section+":")
	for _, f := range u.Forms {
		p.Forms = append(p.Forms, "    "+f)
	}
	if p.Doc != "" {
		p.Doc += " "
	}
	p.Doc += "As " + section + ": " + sentence(u.Doc)
	p.fact(section+" since", u.Since)
	p.fact(section+" deprecated", u.Deprecated)
	p.fact(section+" of the older grammar", yes(u.Older, "only scripts that the strict grammar does not read may use it"))
	p.table("Arguments of the "+section, parameterRows(u.Args))
	p.table("Options of the "+section, parameterRows(u.Options))
	p.Errors = append(p.Errors, "an "+section+" with an option that is not here: the message names one that resembles it")
}

func parameterRows(list []directive.Parameter) []Row {
	rows := make([]Row, len(list))
	for i, x := range list {
		rows[i] = Row{Name: x.Name, Type: x.Type, Default: x.Default, Since: x.Since, Doc: x.Doc}
		if x.Ignored {
			rows[i].Deprecated = "yes"
		}
	}
	return rows
}
