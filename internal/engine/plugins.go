package engine

import (
	"fmt"
	"slices"
	"strings"

	"sluice/internal/dataflow/operator"
	"sluice/internal/lang/diag"
	"sluice/internal/lang/value"
	"sluice/internal/plugin"
	"sluice/internal/plugin/boost"
	"sluice/internal/plugin/co2footprint"
	"sluice/internal/plugin/nfschema"
	"sluice/internal/plugin/prov"
)

// plugins is the list of plugins: those built in, and those of the table that
// have no effect.
func plugins() *plugin.Registry {
	return plugin.NewRegistry(append(nfschema.Plugins(), boost.Plugin(), co2footprint.Plugin(), prov.Plugin())...)
}

// Plugins are all plugins that are known.
func Plugins() *plugin.Registry { return plugins() }

// usePlugins looks at the plugins that configuration, options and environment
// ask for.
func (r *run) usePlugins() error {
	r.plugins = plugins()
	asked := r.config.Plugins
	if len(asked) == 0 {
		list, _ := r.o.Getenv("NXF_PLUGINS_DEFAULT")
		if l := strings.ToLower(list); l != "true" && l != "false" {
			asked = strings.Split(list, ",")
		}
	}
	allowed, limited := r.o.Getenv("NXF_PLUGINS_ALLOWED")
	var list diag.List
	for _, text := range asked {
		u := plugin.ParseUse(text)
		if u.Name == "" {
			continue
		}
		u.Where = r.config.Span("plugins", text)
		r.uses = append(r.uses, u)
		if limited && !slices.Contains(strings.Split(strings.ReplaceAll(allowed, " ", ""), ","), u.Name) {
			d := list.Add(u.Where, fmt.Sprintf("the plugin `%s` is not among those that NXF_PLUGINS_ALLOWED names", u.Name))
			d.Notes = append(d.Notes, fmt.Sprintf("NXF_PLUGINS_ALLOWED is `%s`", allowed))
			continue
		}
		if r.plugins.Find(u.Name) == nil {
			if d, near := r.plugins.Unknown(u.Name, u.Where); near {
				list = append(list, d)
			}
		}
	}
	return list.Err()
}

// beginPlugins tells which plugins have no effect, and lets those built in do
// what comes before the script.
func (r *run) beginPlugins() error {
	var without []string
	told := map[string]bool{}
	for _, u := range r.uses {
		p := r.plugins.Find(u.Name)
		switch {
		case told[u.Name]:
		case p == nil:
			without = append(without, u.Name+" (not known here)")
		case !p.BuiltIn && p.Lost != "", len(p.LostBy) > 0 && value.Truth(r.config.Get(p.LostBy...)):
			without = append(without, u.Name+" ("+p.Lost+")")
		}
		told[u.Name] = true
	}
	if len(without) > 0 {
		r.warn("plugins without effect: " + strings.Join(without, "; "))
	}
	for _, u := range r.uses {
		if p := r.plugins.Find(u.Name); p != nil && p.Begin != nil {
			if err := p.Begin(r.pluginEnv(u.Name)); err != nil {
				return err
			}
		}
	}
	return nil
}

// pluginFunction is what an include binds: a function, or for a channel
// factory its name in the namespace `channel`.
func (r *run) pluginFunction(name, function, local string) (value.Value, bool) {
	p := r.plugins.Find(name)
	if p == nil {
		return nil, false
	}
	f := p.Function(function)
	if f == nil {
		return nil, false
	}
	env := r.pluginEnv(name)
	native := &value.Native{Name: function, Fn: func(th *value.Thread, _ value.Value, args []value.Value) (value.Value, error) {
		return f.Call(env, th, args)
	}}
	if f.Factory {
		r.factories[local] = native
	}
	return native, true
}

// pluginEnv is the run as a plugin sees it.
func (r *run) pluginEnv(name string) *plugin.Env {
	env := &plugin.Env{
		Thread: r.thread, Params: r.params, Workflow: r.meta, ProjectDir: r.projectDir, Colors: r.ansi,
		Option: r.config.Get,
		File:   r.fileFunction("file"), Files: r.fileFunction("files"),
		Reads:     func(scheme string) bool { _, err := r.table.Storage(scheme); return err == nil },
		Construct: r.construct, Static: r.static,
		FromList: func(elems []value.Value) value.Value { return operator.FromList(r.operators(), "channel."+name, elems) },
	}
	for _, u := range r.uses {
		if u.Name == name {
			env.Version = u.Version
		}
	}
	return env
}

// fileFunction is a global function of scripts that takes a pattern.
func (r *run) fileFunction(name string) func(*value.Thread, string) (value.Value, error) {
	return func(th *value.Thread, pattern string) (value.Value, error) {
		for _, m := range r.table.Globals() {
			if m.Name == name {
				return m.Fn(th, nil, []value.Value{value.String(pattern)})
			}
		}
		return nil, fmt.Errorf("internal error: there is no function `%s`", name)
	}
}

// construct makes an object of a class that scripts know.
func (r *run) construct(class string, args ...value.Value) (value.Value, error) {
	c, ok := r.table.Class(class)
	if !ok {
		return nil, fmt.Errorf("internal error: there is no class `%s`", class)
	}
	return r.table.Construct(r.thread, c, args)
}

// static calls a function of such a class.
func (r *run) static(class, name string, args ...value.Value) (value.Value, error) {
	c, ok := r.table.Class(class)
	if !ok {
		return nil, fmt.Errorf("internal error: there is no class `%s`", class)
	}
	m := r.table.Static(c, name)
	if m == nil {
		return nil, fmt.Errorf("internal error: the class `%s` has no function `%s`", class, name)
	}
	return m.Fn(r.thread, nil, args)
}
