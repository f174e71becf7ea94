package value

import (
	"math"
	"testing"
)

// Recorded from Nextflow 25.04.
func TestParseNumber(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		"1": "java.lang.Integer 1", "2147483648": "java.lang.Long 2147483648", "9999999999": "java.lang.Long 9999999999",
		"9223372036854775808": "java.math.BigInteger 9223372036854775808",
		"0x7fffffff":          "java.lang.Integer 2147483647", "0xffffffff": "java.lang.Long 4294967295",
		"0xFFFFFFFFFFFFFFFF": "java.math.BigInteger 18446744073709551615", "0b101": "java.lang.Integer 5",
		"017": "java.lang.Integer 15", "1_000": "java.lang.Integer 1000", "1_0.5_0": "java.math.BigDecimal 10.50",
		"1g": "java.math.BigInteger 1", "1.5G": "java.math.BigDecimal 1.5", "5i": "java.lang.Integer 5", "5L": "java.lang.Long 5",
		"5d": "java.lang.Double 5.0", "5f": "java.lang.Float 5.0", "1e5f": "java.lang.Float 100000.0", "1e5": "java.math.BigDecimal 1E+5",
		"1e5g": "java.math.BigDecimal 1E+5", "0xFFL": "java.lang.Long 255", "0xFFg": "java.math.BigInteger 255", "0x1f": "java.lang.Integer 31",
		".5": "java.math.BigDecimal 0.5", "1.0e-3": "java.math.BigDecimal 0.0010", "1.5e10": "java.math.BigDecimal 1.5E+10",
		"0.000001": "java.math.BigDecimal 0.000001", "0.0000001": "java.math.BigDecimal 1E-7", "1.23e+3": "java.math.BigDecimal 1.23E+3",
		"0": "java.lang.Integer 0", "0.00": "java.math.BigDecimal 0.00",
	} {
		check(t, raw, show(ParseNumber(raw)), want)
	}
	for _, raw := range []string{"", "x", "0x", "1e", "--1", "0b12", "1..2", "9999999999i"} {
		if v, err := ParseNumber(raw); err == nil {
			t.Errorf("ParseNumber(%q) = %v, want an error", raw, ToString(v))
		}
	}
}

func TestDoubleToString(t *testing.T) {
	t.Parallel()
	for want, f := range map[string]float64{
		"1.0E10": 1e10, "1.0": 1, "0.1": 0.1, "100.0": 100, "1.0E7": 1e7, "1.0E-5": 1e-5, "1.23456789123E8": 123456789.123,
		"0.001": 1e-3, "9999999.0": 9999999, "1.0E21": 1e21, "1.0E-4": 1e-4, "1.7976931348623157E308": math.MaxFloat64,
		"4.9E-324": math.SmallestNonzeroFloat64, "Infinity": math.Inf(1), "-Infinity": math.Inf(-1), "NaN": math.NaN(),
		"2.2250738585072014E-308": 2.2250738585072014e-308, "9.007199254740992E15": 9007199254740993, "1.2345678901234568E17": 123456789012345680,
		"-0.0": math.Copysign(0, -1),
	} {
		check(t, want, ToString(Double(f)), want)
	}
	for want, f := range map[string]float32{"1.1": 1.1, "3.4E38": 3.4e38, "1.6777216E7": 16777216, "1234567.8": 1234567.8, "1.4E-45": math.SmallestNonzeroFloat32} {
		check(t, want, ToString(Float(f)), want)
	}
}

