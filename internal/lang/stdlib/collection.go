package stdlib

import (
	"strings"

	"sluice/internal/lang/value"
)

// collectionMethods belong to lists, sets and ranges alike.
func collectionMethods() []def {
	return []def{
		{"size", "", "is the number of elements", sizeMethod},
		{"getSize", "", "is the number of elements", sizeMethod},
		{"isEmpty", "", "says whether there is no element", func(c call) (value.Value, error) {
			return value.Bool(c.recv.(value.Sized).Len() == 0), nil
		}},
		{"contains", "value", "says whether an element equals value", containsMethod},
		{"containsAll", "values...", "says whether all values are elements", func(c call) (value.Value, error) {
			wanted := c.args
			if len(wanted) == 1 && value.IsCollection(wanted[0]) {
				wanted = elems(wanted[0])
			}
			list := elems(c.recv)
			for _, w := range wanted {
				if indexKey(list, w) < 0 {
					return value.Bool(false), nil
				}
			}
			return value.Bool(true), nil
		}},
		{"join", "separator: String? = ''", "prints the elements with separator between them", func(c call) (value.Value, error) {
			list, _ := value.Elements(c.recv)
			if c.arg(0) == nil {
				return joinText(list, ""), nil
			}
			return joinText(list, c.strArg(0)), nil
		}},
		{"sum", "transform: Closure? = null", "adds the elements", func(c call) (value.Value, error) { return c.sum(nil, false, c.arg(0)) }},
		{"sum", "initial, transform: Closure? = null", "adds the elements to initial", func(c call) (value.Value, error) {
			return c.sum(c.arg(0), true, c.arg(1))
		}},
		{"average", "transform: Closure? = null", "is the arithmetic mean", averageMethod},
		{"max", "comparator: Closure? = null", "is the greatest element", func(c call) (value.Value, error) { return c.extreme(1) }},
		{"min", "comparator: Closure? = null", "is the least element", func(c call) (value.Value, error) { return c.extreme(-1) }},
		{"count", "value", "counts the elements equal to value, or for which a closure holds", countMethod},
		{"groupBy", "transforms: Closure...", "is a map from what transform gives to the elements", groupByMethod},
		{"countBy", "transform: Closure", "is a map from what transform gives to the number of elements", countByMethod},
		{"collectEntries", "transform: Closure? = null", "is a map of the pairs that transform makes", func(c call) (value.Value, error) {
			return c.collectEntries(value.NewMap(0), c.arg(0))
		}},
		{"collectEntries", "into: Map, transform: Closure", "adds the pairs that transform makes to a map", func(c call) (value.Value, error) {
			return c.collectEntries(c.arg(0).(*value.Map), c.arg(1))
		}},
		{"flatten", "transform: Closure? = null", "opens nested collections", flattenMethod},
		{"toList", "", "is a new list of the elements", func(c call) (value.Value, error) { return value.NewList(elems(c.recv)...), nil }},
		{"asList", "", "is a list of the elements", func(c call) (value.Value, error) { return value.NewList(elems(c.recv)...), nil }},
		{"toSet", "", "is a set of the elements, in the order of Java's HashSet", func(c call) (value.Value, error) {
			list := elems(c.recv)
			s := value.NewHashSet(len(list))
			for _, e := range list {
				s.Add(e)
			}
			return s, nil
		}},
		{"toArray", "type = null", "is a new list of the elements", func(c call) (value.Value, error) { return value.NewList(elems(c.recv)...), nil }},
		{"toSorted", "comparator: Closure? = null", "is a sorted list; the collection stays as it is", func(c call) (value.Value, error) {
			list, err := c.sorted(elems(c.recv), c.arg(0))
			return value.NewList(list...), err
		}},
		{"sort", "mutate: Boolean, comparator: Closure? = null", "is the sorted list", func(c call) (value.Value, error) {
			return c.sort(value.Truth(c.arg(0)), c.arg(1))
		}},
		{"sort", "comparator: Closure? = null", "sorts a list in place and returns it", func(c call) (value.Value, error) { return c.sort(true, c.arg(0)) }},
		{"unique", "mutate: Boolean, comparator: Closure? = null", "is the elements without repetition", func(c call) (value.Value, error) {
			return c.unique(value.Truth(c.arg(0)), c.arg(1))
		}},
		{"unique", "comparator: Closure? = null", "drops repeated elements from the list and returns it", func(c call) (value.Value, error) {
			return c.unique(true, c.arg(0))
		}},
		{"toUnique", "comparator: Closure? = null", "is the elements without repetition; the collection stays as it is", func(c call) (value.Value, error) {
			return c.unique(false, c.arg(0))
		}},
		{"intersect", "other: Iterable", "is the elements that other has too", intersectMethod},
		{"intersect", "other: Iterable, by: Closure", "is the elements that by tells are equal to one of other", func(c call) (value.Value, error) {
			return c.compareWith(c.arg(0), c.arg(1), true)
		}},
		{"disjoint", "other: Iterable", "says whether other has none of the elements", func(c call) (value.Value, error) {
			list := elems(c.recv)
			for _, e := range elems(c.arg(0)) {
				if indexEqual(list, e) >= 0 {
					return value.Bool(false), nil
				}
			}
			return value.Bool(true), nil
		}},
		{"first", "", "is the first element", func(c call) (value.Value, error) { return c.end("first", 0) }},
		{"head", "", "is the first element", func(c call) (value.Value, error) { return c.end("first", 0) }},
		{"last", "", "is the last element", func(c call) (value.Value, error) { return c.end("last", -1) }},
		{"tail", "", "is all but the first element", func(c call) (value.Value, error) {
			list := elems(c.recv)
			if len(list) == 0 {
				return nil, value.Throw("java.util.NoSuchElementException", "Cannot access tail() for an empty iterable")
			}
			return c.alike(list[1:]), nil
		}},
		{"init", "", "is all but the last element", func(c call) (value.Value, error) {
			list := elems(c.recv)
			if len(list) == 0 {
				return nil, value.Throw("java.util.NoSuchElementException", "Cannot access init() for an empty Iterable")
			}
			return c.alike(list[:len(list)-1]), nil
		}},
		{"take", "n: Integer", "is the first n elements", func(c call) (value.Value, error) { return c.window(0, c.intArg(0)) }},
		{"drop", "n: Integer", "is all but the first n elements", func(c call) (value.Value, error) {
			return c.window(max(c.intArg(0), 0), 1<<30)
		}},
		{"takeRight", "n: Integer", "is the last n elements", func(c call) (value.Value, error) {
			return c.window(c.recv.(value.Sized).Len()-max(c.intArg(0), 0), 1<<30)
		}},
		{"dropRight", "n: Integer", "is all but the last n elements", func(c call) (value.Value, error) {
			return c.window(0, c.recv.(value.Sized).Len()-max(c.intArg(0), 0))
		}},
		{"takeWhile", "condition: Closure", "is the elements before the first for which condition does not hold", func(c call) (value.Value, error) {
			n, err := c.prefix()
			if err != nil {
				return nil, err
			}
			return c.window(0, n)
		}},
		{"dropWhile", "condition: Closure", "is the elements from the first for which condition does not hold", func(c call) (value.Value, error) {
			n, err := c.prefix()
			if err != nil {
				return nil, err
			}
			return c.window(n, 1<<30)
		}},
		{"withIndex", "offset: Integer = 0", "pairs each element with its index", func(c call) (value.Value, error) {
			out := []value.Value{}
			for i, e := range elems(c.recv) {
				out = append(out, &value.List{Elems: []value.Value{e, value.Int(i + c.intOr(0, 0))}, Kind: value.Tuple})
			}
			return value.NewList(out...), nil
		}},
		{"indexed", "offset: Integer = 0", "is a map from index to element", func(c call) (value.Value, error) {
			m := value.NewMap(0)
			for i, e := range elems(c.recv) {
				m.Set(value.Int(i+c.intOr(0, 0)), e)
			}
			return m, nil
		}},
		{"collate", "size: Integer, keepRemainder: Boolean = true", "cuts into lists of a size", func(c call) (value.Value, error) {
			return c.collate(c.intArg(0), c.intArg(0), c.boolOr(1, true))
		}},
		{"collate", "size: Integer, step: Integer, keepRemainder: Boolean = true", "cuts into lists of a size that begin every step elements", func(c call) (value.Value, error) {
			return c.collate(c.intArg(0), c.intArg(1), c.boolOr(2, true))
		}},
		{"chop", "sizes: Integer...", "cuts into lists of the given sizes, -1 for the rest", chopMethod},
		{"combinations", "action: Closure? = null", "is all ways to take one element of each list", combinationsMethod},
		{"subsequences", "", "is the set of all lists made by leaving elements out", subsequencesMethod},
		{"eachCombination", "action: Closure", "calls action with all ways to take one element of each list", func(c call) (value.Value, error) {
			_, err := combinationsMethod(c)
			return nil, err
		}},
		{"eachPermutation", "action: Closure", "calls action with all orders of the elements", eachPermutationMethod},
		{"inits", "", "is the lists that lack the last elements, from all to none", func(c call) (value.Value, error) {
			list := elems(c.recv)
			out := []value.Value{}
			for n := len(list); n >= 0; n-- {
				out = append(out, c.alike(list[:n:n]))
			}
			return value.NewList(out...), nil
		}},
		{"tails", "", "is the lists that lack the first elements, from all to none", func(c call) (value.Value, error) {
			list := elems(c.recv)
			out := []value.Value{}
			for n := range len(list) + 1 {
				out = append(out, c.alike(list[n:]))
			}
			return value.NewList(out...), nil
		}},
		{"permutations", "transform: Closure? = null", "is all orders of the elements", permutationsMethod},
		{"plus", "other", "is both collections in one", func(c call) (value.Value, error) { return value.Add(c.th, c.recv, c.arg(0)) }},
		{"minus", "other: Iterable, by: Closure", "is the collection without the elements that by tells are equal to those of other", func(c call) (value.Value, error) {
			return c.compareWith(c.arg(0), c.arg(1), false)
		}},
		{"minus", "other", "is the collection without an element or the elements of another", func(c call) (value.Value, error) { return value.Sub(c.th, c.recv, c.arg(0)) }},
		{"multiply", "n: Number", "repeats the elements", func(c call) (value.Value, error) { return value.Mul(c.th, c.recv, c.arg(0)) }},
		{"asImmutable", "", "is a copy that cannot be changed", immutableMethod},
		{"asUnmodifiable", "", "is a copy that cannot be changed", immutableMethod},
		{"asSynchronized", "", "is the collection", func(c call) (value.Value, error) { return c.recv, nil }},
		{"clone", "", "is a copy", func(c call) (value.Value, error) { return cloneCollection(c.recv), nil }},
		{"shuffled", "random: Object = null", "is the elements in random order", shuffledMethod},
		{"toListString", "maxSize: Integer = -1", "prints the elements; a text longer than maxSize ends in ...", func(c call) (value.Value, error) {
			return value.String(shortened(c.recv, c.intOr(0, -1))), nil
		}},
		{"stream", "", "is a stream of the elements", streamOf},
		{"parallelStream", "", "is a stream of the elements", streamOf},
		{"spliterator", "", "walks the elements", func(c call) (value.Value, error) { return &Iterator{list: elems(c.recv)}, nil }},
		{"add", "element", "adds an element", addMethod},
		{"addAll", "elements...", "adds elements", addAllMethod},
		{"leftShift", "element", "adds an element and returns the collection", func(c call) (value.Value, error) { return value.Shl(c.th, c.recv, c.arg(0)) }},
		{"remove", "element", "removes the first element equal to the given one", func(c call) (value.Value, error) { return c.removeElement() }},
		{"removeElement", "element", "removes the first element equal to the given one", func(c call) (value.Value, error) { return c.removeElement() }},
		{"removeAll", "condition: Closure", "removes the elements for which condition holds", func(c call) (value.Value, error) { return c.keepWhere(c.arg(0), false) }},
		{"removeAll", "elements...", "removes elements", func(c call) (value.Value, error) { return c.keepListed(false) }},
		{"removeIf", "condition: Closure", "removes the elements for which condition holds", func(c call) (value.Value, error) { return c.keepWhere(c.arg(0), false) }},
		{"retainAll", "condition: Closure", "keeps the elements for which condition holds", func(c call) (value.Value, error) { return c.keepWhere(c.arg(0), true) }},
		{"retainAll", "elements...", "keeps elements", func(c call) (value.Value, error) { return c.keepListed(true) }},
		{"clear", "", "removes all elements", func(c call) (value.Value, error) { return nil, c.replace(nil) }},
	}
}

