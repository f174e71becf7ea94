package nfschema

import (
	"os"
	"strings"

	"sluice/internal/lang/value"
)

// fieldsOf is the help of the fields of the file that a parameter names, when
// the schema of the parameter names a schema for it.
func (w *helper) fieldsOf(p *value.Map) string {
	name, ok := value.Str(p.GetString("schema"))
	if !ok || w.u.env.Version.Before(2, 5, 0) {
		return ""
	}
	path := w.u.find(name)
	if _, err := os.Stat(path); err != nil {
		w.u.th.Host.Log("warn", "Schema file not found: "+path)
		return ""
	}
	tree, _, err := w.u.readTree(path)
	if err != nil {
		w.u.th.Host.Log("warn", "Error generating help for schema "+name+": "+err.Error())
		return ""
	}
	c := w.u.set.colors
	var b strings.Builder
	b.WriteString("== Top-level schema below ==" + c.reset() + "\n")
	for _, key := range []string{"title", "description"} {
		if v := tree.GetString(key); value.Truth(v) {
			b.WriteString(c.bold() + strings.ToUpper(key[:1]) + key[1:] + ":" + c.reset() + " " + value.ToString(v) + "\n")
		}
	}
	if items, ok := tree.GetString("items").(*value.Map); ok {
		tree = items
	}
	if tree.GetString("properties") != nil {
		b.WriteString(w.fields(properties(tree), tree.GetString("required")))
	}
	return b.String() + "\n"
}

func (w *helper) fields(props *value.Map, required value.Value) string {
	c := w.u.set.colors
	needed := map[string]bool{}
	elems, _ := value.Elements(required)
	for _, e := range elems {
		needed[value.ToString(e)] = true
	}
	width := max(10, longestKey(props))
	var b strings.Builder
	b.WriteString(c.bold() + "Fields:" + c.reset() + "\n")
	each(props, func(name string, p *value.Map) {
		typ := "string"
		if t := p.GetString("type"); value.Truth(t) {
			typ = value.ToString(t)
		}
		b.WriteString("    " + c.cyan() + padRight(name, width) + c.reset() + " " + c.dim() + padRight("["+typ+"]", 10) + c.reset())
		if needed[name] {
			b.WriteString(" " + c.dim() + "[required]" + c.reset())
		}
		if v := p.GetString("description"); value.Truth(v) {
			b.WriteString(" " + value.ToString(v))
		}
		if v := p.GetString("pattern"); value.Truth(v) {
			b.WriteString(" " + c.dim() + "(pattern: " + value.ToString(v) + ")" + c.reset())
		}
		if enum, ok := p.GetString("enum").(*value.List); ok && len(enum.Elems) > 0 {
			var all []string
			for _, e := range enum.Elems {
				all = append(all, value.ToString(e))
			}
			b.WriteString(" " + c.dim() + "(allowed: " + strings.Join(all, ", ") + ")" + c.reset())
		}
		if v := p.GetString("errorMessage"); value.Truth(v) {
			b.WriteString("\n      " + c.yellow() + "Note: " + value.ToString(v) + c.reset())
		}
		b.WriteString("\n")
	})
	return b.String()
}
