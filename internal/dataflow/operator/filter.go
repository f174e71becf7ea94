package operator

import "sluice/internal/lang/value"

// Nextflow docs: reference/operator#filter
var filterOp = &operator{
	name: "filter", gives: givesSame, min: 1, max: 1,
	doc: "keeps the items that meet a criterion",
	args: []param{
		{"criterion", "Closure | Pattern | Class | value", "a closure is asked for each item; a pattern must match the whole text; a class must be that of the item; any other value must equal it"},
	},
	run: func(c *call) (value.Value, error) {
		keep := c.matcher(c.arg(0))
		out := c.like()
		return c.into(out, func(v value.Value) error {
			ok, err := keep(v)
			if ok && err == nil {
				out.Emit(v)
			}
			return err
		}), nil
	},
}
