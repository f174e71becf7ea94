package project

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"
	"golang.org/x/sys/unix"
)

// hold takes the files of the project for a run. The caller has its lock.
func (p *Project) hold(c *Checkout) (*Checkout, error) {
	var err error
	if c.use, err = p.store.lock(p.Name, ".use", unix.LOCK_SH); err != nil {
		return nil, err
	}
	r, err := openRepository(c.Dir)
	if err != nil {
		return nil, errors.Join(p.broken(err), c.Release())
	}
	rev, err := current(r)
	if err != nil {
		return nil, errors.Join(err, c.Release())
	}
	if c.Revision.Commit == "" {
		c.Revision = rev
	}
	return c, nil
}

// switchTo brings a copy that is here to a revision.
func (p *Project) switchTo(ctx context.Context, c *Checkout, revision string, latest bool) (*Checkout, error) {
	r, err := p.open()
	if err != nil {
		return nil, err
	}
	now, err := current(r)
	if err != nil {
		return nil, err
	}
	if revision == "" {
		if revision, err = p.implied(now); err != nil {
			return nil, err
		}
	}
	if !latest && revision != "" && (revision == now.Name || revision == now.Commit) {
		return p.hold(c)
	}
	use, free, err := p.store.tryLock(p.Name, ".use", unix.LOCK_EX|unix.LOCK_NB)
	if err != nil {
		return nil, err
	}
	if !free {
		return p.aside(ctx, c, revision, latest, now)
	}
	if err := p.switchFiles(ctx, c, revision, latest); err != nil {
		return nil, errors.Join(err, use.release())
	}
	if err := use.release(); err != nil {
		return nil, err
	}
	return p.hold(c)
}

// implied is the revision of a run that names none: the default branch, if
// that is what is checked out.
func (p *Project) implied(now Revision) (string, error) {
	def, err := p.DefaultBranch()
	if err != nil {
		return "", err
	}
	if is := firstOf(now.Name, now.Commit); is != def {
		return "", &Error{
			Message: fmt.Sprintf("the project `%s` is currently stuck on revision `%s`", p.Name, is),
			Note:    "it was left there by an earlier `-r`",
			Help:    fmt.Sprintf("say which revision is meant: `-r %s` or `-r %s`", def, is),
		}
	}
	return def, nil
}

func (p *Project) switchFiles(ctx context.Context, c *Checkout, revision string, latest bool) error {
	if latest {
		if p.source == nil {
			return &Error{Message: fmt.Sprintf("the project `%s` has no remote repository `%s`", p.Name, remoteName)}
		}
		status, err := p.update(ctx, revision)
		if err != nil {
			return err
		}
		c.Pulled = status
		p.store.o.Say(" " + status)
		return nil
	}
	r, err := p.open()
	if err != nil {
		return err
	}
	if err := p.clean(r, "cannot switch to revision `"+revision+"`"); err != nil {
		return err
	}
	r, t, err := p.locate(ctx, r, revision)
	if err != nil {
		return err
	}
	return p.checkout(ctx, r, p.Dir, t)
}

// locate resolves a revision as it was downloaded; one that is new is asked of
// the repository. A branch stays where it was last pulled: only -latest moves it.
func (p *Project) locate(ctx context.Context, r *git.Repository, revision string) (*git.Repository, *target, error) {
	t, err := resolve(r, revision, localFirst)
	if t != nil || err != nil {
		return r, t, err
	}
	if p.source == nil || p.store.o.Offline && !p.source.Local {
		return nil, nil, p.noRevision(r, revision)
	}
	if err := p.source.fetch(ctx, p.Dir, p.store.o.Depth); err != nil {
		return nil, nil, err
	}
	if r, err = p.open(); err != nil {
		return nil, nil, err
	}
	if err := p.source.fetchPinned(ctx, r, revision); err != nil {
		return nil, nil, err
	}
	if t, err = resolve(r, revision, localFirst); err != nil {
		return nil, nil, err
	}
	if t == nil {
		return nil, nil, p.noRevision(r, revision)
	}
	return r, t, nil
}

// asideLock is held, shared, by each run on files beside those of the project.
// It keeps them from being dropped; the project may be switched meanwhile.
const asideLock = ".aside"

// aside gives a run files of its own while others use those of the project.
func (p *Project) aside(ctx context.Context, c *Checkout, revision string, latest bool, now Revision) (*Checkout, error) {
	r, err := p.open()
	if err != nil {
		return nil, err
	}
	if latest && p.source != nil {
		if err := p.source.fetch(ctx, p.Dir, p.store.o.Depth); err != nil {
			return nil, err
		}
		if r, err = p.open(); err != nil {
			return nil, err
		}
	}
	r, t, err := p.locate(ctx, r, revision)
	if err != nil {
		return nil, err
	}
	if latest && t.branch {
		if t, err = resolve(r, revision, remoteFirst); err != nil {
			return nil, err
		}
	}
	if t.commit.String() == now.Commit {
		c.Revision = Revision{Name: t.name, Commit: now.Commit, Branch: t.branch}
		return p.hold(c)
	}
	dir := filepath.Join(p.clones(), "clones", t.commit.String())
	if err := p.checkoutAside(ctx, r, dir, t); err != nil {
		return nil, err
	}
	c.Dir = dir
	c.Revision = Revision{Name: t.name, Commit: t.commit.String(), Branch: t.branch}
	c.use, err = p.store.lock(p.Name, asideLock, unix.LOCK_SH)
	return c, err
}

