package value

// In is `x in coll`: whether a collection holds x as Java's equals says, a map
// has a true value under x, x is of a class, matches a pattern, satisfies a
// closure, or equals coll.
func In(th *Thread, x, coll Value) (bool, error) {
	switch c := coll.(type) {
	case nil:
		return x == nil, nil
	case *List:
		return contains(c.Elems, x), nil
	case *Set:
		return c.Has(x), nil
	case *Range:
		return c.Contains(x), nil
	case *ObjectRange:
		return contains(c.elems, x), nil
	case *Map:
		v, err := mapValue(th, c, x)
		return Truth(v), err
	case ClassRef:
		return InstanceOf(x, c.Of), nil
	case *Pattern:
		if x == nil {
			return false, nil
		}
		s, err := Text(x)
		if err != nil {
			return false, err
		}
		return c.Matches(s)
	case Callable:
		v, err := c.CallWith(th, []Value{x})
		return Truth(v), err
	case caser:
		if is, ok, err := c.IsCase(th, x); ok {
			return is, err
		}
	}
	if IsNumber(coll) && IsNumber(x) {
		return compareNumbers(coll, x) == 0, nil
	}
	if IsCollection(coll) {
		elems, _ := Elements(coll)
		return contains(elems, x), nil
	}
	return Equal(coll, x), nil
}

// A caser says itself what is in it.
type caser interface {
	IsCase(th *Thread, x Value) (is, ok bool, err error)
}

// IsCase is `case caseValue:` of a switch on switchValue, which Groovy decides
// as `in` does.
func IsCase(th *Thread, caseValue, switchValue Value) (bool, error) {
	return In(th, switchValue, caseValue)
}

func contains(elems []Value, x Value) bool {
	if k, ok := x.(*GroupKey); ok {
		x = k.Key
	}
	if s, ok := x.(String); ok {
		for _, e := range elems {
			if t, ok := e.(String); ok && s == t {
				return true
			}
		}
		return false
	}
	for _, e := range elems {
		if KeyEqual(e, x) {
			return true
		}
	}
	return false
}

// Contains says whether x, of the range's own type, lies in it.
func (r *Range) Contains(x Value) bool {
	var n int64
	switch y := x.(type) {
	case Int:
		if r.Chars || r.Long {
			return false
		}
		n = int64(y)
	case Long:
		if !r.Long {
			return false
		}
		n = int64(y)
	case String:
		c, ok := singleChar(y)
		if !ok || !r.Chars {
			return false
		}
		n = int64(c.(Int))
	default:
		return false
	}
	return !r.Empty && n >= min(r.From, r.To) && n <= max(r.From, r.To)
}
