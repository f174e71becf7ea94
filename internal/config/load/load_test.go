package load

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"sluice/internal/config"
	"sluice/internal/config/show"
	"sluice/internal/lang/diag"
	"sluice/internal/lang/interp"
	"sluice/internal/lang/stdlib"
	"sluice/internal/lang/value"
)

// names are what configuration files know besides their scope.
type names struct{ table *stdlib.Table }

func (n names) Builtin(name string) bool {
	for _, m := range n.table.Globals() {
		if m.Name == name {
			return true
		}
	}
	return false
}
func (n names) Class(name string) bool { _, ok := n.table.Class(name); return ok }
func (names) Operator(string) bool     { return false }
func (names) Directives() []string     { return nil }
func (names) Candidates() []string     { return nil }

type host struct {
	in  *interp.Interp
	dir string
}

func (h *host) Call(th *value.Thread, recv value.Value, name string, args []value.Value) (value.Value, error) {
	return h.in.Invoke(th, recv, name, args)
}

func (h *host) Property(th *value.Thread, recv value.Value, name string) (value.Value, error) {
	return h.in.Property(th, recv, name)
}
func (h *host) Print(string)                      {}
func (h *host) Log(_, _ string)                   {}
func (h *host) Getenv(name string) (string, bool) { return getenv(name) }
func (h *host) LaunchDir() string                 { return h.dir }

func getenv(name string) (string, bool) {
	if name == "HOME" {
		return "/root", true
	}
	return "", false
}

func evaluator(dir string) Evaluator {
	table := stdlib.New()
	in := &interp.Interp{Table: table}
	th := &value.Thread{Context: context.Background(), Host: &host{in, dir}}
	globals := map[string]value.Value{}
	for _, m := range table.Globals() {
		globals[m.Name] = &value.Native{Name: m.Name, Fn: m.Fn}
	}
	return &interp.Scoped{Interp: in, Thread: th, Names: names{table}, Builtin: func(name string) (value.Value, bool) {
		v, ok := globals[name]
		return v, ok
	}}
}

// TestLoad runs testdata: a configuration, arguments (`args NAME`: lines
// profile=… and params.x=…), and what `config -flat` shows, as the original
// engine printed it, or the error that comes.
func TestLoad(t *testing.T) {
	t.Parallel()
	archives, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatal("no test data", err)
	}
	for _, name := range archives {
		a, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		args := map[string]string{}
		for _, f := range a.Files {
			if rest, ok := strings.CutPrefix(f.Name, "args"); ok {
				args[strings.TrimSpace(rest)] = string(f.Data)
				continue
			}
			path := filepath.Join(dir, f.Name)
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, f.Data, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		for _, f := range a.Files {
			kind, of, _ := strings.Cut(f.Name, " ")
			if kind != "want" && kind != "error" {
				continue
			}
			t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar")+"/"+of, func(t *testing.T) {
				got := loadFlat(dir, args[of])
				got = strings.ReplaceAll(got, dir, "$WORK")
				want := string(f.Data)
				if kind == "error" {
					if !strings.HasPrefix(got, strings.TrimSpace(want)) {
						t.Errorf("got %s\nwant %s", got, want)
					}
					return
				}
				if d := cmp.Diff(want, got); d != "" {
					t.Errorf("(-want +got)\n%s", d)
				}
			})
		}
	}
}

func loadFlat(dir, args string) string {
	o := Options{
		Files: []string{filepath.Join(dir, "nextflow.config")}, Params: value.NewMap(0), ProjectDir: dir, LaunchDir: dir,
		Getenv: getenv, Eval: evaluator(dir),
	}
	for line := range strings.Lines(args) {
		name, v, _ := strings.Cut(strings.TrimSpace(line), "=")
		switch rest, isParam := strings.CutPrefix(name, "params."); {
		case isParam:
			SetParam(o.Params, rest, ParamValue(v))
		case name == "profile":
			o.Profile = v
		}
	}
	c, _, err := Load(o)
	if err != nil {
		var list diag.List
		if !errors.As(err, &list) {
			return "not a diag.List: " + err.Error()
		}
		return list.Short()
	}
	return flatText(c)
}

