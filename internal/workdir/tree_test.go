package workdir

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sluice/internal/storage"
)

// listed is a directory of this machine as a storage lists what was uploaded
// from it: links are what they point to, empty directories have a marker.
func listed(t *testing.T, dir string) *Listing {
	t.Helper()
	var all []storage.Info
	var walk func(rel string)
	walk = func(rel string) {
		entries, err := os.ReadDir(filepath.Join(dir, rel))
		if err != nil {
			t.Fatal(err)
		}
		if len(entries) == 0 {
			all = append(all, storage.Info{Name: rel, Mode: fs.ModeDir})
		}
		for _, e := range entries {
			name := filepath.Join(rel, e.Name())
			info, err := os.Stat(filepath.Join(dir, name))
			switch {
			case err != nil: // leads nowhere
			case info.IsDir():
				walk(name)
			default:
				all = append(all, storage.Info{Name: name, Size: info.Size(), Modified: info.ModTime()})
			}
		}
	}
	walk("")
	return NewListing("az://c/work/ab/1", all, func(name string) ([]byte, error) { return os.ReadFile(filepath.Join(dir, name)) })
}

// TestListingCollect: a pattern finds in a storage what it finds on this machine.
func TestListingCollect(t *testing.T) {
	t.Parallel()
	dir, inputs := tree(t)
	l := listed(t, dir)
	for _, c := range collectCases {
		if c.o.NoFollow {
			continue // storages have no links
		}
		c.o.Inputs = inputs
		got, err := l.Collect(c.pattern, c.o)
		text := strings.Join(got.Names, "|")
		switch {
		case err != nil:
			text = "!error"
		case got.OnlyInputs:
			text = "!inputs"
		}
		if text != c.want {
			t.Errorf("%s %+v\n got %s\nwant %s\n%v", c.pattern, c.o, text, c.want, err)
		}
	}
	for pattern, want := range map[string]string{
		"az://c/work/ab/1/a1.txt": "a1.txt", "/c/work/ab/1/d1/*": "d1/s d1/x d1/y.txt",
		"az://c/work/ab/2/a1.txt": "error", "az://c/work/ab/1/../2/x": "error", "/c/work/ab/12/a1.txt": "error",
	} {
		got, err := l.Collect(pattern, CollectOptions{})
		text := strings.Join(got.Names, " ")
		if err != nil {
			text = "error"
		}
		if text != want {
			t.Errorf("%s gave %s, want %s", pattern, text, want)
		}
	}
}

func TestListing(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	l := NewListing("az://c/w", []storage.Info{
		{Name: "", Mode: fs.ModeDir},
		{Name: "b/c #?%.txt", Size: 3, Modified: at},
		{Name: "b", Mode: fs.ModeDir},
		{Name: "b-x", Size: 1},
		{Name: "e/", Mode: fs.ModeDir},
		{Name: "é\n\"'", Size: 2},
	}, func(name string) ([]byte, error) { return []byte(name), nil })
	for name, want := range map[string]string{"b": "dir", "b/": "dir", "e": "dir", "b/c #?%.txt": "file", "é\n\"'": "file", "x": "none", "b/c": "none"} {
		info, ok := l.Stat(name)
		got := "file"
		switch {
		case !ok:
			got = "none"
		case info.IsDir():
			got = "dir"
		}
		if got != want {
			t.Errorf("%q is %s, want %s", name, got, want)
		}
	}
	if below := l.Below("b"); len(below) != 1 || below[0].Size != 3 || !below[0].Modified.Equal(at) {
		t.Errorf("below b: %+v", below)
	}
	if below := l.Below(""); len(below) != 3 {
		t.Errorf("below all: %+v", below)
	}
	if _, err := l.ReadFile("nothing"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file that is not there: %v", err)
	}
	if b, err := l.ReadFile("b-x"); err != nil || string(b) != "b-x" {
		t.Errorf("a file: %q, %v", b, err)
	}
}

// TestCapturesOfListing: the captured environment is read from a storage too.
func TestCapturesOfListing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, EnvFile), []byte("A=1\n/A/\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	got, err := ReadCaptures(listed(t, dir))
	if err != nil || got["A"].Value != "1" {
		t.Errorf("got %v, %v", got, err)
	}
	if _, err := ReadCaptures(NewListing("az://c/w", nil, nil)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("without the file: %v", err)
	}
}
