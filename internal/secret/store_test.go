package secret

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

func TestStore(t *testing.T) {
	t.Parallel()
	s := &Store{Path: filepath.Join(t.TempDir(), "home", "secrets", "store.json")}
	if all, err := s.All(); err != nil || len(all) != 0 {
		t.Fatalf("a store without a file: %v, %v", all, err)
	}
	odd := "a$b \"c\" 'd' `e` \\x\n\tü"
	for _, e := range []Entry{{"TOKEN", "first"}, {"ANOTHER", odd}, {"TOKEN", "second"}} {
		if err := s.Set(e.Name, e.Value); err != nil {
			t.Fatal(err)
		}
	}
	all, err := s.All()
	if want := []Entry{{"ANOTHER", odd}, {"TOKEN", "second"}}; err != nil || fmt.Sprint(all) != fmt.Sprint(want) {
		t.Errorf("got %q, %v; want %q", all, err, want)
	}
	if v, ok, err := s.Get("ANOTHER"); v != odd || !ok || err != nil {
		t.Errorf("Get: %q %v %v", v, ok, err)
	}
	if found, err := s.Delete("ANOTHER"); !found || err != nil {
		t.Errorf("Delete: %v %v", found, err)
	}
	if found, err := s.Delete("ANOTHER"); found || err != nil {
		t.Errorf("Delete again: %v %v", found, err)
	}
	if _, ok, err := s.Get("ANOTHER"); ok || err != nil {
		t.Errorf("Get after Delete: %v %v", ok, err)
	}
	info, err := os.Stat(s.Path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	left, err := os.ReadDir(filepath.Dir(s.Path))
	if err != nil || len(left) != 1 {
		t.Errorf("files beside the store: %v, %v", left, err)
	}
}

func TestStoreOfOthers(t *testing.T) {
	t.Parallel()
	s := &Store{Path: filepath.Join(t.TempDir(), "store.json")}
	if err := os.WriteFile(s.Path, []byte(`[{"name":"A","value":"hush"}]`), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Get("A"); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("a file open to others: %v", err)
	}
	if err := s.Set("B", "x"); err == nil {
		t.Error("a file open to others is written")
	}
	if err := os.Chmod(s.Path, 0o600); err != nil {
		t.Fatal(err)
	}
	if v, ok, err := s.Get("A"); v != "hush" || !ok || err != nil {
		t.Errorf("Get: %q %v %v", v, ok, err)
	}
	if err := os.WriteFile(s.Path, []byte(`{"A": "hush"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := s.All(); err == nil || strings.Contains(err.Error(), "hush") {
		t.Errorf("a broken file: %v", err)
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"A": true, "TOKEN": true, "a_b": true, "_a1": true, "a_": true, "": false, "_": false, "a__b": false, "1a": false, "a b": false, "a-b": false, "ä": false, "a\n": false,
	} {
		if err := CheckName(name); (err == nil) != want {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestTwoWriters(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "s", "store.json")
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			if err := (&Store{Path: path}).Set(fmt.Sprintf("N%d", i), "v"); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if all, err := (&Store{Path: path}).All(); err != nil || len(all) != 8 {
		t.Errorf("%d secrets, %v", len(all), err)
	}
}

func TestOpen(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		env  map[string]string
		want string
	}{
		{map[string]string{"NXF_SECRETS_FILE": "/x/s.json", "NXF_HOME": "/h"}, "/x/s.json"},
		{map[string]string{"NXF_HOME": "/h", "HOME": "/u"}, "/h/secrets/store.json"},
		{map[string]string{"HOME": "/u"}, "/u/.nextflow/secrets/store.json"},
	} {
		s, err := Open(func(n string) (string, bool) { v, ok := tc.env[n]; return v, ok })
		if err != nil || s.Path != tc.want {
			t.Errorf("%v: %v, %v", tc.env, s, err)
		}
	}
	if _, err := Open(func(string) (string, bool) { return "", false }); err == nil {
		t.Error("no home is no error")
	}
}
