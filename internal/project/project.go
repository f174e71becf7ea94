package project

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/object"
)

const (
	remoteName     = "origin"
	remoteBranches = "refs/remotes/" + remoteName + "/"
	remoteHead     = plumbing.ReferenceName(remoteBranches + "HEAD")
)

// A Project is one repository and, once downloaded, its copy on this machine.
type Project struct {
	Name   string // org/name
	Script string // asked for as org/name/x.nf
	Dir    string // of its files

	store  *Store
	source *Source // nil for a copy that came from nowhere
}

// A Revision is what is checked out.
type Revision struct {
	Name   string // branch or tag; "" for a bare commit
	Commit string // 40 digits
	Branch bool
}

// String is how messages show it: 10 digits and the name, or the whole commit.
func (r Revision) String() string {
	if r.Name == "" {
		return r.Commit
	}
	return short(r.Commit) + " [" + r.Name + "]"
}

func short(commit string) string { return commit[:min(len(commit), 10)] }

// Downloaded says whether there is a copy on this machine.
func (p *Project) Downloaded() bool { return isRepository(p.Dir) }

// URL is the address of the repository, as people see it.
func (p *Project) URL() string {
	if p.source == nil {
		return ""
	}
	return p.source.Shown
}

func (p *Project) open() (*git.Repository, error) {
	r, err := openRepository(p.Dir)
	if err != nil {
		return nil, p.broken(err)
	}
	return r, nil
}

func (p *Project) broken(err error) error {
	return &Error{
		Message: fmt.Sprintf("`%s` is not a usable git repository: %v", p.Dir, err),
		Help:    "remove it with `drop -f " + p.Name + "`; the next run downloads it anew",
		Err:     err,
	}
}

func (p *Project) remoteURL() (string, error) {
	r, err := p.open()
	if err != nil {
		return "", err
	}
	cfg, err := r.Config()
	if err != nil {
		return "", p.broken(err)
	}
	if remote := cfg.Remotes[remoteName]; remote != nil && len(remote.URLs) > 0 {
		return remote.URLs[0], nil
	}
	return "", nil
}

// checkOrigin refuses an address whose project is already here from another.
func (p *Project) checkOrigin() error {
	if !p.Downloaded() {
		if st, err := os.Stat(p.Dir); err == nil && st.IsDir() {
			if entries, err := os.ReadDir(p.Dir); err == nil && len(entries) > 0 {
				return p.broken(git.ErrRepositoryNotExists)
			}
		}
		return nil
	}
	if !p.source.given {
		return nil
	}
	have, ok, err := p.store.origin(p.Name)
	if err != nil {
		return err
	}
	if !ok || sameAddress(have.Shown, p.source.Shown) {
		return nil
	}
	return &Error{
		Message: fmt.Sprintf("the project `%s` was downloaded from another place: %s", p.Name, have.Shown),
		Help:    fmt.Sprintf("remove that copy with `drop %s`, or keep the other in a directory of its own with `clone %s <directory>`", p.Name, p.source.Shown),
	}
}

func sameAddress(a, b string) bool {
	norm := func(s string) string {
		s = strings.TrimSuffix(strings.TrimSuffix(strings.TrimRight(s, "/"), "/.git"), ".git")
		if m := scpAddress().FindStringSubmatch(s); m != nil && !strings.Contains(s, "://") && strings.Contains(s, "@") {
			s = "https://" + m[2] + "/" + m[3]
		}
		if _, rest, ok := strings.Cut(s, "://"); ok {
			s = rest[strings.Index(rest, "@")+1:]
		}
		return strings.ToLower(s)
	}
	return norm(a) == norm(b)
}

// Manifest is that of the files checked out.
func (p *Project) Manifest() (Manifest, error) { return p.store.o.Manifest(p.Dir) }

// Current is the revision checked out.
func (p *Project) Current() (Revision, error) {
	r, err := p.open()
	if err != nil {
		return Revision{}, err
	}
	return current(r)
}

func current(r *git.Repository) (Revision, error) {
	head, err := r.Head()
	if err != nil {
		return Revision{}, fmt.Errorf("read the revision checked out: %w", err)
	}
	rev := Revision{Commit: head.Hash().String()}
	if head.Name().IsBranch() {
		rev.Name, rev.Branch = head.Name().Short(), true
		return rev, nil
	}
	tags, err := tagsOf(r)
	if err != nil {
		return Revision{}, err
	}
	for _, t := range tags { // the first of several, as the original shows it
		if t.Commit == rev.Commit {
			rev.Name = t.Name
			break
		}
	}
	return rev, nil
}

// DefaultBranch is the manifest's, or what the repository says.
func (p *Project) DefaultBranch() (string, error) {
	m, err := p.Manifest()
	if err == nil && m.DefaultBranch != "" {
		return m.DefaultBranch, nil
	}
	r, err := p.open()
	if err != nil {
		return "", err
	}
	if head, err := r.Storer.Reference(remoteHead); err == nil && head.Type() == plumbing.SymbolicReference {
		return strings.TrimPrefix(head.Target().String(), remoteBranches), nil
	}
	// A copy made by another program may not say.
	for _, name := range []string{"master", "main"} {
		if _, err := r.Storer.Reference(plumbing.ReferenceName(remoteBranches + name)); err == nil {
			return name, nil
		}
	}
	rev, err := current(r)
	return rev.Name, err
}

