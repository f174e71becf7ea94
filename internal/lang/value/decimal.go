package value

import (
	"math"
	"math/big"
	"strconv"
	"strings"

	"github.com/cockroachdb/apd/v3"
)

var (
	bigTen  = big.NewInt(10)
	bigFive = big.NewInt(5)
)

// NewDecimal is unscaled * 10^-scale, keeping the scale as Java does.
func NewDecimal(unscaled *big.Int, scale int) Decimal {
	d := &apd.Decimal{Exponent: int32(-scale), Negative: unscaled.Sign() < 0}
	d.Coeff.SetMathBigInt(new(big.Int).Abs(unscaled))
	return Decimal{d}
}

// Unscaled is the coefficient with its sign.
func (d Decimal) Unscaled() *big.Int {
	n := d.Coeff.MathBigInt()
	if d.Negative {
		n.Neg(n)
	}
	return n
}

// Scale counts the digits after the point; it can be negative.
func (d Decimal) Scale() int { return -int(d.Exponent) }

// ToString is BigDecimal.toString: plain unless the exponent is far off.
func (d Decimal) ToString() string {
	digits, scale, sign := d.Coeff.String(), d.Scale(), ""
	if d.Negative && d.Coeff.Sign() != 0 {
		sign = "-"
	}
	if scale == 0 {
		return sign + digits
	}
	adjusted := len(digits) - 1 - scale
	switch {
	case scale > 0 && adjusted >= -6:
		return sign + withPoint(digits, scale)
	case len(digits) > 1:
		digits = digits[:1] + "." + digits[1:]
	}
	if adjusted == 0 {
		return sign + digits
	}
	exponent := strconv.Itoa(adjusted)
	if adjusted > 0 {
		exponent = "+" + exponent
	}
	return sign + digits + "E" + exponent
}

// Plain is BigDecimal.toPlainString.
func (d Decimal) Plain() string {
	digits, scale, sign := d.Coeff.String(), d.Scale(), ""
	if d.Negative && d.Coeff.Sign() != 0 {
		sign = "-"
	}
	switch {
	case scale > 0:
		digits = withPoint(digits, scale)
	case scale < 0 && digits != "0":
		digits += strings.Repeat("0", -scale)
	}
	return sign + digits
}

func withPoint(digits string, scale int) string {
	if len(digits) <= scale {
		digits = strings.Repeat("0", scale-len(digits)+1) + digits
	}
	return digits[:len(digits)-scale] + "." + digits[len(digits)-scale:]
}

// parseDecimal reads BigDecimal's syntax: digits, a point, an exponent.
func parseDecimal(text string) (Decimal, bool) {
	mantissa, exponent := text, 0
	if i := strings.IndexAny(text, "eE"); i >= 0 {
		n, err := strconv.ParseInt(text[i+1:], 10, 32)
		if err != nil {
			return Decimal{}, false
		}
		mantissa, exponent = text[:i], int(n)
	}
	negative := strings.HasPrefix(mantissa, "-")
	mantissa = strings.TrimPrefix(strings.TrimPrefix(mantissa, "-"), "+")
	if len(text)-len(mantissa) > 1 && exponent == 0 && !strings.ContainsAny(text, "eE") {
		return Decimal{}, false
	}
	whole, frac, _ := strings.Cut(mantissa, ".")
	digits := whole + frac
	if digits == "" || strings.Trim(digits, "0123456789") != "" {
		return Decimal{}, false
	}
	n, _ := new(big.Int).SetString(digits, 10)
	if negative {
		n.Neg(n)
	}
	scale := len(frac) - exponent
	if scale > math.MaxInt32 || scale < math.MinInt32+1 {
		return Decimal{}, false
	}
	return NewDecimal(n, scale), true
}

// maxShift bounds how far scales are aligned, so that 1E+1000000000 + 1 does
// not eat the memory.
const maxShift = 1 << 20

func pow10(n int) *big.Int { return new(big.Int).Exp(bigTen, big.NewInt(int64(n)), nil) }

// align gives both coefficients at the larger of the two scales.
func align(a, b Decimal) (x, y *big.Int, scale int, err error) {
	x, y = a.Unscaled(), b.Unscaled()
	diff := a.Scale() - b.Scale()
	if diff > maxShift || diff < -maxShift {
		return nil, nil, 0, Throw("java.lang.ArithmeticException", "BigInteger would overflow supported range")
	}
	switch {
	case diff > 0:
		return x, y.Mul(y, pow10(diff)), a.Scale(), nil
	case diff < 0:
		return x.Mul(x, pow10(-diff)), y, b.Scale(), nil
	}
	return x, y, a.Scale(), nil
}

func addDecimals(a, b Decimal) (Value, error) {
	x, y, scale, err := align(a, b)
	if err != nil {
		return nil, err
	}
	return NewDecimal(x.Add(x, y), scale), nil
}

func negDecimal(d Decimal) Decimal { return NewDecimal(new(big.Int).Neg(d.Unscaled()), d.Scale()) }

func mulDecimals(a, b Decimal) Decimal {
	return NewDecimal(new(big.Int).Mul(a.Unscaled(), b.Unscaled()), a.Scale()+b.Scale())
}

