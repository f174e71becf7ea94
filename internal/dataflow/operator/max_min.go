package operator

import "sluice/internal/lang/value"

// Nextflow docs: reference/operator#max
var maxOp = &operator{
	name: "max", gives: givesValue, max: 1,
	doc: "emits the greatest item, null if there is none; of equal ones the first",
	args: []param{
		{"comparator?", "Closure", "with one parameter gives what is compared, with two compares and gives a negative number, 0 or a positive one"},
	},
	run: func(c *call) (value.Value, error) { return c.extreme(1) },
}

// Nextflow docs: reference/operator#min
var minOp = &operator{
	name: "min", gives: givesValue, max: 1,
	doc: "emits the least item, null if there is none; of equal ones the first",
	args: []param{
		{"comparator?", "Closure", "with one parameter gives what is compared, with two compares and gives a negative number, 0 or a positive one"},
	},
	run: func(c *call) (value.Value, error) { return c.extreme(-1) },
}

func (c *call) extreme(sign int) (value.Value, error) {
	f, err := c.optionalClosure()
	if err != nil {
		return nil, err
	}
	if f == nil || params(f) > 1 {
		return c.fold(nil, false, func(acc, v value.Value) (value.Value, error) {
			n, err := natural(v, acc), error(nil)
			if f != nil {
				n, err = c.compareWith(f, v, acc)
			}
			if n*sign > 0 {
				acc = v
			}
			return acc, err
		}), nil
	}
	var best value.Value // key of the accumulator
	return c.fold(nil, true, func() func(acc, v value.Value) (value.Value, error) {
		begun := false
		return func(acc, v value.Value) (value.Value, error) {
			key, err := c.invoke(f, v)
			if err == nil && (!begun || natural(key, best)*sign > 0) {
				begun, best, acc = true, key, v
			}
			return acc, err
		}
	}()), nil
}
