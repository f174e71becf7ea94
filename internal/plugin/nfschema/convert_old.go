package nfschema

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"sluice/internal/lang/value"
)

// fromSamplesheet is the channel of the entries of the sheet that a parameter
// names.
func fromSamplesheet(u *use) (value.Value, error) {
	name := ""
	if len(u.args) == 1 {
		name, _ = value.Str(u.args[0])
	}
	if name == "" {
		return nil, u.fail("channel.fromSamplesheet takes the name of a parameter: `channel.fromSamplesheet(\"input\")`")
	}
	tree, _, err := u.readTree(u.find(u.set.schema))
	if err != nil {
		return nil, err
	}
	found, _ := deep(tree, name)
	p, ok := found.(*value.Map)
	v := param(u.env, name)
	switch {
	case v == nil:
		return nil, u.fail("Parameter '--%s' was not provided. Unable to create a channel from it.", name)
	case !ok:
		return nil, u.fail("Parameter '--%s' was not found in the schema (%s). Unable to create a channel from it.", name, u.set.schema)
	case p.GetString("schema") == nil:
		return nil, u.fail("Parameter '--%s' does not contain a schema in the parameter schema (%s). Unable to create a channel from it.", name, u.set.schema)
	}
	file, err := u.sheetFile(v)
	if err != nil {
		return nil, err
	}
	if there, err := u.ask(file, "exists"); err != nil || !there {
		return nil, u.fail("the sample sheet '%s' of '--%s' does not exist", value.ToString(v), name)
	}
	path := u.find(value.ToString(p.GetString("schema")))
	rows, err := u.oldRows(file, value.ToString(file), path)
	if err != nil {
		return nil, err
	}
	s, err := u.load(path)
	if err != nil {
		return nil, err
	}
	c := &oldConverter{u: u, columns: s.columns(), seen: map[string]int{}, uniques: map[string]bool{}}
	skip := u.flag("skip_duplicate_check", value.Truth(param(u.env, "validationSkipDuplicateCheck")))
	entries, err := c.entries(rows, !skip)
	if err != nil {
		return nil, err
	}
	return u.env.FromList(entries), nil
}

// oldConverter turns the rows of a sheet into entries and finds what is not
// unique or depends on what is missing.
type oldConverter struct {
	u       *use
	columns *value.Map
	seen    map[string]int
	uniques map[string]bool
	errs    []string
	warns   []string
	row     int
}

func (c *oldConverter) entries(rows *value.List, unique bool) ([]value.Value, error) {
	var list []value.Value
	for i, r := range rows.Elems {
		c.row = i + 1
		row := nonEmpty(r.(*value.Map))
		c.unchecked(row)
		if key := value.Inspect(row); unique {
			if first, again := c.seen[key]; again {
				c.errs = append(c.errs, fmt.Sprintf("\tThe samplesheet contains duplicate rows for entry %d and entry %d (%s)", first, c.row, value.ToString(row)))
			} else {
				c.seen[key] = c.row
			}
		}
		entry, err := c.entry(row)
		if err != nil {
			return nil, err
		}
		list = append(list, entry)
	}
	if len(c.errs) > 0 {
		slices.Sort(c.errs)
		return nil, c.u.fail("%s", "Samplesheet errors:\n"+strings.Join(slices.Compact(c.errs), "\n"))
	}
	if len(c.warns) > 0 {
		slices.Sort(c.warns)
		c.u.th.Host.Log("warn", "Samplesheet warnings:\n"+strings.Join(slices.Compact(c.warns), "\n"))
	}
	return list, nil
}

func nonEmpty(row *value.Map) *value.Map {
	m := value.NewMap(row.Len())
	row.Entries(func(k, v value.Value) bool {
		if v != nil && value.ToString(v) != "" {
			m.Set(k, v)
		}
		return true
	})
	return m
}

// unchecked tells once of columns that the schema does not have.
func (c *oldConverter) unchecked(row *value.Map) {
	if c.row > 1 || c.columns.Has(value.String("")) {
		return
	}
	var odd []string
	row.Entries(func(k, _ value.Value) bool {
		if !c.columns.Has(k) {
			odd = append(odd, value.ToString(k))
		}
		return true
	})
	if len(odd) > 0 {
		c.warns = append(c.warns, "\tThe samplesheet contains following unchecked field(s): ["+strings.Join(odd, ", ")+"]")
	}
}

