package operator

import "sluice/internal/lang/value"

// Nextflow docs: reference/operator#last
var lastOp = &operator{
	name: "last", gives: givesValue,
	doc: "emits the last item, null if there is none",
	run: func(c *call) (value.Value, error) {
		return c.fold(nil, true, func(_, v value.Value) (value.Value, error) { return v, nil }), nil
	},
}
