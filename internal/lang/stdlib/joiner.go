package stdlib

import (
	"strings"

	"sluice/internal/lang/value"
)

var joinerClass = javaClass("java.util.StringJoiner")

// A Joiner is java.util.StringJoiner.
type Joiner struct {
	separator, before, after string
	parts                    []string
	empty                    *string
}

// Class is java.util.StringJoiner.
func (*Joiner) Class() *value.Class { return joinerClass }

// ToString is the parts with the separator between them.
func (j *Joiner) ToString() string {
	if len(j.parts) == 0 && j.empty != nil {
		return *j.empty
	}
	return j.before + strings.Join(j.parts, j.separator) + j.after
}

func joinerConstructors() []def {
	return []def{{"<init>", "separator: String, before: String = '', after: String = ''", "joins texts", func(c call) (value.Value, error) {
		return &Joiner{separator: c.strArg(0), before: c.strOr(1, ""), after: c.strOr(2, "")}, nil
	}}}
}

func joinerMethods() []def {
	get := func(c call) *Joiner { return c.recv.(*Joiner) }
	return []def{
		{"add", "part: Object?", "appends a text", func(c call) (value.Value, error) {
			get(c).parts = append(get(c).parts, value.ToString(c.arg(0)))
			return c.recv, nil
		}},
		{"setEmptyValue", "text: String", "is what an empty joiner prints", func(c call) (value.Value, error) {
			s := c.strArg(0)
			get(c).empty = &s
			return c.recv, nil
		}},
		{"length", "", "is the number of characters", func(c call) (value.Value, error) {
			return value.Int(value.StringLen(get(c).ToString())), nil
		}},
	}
}
