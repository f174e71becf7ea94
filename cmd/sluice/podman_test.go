package main

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"sluice/internal/podmantest"

	"github.com/rogpeppe/go-internal/testscript"
)

// boxes are the real containers of all scripts: one podman, made when the first
// of them asks for it.
type boxes struct {
	podman  *podmantest.Podman
	missing error
	load    func() error
}

func newBoxes(t *testing.T) *boxes {
	t.Helper()
	// Not t.TempDir: the name of a test does not fit into the path of a socket.
	dir, err := os.MkdirTemp("", "podman")
	if err != nil {
		t.Fatal(err)
	}
	b := &boxes{}
	if b.podman, b.missing = podmantest.New(dir); b.missing != nil {
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
		return b
	}
	b.load = sync.OnceValue(b.podman.Load)
	t.Cleanup(func() {
		if err := b.podman.Close(); err != nil {
			t.Errorf("remove containers: %v", err)
		}
	})
	return b
}

func (b *boxes) set(env *testscript.Env) {
	if b.missing != nil {
		return
	}
	for _, kv := range b.podman.Env() {
		name, text, _ := strings.Cut(kv, "=")
		if name == "PATH" { // of the script, which begins with the program itself
			text = filepath.Join(b.podman.Dir, "bin") + ":" + env.Getenv("PATH")
		}
		env.Setenv(name, text)
	}
}

// ready is the condition `podman`.
func (b *boxes) ready() (bool, error) {
	err := b.missing
	if err == nil {
		err = b.load()
	}
	if err != nil && os.Getenv("CI") == "true" {
		return false, err
	}
	return err == nil, nil
}

// list gives `status names` of the containers that mount something of a script.
func (b *boxes) list(ts *testscript.TestScript) []string {
	out, err := b.podman.Run(nil, "ps", "--all", "--format", "{{.Names}} {{.State}} {{.Mounts}}")
	ts.Check(err)
	var found []string
	for line := range strings.Lines(out) {
		if strings.Contains(line, ts.Getenv("WORK")) {
			found = append(found, strings.TrimSpace(line))
		}
	}
	return found
}

func (b *boxes) noContainers(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 0 {
		ts.Fatalf("usage: nocontainers")
	}
	var left []string
	if !until(30*time.Second, func() bool {
		left = b.list(ts)
		return len(left) == 0
	}) {
		ts.Fatalf("containers are left: %s", strings.Join(left, "; "))
	}
}
