package reference

import (
	"cmp"
	"slices"
	"strings"

	"sluice/internal/lang/diag"
)

// A kind is a group of pages with a directory of its own.
type kind struct{ dir, one, many string }

// kinds are in the order of the index.
var kinds = []kind{
	{"operator", "Operator.", "Operators"},
	{"channel", "Channel factory.", "Channel factories"},
	{"directive", "Process directive.", "Process directives"},
	{"qualifier", "Qualifier of process inputs and outputs.", "Qualifiers of process inputs and outputs"},
	{"function", "Function.", "Functions"},
	{"namespace", "Namespace.", "Namespaces"},
	{"type", "Type.", "Types"},
	{"plugin", "Plugin.", "Plugins"},
	{"config", "Configuration scope.", "Configuration scopes"},
	{"command", "Command.", "Commands"},
	{"table", "Table.", "Tables"},
}

func kindOf(dir string) kind {
	for _, k := range kinds {
		if k.dir == dir {
			return k
		}
	}
	panic("internal error: pages of kind " + dir)
}

// Pages are all pages in the order of the index.
func Pages(commands []Command) []*Page {
	all := slices.Concat(
		operators(), factories(), directives(), qualifiers(), functions(), namespaces(), types(), plugins(), scopes(), commandPages(commands), tables(),
	)
	order := func(p *Page) int { return slices.Index(kinds, kindOf(p.Kind)) }
	slices.SortStableFunc(all, func(a, b *Page) int {
		return cmp.Or(cmp.Compare(order(a), order(b)), cmp.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)))
	})
	return all
}

// Find finds the pages about a name: an operator, a directive, a type, and
// `docker.enabled`, which is an option of a scope.
func Find(pages []*Page, name string) []*Page {
	var found []*Page
	for _, p := range pages {
		switch {
		case p.Name == name, p.Name == "channel."+name, p.File == name:
			found = append(found, p)
		case p.Kind == "config":
			if one := p.only(name); one != nil {
				found = append(found, one)
			}
		}
	}
	return found
}

// only is the page of a scope with one option; nil if it has no such option.
func (p *Page) only(name string) *Page {
	for _, o := range p.Options {
		if o.Name == name {
			return &Page{Kind: p.Kind, Name: name, Doc: o.Doc, Facts: o.facts(), Follows: p.Follows}
		}
	}
	return nil
}

// Near finds a name that resembles one that does not exist.
func Near(pages []*Page, name string) (string, bool) {
	var names []string
	for _, p := range pages {
		names = append(names, strings.TrimPrefix(p.Name, "channel."))
		for _, o := range p.Options {
			names = append(names, o.Name)
		}
	}
	return diag.Near(name, names)
}
