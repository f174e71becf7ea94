package value

import (
	"math/big"
	"strings"
	"unicode/utf8"
)

// Operators on texts, collections, paths and sizes. Each returns ok false where
// it does not apply.

func addOther(a, b Value) (v Value, err error, ok bool) {
	switch x := a.(type) {
	case nil:
		if s, isText := Str(b); isText {
			return String("null" + s), nil, true
		}
		return nil, Throw("java.lang.NullPointerException", "Cannot execute null+%s", ToString(b)), true
	case String:
		s, err := Text(b)
		return x + String(s), err, true
	case *GString:
		return addGString(x, b)
	case *List:
		return addToList(x.Elems, b)
	case *Range, *ObjectRange, *MapValues:
		elems, _ := Elements(x)
		return addToList(elems, b)
	case *Set:
		return addToSet(x, b), nil, true
	case *Map:
		return addMap(x, b)
	case Duration:
		if b == nil {
			return nil, javaNull("nextflow.util.Duration.getDurationInMillis()", "value"), true
		}
		if y, same := b.(Duration); same {
			v, err := NewDuration(int64(x) + int64(y))
			return v, err, true
		}
	case Memory:
		if b == nil {
			return x, nil, true
		}
		if y, same := b.(Memory); same {
			v, err := NewMemory(int64(x) + int64(y))
			return v, err, true
		}
	case *Path:
		if s, isText := Str(b); isText && !x.IsFile {
			return &Path{Scheme: x.Scheme, Name: x.Name + s}, nil, true
		}
		if y, same := b.(*Path); same && !x.IsFile && !y.IsFile {
			return &Path{Scheme: x.Scheme, Name: x.Name + y.Name}, nil, true
		}
		if b != nil && !x.IsFile { // else a path is the sequence of its names
			return addToList(x.elementPaths(), b)
		}
	}
	if !IsNumber(a) {
		return nil, nil, false
	}
	switch b.(type) {
	case nil:
		return nil, ambiguousNull(a, "plus", "class java.lang.Character", "class java.lang.String", "class java.lang.Number"), true
	case String, *GString:
		s, err := Text(b)
		return String(ToString(a) + s), err, true
	}
	return nil, nil, false
}

// addGString stays a GString with texts and becomes a String with the rest.
func addGString(x *GString, b Value) (Value, error, bool) {
	switch y := b.(type) {
	case *GString:
		return joinGStrings(x, y), nil, true
	case String:
		return joinGStrings(x, &GString{Strs: []string{string(y)}}), nil, true
	}
	s, err := Render(x)
	if err != nil {
		return nil, err, true
	}
	t, err := Text(b)
	return String(s + t), err, true
}

func joinGStrings(x, y *GString) *GString {
	g := &GString{
		Strs: append([]string(nil), x.Strs...),
		Vals: append(append([]Value(nil), x.Vals...), y.Vals...),
	}
	g.Strs[len(g.Strs)-1] += y.Strs[0]
	g.Strs = append(g.Strs, y.Strs[1:]...)
	for i, f := range x.Lazy {
		g.setLazy(i, f)
	}
	for i, f := range y.Lazy {
		g.setLazy(i+len(x.Vals), f)
	}
	return g
}

func (g *GString) setLazy(i int, f func() (Value, error)) {
	if g.Lazy == nil {
		g.Lazy = map[int]func() (Value, error){}
	}
	g.Lazy[i] = f
}

// addends are what `+` puts into a collection: the elements of another one, or
// the value itself.
func addends(b Value) []Value {
	switch x := b.(type) {
	case *Path:
		if !x.IsFile { // a path is the sequence of its names
			return x.elementPaths()
		}
		return []Value{b}
	case *List, *Set, *Range, *ObjectRange:
		elems, _ := Elements(b)
		return elems
	}
	if b != nil && IsCollection(b) {
		if elems, ok := Elements(b); ok {
			return elems
		}
	}
	return []Value{b}
}

func addToList(elems []Value, b Value) (Value, error, bool) {
	more := addends(b)
	sum := make([]Value, 0, len(elems)+len(more))
	return &List{Elems: append(append(sum, elems...), more...)}, nil, true
}

