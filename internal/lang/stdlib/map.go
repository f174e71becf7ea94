package stdlib

import (
	"sort"

	"sluice/internal/lang/value"
)

// changingMap names the methods that change the map itself.
var changingMap = map[string]bool{
	"put": true, "putIfAbsent": true, "putAll": true, "remove": true, "clear": true, "leftShift": true, "removeAll": true, "retainAll": true,
	"replaceAll": true, "replace": true, "computeIfAbsent": true, "computeIfPresent": true, "compute": true, "merge": true, "putAt": true,
	"pollFirstEntry": true, "pollLastEntry": true,
}

// guarded makes the methods that change a map refuse an immutable one.
func guarded(defs []def) []def {
	for i, d := range defs {
		if !changingMap[d.name] {
			continue
		}
		defs[i].fn = func(c call) (value.Value, error) {
			if m, ok := c.recv.(*value.Map); ok && m.Frozen() {
				return nil, unsupported()
			}
			return d.fn(c)
		}
	}
	return defs
}

// paramsMethod is a method that only the map of parameters has. Libraries of
// published pipelines set parameters by it.
func paramsMethod(f func(call)) func(call) (value.Value, error) {
	return func(c call) (value.Value, error) {
		if c.asMap().Guard == nil {
			return nil, c.missing()
		}
		f(c)
		return nil, nil
	}
}

