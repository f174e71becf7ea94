package storagetest

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"strings"
	"testing"

	"sluice/internal/storage"
)

// Run checks a writable storage; dir is an empty directory of it.
func Run(t *testing.T, s storage.Storage, dir string) {
	ctx := context.Background()
	name := strings.TrimSuffix(dir, "/") + "/a.txt"
	t.Run("missing file", func(t *testing.T) {
		if _, err := s.Stat(ctx, name); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("Stat of a missing file: %v", err)
		}
		if _, err := s.Open(ctx, name); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("Open of a missing file: %v", err)
		}
		if err := s.Remove(ctx, name, false); err != nil {
			t.Errorf("Remove of a missing file: %v", err)
		}
	})
	t.Run("write and append", func(t *testing.T) {
		write(t, s, name, "one\n", false)
		write(t, s, name, "two\n", true)
		if got := read(t, s, name); got != "one\ntwo\n" {
			t.Errorf("contents are %q", got)
		}
		write(t, s, name, "x", false)
		info, err := s.Stat(ctx, name)
		if err != nil || info.Size != 1 || info.Name != "a.txt" || info.IsDir() || info.Modified.IsZero() {
			t.Errorf("Stat gives %+v, %v", info, err)
		}
	})
	t.Run("copy and list", func(t *testing.T) {
		other := strings.TrimSuffix(dir, "/") + "/0.txt"
		if err := s.Copy(ctx, name, other); err != nil {
			t.Fatal(err)
		}
		if got := read(t, s, other); got != "x" {
			t.Errorf("copy holds %q", got)
		}
		list, err := s.List(ctx, dir)
		if err != nil || len(list) != 2 || list[0].Name != "0.txt" || list[1].Name != "a.txt" {
			t.Errorf("List gives %+v, %v", list, err)
		}
	})
	t.Run("remove", func(t *testing.T) {
		if err := s.Remove(ctx, name, false); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Stat(ctx, name); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("file is still there: %v", err)
		}
		if err := s.Remove(ctx, dir, true); err != nil {
			t.Fatal(err)
		}
		if list, err := s.List(ctx, dir); err == nil && len(list) > 0 {
			t.Errorf("directory still holds %+v", list)
		}
	})
}

func write(t *testing.T, s storage.Storage, name, text string, appending bool) {
	t.Helper()
	w, err := s.Create(context.Background(), name, appending)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, s storage.Storage, name string) string {
	t.Helper()
	r, err := s.Open(context.Background(), name)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(r)
	if err := errors.Join(err, r.Close()); err != nil {
		t.Fatal(err)
	}
	return string(b)
}
