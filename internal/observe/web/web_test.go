package web

import (
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"sluice/internal/observe"
)

// TestNeverWaits: an address that does not answer delays nobody, and events
// beyond the bound are dropped with one warning.
func TestNeverWaits(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	defer server.Close()
	var warnings atomic.Int32
	s, err := New(Options{URL: server.URL, Warn: func(string) { warnings.Add(1) }})
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	for range queued + 100 {
		s.Observe(observe.Event{Time: start, Body: observe.WorkflowError{}})
	}
	if took := time.Since(start); took > 2*time.Second {
		t.Errorf("took %v", took)
	}
	if n := warnings.Load(); n != 1 {
		t.Errorf("%d warnings", n)
	}
	close(release)
	s.stop()
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

func TestCheckURL(t *testing.T) {
	for url, ok := range map[string]bool{
		"http://localhost": true, "https://x.org/a?b=c": true, "": false, "x.org": false, "ftp://x.org": false, "http://": false, "http://[::1": false,
	} {
		if err := CheckURL(url); (err == nil) != ok {
			t.Errorf("%q: %v", url, err)
		}
	}
}
