package project

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"
	"golang.org/x/sys/unix"
)

// submodules fetches and checks out the submodules of what is checked out, as
// the manifest wants.
// Nextflow docs: config#manifest
func (p *Project) submodules(ctx context.Context, r *git.Repository, dir string) error {
	w, err := r.Worktree()
	if err != nil {
		return p.broken(err)
	}
	subs, err := w.Submodules()
	if err != nil {
		return fmt.Errorf("read .gitmodules of %s: %w", p.Name, err)
	}
	if len(subs) == 0 {
		return nil
	}
	m, err := p.store.o.Manifest(dir)
	if err != nil { // the run that follows says what is wrong with it
		m = Manifest{Submodules: true}
	}
	if !m.Submodules {
		return nil
	}
	return p.checkoutSubmodules(ctx, p.source, subs, m.Only, m.Recurse)
}

func (p *Project) checkoutSubmodules(ctx context.Context, parent *Source, subs git.Submodules, only []string, recurse bool) error {
	for _, sub := range subs {
		c := sub.Config()
		if len(only) > 0 && !slices.Contains(only, c.Path) && !slices.Contains(only, c.Name) {
			continue
		}
		if err := p.checkoutSubmodule(ctx, parent, sub, recurse); err != nil {
			return fmt.Errorf("submodule %s of %s: %w", c.Path, p.Name, err)
		}
	}
	return nil
}

func (p *Project) checkoutSubmodule(ctx context.Context, parent *Source, sub *git.Submodule, recurse bool) error {
	if err := sub.Init(); err != nil && !errors.Is(err, git.ErrSubmoduleAlreadyInitialized) {
		return err
	}
	status, err := sub.Status()
	if err != nil {
		return err
	}
	if status.Expected.IsZero() { // .gitmodules still names what the tree has no more
		return nil
	}
	src, err := p.submoduleSource(parent, sub.Config().URL)
	if err != nil {
		return err
	}
	r, err := sub.Repository()
	if err != nil {
		return err
	}
	w, err := r.Worktree()
	if err != nil {
		return err
	}
	if _, err := r.CommitObject(status.Expected); err != nil {
		if err := src.fetch(ctx, w.Filesystem.Root(), 0); err != nil {
			return err
		}
		if r, err = openRepository(w.Filesystem.Root()); err != nil {
			return err
		}
		if err := src.fetchCommit(ctx, r, status.Expected); err != nil {
			return err
		}
		if w, err = r.Worktree(); err != nil {
			return err
		}
	}
	if status.Current != status.Expected || status.Current == plumbing.ZeroHash {
		if err := w.Checkout(&git.CheckoutOptions{Hash: status.Expected, Force: true}); err != nil {
			return fmt.Errorf("check out %s: %w", status.Expected, err)
		}
	}
	if !recurse {
		return nil
	}
	inner, err := w.Submodules()
	if err != nil {
		return err
	}
	return p.checkoutSubmodules(ctx, src, inner, nil, true)
}

// submoduleSource is where a submodule comes from. Relative addresses start at
// the parent's; only a repository of this machine may name paths of it.
func (p *Project) submoduleSource(parent *Source, address string) (*Source, error) {
	local := strings.HasPrefix(address, "/") || strings.HasPrefix(address, "file:")
	if strings.HasPrefix(address, "./") || strings.HasPrefix(address, "../") {
		base := strings.TrimRight(parent.Clone, "/")
		if parent.Local {
			base = strings.TrimSuffix(base, "/.git")
		}
		for rest, ok := address, true; ok; {
			if rest, ok = strings.CutPrefix(address, "./"); ok {
				address = rest
			} else if rest, ok = strings.CutPrefix(address, "../"); ok {
				address, base = rest, base[:max(strings.LastIndex(base, "/"), 0)]
			}
		}
		address, local = base+"/"+address, parent.Local
	}
	if local && !parent.Local {
		return nil, &Error{Message: fmt.Sprintf("the address `%s` is a path of this machine, and the project comes from elsewhere", address)}
	}
	if local && !strings.HasPrefix(address, "file:") {
		address = "file:" + address
	}
	src, err := p.store.source(address)
	if err != nil {
		return nil, err
	}
	// Who may read the project signs in at its server, nowhere else.
	if !local && !parent.Local && sameServer(src.Clone, parent.Clone) {
		src.provider.User, src.provider.Password, src.provider.Token = parent.provider.User, parent.provider.Password, parent.provider.Token
	}
	return src, nil
}

func sameServer(a, b string) bool {
	first, err1 := url.Parse(a)
	second, err2 := url.Parse(b)
	return err1 == nil && err2 == nil && first.Host != "" && first.Scheme == second.Scheme && first.Host == second.Host
}

// clones is the directory of other commits' files.
func (p *Project) clones() string { return p.store.dir(".repos/" + p.Name) }

// A Checkout is files of a revision that a run uses. Nobody changes them until
// it is released.
type Checkout struct {
	Dir      string
	Revision Revision
	Pulled   string // what Pull would say, "" when nothing was downloaded
	use      *lock
}

// Release lets others change the files.
func (c *Checkout) Release() error { return c.use.release() }

// Checkout gets the files of a revision for a run: downloads the project when
// it is not here, and with latest brings it up to date. "" is the default
// branch; a copy that is on another revision is not switched then.
// While a run uses the files of the project, other revisions get a directory
// of their own.
func (p *Project) Checkout(ctx context.Context, revision string, latest bool) (_ *Checkout, err error) {
	l, err := p.store.lock(p.Name, "", unix.LOCK_EX)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, l.release()) }()
	c := &Checkout{Dir: p.Dir}
	if !p.Downloaded() {
		p.store.o.Say(fmt.Sprintf("Pulling %s ...", p.Name))
		if c.Pulled, err = p.pull(ctx, revision, nil); err != nil {
			return nil, err
		}
		p.store.o.Say(" " + c.Pulled)
		return p.hold(c)
	}
	if latest {
		p.store.o.Say(fmt.Sprintf("Pulling %s ...", p.Name))
	}
	return p.switchTo(ctx, c, revision, latest)
}
