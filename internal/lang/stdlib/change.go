package stdlib

import "sluice/internal/lang/value"

// unsupported is what changing an immutable collection throws.
func unsupported() error {
	return value.Throw("java.lang.UnsupportedOperationException", "")
}

// replace puts list in place of the receiver's elements.
func (c call) replace(list []value.Value) error {
	switch r := c.recv.(type) {
	case *value.List:
		if r.ReadOnly() || r.FixedSize() && len(list) != len(r.Elems) {
			return unsupported()
		}
		r.Elems = list
		return nil
	case *value.Set:
		if r.Frozen() {
			return unsupported()
		}
		kept := value.NewSet(list...)
		for _, e := range elems(r) {
			if !kept.Has(e) {
				r.Remove(e)
			}
		}
		if r.View != nil {
			return nil
		}
		for _, e := range list {
			r.Add(e)
		}
		return nil
	case *value.MapValues:
		return replaceValues(r, list)
	}
	return unsupported()
}

// replaceValues removes the values of a map that are not in list, which has
// the others in order.
func replaceValues(v *value.MapValues, list []value.Value) error {
	if v.Frozen() {
		return unsupported()
	}
	v.RemoveWhere(func(_ int, e value.Value) bool {
		if len(list) > 0 && value.KeyEqual(e, list[0]) {
			list = list[1:]
			return false
		}
		return true
	})
	return nil
}

// mutableList is the receiver when it is a list that may grow and shrink.
func (c call) mutableList() (*value.List, error) {
	if l, ok := c.recv.(*value.List); ok && !l.FixedSize() {
		return l, nil
	}
	return nil, unsupported()
}

func addMethod(c call) (value.Value, error) {
	if s, ok := c.recv.(*value.Set); ok {
		if s.Frozen() || s.View != nil {
			return nil, unsupported()
		}
		return value.Bool(s.Add(c.arg(0))), nil
	}
	l, err := c.mutableList()
	if err != nil {
		return nil, err
	}
	l.Elems = append(l.Elems, c.arg(0))
	return value.Bool(true), nil
}

func addAllMethod(c call) (value.Value, error) {
	more := c.args
	if len(more) == 1 {
		if list, ok := value.Elements(more[0]); ok {
			more = append([]value.Value(nil), list...)
		}
	}
	if s, ok := c.recv.(*value.Set); ok {
		if s.Frozen() || s.View != nil {
			return nil, unsupported()
		}
		changed := false
		for _, e := range more {
			changed = s.Add(e) || changed
		}
		return value.Bool(changed), nil
	}
	l, err := c.mutableList()
	if err != nil {
		return nil, err
	}
	l.Elems = append(l.Elems, more...)
	return value.Bool(len(more) > 0), nil
}

func (c call) removeElement() (value.Value, error) {
	if s, ok := c.recv.(*value.Set); ok {
		if s.Frozen() {
			return nil, unsupported()
		}
		return value.Bool(s.Remove(c.arg(0))), nil
	}
	if v, ok := c.recv.(*value.MapValues); ok {
		if v.Frozen() {
			return nil, unsupported()
		}
		done := false
		return value.Bool(v.RemoveWhere(func(_ int, e value.Value) bool {
			hit := !done && value.KeyEqual(e, c.arg(0))
			done = done || hit
			return hit
		})), nil
	}
	l, err := c.mutableList()
	if err != nil {
		return nil, err
	}
	i := indexKey(l.Elems, c.arg(0))
	if i < 0 {
		return value.Bool(false), nil
	}
	removeIndex(l, i)
	return value.Bool(true), nil
}

// removeIndex makes a new slice, so that a walk under way keeps its elements.
func removeIndex(l *value.List, i int) value.Value {
	v := l.Elems[i]
	l.Elems = append(append(make([]value.Value, 0, len(l.Elems)), l.Elems[:i]...), l.Elems[i+1:]...)
	return v
}

// keepWhere keeps the elements for which the closure's truth is want.
func (c call) keepWhere(f value.Value, want bool) (value.Value, error) {
	kept, err := c.selectWhere(f, want)
	if err != nil {
		return nil, err
	}
	changed := len(kept) != c.recv.(value.Sized).Len()
	if !changed {
		return value.Bool(false), nil
	}
	return value.Bool(true), c.replace(kept)
}

// keepListed keeps the elements that are among the arguments, or are not.
func (c call) keepListed(want bool) (value.Value, error) {
	given := c.args
	if len(given) == 1 && value.IsCollection(given[0]) {
		given = elems(given[0])
	}
	kept := []value.Value{}
	for _, e := range elems(c.recv) {
		if (indexKey(given, e) >= 0) == want {
			kept = append(kept, e)
		}
	}
	changed := len(kept) != c.recv.(value.Sized).Len()
	return value.Bool(changed), c.replace(kept)
}

// sort orders a list in place when asked to; other collections give a new list.
func (c call) sort(mutate bool, f value.Value) (value.Value, error) {
	list, err := c.sorted(elems(c.recv), f)
	if err != nil {
		return nil, err
	}
	if l, ok := c.recv.(*value.List); ok && mutate {
		if l.ReadOnly() {
			return nil, unsupported()
		}
		l.Elems = list
		if _, ofJava := f.(*comparatorValue); ofJava {
			return nil, nil // List.sort(Comparator) gives nothing, unlike sort() of Groovy
		}
		return l, nil
	}
	return value.NewList(list...), nil
}

func (c call) unique(mutate bool, f value.Value) (value.Value, error) {
	list, err := c.uniqueOf(elems(c.recv), f)
	if err != nil {
		return nil, err
	}
	if !mutate {
		return c.alike(list), nil
	}
	if v, ok := c.recv.(*value.MapValues); ok && v.Len() != len(list) {
		return nil, unsupported()
	}
	if err := c.replace(list); err != nil {
		return nil, err
	}
	return c.recv, nil
}
