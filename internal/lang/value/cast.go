package value

import (
	"math"
	"math/big"
	"strconv"
	"strings"
)

// InstanceOf is `v instanceof c`; null is of no class.
func InstanceOf(v Value, c *Class) bool {
	if v == nil {
		return false
	}
	if v.Class().Is(boxed(c)) {
		return true
	}
	if c == SerializableClass {
		return serializable(v)
	}
	switch x := v.(type) {
	case *Map:
		return c == HashMapClass && x.Kind() == Linked
	case *Set:
		return c == HashSetClass && x.Kind() == Linked && x.View == nil
	case *List:
		return c == ArrayListClass && (x.Kind == Bag || x.Kind == Tuple)
	case *Path:
		return c == IterableClass && !x.IsFile
	case *Closure:
		return c == RunnableClass
	}
	return false
}

// serializable says whether v is java.io.Serializable: nearly all values are.
func serializable(v Value) bool {
	switch x := v.(type) {
	case *Path:
		return x.IsFile
	case *Matcher, *MapEntry:
		return false
	}
	return true
}

func cannotCast(v Value, c *Class) *Exception {
	class := "null"
	if v != nil {
		class = concreteName(v)
		if _, ok := v.(*GString); ok {
			class = GStringClass.Name
		}
	}
	message := "Cannot cast object '" + ToString(v) + "' with class '" + class + "' to class '" + c.Name + "'"
	if v == nil && boxed(c) != c {
		message += ". Try '" + boxed(c).Name + "' instead"
	}
	return Throw("org.codehaus.groovy.runtime.typehandling.GroovyCastException", "%s", message)
}

// CastError is Groovy's exception for a value that a declared type does not
// take, where Coerce said no.
func CastError(v Value, c *Class) *Exception { return cannotCast(v, c) }

// AsType is `v as C`.
func AsType(th *Thread, v Value, c *Class) (Value, error) {
	if v == nil {
		switch c {
		case BooleanType:
			return False, nil
		case IntType, LongType, ShortType, ByteType, DoubleType, FloatType, CharType:
			return nil, cannotCast(v, c)
		}
		return nil, nil
	}
	if elem, ok := arrayElement(c); ok {
		return asArray(th, v, elem, c)
	}
	if k, ok := v.(*GroupKey); ok && !InstanceOf(v, c) {
		v = k.Key
	}
	switch target := boxed(c); target {
	case StringClass:
		s, err := Text(v)
		return String(s), err
	case BooleanClass:
		return MakeBool(Truth(v)), nil
	case CharacterClass:
		if s, ok := Str(v); ok && s != "" {
			return Char([]rune(s)[0]), nil
		}
		if n, ok := AsInt64(v); ok {
			return Char(n), nil
		}
	case IntegerClass, LongClass, ShortClass, ByteClass, FloatClass, DoubleClass, BigIntegerClass, BigDecimalClass:
		return asNumber(v, target)
	case ListClass, CollectionClass, ArrayListClass, LinkedListClass, IterableClass, QueueClass, StackClass, VectorClass, ArrayDequeClass:
		return asList(v, target)
	case SetClass, LinkedSetClass, HashSetClass, TreeSetClass, SortedSetClass:
		return asSet(v, target)
	case TreeMapClass, SortedMapClass:
		if m, ok := v.(*Map); ok && m.Kind() != Sorted {
			sorted := NewSortedMap(nil)
			m.Entries(func(k, e Value) bool { sorted.Set(k, e); return true })
			return sorted, nil
		}
	case MapClass, LinkedMapClass, HashMapClass:
		if m, ok := v.(*Map); ok && InstanceOf(m, target) {
			return m, nil
		}
	case DurationClass:
		return asDuration(v)
	case MemoryUnitClass:
		return asMemory(v)
	case PathClass, FileClass:
		return asPath(v, target)
	case ClassClass:
		if s, ok := Str(v); ok {
			if k, found := ClassByName(s); found && strings.Contains(s, ".") {
				return ClassRef{k}, nil
			}
			e := cannotCast(v, c)
			e.Message += " due to: java.lang.ClassNotFoundException: " + s
			return nil, e
		}
	}
	if InstanceOf(v, c) {
		return v, nil
	}
	if _, ok := v.(Callable); ok && functional[c.Name] {
		return v, nil
	}
	if x, ok := v.(Invoker); ok {
		if r, ok, err := x.InvokeMethod(th, "asType", []Value{ClassRef{c}}); ok {
			return r, err
		}
	}
	return nil, cannotCast(v, c)
}

