package value

import "testing"

func classNamed(t *testing.T, name string) *Class {
	t.Helper()
	c, ok := ClassByName(name)
	if !ok {
		t.Fatalf("no class %s", name)
	}
	return c
}

const cast = "!! org.codehaus.groovy.runtime.typehandling.GroovyCastException: Cannot cast object "

func TestAsType(t *testing.T) {
	t.Parallel()
	r13 := span(t, Int(1), Int(3), false)
	file := &Path{Name: "/a", IsFile: true}
	for _, c := range []struct {
		v           Value
		class, want string
	}{
		{String("5"), "int", "java.lang.Integer 5"},
		{String(" 5 "), "Integer", "java.lang.Integer 5"},
		{String("5.5"), "Integer", `!! java.lang.NumberFormatException: For input string: "5.5"`},
		{String(""), "Integer", `!! java.lang.NumberFormatException: For input string: ""`},
		{String("5"), "long", "java.lang.Long 5"},
		{String("5.50"), "BigDecimal", "java.math.BigDecimal 5.50"},
		{String("5.5"), "double", "java.lang.Double 5.5"},
		{String("5"), "Double", "java.lang.Double 5.0"},
		{dec("-5.9"), "int", "java.lang.Integer -5"},
		{Long(3000000000), "int", "java.lang.Integer -1294967296"},
		{dec("1e20"), "int", "java.lang.Integer 1661992960"},
		{Double(1e20), "int", "java.lang.Integer 2147483647"},
		{Double(1e20), "long", "java.lang.Long 9223372036854775807"},
		{Int(5), "String", "java.lang.String 5"},
		{Int(5), "double", "java.lang.Double 5.0"},
		{Int(5), "BigDecimal", "java.math.BigDecimal 5"},
		{Float(0.1), "BigDecimal", "java.math.BigDecimal 0.1"},
		{Float(0.1), "double", "java.lang.Double 0.1"},
		{dec("5.7"), "BigInteger", "java.math.BigInteger 5"},
		{Int(0), "boolean", "java.lang.Boolean false"},
		{String("false"), "boolean", "java.lang.Boolean true"},
		{nil, "int", cast + "'null' with class 'null' to class 'int'. Try 'java.lang.Integer' instead"},
		{nil, "Integer", "null"},
		{nil, "boolean", "java.lang.Boolean false"},
		{nil, "String", "null"},
		{String("ab"), "char", "java.lang.Character a"},
		{Int(65), "char", "java.lang.Character A"},
		{String("abc"), "List", "java.util.ArrayList [a, b, c]"},
		{list(Int(1), Int(1)), "Set", "java.util.LinkedHashSet [1]"},
		{r13, "List", "groovy.lang.IntRange 1..3"},
		{r13, "ArrayList", "java.util.ArrayList [1, 2, 3]"},
		{NewSet(Int(1)), "List", "java.util.ArrayList [1]"},
		{MapOf("a", Int(1)), "List", "!! java.lang.UnsupportedOperationException"},
		{MapOf("a", Int(1)), "Map", "java.util.LinkedHashMap [a:1]"},
		{MapOf("a", Int(1)), "String", "java.lang.String [a:1]"},
		{list(String("1"), String("2")), "int[]", "java.util.ArrayList [1, 2]"},
		{list(Int(1)), "Integer", cast + "'[1]' with class 'java.util.ArrayList' to class 'java.lang.Integer'"},
		{list(Int(3), Int(1)), "TreeSet", "java.util.TreeSet [1, 3]"},
		{String("8 GB"), "MemoryUnit", "nextflow.util.MemoryUnit 8 GB"},
		{gstr("8 GB"), "nextflow.util.MemoryUnit", "nextflow.util.MemoryUnit 8 GB"},
		{Int(8), "MemoryUnit", "nextflow.util.MemoryUnit 8 B"},
		{String("x"), "MemoryUnit", "!! java.lang.IllegalArgumentException: Not a valid FileSize value: 'x'"},
		{String("1h"), "Duration", "nextflow.util.Duration 1h"},
		{Int(1000), "Duration", "nextflow.util.Duration 1s"},
		{String("x"), "Duration", "!! java.lang.IllegalArgumentException: Not a valid duration value: x"},
		{dur("1h"), "long", cast + "'1h' with class 'nextflow.util.Duration' to class 'java.lang.Long'"},
		{mem("8 GB"), "String", "java.lang.String 8 GB"},
		{String("/a/b"), "Path", "java.nio.file.Path /a/b"},
		{String(""), "Path", "!! java.lang.IllegalArgumentException: Path string cannot be empty"},
		{file, "Path", "java.nio.file.Path /a"},
		{ParsePath("/a"), "File", cast + "'/a' with class 'sun.nio.fs.UnixPath' to class 'java.io.File'"},
		{String("/a"), "File", "java.io.File /a"},
		{String("java.lang.String"), "Class", "java.lang.Class class java.lang.String"},
		{String("foo.Bar"), "Class", cast + "'foo.Bar' with class 'java.lang.String' to class 'java.lang.Class' due to: java.lang.ClassNotFoundException: foo.Bar"},
		{gstr("51"), "int", "java.lang.Integer 51"},
		{String("5"), "Number", cast + "'5' with class 'java.lang.String' to class 'java.lang.Number'"},
		{Int(5), "Number", "java.lang.Integer 5"},
		{String("x"), "BigDecimal", `!! java.lang.NumberFormatException: Character x is neither a decimal digit number, decimal point, nor "e" notation exponential mark.`},
		{String("x"), "double", `!! java.lang.NumberFormatException: For input string: "x"`},
		{String("NaN"), "double", "java.lang.Double NaN"},
		{String("1d"), "double", "java.lang.Double 1.0"},
		{String("1_000"), "int", `!! java.lang.NumberFormatException: For input string: "1_000"`},
		{String("+5"), "int", "java.lang.Integer 5"},
		{String("99999999999"), "int", `!! java.lang.NumberFormatException: For input string: "99999999999"`},
		{True, "int", cast + "'true' with class 'java.lang.Boolean' to class 'java.lang.Integer'"},
		{String("1.5e3"), "BigDecimal", "java.math.BigDecimal 1.5E+3"},
		{String(" 1.5 "), "double", "java.lang.Double 1.5"},
		{Int(300), "byte", "java.lang.Integer 44"},
		{Double(1.5), "BigInteger", "java.math.BigInteger 1"},
		{String("abc"), "String[]", "java.util.ArrayList [a, b, c]"},
	} {
		check(t, Inspect(c.v)+" as "+c.class, show(AsType(nil, c.v, classNamed(t, c.class))), c.want)
	}
}

