package local

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"sluice/internal/storage"
)

// Storage is the local disk.
type Storage struct {
	Dir string // where relative names start; the process's directory when empty
}

var (
	_ storage.Storage     = (*Storage)(nil)
	_ storage.Directories = (*Storage)(nil)
	_ storage.Links       = (*Storage)(nil)
	_ storage.Permissions = (*Storage)(nil)
)

func (s *Storage) path(name string) string {
	if s.Dir == "" || filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(s.Dir, name)
}

func info(fi fs.FileInfo) storage.Info {
	return storage.Info{Name: fi.Name(), Size: fi.Size(), Modified: fi.ModTime(), Mode: fi.Mode()}
}

// Stat follows links.
func (s *Storage) Stat(_ context.Context, name string) (storage.Info, error) {
	fi, err := os.Stat(s.path(name))
	if err != nil {
		return storage.Info{}, err
	}
	return info(fi), nil
}

// Lstat does not follow a link.
func (s *Storage) Lstat(_ context.Context, name string) (storage.Info, error) {
	fi, err := os.Lstat(s.path(name))
	if err != nil {
		return storage.Info{}, err
	}
	return info(fi), nil
}

// List leaves out what vanishes while it looks.
func (s *Storage) List(ctx context.Context, dir string) ([]storage.Info, error) {
	entries, err := os.ReadDir(s.path(dir))
	if err != nil {
		return nil, err
	}
	out := make([]storage.Info, 0, len(entries))
	for _, e := range entries {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		fi, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, info(fi))
	}
	return out, nil
}

// Open refuses directories, as Java does.
func (s *Storage) Open(_ context.Context, name string) (io.ReadCloser, error) {
	f, err := os.Open(s.path(name))
	if err != nil {
		return nil, err
	}
	fi, err := f.Stat()
	if err == nil && fi.IsDir() {
		err = fmt.Errorf("read %s: is a directory", name)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// Create truncates or appends.
func (s *Storage) Create(_ context.Context, name string, appending bool) (io.WriteCloser, error) {
	flags := os.O_WRONLY | os.O_CREATE | os.O_TRUNC
	if appending {
		flags = os.O_WRONLY | os.O_CREATE | os.O_APPEND
	}
	return os.OpenFile(s.path(name), flags, 0o666)
}

// Remove deletes.
func (s *Storage) Remove(_ context.Context, name string, all bool) error {
	if all {
		return os.RemoveAll(s.path(name))
	}
	if err := os.Remove(s.path(name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// Mkdir makes directories.
func (s *Storage) Mkdir(_ context.Context, name string, all bool) error {
	if all {
		return os.MkdirAll(s.path(name), 0o777)
	}
	return os.Mkdir(s.path(name), 0o777)
}

// Rename falls back to copying between file systems.
func (s *Storage) Rename(ctx context.Context, from, to string) error {
	err := os.Rename(s.path(from), s.path(to))
	var link *os.LinkError
	if !errors.As(err, &link) || !errors.Is(err, errCrossDevice) {
		return err
	}
	if err := s.Copy(ctx, from, to); err != nil {
		return err
	}
	return s.Remove(ctx, from, true)
}

// Link replaces nothing: a name that exists is an error.
func (s *Storage) Link(_ context.Context, target, name string, hard bool) error {
	if hard {
		return os.Link(s.path(target), s.path(name))
	}
	return os.Symlink(target, s.path(name))
}

// Resolve follows all links.
func (s *Storage) Resolve(_ context.Context, name string) (string, error) {
	abs, err := filepath.Abs(s.path(name))
	if err != nil {
		return "", err
	}
	return filepath.EvalSymlinks(abs)
}

// Chmod sets permissions.
func (s *Storage) Chmod(_ context.Context, name string, mode fs.FileMode) error {
	return os.Chmod(s.path(name), mode)
}

// SetModified leaves the time of the last access as it is.
func (s *Storage) SetModified(_ context.Context, name string, t time.Time) error {
	return os.Chtimes(s.path(name), time.Time{}, t)
}

// Copy keeps permissions, and links inside directories.
func (s *Storage) Copy(ctx context.Context, from, to string) error {
	return copyTree(ctx, s.path(from), s.path(to))
}

func copyTree(ctx context.Context, from, to string) error {
	fi, err := os.Stat(from)
	if err != nil {
		return err
	}
	if !fi.IsDir() {
		return copyFile(from, to, fi)
	}
	if err := os.MkdirAll(to, fi.Mode().Perm()|0o700); err != nil {
		return err
	}
	entries, err := os.ReadDir(from)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if err := ctx.Err(); err != nil {
			return context.Cause(ctx)
		}
		src, dst := filepath.Join(from, e.Name()), filepath.Join(to, e.Name())
		if e.Type()&fs.ModeSymlink != 0 {
			err = copyLink(src, dst)
		} else {
			err = copyTree(ctx, src, dst)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func copyLink(from, to string) error {
	target, err := os.Readlink(from)
	if err != nil {
		return err
	}
	if err := os.Remove(to); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return os.Symlink(target, to)
}

func copyFile(from, to string, fi fs.FileInfo) (err error) {
	if have, statErr := os.Stat(to); statErr == nil && os.SameFile(fi, have) {
		return nil
	}
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, fi.Mode().Perm())
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}
