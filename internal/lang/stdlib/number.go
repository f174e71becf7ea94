package stdlib

import (
	"math"
	"math/big"
	"strconv"

	"github.com/cockroachdb/apd/v3"

	"sluice/internal/lang/value"
)

// numberMethods belong to all numbers.
func numberMethods() []def {
	return append([]def{
		{"intValue", "", "is the number as Integer", toInt},
		{"toInteger", "", "is the number as Integer", toInt},
		{"shortValue", "", "is the number in 16 bits", func(c call) (value.Value, error) { return value.Int(int16(toInt64(c.recv))), nil }},
		{"byteValue", "", "is the number in 8 bits", func(c call) (value.Value, error) { return Byte(toInt64(c.recv)), nil }},
		{"longValue", "", "is the number as Long", toLong},
		{"toLong", "", "is the number as Long", toLong},
		{"floatValue", "", "is the number as Float", func(c call) (value.Value, error) { return value.Float(toFloat(c.recv)), nil }},
		{"toFloat", "", "is the number as Float", func(c call) (value.Value, error) { return value.Float(toFloat(c.recv)), nil }},
		{"doubleValue", "", "is the number as Double", func(c call) (value.Value, error) { return value.Double(toFloat(c.recv)), nil }},
		{"toDouble", "", "is the number as Double", func(c call) (value.Value, error) { return value.Double(toFloat(c.recv)), nil }},
		{"toBigDecimal", "", "is the number as BigDecimal", func(c call) (value.Value, error) {
			d, ok := value.AsDecimal(c.recv)
			if !ok {
				return nil, value.Throw("java.lang.NumberFormatException", "Infinite or NaN")
			}
			return d, nil
		}},
		{"toBigInteger", "", "is the number as BigInteger", func(c call) (value.Value, error) { return newNumber(value.BigIntegerClass, truncated(c.recv)) }},
		{"abs", "", "is the number without its sign", func(c call) (value.Value, error) {
			if n, err := value.Compare(c.recv, value.Int(0)); err != nil || n >= 0 {
				return c.recv, err
			}
			return value.Neg(c.th, c.recv)
		}},
		{"negate", "", "is the number with the other sign", func(c call) (value.Value, error) { return value.Neg(c.th, c.recv) }},
		{"add", "other: Number", "is the sum, of BigDecimal and BigInteger", exactly(value.Add)},
		{"subtract", "other: Number", "is the difference, of BigDecimal and BigInteger", exactly(value.Sub)},
		{"divide", "other: Number", "is the quotient, of BigDecimal and BigInteger; BigDecimal has to have one with an end", divideMethod},
		{"divide", "other: Number, mode", "is the quotient of BigDecimal with as many digits after the point as the number has", func(c call) (value.Value, error) {
			d, ok := c.recv.(value.Decimal)
			if !ok {
				return nil, c.missing()
			}
			return c.quotient(d, d.Scale(), c.arg(1))
		}},
		{"divide", "other: Number, scale: Integer, mode", "is the quotient of BigDecimal with scale digits after the point", func(c call) (value.Value, error) {
			d, ok := c.recv.(value.Decimal)
			if !ok {
				return nil, c.missing()
			}
			return c.quotient(d, c.intArg(1), c.arg(2))
		}},
		{"signum", "", "is -1, 0 or 1", func(c call) (value.Value, error) {
			n, err := value.Compare(c.recv, value.Int(0))
			return value.Int(n), err
		}},
		{"round", "digits: Integer = 0", "rounds half up", roundMethod},
		{"trunc", "digits: Integer = 0", "cuts digits off", truncMethod},
		{"intdiv", "divisor: Number", "divides whole numbers", intdivMethod},
		{"isNaN", "", "says whether this is no number", func(c call) (value.Value, error) { return value.Bool(math.IsNaN(toFloat(c.recv))), nil }},
		{"isInfinite", "", "says whether this is infinite", func(c call) (value.Value, error) { return value.Bool(math.IsInf(toFloat(c.recv), 0)), nil }},
		{"times", "action: Closure", "calls action with 0, 1, and so on, as often as the number says", func(c call) (value.Value, error) {
			for i := range toInt64(c.recv) {
				if _, err := c.run(c.arg(0), value.MakeInt(i)); err != nil {
					return nil, err
				}
			}
			return nil, nil
		}},
		{"upto", "to: Number, action: Closure", "calls action with each number up to another", func(c call) (value.Value, error) { return c.count(1) }},
		{"downto", "to: Number, action: Closure", "calls action with each number down to another", func(c call) (value.Value, error) { return c.count(-1) }},
		{"step", "to: Number, step: Number, action: Closure", "calls action with each step towards another number", stepMethod},
		{"scale", "", "is the number of digits after the point", func(c call) (value.Value, error) {
			if d, ok := c.recv.(value.Decimal); ok {
				return value.Int(d.Scale()), nil
			}
			return nil, c.missing()
		}},
		{"precision", "", "is the number of digits", func(c call) (value.Value, error) {
			if d, ok := c.recv.(value.Decimal); ok {
				return value.Int(d.NumDigits()), nil
			}
			return nil, c.missing()
		}},
		{"setScale", "scale: Integer, mode = null", "rounds to a number of digits after the point", setScaleMethod},
		{"stripTrailingZeros", "", "drops zeros after the point", func(c call) (value.Value, error) {
			d, ok := c.recv.(value.Decimal)
			if !ok {
				return nil, c.missing()
			}
			r, _ := new(apd.Decimal).Reduce(d.Decimal)
			return value.Decimal{Decimal: r}, nil
		}},
		{"toPlainString", "", "prints without exponent", func(c call) (value.Value, error) {
			if d, ok := c.recv.(value.Decimal); ok {
				return value.String(d.Plain()), nil
			}
			return nil, c.missing()
		}},
		{"isPowerOfTwo", "", "says whether one bit is set", func(c call) (value.Value, error) {
			n := toInt64(c.recv)
			return value.Bool(n > 0 && n&(n-1) == 0), nil
		}},
		{"unaryPlus", "", "is the number", func(c call) (value.Value, error) { return c.recv, nil }},
		{"toString", "radix: Integer", "prints the number given, as Integer.toString", func(c call) (value.Value, error) {
			return value.String(value.ToString(c.arg(0))), nil
		}},
	}, append(operatorMethods(), unitProperties()...)...)
}

