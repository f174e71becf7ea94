package operator

import (
	"testing"

	"sluice/internal/dataflow"
	"sluice/internal/lang/value"
)

func groupKey(key any, size int) value.Value { return &value.GroupKey{Key: val(key), Size: size} }

func gstring(text string) value.Value {
	return &value.GString{Strs: []string{"", ""}, Vals: []value.Value{val(text)}}
}

func TestGroupTuple(t *testing.T) {
	basic := func(k *kit) value.Value { return k.of(l(1, "A"), l(1, "B"), l(2, "C"), l(3, "B"), l(1, "C")) }
	sized := func(k *kit) value.Value { return k.of(l(1, "A"), l(1, "B"), l(2, "C"), l(1, "C"), l(3, "z")) }
	unsorted := func(k *kit) value.Value { return k.of(l(1, "B"), l(1, "A"), l(2, "C")) }
	keys := func(k *kit) value.Value {
		return k.of(l(groupKey("a", 2), 1), l(groupKey("b", 1), 2), l(groupKey("a", 2), 3), l(groupKey("c", 3), 3))
	}
	check(t, []row{
		{"default", func(k *kit) value.Value { return k.op(basic(k), "groupTuple") }, "Q [1, [A, B, C]]; [2, [C]]; [3, [B]]"},
		{"by", func(k *kit) value.Value { return k.op(basic(k), "groupTuple", opts{"by", 1}) }, "Q [[1], A]; [[1, 3], B]; [[2, 1], C]"},
		{"by several", func(k *kit) value.Value {
			return k.op(k.of(l(1, "A", "x"), l(2, "B", "y"), l(1, "A", "z")), "groupTuple", opts{"by", l(0, 1)})
		}, "Q [1, A, [x, z]]; [2, B, [y]]"},
		{"size", func(k *kit) value.Value { return k.op(sized(k), "groupTuple", opts{"size", 2}) }, "Q [1, [A, B]]"},
		{
			"size remainder", func(k *kit) value.Value { return k.op(sized(k), "groupTuple", opts{"size", 2, "remainder", true}) },
			"Q [1, [A, B]]; [2, [C]]; [1, [C]]; [3, [z]]",
		},
		{"sort", func(k *kit) value.Value { return k.op(unsorted(k), "groupTuple", opts{"sort", true}) }, "Q [1, [A, B]]; [2, [C]]"},
		{"sort hash", func(k *kit) value.Value { return k.op(unsorted(k), "groupTuple", opts{"sort", "hash"}) }, "Q [1, [A, B]]; [2, [C]]"},
		{"sort all columns", func(k *kit) value.Value {
			return k.op(k.of(l("a", "p", 3), l("a", "o", 1)), "groupTuple", opts{"sort", true})
		}, "Q [a, [o, p], [1, 3]]"},
		{"groupKey", func(k *kit) value.Value { return k.op(keys(k), "groupTuple") }, "Q [b, [2]]; [a, [1, 3]]"},
		{
			"groupKey remainder", func(k *kit) value.Value { return k.op(keys(k), "groupTuple", opts{"remainder", true}) },
			"Q [b, [2]]; [a, [1, 3]]; [c, [3]]",
		},
		{"groupKey by", func(k *kit) value.Value {
			return k.op(k.of(l("m", groupKey("a", 2), 1), l("m", groupKey("a", 2), 3)), "groupTuple", opts{"by", 1})
		}, "Q [[m, m], a, [1, 3]]"},
		{"value", func(k *kit) value.Value { return k.op(k.value(l(1, 2)), "groupTuple") }, "Q [1, [2]]"},
		{"map keys", func(k *kit) value.Value { return k.op(k.of(l(opts{"id", 1}, 2), l(opts{"id", 1}, 3)), "groupTuple") }, "Q [[id:1], [2, 3]]"},
		{"uneven", func(k *kit) value.Value { return k.op(k.of(l(1, 2), l(1, 4, 5)), "groupTuple") }, "Q [1, [2, 4], [5]]"},
		{"int and long", func(k *kit) value.Value { return k.op(k.of(l(1, "a"), l(int64(1), "b")), "groupTuple") }, "Q [1, [a]]; [1, [b]]"},
		{"GString key", func(k *kit) value.Value { return k.op(k.of(l("a", "a"), l(gstring("a"), "b")), "groupTuple") }, "Q [a, [a]]; [a, [b]]"},
		{"null key", func(k *kit) value.Value { return k.op(k.of(l(nil, 1), l(nil, 2)), "groupTuple") }, "Q [null, [1, 2]]"},
		{"lists inside", func(k *kit) value.Value { return k.op(k.of(l(1, l(2, 3)), l(1, l(4))), "groupTuple") }, "Q [1, [[2, 3], [4]]]"},
		{"empty", func(k *kit) value.Value { return k.op(k.empty(), "groupTuple") }, "Q"},
	})
}

