package project

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/object"
)

// copyObjects brings all objects of one repository into another on this
// machine, by link where the file system lets it. Objects never change, so
// what is there already is the same. Packs come last: what another program
// packs meanwhile is in one of them.
func copyObjects(ctx context.Context, from, to string) error {
	sources, err := objectDirs(filepath.Join(from, "objects"))
	if err != nil {
		return err
	}
	target := filepath.Join(to, "objects")
	for _, dir := range sources {
		entries, err := os.ReadDir(dir)
		if err != nil {
			return err
		}
		for _, e := range entries {
			if len(e.Name()) != 2 || !e.IsDir() {
				continue
			}
			if err := copyDir(ctx, filepath.Join(dir, e.Name()), filepath.Join(target, e.Name()), nil); err != nil {
				return err
			}
		}
		for _, ext := range []string{".pack", ".idx"} { // an index makes its pack visible
			err := copyDir(ctx, filepath.Join(dir, "pack"), filepath.Join(target, "pack"), func(name string) bool {
				return strings.HasPrefix(name, "pack-") && strings.HasSuffix(name, ext)
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// objectDirs are the directory and those it borrows from.
func objectDirs(dir string) ([]string, error) {
	dirs := []string{dir}
	for i := 0; i < len(dirs); i++ {
		f, err := os.Open(filepath.Join(dirs[i], "info", "alternates"))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		lines := bufio.NewScanner(f)
		for lines.Scan() {
			other := strings.TrimSpace(lines.Text())
			if other == "" || strings.HasPrefix(other, "#") {
				continue
			}
			if !filepath.IsAbs(other) {
				other = filepath.Join(dirs[i], other)
			}
			if !slices.Contains(dirs, other) {
				dirs = append(dirs, other)
			}
		}
		if err := errors.Join(lines.Err(), f.Close()); err != nil {
			return nil, err
		}
	}
	return dirs, nil
}

func copyDir(ctx context.Context, from, to string, want func(name string) bool) error {
	entries, err := os.ReadDir(from)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, e := range entries {
		// Links and the like are no objects: they could name any file.
		if !e.Type().IsRegular() || want != nil && !want(e.Name()) || strings.HasPrefix(e.Name(), "tmp_") {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := os.MkdirAll(to, 0o777); err != nil {
			return err
		}
		if err := copyObject(filepath.Join(from, e.Name()), filepath.Join(to, e.Name())); err != nil {
			return err
		}
	}
	return nil
}

func copyObject(from, to string) error {
	if _, err := os.Stat(to); err == nil {
		return nil
	}
	err := os.Link(from, to)
	switch {
	case err == nil, errors.Is(err, fs.ErrExist):
		return nil
	case errors.Is(err, fs.ErrNotExist):
		return nil // packed or pruned meanwhile
	}
	return copyFile(from, to)
}

// copyFile makes the copy appear whole.
func copyFile(from, to string) (err error) {
	in, err := os.Open(from)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	out, err := os.CreateTemp(filepath.Dir(to), "tmp_obj_")
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	if err = errors.Join(err, out.Close()); err == nil {
		err = errors.Join(os.Chmod(out.Name(), 0o444), os.Rename(out.Name(), to))
	}
	if err != nil {
		return errors.Join(fmt.Errorf("copy %s: %w", from, err), os.Remove(out.Name()))
	}
	return nil
}

// missingFile is the first file of a commit whose contents the copy has not;
// "" when all are there, or the commit itself is not.
func missingFile(r *git.Repository, commit plumbing.Hash) string {
	c, err := r.CommitObject(commit)
	if err != nil {
		return ""
	}
	tree, err := c.Tree()
	if err != nil {
		return ""
	}
	walk := object.NewTreeWalker(tree, true, nil)
	defer walk.Close()
	for {
		name, entry, err := walk.Next()
		if err != nil {
			return ""
		}
		if entry.Mode.IsFile() && r.Storer.HasEncodedObject(entry.Hash) != nil {
			return name
		}
	}
}
