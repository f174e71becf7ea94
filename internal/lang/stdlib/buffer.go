package stdlib

import (
	"strings"

	"sluice/internal/lang/value"
)

func bufferMethods() []def {
	get := func(c call) *value.Buffer { return c.recv.(*value.Buffer) }
	edit := func(c call, from, to int, text string) (value.Value, error) {
		s := string(get(c).Bytes)
		n := value.StringLen(s)
		to = min(to, n)
		if from < 0 || from > n || from > to {
			return nil, value.Throw("java.lang.StringIndexOutOfBoundsException", "start %d, end %d, length %d", from, to, n)
		}
		get(c).Bytes = []byte(value.Substring(s, 0, from) + text + value.Substring(s, to, n))
		return c.recv, nil
	}
	return []def{
		{"append", "value, from: Integer = 0, to: Integer = 0", "appends a text", func(c call) (value.Value, error) {
			return c.recv, get(c).Append(c.arg(0))
		}},
		{"leftShift", "value", "appends a text", func(c call) (value.Value, error) { return c.recv, get(c).Append(c.arg(0)) }},
		{"insert", "at: Integer, value", "inserts a text", func(c call) (value.Value, error) {
			return edit(c, c.intArg(0), c.intArg(0), value.ToString(c.arg(1)))
		}},
		{"delete", "from: Integer, to: Integer", "removes characters", func(c call) (value.Value, error) {
			return edit(c, c.intArg(0), c.intArg(1), "")
		}},
		{"deleteCharAt", "at: Integer", "removes a character", func(c call) (value.Value, error) {
			return edit(c, c.intArg(0), c.intArg(0)+1, "")
		}},
		{"replace", "from: Integer, to: Integer, text: String", "replaces characters", func(c call) (value.Value, error) {
			return edit(c, c.intArg(0), c.intArg(1), c.strArg(2))
		}},
		{"setLength", "length: Integer", "cuts the text", func(c call) (value.Value, error) {
			_, err := edit(c, c.intArg(0), 1<<30, "")
			return nil, err
		}},
		{"setCharAt", "at: Integer, ch", "replaces a character", func(c call) (value.Value, error) {
			_, err := edit(c, c.intArg(0), c.intArg(0)+1, text(c.arg(1)))
			return nil, err
		}},
		{"reverse", "", "turns the characters round", func(c call) (value.Value, error) {
			get(c).Bytes = []byte(reverseText(string(get(c).Bytes)))
			return c.recv, nil
		}},
		{"clear", "", "removes all characters", func(c call) (value.Value, error) {
			get(c).Bytes = nil
			return c.recv, nil
		}},
		{"getAt", "index", "is a character, or several for a range", func(c call) (value.Value, error) {
			return value.GetAt(c.th, value.String(get(c).Bytes), c.arg(0))
		}},
		{"capacity", "", "is the number of characters", func(c call) (value.Value, error) { return value.Int(get(c).Len()), nil }},
	}
}

func bufferConstructors() []def {
	return []def{{"<init>", "text: Object = ''", "holds a text that can change", func(c call) (value.Value, error) {
		b := &value.Buffer{Of: c.recv.(value.ClassRef).Of}
		if c.n() == 0 || value.IsNumber(c.arg(0)) {
			return b, nil
		}
		return b, b.Append(c.arg(0))
	}}}
}

func stringStatics() []def {
	return []def{
		{"format", "format: String, args...", "fills a format in", func(c call) (value.Value, error) {
			s, err := formatOwn(c, nil)
			return value.String(s), err
		}},
		{"format", "locale, format: String, args...", "fills a format in, with the separators of a locale", func(c call) (value.Value, error) {
			locale := c.arg(0)
			c.args = c.args[1:]
			s, err := formatOwn(c, locale)
			return value.String(s), err
		}},
		{"join", "separator: String, elements...", "prints elements with a separator between them", func(c call) (value.Value, error) {
			list := c.args[1:]
			if len(list) == 1 {
				if l, ok := value.Elements(list[0]); ok {
					list = l
				}
			}
			return joinText(list, c.strArg(0)), nil
		}},
		{"valueOf", "value", "is the text of a value", func(c call) (value.Value, error) { return value.String(value.ToString(c.arg(0))), nil }},
		{"copyValueOf", "chars", "is the text of characters", func(c call) (value.Value, error) { return joinText(elems(c.arg(0)), ""), nil }},
	}
}

func stringConstructors() []def {
	return []def{{"<init>", "text: Object = '', charset = 'UTF-8'", "is a text", func(c call) (value.Value, error) {
		switch v := c.arg(0).(type) {
		case Bytes:
			return value.String(strings.ToValidUTF8(string(v), "\uFFFD")), nil
		case *value.List:
			return joinText(v.Elems, ""), nil
		}
		return value.String(c.strOr(0, "")), nil
	}}}
}
