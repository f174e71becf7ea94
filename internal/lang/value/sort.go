package value

import "sort"

// Sort orders elems in place by Compare, stable; the first pair without an
// order ends it.
func Sort(elems []Value) error {
	return SortBy(elems, Compare)
}

// SortBy orders elems in place by compare, stable.
func SortBy(elems []Value, compare func(a, b Value) (int, error)) error {
	var failed error
	sort.SliceStable(elems, func(i, j int) bool {
		if failed != nil {
			return false
		}
		order, err := compare(elems[i], elems[j])
		if err != nil {
			failed = err
		}
		return order < 0
	})
	return failed
}
