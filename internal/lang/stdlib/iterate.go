package stdlib

import (
	"fmt"
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

// pathParts are the names between the slashes, which a Path iterates over; in a
// task those of the name that the file has there.
func pathParts(p *value.Path) []value.Value {
	out := []value.Value{}
	if p.Stage != "" {
		p = &value.Path{Name: p.Stage}
	}
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
	if s, ok := c.recv.(*value.Set); ok {
		out := s.Similar()
		for _, e := range list {
			out.Add(e)
		}
		return out
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
	if m, ok := c.recv.(*value.Map); ok {
		out := m.Similar()
		for _, e := range list {
			entry := e.(*value.MapEntry)
			out.Set(entry.Key, entry.Value)
		}
		return out
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
		{"collectMany", "collector: Iterable, transform: Closure", "adds the elements of the lists that transform makes", collectManyMethod},
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
		{"findResults", "transform: Closure? = null", "is all results that are not null", findResultsMethod},
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
			return c.indexWhere(c.arg(0), 0)
		}},
		{"findIndexOf", "start: Integer, condition: Closure", "is the index of the first element from start for which condition holds", func(c call) (value.Value, error) {
			return c.indexWhere(c.arg(1), c.intArg(0))
		}},
		{"findLastIndexOf", "condition: Closure", "is the index of the last element for which condition holds", func(c call) (value.Value, error) {
			return c.lastIndexWhere(c.arg(0), 0)
		}},
		{"findLastIndexOf", "start: Integer, condition: Closure", "is the index of the last element from start on for which condition holds", func(c call) (value.Value, error) {
			return c.lastIndexWhere(c.arg(1), c.intArg(0))
		}},
		{"findIndexValues", "condition: Closure", "is the indices of the elements for which condition holds", func(c call) (value.Value, error) {
			return c.indexValues(c.arg(0), 0)
		}},
		{"findIndexValues", "start: Integer, condition: Closure", "is the indices from start on of the elements for which condition holds", func(c call) (value.Value, error) {
			return c.indexValues(c.arg(1), c.intArg(0))
		}},
		{"grep", "filter = true", "is the elements that filter matches, as in a case", grepMethod},
		{"split", "condition: Closure", "is two lists: where condition holds and where it does not", splitMethod},
		{"iterator", "", "walks the elements", iteratorOf},
		{"listIterator", "", "walks the elements", iteratorOf},
		{"bufferedIterator", "", "walks the elements", iteratorOf},
	}
}

func iteratorOf(c call) (value.Value, error) { return &Iterator{list: elems(c.recv), of: c.recv}, nil }

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
		v, err := c.apply(c.arg(c.n()-1), e)
		if err != nil {
			return nil, err
		}
		if v == nil {
			continue
		}
		if !value.IsCollection(v) {
			return nil, notOfClass(v, value.CollectionClass)
		}
		out = append(out, elems(v)...)
	}
	if c.n() == 1 {
		return value.NewList(out...), nil
	}
	_, err := c.t.Call(c.th, c.arg(0), "addAll", value.NewList(out...))
	return c.arg(0), err
}

// notOfClass is what Java says of a value that is of another class than the
// code at hand needs.
func notOfClass(v value.Value, c *value.Class) error {
	have := v.Class().Name
	where := fmt.Sprintf("%s and %s are in module java.base of loader 'bootstrap'", have, c.Name)
	if !strings.HasPrefix(have, "java.") {
		where = fmt.Sprintf("%s is in unnamed module of loader 'app'; %s is in module java.base of loader 'bootstrap'", have, c.Name)
	}
	return value.Throw("java.lang.ClassCastException", "class %s cannot be cast to class %s (%s)", have, c.Name, where)
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
	if c.arg(0) == nil {
		return c.alike(out), nil
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
		v, err := e, error(nil)
		if c.arg(0) != nil {
			v, err = c.apply(c.arg(0), e)
		}
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

func (c call) indexWhere(f value.Value, start int) (value.Value, error) {
	list := elems(c.recv)
	for i := max(start, 0); i < len(list); i++ {
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

// lastIndexWhere asks about all elements, as the closure may count.
func (c call) lastIndexWhere(f value.Value, start int) (value.Value, error) {
	indices, err := c.indexValues(f, start)
	if err != nil {
		return nil, err
	}
	found := indices.(*value.List).Elems
	if len(found) == 0 {
		return value.Int(-1), nil
	}
	return value.Int(found[len(found)-1].(value.Long)), nil
}

func (c call) indexValues(f value.Value, start int) (value.Value, error) {
	out := []value.Value{}
	for i, e := range elems(c.recv) {
		if i < start {
			continue
		}
		ok, err := c.holds(f, e)
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
	of   value.Value // what remove() changes
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
		{"remove", "", "removes the element that next gave last", removeWalked},
		{"hasPrevious", "", "says whether there is an element before", func(c call) (value.Value, error) {
			return value.Bool(c.recv.(*Iterator).next > 0), nil
		}},
		{"previous", "", "is the element before", func(c call) (value.Value, error) {
			it := c.recv.(*Iterator)
			if it.next == 0 {
				return nil, value.Throw("java.util.NoSuchElementException", "")
			}
			it.next--
			return it.list[it.next], nil
		}},
		{"nextIndex", "", "is the index of the next element", func(c call) (value.Value, error) { return value.Int(c.recv.(*Iterator).next), nil }},
		{"head", "", "is the next element, without passing it", func(c call) (value.Value, error) {
			it := c.recv.(*Iterator)
			if it.next >= len(it.list) {
				return nil, value.Throw("java.util.NoSuchElementException", "")
			}
			return it.list[it.next], nil
		}},
		{"toList", "", "is what is left as a list", func(c call) (value.Value, error) { return value.NewList(elems(c.recv)...), nil }},
	}
}

func removeWalked(c call) (value.Value, error) {
	it := c.recv.(*Iterator)
	if it.next == 0 {
		return nil, value.Throw("java.lang.IllegalStateException", "")
	}
	it.next--
	e := it.list[it.next]
	it.list = append(append([]value.Value(nil), it.list[:it.next]...), it.list[it.next+1:]...)
	switch of := it.of.(type) {
	case *value.List:
		if of.FixedSize() {
			return nil, unsupported()
		}
		removeIndex(of, it.next)
	case *value.Set:
		of.Remove(e)
	case *value.MapValues:
		of.RemoveWhere(func(i int, _ value.Value) bool { return i == it.next })
	case *value.Map:
		of.Delete(e.(*value.MapEntry).Key)
	default:
		return nil, unsupported()
	}
	return nil, nil
}
