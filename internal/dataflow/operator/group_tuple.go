package operator

import "sluice/internal/lang/value"

// Nextflow docs: reference/operator#grouptuple
var groupTupleOp = &operator{
	name: "groupTuple", gives: givesQueue,
	doc:  "gathers tuples with equal keys into one tuple of the key and lists",
	opts: groupTupleOptions,
	run: func(c *call) (value.Value, error) {
		by, err := c.byOpt()
		if err != nil {
			return nil, err
		}
		g := &grouping{call: c, by: by, size: c.intOpt("size", 0), groups: newKeyed[*group]()}
		out := c.queueOut()
		c.read(func(v value.Value) error {
			done, err := g.add(v)
			if done != nil && err == nil {
				out.Emit(done)
			}
			return err
		}, func() error {
			err := g.groups.each(func(p **group) error {
				grp := *p
				if grp.size > 0 && !c.boolOpt("remainder") {
					return nil
				}
				t, err := g.finish(grp)
				if err == nil {
					out.Emit(t)
				}
				return err
			})
			out.Close()
			return err
		})
		return out, nil
	},
}

type grouping struct {
	*call
	by     []int
	size   int
	groups *keyed[*group]
}

// A group is the tuple being made: key elements in their places, bags elsewhere.
type group struct {
	elems []value.Value
	n     int
	size  int // emitted at this many; 0 at the end
}

// add returns the finished tuple when v completes its group.
func (g *grouping) add(v value.Value) (value.Value, error) {
	t, ok := v.(*value.List)
	if !ok {
		return nil, g.fail("needs tuples, not %s: `[key, value]`", describe(v))
	}
	key, _, ok := cut(t, g.by)
	if !ok {
		return nil, g.fail("has `by` %s, but the tuple %s has %d elements", describe(g.opt("by")), describe(v), t.Len())
	}
	p, found := g.groups.get(key)
	if !found {
		*p = &group{size: g.sizeOf(key)}
	}
	grp := *p
	for len(grp.elems) < len(t.Elems) {
		i := len(grp.elems)
		if contains(g.by, i) {
			grp.elems = append(grp.elems, t.Elems[i])
		} else {
			grp.elems = append(grp.elems, &value.List{Kind: value.Bag})
		}
	}
	for i, e := range t.Elems {
		if bag, isBag := grp.elems[i].(*value.List); isBag && !contains(g.by, i) {
			bag.Elems = append(bag.Elems, e)
		}
	}
	if grp.n++; grp.size == 0 || grp.n < grp.size {
		return nil, nil
	}
	g.groups.drop(key)
	return g.finish(grp)
}

// sizeOf is how many items a group waits for: the option, or what its
// groupKey says.
func (g *grouping) sizeOf(key value.Value) int {
	if g.size > 0 {
		return g.size
	}
	if k, ok := key.(*value.GroupKey); ok {
		return k.Size
	}
	if l, ok := key.(*value.List); ok && len(g.by) > 1 {
		for _, e := range l.Elems {
			if k, isKey := e.(*value.GroupKey); isKey {
				return k.Size
			}
		}
	}
	return 0
}

func (g *grouping) finish(grp *group) (value.Value, error) {
	for i, e := range grp.elems {
		if bag, ok := e.(*value.List); ok && !contains(g.by, i) {
			if err := g.sortOpt(bag.Elems); err != nil {
				return nil, err
			}
		}
	}
	return value.NewList(grp.elems...), nil
}
