package project

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/config"
	"github.com/go-git/go-git/v5/plumbing"
	"golang.org/x/sys/unix"
)

// What Pull can have done, as it is printed.
const (
	upToDate    = "Already-up-to-date"
	fastForward = "Fast-forward"
	forced      = "Forced-update" // the branch was rewritten
	done        = "done"          // a tag
)

// Pull downloads the project, or brings it to the newest state of a revision;
// "" is the one checked out. It gives a word on what it did.
func (p *Project) Pull(ctx context.Context, revision string) (string, error) {
	l, err := p.store.lock(p.Name, "", unix.LOCK_EX)
	if err != nil {
		return "", err
	}
	status, err := p.pull(ctx, revision, p.useExclusively)
	return status, errors.Join(err, l.release())
}

func (p *Project) pull(ctx context.Context, revision string, mayChange func() (*lock, error)) (string, error) {
	if p.source == nil {
		return "", &Error{Message: fmt.Sprintf("the project `%s` has no remote repository `%s`", p.Name, remoteName)}
	}
	if p.store.o.Offline && !p.source.Local {
		if bare := p.store.bare(p.Name); bare != "" && !p.Downloaded() {
			return p.fromBare(bare).download(ctx, revision)
		}
		return "", p.offline()
	}
	if !p.Downloaded() {
		return p.download(ctx, revision)
	}
	use, err := mayChange()
	if err != nil {
		return "", err
	}
	status, err := p.update(ctx, revision)
	return status, errors.Join(err, use.release())
}

// fromBare is the project taken from the copy that newer releases of the
// original keep; it still comes from where that came from.
func (p *Project) fromBare(dir string) *Project {
	q := *p
	src := *p.source
	src.Local, src.cameFrom, src.Clone = true, src.Clone, dir
	q.source = &src
	return &q
}

func (p *Project) offline() error {
	if p.Downloaded() {
		return &Error{Message: fmt.Sprintf("cannot pull `%s`: remote repositories are not used offline", p.Name), Help: "leave out `-offline`, and NXF_OFFLINE of the environment"}
	}
	return &Error{
		Message: fmt.Sprintf("unknown project `%s`, and downloading it is switched off", p.Name),
		Help:    "leave out `-offline`, and NXF_OFFLINE of the environment, or `pull` it before",
	}
}

// useExclusively makes sure that no live run reads the files.
func (p *Project) useExclusively() (*lock, error) {
	return p.exclusively(".use", "wait for its end; `run "+p.Name+" -r <revision> -latest` uses a copy of its own meanwhile")
}

// dropAside makes sure that no live run reads files beside the project's.
func (p *Project) dropAside() (*lock, error) { return p.exclusively(asideLock, "wait for its end") }

func (p *Project) exclusively(suffix, help string) (*lock, error) {
	use, got, err := p.store.tryLock(p.Name, suffix, unix.LOCK_EX|unix.LOCK_NB)
	if err != nil {
		return nil, err
	}
	if !got {
		return nil, &Error{Message: fmt.Sprintf("the project `%s` is in use by a run", p.Name), Help: help}
	}
	return use, nil
}

// download makes the copy. It is built beside its place and moved there.
func (p *Project) download(ctx context.Context, revision string) (string, error) {
	part := filepath.Join(filepath.Dir(p.Dir), "."+filepath.Base(p.Dir)+".part")
	if err := os.MkdirAll(filepath.Dir(p.Dir), 0o777); err != nil {
		return "", fmt.Errorf("make the directory of projects: %w", err)
	}
	if err := os.RemoveAll(part); err != nil { // of one that was killed
		return "", fmt.Errorf("remove what an earlier download left: %w", err)
	}
	err := p.cloneInto(ctx, part, revision)
	if err == nil {
		if rerr := os.Remove(p.Dir); rerr != nil && !errors.Is(rerr, os.ErrNotExist) {
			err = p.broken(rerr)
		}
	}
	if err == nil {
		err = os.Rename(part, p.Dir)
	}
	if err != nil {
		return "", errors.Join(err, os.RemoveAll(part))
	}
	return "downloaded from " + p.source.from(), nil
}

// from is the address as it is noted in the copy.
func (src *Source) from() string {
	if !src.Local {
		return src.Clone
	}
	if dir, err := gitDir(src.Clone); err == nil {
		return "file:" + dir
	}
	return "file:" + src.Clone
}

// note writes down in a copy where it comes from.
func (src *Source) note(r *git.Repository) error {
	url := src.Clone
	switch {
	case src.cameFrom != "":
		url = src.cameFrom
	case src.Local:
		url = "file://" + strings.TrimPrefix(src.from(), "file:")
	}
	_, err := r.CreateRemote(&config.RemoteConfig{Name: remoteName, URLs: []string{url}, Fetch: []config.RefSpec{refSpec}})
	return err
}