// checkoutAside makes a copy of one commit, which then never changes.
func (p *Project) checkoutAside(ctx context.Context, r *git.Repository, dir string, t *target) error {
	if isRepository(dir) {
		return nil
	}
	part := dir + ".part"
	if err := os.RemoveAll(part); err != nil {
		return fmt.Errorf("remove what an earlier copy left: %w", err)
	}
	err := p.copyCommit(ctx, part, t)
	if err == nil {
		err = os.Rename(part, dir)
	}
	if err != nil {
		return errors.Join(err, os.RemoveAll(part))
	}
	return nil
}

func (p *Project) copyCommit(ctx context.Context, dir string, t *target) error {
	r, err := git.PlainInit(dir, false)
	if err != nil {
		return fmt.Errorf("copy the project to %s: %w", dir, err)
	}
	if p.source != nil { // addresses of submodules may start there
		if err := p.source.note(r); err != nil {
			return fmt.Errorf("copy the project to %s: %w", dir, err)
		}
	}
	if err := copyObjects(ctx, filepath.Join(p.Dir, ".git"), filepath.Join(dir, ".git")); err != nil {
		return fmt.Errorf("copy the project to %s: %w", dir, err)
	}
	if shallow, err := os.ReadFile(filepath.Join(p.Dir, ".git", "shallow")); err == nil {
		if err := os.WriteFile(filepath.Join(dir, ".git", "shallow"), shallow, 0o644); err != nil {
			return fmt.Errorf("copy the project to %s: %w", dir, err)
		}
	}
	if r, err = openRepository(dir); err != nil {
		return fmt.Errorf("copy the project to %s: %w", dir, err)
	}
	return p.checkout(ctx, r, dir, &target{commit: t.commit})
}

// Newer is the commit that the repository has for what is checked out, when it
// is another; "" when it is the same.
func (p *Project) Newer(ctx context.Context, rev Revision) (string, error) {
	if p.source == nil || rev.Name == "" || p.store.o.Offline && !p.source.Local {
		return "", nil
	}
	refs, err := p.source.list(ctx)
	if err != nil {
		return "", err
	}
	there, err := p.commits(refs)
	if err != nil {
		return "", err
	}
	for _, t := range there {
		if t.Name == rev.Name && t.Branch == rev.Branch && t.Commit != rev.Commit {
			return t.Commit, nil
		}
	}
	return "", nil
}

// Updates are branches and tags of the repository that differ from the copy's.
func (p *Project) Updates(ctx context.Context) ([]Revision, error) {
	if p.source == nil {
		return nil, nil
	}
	if p.store.o.Offline && !p.source.Local {
		return nil, p.offline()
	}
	refs, err := p.source.list(ctx)
	if err != nil {
		return nil, err
	}
	there, err := p.commits(refs)
	if err != nil {
		return nil, err
	}
	branches, tags, err := p.Revisions()
	if err != nil {
		return nil, err
	}
	have := map[Revision]bool{}
	for _, r := range append(branches, tags...) {
		have[r] = true
	}
	var news []Revision
	for _, r := range there {
		if !have[r] {
			news = append(news, r)
		}
	}
	return news, nil
}

// commits are the branches and tags of an advertisement, annotated tags
// peeled: by what the server says, or by the repository itself.
func (p *Project) commits(refs []*plumbing.Reference) ([]Revision, error) {
	peeled := map[string]string{}
	for _, ref := range refs {
		if name, ok := strings.CutSuffix(ref.Name().String(), "^{}"); ok {
			peeled[name] = ref.Hash().String()
		}
	}
	if p.source.Local {
		r, err := openLocal(p.source.Clone)
		if err != nil {
			return nil, p.source.explain(err)
		}
		for _, ref := range refs {
			if !ref.Name().IsTag() {
				continue
			}
			if h, err := peel(r, ref.Hash()); err == nil {
				peeled[ref.Name().String()] = h.String()
			}
		}
	}
	var revs []Revision
	for _, ref := range refs {
		name := ref.Name()
		if ref.Type() != plumbing.HashReference || strings.HasSuffix(name.String(), "^{}") || !name.IsBranch() && !name.IsTag() {
			continue
		}
		revs = append(revs, Revision{Name: name.Short(), Commit: firstOf(peeled[name.String()], ref.Hash().String()), Branch: name.IsBranch()})
	}
	slices.SortStableFunc(revs, func(a, b Revision) int {
		if a.Branch != b.Branch {
			if a.Branch {
				return -1
			}
			return 1
		}
		return strings.Compare(a.Name, b.Name)
	})
	return revs, nil
}

// At is a directory with the files of a revision, for reading: the project's
// own when it is on it, else one beside it. "" is what is checked out.
func (p *Project) At(ctx context.Context, revision string) (_ string, err error) {
	now, err := p.Current()
	if err != nil {
		return "", err
	}
	if revision == "" || revision == now.Name || revision == now.Commit {
		return p.Dir, nil
	}
	l, err := p.store.lock(p.Name, "", unix.LOCK_EX)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, l.release()) }()
	r, err := p.open()
	if err != nil {
		return "", err
	}
	r, t, err := p.locate(ctx, r, revision)
	if err != nil {
		return "", err
	}
	if t.commit.String() == now.Commit {
		return p.Dir, nil
	}
	dir := filepath.Join(p.clones(), "clones", t.commit.String())
	return dir, p.checkoutAside(ctx, r, dir, t)
}