func sizeMethod(c call) (value.Value, error) { return value.Int(c.recv.(value.Sized).Len()), nil }

func containsMethod(c call) (value.Value, error) {
	if s, ok := c.recv.(*value.Set); ok {
		return value.Bool(s.Has(c.arg(0))), nil
	}
	list, _ := value.Elements(c.recv)
	return value.Bool(indexKey(list, c.arg(0)) >= 0), nil
}

func (c call) sum(acc value.Value, started bool, f value.Value) (value.Value, error) {
	for _, e := range elems(c.recv) {
		if f != nil {
			var err error
			if e, err = c.apply(f, e); err != nil {
				return nil, err
			}
		}
		if !started {
			acc, started = e, true
			continue
		}
		var err error
		if acc, err = value.Add(c.th, acc, e); err != nil {
			return nil, err
		}
	}
	return acc, nil
}

func averageMethod(c call) (value.Value, error) {
	n := c.recv.(value.Sized).Len()
	if n == 0 {
		return nil, value.Throw("java.lang.NullPointerException", "Cannot invoke \"Object.getClass()\" because \"obj\" is null")
	}
	total, err := c.sum(nil, false, c.arg(0))
	if err != nil {
		return nil, err
	}
	return value.Div(c.th, total, value.Int(n))
}

