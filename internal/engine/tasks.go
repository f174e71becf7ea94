package engine

import (
	"context"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"sluice/internal/executor/local"
	"sluice/internal/lang/value"
	"sluice/internal/observe"
	"sluice/internal/scheduler"
	"sluice/internal/task"
)

// tasks joins the scheduler to the graph's loop: news of tasks is posted there.
type tasks struct {
	r         *run
	executor  *local.Executor
	scheduler *scheduler.Scheduler
	dirs      []string // work directories of this run, for cleanup
	once      sync.Once
}

// startTasks makes executor and scheduler.
func (r *run) startTasks() error {
	cfg, problems := r.config.Executor("local")
	if err := problems.Err(); err != nil {
		return err
	}
	rate, err := parseRate(cfg.SubmitRateLimit)
	if err != nil {
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
	t := &tasks{r: r, executor: ex}
	fetch := &fetcher{ctx: r.ctx, dir: filepath.Join(r.localDir(), "stage-"+r.session), storage: r.storages.of}
	size := r.o.QueueSize
	if size == 0 {
		size = cfg.QueueSize
	}
	t.scheduler = scheduler.New(scheduler.Options{
		Prepare: func(k *task.Task) error {
			if err := r.provide(k); err != nil {
				return err
			}
			return fetch.prepare(k)
		},
		Executor: ex, OnEvent: t.event, QueueSize: size, Rate: rate,
		MaxForks: func(k *task.Task) int { return k.MaxForks },
		OnError:  func(err error) { r.post(observe.Message{Level: observe.Debug, Text: err.Error()}) },
	})
	r.tasks = t
	return nil
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

func (t *tasks) submit(k *task.Task) { t.scheduler.Submit(k) }

// event runs in the scheduler's goroutine; the task itself is changed in the
// loop only.
func (t *tasks) event(e scheduler.Event) {
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

// finish lets what runs end and starts nothing more.
func (t *tasks) finish() { t.scheduler.Finish() }

// force is the second interrupt: what is being ended gets no more time.
func (t *tasks) force() {
	t.scheduler.Terminate(errStopped)
	t.executor.Force()
}

// close ends the scheduler; after a failure what still runs is killed. All
// children are gone when it returns.
func (t *tasks) close(failed bool) {
	t.once.Do(func() {
		if failed {
			t.scheduler.Terminate(errStopped)
		}
		t.scheduler.Close()
		if err := t.executor.Close(); err != nil {
			t.r.warn("end the tasks: " + err.Error())
		}
	})
}
