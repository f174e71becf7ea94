package azurebatch

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"sluice/internal/azure"
	"sluice/internal/executor"
	"sluice/internal/storage"
	"sluice/internal/task"
)

// Options of an Executor. Clients, Session, WorkDir and Store must be set.
type Options struct {
	Clients *azure.Clients
	Session string // of the run: jobs are found again by it
	RunName string
	Resume  bool            // Start asks what an earlier head of this session left
	WorkDir string          // az://container/path
	Store   storage.Storage // of WorkDir
	// Check says whether tasks can run at all; Start calls it. nil is no check.
	Check  func(context.Context) error
	Fusion *Fusion // nil: not used
	// Notice tells what the run waits for, Warn what is not as it should be.
	Notice, Warn func(string)
	Poll         time.Duration // between lists while something happens; 2 s
	Program      string        // what nodes run: an executable for their machines; "" is this program
}

// Fusion is the file system that containers mount by themselves.
type Fusion struct {
	Env []task.EnvVar // FUSION_…, as the configuration has them
}

// ErrKilled is the Result.Err of a task that Kill ended.
var ErrKilled = errors.New("task was killed")

// Executor runs tasks on Azure Batch. New makes it, Start readies it, Close
// ends it.
type Executor struct {
	o           Options
	open        func(context.Context) (*services, error)
	s           *services // since Start
	host        string
	machine     string
	changed     chan struct{}
	hurry       chan struct{} // poll now
	limit       *limiter
	plainFilter atomic.Bool    // the service does not filter by time
	files       errgroup.Group // reads what ended tasks wrote

	ctx    context.Context // of everything done in the background
	cancel context.CancelCauseFunc
	bg     sync.WaitGroup

	mu      sync.Mutex
	started bool
	closed  bool
	tasks   map[int]*entry // by task ID; until their end was polled
	news    []*entry       // with something to report, in order
	pollErr error          // to be told by the next Poll
	known   map[task.Hash]*remains
	places  places
	tools   tools
}

// An entry is a task that the service has, or will have.
//
//	posted ─→ accepted ─→ running ─→ ended
//	   ↑                     │
//	   └──── k+1: lost ──────┘
type entry struct {
	t      *task.Task
	handle executor.Handle
	lane   *lane
	job    *job   // where it was added
	id     string // in the service
	posted chan struct{}

	state  task.State
	told   task.State
	listed bool // in news
	killed bool
	ending bool // its end is being looked into
	infra  int8 // how often the service lost it
	k      int8 // how often it was added again
	losses int8 // of spot nodes that it ran on, since it was added
	firm   bool // no more spot nodes for it
	missed int8 // full lists in a row that lack it
	node   string
	submit time.Time
	start  time.Time
	result *task.Result // once ended
}

var (
	_ executor.Executor  = (*Executor)(nil)
	_ executor.Notifier  = (*Executor)(nil)
	_ executor.Elsewhere = (*Executor)(nil)
)

// New makes an executor; it makes no call.
func New(o Options) (*Executor, error) {
	if o.Clients == nil {
		return nil, errors.New("internal error: azurebatch.New without clients")
	}
	return build(o, func(ctx context.Context) (*services, error) { return open(ctx, o.Clients) })
}

func build(o Options, open func(context.Context) (*services, error)) (*Executor, error) {
	if !strings.HasPrefix(o.WorkDir, scheme) {
		return nil, fmt.Errorf("the executor `azurebatch` needs a work directory in a blob container, such as `az://work/run1`; it is `%s` (option -work-dir, or workDir in the configuration)", o.WorkDir)
	}
	quiet := func(string) {}
	if o.Notice == nil {
		o.Notice = quiet
	}
	if o.Warn == nil {
		o.Warn = quiet
	}
	e := &Executor{
		o: o, open: open, host: hostname(), machine: machineID(),
		changed: make(chan struct{}, 1), hurry: make(chan struct{}, 1),
		limit: newLimiter(postsAtOnce),
		tasks: make(map[int]*entry), known: make(map[task.Hash]*remains),
		places: places{lanes: make(map[string]*lane), asked: make(map[string]*lane), scarce: make(map[string]time.Time), hinted: make(map[string]bool), busy: newGate()},
		tools:  tools{busy: newGate()},
	}
	e.files.SetLimit(readsAtOnce)
	e.ctx, e.cancel = context.WithCancelCause(context.Background())
	return e, nil
}

