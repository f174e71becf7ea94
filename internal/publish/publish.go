package publish

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"sync"
	"syscall"
	"time"

	"sluice/internal/storage"
)

// An Item is one file or directory to publish.
type Item struct {
	Rule   *Rule
	Source string // absolute, or a URI
	Target string // absolute, or a URI
	Task   string // shown name of the task; "" for workflow outputs
	Cached bool   // the task was not run: Default then keeps what is there

	rival string // another source that had the target before
}

// An Error is a file that could not be published. Error is Nextflow's text.
type Error struct {
	Item Item
	Op   string
	Err  error
}

func (e *Error) Error() string {
	return fmt.Sprintf("Failed to publish file: %s; to: %s [%s] -- See log file for details", e.Item.Source, e.Item.Target, e.Item.Rule.Mode)
}

// Detail is what to write to the log: the operation, its path and the cause.
func (e *Error) Detail() string { return e.Op + ": " + e.Err.Error() }

func (e *Error) Unwrap() error { return e.Err }

// Options of a Publisher. The callbacks are called from its goroutines, one
// call at a time.
type Options struct {
	Workers int // files at a time; 0 = 10
	// Storage opens the storage of a scheme; nil where all is on this machine.
	Storage   func(scheme string) (storage.Storage, error)
	Published func(Item)          // a file is in its place
	Failed    func(*Error)        // a file is not, and the run must fail
	Warn      func(text string)   // worth telling, and the run goes on
	Attempts  int                 // tries for causes that may pass; 0 = 5
	Wait      func(time.Duration) // between tries; nil = time.Sleep
}

// A Publisher works off items in the background, each target in the order in
// which its items came.
type Publisher struct {
	o   Options
	ctx context.Context

	mu      sync.Mutex
	ready   *sync.Cond
	queue   []Item
	targets map[string]string // target -> source that claimed it
	busy    map[string]bool   // targets being written
	left    int
	closed  bool
	errs    []error
	workers sync.WaitGroup
	stop    func() bool

	tell sync.Mutex // one callback at a time
}

// New starts a publisher. When ctx ends, what has not begun is dropped.
func New(ctx context.Context, o Options) *Publisher {
	if o.Workers <= 0 {
		o.Workers = 10
	}
	if o.Attempts <= 0 {
		o.Attempts = 5
	}
	if o.Wait == nil {
		o.Wait = time.Sleep
	}
	p := &Publisher{o: o, ctx: ctx, targets: map[string]string{}, busy: map[string]bool{}}
	p.ready = sync.NewCond(&p.mu)
	p.stop = context.AfterFunc(ctx, p.ready.Broadcast)
	for range o.Workers {
		p.workers.Go(p.work)
	}
	return p
}

// Add queues an item and returns at once. Two sources for one target are
// worth a warning: which of them stays depends on which task ends last.
func (p *Publisher) Add(it Item) {
	p.mu.Lock()
	if other := p.targets[it.Target]; other != it.Source {
		it.rival = other
	}
	p.targets[it.Target] = it.Source
	p.queue = append(p.queue, it)
	p.left++
	p.mu.Unlock()
	p.ready.Signal()
}

// Pending is the number of files not yet in their place: "Waiting for file
// transfers to complete (N files)".
func (p *Publisher) Pending() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.left
}

// Close waits until all is published. The error joins every *Error of a rule
// that may not fail, in order of target.
func (p *Publisher) Close() error {
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
	p.ready.Broadcast()
	p.workers.Wait()
	p.stop()
	if p.left > 0 {
		p.errs = append(p.errs, fmt.Errorf("publish: %d files not published: %w", p.left, context.Cause(p.ctx)))
	}
	sort.SliceStable(p.errs, func(i, j int) bool { return p.errs[i].Error() < p.errs[j].Error() })
	return errors.Join(p.errs...)
}

func (p *Publisher) work() {
	for {
		it, ok := p.next()
		if !ok {
			return
		}
		if it.rival != "" && !p.sameContent(it.rival, it.Source) {
			p.warn(fmt.Sprintf("different files are published to %s: %s and %s", it.Target, it.rival, it.Source))
		}
		err := p.retry(it)
		p.mu.Lock()
		delete(p.busy, it.Target)
		p.left--
		p.mu.Unlock()
		p.ready.Broadcast()
		p.report(it, err)
	}
}

