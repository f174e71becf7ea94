package operator

import "sluice/internal/lang/value"

// Nextflow docs: reference/operator#count
var countOp = &operator{
	name: "count", gives: givesValue, max: 1,
	doc: "counts the items, or those that meet a criterion; 0 if there are none",
	args: []param{
		{"criterion?", "Closure | Pattern | Class | value", "a closure is asked for each item; a pattern must match the whole text; a class must be that of the item; any other value must equal it"},
	},
	run: func(c *call) (value.Value, error) {
		keep := func(value.Value) (bool, error) { return true, nil }
		if len(c.args) > 0 {
			keep = c.matcher(c.arg(0))
		}
		out := c.valueOut()
		n := int64(0)
		c.read(func(v value.Value) error {
			ok, err := keep(v)
			if ok {
				n++
			}
			return err
		}, func() error {
			out.Emit(value.MakeInt(n))
			return nil
		})
		return out, nil
	},
}
