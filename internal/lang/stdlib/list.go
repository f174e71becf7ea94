package stdlib

import (
	"sluice/internal/lang/value"
)

// listMethods are those that only lists and ranges have.
func listMethods() []def {
	return []def{
		{"get", "index: Integer", "is the element at index", func(c call) (value.Value, error) {
			list, _ := value.Elements(c.recv)
			if err := checkIndex(c.intArg(0), len(list)); err != nil {
				return nil, err
			}
			return list[c.intArg(0)], nil
		}},
		{"getAt", "indices: Iterable", "is the list of elements at indices", func(c call) (value.Value, error) {
			return value.GetAt(c.th, c.recv, c.arg(0))
		}},
		{"getAt", "index, more...", "is the element at index", func(c call) (value.Value, error) {
			if c.n() == 1 {
				return value.GetAt(c.th, c.recv, c.arg(0))
			}
			return value.GetAt(c.th, c.recv, value.NewList(c.args...))
		}},
		{"set", "index: Integer, element", "replaces an element and returns the old one", func(c call) (value.Value, error) {
			l, err := c.mutableList()
			if err != nil {
				return nil, err
			}
			if err := checkIndex(c.intArg(0), len(l.Elems)); err != nil {
				return nil, err
			}
			old := l.Elems[c.intArg(0)]
			l.Elems[c.intArg(0)] = c.arg(1)
			return old, nil
		}},
		{"putAt", "index, element", "sets an element; the list grows where needed", func(c call) (value.Value, error) {
			return nil, value.SetAt(c.th, c.recv, c.arg(0), c.arg(1))
		}},
		{"getIndices", "", "is the range of indices", func(c call) (value.Value, error) {
			n := c.recv.(value.Sized).Len()
			if n == 0 {
				return &value.Range{Empty: true, Exclusive: true}, nil
			}
			return &value.Range{From: 0, To: int64(n) - 1, Exclusive: true}, nil
		}},
		{"getLength", "", "is the number of elements, as of an array", sizeMethod},
		{"indexOf", "value", "is the first index of value, -1 if there is none", func(c call) (value.Value, error) {
			list, _ := value.Elements(c.recv)
			return value.Int(indexKey(list, c.arg(0))), nil
		}},
		{"lastIndexOf", "value", "is the last index of value, -1 if there is none", func(c call) (value.Value, error) {
			list, _ := value.Elements(c.recv)
			for i := len(list) - 1; i >= 0; i-- {
				if value.KeyEqual(list[i], c.arg(0)) {
					return value.Int(i), nil
				}
			}
			return value.Int(-1), nil
		}},
		{"reverse", "mutate: Boolean = false", "is the elements in reverse order", func(c call) (value.Value, error) {
			list := reversed(elems(c.recv))
			if c.boolOr(0, false) {
				return c.recv, c.replace(list)
			}
			return value.NewList(list...), nil
		}},
		{"asReversed", "", "is the elements in reverse order", func(c call) (value.Value, error) { return value.NewList(reversed(elems(c.recv))...), nil }},
		{"toSpreadMap", "", "is a map of the elements: a key, its value, the next key", func(c call) (value.Value, error) {
			list := elems(c.recv)
			if len(list)%2 != 0 {
				return nil, value.Throw("groovy.lang.GroovyRuntimeException", "Fail to convert List to SpreadMap, because its size is not even.")
			}
			m := value.NewMap(len(list) / 2)
			for i := 0; i < len(list); i += 2 {
				m.Set(list[i], list[i+1])
			}
			return m, nil
		}},
		{"subList", "fromIndex: Integer, toIndex: Integer", "is the elements from fromIndex up to toIndex", subListMethod},
		{"transpose", "", "makes columns of rows", transposeMethod},
		{"swap", "i: Integer, j: Integer", "exchanges two elements", func(c call) (value.Value, error) {
			l, err := c.mutableList()
			if err != nil {
				return nil, err
			}
			i, j := c.intArg(0), c.intArg(1)
			if err := checkIndex(max(i, j), len(l.Elems)); err != nil {
				return nil, err
			}
			l.Elems[i], l.Elems[j] = l.Elems[j], l.Elems[i]
			return l, nil
		}},
		{"add", "index: Integer, element", "inserts an element", func(c call) (value.Value, error) {
			return nil, c.insert(c.intArg(0), c.arg(1))
		}},
		{"addAll", "index: Integer, elements: Iterable", "inserts elements", func(c call) (value.Value, error) {
			return value.Bool(true), c.insert(c.intArg(0), elems(c.arg(1))...)
		}},
		{"plus", "index: Integer, elements", "is the list with elements inserted", func(c call) (value.Value, error) {
			more := []value.Value{c.arg(1)}
			if value.IsCollection(c.arg(1)) {
				more = elems(c.arg(1))
			}
			list := elems(c.recv)
			i := c.intArg(0)
			if i < 0 || i > len(list) {
				return nil, value.Throw("java.lang.IndexOutOfBoundsException", "Index: %d, Size: %d", i, len(list))
			}
			return value.NewList(append(append(append([]value.Value(nil), list[:i]...), more...), list[i:]...)...), nil
		}},
		{"remove", "index", "removes the element at an index given as int, or an element", func(c call) (value.Value, error) {
			if i, ok := c.arg(0).(value.Int); ok {
				return c.removeAt(int(i))
			}
			return c.removeElement()
		}},
		{"removeAt", "index: Integer", "removes the element at index and returns it", func(c call) (value.Value, error) { return c.removeAt(c.intArg(0)) }},
		{"removeLast", "", "removes the last element and returns it", func(c call) (value.Value, error) {
			n := c.recv.(value.Sized).Len()
			if n == 0 {
				return nil, value.Throw("java.util.NoSuchElementException", "Cannot removeLast() from an empty List")
			}
			return c.removeAt(n - 1)
		}},
		{"push", "element", "puts an element before the others", func(c call) (value.Value, error) {
			return value.Bool(true), c.insert(0, c.arg(0))
		}},
		{"pop", "", "removes the first element and returns it", func(c call) (value.Value, error) {
			if c.recv.(value.Sized).Len() == 0 {
				return nil, value.Throw("java.util.NoSuchElementException", "Cannot pop() an empty List")
			}
			return c.removeAt(0)
		}},
		{"replaceAll", "transform: Closure", "replaces each element", func(c call) (value.Value, error) {
			v, err := c.collectInto(nil, c.arg(0))
			if err != nil {
				return nil, err
			}
			return nil, c.replace(v.(*value.List).Elems)
		}},
		{"shuffle", "random: Object = null", "puts the list in random order", func(c call) (value.Value, error) {
			v, err := shuffledMethod(c)
			if err != nil {
				return nil, err
			}
			return nil, c.replace(v.(*value.List).Elems)
		}},
		{"withDefault", "make: Closure", "is the list; elements are not made on demand", func(c call) (value.Value, error) { return c.recv, nil }},
		{"encodeHex", "", "prints bytes in hexadecimal", func(c call) (value.Value, error) { return encodeHex(listBytes(c.recv)), nil }},
		{"execute", "env: Object? = null, dir: Object? = null", "starts a child process", executeMethod},
	}
}

