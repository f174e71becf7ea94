package operator

import "sluice/internal/lang/value"

// Nextflow docs: reference/operator#flatmap
var flatMapOp = &operator{
	name: "flatMap", gives: givesQueue, max: 1,
	doc: "applies a closure to each item and emits the elements of its result; without closure, the elements of each item. A map gives its entries, null nothing",
	args: []param{
		{"mapper?", "Closure", "gives a collection, a map, or one value"},
	},
	run: func(c *call) (value.Value, error) {
		f, err := c.optionalClosure()
		if err != nil {
			return nil, err
		}
		out := c.queueOut()
		return c.into(out, func(v value.Value) error {
			if f != nil {
				if v, err = c.invoke(f, v); err != nil {
					return err
				}
			}
			emitElements(out.Emit, v)
			return nil
		}), nil
	},
}

// emitElements opens collections and maps, drops null and emits the rest.
func emitElements(emit func(value.Value), v value.Value) {
	if v == nil {
		return
	}
	if m, ok := v.(*value.Map); ok {
		m.Iterate(func(e value.Value) bool { emit(e); return true })
		return
	}
	if !value.IsCollection(v) {
		emit(v)
		return
	}
	elems, _ := value.Elements(v)
	for _, e := range elems {
		emit(e)
	}
}