func TestJoin(t *testing.T) {
	left := func(k *kit) value.Value { return k.of(l("X", 1), l("Y", 2), l("Z", 3), l("P", 7)) }
	right := func(k *kit) value.Value { return k.of(l("Z", 6), l("Y", 5), l("X", 4), l("Q", 9)) }
	check(t, []row{
		{"default", func(k *kit) value.Value { return k.op(left(k), "join", right(k)) }, "Q [Z, 3, 6]; [Y, 2, 5]; [X, 1, 4]"},
		// The order of the remainder was chance in the original.
		{
			"remainder", func(k *kit) value.Value { return k.op(left(k), "join", opts{"remainder", true}, right(k)) },
			"Q [Z, 3, 6]; [Y, 2, 5]; [X, 1, 4]; [P, 7, null]; [Q, null, 9]",
		},
		{"by", func(k *kit) value.Value {
			return k.op(k.of(l(1, "X"), l(2, "Y")), "join", opts{"by", 1}, k.of(l(6, "Y"), l(5, "X")))
		}, "Q [Y, 2, 6]; [X, 1, 5]"},
		{"by several", func(k *kit) value.Value {
			return k.op(k.of(l(1, "X", "p")), "join", opts{"by", l(0, 1), "remainder", true}, k.of(l(1, "X", "r"), l(2, "Z", "s")))
		}, "Q [1, X, p, r]; [2, Z, null, s]"},
		{"duplicates pair up", func(k *kit) value.Value {
			return k.op(k.of(l(1, "a"), l(1, "b"), l(2, "c")), "join", k.of(l(1, "x"), l(1, "y"), l(2, "z"), l(2, "w")))
		}, "Q [1, a, x]; [1, b, y]; [2, c, z]"},
		{"bare keys", func(k *kit) value.Value { return k.op(k.of(1, 2), "join", k.of(2, 3)) }, "Q 2"},
		{"bare keys remainder", func(k *kit) value.Value { return k.op(k.of(1, 2), "join", opts{"remainder", true}, k.of(2, 3)) }, "Q 2; 1; 3"},
		{"map keys", func(k *kit) value.Value {
			return k.op(k.of(l(opts{"id", 1}, "a")), "join", k.of(l(opts{"id", 1}, "b")))
		}, "Q [[id:1], a, b]"},
		{"values", func(k *kit) value.Value { return k.op(k.value(l(1, 2)), "join", k.value(l(1, 3))) }, "Q [1, 2, 3]"},
		{"wide remainder", func(k *kit) value.Value {
			return k.op(k.of(l(1, 2, 3), l(4, 5, 6)), "join", opts{"remainder", true}, k.of(l(1, 9, 9, 9), l(7, 7, 7, 7)))
		}, "Q [1, 2, 3, 9, 9, 9]; [4, 5, 6, null]; [7, null, 7, 7, 7]"},
		{"with empty", func(k *kit) value.Value { return k.op(k.empty(), "join", opts{"remainder", true}, k.of(l(1, 2, 3))) }, "Q [1, null, 2, 3]"},
		{"null inside", func(k *kit) value.Value { return k.op(k.of(l(1, nil)), "join", k.of(l(1, 4))) }, "Q [1, null, 4]"},
		{"groupKey", func(k *kit) value.Value { return k.op(k.of(l("a", 1)), "join", k.of(l(groupKey("a", 3), 4))) }, "Q [a, 1, 4]"},
		{"GString key", func(k *kit) value.Value { return k.op(k.of(l("a", 1)), "join", k.of(l(gstring("a"), 2))) }, "Q [a, 1, 2]"},
		{"int and long", func(k *kit) value.Value { return k.op(k.of(l(1, 1)), "join", k.of(l(int64(1), 2))) }, "Q"},
		{"failOnDuplicate", func(k *kit) value.Value {
			return k.op(k.of(l(1, "a"), l(1, "b")), "join", opts{"failOnDuplicate", true}, k.of(l(1, "x")))
		}, "error: operator `join` has `failOnDuplicate`, and the key `1` [Integer] came again on the left channel: `[1, b]` [ArrayList]"},
		{"failOnMismatch", func(k *kit) value.Value {
			return k.op(k.of(l(1, "a"), l(2, "b")), "join", opts{"failOnMismatch", true}, k.of(l(1, "x")))
		}, "error: operator `join` has `failOnMismatch`, and the key `2` [Integer] of the left channel has no partner: values `[b]` [ArrayList]"},
		{
			"short tuple", func(k *kit) value.Value { return k.op(k.of(l(1, 2)), "join", opts{"by", 7}, k.of(1)) },
			"error: operator `join` has `by` `7` [Integer], but the left item `[1, 2]` [ArrayList] is too short for it",
		},
	})
}

