package stdlib

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sluice/internal/lang/value"
	"sluice/internal/storage/local"
)

// host is a world in memory.
type host struct {
	t   *Table
	out strings.Builder
}

func (h *host) Call(th *value.Thread, recv value.Value, name string, args []value.Value) (value.Value, error) {
	return h.t.Call(th, recv, name, args...)
}

func (h *host) Property(th *value.Thread, recv value.Value, name string) (value.Value, error) {
	v, ok, err := h.t.Property(th, recv, name)
	if err == nil && !ok {
		err = value.MissingProperty(recv, name)
	}
	return v, err
}

func (h *host) Print(s string)                  { h.out.WriteString(s) }
func (h *host) Log(level, message string)       { h.out.WriteString(level + ": " + message) }
func (*host) Getenv(name string) (string, bool) { return "value of " + name, true }
func (*host) LaunchDir() string                 { return "/launch" }

func thread(t *Table) (*value.Thread, *host) {
	h := &host{t: t}
	return &value.Thread{Context: context.Background(), Host: h}, h
}

// TestDefinitions checks that each entry is documented and declares kinds that exist.
func TestDefinitions(t *testing.T) {
	t.Parallel()
	check := func(where string, list []def) {
		for _, d := range list {
			if d.name == "" || d.doc == "" || d.fn == nil {
				t.Errorf("%s.%s lacks a name, a sentence or a function", where, d.name)
			}
			if d.params == "" {
				continue
			}
			for p := range strings.SplitSeq(d.params, ", ") {
				_, typ, typed := strings.Cut(p, ":")
				typ, _, _ = strings.Cut(typ, "=")
				typ = strings.TrimSuffix(strings.TrimSuffix(strings.TrimSpace(typ), "..."), "?")
				if _, known := kindNames[typ]; typed && !known {
					t.Errorf("%s.%s(%s): unknown kind %q", where, d.name, d.params, typ)
				}
			}
		}
	}
	for _, c := range classDefs {
		for _, build := range []func() []def{c.methods, c.statics, c.constructors} {
			if build != nil {
				check(c.class.Name, build())
			}
		}
	}
	check("global", globalFunctions())
}

func TestClassesAppearOnce(t *testing.T) {
	t.Parallel()
	seen := map[*value.Class]bool{}
	for _, c := range classDefs {
		if seen[c.class] {
			t.Errorf("%s is defined twice", c.class.Name)
		}
		seen[c.class] = true
	}
}

func TestMethodArity(t *testing.T) {
	t.Parallel()
	table := New()
	for _, tc := range []struct {
		class    *value.Class
		name     string
		min, max int
	}{
		{value.StringClass, "substring", 1, 2},
		{value.StringClass, "tokenize", 0, 1},
		{value.ArrayListClass, "collate", 1, 3},
		{value.ClosureClass, "call", 0, -1},
		{value.ArrayListClass, "inject", 1, 2},
	} {
		m := table.Method(tc.class, tc.name)
		if m == nil || m.Min != tc.min || m.Max != tc.max {
			t.Errorf("%s.%s is %+v", tc.class.Name, tc.name, m)
		}
	}
	if m := table.Method(value.StringClass, "noSuchMethod"); m != nil {
		t.Errorf("found %+v", m)
	}
}

func TestMissingMethod(t *testing.T) {
	t.Parallel()
	table := New()
	th, _ := thread(table)
	for _, tc := range []struct {
		recv value.Value
		name string
		args []value.Value
		want string
	}{
		{value.String("abc"), "substring", []value.Value{value.String("x")}, "No signature of method: java.lang.String.substring() is applicable for argument types: (String) values: [x]\nPossible solution: substring(beginIndex: Integer, endIndex: Integer = 0)"},
		{value.String("abc"), "nope", nil, "No signature of method: java.lang.String.nope() is applicable for argument types: () values: []"},
		{value.NewList(), "take", nil, "No signature of method: java.util.ArrayList.take() is applicable for argument types: () values: []\nPossible solution: take(n: Integer)"},
		{nil, "size", nil, "Cannot invoke method size() on null object"},
	} {
		_, err := table.Call(th, tc.recv, tc.name, tc.args...)
		if err == nil || err.Error() != tc.want {
			t.Errorf("%s: %v", tc.name, err)
		}
	}
}