// cloneInto copies the repository to a directory that is empty or not there.
func (p *Project) cloneInto(ctx context.Context, dir, revision string) error {
	src := p.source
	r, err := git.PlainInit(dir, false)
	if err != nil {
		return fmt.Errorf("clone into %s: %w", dir, err)
	}
	if err := src.note(r); err != nil {
		return fmt.Errorf("clone into %s: %w", dir, err)
	}
	if err := src.fetch(ctx, dir, p.store.o.Depth); err != nil {
		return err
	}
	// The objects are new to an open repository.
	if r, err = openRepository(dir); err != nil {
		return fmt.Errorf("clone into %s: %w", dir, err)
	}
	branch, err := p.firstBranch(r)
	if err != nil {
		return err
	}
	first, err := resolve(r, branch, remoteFirst)
	if err != nil || first == nil {
		return errors.Join(p.noRevision(r, branch), err)
	}
	if err := p.checkout(ctx, r, dir, first); err != nil {
		return err
	}
	return p.checkoutAsked(ctx, r, dir, revision)
}

// checkoutAsked goes from the repository's default branch to the revision
// asked for, or to the manifest's default branch.
func (p *Project) checkoutAsked(ctx context.Context, r *git.Repository, dir, revision string) error {
	if revision == "" {
		m, err := p.store.o.Manifest(dir)
		if err != nil { // the run that follows says what is wrong with it
			p.store.o.Say("WARN: cannot read the manifest of the project -- " + firstLine(err.Error()))
			return nil
		}
		if m.DefaultBranch == "" {
			return nil
		}
		revision = m.DefaultBranch
	}
	if err := p.source.fetchPinned(ctx, r, revision); err != nil {
		return err
	}
	t, err := resolve(r, revision, remoteFirst)
	if err != nil {
		return err
	}
	if t == nil {
		return p.noRevision(r, revision)
	}
	return p.checkout(ctx, r, dir, t)
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
	return line
}

// firstBranch is what the repository's HEAD names.
func (p *Project) firstBranch(r *git.Repository) (string, error) {
	head, err := r.Storer.Reference(remoteHead)
	if err == nil {
		return strings.TrimPrefix(head.Target().String(), remoteBranches), nil
	}
	refs, err := references(r)
	if err != nil {
		return "", err
	}
	var first string
	for _, ref := range refs {
		if name, ok := strings.CutPrefix(ref.Name().String(), remoteBranches); ok {
			if first == "" || name == "master" || name == "main" {
				first = name
			}
		}
	}
	if first == "" {
		return "", &Error{Message: fmt.Sprintf("the repository `%s` is empty", p.URL())}
	}
	return first, nil
}

// update brings an existing copy to the newest state of a revision.
func (p *Project) update(ctx context.Context, revision string) (string, error) {
	r, err := p.open()
	if err != nil {
		return "", err
	}
	if err := p.clean(r, "cannot pull"); err != nil {
		return "", err
	}
	before, err := current(r)
	if err != nil {
		return "", err
	}
	if revision == "" {
		revision = firstOf(before.Name, before.Commit)
	}
	var used plumbing.Hash // of a branch that was used before
	if local, err := r.Reference(plumbing.NewBranchReferenceName(revision), true); err == nil {
		used = local.Hash()
	}
	if err := p.source.fetch(ctx, p.Dir, p.store.o.Depth); err != nil {
		return "", err
	}
	if r, err = p.open(); err != nil {
		return "", err
	}
	if err := p.source.fetchPinned(ctx, r, revision); err != nil {
		return "", err
	}
	t, err := resolve(r, revision, remoteFirst)
	if err != nil {
		return "", err
	}
	if t == nil {
		return "", p.noRevision(r, revision)
	}
	if t.branch && !p.source.there[t.name] {
		return "", &Error{
			Message: fmt.Sprintf("the repository `%s` has no branch `%s` any more", p.URL(), t.name),
			Note:    "the copy here has it as it was, at " + t.commit.String(),
			Help:    fmt.Sprintf("`run %s -r %s` uses it so; name another revision to bring that up to date", p.Name, t.name),
		}
	}
	if err := p.checkout(ctx, r, p.Dir, t); err != nil {
		return "", err
	}
	return statusOf(r, t, used), nil
}

func statusOf(r *git.Repository, t *target, old plumbing.Hash) string {
	switch {
	case t.name == "":
		return upToDate
	case !t.branch:
		return done
	case old.IsZero():
		return "checked out at " + t.commit.String()
	case old == t.commit:
		return upToDate
	}
	if was, err := r.CommitObject(old); err == nil {
		if now, err := r.CommitObject(t.commit); err == nil {
			if ancestor, err := was.IsAncestor(now); err == nil && !ancestor {
				return forced
			}
		}
	}
	return fastForward
}