func mapMethods() []def {
	return guarded([]def{
		{"size", "", "is the number of entries", sizeMethod},
		{"allowNames", "names: Iterable", "of params: lets a name be set again", paramsMethod(func(call) {})},
		{"put0", "key, value: Object?", "of params: sets a parameter whatever it was", paramsMethod(func(c call) { c.asMap().Replace(c.arg(0), c.arg(1)) })},
		{"isEmpty", "", "says whether there is no entry", func(c call) (value.Value, error) { return value.Bool(c.asMap().Len() == 0), nil }},
		{"get", "key", "is the value of key, null if there is none", func(c call) (value.Value, error) { return mapGet(c.th, c.asMap(), c.arg(0)) }},
		{"get", "key, default", "is the value of key; a missing one is set to default", func(c call) (value.Value, error) {
			if v, ok := c.asMap().Get(c.arg(0)); ok {
				return v, nil
			}
			c.asMap().Set(c.arg(0), c.arg(1))
			return c.arg(1), nil
		}},
		{"getOrDefault", "key, default", "is the value of key, or default", func(c call) (value.Value, error) {
			if v, ok := c.asMap().Get(c.arg(0)); ok {
				return v, nil
			}
			return c.arg(1), nil
		}},
		{"put", "key, value", "sets the value of key and returns the old one", func(c call) (value.Value, error) {
			old, _ := c.asMap().Get(c.arg(0))
			c.asMap().Set(c.arg(0), c.arg(1))
			return old, nil
		}},
		{"putIfAbsent", "key, value", "sets the value of key unless it has one", func(c call) (value.Value, error) {
			old, _ := c.asMap().Get(c.arg(0))
			if old == nil {
				c.asMap().Set(c.arg(0), c.arg(1))
			}
			return old, nil
		}},
		{"putAll", "other", "adds the entries of another map", func(c call) (value.Value, error) { return nil, c.putAll() }},
		{"remove", "key", "removes an entry and returns its value", func(c call) (value.Value, error) {
			v, _ := c.asMap().Delete(c.arg(0))
			return v, nil
		}},
		{"remove", "key, value: Object?", "removes an entry if it has this value, and says whether it had", func(c call) (value.Value, error) {
			v, ok := c.asMap().Get(c.arg(0))
			if !ok || !value.KeyEqual(v, c.arg(1)) {
				return value.False, nil
			}
			c.asMap().Delete(c.arg(0))
			return value.True, nil
		}},
		{"clear", "", "removes all entries", func(c call) (value.Value, error) {
			c.asMap().Clear()
			return nil, nil
		}},
		{"containsKey", "key", "says whether there is an entry of key", func(c call) (value.Value, error) { return value.Bool(c.asMap().Has(c.arg(0))), nil }},
		{"containsValue", "value", "says whether an entry has this value", func(c call) (value.Value, error) {
			return value.Bool(indexKey(mapValues(c.asMap()), c.arg(0)) >= 0), nil
		}},
		{"keySet", "", "is the set of keys; removing from it removes from the map", func(c call) (value.Value, error) { return c.asMap().KeySet(), nil }},
		{"values", "", "is the collection of values; removing from it removes from the map", func(c call) (value.Value, error) { return c.asMap().Values(), nil }},
		{"entrySet", "", "is the set of entries; removing from it removes from the map", func(c call) (value.Value, error) { return c.asMap().EntrySet(), nil }},
		{"subMap", "keys: Iterable", "is a map of the entries with these keys", func(c call) (value.Value, error) {
			return c.subMap(elems(c.arg(0)))
		}},
		{"subMap", "keys...", "is a map of the entries with these keys", func(c call) (value.Value, error) { return c.subMap(c.args) }},
		{"withDefault", "make: Closure", "is a map that makes missing values on demand", withDefaultMethod},
		{"withDefault", "autoGrow: Boolean, autoShrink: Boolean, make: Closure", "is a map that makes missing values on demand; autoGrow keeps them, autoShrink keeps no default", growingMethod},
		{"plus", "other", "is both maps in one", func(c call) (value.Value, error) { return value.Add(c.th, c.recv, c.arg(0)) }},
		{"minus", "other: Map", "is the map without the entries of another", func(c call) (value.Value, error) { return value.Sub(c.th, c.recv, c.arg(0)) }},
		{"leftShift", "other", "adds a map or an entry and returns the map", func(c call) (value.Value, error) { return value.Shl(c.th, c.recv, c.arg(0)) }},
		{"intersect", "other: Map", "is the entries that both maps have", func(c call) (value.Value, error) {
			out := value.NewMap(0)
			c.asMap().Entries(func(k, v value.Value) bool {
				if o, ok := c.arg(0).(*value.Map).Get(k); ok && value.Equal(v, o) {
					out.Set(k, v)
				}
				return true
			})
			return out, nil
		}},
		{"collectEntries", "transform: Closure? = null", "is a map of the pairs that transform makes", func(c call) (value.Value, error) {
			return c.collectEntries(value.NewMap(0), c.arg(0))
		}},
		{"collectEntries", "into: Map, transform: Closure", "adds the pairs that transform makes to a map", func(c call) (value.Value, error) {
			return c.collectEntries(c.arg(0).(*value.Map), c.arg(1))
		}},
		{"groupBy", "transforms: Closure...", "is a map from what transform gives to maps of the entries", groupByMethod},
		{"groupEntriesBy", "transform: Closure", "is a map from what transform gives to lists of the entries", func(c call) (value.Value, error) {
			c.recv = value.NewList(elems(c.recv)...)
			return groupByMethod(c)
		}},
		{"countBy", "transform: Closure", "is a map from what transform gives to the number of entries", countByMethod},
		{"count", "condition: Closure", "counts the entries for which condition holds", countMethod},
		{"max", "comparator: Closure", "is the greatest entry", func(c call) (value.Value, error) { return c.extreme(1) }},
		{"min", "comparator: Closure", "is the least entry", func(c call) (value.Value, error) { return c.extreme(-1) }},
		{"sort", "comparator: Closure? = null", "is a sorted map, by key unless a closure says otherwise", sortMapMethod},
		{"toSorted", "comparator: Closure? = null", "is a sorted map, by value unless a closure says otherwise", func(c call) (value.Value, error) {
			return c.sortMap(entryValue)
		}},
		{"take", "n: Integer", "is the first n entries", func(c call) (value.Value, error) { return c.mapWindow(0, c.intArg(0)), nil }},
		{"drop", "n: Integer", "is all but the first n entries", func(c call) (value.Value, error) { return c.mapWindow(max(c.intArg(0), 0), 1<<30), nil }},
		{"takeWhile", "condition: Closure", "is the entries before the first for which condition does not hold", func(c call) (value.Value, error) {
			n, err := c.prefix()
			return c.mapWindow(0, n), err
		}},
		{"dropWhile", "condition: Closure", "is the entries from the first for which condition does not hold", func(c call) (value.Value, error) {
			n, err := c.prefix()
			return c.mapWindow(n, 1<<30), err
		}},
		{"removeAll", "condition: Closure", "removes the entries for which condition holds", func(c call) (value.Value, error) { return c.keepEntries(false) }},
		{"retainAll", "condition: Closure", "keeps the entries for which condition holds", func(c call) (value.Value, error) { return c.keepEntries(true) }},
		{"replaceAll", "transform: Closure", "replaces each value", func(c call) (value.Value, error) {
			for _, e := range elems(c.recv) {
				entry := e.(*value.MapEntry)
				v, err := c.run(c.arg(0), entry.Key, entry.Value)
				if err != nil {
					return nil, err
				}
				c.asMap().Set(entry.Key, v)
			}
			return nil, nil
		}},
		{"replace", "key, value", "replaces the value of a key that has one", func(c call) (value.Value, error) {
			old, ok := c.asMap().Get(c.arg(0))
			if ok {
				c.asMap().Set(c.arg(0), c.arg(1))
			}
			return old, nil
		}},
		{"replace", "key, old: Object?, value", "replaces the value of a key that has the old one, and says whether it had", func(c call) (value.Value, error) {
			v, ok := c.asMap().Get(c.arg(0))
			if !ok || !value.KeyEqual(v, c.arg(1)) {
				return value.False, nil
			}
			c.asMap().Set(c.arg(0), c.arg(2))
			return value.True, nil
		}},
		{"computeIfAbsent", "key, make: Closure", "is the value of key, made when missing", computeIfAbsentMethod},
		{"computeIfPresent", "key, change: Closure", "changes the value of key when it has one", func(c call) (value.Value, error) {
			if old, _ := c.asMap().Get(c.arg(0)); old != nil {
				return c.compute(old)
			}
			return nil, nil
		}},
		{"compute", "key, change: Closure", "changes the value of key", func(c call) (value.Value, error) {
			old, _ := c.asMap().Get(c.arg(0))
			return c.compute(old)
		}},
		{"merge", "key, value, combine: Closure", "sets the value of key, or combines it with the one there", mergeMethod},
		{"reverseEach", "action: Closure", "calls action with each entry, last first", reverseEachMethod},
		{"toMapString", "", "prints the map", func(c call) (value.Value, error) { return value.String(value.ToString(c.recv)), nil }},
		{"asImmutable", "", "is a copy that cannot be changed", func(c call) (value.Value, error) { return c.asMap().Copy().Freeze(), nil }},
		{"asUnmodifiable", "", "is a copy that cannot be changed", func(c call) (value.Value, error) { return c.asMap().Copy().Freeze(), nil }},
		{"asSynchronized", "", "is the map", func(c call) (value.Value, error) { return c.recv, nil }},
		{"clone", "", "is a copy", func(c call) (value.Value, error) { return c.asMap().Copy(), nil }},
		{"toSpreadMap", "", "is a copy", func(c call) (value.Value, error) { return c.asMap().Copy(), nil }},
		{"getAt", "key", "is the value of key", func(c call) (value.Value, error) { return mapGet(c.th, c.asMap(), c.arg(0)) }},
		{"putAt", "key, value", "sets the value of key", func(c call) (value.Value, error) {
			c.asMap().Set(c.arg(0), c.arg(1))
			return c.arg(1), nil
		}},
		{"firstEntry", "", "is the first entry", func(c call) (value.Value, error) {
			for _, e := range elems(c.recv) {
				return e, nil
			}
			return nil, nil
		}},
		{"firstKey", "", "is the first key", func(c call) (value.Value, error) {
			for _, k := range c.asMap().Keys() {
				return k, nil
			}
			return nil, value.Throw("java.util.NoSuchElementException", "")
		}},
	})
}