func TestDeclaredTypes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		v           Value
		class, want string // "" where Groovy throws
	}{
		{Long(5), "int", "java.lang.Integer 5"},
		{dec("5.7"), "int", "java.lang.Integer 5"},
		{String("5"), "int", "java.lang.Integer 53"},
		{String("ab"), "int", ""},
		{gstr("5"), "int", "java.lang.Integer 53"},
		{nil, "int", ""},
		{nil, "Integer", "null"},
		{String("5"), "Integer", "java.lang.Integer 53"},
		{Int(5), "double", "java.lang.Double 5.0"},
		{Int(5), "BigDecimal", "java.math.BigDecimal 5"},
		{Int(5), "String", "java.lang.String 5"},
		{nil, "String", "null"},
		{gstr("a1"), "String", "java.lang.String a1"},
		{list(Int(1), Int(2)), "String", "java.lang.String [1, 2]"},
		{Int(5), "boolean", "java.lang.Boolean true"},
		{nil, "boolean", "java.lang.Boolean false"},
		{nil, "Boolean", "null"},
		{list(), "Boolean", "java.lang.Boolean false"},
		{Int(5), "List", ""},
		{list(Int(1)), "List", "java.util.ArrayList [1]"},
		{NewSet(Int(1)), "List", ""},
		{String("abc"), "List", ""},
		{list(Int(1), Int(1)), "Set", "java.util.LinkedHashSet [1]"},
		{list(Int(1)), "Map", ""},
		{String("/a"), "Path", ""},
		{ParsePath("/a"), "Path", "java.nio.file.Path /a"},
		{String("1h"), "Duration", ""},
		{Int(5), "MemoryUnit", ""},
		{String("/a"), "File", ""},
		{String("a"), "char", "java.lang.Character a"},
		{String("ab"), "char", ""},
		{Int(97), "char", "java.lang.Character a"},
		{Int(5), "Number", "java.lang.Integer 5"},
		{list(Int(1), Int(2)), "String[]", "java.util.ArrayList [1, 2]"},
		{String("a"), "String[]", "java.util.ArrayList [a]"},
		{list(Int(1)), "Collection", "java.util.ArrayList [1]"},
		{gstr("a1"), "CharSequence", "org.codehaus.groovy.runtime.GStringImpl a1"},
		{True, "int", ""},
		{Char('a'), "int", "java.lang.Integer 97"},
		{list(Int(1)), "Integer", ""},
		{Long(3000000000), "Integer", "java.lang.Integer -1294967296"},
		{dec("1e30"), "long", "java.lang.Long 5076944270305263616"},
		{Int(300), "byte", "java.lang.Integer 44"},
		{Int(5), "def", "java.lang.Integer 5"},
		{MapOf("a", Int(1)), "Map<String,Integer>", "java.util.LinkedHashMap [a:1]"},
	} {
		v, ok := Coerce(c.v, classNamed(t, c.class))
		got := ""
		if ok {
			got = show(v, nil)
		}
		check(t, c.class+" x = "+Inspect(c.v), got, c.want)
	}
}

