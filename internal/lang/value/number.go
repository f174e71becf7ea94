package value

import (
	"math"
	"math/big"
	"strconv"
	"strings"
)

// ParseNumber reads a Groovy number literal: decimal, 0x, 0b, octal, with
// underscores and the suffixes i, l, g, d, f. Whole numbers take the smallest
// of Integer, Long and BigInteger that holds them.
func ParseNumber(raw string) (Value, error) {
	text := strings.ReplaceAll(raw, "_", "")
	lower := strings.ToLower(text)
	base, digits := 10, lower
	switch {
	case strings.HasPrefix(lower, "0x"):
		base, digits = 16, lower[2:]
	case strings.HasPrefix(lower, "0b"):
		base, digits = 2, lower[2:]
	}
	suffix := byte(0)
	if n := len(digits); n > 0 && strings.IndexByte("ilgdf", digits[n-1]) >= 0 && (base != 16 || digits[n-1] > 'f') {
		suffix, digits = digits[n-1], digits[:n-1]
	}
	if base == 10 && (strings.ContainsAny(digits, ".e") || suffix == 'd' || suffix == 'f') {
		return parseFraction(raw, digits, suffix)
	}
	if base == 10 && len(digits) > 1 && digits[0] == '0' {
		base, digits = 8, digits[1:]
	}
	n, ok := new(big.Int).SetString(digits, base)
	if !ok || strings.ContainsAny(digits, "+-") {
		return nil, numberFormat(raw)
	}
	switch {
	case suffix == 'g':
		return BigInt{n}, nil
	case suffix == 'l' && fitsUnsigned(n, 64, base), suffix == 0 && n.IsInt64() && !fitsInt(n):
		return Long(low64(n)), nil
	case suffix == 'i' && fitsUnsigned(n, 32, base), suffix == 0 && fitsInt(n):
		return MakeInt(low64(n)), nil
	case suffix == 0:
		return BigInt{n}, nil
	}
	return nil, Throw("java.lang.NumberFormatException", "Number of value %s does not fit in the range of %s, but %s was enforced.",
		n, map[byte]string{'i': "int", 'l': "long"}[suffix], map[byte]string{'i': "java.lang.Integer", 'l': "java.lang.Long"}[suffix])
}

// fitsUnsigned lets 0xFFFFFFFFi be -1, but no decimal literal be negative.
func fitsUnsigned(n *big.Int, bits, base int) bool {
	if base == 10 {
		bits--
	}
	return n.BitLen() <= bits
}

func fitsInt(n *big.Int) bool {
	return n.IsInt64() && n.Int64() == int64(int32(n.Int64()))
}

func parseFraction(raw, digits string, suffix byte) (Value, error) {
	switch suffix {
	case 'd':
		f, err := strconv.ParseFloat(digits, 64)
		if err != nil && !math.IsInf(f, 0) {
			return nil, numberFormat(raw)
		}
		return Double(f), nil
	case 'f':
		f, err := strconv.ParseFloat(digits, 32)
		if err != nil && !math.IsInf(f, 0) {
			return nil, numberFormat(raw)
		}
		return Float(f), nil
	case 0, 'g':
		if d, ok := parseDecimal(digits); ok {
			return d, nil
		}
	}
	return nil, numberFormat(raw)
}

// low64 is BigInteger.longValue: the low 64 bits.
func low64(n *big.Int) int64 {
	if n.IsInt64() {
		return n.Int64()
	}
	bits := new(big.Int).And(n, new(big.Int).SetUint64(math.MaxUint64))
	return int64(bits.Uint64())
}

// IsNumber says whether v is a java.lang.Number.
func IsNumber(v Value) bool {
	switch v.(type) {
	case Int, Long, BigInt, Decimal, Float, Double:
		return true
	}
	return false
}

// AsInt64 is Number.longValue: fractions are cut off, too big ones wrap as in
// Java. ok is false when v is no number.
func AsInt64(v Value) (n int64, ok bool) {
	switch x := v.(type) {
	case Int:
		return int64(x), true
	case Long:
		return int64(x), true
	case BigInt:
		return low64(x.Int), true
	case Decimal:
		return low64(x.Truncated()), true
	case Float:
		return doubleToLong(float64(x)), true
	case Double:
		return doubleToLong(float64(x)), true
	}
	return 0, false
}

// AsInt32 is Number.intValue.
func AsInt32(v Value) (n int32, ok bool) {
	switch x := v.(type) {
	case Float:
		return doubleToInt(float64(x)), true
	case Double:
		return doubleToInt(float64(x)), true
	}
	l, ok := AsInt64(v)
	return int32(l), ok
}

// AsFloat64 is Number.doubleValue.
func AsFloat64(v Value) (f float64, ok bool) {
	switch x := v.(type) {
	case Int:
		return float64(x), true
	case Long:
		return float64(x), true
	case BigInt:
		f, _ := new(big.Float).SetInt(x.Int).Float64()
		return f, true
	case Decimal:
		return x.Float64(), true
	case Float:
		return float64(x), true
	case Double:
		return float64(x), true
	}
	return 0, false
}

// asBig is the whole part of a number that is not a floating one.
func asBig(v Value) *big.Int {
	switch x := v.(type) {
	case BigInt:
		return x.Int
	case Decimal:
		return x.Truncated()
	}
	n, _ := AsInt64(v)
	return big.NewInt(n)
}

// AsDecimal is v as Groovy makes a BigDecimal of it; NaN and infinities fail.
func AsDecimal(v Value) (d Decimal, ok bool) {
	switch x := v.(type) {
	case Decimal:
		return x, true
	case BigInt:
		return NewDecimal(x.Int, 0), true
	case Int:
		return NewDecimal(big.NewInt(int64(x)), 0), true
	case Long:
		return NewDecimal(big.NewInt(int64(x)), 0), true
	case Float, Double:
		return parseDecimal(ToString(v))
	}
	return Decimal{}, false
}

// Java's conversions saturate, and NaN is zero.
func doubleToLong(f float64) int64 {
	switch {
	case f != f:
		return 0
	case f >= math.MaxInt64:
		return math.MaxInt64
	case f <= math.MinInt64:
		return math.MinInt64
	}
	return int64(f)
}

func doubleToInt(f float64) int32 {
	return int32(min(max(doubleToLong(f), math.MinInt32), math.MaxInt32))
}

// formatDouble is Double.toString (bits 64) or Float.toString (bits 32).
func formatDouble(f float64, bits int) string {
	switch {
	case f != f:
		return "NaN"
	case math.IsInf(f, 1):
		return "Infinity"
	case math.IsInf(f, -1):
		return "-Infinity"
	case f == 0:
		if math.Signbit(f) {
			return "-0.0"
		}
		return "0.0"
	}
	if a := math.Abs(f); a >= 1e-3 && a < 1e7 {
		s := strconv.FormatFloat(f, 'f', -1, bits)
		if !strings.Contains(s, ".") {
			s += ".0"
		}
		return s
	}
	s := strconv.FormatFloat(f, 'e', -1, bits)
	if !strings.Contains(s, ".") {
		// Java always has two digits and takes the nearest two: 4.9E-324.
		s = strconv.FormatFloat(f, 'e', 1, bits)
	}
	mantissa, exponent, _ := strings.Cut(s, "e")
	n, err := strconv.Atoi(exponent)
	if err != nil {
		panic("internal error: exponent of " + s)
	}
	return mantissa + "E" + strconv.Itoa(n)
}
