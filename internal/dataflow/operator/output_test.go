package operator

import (
	"errors"
	"testing"

	"sluice/internal/lang/value"
)

// The expectations are what Nextflow 25.04.4 printed.
func TestPrinting(t *testing.T) {
	rows := []struct {
		name  string
		build func(k *kit) value.Value
		want  string
	}{
		{"view", func(k *kit) value.Value { return k.op(k.of("v", l(1, 2)), "view") }, "v\n[1, 2]\n"},
		{"view closure", func(k *kit) value.Value {
			return k.op(k.value("v"), "view", fn(func(v value.Value) any { return "VV " + value.ToString(v) }))
		}, "VV v\n"},
		{"view newLine", func(k *kit) value.Value { return k.op(k.of("v"), "view", opts{"newLine", false}) }, "v"},
		{"view tag", func(k *kit) value.Value { return k.op(k.of("v"), "view", opts{"tag", "t"}) }, "[t] v\n"},
		{
			"dump", func(k *kit) value.Value { return k.op(k.of("v", opts{"a", 1}, 3), "dump", opts{"tag", "foo"}) },
			"[DUMP: foo] 'v'\n[DUMP: foo] ['a':1]\n[DUMP: foo] 3\n",
		},
		{"dump untagged", func(k *kit) value.Value { return k.op(k.value("q"), "dump") }, "[DUMP] 'q'\n"},
		{"dump pretty", func(k *kit) value.Value {
			return k.op(k.of(opts{"a", 1, "b", l("x", 2)}), "dump", opts{"tag", "pp", "pretty", true})
		}, "[DUMP: pp] {\n    \"a\": \"1\",\n    \"b\": [\n        \"x\",\n        \"2\"\n    ]\n}\n"},
		{"dump other tag", func(k *kit) value.Value { return k.op(k.of("v"), "dump", opts{"tag", "off"}) }, ""},
		{
			"first of a value", func(k *kit) value.Value { return k.op(k.value(1), "first") },
			"warn: The operator `first` is useless when applied to a value channel which returns a single value by definition\n",
		},
	}
	for _, r := range rows {
		k := newKit(t)
		k.env.Dump = func(tag string) bool { return tag != "off" }
		k.run(r.build(k))
		if k.out.String() != r.want {
			t.Errorf("%s\ngot  %q\nwant %q", r.name, k.out.String(), r.want)
		}
	}
}

func TestSubscribe(t *testing.T) {
	k := newKit(t)
	say := func(text string) value.Value {
		return fn(func(v value.Value) any { k.out.WriteString(text + value.ToString(v) + "\n"); return nil })
	}
	failing := fn(func(v value.Value) any {
		if num(v) == 1 {
			return errors.New("boo")
		}
		return nil
	})
	k.op(k.of(1, 2), "subscribe", say("next "))
	k.op(k.of(1), "subscribe", opts{"onNext", say("n "), "onComplete", say("complete ")})
	k.op(k.of(1, 2), "subscribe", opts{"onNext", failing, "onError", say("error "), "onComplete", say("never ")})
	k.run(k.empty())
	want := "next 1\nnext 2\nn 1\ncomplete null\nerror java.lang.RuntimeException: boo\n"
	if k.out.String() != want {
		t.Errorf("got  %q\nwant %q", k.out.String(), want)
	}
	k = newKit(t)
	if got := k.run(k.op(k.of(1), "subscribe", failing)); got != "error: boo" {
		t.Errorf("an error without onError: %s", got)
	}
}

func TestGetVal(t *testing.T) {
	k := newKit(t)
	v, err := k.methods["getVal"].Fn(k.th, k.op(k.q(), "collect"), nil)
	if err != nil || value.ToString(v) != "[3, 1, 2]" {
		t.Errorf("%v %v", v, err)
	}
}

// Every entry of the table has what the reference pages are made from.
func TestTableIsComplete(t *testing.T) {
	seen := map[string]bool{}
	for _, m := range Methods(newKit(t).env) {
		if m.Doc == "" || m.Fn == nil || seen[m.Name] {
			t.Errorf("entry %q", m.Name)
		}
		seen[m.Name] = true
	}
	for _, name := range []string{
		"branch", "buffer", "collate", "collect", "collectFile", "combine", "concat", "count", "countFasta", "countFastq",
		"countJson", "countLines", "cross", "distinct", "dump", "filter", "first", "flatMap", "flatten", "groupTuple", "ifEmpty",
		"join", "last", "map", "max", "merge", "min", "mix", "multiMap", "randomSample", "reduce", "set", "splitCsv", "splitFasta",
		"splitFastq", "splitJson", "splitText", "subscribe", "sum", "take", "tap", "toList", "toSortedList", "transpose", "unique",
		"until", "view",
	} {
		if !seen[name] {
			t.Errorf("no operator %s", name)
		}
	}
}
