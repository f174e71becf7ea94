package stdlib

import (
	"strconv"
	"unicode"

	"sluice/internal/lang/value"
)

func booleanMethods() []def {
	logic := func(name, doc string, f func(a, b bool) bool) def {
		return def{name, "other: Object?", doc, func(c call) (value.Value, error) {
			return value.MakeBool(f(value.Truth(c.recv), value.Truth(c.arg(0)))), nil
		}}
	}
	return []def{
		logic("and", "is true when both are", func(a, b bool) bool { return a && b }),
		logic("or", "is true when one is", func(a, b bool) bool { return a || b }),
		logic("xor", "is true when one is and the other is not", func(a, b bool) bool { return a != b }),
		logic("implies", "is false only when this is true and the other is not", func(a, b bool) bool { return !a || b }),
		{"booleanValue", "", "is the value", func(c call) (value.Value, error) { return c.recv, nil }},
		{"toBoolean", "", "is the value", func(c call) (value.Value, error) { return c.recv, nil }},
	}
}

func characterMethods() []def {
	return append([]def{
		{"charValue", "", "is the character", func(c call) (value.Value, error) { return c.recv, nil }},
		{"isLetter", "", "says whether this is a letter", isRune(unicode.IsLetter)},
		{"isDigit", "", "says whether this is a digit", isRune(unicode.IsDigit)},
		{"isLetterOrDigit", "", "says whether this is a letter or a digit", isRune(func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) })},
		{"isWhitespace", "", "says whether this is white space", isRune(unicode.IsSpace)},
		{"isUpperCase", "", "says whether this is a capital", isRune(unicode.IsUpper)},
		{"isLowerCase", "", "says whether this is a small letter", isRune(unicode.IsLower)},
		{"toUpperCase", "", "is the capital", func(c call) (value.Value, error) { return value.Char(unicode.ToUpper(charOf(c.recv))), nil }},
		{"toLowerCase", "", "is the small letter", func(c call) (value.Value, error) { return value.Char(unicode.ToLower(charOf(c.recv))), nil }},
		{"toInteger", "", "reads a digit", func(c call) (value.Value, error) { return parseInt(text(c.recv), 10, 32) }},
		{"intValue", "", "is the number of the character", func(c call) (value.Value, error) { return value.Int(charOf(c.recv)), nil }},
	}, operatorMethods()...)
}

func isRune(f func(rune) bool) func(call) (value.Value, error) {
	return func(c call) (value.Value, error) { return value.MakeBool(f(charOf(c.recv))), nil }
}

// charOf is the character of a Character, or the first of a string.
func charOf(v value.Value) rune {
	if ch, ok := v.(value.Char); ok {
		return rune(ch)
	}
	for _, r := range text(v) {
		return r
	}
	return 0
}

func characterStatics() []def {
	var out []def
	for _, d := range characterMethods() {
		if d.params != "" || d.name == "charValue" || d.name == "toInteger" || d.name == "intValue" {
			continue
		}
		out = append(out, def{d.name, "ch", d.doc, func(c call) (value.Value, error) {
			c.recv = c.arg(0)
			return d.fn(c)
		}})
	}
	return append(out,
		def{"valueOf", "ch", "is the character", func(c call) (value.Value, error) { return value.Char(charOf(c.arg(0))), nil }},
		def{"toString", "ch", "is the text of a character, or of the character with a number", func(c call) (value.Value, error) {
			if n, ok := c.arg(0).(value.Int); ok {
				return value.String(rune(n)), nil
			}
			return value.String(text(c.arg(0))), nil
		}},
		def{"digit", "ch, radix: Integer", "is the value of a digit, -1 for none", func(c call) (value.Value, error) {
			n, err := strconv.ParseInt(text(c.arg(0)), c.intArg(1), 32)
			if err != nil {
				return value.Int(-1), nil
			}
			return value.Int(n), nil
		}},
		def{"compare", "a, b", "is the distance of two characters", func(c call) (value.Value, error) {
			return value.Int(charOf(c.arg(0)) - charOf(c.arg(1))), nil
		}},
		def{"getNumericValue", "ch", "is the value of a digit", func(c call) (value.Value, error) { return parseInt(text(c.arg(0)), 36, 32) }},
	)
}
