package syntax

import (
	"go/ast"
	goparser "go/parser"
	"go/token"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"sluice/internal/lang/langtest"
	"sluice/internal/lang/source"
	"sluice/internal/lang/value"
)

// The order follows the grammar that the original engine uses; each row was
// checked against it by value.
func TestPrecedence(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ text, want string }{
		{"-2**2", "(-(2 ** 2))"},
		{"2**-1", "(2 ** -1)"},
		{"2**3**2", "((2 ** 3) ** 2)"},
		{"1..3+1", "(1..(3 + 1))"},
		{"1..<n - 1", "(1..<(n - 1))"},
		{"!true == false", "((!true) == false)"},
		{"!x instanceof Map", "((!x) instanceof Map)"},
		{"-1.abs()", "(-1.abs())"},
		{"1 << 2 + 1", "(1 << (2 + 1))"},
		{"5 & 3 == 1", "(5 & (3 == 1))"},
		{"a | b ^ c & d", "(a | (b ^ (c & d)))"},
		{"a || b && c", "(a || (b && c))"},
		{"'a' + 1 in ['a1']", "(('a' + 1) in ['a1'])"},
		{"a == b =~ c", "((a == b) =~ c)"},
		{"a < b == c < d", "((a < b) == (c < d))"},
		{"a <=> b == 0", "((a <=> b) == 0)"},
		{"a as int + 1", "((a as int) + 1)"},
		{"a + 1 as int", "((a + 1) as int)"},
		{"a ? b : c ? d : e", "(a ? b : (c ? d : e))"},
		{"a ?: b ?: c", "(a ?: (b ?: c))"},
		{"a == 1 ? b : c", "((a == 1) ? b : c)"},
		{"a = b = c", "(a = (b = c))"},
		{"a += b ?: c", "(a += (b ?: c))"},
		{"x ?= y", "(x ?= y)"},
		{"a - b - c", "((a - b) - c)"},
		{"a * b % c / d", "(((a * b) % c) / d)"},
		{"a\n.b", "a.b"},
		{"a !in b", "(a !in b)"},
		{"(int) x + 1", "((x as int) + 1)"},
		{"(a) - 1", "(a - 1)"},
		{"(String) x", "(x as String)"},
		{"(x) ? 1 : 2", "(x ? 1 : 2)"},
		{"~/a+/", "(~/a+/)"},
		{"a ? [1] : [2]", "(a ? [1] : [2])"},
		{"a ?[1]:[2]", "(a ? [1] : [2])"},
		{"1 / 2 / 3", "((1 / 2) / 3)"},
	} {
		x, diags := ParseExpr(source.NewFile("x.nf", tc.text))
		if len(diags) > 0 {
			t.Errorf("%s: %s", tc.text, diags.Short())
			continue
		}
		if got := group(x); got != tc.want {
			t.Errorf("%s: got %s, want %s", tc.text, got, tc.want)
		}
	}
}

func TestStatements(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ text, want string }{
		{"println x", "println(x)"},
		{"foo a, b: 1", "foo(a, 'b': 1)"},
		{"foo.bar 'x', y", "foo.bar('x', y)"},
		{"x = foo a", "(x = foo(a))"},
		{"foo -1", "(foo - 1)"},
		{"foo [1]", "foo[1]"},
		{"foo (1)", "foo(1)"},
		{"foo !x", "foo((!x))"},
		{"a b c d", "a(b).c(d)"},
		{"f { 1 }", "f({ 1 })"},
		{"f(1) { 2 }", "f(1, { 2 })"},
		{"f { 1 }, { 2 }", "f({ 1 }, { 2 })"},
		{"f(1), { 2 }", "f(1, { 2 })"},
		{"f('a')\n{ 1 }", "f('a', { 1 })"},
		{"ch | map { it } | view", "((ch | map({ it })) | view)"},
		{"x\n| y", "(x | y)"},
		{"x\n/ 2", "(x / 2)"},
		{"x\n  ?.y", "x.y"},
		{"x\n  ? 1\n  : 2", "(x ? 1 : 2)"},
	} {
		b, diags := ParseSnippet(source.NewFile("x.nf", tc.text))
		if len(diags) > 0 {
			t.Errorf("%q: %s", tc.text, diags.Short())
			continue
		}
		if len(b.Stmts) != 1 {
			t.Errorf("%q: %d statements", tc.text, len(b.Stmts))
			continue
		}
		s, ok := b.Stmts[0].(*ExprStmt)
		if !ok {
			t.Errorf("%q: got a %T", tc.text, b.Stmts[0])
			continue
		}
		if got := strings.ReplaceAll(group(s.X), "{ ", "{ "); quoteKeys(got) != quoteKeys(tc.want) {
			t.Errorf("%q: got %s, want %s", tc.text, got, tc.want)
		}
	}
}

