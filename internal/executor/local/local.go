package local

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"sync"
	"time"

	"sluice/internal/executor"
	"sluice/internal/guard"
	"sluice/internal/lang/value"
	"sluice/internal/task"
	"sluice/internal/workdir"

	"golang.org/x/sys/unix"
)

// Options of an Executor; the zero value takes what the machine has.
type Options struct {
	Cpus      int           // executor.cpus
	Memory    value.Memory  // executor.memory
	Grace     time.Duration // from SIGTERM to SIGKILL; 5 s
	Idle      time.Duration // how long leftovers of a script may do nothing; 10 s
	Wrap      bool          // run every task by its wrapper
	Unguarded bool          // start no guard
	// NewThread makes the thread for the body of an exec task.
	NewThread func(context.Context) *value.Thread
}

// ErrKilled is the Result.Err of a task that Kill ended.
var ErrKilled = errors.New("task was killed")

// A TimeoutError is the Result.Err of a task that ran out of time.
type TimeoutError struct{ Limit value.Duration }

func (e *TimeoutError) Error() string {
	return "Process exceeded running time limit (" + e.Limit.ToString() + ")"
}

// Executor runs tasks as children of this process.
type Executor struct {
	o        Options
	base     *workdir.BaseEnv
	host     string
	memTotal int64
	changed  chan struct{}

	mu      sync.Mutex
	freeCPU int
	freeMem int64
	queue   []*job       // submitted, waiting for room
	jobs    map[int]*job // by task ID; until their end was polled
	news    []*job       // with something to report, in order
	closed  bool
	running sync.WaitGroup
	guard   guard.Guard
	sampler sampler
}

// A job is a submitted task.
//
//	waiting ─→ started ─→ ended
//	   └──────────────────↗ (killed before it started)
type job struct {
	t      *task.Task
	handle executor.Handle
	mem    int64

	// Guarded by Executor.mu.
	state  task.State
	result task.Result
	listed bool // in news
	told   task.State
	killed bool
	pgid   int
	cancel context.CancelFunc // of an exec task
	usage  usage
}

var (
	_ executor.Executor = (*Executor)(nil)
	_ executor.Notifier = (*Executor)(nil)
)

// New makes an executor. Close it.
func New(o Options) (*Executor, error) {
	mem, err := machineMemory()
	if err != nil {
		return nil, err
	}
	if o.Cpus <= 0 {
		o.Cpus = runtime.NumCPU()
	}
	if o.Memory <= 0 {
		o.Memory = value.Memory(mem)
	}
	if o.Grace <= 0 {
		o.Grace = 5 * time.Second
	}
	if o.Idle <= 0 {
		o.Idle = 10 * time.Second
	}
	if o.NewThread == nil {
		o.NewThread = func(ctx context.Context) *value.Thread { return &value.Thread{Context: ctx} }
	}
	host, err := os.Hostname()
	if err != nil {
		return nil, fmt.Errorf("read host name: %w", err)
	}
	e := &Executor{
		o: o, host: host, memTotal: mem,
		base:    workdir.NewBaseEnv(os.Environ()),
		changed: make(chan struct{}, 1),
		freeCPU: o.Cpus, freeMem: int64(o.Memory),
		jobs: make(map[int]*job),
	}
	e.sampler.e = e
	return e, nil
}

func machineMemory() (int64, error) {
	var si unix.Sysinfo_t
	if err := unix.Sysinfo(&si); err != nil {
		return 0, fmt.Errorf("read memory size: %w", err)
	}
	return int64(si.Totalram) * int64(si.Unit), nil
}

// Name is local.
func (e *Executor) Name() string { return "local" }

// Changed is signalled when a task has started or ended.
func (e *Executor) Changed() <-chan struct{} { return e.changed }

// Submit starts t, or queues it until there is room.
func (e *Executor) Submit(_ context.Context, t *task.Task) (executor.Handle, error) {
	cpus := max(1, t.Resources.Cpus)
	if cpus > e.o.Cpus {
		return executor.Handle{}, &executor.RequestError{What: "CPUs", Req: strconv.Itoa(cpus), Avail: strconv.Itoa(e.o.Cpus)}
	}
	if t.Resources.Memory > e.o.Memory {
		return executor.Handle{}, &executor.RequestError{What: "memory", Req: t.Resources.Memory.ToString(), Avail: e.o.Memory.ToString()}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return executor.Handle{}, fmt.Errorf("submit %s: executor is closed", t.Name)
	}
	if j := e.jobs[t.ID]; j != nil {
		return j.handle, nil
	}
	j := &job{t: t, handle: executor.Handle{TaskID: t.ID}, state: task.Submitted, told: task.Submitted, mem: int64(max(0, t.Resources.Memory))}
	j.result = task.Result{Exit: -1, Submit: time.Now(), Hostname: e.host, Metrics: workdir.Unmeasured}
	e.jobs[t.ID] = j
	e.queue = append(e.queue, j)
	e.fill()
	return j.handle, nil
}

// fill starts the queued tasks that there is room for, the oldest first.
// The caller holds e.mu.
func (e *Executor) fill() {
	for i := 0; i < len(e.queue) && e.freeCPU > 0; {
		j := e.queue[i]
		cpus := max(1, j.t.Resources.Cpus)
		if cpus > e.freeCPU || j.mem > e.freeMem {
			i++
			continue
		}
		e.freeCPU -= cpus
		e.freeMem -= j.mem
		if i == 0 {
			e.queue[0] = nil
			e.queue = e.queue[1:]
		} else {
			e.queue = append(e.queue[:i], e.queue[i+1:]...)
		}
		e.running.Add(1)
		go e.run(j)
	}
}

