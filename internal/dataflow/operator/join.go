package operator

import "sluice/internal/lang/value"

// Nextflow docs: reference/operator#join
var joinOp = &operator{
	name: "join", gives: givesQueue, min: 1, max: 1,
	doc: "joins tuples of two channels that have equal keys: the key, what is left of the left tuple, what is left of the right one",
	args: []param{
		{"other", "Channel", "the right channel"},
	},
	opts:  joinOptions,
	forms: []string{"join(other, [options])"},
	run: func(c *call) (value.Value, error) {
		other, err := c.channelArg(0)
		if err != nil {
			return nil, err
		}
		if field, ok := value.Str(c.opt("by")); ok && c.opt("by") != nil {
			return c.joinRecords(other, field), nil
		}
		by, err := c.byOpt()
		if err != nil {
			return nil, err
		}
		out := c.queueOut(other)
		j := &joining{call: c, by: by, emit: out.Emit, pairs: newLoose[*joinKey]()}
		c.readBoth(other, out, j.add, j.finish)
		return out, nil
	},
}

type joining struct {
	*call
	by    []int
	emit  func(value.Value)
	pairs *keyed[*joinKey]
}

// A joinKey holds the items of a key that wait for a partner, on one side or
// the other.
type joinKey struct {
	key     value.Value
	waiting [2][]joinItem
	seen    [2]bool
}

type joinItem struct {
	rest  []value.Value
	tuple bool // the item was a tuple, not a bare key
}

var sides = [2]string{"left", "right"}

func (j *joining) add(side int, v value.Value) error {
	key, rest, ok := cut(v, j.by)
	if !ok {
		return j.fail("has `by` %s, but the %s item %s is too short for it", describe(j.opt("by")), sides[side], describe(v))
	}
	key = plainKey(key)
	_, tuple := v.(*value.List)
	p, found := j.pairs.get(key)
	if !found {
		*p = &joinKey{key: key}
	}
	k := *p
	if side == 0 && k.waiting[0] == nil {
		k.key = key
	}
	if k.seen[side] && j.boolOpt("failOnDuplicate") {
		return j.fail("has `failOnDuplicate`, and the key %s came again on the %s channel: %s", describe(key), sides[side], describe(v))
	}
	k.seen[side] = true
	item := joinItem{rest, tuple}
	if len(k.waiting[1-side]) == 0 {
		k.waiting[side] = append(k.waiting[side], item)
		return nil
	}
	partner := k.waiting[1-side][0]
	if k.waiting[1-side] = k.waiting[1-side][1:]; len(k.waiting[1-side]) == 0 {
		k.waiting[1-side] = nil // let go of what was paired
	}
	left, right := item, partner
	if side == 1 {
		left, right = partner, item
	}
	elems := append([]value.Value{}, keyElems(k.key, j.by)...)
	elems = append(append(elems, left.rest...), right.rest...)
	j.emit(tupleOrOne(elems, left.tuple || right.tuple))
	return nil
}

// tupleOrOne is the list of elems, or the bare element that bare keys gave.
func tupleOrOne(elems []value.Value, tuple bool) value.Value {
	if len(elems) == 1 && !tuple {
		return elems[0]
	}
	return value.NewList(elems...)
}

// finish deals with what found no partner.
func (j *joining) finish() error {
	mismatch, remainder := j.boolOpt("failOnMismatch"), j.boolOpt("remainder")
	if !mismatch && !remainder {
		return nil
	}
	return j.pairs.each(func(p **joinKey) error {
		k := *p
		for side, items := range k.waiting {
			for _, item := range items {
				if mismatch {
					return j.fail("has `failOnMismatch`, and the key %s of the %s channel has no partner: values %s",
						describe(k.key), sides[side], describe(value.NewList(item.rest...)))
				}
				j.emit(j.alone(k.key, side, item))
			}
		}
		return nil
	})
}

// alone is an item without partner: null stands where the other would be.
func (j *joining) alone(key value.Value, side int, item joinItem) value.Value {
	elems := append([]value.Value{}, keyElems(key, j.by)...)
	switch {
	case !item.tuple:
	case side == 0:
		elems = append(append(elems, item.rest...), nil)
	default:
		elems = append(append(elems, nil), item.rest...)
	}
	return tupleOrOne(elems, item.tuple)
}
