package stdlib

import (
	"math/big"
	"strings"

	"github.com/cockroachdb/apd/v3"

	"sluice/internal/lang/value"
)

// What only BigDecimal and BigInteger have.

func decimalMethods() []def {
	get := func(c call) value.Decimal { return c.recv.(value.Decimal) }
	return []def{
		{"unscaledValue", "", "is the digits as a whole number", func(c call) (value.Value, error) {
			return value.BigInt{Int: get(c).Unscaled()}, nil
		}},
		{"pow", "n: Integer", "multiplies n of the number, exactly", func(c call) (value.Value, error) {
			n := c.intArg(0)
			if n < 0 || n > 999999999 {
				return nil, value.Throw("java.lang.ArithmeticException", "Invalid operation")
			}
			p := new(big.Int).Exp(get(c).Unscaled(), big.NewInt(int64(n)), nil)
			return value.NewDecimal(p, get(c).Scale()*n), nil
		}},
		{"max", "other: Number", "is the greater number", func(c call) (value.Value, error) { return c.extremeNumber(1) }},
		{"min", "other: Number", "is the lesser number", func(c call) (value.Value, error) { return c.extremeNumber(-1) }},
		{"movePointLeft", "n: Integer", "divides by 10 n times", func(c call) (value.Value, error) { return moved(get(c), c.intArg(0)), nil }},
		{"movePointRight", "n: Integer", "multiplies by 10 n times", func(c call) (value.Value, error) { return moved(get(c), -c.intArg(0)), nil }},
		{"scaleByPowerOfTen", "n: Integer", "multiplies by 10 n times, keeping the digits", func(c call) (value.Value, error) {
			return value.NewDecimal(get(c).Unscaled(), get(c).Scale()-c.intArg(0)), nil
		}},
		{"toEngineeringString", "", "prints the number", func(c call) (value.Value, error) { return value.String(value.ToString(c.recv)), nil }},
		{"intValueExact", "", "is the number as Integer, which must hold it", func(c call) (value.Value, error) { return exactInt(c, 32) }},
		{"longValueExact", "", "is the number as Long, which must hold it", func(c call) (value.Value, error) { return exactInt(c, 64) }},
	}
}

func exactInt(c call, bits uint) (value.Value, error) {
	d, _ := value.AsDecimal(c.recv)
	whole := d.Truncated()
	if n, err := value.Compare(value.BigInt{Int: whole}, c.recv); err != nil || n != 0 {
		return nil, value.Throw("java.lang.ArithmeticException", "Rounding necessary")
	}
	if !whole.IsInt64() || bits == 32 && whole.Int64() != int64(int32(whole.Int64())) {
		return nil, value.Throw("java.lang.ArithmeticException", "Overflow")
	}
	if bits == 32 {
		return value.MakeInt(whole.Int64()), nil
	}
	return value.Long(whole.Int64()), nil
}

// moved shifts the point; the scale does not fall below zero.
func moved(d value.Decimal, left int) value.Value {
	scale := d.Scale() + left
	n := d.Unscaled()
	if scale < 0 {
		n = new(big.Int).Mul(n, new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(-scale)), nil))
		scale = 0
	}
	return value.NewDecimal(n, scale)
}

func (c call) extremeNumber(sign int) (value.Value, error) {
	n, err := value.Compare(c.recv, c.arg(0))
	if err != nil {
		return nil, err
	}
	if n*sign < 0 {
		return value.AsType(c.th, c.arg(0), c.recv.Class())
	}
	return c.recv, nil
}

