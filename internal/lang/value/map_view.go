package value

// What a map's keySet(), entrySet() and values() give: no copies but views.
// They show what the map holds at the moment, and removing from them removes
// from the map. Nothing can be added.

var (
	linkedKeySetClass   = class("java.util.LinkedHashMap$LinkedKeySet", SetClass)
	linkedEntrySetClass = class("java.util.LinkedHashMap$LinkedEntrySet", SetClass)
	linkedValuesClass   = class("java.util.LinkedHashMap$LinkedValues", CollectionClass)
	hashKeySetClass     = class("java.util.HashMap$KeySet", SetClass)
	hashEntrySetClass   = class("java.util.HashMap$EntrySet", SetClass)
	hashValuesClass     = class("java.util.HashMap$Values", CollectionClass)
	treeKeySetClass     = class("java.util.TreeMap$KeySet", SortedSetClass)
	treeEntrySetClass   = class("java.util.TreeMap$EntrySet", SetClass)
	treeValuesClass     = class("java.util.TreeMap$Values", CollectionClass)
)

// KeySet is the view of m's keys.
func (m *Map) KeySet() *Set { return &Set{View: m} }

// EntrySet is the view of m's entries.
func (m *Map) EntrySet() *Set { return &Set{View: m, entries: true} }

// Values is the view of m's values.
func (m *Map) Values() *MapValues { return &MapValues{m} }

func (m *Map) pick(linked, hashed, sorted *Class) *Class {
	switch m.Kind() {
	case Hashed:
		return hashed
	case Sorted:
		return sorted
	}
	return linked
}

func (s *Set) viewClass() *Class {
	if s.entries {
		return s.View.pick(linkedEntrySetClass, hashEntrySetClass, treeEntrySetClass)
	}
	return s.View.pick(linkedKeySetClass, hashKeySetClass, treeKeySetClass)
}

func (s *Set) viewHas(v Value) bool {
	if !s.entries {
		return s.View.Has(v)
	}
	e, ok := v.(*MapEntry)
	if !ok {
		return false
	}
	held, ok := s.View.Get(e.Key)
	return ok && KeyEqual(held, e.Value)
}

func (s *Set) viewRemove(v Value) bool {
	if !s.viewHas(v) {
		return false
	}
	if e, ok := v.(*MapEntry); ok && s.entries {
		v = e.Key
	}
	_, ok := s.View.Delete(v)
	return ok
}

// viewIterate walks what is there at the start, so that removing meanwhile
// leaves nothing out.
func (s *Set) viewIterate(yield func(Value) bool) {
	var all []Value
	if s.entries {
		all = make([]Value, 0, s.View.live)
		s.View.Iterate(func(e Value) bool { all = append(all, e); return true })
	} else {
		all = s.View.Keys()
	}
	for _, e := range all {
		if !yield(e) {
			return
		}
	}
}

// MapValues is a map's values(): a collection that is neither list nor set.
type MapValues struct{ of *Map }

// Class is that of the view which the kind of map gives.
func (v *MapValues) Class() *Class {
	return v.of.pick(linkedValuesClass, hashValuesClass, treeValuesClass)
}

func (v *MapValues) Len() int    { return v.of.live }
func (v *MapValues) Truth() bool { return v.of.live > 0 }

// Frozen says whether scripts must not change the map.
func (v *MapValues) Frozen() bool { return v.of.frozen }

// Iterate walks the values there are at the start.
func (v *MapValues) Iterate(yield func(Value) bool) {
	all := make([]Value, 0, v.of.live)
	v.of.Entries(func(_, e Value) bool { all = append(all, e); return true })
	for _, e := range all {
		if !yield(e) {
			return
		}
	}
}

// RemoveWhere removes the entries whose values drop picks, each asked once in
// order, and says whether there were any.
func (v *MapValues) RemoveWhere(drop func(i int, e Value) bool) bool {
	var keys []Value
	i := 0
	v.of.Entries(func(k, e Value) bool {
		if drop(i, e) {
			keys = append(keys, k)
		}
		i++
		return true
	})
	for _, k := range keys {
		v.of.Delete(k)
	}
	return len(keys) > 0
}
