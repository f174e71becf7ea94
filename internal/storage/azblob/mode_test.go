package azblob

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"sluice/internal/storage"
)

// TestExecutable: that a file may be run is kept, and no other permission; a
// copy within the account keeps it, and so do other properties.
func TestExecutable(t *testing.T) {
	both(t, func(t *testing.T, s *Storage) {
		ctx, dir := context.Background(), t.TempDir()
		for name, mode := range map[string]os.FileMode{"run": 0o700, "plain": 0o600} {
			local := filepath.Join(dir, name)
			if err := os.WriteFile(local, []byte(name), mode); err != nil {
				t.Fatal(err)
			}
			if err := s.Upload(ctx, local, "data/"+name); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.Copy(ctx, "data/run", "data/copy"); err != nil {
			t.Fatal(err)
		}
		if err := s.Put(ctx, "data/set.html", []byte("set")); err != nil {
			t.Fatal(err)
		}
		if err := s.SetExecutable(ctx, "data/set.html"); err != nil {
			t.Fatal(err)
		}
		for _, contentType := range []string{"", "text/x", "true"} {
			if err := s.SetAttributes(ctx, "data/set.html", contentType, nil); err != nil {
				t.Fatal(err)
			}
		}
		for name, want := range map[string]bool{"run": true, "copy": true, "set.html": true, "plain": false} {
			local := filepath.Join(dir, "new "+name)
			if err := s.Download(ctx, "data/"+name, local); err != nil {
				t.Fatal(err)
			}
			info, err := os.Stat(local)
			if err != nil || info.Mode()&0o111 != 0 != want {
				t.Errorf("%s: %v, %v", name, info.Mode(), err)
			}
			if there, err := s.Stat(ctx, "data/"+name); err != nil || there.Mode&0o111 != 0 != want || there.IsDir() {
				t.Errorf("Stat of %s: %v, %v", name, there.Mode, err)
			}
		}
		p, err := s.file(ctx, "read", "data/set.html")
		if err != nil {
			t.Fatal(err)
		}
		if have, err := p.blob().GetProperties(ctx, nil); err != nil || have.ContentType == nil || *have.ContentType != "text/html; charset=utf-8" {
			t.Errorf("content type %v, %v", have.ContentType, err)
		}
	})
}

// TestSeen: who wants to is told of the files that a listing comes by.
func TestSeen(t *testing.T) {
	both(t, func(t *testing.T, s *Storage) {
		ctx := context.Background()
		var got []string
		s.o.Seen = func(name string, i storage.Info) { got = append(got, fmt.Sprint(name, i.Size)) }
		for _, name := range []string{"data/d/b", "data/d/a", "data/d/sub/c"} {
			if err := s.Put(ctx, name, []byte(name)); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := s.List(ctx, "data/d"); err != nil || !slices.Equal(got, []string{"data/d/a8", "data/d/b8"}) {
			t.Errorf("seen: %q, %v", got, err)
		}
	})
}
