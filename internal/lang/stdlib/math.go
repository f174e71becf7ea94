package stdlib

import (
	"math"
	"math/big"
	"math/rand/v2"

	"sluice/internal/lang/value"
)

func mathStatics() []def {
	one := func(name, doc string, f func(float64) float64) def {
		return def{name, "a: Number", doc, func(c call) (value.Value, error) { return value.Double(f(toFloat(c.arg(0)))), nil }}
	}
	two := func(name, doc string, f func(a, b float64) float64) def {
		return def{name, "a: Number, b: Number", doc, func(c call) (value.Value, error) {
			return value.Double(f(toFloat(c.arg(0)), toFloat(c.arg(1)))), nil
		}}
	}
	whole := func(name, doc string, f func(a, b int64) int64) def {
		return def{name, "a: Number, b: Number", doc, func(c call) (value.Value, error) {
			if toInt64(c.arg(1)) == 0 && name[:5] == "floor" {
				return nil, value.Throw("java.lang.ArithmeticException", "/ by zero")
			}
			n := f(toInt64(c.arg(0)), toInt64(c.arg(1)))
			if rank(c.arg(0)) > 0 || rank(c.arg(1)) > 0 {
				return value.Long(n), nil
			}
			return value.MakeInt(n), nil
		}}
	}
	return []def{
		{"abs", "a: Number", "is the number without its sign", func(c call) (value.Value, error) {
			return mathResult(math.Abs(toFloat(c.arg(0))), abs64(toInt64(c.arg(0))), rank(c.arg(0))), nil
		}},
		{"max", "a: Number, b: Number", "is the greater number", func(c call) (value.Value, error) { return choose(c, 1) }},
		{"min", "a: Number, b: Number", "is the lesser number", func(c call) (value.Value, error) { return choose(c, -1) }},
		{"round", "a: Number", "rounds half up", func(c call) (value.Value, error) {
			n := math.Floor(toFloat(c.arg(0)) + 0.5)
			if _, ok := c.arg(0).(value.Float); ok {
				i, _ := value.AsInt32(value.Double(n))
				return value.Int(i), nil
			}
			if rank(c.arg(0)) == 0 {
				return value.Int(toInt64(c.arg(0))), nil
			}
			return value.Long(toInt64(value.Double(n))), nil
		}},
		one("ceil", "rounds up", math.Ceil), one("floor", "rounds down", math.Floor), one("rint", "rounds to even", math.RoundToEven),
		one("sqrt", "is the square root", math.Sqrt), one("cbrt", "is the cube root", math.Cbrt),
		one("exp", "is e to a power", math.Exp), one("expm1", "is e to a power, less one", math.Expm1),
		one("log", "is the natural logarithm", math.Log), one("log10", "is the decimal logarithm", math.Log10), one("log1p", "is the logarithm of one more", math.Log1p),
		one("sin", "is the sine", math.Sin), one("cos", "is the cosine", math.Cos), one("tan", "is the tangent", math.Tan),
		one("asin", "is the arc sine", math.Asin), one("acos", "is the arc cosine", math.Acos), one("atan", "is the arc tangent", math.Atan),
		one("sinh", "is the hyperbolic sine", math.Sinh), one("cosh", "is the hyperbolic cosine", func(f float64) float64 { e := math.Exp(math.Abs(f)); return e/2 + 0.5/e }), one("tanh", "is the hyperbolic tangent", math.Tanh),
		one("toDegrees", "turns radians into degrees", func(f float64) float64 { return f * 180 / math.Pi }),
		one("toRadians", "turns degrees into radians", func(f float64) float64 { return f / 180 * math.Pi }),
		{"signum", "a: Number", "is -1, 0 or 1", func(c call) (value.Value, error) {
			f := toFloat(c.arg(0))
			if f != 0 && f == f {
				f = math.Copysign(1, f)
			}
			return mathResult(f, 0, max(rank(c.arg(0)), 2)), nil
		}},
		{"ulp", "a: Number", "is the distance to the next number that a double can hold", func(c call) (value.Value, error) {
			f := math.Abs(toFloat(c.arg(0)))
			return value.Double(math.Nextafter(f, math.Inf(1)) - f), nil
		}},
		{"negateExact", "a: Number", "is the number with the other sign", func(c call) (value.Value, error) {
			return exactResult(c, new(big.Int).Neg(big.NewInt(toInt64(c.arg(0)))))
		}},
		exactly2("addExact", "adds", (*big.Int).Add), exactly2("subtractExact", "subtracts", (*big.Int).Sub), exactly2("multiplyExact", "multiplies", (*big.Int).Mul),
		{"incrementExact", "a: Number", "adds one", func(c call) (value.Value, error) {
			return exactResult(c, new(big.Int).Add(big.NewInt(toInt64(c.arg(0))), big.NewInt(1)))
		}},
		two("pow", "raises to a power", math.Pow), two("hypot", "is the length of a diagonal", math.Hypot), two("atan2", "is an angle", math.Atan2),
		whole("floorMod", "is what division that rounds down leaves", func(a, b int64) int64 { return ((a % b) + b) % b }),
		whole("floorDiv", "divides and rounds down", func(a, b int64) int64 {
			q := a / b
			if a%b != 0 && (a < 0) != (b < 0) {
				q--
			}
			return q
		}),
		{"toIntExact", "a: Number", "is the number as Integer", func(c call) (value.Value, error) {
			n := toInt64(c.arg(0))
			if n != int64(int32(n)) {
				return nil, value.Throw("java.lang.ArithmeticException", "integer overflow")
			}
			return value.MakeInt(n), nil
		}},
		{"random", "", "is a random number from 0 to 1", func(c call) (value.Value, error) { return value.Double(rand.Float64()), nil }},
	}
}

