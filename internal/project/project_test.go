package project

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

func TestPull(t *testing.T) {
	t.Parallel()
	srv := serve(t, "")
	first := srv.push(t, "org/pipe", "main", map[string]string{"main.nf": "one\n"})
	srv.tag(t, "org/pipe", "v1", "main")
	s := store(t, nil)
	p := open(t, s, srv.URL+"/org/pipe")
	want := func(revision, status, text string) {
		t.Helper()
		if got := pull(t, p, revision); got != status {
			t.Errorf("pull %q: %q, want %q", revision, got, status)
		}
		if got := read(t, p.Dir, "main.nf"); got != text {
			t.Errorf("pull %q: main.nf is %q, want %q", revision, got, text)
		}
	}
	want("", "downloaded from "+srv.URL+"/org/pipe", "one\n")
	want("", upToDate, "one\n")
	srv.push(t, "org/pipe", "main", map[string]string{"main.nf": "two\n"})
	want("", fastForward, "two\n")
	want("v1", done, "one\n")
	want(first, upToDate, "one\n")
	dev := srv.push(t, "org/pipe", "dev", map[string]string{"main.nf": "dev\n"})
	want("dev", "checked out at "+dev, "dev\n")
	branches, tags, err := p.Revisions()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, r := range slices.Concat(branches, tags) {
		names = append(names, r.Name)
	}
	if got := strings.Join(names, " "); got != "dev main v1" {
		t.Errorf("revisions: %s", got)
	}
	if tags[0].Commit != first {
		t.Errorf("v1 is at %s, want the commit %s, not the tag", tags[0].Commit, first)
	}
}

func TestMissingRevision(t *testing.T) {
	t.Parallel()
	srv := serve(t, "")
	srv.push(t, "org/pipe", "main", map[string]string{"main.nf": ""})
	srv.push(t, "org/pipe", "develop", nil)
	srv.tag(t, "org/pipe", "3.14", "main")
	s := store(t, nil)
	p := open(t, s, srv.URL+"/org/pipe")
	_, err := p.Pull(context.Background(), "devlop")
	wantError(t, err, "cannot find revision `devlop` in the repository `"+srv.URL+"/org/pipe`", "there is `develop`", "branches are `develop`, `main`; tags are `3.14`")
	if p.Downloaded() {
		t.Error("a copy is left of a download that failed")
	}
	pull(t, p, "")
	_, err = p.Checkout(context.Background(), "3.1.4", false)
	wantError(t, err, "cannot find revision `3.1.4`", "there is `3.14`")
	_, err = p.Checkout(context.Background(), "abc", false)
	wantError(t, err, "cannot find revision `abc`", "a commit is given by at least")
}

func TestSubmodules(t *testing.T) {
	for _, c := range []struct {
		name     string
		manifest Manifest
		want     string
	}{
		{name: "all", manifest: Manifest{Submodules: true}, want: "a/a.txt b/b.txt"},
		{name: "named", manifest: Manifest{Submodules: true, Only: []string{"b"}}, want: "b/b.txt"},
		{name: "none", manifest: Manifest{}, want: ""},
		{name: "of submodules", manifest: Manifest{Submodules: true, Recurse: true}, want: "a/a.txt b/b.txt b/deep/d.txt"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			srv := serve(t, "")
			srv.push(t, "org/d", "main", map[string]string{"d.txt": ""})
			srv.push(t, "org/a", "main", map[string]string{"a.txt": ""})
			srv.push(t, "org/b", "main", map[string]string{"b.txt": ""}, "deep", "../d.git")
			srv.push(t, "org/pipe", "main", map[string]string{"main.nf": ""}, "a", "../a.git", "b", "../b.git")
			s := store(t, func(o *Options) { o.Manifest = func(string) (Manifest, error) { return c.manifest, nil } })
			p := open(t, s, srv.URL+"/org/pipe")
			pull(t, p, "")
			var found []string
			eachFile(t, p.Dir, func(file string, _ []byte) {
				if name, err := filepath.Rel(p.Dir, file); err == nil && strings.HasSuffix(name, ".txt") && !strings.HasPrefix(name, ".git/") {
					found = append(found, name)
				}
			})
			if got := strings.Join(found, " "); got != c.want {
				t.Errorf("files of submodules: %s, want %s", got, c.want)
			}
			if got := pull(t, p, ""); got != upToDate {
				t.Errorf("submodules pass for changes: %s", got)
			}
		})
	}
}

// What a live run uses is neither changed nor removed.
func TestHeldRevision(t *testing.T) {
	t.Parallel()
	srv := serve(t, "")
	srv.push(t, "org/pipe", "main", map[string]string{"main.nf": "one\n"})
	s := store(t, nil)
	address := srv.URL + "/org/pipe"
	held := checkout(t, open(t, s, address), "", false)
	two := srv.push(t, "org/pipe", "main", map[string]string{"main.nf": "two\n"})

	p := open(t, s, address)
	_, err := p.Pull(context.Background(), "")
	wantError(t, err, "the project `org/pipe` is in use by a run")
	wantError(t, p.Drop(false), "the project `org/pipe` is in use by a run")
	aside := checkout(t, p, "main", true)
	if got := read(t, held.Dir, "main.nf"); got != "one\n" {
		t.Errorf("the files in use became %q", got)
	}
	if aside.Revision.Commit != two || read(t, aside.Dir, "main.nf") != "two\n" {
		t.Errorf("the other run has %+v", aside.Revision)
	}
	if err := held.Release(); err != nil {
		t.Fatal(err)
	}
	wantError(t, p.DropRevision(two), "the project `org/pipe` is in use by a run")
	wantError(t, p.Drop(false), "the project `org/pipe` is in use by a run")
	if got := pull(t, p, ""); got != fastForward {
		t.Errorf("pull while a run has files of its own: %s", got)
	}
	if err := aside.Release(); err != nil {
		t.Fatal(err)
	}
	if err := p.Drop(false); err != nil {
		t.Fatal(err)
	}
	if left, err := filepath.Glob(filepath.Join(s.o.Root, "[^.]*")); err != nil || len(left) > 0 {
		t.Errorf("drop left %s, %v", left, err)
	}
}

