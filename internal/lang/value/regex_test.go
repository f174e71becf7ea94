package value

import (
	"strings"
	"testing"
)

func pattern(t *testing.T, source string) *Pattern {
	t.Helper()
	p, err := NewPattern(source, 0)
	if err != nil {
		t.Fatalf("%s: %v", source, err)
	}
	return p
}

// Recorded from Nextflow 25.04 (Java's own results).
func TestReplaceAll(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, re, repl, want string }{
		{"a.b.c", ".", "-", "-----"},
		{"a.b.c", `\.`, "-", "a-b-c"},
		{"abc", "(b)", "[$1]", "a[b]c"},
		{"abc", "(?<x>b)", "[${x}]", "a[b]c"},
		{"abc", "(b)", `[\$1]`, "a[$1]c"},
		{"abc", "(b)", "[$12]", "a[b2]c"},
		{"abc", "(b)", "$0$0", "abbc"},
		{"abc", "(x)?b", "[$1]", "a[]c"},
		{"abc", "b*", "-", "-a--c-"},
		{"aXbX", "(?i)x", ".", "a.b."},
		{"abc", `\Qb\E`, ".", "a.c"},
		{"a\tb c", `\h`, ".", "a.b.c"},
		{"a\r\nb\nc", `\R`, ".", "a.b.c"},
		{"aäb", `\w`, ".", ".ä."},
		{"aäb", `(?U)\w`, ".", "..."},
		{"aÄb", "(?iu)ä", ".", "a.b"},
		{"a1b", `\p{Alpha}`, ".", ".1."},
		{"a1B", `\p{Upper}`, ".", "a1."},
		{"a1B", `\p{Lower}`, ".", ".1B"},
		{"a-B", `\p{Punct}`, ".", "a.B"},
		{"a B", `\p{Space}`, ".", "a.B"},
		{"a B", `\p{Blank}`, ".", "a.B"},
		{"aé", `\p{L}`, ".", ".."},
		{"aé", `\p{IsAlphabetic}`, ".", ".."},
		{"aé", `\P{Alpha}`, ".", "a."},
		{"abc", "[a-z&&[^b]]", ".", ".b."},
		{"abc", "[a-z&&[bc]]", ".", "a.."},
		{"abc", "[[ab]c]", ".", "..."},
		{"abc", "[^[ab]]", ".", "ab."},
		{"a[]c", `[\[\]]`, ".", "a..c"},
		{"a]c", "[]a]", ".", "..c"},
		{"a-c", "[a-]", ".", "..c"},
		{"aaa", "a++", ".", "."},
		{"ab\ncd", "(?m)^", ">", ">ab\n>cd"},
		{"ab\ncd", "$", ">", "ab\ncd>"},
		{"ab\n", "$", ">", "ab>\n>"},
		{"ab\n", `\Z`, ">", "ab>\n>"},
		{"ab\n", `\z`, ">", "ab\n>"},
		{"ab\r\ncd", "(?m)$", ">", "ab>\r\ncd>"},
		{"a\rb", ".", "x", "x\rx"},
		{"a\u2028b", ".", "x", "x\u2028x"},
		{"a}b", "}", "x", "axb"},
		{"ab", `\e`, "x", "ab"},
		{"abcb", "(?<=a)b", "X", "aXcb"},
		{"abcb", "(?<!a)b", "X", "abcX"},
		{"abcb", "b(?!c)", "X", "abcX"},
		{"😀x", ".", "y", "yy"},
		{"a_b", `[\W_]`, "-", "a-b"},
		{"a b", `[^\S]`, "-", "a-b"},
		{"a.b", `[.]`, "-", "a-b"},
		{"x^y", `[\^]`, "-", "x-y"},
		{"aab", "(?:a|b){2}", "-", "-b"},
		{"a\nb", "(?s)a.b", "-", "-"},
		{"foobar", "foo(?=bar)", "-", "-bar"},
		{"a&b", "[&]", "-", "a-b"},
		{"2020-01", `(\d+)-(\d+)`, "$2/$1", "01/2020"},
	} {
		got, err := pattern(t, c.re).ReplaceAll(c.text, c.repl)
		if err != nil || got != c.want {
			t.Errorf("%q.replaceAll(%q, %q) = %q, %v; want %q", c.text, c.re, c.repl, got, err, c.want)
		}
	}
	if got, err := pattern(t, "b").ReplaceFirst("abab", "-"); got != "a-ab" || err != nil {
		t.Errorf("replaceFirst = %q, %v", got, err)
	}
	for repl, want := range map[string]string{
		"[$2]": "No group 2", "[$]": "Illegal group reference", "x$": "Illegal group reference: group index is missing", "[$x]": "Illegal group reference", "[${y}]": "No group with name {y}", `x\`: "character to be escaped is missing",
	} {
		if _, err := pattern(t, "(b)").ReplaceAll("abc", repl); err == nil || err.Error() != want {
			t.Errorf("replacement %q: %v, want %s", repl, err, want)
		}
	}
}

func TestMatches(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text, re string
		want     bool
	}{
		{"aaab", "a*+b", true},
		{"aaa", "a?+aaa", false},
		{"aaa", "a{1,3}+a", false},
		{"ab\ncd", ".*", false},
		{"ab\ncd", "(?s).*", true},
		{"abc", "(?x) a b c # hi", true},
		{"aa", `(.)\1`, true},
		{"aa", `(?<c>.)\k<c>`, true},
		{"ab", `\x61\u0062`, true},
		{"ab", `\x{61}b`, true},
		{"ab", `\0141b`, true},
		{"abc", "abc", true},
		{"abc", "b", false},
		{"a", "a|ab", true},
		{"ab", "a|ab", true},
		{"AB", "(?i)ab", true},
		{"aB", "(?i:A)B", true},
		{"ab", "(?i:A)B", false},
		{"a1", "(a)(?:1)", true},
		{"SRR123", `^(SRR|ERR)\d+$`, true},
		{"a-b", `[\w.-]+`, true},
		{"a\n", "a$", false},
		{"\t", `\cI`, true},
		{"😀", `\uD83D\uDE00`, true},
	} {
		if got, err := pattern(t, c.re).Matches(c.text); got != c.want || err != nil {
			t.Errorf("%q.matches(%q) = %v, %v", c.text, c.re, got, err)
		}
	}
	if ok, err := MatchOp(Int(12), String(`\d+`)); !ok || err != nil {
		t.Errorf("12 ==~ digits = %v, %v", ok, err)
	}
	if ok, err := MatchOp(nil, String("null")); ok || err != nil {
		t.Errorf("null ==~ = %v, %v", ok, err)
	}
}

func TestPatternSyntaxException(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]string{
		"(": "Unclosed group near index 1\n(", "[": "Unclosed character class near index 0\n[\n^", `\`: "Unexpected internal error near index 1\n\\",
		"(?<1a>x)": "capturing group name does not start with a Latin letter near index 3\n(?<1a>x)\n   ^", "{": "Illegal repetition near index 1\n{", "a{": "Illegal repetition near index 2\na{",
		`\y`: "Illegal/unsupported escape sequence near index 1\n\\y\n ^", "*": "Dangling meta character '*' near index 0\n*\n^", `\p{Foo}`: "Unknown character property name {Foo}", "(?<a>x)(?<a>y)": "already defined",
		"a{2,1}": "Illegal repetition range near index 5\na{2,1}\n     ^", "a)": "Unmatched closing ')' near index 0\na)\n^", "a**": "Dangling meta character '*' near index 2", ")": "Unmatched closing ')'", "[b-a]": "Illegal character range near index 3\n[b-a]\n   ^", "(?y)": "Unknown inline modifier", `\k<a>`: "does not exist",
	} {
		_, err := NewPattern(source, 0)
		got := show(nil, err)
		if err == nil || !strings.HasPrefix(got, "!! java.util.regex.PatternSyntaxException: ") || !strings.Contains(got, want) {
			t.Errorf("%q: %s, want %s", source, got, want)
		}
	}
}

func TestMatcher(t *testing.T) {
	t.Parallel()
	m := pattern(t, "(?<a>.+)_(?<b>.+)[.]fq([.]gz)?").NewMatcher("foo_bar.fq")
	if ok, err := m.Matches(); !ok || err != nil {
		t.Fatalf("matches = %v, %v", ok, err)
	}
	b, err := m.NamedGroup("b")
	check(t, "group b", show(b, err), "java.lang.String bar")
	v, err := m.Group(3)
	check(t, "group 3", show(v, err), "null")
	_, err = m.Group(4)
	check(t, "group 4", show(nil, err), "!! java.lang.IndexOutOfBoundsException: No group 4")
	first, err := m.At(0)
	check(t, "m[0]", show(first, err), "java.util.ArrayList [foo_bar.fq, foo, bar, null]")
	b, err = m.Group(1)
	check(t, "group 1 after m[0]", show(b, err), "java.lang.String foo")

	m = pattern(t, `[a-z](\d)`).NewMatcher("a1b2")
	check(t, "text", ToString(m), `java.util.regex.Matcher[pattern=[a-z](\d) region=0,4 lastmatch=]`)
	for _, want := range []string{"a1", "b2"} {
		if ok, err := m.Find(); !ok || err != nil {
			t.Fatalf("find = %v, %v", ok, err)
		}
		g, err := m.Group(0)
		check(t, "find", show(g, err), "java.lang.String "+want)
	}
	if ok, err := m.Find(); ok || err != nil {
		t.Errorf("third find = %v, %v", ok, err)
	}
	_, err = m.Group(0)
	check(t, "no match", show(nil, err), "!! java.lang.IllegalStateException: No match found")
	if n, err := m.Count(); n != 2 || err != nil {
		t.Errorf("count = %d, %v", n, err)
	}
	var all []Value
	m.Iterate(func(v Value) bool { all = append(all, v); return true })
	check(t, "iterate", ToString(list(all...)), "[[a1, 1], [b2, 2]]")

	u, err := FindOp(String("é😀x"), String("x"))
	if err != nil || !Truth(u) {
		t.Fatalf("find in é😀x: %v", err)
	}
	c, err := u.Current()
	if err != nil {
		t.Fatal(err)
	}
	if start, end := c.Span(0); start != 3 || end != 4 {
		t.Errorf("span = %d, %d; want 3, 4", start, end)
	}
}

func TestSplit(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text, re string
		limit    int
		want     string
	}{
		{"a,b,,", ",", 0, "[a, b]"},
		{"a,b,,", ",", -1, "[a, b, , ]"},
		{"a,b,c", ",", 2, "[a, b,c]"},
		{"abc", "", 0, "[a, b, c]"},
		{"abc", "x", 0, "[abc]"},
		{"", ",", 0, "[]"},
		{",", ",", 0, "[]"},
		{",a", ",", 0, "[, a]"},
		{`a\b`, `\\`, 0, "[a, b]"},
	} {
		parts, err := pattern(t, c.re).Split(c.text, c.limit)
		l := list()
		for _, p := range parts {
			l.Elems = append(l.Elems, String(p))
		}
		if got := ToString(l); got != c.want || err != nil {
			t.Errorf("%q.split(%q, %d) = %s, %v; want %s", c.text, c.re, c.limit, got, err, c.want)
		}
	}
}