func countMethod(c call) (value.Value, error) {
	n := 0
	f, isClosure := c.arg(0).(value.Callable)
	for _, e := range elems(c.recv) {
		ok := false
		if isClosure {
			var err error
			if ok, err = c.holds(f, e); err != nil {
				return nil, err
			}
		} else {
			ok = value.Equal(e, c.arg(0))
		}
		if ok {
			n++
		}
	}
	return value.Int(n), nil
}

func groupByMethod(c call) (value.Value, error) { return c.groupBy(elems(c.recv), c.args) }

// transformed is what the first of transforms makes of e: e itself without any.
func (c call) transformed(transforms []value.Value, e value.Value) (value.Value, error) {
	if len(transforms) == 0 {
		return e, nil
	}
	return c.apply(transforms[0], e)
}

func (c call) groupBy(list, transforms []value.Value) (value.Value, error) {
	groups := value.NewMap(0)
	for _, e := range list {
		k, err := c.transformed(transforms, e)
		if err != nil {
			return nil, err
		}
		have, ok := groups.Get(k)
		if !ok {
			have = value.NewList()
			groups.Set(k, have)
		}
		l := have.(*value.List)
		l.Elems = append(l.Elems, e)
	}
	_, fromMap := c.recv.(*value.Map)
	for _, k := range groups.Keys() {
		g, _ := groups.Get(k)
		members := g.(*value.List).Elems
		switch {
		case len(transforms) > 1:
			inner, err := c.groupBy(members, transforms[1:])
			if err != nil {
				return nil, err
			}
			groups.Set(k, inner)
		case fromMap:
			groups.Set(k, mapOfEntries(members))
		}
	}
	return groups, nil
}

