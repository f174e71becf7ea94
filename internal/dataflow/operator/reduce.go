package operator

import (
	"sluice/internal/dataflow"
	"sluice/internal/lang/value"
)

// Nextflow docs: reference/operator#reduce
var reduceOp = &operator{
	name: "reduce", gives: givesValue, min: 1, max: 2, queue: true,
	doc: "combines all items into one value with a closure; null if there are none and no seed",
	args: []param{
		{"seed?", "value", "the first accumulator; the first item unless given"},
		{"accumulator", "Closure", "takes the accumulator and an item, gives the next accumulator; `channel.STOP` ends it"},
	},
	forms: []string{"reduce { acc, v -> ... }", "reduce(seed) { acc, v -> ... }"},
	run: func(c *call) (value.Value, error) {
		f, err := c.closure(len(c.args) - 1)
		if err != nil {
			return nil, err
		}
		var seed value.Value
		if len(c.args) == 2 {
			seed = c.arg(0)
		}
		return c.fold(seed, len(c.args) == 2, func(acc, v value.Value) (value.Value, error) {
			return c.invoke(f, acc, v)
		}), nil
	},
}

// fold emits one value made from all items, null if there are none; without a
// seed the first item is where it starts. A step that gives STOP ends it.
func (c *call) fold(acc value.Value, seeded bool, step func(acc, v value.Value) (value.Value, error)) value.Value {
	out := c.valueOut()
	var r *dataflow.Reader
	r = c.read(func(v value.Value) error {
		if !seeded {
			acc, seeded = v, true
			return nil
		}
		next, err := step(acc, v)
		if err != nil {
			return err
		}
		if next == Stop {
			r.Stop()
			out.Emit(acc)
			return nil
		}
		acc = next
		return nil
	}, func() error {
		out.Emit(acc)
		return nil
	})
	return out
}
