package engine

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sync/singleflight"

	"sluice/internal/lang/value"
	"sluice/internal/storage"
	"sluice/internal/task"
	"sluice/internal/workdir"
)

// fetcher brings remote inputs to this machine before their task is staged.
// Each is fetched once, whatever number of tasks wants it; a file is whole
// under its name or not there.
type fetcher struct {
	ctx     context.Context
	dir     string // work/stage-<session>
	storage func(scheme string) (storage.Storage, error)
	one     singleflight.Group
}

// prepare fetches what is remote and then prepares the work directory. It runs
// in the scheduler's goroutines.
func (f *fetcher) prepare(t *task.Task) error {
	for i, s := range t.Stage {
		if !strings.Contains(s.Source, "://") {
			continue
		}
		local, err := f.fetch(s.Source)
		if err != nil {
			return err
		}
		t.Stage[i].Source = local
	}
	return workdir.Prepare(t)
}

func (f *fetcher) fetch(url string) (string, error) {
	v, err, _ := f.one.Do(url, func() (any, error) { return f.download(url) })
	if err != nil {
		return "", err
	}
	return v.(string), nil
}

func (f *fetcher) download(url string) (string, error) {
	p := value.ParsePath(url)
	s, err := f.storage(p.Scheme)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256([]byte(url))
	key := hex.EncodeToString(sum[:16])
	target := filepath.Join(f.dir, key[:2], key[2:], p.FileName())
	if _, err := os.Stat(target); err == nil {
		return target, nil
	}
	if err := f.bring(s, p.Name, target); err != nil {
		return "", fmt.Errorf("stage the input %s: %w", url, err)
	}
	return target, nil
}

// bring copies a file, or a directory where there are any, so that it is whole
// under its name.
func (f *fetcher) bring(s storage.Storage, name, target string) (err error) {
	if err := os.MkdirAll(filepath.Dir(target), 0o777); err != nil {
		return err
	}
	part, err := os.MkdirTemp(filepath.Dir(target), ".part-*")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(part)) }()
	whole := filepath.Join(part, "it")
	if t, ok := s.(storage.Trees); ok {
		info, err := s.Stat(f.ctx, name)
		if err != nil {
			return err
		}
		if info.IsDir() {
			if err := f.bringTree(t, s, name, whole); err != nil {
				return err
			}
			return os.Rename(whole, target)
		}
	}
	if err := f.bringFile(s, name, whole); err != nil {
		return err
	}
	return os.Rename(whole, target)
}

func (f *fetcher) bringTree(t storage.Trees, s storage.Storage, name, target string) error {
	all, err := t.Tree(f.ctx, name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.Mkdir(target, 0o777); err != nil {
		return err
	}
	for _, e := range all {
		to := filepath.Join(target, e.Name)
		if !filepath.IsLocal(e.Name) {
			return fmt.Errorf("the name `%s` leads out of the directory", e.Name)
		}
		if e.IsDir() {
			err = os.MkdirAll(to, 0o777)
		} else if err = os.MkdirAll(filepath.Dir(to), 0o777); err == nil {
			err = f.bringFile(s, strings.TrimSuffix(name, "/")+"/"+e.Name, to)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (f *fetcher) bringFile(s storage.Storage, name, target string) error {
	if d, ok := s.(interface {
		Download(ctx context.Context, name, local string) error
	}); ok {
		return d.Download(f.ctx, name, target)
	}
	in, err := s.Open(f.ctx, name)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(target, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}
