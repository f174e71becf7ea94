package interp

import (
	"errors"
	"testing"

	"sluice/internal/lang/value"
)

// TestClasses: what the conformance cases lang/classes_* do not reach.
func TestClasses(t *testing.T) {
	for _, c := range []struct{ name, script, want string }{
		{
			"records", "record R { a: Integer\n b: String }\nprintln new R(a: 1, b: 'x')\nprintln new R(1, 'x') == new R(a: 1, b: 'x')\nprintln([new R(1, 'x')] as Set == [new R(1, 'x')] as Set)",
			"R[a=1, b=x]\ntrue\ntrue\n",
		},
		{"super of super", "class A { def m() { 'a' } }\nclass B extends A { def m() { super.m() + 'b' } }\nclass C extends B { def m() { super.m() + 'c' } }\nprintln new C().m()", "abc\n"},
		{"virtual calls", "class A { def m() { n() }\n def n() { 'A' } }\nclass B extends A { def n() { 'B' } }\nprintln new A().m() + new B().m()", "AB\n"},
		{"field of a parent under the same name", "class A { def v = 1\n def a() { v } }\nclass B extends A { def v = 2\n def b() { v } }\ndef o = new B()\nprintln o.a() + ' ' + o.b() + ' ' + o.v", "1 2 2\n"},
		{"inner classes", "class O { static int n = 3\n static class I { def m() { n + k() } }\n static k() { 1 }\n def i() { new I().m() } }\nprintln new O().i() + new O.I().m()", "8\n"},
		{"overloads", "class A { static f(Integer i) { 'i' }\n static f(Number n) { 'n' }\n static f(String s) { 's' }\n static f(Object o) { 'o' } }\nprintln A.f(1) + A.f(1.5) + A.f(\"${1}\") + A.f([])", "inso\n"},
		{"declared types", "class A { int n\n String s\n boolean b\n static boolean t(x) { x }\n void v() { 1 } }\ndef a = new A(n: 2.7, s: \"${1}\")\nprintln a.n + ' ' + (a.s instanceof String) + a.b + A.t('x') + A.t(null) + a.v()", "2 truefalsetruefalsenull\n"},
		{"closures see this", "class A { def n = 1\n def m() { [1, 2].collect { a -> [a].collect { b -> n += b; n } } } }\nprintln new A().m()", "[[2], [4]]\n"},
		{"exceptions keep fields", "class E extends RuntimeException { int code\n E(String m, int c) { super(m); code = c } }\ntry { throw new E('bad', 7) } catch (E e) { println e.message + e.code + e }", "bad7E: bad\n"},
		{"enum", "enum E { A, B\n def up() { this == A ? B : A } }\nprintln E.A.up().up() == E.A\nprintln E.values().collectEntries { [(it): it.ordinal()] }\nprintln 'B' as E", "true\n[A:0, B:1]\nB\n"},
		{"method pointers", "class A { static twice(x) { 2 * x }\n def n = 5\n def add(x) { x + n }\n def all() { [1, 2].collect(this.&add) } }\nprintln([1, 2].collect(A.&twice) + new A().all())", "[2, 4, 6, 7]\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := run(t, "t.nf", c.script)
			if err != nil {
				t.Fatalf("%v\nprinted so far:\n%s", err, got)
			}
			if got != c.want {
				t.Errorf("printed\n%swant\n%s", got, c.want)
			}
		})
	}
}

func TestClassErrors(t *testing.T) {
	for _, c := range []struct{ script, class, message string }{
		{"class A { int n }\nnew A(1)", "groovy.lang.GroovyRuntimeException", "Could not find matching constructor for: A(Integer)"},
		{"class A { int n }\nnew A(m: 1)", "groovy.lang.MissingPropertyException", "No such property: m for class: A"},
		{"class A { final int n = 1 }\nnew A().n = 2", "groovy.lang.ReadOnlyPropertyException", "Cannot set readonly property: n for class: A"},
		{"class A { def m(x) { x } }\nnew A().m()", "groovy.lang.MissingMethodException", "No signature of method: A.m() is applicable for argument types: () values: []"},
		{"class A { String toString() { throw new IllegalStateException('no text') } }\nprintln \"${new A()}\"", "java.lang.IllegalStateException", "no text"},
		{"class A { boolean equals(Object o) { throw new IllegalStateException('no ==') } }\nnew A() == new A()", "java.lang.IllegalStateException", "no =="},
		{"class A { String toString() { \"$this\" } }\nprintln new A()", "java.lang.StackOverflowError", "calls of `toString` nest too deep"},
		{"class A extends ArrayList { }\nnew A()", "groovy.lang.GroovyRuntimeException", "`ArrayList` cannot be extended: classes extend exceptions and classes of the pipeline"},
	} {
		_, err := run(t, "t.nf", c.script)
		var e *value.Exception
		if !errors.As(err, &e) {
			t.Errorf("%s\ngives %v", c.script, err)
			continue
		}
		if e.Of.Name != c.class || e.Message != c.message {
			t.Errorf("%s\ngives %s: %s\nwant %s: %s", c.script, e.Of.Name, e.Message, c.class, c.message)
		}
	}
}