// Which side comes first within a combination is chance in the original; here
// the left channel goes ahead.
func TestCombine(t *testing.T) {
	check(t, []row{
		{"channels", func(k *kit) value.Value { return k.op(k.of(1, 2), "combine", k.of("a", "b")) }, "Q [1, a]; [2, a]; [1, b]; [2, b]"},
		{"list", func(k *kit) value.Value { return k.op(k.of(1, 2), "combine", l("a", "b")) }, "Q [1, a]; [2, a]; [1, b]; [2, b]"},
		{"tuples", func(k *kit) value.Value { return k.op(k.of(l(1, 2)), "combine", k.of(l("a", "b"), "c")) }, "Q [1, 2, a, b]; [1, 2, c]"},
		{"by", func(k *kit) value.Value {
			return k.op(k.of(l("A", 1), l("B", 2)), "combine", opts{"by", 0}, k.of(l("B", 3), l("A", 4), l("A", 5)))
		}, "Q [B, 2, 3]; [A, 1, 4]; [A, 1, 5]"},
		{"by several", func(k *kit) value.Value {
			return k.op(k.of(l("A", "x", 1)), "combine", opts{"by", l(0, 1)}, k.of(l("B", "y", 3), l("A", "x", 4)))
		}, "Q [A, x, 1, 4]"},
		{"by 1", func(k *kit) value.Value { return k.op(k.of(l(1, 2, 3)), "combine", opts{"by", 1}, k.of(l(9, 2, 4))) }, "Q [2, 1, 3, 9, 4]"},
		{"value with queue", func(k *kit) value.Value { return k.op(k.value(1), "combine", k.of("a", "b")) }, "Q [1, a]; [1, b]"},
		{"values", func(k *kit) value.Value { return k.op(k.value(1), "combine", k.value(2)) }, "Q [1, 2]"},
		{"queue with value list", func(k *kit) value.Value { return k.op(k.of(1, 2), "combine", k.value(l(7, 8))) }, "Q [1, 7, 8]; [2, 7, 8]"},
		{"empty", func(k *kit) value.Value { return k.op(k.of(1, 2), "combine", k.empty()) }, "Q"},
		{"nested", func(k *kit) value.Value { return k.op(k.of(l(l(1, 2))), "combine", k.of(l(l(3)))) }, "Q [[1, 2], [3]]"},
		{"maps", func(k *kit) value.Value { return k.op(k.of(opts{"a", 1}), "combine", k.of(opts{"b", 1})) }, "Q [[a:1], [b:1]]"},
		{"bare keys", func(k *kit) value.Value { return k.op(k.of("A"), "combine", opts{"by", 0}, k.of("A", "B")) }, "Q A"},
	})
}

