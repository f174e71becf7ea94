package config

import (
	"sort"
	"strings"

	"sluice/internal/lang/value"
)

// Override lays what the command line set (-process.x, -executor.x, -e.x)
// over the scopes of that name. Nil maps change nothing.
func (c *Config) Override(process, executor, env *value.Map) {
	for _, o := range []struct {
		scope string
		over  *value.Map
	}{{"process", process}, {"executor", executor}, {"env", env}} {
		if o.over != nil && o.over.Len() > 0 {
			MergeTree(c.Root, value.MapOf(o.scope, CopyTree(o.over)))
			c.giveAll(o.over, []string{o.scope})
		}
	}
}

func (c *Config) giveAll(m *value.Map, path []string) {
	m.Entries(func(k, v value.Value) bool {
		at := append(path[:len(path):len(path)], value.ToString(k))
		if inner, ok := v.(*value.Map); ok {
			c.giveAll(inner, at)
			return true
		}
		option := "-" + dotted(at)
		if at[0] == "env" {
			option = "-e." + dotted(at[1:])
		}
		c.give(option, at...)
		return true
	})
}

// With applies the options -with-x and -without-x: name to value, "-" where
// none was given. A file named in the configuration stays unless the option
// names another.
func (c *Config) With(with map[string]string, without []string) {
	names := make([]string, 0, len(with))
	for name := range with {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		c.with(name, with[name])
	}
	for _, name := range without {
		c.Set(value.Bool(false), name, "enabled")
		c.give("-without-"+name, name, "enabled")
	}
}

func (c *Config) with(name, v string) {
	detail := "" // the option that takes the value
	switch name {
	case "bucket-dir":
		c.Set(value.String(v), "bucketDir")
		c.give("-bucket-dir", "bucketDir")
		return
	case "lib":
		c.Set(value.String(v), "libDir")
		return
	case "plugins":
		c.Plugins = append(c.Plugins, strings.Split(v, ",")...)
		return
	case "trace", "report", "timeline", "dag":
		detail = "file"
	case "weblog":
		detail = "url"
	case "tower":
		detail = "endpoint"
	case "notification":
		detail = "to"
	case "cloudcache":
		c.Set(value.Bool(true), name, "enabled")
		c.give("-with-cloudcache", name, "enabled")
		return
	case "conda", "spack":
		if v != "-" {
			c.Set(value.String(v), "process", name)
			c.give("-with-"+name, "process", name)
		}
	default:
		if v != "-" {
			c.Set(value.String(v), "process", "container")
			c.give("-with-"+name, "process", "container")
		}
	}
	c.Set(value.Bool(true), name, "enabled")
	c.give("-with-"+name, name, "enabled")
	if detail != "" && v != "-" {
		c.Set(value.String(v), name, detail)
	}
}
