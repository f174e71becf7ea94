package compat

import (
	"fmt"
	"slices"
	"strings"

	"sluice/internal/config"
	"sluice/internal/directive"
	"sluice/internal/lang/source"
	"sluice/internal/lang/syntax"
	"sluice/internal/lang/value"
)

// config counts the options that are set: those that are in effect, and those
// of all profiles.
func (c *collector) config() {
	s := c.src
	for _, name := range s.Remote {
		c.notes = append(c.notes, "the configuration "+name+" was not read")
	}
	if s.Config == nil {
		return
	}
	w := &options{c: c, cfg: s.Config, chosen: true}
	w.scope(nil, s.Config.Root, nil)
	c.profiles()
	for _, d := range s.Unlisted {
		c.notes = append(c.notes, "profiles were not read: "+d.Message)
	}
}

// profiles looks into the profiles that were not chosen.
func (c *collector) profiles() {
	all := c.src.All
	if all == nil {
		return
	}
	all.Scope("profiles").Entries(func(k, v value.Value) bool {
		name := value.ToString(k)
		m, ok := v.(*value.Map)
		if !ok || slices.Contains(c.src.Config.Profiles, name) {
			return true
		}
		c.add("profile", name, all.Span("profiles", name), fine)
		w := &options{c: c, cfg: all, profile: name}
		w.scope([]string{"profiles", name}, m, nil)
		return true
	})
}

// options walks one configuration.
type options struct {
	c       *collector
	cfg     *config.Config
	chosen  bool   // it is in effect
	profile string // otherwise the profile that it is of
}

// scope visits the entries of a scope; path is where the values are found, rel
// what they are called.
func (w *options) scope(prefix []string, m *value.Map, rel []string) {
	m.Entries(func(k, v value.Value) bool {
		name := append(rel[:len(rel):len(rel)], value.ToString(k))
		path := append(prefix[:len(prefix):len(prefix)], name...)
		switch name[0] {
		case "profiles", "manifest", "plugins":
			return true
		case "params", "env":
			w.values(path, v)
			return true
		}
		at := w.cfg.Span(path...)
		if len(rel) == 0 && w.ownScope(name[0]) {
			name = []string{w.profile, name[0]}
		}
		if inner, ok := v.(*value.Map); ok && w.isScope(name) {
			w.scope(prefix, inner, name)
			return true
		}
		w.option(name, v, at)
		return true
	})
}

// ownScope says whether an option stands where the original shows it: in a
// profile that has the name of a scope, `docker { docker.enabled = true }`
// makes an option `enabled`.
func (w *options) ownScope(option string) bool {
	s := config.FindScope(w.profile)
	_, known := config.Lost(option)
	return w.profile != "" && s != nil && s.Option(option) != nil && config.FindScope(option) == nil && !known
}

// isScope says whether a map is a block of options rather than a value.
func (w *options) isScope(name []string) bool {
	if name[0] == "process" {
		if len(name) == 1 {
			return true
		}
		_, _, selector := config.IsSelector(name[len(name)-1])
		return selector
	}
	s := config.FindScope(name[0])
	return s == nil || s.Option(strings.Join(name[1:], ".")) == nil
}

// values looks for addresses among parameters.
func (w *options) values(path []string, v value.Value) {
	switch x := v.(type) {
	case *value.Map:
		x.Entries(func(k, e value.Value) bool {
			w.values(append(path[:len(path):len(path)], value.ToString(k)), e)
			return true
		})
	case *value.List:
		for _, e := range x.Elems {
			w.values(path, e)
		}
	default:
		if text, ok := value.Str(v); ok && remote().MatchString(text) {
			w.only(w.c.address(text, w.cfg.Span(path...)))
		}
	}
}

// only notes that a profile alone has the thing.
func (w *options) only(it *Item) {
	if it != nil && !w.chosen && (len(it.Profiles) > 0 || it.Count == 1) && !slices.Contains(it.Profiles, w.profile) {
		it.Profiles = append(it.Profiles, w.profile)
	}
}

// refused is the status of what ends a run: of a profile that was not chosen
// it does so if the profile is.
func (w *options) refused() Status {
	if w.chosen {
		return Refused
	}
	return IfUsed
}

