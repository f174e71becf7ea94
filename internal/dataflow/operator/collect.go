package operator

import "sluice/internal/lang/value"

// Nextflow docs: reference/operator#collect
var collectOp = &operator{
	name: "collect", gives: givesValue, max: 1,
	doc: "gathers all items into one list; nothing if there are none. In a file that sets `nextflow.enable.types`, lists stay whole, and an empty channel gives an empty list, as with `toList`",
	args: []param{
		{"mapper?", "Closure", "is applied to each item first"},
	},
	opts: collectOptions,
	run: func(c *call) (value.Value, error) {
		f, err := c.optionalClosure()
		if err != nil {
			return nil, err
		}
		typed := c.typed()
		flat := c.opt("flat") == nil && !typed || c.opt("flat") != nil && c.boolOpt("flat")
		out := c.valueOut()
		bag := &value.List{Kind: value.Bag}
		c.read(func(v value.Value) error {
			if f != nil {
				if v, err = c.invoke(f, v); err != nil {
					return err
				}
			}
			if flat && value.InstanceOf(v, value.ListClass) { // sets and queues stay whole
				elems, _ := value.Elements(v)
				bag.Elems = append(bag.Elems, elems...)
			} else {
				bag.Elems = append(bag.Elems, v)
			}
			return nil
		}, func() error {
			if len(bag.Elems) == 0 && !typed {
				out.Close()
				return nil
			}
			if err := c.sortOpt(bag.Elems); err != nil {
				return err
			}
			out.Emit(bag)
			return nil
		})
		return out, nil
	},
}
