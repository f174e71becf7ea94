package value

import (
	"strings"
	"testing"
)

func TestSubscript(t *testing.T) {
	t.Parallel()
	rng := func(from, to int, excl bool) Value { return span(t, Int(from), Int(to), excl) }
	l := func() Value { return list(Int(1), Int(2), Int(3)) }
	abc := String("abc")
	defaults := MapOf("a", Int(1))
	defaults.Default = func(_ *Thread, k Value) (Value, error) { return Mul(nil, k, Int(2)) }
	byInt := NewMap(0)
	byInt.Set(Int(1), String("x"))
	find := func(re, text string) Value {
		m, err := FindOp(String(text), String(re))
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	for _, c := range []struct {
		name   string
		x, idx Value
		want   string
	}{
		{"[0]", l(), Int(0), "1"},
		{"[-1]", l(), Int(-1), "3"},
		{"[3]", l(), Int(3), "null"},
		{"[1L]", l(), Long(1), "2"},
		{"[1.9]", l(), dec("1.9"), "2"},
		{"[-4]", l(), Int(-4), "!! java.lang.ArrayIndexOutOfBoundsException: Negative array index [-4] too large for array size 3"},
		{"[0..1]", l(), rng(0, 1, false), "[1, 2]"},
		{"[-2..-1]", l(), rng(-2, -1, false), "[2, 3]"},
		{"[1..-1]", l(), rng(1, -1, false), "[2, 3]"},
		{"[0..-2]", l(), rng(0, -2, false), "[1, 2]"},
		{"[2..0]", l(), rng(2, 0, false), "[3, 2, 1]"},
		{"[0..<2]", l(), rng(0, 2, true), "[1, 2]"},
		{"[0..<0]", l(), rng(0, 0, true), "[]"},
		{"[0..5]", l(), rng(0, 5, false), "!! java.lang.IndexOutOfBoundsException: toIndex = 6"},
		{"[2..-1]", l(), rng(2, -1, false), "[3]"},
		{"[0..<-1]", l(), rng(0, -1, true), "[1, 2]"},
		{"[-1..<0]", l(), rng(-1, 0, true), "[3, 2]"},
		{"[][0..-1]", list(), rng(0, -1, false), "!! java.lang.IndexOutOfBoundsException: fromIndex = -1"},
		{"[1][1..-1]", list(Int(1)), rng(1, -1, false), "!! java.lang.IndexOutOfBoundsException: toIndex = 2"},
		{"[1][2..-1]", list(Int(1)), rng(2, -1, false), "!! java.lang.IndexOutOfBoundsException: toIndex = 3"},
		{"[0,2]", l(), list(Int(0), Int(2)), "[1, 3]"},
		{"[0,[1,2]]", l(), list(Int(0), list(Int(1), Int(2))), "[1, 2, 3]"},
		{"[0,1..2]", l(), list(Int(0), rng(1, 2, false)), "[1, 2, 3]"},
		{"[[5]]", l(), list(Int(5)), "[null]"},
		{"['a'] of maps", list(MapOf("a", Int(1)), MapOf("a", Int(2))), String("a"), "[1, 2]"},
		{"[true]", l(), True, noMethod + "java.util.ArrayList.getAt() is applicable for argument types: (Boolean) values: [true]"},
		{"[][-1]", list(), Int(-1), "!! java.lang.ArrayIndexOutOfBoundsException: Negative array index [-1] too large for array size 0"},
		{"'abc'[0]", abc, Int(0), "a"},
		{"'abc'[-1]", abc, Int(-1), "c"},
		{"'abc'[3]", abc, Int(3), "!! java.lang.StringIndexOutOfBoundsException: begin 3, end 4, length 3"},
		{"'abc'[-4]", abc, Int(-4), "!! java.lang.ArrayIndexOutOfBoundsException: Negative array index [-4] too large for array size 3"},
		{"'abc'[1..-1]", abc, rng(1, -1, false), "bc"},
		{"'abc'[2..0]", abc, rng(2, 0, false), "cba"},
		{"'abc'[-1..0]", abc, rng(-1, 0, false), "cba"},
		{"'abc'[0..5]", abc, rng(0, 5, false), "!! java.lang.StringIndexOutOfBoundsException: begin 0, end 6, length 3"},
		{"'abc'[0..<0]", abc, rng(0, 0, true), ""},
		{"'abc'[0,2]", abc, list(Int(0), Int(2)), "ac"},
		{"'abc'[0,0..1]", abc, list(Int(0), rng(0, 1, false)), "aab"},
		{"'abc'[1L]", abc, Long(1), noMethod + "java.lang.String.getAt() is applicable for argument types: (Long) values: [1]"},
		{"''[0..-1]", String(""), rng(0, -1, false), "!! java.lang.StringIndexOutOfBoundsException: begin -1, end 1, length 0"},
		{"gstring[0..1]", gstr("a1"), rng(0, 1, false), "a1"},
		{"'é😀x'[-1]", String("é😀x"), Int(-1), "x"},
		{"'é😀x'[1..2]", String("é😀x"), rng(1, 2, false), "😀"},
		{"map['a']", MapOf("a", Int(1)), String("a"), "1"},
		{"map['b']", MapOf("a", Int(1)), String("b"), "null"},
		{"map[gstring]", MapOf("a", Int(1)), gstr("a"), "1"},
		{"map[1]", byInt, Int(1), "x"},
		{"map[1L]", byInt, Long(1), "null"},
		{"withDefault", defaults, String("b"), "bb"},
		{"range[-1]", rng(1, 5, false), Int(-1), "5"},
		{"range[9]", rng(1, 5, false), Int(9), "null"},
		{"range[1..2]", rng(1, 5, false), rng(1, 2, false), "[2, 3]"},
		{"set[0]", NewSet(Int(5), Int(6)), Int(0), "5"},
		{"set[-1]", NewSet(Int(5), Int(6)), Int(-1), "6"},
		{"null[0]", nil, Int(0), "!! java.lang.NullPointerException: Cannot invoke method getAt() on null object"},
		{"null['a']", nil, String("a"), "!! java.lang.NullPointerException: Cannot get property 'a' on null object"},
		{"1[0]", Int(1), Int(0), noMethod + "java.lang.Integer.getAt() is applicable for argument types: (Integer) values: [0]"},
		{"path[-1]", ParsePath("/a/b/c"), Int(-1), "c"},
		{"m[0]", find("b", "abc"), Int(0), "b"},
		{"m[0] groups", find("b(c)", "abc"), Int(0), "[bc, c]"},
		{"m[0] null group", find("(x)?b", "abc"), Int(0), "[b, null]"},
		{"m[1]", find("b", "abc"), Int(1), "!! java.lang.IndexOutOfBoundsException: index is out of range -1..0 (index = 1)"},
		{"no match", find("x", "abc"), Int(0), "!! java.lang.IndexOutOfBoundsException: index is out of range 0..-1 (index = 0)"},
		{"m[-1]", find("b", "abcabc"), Int(-1), "b"},
		{"m[0..1]", find("b", "abcabc"), rng(0, 1, false), "[b, b]"},
		{"m[0,1]", find("b(.)", "abcabc"), list(Int(0), Int(1)), "[[bc, c], [bc, c]]"},
	} {
		v, err := GetAt(nil, c.x, c.idx)
		got := show(v, err)
		if err == nil && v != nil {
			got = ToString(v)
		}
		check(t, c.name, got, c.want)
	}
	if !defaults.Has(String("b")) {
		t.Error("withDefault did not keep the value")
	}
}

func TestSubscriptAssignment(t *testing.T) {
	t.Parallel()
	rng := func(from, to int, excl bool) Value { return span(t, Int(from), Int(to), excl) }
	four := func() Value { return list(Int(1), Int(2), Int(3), Int(4)) }
	two := func() Value { return list(Int(1), Int(2)) }
	for _, c := range []struct {
		name      string
		x, idx, v Value
		want      string
	}{
		{"l[0]=5", two(), Int(0), Int(5), "[5, 2]"},
		{"l[4]=5", two(), Int(4), Int(5), "[1, 2, null, null, 5]"},
		{"l[-1]=5", two(), Int(-1), Int(5), "[1, 5]"},
		{"l[-3]=5", two(), Int(-3), Int(5), "!! java.lang.ArrayIndexOutOfBoundsException: Negative array index [-3] too large for array size 2"},
		{"l[1..2]=list", four(), rng(1, 2, false), list(Int(8), Int(9), Int(10)), "[1, 8, 9, 10, 4]"},
		{"l[1..2]=7", four(), rng(1, 2, false), Int(7), "[1, 7, 4]"},
		{"l[[0,2]]=7", four(), list(Int(0), Int(2)), Int(7), "[7, 2, 7, 4]"},
		{"l[[0,2]]=[7,8]", four(), list(Int(0), Int(2)), list(Int(7), Int(8)), "[7, 2, 8, 4]"},
		{"l[[0,2]]=three", four(), list(Int(0), Int(2)), list(Int(7), Int(8), Int(9)), "!! java.lang.IllegalArgumentException: Trying to replace 2 elements with 3 elements"},
		{"l[1..<1]=[8]", four(), rng(1, 1, true), list(Int(8)), "[1, 8, 2, 3, 4]"},
		{"l[3..4]=[8]", two(), rng(3, 4, false), list(Int(8)), "[1, 2, null, 8]"},
		{"l['a']=1", two(), String("a"), Int(1), "!! java.lang.IllegalArgumentException: argument type mismatch"},
		{"l[1L]=1", two(), Long(1), Int(1), "[1, 1]"},
		{"m[1]=3", MapOf("a", Int(1)), Int(1), Int(3), "[a:1, 1:3]"},
		{"m[gstring]=2", MapOf("a", Int(1)), gstr("a"), Int(2), "[a:2]"},
		{"s[0]='x'", String("abc"), Int(0), String("x"), noMethod + "java.lang.String.putAt() is applicable for argument types: (Integer, String) values: [0, x]"},
		{"range[0]=2", rng(1, 3, false), Int(0), Int(2), "!! java.lang.UnsupportedOperationException"},
		{"tuple[0]=1", &List{Elems: []Value{Int(1)}, Kind: Tuple}, Int(0), Int(1), "!! java.lang.UnsupportedOperationException"},
		{"null[0]=1", nil, Int(0), Int(1), "!! java.lang.NullPointerException: Cannot invoke method putAt() on null object"},
	} {
		err := SetAt(nil, c.x, c.idx, c.v)
		got := ToString(c.x)
		if err != nil {
			got = show(nil, err)
		}
		check(t, c.name, got, c.want)
	}
}

func TestIn(t *testing.T) {
	t.Parallel()
	rng := func(from, to Value) Value { return span(t, from, to, false) }
	p, err := NewPattern("a.*", 0)
	if err != nil {
		t.Fatal(err)
	}
	even := &Closure{Params: 1, Code: func(_ *Thread, _ *Closure, args []Value) (Value, error) { return MakeBool(args[0] == Int(2)), nil }}
	for _, c := range []struct {
		name    string
		x, coll Value
		want    bool
	}{
		{"1 in [1]", Int(1), list(Int(1)), true},
		{"1L in [1]", Long(1), list(Int(1)), false},
		{"1 in 1..3", Int(1), rng(Int(1), Int(3)), true},
		{"1.0 in 1..3", dec("1.0"), rng(Int(1), Int(3)), false},
		{"1L in 1..3", Long(1), rng(Int(1), Int(3)), false},
		{"2.5 in 1.5..3.5", dec("2.5"), rng(dec("1.5"), dec("3.5")), true},
		{"1.7 in 1.5..3.5", dec("1.7"), rng(dec("1.5"), dec("3.5")), false},
		{"'a' in 'a'..'c'", String("a"), rng(String("a"), String("c")), true},
		{"'a' in [a:1]", String("a"), MapOf("a", Int(1)), true},
		{"'a' in [a:0]", String("a"), MapOf("a", Int(0)), false},
		{"'b' in [a:1]", String("b"), MapOf("a", Int(1)), false},
		{"'a' in 'abc'", String("a"), String("abc"), false},
		{"'abc' in 'abc'", String("abc"), String("abc"), true},
		{"gstring in ['a']", gstr("a"), list(String("a")), false},
		{"gstring in [a:1]", gstr("a"), MapOf("a", Int(1)), false},
		{"1 in Integer", Int(1), ClassRef{IntegerClass}, true},
		{"1 in Number", Int(1), ClassRef{NumberClass}, true},
		{"1 in String", Int(1), ClassRef{StringClass}, false},
		{"null in [null]", nil, list(nil), true},
		{"1 in null", Int(1), nil, false},
		{"null in null", nil, nil, true},
		{"'abc' in ~/a.*/", String("abc"), p, true},
		{"'xa' in ~/a.*/", String("xa"), p, false},
		{"1 in 1L", Int(1), Long(1), true},
		{"2 in closure", Int(2), even, true},
		{"3 in closure", Int(3), even, false},
		{"key in ['a']", &GroupKey{Key: String("a")}, list(String("a")), true},
		{"'a' in set", String("a"), NewSet(String("a")), true},
	} {
		got, err := In(nil, c.x, c.coll)
		if got != c.want || err != nil {
			t.Errorf("%s = %v, %v", c.name, got, err)
		}
		if same, err := IsCase(nil, c.coll, c.x); same != got || err != nil {
			t.Errorf("IsCase of %s = %v, %v", c.name, same, err)
		}
	}
}

func TestRange(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		from, to    Value
		excl        bool
		text, elems string
	}{
		{Int(1), Int(0), false, "1..0", "[1, 0]"},
		{Int(3), Int(1), false, "3..1", "[3, 2, 1]"},
		{Int(1), Int(1), true, "1..<1", "[]"},
		{Int(3), Int(1), true, "3..<1", "[3, 2]"},
		{String("a"), String("e"), true, "a..d", "[a, b, c, d]"},
		{Long(1), Long(3), false, "1..3", "[1, 2, 3]"},
		{Int(0), Int(-2), true, "0..<-2", "[0, -1]"},
		{String("aa"), String("ac"), false, "aa..ac", "[aa, ab, ac]"},
		{dec("1.5"), dec("3.5"), false, "1.5..3.5", "[1.5, 2.5, 3.5]"},
		{dec("3.5"), dec("1.5"), false, "3.5..1.5", "[3.5, 2.5, 1.5]"},
		{dec("1.5"), dec("3.5"), true, "1.5..<3.5", "[1.5, 2.5]"},
		{Int(1), dec("3.5"), false, "1..3.5", "[1, 2, 3]"},
		{Double(1), Double(3), false, "1.0..3.0", "[1.0, 2.0, 3.0]"},
		{String("z"), String("x"), false, "z..x", "[z, y, x]"},
		{Int(98), String("a"), false, "98..97", "[98, 97]"},
	} {
		r := span(t, c.from, c.to, c.excl)
		check(t, "range", ToString(r), c.text)
		elems, _ := Elements(r)
		check(t, "elements of "+c.text, ToString(NewList(elems...)), c.elems)
	}
	for want, ends := range map[string][2]Value{
		"Must specify a non-null value for the 'to' index in a Range":                     {Int(1), nil},
		"Must specify a non-null value for the 'from' index in a Range":                   {nil, Int(1)},
		"Incompatible Strings for Range: different length":                                {String("a"), String("bb")},
		"Incompatible Strings for Range: String#next() will not reach the expected value": {String("aa"), String("bb")},
	} {
		_, err := NewRange(ends[0], ends[1], false)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %s", err, want)
		}
	}
}
