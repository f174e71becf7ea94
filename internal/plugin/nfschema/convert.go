package nfschema

import (
	"slices"
	"strings"

	"sluice/internal/lang/value"
)

// samplesheetToList checks a sample sheet and turns it into a list: one list
// an entry, in the order of the schema, what the schema marks with `meta` in a
// map in front.
func samplesheetToList(u *use) (value.Value, error) {
	if len(u.args) != 2 {
		return nil, u.fail("samplesheetToList takes a sample sheet and a schema, %d arguments given: `samplesheetToList(params.input, \"assets/schema_input.json\")`", len(u.args))
	}
	file, err := u.sheetFile(u.args[0])
	if err != nil {
		return nil, err
	}
	path := u.find(value.ToString(u.args[1]))
	tree, _, err := u.readTree(path)
	if err != nil {
		return nil, err
	}
	items, ok := tree.GetString("items").(*value.Map)
	if !ok || tree.GetString("properties") != nil {
		return nil, u.fail("%sThe schema for '%s' (%s) is not valid. Please make sure that 'items' is the top level keyword and not 'properties'\n%s",
			u.set.colors.red(), value.ToString(file), path, u.set.colors.reset())
	}
	if there, err := u.ask(file, "exists"); err != nil || !there {
		return nil, u.fail("%sSamplesheet file %s does not exist\n%s", u.set.colors.red(), value.ToString(file), u.set.colors.reset())
	}
	s, err := u.load(path)
	if err != nil {
		return nil, err
	}
	content, err := u.readSheet(file, s)
	if err != nil {
		return nil, err
	}
	rows, ok := value.Elements(content)
	if !ok {
		return nil, u.fail("the sample sheet %s is not a list of entries", value.ToString(file))
	}
	lines, err := s.violations(content, field)
	if err != nil {
		return nil, err
	}
	if len(lines) > 0 {
		u.th.Host.Log("error", "Validation of samplesheet failed!")
		return nil, u.fail("%sThe following errors have been detected in %s:\n\n%s\n%s", u.set.colors.red(), value.ToString(file), strings.Join(append(lines, u.places(lines)...), "\n"), u.set.colors.reset())
	}
	c := &converter{u: u}
	list := value.NewList()
	for _, row := range rows {
		e, err := c.entry(row, items)
		if err != nil {
			return nil, err
		}
		list.Elems = append(list.Elems, e)
	}
	return list, u.unrecognised(value.ToString(file), c.unknown)
}

// sheetFile is the sample sheet: a path, or a text that names one.
func (u *use) sheetFile(v value.Value) (value.Value, error) {
	if v == nil {
		return nil, u.fail("the sample sheet is null: give the parameter that names it, such as `--input`")
	}
	if _, ok := v.(*value.Path); ok {
		return v, nil
	}
	f, err := u.env.File(u.th, value.ToString(v))
	if err != nil {
		return nil, err
	}
	if _, one := f.(*value.Path); !one {
		return nil, u.fail("`%s` names several files: a sample sheet is one", value.ToString(v))
	}
	return f, nil
}

// unrecognised tells of columns that the schema does not have.
func (u *use) unrecognised(file string, headers []string) error {
	if len(headers) == 0 {
		return nil
	}
	return u.tell(u.set.unknownHead, "Found the following unidentified headers in "+file+":\n\t- "+strings.Join(headers, "\n\t- ")+"\n")
}

// tell says something at a level; `error` ends the run.
func (u *use) tell(level, message string) error {
	switch level {
	case "skip":
		return nil
	case "error":
		return u.fail("%s", u.set.colors.red()+message+u.set.colors.reset())
	}
	u.th.Host.Log(level, message)
	return nil
}

// converter turns entries into lists.
type converter struct {
	u       *use
	meta    *value.Map
	unknown []string
}

func (c *converter) entry(row value.Value, items *value.Map) (value.Value, error) {
	c.meta = value.NewMap(4)
	v, err := c.format(row, items, "")
	if err != nil || c.meta.Len() == 0 {
		return v, err
	}
	if l, ok := v.(*value.List); ok {
		l.Elems = append([]value.Value{c.meta}, l.Elems...)
		return l, nil
	}
	return value.NewList(c.meta, v), nil
}

// format is a value as its schema orders it: maps become lists.
func (c *converter) format(v value.Value, schema *value.Map, prefix string) (value.Value, error) {
	v = withDefault(v, schema)
	switch x := v.(type) {
	case *value.Map:
		l := value.NewList()
		return l, c.properties(x, schema, prefix, func(name string, e value.Value, sub *value.Map, at string) error {
			if ids := metaNames(sub); len(ids) > 0 {
				for _, id := range ids {
					m, err := c.asMeta(e, sub, at)
					if err != nil {
						return err
					}
					c.meta.Set(value.String(id), m)
				}
				return nil
			}
			f, err := c.format(e, sub, at)
			l.Elems = append(l.Elems, f)
			return err
		})
	case *value.List:
		return c.list(x, schema, prefix, c.format)
	}
	return c.scalar(v, schema)
}

