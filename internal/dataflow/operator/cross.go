package operator

import "sluice/internal/lang/value"

// Nextflow docs: reference/operator#cross
var crossOp = &operator{
	name: "cross", gives: givesQueue, min: 1, max: 2,
	doc: "pairs each item with the items of another channel that have the same key",
	args: []param{
		{"other", "Channel", "its items come second in the pairs"},
		{"key?", "Closure", "gives the key of an item of either channel; the first element of a tuple unless given"},
	},
	forms: []string{"cross(other)", "cross(other) { v -> key }"},
	run: func(c *call) (value.Value, error) {
		other, err := c.channelArg(0)
		if err != nil {
			return nil, err
		}
		var f value.Callable
		if len(c.args) == 2 {
			if f, err = c.closure(1); err != nil {
				return nil, err
			}
		}
		out := c.queueOut(other)
		keys := newLoose[*crossKey]()
		open := 2
		done := func() error {
			if open--; open == 0 {
				out.Close()
			}
			return nil
		}
		find := func(v value.Value) (*crossKey, error) {
			key, err := c.crossKey(f, v)
			if err != nil {
				return nil, err
			}
			p, found := keys.get(key)
			if !found {
				*p = &crossKey{}
			}
			return *p, nil
		}
		c.read(func(v value.Value) error {
			k, err := find(v)
			if err != nil || k.known {
				return err
			}
			k.left, k.known = v, true
			for _, right := range k.early {
				out.Emit(value.NewList(v, right))
			}
			k.early = nil
			return nil
		}, done)
		c.readFrom(other, func(v value.Value) error {
			k, err := find(v)
			if err != nil {
				return err
			}
			if k.known {
				out.Emit(value.NewList(k.left, v))
			} else {
				k.early = append(k.early, v)
			}
			return nil
		}, done)
		return out, nil
	},
}

type crossKey struct {
	left  value.Value
	known bool
	early []value.Value // came before left
}

func (c *call) crossKey(f value.Callable, v value.Value) (value.Value, error) {
	if f != nil {
		return c.invoke(f, v)
	}
	if l, ok := v.(*value.List); ok && len(l.Elems) > 0 {
		v = l.Elems[0]
	}
	return plainKey(v), nil
}