// functional names the interfaces of one method that closures are cast to. The
// closure stays what it is: what takes such an interface takes closures.
var functional = map[string]bool{
	"java.util.Comparator": true, "java.lang.Runnable": true, "java.util.concurrent.Callable": true, "java.io.FileFilter": true, "java.io.FilenameFilter": true,
	"java.util.function.Function": true, "java.util.function.BiFunction": true, "java.util.function.Predicate": true, "java.util.function.Supplier": true,
	"java.util.function.Consumer": true, "java.util.function.UnaryOperator": true, "java.util.function.BinaryOperator": true,
}

// asNumber reads texts with blanks around them and cuts numbers down.
func asNumber(v Value, c *Class) (Value, error) {
	if ch, ok := v.(Char); ok {
		if ch >= '0' && ch <= '9' {
			v = String(rune(ch))
		} else {
			v = Int(ch)
		}
	}
	if s, ok := Str(v); ok {
		return textToNumber(s, c)
	}
	if n, ok := toNumber(v, c); ok {
		return n, nil
	}
	return nil, cannotCast(v, c)
}

func toNumber(v Value, c *Class) (Value, bool) {
	if !IsNumber(v) {
		return nil, false
	}
	switch c {
	case IntegerClass:
		n, _ := AsInt32(v)
		return MakeInt(int64(n)), true
	case LongClass:
		return Long(mustInt64(v)), true
	case ShortClass:
		return MakeInt(int64(int16(mustInt64(v)))), true
	case ByteClass:
		return MakeInt(int64(int8(mustInt64(v)))), true
	case DoubleClass:
		if f, ok := v.(Float); ok { // by its text, so that 0.1f is 0.1
			d, err := strconv.ParseFloat(strconv.FormatFloat(float64(f), 'g', -1, 32), 64)
			return Double(d), err == nil
		}
		f, _ := AsFloat64(v)
		return Double(f), true
	case FloatClass:
		f, _ := AsFloat64(v)
		return Float(f), true
	case BigIntegerClass:
		if d, ok := AsDecimal(v); ok {
			return BigInt{d.Truncated()}, true
		}
	case BigDecimalClass:
		if d, ok := AsDecimal(v); ok {
			return d, true
		}
	}
	return nil, false
}

func textToNumber(s string, c *Class) (Value, error) {
	text := strings.Trim(s, " \t\n\r\f\v")
	switch c {
	case IntegerClass, ShortClass, ByteClass, LongClass:
		bits := map[*Class]int{IntegerClass: 32, ShortClass: 16, ByteClass: 8, LongClass: 64}[c]
		n, err := strconv.ParseInt(text, 10, bits)
		switch {
		case err != nil:
			return nil, numberFormat(text)
		case c == LongClass:
			return Long(n), nil
		}
		return MakeInt(n), nil
	case FloatClass, DoubleClass:
		f, ok := parseJavaDouble(text)
		switch {
		case !ok && text == "":
			return nil, Throw("java.lang.NumberFormatException", "empty String")
		case !ok:
			return nil, numberFormat(text)
		case c == FloatClass:
			return Float(f), nil
		}
		return Double(f), nil
	case BigIntegerClass:
		n, ok := new(big.Int).SetString(text, 10)
		if !ok {
			return nil, numberFormat(text)
		}
		return BigInt{n}, nil
	}
	d, ok := parseDecimal(text)
	switch {
	case ok:
		return d, nil
	case text == "":
		return nil, Throw("java.lang.NumberFormatException", "")
	}
	for _, r := range text {
		if !strings.ContainsRune("0123456789.eE+-", r) {
			return nil, Throw("java.lang.NumberFormatException",
				`Character %c is neither a decimal digit number, decimal point, nor "e" notation exponential mark.`, r)
		}
	}
	return nil, numberFormat(text)
}

