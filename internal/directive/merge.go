package directive

import "sluice/internal/lang/value"

// Add puts the value of one directive of a process definition into settings:
// label, publishDir, module, pod and secret add up to a list, ext merges by
// key, everything else replaces what was there.
func Add(settings *value.Map, name string, v value.Value) {
	key := value.String(name)
	d := Lookup(name)
	old, has := settings.Get(key)
	if d == nil || !d.Repeatable || !has {
		settings.Set(key, v)
		return
	}
	if name == "ext" {
		settings.Set(key, Merge(old, v))
		return
	}
	elems := append([]value.Value{}, asList(old)...)
	settings.Set(key, value.NewList(append(elems, asList(v)...)...))
}

// Merge lays the entries of over on those of under when both are maps, and
// leaves both as they are; otherwise over it is.
func Merge(under, over value.Value) value.Value {
	a, okA := under.(*value.Map)
	b, okB := over.(*value.Map)
	if !okA || !okB {
		return over
	}
	m := a.Copy()
	b.Entries(func(k, v value.Value) bool { m.Set(k, v); return true })
	return m
}

func asList(v value.Value) []value.Value {
	if l, ok := v.(*value.List); ok {
		return l.Elems
	}
	return []value.Value{v}
}