func TestOtherCombining(t *testing.T) {
	times := fn2(func(a, b value.Value) any { return num(a) * num(b) })
	check(t, []row{
		{"cross", func(k *kit) value.Value {
			return k.op(k.of(l(1, "alpha"), l(2, "beta")), "cross", k.of(l(1, "x"), l(1, "y"), l(2, "p"), l(3, "q")))
		}, "Q [[1, alpha], [1, x]]; [[1, alpha], [1, y]]; [[2, beta], [2, p]]"},
		{"cross closure", func(k *kit) value.Value {
			return k.op(k.of(l(1, "alpha")), "cross", k.of(l(1, "x")), fn(func(v value.Value) any { return v.(*value.List).Elems[0] }))
		}, "Q [[1, alpha], [1, x]]"},
		{"cross bare", func(k *kit) value.Value { return k.op(k.of(1, 2, 3), "cross", k.of(2, 1)) }, "Q [2, 2]; [1, 1]"},
		{"mix", func(k *kit) value.Value { return k.op(k.of(1, 2), "mix", k.of(3), k.of(4, 5)) }, "Q 1; 2; 3; 4; 5"},
		{"mix values", func(k *kit) value.Value { return k.op(k.value(1), "mix", k.value(3)) }, "Q 1; 3"},
		{"concat", func(k *kit) value.Value { return k.op(k.of(1, 2), "concat", k.of(3), k.of(4, 5)) }, "Q 1; 2; 3; 4; 5"},
		{"concat long", func(k *kit) value.Value {
			return k.op(k.op(k.of(rangeOf(1, 200)), "concat", k.of(rangeOf(1, 3))), "last")
		}, "V 3"},
		{"concat empty", func(k *kit) value.Value { return k.op(k.empty(), "concat", k.of(1), k.empty(), k.value(2)) }, "Q 1; 2"},
		{"merge", func(k *kit) value.Value { return k.op(k.of(1, 3, 5), "merge", k.of(2, 4)) }, "Q [1, 2]; [3, 4]"},
		{"merge closure", func(k *kit) value.Value { return k.op(k.of(1, 3, 5), "merge", k.of(2, 4, 6), times) }, "Q 2; 12; 30"},
		{"merge three", func(k *kit) value.Value { return k.op(k.of(1, 3), "merge", k.of(2, 4), k.of("x", "y")) }, "Q [1, 2, x]; [3, 4, y]"},
		{"merge value", func(k *kit) value.Value { return k.op(k.of(1, 2), "merge", k.value(9)) }, "Q [1, 9]; [2, 9]"},
		{"merge values", func(k *kit) value.Value { return k.op(k.value(1), "merge", k.value(9)) }, "V [1, 9]"},
		{"merge tuples", func(k *kit) value.Value { return k.op(k.of(l(1, 2)), "merge", k.of(l(3))) }, "Q [1, 2, 3]"},
	})
}

// labelled stands for what the interpreter compiles of a closure with labels.
func labelled(f value.Value, labels ...string) value.Value {
	c := *f.(*value.Closure)
	c.Labels = labels
	return &c
}

func sizes() value.Value {
	return labelled(fn(func(v value.Value) any {
		switch {
		case num(v) > 2:
			return &value.Branch{Label: "big", Value: val(num(v) * 10)}
		case num(v) > 1:
			return &value.Branch{Label: "small", Value: v}
		}
		return nil
	}), "big", "small")
}

func both() value.Value {
	return labelled(fn(func(v value.Value) any { return opts{"a", v, "b", num(v) + 1} }), "a", "b")
}

func TestForking(t *testing.T) {
	output := func(v value.Value, name string) value.Value {
		c, ok := v.(*dataflow.MultiChannel).Get(name)
		if !ok {
			t.Fatalf("no output %s", name)
		}
		return c
	}
	check(t, []row{
		{"branch", func(k *kit) value.Value { return output(k.op(k.q(), "branch", sizes()), "big") }, "Q 30"},
		{"branch second", func(k *kit) value.Value { return output(k.op(k.q(), "branch", sizes()), "small") }, "Q 2"},
		{"branch value", func(k *kit) value.Value { return output(k.op(k.value(1), "branch", sizes()), "small") }, "V"},
		{"multiMap", func(k *kit) value.Value { return output(k.op(k.q(), "multiMap", both()), "b") }, "Q 4; 2; 3"},
		{"multiMap value", func(k *kit) value.Value { return output(k.op(k.value(1), "multiMap", both()), "a") }, "V 1"},
		{
			"several outputs", func(k *kit) value.Value { return k.op(k.op(k.q(), "branch", sizes()), "map", fn(double)) },
			"error: operator `map` needs one channel, but operator `branch` has 2 outputs: choose one of `big`, `small`",
		},
		{
			"several as argument", func(k *kit) value.Value { return k.op(k.q(), "join", k.op(k.q(), "branch", sizes())) },
			"error: operator `join` takes a channel, but operator `branch` has 2 outputs: choose one of `big`, `small`",
		},
		{"mix takes all outputs", func(k *kit) value.Value { return k.op(k.empty(), "mix", k.op(k.q(), "branch", sizes())) }, "Q 30; 2"},
		{
			"plain closure", func(k *kit) value.Value { return k.op(k.q(), "branch", 1) },
			"error: operator `branch` takes a closure with labels, `{ v -> name: … }`, not `1` [Integer]",
		},
		{"tap", func(k *kit) value.Value {
			var tapped value.Value
			assign := fn(func(v value.Value) any { tapped = v; return nil })
			return k.op(k.op(k.op(k.of(1, 2), "tap", assign), "map", fn(double)), "mix", tapped)
		}, "Q 1; 2; 2; 4"},
		{"set of outputs", func(k *kit) value.Value {
			var set value.Value
			k.op(k.op(k.q(), "branch", sizes()), "set", fn(func(v value.Value) any { set = v; return nil }))
			return output(set, "big")
		}, "Q 30"},
	})
}
