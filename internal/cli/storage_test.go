package cli

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"sluice/internal/storage"
	"sluice/internal/storage/local"
	"sluice/internal/storage/storagetest"
)

func cloudProgram(t *testing.T, store *storagetest.Memory) (*program, *bytes.Buffer) {
	t.Helper()
	out := &bytes.Buffer{}
	p := &program{dir: t.TempDir(), stdout: out, stderr: out, brand: "sluice", getenv: func(string) (string, bool) { return "", false }}
	p.storages = func(scheme string) (storage.Storage, error) {
		switch scheme {
		case "":
			return &local.Storage{}, nil
		case "az":
			return store, nil
		}
		return nil, errors.New("no storage " + scheme)
	}
	return p, out
}

// TestTasksElsewhere: what log reads and clean removes may be in a storage.
func TestTasksElsewhere(t *testing.T) {
	t.Parallel()
	store := &storagetest.Memory{}
	ctx := context.Background()
	for _, name := range []string{".command.sh", ".exitcode", "a b#%.txt", "d/x"} {
		if err := store.Put(ctx, "c/work/ab/1/"+name, []byte(name)); err != nil {
			t.Fatal(err)
		}
	}
	p, _ := cloudProgram(t, store)
	if b, err := p.taskFile("az://c/work/ab/1", ".command.sh"); err != nil || string(b) != ".command.sh" {
		t.Errorf("read %q, %v", b, err)
	}
	if err := p.removeTask("az://c/work/ab/1", true); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(store.Names("c/"), " "); got != "c/work/ab/1/.command.sh c/work/ab/1/.exitcode" {
		t.Errorf("left with logs: %s", got)
	}
	if err := p.removeTask("az://c/work/ab/1", false); err != nil {
		t.Fatal(err)
	}
	if got := store.Names("c/"); len(got) != 0 {
		t.Errorf("left: %v", got)
	}
	if err := p.removeTask("az://c/work/ab/1", true); err != nil {
		t.Errorf("what is gone already: %v", err)
	}
}

// TestFilesElsewhere: fs copies, moves, prints and removes in a storage.
func TestFilesElsewhere(t *testing.T) {
	t.Parallel()
	store := &storagetest.Memory{}
	if err := store.Put(context.Background(), "c/d/a.txt", []byte("text")); err != nil {
		t.Fatal(err)
	}
	p, out := cloudProgram(t, store)
	for _, words := range []string{
		"cp az://c/d/a.txt local.txt", "cp local.txt az://c/b.txt", "mv az://c/b.txt az://c/m.txt", "cp az://c/d dir", "cp dir az://c/e", "cat az://c/e/a.txt", "rm az://c/d",
	} {
		if err := p.files(&request{args: strings.Fields(words)}); err != nil {
			t.Errorf("%s: %v", words, err)
		}
	}
	if got := strings.Join(store.Names("c/"), " "); got != "c/e/a.txt c/m.txt" {
		t.Errorf("left: %s", got)
	}
	if out.String() != "text\n" {
		t.Errorf("printed %q", out)
	}
}