// Files in order: each merges into those before, and sees their parameters.
func TestFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	write("home/config", "params.home = 1; params.o = 'home'\n")
	write("proj/nextflow.config", "params.o = 'proj'\nparams.m = [a:1, b:2]\nparams.list = [1,2]\nprocess.ext = [a:1]\nprofiles { p1 { params.pp = 'projp1'; params.o = 'p1proj' } }\nprocess { withName: A { cpus = 1; ext.args = 'x' } }\n")
	write("launch/nextflow.config", "params.o = 'launch'\nparams.m = [c:3]\nparams.list = [9]\nprocess.ext = [b:1]\nprocess { withName: A { memory = 1.GB; ext.prefix = 'y' } }\nplugins { id 'nf-schema@2.1.0' }\n")
	write("launch/c1.config", "params.seenc = \"${params.o}\"\nprofiles { p1 { params.c1p1 = 1 } }\n")
	launch := filepath.Join(dir, "launch")
	files, err := DefaultFiles(filepath.Join(dir, "home"), filepath.Join(dir, "proj"), launch, []string{"c1.config"}, nil)
	if err != nil || len(files) != 4 {
		t.Fatal(files, err)
	}
	c, _, err := Load(Options{Files: files, Profile: "p1", LaunchDir: launch, ProjectDir: filepath.Join(dir, "proj"), Getenv: getenv, Eval: evaluator(launch)})
	if err != nil {
		t.Fatal(err)
	}
	want := `params.home = 1
params.o = 'launch'
params.m.a = 1
params.m.b = 2
params.m.c = 3
params.list = [9]
params.pp = 'projp1'
params.seenc = 'launch'
params.c1p1 = 1
process.ext.a = 1
process.ext.b = 1
process.'withName:A'.cpus = 1
process.'withName:A'.ext.args = 'x'
process.'withName:A'.ext.prefix = 'y'
process.'withName:A'.memory = '1 GB'
plugins = ['nf-schema@2.1.0']
`
	if d := cmp.Diff(want, flatText(c)); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
	if d := cmp.Diff([]string{"p1"}, c.Profiles); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"nf-schema@2.1.0"}, c.Plugins); d != "" {
		t.Error(d)
	}
	if _, err := DefaultFiles(dir, dir, launch, nil, []string{"c2.config"}); err == nil || !strings.Contains(err.Error(), "config file `c2.config` does not exist") {
		t.Errorf("a missing file: %v", err)
	}
	only, err := DefaultFiles(filepath.Join(dir, "home"), dir, launch, nil, []string{"c1.config,nextflow.config"})
	if err != nil || len(only) != 2 {
		t.Errorf("-C: %v, %v", only, err)
	}
}

// Closures are kept; when they are called, their delegate answers first, then
// functions of the file, which see the parameters as they are in the end.
func TestClosures(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"a.config": "params.max = 8.GB\ndef check_max(x) { return x > params.max ? params.max : x }\nprocess { memory = { check_max(6.GB * task.attempt) }\n cpus = { task.attempt * 2 } }\n",
		"b.config": "params.max = 9.GB\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	eval := evaluator(dir)
	c, _, err := Load(Options{
		Files: []string{filepath.Join(dir, "a.config"), filepath.Join(dir, "b.config")}, LaunchDir: dir, ProjectDir: dir, Getenv: getenv, Eval: eval,
	})
	if err != nil {
		t.Fatal(err)
	}
	task := value.MapOf("task", value.MapOf("attempt", value.Int(2)))
	for name, want := range map[string]string{"memory": "9 GB", "cpus": "4"} {
		closure, ok := c.Get("process", name).(*value.Closure)
		if !ok {
			t.Fatalf("%s is %v", name, c.Get("process", name))
		}
		v, err := closure.WithDelegate(task).CallWith(eval.(*interp.Scoped).Thread, nil)
		if err != nil || value.ToString(v) != want {
			t.Errorf("%s: %v, %v, want %s", name, value.ToString(v), err, want)
		}
	}
}

// Without a configuration file any profile may be asked for.
func TestProfileWithoutFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	o := Options{Profile: "any", ProjectDir: dir, LaunchDir: dir, Getenv: getenv, Eval: evaluator(dir)}
	if _, _, err := Load(o); err != nil {
		t.Error(err)
	}
	o.Files = []string{filepath.Join(dir, "nextflow.config")}
	if err := os.WriteFile(o.Files[0], []byte("params.x = 1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := Load(o); err == nil || !strings.Contains(err.Error(), "unknown profile `any`") {
		t.Errorf("got %v", err)
	}
}

// With all profiles shown, one whose lines went to another profile is named.
func TestEmptyProfile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "nextflow.config")
	text := "profiles {\n docker { docker.enabled = true }\n arm { docker.runOptions = '-x' }\n}\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	o := Options{AllProfiles: true, ProjectDir: dir, LaunchDir: dir, Getenv: getenv, Eval: evaluator(dir), Files: []string{file}}
	for parser, want := range map[string]string{"v1": "profile `arm` has no options of its own", "v2": ""} {
		o.Parser = parser
		_, warnings, err := Load(o)
		if err != nil {
			t.Fatal(err)
		}
		var got string
		for _, d := range warnings {
			got += d.Message
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", parser, got, want)
		}
	}
}

func flatText(c *config.Config) string {
	text, _ := show.Print(show.Tree{Root: c.Root}, "flat", false)
	return text
}
