package engine

import (
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

// TestLintPositions: each text of testdata/strict has its errors where the
// original engine's checker has them, and nowhere else.
func TestLintPositions(t *testing.T) {
	t.Parallel()
	names, err := filepath.Glob("testdata/strict/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, name := range names {
		a, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		for _, f := range a.Files[1:] {
			if err := os.WriteFile(filepath.Join(dir, f.Name), f.Data, 0o666); err != nil {
				t.Fatal(err)
			}
		}
		files, err := Lint(LintOptions{Paths: []string{"."}, Dir: dir})
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]string{}
		for _, f := range files {
			seen := map[string]bool{}
			for _, d := range f.Problems {
				pos := d.Span.Position()
				if at := fmt.Sprintf(" %d:%d", pos.Line, pos.Column); !seen[at] {
					seen[at] = true
					got[f.Name] += at
				}
			}
		}
		for _, line := range strings.Split(strings.TrimSpace(string(a.Files[0].Data)), "\n") {
			file, want, _ := strings.Cut(line, " ")
			if d := cmp.Diff(places(want), places(got[file])); d != "" {
				t.Errorf("%s, %s (-want +got):\n%s", name, file, d)
			}
		}
	}
}

func places(s string) []string {
	list := strings.Fields(s)
	sort.Strings(list)
	return list
}

// TestLintLib: classes of a project's lib/ are known to its scripts, wherever
// they are called from.
func TestLintLib(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"p/lib/Helper.groovy":   "class Helper { static int one() { 1 } }\n",
		"p/sub/main.nf":         "workflow {\n    println Helper.one()\n    println Missing.one()\n}\n",
		"q/main.nf":             "workflow {\n    println Helper.one()\n}\n",
		"p/work/ab/left_out.nf": "workflow {\n    println nothing\n}\n",
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for project, want := range map[string]string{
		"":                      "p/sub/main.nf:3:13 q/main.nf:2:13",
		filepath.Join(dir, "p"): "p/sub/main.nf:3:13",
	} {
		files, err := Lint(LintOptions{Paths: []string{"p", "q", "q/main.nf"}, Dir: dir, Exclude: LintExcluded, ProjectDir: project})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, f := range files {
			for _, d := range f.Problems {
				pos := d.Span.Position()
				got = append(got, fmt.Sprintf("%s:%d:%d", f.Name, pos.Line, pos.Column))
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("with project `%s`: %s, want %s", project, got, want)
		}
	}
}
