package main

import (
	"errors"
	"time"

	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/object"
	"github.com/rogpeppe/go-internal/testscript"
)

// commit makes a commit of all files of a directory, at a time that is always
// the same: its name depends on the files alone.
func commit(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 || len(args) > 3 {
		ts.Fatalf("usage: commit dir branch [tag]")
	}
	dir := ts.MkAbs(args[0])
	branch := plumbing.NewBranchReferenceName(args[1])
	r, err := git.PlainOpen(dir)
	if errors.Is(err, git.ErrRepositoryNotExists) {
		r, err = git.PlainInitWithOptions(dir, &git.PlainInitOptions{InitOptions: git.InitOptions{DefaultBranch: branch}})
	}
	ts.Check(err)
	if head, err := r.Head(); err == nil {
		if _, err := r.Reference(branch, false); err != nil {
			ts.Check(r.Storer.SetReference(plumbing.NewHashReference(branch, head.Hash())))
		}
		ts.Check(r.Storer.SetReference(plumbing.NewSymbolicReference(plumbing.HEAD, branch)))
	}
	w, err := r.Worktree()
	ts.Check(err)
	ts.Check(w.AddWithOptions(&git.AddOptions{All: true}))
	who := &object.Signature{Name: "A", Email: "a@x", When: time.Date(2024, 1, 2, 3, 4, 5, 0, time.UTC)}
	h, err := w.Commit("a commit", &git.CommitOptions{Author: who, Committer: who, AllowEmptyCommits: true})
	ts.Check(err)
	if len(args) == 3 {
		_, err := r.CreateTag(args[2], h, nil)
		ts.Check(err)
	}
}
