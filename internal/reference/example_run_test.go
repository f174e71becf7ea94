package reference_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sluice/internal/cli"
	"sluice/internal/engine"
	"sluice/internal/lang/value"
	"sluice/internal/reference"
)

// exampleDirs hold NAME.nf and NAME.out.
var exampleDirs = map[string]string{
	"operator":  "../dataflow/operator/examples",
	"channel":   "../dataflow/operator/examples",
	"directive": "../directive/examples/directive",
	"type":      "examples",
	"qualifier": "../directive/examples/qualifier",
}

// TestExamples runs the example of every operator, channel factory,
// directive and qualifier, and of the types that have one, and compares what
// it prints.
func TestExamples(t *testing.T) {
	t.Parallel()
	for _, p := range reference.Pages(cli.Commands()) {
		dir, ok := exampleDirs[p.Kind]
		if !ok || strings.HasPrefix(p.Doc, "is refused") || p.Kind == "type" && p.Script == "" {
			continue
		}
		t.Run(p.Kind+" "+p.Name, func(t *testing.T) {
			t.Parallel()
			if p.Script == "" {
				t.Fatal("has no example in " + dir)
			}
			got := runExample(t, p.Script)
			if *update {
				if err := os.WriteFile(filepath.Join(dir, p.Name+".out"), []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if got != p.Output {
				t.Errorf("the example prints\n%s\nnot\n%s", got, p.Output)
			}
		})
	}
}

func runExample(t *testing.T, script string) string {
	t.Helper()
	dir := t.TempDir()
	for _, d := range []string{"reads", "incoming"} {
		if err := os.Mkdir(filepath.Join(dir, d), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	main := filepath.Join(dir, "main.nf")
	if err := os.WriteFile(main, []byte(script), 0o644); err != nil {
		t.Fatal(err)
	}
	var out, log bytes.Buffer
	err := engine.Run(context.Background(), engine.Options{
		Script: main, LaunchDir: dir, Params: value.NewMap(0), Process: value.NewMap(0), Executor: value.NewMap(0), Env: value.NewMap(0),
		With: map[string]string{}, Quiet: true, Version: "25.04.4", Stdout: &out, Stderr: &log,
		Getenv: func(name string) (string, bool) {
			older := name == "NXF_SYNTAX_PARSER" && strings.HasPrefix(script, "// with the older grammar")
			return map[bool]string{true: "v1"}[older], older
		},
	})
	if err != nil {
		t.Fatalf("%v\n%s", err, log.String())
	}
	return out.String()
}

// TestNamespaces reads every property that a page of a namespace lists.
func TestNamespaces(t *testing.T) {
	t.Parallel()
	var script strings.Builder
	script.WriteString("workflow {\n")
	n := 0
	for _, p := range reference.Pages(nil) {
		if p.Kind != "namespace" {
			continue
		}
		for _, table := range p.Tables {
			for _, r := range table.Rows {
				if table.Title == "Properties" {
					n++
					script.WriteString("    println \"" + r.Name + " ${" + p.Name + "." + r.Name + " == null ? 'null' : 'set'}\"\n")
				}
			}
		}
	}
	script.WriteString("}\n")
	if got := strings.Count(runExample(t, script.String()), "\n"); got != n || n < 30 {
		t.Errorf("%d of %d properties were printed", got, n)
	}
}