func addToSet(x *Set, b Value) *Set {
	sum := x.Clone()
	for _, e := range addends(b) {
		sum.Add(e)
	}
	return sum
}

func addMap(x *Map, b Value) (Value, error, bool) {
	switch y := b.(type) {
	case nil:
		return nil, ambiguousNull(x, "plus", "interface java.util.Collection", "interface java.util.Map", "class java.lang.String"), true
	case *Map:
		sum := x.Similar()
		sum.Default = x.Default
		x.Entries(func(k, v Value) bool { sum.Set(k, v); return true })
		y.Entries(func(k, v Value) bool { sum.Set(k, v); return true })
		return sum, nil, true
	case String, *GString:
		s, err := Text(y)
		return String(ToString(x) + s), err, true
	}
	if entries, ok := Elements(b); ok && IsCollection(b) {
		sum := x.Similar()
		x.Entries(func(k, v Value) bool { sum.Set(k, v); return true })
		for _, e := range entries {
			entry, isEntry := e.(*MapEntry)
			if !isEntry {
				return nil, nil, false
			}
			sum.Set(entry.Key, entry.Value)
		}
		return sum, nil, true
	}
	return nil, nil, false
}

func subOther(a, b Value) (v Value, err error, ok bool) {
	switch x := a.(type) {
	case String, *GString:
		s, err := Text(x)
		if err != nil {
			return nil, err, true
		}
		return subText(s, b)
	case *List:
		return NewList(without(x.Elems, b)...), nil, true
	case *Range, *ObjectRange, *MapValues:
		elems, _ := Elements(x)
		return NewList(without(elems, b)...), nil, true
	case *Set:
		elems, _ := Elements(x)
		rest := x.Similar()
		for _, e := range without(elems, b) {
			rest.Add(e)
		}
		return rest, nil, true
	case *Map:
		if y, isMap := b.(*Map); isMap {
			rest := x.Similar()
			x.Entries(func(k, v Value) bool {
				if w, found := y.Get(k); !found || !Equal(v, w) {
					rest.Set(k, v)
				}
				return true
			})
			return rest, nil, true
		}
	case Duration:
		if y, same := b.(Duration); same {
			v, err := NewDuration(int64(x) - int64(y))
			return v, err, true
		}
	case Memory:
		if b == nil {
			return x, nil, true
		}
		if y, same := b.(Memory); same {
			v, err := NewMemory(int64(x) - int64(y))
			return v, err, true
		}
	case *Path:
		if n, isInt := smallInt(b); isInt && !x.IsFile {
			p := x
			for ; n > 0 && p.Parent() != nil; n-- {
				p = p.Parent()
			}
			return p, nil, true
		}
	}
	return nullOperand(a, b, "minus")
}

func nullOperand(a, b Value, method string) (Value, error, bool) {
	if IsNumber(a) && b == nil {
		return nil, ambiguousNull(a, method, "class java.lang.Character", "class java.lang.Number"), true
	}
	return nil, nil, false
}

// subText removes the first occurrence of a text or of a pattern.
func subText(s string, b Value) (Value, error, bool) {
	if p, ok := b.(*Pattern); ok {
		t, err := p.ReplaceFirst(s, "")
		return String(t), err, true
	}
	t, err := Text(b)
	return String(strings.Replace(s, t, "", 1)), err, true
}

// without removes what equals b or, when b is a collection, its elements.
func without(elems []Value, b Value) []Value {
	gone := addends(b)
	exact := NewSet(gone...)
	rest := make([]Value, 0, len(elems))
next:
	for _, e := range elems {
		if exact.Has(e) {
			continue
		}
		for _, g := range gone {
			if Equal(e, g) {
				continue next
			}
		}
		rest = append(rest, e)
	}
	return rest
}

