package engine

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/singleflight"

	"sluice/internal/executor"
	"sluice/internal/lang/value"
	"sluice/internal/observe"
	"sluice/internal/process"
	"sluice/internal/scheduler"
	"sluice/internal/storage"
	"sluice/internal/task"
	"sluice/internal/workdir"
)

// A lane is an executor with its scheduler.
type lane struct {
	name      string
	executor  executor.Executor
	away      executor.Elsewhere // nil: its tasks run on this machine
	scheduler *scheduler.Scheduler
}

// A Platform stands for a service that runs tasks and keeps files, in tests.
type Platform struct {
	Name    string                                          // of the executor
	Storage func() (storage.Storage, error)                 // of az://
	New     func(session string) (executor.Executor, error) // an executor.Elsewhere too
}

// ahead is how many tasks are prepared for an executor elsewhere before it
// can take them.
const ahead = 1024

// schedule makes the scheduler of an executor by its part of the configuration.
func (r *run) schedule(t *tasks, name string, ex executor.Executor, prepare func(*task.Task) error) (*lane, error) {
	cfg, problems := r.config.Executor(name)
	if err := problems.Err(); err != nil {
		return nil, err
	}
	rate, err := parseRate(cfg.SubmitRateLimit)
	if err != nil {
		return nil, err
	}
	l := &lane{name: name, executor: ex}
	l.away, _ = ex.(executor.Elsewhere)
	o := scheduler.Options{
		Executor: ex, Prepare: prepare, OnEvent: func(e scheduler.Event) { t.event(l, e) },
		QueueSize: firstSize(r.o.QueueSize, cfg.QueueSize), Rate: rate,
		MaxForks: func(k *task.Task) int { return k.MaxForks },
		OnError:  func(err error) { r.post(observe.Message{Level: observe.Debug, Text: err.Error()}) },
	}
	if l.away != nil {
		// Preparing and submitting wait for the network, some 0.4 s together,
		// and a service takes many tasks in one call: fewer workers than this
		// make small batches, and less than a thousand tasks a second.
		o.QueueSize = firstSize(o.QueueSize, 1000)
		o.Workers, o.Ahead = 512, ahead
		o.PollInterval = time.Duration(cfg.PollInterval) * time.Millisecond
	}
	l.scheduler = scheduler.New(o)
	return l, nil
}

// active is how many tasks a process may have: those that an executor takes at
// once, and as many as are prepared meanwhile.
func (r *run) active() int {
	most := r.o.QueueSize
	for _, name := range executors {
		// What is wrong with the settings is told when the executor is made.
		cfg, _ := r.config.Executor(name)
		most = max(most, firstSize(r.o.QueueSize, cfg.QueueSize))
	}
	return most + ahead
}

func firstSize(sizes ...int) int {
	for _, n := range sizes {
		if n > 0 {
			return n
		}
	}
	return 0
}

// runsAway says whether the tasks of an executor run elsewhere.
func (r *run) runsAway(name string) bool {
	return r.o.Platform != nil && r.o.Platform.Name == name || name == "azurebatch"
}

// elsewhere is what processes know of an executor; nil for this machine's.
func (r *run) elsewhere() func(name string) *process.Elsewhere {
	known := map[string]*process.Elsewhere{}
	return func(name string) *process.Elsewhere {
		if !r.runsAway(name) {
			return nil
		}
		if e := known[name]; e != nil {
			return e
		}
		e := &process.Elsewhere{WorkDir: r.remoteDir(), Secrets: r.hasVault(), Known: func(h task.Hash) (executor.Known, error) {
			l, err := r.laneOf(name)
			if err != nil {
				return executor.Unknown, err
			}
			return l.away.Lookup(h), nil
		}}
		known[name] = e
		return e
	}
}

