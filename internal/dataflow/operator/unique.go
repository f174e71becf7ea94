package operator

import "sluice/internal/lang/value"

// Nextflow docs: reference/operator#unique
var uniqueOp = &operator{
	name: "unique", gives: givesSame, max: 1,
	doc: "drops items that came before",
	args: []param{
		{"key?", "Closure", "what tells items apart; the item itself unless given"},
	},
	run: func(c *call) (value.Value, error) {
		f, err := c.optionalClosure()
		if err != nil {
			return nil, err
		}
		seen := newKeyed[struct{}]()
		out := c.like()
		return c.into(out, func(v value.Value) error {
			key := v
			if f != nil {
				if key, err = c.invoke(f, v); err != nil {
					return err
				}
			}
			if _, found := seen.get(key); !found {
				out.Emit(v)
			}
			return nil
		}), nil
	},
}

// Nextflow docs: reference/operator#distinct
var distinctOp = &operator{
	name: "distinct", gives: givesSame, max: 1,
	doc: "drops items that equal the one just before",
	args: []param{
		{"key?", "Closure", "what tells items apart; the item itself unless given"},
	},
	run: func(c *call) (value.Value, error) {
		f, err := c.optionalClosure()
		if err != nil {
			return nil, err
		}
		var last value.Value
		begun := false
		out := c.like()
		return c.into(out, func(v value.Value) error {
			key := v
			if f != nil {
				if key, err = c.invoke(f, v); err != nil {
					return err
				}
			}
			if !begun || !value.Equal(key, last) {
				begun, last = true, key
				out.Emit(v)
			}
			return nil
		}), nil
	},
}