func setMethods() []def {
	return []def{
		{"getAt", "index: Integer", "is the element at index in order of insertion", func(c call) (value.Value, error) {
			return value.GetAt(c.th, value.NewList(elems(c.recv)...), c.arg(0))
		}},
	}
}

func rangeMethods() []def {
	return []def{
		{"getFrom", "", "is the lower end", func(c call) (value.Value, error) { return rangeEnd(c.recv, true), nil }},
		{"getTo", "", "is the upper end", func(c call) (value.Value, error) { return rangeEnd(c.recv, false), nil }},
		{"isReverse", "", "says whether the range descends", func(c call) (value.Value, error) {
			return value.Bool(c.recv.(*value.Range).Reverse), nil
		}},
		{"step", "n: Integer", "is every n-th element", rangeStep},
		{"by", "n: Integer", "is every n-th element", rangeStep},
		{"step", "n: Integer, action: Closure", "calls action with every n-th element", func(c call) (value.Value, error) {
			v, err := rangeStep(c)
			if err != nil {
				return nil, err
			}
			for _, e := range elems(v) {
				if _, err := c.run(c.arg(1), e); err != nil {
					return nil, err
				}
			}
			return nil, nil
		}},
		{"containsWithinBounds", "value", "says whether value lies between the ends", func(c call) (value.Value, error) {
			switch c.arg(0).(type) {
			case value.Int, value.Long, value.String, *value.GString:
			default:
				return value.False, nil
			}
			lo, err := value.Compare(c.arg(0), rangeEnd(c.recv, true))
			if err != nil {
				return nil, err
			}
			hi, err := value.Compare(c.arg(0), rangeEnd(c.recv, false))
			return value.Bool(lo >= 0 && hi <= 0), err
		}},
	}
}

