package stdlib

import (
	"math"
	"math/big"
	"math/bits"
	"strconv"
	"strings"

	"sluice/internal/lang/value"
)

func integerStatics() []def { return wholeStatics(value.IntegerClass, "parseInt", 32) }
func longStatics() []def    { return wholeStatics(value.LongClass, "parseLong", 64) }

func wholeStatics(class *value.Class, parse string, size int) []def {
	wide := func(n int64) value.Value {
		if size == 64 {
			return value.Long(n)
		}
		return value.MakeInt(n)
	}
	unsigned := func(c call) uint64 {
		if size == 32 {
			return uint64(uint32(toInt64(c.arg(0))))
		}
		return uint64(toInt64(c.arg(0)))
	}
	base := func(name string, radix int) def {
		return def{name, "n: Number", "prints bits", func(c call) (value.Value, error) {
			return value.String(strconv.FormatUint(unsigned(c), radix)), nil
		}}
	}
	read := func(c call) (value.Value, error) {
		if c.n() == 1 && value.IsNumber(c.arg(0)) {
			return wide(toInt64(c.arg(0))), nil
		}
		if c.arg(0) == nil {
			return nil, value.Throw("java.lang.NumberFormatException", "Cannot parse null string")
		}
		return parseInt(c.strArg(0), c.intOr(1, 10), size)
	}
	title := strings.TrimPrefix(parse, "parse")
	return []def{
		{parse, "text: Object?, radix: Integer = 10", "reads a number", read},
		{"valueOf", "text: Object?, radix: Integer = 10", "reads a number", read},
		{"decode", "text: String", "reads a number, perhaps in base 16 or 8", func(c call) (value.Value, error) { return parseInt(c.strArg(0), 0, size) }},
		{"toString", "n: Number, radix: Integer = 10", "prints a number", func(c call) (value.Value, error) {
			return value.String(strconv.FormatInt(toInt64(c.arg(0)), c.intOr(1, 10))), nil
		}},
		base("toBinaryString", 2), base("toHexString", 16), base("toOctalString", 8),
		{"compare", "a: Number, b: Number", "orders two numbers", func(c call) (value.Value, error) {
			n, err := value.Compare(c.arg(0), c.arg(1))
			return value.Int(n), err
		}},
		{"max", "a: Number, b: Number", "is the greater number", func(c call) (value.Value, error) { return wide(max(toInt64(c.arg(0)), toInt64(c.arg(1)))), nil }},
		{"min", "a: Number, b: Number", "is the lesser number", func(c call) (value.Value, error) { return wide(min(toInt64(c.arg(0)), toInt64(c.arg(1)))), nil }},
		{"sum", "a: Number, b: Number", "adds two numbers", func(c call) (value.Value, error) { return wide(toInt64(c.arg(0)) + toInt64(c.arg(1))), nil }},
		{"signum", "n: Number", "is -1, 0 or 1", func(c call) (value.Value, error) {
			n, err := value.Compare(c.arg(0), value.Int(0))
			return value.Int(n), err
		}},
		{"hashCode", "n: Number", "is a number of the number", func(c call) (value.Value, error) { return value.Int(value.HashCode(c.arg(0))), nil }},
		{"parseUnsigned" + title, "text: String, radix: Integer = 10", "reads a number that may use the bit of the sign", func(c call) (value.Value, error) {
			n, err := strconv.ParseUint(c.strArg(0), c.intOr(1, 10), size)
			if err != nil {
				return nil, notANumber(c.strArg(0))
			}
			return wide(int64(n)), nil
		}},
		{"toUnsignedString", "n: Number, radix: Integer = 10", "prints a number without sign", func(c call) (value.Value, error) {
			return value.String(strconv.FormatUint(unsigned(c), c.intOr(1, 10))), nil
		}},
		{"divideUnsigned", "a: Number, b: Number", "divides numbers without sign", func(c call) (value.Value, error) {
			b := uint64(toInt64(c.arg(1)))
			if size == 32 {
				b = uint64(uint32(b))
			}
			if b == 0 {
				return nil, value.Throw("java.lang.ArithmeticException", "/ by zero")
			}
			return wide(int64(unsigned(c) / b)), nil
		}},
		{"reverse", "n: Number", "turns the bits round", func(c call) (value.Value, error) { return wide(int64(bits.Reverse64(unsigned(c)) >> (64 - size))), nil }},
		{"highestOneBit", "n: Number", "is the highest bit that is set", func(c call) (value.Value, error) {
			if unsigned(c) == 0 {
				return wide(0), nil
			}
			return wide(int64(uint64(1) << (bits.Len64(unsigned(c)) - 1))), nil
		}},
		{"lowestOneBit", "n: Number", "is the lowest bit that is set", func(c call) (value.Value, error) { return wide(int64(unsigned(c) & -unsigned(c))), nil }},
		{"numberOfLeadingZeros", "n: Number", "counts the bits above the highest that is set", func(c call) (value.Value, error) {
			return value.Int(bits.LeadingZeros64(unsigned(c)) - (64 - size)), nil
		}},
		{"numberOfTrailingZeros", "n: Number", "counts the bits below the lowest that is set", func(c call) (value.Value, error) {
			return value.Int(min(bits.TrailingZeros64(unsigned(c)), size)), nil
		}},
		{"rotateLeft", "n: Number, distance: Integer", "moves bits, those pushed out come in at the other end", rotated(size, wide, 1)},
		{"rotateRight", "n: Number, distance: Integer", "moves bits, those pushed out come in at the other end", rotated(size, wide, -1)},
		{"bitCount", "n: Number", "counts the bits that are set", func(c call) (value.Value, error) { return value.Int(bits.OnesCount64(unsigned(c))), nil }},
	}
}

