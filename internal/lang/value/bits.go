package value

import "math/big"

// Shl is `a << b`: a shift of numbers; appending to lists, sets, maps and
// texts; composition of closures.
func Shl(th *Thread, a, b Value) (Value, error) {
	switch x := a.(type) {
	case *List:
		if err := x.Append(b); err != nil {
			return nil, err
		}
		return x, nil
	case *Set:
		if x.Frozen() || x.View != nil {
			return nil, unsupported()
		}
		x.Add(b)
		return x, nil
	case *MapValues:
		return nil, unsupported()
	case *Map:
		if x.frozen {
			return nil, unsupported()
		}
		switch y := b.(type) {
		case *Map:
			y.Entries(func(k, v Value) bool { x.Set(k, v); return true })
			return x, nil
		case *MapEntry:
			x.Set(y.Key, y.Value)
			return x, nil
		}
	case String:
		return appended(StringBufferClass, x, b)
	case *GString:
		return appended(StringBuilderClass, x, b)
	case *Buffer:
		return x, x.Append(b)
	case Callable:
		if f, ok := b.(Callable); ok {
			return compose(f, x), nil
		}
	}
	if IsNumber(a) {
		return shift(th, a, b, "leftShift", func(n *big.Int, by uint) *big.Int { return new(big.Int).Lsh(n, by) },
			func(n int64, by uint, _ int) int64 { return n << by })
	}
	return fallback(th, a, "leftShift", b)
}

// Append adds v at the end, unless the list is a read-only one.
func (l *List) Append(v Value) error {
	if l.FixedSize() {
		return unsupported()
	}
	l.Elems = append(l.Elems, v)
	return nil
}

// ReadOnly says that changes throw UnsupportedOperationException.
func (l *List) ReadOnly() bool { return l.Kind == Tuple || l.Kind == Immutable }

// FixedSize says that adding and removing throw UnsupportedOperationException.
func (l *List) FixedSize() bool { return l.ReadOnly() || l.Kind == Fixed }

func appended(class *Class, a, b Value) (Value, error) {
	buf := &Buffer{Of: class}
	if err := buf.Append(a); err != nil {
		return nil, err
	}
	return buf, buf.Append(b)
}

// compose is the closure that calls first, then second with its result.
func compose(first, second Callable) *Closure {
	c := &Closure{Params: 1, Variadic: true}
	if f, ok := first.(*Closure); ok {
		c.Params, c.Required, c.Implicit, c.Owner = f.Params, f.Required, f.Implicit, f.Owner
	}
	c.Code = func(th *Thread, _ *Closure, args []Value) (Value, error) {
		v, err := first.CallWith(th, args)
		if err != nil {
			return nil, err
		}
		return second.CallWith(th, []Value{v})
	}
	return c
}

// Shr is `a >> b`.
func Shr(th *Thread, a, b Value) (Value, error) {
	if f, ok := a.(Callable); ok {
		if g, ok := b.(Callable); ok {
			return compose(f, g), nil
		}
	}
	if IsNumber(a) {
		return shift(th, a, b, "rightShift", func(n *big.Int, by uint) *big.Int { return new(big.Int).Rsh(n, by) },
			func(n int64, by uint, _ int) int64 { return n >> by })
	}
	return fallback(th, a, "rightShift", b)
}

// Ushr is `a >>> b`, filling with zeros.
func Ushr(th *Thread, a, b Value) (Value, error) {
	if IsNumber(a) {
		return shift(th, a, b, "rightShiftUnsigned", nil, func(n int64, by uint, bits int) int64 {
			if bits == 32 {
				return int64(uint32(n) >> by)
			}
			return int64(uint64(n) >> by)
		})
	}
	return fallback(th, a, "rightShiftUnsigned", b)
}

func shift(th *Thread, a, b Value, method string, onBig func(*big.Int, uint) *big.Int, onLong func(n int64, by uint, bits int) int64) (Value, error) {
	switch b.(type) {
	case Int, Long, BigInt:
	case Decimal, Float, Double:
		return nil, Throw("java.lang.UnsupportedOperationException",
			"Shift distance must be an integral type, but %s (%s) was supplied", ToString(b), b.Class().Name)
	default:
		return fallback(th, a, method, b)
	}
	by, _ := AsInt64(b)
	switch x := a.(type) {
	case Int:
		return MakeInt(onLong(int64(x), uint(by&31), 32)), nil
	case Long:
		return Long(onLong(int64(x), uint(by&63), 64)), nil
	case BigInt:
		if onBig != nil && by >= 0 && by < maxPowBits {
			return BigInt{onBig(x.Int, uint(by))}, nil
		}
	}
	return nil, notOnNumber(method, a)
}

func notOnNumber(method string, a Value) *Exception {
	return Throw("java.lang.UnsupportedOperationException",
		"Cannot use %s() on this number type: %s with value: %s", method, a.Class().Name, ToString(a))
}

// And is `a & b`.
func And(th *Thread, a, b Value) (Value, error) {
	return bitwise(th, a, b, "and", (*big.Int).And, func(x, y int64) int64 { return x & y }, func(x, y bool) bool { return x && y })
}

// Or is `a | b`.
func Or(th *Thread, a, b Value) (Value, error) {
	return bitwise(th, a, b, "or", (*big.Int).Or, func(x, y int64) int64 { return x | y }, func(x, y bool) bool { return x || y })
}

// Xor is `a ^ b`.
func Xor(th *Thread, a, b Value) (Value, error) {
	return bitwise(th, a, b, "xor", (*big.Int).Xor, func(x, y int64) int64 { return x ^ y }, func(x, y bool) bool { return x != y })
}

func bitwise(th *Thread, a, b Value, method string, onBig func(z, x, y *big.Int) *big.Int, onLong func(x, y int64) int64, onBool func(x, y bool) bool) (Value, error) {
	if x, ok := a.(Bool); ok {
		if y, ok := b.(Bool); ok || b == nil {
			return MakeBool(onBool(bool(x), bool(y))), nil
		}
		return fallback(th, a, method, b)
	}
	if !IsNumber(a) || b != nil && !IsNumber(b) {
		return fallback(th, a, method, b)
	}
	x, aSmall := smallInt(a)
	y, bSmall := smallInt(b)
	if aSmall && bSmall {
		if _, ok := a.(Int); ok {
			if _, ok := b.(Int); ok {
				return MakeInt(onLong(x, y)), nil
			}
		}
		return Long(onLong(x, y)), nil
	}
	if isWhole(a) && isWhole(b) {
		return BigInt{onBig(new(big.Int), asBig(a), asBig(b))}, nil
	}
	return nil, notOnNumber(method, a)
}

func isWhole(v Value) bool {
	switch v.(type) {
	case Int, Long, BigInt:
		return true
	}
	return false
}

// BitNot is `~a`: the pattern of a text, the complement of a number.
func BitNot(th *Thread, a Value) (Value, error) {
	switch x := a.(type) {
	case Int:
		return MakeInt(int64(^x)), nil
	case Long:
		return ^x, nil
	case BigInt:
		return BigInt{new(big.Int).Not(x.Int)}, nil
	case Decimal, Float, Double:
		return nil, notOnNumber("bitwiseNegate", x)
	case String, *GString:
		s, err := Text(x)
		if err != nil {
			return nil, err
		}
		p, err := NewPattern(s, 0)
		if err != nil {
			return nil, err
		}
		return p, nil
	}
	return eachElement(th, a, "bitwiseNegate", BitNot)
}
