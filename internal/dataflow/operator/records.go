package operator

import (
	"sluice/internal/dataflow"
	"sluice/internal/lang/value"
)

// addFields is combine with named arguments: each record gets them as fields
// more. Fields that are value channels are waited for.
// Nextflow docs: reference/operator-typed#combine
func (c *call) addFields() (value.Value, error) {
	fields := c.opts.Copy()
	var waited []*dataflow.Channel
	var names []value.Value
	for _, name := range fields.Keys() {
		v, _ := fields.Get(name)
		if m, ok := v.(*dataflow.MultiChannel); ok {
			if only, one := m.Only(); one {
				v = only
			}
		}
		ch, ok := v.(*dataflow.Channel)
		if !ok {
			continue
		}
		if !ch.IsValue() {
			return nil, c.fail("takes values and value channels as fields, and `%s` is a queue channel: combine with it as a channel, or gather it with `collect()`", value.ToString(name))
		}
		waited, names = append(waited, ch), append(names, name)
	}
	out := c.graph.Like(c.in, c.op.name)
	reader := c.read(func(v value.Value) error {
		m, ok := v.(*value.Map)
		if !ok {
			return c.fail("adds fields to records, not to %s", describe(v))
		}
		out.Emit(merged(m, fields))
		return nil
	}, func() error { out.Close(); return nil })
	missing := len(waited)
	if missing > 0 {
		reader.Pause()
	}
	for i, ch := range waited {
		got := false
		c.readFrom(ch, func(v value.Value) error {
			fields.Set(names[i], v)
			if got = true; missing == 1 {
				reader.Resume()
			}
			missing--
			return nil
		}, func() error {
			if !got { // no value will come, and so no record
				reader.Stop()
				out.Close()
			}
			return nil
		})
	}
	return out, nil
}

// merged is a new map of both; the right one wins.
func merged(left, right *value.Map) *value.Map {
	m := left.Copy()
	right.Entries(func(k, v value.Value) bool { m.Set(k, v); return true })
	return m
}

// joinRecords pairs every record with every record of the other channel whose
// field is equal.
// Nextflow docs: reference/operator-typed#join
func (c *call) joinRecords(other *dataflow.Channel, field string) value.Value {
	out := c.queueOut(other)
	j := &recordJoin{call: c, field: field, emit: out.Emit, keys: newLoose[*recordKey]()}
	c.readBoth(other, out, j.add, j.finish)
	return out
}

type recordJoin struct {
	*call
	field string
	emit  func(value.Value)
	keys  *keyed[*recordKey]
}

type recordKey struct {
	key     value.Value
	records [2][]*value.Map
}

func (j *recordJoin) add(side int, v value.Value) error {
	m, ok := v.(*value.Map)
	if !ok {
		return j.fail("has `by: '%s'` and joins records, but the %s item is %s", j.field, sides[side], describe(v))
	}
	key, ok := m.Get(value.String(j.field))
	if !ok {
		return j.fail("has `by: '%s'`, but the %s record %s has no such field", j.field, sides[side], describe(v))
	}
	key = plainKey(key)
	p, found := j.keys.get(key)
	if !found {
		*p = &recordKey{key: key}
	}
	k := *p
	if len(k.records[side]) > 0 && j.boolOpt("failOnDuplicate") {
		return j.fail("has `failOnDuplicate`, and the key %s came again on the %s channel: %s", describe(key), sides[side], describe(v))
	}
	k.records[side] = append(k.records[side], m)
	for _, partner := range k.records[1-side] {
		left, right := m, partner
		if side == 1 {
			left, right = partner, m
		}
		j.emit(merged(left, right))
	}
	return nil
}

// finish deals with what found no partner.
func (j *recordJoin) finish() error {
	return j.keys.each(func(p **recordKey) error {
		k := *p
		for side, records := range k.records {
			if len(k.records[1-side]) > 0 {
				continue
			}
			for _, m := range records {
				if j.boolOpt("failOnMismatch") {
					return j.fail("has `failOnMismatch`, and the key %s of the %s channel has no partner: %s", describe(k.key), sides[side], describe(m))
				}
				if j.boolOpt("remainder") {
					j.emit(m)
				}
			}
		}
		return nil
	})
}

// Nextflow docs: reference/operator-typed#groupby
var groupByOp = &operator{
	name: "groupBy", gives: givesQueue, since: "26.04",
	doc:  "gathers the values of tuples `(key, value)` by their key and emits a tuple of each key and its values at the end; of tuples `(key, size, value)` when there are as many as the size says",
	errs: []string{"an item that is no tuple of two or three, or whose size is no integer"},
	run: func(c *call) (value.Value, error) {
		out := c.queueOut()
		groups := newKeyed[*valueGroup]()
		emit := func(g *valueGroup) { out.Emit(&value.List{Kind: value.Tuple, Elems: []value.Value{g.key, g.values}}) }
		c.read(func(v value.Value) error {
			t, ok := v.(*value.List)
			if !ok || t.Len() < 2 || t.Len() > 3 {
				return c.fail("takes tuples `(key, value)` or `(key, size, value)`, not %s", describe(v))
			}
			size := 0
			if t.Len() == 3 {
				n, isNumber := value.AsInt64(t.Elems[1])
				if !isNumber || !isInt(t.Elems[1]) || n < 1 {
					return c.fail("takes an integer from 1 as the size of a group, not %s", describe(t.Elems[1]))
				}
				size = int(n)
			}
			p, found := groups.get(t.Elems[0])
			if !found {
				*p = &valueGroup{key: t.Elems[0], values: &value.List{Kind: value.Bag}}
			}
			g := *p
			g.values.Elems = append(g.values.Elems, t.Elems[t.Len()-1])
			if size > 0 && len(g.values.Elems) == size {
				groups.drop(g.key)
				emit(g)
			}
			return nil
		}, func() error {
			err := groups.each(func(p **valueGroup) error { emit(*p); return nil })
			out.Close()
			return err
		})
		return out, nil
	},
}

type valueGroup struct {
	key    value.Value
	values *value.List
}
