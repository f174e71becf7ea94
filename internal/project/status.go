package project

import (
	"sort"

	"github.com/go-git/go-git/v5"
)

// changedFiles are those that differ from what is checked out, and new ones
// that git does not ignore.
func changedFiles(r *git.Repository) ([]string, error) {
	w, err := r.Worktree()
	if err != nil {
		return nil, err
	}
	status, err := w.Status()
	if err != nil {
		return nil, err
	}
	var names []string
	for name, s := range status {
		if s.Worktree != git.Unmodified || s.Staging != git.Unmodified {
			names = append(names, name)
		}
	}
	sort.Strings(names)
	return names, nil
}
