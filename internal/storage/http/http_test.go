package http

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// serve answers with one file, and with faults under other names.
func serve(t *testing.T) (*Storage, string, *int) {
	t.Helper()
	failures := 2
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/a.txt":
			w.Header().Set("Last-Modified", "Mon, 02 Jan 2006 15:04:05 GMT")
			io.WriteString(w, "hello\n")
		case "/busy":
			if failures > 0 {
				failures--
				http.Error(w, "later", http.StatusServiceUnavailable)
				return
			}
			io.WriteString(w, "at last")
		case "/secret":
			http.Error(w, "no", http.StatusForbidden)
		case "/cut":
			w.Header().Set("Content-Length", "100")
			io.WriteString(w, "short")
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(s.Close)
	return &Storage{Scheme: "http", Client: s.Client(), Wait: func(context.Context, int) error { return nil }}, strings.TrimPrefix(s.URL, "http://"), &failures
}

func TestRead(t *testing.T) {
	s, host, _ := serve(t)
	ctx := context.Background()
	info, err := s.Stat(ctx, host+"/a.txt?x=1")
	if err != nil || info.Name != "a.txt" || info.Size != 6 || info.Modified.Year() != 2006 {
		t.Errorf("Stat: %+v, %v", info, err)
	}
	if got, err := read(s, host+"/a.txt"); got != "hello\n" || err != nil {
		t.Errorf("Open: %q, %v", got, err)
	}
}

func TestFaults(t *testing.T) {
	s, host, failures := serve(t)
	if _, err := read(s, host+"/none"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("missing file: %v", err)
	}
	if _, err := read(s, host+"/secret"); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("forbidden file: %v", err)
	}
	if got, err := read(s, host+"/busy"); got != "at last" || err != nil || *failures != 0 {
		t.Errorf("busy server: %q, %v", got, err)
	}
	if _, err := read(s, host+"/cut"); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("an answer that ends early: %v", err)
	}
	*failures = 100
	if _, err := read(s, host+"/busy"); err == nil || !strings.Contains(err.Error(), "503") {
		t.Errorf("server that stays busy: %v", err)
	}
	if err := s.Remove(context.Background(), host+"/a.txt", false); !errors.Is(err, ErrReadOnly) {
		t.Errorf("Remove: %v", err)
	}
}

// TestUnreachable: who was asked, why there is no answer, and what to look at.
func TestUnreachable(t *testing.T) {
	s, host, _ := serve(t)
	other := httptest.NewServer(nil)
	gone := strings.TrimPrefix(other.URL, "http://")
	other.Close()
	s.Client = nil
	_, err := read(s, gone+"/a.txt")
	want := "read http://" + gone + "/a.txt: cannot reach " + gone + ": connect: connection refused -- check network and proxy"
	if err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
	if _, err := read(s, host+"/none"); strings.Contains(err.Error(), "reach") {
		t.Errorf("a server that answers: %v", err)
	}
}

func read(s *Storage, name string) (string, error) {
	r, err := s.Open(context.Background(), name)
	if err != nil {
		return "", err
	}
	defer r.Close()
	b, err := io.ReadAll(r)
	return string(b), err
}