func (c call) asMap() *value.Map { return c.recv.(*value.Map) }

func mapGet(th *value.Thread, m *value.Map, key value.Value) (value.Value, error) {
	if v, ok := m.Get(key); ok || m.Default == nil && m.Missing == nil {
		return v, nil
	}
	return value.GetAt(th, m, key)
}

func mapValues(m *value.Map) []value.Value {
	out := make([]value.Value, 0, m.Len())
	m.Entries(func(_, v value.Value) bool { out = append(out, v); return true })
	return out
}

func (c call) putAll() error {
	if list, ok := value.Elements(c.arg(0)); ok {
		for _, e := range list {
			if err := addEntry(c.asMap(), e); err != nil {
				return err
			}
		}
		return nil
	}
	return c.missing()
}

func (c call) subMap(keys []value.Value) (value.Value, error) {
	out := value.NewMap(len(keys))
	for _, k := range keys {
		v, ok := c.asMap().Get(k)
		if !ok && c.asMap().Default != nil {
			var err error
			if v, err = mapGet(c.th, c.asMap(), k); err != nil {
				return nil, err
			}
			ok = true
		}
		if ok {
			out.Set(k, v)
		}
	}
	return out, nil
}

func withDefaultMethod(c call) (value.Value, error) {
	m, f := c.asMap(), c.arg(0)
	made := m.Copy()
	made.Default = func(th *value.Thread, key value.Value) (value.Value, error) {
		return f.(value.Callable).CallWith(th, []value.Value{key})
	}
	return made, nil
}

