package config

import (
	"fmt"
	"strings"
	"sync"

	"sluice/internal/directive"
	"sluice/internal/lang/diag"
	"sluice/internal/lang/value"
)

// An Option is one line of a scope's table. A `*` in its name stands for any name.
type Option struct {
	Name    string // within the scope: "retry.maxDelay"
	Type    string // boolean, integer, number, string, memory, duration, list, map, closure, path; joined by `|`
	Default string
	Doc     string // a leading [25.04] is the release that brought it, [deprecated] says so
	Lost    string // why setting it has no effect; "" if it has
}

// A Scope is a block of the configuration with the options it knows.
type Scope struct {
	Name    string
	Doc     string
	Open    bool // any option may stand here
	Options []Option
	Lost    string // why the whole scope has no effect; "" if it has
}

// scope reads a table: one option a line, `name | type | default | meaning`. A
// meaning that ends in `[lost: …]` says why setting the option has no effect.
func scope(name, doc, table string) func() *Scope {
	return sync.OnceValue(func() *Scope {
		s := &Scope{Name: name, Doc: doc}
		for line := range strings.Lines(table) {
			f := strings.SplitN(strings.TrimSpace(line), "|", 4)
			if len(f) < 2 {
				continue
			}
			for len(f) < 4 {
				f = append(f, "")
			}
			doc, lost, _ := strings.Cut(strings.TrimSuffix(strings.TrimSpace(f[3]), "]"), "[lost: ")
			if lost == "" {
				doc = f[3]
			}
			s.Options = append(s.Options, Option{
				Name: strings.TrimSpace(f[0]), Type: strings.ReplaceAll(strings.TrimSpace(f[1]), "/", "|"),
				Default: strings.TrimSpace(f[2]), Doc: strings.TrimSpace(doc), Lost: lost,
			})
		}
		return s
	})
}

// without is a scope that is read and has no effect.
func without(lost string, s func() *Scope) func() *Scope {
	return sync.OnceValue(func() *Scope {
		c := *s()
		c.Lost = lost
		return &c
	})
}

// Lost says why an option has no effect, "" if it has one; known is false for
// what no table has.
func Lost(path ...string) (lost string, known bool) {
	if path[0] == "executor" && len(path) > 2 && strings.HasPrefix(path[1], "$") {
		path = append([]string{"executor"}, path[2:]...)
	}
	s := FindScope(path[0])
	name := strings.Join(path[1:], ".")
	if s == nil || len(path) == 1 && !s.Open {
		s, name = unscoped(), path[0]
	}
	o := s.Option(name)
	switch {
	case o != nil && o.Lost != "":
		return o.Lost, true
	case o != nil || s.Open:
		return s.Lost, true
	}
	return "", false
}

func openScope(name, doc string) func() *Scope {
	return sync.OnceValue(func() *Scope { return &Scope{Name: name, Doc: doc, Open: true} })
}

// processScope takes its options from the table of directives.
var processScope = sync.OnceValue(func() *Scope {
	s := &Scope{Name: "process", Doc: "Directives for all processes, and selectors for some."}
	for _, d := range directive.All() {
		s.Options = append(s.Options, Option{Name: d.Name, Default: d.Default, Doc: d.Doc})
	}
	return s
})

var scopes = []func() *Scope{
	unscoped, appleContainer, apptainer, aws, azure, charliecloud, conda, dag, docker, env, executor, fusion,
	google, k8s, lineage, mail, manifest, nextflow, notification, params, plugins, podman, processScope, profiles, registry,
	report, sarus, seqera, shifter, singularity, smolvm, spack, timeline, tower, trace, validation, wave, weblog, workflow,
}

var (
	env      = openScope("env", "Variables put into the environment of every task.")
	params   = openScope("params", "Parameters of the pipeline.")
	plugins  = openScope("plugins", "Plugins the pipeline uses.")
	profiles = openScope("profiles", "Named sets of settings, chosen by -profile.")
)