func compareDecimals(a, b Decimal) int {
	x, y, _, err := align(a, b)
	if err != nil { // too far apart to align: the sign and magnitude decide
		if s, t := a.Unscaled().Sign(), b.Unscaled().Sign(); s != t || s == 0 {
			return s - t
		} else if a.Scale() < b.Scale() {
			return s
		}
		return -a.Unscaled().Sign()
	}
	return x.Cmp(y)
}

// Division of Groovy: exact where the quotient ends, else ten more digits than
// the operands have and at most the larger of their scales and ten after the
// point.
const (
	divisionExtraPrecision = 10
	divisionMinScale       = 10
)

func divDecimals(a, b Decimal) (Value, error) {
	n, d := a.Unscaled(), b.Unscaled()
	if d.Sign() == 0 {
		return nil, divisionByZero()
	}
	preferred := a.Scale() - b.Scale()
	if n.Sign() == 0 {
		return NewDecimal(n, preferred), nil
	}
	if d.Sign() < 0 {
		n.Neg(n)
		d.Neg(d)
	}
	if q, ok := exactQuotient(n, d, preferred); ok {
		return q, nil
	}
	precision := max(decimalDigits(a.Unscaled()), decimalDigits(b.Unscaled())) + divisionExtraPrecision
	scale := max(a.Scale(), b.Scale(), divisionMinScale)
	q := roundedQuotient(n, d, preferred, precision)
	if q.Scale() > scale {
		q = setScale(q, scale)
	}
	return q, nil
}

// exactQuotient divides when the result ends, with the smallest scale that is
// at least preferred.
func exactQuotient(n, d *big.Int, preferred int) (Decimal, bool) {
	g := new(big.Int).GCD(nil, nil, new(big.Int).Abs(n), d)
	num, den := new(big.Int).Quo(n, g), new(big.Int).Quo(d, g)
	twos := int(den.TrailingZeroBits())
	rest := new(big.Int).Rsh(den, uint(twos))
	fives, r := 0, new(big.Int)
	for rest.Cmp(bigFive) >= 0 {
		q, m := new(big.Int).QuoRem(rest, bigFive, r)
		if m.Sign() != 0 {
			break
		}
		rest, fives = q, fives+1
	}
	if !rest.IsInt64() || rest.Int64() != 1 {
		return Decimal{}, false
	}
	k := max(twos, fives)
	num.Mul(num, pow10(k))
	return NewDecimal(num.Quo(num, den), preferred+k), true
}

// roundedQuotient has precision digits, half up.
func roundedQuotient(n, d *big.Int, preferred, precision int) Decimal {
	shift := precision - (decimalDigits(n) - decimalDigits(d))
	for {
		num, den := n, d
		if shift >= 0 {
			num = new(big.Int).Mul(n, pow10(shift))
		} else {
			den = new(big.Int).Mul(d, pow10(-shift))
		}
		q := quoHalfUp(num, den)
		if decimalDigits(q) <= precision {
			return NewDecimal(q, preferred+shift)
		}
		shift--
	}
}

func setScale(d Decimal, scale int) Decimal {
	diff := d.Scale() - scale
	if diff <= 0 {
		n := d.Unscaled()
		return NewDecimal(n.Mul(n, pow10(-diff)), scale)
	}
	n := d.Unscaled()
	if diff > decimalDigits(n)+1 { // rounds to zero; 10^diff might be huge
		return NewDecimal(new(big.Int), scale)
	}
	return NewDecimal(quoHalfUp(n, pow10(diff)), scale)
}

// SetScale rounds half up to scale digits after the point.
func (d Decimal) SetScale(scale int) Decimal { return setScale(d, scale) }

func quoHalfUp(n, d *big.Int) *big.Int {
	q, r := new(big.Int).QuoRem(n, d, new(big.Int))
	if r.Abs(r).Lsh(r, 1).Cmp(d) >= 0 {
		q.Add(q, big.NewInt(int64(n.Sign())))
	}
	return q
}

func decimalDigits(n *big.Int) int {
	if n.Sign() == 0 {
		return 1
	}
	return len(new(big.Int).Abs(n).String())
}

// Truncated is the whole part.
func (d Decimal) Truncated() *big.Int {
	n, scale := d.Unscaled(), d.Scale()
	switch {
	case scale > 0:
		if scale > decimalDigits(n) {
			return new(big.Int)
		}
		return n.Quo(n, pow10(scale))
	case scale < 0:
		return n.Mul(n, pow10(min(-scale, maxShift)))
	}
	return n
}

// Float64 is the nearest double.
func (d Decimal) Float64() float64 {
	f, err := strconv.ParseFloat(d.Coeff.String()+"e"+strconv.Itoa(-d.Scale()), 64)
	if err != nil && !math.IsInf(f, 0) {
		panic("internal error: decimal " + d.ToString() + ": " + err.Error())
	}
	if d.Negative {
		return -f
	}
	return f
}

func divisionByZero() *Exception {
	return Throw("java.lang.ArithmeticException", "Division by zero")
}