func countByMethod(c call) (value.Value, error) {
	counts := value.NewMap(0)
	for _, e := range elems(c.recv) {
		k, err := c.apply(c.arg(0), e)
		if err != nil {
			return nil, err
		}
		n, _ := counts.Get(k)
		if n == nil {
			n = value.Int(0)
		}
		counts.Set(k, n.(value.Int)+1)
	}
	return counts, nil
}

func (c call) collectEntries(into *value.Map, f value.Value) (value.Value, error) {
	for _, e := range elems(c.recv) {
		v := e
		if f != nil {
			var err error
			if v, err = c.apply(f, e); err != nil {
				return nil, err
			}
		}
		if err := addEntry(into, v); err != nil {
			return nil, err
		}
	}
	return into, nil
}

// addEntry puts what a closure of collectEntries made: a map, a pair or an entry.
func addEntry(m *value.Map, v value.Value) error {
	switch v := v.(type) {
	case nil:
		return nil
	case *value.Map:
		v.Entries(func(k, e value.Value) bool { m.Set(k, e); return true })
		return nil
	case *value.MapEntry:
		m.Set(v.Key, v.Value)
		return nil
	}
	list, ok := value.Elements(v)
	if !ok || len(list) == 0 {
		return value.Throw("org.codehaus.groovy.runtime.typehandling.GroovyCastException",
			"Cannot cast object '%s' with class '%s' to class 'java.util.Map$Entry'", value.ToString(v), v.Class().Name)
	}
	var second value.Value
	if len(list) > 1 {
		second = list[1]
	}
	m.Set(list[0], second)
	return nil
}

