package syntax

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sluice/internal/lang/diag"
	"sluice/internal/lang/source"
)

var update = flag.Bool("update", false, "rewrite golden files")

// TestDiagGoldens renders the diagnostics of every chunk that has some:
// reviewing wording is reviewing testdata/diag.
func TestDiagGoldens(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, f := range chunks(t) {
		_, diags := parseFile(f)
		if len(diags) == 0 {
			continue
		}
		var b strings.Builder
		if err := diags.Render(&b, diag.Options{}); err != nil {
			t.Fatal(err)
		}
		name := filepath.Join("testdata", "diag", f.Name+".txt")
		seen[name] = true
		if *update {
			if err := os.WriteFile(name, []byte(b.String()), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), b.String()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	names, err := filepath.Glob("testdata/diag/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if !seen[name] {
			t.Errorf("%s belongs to no chunk", name)
		}
	}
}

func TestNestingLimit(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		strings.Repeat("(", 100000),
		strings.Repeat("[", 100000),
		strings.Repeat("{ ", 100000),
		strings.Repeat("!", 100000) + "x",
		strings.Repeat("- ", 100000) + "x",
		strings.Repeat("x = ", 100000) + "1",
		strings.Repeat("a ? b : ", 100000) + "c",
		strings.Repeat("if (x) ", 100000) + "y",
		strings.Repeat("f(", 100000),
		strings.Repeat(`"${`, 100000),
		strings.Repeat("(int) ", 100000) + "x",
		strings.Repeat("a: ", 100000) + "x",
		"x as " + strings.Repeat("A<", 100000),
		strings.Repeat("class A { ", 100000),
		strings.Repeat("new A[", 100000),
		strings.Repeat("x -> ", 100000) + "1",
	} {
		_, diags := ParseScript(source.NewFile("deep.nf", text))
		if len(diags) == 0 {
			t.Errorf("%.20s…: no diagnostic", text)
		}
	}
}
