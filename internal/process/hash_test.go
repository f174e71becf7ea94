package process

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sluice/internal/directive"
	"sluice/internal/lang/value"
	"sluice/internal/task"
)

// Different values give different text, and equal ones the same.
func TestHashText(t *testing.T) {
	t.Parallel()
	list := func(v ...value.Value) value.Value { return value.NewList(v...) }
	text := func(s string) value.Value { return value.String(s) }
	values := []value.Value{
		nil, text(""), text("null"), text("1"), value.MakeInt(1), value.Long(1), value.Double(1), value.Bool(true), text("true"),
		list(), list(list()), value.MapOf(), list(value.MapOf()), list(text("a"), text("b")), list(text("a,b")), list(text("a"), list(text("b"))), list(text("b"), text("a")),
		value.MapOf("a", text("b")), value.MapOf("a:b", nil), value.MapOf("a", text("b"), "c", nil), list(nil), list(text("null")),
	}
	seen := map[string]int{}
	for i, v := range values {
		var b, again strings.Builder
		if err := (&Run{}).hashText(&b, v, directive.CacheStandard); err != nil {
			t.Fatal(err)
		}
		if err := (&Run{}).hashText(&again, v, directive.CacheStandard); err != nil || again.String() != b.String() {
			t.Errorf("%s: %q, then %q", value.Inspect(v), b.String(), again.String())
		}
		if other, dup := seen[b.String()]; dup {
			t.Errorf("%s and %s have one text: %s", value.Inspect(v), value.Inspect(values[other]), b.String())
		}
		seen[b.String()] = i
	}
}

func TestFileKey(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "a.txt")
	key := func(mode directive.CacheMode) string {
		t.Helper()
		k, err := (&Run{}).fileKey(&value.Path{Name: path}, mode)
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	write := func(text string, at time.Time) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, at, at); err != nil {
			t.Fatal(err)
		}
	}
	day := time.Date(2024, 1, 2, 3, 4, 5, 0, time.UTC)
	modes := []directive.CacheMode{directive.CacheStandard, directive.CacheLenient, directive.CacheDeep}
	keys := func() (all [3]string) {
		for i, m := range modes {
			all[i] = key(m)
		}
		return all
	}
	write("one", day)
	first := keys()
	for _, tc := range []struct {
		name    string
		text    string
		at      time.Time
		changed [3]bool
	}{
		{"touched", "one", day.Add(time.Hour), [3]bool{true, false, false}},
		{"other text of the same size", "two", day, [3]bool{false, false, true}},
		{"other size", "three", day, [3]bool{true, true, true}},
		{"as before", "one", day, [3]bool{}},
	} {
		write(tc.text, tc.at)
		now := keys()
		for i, m := range modes {
			if (now[i] != first[i]) != tc.changed[i] {
				t.Errorf("%s: %s changed: %v, want %v", tc.name, m, now[i] != first[i], tc.changed[i])
			}
		}
	}
	if _, err := (&Run{}).fileKey(&value.Path{Name: filepath.Join(dir, "none")}, directive.CacheStandard); err == nil {
		t.Error("a missing file has a key")
	}
}

// A directory counts with the names and contents of all it holds.
func TestDeepDirectoryKey(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	key := func() string {
		t.Helper()
		k, err := (&Run{}).fileKey(&value.Path{Name: dir}, directive.CacheDeep)
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	seen := map[string]string{}
	for _, step := range []func() error{
		func() error { return nil },
		func() error { return os.WriteFile(filepath.Join(dir, "a"), []byte("x"), 0o600) },
		func() error { return os.WriteFile(filepath.Join(dir, "a"), []byte("y"), 0o600) },
		func() error { return os.Rename(filepath.Join(dir, "a"), filepath.Join(dir, "b")) },
	} {
		if err := step(); err != nil {
			t.Fatal(err)
		}
		k := key()
		if _, again := seen[k]; again {
			t.Errorf("a change of the directory kept its key")
		}
		seen[k] = k
	}
}

// Every attempt and every collision has a hash of its own.
func TestRehash(t *testing.T) {
	t.Parallel()
	base := task.Hash{1, 2, 3}
	seen := map[task.Hash]bool{base: true}
	for try := 1; try < 100; try++ {
		h := rehash(base, try)
		if seen[h] {
			t.Fatalf("try %d repeats a hash", try)
		}
		if h != rehash(base, try) {
			t.Fatalf("try %d is not the same twice", try)
		}
		seen[h] = true
	}
}

func TestUsedCommands(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, text := range map[string]string{"fix.sh": "1", "other": "2"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	used := func(script string) []string {
		t.Helper()
		n := &node{run: &Run{}, bins: []string{dir}}
		list, err := n.usedCommands(script)
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	for script, want := range map[string]int{"": 0, "ls": 0, "fix.sh x | other": 2, "fix.sh; fix.sh": 1, "fix": 0, "x=other": 1} {
		if got := used(script); len(got) != want {
			t.Errorf("%q uses %v, want %d", script, got, want)
		}
	}
	before := used("fix.sh")
	if err := os.WriteFile(filepath.Join(dir, "fix.sh"), []byte("3"), 0o700); err != nil {
		t.Fatal(err)
	}
	if after := used("fix.sh"); after[0] == before[0] {
		t.Error("a changed command has the same key")
	}
}
