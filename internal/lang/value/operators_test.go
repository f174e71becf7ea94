package value

import "testing"

const noMethod = "!! groovy.lang.MissingMethodException: No signature of method: "

func TestOperatorsOnOtherValues(t *testing.T) {
	t.Parallel()
	r23 := span(t, Int(2), Int(3), false)
	path := ParsePath("/a")
	set := func(e ...Value) Value { return NewSet(e...) }
	file := &Path{Name: "/a", IsFile: true}
	key := &GroupKey{Key: String("a"), Size: 2}
	for _, c := range []struct {
		name string
		op   func(*Thread, Value, Value) (Value, error)
		a, b Value
		want string
	}{
		{"1+'a'", Add, Int(1), String("a"), "java.lang.String 1a"},
		{"1.5+'a'", Add, dec("1.5"), String("a"), "java.lang.String 1.5a"},
		{"null+1", Add, nil, Int(1), "!! java.lang.NullPointerException: Cannot execute null+1"},
		{"null+'a'", Add, nil, String("a"), "java.lang.String nulla"},
		{"'a'+null", Add, String("a"), nil, "java.lang.String anull"},
		{"'a'+[1]", Add, String("a"), list(Int(1)), "java.lang.String a[1]"},
		{"'a'+[a:1]", Add, String("a"), MapOf("a", Int(1)), "java.lang.String a[a:1]"},
		{"gstring+'a'", Add, gstr("b1"), String("a"), "org.codehaus.groovy.runtime.GStringImpl b1a"},
		{"gstring+gstring", Add, gstr("b1"), gstr("c2"), "org.codehaus.groovy.runtime.GStringImpl b1c2"},
		{"gstring+1", Add, gstr("b1"), Int(1), "java.lang.String b11"},
		{"'a'+gstring", Add, String("a"), gstr("b1"), "java.lang.String ab1"},
		{"true+'a'", Add, True, String("a"), noMethod + "java.lang.Boolean.plus() is applicable for argument types: (String) values: [a]"},
		{"[1]+'a'", Add, list(Int(1)), String("a"), "java.util.ArrayList [1, a]"},
		{"[1]+[2]", Add, list(Int(1)), list(Int(2)), "java.util.ArrayList [1, 2]"},
		{"[1]+null", Add, list(Int(1)), nil, "java.util.ArrayList [1, null]"},
		{"[1]+[a:1]", Add, list(Int(1)), MapOf("a", Int(1)), "java.util.ArrayList [1, [a:1]]"},
		{"[1]+(2..3)", Add, list(Int(1)), r23, "java.util.ArrayList [1, 2, 3]"},
		{"range+4", Add, r23, Int(4), "java.util.ArrayList [2, 3, 4]"},
		{"set+2", Add, set(Int(1)), Int(2), "java.util.LinkedHashSet [1, 2]"},
		{"set+[1,2]", Add, set(Int(1)), list(Int(1), Int(2)), "java.util.LinkedHashSet [1, 2]"},
		{"map+map", Add, MapOf("a", Int(1)), MapOf("a", Int(2), "b", Int(3)), "java.util.LinkedHashMap [a:2, b:3]"},
		{"map+'x'", Add, MapOf("a", Int(1)), String("x"), "java.lang.String [a:1]x"},
		{"map-map", Sub, MapOf("a", Int(1), "b", Int(2)), MapOf("a", Long(1)), "java.util.LinkedHashMap [b:2]"},
		{"map-other", Sub, MapOf("a", Int(1), "b", Int(2)), MapOf("a", Int(2)), "java.util.LinkedHashMap [a:1, b:2]"},
		{"list-1", Sub, list(Int(1), Int(2), Int(3), Int(1)), Int(1), "java.util.ArrayList [2, 3]"},
		{"list-list", Sub, list(Int(1), Int(2), Int(3)), list(Long(1), Int(2)), "java.util.ArrayList [3]"},
		{"list-null", Sub, list(Int(1)), nil, "java.util.ArrayList [1]"},
		{"[[1],[2]]-[[1]]", Sub, list(list(Int(1)), list(Int(2))), list(list(Int(1))), "java.util.ArrayList [[2]]"},
		{"set-1", Sub, set(Int(1), Int(2)), Int(1), "java.util.LinkedHashSet [2]"},
		{"range-2", Sub, r23, Int(2), "java.util.ArrayList [3]"},
		{"list*2", Mul, list(Int(1), Int(2)), Int(2), "java.util.ArrayList [1, 2, 1, 2]"},
		{"list*-1", Mul, list(Int(1)), Int(-1), "!! java.lang.IllegalArgumentException: Illegal Capacity: -1"},
		{"'ab'*3", Mul, String("ab"), Int(3), "java.lang.String ababab"},
		{"'ab'*2.7", Mul, String("ab"), dec("2.7"), "java.lang.String abab"},
		{"'ab'*-1", Mul, String("ab"), Int(-1), "!! java.lang.IllegalArgumentException: multiply() should be called with a number of 0 or greater not: -1"},
		{"'ab'*'c'", Mul, String("ab"), String("c"), noMethod + "java.lang.String.multiply() is applicable for argument types: (String) values: [c]"},
		{"'hello'-'l'", Sub, String("hello"), String("l"), "java.lang.String helo"},
		{"'h1'-1", Sub, String("h1"), Int(1), "java.lang.String h"},
		{"'a'-null", Sub, String("a"), nil, "java.lang.String a"},
		{"'a'/1", Div, String("a"), Int(1), noMethod + "java.lang.String.div() is applicable for argument types: (Integer) values: [1]"},
		{"1-'a'", Sub, Int(1), String("a"), noMethod + "java.lang.Integer.minus() is applicable for argument types: (String) values: [a]"},
		{"1-null", Sub, Int(1), nil, "!! groovy.lang.GroovyRuntimeException: Ambiguous method overloading for method java.lang.Integer#minus.\nCannot resolve which method to invoke for [null] due to overlapping prototypes between:\n\t[class java.lang.Character]\n\t[class java.lang.Number]"},
		{"null-1", Sub, nil, Int(1), "!! java.lang.NullPointerException: Cannot invoke method minus() on null object"},
		{"null*1", Mul, nil, Int(1), "!! java.lang.NullPointerException: Cannot invoke method multiply() on null object"},
		{"1**null", Pow, Int(1), nil, `!! java.lang.NullPointerException: Cannot invoke "java.lang.Number.doubleValue()" because "exponent" is null`},
		{"'a'<<'b'", Shl, String("a"), String("b"), "java.lang.StringBuffer ab"},
		{"gstring<<'b'", Shl, gstr("a1"), String("b"), "java.lang.StringBuilder a1b"},
		{"[1]<<[2]", Shl, list(Int(1)), list(Int(2)), "java.util.ArrayList [1, [2]]"},
		{"set<<2", Shl, set(Int(1)), Int(2), "java.util.LinkedHashSet [1, 2]"},
		{"map<<map", Shl, MapOf("a", Int(1)), MapOf("b", Int(2)), "java.util.LinkedHashMap [a:1, b:2]"},
		{"map<<1", Shl, MapOf("a", Int(1)), Int(1), noMethod + "java.util.LinkedHashMap.leftShift() is applicable for argument types: (Integer) values: [1]"},
		{"tuple<<1", Shl, &List{Kind: Tuple}, Int(1), "!! java.lang.UnsupportedOperationException"},
		{"[1]&[2]", And, list(Int(1)), list(Int(2)), noMethod + "java.util.ArrayList.and() is applicable for argument types: (ArrayList) values: [[2]]"},
		{"8.GB*2", Mul, mem("8 GB"), Int(2), "nextflow.util.MemoryUnit 16 GB"},
		{"2*8.GB", Mul, Int(2), mem("8 GB"), "nextflow.util.MemoryUnit 16 GB"},
		{"8.GB*1.5", Mul, mem("8 GB"), dec("1.5"), "nextflow.util.MemoryUnit 12 GB"},
		{"8.GB/3", Div, mem("8 GB"), Int(3), "nextflow.util.MemoryUnit 2.7 GB"},
		{"3.B/2", Div, Memory(3), Int(2), "nextflow.util.MemoryUnit 2 B"},
		{"10.B/3", Div, Memory(10), Int(3), "nextflow.util.MemoryUnit 3 B"},
		{"3.B*1.5", Mul, Memory(3), dec("1.5"), "nextflow.util.MemoryUnit 4 B"},
		{"10.B*0.26", Mul, Memory(10), dec("0.26"), "nextflow.util.MemoryUnit 2 B"},
		{"8.GB/2.GB", Div, mem("8 GB"), mem("2 GB"), noMethod + "nextflow.util.MemoryUnit.div() is applicable for argument types: (nextflow.util.MemoryUnit) values: [2 GB]"},
		{"8.GB-9.GB", Sub, mem("8 GB"), mem("9 GB"), "!! java.lang.AssertionError: Memory unit cannot be a negative number. Expression: (value >= 0). Values: value = -1073741824"},
		{"8.GB+1", Add, mem("8 GB"), Int(1), noMethod + "nextflow.util.MemoryUnit.plus() is applicable for argument types: (Integer) values: [1]"},
		{"8.GB+null", Add, mem("8 GB"), nil, "nextflow.util.MemoryUnit 8 GB"},
		{"8.GB/0", Div, mem("8 GB"), Int(0), "!! java.lang.ArithmeticException: Division by zero"},
		{"1.h+30.m", Add, dur("1h"), dur("30m"), "nextflow.util.Duration 1h 30m"},
		{"1.h-2.h", Sub, dur("1h"), dur("2h"), "!! java.lang.AssertionError: Duration unit cannot be a negative number. Expression: (duration >= 0). Values: duration = -3600000"},
		{"1.h/1.5", Div, dur("1h"), dec("1.5"), "nextflow.util.Duration 40m"},
		{"10.ms/4", Div, Duration(10), Int(4), "nextflow.util.Duration 3ms"},
		{"2.5d*1.h", Mul, Double(2.5), dur("1h"), "nextflow.util.Duration 2h 30m"},
		{"1.h+'1h'", Add, dur("1h"), String("1h"), noMethod + "nextflow.util.Duration.plus() is applicable for argument types: (String) values: [1h]"},
		{"path/'b'", Div, path, String("b/c.txt"), "java.nio.file.Path /a/b/c.txt"},
		{"path/'/x'", Div, path, String("/x"), "java.nio.file.Path /x"},
		{"path+'b'", Add, path, String("b"), "java.nio.file.Path /ab"},
		{"path-1", Sub, path, Int(1), "java.nio.file.Path /"},
		{"path/1", Div, path, Int(1), noMethod + "sun.nio.fs.UnixPath.div() is applicable for argument types: (Integer) values: [1]"},
		{"file+'b'", Add, file, String("b"), noMethod + "java.io.File.plus() is applicable for argument types: (String) values: [b]"},
		{"key+'b'", Add, key, String("b"), "java.lang.String ab"},
		{"1+path", Add, Int(1), path, noMethod + "java.lang.Integer.plus() is applicable for argument types: (sun.nio.fs.UnixPath) values: [/a]"},
		{"1+String", Add, Int(1), ClassRef{StringClass}, noMethod + "java.lang.Integer.plus() is applicable for argument types: (Class) values: [class java.lang.String]"},
		{"String+1", Add, ClassRef{StringClass}, Int(1), noMethod + "static java.lang.String.plus() is applicable for argument types: (Integer) values: [1]"},
	} {
		v, err := c.op(nil, c.a, c.b)
		check(t, c.name, show(v, err), c.want)
	}
}

