package stdlib

import (
	"sort"

	"sluice/internal/lang/value"
)

// How Java's collections are made: `new TreeMap(m)`.

func listConstructors() []def {
	return []def{{"<init>", "elements: Object = 10, more: Object = null", "is a list, empty or of the given elements", func(c call) (value.Value, error) {
		kind := value.KindOf(c.recv.(value.ClassRef).Of)
		if c.n() == 0 || value.IsNumber(c.arg(0)) {
			if c.n() > 0 && toInt64(c.arg(0)) < 0 {
				return nil, value.Throw("java.lang.IllegalArgumentException", "Illegal Capacity: %d", toInt64(c.arg(0)))
			}
			return &value.List{Kind: kind}, nil
		}
		if k := c.asComparator(c.arg(0)); k != nil || c.n() > 1 {
			return &value.List{Kind: kind}, nil
		}
		list, ok := value.Elements(c.arg(0))
		if !ok {
			return nil, c.missing()
		}
		l := &value.List{Elems: append([]value.Value(nil), list...), Kind: kind}
		if kind == value.PriorityQueue {
			heapify(l)
		}
		return l, nil
	}}}
}

func setConstructors() []def {
	return []def{{"<init>", "elements: Object = 16, load = null", "is a set, empty or of the given elements", func(c call) (value.Value, error) {
		class, arg := c.recv.(value.ClassRef).Of, c.arg(0)
		switch {
		case class == value.TreeSetClass:
			s := value.NewSortedSet(c.ordering(arg))
			if c.asComparator(arg) == nil {
				for _, e := range elems(arg) {
					s.Add(e)
				}
			}
			return s, nil
		case class == value.HashSetClass && (c.n() == 0 || value.IsNumber(arg)):
			return value.NewHashSet(c.intOr(0, -1)), nil
		case class == value.HashSetClass:
			return value.HashSetOf(elems(arg)), nil
		case c.n() == 0 || value.IsNumber(arg):
			return value.NewSet(), nil
		}
		return value.NewSet(elems(arg)...), nil
	}}}
}

func mapConstructors() []def {
	return []def{{"<init>", "entries: Object = 16, load = null, accessOrder = null", "is a map, empty or of the entries of another", func(c call) (value.Value, error) {
		class := c.recv.(value.ClassRef).Of
		from, isMap := c.arg(0).(*value.Map)
		var m *value.Map
		switch class {
		case value.TreeMapClass, skipListMapClass:
			m = value.NewSortedMap(c.ordering(c.arg(0)))
		case value.HashMapClass, concurrentMapClass:
			capacity := -1
			if isMap {
				capacity = from.Len()*4/3 + 1
			} else if c.n() > 0 {
				capacity = c.intArg(0)
			}
			m = value.NewHashMap(capacity)
		default:
			m = value.NewMap(0)
		}
		if isMap {
			from.Entries(func(k, v value.Value) bool { m.Set(k, v); return true })
		}
		return m, nil
	}}}
}

func entryConstructors() []def {
	return []def{{"<init>", "key, value", "is a key with its value", func(c call) (value.Value, error) {
		return &value.MapEntry{Key: c.arg(0), Value: c.arg(1)}, nil
	}}}
}

// sortedSetMethods are those of TreeSet.
func sortedSetMethods() []def {
	part := func(name, params, doc string, from, to func(c call, e value.Value) bool) def {
		return def{name, params, doc, func(c call) (value.Value, error) {
			s := c.recv.(*value.Set).EmptyLike()
			for _, e := range elems(c.recv) {
				if from(c, e) && to(c, e) {
					s.Add(e)
				}
			}
			return s, nil
		}}
	}
	all := func(call, value.Value) bool { return true }
	below := func(i int) func(call, value.Value) bool {
		return func(c call, e value.Value) bool {
			n := order(e, c.arg(i))
			return n < 0 || n == 0 && value.Truth(c.arg(i+1)) && c.n() == i+2
		}
	}
	above := func(c call, e value.Value) bool {
		n := order(e, c.arg(0))
		return n > 0 || n == 0 && (c.n() != 2 || c.name != "tailSet" || value.Truth(c.arg(1)))
	}
	return []def{
		part("headSet", "to, inclusive = false", "is the elements below to", all, below(0)),
		part("tailSet", "from, inclusive = true", "is the elements from from on", above, all),
		part("subSet", "from, to", "is the elements from from and below to", above, below(1)),
		{"floor", "value", "is the greatest element not above value", nearest(-1, true)},
		{"lower", "value", "is the greatest element below value", nearest(-1, false)},
		{"ceiling", "value", "is the least element not below value", nearest(1, true)},
		{"higher", "value", "is the least element above value", nearest(1, false)},
		{"descendingSet", "", "is the elements in reverse order", func(c call) (value.Value, error) {
			return value.NewSet(reversed(elems(c.recv))...), nil
		}},
		{"descendingIterator", "", "walks the elements in reverse order", func(c call) (value.Value, error) {
			return &Iterator{list: reversed(elems(c.recv))}, nil
		}},
		{"pollFirst", "", "removes the least element and returns it, null if there is none", pollSet(false)},
		{"pollLast", "", "removes the greatest element and returns it, null if there is none", pollSet(true)},
	}
}

