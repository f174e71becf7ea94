package value

import "math"

// GetAt is `x[idx]`.
func GetAt(th *Thread, x, idx Value) (Value, error) {
	switch c := x.(type) {
	case nil:
		if name, ok := Str(idx); ok {
			return nil, NullProperty(name)
		}
		return nil, NullPointer("getAt")
	case *List:
		if i, ok := idx.(Int); ok {
			return elementAt(c.Elems, int64(i))
		}
		return listAt(th, x, c.Elems, idx)
	case *Map:
		return mapValue(th, c, mapKey(idx))
	case *MapValues:
		if IsNumber(idx) {
			elems, _ := Elements(c)
			return elementAt(elems, mustInt64(idx))
		}
		return nil, MissingMethod(x, "getAt", []Value{idx})
	case *Range:
		if i, ok := idx.(Int); ok && int(i) < c.Len() && i >= 0 {
			return c.At(int(i)), nil
		}
	case String:
		return textAt(th, x, string(c), idx)
	case *GString:
		s, err := Render(c)
		if err != nil {
			return nil, err
		}
		return textAt(th, x, s, idx)
	case *Matcher:
		return matcherAt(th, c, idx)
	case *Path:
		if IsNumber(idx) {
			return elementAt(c.elementPaths(), mustInt64(idx))
		}
	case Invoker:
		if v, ok, err := c.InvokeMethod(th, "getAt", []Value{idx}); ok {
			return v, err
		}
	}
	if IsCollection(x) {
		elems, _ := Elements(x)
		return listAt(th, x, elems, idx)
	}
	if name, ok := Str(idx); ok {
		return property(th, x, name)
	}
	return fallback(th, x, "getAt", idx)
}

// elementPaths are the names between the slashes; in a task those of the name
// that the file has there: `reads[0]` is a single file too.
func (p *Path) elementPaths() []Value {
	if p.Stage != "" {
		p = &Path{Name: p.Stage}
	}
	names := p.Elements()
	elems := make([]Value, len(names))
	for i, n := range names {
		elems[i] = &Path{Name: n}
	}
	return elems
}

func mustInt64(v Value) int64 { n, _ := AsInt64(v); return n }

// property is `x.name` as the host reads it.
func property(th *Thread, x Value, name string) (Value, error) {
	if th != nil && th.Host != nil {
		return th.Host.Property(th, x, name)
	}
	if n, ok := x.(Namespace); ok {
		if v, ok := n.Property(name); ok {
			return v, nil
		}
	}
	return nil, MissingProperty(x, name)
}

// mapKey makes a String of a GString, as subscripts of maps do.
func mapKey(idx Value) Value {
	if g, ok := idx.(*GString); ok {
		return String(ToString(g))
	}
	return idx
}

// mapValue is map.get(key), asking and keeping what withDefault gives.
func mapValue(th *Thread, m *Map, key Value) (Value, error) {
	v, ok := m.Get(key)
	if ok {
		return v, nil
	}
	if m.Missing != nil {
		m.Missing(key)
	}
	if m.Default == nil {
		return nil, nil
	}
	v, err := m.Default(th, key)
	if err != nil {
		return nil, err
	}
	if !m.Shy {
		m.Set(key, v)
	}
	return v, nil
}

// elementAt counts negative indexes from the end; past the end is null.
func elementAt(elems []Value, i int64) (Value, error) {
	n := int64(len(elems))
	if i < 0 {
		if i += n; i < 0 {
			return nil, negativeIndex(i-n, n)
		}
	}
	if i >= n {
		return nil, nil
	}
	return elems[i], nil
}

func negativeIndex(i, size int64) *Exception {
	return Throw("java.lang.ArrayIndexOutOfBoundsException", "Negative array index [%d] too large for array size %d", i, size)
}

func listAt(th *Thread, x Value, elems []Value, idx Value) (Value, error) {
	switch i := idx.(type) {
	case nil:
		return nil, ambiguousNull(x, "getAt", "interface groovy.lang.Range", "interface java.util.Collection")
	case *Range:
		from, to, reverse, err := i.window(len(elems))
		if err != nil {
			return nil, err
		}
		return NewList(slice(elems, from, to, reverse)...), nil
	case String, *GString:
		name, err := Text(i)
		if err != nil {
			return nil, err
		}
		return spread(th, elems, name)
	}
	if IsNumber(idx) {
		return elementAt(elems, mustInt64(idx))
	}
	if IsCollection(idx) {
		picks, _ := Elements(idx)
		return pickAll(th, x, elems, picks)
	}
	return nil, MissingMethod(x, "getAt", []Value{idx})
}

