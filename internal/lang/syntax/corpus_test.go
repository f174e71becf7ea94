package syntax

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sluice/internal/lang/diag"
	"sluice/internal/lang/source"
)

// parseFile parses a file as its name tells.
func parseFile(f *source.File) (*File, diag.List) {
	if strings.HasSuffix(f.Name, ".config") {
		return ParseConfig(f)
	}
	return ParseScript(f)
}

// TestCorpus parses every script and configuration file below the directory
// that SLUICE_CORPUS names: check-outs of real pipelines, which are not part
// of this repository.
func TestCorpus(t *testing.T) {
	t.Parallel()
	root := os.Getenv("SLUICE_CORPUS")
	if root == "" {
		t.Skip("SLUICE_CORPUS names no directory")
	}
	var files []*source.File
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		switch filepath.Ext(path) {
		case ".nf", ".config", ".groovy":
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			files = append(files, source.NewFile(path, string(text)))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	trees := make([]*File, len(files))
	for i, f := range files {
		var diags diag.List
		trees[i], diags = parseFile(f)
		if len(diags) > 0 {
			t.Errorf("%s", diags.Short())
		}
	}
	t.Logf("%d files in %v", len(files), time.Since(start))
	for i, f := range files {
		roundTrip(t, f, trees[i])
	}
}
