package engine

import (
	"errors"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sluice/internal/lang/diag"
	"sluice/internal/lang/stdlib"
	"sluice/internal/lang/value"
	"sluice/internal/scheduler"
)

func TestFind(t *testing.T) {
	t.Parallel()
	p := newPipeline(t, map[string]string{"a.nf": "", "b/main.nf": "", "c.nf": "", "c/main.nf": "", "d/x.nf": "", "modules/org/mod/main.nf": ""})
	for name, want := range map[string]string{
		"./a": "a.nf", "./a.nf": "a.nf", "./b": "b/main.nf", "./b/main": "b/main.nf", "./c": "c.nf", "./d/../a": "a.nf",
		"d/x": "d/x.nf", filepath.Join(p.dir, "a"): "a.nf",
	} {
		got, err := find(p.dir, name)
		if err != nil || got != filepath.Join(p.dir, want) {
			t.Errorf("%s: got %s, %v, want %s", name, got, err, want)
		}
	}
	m := &modules{project: p.dir}
	for name, want := range map[string]string{"org/mod": "modules/org/mod/main.nf", "d/x": "d/x.nf", "./a": "a.nf"} {
		got, err := m.find(filepath.Join(p.dir, "main.nf"), name)
		if err != nil || got != filepath.Join(p.dir, want) {
			t.Errorf("%s: got %s, %v, want %s", name, got, err, want)
		}
	}
	for _, name := range []string{"./d", "./none", "./a/main"} {
		if got, err := find(p.dir, name); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: got %s, %v", name, got, err)
		}
	}
}

// problems loads main.nf and shows what is wrong with it, in short and in full.
func problems(t *testing.T, files map[string]string) (short, full string) {
	t.Helper()
	p := newPipeline(t, files)
	m := newModules(newNames(stdlib.New()), p.dir, p.dir)
	if _, err := m.load(filepath.Join(p.dir, "main.nf")); err != nil {
		return err.Error(), err.Error()
	}
	m.diags.Sort()
	var b strings.Builder
	if err := m.diags.Render(&b, diag.Options{}); err != nil {
		t.Fatal(err)
	}
	return m.diags.Short(), b.String()
}

func TestModules(t *testing.T) {
	t.Parallel()
	const process = "process ALIGN { script: 'true' }\n"
	for _, tc := range []struct {
		name  string
		files map[string]string
		want  []string // parts of the messages; none: all is well
	}{
		{"found", map[string]string{"main.nf": "include { ALIGN } from './m/align'\nworkflow { ALIGN() }", "m/align.nf": process}, nil},
		{"directories in the path", map[string]string{
			"main.nf":    "include { ALIGN } from \"${projectDir}/m/align\"\ninclude { X } from \"$moduleDir/m/x\"\nworkflow { ALIGN() }",
			"m/x.nf":     "include { ALIGN as X } from \"${moduleDir}/align\"\n",
			"m/align.nf": process,
		}, nil},
		{
			"a variable in the path",
			map[string]string{"main.nf": "def d = 'm'\ninclude { ALIGN } from \"./${d}/align\"", "m/align.nf": process},
			[]string{"main.nf:2:24: error: the path of an include can hold `projectDir`, `launchDir` and `moduleDir`, not `d`"},
		},
		{
			"missing",
			map[string]string{"main.nf": "include { ALIGN } from './m/allign'", "m/align.nf": process},
			[]string{"the module `./m/allign` does not exist", "neither m/allign nor m/allign.nf nor m/allign/main.nf", "`align` exists in m"},
		},
		{
			"circle",
			map[string]string{"main.nf": "include { A } from './a'", "a.nf": "include { B } from './b'\nworkflow A { main: B() }", "b.nf": "include { A } from './a'\nworkflow B { main: A() }"},
			[]string{"a.nf includes itself"},
		},
		{
			"errors of all files together",
			map[string]string{"main.nf": "include { ALIGN } from './a'\nworkflow { nope }", "a.nf": process + "workflow W { main: neither }"},
			[]string{"main.nf:2:12: error: `nope` is not defined", "a.nf:2:20: error: `neither` is not defined"},
		},
		{"a plugin that is not there", map[string]string{"main.nf": "include { x } from 'plugin/nf-nothing'"}, []string{"the plugin `nf-nothing` is not known here"}},
	} {
		short, full := problems(t, tc.files)
		for _, want := range tc.want {
			if !strings.Contains(short, want) && !strings.Contains(full, want) {
				t.Errorf("%s: want %q in\n%s", tc.name, want, full)
			}
		}
		if len(tc.want) == 0 && short != "" {
			t.Errorf("%s: %s", tc.name, short)
		}
	}
}