// divideMethod is Java's divide: exact for BigDecimal, cut for BigInteger.
func divideMethod(c call) (value.Value, error) {
	if zero, err := value.Compare(c.arg(0), value.Int(0)); err == nil && zero == 0 {
		message := "Division by zero"
		if _, whole := c.recv.(value.BigInt); whole {
			message = "BigInteger divide by zero"
		}
		return nil, value.Throw("java.lang.ArithmeticException", "%s", message)
	}
	switch n := c.recv.(type) {
	case value.BigInt:
		d, ok := c.arg(0).(value.BigInt)
		if !ok {
			d = value.BigInt{Int: big.NewInt(toInt64(c.arg(0)))}
		}
		return value.BigInt{Int: new(big.Int).Quo(n.Int, d.Int)}, nil
	case value.Decimal:
		d, _ := value.AsDecimal(c.arg(0))
		ratio := new(big.Rat).Quo(rational(n), rational(d))
		digits, exact := ratio.FloatPrec()
		if !exact {
			return nil, value.Throw("java.lang.ArithmeticException", "Non-terminating decimal expansion; no exact representable decimal result.")
		}
		scale := max(digits, n.Scale()-d.Scale())
		unscaled := new(big.Rat).Mul(ratio, new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(max(scale, 0))), nil)))
		return value.NewDecimal(unscaled.Num(), max(scale, 0)), nil
	}
	return nil, c.missing()
}

func rational(d value.Decimal) *big.Rat {
	r := new(big.Rat).SetInt(d.Unscaled())
	ten := new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(abs64(int64(d.Scale())))), nil))
	if d.Scale() < 0 {
		return r.Mul(r, ten)
	}
	return r.Quo(r, ten)
}

// quotient divides to scale digits after the point.
func (c call) quotient(n value.Decimal, scale int, mode value.Value) (value.Value, error) {
	d, ok := value.AsDecimal(c.arg(0))
	if !ok || d.Unscaled().Sign() == 0 {
		return nil, value.Throw("java.lang.ArithmeticException", "/ by zero")
	}
	rounding, known := roundingOf(mode)
	if !known {
		return nil, value.Throw("java.lang.ArithmeticException", "Rounding necessary")
	}
	q := new(apd.Decimal)
	ctx := apd.BaseContext.WithPrecision(uint32(max(scale, 0)) + uint32(n.NumDigits()) + uint32(d.NumDigits()) + 50)
	ctx.Rounding = apd.RoundDown
	if _, err := ctx.Quo(q, n.Decimal, d.Decimal); err != nil {
		return nil, value.Throw("java.lang.ArithmeticException", "%s", err.Error())
	}
	return rescaled(value.Decimal{Decimal: q}, scale, rounding)
}

func bigIntMethods() []def {
	get := func(c call) *big.Int { return c.recv.(value.BigInt).Int }
	arg := func(c call, i int) *big.Int {
		if b, ok := c.arg(i).(value.BigInt); ok {
			return b.Int
		}
		return big.NewInt(toInt64(c.arg(i)))
	}
	big1 := func(name, params, doc string, f func(c call) *big.Int) def {
		return def{name, params, doc, func(c call) (value.Value, error) { return value.BigInt{Int: f(c)}, nil }}
	}
	return []def{
		big1("pow", "n: Integer", "multiplies n of the number", func(c call) *big.Int {
			return new(big.Int).Exp(get(c), big.NewInt(int64(c.intArg(0))), nil)
		}),
		big1("gcd", "other: Number", "is the greatest common divisor", func(c call) *big.Int {
			return new(big.Int).GCD(nil, nil, new(big.Int).Abs(get(c)), new(big.Int).Abs(arg(c, 0)))
		}),
		big1("modPow", "n: Number, m: Number", "is what division of a power by m leaves", func(c call) *big.Int {
			return new(big.Int).Exp(get(c), arg(c, 0), arg(c, 1))
		}),
		big1("mod", "m: Number", "is what division by m leaves, never negative", func(c call) *big.Int { return new(big.Int).Mod(get(c), arg(c, 0)) }),
		big1("sqrt", "", "is the whole part of the square root", func(c call) *big.Int { return new(big.Int).Sqrt(get(c)) }),
		big1("not", "", "inverts the bits", func(c call) *big.Int { return new(big.Int).Not(get(c)) }),
		big1("shiftLeft", "n: Integer", "moves bits", func(c call) *big.Int { return new(big.Int).Lsh(get(c), uint(c.intArg(0))) }),
		big1("shiftRight", "n: Integer", "moves bits", func(c call) *big.Int { return new(big.Int).Rsh(get(c), uint(c.intArg(0))) }),
		big1("setBit", "n: Integer", "is the number with a bit set", func(c call) *big.Int { return new(big.Int).SetBit(get(c), c.intArg(0), 1) }),
		big1("nextProbablePrime", "", "is the next prime number", func(c call) *big.Int {
			n := new(big.Int).Add(get(c), big.NewInt(1))
			for !n.ProbablyPrime(20) {
				n.Add(n, big.NewInt(1))
			}
			return n
		}),
		{"max", "other: Number", "is the greater number", func(c call) (value.Value, error) { return c.extremeNumber(1) }},
		{"min", "other: Number", "is the lesser number", func(c call) (value.Value, error) { return c.extremeNumber(-1) }},
		{"bitLength", "", "is the number of bits, without sign", func(c call) (value.Value, error) {
			if get(c).Sign() < 0 {
				return value.Int(new(big.Int).Not(get(c)).BitLen()), nil
			}
			return value.Int(get(c).BitLen()), nil
		}},
		{"testBit", "n: Integer", "says whether a bit is set", func(c call) (value.Value, error) { return value.Bool(get(c).Bit(c.intArg(0)) == 1), nil }},
		{"isProbablePrime", "certainty: Integer", "says whether this is a prime number", func(c call) (value.Value, error) {
			return value.Bool(get(c).ProbablyPrime(20)), nil
		}},
		{"toString", "radix: Integer = 10", "prints the number", func(c call) (value.Value, error) { return value.String(get(c).Text(c.intOr(0, 10))), nil }},
		{"toByteArray", "", "is the bytes, most significant first", func(c call) (value.Value, error) { return Bytes(twosComplement(get(c))), nil }},
		{"intValueExact", "", "is the number as Integer, which must hold it", func(c call) (value.Value, error) { return exactInt(c, 32) }},
		{"longValueExact", "", "is the number as Long, which must hold it", func(c call) (value.Value, error) { return exactInt(c, 64) }},
	}
}

