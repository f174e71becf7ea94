package config

import (
	"sluice/internal/directive"
	"sluice/internal/lang/diag"
	"sluice/internal/lang/value"
)

// A reader converts the options of one scope and collects what is wrong.
type reader struct {
	c        *Config
	scope    string
	problems diag.List
}

func (c *Config) reader(scope string) *reader { return &reader{c: c, scope: scope} }

// get falls back on the table's default, as text; conversions understand it.
func (r *reader) get(path ...string) value.Value {
	return r.c.Get(append([]string{r.scope}, path...)...)
}

func (r *reader) fail(err error, path []string) {
	if err == nil {
		return
	}
	full := append([]string{r.scope}, path...)
	r.problems.Add(r.c.Span(full...), "config option `"+dotted(full)+"`: "+err.Error())
}

func dotted(path []string) string {
	text := ""
	for i, p := range path {
		if i > 0 {
			text += "."
		}
		text += p
	}
	return text
}

func (r *reader) flag(def bool, path ...string) bool {
	b, err := directive.Flag(dotted(append([]string{r.scope}, path...)), r.get(path...), def)
	r.fail(err, path)
	return b
}

func (r *reader) text(def string, path ...string) string {
	v := r.get(path...)
	if v == nil {
		return def
	}
	if _, isClosure := v.(value.Callable); isClosure {
		return def
	}
	return value.ToString(v)
}

func (r *reader) number(def int, path ...string) int {
	n, err := directive.Int("cpus", r.get(path...), def)
	r.fail(err, path)
	return n
}

func (r *reader) memory(path ...string) value.Memory {
	m, err := directive.Size("memory", r.get(path...))
	r.fail(err, path)
	return m
}

func (r *reader) duration(def value.Duration, path ...string) value.Duration {
	v := r.get(path...)
	if v == nil {
		return def
	}
	d, err := directive.Time("time", v)
	r.fail(err, path)
	return d
}

func (r *reader) words(path ...string) []string { return directive.Words(r.get(path...)) }