func rotated(size int, wide func(int64) value.Value, sign int) func(call) (value.Value, error) {
	return func(c call) (value.Value, error) {
		by := sign * c.intArg(1)
		if size == 32 {
			return wide(int64(int32(bits.RotateLeft32(uint32(toInt64(c.arg(0))), by)))), nil
		}
		return wide(int64(bits.RotateLeft64(uint64(toInt64(c.arg(0))), by))), nil
	}
}

func floatingStatics(class *value.Class, parse string, size int) func() []def {
	return func() []def {
		read := func(c call) (value.Value, error) {
			if value.IsNumber(c.arg(0)) {
				if size == 32 {
					return value.Float(toFloat(c.arg(0))), nil
				}
				return value.Double(toFloat(c.arg(0))), nil
			}
			return parseFloat(c.strArg(0), size)
		}
		return []def{
			{parse, "text", "reads a number", read},
			{"valueOf", "text", "reads a number", read},
			{"toString", "n: Number", "prints a number", func(c call) (value.Value, error) {
				v, err := read(c)
				return value.String(value.ToString(v)), err
			}},
			{"compare", "a: Number, b: Number", "orders two numbers", func(c call) (value.Value, error) {
				n, err := value.Compare(c.arg(0), c.arg(1))
				return value.Int(n), err
			}},
			{"hashCode", "n: Number", "is a number of the number", func(c call) (value.Value, error) { return value.Int(value.HashCode(c.arg(0))), nil }},
			{"doubleToLongBits", "n: Number", "is the bits of a double", func(c call) (value.Value, error) { return value.Long(math.Float64bits(toFloat(c.arg(0)))), nil }},
			{"longBitsToDouble", "bits: Number", "is the double of these bits", func(c call) (value.Value, error) {
				return value.Double(math.Float64frombits(uint64(toInt64(c.arg(0))))), nil
			}},
			{"floatToIntBits", "n: Number", "is the bits of a float", func(c call) (value.Value, error) {
				return value.Int(int32(math.Float32bits(float32(toFloat(c.arg(0)))))), nil
			}},
			{"intBitsToFloat", "bits: Number", "is the float of these bits", func(c call) (value.Value, error) {
				return value.Float(math.Float32frombits(uint32(toInt64(c.arg(0))))), nil
			}},
			{"sum", "a: Number, b: Number", "adds two numbers", func(c call) (value.Value, error) {
				return value.Double(toFloat(c.arg(0)) + toFloat(c.arg(1))), nil
			}},
			{"isNaN", "n: Number", "says whether this is no number", func(c call) (value.Value, error) { return value.MakeBool(math.IsNaN(toFloat(c.arg(0)))), nil }},
			{"isInfinite", "n: Number", "says whether this is infinite", func(c call) (value.Value, error) { return value.MakeBool(math.IsInf(toFloat(c.arg(0)), 0)), nil }},
			{"isFinite", "n: Number", "says whether this is neither infinite nor no number", func(c call) (value.Value, error) {
				f := toFloat(c.arg(0))
				return value.MakeBool(!math.IsInf(f, 0) && !math.IsNaN(f)), nil
			}},
			{"max", "a: Number, b: Number", "is the greater number", func(c call) (value.Value, error) {
				return value.Double(math.Max(toFloat(c.arg(0)), toFloat(c.arg(1)))), nil
			}},
			{"min", "a: Number, b: Number", "is the lesser number", func(c call) (value.Value, error) {
				return value.Double(math.Min(toFloat(c.arg(0)), toFloat(c.arg(1)))), nil
			}},
		}
	}
}

func integerConstants(*Table) map[string]value.Value {
	return map[string]value.Value{"MAX_VALUE": value.Int(math.MaxInt32), "MIN_VALUE": value.Int(math.MinInt32), "SIZE": value.Int(32), "BYTES": value.Int(4)}
}

