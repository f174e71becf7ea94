package operator

import (
	"slices"
	"strings"

	"sluice/internal/lang/value"
)

// An option is one named argument of an operator.
type option struct {
	name  string
	is    string // what it takes, for messages
	ok    func(value.Value) bool
	def   string // default as a script writes it, "" when there is none
	doc   string
	since string
}

// from says which release brought an option.
func (o option) from(release string) option { o.since = release; return o }

func isBool(v value.Value) bool { _, ok := v.(value.Bool); return ok }

func isInt(v value.Value) bool {
	_, ok := value.AsInt64(v)
	return ok && value.IsNumber(v)
}

func isText(v value.Value) bool { _, ok := value.Str(v); return ok }

// isOrder: the words that `sort` takes.
func isOrder(v value.Value) bool {
	s, ok := value.Str(v)
	return ok && containsText([]string{"true", "false", "natural", "none", "index", "hash", "deep"}, s)
}

func isClosure(v value.Value) bool { _, ok := v.(value.Callable); return ok }

func isPath(v value.Value) bool { _, ok := v.(*value.Path); return ok }

func isMap(v value.Value) bool { _, ok := v.(*value.Map); return ok }

func isIndices(v value.Value) bool {
	if isInt(v) {
		return true
	}
	elems, ok := value.Elements(v)
	if !ok || isMap(v) || len(elems) == 0 {
		return false
	}
	for _, e := range elems {
		if !isInt(e) {
			return false
		}
	}
	return true
}

func either(tests ...func(value.Value) bool) func(value.Value) bool {
	return func(v value.Value) bool {
		for _, t := range tests {
			if t(v) {
				return true
			}
		}
		return false
	}
}

func boolOption(name, def, doc string) option {
	return option{name: name, is: "true or false", ok: isBool, def: def, doc: doc}
}

func intOption(name, def, doc string) option {
	return option{name: name, is: "an integer", ok: isInt, def: def, doc: doc}
}

func textOption(name, def, doc string) option {
	return option{name: name, is: "a string", ok: isText, def: def, doc: doc}
}

func closureOption(name, doc string) option {
	return option{name: name, is: "a closure", ok: isClosure, doc: doc}
}

// recordByOption is that of join, which joins records by the name of a field.
func recordByOption(def, doc string) option {
	return option{name: "by", is: "an index or a list of indices, counted from 0, or the name of a field of records", ok: either(isIndices, isText), def: def, doc: doc}
}

func byOption(def, doc string) option {
	return option{name: "by", is: "an index or a list of indices, counted from 0", ok: isIndices, def: def, doc: doc}
}

func sortOption(def string) option {
	return option{
		name: "sort", is: "true, false, 'hash', 'deep', 'natural' or a closure", ok: either(isBool, isClosure, isOrder), def: def,
		doc: "order in the lists: false as items came, true or 'natural' by value, 'hash' by hash of the value, 'deep' by hash of what files hold, a closure with one parameter by what it gives, with two as it compares",
	}
}

// checkOptions refuses unknown options and values of the wrong type.
func (c *call) checkOptions() error {
	if c.opts == nil || c.op.field && len(c.args) == 0 && !c.opts.Has(value.String("by")) {
		return nil
	}
	var err error
	c.opts.Entries(func(k, v value.Value) bool {
		err = c.checkOption(value.ToString(k), v)
		return err == nil
	})
	return err
}

func (c *call) checkOption(name string, v value.Value) error {
	var names []string
	for _, o := range c.op.opts {
		if o.name == name {
			if v == nil || o.ok(v) {
				return nil
			}
			return c.fail("takes %s as `%s`, not %s", o.is, name, describe(v))
		}
		names = append(names, o.name)
	}
	return c.fail("has no option `%s`%s: its options are `%s`", name, near(name, names), strings.Join(names, "`, `"))
}

func (c *call) opt(name string) value.Value {
	if c.opts == nil {
		return nil
	}
	return c.opts.GetString(name)
}

func (c *call) boolOpt(name string) bool { return value.Truth(c.opt(name)) }

func (c *call) intOpt(name string, fallback int) int {
	if n, ok := value.AsInt64(c.opt(name)); ok && c.opt(name) != nil {
		return int(n)
	}
	return fallback
}

func (c *call) textOpt(name, fallback string) string {
	if s, ok := value.Str(c.opt(name)); ok && c.opt(name) != nil {
		return s
	}
	return fallback
}

// byOpt are the positions of `by` in order, 0 when it is not given.
func (c *call) byOpt() ([]int, error) {
	by, err := c.indices("by", []int{0})
	slices.Sort(by)
	return slices.Compact(by), err
}

func (c *call) indices(name string, fallback []int) ([]int, error) {
	v := c.opt(name)
	if v == nil {
		return fallback, nil
	}
	elems := []value.Value{v}
	if !isInt(v) {
		elems, _ = value.Elements(v)
	}
	positions := make([]int, len(elems))
	for i, e := range elems {
		n, _ := value.AsInt64(e)
		if n < 0 {
			return nil, c.fail("takes an index or a list of indices, counted from 0, as `%s`, not %s", name, describe(v))
		}
		positions[i] = int(n)
	}
	return positions, nil
}
