package stdlib

import (
	"maps"
	"slices"
	"sort"

	"sluice/internal/lang/value"
)

// A ClassDoc is what the table knows of one class, for the reference.
type ClassDoc struct {
	Name         string   // in full
	Parents      []string // whose methods it has too, nearest first
	Methods      []*Method
	Statics      []*Method
	Constructors []*Method
	Constants    []string
}

// Describe lists the classes, those that tables were added to included, in
// order of their names.
func (t *Table) Describe() []ClassDoc {
	t.mu.Lock()
	defer t.mu.Unlock()
	classes := map[*value.Class]bool{}
	for c := range t.defs {
		classes[c] = true
	}
	for c := range t.added {
		classes[c] = true
	}
	docs := make([]ClassDoc, 0, len(classes))
	for c := range classes {
		docs = append(docs, t.describe(c))
	}
	sort.Slice(docs, func(i, j int) bool { return docs[i].Name < docs[j].Name })
	return docs
}

func (t *Table) describe(c *value.Class) ClassDoc {
	d := ClassDoc{
		Name: c.Name, Methods: t.forms(ownKey{c, instancePart}),
		Statics: t.forms(ownKey{c, staticPart}), Constructors: t.forms(ownKey{c, constructorPart}),
	}
	for _, o := range t.added[c] {
		d.Methods = append(d.Methods, o.described())
	}
	sort.SliceStable(d.Methods, func(i, j int) bool { return d.Methods[i].Name < d.Methods[j].Name })
	for _, p := range ancestry(c)[1:] {
		if p != value.ObjectClass {
			d.Parents = append(d.Parents, p.Name)
		}
	}
	if def := t.defs[c]; def != nil && def.constants != nil {
		d.Constants = slices.Sorted(maps.Keys(def.constants(t)))
	}
	return d
}

// forms are the methods of one part of a class, each form by itself.
func (t *Table) forms(key ownKey) []*Method {
	var list []*Method
	own := t.ownMethods(key)
	for _, name := range slices.Sorted(maps.Keys(own)) {
		for _, o := range own[name] {
			list = append(list, o.described())
		}
	}
	return list
}

func (o *overload) described() *Method {
	return &Method{Name: o.name, Params: o.params, Min: o.min, Max: o.max, Doc: o.doc}
}

// GlobalForms lists the functions every script can call, each form by itself.
func (t *Table) GlobalForms() []*Method {
	var list []*Method
	defs := globalFunctions()
	for i := range defs {
		list = append(list, newOverload(&defs[i]).described())
	}
	sort.SliceStable(list, func(i, j int) bool { return list[i].Name < list[j].Name })
	return list
}