// operatorMethods are the methods that operators stand for.
func operatorMethods() []def {
	binary := func(name, doc string, f func(*value.Thread, value.Value, value.Value) (value.Value, error)) def {
		return def{name, "other", doc, func(c call) (value.Value, error) { return f(c.th, c.recv, c.arg(0)) }}
	}
	return []def{
		binary("plus", "adds", value.Add),
		binary("minus", "subtracts", value.Sub),
		binary("multiply", "multiplies", value.Mul),
		binary("div", "divides", value.Div),
		binary("mod", "is what division leaves", value.Mod),
		binary("remainder", "is what division leaves", value.Mod),
		binary("power", "raises to a power", value.Pow),
		binary("and", "combines bits", value.And),
		binary("or", "combines bits", value.Or),
		binary("xor", "combines bits", value.Xor),
		binary("leftShift", "moves bits", value.Shl),
		binary("rightShift", "moves bits", value.Shr),
		binary("rightShiftUnsigned", "moves bits", value.Ushr),
		{"next", "", "is the number plus one", func(c call) (value.Value, error) { return value.Next(c.th, c.recv) }},
		{"previous", "", "is the number minus one", func(c call) (value.Value, error) { return value.Previous(c.th, c.recv) }},
		{"unaryMinus", "", "is the number with the other sign", func(c call) (value.Value, error) { return value.Neg(c.th, c.recv) }},
		{"bitwiseNegate", "", "inverts the bits", func(c call) (value.Value, error) { return value.BitNot(c.th, c.recv) }},
	}
}

// unitProperties make `8.GB` and `1.h`.
func unitProperties() []def {
	var out []def
	for i, unit := range []string{"B", "KB", "MB", "GB", "TB", "PB", "EB", "ZB"} {
		factor := math.Pow(1024, float64(i))
		out = append(out, def{"get" + unit, "", "is that many " + unit + " of memory", func(c call) (value.Value, error) {
			return value.NewMemory(int64(toFloat(c.recv) * factor))
		}})
	}
	for _, u := range []struct {
		names []string
		ms    float64
	}{
		{[]string{"Ms", "Milli", "Millis"}, 1},
		{[]string{"S", "Sec", "Second", "Seconds"}, 1000},
		{[]string{"M", "Min", "Minute", "Minutes"}, 60_000},
		{[]string{"H", "Hour", "Hours"}, 3_600_000},
		{[]string{"D", "Day", "Days"}, 86_400_000},
	} {
		for _, name := range u.names {
			out = append(out, def{"get" + name, "", "is a duration", func(c call) (value.Value, error) {
				return value.NewDuration(int64(math.Round(toFloat(c.recv) * u.ms)))
			}})
		}
	}
	return out
}

