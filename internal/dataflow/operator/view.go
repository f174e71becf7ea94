package operator

import (
	"encoding/json"
	"strings"

	"sluice/internal/lang/value"
)

// Nextflow docs: reference/operator#view
var viewOp = &operator{
	name: "view", gives: givesSame, max: 1,
	doc: "prints each item and passes it on",
	args: []param{
		{"format?", "Closure", "gives what is printed"},
	},
	opts: viewOptions,
	run: func(c *call) (value.Value, error) {
		f, err := c.optionalClosure()
		if err != nil {
			return nil, err
		}
		before, end := "", "\n"
		if tag := c.textOpt("tag", ""); tag != "" {
			before = "[" + tag + "] "
		}
		if c.opt("newLine") != nil && !c.boolOpt("newLine") {
			end = ""
		}
		out := c.like()
		return c.into(out, func(v value.Value) error {
			shown := v
			if f != nil {
				if shown, err = c.invoke(f, v); err != nil {
					return err
				}
			}
			text, err := value.Text(shown)
			if err != nil {
				return err
			}
			c.th.Host.Print(before + text + end)
			out.Emit(v)
			return nil
		}), nil
	},
}

// Nextflow docs: reference/operator#dump
var dumpOp = &operator{
	name: "dump", gives: givesSame, max: 1,
	doc: "prints each item and passes it on, when the run has `-dump-channels`",
	args: []param{
		{"format?", "Closure", "gives what is printed"},
	},
	opts: dumpOptions,
	run: func(c *call) (value.Value, error) {
		f, err := c.optionalClosure()
		if err != nil {
			return nil, err
		}
		tag := c.textOpt("tag", "")
		if c.env.Dump == nil || !c.env.Dump(tag) {
			return c.in, nil
		}
		before := "[DUMP] "
		if tag != "" {
			before = "[DUMP: " + tag + "] "
		}
		out := c.like()
		return c.into(out, func(v value.Value) error {
			shown, text := v, value.Inspect(v)
			if f != nil {
				if shown, err = c.invoke(f, v); err != nil {
					return err
				}
				text = value.ToString(shown)
			}
			if c.boolOpt("pretty") {
				var b strings.Builder
				pretty(&b, shown, "")
				text = b.String()
			}
			c.th.Host.Print(before + text + "\n")
			out.Emit(v)
			return nil
		}), nil
	},
}

// pretty writes lists and maps as indented JSON and everything else as text.
func pretty(b *strings.Builder, v value.Value, indent string) {
	inner := indent + "    "
	if m, ok := v.(*value.Map); ok {
		b.WriteString("{")
		sep := "\n"
		m.Entries(func(k, e value.Value) bool {
			b.WriteString(sep + inner + quoted(k) + ": ")
			pretty(b, e, inner)
			sep = ",\n"
			return true
		})
		b.WriteString("\n" + indent + "}")
		return
	}
	if !value.IsCollection(v) {
		b.WriteString(quoted(v))
		return
	}
	b.WriteString("[")
	elems, _ := value.Elements(v)
	for i, e := range elems {
		if i > 0 {
			b.WriteString(",")
		}
		b.WriteString("\n" + inner)
		pretty(b, e, inner)
	}
	b.WriteString("\n" + indent + "]")
}

func quoted(v value.Value) string {
	if v == nil {
		return "null"
	}
	text, err := json.Marshal(value.ToString(v))
	if err != nil {
		panic("internal error: JSON of a string: " + err.Error())
	}
	return string(text)
}
