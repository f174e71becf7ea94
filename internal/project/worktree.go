package project

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/go-git/go-billy/v5"
	"github.com/go-git/go-billy/v5/osfs"
	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing/cache"
	"github.com/go-git/go-git/v5/storage/filesystem"
)

// openRepository opens a copy with its files.
func openRepository(dir string) (*git.Repository, error) {
	inner, err := gitDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, git.ErrRepositoryNotExists
	}
	if err != nil {
		return nil, err
	}
	return git.Open(filesystem.NewStorage(osfs.New(inner), cache.NewObjectLRUDefault()), &worktree{osfs.New(dir), dir})
}

// A worktree is the files of a copy. Links keep the text they have in the
// repository; the library would make absolute ones point below the directory,
// and from then on take them for changed.
type worktree struct {
	billy.Filesystem
	dir string
}

func (w *worktree) at(name string) (string, error) {
	name = filepath.Clean(filepath.FromSlash(name))
	if !filepath.IsLocal(name) {
		return "", fmt.Errorf("path %s: %w", name, fs.ErrInvalid)
	}
	return filepath.Join(w.dir, name), nil
}

// Symlink makes a link of the repository.
func (w *worktree) Symlink(target, link string) error {
	path, err := w.at(link)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return err
	}
	return os.Symlink(target, path)
}

// Readlink is the text of a link.
func (w *worktree) Readlink(link string) (string, error) {
	path, err := w.at(link)
	if err != nil {
		return "", err
	}
	return os.Readlink(path)
}

// Chroot is the worktree of a submodule.
func (w *worktree) Chroot(name string) (billy.Filesystem, error) {
	path, err := w.at(name)
	if err != nil {
		return nil, err
	}
	inner, err := w.Filesystem.Chroot(name)
	if err != nil {
		return nil, err
	}
	return &worktree{inner, path}, nil
}
