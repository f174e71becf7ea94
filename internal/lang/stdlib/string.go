package stdlib

import (
	"strings"
	"unicode"
	"unicode/utf16"

	"sluice/internal/lang/value"
)

// stringMethods are those of String, GString and other CharSequences.
// Positions count UTF-16 units, as Java's do.
func stringMethods() []def {
	return append(append([]def{
		{"length", "", "is the number of characters", func(c call) (value.Value, error) { return value.Int(value.StringLen(c.str())), nil }},
		{"size", "", "is the number of characters", func(c call) (value.Value, error) { return value.Int(value.StringLen(c.str())), nil }},
		{"isEmpty", "", "says whether there is no character", func(c call) (value.Value, error) { return value.Bool(c.str() == ""), nil }},
		{"isBlank", "", "says whether there is nothing but white space", func(c call) (value.Value, error) {
			return value.Bool(strings.TrimSpace(c.str()) == ""), nil
		}},
		{"isAllWhitespace", "", "says whether there is nothing but white space", func(c call) (value.Value, error) {
			return value.Bool(strings.TrimSpace(c.str()) == ""), nil
		}},
		{"contains", "str: String", "says whether str occurs", predicate(strings.Contains)},
		{"containsIgnoreCase", "str: String", "says whether str occurs, in upper or lower case", predicate(func(s, t string) bool {
			return strings.Contains(strings.ToLower(s), strings.ToLower(t))
		})},
		{"startsWith", "prefix: String", "says whether the string begins with prefix", predicate(strings.HasPrefix)},
		{"startsWith", "prefix: String, offset: Integer", "says whether prefix stands at offset", func(c call) (value.Value, error) {
			s, err := substring(c.str(), c.intArg(1), -1)
			return value.Bool(err == nil && strings.HasPrefix(s, c.strArg(0))), nil
		}},
		{"endsWith", "suffix: String", "says whether the string ends with suffix", predicate(strings.HasSuffix)},
		{"startsWithAny", "prefixes: String...", "says whether the string begins with one of the prefixes", anyOf(strings.HasPrefix)},
		{"endsWithAny", "suffixes: String...", "says whether the string ends with one of the suffixes", anyOf(strings.HasSuffix)},
		{"startsWithIgnoreCase", "prefix: String", "says whether the string begins with prefix, in upper or lower case", predicate(func(s, t string) bool {
			return strings.HasPrefix(strings.ToLower(s), strings.ToLower(t))
		})},
		{"endsWithIgnoreCase", "suffix: String", "says whether the string ends with suffix, in upper or lower case", predicate(func(s, t string) bool {
			return strings.HasSuffix(strings.ToLower(s), strings.ToLower(t))
		})},
		{"equalsIgnoreCase", "other: String?", "compares without regard to case", func(c call) (value.Value, error) {
			return value.Bool(c.arg(0) != nil && strings.EqualFold(c.str(), c.strArg(0))), nil
		}},
		{"compareToIgnoreCase", "other: String", "orders without regard to case", func(c call) (value.Value, error) {
			n, err := value.Compare(value.String(strings.ToLower(c.str())), value.String(strings.ToLower(c.strArg(0))))
			return value.Int(n), err
		}},
		{"contentEquals", "other: String", "compares the characters", predicate(func(s, t string) bool { return s == t })},
		{"indexOf", "str: String, fromIndex: Integer = 0", "is the first place of str, -1 if there is none", indexOfMethod},
		{"indexOf", "ch: Integer, fromIndex: Integer = 0", "is the first place of the character with this number", indexOfMethod},
		{"lastIndexOf", "ch: Integer, fromIndex: Integer = 0", "is the last place of the character with this number", lastIndexOfMethod},
		{"lastIndexOf", "str: String, fromIndex: Integer = 0", "is the last place of str, -1 if there is none", lastIndexOfMethod},
		{"substring", "beginIndex: Integer, endIndex: Integer = 0", "is the characters from beginIndex up to endIndex", func(c call) (value.Value, error) {
			s, err := substring(c.str(), c.intArg(0), c.intOr(1, -1))
			return value.String(s), err
		}},
		{"subSequence", "beginIndex: Integer, endIndex: Integer", "is the characters from beginIndex up to endIndex", func(c call) (value.Value, error) {
			s, err := substring(c.str(), c.intArg(0), c.intArg(1))
			return value.String(s), err
		}},
		{"charAt", "index: Integer", "is one character", func(c call) (value.Value, error) {
			u := utf16.Encode([]rune(c.str()))
			if i := c.intArg(0); i >= 0 && i < len(u) {
				return value.Char(u[i]), nil
			}
			return nil, value.Throw("java.lang.StringIndexOutOfBoundsException", "String index out of range: %d", c.intArg(0))
		}},
		{"codePointAt", "index: Integer", "is the number of one character", func(c call) (value.Value, error) {
			r := []rune(c.str())
			if i := c.intArg(0); i >= 0 && i < len(r) {
				return value.Int(r[i]), nil
			}
			return nil, value.Throw("java.lang.StringIndexOutOfBoundsException", "index %d, length %d", c.intArg(0), len(r))
		}},
		{"concat", "str: String", "appends str", func(c call) (value.Value, error) { return value.String(c.str() + c.strArg(0)), nil }},
		{"plus", "other", "appends the text of other", func(c call) (value.Value, error) { return value.Add(c.th, c.recv, c.arg(0)) }},
		{"minus", "other", "removes the first occurrence of other", minusMethod},
		{"multiply", "n: Number", "repeats the string", func(c call) (value.Value, error) { return value.Mul(c.th, c.recv, c.arg(0)) }},
		{"repeat", "n: Integer", "repeats the string", func(c call) (value.Value, error) {
			if c.intArg(0) < 0 {
				return nil, value.Throw("java.lang.IllegalArgumentException", "count is negative: %d", c.intArg(0))
			}
			return value.String(strings.Repeat(c.str(), c.intArg(0))), nil
		}},
		{"next", "", "is the string with its last character raised by one", func(c call) (value.Value, error) { return value.Next(c.th, value.String(c.str())) }},
		{"previous", "", "is the string with its last character lowered by one", func(c call) (value.Value, error) { return value.Previous(c.th, value.String(c.str())) }},
		{"trim", "", "removes white space at both ends", mapText(trimJava)},
		{"strip", "", "removes white space at both ends", mapText(strings.TrimSpace)},
		{"stripLeading", "", "removes white space at the beginning", mapText(func(s string) string { return strings.TrimLeftFunc(s, unicode.IsSpace) })},
		{"stripTrailing", "", "removes white space at the end", mapText(func(s string) string { return strings.TrimRightFunc(s, unicode.IsSpace) })},
		{"toLowerCase", "locale = null", "is the string in lower case", mapText(strings.ToLower)},
		{"toUpperCase", "locale = null", "is the string in upper case", mapText(upperCase)},
		{"capitalize", "", "begins with a capital", mapText(upperFirst)},
		{"uncapitalize", "", "begins with a small letter", mapText(lowerFirst)},
		{"reverse", "", "is the characters in reverse order", mapText(reverseText)},
		{"intern", "", "is the string", mapText(func(s string) string { return s })},
		{"normalize", "", "ends lines with a line feed", mapText(func(s string) string {
			return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
		})},
		{"denormalize", "", "ends lines as the platform does", mapText(func(s string) string {
			return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
		})},
		{"replace", "target: String, replacement: String", "replaces every occurrence of target", func(c call) (value.Value, error) {
			return value.String(strings.ReplaceAll(c.str(), c.strArg(0), c.strArg(1))), nil
		}},
		{"replace", "replacements: Map", "replaces every occurrence of the keys", func(c call) (value.Value, error) {
			var pairs []string
			c.arg(0).(*value.Map).Entries(func(k, v value.Value) bool {
				pairs = append(pairs, value.ToString(k), value.ToString(v))
				return true
			})
			return value.String(strings.NewReplacer(pairs...).Replace(c.str())), nil
		}},
		{"tr", "source: String, replacement: String", "replaces characters one by one", func(c call) (value.Value, error) {
			return value.String(translate(c.str(), expandSet(c.strArg(0)), expandSet(c.strArg(1)))), nil
		}},
		{"padLeft", "width: Integer, padding: String = ' '", "fills up at the beginning", func(c call) (value.Value, error) { return c.pad(1, 0), nil }},
		{"padRight", "width: Integer, padding: String = ' '", "fills up at the end", func(c call) (value.Value, error) { return c.pad(0, 1), nil }},
		{"center", "width: Integer, padding: String = ' '", "fills up at both ends", func(c call) (value.Value, error) { return c.pad(1, 1), nil }},
		{"tokenize", "delimiters: String = ' '", "cuts at any of the delimiters; no piece is empty", tokenizeMethod},
		{"take", "n: Integer", "is the first n characters", func(c call) (value.Value, error) { return c.strWindow(0, c.intArg(0)), nil }},
		{"drop", "n: Integer", "is all but the first n characters", func(c call) (value.Value, error) { return c.strWindow(max(c.intArg(0), 0), 1<<30), nil }},
		{"takeRight", "n: Integer", "is the last n characters", func(c call) (value.Value, error) {
			return c.strWindow(value.StringLen(c.str())-max(c.intArg(0), 0), 1<<30), nil
		}},
		{"dropRight", "n: Integer", "is all but the last n characters", func(c call) (value.Value, error) {
			return c.strWindow(0, value.StringLen(c.str())-max(c.intArg(0), 0)), nil
		}},
		{"takeWhile", "condition: Closure", "is the characters before the first for which condition does not hold", func(c call) (value.Value, error) {
			n, err := c.prefix()
			return c.strWindow(0, n), err
		}},
		{"dropWhile", "condition: Closure", "is the characters from the first for which condition does not hold", func(c call) (value.Value, error) {
			n, err := c.prefix()
			return c.strWindow(n, 1<<30), err
		}},
		{"takeBefore", "mark: String", "is what stands before mark", func(c call) (value.Value, error) {
			before, _, found := strings.Cut(c.str(), c.strArg(0))
			if !found {
				before = ""
			}
			return value.String(before), nil
		}},
		{"takeAfter", "mark: String", "is what stands after mark", func(c call) (value.Value, error) {
			_, after, _ := strings.Cut(c.str(), c.strArg(0))
			return value.String(after), nil
		}},
		{"takeBetween", "from: String, to: String = ''", "is what stands between two marks", func(c call) (value.Value, error) {
			_, after, found := strings.Cut(c.str(), c.strArg(0))
			between, _, closed := strings.Cut(after, c.strOr(1, c.strArg(0)))
			if !found || !closed {
				between = ""
			}
			return value.String(between), nil
		}},
		{"count", "str: String", "counts the occurrences of str", func(c call) (value.Value, error) {
			return value.Int(strings.Count(c.str(), c.strArg(0))), nil
		}},
		{"count", "pattern: Pattern", "counts the matches of pattern", func(c call) (value.Value, error) {
			list, err := c.matches(c.arg(0))
			return value.Int(len(list)), err
		}},
		{"toList", "", "is the list of characters", func(c call) (value.Value, error) { return value.NewList(chars(c.str())...), nil }},
		{"toSet", "", "is the set of characters", func(c call) (value.Value, error) { return value.NewSet(chars(c.str())...), nil }},
		{"getChars", "", "is the list of characters", charList},
		{"toCharArray", "", "is the list of characters", charList},
		{"chars", "", "is a stream of the numbers of the characters", func(c call) (value.Value, error) {
			out := []value.Value{}
			for _, u := range utf16.Encode([]rune(c.str())) {
				out = append(out, value.Int(u))
			}
			return &Stream{list: out}, nil
		}},
		{"getAt", "index", "is a character, or several for a range", func(c call) (value.Value, error) { return value.GetAt(c.th, c.recv, c.arg(0)) }},
		{"codePoints", "", "is a stream of the numbers of the characters", func(c call) (value.Value, error) {
			out := []value.Value{}
			for _, r := range c.str() {
				out = append(out, value.Int(r))
			}
			return &Stream{list: out}, nil
		}},
		{"regionMatches", "from: Integer, other: String, otherFrom: Integer, length: Integer", "compares a part with a part of another string", func(c call) (value.Value, error) {
			return regionMatches(c, 0, false)
		}},
		{"regionMatches", "ignoreCase: Boolean, from: Integer, other: String, otherFrom: Integer, length: Integer", "compares a part with a part of another string", func(c call) (value.Value, error) {
			return regionMatches(c, 1, value.Truth(c.arg(0)))
		}},
		{"indent", "n: Integer", "puts n blanks before each line, or removes as many; each line ends with a line feed", indentMethod},
		{"transform", "change: Closure", "is what change makes of the string", func(c call) (value.Value, error) { return c.run(c.arg(0), c.recv) }},
		{"collectReplacements", "transform: Closure", "replaces the characters for which transform gives a text", func(c call) (value.Value, error) {
			var b strings.Builder
			for _, ch := range chars(c.str()) {
				v, err := c.run(c.arg(0), ch)
				if err != nil {
					return nil, err
				}
				if v == nil {
					v = ch
				}
				b.WriteString(value.ToString(v))
			}
			return value.String(b.String()), nil
		}},
		{"format", "args...", "fills the string in as String.format does", func(c call) (value.Value, error) {
			s, err := formatJava(c.str(), c.args)
			return value.String(s), err
		}},
		{"formatted", "args...", "fills the string in as String.format does", func(c call) (value.Value, error) {
			s, err := formatJava(c.str(), c.args)
			return value.String(s), err
		}},
		{"execute", "env: Object? = null, dir: Object? = null", "starts the child process that the string describes", executeMethod},
	}, conversionMethods()...), append(textMethods(), regexStringMethods()...)...)
}