const (
	scheme      = "az://"
	readsAtOnce = 32
)

var errClosed = errors.New("the run ends")

// Name is azurebatch.
func (e *Executor) Name() string { return "azurebatch" }

// Changed is signalled when a task has started or ended.
func (e *Executor) Changed() <-chan struct{} { return e.changed }

// Start finds the account, checks that tasks can run and, when resuming, asks
// what an earlier head left.
func (e *Executor) Start(ctx context.Context) error {
	e.mu.Lock()
	begun := e.started
	e.started = true
	e.mu.Unlock()
	if begun {
		return nil
	}
	if e.o.Check != nil {
		if err := e.o.Check(ctx); err != nil {
			return err
		}
	}
	s, err := e.open(ctx)
	if err != nil {
		return fmt.Errorf("open the Batch account: %w", err)
	}
	e.s = s
	if e.o.Resume {
		if err := e.reattach(ctx); err != nil {
			return fmt.Errorf("ask for tasks of an earlier run of this session: %w", err)
		}
	}
	for _, loop := range []func(context.Context){e.pollLoop, e.leaseLoop, e.watchLoop} {
		e.bg.Go(func() { loop(e.ctx) })
	}
	return nil
}

// Remote is how t moves its files.
func (e *Executor) Remote(*task.Task) *task.Remote {
	c := &e.o.Clients.Config
	r := &task.Remote{
		Tool: c.CopyTool, Endpoint: endpoint(c.Storage.AccountName, e.o.Clients.Cloud),
		Parallel: c.Batch.MaxParallelTransfers, Attempts: c.Batch.MaxTransferAttempts,
		Delay:       time.Duration(c.Batch.DelayBetweenAttempts) * time.Millisecond,
		BlockSizeMB: c.AzCopy.BlockSizeMB, Tier: c.AzCopy.BlobTier,
		SAS: c.AllowSecrets && c.Storage.SAS != "", Host: c.Batch.Isolation == "host",
	}
	if r.Tool == "" {
		r.Tool = "native"
	}
	if e.o.Fusion != nil {
		r.Tool, r.SAS = "fusion", false // nothing is copied
	}
	return r
}

// endpoint is the address of a storage account.
func endpoint(account string, cloud azure.Cloud) string {
	suffix := cloud.BlobSuffix
	if suffix == "" {
		suffix = "blob.core.windows.net"
	}
	return "https://" + account + "." + suffix
}

