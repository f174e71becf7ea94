package operator

import (
	"errors"
	"strings"
	"testing"

	"sluice/internal/lang/value"
)

// The expectations are what Nextflow 25.04.4 printed, except where a row says
// that its order depended on chance there.

func pattern(t testing.TB, src string) value.Value {
	p, err := value.NewPattern(src, 0)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestFactories(t *testing.T) {
	check(t, []row{
		{"of", func(k *kit) value.Value { return k.of(1, nil, 3) }, "Q 1; null; 3"},
		{"of range", func(k *kit) value.Value { return k.of(rangeOf(1, 3), "a") }, "Q 1; 2; 3; a"},
		{"of long range", func(k *kit) value.Value { return k.op(k.of(rangeOf(1, 1000)), "sum") }, "V 500500"},
		{"of range in list", func(k *kit) value.Value { return k.of(l(rangeOf(1, 3))) }, "Q [1..3]"},
		{"of lists", func(k *kit) value.Value { return k.of(l(1, 2), l(3)) }, "Q [1, 2]; [3]"},
		{"of set", func(k *kit) value.Value { return k.of(value.NewSet(val(1), val(2))) }, "Q [1, 2]"},
		{"of nothing", func(k *kit) value.Value { return k.of() }, "Q"},
		{"value", func(k *kit) value.Value { return k.value("x") }, "V x"},
		{"value empty", func(k *kit) value.Value { return k.value() }, "V open"},
		{"value null", func(k *kit) value.Value { return k.value(nil) }, "V open"},
		{"value list", func(k *kit) value.Value { return k.value(l(1, 2)) }, "V [1, 2]"},
		{"empty", func(k *kit) value.Value { return k.empty() }, "Q"},
		{"fromList", func(k *kit) value.Value { return k.make("fromList", l(1, l(2, 3), nil)) }, "Q 1; [2, 3]; null"},
		{"fromList empty", func(k *kit) value.Value { return k.make("fromList", l()) }, "Q"},
		{"from", func(k *kit) value.Value { return k.make("from", 1, 2) }, "Q 1; 2"},
		{"from list", func(k *kit) value.Value { return k.make("from", l(1, l(2, 3))) }, "Q 1; [2, 3]"},
		{"from range", func(k *kit) value.Value { return k.make("from", rangeOf(1, 3)) }, "Q 1; 2; 3"},
		{"topic", func(k *kit) value.Value { return k.make("topic", "t") }, "Q"},
		{"interval", func(k *kit) value.Value { return k.op(k.make("interval", "1ms"), "take", 3) }, "Q 0; 1; 2"},
		{"interval STOP", func(k *kit) value.Value {
			return k.make("interval", "1ms", fn(func(v value.Value) any {
				if num(v) == 2 {
					return Stop
				}
				return v
			}))
		}, "Q 0; 1"},
	})
}

func TestFactoryErrors(t *testing.T) {
	rows := []struct {
		name string
		args []any
		want string
	}{
		{"fromLst", nil, "there is no channel factory `fromLst`; `fromList` exists: there are `empty`"},
		{"create", nil, "there is no channel factory `create`: use `channel.of(...)`"},
		{"fromQuery", []any{"select"}, "`channel.fromQuery` belongs to the plugin `nf-sqldb`"},
		{"fromSRA", []any{"SRP1"}, "`channel.fromSRA` is not available, because"},
		{"fromList", []any{3}, "`channel.fromList` takes a list, not `3` [Integer]"},
		{"fromPath", []any{opts{"typo", true}, "x"}, "`channel.fromPath` has no option `typo`; `type` exists"},
		{"fromPath", []any{opts{"type", "x"}, "x"}, "takes 'file', 'dir' or 'any' as `type`, not `x` [String]"},
		{"interval", []any{"soon"}, "takes a duration such as '5s'"},
		{"value", []any{1, 2}, "takes 0 to 1 argument, 2 given"},
	}
	for _, r := range rows {
		k := newKit(t)
		_, ok, err := k.factory.InvokeMethod(k.th, r.name, values(r.args))
		if !ok || err == nil || !strings.Contains(err.Error(), r.want) {
			t.Errorf("channel.%s: got %v, want %s", r.name, err, r.want)
		}
	}
}

func double(v value.Value) any { return num(v) * 2 }

func above(n int) value.Value { return fn(func(v value.Value) any { return num(v) > n }) }

func length(v value.Value) any {
	if s, ok := v.(value.String); ok {
		return len(s)
	}
	return v.(value.Sized).Len()
}

func byLength(a, b value.Value) any { return length(a).(int) - length(b).(int) }

func odd(v value.Value) any { return num(v) % 2 }

func TestTransforming(t *testing.T) {
	check(t, []row{
		{"map", func(k *kit) value.Value { return k.op(k.q(), "map", fn(double)) }, "Q 6; 2; 4"},
		{"map value", func(k *kit) value.Value { return k.op(k.value(2), "map", fn(double)) }, "V 4"},
		{"map null", func(k *kit) value.Value {
			return k.op(k.q(), "map", fn(func(v value.Value) any {
				if num(v) > 1 {
					return v
				}
				return nil
			}))
		}, "Q 3; 2"},
		{"map value null", func(k *kit) value.Value { return k.op(k.value(2), "map", fn(func(value.Value) any { return nil })) }, "V"},
		{"map spreads", func(k *kit) value.Value {
			return k.op(k.of(l(1, 2)), "map", fn2(func(a, b value.Value) any { return num(a) + num(b) }))
		}, "Q 3"},
		{"map error", func(k *kit) value.Value {
			return k.op(k.q(), "map", fn(func(value.Value) any { return errors.New("boo") }))
		}, "error: boo"},
		{"filter", func(k *kit) value.Value { return k.op(k.q(), "filter", above(1)) }, "Q 3; 2"},
		{"filter value", func(k *kit) value.Value { return k.op(k.value(2), "filter", above(5)) }, "V"},
		{"filter literal", func(k *kit) value.Value { return k.op(k.of("a", "b", "a"), "filter", "a") }, "Q a; a"},
		{"filter pattern", func(k *kit) value.Value { return k.op(k.of("abc", "b", "a1"), "filter", pattern(k.t, "^a.*")) }, "Q abc; a1"},
		{"filter pattern whole", func(k *kit) value.Value { return k.op(k.of("abc"), "filter", pattern(k.t, "^a")) }, "Q"},
		{"filter type", func(k *kit) value.Value {
			return k.op(k.of("abc", 1, 2.5, 3), "filter", value.ClassRef{Of: value.NumberClass})
		}, "Q 1; 2.5; 3"},
		{"flatMap", func(k *kit) value.Value {
			return k.op(k.q(), "flatMap", fn(func(v value.Value) any { return l(v, num(v)*10) }))
		}, "Q 3; 30; 1; 10; 2; 20"},
		{"flatMap value", func(k *kit) value.Value {
			return k.op(k.value(2), "flatMap", fn(func(v value.Value) any { return l(v, v) }))
		}, "Q 2; 2"},
		{"flatMap none", func(k *kit) value.Value { return k.op(k.of(l(1, 2), l(3, l(4))), "flatMap") }, "Q 1; 2; 3; [4]"},
		{"flatMap map", func(k *kit) value.Value { return k.op(k.of(opts{"a", 1, "b", 2}), "flatMap") }, "Q a=1; b=2"},
		{"flatMap string", func(k *kit) value.Value { return k.op(k.of("abc"), "flatMap") }, "Q abc"},
		{"flatten", func(k *kit) value.Value {
			return k.op(k.of(l(1, l(2, l(3))), 4, opts{"a", 1}, value.NewSet(val(5)), l(rangeOf(1, 2))), "flatten")
		}, "Q 1; 2; 3; 4; [a:1]; 5; 1; 2"},
		{"flatten value", func(k *kit) value.Value { return k.op(k.value(l(1, l(2))), "flatten") }, "Q 1; 2"},
		{"transpose", func(k *kit) value.Value {
			return k.op(k.of(l(1, l("A", "B")), l(2, l("C", "D"))), "transpose")
		}, "Q [1, A]; [1, B]; [2, C]; [2, D]"},
		{"transpose shortest", func(k *kit) value.Value {
			return k.op(k.of(l(1, l("A", "B", "C"), l("x", "y", "z")), l(2, l("C", "A"), l("p"))), "transpose")
		}, "Q [1, A, x]; [1, B, y]; [1, C, z]; [2, C, p]"},
		{"transpose remainder", func(k *kit) value.Value {
			return k.op(k.of(l(1, l("A", "B", "C"), l("x", "y")), l(3, "z")), "transpose", opts{"remainder", true})
		}, "Q [1, A, x]; [1, B, y]; [1, C, null]; [3, z]"},
		{"transpose by", func(k *kit) value.Value {
			return k.op(k.of(l(1, l("A", "B", "C"), l("x", "y"))), "transpose", opts{"by", 1})
		}, "Q [1, A, [x, y]]; [1, B, [x, y]]; [1, C, [x, y]]"},
		{"transpose empty", func(k *kit) value.Value { return k.op(k.of(l(1, l())), "transpose") }, "Q"},
		{"transpose set", func(k *kit) value.Value {
			return k.op(k.of(l(1, value.NewSet(val("A"), val("B")))), "transpose")
		}, "Q [1, [A, B]]"},
		{"transpose scalar", func(k *kit) value.Value { return k.op(k.of(1, 2), "transpose") }, "Q 1; 2"},
		{"toInteger", func(k *kit) value.Value { return k.op(k.of("1", "2"), "toInteger") }, "Q 1; 2"},
		{"toDouble", func(k *kit) value.Value { return k.op(k.of("1", "2"), "toDouble") }, "Q 1.0; 2.0"},
	})
}

func TestGathering(t *testing.T) {
	seven := rangeOf(1, 7)
	check(t, []row{
		{"collect", func(k *kit) value.Value { return k.op(k.of(l(1, l(2, 3)), 4), "collect") }, "V [1, [2, 3], 4]"},
		{"collect flat", func(k *kit) value.Value { return k.op(k.of(l(1, l(2, 3)), 4), "collect", opts{"flat", false}) }, "V [[1, [2, 3]], 4]"},
		{"collect sort", func(k *kit) value.Value { return k.op(k.q(), "collect", opts{"sort", true}) }, "V [1, 2, 3]"},
		{"collect sort closure", func(k *kit) value.Value {
			return k.op(k.q(), "collect", opts{"sort", fn2(func(a, b value.Value) any { return num(b) - num(a) })})
		}, "V [3, 2, 1]"},
		{"collect sort and closure", func(k *kit) value.Value {
			return k.op(k.q(), "collect", opts{"sort", true}, fn(func(v value.Value) any { return num(v) * 3 }))
		}, "V [3, 6, 9]"},
		{"collect value list", func(k *kit) value.Value { return k.op(k.value(l(5, 6)), "collect") }, "V [5, 6]"},
		{"collect empty", func(k *kit) value.Value { return k.op(k.empty(), "collect") }, "V"},
		{"collect null", func(k *kit) value.Value { return k.op(k.of(1, nil), "collect") }, "V [1, null]"},
		{"toList", func(k *kit) value.Value { return k.op(k.q(), "toList") }, "V [3, 1, 2]"},
		{"toList value list", func(k *kit) value.Value { return k.op(k.value(l(5, 4)), "toList") }, "V [[5, 4]]"},
		{"toList empty", func(k *kit) value.Value { return k.op(k.empty(), "toList") }, "V []"},
		{"toSortedList", func(k *kit) value.Value { return k.op(k.q(), "toSortedList") }, "V [1, 2, 3]"},
		{"toSortedList closure", func(k *kit) value.Value {
			return k.op(k.q(), "toSortedList", fn2(func(a, b value.Value) any { return num(b) - num(a) }))
		}, "V [3, 2, 1]"},
		{"toSortedList key", func(k *kit) value.Value {
			return k.op(k.q(), "toSortedList", fn(func(v value.Value) any { return -num(v) }))
		}, "V [3, 2, 1]"},
		{"toSortedList of lists", func(k *kit) value.Value {
			return k.op(k.of(l(2, "x"), l(1, "z"), l(1, "a")), "toSortedList")
		}, "V [[1, a], [1, z], [2, x]]"},
		{"buffer closing", func(k *kit) value.Value {
			return k.op(k.of(1, 2, 3, 1, 2, 3), "buffer", fn(func(v value.Value) any { return num(v) == 2 }))
		}, "Q [1, 2]; [3, 1, 2]"},
		{"buffer closing remainder", func(k *kit) value.Value {
			return k.op(k.of(1, 2, 3, 1, 2, 3), "buffer", opts{"remainder", true}, 2)
		}, "Q [1, 2]; [3, 1, 2]; [3]"},
		{"buffer opening closing", func(k *kit) value.Value {
			return k.op(k.of(1, 2, 3, 4, 5, 1, 2, 3, 4, 5, 1, 2), "buffer", 2, 4)
		}, "Q [2, 3, 4]; [2, 3, 4]"},
		{"buffer closes before opening", func(k *kit) value.Value { return k.op(k.of(1, 2, 3, 1, 2, 3), "buffer", 2, 1) }, "Q []; [2, 3, 1]"},
		{"buffer size", func(k *kit) value.Value { return k.op(k.of(seven), "buffer", opts{"size", 3}) }, "Q [1, 2, 3]; [4, 5, 6]"},
		{"buffer size remainder", func(k *kit) value.Value {
			return k.op(k.of(seven), "buffer", opts{"size", 3, "remainder", true})
		}, "Q [1, 2, 3]; [4, 5, 6]; [7]"},
		{"buffer skip", func(k *kit) value.Value {
			return k.op(k.of(1, 2, 3, 4, 5, 1, 2, 3, 4, 5, 1, 2, 9, 8), "buffer", opts{"size", 3, "skip", 2, "remainder", true})
		}, "Q [3, 4, 5]; [3, 4, 5]; [9, 8]"},
		{"collate", func(k *kit) value.Value { return k.op(k.of(seven), "collate", 3) }, "Q [1, 2, 3]; [4, 5, 6]; [7]"},
		{"collate no remainder", func(k *kit) value.Value { return k.op(k.of(seven), "collate", 3, false) }, "Q [1, 2, 3]; [4, 5, 6]"},
		{"collate step", func(k *kit) value.Value { return k.op(k.of(rangeOf(1, 4)), "collate", 3, 1) }, "Q [1, 2, 3]; [2, 3, 4]; [3, 4]; [4]"},
		{"collate step no remainder", func(k *kit) value.Value { return k.op(k.of(rangeOf(1, 4)), "collate", 3, 1, false) }, "Q [1, 2, 3]; [2, 3, 4]"},
		{"collate wide", func(k *kit) value.Value { return k.op(k.of(1, 2, 3), "collate", 5, 2) }, "Q [1, 2, 3]; [3]"},
		{"collate empty", func(k *kit) value.Value { return k.op(k.empty(), "collate", 2) }, "Q"},
		{
			"collate 0", func(k *kit) value.Value { return k.op(k.of(1), "collate", 0) },
			"error: operator `collate` takes a size and a step above 0, not 0 and 0",
		},
	})
}

func TestReducing(t *testing.T) {
	plus := fn2(func(a, b value.Value) any { return num(a) + num(b) })
	join := fn2(func(a, b value.Value) any { return value.ToString(a) + value.ToString(b) })
	check(t, []row{
		{"count", func(k *kit) value.Value { return k.op(k.q(), "count") }, "V 3"},
		{"count empty", func(k *kit) value.Value { return k.op(k.empty(), "count") }, "V 0"},
		{"count closure", func(k *kit) value.Value { return k.op(k.q(), "count", above(1)) }, "V 2"},
		{"count literal", func(k *kit) value.Value { return k.op(k.of(1, 2, 1), "count", 1) }, "V 2"},
		{"count pattern", func(k *kit) value.Value { return k.op(k.of("ab", "b"), "count", pattern(k.t, "a.*")) }, "V 1"},
		{"first", func(k *kit) value.Value { return k.op(k.q(), "first") }, "V 3"},
		{"first empty", func(k *kit) value.Value { return k.op(k.empty(), "first") }, "V"},
		{"first closure", func(k *kit) value.Value {
			return k.op(k.q(), "first", fn(func(v value.Value) any { return num(v) < 3 }))
		}, "V 1"},
		{"first type", func(k *kit) value.Value { return k.op(k.of("b", 1), "first", value.ClassRef{Of: value.NumberClass}) }, "V 1"},
		{"first none", func(k *kit) value.Value { return k.op(k.q(), "first", above(30)) }, "V"},
		{"first value", func(k *kit) value.Value { return k.op(k.value(3), "first") }, "V 3"},
		{"last", func(k *kit) value.Value { return k.op(k.q(), "last") }, "V 2"},
		{"last empty", func(k *kit) value.Value { return k.op(k.empty(), "last") }, "V null"},
		{"max", func(k *kit) value.Value { return k.op(k.q(), "max") }, "V 3"},
		{"max empty", func(k *kit) value.Value { return k.op(k.empty(), "max") }, "V null"},
		{"max key", func(k *kit) value.Value { return k.op(k.of("aa", "b", "ccc"), "max", fn(length)) }, "V ccc"},
		{"max comparator", func(k *kit) value.Value { return k.op(k.of("aa", "b", "ccc"), "max", fn2(byLength)) }, "V ccc"},
		{"min", func(k *kit) value.Value { return k.op(k.q(), "min") }, "V 1"},
		{"min key", func(k *kit) value.Value { return k.op(k.of("aa", "b", "ccc"), "min", fn(length)) }, "V b"},
		{"min strings", func(k *kit) value.Value { return k.op(k.of("z", "abc"), "min") }, "V abc"},
		{"sum", func(k *kit) value.Value { return k.op(k.q(), "sum") }, "V 6"},
		{"sum empty", func(k *kit) value.Value { return k.op(k.empty(), "sum") }, "V null"},
		{"sum closure", func(k *kit) value.Value {
			return k.op(k.q(), "sum", fn(func(v value.Value) any { return num(v) * num(v) }))
		}, "V 14"},
		{"sum decimal", func(k *kit) value.Value { return k.op(k.of(1, 2.5), "sum") }, "V 3.5"},
		{
			"sum strings", func(k *kit) value.Value { return k.op(k.of("a", "b"), "sum") },
			"error: operator `sum` adds numbers, not `a` [String]",
		},
		{"mean", func(k *kit) value.Value { return k.op(k.q(), "mean") }, "V 2"},
		{"reduce", func(k *kit) value.Value { return k.op(k.q(), "reduce", plus) }, "V 6"},
		{"reduce seed", func(k *kit) value.Value { return k.op(k.q(), "reduce", "x", join) }, "V x312"},
		{"reduce empty", func(k *kit) value.Value { return k.op(k.empty(), "reduce", plus) }, "V null"},
		{"reduce empty seed", func(k *kit) value.Value { return k.op(k.empty(), "reduce", 7, plus) }, "V 7"},
		{"reduce one", func(k *kit) value.Value { return k.op(k.of(9), "reduce", plus) }, "V 9"},
		{
			"reduce value", func(k *kit) value.Value { return k.op(k.value(1), "reduce", 7, plus) },
			"error: operator `reduce` cannot be applied to a value channel",
		},
	})
}

func TestFiltering(t *testing.T) {
	check(t, []row{
		{"unique", func(k *kit) value.Value { return k.op(k.of(1, 1, 2, 1, 3), "unique") }, "Q 1; 2; 3"},
		{"unique closure", func(k *kit) value.Value { return k.op(k.of(1, 3, 2, 4), "unique", fn(odd)) }, "Q 1; 2"},
		{"unique collections", func(k *kit) value.Value {
			return k.op(k.of(l(1, 2), l(1, 2), opts{"id", 1}, opts{"id", 1}), "unique")
		}, "Q [1, 2]; [id:1]"},
		{"unique value", func(k *kit) value.Value { return k.op(k.value(1), "unique") }, "V 1"},
		{"distinct", func(k *kit) value.Value { return k.op(k.of(1, 1, 2, 2, 1), "distinct") }, "Q 1; 2; 1"},
		{"distinct closure", func(k *kit) value.Value { return k.op(k.of(1, 3, 2, 4), "distinct", fn(odd)) }, "Q 1; 2"},
		{"take", func(k *kit) value.Value { return k.op(k.q(), "take", 2) }, "Q 3; 1"},
		{"take 0", func(k *kit) value.Value { return k.op(k.q(), "take", 0) }, "Q"},
		{"take all", func(k *kit) value.Value { return k.op(k.q(), "take", -1) }, "Q 3; 1; 2"},
		{
			"take value", func(k *kit) value.Value { return k.op(k.value(1), "take", 2) },
			"error: operator `take` cannot be applied to a value channel",
		},
		{"until", func(k *kit) value.Value {
			return k.op(k.of(1, 2, 3, 1), "until", fn(func(v value.Value) any { return num(v) == 3 }))
		}, "Q 1; 2"},
		{"until value", func(k *kit) value.Value { return k.op(k.value(1), "until", fn(func(value.Value) any { return false })) }, "V 1"},
		{"ifEmpty", func(k *kit) value.Value { return k.op(k.q(), "ifEmpty", "x") }, "Q 3; 1; 2"},
		{"ifEmpty empty", func(k *kit) value.Value { return k.op(k.empty(), "ifEmpty", "x") }, "Q x"},
		{"ifEmpty closure", func(k *kit) value.Value {
			return k.op(k.empty(), "ifEmpty", fn(func(value.Value) any { return "x1" }))
		}, "Q x1"},
		{"ifEmpty list", func(k *kit) value.Value { return k.op(k.empty(), "ifEmpty", l(1, 2)) }, "Q [1, 2]"},
		{"ifEmpty null", func(k *kit) value.Value { return k.op(k.empty(), "ifEmpty", nil) }, "Q null"},
		{"ifEmpty value", func(k *kit) value.Value { return k.op(k.op(k.value(1), "filter", above(5)), "ifEmpty", 2) }, "V 2"},
		{"ifEmpty collect", func(k *kit) value.Value { return k.op(k.op(k.empty(), "collect"), "ifEmpty", l()) }, "V []"},
		{"randomSample", func(k *kit) value.Value { return k.op(k.of(rangeOf(1, 10)), "randomSample", 5, 234) }, "Q 10; 9; 3; 7; 5"},
		{
			"randomSample long", func(k *kit) value.Value { return k.op(k.of(rangeOf(1, 100)), "randomSample", 10, 42) },
			"Q 64; 71; 45; 70; 32; 93; 42; 37; 9; 69",
		},
		{"randomSample all", func(k *kit) value.Value { return k.op(k.of(1, 2, 3), "randomSample", 10, 42) }, "Q 2; 1; 3"},
		{"randomSample large seed", func(k *kit) value.Value {
			return k.op(k.of(rangeOf(1, 1000)), "randomSample", 5, int64(123456789012))
		}, "Q 956; 412; 344; 674; 48"},
	})
}

func TestErrorsNameTheOperator(t *testing.T) {
	check(t, []row{
		{
			"option", func(k *kit) value.Value { return k.op(k.q(), "groupTuple", opts{"bye", 1}) },
			"error: operator `groupTuple` has no option `bye`; `by` exists: its options are `by`, `remainder`, `size`, `sort`",
		},
		{
			"option type", func(k *kit) value.Value { return k.op(k.q(), "groupTuple", opts{"size", "x"}) },
			"error: operator `groupTuple` takes an integer as `size`, not `x` [String]",
		},
		{
			"closure", func(k *kit) value.Value { return k.op(k.q(), "map", 1) },
			"error: operator `map` takes a closure, not `1` [Integer]",
		},
		{
			"arity", func(k *kit) value.Value { return k.op(k.q(), "map") },
			"error: operator `map` takes 1 argument, 0 given: `map(mapper: Closure)`",
		},
		{
			"channel", func(k *kit) value.Value { return k.op(k.q(), "mix", 5) },
			"error: operator `mix` takes a channel, not `5` [Integer]",
		},
		{
			"combine", func(k *kit) value.Value { return k.op(k.q(), "combine", 3) },
			"error: operator `combine` takes a channel or a list, not `3` [Integer]",
		},
		{
			"scalars", func(k *kit) value.Value { return k.op(k.q(), "groupTuple") },
			"error: operator `groupTuple` needs tuples, not `3` [Integer]: `[key, value]`",
		},
		{
			"by", func(k *kit) value.Value { return k.op(k.of(l(1, 2)), "join", k.of(l(1, 3)), opts{}) },
			"error: operator `join` takes 1 argument, 2 given: `join(" + joinOp.signature() + ")`",
		},
		{
			"into", func(k *kit) value.Value { return k.op(k.q(), "into", fn(double)) },
			"error: channels have no operator `into`: a channel can be read any number of times: use it by name, or `set { x }` to name it",
		},
	})
	if err := Unknown("flatMapp"); err.Error() != "channels have no operator `flatMapp`; `flatMap` exists" {
		t.Error(err)
	}
	if err := Unknown("spread"); !strings.Contains(err.Error(), "use `combine(other)`") {
		t.Error(err)
	}
}
