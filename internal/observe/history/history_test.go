package history

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"sluice/internal/observe"
)

var start = time.Date(2026, 11, 23, 8, 38, 23, 0, time.Local)

func TestLines(t *testing.T) {
	t.Parallel()
	f := Open(t.TempDir())
	r := Record{Start: start, RunName: "first_run", ScriptID: "b90a9a677be9d32d83de06827f33a84c", Session: "23b8cd5f-fb21-4d39-bb1a-9d81ab41d07a", Command: "nextflow run a.nf -name first_run"}
	if err := f.Add(r); err != nil {
		t.Fatal(err)
	}
	read := func() string {
		t.Helper()
		b, err := os.ReadFile(f.Path)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	rest := "\tb90a9a677be9d32d83de06827f33a84c\t23b8cd5f-fb21-4d39-bb1a-9d81ab41d07a\tnextflow run a.nf -name first_run\n"
	if got, want := read(), "2026-11-23 08:38:23\t-\tfirst_run\t-"+rest; got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if err := f.End("first_run", r.Session, 90*time.Second, true); err != nil {
		t.Fatal(err)
	}
	if got, want := read(), "2026-11-23 08:38:23\t1m 30s\tfirst_run\tOK"+rest; got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	all, err := f.All()
	if err != nil || len(all) != 1 || all[0].DurationText() != "1m 30s" || all[0].Status != "OK" || !all[0].Start.Equal(start) {
		t.Errorf("%+v %v", all, err)
	}
	if err := f.End("nobody", r.Session, 0, true); err == nil {
		t.Error("ended a run that is not there")
	}
}

func TestFind(t *testing.T) {
	t.Parallel()
	f := Open(t.TempDir())
	if _, ok, err := f.Last(); ok || err != nil {
		t.Error("an empty history has a last run", err)
	}
	for i, s := range []string{"aaaa1111-0000-4000-8000-000000000000", "aaaa2222-0000-4000-8000-000000000000", "aaaa1111-0000-4000-8000-000000000000"} {
		if err := f.Add(Record{Start: start, RunName: fmt.Sprintf("run_%c", 'a'+i), Session: s}); err != nil {
			t.Fatal(err)
		}
	}
	for what, want := range map[string]string{
		"last": "run_c", "run_b": "run_b", "aaaa1": "run_a run_c", "aaaa2222-0000-4000-8000-000000000000": "run_b",
	} {
		found, err := f.Find(what)
		var got []string
		for _, r := range found {
			got = append(got, r.RunName)
		}
		if err != nil || strings.Join(got, " ") != want {
			t.Errorf("%s: %v %v", what, got, err)
		}
	}
	var ambiguous *ErrAmbiguous
	if _, err := f.Find("aaaa"); !errors.As(err, &ambiguous) {
		t.Errorf("got %v", err)
	}
	var missing *ErrNotFound
	if _, err := f.Find("bbbb"); !errors.As(err, &missing) {
		t.Errorf("got %v", err)
	}
	if err := f.Remove(func(r Record) bool { return r.RunName == "run_c" }); err != nil {
		t.Fatal(err)
	}
	if r, ok, err := f.Last(); !ok || err != nil || r.RunName != "run_b" {
		t.Error(r, err)
	}
}

func TestManyRunsAtOnce(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var wg sync.WaitGroup
	errs := make([]error, 20)
	for i := range errs {
		wg.Go(func() {
			f, name := Open(dir), fmt.Sprintf("run_%c", 'a'+i)
			errs[i] = errors.Join(f.Add(Record{Start: start, RunName: name, Session: "s"}), f.End(name, "s", time.Second, i%2 == 0))
		})
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	all, err := Open(dir).All()
	if err != nil || len(all) != len(errs) {
		t.Fatalf("%d runs, %v", len(all), err)
	}
	for _, r := range all {
		want := "ERR"
		if (r.RunName[4]-'a')%2 == 0 {
			want = "OK"
		}
		if r.Status != want || r.DurationText() != "1s" {
			t.Errorf("%+v", r)
		}
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	f := Open(t.TempDir())
	form := regexp.MustCompile(`^[a-z]+_[a-z]+$`)
	seen := map[string]bool{}
	for range 30 {
		name, err := f.NewName(func(int) int { return 5 }) // the same start each time
		if err != nil || !form.MatchString(name) || seen[name] {
			t.Fatalf("%q %v, seen %v", name, err, seen[name])
		}
		seen[name] = true
		if err := errors.Join(CheckName(name), f.CheckUnused(name), f.Add(Record{Start: start, RunName: name})); err != nil {
			t.Fatal(err)
		}
		if err := f.CheckUnused(name); err == nil || err.Error() != "Run name `"+name+"` has been already used -- Specify a different one" {
			t.Errorf("got %v", err)
		}
	}
	words := map[string]bool{}
	for _, w := range strings.Fields(moods) {
		if words[w] {
			t.Errorf("%s twice", w)
		}
		words[w] = true
	}
}

func TestEveryNameIsReached(t *testing.T) {
	t.Parallel()
	n := len(strings.Fields(moods)) * len(strings.Fields(people))
	f := Open(t.TempDir())
	var b strings.Builder
	last := ""
	for _, m := range strings.Fields(moods) {
		for _, p := range strings.Fields(people) {
			if last != "" {
				b.WriteString(Record{Start: start, RunName: last}.line() + "\n")
			}
			last = m + "_" + p
		}
	}
	if err := errors.Join(os.MkdirAll(filepath.Dir(f.Path), 0o777), os.WriteFile(f.Path, []byte(b.String()), 0o666)); err != nil {
		t.Fatal(err)
	}
	if got, err := f.NewName(func(int) int { return n / 3 }); err != nil || got != last {
		t.Errorf("got %q %v, the only free one is %q", got, err, last)
	}
	if err := f.Add(Record{Start: start, RunName: last}); err != nil {
		t.Fatal(err)
	}
	if _, err := f.NewName(Random); err == nil {
		t.Error("a name was found where none is left")
	}
}

func TestCheckName(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"a": true, "a_b": true, "a-b9": true, "9bad": false, "Bad": false, "a_": false, "a__b": false, "": false,
		strings.Repeat("a", 80): true, strings.Repeat("a", 81): false,
	} {
		if err := CheckName(name); (err == nil) != want {
			t.Errorf("%q: %v", name, err)
		}
	}
	want := "Not a valid run name: `9bad` -- It must match the pattern ^[a-z](?:[a-z\\d]|[-_](?=[a-z\\d])){0,79}$"
	if err := CheckName("9bad"); err.Error() != want {
		t.Errorf("got %v", err)
	}
}

func TestSession(t *testing.T) {
	t.Parallel()
	a, b := NewSession(), NewSession()
	if !IsSession(a) || a == b || a[14] != '4' || IsSession("last") {
		t.Error(a, b)
	}
}

func TestObserver(t *testing.T) {
	t.Parallel()
	o := &Observer{File: Open(t.TempDir())}
	o.Observe(observe.Event{Body: observe.RunStarted{Launch: observe.Launch{RunName: "a_b", SessionID: "s", Start: start}}})
	o.Observe(observe.Event{Body: observe.RunEnded{Start: start, Complete: start.Add(2 * time.Second)}})
	if err := o.Close(); err != nil {
		t.Fatal(err)
	}
	if r, ok, err := o.File.Last(); !ok || err != nil || r.Status != "ERR" || r.DurationText() != "2s" {
		t.Error(r, ok, err)
	}
}