// nearest finds the element next to the first argument, below (-1) or above (1).
func nearest(side int, orEqual bool) func(call) (value.Value, error) {
	return func(c call) (value.Value, error) {
		list := elems(c.recv)
		if side < 0 {
			list = reversed(list)
		}
		for _, e := range list {
			key := e
			if entry, ok := e.(*value.MapEntry); ok {
				key = entry.Key
			}
			if n := side * order(key, c.arg(0)); n > 0 || n == 0 && orEqual {
				return e, nil
			}
		}
		return nil, nil
	}
}

func pollSet(last bool) func(call) (value.Value, error) {
	return func(c call) (value.Value, error) {
		list := elems(c.recv)
		if len(list) == 0 {
			return nil, nil
		}
		e := list[0]
		if last {
			e = list[len(list)-1]
		}
		c.recv.(*value.Set).Remove(e)
		return e, nil
	}
}

// sortedMapMethods are those of TreeMap.
func sortedMapMethods() []def {
	part := func(name, params, doc string, keep func(c call, k value.Value) bool) def {
		return def{name, params, doc, func(c call) (value.Value, error) {
			m := c.asMap().EmptyLike()
			c.asMap().Entries(func(k, v value.Value) bool {
				if keep(c, k) {
					m.Set(k, v)
				}
				return true
			})
			return m, nil
		}}
	}
	key := func(f func(call) (value.Value, error)) func(call) (value.Value, error) {
		return func(c call) (value.Value, error) {
			v, err := f(c)
			if e, ok := v.(*value.MapEntry); ok {
				return e.Key, err
			}
			return v, err
		}
	}
	return []def{
		part("headMap", "to, inclusive = false", "is the entries with keys below to", func(c call, k value.Value) bool {
			n := order(k, c.arg(0))
			return n < 0 || n == 0 && c.boolOr(1, false)
		}),
		part("tailMap", "from, inclusive = true", "is the entries with keys from from on", func(c call, k value.Value) bool {
			n := order(k, c.arg(0))
			return n > 0 || n == 0 && c.boolOr(1, true)
		}),
		{"floorKey", "key", "is the greatest key not above key", key(nearest(-1, true))},
		{"lowerKey", "key", "is the greatest key below key", key(nearest(-1, false))},
		{"ceilingKey", "key", "is the least key not below key", key(nearest(1, true))},
		{"higherKey", "key", "is the least key above key", key(nearest(1, false))},
		{"floorEntry", "key", "is the entry of the greatest key not above key", nearest(-1, true)},
		{"lowerEntry", "key", "is the entry of the greatest key below key", nearest(-1, false)},
		{"ceilingEntry", "key", "is the entry of the least key not below key", nearest(1, true)},
		{"higherEntry", "key", "is the entry of the least key above key", nearest(1, false)},
		{"lastKey", "", "is the last key", func(c call) (value.Value, error) {
			keys := c.asMap().Keys()
			if len(keys) == 0 {
				return nil, value.Throw("java.util.NoSuchElementException", "")
			}
			return keys[len(keys)-1], nil
		}},
		{"lastEntry", "", "is the last entry, null if there is none", func(c call) (value.Value, error) {
			list := elems(c.recv)
			if len(list) == 0 {
				return nil, nil
			}
			return list[len(list)-1], nil
		}},
		{"pollFirstEntry", "", "removes the first entry and returns it, null if there is none", pollMap(false)},
		{"pollLastEntry", "", "removes the last entry and returns it, null if there is none", pollMap(true)},
		{"descendingMap", "", "is the entries in reverse order", func(c call) (value.Value, error) { return mapOfEntries(reversed(elems(c.recv))), nil }},
		{"descendingKeySet", "", "is the keys in reverse order", func(c call) (value.Value, error) { return value.NewSet(reversed(c.asMap().Keys())...), nil }},
		{"navigableKeySet", "", "is the set of keys", func(c call) (value.Value, error) { return c.asMap().KeySet(), nil }},
	}
}

func pollMap(last bool) func(call) (value.Value, error) {
	return func(c call) (value.Value, error) {
		list := elems(c.recv)
		if len(list) == 0 {
			return nil, nil
		}
		e := list[0]
		if last {
			e = list[len(list)-1]
		}
		c.asMap().Delete(e.(*value.MapEntry).Key)
		return e, nil
	}
}

func rotateMethod(c call) (value.Value, error) {
	c.recv = c.arg(0)
	list := elems(c.recv)
	n := len(list)
	if n == 0 {
		return nil, nil
	}
	by := ((c.intArg(1) % n) + n) % n
	return nil, c.replace(append(append([]value.Value(nil), list[n-by:]...), list[:n-by]...))
}

func binarySearchMethod(c call) (value.Value, error) {
	list := elems(c.arg(0))
	i := sort.Search(len(list), func(i int) bool { return order(list[i], c.arg(1)) >= 0 })
	if i < len(list) && order(list[i], c.arg(1)) == 0 {
		return value.Int(i), nil
	}
	return value.Int(-i - 1), nil
}
