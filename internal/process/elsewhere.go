package process

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"sluice/internal/container"
	"sluice/internal/directive"
	"sluice/internal/executor"
	"sluice/internal/lang/value"
	"sluice/internal/storage"
	"sluice/internal/task"
	"sluice/internal/workdir"
)

// An Elsewhere is how the tasks of an executor work that does not run them on
// this machine.
type Elsewhere struct {
	WorkDir string // az://container/work; "" where the run has none in a storage
	Secrets bool   // values of secrets are found where the task runs
	// Known says what the service has of a task of an earlier head. The first
	// call may take long: it checks that tasks can run at all.
	Known func(task.Hash) (executor.Known, error)
}

// Stored describes a file or directory of a storage.
type Stored struct {
	Size     int64
	Modified time.Time
	Digest   string // of names, sizes and times below a directory; "" of a file
}

// elsewhere is how the task works if it does not run on this machine, else nil.
func (in *instance) elsewhere() *Elsewhere { return in.node.elsewhere(in.task.Executor) }

func (n *node) elsewhere(executor string) *Elsewhere {
	if n.run.Elsewhere == nil || n.def.native() {
		return nil
	}
	return n.run.Elsewhere(executor)
}

// workDir is the directory of an attempt.
func (in *instance) workDir(h task.Hash) string {
	if e := in.elsewhere(); e != nil {
		return storage.Join(e.WorkDir, h.Dir())
	}
	return storage.Join(in.run().WorkDir, h.Dir())
}

// canWork says why the tasks of an executor cannot work where they would have
// to, nil if they can.
func (n *node) canWork(executor string) error {
	e := n.elsewhere(executor)
	switch {
	case e != nil && e.WorkDir == "":
		return fmt.Errorf("the tasks of process `%s` run elsewhere (executor `%s`), and the work directory %s is on this machine -- give one in a storage with `-work-dir az://<container>/<path>`, or with `-bucket-dir` beside a local one", n.name, executor, n.run.WorkDir)
	case e == nil && !n.def.native() && storage.IsRemote(n.run.WorkDir):
		return fmt.Errorf("the tasks of process `%s` run on this machine (executor `%s`), and the work directory %s is not on it -- give a local one with `-work-dir` and the remote one with `-bucket-dir`, or another executor", n.name, executor, n.run.WorkDir)
	}
	return nil
}

// occupy takes the work directory of the task, unless an earlier attempt has
// it. In a storage a directory need not be made; it is taken when it holds
// anything, or when the service has run a task there.
func (in *instance) occupy() (free bool, err error) {
	if !storage.IsRemote(in.task.WorkDir) {
		return makeDir(in.task.WorkDir)
	}
	r, h := in.run(), in.task.Hash
	if r.taken[h] {
		return false, nil
	}
	if r.Resume && r.Cached(h) != nil {
		// Its end was seen, and it cannot be used again: its outputs have
		// moved, or it failed, or the cache is off. What the service still has
		// of it is of no use either.
		return false, nil
	}
	known := executor.Unknown
	if e := in.elsewhere(); e != nil {
		if known, err = e.Known(h); err != nil {
			return false, err
		}
	}
	if known == executor.Unknown && r.Resume { // a new session has no directories
		tree, err := r.tree(in.task.WorkDir)
		if err != nil {
			return false, err
		}
		if l, ok := tree.(interface{ Len() int }); ok && l.Len() > 0 {
			known = executor.Spent
		}
	}
	if known == executor.Spent {
		return false, nil
	}
	if r.taken == nil {
		r.taken = map[task.Hash]bool{}
	}
	r.taken[h] = true
	return true, nil
}

func makeDir(dir string) (made bool, err error) {
	err = os.Mkdir(dir, 0o777)
	if errors.Is(err, os.ErrNotExist) {
		err = os.MkdirAll(dir, 0o777)
	}
	switch {
	case err == nil:
		return true, nil
	case errors.Is(err, os.ErrExist):
		return false, nil
	}
	return false, fmt.Errorf("make the work directory %s: %w", dir, unwrapPath(err))
}

// tree is a directory with the files of a task.
func (r *Run) tree(dir string) (workdir.Tree, error) {
	if !storage.IsRemote(dir) {
		return workdir.Disk(dir), nil
	}
	return r.Tree(dir)
}

// storedKey is what tells whether a file of a storage changed.
func (r *Run) storedKey(p *value.Path, mode directive.CacheMode) (string, error) {
	s, err := r.Stored(p)
	switch {
	case err != nil:
		return "", err
	case s.Digest != "":
		return "dir " + s.Digest, nil
	case mode == directive.CacheLenient:
		return fmt.Sprintf("%d", s.Size), nil
	case mode == directive.CacheDeep:
		return r.storedContent(p)
	}
	return fmt.Sprintf("%d %d", s.Size, s.Modified.UnixNano()), nil
}

func (r *Run) storedContent(p *value.Path) (key string, err error) {
	err = r.open(p, func(f io.Reader) error {
		h := sha256.New()
		_, err := io.Copy(h, f)
		key = hex.EncodeToString(h.Sum(nil))
		return err
	})
	return key, err
}

// open reads a file of any storage, without the interpreter lock.
func (r *Run) open(p *value.Path, read func(io.Reader) error) error {
	s, err := r.Storage(p.Scheme)
	if err != nil {
		return err
	}
	r.Thread.Block(func() {
		f, oerr := s.Open(r.Thread.Context, p.Name)
		if err = oerr; err == nil {
			err = errors.Join(read(f), f.Close())
		}
	})
	return err
}

// read is the content of a file of any storage.
func (r *Run) read(p *value.Path) (data []byte, err error) {
	if p.Scheme == "" {
		data, err = os.ReadFile(p.Name)
		return data, err
	}
	err = r.open(p, func(f io.Reader) (err error) { data, err = io.ReadAll(f); return err })
	return data, err
}

// boxElsewhere is the image of a task whose service runs containers by itself,
// whatever engine this machine has.
func (r *Run) boxElsewhere(image string) *task.Container {
	return &task.Container{Engine: "docker", Image: container.Reference(image, r.Box.Registry, r.Box.RegistryOverride), Keep: !r.Box.Remove}
}

// pathText is a directive that names a file or directory, in full.
func pathText(v value.Value) string {
	if p, ok := v.(*value.Path); ok {
		return p.String()
	}
	return value.ToString(v)
}

// absolute is the place that a directive names; relative ones are below the
// launch directory.
func (r *Run) absolute(v value.Value) string {
	p := value.ParsePath(pathText(v))
	if p.Scheme != "" {
		return storage.Join(p.String())
	}
	if !p.IsAbsolute() {
		return storage.Join(r.LaunchDir, p.Name)
	}
	return p.Name
}