func longConstants(*Table) map[string]value.Value {
	return map[string]value.Value{"MAX_VALUE": value.Long(math.MaxInt64), "MIN_VALUE": value.Long(math.MinInt64), "SIZE": value.Int(64), "BYTES": value.Int(8)}
}

func doubleConstants(*Table) map[string]value.Value {
	return map[string]value.Value{
		"MAX_VALUE": value.Double(math.MaxFloat64), "MIN_VALUE": value.Double(math.SmallestNonzeroFloat64), "NaN": value.Double(math.NaN()),
		"POSITIVE_INFINITY": value.Double(math.Inf(1)), "NEGATIVE_INFINITY": value.Double(math.Inf(-1)),
	}
}

func floatConstants(*Table) map[string]value.Value {
	return map[string]value.Value{
		"MAX_VALUE": value.Float(math.MaxFloat32), "MIN_VALUE": value.Float(math.SmallestNonzeroFloat32), "NaN": value.Float(float32(math.NaN())),
		"POSITIVE_INFINITY": value.Float(float32(math.Inf(1))), "NEGATIVE_INFINITY": value.Float(float32(math.Inf(-1))),
	}
}

func bigStatics(class *value.Class) func() []def {
	return func() []def {
		return []def{{"valueOf", "n, scale: Integer = 0", "is the number", func(c call) (value.Value, error) {
			if c.n() == 2 {
				return value.NewDecimal(big.NewInt(toInt64(c.arg(0))), c.intArg(1)), nil
			}
			return newNumber(class, value.ToString(c.arg(0)))
		}}}
	}
}

func bigConstants(class *value.Class) func(*Table) map[string]value.Value {
	return func(*Table) map[string]value.Value {
		out := map[string]value.Value{}
		if class == value.BigDecimalClass {
			for i, name := range roundingNames {
				out["ROUND_"+name] = value.Int(i)
			}
		}
		for name, n := range map[string]int64{"ZERO": 0, "ONE": 1, "TWO": 2, "TEN": 10} {
			if class == value.BigIntegerClass {
				out[name] = value.BigInt{Int: big.NewInt(n)}
			} else {
				out[name] = value.NewDecimal(big.NewInt(n), 0)
			}
		}
		return out
	}
}

// numberConstructors read a text, or change the class of a number.
func numberConstructors() []def {
	return []def{{"<init>", "value", "is the number", func(c call) (value.Value, error) {
		class := c.recv.(value.ClassRef).Of
		if value.IsNumber(c.arg(0)) {
			return value.AsType(c.th, c.arg(0), class)
		}
		return newNumber(class, trimJava(c.strArg(0)))
	}}}
}

func booleanStatics() []def {
	read := func(c call) (value.Value, error) {
		if b, ok := c.arg(0).(value.Bool); ok {
			return b, nil
		}
		return value.MakeBool(c.arg(0) != nil && equalFold(c.strArg(0), "true")), nil
	}
	two := func(name, doc string, f func(a, b bool) bool) def {
		return def{name, "a: Boolean, b: Boolean", doc, func(c call) (value.Value, error) {
			return value.MakeBool(f(value.Truth(c.arg(0)), value.Truth(c.arg(1)))), nil
		}}
	}
	return []def{
		two("logicalXor", "says whether one of the two is true", func(a, b bool) bool { return a != b }),
		two("logicalAnd", "says whether both are true", func(a, b bool) bool { return a && b }),
		two("logicalOr", "says whether one or both are true", func(a, b bool) bool { return a || b }),
		{"compare", "a: Boolean, b: Boolean", "orders false before true", func(c call) (value.Value, error) {
			n, err := value.Compare(c.arg(0), c.arg(1))
			return value.Int(n), err
		}},
		{"parseBoolean", "text: Object?", "is true for the text true", read},
		{"valueOf", "text: Object?", "is true for the text true", read},
		{"toString", "value", "prints the value", func(c call) (value.Value, error) { return value.String(value.ToString(c.arg(0))), nil }},
	}
}

func booleanConstants(*Table) map[string]value.Value {
	return map[string]value.Value{"TRUE": value.True, "FALSE": value.False}
}

func byteConstants(*Table) map[string]value.Value {
	return map[string]value.Value{"MAX_VALUE": Byte(math.MaxInt8), "MIN_VALUE": Byte(math.MinInt8), "SIZE": value.Int(8), "BYTES": value.Int(1)}
}

func shortConstants(*Table) map[string]value.Value {
	return map[string]value.Value{"MAX_VALUE": value.Int(math.MaxInt16), "MIN_VALUE": value.Int(math.MinInt16), "SIZE": value.Int(16), "BYTES": value.Int(2)}
}

func characterConstants(*Table) map[string]value.Value {
	return map[string]value.Value{"MAX_VALUE": value.Char(math.MaxUint16), "MIN_VALUE": value.Char(0)}
}