// Revisions are branches, those used before first, and tags.
func (p *Project) Revisions() (branches, tags []Revision, err error) {
	r, err := p.open()
	if err != nil {
		return nil, nil, err
	}
	refs, err := references(r)
	if err != nil {
		return nil, nil, err
	}
	seen := map[string]bool{}
	for _, prefix := range []string{"refs/heads/", remoteBranches} {
		for _, ref := range refs {
			name, ok := strings.CutPrefix(ref.Name().String(), prefix)
			if !ok || seen[name] || name == "HEAD" || ref.Type() != plumbing.HashReference {
				continue
			}
			seen[name] = true
			branches = append(branches, Revision{Name: name, Commit: ref.Hash().String(), Branch: true})
		}
	}
	tags, err = tagsOf(r)
	return branches, tags, err
}

// references are all, in order of their names.
func references(r *git.Repository) ([]*plumbing.Reference, error) {
	iter, err := r.References()
	if err != nil {
		return nil, fmt.Errorf("read branches and tags: %w", err)
	}
	var refs []*plumbing.Reference
	if err := iter.ForEach(func(ref *plumbing.Reference) error { refs = append(refs, ref); return nil }); err != nil {
		return nil, fmt.Errorf("read branches and tags: %w", err)
	}
	sort.Slice(refs, func(i, j int) bool { return refs[i].Name() < refs[j].Name() })
	return refs, nil
}

func tagsOf(r *git.Repository) ([]Revision, error) {
	refs, err := references(r)
	if err != nil {
		return nil, err
	}
	var tags []Revision
	for _, ref := range refs {
		if !ref.Name().IsTag() {
			continue
		}
		if commit, err := peel(r, ref.Hash()); err == nil {
			tags = append(tags, Revision{Name: ref.Name().Short(), Commit: commit.String()})
		}
	}
	return tags, nil
}

// peel follows annotated tags to their commit.
func peel(r *git.Repository, h plumbing.Hash) (plumbing.Hash, error) {
	tag, err := r.TagObject(h)
	if errors.Is(err, plumbing.ErrObjectNotFound) {
		return h, nil
	}
	if err != nil {
		return h, err
	}
	c, err := tag.Commit()
	if err != nil {
		return h, err
	}
	return c.Hash, nil
}

// MainScript is what a run of the files in dir starts: asked, or the
// manifest's, or main.nf.
func (p *Project) MainScript(dir, asked string) (string, error) {
	name := firstOf(asked, p.Script)
	if name == "" {
		m, err := p.store.o.Manifest(dir)
		if err != nil {
			return "", err
		}
		name = firstOf(m.MainScript, DefaultScript)
	}
	path := filepath.Join(dir, name)
	if st, err := os.Stat(path); err != nil || st.IsDir() {
		e := &Error{Message: fmt.Sprintf("missing project main script: %s", path)}
		if names := scriptsIn(dir); len(names) > 0 {
			e.Note = "scripts there are `" + strings.Join(names, "`, `") + "`"
			e.Help = "name one with `-main-script`, or set `manifest.mainScript`"
		}
		return "", e
	}
	return name, nil
}

func scriptsIn(dir string) []string {
	found, err := filepath.Glob(filepath.Join(dir, "*.nf"))
	if err != nil {
		return nil
	}
	var names []string
	for _, f := range found[:min(len(found), 5)] {
		names = append(names, filepath.Base(f))
	}
	return names
}

func firstOf(list ...string) string {
	for _, s := range list {
		if s != "" {
			return s
		}
	}
	return ""
}

// ReadFile is the text of a file in a revision, without checking it out; ""
// is the revision checked out.
func (p *Project) ReadFile(revision, name string) ([]byte, error) {
	if revision == "" {
		return os.ReadFile(filepath.Join(p.Dir, name))
	}
	tree, err := p.tree(revision)
	if err != nil {
		return nil, err
	}
	f, err := tree.File(name)
	if err != nil {
		return nil, &Error{Message: fmt.Sprintf("revision `%s` of `%s` has no file `%s`", revision, p.Name, name), Err: err}
	}
	text, err := f.Contents()
	return []byte(text), err
}

// Entries are the names in the top directory of a revision.
func (p *Project) Entries(revision string) ([]string, error) {
	var names []string
	if revision == "" {
		entries, err := os.ReadDir(p.Dir)
		if err != nil {
			return nil, fmt.Errorf("list project: %w", err)
		}
		for _, e := range entries {
			names = append(names, e.Name())
		}
		return names, nil
	}
	tree, err := p.tree(revision)
	if err != nil {
		return nil, err
	}
	for _, e := range tree.Entries {
		names = append(names, e.Name)
	}
	return names, nil
}

func (p *Project) tree(revision string) (*object.Tree, error) {
	r, err := p.open()
	if err != nil {
		return nil, err
	}
	t, err := resolve(r, revision, localFirst)
	if err != nil {
		return nil, err
	}
	if t == nil {
		return nil, p.noRevision(r, revision)
	}
	c, err := r.CommitObject(t.commit)
	if err != nil {
		return nil, p.broken(err)
	}
	return c.Tree()
}
