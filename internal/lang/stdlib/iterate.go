package stdlib

import (
	"strings"

	"sluice/internal/lang/value"
)

// elems is what a method of iteration walks: a copy, so that a closure may
// change the collection.
func elems(v value.Value) []value.Value {
	switch v := v.(type) {
	case nil:
		return nil
	case *value.List:
		return append([]value.Value(nil), v.Elems...)
	case *value.Path:
		if v.IsFile {
			return []value.Value{v}
		}
		return pathParts(v)
	}
	if list, ok := value.Elements(v); ok {
		return list
	}
	if s, ok := value.Str(v); ok {
		return chars(s)
	}
	return []value.Value{v}
}

// pathParts are the names between the slashes, which a Path iterates over.
func pathParts(p *value.Path) []value.Value {
	out := []value.Value{}
	for _, name := range p.Elements() {
		out = append(out, &value.Path{Name: name})
	}
	return out
}

func chars(s string) []value.Value {
	out := make([]value.Value, 0, len(s))
	for _, r := range s {
		out = append(out, value.String(r))
	}
	return out
}

// apply calls f with an element; an entry of a map is given as key and value
// to closures of two parameters.
func (c call) apply(f, e value.Value) (value.Value, error) {
	if entry, ok := e.(*value.MapEntry); ok && closureParams(f) >= 2 {
		return c.run(f, entry.Key, entry.Value)
	}
	return c.run(f, e)
}

// holds is apply for its truth; without closure the element itself decides.
func (c call) holds(f, e value.Value) (bool, error) {
	if f == nil {
		return c.t.truth(c.th, e), nil
	}
	v, err := c.apply(f, e)
	if err != nil {
		return false, err
	}
	return c.t.truth(c.th, v), nil
}

func (t *Table) truth(_ *value.Thread, v value.Value) bool { return value.Truth(v) }

// alike is a new collection of the receiver's kind.
func (c call) alike(list []value.Value) value.Value {
	if _, ok := c.recv.(*value.Set); ok {
		return value.NewSet(list...)
	}
	return value.NewList(list...)
}

func mapOfEntries(list []value.Value) *value.Map {
	m := value.NewMap(len(list))
	for _, e := range list {
		entry := e.(*value.MapEntry)
		m.Set(entry.Key, entry.Value)
	}
	return m
}

// picked is the result of a selection: a map from a map, a set from a set.
func (c call) picked(list []value.Value) value.Value {
	if _, ok := c.recv.(*value.Map); ok {
		return mapOfEntries(list)
	}
	return c.alike(list)
}

func iterationMethods() []def {
	return []def{
		{"each", "action: Closure", "calls action with each element", eachMethod},
		{"forEach", "action: Closure", "calls action with each element", func(c call) (value.Value, error) {
			_, err := eachMethod(c)
			return nil, err
		}},
		{"eachWithIndex", "action: Closure", "calls action with each element and its index", eachWithIndexMethod},
		{"reverseEach", "action: Closure", "calls action with each element, last first", reverseEachMethod},
		{"collect", "transform: Closure? = null", "is the list of what transform makes of each element", func(c call) (value.Value, error) {
			return c.collectInto(nil, c.arg(0))
		}},
		{"collect", "collector: Iterable, transform: Closure", "adds what transform makes of each element", func(c call) (value.Value, error) {
			return c.collectInto(c.arg(0), c.arg(1))
		}},
		{"collectMany", "transform: Closure", "joins the lists that transform makes of each element", collectManyMethod},
		{"collectNested", "transform: Closure", "transforms the elements of nested lists", func(c call) (value.Value, error) {
			return c.collectNested(c.recv, c.arg(0))
		}},
		{"find", "condition: Closure? = null", "is the first element for which condition holds", findMethod},
		{"findAll", "condition: Closure? = null", "is all elements for which condition holds", findAllMethod},
		{"findResult", "condition: Closure", "is the first result that is not null", func(c call) (value.Value, error) {
			return c.findResult(nil, c.arg(0))
		}},
		{"findResult", "fallback, condition: Closure", "is the first result that is not null", func(c call) (value.Value, error) {
			return c.findResult(c.arg(0), c.arg(1))
		}},
		{"findResults", "transform: Closure", "is all results that are not null", findResultsMethod},
		{"any", "condition: Closure? = null", "says whether condition holds for an element", func(c call) (value.Value, error) {
			return c.quantify(true)
		}},
		{"every", "condition: Closure? = null", "says whether condition holds for all elements", func(c call) (value.Value, error) {
			return c.quantify(false)
		}},
		{"inject", "accumulator: Closure", "folds the elements, starting with the first", func(c call) (value.Value, error) {
			list := elems(c.recv)
			if len(list) == 0 {
				return nil, value.Throw("java.util.NoSuchElementException", "Cannot call inject() on an empty collection without passing an initial value.")
			}
			return c.inject(list[0], list[1:], c.arg(0))
		}},
		{"inject", "initial, accumulator: Closure", "folds the elements", func(c call) (value.Value, error) {
			return c.inject(c.arg(0), elems(c.recv), c.arg(1))
		}},
		{"findIndexOf", "condition: Closure", "is the index of the first element for which condition holds", func(c call) (value.Value, error) {
			return c.indexWhere(c.arg(0), 0, 1)
		}},
		{"findIndexOf", "start: Integer, condition: Closure", "is the index of the first element from start for which condition holds", func(c call) (value.Value, error) {
			return c.indexWhere(c.arg(1), c.intArg(0), 1)
		}},
		{"findLastIndexOf", "condition: Closure", "is the index of the last element for which condition holds", func(c call) (value.Value, error) {
			return c.indexWhere(c.arg(0), 0, -1)
		}},
		{"findIndexValues", "condition: Closure", "is the indices of the elements for which condition holds", findIndexValuesMethod},
		{"grep", "filter = true", "is the elements that filter matches, as in a case", grepMethod},
		{"split", "condition: Closure", "is two lists: where condition holds and where it does not", splitMethod},
		{"iterator", "", "walks the elements", func(c call) (value.Value, error) { return &Iterator{list: elems(c.recv)}, nil }},
	}
}

