package operator

import (
	"sluice/internal/dataflow"
	"sluice/internal/lang/value"
)

// Nextflow docs: reference/operator#take
var takeOp = &operator{
	name: "take", gives: givesQueue, min: 1, max: 1, queue: true,
	doc: "emits the first n items",
	args: []param{
		{"n", "Integer", "how many; -1 is all"},
	},
	run: func(c *call) (value.Value, error) {
		n, err := c.intArg(0, "number of items")
		if err != nil {
			return nil, err
		}
		out := c.queueOut()
		if n == 0 {
			out.Close()
			return out, nil
		}
		var r *dataflow.Reader
		r = c.read(func(v value.Value) error {
			out.Emit(v)
			if n--; n == 0 {
				r.Stop()
				out.Close()
			}
			return nil
		}, func() error {
			out.Close()
			return nil
		})
		return out, nil
	},
}

// Nextflow docs: reference/operator#until
var untilOp = &operator{
	name: "until", gives: givesSame, min: 1, max: 1,
	doc: "emits items up to the first that meets a condition, which is left out; the channel ends there",
	args: []param{
		{"condition", "Closure", "is asked for each item"},
	},
	run: func(c *call) (value.Value, error) {
		if _, err := c.closure(0); err != nil {
			return nil, err
		}
		enough := c.matcher(c.arg(0))
		out := c.like()
		var r *dataflow.Reader
		r = c.read(func(v value.Value) error {
			ok, err := enough(v)
			if err != nil {
				return err
			}
			if ok {
				r.Stop()
				out.Close()
				return nil
			}
			out.Emit(v)
			return nil
		}, func() error {
			out.Close()
			return nil
		})
		return out, nil
	},
}