// laneOf makes an executor whose tasks run elsewhere and starts it, which
// checks that they can. It is called in the loop.
func (r *run) laneOf(name string) (l *lane, err error) {
	t := r.tasks
	t.mu.Lock()
	l = t.lanes[name]
	t.mu.Unlock()
	if l != nil {
		return l, nil
	}
	r.thread.Block(func() {
		var ex executor.Executor
		if ex, err = r.makeExecutor(name); err != nil {
			return
		}
		away, ok := ex.(executor.Elsewhere)
		if !ok {
			panic("internal error: executor " + name + " runs its tasks here")
		}
		if err = away.Start(r.ctx); err != nil {
			err = errors.Join(err, away.Close(context.WithoutCancel(r.ctx), false))
			return
		}
		p := &porter{ctx: r.ctx, storage: r.storages.of, root: storage.Join(r.remoteDir(), "stage-"+r.session)}
		l, err = r.schedule(t, name, ex, func(k *task.Task) error { return p.prepare(k, away) })
	})
	if err != nil {
		return nil, err
	}
	t.mu.Lock()
	t.lanes[name] = l
	t.mu.Unlock()
	return l, nil
}

func (r *run) makeExecutor(name string) (executor.Executor, error) {
	if p := r.o.Platform; p != nil && p.Name == name {
		return p.New(r.session)
	}
	return r.azureBatch()
}

// remoteDir is the work directory of tasks that run elsewhere, "" for none.
func (r *run) remoteDir() string {
	if r.bucketDir != "" {
		return r.bucketDir
	}
	if storage.IsRemote(r.workDir) {
		return r.workDir
	}
	return ""
}

func remoteDir(dir string) bool { return storage.IsRemote(dir) }

// A porter brings what a task needs into the storage that its node reads: the
// inputs of this machine and of web servers, and programs of the pipeline.
// Each is brought once, whatever number of tasks wants it, under a name that
// says which version of it that is.
type porter struct {
	ctx     context.Context
	storage func(scheme string) (storage.Storage, error)
	root    string // az://container/work/stage-<session>
	one     singleflight.Group
	done    sync.Map // source to URI
}

// prepare puts what a task needs into its work directory, unless an earlier
// head did so and submitted it. It runs in the scheduler's goroutines.
func (p *porter) prepare(k *task.Task, away executor.Elsewhere) error {
	if away.Lookup(k.Hash) == executor.Alive {
		k.Remote = away.Remote(k)
		return nil
	}
	for i, s := range k.Stage {
		uri, err := p.port(s.Source)
		if err != nil {
			return fmt.Errorf("stage the input %s: %w", s.Source, err)
		}
		k.Stage[i].Source = uri
	}
	dirs := make([]string, len(k.BinDirs))
	for i, d := range k.BinDirs {
		uri, err := p.port(d)
		if err != nil {
			return fmt.Errorf("stage the programs in %s: %w", d, err)
		}
		dirs[i] = uri
	}
	k.BinDirs = dirs
	k.Remote = away.Remote(k)
	files, err := workdir.ControlFiles(k)
	if err != nil {
		return err
	}
	to, err := p.storage("az")
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		_, at := storage.Split(storage.Join(k.WorkDir, name))
		if err := put(p.ctx, to, at, files[name]); err != nil {
			return fmt.Errorf("write %s: %w", storage.Join(k.WorkDir, name), err)
		}
	}
	return nil
}

// put writes a small file.
func put(ctx context.Context, s storage.Storage, name string, data []byte) error {
	if w, ok := s.(storage.Puts); ok {
		return w.Put(ctx, name, data)
	}
	w, err := s.Create(ctx, name, false)
	if err != nil {
		return err
	}
	_, err = w.Write(data)
	return errors.Join(err, w.Close())
}

// port is where a node finds a file or directory.
func (p *porter) port(source string) (string, error) {
	if scheme, _ := storage.Split(source); scheme == "az" {
		return source, nil
	}
	if uri, ok := p.done.Load(source); ok {
		return uri.(string), nil
	}
	v, err, _ := p.one.Do(source, func() (any, error) {
		uri, err := p.carry(source)
		if err == nil {
			p.done.Store(source, uri)
		}
		return uri, err
	})
	if err != nil {
		return "", err
	}
	return v.(string), nil
}

