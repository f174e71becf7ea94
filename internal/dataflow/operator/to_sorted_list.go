package operator

import "sluice/internal/lang/value"

// Nextflow docs: reference/operator#tosortedlist
var toSortedListOp = &operator{
	name: "toSortedList", gives: givesValue, max: 1,
	doc: "gathers all items into one sorted list, empty if there are none",
	args: []param{
		{"comparator?", "Closure", "with one parameter gives what is compared, with two compares and gives a negative number, 0 or a positive one"},
	},
	run: func(c *call) (value.Value, error) {
		f, err := c.optionalClosure()
		if err != nil {
			return nil, err
		}
		return c.gather(func(elems []value.Value) error { return c.sortBy(elems, f) }), nil
	},
}