// Scopes are the tables of all scopes in order of name, options outside any
// scope first.
func Scopes() []*Scope {
	all := make([]*Scope, len(scopes))
	for i, s := range scopes {
		all[i] = s()
	}
	return all
}

// FindScope finds a scope by name; the options outside any scope have the name "".
func FindScope(name string) *Scope {
	for _, f := range scopes {
		if s := f(); s.Name == name {
			return s
		}
	}
	return nil
}

// Option finds an option by its dotted name within the scope.
func (s *Scope) Option(name string) *Option {
	for i := range s.Options {
		if matchName(s.Options[i].Name, name) {
			return &s.Options[i]
		}
	}
	return nil
}

func (s *Scope) isPrefix(name string) bool {
	for i := range s.Options {
		parts := strings.Split(s.Options[i].Name, ".")
		n := strings.Count(name, ".") + 1
		if n < len(parts) && matchName(strings.Join(parts[:n], "."), name) {
			return true
		}
	}
	return false
}

func matchName(pattern, name string) bool {
	if pattern == name {
		return true
	}
	if !strings.Contains(pattern, "*") {
		return false
	}
	p, n := strings.Split(pattern, "."), strings.Split(name, ".")
	if len(p) != len(n) {
		return false
	}
	for i := range p {
		if p[i] != "*" && p[i] != n[i] {
			return false
		}
	}
	return true
}

// effective are the scopes whose booleans decide what a run does here: a wrong
// type there is an error, elsewhere a warning.
var effective = map[string]bool{
	"apptainer": true, "charliecloud": true, "conda": true, "docker": true, "fusion": true, "podman": true,
	"sarus": true, "shifter": true, "singularity": true, "spack": true, "trace": true, "wave": true, "workflow": true,
}

// Check warns about options that no table knows. Scopes of plugins and of
// the pipeline's own making pass unless they resemble a known one. Entries
// that are errors: selectors that cannot be read, and booleans of another type
// where they matter.
func (c *Config) Check() diag.List {
	var problems diag.List
	c.Root.Entries(func(k, v value.Value) bool {
		name := value.ToString(k)
		s := FindScope(name)
		_, isMap := v.(*value.Map)
		switch {
		case s == nil:
			c.checkTop(&problems, name, v)
		case !isMap && v != nil && name != "plugins":
			d := problems.Warn(c.Span(name), fmt.Sprintf("`%s` is a scope of options, and a value has no effect there", name))
			d.Help = fmt.Sprintf("set its options, such as `%s.%s`", name, firstOption(s))
		case s.Open:
		case name == "process":
			c.checkProcess(&problems, []string{name}, c.Scope(name))
		default:
			if m, ok := v.(*value.Map); ok {
				c.checkOptions(&problems, s, []string{name}, m)
			}
		}
		return true
	})
	hideSecrets(problems)
	return problems
}

// firstOption is an option to name as an example.
func firstOption(s *Scope) string {
	switch {
	case s.Option("enabled") != nil:
		return "enabled = true"
	case s.Name == "process":
		return "cpus = 2"
	case s.Open || len(s.Options) == 0:
		return "name = 1"
	}
	return s.Options[0].Name + " = …"
}

func (c *Config) checkTop(problems *diag.List, name string, v value.Value) {
	_, isScope := v.(*value.Map)
	if !isScope && unscoped().Option(name) != nil {
		return
	}
	var names []string
	if isScope {
		for _, s := range Scopes() {
			names = append(names, s.Name)
		}
	} else {
		for _, o := range unscoped().Options {
			names = append(names, o.Name)
		}
	}
	near, ok := diag.Near(name, names)
	if !ok || near == "" {
		return
	}
	kind := "option"
	if isScope {
		kind = "scope"
	}
	d := problems.Warn(c.Span(name), fmt.Sprintf("unknown config %s `%s`", kind, name))
	d.Notes = append(d.Notes, fmt.Sprintf("a config %s `%s` exists", kind, near))
}