func gstringMethods() []def {
	return []def{
		{"getValues", "", "is the values between the strings", func(c call) (value.Value, error) {
			return value.NewList(append([]value.Value(nil), c.recv.(*value.GString).Vals...)...), nil
		}},
		{"getStrings", "", "is the strings between the values", func(c call) (value.Value, error) {
			out := []value.Value{}
			for _, s := range c.recv.(*value.GString).Strs {
				out = append(out, value.String(s))
			}
			return value.NewList(out...), nil
		}},
		{"getValueCount", "", "is the number of values", func(c call) (value.Value, error) {
			return value.Int(len(c.recv.(*value.GString).Vals)), nil
		}},
	}
}

func predicate(f func(s, t string) bool) func(call) (value.Value, error) {
	return func(c call) (value.Value, error) { return value.Bool(f(c.str(), c.strArg(0))), nil }
}

func anyOf(f func(s, t string) bool) func(call) (value.Value, error) {
	return func(c call) (value.Value, error) {
		s := c.str()
		for i := range c.args {
			if f(s, c.strArg(i)) {
				return value.Bool(true), nil
			}
		}
		return value.Bool(false), nil
	}
}

func mapText(f func(string) string) func(call) (value.Value, error) {
	return func(c call) (value.Value, error) { return value.String(f(c.str())), nil }
}

