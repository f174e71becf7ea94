package resolve

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sluice/internal/lang/diag"
	"sluice/internal/lang/langtest"
	"sluice/internal/lang/source"
	"sluice/internal/lang/syntax"
)

// host is what the scripts of the tests find besides their own names.
type host struct{ lenient bool }

var (
	builtins   = []string{"channel", "error", "file", "params", "println", "workflow"}
	classes    = []string{"groovy.json.JsonOutput", "java.util.Date", "java.io.IOException"}
	operators  = []string{"map", "set", "view"}
	directives = []string{"cpus", "memory", "publishDir", "tag"}
)

func (host) Builtin(name string) bool  { return contains(builtins, name) }
func (host) Class(name string) bool    { return contains(classes, name) }
func (host) Operator(name string) bool { return contains(operators, name) }
func (host) Directives() []string      { return directives }
func (host) Candidates() []string      { return builtins }
func (host) OperatorNames() []string   { return operators }
func (h host) Lenient() bool           { return h.lenient }

// load finds modules in testdata/modules.
func load(t testing.TB) Loader {
	return func(inc *syntax.Include) (*Module, string, error) {
		name, _ := strings.CutPrefix(inc.From.(*syntax.Literal).Raw, "'./")
		path := filepath.Join("modules", strings.TrimSuffix(name, "'")+".nf")
		text, err := os.ReadFile(filepath.Join("testdata", path))
		if err != nil {
			return nil, "", errors.New("there is no such module")
		}
		m, diags := resolve(t, source.NewFile(path, string(text)), host{})
		return m, "", diags.Err()
	}
}

func resolve(t testing.TB, f *source.File, names Names) (*Module, diag.List) {
	t.Helper()
	file, diags := syntax.ParseScript(f)
	if err := diags.Err(); err != nil {
		t.Fatal(err)
	}
	return Script(file, f.Name, names, load(t))
}

func chunks(t testing.TB) []*source.File { return langtest.Chunks(t, "*.nf") }

var expectation = regexp.MustCompile(`/// (error|warning) "(.*)"`)

// TestDiagnostics compares what is found with the comments of the lines.
func TestDiagnostics(t *testing.T) {
	t.Parallel()
	for _, f := range chunks(t) {
		var want []string
		for i, line := range strings.Split(f.Text, "\n") {
			if m := expectation.FindStringSubmatch(line); m != nil {
				want = append(want, strconv.Itoa(i+1)+" "+m[1]+": "+m[2])
			}
		}
		_, diags := resolve(t, f, host{})
		var got []string
		for _, d := range diags {
			kind := "error"
			if d.Severity == diag.Warning {
				kind = "warning"
			}
			got = append(got, strconv.Itoa(d.Span.Position().Line)+" "+kind+": "+d.Message)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", f.Name, d)
		}
	}
}

// TestGoldens renders the diagnostics: reviewing wording is reviewing
// testdata/diag.
func TestGoldens(t *testing.T) {
	t.Parallel()
	langtest.Goldens(t, chunks(t), func(f *source.File) diag.List {
		_, diags := resolve(t, f, host{})
		return diags
	})
}

var kinds = map[syntax.BindingKind]string{
	syntax.Unbound: "unbound", syntax.Local: "local", syntax.Cell: "cell", syntax.Free: "free", syntax.Global: "global",
	syntax.Builtin: "builtin", syntax.ClassName: "class", syntax.Dynamic: "dynamic", syntax.Operator: "operator",
}

// bindings lists what each use of a name means, in order.
func bindings(f *syntax.File, name string) string {
	var uses []string
	for _, d := range f.Decls {
		syntax.Walk(d, func(n syntax.Node) bool {
			switch n := n.(type) {
			case *syntax.Ident:
				if n.Name == name {
					uses = append(uses, kinds[n.Binding.Kind])
				}
			case *syntax.VarName:
				if n.Name == name {
					uses = append(uses, kinds[n.Binding.Kind])
				}
			}
			return true
		})
	}
	return strings.Join(uses, " ")
}