// clean refuses to touch files that someone changed.
func (p *Project) clean(r *git.Repository, what string) error {
	changed, err := changedFiles(r)
	if err != nil {
		return p.broken(err)
	}
	if len(changed) == 0 {
		return nil
	}
	e := &Error{
		Message: fmt.Sprintf("the project `%s` contains uncommitted changes: %s", p.Name, what),
		Note:    "changed in " + p.Dir + ": " + strings.Join(changed[:min(len(changed), 5)], ", "),
		Help:    "undo them there, or remove the copy with `drop -f " + p.Name + "`",
	}
	if len(changed) > 5 {
		e.Note += fmt.Sprintf(" and %d more", len(changed)-5)
	}
	return e
}

// checkout puts the files of a target into dir. The local branch follows the
// repository's.
func (p *Project) checkout(ctx context.Context, r *git.Repository, dir string, t *target) error {
	w, err := r.Worktree()
	if err != nil {
		return p.broken(err)
	}
	opts := &git.CheckoutOptions{Force: true, Hash: t.commit}
	if t.branch {
		local := plumbing.NewBranchReferenceName(t.name)
		if err := r.Storer.SetReference(plumbing.NewHashReference(local, t.commit)); err != nil {
			return fmt.Errorf("check out %s: %w", t.name, err)
		}
		if err := track(r, t.name); err != nil {
			return err
		}
		opts = &git.CheckoutOptions{Force: true, Branch: local}
	}
	if err := w.Checkout(opts); err != nil {
		if path := missingFile(r, t.commit); path != "" {
			return &Error{
				Message: fmt.Sprintf("the repository `%s` is incomplete: the contents of `%s` are not there", p.URL(), path), Err: err,
				Help: "a partial clone lacks files until they are asked for: `git fetch --refetch --no-filter` there brings all",
			}
		}
		return fmt.Errorf("check out %s: %w", firstOf(t.name, t.commit.String()), err)
	}
	return p.submodules(ctx, r, dir)
}

// track notes where a branch comes from, for people who use git there.
func track(r *git.Repository, branch string) error {
	cfg, err := r.Config()
	if err != nil {
		return fmt.Errorf("read git configuration: %w", err)
	}
	if cfg.Branches[branch] != nil {
		return nil
	}
	cfg.Branches[branch] = &config.Branch{Name: branch, Remote: remoteName, Merge: plumbing.NewBranchReferenceName(branch)}
	if err := r.SetConfig(cfg); err != nil {
		return fmt.Errorf("write git configuration: %w", err)
	}
	return nil
}

// Drop removes the copy. Without force it refuses when files were changed.
func (p *Project) Drop(force bool) (err error) {
	l, err := p.store.lock(p.Name, "", unix.LOCK_EX)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, l.release()) }()
	if !force {
		r, oerr := p.open()
		if oerr != nil {
			return oerr
		}
		if err := p.clean(r, "it is not dropped"); err != nil {
			return err
		}
		use, lerr := p.useExclusively()
		if lerr != nil {
			return lerr
		}
		defer func() { err = errors.Join(err, use.release()) }()
		beside, lerr := p.dropAside()
		if lerr != nil {
			return lerr
		}
		defer func() { err = errors.Join(err, beside.release()) }()
	}
	// Half a copy must not pass for a whole one.
	gone := filepath.Join(filepath.Dir(p.Dir), "."+filepath.Base(p.Dir)+".dropped")
	if err := os.RemoveAll(gone); err != nil {
		return fmt.Errorf("drop %s: %w", p.Name, err)
	}
	if err := os.Rename(p.Dir, gone); err != nil {
		return fmt.Errorf("drop %s: %w", p.Name, err)
	}
	if err := errors.Join(os.RemoveAll(gone), os.RemoveAll(p.clones())); err != nil {
		return fmt.Errorf("drop %s: %w", p.Name, err)
	}
	// Empty groups go too; one that is not empty stays.
	for dir := filepath.Dir(p.Dir); dir != p.store.o.Root && os.Remove(dir) == nil; dir = filepath.Dir(dir) {
	}
	return nil
}

// DropRevision removes the files that were kept of one revision beside those
// of the project.
func (p *Project) DropRevision(revision string) (err error) {
	r, err := p.open()
	if err != nil {
		return err
	}
	t, err := resolve(r, revision, localFirst)
	if err != nil {
		return err
	}
	if t == nil {
		return p.noRevision(r, revision)
	}
	dir := filepath.Join(p.clones(), "clones", t.commit.String())
	if !isRepository(dir) {
		return &Error{
			Message: fmt.Sprintf("no files are kept of revision `%s` of `%s`", revision, p.Name),
			Help:    fmt.Sprintf("`drop %s` removes the project with all its revisions", p.Name),
		}
	}
	use, err := p.dropAside()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, use.release()) }()
	if err := os.RemoveAll(dir); err != nil {
		return fmt.Errorf("drop revision %s: %w", revision, err)
	}
	return nil
}
