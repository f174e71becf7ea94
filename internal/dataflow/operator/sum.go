package operator

import "sluice/internal/lang/value"

// Nextflow docs: reference/operator#sum
var sumOp = &operator{
	name: "sum", gives: givesValue, max: 1,
	doc: "emits the sum of all items, null if there are none",
	args: []param{
		{"mapper?", "Closure", "gives the number of an item"},
	},
	run: func(c *call) (value.Value, error) {
		add, err := c.adder()
		if err != nil {
			return nil, err
		}
		return c.fold(nil, true, add), nil
	},
}

// mean is not documented but exists.
var meanOp = &operator{
	name: "mean", gives: givesValue, max: 1,
	doc: "emits the mean of all items, null if there are none",
	args: []param{
		{"mapper?", "Closure", "gives the number of an item"},
	},
	run: func(c *call) (value.Value, error) {
		add, err := c.adder()
		if err != nil {
			return nil, err
		}
		out := c.valueOut()
		var total value.Value
		n := int64(0)
		c.read(func(v value.Value) error {
			total, err = add(total, v)
			n++
			return err
		}, func() error {
			if n == 0 {
				out.Emit(nil)
				return nil
			}
			mean, err := value.Div(c.th, total, value.MakeInt(n))
			if err == nil {
				out.Emit(mean)
			}
			return err
		})
		return out, nil
	},
}

func (c *call) adder() (func(acc, v value.Value) (value.Value, error), error) {
	f, err := c.optionalClosure()
	if err != nil {
		return nil, err
	}
	return func(acc, v value.Value) (value.Value, error) {
		if f != nil {
			var err error
			if v, err = c.invoke(f, v); err != nil {
				return nil, err
			}
		}
		if !value.IsNumber(v) {
			return nil, c.fail("adds numbers, not %s", describe(v))
		}
		if acc == nil {
			return v, nil
		}
		return value.Add(c.th, acc, v)
	}, nil
}
