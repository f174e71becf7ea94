package langtest

import (
	"flag"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sluice/internal/lang/diag"
	"sluice/internal/lang/source"
)

var update = flag.Bool("update", false, "rewrite golden files")

// Chunks reads the chunks of the files of testdata that match one of the
// patterns, each named by its file and number.
func Chunks(t testing.TB, patterns ...string) []*source.File {
	t.Helper()
	var files []*source.File
	for _, pattern := range patterns {
		names, err := filepath.Glob(filepath.Join("testdata", pattern))
		if err != nil || len(names) == 0 {
			t.Fatalf("no chunks in testdata/%s (%v)", pattern, err)
		}
		for _, name := range names {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			ext := filepath.Ext(name)
			base := strings.TrimSuffix(filepath.Base(name), ext)
			for i, chunk := range strings.Split(string(text), "\n---\n") {
				files = append(files, source.NewFile(base+"_"+strconv.Itoa(i+1)+ext, chunk))
			}
		}
	}
	return files
}

// Goldens compares the rendered diagnostics of each chunk with testdata/diag;
// -update rewrites them. A golden without a chunk is an error too.
func Goldens(t *testing.T, chunks []*source.File, diagnose func(*source.File) diag.List) {
	t.Helper()
	seen := map[string]bool{}
	for _, f := range chunks {
		diags := diagnose(f)
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
			t.Error(err)
			continue
		}
		if d := cmp.Diff(string(want), b.String()); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
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
