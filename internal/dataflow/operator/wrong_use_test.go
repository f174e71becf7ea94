package operator_test

import (
	"bytes"
	"context"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sluice/internal/engine"
	"sluice/internal/lang/value"
)

var update = flag.Bool("update", false, "rewrite testdata/wrong_uses.txt")

// TestWrongUses: each use in the file gives the message below it. A use is
// separated from its message by `=>`, and from the next use by `---`.
func TestWrongUses(t *testing.T) {
	t.Parallel()
	const file = "testdata/wrong_uses.txt"
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var blocks []string
	for block := range strings.SplitSeq(string(text), "\n---\n") {
		use, want, _ := strings.Cut(block, "\n=>\n")
		use = strings.TrimSpace(use)
		got := misused(t, use)
		blocks = append(blocks, use+"\n=>\n"+got)
		if want = strings.TrimSpace(want); !*update && got != want {
			t.Errorf("%s\n%s", use, cmp.Diff(want, got))
		}
	}
	if *update {
		if err := os.WriteFile(file, []byte(strings.Join(blocks, "\n---\n")+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// misused runs a use in a workflow and gives what is printed about it.
func misused(t *testing.T, use string) string {
	t.Helper()
	dir := t.TempDir()
	main := filepath.Join(dir, "main.nf")
	if err := os.WriteFile(main, []byte("workflow {\n    "+strings.ReplaceAll(use, "\n", "\n    ")+"\n}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	var out, log bytes.Buffer
	err := engine.Run(context.Background(), engine.Options{
		Script: main, LaunchDir: dir, Params: value.NewMap(0), Process: value.NewMap(0), Executor: value.NewMap(0), Env: value.NewMap(0),
		With: map[string]string{}, Quiet: true, Version: "25.04.4", Stdout: &out, Stderr: &log,
		Getenv: func(string) (string, bool) { return "", false },
	})
	if err == nil {
		t.Errorf("%s\nis not refused", use)
	}
	said := strings.ReplaceAll(out.String()+log.String(), dir, "<dir>")
	said, _, _ = strings.Cut(said, "\n\n -- Check")
	return strings.TrimSpace(said)
}
