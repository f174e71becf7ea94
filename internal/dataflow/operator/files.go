package operator

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"sluice/internal/lang/stdlib"
	"sluice/internal/lang/value"
	"sluice/internal/storage"
)

// local is where a local path is on disk; relative ones start at the launch
// directory.
func (e *Env) local(th *value.Thread, p *value.Path) string {
	if filepath.IsAbs(p.Name) || th == nil || th.Host == nil {
		return p.Name
	}
	return filepath.Join(th.Host.LaunchDir(), p.Name)
}

func parentDir(path string) string { return filepath.Dir(path) }

func (e *Env) storage(p *value.Path) (storage.Storage, error) {
	if e.Storage == nil {
		panic("internal error: operators were given no storage")
	}
	s, err := e.Storage(p.Scheme)
	if err != nil {
		e := value.Throw("java.lang.IllegalStateException", "open %s: %v", p, err)
		e.Cause = err
		return nil, e
	}
	return s, nil
}

// absolute is p as storages know it.
func (e *Env) absolute(th *value.Thread, p *value.Path) *value.Path {
	if p.Scheme != "" {
		return p
	}
	return (&value.Path{Name: e.local(th, p)}).Normalize()
}

func (e *Env) open(th *value.Thread, p *value.Path) (io.ReadCloser, error) {
	p = e.absolute(th, p)
	s, err := e.storage(p)
	if err != nil {
		return nil, err
	}
	f, err := s.Open(th.Context, p.Name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, value.Throw("java.nio.file.NoSuchFileException", "%s", p)
	}
	return f, err
}

// files are what a path or glob pattern stands for, in order. A plain path
// need not exist unless the options say so.
func (e *Env) files(th *value.Thread, pattern value.Value, opts fileOptions) ([]*value.Path, error) {
	p := asPath(pattern)
	web := p.Scheme == "http" || p.Scheme == "https" || p.Scheme == "ftp"
	if !opts.glob || web || !stdlib.IsGlob(p.Name) {
		return e.plain(th, p, opts)
	}
	base, rest := stdlib.SplitGlob(p.Name)
	dir := e.absolute(th, &value.Path{Scheme: p.Scheme, Name: base})
	s, err := e.storage(dir)
	if err != nil {
		return nil, err
	}
	var found []*value.Path
	th.Block(func() { found, err = stdlib.Glob(th.Context, s, dir, rest, opts.GlobOptions) })
	if err != nil {
		return nil, err
	}
	if len(found) == 0 && opts.checkIfExists {
		return nil, throw("No files match pattern `%s` at path: %s", rest, dir)
	}
	return found, nil
}

func (e *Env) plain(th *value.Thread, p *value.Path, opts fileOptions) ([]*value.Path, error) {
	found := e.absolute(th, p)
	if opts.checkIfExists {
		s, err := e.storage(found)
		if err != nil {
			return nil, err
		}
		_, err = s.Stat(th.Context, found.Name)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, value.Throw("java.nio.file.NoSuchFileException", "%s", found)
		}
		if err != nil {
			return nil, err
		}
	}
	if opts.Relative && !p.IsAbsolute() {
		found = p
	}
	return []*value.Path{found}, nil
}

func (e *Env) tempDir(key string) (string, error) {
	if e.TempDir == nil {
		return "", errors.New("internal error: operators were given no directory for generated files")
	}
	return e.TempDir(key)
}

// fingerprint is equal for a source that has not changed: text itself, or the
// place, size and time of a file.
func (e *Env) fingerprint(th *value.Thread, v value.Value) string {
	p, ok := v.(*value.Path)
	if !ok {
		return value.ToString(v)
	}
	p = e.absolute(th, p)
	if s, err := e.storage(p); err == nil {
		if info, err := s.Stat(th.Context, p.Name); err == nil {
			return fmt.Sprintf("%s %d %d", p, info.Size, info.Modified.UnixNano())
		}
	}
	return p.String()
}