// growingMethod is withDefault told what to keep.
func growingMethod(c call) (value.Value, error) {
	grow, f := value.Truth(c.arg(0)), c.arg(2)
	made := c.asMap().Copy()
	made.Default = func(th *value.Thread, key value.Value) (value.Value, error) {
		return f.(value.Callable).CallWith(th, []value.Value{key})
	}
	made.Shy = !grow
	return made, nil
}

func entryValue(e *value.MapEntry) value.Value { return e.Value }
func entryKey(e *value.MapEntry) value.Value   { return e.Key }

func sortMapMethod(c call) (value.Value, error) { return c.sortMap(entryKey) }

// sortMap orders by the closure, or by what by picks of an entry.
func (c call) sortMap(by func(*value.MapEntry) value.Value) (value.Value, error) {
	list := elems(c.recv)
	if c.name == "sort" && c.arg(0) == nil {
		sorted := value.NewSortedMap(nil)
		c.asMap().Entries(func(k, v value.Value) bool { sorted.Set(k, v); return true })
		return sorted, nil
	}
	if c.arg(0) == nil {
		sort.SliceStable(list, func(i, j int) bool {
			return order(by(list[i].(*value.MapEntry)), by(list[j].(*value.MapEntry))) < 0
		})
		return mapOfEntries(list), nil
	}
	list, err := c.sorted(list, c.arg(0))
	if err != nil {
		return nil, err
	}
	return mapOfEntries(list), nil
}

func (c call) mapWindow(from, to int) value.Value {
	list := elems(c.recv)
	to = min(max(to, 0), len(list))
	return mapOfEntries(list[min(from, to):to])
}

func (c call) keepEntries(want bool) (value.Value, error) {
	drop, err := c.selectWhere(c.arg(0), !want)
	if err != nil {
		return nil, err
	}
	for _, e := range drop {
		c.asMap().Delete(e.(*value.MapEntry).Key)
	}
	return value.Bool(len(drop) > 0), nil
}

func computeIfAbsentMethod(c call) (value.Value, error) {
	if v, _ := c.asMap().Get(c.arg(0)); v != nil {
		return v, nil
	}
	v, err := c.run(c.arg(1), c.arg(0))
	if err == nil && v != nil {
		c.asMap().Set(c.arg(0), v)
	}
	return v, err
}

func (c call) compute(old value.Value) (value.Value, error) {
	v, err := c.run(c.arg(1), c.arg(0), old)
	if err != nil {
		return nil, err
	}
	c.store(v)
	return v, nil
}

// store sets the value of the first argument; null removes it.
func (c call) store(v value.Value) {
	if v == nil {
		c.asMap().Delete(c.arg(0))
		return
	}
	c.asMap().Set(c.arg(0), v)
}

func mergeMethod(c call) (value.Value, error) {
	v := c.arg(1)
	if old, _ := c.asMap().Get(c.arg(0)); old != nil {
		var err error
		if v, err = c.run(c.arg(2), old, v); err != nil {
			return nil, err
		}
	}
	c.store(v)
	return v, nil
}

func entryMethods() []def {
	return []def{
		{"getKey", "", "is the key", func(c call) (value.Value, error) { return c.recv.(*value.MapEntry).Key, nil }},
		{"getValue", "", "is the value", func(c call) (value.Value, error) { return c.recv.(*value.MapEntry).Value, nil }},
		{"setValue", "value", "changes the value, in the map too", func(c call) (value.Value, error) {
			e := c.recv.(*value.MapEntry)
			old := e.Value
			e.Value = c.arg(0)
			if e.Map != nil {
				e.Map.Set(e.Key, e.Value)
			}
			return old, nil
		}},
	}
}