// quoteKeys drops the quotes of keys: a name and a string are the same key.
func quoteKeys(s string) string { return strings.ReplaceAll(s, "'b':", "b:") }

func TestStrings(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ text, want string }{
		{`'a\tb\'\\\$\u0041\101\s'`, "a\tb'\\$AA "},
		{`'$x'`, "$x"},
		{"'''\\\n  abc\n   d\\\n  e'''", "  abc\n   d  e"},
		{"'''a\r\nb'''", "a\nb"},
		{`"""a""b"c"""`, `a""b"c`},
		{`"""a""""`, `a"`},
		{`''''''`, ""},
		{`/a\/b\d\\n/`, `a/b\d\\n`},
		{"/a\\\nb \\u0041 \\\\u0041 \\\\\\u0041 q/", `ab A \\u0041 \\A q`},
		{"/a $ b$/", "a $ b$"},
		{"$/a$$b $/c/d/$", "a$b /c/d"},
		{"$/a\\\nb \\u0041 \\/ $$x $/$ \\\\u0041 /$", `ab A \/ $x /$ \\u0041 `},
	} {
		x, diags := ParseExpr(source.NewFile("x.nf", tc.text))
		if len(diags) > 0 {
			t.Errorf("%s: %s", tc.text, diags.Short())
			continue
		}
		lit, ok := x.(*Literal)
		if !ok || literalText(lit) != tc.want {
			t.Errorf("%s: got %s, want %q", tc.text, dump(x), tc.want)
		}
	}
}

func TestGStrings(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ text, want string }{
		{`"$x"`, `gstring["" ""] x`},
		{`"$x.a.b $x.a. ${x.a}.b"`, `gstring["" " " ". " ".b"] .b(safe=false,spread=false,field=false) .a(safe=false,spread=false,field=false) x .a(safe=false,spread=false,field=false) x .a(safe=false,spread=false,field=false) x`},
		{`"\$x $y"`, `gstring["$x " ""] y`},
		{`"${}"`, `gstring["" ""] <nil>:null`},
		{`"${-> x}"`, `gstring["" ""] closure(0,arrow=true) ExprStmt x`},
		{`"${w -> w}"`, `gstring["" ""] closure(1,arrow=true) param:w(variadic=false) ExprStmt w`},
		{`"a${"b${c}"}"`, `gstring["a" ""] gstring["b" ""] c`},
		{`/a\/${x}$/`, `gstring["a/" "$"] x`},
		{`$/$$a $a/$`, `gstring["$a " ""] a`},
		{`"${[1, 2].collect { "$it" }}"`, `gstring["" ""] call(1) .collect(safe=false,spread=false,field=false) list(2) value.Int:1 value.Int:2 closure(0,arrow=false) ExprStmt gstring["" ""] it`},
	} {
		x, diags := ParseExpr(source.NewFile("x.nf", tc.text))
		if len(diags) > 0 {
			t.Errorf("%s: %s", tc.text, diags.Short())
			continue
		}
		if got := dump(x); got != tc.want {
			t.Errorf("%s:\n got %s\nwant %s", tc.text, got, tc.want)
		}
	}
}

