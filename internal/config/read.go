package config

import (
	"fmt"

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

// wrong says that an option has a value of another kind.
func (r *reader) wrong(v value.Value, takes string, path []string) {
	full := append([]string{r.scope}, path...)
	r.problems.Add(r.c.Span(full...), fmt.Sprintf("config option `%s` cannot be `%s` (%s), it takes %s", dotted(full), value.ToString(v), v.Class().Simple(), takes))
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
	v := r.get(path...)
	n, err := directive.Int("cpus", v, def)
	if err != nil {
		r.wrong(v, "an integer", path)
	}
	return n
}

func (r *reader) memory(path ...string) value.Memory {
	v := r.get(path...)
	m, err := directive.Size("memory", v)
	if err != nil {
		r.wrong(v, "a memory size such as `8.GB`", path)
	}
	return m
}

func (r *reader) duration(def value.Duration, path ...string) value.Duration {
	v := r.get(path...)
	if v == nil {
		return def
	}
	d, err := directive.Time("time", v)
	if err != nil {
		r.wrong(v, "a duration such as `2.h`", path)
	}
	return d
}

func (r *reader) words(path ...string) []string { return directive.Words(r.get(path...)) }