// asMeta is a value for the meta map: maps stay maps.
func (c *converter) asMeta(v value.Value, schema *value.Map, prefix string) (value.Value, error) {
	v = withDefault(v, schema)
	switch x := v.(type) {
	case *value.Map:
		m := value.NewMap(x.Len())
		return m, c.properties(x, schema, prefix, func(name string, e value.Value, sub *value.Map, at string) error {
			f, err := c.asMeta(e, sub, at)
			m.Set(value.String(name), f)
			return err
		})
	case *value.List:
		return c.list(x, schema, prefix, c.asMeta)
	}
	return c.scalar(v, schema)
}

// properties visits what the schema has, in its order, and notes what it has not.
func (c *converter) properties(m, schema *value.Map, prefix string, visit func(name string, v value.Value, sub *value.Map, at string) error) error {
	known, _ := deep(schema, "properties")
	props, ok := known.(*value.Map)
	if !ok {
		props = value.NewMap(0)
	}
	m.Entries(func(k, _ value.Value) bool {
		if name := prefix + value.ToString(k); !props.Has(k) && !slices.Contains(c.unknown, name) {
			c.unknown = append(c.unknown, name)
		}
		return true
	})
	var err error
	props.Entries(func(k, sub value.Value) bool {
		name := value.ToString(k)
		subSchema, ok := sub.(*value.Map)
		if !ok {
			subSchema = value.NewMap(0)
		}
		err = visit(name, m.GetString(name), subSchema, prefix+name+".")
		return err == nil
	})
	return err
}

func (c *converter) list(l *value.List, schema *value.Map, prefix string, each func(value.Value, *value.Map, string) (value.Value, error)) (value.Value, error) {
	items, _ := deep(schema, "items")
	sub, ok := items.(*value.Map)
	if !ok {
		sub = value.NewMap(0)
	}
	out := value.NewList()
	for i, e := range l.Elems {
		f, err := each(e, sub, prefix+value.ToString(value.MakeInt(int64(i)))+".")
		if err != nil {
			return nil, err
		}
		out.Elems = append(out.Elems, f)
	}
	return out, nil
}

// scalar makes a path of a text where the schema says that it names one.
func (c *converter) scalar(v value.Value, schema *value.Map) (value.Value, error) {
	text, ok := v.(value.String)
	if !ok || !isPathText(string(text), schema) {
		return v, nil
	}
	return c.u.env.File(c.u.th, string(text))
}

// pathNames are the formats whose values become paths.
var pathNames = []string{"file-path", "path", "directory-path", "file-path-pattern"}

// isPathText says whether a text is a path: by the format, also in schemas of
// anyOf, oneOf and allOf; where some say so and some not, by its look.
func isPathText(text string, schema *value.Map) bool {
	outer := value.ToString(orEmpty(schema.GetString("format")))
	yes, no := false, false
	judge := func(m *value.Map) {
		if t, ok := value.Str(m.GetString("type")); !ok || t != "string" {
			return
		}
		format := outer
		if f := m.GetString("format"); value.Truth(f) {
			format = value.ToString(f)
		}
		if slices.Contains(pathNames, format) {
			yes = true
		} else {
			no = true
		}
	}
	judge(schema)
	for _, option := range []string{"anyOf", "oneOf", "allOf"} {
		elems, _ := value.Elements(schema.GetString(option))
		for _, e := range elems {
			if m, ok := e.(*value.Map); ok {
				judge(m)
			}
		}
	}
	if !yes || !no {
		return yes
	}
	r := []rune(text)
	return strings.Contains(text, "/") || strings.Contains(string(r[max(0, len(r)-7):]), ".")
}

func orEmpty(v value.Value) value.Value {
	if v == nil {
		return value.String("")
	}
	return v
}

// metaNames are the keys of the meta map that a field fills.
func metaNames(schema *value.Map) []string {
	switch m := schema.GetString("meta").(type) {
	case value.String:
		return []string{string(m)}
	case *value.List:
		var names []string
		for _, e := range m.Elems {
			names = append(names, value.ToString(e))
		}
		return names
	}
	return nil
}

// withDefault fills in what is missing: the schema's default, else an empty list.
func withDefault(v value.Value, schema *value.Map) value.Value {
	if v != nil {
		return v
	}
	if d, ok := deep(schema, "default"); ok {
		return d
	}
	return value.NewList()
}

// deep finds a key in a schema or in what it contains.
func deep(v value.Value, key string) (value.Value, bool) {
	switch x := v.(type) {
	case *value.Map:
		if e, ok := x.Get(value.String(key)); ok {
			return e, true
		}
		var found value.Value
		ok := false
		x.Entries(func(_, e value.Value) bool { found, ok = deep(e, key); return !ok })
		return found, ok
	case *value.List:
		for _, e := range x.Elems {
			if found, ok := deep(e, key); ok {
				return found, true
			}
		}
	}
	return nil, false
}