func (c *Config) checkOptions(problems *diag.List, s *Scope, path []string, m *value.Map) {
	m.Entries(func(k, v value.Value) bool {
		name := value.ToString(k)
		if s.Name == "executor" && len(path) == 1 && strings.HasPrefix(name, "$") {
			if inner, ok := v.(*value.Map); ok {
				c.checkNamed(problems, s, append(path[:1:1], name), inner)
			}
			return true
		}
		at := append(path[:len(path):len(path)], name)
		dotted := strings.Join(at[1:], ".")
		inner, isMap := v.(*value.Map)
		if o := s.Option(dotted); o != nil && !(isMap && o.Type == "list" && s.isPrefix(dotted)) {
			c.checkType(problems, o, at, v)
			return true
		}
		if isMap && s.isPrefix(dotted) {
			c.checkOptions(problems, s, at, inner)
			return true
		}
		c.unknown(problems, s, at, dotted)
		return true
	})
}

// checkNamed checks a block such as executor.$slurm, whose options are those
// of the scope itself.
func (c *Config) checkNamed(problems *diag.List, s *Scope, path []string, m *value.Map) {
	m.Entries(func(k, v value.Value) bool {
		name := value.ToString(k)
		if s.Option(name) == nil && !s.isPrefix(name) {
			c.unknown(problems, s, append(path[:len(path):len(path)], name), name)
		}
		return true
	})
}

func (c *Config) unknown(problems *diag.List, s *Scope, path []string, dotted string) {
	d := problems.Warn(c.Span(path...), fmt.Sprintf("unknown config option `%s`", strings.Join(path, ".")))
	names := make([]string, len(s.Options))
	for i, o := range s.Options {
		names[i] = filled(o.Name, dotted)
	}
	if near, ok := diag.Near(dotted, names); ok {
		d.Notes = append(d.Notes, fmt.Sprintf("an option `%s.%s` exists", s.Name, near))
	}
}

// filled is an option's name with the words of another in place of each `*`.
func filled(name, words string) string {
	parts, w := strings.Split(name, "."), strings.Split(words, ".")
	for i := range parts {
		if parts[i] == "*" && i < len(w) {
			parts[i] = w[i]
		}
	}
	return strings.Join(parts, ".")
}

func (c *Config) checkType(problems *diag.List, o *Option, path []string, v value.Value) {
	if o.Type != "boolean" || v == nil {
		return
	}
	if _, isClosure := v.(value.Callable); isClosure {
		return
	}
	if _, err := directive.Flag(strings.Join(path, "."), v, false); err != nil {
		d := problems.Add(c.Span(path...), err.Error())
		if !effective[path[0]] {
			d.Severity = diag.Warning
		}
	}
}

// firstLine is what is wrong, without the pattern and a pointer below it.
func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}

func (c *Config) checkProcess(problems *diag.List, path []string, m *value.Map) {
	m.Entries(func(k, v value.Value) bool {
		name := value.ToString(k)
		at := append(path[:len(path):len(path)], name)
		if _, pattern, ok := IsSelector(name); ok {
			if err := CheckPattern(pattern); err != nil {
				problems.Add(c.Span(at...), fmt.Sprintf("selector `%s` is no regular expression: %s", name, firstLine(err.Error())))
			}
			if inner, isMap := v.(*value.Map); isMap {
				c.checkProcess(problems, at, inner)
			}
			return true
		}
		d := directive.Lookup(name)
		if d == nil {
			e := directive.Unknown(name)
			w := problems.Warn(c.Span(at...), e.Message)
			if e.Help != "" {
				w.Notes = append(w.Notes, e.Help)
			}
			return true
		}
		if err := directive.Check(d, v); err != nil && !d.Repeatable {
			problems.Warn(c.Span(at...), err.Error())
		}
		return true
	})
}