func flattenMethod(c call) (value.Value, error) {
	out := []value.Value{}
	err := c.flatten(c.recv, c.arg(0), &out)
	return c.alike(out), err
}

func (c call) flatten(v, f value.Value, out *[]value.Value) error {
	for _, e := range elems(v) {
		if f != nil && !value.IsCollection(e) {
			var err error
			if e, err = c.run(f, e); err != nil {
				return err
			}
			if value.IsCollection(e) {
				*out = append(*out, elems(e)...)
				continue
			}
		}
		if !value.IsCollection(e) {
			*out = append(*out, e)
			continue
		}
		if err := c.flatten(e, f, out); err != nil {
			return err
		}
	}
	return nil
}

func intersectMethod(c call) (value.Value, error) {
	other := elems(c.arg(0))
	out := []value.Value{}
	for _, e := range elems(c.recv) {
		if indexEqual(other, e) >= 0 {
			out = append(out, e)
		}
	}
	return c.alike(out), nil
}

// compareWith keeps the elements that equal one of other, or those that do not.
func (c call) compareWith(other, by value.Value, want bool) (value.Value, error) {
	compare, failed := c.comparator(by)
	out := []value.Value{}
	for _, e := range elems(c.recv) {
		found := false
		for _, o := range elems(other) {
			found = found || compare(e, o) == 0
		}
		if found == want {
			out = append(out, e)
		}
	}
	return c.alike(out), failed()
}

func (c call) end(which string, at int) (value.Value, error) {
	list, _ := value.Elements(c.recv)
	if len(list) == 0 {
		kind := "List"
		if _, ok := c.recv.(*value.List); !ok {
			kind = "Iterable"
		}
		return nil, value.Throw("java.util.NoSuchElementException", "Cannot access %s() element from an empty %s", which, kind)
	}
	if at < 0 {
		at = len(list) - 1
	}
	return list[at], nil
}

func (c call) window(from, to int) (value.Value, error) {
	list := elems(c.recv)
	to = min(max(to, 0), len(list))
	from = min(max(from, 0), to)
	return c.alike(list[from:to]), nil
}

// prefix counts the leading elements for which the closure holds.
func (c call) prefix() (int, error) {
	list := elems(c.recv)
	for i, e := range list {
		ok, err := c.holds(c.arg(0), e)
		if err != nil {
			return 0, err
		}
		if !ok {
			return i, nil
		}
	}
	return len(list), nil
}

func (c call) collate(size, step int, keep bool) (value.Value, error) {
	list := elems(c.recv)
	if size <= 0 {
		return value.NewList(value.NewList(list...)), nil
	}
	if step == 0 {
		return nil, value.Throw("java.lang.IllegalArgumentException", "step cannot be zero")
	}
	out := []value.Value{}
	for i := 0; i >= 0 && i < len(list); i += step {
		if i+size > len(list) && !keep {
			break
		}
		piece := append([]value.Value(nil), list[i:min(i+size, len(list))]...)
		out = append(out, value.NewList(piece...))
	}
	return value.NewList(out...), nil
}

func chopMethod(c call) (value.Value, error) {
	list := elems(c.recv)
	out := []value.Value{}
	for i := range c.args {
		n := c.intArg(i)
		if n < 0 || n > len(list) {
			n = len(list)
		}
		out = append(out, value.NewList(list[:n:n]...))
		list = list[n:]
	}
	return value.NewList(out...), nil
}