// trimJava removes what Java's trim does: all characters up to the blank.
func trimJava(s string) string {
	return strings.TrimFunc(s, func(r rune) bool { return r <= ' ' })
}

// substring cuts by UTF-16 positions; to -1 is the end.
func substring(s string, from, to int) (string, error) {
	n := value.StringLen(s)
	if to == -1 {
		to = n
	}
	if from < 0 || to > n || from > to {
		return "", value.Throw("java.lang.StringIndexOutOfBoundsException", "begin %d, end %d, length %d", from, to, n)
	}
	return value.Substring(s, from, to), nil
}

func (c call) strWindow(from, to int) value.Value {
	n := value.StringLen(c.str())
	to = min(max(to, 0), n)
	from = min(max(from, 0), to)
	s, err := substring(c.str(), from, to)
	if err != nil {
		panic("internal error: window outside its string")
	}
	return value.String(s)
}

// position turns a byte offset into a UTF-16 position.
func position(s string, offset int) value.Value {
	if offset < 0 {
		return value.Int(-1)
	}
	return value.MakeInt(int64(value.UnitOffset(s, offset)))
}

func indexOfMethod(c call) (value.Value, error) {
	s, from := c.str(), max(c.intOr(1, 0), 0)
	n := value.StringLen(s)
	if from >= n {
		from = n
	}
	rest, err := substring(s, from, -1)
	if err != nil {
		return nil, err
	}
	at := strings.Index(rest, needle(c.arg(0)))
	if at < 0 {
		return value.Int(-1), nil
	}
	return position(s, len(s)-len(rest)+at), nil
}

