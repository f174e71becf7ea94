package project

import (
	"errors"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/go-git/go-git/v5/plumbing/transport"
	gitssh "github.com/go-git/go-git/v5/plumbing/transport/ssh"
	"github.com/kevinburke/ssh_config"
	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"
)

// Keys that OpenSSH looks for when nothing names one.
var defaultKeys = []string{"~/.ssh/id_ed25519", "~/.ssh/id_ecdsa", "~/.ssh/id_rsa"}

// An sshUser signs in with the keys of an agent and those of the user's
// directory .ssh, as the program ssh would.
type sshUser struct {
	gitssh.PublicKeysCallback
	locked []string // keys that a passphrase protects: only an agent can use them
}

// sshSetting is what ~/.ssh/config says of a host, all values of a key. A file
// that cannot be read says nothing; ssh itself will tell why.
func sshSetting(host, key string) []string {
	f, err := os.Open(atHome("~/.ssh/config"))
	if err != nil {
		return nil
	}
	defer f.Close()
	cfg, err := ssh_config.Decode(f)
	if err != nil {
		return nil
	}
	values, err := cfg.GetAll(host, key)
	if err != nil {
		return nil
	}
	return values
}

func atHome(path string) string {
	rest, ok := strings.CutPrefix(path, "~/")
	home, err := os.UserHomeDir()
	if !ok || err != nil {
		return path
	}
	return filepath.Join(home, rest)
}

// sshTimeout bounds how long a server may take to answer.
const sshTimeout = 30 * time.Second

// ClientConfig is the library's, with a time limit.
func (u *sshUser) ClientConfig() (*ssh.ClientConfig, error) {
	c, err := u.PublicKeysCallback.ClientConfig()
	if err == nil {
		c.Timeout = sshTimeout
	}
	return c, err
}

// ownSettings keeps the library from reading ~/.ssh/config: it would take a
// port from there that the address has.
var ownSettings = sync.OnceFunc(func() { gitssh.DefaultSSHConfig = nil })

// An sshServer is where an address leads, with aliases of ~/.ssh/config resolved.
type sshServer struct {
	alias   string // as the address has it
	address string
	user    *sshUser
}

// ssh is the server of an address for ssh; nil when it is for something else.
func (src *Source) ssh() *sshServer {
	at, err := transport.NewEndpoint(src.Clone)
	if err != nil || src.Local || at.Protocol != "ssh" {
		return nil
	}
	ownSettings()
	s := &sshServer{alias: at.Host}
	s.user = newSSHUser(firstOf(append([]string{at.User}, sshSetting(s.alias, "User")...)...), s.alias)
	if name := firstOf(sshSetting(s.alias, "Hostname")...); name != "" {
		at.Host = strings.ReplaceAll(name, "%h", s.alias)
	}
	if port, err := strconv.Atoi(firstOf(sshSetting(s.alias, "Port")...)); err == nil && (at.Port == 0 || at.Port == gitssh.DefaultPort) {
		at.Port = port
	}
	if at.Port == 0 {
		at.Port = gitssh.DefaultPort
	}
	at.User = s.user.User
	if s.address = at.String(); !strings.HasPrefix(at.Path, "/") { // below the home there
		s.address = fmt.Sprintf("%s@%s:%d:%s", at.User, at.Host, at.Port, at.Path)
	}
	return s
}

// newSSHUser is who signs in at a host; without a name it is the user's here.
func newSSHUser(name, host string) *sshUser {
	if name == "" {
		if me, err := user.Current(); err == nil {
			name = me.Username
		}
	}
	u := &sshUser{}
	u.User = name
	u.Callback = func() ([]ssh.Signer, error) { return u.signers(host) }
	return u
}

func (u *sshUser) signers(host string) ([]ssh.Signer, error) {
	var all []ssh.Signer
	if os.Getenv("SSH_AUTH_SOCK") != "" {
		agent, err := gitssh.NewSSHAgentAuth(u.User)
		if err == nil {
			if all, err = agent.Callback(); err != nil {
				all = nil // an agent that is gone: the keys of files are left
			}
		}
	}
	files := sshSetting(host, "IdentityFile")
	if len(files) == 0 {
		files = defaultKeys
	}
	u.locked = nil
	for _, file := range files {
		file = atHome(file)
		text, err := os.ReadFile(file)
		if err != nil {
			continue
		}
		key, err := ssh.ParsePrivateKey(text)
		var missing *ssh.PassphraseMissingError
		switch {
		case errors.As(err, &missing):
			u.locked = append(u.locked, file)
		case err == nil:
			all = append(all, key)
		}
	}
	return all, nil
}

// explainSSH turns what ssh says into what the user can do; nil when it is
// something else.
func (src *Source) explainSSH(err error) *Error {
	var key *knownhosts.KeyError
	server := src.ssh()
	if server == nil {
		return nil
	}
	host := server.alias
	switch {
	case errors.As(err, &key) && len(key.Want) > 0:
		return &Error{
			Message: fmt.Sprintf("the host key of `%s` is another than the one that is known", host), Err: err,
			Note: "the server was set up anew, or someone answers in its place; nothing was sent",
			Help: fmt.Sprintf("if the change is expected, `ssh-keygen -R %s` forgets the old one", host),
		}
	case errors.As(err, &key):
		return &Error{
			Message: fmt.Sprintf("the host key of `%s` is not known", host), Err: err,
			Help: fmt.Sprintf("sign in once by hand, which asks: `ssh -T %s`; or use the https address", host),
		}
	case strings.Contains(err.Error(), "unable to find any valid known_hosts file"):
		return &Error{
			Message: fmt.Sprintf("the host key of `%s` is not known: there is no file ~/.ssh/known_hosts", host), Err: err,
			Help: fmt.Sprintf("sign in once by hand, which asks: `ssh -T %s`; or use the https address", host),
		}
	case strings.Contains(err.Error(), "unable to authenticate"):
		e := &Error{
			Message: fmt.Sprintf("not authorized to read `%s`: no key of yours is accepted by `%s`", src.Shown, host), Err: err,
			Note: "keys come from the agent of ssh, and from ~/.ssh: what its config names, or id_ed25519, id_ecdsa, id_rsa",
			Help: fmt.Sprintf("`ssh -T %s` shows which keys are tried; or use the https address", host),
		}
		if _, err := server.user.signers(host); err == nil && len(server.user.locked) > 0 {
			e.Note = "a passphrase protects `" + strings.Join(server.user.locked, "`, `") + "`"
			e.Help = "`ssh-add` gives it to the agent of ssh, which is asked for keys"
		}
		return e
	}
	return nil
}
