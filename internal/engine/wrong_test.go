package engine

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "rewrite testdata/wrong")

// TestWrong runs pipelines with one mistake each in a directive or a
// declaration, and compares all that is said of it.
func TestWrong(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/wrong/*.txtar")
	if err != nil || len(files) < 40 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, path := range files {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			t.Parallel()
			a, err := txtar.ParseFile(path)
			if err != nil || len(a.Files) != 2 || a.Files[1].Name != "want" {
				t.Fatalf("%s: %v", path, err)
			}
			out, code := newPipeline(t, map[string]string{"main.nf": string(a.Files[0].Data)}).run(nil)
			if code != 1 {
				t.Errorf("exit %d", code)
			}
			out, _, _ = strings.Cut(out, "\n -- Check ")
			if *update {
				a.Files[1].Data = []byte(out)
				if err := os.WriteFile(path, txtar.Format(a), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(string(a.Files[1].Data), out); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}