// toInt64 is Number.longValue, zero for what is no number.
func toInt64(v value.Value) int64 {
	if b, ok := v.(Byte); ok {
		return int64(b)
	}
	n, _ := value.AsInt64(v)
	return n
}

func toFloat(v value.Value) float64 {
	if b, ok := v.(Byte); ok {
		return float64(b)
	}
	f, _ := value.AsFloat64(v)
	return f
}

func toInt(c call) (value.Value, error) {
	if b, ok := c.recv.(Byte); ok {
		return value.Int(b), nil
	}
	n, _ := value.AsInt32(c.recv)
	return value.MakeInt(int64(n)), nil
}

func toLong(c call) (value.Value, error) { return value.Long(toInt64(c.recv)), nil }

// truncated prints the whole part of a number.
func truncated(v value.Value) string {
	if d, ok := value.AsDecimal(v); ok {
		return d.Truncated().String()
	}
	return "0"
}

// newNumber reads the text of a number as one class: what its constructor does.
func newNumber(class *value.Class, s string) (value.Value, error) {
	switch class {
	case value.IntegerClass:
		return parseInt(s, 10, 32)
	case value.LongClass:
		return parseInt(s, 10, 64)
	case value.FloatClass:
		return parseFloat(s, 32)
	case value.DoubleClass:
		return parseFloat(s, 64)
	case value.BigIntegerClass:
		if n, ok := new(big.Int).SetString(s, 10); ok {
			return value.BigInt{Int: n}, nil
		}
		return nil, notANumber(s)
	}
	d, cond, err := apd.NewFromString(s)
	if err != nil || cond.Any() || d.Form != apd.Finite {
		return nil, notADecimal(s)
	}
	return value.Decimal{Decimal: d}, nil
}

func roundMethod(c call) (value.Value, error) {
	digits := c.intOr(0, 0)
	switch n := c.recv.(type) {
	case value.Decimal:
		return n.SetScale(digits), nil
	case value.Float:
		if c.n() == 0 {
			return value.MakeInt(int64(math.Floor(float64(n) + 0.5))), nil
		}
		return value.Float(roundTo(float64(n), digits)), nil
	case value.Double:
		if c.n() == 0 {
			return value.Long(math.Floor(float64(n) + 0.5)), nil
		}
		return value.Double(roundTo(float64(n), digits)), nil
	}
	return nil, c.missing()
}

func roundTo(f float64, digits int) float64 {
	p := math.Pow(10, float64(digits))
	return math.Floor(f*p+0.5) / p
}

func truncMethod(c call) (value.Value, error) {
	digits := c.intOr(0, 0)
	switch n := c.recv.(type) {
	case value.Decimal:
		r := new(apd.Decimal)
		ctx := apd.BaseContext.WithPrecision(1000)
		ctx.Rounding = apd.RoundDown
		if _, err := ctx.Quantize(r, n.Decimal, int32(-digits)); err != nil {
			return nil, value.Throw("java.lang.ArithmeticException", "%s", err.Error())
		}
		return value.Decimal{Decimal: r}, nil
	case value.Float, value.Double:
		p := math.Pow(10, float64(digits))
		r := math.Trunc(toFloat(n)*p) / p
		if _, isFloat := n.(value.Float); isFloat {
			return value.Float(r), nil
		}
		return value.Double(r), nil
	}
	return nil, c.missing()
}

func intdivMethod(c call) (value.Value, error) {
	for _, v := range []value.Value{c.recv, c.arg(0)} {
		switch v.(type) {
		case value.Decimal, value.Double, value.Float:
			return nil, value.Throw("java.lang.UnsupportedOperationException",
				"Cannot use intdiv() on this number type: %s with value: %s", v.Class().Name, value.ToString(v))
		}
	}
	a, isBig := c.recv.(value.BigInt)
	b, divisorBig := c.arg(0).(value.BigInt)
	if isBig || divisorBig {
		if !isBig {
			a = value.BigInt{Int: big.NewInt(toInt64(c.recv))}
		}
		if !divisorBig {
			b = value.BigInt{Int: big.NewInt(toInt64(c.arg(0)))}
		}
		if b.Sign() == 0 {
			return nil, value.Throw("java.lang.ArithmeticException", "Division by zero")
		}
		return value.BigInt{Int: new(big.Int).Quo(a.Int, b.Int)}, nil
	}
	divisor := toInt64(c.arg(0))
	if divisor == 0 {
		return nil, value.Throw("java.lang.ArithmeticException", "/ by zero")
	}
	_, longA := c.recv.(value.Long)
	_, longB := c.arg(0).(value.Long)
	q := toInt64(c.recv) / divisor
	if longA || longB {
		return value.Long(q), nil
	}
	return value.MakeInt(q), nil
}

