package load

import (
	"math"
	"strconv"
	"strings"
	"unicode"

	"sluice/internal/lang/value"
)

// ParamValue types the text of a parameter from the command line: `true` and
// `false` in any case, whole numbers, and decimals become values, everything
// else stays text. An empty text is true, as is a parameter without a value.
func ParamValue(text string) value.Value {
	if text == "" {
		return value.Bool(true)
	}
	switch strings.ToLower(text) {
	case "true":
		return value.Bool(true)
	case "false":
		return value.Bool(false)
	}
	whole, fraction, isDecimal := strings.Cut(strings.TrimPrefix(text, "-"), ".")
	if !digits(whole) || isDecimal && !digits(fraction) {
		return value.String(text)
	}
	if !isDecimal {
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			if n >= math.MinInt32 && n <= math.MaxInt32 {
				return value.Int(n)
			}
			return value.Long(n)
		}
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return value.String(text)
	}
	return value.Double(f)
}

func digits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// SetParam stores a parameter under its name: dots nest, and a name with
// hyphens is stored in camel case.
func SetParam(params *value.Map, name string, v value.Value) {
	head, rest, nested := cutName(name)
	key := value.String(camelCase(head))
	if !nested {
		params.Set(key, v)
		return
	}
	inner, ok := params.GetString(string(key)).(*value.Map)
	if !ok {
		inner = value.NewMap(2)
		params.Set(key, inner)
	}
	SetParam(inner, rest, v)
}

// cutName splits at the first dot that has something on both sides.
func cutName(name string) (head, rest string, nested bool) {
	i := strings.IndexByte(name, '.')
	if i <= 0 || i == len(name)-1 {
		return name, "", false
	}
	return name[:i], name[i+1:], true
}

func camelCase(name string) string {
	if !strings.Contains(name, "-") {
		return name
	}
	var b strings.Builder
	for i, part := range strings.Split(name, "-") {
		if i > 0 && part != "" {
			r := []rune(part)
			r[0] = unicode.ToUpper(r[0])
			part = string(r)
		}
		b.WriteString(part)
	}
	return b.String()
}

// MergeParams lays parameters of the command line over those of a file.
func MergeParams(file, given *value.Map) *value.Map {
	if file == nil {
		file = value.NewMap(0)
	}
	if given == nil {
		return file
	}
	return overlay(file, given).(*value.Map)
}