func TestArithmetic(t *testing.T) {
	t.Parallel()
	ops := map[string]func(*Thread, Value, Value) (Value, error){
		"+": Add, "-": Sub, "*": Mul, "/": Div, "%": Mod, "**": Pow, "<<": Shl, ">>": Shr, ">>>": Ushr, "&": And, "|": Or, "^": Xor,
	}
	for _, c := range []struct{ a, op, b, want string }{
		{"10", "/", "4", "BigDecimal 2.5"},
		{"1", "/", "3", "BigDecimal 0.3333333333"},
		{"2", "/", "3", "BigDecimal 0.6666666667"},
		{"10", "/", "5", "BigDecimal 2"},
		{"2.00", "/", "3", "BigDecimal 0.6666666667"},
		{"22", "/", "7.000", "BigDecimal 3.1428571429"},
		{"1", "/", "3.00000000000000000000", "BigDecimal 0.33333333333333333333"},
		{"100000000000", "/", "3", "BigDecimal 33333333333.3333333333"},
		{"1", "/", "1024", "BigDecimal 0.0009765625"},
		{"1e10", "/", "3", "BigDecimal 3333333333.3"},
		{"1E-20", "/", "3", "BigDecimal 0E-20"},
		{"5g", "/", "3", "BigDecimal 1.6666666667"},
		{"123456789.123456789", "/", "0.7", "BigDecimal 176366841.60493827"},
		{"1.0", "/", "8", "BigDecimal 0.125"},
		{"0.00", "/", "5", "BigDecimal 0.00"},
		{"100", "/", "4", "BigDecimal 25"},
		{"1000", "/", "10", "BigDecimal 100"},
		{"5.00", "/", "5", "BigDecimal 1.00"},
		{"15.0", "/", "5", "BigDecimal 3.0"},
		{"1e3", "/", "10", "BigDecimal 1E+2"},
		{"1", "/", "0", "!! java.lang.ArithmeticException: Division by zero"},
		{"1", "/", "0.0", "!! java.lang.ArithmeticException: Division by zero"},
		{"7", "/", "2.0d", "Double 3.5"},
		{"1f", "/", "3", "Double 0.3333333333333333"},
		{"1", "/", "0d", "Double Infinity"},
		{"5", "%", "0", "!! java.lang.ArithmeticException: / by zero"},
		{"5L", "%", "3", "Long 2"},
		{"5.5", "%", "2", "BigDecimal 1.5"},
		{"5.5", "%", "0", "!! java.lang.ArithmeticException: Division by zero"},
		{"5.5d", "%", "2", "Double 1.5"},
		{"5g", "%", "3", "BigInteger 2"},
		{"2", "**", "3", "Integer 8"},
		{"2", "**", "31", "BigInteger 2147483648"},
		{"2", "**", "0.5", "Double 1.4142135623730951"},
		{"2L", "**", "62", "Long 4611686018427387904"},
		{"2L", "**", "63", "BigInteger 9223372036854775808"},
		{"2.0", "**", "2", "BigDecimal 4.00"},
		{"2.5", "**", "2", "BigDecimal 6.25"},
		{"2d", "**", "3", "Integer 8"},
		{"2g", "**", "3", "BigInteger 8"},
		{"2", "**", "3L", "Integer 8"},
		{"0", "**", "0", "Integer 1"},
		{"2", "**", "3.0", "Integer 8"},
		{"1.5f", "**", "2", "Double 2.25"},
		{"9", "**", "0.5", "Integer 3"},
		{"2d", "**", "63", "Long 9223372036854775807"},
		{"1.1", "**", "10", "BigDecimal 2.5937424601"},
		{"2147483647", "**", "2", "BigInteger 4611686014132420609"},
		{"1", "+", "1L", "Long 2"},
		{"1", "+", "1.5", "BigDecimal 2.5"},
		{"1", "+", "1.5f", "Double 2.5"},
		{"1.5", "+", "1.5d", "Double 3.0"},
		{"1g", "+", "1", "BigInteger 2"},
		{"1g", "+", "1.5", "BigDecimal 2.5"},
		{"1.10", "+", "1.1", "BigDecimal 2.20"},
		{"1.5", "-", "1.50", "BigDecimal 0.00"},
		{"1.5", "*", "1.50", "BigDecimal 2.250"},
		{"2", "*", "1.50", "BigDecimal 3.00"},
		{"1L", "*", "2", "Long 2"},
		{"3", "-", "5L", "Long -2"},
		{"1f", "+", "1f", "Double 2.0"},
		{"0.1f", "+", "0.2f", "Double 0.30000000447034836"},
		{"1e3", "+", "1", "BigDecimal 1001"},
		{"1e3", "-", "1000", "BigDecimal 0"},
		{"1e3", "*", "2", "BigDecimal 2E+3"},
		{"2147483647", "+", "1", "Integer -2147483648"},
		{"2147483647", "*", "2", "Integer -2"},
		{"9223372036854775807", "+", "1", "Long -9223372036854775808"},
		{"5", "<<", "2", "Integer 20"},
		{"5", "<<", "33", "Integer 10"},
		{"5L", "<<", "33", "Long 42949672960"},
		{"1", "<<", "31", "Integer -2147483648"},
		{"5g", "<<", "2", "BigInteger 20"},
		{"5", "<<", "2L", "Integer 20"},
		{"5", ">>", "1", "Integer 2"},
		{"5", "&", "3", "Integer 1"},
		{"5", "|", "3", "Integer 7"},
		{"5", "^", "3", "Integer 6"},
		{"5", "&", "3L", "Long 1"},
		{"5g", "&", "3", "BigInteger 1"},
		{"5.5", "&", "3", "!! java.lang.UnsupportedOperationException: Cannot use and() on this number type: java.math.BigDecimal with value: 5.5"},
		{"5.5", "<<", "1", "!! java.lang.UnsupportedOperationException: Cannot use leftShift() on this number type: java.math.BigDecimal with value: 5.5"},
		{"1", "<<", "1.5", "!! java.lang.UnsupportedOperationException: Shift distance must be an integral type, but 1.5 (java.math.BigDecimal) was supplied"},
	} {
		v, err := ops[c.op](nil, lit(t, c.a), lit(t, c.b))
		got := show(v, err)
		for _, p := range []string{"java.lang.", "java.math."} {
			if err == nil && len(got) > len(p) && got[:len(p)] == p {
				got = got[len(p):]
			}
		}
		check(t, c.a+c.op+c.b, got, c.want)
	}
	for _, c := range []struct {
		name string
		f    func() (Value, error)
		want string
	}{
		{"-5%3", func() (Value, error) { return Mod(nil, Int(-5), Int(3)) }, "java.lang.Integer -2"},
		{"-5G%3", func() (Value, error) { return Mod(nil, bigInt("-5"), Int(3)) }, "java.math.BigInteger 1"},
		{"5G%-3", func() (Value, error) { return Mod(nil, bigInt("5"), Int(-3)) }, "!! java.lang.ArithmeticException: BigInteger: modulus not positive"},
		{"-5>>1", func() (Value, error) { return Shr(nil, Int(-5), Int(1)) }, "java.lang.Integer -3"},
		{"-5>>>1", func() (Value, error) { return Ushr(nil, Int(-5), Int(1)) }, "java.lang.Integer 2147483645"},
		{"-5L>>>1", func() (Value, error) { return Ushr(nil, Long(-5), Int(1)) }, "java.lang.Long 9223372036854775805"},
		{"2**-1", func() (Value, error) { return Pow(nil, Int(2), Int(-1)) }, "java.lang.Double 0.5"},
		{"(-2)**31", func() (Value, error) { return Pow(nil, Int(-2), Int(31)) }, "java.lang.Integer -2147483648"},
		{"-7/2", func() (Value, error) { return Div(nil, Int(-7), Int(2)) }, "java.math.BigDecimal -3.5"},
		{"7/-2", func() (Value, error) { return Div(nil, Int(7), Int(-2)) }, "java.math.BigDecimal -3.5"},
		{"-2/3", func() (Value, error) { return Div(nil, Int(-2), Int(3)) }, "java.math.BigDecimal -0.6666666667"},
		{"-(-2147483648)", func() (Value, error) { return Neg(nil, Int(math.MinInt32)) }, "java.lang.Integer -2147483648"},
		{"-1.50", func() (Value, error) { return Neg(nil, dec("1.50")) }, "java.math.BigDecimal -1.50"},
		{"-[1,2]", func() (Value, error) { return Neg(nil, list(Int(1), Int(2))) }, "java.util.ArrayList [-1, -2]"},
		{"~5", func() (Value, error) { return BitNot(nil, Int(5)) }, "java.lang.Integer -6"},
		{"~1.5", func() (Value, error) { return BitNot(nil, dec("1.5")) }, "!! java.lang.UnsupportedOperationException: Cannot use bitwiseNegate() on this number type: java.math.BigDecimal with value: 1.5"},
		{"~'a'", func() (Value, error) { return BitNot(nil, String("a")) }, "java.util.regex.Pattern a"},
		{"~null", func() (Value, error) { return BitNot(nil, nil) }, "!! java.lang.NullPointerException: Cannot invoke method bitwiseNegate() on null object"},
		{"+null", func() (Value, error) { return Plus(nil, nil) }, "null"},
		{"-'a'", func() (Value, error) { return Neg(nil, String("a")) }, "!! groovy.lang.MissingMethodException: No signature of method: java.lang.String.negative() is applicable for argument types: () values: []"},
		{"'az'++", func() (Value, error) { return Next(nil, String("az")) }, "java.lang.String a{"},
		{"'a'--", func() (Value, error) { return Previous(nil, String("a")) }, "java.lang.String `"},
		{"1.5++", func() (Value, error) { return Next(nil, dec("1.5")) }, "java.math.BigDecimal 2.5"},
		{"2147483647++", func() (Value, error) { return Next(nil, Int(math.MaxInt32)) }, "java.lang.Integer -2147483648"},
		{"null++", func() (Value, error) { return Next(nil, nil) }, "!! java.lang.NullPointerException: Cannot invoke method next() on null object"},
		{"char+1", func() (Value, error) { return Add(nil, Char('a'), Int(1)) }, "java.lang.Integer 98"},
		{"char+char", func() (Value, error) { return Add(nil, Char('a'), Char('b')) }, "java.lang.Integer 195"},
		{"true&null", func() (Value, error) { return And(nil, True, nil) }, "java.lang.Boolean false"},
		{"true^true", func() (Value, error) { return Xor(nil, True, True) }, "java.lang.Boolean false"},
		{"true&1", func() (Value, error) { return And(nil, True, Int(1)) }, "!! groovy.lang.MissingMethodException: No signature of method: java.lang.Boolean.and() is applicable for argument types: (Integer) values: [1]"},
		{"1%null", func() (Value, error) { return Mod(nil, Int(1), nil) }, `!! java.lang.NullPointerException: Cannot invoke "java.lang.Object.toString()" because "n" is null`},
		{"1&null", func() (Value, error) { return And(nil, Int(1), nil) }, "!! java.lang.UnsupportedOperationException: Cannot use and() on this number type: java.lang.Integer with value: 1"},
	} {
		check(t, c.name, show(c.f()), c.want)
	}
}
