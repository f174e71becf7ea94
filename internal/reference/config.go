package reference

import (
	"strings"

	"sluice/internal/config"
)

func scopes() []*Page {
	var pages []*Page
	for _, s := range config.Scopes() {
		pages = append(pages, scopePage(s))
	}
	return pages
}

// unscoped is the name of the page of options outside any scope.
const unscoped = "unscoped"

func scopePage(s *config.Scope) *Page {
	p := &Page{Kind: "config", Name: s.Name, Doc: s.Doc, Follows: "reference/config#" + strings.ToLower(s.Name)}
	prefix := s.Name + "."
	if s.Name == "" {
		p.Name, prefix, p.Follows = unscoped, "", "reference/config#unscoped-options"
	}
	if s.Open {
		p.fact("options", "any name")
	}
	p.fact("without effect", s.Lost)
	for _, o := range s.Options {
		since, deprecated, doc := marks(o.Doc)
		if o.Lost != "" {
			doc = sentence(doc) + " Without effect: " + o.Lost
		}
		p.Options = append(p.Options, Row{
			Name: prefix + o.Name, Type: strings.ReplaceAll(o.Type, "|", " or "), Default: o.Default,
			Since: since, Deprecated: deprecated, Doc: doc,
		})
	}
	if !s.Open {
		p.Errors = []string{"a warning names an option that is not here, and one that resembles it"}
	}
	return p
}
