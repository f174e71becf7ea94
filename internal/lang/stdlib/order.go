package stdlib

import (
	"sort"

	"sluice/internal/lang/value"
)

// order compares as Groovy's sort() does: null first, then `<=>`, and by hash
// code where two values have no order of their own.
func order(a, b value.Value) int {
	if n, err := value.Compare(a, b); err == nil {
		return n
	}
	x, y := value.HashCode(a), value.HashCode(b)
	switch {
	case x == y:
		return 0
	case x > y:
		return 1
	}
	return -1
}

// comparator makes a Go comparison of a closure: one parameter gives a key,
// two give a number. The first error stops the use of the closure.
func (c call) comparator(f value.Value) (compare func(a, b value.Value) int, failed func() error) {
	var failure error
	failed = func() error { return failure }
	if f == nil {
		return order, failed
	}
	if k, ok := f.(*comparatorValue); ok {
		return func(a, b value.Value) int {
			n, err := k.compare(c, a, b)
			if err != nil && failure == nil {
				failure = err
			}
			return n
		}, failed
	}
	one := func(args ...value.Value) value.Value {
		if failure != nil {
			return nil
		}
		v, err := c.run(f, args...)
		if err != nil {
			failure = err
		}
		return v
	}
	if closureParams(f) == 2 {
		return func(a, b value.Value) int {
			v := one(a, b)
			if failure != nil {
				return 0
			}
			var n int
			n, failure = comparison(v)
			return n
		}, failed
	}
	return func(a, b value.Value) int {
		x, y := one(a), one(b)
		if failure != nil {
			return 0
		}
		return order(x, y)
	}, failed
}

// sorted orders list in place with a stable sort.
func (c call) sorted(list []value.Value, f value.Value) ([]value.Value, error) {
	if key, ok := f.(*value.Closure); ok && closureParams(f) != 2 {
		return c.sortedByKey(list, key)
	}
	compare, failed := c.comparator(f)
	sort.SliceStable(list, func(i, j int) bool { return compare(list[i], list[j]) < 0 })
	return list, failed()
}

// sortedByKey asks for each key once.
func (c call) sortedByKey(list []value.Value, f value.Value) ([]value.Value, error) {
	keys := make([]value.Value, len(list))
	for i, e := range list {
		k, err := c.run(f, e)
		if err != nil {
			return nil, err
		}
		keys[i] = k
	}
	at := make([]int, len(list))
	for i := range at {
		at[i] = i
	}
	sort.SliceStable(at, func(i, j int) bool { return order(keys[at[i]], keys[at[j]]) < 0 })
	copied := append([]value.Value(nil), list...)
	for i, j := range at {
		list[i] = copied[j]
	}
	return list, nil
}

// extreme is the first least (sign -1) or greatest (sign 1) element; nulls do not count.
func (c call) extreme(sign int) (value.Value, error) {
	compare, failed := c.comparator(c.arg(0))
	var best value.Value
	found := false
	for _, e := range elems(c.recv) {
		if e == nil && c.n() == 0 {
			continue
		}
		if !found || sign*compare(e, best) > 0 {
			best, found = e, true
		}
	}
	return best, failed()
}

// uniqueOf keeps the first of elements that are equal by f.
func (c call) uniqueOf(list []value.Value, f value.Value) ([]value.Value, error) {
	out := []value.Value{}
	if f == nil {
		return uniqueValues(list), nil
	}
	if closureParams(f) != 2 {
		keys := make([]value.Value, len(list))
		for i, e := range list {
			k, err := c.run(f, e)
			if err != nil {
				return nil, err
			}
			keys[i] = k
		}
		for i := range list {
			if indexEqual(keys[:i], keys[i]) < 0 {
				out = append(out, list[i])
			}
		}
		return out, nil
	}
	compare, failed := c.comparator(f)
next:
	for _, e := range list {
		for _, kept := range out {
			if compare(kept, e) == 0 {
				continue next
			}
		}
		out = append(out, e)
	}
	return out, failed()
}

// uniqueValues drops elements equal to an earlier one. Strings, by far the
// commonest, are found by look-up; others are compared.
func uniqueValues(list []value.Value) []value.Value {
	out := []value.Value{}
	seen := map[string]bool{}
	for _, e := range list {
		if s, ok := value.Str(e); ok {
			if seen[s] {
				continue
			}
			seen[s] = true
			out = append(out, e)
			continue
		}
		if indexOrdered(out, e) < 0 {
			out = append(out, e)
		}
	}
	return out
}

// indexOrdered finds an element that neither precedes nor follows v.
func indexOrdered(list []value.Value, v value.Value) int {
	for i, e := range list {
		if value.Equal(e, v) {
			return i
		}
	}
	return -1
}

// indexEqual finds an element equal to v as `==` has it.
func indexEqual(list []value.Value, v value.Value) int {
	for i, e := range list {
		if value.Equal(e, v) {
			return i
		}
	}
	return -1
}

// indexKey finds an element equal to v as Java's equals has it.
func indexKey(list []value.Value, v value.Value) int {
	for i, e := range list {
		if value.KeyEqual(e, v) {
			return i
		}
	}
	return -1
}