// parseJavaDouble is Double.parseDouble: no underscores, hex only with an
// exponent, the suffixes d and f.
func parseJavaDouble(text string) (float64, bool) {
	switch strings.TrimLeft(text, "+-") {
	case "NaN", "Infinity":
		f, err := strconv.ParseFloat(text, 64)
		return f, err == nil
	case "":
		return 0, false
	}
	if last := text[len(text)-1]; strings.IndexByte("dDfF", last) >= 0 && !strings.ContainsAny(text, "xX") {
		text = text[:len(text)-1]
	}
	if strings.ContainsAny(text, "_iInN") {
		return 0, false
	}
	f, err := strconv.ParseFloat(text, 64)
	return f, err == nil || math.IsInf(f, 0)
}

// listKinds are the kinds of lists that casts and constructors make.
var listKinds = map[*Class]ListKind{
	LinkedListClass: LinkedList, QueueClass: LinkedList, ArrayDequeClass: ArrayDeque, StackClass: Stack, VectorClass: Vector, PriorityQueueClass: PriorityQueue,
}

// KindOf is the kind of lists of class c.
func KindOf(c *Class) ListKind { return listKinds[c] }

func asList(v Value, c *Class) (Value, error) {
	if InstanceOf(v, c) {
		return v, nil
	}
	if kind := KindOf(c); kind != ArrayList && IsCollection(v) {
		elems, _ := Elements(v)
		return &List{Elems: append([]Value(nil), elems...), Kind: kind}, nil
	}
	switch x := v.(type) {
	case *Set:
		if c == CollectionClass || c == IterableClass {
			return x, nil
		}
	case String, *GString, *Buffer:
		if c == ListClass || c == CollectionClass || c == IterableClass {
			return characters(ToString(x)), nil
		}
	case *Path:
		return NewList(x.elementPaths()...), nil
	case *Map:
		return nil, unsupported()
	}
	if IsCollection(v) || v.Class().Is(IterableClass) {
		elems, _ := Elements(v)
		return NewList(append([]Value(nil), elems...)...), nil
	}
	return nil, cannotCast(v, c)
}

func characters(s string) *List {
	l := &List{Elems: make([]Value, 0, len(s))}
	for _, r := range s {
		l.Elems = append(l.Elems, String(r))
	}
	return l
}

func asSet(v Value, c *Class) (Value, error) {
	if InstanceOf(v, c) {
		return v, nil
	}
	elems, ok := Elements(v)
	if p, isPath := v.(*Path); isPath && !p.IsFile {
		elems, ok = p.elementPaths(), true
	}
	if _, isMap := v.(*Map); isMap || !ok {
		return nil, cannotCast(v, c)
	}
	switch c {
	case HashSetClass:
		return HashSetOf(elems), nil
	case TreeSetClass, SortedSetClass:
		if err := Sort(append([]Value(nil), elems...)); err != nil {
			return nil, err
		}
		s := NewSortedSet(nil)
		for _, e := range elems {
			s.Add(e)
		}
		return s, nil
	}
	return NewSet(elems...), nil
}

func asDuration(v Value) (Value, error) {
	if d, ok := v.(Duration); ok {
		return d, nil
	}
	if s, ok := Str(v); ok {
		return nilOnError(ParseDuration(s))
	}
	if n, ok := AsInt64(v); ok {
		return nilOnError(NewDuration(n))
	}
	return nil, cannotCast(v, DurationClass)
}

