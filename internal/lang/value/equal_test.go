package value

import (
	"math"
	"testing"
)

func TestEqualAndKeyEqual(t *testing.T) {
	t.Parallel()
	r12 := span(t, Int(1), Int(2), false)
	path := ParsePath("/a")
	bag := func(e ...Value) Value { return &List{Elems: e, Kind: Bag} }
	for _, c := range []struct {
		name       string
		a, b       Value
		equal, key bool
	}{
		{"1 1L", Int(1), Long(1), true, false},
		{"1 1.0", Int(1), dec("1.0"), true, false},
		{"1.0 1.00", dec("1.0"), dec("1.00"), true, false},
		{"1.0 1.0d", dec("1.0"), Double(1), true, false},
		{"0.1f 0.1", Float(0.1), dec("0.1"), false, false},
		{"0.1d 0.1", Double(0.1), dec("0.1"), true, false},
		{"gstring string", gstr("a1"), String("a1"), true, false},
		{"string gstring", String("a1"), gstr("a1"), true, false},
		{"gstring gstring", gstr("a1"), gstr("a1"), true, true},
		{"string char", String("a"), Char('a'), true, false},
		{"char 97", Char('a'), Int(97), true, false},
		{"'a' 97", String("a"), Int(97), true, false},
		{"97 'a'", Int(97), String("a"), true, false},
		{"'ab' 97", String("ab"), Int(97), false, false},
		{"1 '1'", Int(1), String("1"), false, false},
		{"gstring 12", gstr("12"), Int(12), true, false},
		{"gstring 1", gstr("1"), Int(1), false, false},
		{"lists", list(Int(1), Int(2)), list(Long(1), dec("2.0")), true, false},
		{"nested lists", list(Int(1), list(Int(2))), list(Int(1), list(Long(2))), true, false},
		{"same lists", list(Int(1)), list(Int(1)), true, true},
		{"long ranges", &Range{To: 1 << 40, Long: true}, &Range{To: 1 << 40, Long: true}, true, true},
		{"long ranges of types", &Range{To: 1 << 30, Long: true}, &Range{To: 1 << 30}, true, false},
		{"long ranges up and down", &Range{To: 1 << 40, Long: true}, &Range{From: 1 << 40, Long: true, Reverse: true}, false, false},
		{"range list", r12, list(Int(1), Int(2)), true, true},
		{"list range", list(Int(1), Int(2)), r12, true, true},
		{"list set", list(Int(1)), NewSet(Int(1)), false, false},
		{"set list", NewSet(Int(1)), list(Int(1)), false, false},
		{"sets", NewSet(Int(1), Int(2)), NewSet(Int(2), Int(1)), true, true},
		{"sets of 1, 1L", NewSet(Int(1), Int(2)), NewSet(Long(2), Int(1)), true, false},
		{"maps", MapOf("a", Int(1), "b", Int(2)), MapOf("b", Int(2), "a", Int(1)), true, true},
		{"maps 1L", MapOf("a", Int(1)), MapOf("a", Long(1)), true, false},
		{"map sizes", MapOf("a", Int(1)), MapOf("a", Int(1), "b", nil), false, false},
		{"map gstring", MapOf("a", gstr("x1")), MapOf("a", String("x1")), true, false},
		{"path string", path, String("/a"), false, false},
		{"string path", String("/a"), path, false, false},
		{"gstring path", gstr("/a"), path, true, false},
		{"path gstring", path, gstr("/a"), false, false},
		{"paths", path, ParsePath("/a/"), true, true},
		{"file path", &Path{Name: "/a", IsFile: true}, path, false, false},
		{"null null", nil, nil, true, true},
		{"null 1", nil, Int(1), false, false},
		{"'' null", String(""), nil, false, false},
		{"true 1", True, Int(1), false, false},
		{"durations", dur("1h"), dur("60m"), true, true},
		{"duration string", dur("1h"), String("1h"), false, false},
		{"memories", mem("1 GB"), mem("1024 MB"), true, true},
		{"memory number", mem("1 GB"), Long(1 << 30), false, false},
		{"NaN", Double(math.NaN()), Double(math.NaN()), true, true},
		{"0.0 -0.0", Double(0), Double(math.Copysign(0, -1)), true, false},
		{"bags", bag(Int(1), Int(2)), bag(Int(2), Int(1)), false, true},
		{"bag list", bag(Int(1), Int(2)), list(Int(1), Int(2)), true, false},
		{"key 'a'", &GroupKey{Key: String("a"), Size: 2}, String("a"), true, true},
		{"classes", ClassRef{StringClass}, ClassRef{StringClass}, true, true},
		{"closures", &Closure{}, &Closure{}, false, false},
	} {
		if got := Equal(c.a, c.b); got != c.equal {
			t.Errorf("%s: Equal = %v", c.name, got)
		}
		if got := KeyEqual(c.a, c.b); got != c.key {
			t.Errorf("%s: KeyEqual = %v", c.name, got)
		}
		if _, isRange := c.a.(*Range); c.key && !isRange && HashCode(c.a) != HashCode(c.b) {
			if _, isRange := c.b.(*Range); !isRange {
				t.Errorf("%s: equal keys have hashes %d and %d", c.name, HashCode(c.a), HashCode(c.b))
			}
		}
	}
}