// run is the life of a started task.
func (e *Executor) run(j *job) {
	defer e.running.Done()
	var end ending
	if j.t.Exec != nil {
		end = e.runExec(j)
	} else {
		end = e.runProcess(j)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.freeCPU += max(1, j.t.Resources.Cpus)
	e.freeMem += j.mem
	j.result.Complete = time.Now()
	if j.result.Start.IsZero() {
		j.result.Start = j.result.Complete
	}
	j.result.Exit, j.result.Err, j.result.TimedOut, j.result.Metrics = end.exit, end.err, end.timedOut, end.metrics
	e.end(j, end.err)
	e.fill()
}

// An ending is how a task came out.
type ending struct {
	exit     int
	err      error
	timedOut bool
	metrics  task.Metrics
}

// end sets the final state. The caller holds e.mu.
func (e *Executor) end(j *job, err error) {
	switch {
	case j.killed && !j.result.TimedOut:
		j.state = task.Aborted
		j.result.Exit, j.result.Err = -1, ErrKilled
	case err != nil:
		j.state = task.Failed
	default:
		j.state = task.Completed
	}
	e.tell(j)
}

// started notes that a task runs; false if it was killed before.
func (e *Executor) started(j *job, pgid int, cancel context.CancelFunc) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	j.pgid, j.cancel = pgid, cancel
	if pgid > 0 {
		j.result.NativeID = strconv.Itoa(pgid)
	}
	j.state = task.Running
	j.result.Start = time.Now()
	e.tell(j)
	return !j.killed
}

// tell lists a job as changed and signals. The caller holds e.mu.
func (e *Executor) tell(j *job) {
	if !j.listed {
		j.listed = true
		e.news = append(e.news, j)
	}
	select {
	case e.changed <- struct{}{}:
	default:
	}
}

// Poll reports what changed since it was last asked.
func (e *Executor) Poll(_ context.Context, handles []executor.Handle) ([]executor.Update, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	asked := make(map[int]bool, len(handles))
	var out []executor.Update
	for _, h := range handles {
		asked[h.TaskID] = true
		if e.jobs[h.TaskID] == nil {
			out = append(out, executor.Update{Handle: h, State: task.Failed, Result: task.Result{
				Exit: -1, Err: fmt.Errorf("task %d is not known to this machine", h.TaskID), Metrics: workdir.Unmeasured,
			}})
		}
	}
	rest := e.news[:0]
	for _, j := range e.news {
		if !asked[j.handle.TaskID] {
			rest = append(rest, j)
			continue
		}
		j.listed = false
		if j.state == j.told {
			continue
		}
		j.told = j.state
		out = append(out, executor.Update{Handle: j.handle, State: j.state, Result: j.result})
		if j.state > task.Running {
			delete(e.jobs, j.handle.TaskID)
		}
	}
	clear(e.news[len(rest):])
	e.news = rest
	return out, nil
}

// Kill ends tasks: SIGTERM to the process group, SIGKILL after the grace.
func (e *Executor) Kill(_ context.Context, handles []executor.Handle) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, h := range handles {
		if j := e.jobs[h.TaskID]; j != nil {
			e.kill(j)
		}
	}
	e.fill()
	return nil
}

// kill ends one job. The caller holds e.mu.
func (e *Executor) kill(j *job) {
	if j.state > task.Running || j.killed {
		return
	}
	j.killed = true
	for i, q := range e.queue {
		if q == j {
			e.queue = append(e.queue[:i], e.queue[i+1:]...)
			j.result.Complete = time.Now()
			e.end(j, nil)
			return
		}
	}
	e.stop(j)
}

// stop signals a running job. The caller holds e.mu.
func (e *Executor) stop(j *job) {
	if j.cancel != nil {
		j.cancel()
	}
	if j.pgid == 0 {
		return // about to start; started says that it was killed
	}
	signalGroup(j.pgid, unix.SIGTERM)
	time.AfterFunc(e.o.Grace, func() {
		e.mu.Lock()
		defer e.mu.Unlock()
		if j.state == task.Running {
			signalGroup(j.pgid, unix.SIGKILL)
		}
	})
}

// Force ends everything at once, without the time that SIGTERM gives.
func (e *Executor) Force() {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, j := range e.jobs {
		e.kill(j)
		if j.pgid != 0 && j.state == task.Running {
			signalGroup(j.pgid, unix.SIGKILL)
		}
	}
}

// Close kills what runs and returns when every child is gone.
func (e *Executor) Close() error {
	e.mu.Lock()
	e.closed = true
	for _, j := range e.jobs {
		e.kill(j)
	}
	e.mu.Unlock()
	e.running.Wait()
	e.sampler.stop()
	return e.guard.Close()
}

// runExec runs the body of an exec task.
func (e *Executor) runExec(j *job) ending {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	if limit := j.t.Resources.Time; limit > 0 {
		var stop context.CancelFunc
		ctx, stop = context.WithTimeoutCause(ctx, time.Duration(limit)*time.Millisecond, &TimeoutError{limit})
		defer stop()
	}
	end := ending{exit: -1, metrics: workdir.Unmeasured}
	if !e.started(j, 0, cancel) {
		end.err = ErrKilled
		return end
	}
	begin := time.Now()
	end.err = j.t.Exec(e.o.NewThread(ctx))
	end.metrics.Realtime = time.Since(begin)
	var late *TimeoutError
	if errors.As(context.Cause(ctx), &late) {
		end.err, end.timedOut = late, true
	} else if end.err == nil {
		end.exit = 0
	}
	return end
}