func TestAddComesFirst(t *testing.T) {
	t.Parallel()
	table := New()
	th, _ := thread(table)
	if v, err := table.Call(th, value.String("a"), "size"); err != nil || v != value.Value(value.Int(1)) {
		t.Fatalf("size is %v, %v", v, err)
	}
	table.Add(value.StringClass,
		&Method{Name: "size", Max: 0, Fn: func(*value.Thread, value.Value, []value.Value) (value.Value, error) { return value.Int(42), nil }},
		&Method{Name: "splitCsv", Max: -1, Fn: func(_ *value.Thread, recv value.Value, args []value.Value) (value.Value, error) {
			return value.Int(len(args)), nil
		}})
	if v, err := table.Call(th, value.String("a"), "size"); err != nil || v != value.Value(value.Int(42)) {
		t.Errorf("added size gives %v, %v", v, err)
	}
	if v, err := table.Call(th, value.String("a"), "splitCsv", value.Int(1), nil); err != nil || v != value.Value(value.Int(2)) {
		t.Errorf("splitCsv gives %v, %v", v, err)
	}
	names := table.Names(value.StringClass)
	if i := indexOfName(names, "splitCsv"); i < 0 || indexOfName(names, "toString") < 0 || indexOfName(names, "tokenize") < 0 {
		t.Errorf("names are %v", names)
	}
}

func indexOfName(names []string, name string) int {
	for i, n := range names {
		if n == name {
			return i
		}
	}
	return -1
}

func TestClassNames(t *testing.T) {
	t.Parallel()
	table := New()
	for _, tc := range []struct{ name, want string }{
		{"String", "java.lang.String"},
		{"java.util.Date", "java.util.Date"},
		{"Date", "java.util.Date"},
		{"File", "java.io.File"},
		{"groovy.json.JsonSlurper", "groovy.json.JsonSlurper"},
		{"JsonSlurper", ""},
		{"LocalDate", ""},
		{"java.time.LocalDate", "java.time.LocalDate"},
		{"IllegalArgumentException", "java.lang.IllegalArgumentException"},
		{"org.codehaus.groovy.GroovyException", "org.codehaus.groovy.GroovyException"},
		{"Nope", ""},
		{"nextflow.extension.FilesEx", "nextflow.extension.FilesEx"},
	} {
		c, ok := table.Class(tc.name)
		if ok != (tc.want != "") || ok && c.Name != tc.want {
			t.Errorf("%s is %v, %v", tc.name, c, ok)
		}
	}
}

func TestSetProperty(t *testing.T) {
	t.Parallel()
	table := New()
	th, _ := thread(table)
	m := value.MapOf("a", value.Int(1))
	if ok, err := table.SetProperty(th, m, "b", value.Int(2)); !ok || err != nil || m.GetString("b") != value.Value(value.Int(2)) {
		t.Errorf("map property: %v, %v", ok, err)
	}
	maps := value.NewList(value.NewMap(0), value.NewMap(0))
	if ok, err := table.SetProperty(th, maps, "x", value.Int(3)); !ok || err != nil || value.ToString(maps) != "[[x:3], [x:3]]" {
		t.Errorf("list property: %v, %v, %s", ok, err, value.ToString(maps))
	}
	if ok, err := table.SetProperty(th, value.Int(1), "x", nil); ok || err != nil {
		t.Errorf("number property: %v, %v", ok, err)
	}
	if _, err := table.SetProperty(th, nil, "x", nil); err == nil || err.Error() != "Cannot set property 'x' on null object" {
		t.Errorf("null property: %v", err)
	}
}

func TestPrinting(t *testing.T) {
	t.Parallel()
	table := New()
	th, h := thread(table)
	for _, m := range table.Globals() {
		switch m.Name {
		case "println":
			if _, err := m.Fn(th, nil, []value.Value{value.NewList(value.Int(1))}); err != nil {
				t.Error(err)
			}
		case "printf":
			if _, err := m.Fn(th, nil, []value.Value{value.String("%03d\n"), value.Int(7)}); err != nil {
				t.Error(err)
			}
		}
	}
	if got := h.out.String(); got != "[1]\n007\n" {
		t.Errorf("printed %q", got)
	}
}

func TestExit(t *testing.T) {
	t.Parallel()
	table := New()
	th, _ := thread(table)
	_, err := table.Static(value.SystemClass, "exit").Fn(th, nil, []value.Value{value.Int(3)})
	var exit *ExitError
	if !errors.As(err, &exit) || exit.Code != 3 {
		t.Errorf("System.exit gives %v", err)
	}
}

