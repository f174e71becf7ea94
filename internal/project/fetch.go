package project

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"

	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/config"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/transport"
	"github.com/go-git/go-git/v5/storage/memory"
)

// refSpec keeps branches of the repository beside the local ones.
const refSpec = "+refs/heads/*:" + remoteBranches + "*"

// list asks the repository for its branches, tags and HEAD.
func (src *Source) list(ctx context.Context) ([]*plumbing.Reference, error) {
	if src.Local {
		r, err := openLocal(src.Clone)
		if err != nil {
			return nil, src.explain(err)
		}
		return references(r)
	}
	address, auth := src.dial()
	remote := git.NewRemote(memory.NewStorage(), &config.RemoteConfig{Name: remoteName, URLs: []string{address}})
	refs, err := remote.ListContext(ctx, &git.ListOptions{Auth: auth, PeelingOption: git.AppendPeeled})
	if err != nil {
		return nil, src.explain(err)
	}
	return refs, nil
}

// dial is the address that is called, and who signs in there.
func (src *Source) dial() (string, transport.AuthMethod) {
	if strings.HasPrefix(src.Clone, "http") {
		return src.Clone, src.provider.auth()
	}
	if s := src.ssh(); s != nil {
		return s.address, s.user
	}
	return src.Clone, nil
}

// fetch brings all branches and tags into a copy, and notes which is the
// repository's own choice. What is gone there stays here.
func (src *Source) fetch(ctx context.Context, dir string, depth int) error {
	r, err := openRepository(dir)
	if err != nil {
		return fmt.Errorf("open %s: %w", dir, err)
	}
	refs, err := src.list(ctx)
	if err != nil {
		return err
	}
	src.there = map[string]bool{}
	for _, ref := range refs {
		if ref.Name().IsBranch() {
			src.there[ref.Name().Short()] = true
		}
	}
	switch {
	case !outdated(r, refs):
	case src.Local:
		from, err := gitDir(src.Clone)
		if err != nil {
			return src.explain(err)
		}
		to, err := gitDir(dir)
		if err != nil {
			return err
		}
		if err := copyObjects(ctx, from, to); err != nil {
			return fmt.Errorf("copy objects of %s: %w", src.Clone, err)
		}
	default:
		address, auth := src.dial()
		err = r.FetchContext(ctx, &git.FetchOptions{
			RemoteName: remoteName, RemoteURL: address, RefSpecs: []config.RefSpec{refSpec}, Depth: depth,
			Auth: auth, Tags: git.AllTags, Force: true,
		})
		if err != nil && !errors.Is(err, git.NoErrAlreadyUpToDate) {
			return src.explain(err)
		}
	}
	return storeReferences(r, refs)
}

// fetchCommit brings a commit that no branch or tag leads to, as after a branch
// was rewritten, or outside a shallow copy. A server may refuse: then it is
// not here afterwards.
func (src *Source) fetchCommit(ctx context.Context, r *git.Repository, commit plumbing.Hash) error {
	if _, err := r.CommitObject(commit); err == nil || src.Local {
		return nil
	}
	address, auth := src.dial()
	err := r.FetchContext(ctx, &git.FetchOptions{
		RemoteName: remoteName, RemoteURL: address, Auth: auth, Tags: git.NoTags,
		RefSpecs: []config.RefSpec{config.RefSpec(commit.String() + ":refs/pinned/" + commit.String())},
	})
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var netErr net.Error
	if errors.As(err, &netErr) {
		return src.explain(err)
	}
	return nil
}

// fetchPinned is fetchCommit for a revision that is a whole commit.
func (src *Source) fetchPinned(ctx context.Context, r *git.Repository, revision string) error {
	if len(revision) != 40 || !plumbing.IsHash(revision) {
		return nil
	}
	return src.fetchCommit(ctx, r, plumbing.NewHash(revision))
}

// outdated says whether the repository has something that the copy has not.
func outdated(r *git.Repository, refs []*plumbing.Reference) bool {
	for _, ref := range refs {
		to, ok := localName(ref)
		if !ok {
			continue
		}
		have, err := r.Storer.Reference(to)
		if err != nil || have.Hash() != ref.Hash() {
			return true
		}
	}
	return false
}

// localName is where a branch or tag of the repository is kept in a copy.
func localName(ref *plumbing.Reference) (plumbing.ReferenceName, bool) {
	if ref.Type() != plumbing.HashReference {
		return "", false
	}
	name := ref.Name()
	if branch, ok := strings.CutPrefix(name.String(), "refs/heads/"); ok {
		return plumbing.ReferenceName(remoteBranches + branch), true
	}
	return name, name.IsTag() && !strings.HasSuffix(name.String(), "^{}")
}

func storeReferences(r *git.Repository, refs []*plumbing.Reference) error {
	// The server's own list is the truth; objects that a shallow or
	// concurrent fetch did not bring are left out.
	for _, ref := range refs {
		to, ok := localName(ref)
		if !ok {
			continue
		}
		if _, err := r.Storer.EncodedObject(plumbing.AnyObject, ref.Hash()); err != nil {
			continue
		}
		if err := r.Storer.SetReference(plumbing.NewHashReference(to, ref.Hash())); err != nil {
			return fmt.Errorf("note %s: %w", to.Short(), err)
		}
	}
	branch, ok := headBranch(refs)
	if !ok {
		return nil
	}
	if err := r.Storer.SetReference(plumbing.NewSymbolicReference(remoteHead, plumbing.ReferenceName(remoteBranches+branch))); err != nil {
		return fmt.Errorf("note the default branch: %w", err)
	}
	return nil
}