func TestHashCode(t *testing.T) {
	t.Parallel()
	entry := func() Value {
		var e Value
		MapOf("a", Int(1)).Iterate(func(v Value) bool { e = v; return false })
		return e
	}
	for _, c := range []struct {
		v    Value
		want int32
	}{
		{Int(1), 1},
		{Long(-1), 0},
		{dec("1.5"), 466},
		{dec("1.50"), 4652},
		{dec("-1.5"), -464},
		{dec("123456789012345.678"), -1905628416},
		{Double(1.5), 1073217536},
		{Float(1.5), 1069547520},
		{bigInt("12345678901234567890"), -1436577082},
		{bigInt("-12345678901234567890"), 1436577082},
		{bigInt("5"), 5},
		{String("abc"), 96354},
		{gstr("a1"), 3093},
		{String("héé😀"), 104984299},
		{True, 1231},
		{False, 1237},
		{list(Int(1), String("a"), nil), 33759},
		{MapOf("a", Int(1), "b", String("x")), 122},
		{NewSet(Int(1), Int(2)), 3},
		{span(t, Int(1), Int(3), false), 13},
		{span(t, Int(3), Int(1), false), 13},
		{span(t, Int(0), Int(10), false), 65},
		{span(t, Int(1), Int(3), true), 8},
		{span(t, String("a"), String("c"), false), 126145},
		{Char('a'), 97},
		{ParsePath("/a/b"), 1494949},
		{&Path{Name: "/a/b", IsFile: true}, 268852},
		{dur("1h"), 3607493},
		{mem("8 GB"), 7495},
		{&List{Elems: []Value{Int(1), Int(2)}, Kind: Tuple}, 994},
		{&List{Elems: []Value{Int(1), Int(2)}, Kind: Bag}, 3},
		{entry(), 96},
		{&GroupKey{Key: String("a")}, 97},
		{dec("-100000000000000000000.5"), 544350935},
		{dec("0.0"), 1},
	} {
		if got := HashCode(c.v); got != c.want {
			t.Errorf("HashCode(%s) = %d, want %d", Inspect(c.v), got, c.want)
		}
	}
}

func TestCompare(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b Value
		want int
	}{
		{Int(1), Int(2), -1},
		{Int(1), nil, 1},
		{nil, Int(1), -1},
		{nil, nil, 0},
		{Int(1), dec("1.5"), -1},
		{String("a"), String("d"), -1},
		{gstr("a1"), String("a2"), -1},
		{String("a"), Int(1), 1},
		{Int(1), String("a"), -1},
		{String("1"), Int(2), 1},
		{True, False, 1},
		{ParsePath("/a"), ParsePath("/b"), -1},
		{dur("1h"), dur("1m"), 1},
		{mem("1 GB"), mem("1 MB"), 1},
		{Char('a'), String("b"), -1},
		{Char('a'), Int(97), 0},
		{dec("1.0"), dec("1.00"), 0},
		{Double(math.NaN()), Double(1), 1},
		{gstr("a1"), Int(1), 1},
		{String("a"), dec("97.5"), -1},
		{String("a"), String("B"), 1},
		{String("é"), String("z"), 1},
		{String("😀"), String("\uffff"), -1},
		{String("abc"), String("abcd"), -1},
		{Long(5), bigInt("6"), -1},
		{dec("1e3"), Int(1000), 0},
	} {
		got, err := Compare(c.a, c.b)
		if err != nil || intOrder(int64(got), 0) != c.want {
			t.Errorf("Compare(%s, %s) = %d, %v; want %d", Inspect(c.a), Inspect(c.b), got, err, c.want)
		}
	}
	for want, c := range map[string][2]Value{
		"Cannot compare java.util.ArrayList with value '[1]' and java.util.ArrayList with value '[2]'":             {list(Int(1)), list(Int(2))},
		"Cannot compare sun.nio.fs.UnixPath with value '/a' and java.lang.String with value '/b'":                  {ParsePath("/a"), String("/b")},
		"Cannot compare nextflow.util.Duration with value '1h' and java.lang.Integer with value '5'":               {dur("1h"), Int(5)},
		"Cannot compare java.util.LinkedHashMap with value '{a=1}' and java.util.LinkedHashMap with value '{a=2}'": {MapOf("a", Int(1)), MapOf("a", Int(2))},
		"Cannot compare java.lang.String with value 'abc' and java.lang.Integer with value '1'":                    {String("abc"), Int(1)},
		"Cannot compare java.lang.Boolean with value 'true' and java.lang.Integer with value '1'":                  {True, Int(1)},
	} {
		_, err := Compare(c[0], c[1])
		check(t, "Compare", show(nil, err), "!! java.lang.IllegalArgumentException: "+want)
	}
}

func TestTruth(t *testing.T) {
	t.Parallel()
	p, err := NewPattern("b", 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []Value{
		nil, String(""), gstr(""), list(), NewMap(0), Int(0), Long(0), dec("0.0"), Double(0), bigInt("0"), Char(0), False,
		Duration(0), Memory(0), Double(math.NaN()), NewSet(), p.NewMatcher("x"), span(t, Int(1), Int(1), true),
	} {
		if Truth(v) {
			t.Errorf("%s is true", Inspect(v))
		}
	}
	for _, v := range []Value{
		String("a"), gstr("a"), list(Int(0)), MapOf("a", nil), Int(1), Char(' '), ParsePath("/nonexistent"), Duration(1), Memory(1),
		&Closure{}, NewSet(nil), p.NewMatcher("abc"), &GroupKey{Key: String("")}, span(t, Int(1), Int(0), false),
	} {
		if !Truth(v) {
			t.Errorf("%s is false", Inspect(v))
		}
	}
}
