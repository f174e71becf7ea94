package value

import (
	"math"
	"math/big"
)

// An operator of two numbers, by Groovy's promotion: floating beats decimal
// beats big beats Long beats Integer. A nil column does not apply.
type numberOp struct {
	method  string
	long    func(x, y int64) (int64, error) // an Integer result is wrapped to 32 bits
	big     func(x, y *big.Int) (*big.Int, error)
	decimal func(x, y Decimal) (Value, error)
	double  func(x, y float64) float64
}

var (
	addOp = &numberOp{
		"plus",
		func(x, y int64) (int64, error) { return x + y, nil },
		func(x, y *big.Int) (*big.Int, error) { return new(big.Int).Add(x, y), nil },
		addDecimals,
		func(x, y float64) float64 { return x + y },
	}
	subOp = &numberOp{
		"minus",
		func(x, y int64) (int64, error) { return x - y, nil },
		func(x, y *big.Int) (*big.Int, error) { return new(big.Int).Sub(x, y), nil },
		func(x, y Decimal) (Value, error) { return addDecimals(x, negDecimal(y)) },
		func(x, y float64) float64 { return x - y },
	}
	mulOp = &numberOp{
		"multiply",
		func(x, y int64) (int64, error) { return x * y, nil },
		func(x, y *big.Int) (*big.Int, error) { return new(big.Int).Mul(x, y), nil },
		func(x, y Decimal) (Value, error) { return mulDecimals(x, y), nil },
		func(x, y float64) float64 { return x * y },
	}
	divOp = &numberOp{
		"div", nil, nil, divDecimals,
		func(x, y float64) float64 { return x / y },
	}
	modOp = &numberOp{"mod", modLong, modBig, modDecimals, math.Mod}
)

func modLong(x, y int64) (int64, error) {
	switch y {
	case 0:
		return 0, Throw("java.lang.ArithmeticException", "/ by zero")
	case -1:
		return 0, nil
	}
	return x % y, nil
}

func modBig(x, y *big.Int) (*big.Int, error) {
	if y.Sign() <= 0 {
		return nil, Throw("java.lang.ArithmeticException", "BigInteger: modulus not positive")
	}
	return new(big.Int).Mod(x, y), nil
}

func modDecimals(x, y Decimal) (Value, error) {
	a, b, scale, err := align(x, y)
	if err != nil {
		return nil, err
	}
	if b.Sign() == 0 {
		return nil, divisionByZero()
	}
	return NewDecimal(a.Rem(a, b), scale), nil
}

// numeric applies op where both are numbers or characters; ok is false elsewhere.
func numeric(op *numberOp, a, b Value) (v Value, err error, ok bool) {
	if c, isChar := a.(Char); isChar {
		a = Int(c)
	}
	if c, isChar := b.(Char); isChar {
		b = Int(c)
	}
	if !IsNumber(a) || !IsNumber(b) {
		return nil, nil, false
	}
	v, err = promote(op, a, b)
	return v, err, true
}

func promote(op *numberOp, a, b Value) (Value, error) {
	if isFloating(a) || isFloating(b) {
		x, _ := AsFloat64(a)
		y, _ := AsFloat64(b)
		return Double(op.double(x, y)), nil
	}
	_, aDecimal := a.(Decimal)
	_, bDecimal := b.(Decimal)
	if aDecimal || bDecimal || op.long == nil {
		x, _ := AsDecimal(a)
		y, _ := AsDecimal(b)
		return op.decimal(x, y)
	}
	x, aSmall := smallInt(a)
	y, bSmall := smallInt(b)
	if !aSmall || !bSmall {
		n, err := op.big(asBig(a), asBig(b))
		if err != nil {
			return nil, err
		}
		return BigInt{n}, nil
	}
	n, err := op.long(x, y)
	if err != nil {
		return nil, err
	}
	if _, ok := a.(Int); ok {
		if _, ok := b.(Int); ok {
			return MakeInt(n), nil
		}
	}
	return Long(n), nil
}

// Add is `a + b`.
func Add(th *Thread, a, b Value) (Value, error) {
	switch x := a.(type) {
	case Int:
		if y, ok := b.(Int); ok {
			return MakeInt(int64(x + y)), nil
		}
	case String:
		if y, ok := b.(String); ok {
			return x + y, nil
		}
	}
	if v, err, ok := numeric(addOp, a, b); ok {
		return v, err
	}
	if v, err, ok := addOther(a, b); ok {
		return v, err
	}
	return fallback(th, a, "plus", b)
}

// Sub is `a - b`.
func Sub(th *Thread, a, b Value) (Value, error) {
	if x, ok := a.(Int); ok {
		if y, ok := b.(Int); ok {
			return MakeInt(int64(x - y)), nil
		}
	}
	if v, err, ok := numeric(subOp, a, b); ok {
		return v, err
	}
	if v, err, ok := subOther(a, b); ok {
		return v, err
	}
	return fallback(th, a, "minus", b)
}