func eachMethod(c call) (value.Value, error) {
	for _, e := range elems(c.recv) {
		if _, err := c.apply(c.arg(0), e); err != nil {
			return nil, err
		}
	}
	return c.recv, nil
}

func eachWithIndexMethod(c call) (value.Value, error) {
	f := c.arg(0)
	for i, e := range elems(c.recv) {
		args := []value.Value{e, value.Int(i)}
		if entry, ok := e.(*value.MapEntry); ok && closureParams(f) == 3 {
			args = []value.Value{entry.Key, entry.Value, value.Int(i)}
		}
		if _, err := c.run(f, args...); err != nil {
			return nil, err
		}
	}
	return c.recv, nil
}

func reverseEachMethod(c call) (value.Value, error) {
	list := elems(c.recv)
	for i := len(list) - 1; i >= 0; i-- {
		if _, err := c.apply(c.arg(0), list[i]); err != nil {
			return nil, err
		}
	}
	return c.recv, nil
}

func (c call) collectInto(collector, f value.Value) (value.Value, error) {
	list := elems(c.recv)
	out := make([]value.Value, 0, len(list))
	for _, e := range list {
		v := e
		if f != nil {
			var err error
			if v, err = c.apply(f, e); err != nil {
				return nil, err
			}
		}
		out = append(out, v)
	}
	if collector == nil {
		return value.NewList(out...), nil
	}
	_, err := c.t.Call(c.th, collector, "addAll", value.NewList(out...))
	return collector, err
}

func collectManyMethod(c call) (value.Value, error) {
	var out []value.Value
	for _, e := range elems(c.recv) {
		v, err := c.apply(c.arg(0), e)
		if err != nil {
			return nil, err
		}
		if v != nil {
			out = append(out, elems(v)...)
		}
	}
	return value.NewList(out...), nil
}

