package stdlib_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"sluice/internal/lang/interp"
	"sluice/internal/lang/resolve"
	"sluice/internal/lang/source"
	"sluice/internal/lang/stdlib"
	"sluice/internal/lang/syntax"
	"sluice/internal/lang/value"
	"sluice/internal/storage"
	"sluice/internal/storage/local"
)

// world is a host with a launch directory and an environment of its own.
type world struct {
	in  *interp.Interp
	dir string
	out strings.Builder
}

func (w *world) Call(th *value.Thread, recv value.Value, name string, args []value.Value) (value.Value, error) {
	return w.in.Invoke(th, recv, name, args)
}

func (w *world) Property(th *value.Thread, recv value.Value, name string) (value.Value, error) {
	return w.in.Property(th, recv, name)
}

func (w *world) Print(text string)         { w.out.WriteString(text) }
func (w *world) Log(level, message string) { w.out.WriteString(level + ": " + message + "\n") }
func (w *world) LaunchDir() string         { return w.dir }

func (w *world) Getenv(name string) (string, bool) {
	if name == "HOME" {
		return "/root", true
	}
	return "", false
}

type names struct{ t *stdlib.Table }

func (n names) Builtin(name string) bool {
	_, ok := global(n.t, name)
	return ok || name == "nextflow"
}
func (n names) Class(name string) bool { _, ok := n.t.Class(name); return ok }
func (names) Operator(string) bool     { return false }
func (names) Directives() []string     { return nil }
func (names) Candidates() []string     { return nil }

func global(t *stdlib.Table, name string) (*stdlib.Method, bool) {
	for _, m := range t.Globals() {
		if m.Name == name {
			return m, true
		}
	}
	return nil, false
}

func newTable(dir string) *stdlib.Table {
	table := stdlib.New()
	table.Storage = func(scheme string) (storage.Storage, error) {
		if scheme != "" {
			return nil, fmt.Errorf("no storage for %q in tests", scheme)
		}
		return &local.Storage{Dir: dir}, nil
	}
	return table
}

// eval runs the text as the body of a function and gives its result.
func eval(dir, text string) (v value.Value, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	table := newTable(dir)
	w := &world{in: &interp.Interp{Table: table}, dir: dir}
	file, diags := syntax.ParseScript(source.NewFile("t.nf", "def q() { "+text+" }\n"))
	if err := diags.Err(); err != nil {
		return nil, err
	}
	m, diags := resolve.Script(file, "t.nf", names{table}, func(*syntax.Include) (*resolve.Module, string, error) {
		return nil, "", errors.New("no includes here")
	})
	if err := diags.Err(); err != nil {
		return nil, err
	}
	th := &value.Thread{Context: context.Background(), Host: w}
	inst := w.in.NewInstance(m, func(name string) (value.Value, bool) {
		if name == "nextflow" {
			return value.MapOf("version", stdlib.Version("25.04.4"), "build", value.Int(5950)), true
		}
		g, ok := global(table, name)
		if !ok {
			return nil, false
		}
		return &value.Native{Name: name, Fn: g.Fn}, true
	})
	f, ok := inst.Get("q")
	if !ok {
		return nil, errors.New("no function q")
	}
	return f.(value.Callable).CallWith(th, nil)
}

// outcome prints a result as the recordings have it.
func outcome(dir, text string) string {
	v, err := eval(dir, text)
	if err != nil {
		var ex *value.Exception
		if errors.As(err, &ex) {
			message := ex.Message
			if message == "" {
				message = "null"
			}
			return clean("!! "+ex.Of.Name+": "+message, dir)
		}
		return clean("!! "+err.Error(), dir)
	}
	class := "null"
	if v != nil {
		class = v.Class().Name
	}
	return clean("=> "+value.ToString(v), dir) + "\t: " + class
}

func clean(s, dir string) string {
	s = strings.ReplaceAll(strings.ReplaceAll(s, dir, "$DIR"), "\n", `\n`)
	s, _, _ = strings.Cut(s, `\nPossible solution`)
	return identity.ReplaceAllString(closureClasses.ReplaceAllString(s, "Closure"), "@...")
}

// What no two runs share: the names the original engine makes up for closures,
// and hashes of identity.
var (
	closureClasses = regexp.MustCompile(`(Main|Script1)\$[\w$]*closure\d+`)
	identity       = regexp.MustCompile(`@[0-9a-f]{4,8}\b`)
)

// exact are the classes that recordings and results must share; others have
// one class here for several of Java's.
var exact = regexp.MustCompile(`^(null|java\.lang\.(Integer|Long|Float|Double|String|Boolean|Character|Byte)|java\.math\..*|nextflow\..*)$`)

func same(want, got string) bool {
	wantText, wantClass, _ := strings.Cut(want, "\t: ")
	gotText, gotClass, _ := strings.Cut(got, "\t: ")
	return wantText == gotText && (!exact.MatchString(wantClass) || wantClass == gotClass)
}

func fixture(t *testing.T) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"g/b.txt", "g/a.txt", "g/c.fq", "g/Z.txt", "g/.h.txt", "g/d/x.txt", "g/d/e/y.txt", "g/.hid/q.txt", "g/a10.txt", "g/a2.txt"} {
		if err := os.MkdirAll(filepath.Join(dir, filepath.Dir(name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "g/lines.txt"), []byte("one\ntwo\n\nthree"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "w"), 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestRecordings compares each line of testdata/*.txt, an expression and what
// the original engine made of it, with what it gives here. Known differences
// are in testdata/skip.txt with their reasons. Expressions name no file that a
// machine might have outside the fixture, and nothing of the time or the host.
func TestRecordings(t *testing.T) {
	skip := map[string]bool{}
	used := map[string]bool{}
	for _, line := range readLines(t, "testdata/skip.txt") {
		expr, reason, ok := strings.Cut(line, "\t")
		if !ok || reason == "" {
			t.Errorf("no reason: %s", line)
		}
		skip[expr] = true
	}
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if strings.HasSuffix(file, "skip.txt") {
			continue
		}
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			if *update {
				record(t, file)
			}
			dir := fixture(t)
			for _, line := range readLines(t, file) {
				expr, want, ok := strings.Cut(line, "\t")
				if !ok {
					t.Errorf("no result recorded: %s", line)
					continue
				}
				got := outcome(dir, expr)
				if skip[expr] {
					used[expr] = true
					if same(want, got) {
						t.Errorf("%s\nis skipped but agrees: remove it from skip.txt", expr)
					}
					continue
				}
				if !same(clean(want, dir), got) {
					t.Errorf("%s\nwant %s\ngot  %s", expr, want, got)
				}
			}
		})
	}
	for expr := range skip {
		if !used[expr] && !*update {
			t.Errorf("skip.txt names an expression that is not recorded: %s", expr)
		}
	}
}

func readLines(t *testing.T, file string) []string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSuffix(string(b), "\n"), "\n")
}
