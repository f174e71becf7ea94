package value

// SetAt is `x[idx] = v`.
func SetAt(th *Thread, x, idx, v Value) error {
	switch c := x.(type) {
	case nil:
		return NullPointer("putAt")
	case *List:
		if c.ReadOnly() {
			return unsupported()
		}
		return c.setAt(idx, v)
	case *Map:
		return c.Put(mapKey(idx), v)
	case *Range, *ObjectRange:
		return unsupported()
	case *GroupKey:
		return SetAt(th, c.Key, idx, v)
	case Invoker:
		if _, ok, err := c.InvokeMethod(th, "putAt", []Value{idx, v}); ok {
			return err
		}
	}
	if name, ok := Str(idx); ok {
		if s, ok := x.(Settable); ok && s.SetProperty(name, v) {
			return nil
		}
	}
	return MissingMethod(x, "putAt", []Value{idx, v})
}

// maxGrowth bounds how far an assignment past the end pads a list.
const maxGrowth = 1 << 28

func (l *List) setAt(idx, v Value) error {
	switch i := idx.(type) {
	case nil:
		return javaNull("java.util.List.isEmpty()", "splice")
	case *Range:
		return l.splice(i, v)
	case String, *GString:
		return illegalArgument("argument type mismatch")
	}
	if IsNumber(idx) {
		return l.put(mustInt64(idx), v)
	}
	if !IsCollection(idx) {
		return MissingMethod(l, "putAt", []Value{idx, v})
	}
	at, _ := Elements(idx)
	values, several := v.(*List)
	if several && len(values.Elems) != len(at) {
		return illegalArgument("Trying to replace %d elements with %d elements", len(at), len(values.Elems))
	}
	for n, i := range at {
		e := v
		if several {
			e = values.Elems[n]
		}
		if err := l.setAt(i, e); err != nil {
			return err
		}
	}
	return nil
}

// put pads with nulls up to an index past the end.
func (l *List) put(i int64, v Value) error {
	n := int64(len(l.Elems))
	if i < 0 {
		if i += n; i < 0 {
			return negativeIndex(i-n, n)
		}
	}
	if i > n+maxGrowth {
		return Throw("java.lang.OutOfMemoryError", "Java heap space")
	}
	for int64(len(l.Elems)) <= i {
		l.Elems = append(l.Elems, nil)
	}
	l.Elems[i] = v
	return nil
}

// splice puts v, or its elements, in the place of a range of elements.
func (l *List) splice(r *Range, v Value) error {
	from, to, _ := r.borders(len(l.Elems))
	if from < 0 {
		return Throw("java.lang.IndexOutOfBoundsException", "fromIndex = %d", from)
	}
	if from > len(l.Elems) {
		if err := l.put(int64(from)-1, nil); err != nil {
			return err
		}
	}
	to = min(to, len(l.Elems))
	more := addends(v)
	out := make([]Value, 0, len(l.Elems)+len(more))
	out = append(append(out, l.Elems[:from]...), more...)
	l.Elems = append(out, l.Elems[max(to, from):]...)
	return nil
}
