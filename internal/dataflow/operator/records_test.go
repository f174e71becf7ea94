package operator

import (
	"testing"

	"sluice/internal/lang/value"
)

// The expectations are what the documentation of release 26.04 says.
func TestRecords(t *testing.T) {
	samples := func(k *kit) value.Value { return k.of(opts{"id", 1, "n", "a"}, opts{"id", 2, "n", "b"}) }
	reads := func(k *kit) value.Value {
		return k.of(opts{"id", 2, "r", "x"}, opts{"id", 2, "r", "y"}, opts{"id", 3, "r", "z"})
	}
	check(t, []row{
		{"combine fields", func(k *kit) value.Value { return k.op(samples(k), "combine", opts{"s", "auto", "v", k.value(7)}) }, "Q [id:1, n:a, s:auto, v:7]; [id:2, n:b, s:auto, v:7]"},
		{"combine fields of a value", func(k *kit) value.Value { return k.op(k.value(opts{"id", 1}), "combine", opts{"v", k.value(7)}) }, "V [id:1, v:7]"},
		{"combine field overwrites", func(k *kit) value.Value { return k.op(samples(k), "combine", opts{"n", "c"}) }, "Q [id:1, n:c]; [id:2, n:c]"},
		{"combine field without value", func(k *kit) value.Value { return k.op(samples(k), "combine", opts{"v", k.op(k.empty(), "collect")}) }, "Q"},
		{"join by field", func(k *kit) value.Value { return k.op(samples(k), "join", opts{"by", "id"}, reads(k)) }, "Q [id:2, n:b, r:x]; [id:2, n:b, r:y]"},
		{"join by field, remainder", func(k *kit) value.Value {
			return k.op(samples(k), "join", opts{"by", "id", "remainder", true}, reads(k))
		}, "Q [id:2, n:b, r:x]; [id:2, n:b, r:y]; [id:1, n:a]; [id:3, r:z]"},
		{"groupBy", func(k *kit) value.Value { return k.op(k.of(l("a", 1), l("b", 2), l("a", 3)), "groupBy") }, "Q [a, [1, 3]]; [b, [2]]"},
		{"groupBy sizes", func(k *kit) value.Value {
			return k.op(k.of(l("a", 2, 1), l("b", 1, 2), l("a", 2, 3), l("c", 5, 4)), "groupBy")
		}, "Q [b, [2]]; [a, [1, 3]]; [c, [4]]"},
	})
}

func TestRecordErrors(t *testing.T) {
	rows := []struct {
		name  string
		build func(k *kit) value.Value
		want  string
	}{
		{"queue as field", func(k *kit) value.Value { return k.op(k.of(opts{"a", 1}), "combine", opts{"v", k.of(1)}) }, "error: operator `combine` takes values and value channels as fields, and `v` is a queue channel: combine with it as a channel, or gather it with `collect()`"},
		{"no record", func(k *kit) value.Value { return k.op(k.of(5), "combine", opts{"v", 1}) }, "error: operator `combine` adds fields to records, not to `5` [Integer]"},
		{"no such field", func(k *kit) value.Value {
			return k.op(k.of(opts{"a", 1}), "join", opts{"by", "id"}, k.of(opts{"id", 1}))
		}, "error: operator `join` has `by: 'id'`, but the left record `[a:1]` [LinkedHashMap] has no such field"},
		{"groupBy of no tuple", func(k *kit) value.Value { return k.op(k.of(5), "groupBy") }, "error: operator `groupBy` takes tuples `(key, value)` or `(key, size, value)`, not `5` [Integer]"},
		{"groupBy size", func(k *kit) value.Value { return k.op(k.of(l("a", "x", 1)), "groupBy") }, "error: operator `groupBy` takes an integer from 1 as the size of a group, not `x` [String]"},
	}
	for _, r := range rows {
		k := newKit(t)
		if got := k.run(r.build(k)); got != r.want {
			t.Errorf("%s\ngot  %s\nwant %s", r.name, got, r.want)
		}
	}
}
