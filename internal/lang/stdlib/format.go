package stdlib

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"

	"sluice/internal/lang/value"
)

// formatJava is String.format: %[index$][flags][width][.precision]conversion.
func formatJava(format string, args []value.Value) (string, error) { return formatIn("", format, args) }

// separators are those between digits, in thousands and before the fraction.
var separators = map[Locale]*strings.Replacer{
	"de_DE": strings.NewReplacer(",", ".", ".", ","),
	"fr_FR": strings.NewReplacer(",", "\u202f", ".", ","),
}

func formatIn(l Locale, format string, args []value.Value) (string, error) {
	f := &formatter{args: args, separators: separators[l]}
	for i := 0; i < len(format); {
		if format[i] != '%' {
			j := strings.IndexByte(format[i:], '%')
			if j < 0 {
				j = len(format) - i
			}
			f.out.WriteString(format[i : i+j])
			i += j
			continue
		}
		s, n, ok := parseSpecifier(format[i:])
		if !ok {
			return "", value.Throw("java.util.UnknownFormatConversionException", "Conversion = '%s'", "%")
		}
		if err := f.one(s); err != nil {
			return "", err
		}
		i += n
	}
	return f.out.String(), nil
}

type specifier struct {
	text       string // as written
	index      int    // 0 for the next argument
	relative   bool   // %<s
	flags      string
	width      int
	precision  int // -1 when left out
	conversion byte
	time       byte // the letter after t
}

type formatter struct {
	out        strings.Builder
	args       []value.Value
	separators *strings.Replacer // of the locale, nil for English
	next, last int
}

func parseSpecifier(s string) (spec specifier, length int, ok bool) {
	spec.precision = -1
	i := 1
	number := func() int {
		start := i
		for i < len(s) && s[i] >= '0' && s[i] <= '9' {
			i++
		}
		n, err := strconv.Atoi(s[start:i])
		if err != nil {
			return -1
		}
		return n
	}
	if i < len(s) && s[i] != '0' {
		if n := number(); n > 0 && i < len(s) && s[i] == '$' {
			spec.index = n
			i++
		} else {
			i = 1
		}
	}
	for i < len(s) && strings.IndexByte("-#+ 0,(<", s[i]) >= 0 {
		if s[i] == '<' {
			spec.relative = true
		} else {
			spec.flags += s[i : i+1]
		}
		i++
	}
	spec.width = max(number(), 0)
	if i < len(s) && s[i] == '.' {
		i++
		spec.precision = number()
	}
	if i >= len(s) {
		return spec, 0, false
	}
	spec.conversion = s[i]
	i++
	if spec.conversion == 't' || spec.conversion == 'T' {
		if i >= len(s) {
			return spec, 0, false
		}
		spec.time = s[i]
		i++
	}
	spec.text = s[:i]
	return spec, i, true
}

func (s specifier) has(flag byte) bool { return strings.IndexByte(s.flags, flag) >= 0 }

func (f *formatter) one(s specifier) error {
	switch s.conversion {
	case '%':
		f.pad(s, "%")
		return nil
	case 'n':
		f.out.WriteByte('\n')
		return nil
	}
	at := f.next
	switch {
	case s.relative:
		at = f.last
	case s.index > 0:
		at = s.index - 1
	default:
		f.next++
	}
	if at >= len(f.args) {
		return value.Throw("java.util.MissingFormatArgumentException", "Format specifier '%s'", s.text)
	}
	f.last = at
	if err := s.check(); err != nil {
		return err
	}
	text, err := convert(s, f.args[at])
	if err != nil {
		return err
	}
	if f.separators != nil && strings.IndexByte("dfeEgG", s.conversion) >= 0 {
		text = f.separators.Replace(text)
	}
	if s.conversion >= 'A' && s.conversion <= 'Z' {
		text = strings.ToUpper(text)
	}
	f.pad(s, text)
	return nil
}

// check refuses flags and sizes that the conversion does not take.
func (s specifier) check() error {
	conversion := string(s.conversion)
	switch {
	case (s.has('-') || s.has('0')) && s.width == 0:
		return value.Throw("java.util.MissingFormatWidthException", "%s", s.text)
	case s.has('0') && strings.IndexByte("sScCbBhH", s.conversion) >= 0:
		return value.Throw("java.util.FormatFlagsConversionMismatchException", "Conversion = %s, Flags = 0", conversion)
	case s.precision >= 0 && strings.IndexByte("dxXocC", s.conversion) >= 0:
		return value.Throw("java.util.IllegalFormatPrecisionException", "%d", s.precision)
	}
	return nil
}

func (f *formatter) pad(s specifier, text string) {
	fill := strings.Repeat(" ", max(s.width-value.StringLen(text), 0))
	if s.has('-') {
		f.out.WriteString(text + fill)
		return
	}
	f.out.WriteString(fill + text)
}

