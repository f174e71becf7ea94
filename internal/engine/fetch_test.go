package engine

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// TestFetchOnce: many tasks that want one remote file cost one download.
func TestFetchOnce(t *testing.T) {
	var requests atomic.Int32
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		requests.Add(1)
		io.WriteString(w, "data")
	}))
	defer s.Close()
	f := &fetcher{ctx: context.Background(), dir: t.TempDir(), storage: storageOf}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			path, err := f.fetch(s.URL + "/x/reads.fq?token=1")
			if err != nil || filepath.Base(path) != "reads.fq" {
				t.Errorf("fetched to %s, %v", path, err)
				return
			}
			if b, err := os.ReadFile(path); err != nil || string(b) != "data" {
				t.Errorf("holds %q, %v", b, err)
			}
		})
	}
	wg.Wait()
	if n := requests.Load(); n != 1 {
		t.Errorf("%d requests, want 1", n)
	}
}

// TestFetchLeavesNothingHalf: an answer that ends early leaves no file.
func TestFetchLeavesNothingHalf(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		io.WriteString(w, "short")
	}))
	defer s.Close()
	f := &fetcher{ctx: context.Background(), dir: t.TempDir(), storage: storageOf}
	if _, err := f.fetch(s.URL + "/a"); err == nil || !strings.Contains(err.Error(), s.URL+"/a") {
		t.Errorf("error %v does not name the file", err)
	}
	left, err := filepath.Glob(filepath.Join(f.dir, "*", "*", "*"))
	if err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	if _, err := f.fetch("gs://bucket/a"); err == nil || !strings.Contains(err.Error(), "gs://") {
		t.Errorf("a scheme that cannot be read: %v", err)
	}
}
