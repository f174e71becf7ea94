package stdlib

import (
	"strings"

	"github.com/cockroachdb/apd/v3"

	"sluice/internal/lang/value"
)

// A DecimalFormat is java.text.DecimalFormat with patterns such as #,##0.00.
type DecimalFormat struct {
	prefix, suffix     string
	minWhole           int
	minDigits, maxDigs int
	group              bool
	percent            bool
}

// Class is java.text.DecimalFormat.
func (*DecimalFormat) Class() *value.Class { return decimalFormatClass }

func decimalFormatConstructors() []def {
	return []def{{"<init>", "pattern: String = '#,##0.###', symbols = null", "prints numbers", func(c call) (value.Value, error) {
		return newDecimalFormat(c.strOr(0, "#,##0.###")), nil
	}}}
}

func newDecimalFormat(pattern string) *DecimalFormat {
	pattern, _, _ = strings.Cut(pattern, ";")
	start := strings.IndexAny(pattern, "#0,.")
	if start < 0 {
		return &DecimalFormat{prefix: pattern}
	}
	end := strings.LastIndexAny(pattern, "#0,.") + 1
	f := &DecimalFormat{prefix: strings.ReplaceAll(pattern[:start], "'", ""), suffix: strings.ReplaceAll(pattern[end:], "'", "")}
	whole, digits, _ := strings.Cut(pattern[start:end], ".")
	f.group = strings.Contains(whole, ",")
	f.minWhole = strings.Count(whole, "0")
	f.minDigits, f.maxDigs = strings.Count(digits, "0"), len(digits)
	f.percent = strings.Contains(f.suffix, "%")
	return f
}

// format rounds half to even, as Java's format does by itself.
func (f *DecimalFormat) format(v value.Value) (string, bool) {
	d, ok := value.AsDecimal(v)
	if !ok {
		return "", false
	}
	r := new(apd.Decimal).Set(d.Decimal)
	if f.percent {
		r.Exponent += 2
	}
	ctx := apd.BaseContext.WithPrecision(1000)
	ctx.Rounding = apd.RoundHalfEven
	if _, err := ctx.Quantize(r, r, int32(-f.maxDigs)); err != nil {
		return "", false
	}
	text := (value.Decimal{Decimal: r}).Plain()
	sign := ""
	if rest, negative := strings.CutPrefix(text, "-"); negative {
		sign, text = "-", rest
	}
	whole, digits, _ := strings.Cut(text, ".")
	for len(digits) > f.minDigits && strings.HasSuffix(digits, "0") {
		digits = digits[:len(digits)-1]
	}
	if whole == "0" && f.minWhole == 0 && digits != "" {
		whole = ""
	}
	whole = strings.Repeat("0", max(f.minWhole-len(whole), 0)) + whole
	if f.group {
		whole = grouped(specifier{flags: ","}, whole)
	}
	if digits != "" {
		whole += "." + digits
	}
	return sign + f.prefix + whole + f.suffix, true
}

func decimalFormatMethods() []def {
	return []def{{"format", "number: Number", "prints a number", func(c call) (value.Value, error) {
		s, ok := c.recv.(*DecimalFormat).format(c.arg(0))
		if !ok {
			return nil, c.missing()
		}
		return value.String(s), nil
	}}}
}