// A settled file appears under its name when it is complete. A file that is
// already there with the same content is left alone, so that a resumed run
// finds its inputs unchanged.
type settled struct {
	file *os.File
	buf  *bufio.Writer
	zip  *gzip.Writer
	path string
	put  func() error // of files that go to a storage
	away *value.Path  // where there
}

func newSettled(dir, name string, compress bool) (*settled, error) {
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return nil, err
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".part-*")
	if err != nil {
		return nil, err
	}
	s := &settled{file: f, buf: bufio.NewWriterSize(f, 64<<10), path: path}
	if compress {
		s.zip = gzip.NewWriter(s.buf)
	}
	return s, nil
}

// goesTo makes the storage that to is in the place of the file.
func (s *settled) goesTo(e *Env, th *value.Thread, to *value.Path) {
	s.away, s.put = to, func() error {
		store, err := e.storage(to)
		if err != nil {
			return err
		}
		th.Block(func() { err = settle(th.Context, store, s.path, to.Name) })
		return errors.Join(err, os.Remove(s.path))
	}
}

// settle writes a local file to a storage, unless its content is there.
func settle(ctx context.Context, store storage.Storage, path, name string) (err error) {
	in, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	size, err := in.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	info, err := store.Stat(ctx, name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err == nil && !info.IsDir() && info.Size == size {
		have, err := store.Open(ctx, name)
		if err != nil {
			return err
		}
		if _, err = in.Seek(0, io.SeekStart); err == nil && sameBytes(in, have) {
			return have.Close()
		}
		if err := errors.Join(err, have.Close()); err != nil {
			return err
		}
	}
	if _, err := in.Seek(0, io.SeekStart); err != nil {
		return err
	}
	out, err := store.Create(ctx, name, false)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

// Path is the file once closed.
func (s *settled) Path() *value.Path {
	if s.away != nil {
		return s.away
	}
	return &value.Path{Name: s.path}
}

func (s *settled) Write(p []byte) (int, error) {
	if s.zip != nil {
		return s.zip.Write(p)
	}
	return s.buf.Write(p)
}

// Close puts the file in place.
func (s *settled) Close() error {
	err := s.finish()
	if err == nil && s.put == nil && sameContent(s.file.Name(), s.path) {
		return os.Remove(s.file.Name())
	}
	if err == nil {
		if err = os.Chmod(s.file.Name(), 0o644); err == nil {
			err = os.Rename(s.file.Name(), s.path)
		}
	}
	if err != nil {
		return errors.Join(fmt.Errorf("write %s: %w", s.path, err), os.Remove(s.file.Name()))
	}
	if s.put != nil {
		if err := s.put(); err != nil {
			return fmt.Errorf("write %s: %w", s.away, err)
		}
	}
	return nil
}

func (s *settled) finish() error {
	if s.zip != nil {
		if err := s.zip.Close(); err != nil {
			return errors.Join(err, s.file.Close())
		}
	}
	return errors.Join(s.buf.Flush(), s.file.Close())
}

// discard gives the file up.
func (s *settled) discard() error { return errors.Join(s.file.Close(), os.Remove(s.file.Name())) }

func sameContent(a, b string) bool {
	ia, errA := os.Stat(a)
	ib, errB := os.Stat(b)
	if errA != nil || errB != nil || ia.Size() != ib.Size() || !ib.Mode().IsRegular() {
		return false
	}
	fa, err := os.Open(a)
	if err != nil {
		return false
	}
	defer fa.Close()
	fb, err := os.Open(b)
	if err != nil {
		return false
	}
	defer fb.Close()
	return sameBytes(fa, fb)
}

func sameBytes(fa, fb io.Reader) bool {
	bufA, bufB := make([]byte, 64<<10), make([]byte, 64<<10)
	for {
		n, errA := io.ReadFull(fa, bufA)
		m, errB := io.ReadFull(fb, bufB)
		if !bytes.Equal(bufA[:n], bufB[:m]) {
			return false
		}
		if errA != nil || errB != nil {
			return errA == errB
		}
	}
}