func TestClosureComposition(t *testing.T) {
	t.Parallel()
	fn := func(op func(*Thread, Value, Value) (Value, error), n Value) *Closure {
		return &Closure{Params: 1, Code: func(th *Thread, _ *Closure, args []Value) (Value, error) { return op(th, args[0], n) }}
	}
	plus, times := fn(Add, Int(1)), fn(Mul, Int(2))
	for _, c := range []struct {
		op   func(*Thread, Value, Value) (Value, error)
		want string
	}{{Shr, "java.lang.Integer 8"}, {Shl, "java.lang.Integer 7"}} {
		v, err := c.op(nil, plus, times)
		if err != nil {
			t.Fatal(err)
		}
		check(t, "composed", show(v.(*Closure).CallWith(nil, []Value{Int(3)})), c.want)
	}
}

func TestMissingMethodMessage(t *testing.T) {
	t.Parallel()
	var many, forty []Value
	for i := 1; i <= 40; i++ {
		forty = append(forty, Int(i))
	}
	many = forty[:16]
	path := ParsePath("/a")
	for want, args := range map[string][]Value{
		"(Integer, String, ArrayList, null) values: [1, b, [1], null]":                                                                                                  {Int(1), String("b"), list(Int(1)), nil},
		"(ArrayList) values: [[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, ...]]":                                                    {list(forty...)},
		"(Integer, Integer, Integer, Integer, Integer, Integer, Integer, Integer, Integer, Integer...) values: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]": many,
		"(o.c.g.r.GStringImpl, s.n.f.UnixPath, s.n.f.UnixPath) values: [a1, /a, /a]":                                                                                    {gstr("a1"), path, path},
		"(sun.nio.fs.UnixPath, sun.nio.fs.UnixPath, sun.nio.fs.UnixPath) values: [/a, /a, /a]":                                                                          {path, path, path},
		"(BigDecimal, BigInteger) values: [1.5, 1]":                                                                                                                     {dec("1.5"), bigInt("1")},
		"(nextflow.util.Duration) values: [1h]":                                                                                                                         {dur("1h")},
		"(IntRange) values: [1..3]":                                                                                                                                     {&Range{From: 1, To: 3}},
	} {
		check(t, want, MissingMethod(String("a"), "foo", args).Message,
			"No signature of method: java.lang.String.foo() is applicable for argument types: "+want)
	}
	check(t, "null", MissingMethod(nil, "foo", nil).Message, "Cannot invoke method foo() on null object")
	check(t, "property", MissingProperty(Int(1), "foo").Message, "No such property: foo for class: java.lang.Integer")
	check(t, "null property", MissingProperty(nil, "foo").Message, "Cannot get property 'foo' on null object")
}

func TestGroupKey(t *testing.T) {
	t.Parallel()
	k := &GroupKey{Key: MapOf("id", Int(1)), Size: 2}
	if v, ok := k.Property("groupSize"); !ok || v != Int(2) {
		t.Errorf("groupSize = %v, %v", v, ok)
	}
	if v, ok := k.Property("id"); !ok || v != Int(1) {
		t.Errorf("id = %v, %v", v, ok)
	}
	if !Equal(k, MapOf("id", Int(1))) || !KeyEqual(MapOf("id", Int(1)), k) || HashCode(k) != HashCode(k.Key) {
		t.Error("a group key does not equal its key")
	}
	check(t, "text", ToString(k), "[id:1]")
}