func convert(s specifier, v value.Value) (string, error) {
	switch s.conversion {
	case 's', 'S':
		return clip(s, value.JavaText(v)), nil
	case 'b', 'B':
		b, isBool := v.(value.Bool)
		return clip(s, strconv.FormatBool(isBool && bool(b) || !isBool && v != nil)), nil
	case 'h', 'H':
		if v == nil {
			return "null", nil
		}
		return strconv.FormatUint(uint64(uint32(value.HashCode(v))), 16), nil
	}
	if v == nil {
		return clip(s, "null"), nil
	}
	switch s.conversion {
	case 'c', 'C':
		switch ch := v.(type) {
		case value.Char:
			return string(rune(ch)), nil
		case value.Int:
			return string(rune(ch)), nil
		}
	case 'd':
		if n, ok := wholeNumber(v); ok {
			return signed(s, n.Sign() < 0, grouped(s, new(big.Int).Abs(n).String())), nil
		}
	case 'x', 'X', 'o':
		if n, ok := wholeNumber(v); ok {
			return radixText(s, v, n), nil
		}
	case 'f', 'e', 'E', 'g', 'G', 'a', 'A':
		if text, ok := floating(s, v); ok {
			return text, nil
		}
	case 't', 'T':
		if t, ok := timeOf(v); ok {
			return timePart(t, s.time)
		}
	default:
		return "", value.Throw("java.util.UnknownFormatConversionException", "Conversion = '%s'", string(s.conversion))
	}
	return "", value.Throw("java.util.IllegalFormatConversionException", "%s != %s", string(s.conversion|0x20), v.Class().Name)
}

func clip(s specifier, text string) string {
	if s.precision >= 0 && s.precision < value.StringLen(text) {
		return value.Substring(text, 0, s.precision)
	}
	return text
}

func wholeNumber(v value.Value) (*big.Int, bool) {
	switch n := v.(type) {
	case value.Int, value.Long, Byte:
		return big.NewInt(toInt64(n)), true
	case value.BigInt:
		return n.Int, true
	}
	return nil, false
}

// signed puts the sign, and zeros up to the width.
func signed(s specifier, negative bool, digits string) string {
	before, after := "", ""
	switch {
	case negative && s.has('('):
		before, after = "(", ")"
	case negative:
		before = "-"
	case s.has('+'):
		before = "+"
	case s.has(' '):
		before = " "
	}
	if s.has('0') {
		digits = strings.Repeat("0", max(s.width-len(before)-len(after)-len(digits), 0)) + digits
	}
	return before + digits + after
}

// grouped puts commas into the whole part when asked to.
func grouped(s specifier, digits string) string {
	if !s.has(',') {
		return digits
	}
	whole, rest, point := strings.Cut(digits, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if point {
		whole += "." + rest
	}
	return whole
}

// radixText prints in base 16 or 8; negative Integers and Longs as two's complement.
func radixText(s specifier, v value.Value, n *big.Int) string {
	base, prefix := 16, "0x"
	if s.conversion == 'o' {
		base, prefix = 8, "0"
	}
	text := new(big.Int).Abs(n).Text(base)
	switch x := v.(type) {
	case value.Int:
		text = strconv.FormatUint(uint64(uint32(x)), base)
	case value.Long:
		text = strconv.FormatUint(uint64(x), base)
	default:
		return signed(s, n.Sign() < 0, text)
	}
	if s.has('#') {
		text = prefix + text
	}
	if s.has('0') {
		text = strings.Repeat("0", max(s.width-len(text), 0)) + text
	}
	return text
}

func floating(s specifier, v value.Value) (string, bool) {
	precision := s.precision
	if precision < 0 {
		precision = 6
	}
	switch v.(type) {
	case value.Decimal, value.Float, value.Double:
	default:
		return "", false
	}
	d, ok := value.AsDecimal(v)
	if !ok {
		return value.ToString(v), true
	}
	negative := d.Unscaled().Sign() < 0
	f := toFloat(v)
	if f < 0 {
		f = -f
	}
	switch s.conversion {
	case 'f':
		return signed(s, negative, grouped(s, strings.TrimPrefix(d.SetScale(precision).Plain(), "-"))), true
	case 'e', 'E':
		return signed(s, negative, strconv.FormatFloat(f, 'e', precision, 64)), true
	case 'a', 'A':
		return signed(s, negative, strconv.FormatFloat(f, 'x', -1, 64)), true
	}
	if precision == 0 {
		precision = 1
	}
	if f != 0 && (f < 1e-4 || f >= pow10f(precision)) {
		return signed(s, negative, strconv.FormatFloat(f, 'e', precision-1, 64)), true
	}
	text := strconv.FormatFloat(f, 'e', precision-1, 64)
	_, exponent, _ := strings.Cut(text, "e")
	n, err := strconv.Atoi(exponent)
	if err != nil {
		panic(fmt.Sprintf("internal error: exponent of %q", text))
	}
	return signed(s, negative, grouped(s, strconv.FormatFloat(f, 'f', max(precision-1-n, 0), 64))), true
}

func pow10f(n int) float64 {
	f := 1.0
	for range n {
		f *= 10
	}
	return f
}