// next waits for an item whose target nobody is writing.
func (p *Publisher) next() (Item, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for {
		if p.ctx.Err() != nil {
			return Item{}, false
		}
		for i, it := range p.queue {
			if !p.busy[it.Target] {
				copy(p.queue[1:i+1], p.queue[:i]) // i is nearly always 0
				p.queue[0] = Item{}
				p.queue = p.queue[1:]
				p.busy[it.Target] = true
				return it, true
			}
		}
		if p.closed && len(p.queue) == 0 {
			return Item{}, false
		}
		p.ready.Wait()
	}
}

func (p *Publisher) report(it Item, err *Error) {
	switch {
	case err == nil:
		if p.o.Published != nil {
			p.tell.Lock()
			p.o.Published(it)
			p.tell.Unlock()
		}
	case it.Rule.NoFail:
		p.warn(err.Error())
	default:
		p.mu.Lock()
		p.errs = append(p.errs, err)
		p.mu.Unlock()
		if p.o.Failed != nil {
			p.tell.Lock()
			p.o.Failed(err)
			p.tell.Unlock()
		}
	}
}

func (p *Publisher) warn(text string) {
	if p.o.Warn != nil {
		p.tell.Lock()
		defer p.tell.Unlock()
		p.o.Warn(text)
	}
}

// retry tries again what network file systems do to a copy now and then.
func (p *Publisher) retry(it Item) *Error {
	delay := 250 * time.Millisecond
	for try := 1; ; try++ {
		err := p.place(it)
		if err == nil || try >= p.o.Attempts || !transient(err.Err) || p.ctx.Err() != nil {
			return err
		}
		p.o.Wait(delay)
		delay *= 2
	}
}

func transient(err error) bool {
	for _, e := range []error{syscall.EIO, syscall.ESTALE, syscall.EBUSY, syscall.ETIMEDOUT, syscall.EAGAIN, syscall.EMFILE, syscall.ENFILE} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

// MakeDir creates the directory of a rule; Nextflow does that before anything
// is published into it, and its failure ends the run whatever failOnError is.
// A storage needs no directories.
func MakeDir(dir string) error {
	if storage.IsRemote(dir) {
		return nil
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return fmt.Errorf("Failed to create publish directory: %s", dir) //nolint:staticcheck // Nextflow's words
	}
	return nil
}

// place publishes one item, on this machine or elsewhere.
func (p *Publisher) place(it Item) *Error {
	if it.remote() {
		return (&carrier{p.ctx, p.o.Storage}).place(it)
	}
	return place(it)
}

// place publishes one item on this machine.
func place(it Item) *Error {
	fail := func(op string, err error) *Error { return &Error{Item: it, Op: op, Err: err} }
	if filepath.Clean(it.Source) == filepath.Clean(it.Target) {
		return nil
	}
	if _, err := os.Lstat(it.Source); err != nil {
		// A move that a killed run had finished.
		if it.Rule.Mode == Move && it.Cached && exists(it.Target) {
			return nil
		}
		return fail("find source", err)
	}
	if inside(it.Target, it.Source) {
		return fail("publish", errors.New("the target lies inside the source directory"))
	}
	if err := os.MkdirAll(filepath.Dir(it.Target), 0o777); err != nil {
		return fail("create directory", err)
	}
	if exists(it.Target) {
		keep, err := keeps(it)
		if err != nil {
			return fail("compare", err)
		}
		if keep {
			return nil
		}
	}
	op, err := transfer(it)
	if err != nil {
		return fail(op, err)
	}
	return nil
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// keeps says whether what is at the target stays.
func keeps(it Item) (bool, error) {
	if same, err := alreadyThere(it); same || err != nil {
		return same, err
	}
	switch it.Rule.Overwrite {
	case Yes:
		return false, nil
	case No:
		return true, nil
	case Standard, Lenient, Deep:
		return equalTrees(it.Source, it.Target, it.Rule.Overwrite)
	}
	return it.Cached, nil
}

// alreadyThere finds links that point to the source, and the source itself
// under another name.
func alreadyThere(it Item) (bool, error) {
	info, err := os.Lstat(it.Target)
	if err != nil {
		return false, err
	}
	if info.Mode()&fs.ModeSymlink != 0 {
		to, err := os.Readlink(it.Target)
		if err != nil {
			return false, err
		}
		want, err := linkText(it)
		return (it.Rule.Mode == Symlink || it.Rule.Mode == RelLink) && to == want, err
	}
	src, err := os.Lstat(it.Source)
	if err != nil {
		return false, err
	}
	return os.SameFile(src, info) && (it.Rule.Mode == Link || src.IsDir()), nil
}
