package operator

import "sluice/internal/lang/value"

// Nextflow docs: reference/operator#flatten
var flattenOp = &operator{
	name: "flatten", gives: givesQueue,
	doc: "emits the elements of lists, however deep; maps stay whole",
	run: func(c *call) (value.Value, error) {
		out := c.queueOut()
		return c.into(out, func(v value.Value) error {
			flatten(out.Emit, v)
			return nil
		}), nil
	},
}

func flatten(emit func(value.Value), v value.Value) {
	if !value.IsCollection(v) {
		emit(v)
		return
	}
	elems, _ := value.Elements(v)
	for _, e := range elems {
		flatten(emit, e)
	}
}
