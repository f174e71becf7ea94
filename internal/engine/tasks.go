package engine

import (
	"context"
	"fmt"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"sluice/internal/executor/local"
	"sluice/internal/lang/value"
	"sluice/internal/observe"
	"sluice/internal/scheduler"
	"sluice/internal/task"
	"sluice/internal/workdir"
)

// tasks joins the schedulers to the graph's loop: news of tasks is posted
// there. Each executor that tasks ask for has a scheduler of its own.
type tasks struct {
	r     *run
	local *local.Executor
	fetch *fetcher
	dirs  []string // work directories of this run, for cleanup

	mu    sync.Mutex
	lanes map[string]*lane

	reading  sync.WaitGroup // directories of ended tasks
	gate     chan struct{}
	live     atomic.Int64 // tasks that a service has and that have not ended
	detached atomic.Bool
	once     sync.Once
}

// startTasks makes what runs tasks on this machine. Other executors are made
// when the first task asks for them.
func (r *run) startTasks() error {
	cfg, problems := r.config.Executor("local")
	if err := problems.Err(); err != nil {
		return err
	}
	ex, err := local.New(local.Options{
		Cpus: cfg.Cpus, Memory: cfg.Memory,
		NewThread: func(ctx context.Context) *value.Thread {
			return &value.Thread{Context: ctx, Host: r.thread.Host, Lock: &r.lock}
		},
	})
	if err != nil {
		return err
	}
	t := &tasks{r: r, local: ex, lanes: map[string]*lane{}, gate: make(chan struct{}, 4*runtime.GOMAXPROCS(0)+16)}
	t.fetch = &fetcher{ctx: r.ctx, dir: filepath.Join(r.localDir(), "stage-"+r.session), storage: r.storages.of}
	l, err := r.schedule(t, "local", ex, t.prepareHere)
	if err != nil {
		return err
	}
	t.lanes["local"] = l
	r.tasks = t
	return nil
}

// prepareHere makes the work directory of a task of this machine.
func (t *tasks) prepareHere(k *task.Task) error {
	if k.Exec != nil && remoteDir(k.WorkDir) {
		return nil // its body writes there by itself
	}
	if err := t.r.provide(k); err != nil {
		return err
	}
	return t.fetch.prepare(k)
}

// parseRate reads executor.submitRateLimit: "10/1min", "5 sec", "20".
func parseRate(text string) (scheduler.Rate, error) {
	if text == "" {
		return scheduler.Rate{}, nil
	}
	count, per, found := strings.Cut(text, "/")
	if !found {
		count, per, _ = strings.Cut(strings.TrimSpace(text), " ")
	}
	n, err := strconv.Atoi(strings.TrimSpace(count))
	if err != nil || n <= 0 {
		return scheduler.Rate{}, fmt.Errorf("executor.submitRateLimit `%s` is not a number of tasks in a time, such as 10/1min", text)
	}
	unit := strings.TrimSpace(per)
	if unit == "" {
		unit = "1s"
	}
	if unit[0] < '0' || unit[0] > '9' {
		unit = "1" + unit
	}
	d, err := value.ParseDuration(unit)
	if err != nil {
		return scheduler.Rate{}, fmt.Errorf("executor.submitRateLimit `%s`: %s is not a duration", text, per)
	}
	return scheduler.Rate{Tasks: n, Per: time.Duration(d) * time.Millisecond}, nil
}

func (t *tasks) submit(k *task.Task) {
	name := k.Executor
	if k.Exec != nil {
		name = "local" // the interpreter is here
	}
	t.mu.Lock()
	l := t.lanes[name]
	t.mu.Unlock()
	if l == nil {
		panic("internal error: a task of executor " + name + ", which was not made")
	}
	l.scheduler.Submit(k)
}

// event runs in the scheduler's goroutine; the task itself is changed in the
// loop only.
func (t *tasks) event(l *lane, e scheduler.Event) {
	if l.away == nil && !remoteDir(e.Task.WorkDir) {
		t.tell(e)
		return
	}
	if l.away != nil {
		t.count(e)
	}
	if e.State != task.Completed || e.Result.Err != nil {
		t.tell(e)
		return
	}
	t.reading.Go(func() {
		t.gate <- struct{}{}
		defer func() { <-t.gate }()
		// What fails here fails again, and is told, when the outputs are looked for.
		_ = t.r.trees.prepare(e.Task.WorkDir, wantedFiles(e.Task)...)
		t.tell(e)
	})
}

// count keeps the number of tasks that a service has.
func (t *tasks) count(e scheduler.Event) {
	switch e.State {
	case task.Submitted:
		t.live.Add(1)
	case task.Running:
	default:
		if e.Handle.TaskID != 0 {
			t.live.Add(-1)
		}
	}
}

// wantedFiles are the control files that the outputs of a task are read from.
func wantedFiles(k *task.Task) []string {
	var names []string
	if k.StdoutWanted || k.Debug {
		names = append(names, workdir.OutFile)
	}
	if len(k.CaptureEnv)+len(k.CaptureEval) > 0 {
		names = append(names, workdir.EnvFile)
	}
	return names
}

// tell hands news to the loop.
func (t *tasks) tell(e scheduler.Event) {
	t.r.graph.Post(func() error {
		k := e.Task
		switch e.State {
		case task.Submitted:
			k.State = task.Submitted
			k.Result.Submit, k.Result.NativeID = e.Result.Submit, e.Handle.Native
			t.r.post(observe.TaskChanged{Step: observe.Submitted, Task: k})
			return nil
		case task.Running:
			k.State = task.Running
			t.r.post(observe.TaskChanged{Step: observe.Started, Task: k})
			return nil
		}
		k.State, k.Result = e.State, e.Result
		return t.r.processes.Finished(k)
	})
}

// all are the executors that were made, this machine's first.
func (t *tasks) all() []*lane {
	t.mu.Lock()
	defer t.mu.Unlock()
	list := []*lane{t.lanes["local"]}
	for _, name := range executors {
		if l := t.lanes[name]; l != nil && name != "local" {
			list = append(list, l)
		}
	}
	for name, l := range t.lanes { // of a platform, one at most
		if !knownExecutor(name) {
			list = append(list, l)
		}
	}
	return list
}

// finish lets what runs end and starts nothing more.
func (t *tasks) finish() {
	for _, l := range t.all() {
		l.scheduler.Finish()
	}
}

// force is the second interrupt: what is being ended gets no more time.
func (t *tasks) force() {
	for _, l := range t.all() {
		l.scheduler.Terminate(errStopped)
	}
	t.local.Force()
}

// close ends the schedulers; after a failure what still runs is killed, or
// left running where it runs elsewhere and the user wants that. All children
// are gone when it returns.
func (t *tasks) close(failed bool) {
	t.once.Do(func() {
		detach := t.detached.Load()
		lanes := t.all()
		for _, l := range lanes {
			switch {
			case detach && l.away != nil:
				l.scheduler.Detach(errStopped)
			case failed:
				l.scheduler.Terminate(errStopped)
			}
		}
		for _, l := range lanes {
			l.scheduler.Close()
		}
		t.reading.Wait()
		for _, l := range lanes {
			if l.away == nil {
				continue
			}
			if err := l.away.Close(context.WithoutCancel(t.r.ctx), detach); err != nil {
				t.r.warn(fmt.Sprintf("end the executor %s: %v", l.name, err))
			}
		}
		if err := t.local.Close(); err != nil {
			t.r.warn("end the tasks: " + err.Error())
		}
	})
}
