package examples

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sluice/conformance"
)

const checksums = "SHA256SUMS"

func TestExamples(t *testing.T) {
	mains, err := filepath.Glob("*/main.nf")
	if err != nil || len(mains) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	sluice, err := conformance.Build(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, main := range mains {
		t.Run(filepath.Dir(main), func(t *testing.T) {
			script, err := filepath.Abs(main)
			if err != nil {
				t.Fatal(err)
			}
			dir := t.TempDir()
			cmd := exec.CommandContext(t.Context(), sluice, "run", script, "-ansi-log", "false")
			cmd.Dir = dir
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			compare(t, filepath.Join(filepath.Dir(main), "expected"), filepath.Join(dir, "results"))
		})
	}
}

// compare wants every file below expected in results, byte for byte, and those
// that SHA256SUMS lists with their sums.
func compare(t *testing.T, expected, results string) {
	compared := 0
	err := filepath.WalkDir(expected, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		want := read(t, path)
		rel, err := filepath.Rel(expected, path)
		if err != nil {
			return err
		}
		compared++
		if rel == checksums {
			compareSums(t, string(want), results)
		} else if got := read(t, filepath.Join(results, rel)); !bytes.Equal(want, got) {
			t.Errorf("%s differs (-want +got):\n%s", rel, cmp.Diff(string(want), string(got)))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if compared == 0 {
		t.Errorf("%s is empty", expected)
	}
}

func compareSums(t *testing.T, list, results string) {
	for _, line := range strings.Split(strings.TrimSpace(list), "\n") {
		want, name, ok := strings.Cut(line, "  ")
		if !ok {
			t.Fatalf("%s: %q is not `sum  name`", checksums, line)
		}
		sum := sha256.Sum256(read(t, filepath.Join(results, name)))
		if got := hex.EncodeToString(sum[:]); got != want {
			t.Errorf("%s: sum %s, want %s", name, got, want)
		}
	}
}

func read(t *testing.T, path string) []byte {
	data, err := os.ReadFile(path)
	if err != nil {
		t.Error(err)
	}
	return data
}
