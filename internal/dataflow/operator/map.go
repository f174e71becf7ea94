package operator

import "sluice/internal/lang/value"

// Nextflow docs: reference/operator#map
var mapOp = &operator{
	name: "map", gives: givesSame, min: 1, max: 1,
	doc: "applies a closure to each item; a null result is dropped",
	args: []param{
		{"mapper", "Closure", "several parameters take the elements of a tuple"},
	},
	run: func(c *call) (value.Value, error) {
		f, err := c.closure(0)
		if err != nil {
			return nil, err
		}
		out := c.like()
		return c.into(out, func(v value.Value) error {
			r, err := c.invoke(f, v)
			if err == nil && r != nil {
				out.Emit(r)
			}
			return err
		}), nil
	},
}