func twosComplement(n *big.Int) []byte {
	bits := n.BitLen()
	if n.Sign() < 0 {
		bits = new(big.Int).Not(n).BitLen()
	}
	out := make([]byte, bits/8+1)
	m := new(big.Int).Set(n)
	if n.Sign() < 0 {
		m.Add(m, new(big.Int).Lsh(big.NewInt(1), uint(len(out))*8))
	}
	return m.FillBytes(out)
}

func bigIntConstructors() []def {
	return append(numberConstructors(),
		def{"<init>", "text: String, radix: Integer", "reads a number of a base", func(c call) (value.Value, error) {
			n, ok := new(big.Int).SetString(c.strArg(0), c.intArg(1))
			if !ok {
				return nil, notANumber(c.strArg(0))
			}
			return value.BigInt{Int: n}, nil
		}},
		def{"<init>", "sign: Integer, magnitude", "is the number of these bytes, most significant first", func(c call) (value.Value, error) {
			n := new(big.Int).SetBytes(listBytes(c.arg(1)))
			return value.BigInt{Int: n.Mul(n, big.NewInt(int64(c.intArg(0))))}, nil
		}})
}

// decimalConstructors take a double as it is, in binary.
func decimalConstructors() []def {
	return []def{{"<init>", "value, context = null", "is the number", func(c call) (value.Value, error) {
		switch n := c.arg(0).(type) {
		case value.Double, value.Float:
			r := new(big.Rat).SetFloat64(toFloat(n))
			if r == nil {
				return nil, value.Throw("java.lang.NumberFormatException", "Infinite or NaN")
			}
			digits, _ := r.FloatPrec()
			r.Mul(r, new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(digits)), nil)))
			return value.NewDecimal(r.Num(), digits), nil
		}
		if value.IsNumber(c.arg(0)) {
			return value.AsType(c.th, c.arg(0), value.BigDecimalClass)
		}
		return newNumber(value.BigDecimalClass, strings.TrimSpace(c.strArg(0)))
	}}}
}

// notADecimal is what BigDecimal says of a text.
func notADecimal(s string) error {
	for _, r := range s {
		if !strings.ContainsRune("0123456789.eE+-", r) {
			return value.Throw("java.lang.NumberFormatException",
				`Character %c is neither a decimal digit number, decimal point, nor "e" notation exponential mark.`, r)
		}
	}
	return notANumber(s)
}
