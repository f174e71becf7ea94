package project

import (
	"bytes"
	"context"
	"encoding/base64"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
)

const canary = "c4n@ry-Pa55"

// Every way to sign in works, and leaves the password nowhere.
func TestPasswordIsWrittenNowhere(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*Options, *server)
		user   string // in the address
	}{
		{name: "address", user: "bob:" + strings.ReplaceAll(canary, "@", "%40") + "@"},
		{name: "option", change: func(o *Options, _ *server) { o.User, o.Password = "bob", canary }},
		{name: "provider", change: func(o *Options, s *server) {
			o.Providers = []Provider{{Name: "mine", Platform: "gitea", Server: s.URL, User: "bob", Password: canary}}
		}},
		{name: "token", change: func(o *Options, s *server) {
			o.Providers = []Provider{{Name: "mine", Platform: "gitea", Server: s.URL, User: "bob", Token: canary}}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			srv := serve(t, canary)
			srv.push(t, "org/sub", "main", map[string]string{"s.txt": "sub\n"})
			srv.push(t, "org/pipe", "main", map[string]string{"main.nf": "one\n"}, "sub", "../sub.git")
			var said strings.Builder
			s := store(t, func(o *Options) {
				o.Say = func(text string) { said.WriteString(text + "\n") }
				if c.change != nil {
					c.change(o, srv)
				}
			})
			address := "http://" + c.user + srv.host() + "/org/pipe"
			p := open(t, s, address)
			held := checkout(t, p, "", false)
			if got := read(t, held.Dir, "sub/s.txt"); got != "sub\n" {
				t.Errorf("submodule: %q", got)
			}
			srv.push(t, "org/pipe", "main", map[string]string{"main.nf": "two\n"})
			aside := checkout(t, open(t, s, address), "main", true)
			if got := read(t, aside.Dir, "main.nf"); got != "two\n" {
				t.Errorf("latest: %q", got)
			}
			dir := t.TempDir()
			if err := s.Clone(context.Background(), p, dir, ""); err != nil {
				t.Fatal(err)
			}
			said.WriteString(p.URL() + held.Pulled + aside.Pulled)
			if err := held.Release(); err != nil {
				t.Fatal(err)
			}
			said.WriteString(pull(t, p, ""))
			srv.password = "changed"
			_, err := p.Pull(context.Background(), "")
			wantError(t, err, "not authorized to read `"+srv.URL+"/org/pipe`", "SCM configuration")
			said.WriteString(err.Error())

			files := 0
			forbidden := []string{canary, strings.ReplaceAll(canary, "@", "%40"), base64.StdEncoding.EncodeToString([]byte("bob:" + canary))}
			check := func(where string, text []byte) {
				files++
				for _, f := range forbidden {
					if bytes.Contains(text, []byte(f)) {
						t.Errorf("%s has the password", where)
					}
				}
			}
			check("what was said", []byte(said.String()))
			eachFile(t, s.o.Root, check)
			eachFile(t, dir, check)
			if files < 20 {
				t.Errorf("only %d files were looked at", files)
			}
		})
	}
}

// A password is for the server that it was given for.
func TestPasswordGoesToNoOtherServer(t *testing.T) {
	t.Parallel()
	other := serve(t, canary)
	other.push(t, "org/sub", "main", map[string]string{"s.txt": "sub\n"})
	srv := serve(t, canary)
	srv.push(t, "org/sub", "main", map[string]string{"s.txt": "sub\n"})
	srv.push(t, "org/pipe", "main", map[string]string{"main.nf": "one\n"}, "sub", "../sub.git")
	bare := srv.root + "/org/pipe.git"
	dir := t.TempDir()
	command(t, ".", "git", "clone", "-q", bare, dir)
	command(t, dir, "git", "config", "-f", ".gitmodules", "submodule.sub.url", other.URL+"/org/sub.git")
	command(t, dir, "git", "commit", "-q", "-a", "-m", "elsewhere")
	command(t, dir, "git", "push", "-q", "origin", "main")
	s := store(t, func(o *Options) { o.User, o.Password = "bob", canary })
	_, err := open(t, s, srv.URL+"/org/pipe").Pull(context.Background(), "")
	wantError(t, err, "submodule sub of org/pipe", "not authorized to read `"+other.URL+"/org/sub`")
	if other.refused.Load() == 0 {
		t.Error("the other server was not asked")
	}
}

// A project that moved on its server is followed; no password goes along to
// another server.
func TestRedirect(t *testing.T) {
	t.Parallel()
	var seen atomic.Bool
	other := serve(t, "")
	other.push(t, "org/pipe", "main", map[string]string{"main.nf": "one\n"})
	inner := other.Config.Handler
	other.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "" {
			seen.Store(true)
		}
		inner.ServeHTTP(w, r)
	})
	srv := serve(t, canary)
	srv.push(t, "new/pipe", "main", map[string]string{"main.nf": "one\n"})
	at := srv.Config.Handler
	srv.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for from, to := range map[string]string{"/old/pipe": srv.URL + "/new/pipe", "/away/pipe": other.URL + "/org/pipe"} {
			if rest, ok := strings.CutPrefix(r.URL.Path, from); ok {
				http.Redirect(w, r, to+rest+"?"+r.URL.RawQuery, http.StatusMovedPermanently)
				return
			}
		}
		at.ServeHTTP(w, r)
	})
	s := store(t, func(o *Options) { o.User, o.Password = "bob", canary })
	p := open(t, s, srv.URL+"/old/pipe")
	pull(t, p, "")
	if got := read(t, p.Dir, "main.nf"); got != "one\n" {
		t.Errorf("main.nf is %q", got)
	}
	_, err := open(t, s, srv.URL+"/away/pipe").Pull(context.Background(), "")
	if seen.Load() {
		t.Errorf("the password went to another server (%v)", err)
	}
}

func TestRedact(t *testing.T) {
	for _, c := range [][2]string{
		{"https://u:p@host/org/name", "https://host/org/name"},
		{"https://token@host/org/name", "https://host/org/name"},
		{"https://u:p@ss@host/org/name", "https://host/org/name"},
		{"https://u:p/ss@host/org/name", "https://host/org/name"},
		{"https://u:1/ss@host/org/name", "https://u:1/ss@host/org/name"}, // looks like a port
		{"get http://u:p@a/b: 'ssh://git@c/d'", "get http://a/b: 'ssh://c/d'"},
		{"https://host:8080/a@b", "https://host:8080/a@b"},
		{"https://host/a@b", "https://host/a@b"},
		{"docker://quay.io/a/b:1.0@sha256:00ff", "docker://quay.io/a/b:1.0@sha256:00ff"},
		{"docker://ubuntu:1@sha256:00ff", "docker://ubuntu:1@sha256:00ff"},
		{"no address: a@b", "no address: a@b"},
		{"s3://bucket/x", "s3://bucket/x"},
		{"ends with ://", "ends with ://"},
	} {
		if got := Redact(c[0]); got != c[1] {
			t.Errorf("Redact(%q) = %q, want %q", c[0], got, c[1])
		}
	}
}