func (c *oldConverter) entry(row *value.Map) (value.Value, error) {
	meta, out := value.NewMap(4), value.NewList()
	var err error
	each(c.columns, func(name string, p *value.Map) {
		if err != nil {
			return
		}
		if name == "" {
			name = withoutHeader
		}
		c.check(name, p, row)
		text, has := "", false
		if v := row.GetString(name); v != nil {
			text, has = value.ToString(v), true
		} else if d := p.GetString("default"); d != nil {
			text, has = value.ToString(d), true
		}
		var v value.Value
		if has {
			v, err = c.cast(text, name, p)
		}
		ids := metaNames(p)
		for _, id := range ids {
			meta.Set(value.String(id), v)
		}
		if len(ids) == 0 {
			if !has {
				v = value.NewList()
			}
			out.Elems = append(out.Elems, v)
		}
	})
	if meta.Len() > 0 {
		out.Elems = append([]value.Value{meta}, out.Elems...)
	}
	return out, err
}

// check finds what is deprecated, what misses what it depends on, and what
// should be unique.
func (c *oldConverter) check(name string, p, row *value.Map) {
	if value.Truth(p.GetString("deprecated")) {
		c.warns = append(c.warns, "\tThe '"+name+"' field is deprecated and will no longer be used in the future. Please check the official documentation of the pipeline for more information.")
	}
	v := row.GetString(name)
	if v == nil {
		return
	}
	if needs, ok := p.GetString("dependentRequired").(*value.List); ok {
		var missing []string
		for _, n := range needs.Elems {
			if !value.Truth(row.GetString(value.ToString(n))) {
				missing = append(missing, value.ToString(n))
			}
		}
		if len(missing) > 0 {
			c.fail("%s field(s) should be defined when '%s' is specified, but the field(s) [%s] is/are not defined.", value.ToString(needs), name, strings.Join(missing, ", "))
		}
	}
	switch u := p.GetString("unique").(type) {
	case value.Bool:
		if key := name + "\x00" + value.ToString(v); bool(u) && c.again(key) {
			c.fail("The '%s' value needs to be unique. '%s' was found at least twice in the samplesheet.", name, value.ToString(v))
		}
	case *value.List:
		part := value.NewMap(4)
		for _, n := range append([]value.Value{value.String(name)}, u.Elems...) {
			if e, ok := row.Get(n); ok {
				part.Set(n, e)
			}
		}
		if c.again(name + "\x00" + value.Inspect(part)) {
			c.fail("The combination of '%s' with fields %s needs to be unique. %s was found at least twice.", name, value.ToString(u), value.ToString(part))
		}
	}
}

func (c *oldConverter) again(key string) bool {
	was := c.uniques[key]
	c.uniques[key] = true
	return was
}

func (c *oldConverter) fail(format string, args ...any) {
	c.errs = append(c.errs, fmt.Sprintf("\tEntry %d: ", c.row)+fmt.Sprintf(format, args...))
}

// cast gives a text the type of its column; formats of paths make paths.
func (c *oldConverter) cast(text, name string, p *value.Map) (value.Value, error) {
	typ := "string"
	if t := p.GetString("type"); t != nil {
		typ = value.ToString(t)
	}
	switch typ {
	case "string":
		format, _ := value.Str(p.GetString("format"))
		switch {
		case format == "file-path-pattern":
			return c.u.env.Files(c.u.th, text)
		case strings.Contains(format, "path"):
			return c.u.env.File(c.u.th, text)
		}
		return value.String(text), nil
	case "number":
		if n, err := strconv.ParseInt(text, 10, 32); err == nil {
			return value.Int(int32(n)), nil
		}
		if f, err := strconv.ParseFloat(text, 32); err == nil {
			return value.Float(float32(f)), nil
		}
	case "integer":
		if n, err := strconv.ParseInt(text, 10, 32); err == nil {
			return value.Int(int32(n)), nil
		}
	case "boolean":
		return value.Bool(strings.EqualFold(text, "true")), nil
	case "null":
		return nil, nil
	default:
		return value.String(text), nil
	}
	return nil, c.u.fail("Entry %d: the value '%s' of '%s' is no %s", c.row, text, name, typ)
}
