package operator

import "sluice/internal/lang/value"

// The conversions are not documented but exist; each maps items to a number type.
var (
	toIntegerOp = conversion("toInteger", value.IntegerClass)
	toLongOp    = conversion("toLong", value.LongClass)
	toFloatOp   = conversion("toFloat", value.FloatClass)
	toDoubleOp  = conversion("toDouble", value.DoubleClass)
)

func conversion(name string, class *value.Class) *operator {
	return &operator{
		name: name, gives: givesSame,
		doc: "turns each item into a " + class.Simple() + "; the reference leaves it out",
		run: func(c *call) (value.Value, error) {
			out := c.like()
			return c.into(out, func(v value.Value) error {
				n, err := value.AsType(c.th, v, class)
				if err == nil {
					out.Emit(n)
				}
				return err
			}), nil
		},
	}
}

// getVal waits for the value of a channel: `x.val`, `x.getVal()`.
var getValOp = &operator{
	name: "getVal", gives: givesNothing,
	doc: "waits for the value of a value channel; also written `.val`",
	run: func(c *call) (value.Value, error) {
		return c.graph.Await(c.th.Context, c.in)
	},
}
