package value

import (
	"errors"
	"testing"
)

func TestToStringAndInspect(t *testing.T) {
	t.Parallel()
	self := list(Int(1))
	self.Elems = append(self.Elems, self)
	loop := MapOf("a", Int(1))
	loop.Set(String("b"), loop)
	mixed := NewMap(0)
	mixed.Set(String("a"), Int(1))
	mixed.Set(String("b c"), nil)
	mixed.Set(Int(1), Int(3))
	staged := &Path{Name: "/data/a.txt", Stage: "b.txt"}
	for _, c := range []struct {
		v             Value
		text, inspect string
	}{
		{nil, "null", "null"},
		{list(Int(1), String("a"), nil), "[1, a, null]", "[1, 'a', null]"},
		{mixed, "[a:1, b c:null, 1:3]", "['a':1, 'b c':null, 1:3]"},
		{NewMap(0), "[:]", "[:]"},
		{list(), "[]", "[]"},
		{NewSet(String("a")), "[a]", "['a']"},
		{list(MapOf("a", list(Int(1), MapOf("b", Int(2))))), "[[a:[1, [b:2]]]]", "[['a':[1, ['b':2]]]]"},
		{dec("1.50"), "1.50", "1.50"},
		{ClassRef{StringClass}, "class java.lang.String", "class java.lang.String"},
		{ClassRef{IntType}, "int", "int"},
		{ClassRef{ListClass}, "interface java.util.List", "interface java.util.List"},
		{self, "[1, (this Collection)]", "[1, (this Collection)]"},
		{loop, "[a:1, b:(this Map)]", "['a':1, 'b':(this Map)]"},
		{String("a\nb\t\\'\"$"), "a\nb\t\\'\"$", `'a\nb\t\\\'"$'`},
		{gstr("a1"), "a1", `"a1"`},
		{span(t, Int(1), Int(3), false), "1..3", "1..3"},
		{span(t, String("a"), String("c"), false), "a..c", "'a'..'c'"},
		{list(ParsePath("/a")), "[/a]", "[/a]"},
		{dur("90m"), "1h 30m", "1h 30m"},
		{Char('c'), "c", "c"},
		{True, "true", "true"},
		{staged, "b.txt", "b.txt"},
		{Throw("java.lang.Exception", "x"), "java.lang.Exception: x", "java.lang.Exception: x"},
		{&Path{Scheme: "https", Name: "x.org/a/b.txt?c=d"}, "/a/b.txt", "/a/b.txt"},
		{&Path{Scheme: "s3", Name: "b/k"}, "/b/k", "/b/k"},
	} {
		check(t, "ToString", ToString(c.v), c.text)
		check(t, "Inspect", Inspect(c.v), c.inspect)
	}
}

func TestRender(t *testing.T) {
	t.Parallel()
	n := 0
	g := &GString{Strs: []string{"a", "b", "c"}, Vals: []Value{Int(1), nil}, Lazy: map[int]func() (Value, error){
		1: func() (Value, error) { n++; return Int(n), nil },
	}}
	for _, want := range []string{"a1b1c", "a1b2c"} {
		got, err := Render(g)
		if err != nil || got != want {
			t.Errorf("Render = %q, %v; want %q", got, err, want)
		}
	}
	bad := errors.New("no")
	g.Lazy[1] = func() (Value, error) { return nil, bad }
	if _, err := Render(g); !errors.Is(err, bad) {
		t.Errorf("Render error = %v", err)
	}
	if _, err := Text(list(g)); !errors.Is(err, bad) {
		t.Errorf("Text error = %v", err)
	}
}

func TestDeepNesting(t *testing.T) {
	t.Parallel()
	a, b := list(), list()
	a.Elems, b.Elems = []Value{b}, []Value{a}
	if _, err := Text(a); err == nil {
		t.Error("lists that hold each other print without an error")
	}
}