func TestNumbers(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ text, want string }{
		{"1", "value.Int:1"},
		{"1_000", "value.Int:1000"},
		{"017", "value.Int:15"},
		{"0x1F", "value.Int:31"},
		{"0b11", "value.Int:3"},
		{"0xFFFFFFFF", "value.Long:4294967295L"},
		{"2147483647", "value.Int:2147483647"},
		{"2147483648", "value.Long:2147483648L"},
		{"-2147483648", "value.Int:-2147483648"},
		{"9223372036854775808", "value.BigInt:9223372036854775808g"},
		{"1L", "value.Long:1L"},
		{"1g", "value.BigInt:1g"},
		{"1.50", "value.Decimal:1.50"},
		{".5", "value.Decimal:0.5"},
		{"1.5f", "value.Float:1.5f"},
		{"1d", "value.Double:1d"},
	} {
		x, diags := ParseExpr(source.NewFile("x.nf", tc.text))
		if len(diags) > 0 {
			t.Errorf("%s: %s", tc.text, diags.Short())
			continue
		}
		if got := dump(x); got != tc.want {
			t.Errorf("%s: got %s, want %s", tc.text, got, tc.want)
		}
	}
	x, _ := ParseExpr(source.NewFile("x.nf", "1e3"))
	if d, ok := x.(*Literal).Value.(value.Decimal); !ok || d.Decimal.String() != "1E+3" {
		t.Errorf("1e3: got %v", x.(*Literal).Value)
	}
}

var wantError = regexp.MustCompile(`"((?:[^"\\]|\\.)*)"`)

// TestChunks parses the chunks of testdata/*.nf and *.config. Expected
// diagnostics stand in `/// error "…"` comments on the line they are for.
func TestChunks(t *testing.T) {
	t.Parallel()
	for _, f := range chunks(t) {
		t.Run(f.Name, func(t *testing.T) {
			tree, diags := parseFile(f)
			got := map[int][]string{}
			for _, d := range diags {
				line := d.Span.Position().Line
				got[line] = append(got[line], d.Message)
			}
			failing := false
			for line := 1; line <= f.NumLines(); line++ {
				_, comment, _ := strings.Cut(f.Line(line), "/// error ")
				for _, m := range wantError.FindAllString(comment, -1) {
					want, err := strconv.Unquote(m)
					if err != nil {
						t.Fatalf("line %d: %v", line, err)
					}
					failing = true
					if !takeOut(got, line, want) {
						t.Errorf("line %d: missing %q", line, want)
					}
				}
			}
			for line, messages := range got {
				t.Errorf("line %d: unexpected %q", line, messages)
			}
			if !failing {
				roundTrip(t, f, tree)
			}
		})
	}
}

func takeOut(got map[int][]string, line int, want string) bool {
	for i, m := range got[line] {
		if m != want {
			continue
		}
		got[line] = append(got[line][:i], got[line][i+1:]...)
		if len(got[line]) == 0 {
			delete(got, line)
		}
		return true
	}
	return false
}

// chunks reads all chunks of testdata, named by file and number.
func chunks(t testing.TB) []*source.File {
	t.Helper()
	return langtest.Chunks(t, "*.nf", "*.config", "*.groovy")
}

// Every node must be printed and walked.
func TestNodesAreHandled(t *testing.T) {
	t.Parallel()
	nodes := nodeTypes(t)
	if len(nodes) < 60 {
		t.Fatalf("only %d nodes found in ast.go", len(nodes))
	}
	printed, walked := "", ""
	for _, name := range []string{"print.go", "print_expr.go", "print_decl.go"} {
		printed += readFile(t, name)
	}
	walked = readFile(t, "walk.go")
	for _, n := range nodes {
		if !regexp.MustCompile(`\*`+n+`\b`).MatchString(printed) && !partOfAnother[n] {
			t.Errorf("print does not mention %s", n)
		}
		if !regexp.MustCompile(`\*` + n + `\b`).MatchString(walked) {
			t.Errorf("walk does not mention %s", n)
		}
	}
}

// partOfAnother is written by the code of the node that holds it.
var partOfAnother = map[string]bool{
	"Case": true, "Catch": true, "IncludeItem": true, "TakeDecl": true, "TypedParam": true,
	"OutputDef": true, "FieldDef": true,
}

func readFile(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// nodeTypes are the types of ast.go that embed At.
func nodeTypes(t *testing.T) []string {
	t.Helper()
	f, err := goparser.ParseFile(token.NewFileSet(), "ast.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	ast.Inspect(f, func(n ast.Node) bool {
		spec, ok := n.(*ast.TypeSpec)
		if !ok {
			return true
		}
		s, ok := spec.Type.(*ast.StructType)
		if !ok || len(s.Fields.List) == 0 {
			return true
		}
		if id, ok := s.Fields.List[0].Type.(*ast.Ident); ok && id.Name == "At" && len(s.Fields.List[0].Names) == 0 {
			names = append(names, spec.Name.Name)
		}
		return true
	})
	return names
}
