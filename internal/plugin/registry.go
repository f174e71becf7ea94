package plugin

import (
	"fmt"
	"slices"
	"strings"

	"sluice/internal/lang/diag"
	"sluice/internal/lang/source"
	"sluice/internal/lang/syntax"
)

// A Registry is all plugins that are known.
type Registry struct{ plugins []*Plugin }

// NewRegistry knows the plugins built in and those accepted without effect.
func NewRegistry(builtIn ...*Plugin) *Registry {
	r := &Registry{plugins: slices.Concat(builtIn, elsewhere, withoutEffect)}
	slices.SortFunc(r.plugins, func(a, b *Plugin) int { return strings.Compare(a.Name, b.Name) })
	return r
}

// All are the plugins in order of name.
func (r *Registry) All() []*Plugin { return r.plugins }

// Find finds a plugin by name, nil if it is not known.
func (r *Registry) Find(name string) *Plugin {
	for _, p := range r.plugins {
		if p.Name == name {
			return p
		}
	}
	return nil
}

// Unknown describes the use of a plugin that is not known; ok is false when
// no known name resembles it.
func (r *Registry) Unknown(name string, at source.Span) (d *diag.Diagnostic, ok bool) {
	d = &diag.Diagnostic{Span: at, Message: fmt.Sprintf("the plugin `%s` is not known here", name)}
	bare := strings.TrimPrefix(name, "nf-")
	for _, p := range r.plugins { // the prefix all have makes no two alike
		if near, alike := diag.Near(bare, []string{strings.TrimPrefix(p.Name, "nf-")}); alike && len(near) > 3 && len(bare) > 3 {
			d.Help = fmt.Sprintf("a plugin `%s` exists", p.Name)
			return d, true
		}
	}
	return d, false
}

// Include checks `include { f } from 'plugin/name'`.
func (r *Registry) Include(inc *syntax.Include, name string) diag.List {
	var list diag.List
	p := r.Find(name)
	if p == nil {
		d, near := r.Unknown(name, inc.From.Span())
		if !near {
			d.Notes = append(d.Notes, "plugins are written for the Java virtual machine; built in are "+r.builtIn())
			d.Help = "remove the include, or replace what it offers by a function of your own"
		}
		return append(list, d)
	}
	for _, item := range inc.Items {
		if p.Function(item.Name) != nil {
			continue
		}
		list = append(list, p.missing(item))
	}
	return list
}

// builtIn lists the plugins whose functions are here.
func (r *Registry) builtIn() string {
	var names []string
	for _, p := range r.plugins {
		if p.BuiltIn && len(p.Functions) > 0 {
			names = append(names, "`"+p.Name+"`")
		}
	}
	return strings.Join(names, ", ")
}

// missing describes a name that a plugin does not offer.
func (p *Plugin) missing(item *syntax.IncludeItem) *diag.Diagnostic {
	d := &diag.Diagnostic{Span: item.Span()}
	if instead, known := p.Elsewhere[item.Name]; known {
		d.Message = fmt.Sprintf("`%s` of the plugin `%s` is not available", item.Name, p.Name)
		d.Help = instead
		return d
	}
	if !p.BuiltIn {
		d.Message = fmt.Sprintf("`%s` of the plugin `%s` is not available: the plugin is not built in", item.Name, p.Name)
		d.Help = "remove the include, or replace it by a function of your own"
		return d
	}
	d.Message = fmt.Sprintf("the plugin `%s` has no function `%s`", p.Name, item.Name)
	var names []string
	for _, f := range p.Functions {
		names = append(names, f.Name)
	}
	if len(names) == 0 {
		d.Notes = append(d.Notes, "it has none: what it does is asked for in the configuration")
	} else if near, ok := diag.Near(item.Name, names); ok {
		d.Help = fmt.Sprintf("it has `%s`", near)
	} else {
		d.Notes = append(d.Notes, "it has `"+strings.Join(names, "`, `")+"`")
	}
	return d
}
