package interp

import (
	"slices"
	"strings"

	"sluice/internal/lang/syntax"
	"sluice/internal/lang/value"
)

// note finds the first of the annotations names on the class.
func (k *Class) note(names ...string) *syntax.Annotation {
	for _, name := range names {
		if a := syntax.Note(k.def.Notes, name); a != nil {
			return a
		}
	}
	return nil
}

// chosen is the slots of the class's own properties that an annotation is
// about: with `includes` those, else all but `excludes`.
func (k *Class) chosen(a *syntax.Annotation) []int {
	includes, only := noteNames(a, "includes")
	excludes, _ := noteNames(a, "excludes")
	var slots []int
	if only {
		for _, name := range includes {
			if i, ok := k.slots[name]; ok {
				slots = append(slots, i)
			}
		}
		return slots
	}
	for _, f := range k.def.Fields {
		if i, ok := k.slots[f.Name]; ok && isProperty(f) && !slices.Contains(excludes, f.Name) {
			slots = append(slots, i)
		}
	}
	return slots
}

// isProperty: a field with an access of its own is none.
func isProperty(f *syntax.FieldDef) bool {
	for _, word := range strings.Fields(f.Def) {
		switch word {
		case "private", "protected", "public", "static":
			return false
		}
	}
	return true
}

func noteOption(a *syntax.Annotation, name string) syntax.Expr {
	if a == nil {
		return nil
	}
	for _, arg := range a.Args {
		if n, x, ok := arg.Option(); ok && n == name {
			return x
		}
	}
	return nil
}

// noteNames is an option that lists names, as a list or as one text with commas.
func noteNames(a *syntax.Annotation, name string) ([]string, bool) {
	x := noteOption(a, name)
	if x == nil {
		return nil, false
	}
	var names []string
	elems := []syntax.Expr{x}
	if l, ok := x.(*syntax.List); ok {
		elems = l.Elems
	}
	for _, e := range elems {
		if l, ok := e.(*syntax.Literal); ok {
			for _, n := range strings.Split(value.ToString(l.Value), ",") {
				names = append(names, strings.TrimSpace(n))
			}
		}
	}
	return names, true
}

func noteFlag(a *syntax.Annotation, name string, unset bool) bool {
	if l, ok := noteOption(a, name).(*syntax.Literal); ok {
		return value.Truth(l.Value)
	}
	return unset
}

// positional is what @TupleConstructor, @Canonical and @Immutable allow: the
// values of properties in order, the last ones left out.
func (k *Class) positional(args []value.Value) ([]int, bool) {
	a := k.note("TupleConstructor", "Canonical", "Immutable", "Tuple")
	if a == nil {
		return nil, false
	}
	slots := k.chosen(a)
	return slots, len(args) <= len(slots)
}

// noted is toString() as @ToString and its kin write it.
func (o *Object) noted() (string, bool) {
	k := o.class
	a := k.note("ToString", "Canonical", "Immutable")
	if a == nil {
		return "", false
	}
	var parts []string
	for _, i := range k.chosen(a) {
		v := o.fields[i]
		if v == nil && noteFlag(a, "ignoreNulls", false) {
			continue
		}
		text := value.ToString(v)
		if noteFlag(a, "includeNames", false) {
			text = k.fields[i].name + ":" + text
		}
		parts = append(parts, text)
	}
	name := k.of.Name
	if !noteFlag(a, "includePackage", true) {
		name = name[strings.LastIndexByte(name, '.')+1:]
	}
	return name + "(" + strings.Join(parts, ", ") + ")", true
}

// compared is the slots that equals() and hashCode() are about; nil: identity.
func (k *Class) compared() []int {
	if k.def.Kind == "record" {
		slots := make([]int, len(k.fields))
		for i := range slots {
			slots[i] = i
		}
		return slots
	}
	if a := k.note("EqualsAndHashCode", "Canonical", "Immutable"); a != nil {
		return k.chosen(a)
	}
	return nil
}

// sorted compares by the properties of @Sortable, in order.
func (o *Object) sorted(p *Object) (int, bool) {
	a := o.class.note("Sortable")
	if a == nil {
		return 0, false
	}
	for _, i := range o.class.chosen(a) {
		n, err := value.Compare(o.fields[i], p.fields[i])
		if err != nil {
			return 0, false
		}
		if n != 0 {
			return n, true
		}
	}
	return 0, true
}

// theOne is the object of a class with @Singleton.
func (k *Class) theOne(th *value.Thread) (value.Value, error) {
	if k.single == nil {
		o := &Object{class: k, fields: k.zeros(), th: th}
		k.single = o
		if err := k.build(th, o, nil); err != nil {
			return nil, err
		}
	}
	return k.single, nil
}

// delegates are the values of fields with @Delegate: they answer what the
// object itself does not.
func (o *Object) delegates() []value.Value {
	var list []value.Value
	for _, f := range o.class.def.Fields {
		if syntax.Note(f.Notes, "Delegate") == nil {
			continue
		}
		if i, ok := o.class.slots[f.Name]; ok && o.fields[i] != nil {
			list = append(list, o.fields[i])
		}
	}
	return list
}

// remembered is a call of a method with @Memoized: computed once for the same
// arguments and object.
func (m *method) remembered(th *value.Thread, this *Object, args []value.Value) (value.Value, error) {
	if m.memory == nil {
		m.memory = map[*Object]*value.Map{}
	}
	known := m.memory[this]
	if known == nil {
		known = value.NewMap(0)
		m.memory[this] = known
	}
	key := value.NewList(slices.Clone(args)...)
	if v, ok := known.Get(key); ok {
		return v, nil
	}
	v, err := m.run(th, this, args)
	if err == nil {
		known.Set(key, v)
	}
	return v, err
}