func (c call) collectNested(v, f value.Value) (value.Value, error) {
	out := []value.Value{}
	for _, e := range elems(v) {
		var r value.Value
		var err error
		if value.IsCollection(e) {
			r, err = c.collectNested(e, f)
		} else {
			r, err = c.run(f, e)
		}
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return value.NewList(out...), nil
}

func findMethod(c call) (value.Value, error) {
	for _, e := range elems(c.recv) {
		ok, err := c.holds(c.arg(0), e)
		if err != nil {
			return nil, err
		}
		if ok {
			return e, nil
		}
	}
	return nil, nil
}

func (c call) selectWhere(f value.Value, want bool) ([]value.Value, error) {
	out := []value.Value{}
	for _, e := range elems(c.recv) {
		ok, err := c.holds(f, e)
		if err != nil {
			return nil, err
		}
		if ok == want {
			out = append(out, e)
		}
	}
	return out, nil
}

func findAllMethod(c call) (value.Value, error) {
	out, err := c.selectWhere(c.arg(0), true)
	if err != nil {
		return nil, err
	}
	return c.picked(out), nil
}

func (c call) findResult(fallback, f value.Value) (value.Value, error) {
	for _, e := range elems(c.recv) {
		v, err := c.apply(f, e)
		if err != nil || v != nil {
			return v, err
		}
	}
	return fallback, nil
}

func findResultsMethod(c call) (value.Value, error) {
	out := []value.Value{}
	for _, e := range elems(c.recv) {
		v, err := c.apply(c.arg(0), e)
		if err != nil {
			return nil, err
		}
		if v != nil {
			out = append(out, v)
		}
	}
	return value.NewList(out...), nil
}

// quantify is any (stop at true) or every (stop at false).
func (c call) quantify(stop bool) (value.Value, error) {
	for _, e := range elems(c.recv) {
		ok, err := c.holds(c.arg(0), e)
		if err != nil {
			return nil, err
		}
		if ok == stop {
			return value.Bool(stop), nil
		}
	}
	return value.Bool(!stop), nil
}

func (c call) inject(acc value.Value, list []value.Value, f value.Value) (value.Value, error) {
	var err error
	for _, e := range list {
		if entry, ok := e.(*value.MapEntry); ok && closureParams(f) == 3 {
			acc, err = c.run(f, acc, entry.Key, entry.Value)
		} else {
			acc, err = c.run(f, acc, e)
		}
		if err != nil {
			return nil, err
		}
	}
	return acc, nil
}

func (c call) indexWhere(f value.Value, start, step int) (value.Value, error) {
	list := elems(c.recv)
	i := start
	if step < 0 {
		i = len(list) - 1
	}
	for ; i >= 0 && i < len(list); i += step {
		ok, err := c.holds(f, list[i])
		if err != nil {
			return nil, err
		}
		if ok {
			return value.Int(i), nil
		}
	}
	return value.Int(-1), nil
}

func findIndexValuesMethod(c call) (value.Value, error) {
	out := []value.Value{}
	for i, e := range elems(c.recv) {
		ok, err := c.holds(c.arg(0), e)
		if err != nil {
			return nil, err
		}
		if ok {
			out = append(out, value.Long(i))
		}
	}
	return value.NewList(out...), nil
}

func grepMethod(c call) (value.Value, error) {
	out := []value.Value{}
	for _, e := range elems(c.recv) {
		ok := value.Truth(e)
		if c.n() > 0 {
			var err error
			if ok, err = value.IsCase(c.th, c.arg(0), e); err != nil {
				return nil, err
			}
		}
		if ok {
			out = append(out, e)
		}
	}
	return c.picked(out), nil
}

func splitMethod(c call) (value.Value, error) {
	yes, err := c.selectWhere(c.arg(0), true)
	if err != nil {
		return nil, err
	}
	no, err := c.selectWhere(c.arg(0), false)
	if err != nil {
		return nil, err
	}
	return value.NewList(c.alike(yes), c.alike(no)), nil
}

// joinText puts separator between the printed elements.
func joinText(list []value.Value, separator string) value.String {
	var b strings.Builder
	for i, e := range list {
		if i > 0 {
			b.WriteString(separator)
		}
		b.WriteString(value.ToString(e))
	}
	return value.String(b.String())
}

// An Iterator is java.util.Iterator over a copy of the elements.
type Iterator struct {
	list []value.Value
	next int
}

// Class is java.util.Iterator.
func (*Iterator) Class() *value.Class { return value.IteratorClass }

// Iterate walks what is left.
func (it *Iterator) Iterate(yield func(value.Value) bool) {
	for it.next < len(it.list) {
		it.next++
		if !yield(it.list[it.next-1]) {
			return
		}
	}
}

func iteratorMethods() []def {
	return []def{
		{"hasNext", "", "says whether there is another element", func(c call) (value.Value, error) {
			it := c.recv.(*Iterator)
			return value.Bool(it.next < len(it.list)), nil
		}},
		{"next", "", "is the next element", func(c call) (value.Value, error) {
			it := c.recv.(*Iterator)
			if it.next >= len(it.list) {
				return nil, value.Throw("java.util.NoSuchElementException", "")
			}
			it.next++
			return it.list[it.next-1], nil
		}},
		{"toList", "", "is what is left as a list", func(c call) (value.Value, error) { return value.NewList(elems(c.recv)...), nil }},
	}
}