// pickAll gathers `list[0, 2, 4..5]`.
func pickAll(th *Thread, x Value, elems, picks []Value) (Value, error) {
	out := make([]Value, 0, len(picks))
	for _, p := range picks {
		v, err := listAt(th, x, elems, p)
		if err != nil {
			return nil, err
		}
		if p != nil && IsCollection(p) {
			out = append(out, v.(*List).Elems...)
			continue
		}
		out = append(out, v)
	}
	return NewList(out...), nil
}

func spread(th *Thread, elems []Value, name string) (Value, error) {
	out := make([]Value, len(elems))
	for i, e := range elems {
		var err error
		if m, ok := e.(*Map); ok {
			out[i], err = mapValue(th, m, String(name))
		} else {
			out[i], err = property(th, e, name)
		}
		if ex, ok := err.(*Exception); ok && ex.Of.Simple() == "MissingPropertyException" {
			err = Throw("groovy.lang.MissingPropertyException", "Exception evaluating property '%s' for java.util.ArrayList, Reason: %s", name, ex.ToString())
		}
		if err != nil {
			return nil, err
		}
	}
	return NewList(out...), nil
}

// window is where a range of indexes lies in a sequence of n: [from, to), and
// whether it is to be read backwards.
func (r *Range) window(n int) (from, to int, reverse bool, err error) {
	from, to, reverse = r.borders(n)
	switch {
	case from < 0:
		err = Throw("java.lang.IndexOutOfBoundsException", "fromIndex = %d", from)
	case to > n:
		err = Throw("java.lang.IndexOutOfBoundsException", "toIndex = %d", to)
	}
	return from, to, reverse, err
}

func (r *Range) borders(n int) (from, to int, reverse bool) {
	wrap := func(i int64) int {
		if i < 0 {
			i += int64(n)
		}
		return int(min(max(i, math.MinInt32), math.MaxInt32))
	}
	excluded := 0
	if r.Empty || r.Exclusive {
		excluded = 1
	}
	from, to = wrap(r.From), wrap(r.bound())
	if r.Empty {
		return max(from, 0), max(from, 0), false
	}
	if from > to {
		return to + excluded, from + 1, true
	}
	return from, to + 1 - excluded, false
}

func slice(elems []Value, from, to int, reverse bool) []Value {
	out := make([]Value, 0, max(to-from, 0))
	if from < to {
		out = append(out, elems[from:to]...)
	}
	if reverse {
		for i, j := 0, len(out)-1; i < j; i, j = i+1, j-1 {
			out[i], out[j] = out[j], out[i]
		}
	}
	return out
}

func textAt(th *Thread, x Value, s string, idx Value) (Value, error) {
	n := StringLen(s)
	switch i := idx.(type) {
	case Int:
		at := int64(i)
		if at < 0 {
			if at += int64(n); at < 0 {
				return nil, negativeIndex(int64(i), int64(n))
			}
		}
		return textSlice(s, n, int(at), int(at)+1, false)
	case *Range:
		from, to, reverse := i.borders(n)
		return textSlice(s, n, from, to, reverse)
	case String, *GString:
		return property(th, x, ToString(i))
	case nil:
		return nil, ambiguousNull(StringValue(x), "getAt", "interface groovy.lang.Range", "interface java.util.Collection", "class java.lang.String")
	}
	if !IsCollection(idx) {
		return nil, MissingMethod(x, "getAt", []Value{idx})
	}
	picks, _ := Elements(idx)
	var out String
	for _, p := range picks {
		v, err := textAt(th, x, s, p)
		if err != nil {
			return nil, err
		}
		out += String(ToString(v))
	}
	return out, nil
}

// StringValue is v with a GString made a String.
func StringValue(v Value) Value {
	if g, ok := v.(*GString); ok {
		return String(ToString(g))
	}
	return v
}

func textSlice(s string, n, from, to int, reverse bool) (Value, error) {
	if from < 0 || to > n || from > to {
		return nil, Throw("java.lang.StringIndexOutOfBoundsException", "begin %d, end %d, length %d", from, to, n)
	}
	sub := Substring(s, from, to)
	if !reverse {
		return String(sub), nil
	}
	runes := []rune(sub)
	for i, j := 0, len(runes)-1; i < j; i, j = i+1, j-1 {
		runes[i], runes[j] = runes[j], runes[i]
	}
	return String(runes), nil
}

func matcherAt(th *Thread, m *Matcher, idx Value) (Value, error) {
	switch i := idx.(type) {
	case Int:
		return m.At(int(i))
	case *Range:
		all, err := m.All()
		if err != nil {
			return nil, err
		}
		return listAt(th, m, all, i)
	case String, *GString:
		return property(th, m, ToString(i))
	}
	if idx == nil || !IsCollection(idx) {
		return nil, MissingMethod(m, "getAt", []Value{idx})
	}
	picks, _ := Elements(idx)
	out := make([]Value, 0, len(picks))
	for _, p := range picks {
		v, err := matcherAt(th, m, p)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return NewList(out...), nil
}