// Submit has the service take t and returns when it has; a task that an
// earlier head submitted is adopted.
func (e *Executor) Submit(ctx context.Context, t *task.Task) (executor.Handle, error) {
	en, fresh, posted, err := e.enter(t)
	if err != nil {
		return executor.Handle{}, err
	}
	if fresh {
		err = e.place(ctx, en)
		e.entered(en, err)
		return en.handle, err
	}
	if posted != nil {
		select {
		case <-posted:
		case <-ctx.Done():
			return executor.Handle{}, context.Cause(ctx)
		}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if en.handle.Native == "" {
		return executor.Handle{}, fmt.Errorf("submit task %d again: the first submission did not succeed", t.ID)
	}
	return en.handle, nil
}

// enter makes the entry of t, unless there is one; posted is closed once that
// was submitted, and nil if it has been.
func (e *Executor) enter(t *task.Task) (en *entry, fresh bool, posted <-chan struct{}, err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	switch {
	case e.closed:
		return nil, false, nil, errClosed
	case e.s == nil:
		return nil, false, nil, errors.New("internal error: azurebatch.Submit before Start")
	}
	if en := e.tasks[t.ID]; en != nil {
		return en, false, en.posted, nil
	}
	en = &entry{t: t, handle: executor.Handle{TaskID: t.ID}, posted: make(chan struct{}), state: task.Submitted, submit: time.Now()}
	e.tasks[t.ID] = en
	return en, true, nil, nil
}

// place finds the pool of a new entry and adds it there, or adopts it.
func (e *Executor) place(ctx context.Context, en *entry) error {
	if ok, err := e.adopt(ctx, en); ok || err != nil {
		return err
	}
	l, err := e.laneOf(ctx, en.t, en.firm)
	if err != nil {
		return err
	}
	en.lane = l
	return l.add(ctx, en)
}

// entered ends the submission of en. What became of it meanwhile is told now:
// nobody would have understood it before.
func (e *Executor) entered(en *entry, err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if err != nil {
		e.unlist(en)
		delete(e.tasks, en.t.ID)
	} else {
		en.handle.Native = en.native()
	}
	close(en.posted)
	en.posted = nil
	if err == nil && en.state != task.Submitted {
		e.tell(en)
	}
}

// native is the name of the task as reports show it.
func (en *entry) native() string {
	if en.job == nil {
		return en.id
	}
	return en.job.id + "/" + en.id
}

// tell puts en into the news; e.mu is held.
func (e *Executor) tell(en *entry) {
	if en.listed || en.posted != nil {
		return
	}
	en.listed = true
	e.news = append(e.news, en)
	select {
	case e.changed <- struct{}{}:
	default:
	}
}

// unlist takes en out of its job; e.mu is held.
func (e *Executor) unlist(en *entry) {
	if en.job != nil && en.job.live[en.id] == en {
		delete(en.job.live, en.id)
	}
}

// Poll reports what started or ended. It makes no call: a loop of the
// executor asks the service.
func (e *Executor) Poll(_ context.Context, handles []executor.Handle) ([]executor.Update, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if err := e.pollErr; err != nil && len(e.news) == 0 {
		e.pollErr = nil
		return nil, err
	}
	out := make([]executor.Update, 0, len(e.news))
	for _, en := range e.news {
		en.listed = false
		if en.state <= en.told {
			continue
		}
		en.told = en.state
		out = append(out, en.update())
		if en.state > task.Running {
			delete(e.tasks, en.t.ID)
		}
	}
	e.news = nil
	told := make(map[int]bool, len(out))
	for _, u := range out {
		told[u.Handle.TaskID] = true
	}
	for _, h := range handles {
		if _, ok := e.tasks[h.TaskID]; ok || told[h.TaskID] {
			continue
		}
		out = append(out, executor.Update{Handle: h, State: task.Failed, Result: task.Result{Exit: -1, Err: fmt.Errorf("find task %s: the executor does not know it", h.Native)}})
	}
	return out, nil
}

// update is what Poll says of en.
func (en *entry) update() executor.Update {
	u := executor.Update{Handle: en.handle, State: en.state}
	if en.result != nil {
		u.Result = *en.result
	} else {
		u.Result = task.Result{Exit: -1}
	}
	u.Result.Submit, u.Result.NativeID = en.submit, en.native()
	if u.Result.Start.IsZero() {
		u.Result.Start = en.start
	}
	if u.Result.Hostname == "" {
		u.Result.Hostname = en.node
	}
	if s := &u.Result; !s.Start.IsZero() && s.Start.Before(s.Submit) {
		s.Start = s.Submit // clocks differ
	}
	if s := &u.Result; !s.Complete.IsZero() && s.Complete.Before(s.Start) {
		s.Complete = s.Start
	}
	return u
}

// lanes are those in use, in order of their pools.
func (e *Executor) lanes() []*lane {
	e.mu.Lock()
	defer e.mu.Unlock()
	out := make([]*lane, 0, len(e.places.lanes))
	for _, id := range slices.Sorted(maps.Keys(e.places.lanes)) {
		out = append(out, e.places.lanes[id])
	}
	return out
}

// blobURL is the address of a file in the storage account of the run; name is
// container/path.
func (e *Executor) blobURL(name string) string {
	parts := strings.Split(name, "/")
	for i, p := range parts {
		parts[i] = url.PathEscape(p)
	}
	return endpoint(e.s.cfg.Storage.AccountName, e.s.cloud) + "/" + strings.Join(parts, "/")
}

// file is the name in the storage of a file in the work directory of t.
func file(t *task.Task, name string) string {
	return strings.TrimPrefix(t.WorkDir, scheme) + "/" + name
}