func combinationsMethod(c call) (value.Value, error) {
	rows := [][]value.Value{{}}
	if len(elems(c.recv)) == 0 {
		rows = nil
	}
	for _, e := range elems(c.recv) {
		choices := []value.Value{e}
		if value.IsCollection(e) {
			choices = elems(e)
		}
		var next [][]value.Value
		for _, choice := range choices {
			for _, row := range rows {
				next = append(next, append(append([]value.Value(nil), row...), choice))
			}
		}
		rows = next
	}
	return c.eachRow(rows)
}

// subsequencesMethod leaves out the empty list, as Groovy does.
func subsequencesMethod(c call) (value.Value, error) {
	set := value.NewHashSet(-1)
	rows := [][]value.Value{{}}
	for _, e := range elems(c.recv) {
		for _, row := range rows[:len(rows):len(rows)] {
			longer := append(append([]value.Value(nil), row...), e)
			rows = append(rows, longer)
			set.Add(value.NewList(longer...))
		}
	}
	return set, nil
}

// permutationsMethod gives equal orders once, as the set that Groovy makes of them.
func permutationsMethod(c call) (value.Value, error) {
	rows, err := permutationsOf(elems(c.recv))
	if err != nil {
		return nil, err
	}
	set := value.NewHashSet(-1)
	for _, row := range rows {
		set.Add(value.NewList(row...))
	}
	if c.n() == 0 {
		return set, nil
	}
	c.recv = set
	return c.collectInto(nil, c.arg(0))
}

func eachPermutationMethod(c call) (value.Value, error) {
	rows, err := permutationsOf(elems(c.recv))
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		if _, err := c.run(c.arg(0), value.NewList(row...)); err != nil {
			return nil, err
		}
	}
	return &Iterator{}, nil
}

func permutationsOf(list []value.Value) ([][]value.Value, error) {
	if len(list) == 0 {
		return nil, value.Throw("java.lang.IllegalArgumentException", "At least one item required")
	}
	var rows [][]value.Value
	var walk func(done, left []value.Value)
	walk = func(done, left []value.Value) {
		if len(left) == 0 {
			rows = append(rows, done)
		}
		for i := range left {
			rest := append(append([]value.Value(nil), left[:i]...), left[i+1:]...)
			walk(append(append([]value.Value(nil), done...), left[i]), rest)
		}
	}
	walk(nil, list)
	return rows, nil
}

// eachRow makes lists of rows, and calls the closure with each when given.
func (c call) eachRow(rows [][]value.Value) (value.Value, error) {
	out := []value.Value{}
	for _, row := range rows {
		var v value.Value = value.NewList(row...)
		if c.n() > 0 {
			var err error
			if v, err = c.run(c.arg(0), v); err != nil {
				return nil, err
			}
		}
		out = append(out, v)
	}
	return value.NewList(out...), nil
}

func immutableMethod(c call) (value.Value, error) {
	if s, ok := c.recv.(*value.Set); ok {
		return s.Clone().Freeze(), nil
	}
	return &value.List{Elems: elems(c.recv), Kind: value.Immutable}, nil
}

func cloneCollection(v value.Value) value.Value {
	switch v := v.(type) {
	case *value.List:
		kind := v.Kind
		if kind == value.Immutable {
			kind = value.ArrayList
		}
		return &value.List{Elems: append([]value.Value(nil), v.Elems...), Kind: kind}
	case *value.Set:
		return v.Clone()
	}
	return value.NewList(elems(v)...)
}

// shortened prints a collection until maxSize characters stand there.
func shortened(v value.Value, maxSize int) string {
	if maxSize < 0 {
		return value.ToString(v)
	}
	var b strings.Builder
	b.WriteByte('[')
	for i, e := range elems(v) {
		if i > 0 {
			b.WriteString(", ")
		}
		if b.Len() > maxSize {
			b.WriteString("...")
			break
		}
		b.WriteString(value.ToString(e))
	}
	b.WriteByte(']')
	return b.String()
}