func asMemory(v Value) (Value, error) {
	if m, ok := v.(Memory); ok {
		return m, nil
	}
	if s, ok := Str(v); ok {
		return nilOnError(ParseMemory(s))
	}
	if n, ok := AsInt64(v); ok {
		return nilOnError(NewMemory(n))
	}
	return nil, cannotCast(v, MemoryUnitClass)
}

func nilOnError[V Value](v V, err error) (Value, error) {
	if err != nil {
		return nil, err
	}
	return v, nil
}

func asPath(v Value, c *Class) (Value, error) {
	isFile := c == FileClass
	if p, ok := v.(*Path); ok {
		switch {
		case p.IsFile == isFile:
			return p, nil
		case p.IsFile:
			return &Path{Name: p.Name, Stage: p.Stage}, nil
		}
		return nil, cannotCast(v, c)
	}
	s, ok := Str(v)
	switch {
	case !ok:
		return nil, cannotCast(v, c)
	case isFile:
		return &Path{Name: cleanSlashes(s), IsFile: true}, nil
	case s == "":
		return nil, illegalArgument("Path string cannot be empty")
	}
	return ParsePath(s), nil
}

func asArray(th *Thread, v Value, elem, c *Class) (Value, error) {
	var elems []Value
	if s, ok := Str(v); ok {
		elems = characters(s).Elems
	} else if IsCollection(v) {
		elems, _ = Elements(v)
	} else {
		return nil, cannotCast(v, c)
	}
	out := make([]Value, len(elems))
	for i, e := range elems {
		var err error
		if out[i], err = AsType(th, e, elem); err != nil {
			return nil, err
		}
	}
	return NewList(out...), nil
}

// Coerce fits v to a declared type, as `int x = v` does. It converts less than
// `as`: numbers among each other, anything to String and boolean, single
// characters to numbers. ok is false where Groovy would throw; see CastError.
func Coerce(v Value, c *Class) (Value, bool) {
	if v == nil {
		if c == BooleanType {
			return False, true
		}
		return nil, !c.IsPrimitive()
	}
	if elem, ok := arrayElement(c); ok {
		return coerceArray(v, elem)
	}
	switch target := boxed(c); target {
	case ObjectClass:
		return v, true
	case StringClass:
		s, err := Text(v)
		return String(s), err == nil
	case BooleanClass:
		return MakeBool(Truth(v)), true
	case CharacterClass:
		if n, ok := singleChar(v); ok {
			return Char(n.(Int)), true
		}
		n, ok := AsInt64(v)
		return Char(n), ok
	case IntegerClass, LongClass, ShortClass, ByteClass, FloatClass, DoubleClass, BigIntegerClass, BigDecimalClass:
		if n, ok := singleChar(v); ok {
			v = n
		}
		return toNumber(v, target)
	case SetClass, LinkedSetClass, HashSetClass:
		if _, isMap := v.(*Map); !isMap && IsCollection(v) {
			s, err := asSet(v, target)
			return s, err == nil
		}
		return nil, false
	case ArrayListClass:
		switch v.(type) {
		case *Range, *ObjectRange, *Set:
			l, err := asList(v, ArrayListClass)
			return l, err == nil
		}
	case ClassClass:
		if s, ok := Str(v); ok {
			k, found := ClassByName(s)
			return ClassRef{k}, found
		}
	}
	if InstanceOf(v, c) {
		return v, true
	}
	return nil, false
}

func coerceArray(v Value, elem *Class) (Value, bool) {
	elems := []Value{v}
	if IsCollection(v) {
		elems, _ = Elements(v)
	}
	out := make([]Value, len(elems))
	for i, e := range elems {
		var ok bool
		if out[i], ok = Coerce(e, elem); !ok {
			return nil, false
		}
	}
	return NewList(out...), true
}