func (w *options) option(name []string, v value.Value, at source.Span) {
	if name[0] == "process" {
		w.directive(name, v, at)
		return
	}
	dotted := strings.Join(name, ".")
	w.only(w.c.add("option", pattern(name), at, w.verdict(name, v)))
	switch {
	case !value.Truth(v):
	case dotted == "executor.name" || dotted == "executor" && len(name) == 1:
		w.only(w.c.executor(value.ToString(v), at, w.refused()))
	case name[len(name)-1] == "enabled" && slices.Contains(config.ContainerEngines, name[0]):
		w.only(w.c.add("container engine", name[0], at, w.switched(name[0])))
	}
}

// pattern is the option as the table has it.
func pattern(name []string) string {
	if len(name) > 1 && name[0] == "executor" && strings.HasPrefix(name[1], "$") {
		name = append([]string{"executor"}, name[2:]...)
	}
	if s := config.FindScope(name[0]); s != nil {
		if o := s.Option(strings.Join(name[1:], ".")); o != nil {
			return name[0] + "." + o.Name
		}
	}
	return strings.Join(name, ".")
}

func (w *options) verdict(name []string, v value.Value) verdict {
	if name[len(name)-1] == "enabled" && len(name) == 2 && value.Truth(v) {
		if bad := w.switched(name[0]); bad.status != Supported {
			return bad
		}
	}
	lost, known := config.Lost(name...)
	p := w.c.src.Plugins.Find("nf-" + name[0]) // whose scope has its name
	switch {
	case !known && p != nil && p.BuiltIn:
		return fine
	case !known && p != nil:
		return verdict{status: WithoutEffect, why: p.Lost}
	case !known:
		return verdict{status: WithoutEffect, why: "no such option is known; scripts can read it"}
	case lost != "":
		return verdict{status: WithoutEffect, why: lost}
	}
	return fine
}

// switched is what becomes of `scope.enabled = true`.
func (w *options) switched(scope string) verdict {
	for _, s := range w.c.src.Switched {
		if s.Scope == scope {
			return verdict{w.refused(), s.What, s.Way}
		}
	}
	return fine
}

func (w *options) directive(name []string, v value.Value, at source.Span) {
	last := name[len(name)-1]
	d := directive.Lookup(last)
	if d == nil {
		w.only(w.c.add("option", "process."+last, at, verdict{status: WithoutEffect, why: "no such directive is known; scripts can read it as `task." + last + "`"}))
		return
	}
	w.only(w.c.add("directive", last, at, directiveVerdict(d)))
	if text, ok := value.Str(v); ok && last == "executor" && text != "" {
		s := w.refused()
		if len(name) > 2 { // of some processes
			s = IfUsed
		}
		w.only(w.c.executor(text, at, s))
	}
}

// plugins are those that the configuration asks for.
func (c *collector) plugins() {
	for _, u := range c.src.Uses {
		name := u.Name
		if u.Version != "" {
			name += "@" + string(u.Version)
		}
		p := c.src.Plugins.Find(u.Name)
		v := fine
		switch {
		case p == nil:
			v = verdict{status: WithoutEffect, why: "the plugin is not known here; what it offers is not there"}
		case !p.BuiltIn && p.Lost != "":
			v = verdict{status: WithoutEffect, why: p.Lost}
		}
		c.add("plugin", name, u.Where, v)
	}
}

// pluginItems are what a script includes from a plugin; what is not there is
// among the problems.
func (c *collector) pluginItems(name string, d *syntax.Include) {
	p := c.src.Plugins.Find(name)
	for _, item := range d.Items {
		if p != nil && p.Function(item.Name) != nil {
			c.add("plugin function", name+": "+item.Name, item.Span(), fine)
		}
	}
}

func (c *collector) schema() {
	s := c.src.Schema
	switch {
	case s.Err != nil:
		c.notes = append(c.notes, "nextflow_schema.json: "+s.Err.Error())
	case s.Draft != "":
		it := c.add("parameters", fmt.Sprintf("nextflow_schema.json (%s)", s.Draft), source.Span{}, fine)
		it.Count = s.Params
	}
}
