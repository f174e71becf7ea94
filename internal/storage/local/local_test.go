package local

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"sluice/internal/storage/storagetest"
)

func TestContract(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, &Storage{}, t.TempDir())
}

func TestRelativeNames(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := &Storage{Dir: dir}
	if err := os.Mkdir(filepath.Join(dir, "sub"), 0o755); err != nil {
		t.Fatal(err)
	}
	storagetest.Run(t, s, "sub")
}

func TestDirectoriesAndLinks(t *testing.T) {
	t.Parallel()
	ctx, dir := context.Background(), t.TempDir()
	s := &Storage{Dir: dir}
	if err := s.Mkdir(ctx, "a/b", false); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Mkdir without parent: %v", err)
	}
	if err := s.Mkdir(ctx, "a/b", true); err != nil {
		t.Fatal(err)
	}
	if err := s.Mkdir(ctx, "a", false); !errors.Is(err, fs.ErrExist) {
		t.Errorf("Mkdir of what exists: %v", err)
	}
	if err := s.Link(ctx, "b", "a/link", false); err != nil {
		t.Fatal(err)
	}
	if info, err := s.Lstat(ctx, "a/link"); err != nil || !info.IsLink() {
		t.Errorf("Lstat gives %+v, %v", info, err)
	}
	if err := s.Copy(ctx, "a", "c"); err != nil {
		t.Fatal(err)
	}
	if target, err := os.Readlink(filepath.Join(dir, "c/link")); err != nil || target != "b" {
		t.Errorf("copied link points to %q, %v", target, err)
	}
	if err := s.Rename(ctx, "c", "d"); err != nil {
		t.Fatal(err)
	}
	want, err := filepath.EvalSymlinks(filepath.Join(dir, "d/b"))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := s.Resolve(ctx, "d/link"); err != nil || got != want {
		t.Errorf("Resolve gives %q, %v; want %q", got, err, want)
	}
	if _, err := s.Open(ctx, "d"); err == nil {
		t.Error("Open of a directory succeeds")
	}
}
