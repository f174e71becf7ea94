package project

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// An sshd is OpenSSH's server on this machine, for the user of the tests.
type sshd struct {
	root    string // of repositories
	port    int
	hostKey string // its public key
	allowed string // file of keys that may sign in
}

func serveSSH(t *testing.T) *sshd {
	t.Helper()
	program := "/usr/sbin/sshd"
	if _, err := os.Stat(program); err != nil {
		t.Skip("no sshd here: tools/need-sshd installs Debian's openssh-server")
	}
	if os.Getuid() == 0 { // where sshd shuts away what speaks to strangers
		if err := os.MkdirAll("/run/sshd", 0o755); err != nil {
			t.Fatal(err)
		}
	}
	dir := t.TempDir()
	s := &sshd{root: filepath.Join(dir, "repos"), allowed: filepath.Join(dir, "authorized_keys"), port: freePort(t)}
	s.hostKey = sshKey(t, filepath.Join(dir, "host"), "")
	write(t, s.allowed, "")
	write(t, filepath.Join(dir, "sshd_config"), fmt.Sprintf(`
ListenAddress 127.0.0.1
Port %d
HostKey %s/host
AuthorizedKeysFile %s
PidFile none
StrictModes no
UsePAM no
PermitRootLogin yes
PasswordAuthentication no
KbdInteractiveAuthentication no
`, s.port, dir, s.allowed))
	cmd := exec.Command(program, "-D", "-e", "-f", filepath.Join(dir, "sshd_config"))
	log, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := cmd.Process.Kill(); err != nil {
			t.Error(err)
		}
		_ = cmd.Wait() // it was killed
		if text := read(t, dir, "log"); t.Failed() {
			t.Logf("sshd:\n%s", text)
		}
	})
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		c, err := net.Dial("tcp", s.host())
		if err == nil {
			if err := c.Close(); err != nil {
				t.Fatal(err)
			}
			return s
		}
		if time.Now().After(deadline) {
			t.Fatal(err)
		}
	}
}

func (s *sshd) host() string { return fmt.Sprintf("127.0.0.1:%d", s.port) }

func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// sshKey makes a pair of keys and gives the public one.
func sshKey(t *testing.T, file, passphrase string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	command(t, ".", "ssh-keygen", "-q", "-t", "ed25519", "-N", passphrase, "-C", "test", "-f", file)
	return read(t, filepath.Dir(file), filepath.Base(file)+".pub")
}

// Not parallel: the environment has the user's home and agent.
func TestSSH(t *testing.T) {
	srv := serveSSH(t)
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("SSH_AUTH_SOCK", "")
	t.Setenv("SSH_KNOWN_HOSTS", "")
	repo := &server{root: srv.root}
	repo.push(t, "org/pipe", "main", map[string]string{"main.nf": "one\n"})
	path := srv.root + "/org/pipe.git"
	address := "ssh://" + srv.host() + path
	attempt := func(address string) error {
		t.Helper()
		s := store(t, nil)
		p, err := s.Open(address)
		if err != nil {
			return err
		}
		if _, err := p.Pull(context.Background(), ""); err != nil {
			return err
		}
		if got := read(t, p.Dir, "main.nf"); got != "one\n" {
			t.Errorf("main.nf is %q", got)
		}
		return nil
	}
	hosts := filepath.Join(home, ".ssh/known_hosts")
	wantError(t, attempt(address), "the host key of `127.0.0.1` is not known: there is no file", "ssh -T")
	write(t, hosts, "elsewhere "+srv.hostKey)
	wantError(t, attempt(address), "the host key of `127.0.0.1` is not known", "ssh -T")
	other := sshKey(t, filepath.Join(t.TempDir(), "other"), "")
	write(t, hosts, fmt.Sprintf("[127.0.0.1]:%d %s", srv.port, other))
	wantError(t, attempt(address), "the host key of `127.0.0.1` is another than the one that is known")
	write(t, hosts, fmt.Sprintf("[127.0.0.1]:%d %s", srv.port, srv.hostKey))
	wantError(t, attempt(address), "not authorized to read", "no key of yours is accepted", "id_ed25519")

	locked := sshKey(t, filepath.Join(home, ".ssh/id_ed25519"), "secret")
	write(t, srv.allowed, locked)
	wantError(t, attempt(address), "a passphrase protects `"+home+"/.ssh/id_ed25519`", "ssh-add")

	// An agent has the key.
	agent := filepath.Join(t.TempDir(), "agent")
	cmd := exec.Command("ssh-agent", "-D", "-a", agent)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}()
	deadline := time.Now().Add(10 * time.Second)
	for _, err := os.Stat(agent); err != nil && time.Now().Before(deadline); _, err = os.Stat(agent) {
		time.Sleep(10 * time.Millisecond)
	}
	t.Setenv("SSH_AUTH_SOCK", agent)
	ask := filepath.Join(t.TempDir(), "ask")
	write(t, ask, "#!/bin/sh\necho secret\n")
	if err := os.Chmod(ask, 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("SSH_ASKPASS", ask)
	t.Setenv("SSH_ASKPASS_REQUIRE", "force")
	command(t, ".", "ssh-add", "-q", filepath.Join(home, ".ssh/id_ed25519"))
	if err := attempt(address); err != nil {
		t.Errorf("by the agent: %v", err)
	}
	t.Setenv("SSH_AUTH_SOCK", "")

	// A key of a file, and a name that ~/.ssh/config knows.
	write(t, srv.allowed, sshKey(t, filepath.Join(home, "mine"), ""))
	write(t, filepath.Join(home, ".ssh/config"), fmt.Sprintf("Host forge\n  Hostname 127.0.0.1\n  Port %d\n  IdentityFile ~/mine\n", srv.port))
	for _, a := range []string{"ssh://forge" + path, currentUser(t) + "@forge:" + path} {
		if err := attempt(a); err != nil {
			t.Errorf("%s: %v", a, err)
		}
	}
	wantError(t, attempt("ssh://forge"+srv.root+"/org/missing.git"), "cannot find")
}

// A path below the home of the other side stays one.
func TestSSHAddress(t *testing.T) {
	for _, c := range [][2]string{
		{"git@host:org/name.git", "git@host:22:org/name.git"},
		{"git@host:/srv/name.git", "ssh://git@host/srv/name.git"},
		{"ssh://git@host/org/name", "ssh://git@host/org/name"},
		{"ssh://git@host:2222/org/name", "ssh://git@host:2222/org/name"},
	} {
		t.Setenv("HOME", t.TempDir())
		src := &Source{Clone: c[0]}
		if got, _ := src.dial(); got != c[1] {
			t.Errorf("%s is called at %s, want %s", c[0], got, c[1])
		}
	}
}

func currentUser(t *testing.T) string {
	t.Helper()
	return strings.TrimSpace(command(t, ".", "id", "-un"))
}