func lastIndexOfMethod(c call) (value.Value, error) {
	s := c.str()
	if c.n() == 1 {
		return position(s, strings.LastIndex(s, needle(c.arg(0)))), nil
	}
	if c.intArg(1) < 0 {
		return value.Int(-1), nil
	}
	end := min(c.intArg(1)+value.StringLen(needle(c.arg(0))), value.StringLen(s))
	head, err := substring(s, 0, end)
	if err != nil {
		return nil, err
	}
	return position(s, strings.LastIndex(head, needle(c.arg(0)))), nil
}

func needle(v value.Value) string {
	if n, ok := v.(value.Int); ok {
		return string(rune(n))
	}
	return text(v)
}

func minusMethod(c call) (value.Value, error) {
	if p, ok := c.arg(0).(*value.Pattern); ok {
		s, err := c.replaceFirst(p, "")
		return value.String(s), err
	}
	return value.Sub(c.th, c.recv, c.arg(0))
}

func reverseText(s string) string {
	r := []rune(s)
	for i, j := 0, len(r)-1; i < j; i, j = i+1, j-1 {
		r[i], r[j] = r[j], r[i]
	}
	return string(r)
}

func (c call) pad(left, right int) value.Value {
	s, fill := c.str(), c.strOr(1, " ")
	missing := c.intArg(0) - value.StringLen(s)
	if missing <= 0 || fill == "" {
		return value.String(s)
	}
	before := missing * left
	if left == 1 && right == 1 {
		before = missing / 2
	}
	return value.String(padding(fill, before) + s + padding(fill, missing-before))
}