// carry brings one file or directory, unless it is there from before.
func (p *porter) carry(source string) (string, error) {
	scheme, name := storage.Split(source)
	from, err := p.storage(scheme)
	if err != nil {
		return "", err
	}
	info, err := from.Stat(p.ctx, name)
	if err != nil {
		return "", err
	}
	to, err := p.storage("az")
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%d\x00%d", source, info.Size, info.Modified.UnixNano()))
	key := hex.EncodeToString(sum[:16])
	uri := storage.Join(p.root, key[:2], key[2:], value.ParsePath(source).FileName())
	_, target := storage.Split(uri)
	if info.IsDir() {
		return uri, p.carryDir(to, name, target)
	}
	if there, err := to.Stat(p.ctx, target); err == nil && there.Size == info.Size && scheme == "" {
		return uri, nil
	}
	return uri, p.carryFile(from, to, name, target)
}

// carryDir uploads what is below a directory of this machine; links are followed.
func (p *porter) carryDir(to storage.Storage, dir, target string) error {
	have := map[string]int64{}
	if t, ok := to.(storage.Trees); ok {
		all, err := t.Tree(p.ctx, target)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		for _, f := range all {
			have[f.Name] = f.Size
		}
	}
	g, ctx := errgroup.WithContext(p.ctx)
	g.SetLimit(16)
	sub := porter{ctx: ctx, storage: p.storage}
	files := 0
	err := eachFile(dir, "", nil, func(rel string, size int64) error {
		files++
		if d, ok := to.(storage.Directories); size < 0 && ok {
			return d.Mkdir(ctx, target+"/"+rel, true)
		} else if size < 0 {
			return nil
		}
		if n, ok := have[rel]; ok && n == size && size > 0 {
			return nil // a file of a directory that changed has another target
		}
		g.Go(func() error {
			from, err := sub.storage("")
			if err != nil {
				return err
			}
			return sub.carryFile(from, to, filepath.Join(dir, rel), target+"/"+rel)
		})
		return ctx.Err()
	})
	if err := errors.Join(err, g.Wait()); err != nil {
		return err
	}
	if d, ok := to.(storage.Directories); ok && files == 0 {
		return d.Mkdir(p.ctx, target, true)
	}
	return nil
}

// eachFile visits the files below a directory of this machine, and, with size
// -1, the directories that hold nothing.
func eachFile(dir, rel string, above []fs.FileInfo, visit func(rel string, size int64) error) error {
	self, err := os.Stat(filepath.Join(dir, rel))
	if err != nil {
		return err
	}
	for _, up := range above {
		if os.SameFile(up, self) {
			return nil
		}
	}
	above = append(above[:len(above):len(above)], self)
	list, err := os.ReadDir(filepath.Join(dir, rel))
	if err != nil {
		return err
	}
	if len(list) == 0 && rel != "" {
		return visit(rel, -1)
	}
	for _, e := range list {
		name := filepath.Join(rel, e.Name())
		info, err := os.Stat(filepath.Join(dir, name))
		switch {
		case errors.Is(err, fs.ErrNotExist):
			continue // a link that leads nowhere
		case err != nil:
			return err
		case info.IsDir():
			err = eachFile(dir, name, above, visit)
		default:
			err = visit(name, info.Size())
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (p *porter) carryFile(from, to storage.Storage, name, target string) error {
	if up, ok := to.(interface {
		Upload(ctx context.Context, local, name string) error
	}); ok && filepath.IsAbs(name) {
		return up.Upload(p.ctx, name, target)
	}
	in, err := from.Open(p.ctx, name)
	if err != nil {
		return err
	}
	defer in.Close()
	ctx, cancel := context.WithCancelCause(p.ctx)
	defer cancel(nil)
	out, err := to.Create(ctx, target, false)
	if err != nil {
		return err
	}
	if _, err := io.Copy(out, in); err != nil {
		cancel(err) // half a file is not kept
		_ = out.Close()
		return err
	}
	return out.Close()
}