func TestTemplateSource(t *testing.T) {
	t.Parallel()
	got := TemplateSource("Hi $name, \"<% if (x) { %>yes<% } %>\" <%= 1+1 %> ${m[\"a\"]}\n")
	want := `out << """Hi $name, \""""
if (x) {
out << """yes"""
}
out << """\" """
out << """${1+1}"""
out << """ ${m["a"]}
"""
`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestTimeFormats(t *testing.T) {
	t.Parallel()
	at := time.Date(2021, 3, 4, 15, 6, 7, 89e6, time.UTC)
	for pattern, want := range map[string]string{
		"yyyy-MM-dd'T'HH:mm:ss.SSSX": "2021-03-04T15:06:07.089Z",
		"d MMM yy h:mm a":            "4 Mar 21 3:06 PM",
		"EEEE, MMMM dd":              "Thursday, March 04",
		"yyyy_MM_dd-HH_mm_ss":        "2021_03_04-15_06_07",
	} {
		got, err := formatTime(at, pattern)
		if err != nil || got != want {
			t.Errorf("%s prints %q, %v; want %q", pattern, got, err, want)
		}
		if !strings.Contains(pattern, "yyyy-") {
			continue
		}
		back, err := parseTime(got, pattern, time.UTC)
		if err != nil || !back.Equal(at) {
			t.Errorf("%s reads back as %v, %v", got, back, err)
		}
	}
	if _, err := formatTime(at, "yyyy-bb"); err == nil {
		t.Error("a pattern with a letter that means nothing is taken")
	}
}

func TestGlobEscapesAndErrors(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{"a*": true, "a?": true, "{a,b}": true, "[ab]": true, `a\*`: false, "a.txt": false, "a[": false} {
		if got := IsGlob(text); got != want {
			t.Errorf("IsGlob(%q) is %v", text, got)
		}
	}
	base, rest := SplitGlob("/data/x/*/y.txt")
	if base != "/data/x" || rest != "*/y.txt" {
		t.Errorf("SplitGlob gives %q, %q", base, rest)
	}
	if _, err := Glob(context.Background(), &local.Storage{}, &value.Path{Name: t.TempDir()}, "{a", GlobOptions{}); err == nil {
		t.Error("an open brace is taken")
	}
	if list, err := Glob(context.Background(), &local.Storage{}, &value.Path{Name: "/no/such/dir"}, "*", GlobOptions{}); err != nil || len(list) != 0 {
		t.Errorf("missing base gives %v, %v", list, err)
	}
}

func FuzzParseJSON(f *testing.F) {
	for _, s := range []string{`{"a":[1,2.5,null,"x\u00e9"]}`, `[`, `"\ud83d\ude00"`, `{"a":`, `-1e5`, `[1,]`} {
		f.Add(s)
	}
	table := New()
	th, _ := thread(table)
	c := call{t: table, th: th}
	f.Fuzz(func(t *testing.T, s string) {
		v, err := ParseJSON(s)
		if err != nil {
			return
		}
		text, err := c.jsonText(v, nil)
		if err != nil {
			return
		}
		again, err := ParseJSON(text)
		if err != nil || !value.Equal(v, again) {
			t.Errorf("%q becomes %q, then %v, %v", s, text, again, err)
		}
	})
}

func FuzzFormat(f *testing.F) {
	for _, s := range []string{"%5.2f|%-5s|%d%%", "%", "%2$s %1$s", "%,d", "%tY", "%<s", "%0"} {
		f.Add(s)
	}
	args := []value.Value{value.Double(1.5), value.String("x"), value.Int(7), nil}
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > 50 || strings.ContainsAny(s, "0123456789") && len(s) > 12 {
			return
		}
		out, err := formatJava(s, args)
		if err == nil && !strings.Contains(s, "%") && out != s {
			t.Errorf("%q prints %q", s, out)
		}
	})
}

func FuzzGlob(f *testing.F) {
	for _, s := range []string{"*.txt", "**/a?", "{a,b}[!c]", `\*`, "[", "[]"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		re, err := globRegexp(s)
		if err == nil && re == nil {
			t.Error("neither pattern nor error")
		}
	})
}

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		New()
	}
}

func BenchmarkMethod(b *testing.B) {
	table := New()
	th, _ := thread(table)
	for b.Loop() {
		if _, err := table.Method(value.StringClass, "contains").Fn(th, value.String("abc"), []value.Value{value.String("b")}); err != nil {
			b.Fatal(err)
		}
	}
}