// headBranch is the default branch of the repository: what its HEAD names, or
// the branch on the same commit where the server does not say.
func headBranch(refs []*plumbing.Reference) (string, bool) {
	var head *plumbing.Reference
	for _, ref := range refs {
		if ref.Name() == plumbing.HEAD {
			head = ref
		}
	}
	if head == nil {
		return "", false
	}
	if head.Type() == plumbing.SymbolicReference {
		name := head.Target().Short()
		for _, ref := range refs {
			if ref.Name() == head.Target() {
				return name, true
			}
		}
		return "", false // an empty repository
	}
	for _, want := range []string{"refs/heads/master", "refs/heads/main", ""} {
		for _, ref := range refs {
			if ref.Name().IsBranch() && ref.Hash() == head.Hash() && (want == "" || ref.Name().String() == want) {
				return ref.Name().Short(), true
			}
		}
	}
	return "", false
}

// explain turns what the network says into what the user can do.
func (src *Source) explain(err error) error {
	if e := src.explainSSH(err); e != nil {
		return e
	}
	e := &Error{Err: err}
	sign := fmt.Sprintf("give user and password of the provider `%s` in the SCM configuration, or with `-user name:password`", src.provider.Name)
	if src.provider.Platform == "github" {
		sign += ", or a token in GITHUB_TOKEN"
	}
	var netErr net.Error
	var stranger x509.UnknownAuthorityError
	switch {
	case errors.Is(err, context.Canceled):
		return err
	case src.Local && (errors.Is(err, git.ErrRepositoryNotExists) || errors.Is(err, os.ErrNotExist)):
		e.Message = fmt.Sprintf("cannot find `%s`: there is no git repository at `%s`", src.Name, src.Clone)
	case errors.Is(err, transport.ErrRepositoryNotFound):
		e.Message = fmt.Sprintf("cannot find `%s`: there is no %s repository at `%s`", src.Name, src.provider.title(), src.Shown)
		e.Help = "check the name; if the repository is private, " + sign
	case errors.Is(err, transport.ErrAuthenticationRequired), errors.Is(err, transport.ErrAuthorizationFailed):
		e.Message = fmt.Sprintf("not authorized to read `%s`", src.Shown)
		e.Note = "the server answers so too when there is no such repository"
		e.Help = sign
	case errors.Is(err, transport.ErrEmptyRemoteRepository):
		e.Message = fmt.Sprintf("the repository `%s` is empty", src.Shown)
	case errors.As(err, &stranger):
		e.Message = fmt.Sprintf("cannot reach `%s`: nobody whom this machine trusts vouches for its certificate", src.Shown)
		e.Help = "SSL_CERT_FILE names a file with the certificates of the authorities to trust, in PEM"
	case errors.As(err, &netErr):
		e.Message = fmt.Sprintf("cannot reach `%s`: %s", src.Shown, Redact(innermost(err)))
		e.Help = "check network and proxy; a project that is on this machine runs with `-offline`"
	default:
		e.Message = fmt.Sprintf("cannot read the repository `%s`: %s", src.Shown, Redact(err.Error()))
	}
	return e
}

// innermost is the cause without the words of the layers above it.
func innermost(err error) string {
	for {
		inner := errors.Unwrap(err)
		if inner == nil || len(inner.Error()) < 12 {
			return err.Error()
		}
		err = inner
	}
}

// openLocal opens a repository on this machine, with or without files.
func openLocal(path string) (*git.Repository, error) {
	dir, err := gitDir(path)
	if err != nil {
		return nil, err
	}
	return git.PlainOpen(dir)
}

// gitDir is the directory that holds objects and references.
func gitDir(path string) (string, error) {
	for _, p := range []string{path, path + ".git"} {
		inner := filepath.Join(p, ".git")
		st, err := os.Stat(inner)
		switch {
		case err == nil && st.IsDir():
			return inner, nil
		case err == nil:
			return linkedDir(inner)
		}
		if _, err := os.Stat(filepath.Join(p, "HEAD")); err == nil {
			return p, nil
		}
	}
	if _, err := os.Stat(path); err != nil {
		return "", err
	}
	return "", git.ErrRepositoryNotExists
}

// linkedDir follows a file .git, of submodules and of worktrees.
func linkedDir(file string) (string, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	target, ok := strings.CutPrefix(strings.TrimSpace(string(text)), "gitdir: ")
	if !ok {
		return "", git.ErrRepositoryNotExists
	}
	if !filepath.IsAbs(target) {
		target = filepath.Join(filepath.Dir(file), target)
	}
	common, err := os.ReadFile(filepath.Join(target, "commondir"))
	if err != nil {
		return target, nil // no worktree: the directory is whole
	}
	dir := strings.TrimSpace(string(common))
	if !filepath.IsAbs(dir) {
		dir = filepath.Join(target, dir)
	}
	return dir, nil
}