// Mul is `a * b`.
func Mul(th *Thread, a, b Value) (Value, error) {
	if x, ok := a.(Int); ok {
		if y, ok := b.(Int); ok {
			return MakeInt(int64(x) * int64(y)), nil
		}
	}
	if v, err, ok := numeric(mulOp, a, b); ok {
		return v, err
	}
	if v, err, ok := mulOther(a, b); ok {
		return v, err
	}
	return fallback(th, a, "multiply", b)
}

// Div is `a / b`: a BigDecimal of whole numbers, a Double of floating ones.
func Div(th *Thread, a, b Value) (Value, error) {
	if v, err, ok := numeric(divOp, a, b); ok {
		return v, err
	}
	if v, err, ok := divOther(a, b); ok {
		return v, err
	}
	return fallback(th, a, "div", b)
}

// Mod is `a % b`.
func Mod(th *Thread, a, b Value) (Value, error) {
	if v, err, ok := numeric(modOp, a, b); ok {
		return v, err
	}
	if b == nil && IsNumber(a) {
		return nil, javaNull("java.lang.Object.toString()", "n")
	}
	return fallback(th, a, "mod", b)
}

// Pow is `a ** b`.
func Pow(th *Thread, a, b Value) (Value, error) {
	if c, ok := a.(Char); ok {
		a = Int(c)
	}
	switch {
	case IsNumber(a) && IsNumber(b):
		return power(a, b)
	case IsNumber(a) && b == nil:
		return nil, javaNull("java.lang.Number.doubleValue()", "exponent")
	}
	return fallback(th, a, "power", b)
}

// maxPowBits bounds the size of `**` results.
const maxPowBits = 1 << 26

func power(a, b Value) (Value, error) {
	if exp, ok := b.(Int); ok && exp >= 0 && !isFloating(a) {
		d, _ := AsDecimal(a)
		if int64(d.Coeff.BitLen())*int64(exp) > maxPowBits {
			return nil, Throw("java.lang.ArithmeticException", "BigInteger would overflow supported range")
		}
		n := new(big.Int).Exp(d.Unscaled(), big.NewInt(int64(exp)), nil)
		switch a.(type) {
		case Decimal:
			return NewDecimal(n, d.Scale()*int(exp)), nil
		case Int:
			if fitsInt(n) {
				return MakeInt(n.Int64()), nil
			}
		case Long:
			if n.IsInt64() {
				return Long(n.Int64()), nil
			}
		}
		return BigInt{n}, nil
	}
	x, _ := AsFloat64(a)
	y, _ := AsFloat64(b)
	f := math.Pow(x, y)
	if i := doubleToInt(f); float64(i) == f {
		return MakeInt(int64(i)), nil
	}
	if l := doubleToLong(f); float64(l) == f {
		return Long(l), nil
	}
	return Double(f), nil
}

// javaNull is the message that Java itself makes of a null.
func javaNull(call, name string) *Exception {
	return Throw("java.lang.NullPointerException", `Cannot invoke "%s" because "%s" is null`, call, name)
}

// fallback asks objects that answer methods themselves, then gives Groovy's
// exception for an operator that does not apply.
func fallback(th *Thread, recv Value, method string, args ...Value) (Value, error) {
	switch x := recv.(type) {
	case nil:
		return nil, NullPointer(method)
	case *GroupKey:
		return onKey(th, x.Key, method, args)
	case Invoker:
		if v, ok, err := x.InvokeMethod(th, method, args); ok {
			return v, err
		}
	case *Path:
		if method == "leftShift" && th != nil && th.Host != nil { // appends to the file
			return th.Host.Call(th, recv, method, args)
		}
	}
	return nil, MissingMethod(recv, method, args)
}

// onKey applies the operator of a method name to the key of a GroupKey.
func onKey(th *Thread, key Value, method string, args []Value) (Value, error) {
	if f, ok := unaryOperators()[method]; ok {
		return f(th, key)
	}
	if f, ok := binaryOperators()[method]; ok {
		return f(th, key, args[0])
	}
	return nil, SetAt(th, key, args[0], args[1])
}

func unaryOperators() map[string]func(*Thread, Value) (Value, error) {
	return map[string]func(*Thread, Value) (Value, error){
		"negative": Neg, "positive": Plus, "bitwiseNegate": BitNot, "next": Next, "previous": Previous,
	}
}

func binaryOperators() map[string]func(*Thread, Value, Value) (Value, error) {
	return map[string]func(*Thread, Value, Value) (Value, error){
		"plus": Add, "minus": Sub, "multiply": Mul, "div": Div, "mod": Mod, "power": Pow,
		"leftShift": Shl, "rightShift": Shr, "rightShiftUnsigned": Ushr,
		"and": And, "or": Or, "xor": Xor, "getAt": GetAt,
	}
}