func mulOther(a, b Value) (v Value, err error, ok bool) {
	if IsNumber(a) {
		switch b.(type) {
		case Duration, Memory:
			a, b = b, a
		}
	}
	if v, err, ok := scaledSize(a, b, false); ok {
		return v, err, true
	}
	n, isNumber := AsInt32(b)
	if !isNumber {
		return nullOperand(a, b, "multiply")
	}
	switch x := a.(type) {
	case String, *GString:
		return repeatText(x, int(n))
	case *List, *Range, *ObjectRange, *Set, *MapValues:
		elems, _ := Elements(x)
		if n < 0 {
			return nil, illegalArgument("Illegal Capacity: %d", int(n)*len(elems)), true
		}
		many := make([]Value, 0, len(elems)*int(n))
		for range n {
			many = append(many, elems...)
		}
		if _, isSet := x.(*Set); isSet {
			return NewSet(many...), nil, true
		}
		return NewList(many...), nil, true
	}
	return nil, nil, false
}

func repeatText(a Value, n int) (Value, error, bool) {
	s, err := Text(a)
	if err == nil && n < 0 {
		err = illegalArgument("multiply() should be called with a number of 0 or greater not: %d", n)
	}
	if err != nil {
		return nil, err, true
	}
	return String(strings.Repeat(s, n)), nil, true
}

// scaledSize multiplies or divides a duration or memory size by a number.
func scaledSize(a, by Value, divide bool) (Value, error, bool) {
	var size int64
	switch x := a.(type) {
	case Duration:
		size = int64(x)
	case Memory:
		size = int64(x)
	default:
		return nil, nil, false
	}
	switch {
	case by == nil:
		return nil, javaNull("java.lang.Object.toString()", "n"), true
	case !IsNumber(by):
		return nil, nil, false
	}
	n, err := scaled(size, by, divide)
	if err != nil {
		return nil, err, true
	}
	if _, ok := a.(Duration); ok {
		v, err := NewDuration(n)
		return v, err, true
	}
	v, err := NewMemory(n)
	return v, err, true
}

func divOther(a, b Value) (v Value, err error, ok bool) {
	if v, err, ok := scaledSize(a, b, true); ok {
		return v, err, true
	}
	switch x := a.(type) {
	case *Path:
		if x.IsFile {
			return nil, nil, false
		}
		if p, isPath := b.(*Path); isPath {
			return x.Resolve(p), nil, true
		}
		if s, isText := Str(b); isText {
			return x.ResolveName(s), nil, true
		}
	}
	return nullOperand(a, b, "div")
}

// Neg is `-a`; a list is negated element by element.
func Neg(th *Thread, a Value) (Value, error) {
	switch x := a.(type) {
	case Int:
		return MakeInt(-int64(x)), nil
	case Long:
		return -x, nil
	case BigInt:
		return BigInt{new(big.Int).Neg(x.Int)}, nil
	case Decimal:
		return negDecimal(x), nil
	case Float:
		return -x, nil
	case Double:
		return -x, nil
	}
	return eachElement(th, a, "negative", Neg)
}

// Plus is `+a`.
func Plus(th *Thread, a Value) (Value, error) {
	if a == nil || IsNumber(a) {
		return a, nil
	}
	return eachElement(th, a, "positive", Plus)
}

func eachElement(th *Thread, a Value, method string, f func(*Thread, Value) (Value, error)) (Value, error) {
	if !isSequence(a) {
		return fallback(th, a, method)
	}
	elems, _ := Elements(a)
	out := make([]Value, len(elems))
	for i, e := range elems {
		var err error
		if out[i], err = f(th, e); err != nil {
			return nil, err
		}
	}
	return NewList(out...), nil
}

// Next is `++`: the number plus one, a text with its last character moved on.
func Next(th *Thread, a Value) (Value, error) { return step(th, a, 1, "next") }

// Previous is `--`.
func Previous(th *Thread, a Value) (Value, error) { return step(th, a, -1, "previous") }

func step(th *Thread, a Value, by int, method string) (Value, error) {
	switch x := a.(type) {
	case Int, Long, BigInt, Decimal, Float, Double:
		return promote(addOp, x, Int(by))
	case Char:
		return x + Char(by), nil
	case String:
		return stepText(string(x), by), nil
	case *GString:
		s, err := Render(x)
		return stepText(s, by), err
	}
	return fallback(th, a, method)
}

func stepText(s string, by int) Value {
	last, size := utf8.DecodeLastRuneInString(s)
	if size == 0 {
		return String(rune(0))
	}
	return String(s[:len(s)-size] + string(last+rune(by)))
}