func padding(fill string, n int) string {
	r := []rune(strings.Repeat(fill, n/max(len([]rune(fill)), 1)+1))
	return string(r[:n])
}

func tokenizeMethod(c call) (value.Value, error) {
	cut := func(r rune) bool { return strings.ContainsRune(" \t\n\r\f", r) }
	if c.n() > 0 {
		set := c.strArg(0)
		cut = func(r rune) bool { return strings.ContainsRune(set, r) }
	}
	out := []value.Value{}
	for f := range strings.FieldsFuncSeq(c.str(), cut) {
		out = append(out, value.String(f))
	}
	return value.NewList(out...), nil
}

func charList(c call) (value.Value, error) {
	out := []value.Value{}
	for _, u := range utf16.Encode([]rune(c.str())) {
		out = append(out, value.Char(u))
	}
	return value.NewList(out...), nil
}

// expandSet opens the ranges of tr: a-z.
func expandSet(s string) []rune {
	r := []rune(s)
	var out []rune
	for i := 0; i < len(r); i++ {
		if i+2 < len(r) && r[i+1] == '-' {
			step := rune(1)
			if r[i+2] < r[i] {
				step = -1
			}
			for x := r[i]; x != r[i+2]+step; x += step {
				out = append(out, x)
			}
			i += 2
			continue
		}
		out = append(out, r[i])
	}
	return out
}

func translate(s string, from, to []rune) string {
	if len(to) == 0 {
		return s
	}
	return strings.Map(func(r rune) rune {
		for i, f := range from {
			if f == r {
				return to[min(i, len(to)-1)]
			}
		}
		return r
	}, s)
}

// longUpper are the capitals of more than one letter.
var longUpper = strings.NewReplacer("ß", "SS", "ŉ", "ʼN", "ǰ", "J̌", "ﬀ", "FF", "ﬁ", "FI", "ﬂ", "FL", "ﬃ", "FFI", "ﬄ", "FFL", "ﬅ", "ST", "ﬆ", "ST")

func upperCase(s string) string { return strings.ToUpper(longUpper.Replace(s)) }

func regionMatches(c call, first int, ignoreCase bool) (value.Value, error) {
	s, other := c.str(), c.strArg(first+1)
	from, otherFrom, n := c.intArg(first), c.intArg(first+2), c.intArg(first+3)
	if from < 0 || otherFrom < 0 || from+n > value.StringLen(s) || otherFrom+n > value.StringLen(other) {
		return value.False, nil
	}
	n = max(n, 0)
	a, b := value.Substring(s, from, from+n), value.Substring(other, otherFrom, otherFrom+n)
	return value.Bool(a == b || ignoreCase && strings.EqualFold(a, b)), nil
}

func indentMethod(c call) (value.Value, error) {
	n := c.intArg(0)
	var b strings.Builder
	for line := range strings.Lines(c.str()) {
		line = strings.TrimRight(line, "\r\n")
		for i := n; i < 0 && line != "" && unicode.IsSpace(rune(line[0])); i++ {
			line = line[1:]
		}
		b.WriteString(strings.Repeat(" ", max(n, 0)) + line + "\n")
	}
	return value.String(b.String()), nil
}
