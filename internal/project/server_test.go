package project

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/http/cgi"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
)

// TestMain: the environment of whoever runs the tests has no say in them.
func TestMain(m *testing.M) {
	for _, name := range []string{"NO_PROXY", "no_proxy", "HTTP_PROXY", "http_proxy"} {
		if err := os.Unsetenv(name); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}

// A server keeps bare repositories, as git's own program serves them.
type server struct {
	*httptest.Server
	root     string
	password string // of the user bob; "": everyone may read
	refused  atomic.Int32
	stall    atomic.Bool // an answer with objects begins and never ends
	stalled  chan struct{}
}

func serve(t *testing.T, password string) *server {
	t.Helper()
	s := &server{root: t.TempDir(), password: password, stalled: make(chan struct{}, 8)}
	backend := &cgi.Handler{
		Path:   filepath.Join(strings.TrimSpace(command(t, ".", "git", "--exec-path")), "git-http-backend"),
		Env:    []string{"GIT_PROJECT_ROOT=" + s.root, "GIT_HTTP_EXPORT_ALL=1"},
		Stderr: io.Discard, // of git, where a repository is missing
	}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if user, password, _ := r.BasicAuth(); s.password != "" && (user != "bob" || password != s.password) {
			s.refused.Add(1)
			w.Header().Set("WWW-Authenticate", `Basic realm="git"`)
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		if s.stall.Load() && r.Method == http.MethodPost {
			w.Header().Set("Content-Type", "application/x-git-upload-pack-result")
			if _, err := w.Write([]byte("0008NAK\n")); err != nil {
				return
			}
			w.(http.Flusher).Flush()
			s.stalled <- struct{}{}
			<-r.Context().Done()
			return
		}
		backend.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *server) host() string { return strings.TrimPrefix(s.URL, "http://") }

// push commits files to a branch of a repository of the server, with git's
// own program, and gives the commit. Submodules are pairs of a path and an
// address ../name.git.
func (s *server) push(t *testing.T, name, branch string, files map[string]string, submodules ...string) string {
	t.Helper()
	bare := filepath.Join(s.root, name+".git")
	if _, err := os.Stat(bare); err != nil {
		command(t, ".", "git", "init", "-q", "--bare", "-b", branch, bare)
	}
	dir := t.TempDir()
	command(t, ".", "git", "clone", "-q", bare, dir)
	command(t, dir, "git", "checkout", "-q", "-B", branch)
	for file, text := range files {
		write(t, filepath.Join(dir, file), text)
	}
	for i := 0; i+1 < len(submodules); i += 2 {
		path, address := submodules[i], submodules[i+1]
		at := filepath.Join(s.root, "org", strings.TrimPrefix(address, "../"))
		command(t, dir, "git", "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", at, path)
		command(t, dir, "git", "config", "-f", ".gitmodules", "submodule."+path+".url", address)
	}
	command(t, dir, "git", "add", "-A")
	command(t, dir, "git", "commit", "-q", "--allow-empty", "-m", "files")
	command(t, dir, "git", "push", "-q", "-f", "origin", branch)
	return strings.TrimSpace(command(t, dir, "git", "rev-parse", "HEAD"))
}

func (s *server) tag(t *testing.T, name, tag, branch string) {
	t.Helper()
	command(t, filepath.Join(s.root, name+".git"), "git", "tag", "-a", "-m", tag, tag, branch)
}

func command(t *testing.T, dir, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null",
		"GIT_AUTHOR_NAME=A", "GIT_AUTHOR_EMAIL=a@x", "GIT_COMMITTER_NAME=A", "GIT_COMMITTER_EMAIL=a@x")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return string(out)
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, dir, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// store is an empty one, changed by some options.
func store(t *testing.T, change func(*Options)) *Store {
	t.Helper()
	o := Options{Root: t.TempDir(), Dir: t.TempDir(), ScmFile: "scm"}
	if change != nil {
		change(&o)
	}
	s, err := NewStore(o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func open(t *testing.T, s *Store, text string) *Project {
	t.Helper()
	p, err := s.Open(text)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func pull(t *testing.T, p *Project, revision string) string {
	t.Helper()
	status, err := p.Pull(context.Background(), revision)
	if err != nil {
		t.Fatal(err)
	}
	return status
}

func checkout(t *testing.T, p *Project, revision string, latest bool) *Checkout {
	t.Helper()
	c, err := p.Checkout(context.Background(), revision, latest)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// wantError checks the message of an error, its note and its advice.
func wantError(t *testing.T, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want one with %q", parts)
	}
	text := err.Error()
	var e *Error
	if errors.As(err, &e) {
		text += "\n" + e.Note + "\n" + e.Help
	}
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("error %q\nwant %q in it", text, part)
		}
	}
}

// eachFile calls do for all files below a directory.
func eachFile(t *testing.T, dir string, do func(file string, text []byte)) {
	t.Helper()
	err := filepath.WalkDir(dir, func(file string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		text, err := os.ReadFile(file)
		do(file, text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
