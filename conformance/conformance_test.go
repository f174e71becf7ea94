package conformance

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

func TestConformance(t *testing.T) {
	cases, err := Load(".")
	if err != nil {
		t.Fatal(err)
	}
	skips, err := ReadSkips("skip.txt")
	if err != nil {
		t.Fatal(err)
	}
	sluice, err := Build(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	// Runs are mostly waiting for short tasks; more of them than cores would
	// only stretch the ones that watch the clock.
	slots := make(chan struct{}, runtime.GOMAXPROCS(0))
	for _, c := range cases {
		reason, skipped := skips[c.Name]
		delete(skips, c.Name)
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			slots <- struct{}{}
			defer func() { <-slots }()
			got, err := c.Run(t.Context(), sluice, realTempDir(t), os.Environ())
			diff := ""
			if err != nil {
				diff = err.Error()
			} else {
				diff = c.Compare(got)
			}
			switch {
			case skipped && diff == "":
				t.Errorf("passes, but stands in skip.txt (%s)", reason)
			case skipped:
				t.Skip(reason)
			case diff != "":
				t.Errorf("%s\nwhole output:\n%s", diff, got.Output)
			}
		})
	}
	for name := range skips {
		t.Errorf("skip.txt: there is no case %s", name)
	}
}

// TestRecorded: a case without a recorded outcome would compare with nothing.
func TestRecorded(t *testing.T) {
	cases, err := Load(".")
	if err != nil {
		t.Fatal(err)
	}
	if len(cases) == 0 {
		t.Fatal("no cases")
	}
	for _, c := range cases {
		if c.Want.Exit == "" {
			t.Errorf("%s: not recorded, run `make oracle`", c.Name)
		}
	}
}

// realTempDir: paths are printed with symlinks resolved.
func realTempDir(t *testing.T) string {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return dir
}
