package engine

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sync/singleflight"

	"sluice/internal/lang/value"
	"sluice/internal/task"
	"sluice/internal/workdir"
)

// fetcher brings remote inputs to this machine before their task is staged.
// Each is fetched once, whatever number of tasks wants it; a file is whole
// under its name or not there.
type fetcher struct {
	ctx context.Context
	dir string // work/stage-<session>
	one singleflight.Group
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
	s, err := storageOf(p.Scheme)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256([]byte(url))
	key := hex.EncodeToString(sum[:16])
	target := filepath.Join(f.dir, key[:2], key[2:], p.FileName())
	if _, err := os.Stat(target); err == nil {
		return target, nil
	}
	in, err := s.Open(f.ctx, p.Name)
	if err != nil {
		return "", fmt.Errorf("stage the input %s: %w", url, err)
	}
	defer in.Close()
	if err := os.MkdirAll(filepath.Dir(target), 0o777); err != nil {
		return "", fmt.Errorf("stage the input %s: %w", url, err)
	}
	out, err := os.CreateTemp(filepath.Dir(target), ".part-*")
	if err != nil {
		return "", fmt.Errorf("stage the input %s: %w", url, err)
	}
	_, err = io.Copy(out, in)
	if cerr := out.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(out.Name(), target)
	}
	if err != nil {
		os.Remove(out.Name())
		return "", fmt.Errorf("stage the input %s: %w", url, err)
	}
	return target, nil
}
