package project

import (
	"encoding/hex"
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"

	"sluice/internal/lang/diag"
)

// A target is what a revision means in a copy.
type target struct {
	name   string // branch or tag; "" for a commit
	branch bool
	commit plumbing.Hash
}

// Where a branch is looked for: as it was last used, or as it was last fetched.
var (
	localFirst  = []string{"refs/heads/", remoteBranches, "refs/tags/"}
	remoteFirst = []string{remoteBranches, "refs/heads/", "refs/tags/"}
)

// resolve finds a branch, a tag, or a commit by the start of its name. nil
// says there is none.
func resolve(r *git.Repository, revision string, prefixes []string) (*target, error) {
	for _, prefix := range prefixes {
		found, err := r.Reference(plumbing.ReferenceName(prefix+revision), true)
		if err != nil {
			continue
		}
		commit, err := peel(r, found.Hash())
		if err != nil {
			return nil, fmt.Errorf("read revision %s: %w", revision, err)
		}
		return &target{name: revision, branch: prefix != "refs/tags/", commit: commit}, nil
	}
	return resolveCommit(r, revision)
}

// minCommit is how many digits of a commit are enough to name it.
const minCommit = 4

func resolveCommit(r *git.Repository, revision string) (*target, error) {
	if len(revision) < minCommit || len(revision) > 40 || strings.Trim(strings.ToLower(revision), "0123456789abcdef") != "" {
		return nil, nil
	}
	revision = strings.ToLower(revision)
	if len(revision) == 40 {
		h := plumbing.NewHash(revision)
		if _, err := r.CommitObject(h); err != nil {
			return nil, nil
		}
		return &target{commit: h}, nil
	}
	var found []plumbing.Hash
	for _, h := range withPrefix(r, revision) {
		if _, err := r.CommitObject(h); err == nil {
			found = append(found, h)
		}
	}
	switch len(found) {
	case 0:
		return nil, nil
	case 1:
		return &target{commit: found[0]}, nil
	}
	var names []string
	for _, h := range found {
		names = append(names, h.String())
	}
	sort.Strings(names)
	return nil, &Error{
		Message: fmt.Sprintf("revision `%s` is the start of several commits", revision),
		Note:    "they are `" + strings.Join(names[:min(len(names), 5)], "`, `") + "`", Help: "give more digits",
	}
}

// withPrefix are the objects whose name begins so.
func withPrefix(r *git.Repository, prefix string) []plumbing.Hash {
	even, err := hex.DecodeString(prefix[:len(prefix)/2*2])
	if err != nil {
		return nil
	}
	store, ok := r.Storer.(interface {
		HashesWithPrefix(prefix []byte) ([]plumbing.Hash, error)
	})
	if !ok {
		return nil
	}
	all, err := store.HashesWithPrefix(even)
	if err != nil {
		return nil
	}
	var found []plumbing.Hash
	seen := map[plumbing.Hash]bool{}
	for _, h := range all {
		if strings.HasPrefix(h.String(), prefix) && !seen[h] {
			seen[h] = true
			found = append(found, h)
		}
	}
	return found
}

// noRevision says what there is instead.
func (p *Project) noRevision(r *git.Repository, revision string) error {
	e := &Error{Message: fmt.Sprintf("cannot find revision `%s` in the repository `%s`", revision, p.URL())}
	if len(revision) < minCommit && strings.Trim(revision, "0123456789abcdef") == "" {
		e.Note = fmt.Sprintf("a commit is given by at least %d digits", minCommit)
	}
	refs, err := references(r)
	if err != nil {
		return e
	}
	var branches, tags []string
	for _, ref := range refs {
		name := ref.Name().String()
		if b, ok := strings.CutPrefix(name, remoteBranches); ok && b != "HEAD" {
			branches = append(branches, b)
		} else if t, ok := strings.CutPrefix(name, "refs/tags/"); ok {
			tags = append(tags, t)
		}
	}
	if near, ok := diag.Near(revision, slices.Concat(branches, tags)); ok {
		e.Note = fmt.Sprintf("there is `%s`", near)
	}
	e.Help = listed("branches", branches)
	if len(tags) > 0 {
		e.Help += "; " + listed("tags", tags)
	}
	return e
}

func listed(what string, names []string) string {
	if len(names) == 0 {
		return "there are no " + what
	}
	shown := names[max(0, len(names)-5):] // later tags are likelier
	text := what + " are `" + strings.Join(shown, "`, `") + "`"
	if len(names) > len(shown) {
		text += fmt.Sprintf(" and %d more", len(names)-len(shown))
	}
	return text
}
