package operator

import "sluice/internal/lang/value"

// Nextflow docs: reference/operator#tolist
var toListOp = &operator{
	name: "toList", gives: givesValue,
	doc: "gathers all items into one list, empty if there are none",
	run: func(c *call) (value.Value, error) {
		return c.gather(func([]value.Value) error { return nil }), nil
	},
}

// gather emits one list of all items.
func (c *call) gather(finish func([]value.Value) error) value.Value {
	out := c.valueOut()
	list := value.NewList()
	c.read(func(v value.Value) error {
		list.Elems = append(list.Elems, v)
		return nil
	}, func() error {
		if err := finish(list.Elems); err != nil {
			return err
		}
		out.Emit(list)
		return nil
	})
	return out
}
