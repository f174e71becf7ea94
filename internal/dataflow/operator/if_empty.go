package operator

import "sluice/internal/lang/value"

// Nextflow docs: reference/operator#ifempty
var ifEmptyOp = &operator{
	name: "ifEmpty", gives: givesSame, min: 1, max: 1,
	doc: "passes items on, and emits a value if there are none",
	args: []param{
		{"value", "Closure | value", "what is emitted; a closure is called when the channel ends empty"},
	},
	run: func(c *call) (value.Value, error) {
		out := c.like()
		empty := true
		c.read(func(v value.Value) error {
			empty = false
			out.Emit(v)
			return nil
		}, func() error {
			if empty {
				v := c.arg(0)
				if f, ok := v.(value.Callable); ok {
					var err error
					if v, err = c.invoke(f); err != nil {
						return err
					}
				}
				out.Emit(v)
			}
			out.Close()
			return nil
		})
		return out, nil
	},
}