// A module with mistakes is read once, however often it is included.
func TestMistakesAreToldOnce(t *testing.T) {
	t.Parallel()
	short, _ := problems(t, map[string]string{
		"main.nf": "include { A } from './a'\ninclude { B } from './b'\nworkflow { A(); B() }",
		"a.nf":    "include { C } from './c'\nworkflow A { main: C() }",
		"b.nf":    "include { C } from './c'\nworkflow B { main: C() }",
		"c.nf":    "process C { script: 'true' \n",
	})
	if n := strings.Count(short, "error:"); n != 1 {
		t.Errorf("%d errors:\n%s", n, short)
	}
}

// What stands in a branch that may never run, or where exceptions are caught,
// is a warning: pipelines in use have such mistakes.
func TestCodeThatMayNeverRun(t *testing.T) {
	t.Parallel()
	p := newPipeline(t, map[string]string{"main.nf": `
def offline() {
    try {
        return SOME_VARIABLE as boolean
    }
    catch (Exception e) {
        return 'unknown'
    }
}
workflow {
    println offline()
    if (params.take) {
        NOWHERE()
    }
}`})
	if out, code := p.run(nil); code != 0 || !strings.Contains(out, "unknown") {
		t.Errorf("not reached: exit %d: %s", code, out)
	}
	out, code := p.run(func(o *Options) { o.Params = value.MapOf("take", value.Bool(true)) })
	if code != 1 || !strings.Contains(out, "main.nf:13:9") || !strings.Contains(out, "ERROR ~ `NOWHERE` is not defined") {
		t.Errorf("reached: exit %d: %s", code, out)
	}
}

// NXF_SYNTAX_PARSER=v1 leaves unknown names to be found when the code runs.
func TestOlderGrammar(t *testing.T) {
	t.Parallel()
	p := newPipeline(t, map[string]string{"main.nf": "def never() { SOME_VARIABLE }\nworkflow { println 'fine' }"})
	if out, code := p.run(nil); code != 1 || !strings.Contains(out, "`SOME_VARIABLE` is not defined") {
		t.Errorf("strict: exit %d: %s", code, out)
	}
	out, code := p.run(func(o *Options) {
		getenv := o.Getenv
		o.Getenv = func(name string) (string, bool) {
			if name == "NXF_SYNTAX_PARSER" {
				return "v1", true
			}
			return getenv(name)
		}
	})
	if code != 0 || !strings.Contains(out, "fine") {
		t.Errorf("v1: exit %d: %s", code, out)
	}
}

func TestParseRate(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]scheduler.Rate{
		"":        {},
		"20":      {Tasks: 20, Per: time.Second},
		"10/1min": {Tasks: 10, Per: time.Minute},
		"10/min":  {Tasks: 10, Per: time.Minute},
		"5 sec":   {Tasks: 5, Per: time.Second},
		"100/5 s": {Tasks: 100, Per: 5 * time.Second},
		" 3 / 2h": {Tasks: 3, Per: 2 * time.Hour},
	} {
		got, err := parseRate(text)
		if err != nil || got != want {
			t.Errorf("%q: got %v, %v, want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"x", "0/1s", "-1/s", "5/parsec", "/s"} {
		if got, err := parseRate(text); err == nil {
			t.Errorf("%q is taken as %v", text, got)
		}
	}
}