func rangeEnd(v value.Value, low bool) value.Value {
	r := v.(*value.Range)
	n := r.Len()
	if n == 0 {
		return value.Int(r.From)
	}
	if low != r.Reverse {
		return r.At(0)
	}
	return r.At(n - 1)
}

func rangeStep(c call) (value.Value, error) {
	n := c.intArg(0)
	list := elems(c.recv)
	if n < 0 {
		list, n = reversed(list), -n
	}
	if n == 0 {
		return nil, value.Throw("groovy.lang.GroovyRuntimeException", "Infinite loop detected due to step size of 0")
	}
	out := []value.Value{}
	for i := 0; i < len(list); i += n {
		out = append(out, list[i])
	}
	return value.NewList(out...), nil
}

func checkIndex(i, n int) error {
	if i < 0 || i >= n {
		return value.Throw("java.lang.IndexOutOfBoundsException", "Index %d out of bounds for length %d", i, n)
	}
	return nil
}

func reversed(list []value.Value) []value.Value {
	for i, j := 0, len(list)-1; i < j; i, j = i+1, j-1 {
		list[i], list[j] = list[j], list[i]
	}
	return list
}

func subListMethod(c call) (value.Value, error) {
	list := elems(c.recv)
	from, to := c.intArg(0), c.intArg(1)
	switch {
	case from < 0:
		return nil, value.Throw("java.lang.IndexOutOfBoundsException", "fromIndex = %d", from)
	case to > len(list):
		return nil, value.Throw("java.lang.IndexOutOfBoundsException", "toIndex = %d", to)
	case from > to:
		return nil, value.Throw("java.lang.IllegalArgumentException", "fromIndex(%d) > toIndex(%d)", from, to)
	}
	if r, ok := c.recv.(*value.Range); ok && from < to && !r.Chars {
		part := &value.Range{From: toInt64(list[from]), To: toInt64(list[to-1]), Reverse: r.Reverse, Long: r.Long}
		return part, nil
	}
	return value.NewList(list[from:to]...), nil
}

func transposeMethod(c call) (value.Value, error) {
	rows := [][]value.Value{}
	for _, e := range elems(c.recv) {
		if !value.IsCollection(e) {
			class := "null"
			if e != nil {
				class = e.Class().Name
			}
			return nil, value.Throw("org.codehaus.groovy.runtime.typehandling.GroovyCastException",
				"Cannot cast object '%s' with class '%s' to class 'java.util.List'", value.ToString(e), class)
		}
		rows = append(rows, elems(e))
	}
	out := []value.Value{}
	for i := 0; len(rows) > 0; i++ {
		column := []value.Value{}
		for _, row := range rows {
			if i >= len(row) {
				return value.NewList(out...), nil
			}
			column = append(column, row[i])
		}
		out = append(out, value.NewList(column...))
	}
	return value.NewList(out...), nil
}

func (c call) removeAt(i int) (value.Value, error) {
	l, err := c.mutableList()
	if err != nil {
		return nil, err
	}
	if err := checkIndex(i, len(l.Elems)); err != nil {
		return nil, err
	}
	return removeIndex(l, i), nil
}

func (c call) insert(i int, more ...value.Value) error {
	l, err := c.mutableList()
	if err != nil {
		return err
	}
	if i < 0 || i > len(l.Elems) {
		return value.Throw("java.lang.IndexOutOfBoundsException", "Index: %d, Size: %d", i, len(l.Elems))
	}
	list := make([]value.Value, 0, len(l.Elems)+len(more))
	list = append(append(append(list, l.Elems[:i]...), more...), l.Elems[i:]...)
	l.Elems = list
	return nil
}