func exactly2(name, doc string, f func(z, a, b *big.Int) *big.Int) def {
	return def{name, "a: Number, b: Number", doc + "; a result that does not fit is an error", func(c call) (value.Value, error) {
		return exactResult(c, f(new(big.Int), big.NewInt(toInt64(c.arg(0))), big.NewInt(toInt64(c.arg(1)))))
	}}
}

// exactResult is n as the wider type of the arguments, which must hold it.
func exactResult(c call, n *big.Int) (value.Value, error) {
	wide := rank(c.arg(0)) > 0 || rank(c.arg(1)) > 0
	switch {
	case wide && n.IsInt64():
		return value.Long(n.Int64()), nil
	case wide:
		return nil, value.Throw("java.lang.ArithmeticException", "long overflow")
	case n.IsInt64() && n.Int64() == int64(int32(n.Int64())):
		return value.MakeInt(n.Int64()), nil
	}
	return nil, value.Throw("java.lang.ArithmeticException", "integer overflow")
}

func mathConstants(*Table) map[string]value.Value {
	return map[string]value.Value{"PI": value.Double(math.Pi), "E": value.Double(math.E)}
}

// rank orders the types Math works with: int, long, float, double.
func rank(v value.Value) int {
	switch v.(type) {
	case value.Long:
		return 1
	case value.Float:
		return 2
	case value.Double, value.Decimal, value.BigInt:
		return 3
	}
	return 0
}

func mathResult(f float64, n int64, rank int) value.Value {
	switch rank {
	case 0:
		return value.MakeInt(n)
	case 1:
		return value.Long(n)
	case 2:
		return value.Float(f)
	}
	return value.Double(f)
}

// choose gives the greater or lesser argument as the wider of their types.
func choose(c call, sign int) (value.Value, error) {
	n, err := value.Compare(c.arg(0), c.arg(1))
	if err != nil {
		return nil, err
	}
	picked := c.arg(0)
	if n*sign < 0 {
		picked = c.arg(1)
	}
	return mathResult(toFloat(picked), toInt64(picked), max(rank(c.arg(0)), rank(c.arg(1)))), nil
}

func abs64(n int64) int64 {
	if n < 0 {
		return -n
	}
	return n
}
