package config

import (
	"strings"

	"sluice/internal/lang/source"
	"sluice/internal/lang/value"
)

// A Config is a resolved configuration. Selectors stand in the process scope
// under keys such as `withName:FOO`, at the place where they came first.
type Config struct {
	Root     *value.Map
	Files    []string // files read, in order, includes after the file that includes them
	Profiles []string // profiles applied, in order
	Known    []string // profiles that exist
	Plugins  []string // as written: "nf-schema@2.1.0"
	Spans    map[string]source.Span
	Written  *value.Map        // Root as the files wrote it: text with `${}` is a GString; for printing
	Values   map[string]bool   // by Key: maps that were given as values, `x = [a:1]`, not as blocks
	Older    bool              // the files are in the older grammar
	given    map[string]string // options of the command line, by Key of what they set
}

// New is a configuration of a tree; a nil root is empty.
func New(root *value.Map) *Config {
	if root == nil {
		root = value.NewMap(0)
	}
	return &Config{Root: root, Spans: map[string]source.Span{}, Written: root, Values: map[string]bool{}}
}

// Key is the key of a path in Spans.
func Key(path ...string) string { return strings.Join(path, "\x00") }

// Span is where the option was last set; for a scope that has no place of its
// own the first option in it, otherwise the nearest enclosing scope.
func (c *Config) Span(path ...string) source.Span {
	if c.Given(path...) != "" {
		return source.Span{}
	}
	if s, ok := c.Spans[Key(path...)]; ok {
		return s
	}
	var first source.Span
	for key, s := range c.Spans {
		if strings.HasPrefix(key, Key(path...)+"\x00") && (first.IsZero() || before(s, first)) {
			first = s
		}
	}
	if !first.IsZero() {
		return first
	}
	for n := len(path); n > 0; n-- {
		if s, ok := c.Spans[Key(path[:n]...)]; ok {
			return s
		}
	}
	return source.Span{}
}

func before(a, b source.Span) bool {
	if a.File != b.File && a.File != nil && b.File != nil {
		return a.File.Name < b.File.Name
	}
	return a.Start < b.Start
}

// Given is the option of the command line that set the value at a path, ""
// when a file did.
func (c *Config) Given(path ...string) string { return c.given[Key(path...)] }

func (c *Config) give(option string, path ...string) {
	if c.given == nil {
		c.given = map[string]string{}
	}
	c.given[Key(path...)] = option
}

// Lookup finds the value at a path; ok tells a null from an absent option.
func (c *Config) Lookup(path ...string) (v value.Value, ok bool) {
	v, ok = c.Root, true
	for _, name := range path {
		m, isMap := v.(*value.Map)
		if !isMap {
			return nil, false
		}
		if v, ok = m.Get(value.String(name)); !ok {
			return nil, false
		}
	}
	return v, ok
}

// Get is the value at a path, nil if absent.
func (c *Config) Get(path ...string) value.Value {
	v, _ := c.Lookup(path...)
	return v
}

// Scope is the map at a path; an absent one is empty.
func (c *Config) Scope(path ...string) *value.Map {
	if m, ok := c.Get(path...).(*value.Map); ok {
		return m
	}
	return value.NewMap(0)
}

// Set stores v at a path and makes the scopes on the way.
func (c *Config) Set(v value.Value, path ...string) {
	m := c.Root
	for _, name := range path[:len(path)-1] {
		next, ok := m.GetString(name).(*value.Map)
		if !ok {
			next = value.NewMap(1)
			m.Set(value.String(name), next)
		}
		m = next
	}
	m.Set(value.String(path[len(path)-1]), v)
}

// Params are the parameters that configuration files gave.
func (c *Config) Params() *value.Map { return c.Scope("params") }

// An EnvVar is a name and a value of the scope env.
type EnvVar struct{ Name, Value string }

// Env is the scope env in order. A null value leaves the variable out.
func (c *Config) Env() []EnvVar {
	var vars []EnvVar
	c.Scope("env").Entries(func(k, v value.Value) bool {
		if v != nil {
			vars = append(vars, EnvVar{Name: value.ToString(k), Value: value.ToString(v)})
		}
		return true
	})
	return vars
}

// MergeTree lays over onto under, in place: scopes that are maps on both
// sides merge, everything else is replaced.
func MergeTree(under, over *value.Map) {
	over.Entries(func(k, v value.Value) bool {
		deep, isMap := v.(*value.Map)
		old, has := under.Get(k)
		if oldMap, bothMaps := old.(*value.Map); has && isMap && bothMaps {
			MergeTree(oldMap, deep)
			return true
		}
		if isMap {
			v = CopyTree(deep)
		}
		under.Set(k, v)
		return true
	})
}

// CopyTree copies a map and the maps in it.
func CopyTree(m *value.Map) *value.Map {
	c := value.NewMap(m.Len())
	m.Entries(func(k, v value.Value) bool {
		if inner, ok := v.(*value.Map); ok {
			v = CopyTree(inner)
		}
		c.Set(k, v)
		return true
	})
	return c
}

// PlainTree is a copy of a tree with text in place of GStrings, those with
// parts to be computed later excepted.
func PlainTree(m *value.Map) *value.Map {
	c := value.NewMap(m.Len())
	m.Entries(func(k, v value.Value) bool {
		switch x := v.(type) {
		case *value.Map:
			v = PlainTree(x)
		case *value.GString:
			if len(x.Lazy) == 0 {
				v = value.String(value.ToString(x))
			}
		}
		c.Set(k, v)
		return true
	})
	return c
}
