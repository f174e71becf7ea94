package stdlib

import (
	"strconv"
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
	exponent           int // least digits of the exponent; 0: none is printed
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
	exponent := 0
	if i := strings.Index(pattern[start:end], "E0"); i > 0 {
		exponent = end - start - i - 1
	}
	f := &DecimalFormat{exponent: exponent, prefix: strings.ReplaceAll(pattern[:start], "'", ""), suffix: strings.ReplaceAll(pattern[end:], "'", "")}
	number, _, _ := strings.Cut(pattern[start:end], "E")
	whole, digits, _ := strings.Cut(number, ".")
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
	power := ""
	if f.exponent > 0 {
		power = f.scale(r)
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
	return sign + f.prefix + whole + power + f.suffix, true
}

// scale makes of r a number with the digits before the point that the pattern
// has, and is the exponent.
func (f *DecimalFormat) scale(r *apd.Decimal) string {
	n := 0
	if !r.IsZero() {
		n = int(r.NumDigits()) + int(r.Exponent) - max(f.minWhole, 1)
	}
	r.Exponent -= int32(n)
	sign := ""
	if n < 0 {
		sign, n = "-", -n
	}
	text := strconv.Itoa(n)
	return "E" + sign + strings.Repeat("0", max(f.exponent-len(text), 0)) + text
}

// numberFormatStatics are the ready-made formats, all of them English.
func numberFormatStatics() []def {
	make := func(name, pattern, doc string) def {
		return def{name, "locale = null", doc, func(call) (value.Value, error) { return newDecimalFormat(pattern), nil }}
	}
	return []def{
		make("getInstance", "#,##0.###", "prints numbers with up to three decimals"), make("getNumberInstance", "#,##0.###", "prints numbers with up to three decimals"),
		make("getIntegerInstance", "#,##0", "prints whole numbers"), make("getPercentInstance", "#,##0%", "prints parts as percent"),
		make("getCurrencyInstance", "$#,##0.00", "prints dollars"),
	}
}

func decimalFormatMethods() []def {
	get := func(c call) *DecimalFormat { return c.recv.(*DecimalFormat) }
	set := func(name, param, doc string, f func(c call, d *DecimalFormat)) def {
		return def{name, param, doc, func(c call) (value.Value, error) { f(c, get(c)); return nil, nil }}
	}
	return []def{
		set("setMaximumFractionDigits", "n: Integer", "sets how many decimals there are at most", func(c call, d *DecimalFormat) {
			d.maxDigs = c.intArg(0)
			d.minDigits = min(d.minDigits, d.maxDigs)
		}),
		set("setMinimumFractionDigits", "n: Integer", "sets how many decimals there are at least", func(c call, d *DecimalFormat) {
			d.minDigits = c.intArg(0)
			d.maxDigs = max(d.minDigits, d.maxDigs)
		}),
		set("setMinimumIntegerDigits", "n: Integer", "sets how many digits stand before the point at least", func(c call, d *DecimalFormat) { d.minWhole = c.intArg(0) }),
		set("setGroupingUsed", "on: Boolean", "sets whether thousands are set apart", func(c call, d *DecimalFormat) { d.group = value.Truth(c.arg(0)) }),
		{"parse", "text: String", "reads a number", func(c call) (value.Value, error) {
			s := strings.ReplaceAll(strings.TrimSpace(c.strArg(0)), ",", "")
			if n, err := strconv.ParseInt(s, 10, 64); err == nil {
				return value.Long(n), nil
			}
			x, err := strconv.ParseFloat(s, 64)
			if err != nil {
				return nil, value.Throw("java.text.ParseException", "Unparseable number: \"%s\"", c.strArg(0))
			}
			return value.Double(x), nil
		}},
		{"format", "number: Number", "prints a number", func(c call) (value.Value, error) {
			s, ok := c.recv.(*DecimalFormat).format(c.arg(0))
			if !ok {
				return nil, c.missing()
			}
			return value.String(s), nil
		}},
	}
}
