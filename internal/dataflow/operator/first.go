package operator

import (
	"sluice/internal/dataflow"
	"sluice/internal/lang/value"
)

// Nextflow docs: reference/operator#first
var firstOp = &operator{
	name: "first", gives: givesValue, max: 1,
	doc: "emits the first item, or the first that meets a criterion; nothing if there is none",
	args: []param{
		{"criterion?", "Closure | Pattern | Class | value", "a closure is asked for each item; a pattern must match the whole text; a class must be that of the item; any other value must equal it"},
	},
	run: func(c *call) (value.Value, error) {
		keep := func(value.Value) (bool, error) { return true, nil }
		if len(c.args) > 0 {
			keep = c.matcher(c.arg(0))
		}
		if c.in.IsValue() && c.th != nil && c.th.Host != nil {
			c.th.Host.Log("warn", "The operator `first` is useless when applied to a value channel which returns a single value by definition")
		}
		out := c.valueOut()
		var r *dataflow.Reader
		r = c.read(func(v value.Value) error {
			ok, err := keep(v)
			if ok && err == nil {
				out.Emit(v)
				r.Stop()
			}
			return err
		}, func() error {
			out.Close()
			return nil
		})
		return out, nil
	},
}