// count calls the closure from the number to another, both included.
func (c call) count(step int) (value.Value, error) {
	if n, err := value.Compare(c.recv, c.arg(0)); err == nil && n*step > 0 {
		than := map[int]string{1: "less", -1: "greater"}[step]
		return nil, value.Throw("groovy.lang.GroovyRuntimeException", "The argument (%s) to %s() cannot be %s than the value (%s) it's called on.",
			value.ToString(c.arg(0)), c.name, than, value.ToString(c.recv))
	}
	return nil, c.walk(c.recv, c.arg(0), value.Int(step), c.arg(1), true)
}

func stepMethod(c call) (value.Value, error) {
	if toFloat(c.arg(1)) == 0 {
		return nil, value.Throw("groovy.lang.GroovyRuntimeException", "Infinite loop in %s.step(%s, 0)", value.ToString(c.recv), value.ToString(c.arg(0)))
	}
	return nil, c.walk(c.recv, c.arg(0), c.arg(1), c.arg(2), false)
}

func (c call) walk(from, to, step, f value.Value, inclusive bool) error {
	down := toFloat(step) < 0
	for v := from; ; {
		n, err := value.Compare(v, to)
		if err != nil {
			return err
		}
		if down {
			n = -n
		}
		if n > 0 || n == 0 && !inclusive {
			return nil
		}
		if _, err := c.run(f, v); err != nil {
			return err
		}
		if v, err = value.Add(c.th, v, step); err != nil {
			return err
		}
	}
}

var roundings = map[string]apd.Rounder{
	"UP": apd.RoundUp, "DOWN": apd.RoundDown, "CEILING": apd.RoundCeiling, "FLOOR": apd.RoundFloor,
	"HALF_UP": apd.RoundHalfUp, "HALF_DOWN": apd.RoundHalfDown, "HALF_EVEN": apd.RoundHalfEven,
}

func setScaleMethod(c call) (value.Value, error) {
	d, ok := c.recv.(value.Decimal)
	if !ok {
		return nil, c.missing()
	}
	scale := c.intArg(0)
	rounding, known := apd.Rounder(""), false
	if c.n() > 1 {
		rounding, known = roundingOf(c.arg(1))
	}
	if !known {
		if d.Scale() > scale {
			return nil, value.Throw("java.lang.ArithmeticException", "Rounding necessary")
		}
		rounding = apd.RoundDown
	}
	return rescaled(d, scale, rounding)
}

func rescaled(d value.Decimal, scale int, rounding apd.Rounder) (value.Value, error) {
	r := new(apd.Decimal)
	ctx := apd.BaseContext.WithPrecision(1000)
	ctx.Rounding = rounding
	if _, err := ctx.Quantize(r, d.Decimal, int32(-scale)); err != nil {
		return nil, value.Throw("java.lang.ArithmeticException", "%s", err.Error())
	}
	return value.Decimal{Decimal: r}, nil
}

// roundingOf is the rounding of a constant of RoundingMode, of its old number,
// or of a MathContext; unknown for UNNECESSARY.
func roundingOf(v value.Value) (apd.Rounder, bool) {
	mode := value.ToString(v)
	if n, err := strconv.Atoi(mode); err == nil && n >= 0 && n < len(roundingNames) {
		mode = roundingNames[n]
	}
	r, known := roundings[mode]
	return r, known
}

// roundingNames are RoundingMode's constants in their order.
var roundingNames = []string{"UP", "DOWN", "CEILING", "FLOOR", "HALF_UP", "HALF_DOWN", "HALF_EVEN", "UNNECESSARY"}

// exactly is the arithmetic of BigDecimal and BigInteger as Java's methods.
func exactly(op func(*value.Thread, value.Value, value.Value) (value.Value, error)) func(call) (value.Value, error) {
	return func(c call) (value.Value, error) {
		switch c.recv.(type) {
		case value.Decimal, value.BigInt:
			return op(c.th, c.recv, c.arg(0))
		}
		return nil, c.missing()
	}
}
