package load

import (
	"context"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"sluice/internal/lang/interp"
	"sluice/internal/lang/stdlib"
	"sluice/internal/lang/value"
)

// bare knows no functions and no classes: what is made up here must not reach
// the machine it is tested on.
type bare struct{}

func (bare) Builtin(string) bool  { return false }
func (bare) Class(string) bool    { return false }
func (bare) Operator(string) bool { return false }
func (bare) Directives() []string { return nil }
func (bare) Candidates() []string { return nil }

// FuzzLoad: whatever the text, Load gives a configuration that can be printed,
// or an error, and comes to an end; a file may include itself.
func FuzzLoad(f *testing.F) {
	archives, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(archives) == 0 {
		f.Fatal("no test data", err)
	}
	for _, name := range archives {
		a, err := txtar.ParseFile(name)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range a.Files {
			if strings.HasSuffix(file.Name, ".config") {
				f.Add(string(file.Data), "standard")
			}
		}
	}
	for _, text := range []string{
		"includeConfig 'nextflow.config'", "params.a = params.b\nparams { b = params.a }", "while (true) {}",
		"profiles { a { params.x = 1 }; b { includeConfig 'nextflow.config' } }", "a { b { c = { -> d } } }", "process { withName: 'x|' { cpus = 1 } }",
	} {
		f.Add(text, "a,b")
	}
	f.Fuzz(func(t *testing.T, text, profile string) {
		if strings.Contains(text, "execute") {
			t.Skip("would start a process")
		}
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		defer cancel()
		in := &interp.Interp{Table: stdlib.New()}
		th := &value.Thread{Context: ctx, Host: &host{in, "/nowhere"}}
		start := time.Now()
		c, _, err := Load(Options{
			Files: []string{"/nowhere/nextflow.config"}, Profile: profile, ProjectDir: "/nowhere", LaunchDir: "/nowhere", Getenv: getenv,
			Read: func(name string) ([]byte, error) {
				if filepath.Base(name) == "nextflow.config" {
					return []byte(text), nil
				}
				return nil, fs.ErrNotExist
			},
			Eval: &interp.Scoped{Interp: in, Thread: th, Names: bare{}},
		})
		if took := time.Since(start); took > 20*time.Second {
			t.Errorf("took %s", took)
		}
		if err != nil {
			if err.Error() == "" {
				t.Error("an error without a text")
			}
			return
		}
		c.Check()
		flatText(c)
	})
}
