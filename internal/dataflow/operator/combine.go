package operator

import (
	"sluice/internal/dataflow"
	"sluice/internal/lang/value"
)

// Nextflow docs: reference/operator#combine
var combineOp = &operator{
	name: "combine", gives: givesQueue, max: 1,
	field: true, errs: []string{"a queue channel as a field"},
	doc: "emits every item with every item of another channel, value or list, or only those with equal keys. With fields instead of another channel, adds them to each record",
	args: []param{
		{"other", "Channel | Collection", "what is combined with; tuples on both sides are opened into the one that is emitted"},
	},
	opts:  combineOptions,
	forms: []string{"combine(other, [options])", "combine(field: value, ...)"},
	run: func(c *call) (value.Value, error) {
		if len(c.args) == 0 && c.opts != nil && c.opt("by") == nil {
			return c.addFields()
		}
		other, err := c.combined()
		if err != nil {
			return nil, err
		}
		var by []int
		if c.opt("by") != nil {
			if by, err = c.byOpt(); err != nil {
				return nil, err
			}
		}
		out := c.queueOut(other)
		k := &combining{call: c, by: by, emit: out.Emit, seen: newLoose[*combineKey]()}
		c.readBoth(other, out, k.add, nil)
		return out, nil
	},
}

// combined is the argument as a channel; a collection becomes one.
func (c *call) combined() (*dataflow.Channel, error) {
	v := c.arg(0)
	if value.IsCollection(v) {
		elems, _ := value.Elements(v)
		return fromElements(c.graph, "combine", elems), nil
	}
	switch v.(type) {
	case *dataflow.Channel, *dataflow.MultiChannel:
		return c.channelArg(0)
	}
	return nil, c.fail("takes a channel or a list, not %s", describe(v))
}

type combining struct {
	*call
	by   []int // nil: everything combines
	emit func(value.Value)
	seen *keyed[*combineKey]
}

type combineKey struct{ rests [2][][]value.Value }

func (k *combining) add(side int, v value.Value) error {
	var key value.Value
	rest := spread(v)
	if k.by != nil {
		var ok bool
		if key, rest, ok = cut(v, k.by); !ok {
			return k.fail("has `by` %s, but the %s item %s is too short for it", describe(k.opt("by")), sides[side], describe(v))
		}
		key = plainKey(key)
	}
	p, found := k.seen.get(key)
	if !found {
		*p = &combineKey{}
	}
	e := *p
	e.rests[side] = append(e.rests[side], rest)
	for _, partner := range e.rests[1-side] {
		left, right := rest, partner
		if side == 1 {
			left, right = partner, rest
		}
		elems := make([]value.Value, 0, len(k.by)+len(left)+len(right))
		if k.by != nil {
			elems = append(elems, keyElems(key, k.by)...)
		}
		elems = append(append(elems, left...), right...)
		k.emit(tupleOrOne(elems, false))
	}
	return nil
}

// spread is the elements of a list, or the value alone.
func spread(v value.Value) []value.Value {
	if value.IsCollection(v) {
		elems, _ := value.Elements(v)
		return elems
	}
	return []value.Value{v}
}