// A variable that a closure captures lives in a cell.
func TestBindings(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ text, name, want string }{
		{"workflow { def x = 1; println x }", "x", "local local"},
		{"workflow { def x = 1; [1].each { println x } }", "x", "cell free"},
		{"workflow { def x = 1; [1].each { [2].each { x = it } }; println x }", "x", "cell free cell"},
		{"workflow { def x = 1; [1].each { def x = 2; println x } }", "x", "local local local"},
		{"workflow { x = 1; [1].each { y -> println x + y } }", "x", "cell free"},
		{"workflow { [1].each { println it } }", "it", "local"},
		{"workflow { [1].each { [2].each { println it } } }", "it", "local"},
		{"workflow { [1].each { [2].each { -> println it } } }", "it", "free"},
		{"def x = 1\nworkflow { println x }", "x", "global global"},
		{"x = 1\nworkflow { [1].each { println x } }", "x", "global global"},
		{"def f() { x = 1 }\nworkflow { f(); println x }", "x", "global global"},
		{"def f(x) { x = 2; { -> x } }", "x", "cell free"},
		{"workflow { [1].with { println q } }", "q", "dynamic"},
		{"workflow { println params }", "params", "builtin"},
		{"workflow { channel.of(1) | view }", "view", "operator"},
		{"def view(x) { x }\nworkflow { channel.of(1) | view }", "view", "global"},
		{"import java.util.Date\nworkflow { println Date }", "Date", "class"},
		{"process P { input: val x\noutput: val y\nscript: y = x; 'true' }", "y", "local local"},
		{"process P { input: val x\nscript: [1].each { println x }; 'true' }", "x", "cell free"},
		{"process P { cpus { x }\ninput: val x\nscript: 'true' }", "x", "free cell"},
		{"workflow { channel.of(1).set { x }; x.view() }", "x", "local local"},
	} {
		file, diags := syntax.ParseScript(source.NewFile("x.nf", tc.text))
		if err := diags.Err(); err != nil {
			t.Fatal(err)
		}
		if _, diags = Script(file, "x.nf", host{}, load(t)); diags.HasErrors() {
			t.Errorf("%s: %v", tc.text, diags)
		}
		if got := bindings(file, tc.name); got != tc.want {
			t.Errorf("%s\n%s: got %s, want %s", tc.text, tc.name, got, tc.want)
		}
	}
}

// The older grammar finds unknown names and wrong inputs when the code runs.
func TestLenient(t *testing.T) {
	t.Parallel()
	f := source.NewFile("x.nf", "process P { input: val x\nscript: 'true' }\nworkflow { if (params.x) { P(1, 2); NOWHERE(unknown) } }")
	if _, diags := resolve(t, f, host{}); len(diags) != 3 {
		t.Errorf("strict: got %v, want three errors", diags)
	}
	m, diags := resolve(t, f, host{lenient: true})
	if len(diags) != 0 {
		t.Errorf("lenient: %v", diags)
	}
	if got := bindings(m.File, "unknown"); got != "unbound" {
		t.Errorf("got %s, want unbound", got)
	}
}

// Configuration asks its scope for names that nothing else knows.
func TestConfigNames(t *testing.T) {
	t.Parallel()
	x, diags := syntax.ParseExpr(source.NewFile("c", "{ -> base + [1].collect { it + more } }"))
	if err := diags.Err(); err != nil {
		t.Fatal(err)
	}
	if _, diags = ConfigExpr(x, host{}); len(diags) > 0 {
		t.Error(diags)
	}
	f := &syntax.File{Decls: []syntax.Decl{&syntax.TopStmt{Stmt: &syntax.ExprStmt{X: x}}}}
	for name, want := range map[string]string{"base": "dynamic", "more": "dynamic", "it": "local"} {
		if got := bindings(f, name); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
}
