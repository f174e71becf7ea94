package interp

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sluice/internal/lang/resolve"
	"sluice/internal/lang/source"
	"sluice/internal/lang/stdlib"
	"sluice/internal/lang/syntax"
	"sluice/internal/lang/value"
)

// world is a host that keeps what scripts print.
type world struct {
	in  *Interp
	out strings.Builder
}

func (w *world) Call(th *value.Thread, recv value.Value, name string, args []value.Value) (value.Value, error) {
	return w.in.Invoke(th, recv, name, args)
}

func (w *world) Property(th *value.Thread, recv value.Value, name string) (value.Value, error) {
	return w.in.Property(th, recv, name)
}
func (w *world) Print(text string)          { w.out.WriteString(text) }
func (w *world) Log(level, message string)  { w.out.WriteString(level + ": " + message + "\n") }
func (*world) Getenv(string) (string, bool) { return "", false }
func (*world) LaunchDir() string            { return "/" }

type known struct{ t *stdlib.Table }

func (k known) Builtin(name string) bool {
	for _, m := range k.t.Globals() {
		if m.Name == name {
			return true
		}
	}
	return name == "this" || name == "delegate" || name == "owner"
}
func (k known) Class(name string) bool { _, ok := k.t.Class(name); return ok }
func (known) Operator(string) bool     { return false }
func (known) Directives() []string     { return nil }
func (known) Candidates() []string     { return nil }

// run executes the top level of a script and gives what it printed.
func run(t testing.TB, name, text string) (string, error) {
	t.Helper()
	table := stdlib.New()
	in := &Interp{Table: table}
	w := &world{in: in}
	file, diags := syntax.ParseScript(source.NewFile(name, text))
	if err := diags.Err(); err != nil {
		return "", err
	}
	m, diags := resolve.Script(file, name, known{table}, func(*syntax.Include) (*resolve.Module, string, error) {
		return nil, "", errors.New("no includes here")
	})
	if err := diags.Err(); err != nil {
		return "", err
	}
	th := &value.Thread{Context: context.Background(), Host: w}
	inst := in.NewInstance(m, func(name string) (value.Value, bool) {
		for _, g := range table.Globals() {
			if g.Name == name {
				return &value.Native{Name: name, Fn: g.Fn}, true
			}
		}
		return nil, false
	})
	f := inst.NewFrame(th, m.Frame)
	for _, d := range m.Body {
		if err := inst.RunTop(f, d.(*syntax.TopStmt).Stmt); err != nil {
			return w.out.String(), err
		}
	}
	if th.Depth != 0 || len(th.Stack) != 0 {
		t.Errorf("after the run: depth %d, %d values on the stack", th.Depth, len(th.Stack))
	}
	return w.out.String(), nil
}

// TestScripts runs testdata/*.nf: what stands in `//=` comments is what the
// original engine printed.
func TestScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.nf")
	if err != nil || len(files) == 0 {
		t.Fatalf("no testdata: %v", err)
	}
	for _, name := range files {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".nf"), func(t *testing.T) {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			var want strings.Builder
			for line := range strings.SplitSeq(string(text), "\n") {
				if expected, ok := strings.CutPrefix(line, "//= "); ok {
					want.WriteString(expected + "\n")
				}
			}
			got, err := run(t, name, string(text))
			if err != nil {
				t.Fatalf("%v\nprinted so far:\n%s", err, got)
			}
			if diff := cmp.Diff(want.String(), got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestErrorsHavePlaces(t *testing.T) {
	for _, c := range []struct{ script, message, at string }{
		{"def x = null\nx.foo()", "Cannot invoke method foo() on null object", "2:1"},
		{"def f(a) { a.nothing }\nf(1)", "No such property: nothing for class: java.lang.Integer", "1:12"},
		{"[1].each { assert it == 2 }", "assert it == 2\n       |\n       1", "1:12"},
		{"def g(n) { g(n + 1) }\ng(0)", "calls of `g` nest more than 2500 deep", "1:12"},
		{"throw new IllegalArgumentException('no')", "no", "1:1"},
	} {
		_, err := run(t, "t.nf", c.script)
		var e *value.Exception
		if !errors.As(err, &e) {
			t.Errorf("%s: got %v, want an exception", c.script, err)
			continue
		}
		p := e.Where.Position()
		at := ""
		if !e.Where.IsZero() {
			at = value.ToString(value.MakeInt(int64(p.Line))) + ":" + value.ToString(value.MakeInt(int64(p.Column)))
		}
		if e.Message != c.message || at != c.at {
			t.Errorf("%s: %q at %s, want %q at %s", c.script, e.Message, at, c.message, c.at)
		}
	}
}

func BenchmarkFib(b *testing.B) {
	for b.Loop() {
		if _, err := run(b, "fib.nf", "def fib(n) { n < 2 ? n : fib(n - 1) + fib(n - 2) }\nfib(20)"); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkClosures(b *testing.B) {
	for b.Loop() {
		if _, err := run(b, "c.nf", "def m = [a: 1]\n(1..10000).each { m.a = m.a + it % 7 }"); err != nil {
			b.Fatal(err)
		}
	}
}