// Downloads at once, as of processes that know nothing of each other.
func TestPullsAtOnce(t *testing.T) {
	t.Parallel()
	srv := serve(t, "")
	srv.push(t, "org/pipe", "main", map[string]string{"main.nf": "one\n"})
	root := t.TempDir()
	const n = 4
	status, errs := make([]string, n), make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		p := open(t, store(t, func(o *Options) { o.Root = root }), srv.URL+"/org/pipe")
		wg.Add(1)
		go func() {
			defer wg.Done()
			status[i], errs[i] = p.Pull(context.Background(), "")
		}()
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	slices.Sort(status)
	if want := []string{upToDate, upToDate, upToDate, "downloaded from " + srv.URL + "/org/pipe"}; !slices.Equal(status, want) {
		t.Errorf("got %q, want %q", status, want)
	}
	command(t, filepath.Join(root, "org/pipe"), "git", "fsck", "--strict")
	if got := command(t, filepath.Join(root, "org/pipe"), "git", "status", "--porcelain"); got != "" {
		t.Errorf("git sees changes:\n%s", got)
	}
}

// A download that is interrupted leaves nothing, and the next one works.
func TestInterruptedDownload(t *testing.T) {
	t.Parallel()
	srv := serve(t, "")
	srv.push(t, "org/pipe", "main", map[string]string{"main.nf": "one\n"})
	s := store(t, nil)
	address := srv.URL + "/org/pipe"
	srv.stall.Store(true)
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		<-srv.stalled
		cancel()
	}()
	if _, err := open(t, s, address).Pull(ctx, ""); err == nil {
		t.Fatal("the download passes for whole")
	}
	if left, err := filepath.Glob(filepath.Join(s.o.Root, "org/*")); err != nil || len(left) > 0 {
		t.Errorf("left are %s, %v", left, err)
	}
	if left, err := filepath.Glob(filepath.Join(s.o.Root, "org/.*")); err != nil || len(left) > 0 {
		t.Errorf("left are %s, %v", left, err)
	}
	// As a kill would have left it.
	write(t, filepath.Join(s.o.Root, "org/.pipe.part/.git/HEAD"), "half")
	if names, err := s.List(); err != nil || len(names) > 0 {
		t.Errorf("half a download is listed: %s, %v", names, err)
	}
	srv.stall.Store(false)
	p := open(t, s, address)
	pull(t, p, "")
	if got := read(t, p.Dir, "main.nf"); got != "one\n" {
		t.Errorf("main.nf is %q", got)
	}
}

// The repository that newer releases of the original keep is enough offline.
func TestBareCopy(t *testing.T) {
	t.Parallel()
	srv := serve(t, "")
	srv.push(t, "org/pipe", "trunk", map[string]string{"main.nf": "one\n"})
	srv.tag(t, "org/pipe", "v1", "trunk")
	srv.push(t, "org/pipe", "trunk", map[string]string{"main.nf": "two\n"})
	root := t.TempDir()
	command(t, ".", "git", "clone", "-q", "--bare", srv.URL+"/org/pipe", filepath.Join(root, ".repos/org/pipe/bare"))
	srv.Close()
	s := store(t, func(o *Options) { o.Root, o.Offline = root, true })
	c := checkout(t, open(t, s, "org/pipe"), "v1", false)
	if got := read(t, c.Dir, "main.nf"); got != "one\n" {
		t.Errorf("v1: main.nf is %q", got)
	}
	if err := c.Release(); err != nil {
		t.Fatal(err)
	}
	p := open(t, s, "pipe")
	if p.URL() != srv.URL+"/org/pipe" {
		t.Errorf("comes from %s", p.URL())
	}
	c = checkout(t, p, "trunk", false)
	if got := read(t, c.Dir, "main.nf"); got != "two\n" {
		t.Errorf("trunk: main.nf is %q", got)
	}
	if err := c.Release(); err != nil {
		t.Fatal(err)
	}
}

func TestNoNetwork(t *testing.T) {
	t.Parallel()
	srv := serve(t, "")
	srv.push(t, "org/pipe", "main", map[string]string{"main.nf": "one\n"})
	s := store(t, nil)
	address := srv.URL + "/org/pipe"
	pull(t, open(t, s, address), "")
	srv.Close()
	c := checkout(t, open(t, s, address), "", false)
	if err := c.Release(); err != nil {
		t.Fatal(err)
	}
	_, err := open(t, s, address).Pull(context.Background(), "")
	wantError(t, err, "cannot reach `"+address+"`", "connection refused", "-offline")
	_, err = open(t, s, srv.URL+"/org/other").Checkout(context.Background(), "", false)
	wantError(t, err, "cannot reach `"+srv.URL+"/org/other`")
	if _, err := os.Stat(s.dir("org/other")); err == nil {
		t.Error("a copy is left of a download that failed")
	}
}

func TestMissingRepository(t *testing.T) {
	t.Parallel()
	srv := serve(t, "")
	srv.push(t, "org/pipe", "main", nil)
	s := store(t, nil)
	_, err := open(t, s, srv.URL+"/org/pip").Pull(context.Background(), "")
	wantError(t, err, "cannot find `org/pip`", "if the repository is private")
}