func TestInstanceof(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		v     Value
		class string
		want  bool
	}{
		{list(), "List", true},
		{list(), "Collection", true},
		{list(), "Iterable", true},
		{list(), "ArrayList", true},
		{list(), "Map", false},
		{NewMap(0), "Map", true},
		{NewMap(0), "LinkedHashMap", true},
		{NewMap(0), "HashMap", true},
		{gstr("a"), "String", false},
		{gstr("a"), "GString", true},
		{gstr("a"), "CharSequence", true},
		{Int(1), "Number", true},
		{Int(1), "Comparable", true},
		{Int(1), "int", true},
		{Int(1), "Long", false},
		{dec("1.5"), "BigDecimal", true},
		{nil, "Object", false},
		{ParsePath("/a"), "Path", true},
		{&Closure{}, "Closure", true},
		{&Closure{}, "Runnable", true},
		{NewSet(), "HashSet", true},
		{dur("1h"), "nextflow.util.Duration", true},
		{Throw("java.io.IOException", "x"), "Exception", true},
		{Throw("java.io.IOException", "x"), "Throwable", true},
		{Throw("java.io.IOException", "x"), "RuntimeException", false},
		{String("a"), "java.io.Serializable", true},
		{&List{Kind: Tuple}, "List", true},
		{&List{Kind: Bag}, "List", true},
		{&Range{}, "List", true},
	} {
		if got := InstanceOf(c.v, classNamed(t, c.class)); got != c.want {
			t.Errorf("%s instanceof %s = %v", Inspect(c.v), c.class, got)
		}
	}
	for _, name := range []string{"Foo", "java.lang.Foo", "", "[]", "ArrayTuple"} {
		if c, ok := ClassByName(name); ok {
			t.Errorf("ClassByName(%q) = %s", name, c.Name)
		}
	}
	a, b := classNamed(t, "String[]"), classNamed(t, "String[]")
	if a != b || a.Name != "[Ljava.lang.String;" {
		t.Errorf("String[] is %s", a.Name)
	}
}
