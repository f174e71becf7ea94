package scheduler

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"sluice/internal/executor"
	"sluice/internal/lang/value"
	"sluice/internal/task"
)

// A fake executor runs tasks by a script: each for as long as its
// Resources.Time says, some with faults by name.
type fake struct {
	mu       sync.Mutex
	jobs     map[int]*fakeJob
	now, top int
	polls    int
	deaf     bool // Kill does nothing
	pollErrs int  // so many polls fail
}

type fakeJob struct {
	t            *task.Task
	start        time.Time
	killed       bool
	told, forgot bool
}

func (*fake) Name() string { return "fake" }

func (f *fake) Submit(_ context.Context, t *task.Task) (executor.Handle, error) {
	if t.Name == "refused" {
		return executor.Handle{}, errors.New("refused")
	}
	if t.Name == "slow to submit" {
		time.Sleep(5 * time.Second)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.jobs == nil {
		f.jobs = map[int]*fakeJob{}
	}
	f.now++
	f.top = max(f.top, f.now)
	f.jobs[t.ID] = &fakeJob{t: t, start: time.Now(), forgot: t.Name == "lost"}
	return executor.Handle{TaskID: t.ID, Native: fmt.Sprint("n", t.ID)}, nil
}

func (f *fake) Poll(_ context.Context, handles []executor.Handle) ([]executor.Update, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.polls++
	if f.pollErrs > 0 {
		f.pollErrs--
		return nil, errors.New("service unavailable")
	}
	var out []executor.Update
	for _, h := range handles {
		j := f.jobs[h.TaskID]
		u := executor.Update{Handle: h, Result: task.Result{Start: j.start}}
		switch {
		case j.forgot:
			u.State, u.Result = task.Failed, task.Result{Exit: -1, Err: errors.New("lost")}
		case j.killed:
			u.State, u.Result.Err = task.Aborted, errors.New("killed")
		case time.Since(j.start) >= time.Duration(j.t.Resources.Time)*time.Millisecond:
			u.State = task.Completed
		case !j.told:
			j.told = true
			u.State = task.Running
		default:
			continue
		}
		if u.State > task.Running {
			f.now--
		}
		out = append(out, u)
	}
	return out, nil
}

func (f *fake) Kill(_ context.Context, handles []executor.Handle) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.deaf {
		return errors.New("no answer")
	}
	for _, h := range handles {
		f.jobs[h.TaskID].killed = true
	}
	return nil
}

// A recorder keeps the events as text: "1 SUBMITTED".
type recorder struct {
	mu     sync.Mutex
	events []Event
	errs   []error
}

func (r *recorder) on(e Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.events = append(r.events, e)
}

func (r *recorder) fail(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.errs = append(r.errs, err)
}

// of is what happened to a task.
func (r *recorder) of(id int) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var out []string
	for _, e := range r.events {
		if e.Task.ID == id {
			s := e.State.String()
			if e.Result.Err != nil {
				s += ": " + e.Result.Err.Error()
			}
			out = append(out, s)
		}
	}
	return strings.Join(out, ", ")
}

// ids are the tasks that reached a state, in order.
func (r *recorder) ids(state task.State) (out []int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, e := range r.events {
		if e.State == state {
			out = append(out, e.Task.ID)
		}
	}
	return out
}

func newTask(id int, process string, seconds int) *task.Task {
	t := &task.Task{ID: id, Process: process}
	t.Resources.Time = value.Duration(seconds) * 1000
	return t
}

const whole = "SUBMITTED, RUNNING, COMPLETED"

func TestOrderAndQueueSize(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f, r := &fake{}, &recorder{}
		s := New(Options{Executor: f, OnEvent: r.on, QueueSize: 3, Workers: 1})
		var want []int
		for i := 1; i <= 20; i++ {
			s.Submit(newTask(i, fmt.Sprint("P", i%4), 2))
			want = append(want, i)
		}
		s.Close()
		for i := 1; i <= 20; i++ {
			if got := r.of(i); got != whole {
				t.Errorf("task %d: %s", i, got)
			}
		}
		if f.top != 3 {
			t.Errorf("%d tasks at once, want 3", f.top)
		}
		if got := r.ids(task.Submitted); !slices.Equal(got, want) {
			t.Errorf("submitted in order %v", got)
		}
	})
}

func TestMaxForks(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f, r := &fake{}, &recorder{}
		begin := time.Now()
		s := New(Options{Executor: f, OnEvent: r.on, Workers: 4, PollInterval: 100 * time.Millisecond, MaxForks: func(t *task.Task) int {
			if t.Process == "ONE" {
				return 1
			}
			return 0
		}})
		for i := 1; i <= 3; i++ {
			s.Submit(newTask(i, "ONE", 10))
		}
		for i := 4; i <= 9; i++ {
			s.Submit(newTask(i, "ANY", 10))
		}
		s.Close()
		if d := time.Since(begin); d < 30*time.Second || d > 32*time.Second {
			t.Errorf("took %v, want 3 × 10 s", d)
		}
		if f.top != 7 {
			t.Errorf("%d tasks at once, want 7", f.top)
		}
	})
}

func TestRate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f, r := &fake{}, &recorder{}
		begin := time.Now()
		s := New(Options{Executor: f, OnEvent: r.on, Rate: Rate{10, time.Minute}})
		for i := 1; i <= 11; i++ {
			s.Submit(newTask(i, "P", 0))
		}
		s.Close()
		if d := time.Since(begin); d < time.Minute || d > 63*time.Second {
			t.Errorf("11 tasks at 10 a minute took %v", d)
		}
	})
}

func TestFaults(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f, r := &fake{pollErrs: 3}, &recorder{}
		s := New(Options{Executor: f, OnEvent: r.on, OnError: r.fail, Prepare: func(t *task.Task) error {
			if t.Name == "unprepared" {
				return errors.New("write /w/.command.sh: no space left on device")
			}
			return nil
		}})
		for i, name := range []string{"", "refused", "lost", "unprepared", ""} {
			tk := newTask(i+1, "P", 1)
			tk.Name = name
			s.Submit(tk)
		}
		s.Close()
		for i, want := range []string{whole, "FAILED: refused", "SUBMITTED, FAILED: lost", "FAILED: write /w/.command.sh: no space left on device", whole} {
			if got := r.of(i + 1); got != want {
				t.Errorf("task %d: %s, want %s", i+1, got, want)
			}
		}
		if len(r.errs) != 3 || !strings.Contains(r.errs[0].Error(), "service unavailable") {
			t.Errorf("errors %v", r.errs)
		}
	})
}

func TestFinish(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f, r := &fake{}, &recorder{}
		s := New(Options{Executor: f, OnEvent: r.on, QueueSize: 2, Workers: 2})
		for i := 1; i <= 9; i++ {
			s.Submit(newTask(i, "P", 60))
		}
		time.Sleep(5 * time.Second)
		s.Finish()
		s.Submit(newTask(10, "P", 1))
		s.Close()
		if got := r.ids(task.Completed); len(got) != 2 {
			t.Errorf("completed %v", got)
		}
		for i := 3; i <= 10; i++ {
			if got := r.of(i); got != "ABORTED: "+ErrCancelled.Error() {
				t.Errorf("task %d: %s", i, got)
			}
		}
	})
}

func TestTerminate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f, r := &fake{}, &recorder{}
		begin := time.Now()
		s := New(Options{Executor: f, OnEvent: r.on, QueueSize: 3, Workers: 3})
		late := newTask(1, "P", 3600)
		late.Name = "slow to submit"
		s.Submit(late)
		for i := 2; i <= 6; i++ {
			s.Submit(newTask(i, "P", 3600))
		}
		time.Sleep(2 * time.Second)
		s.Terminate(errors.New("interrupted"))
		s.Close()
		for i := 1; i <= 6; i++ {
			if got := r.of(i); !strings.Contains(got, "ABORTED") {
				t.Errorf("task %d: %s", i, got)
			}
		}
		if f.now != 0 || time.Since(begin) > 10*time.Second {
			t.Errorf("%d tasks left after %v", f.now, time.Since(begin))
		}
	})
}

// TestForce: an executor that does not answer cannot keep the run from ending.
func TestForce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f, r := &fake{deaf: true}, &recorder{}
		s := New(Options{Executor: f, OnEvent: r.on, OnError: r.fail})
		s.Submit(newTask(1, "P", 3600))
		time.Sleep(3 * time.Second)
		s.Terminate(errors.New("interrupted"))
		time.Sleep(time.Minute)
		if got := r.of(1); got != "SUBMITTED, RUNNING" {
			t.Errorf("after the first: %s", got)
		}
		s.Terminate(nil)
		s.Close()
		if got := r.of(1); got != "SUBMITTED, RUNNING, ABORTED: interrupted" {
			t.Errorf("after the second: %s", got)
		}
		if len(r.errs) == 0 {
			t.Error("the failed kill was not reported")
		}
	})
}

// TestSubmitFromEvent: what a finished task brings about is handed in at once.
func TestSubmitFromEvent(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := &fake{}
		n, end := 0, make(chan struct{})
		var s *Scheduler
		s = New(Options{Executor: f, OnEvent: func(e Event) {
			if e.State != task.Completed {
				return
			}
			if n++; n == 50 {
				close(end)
				return
			}
			s.Submit(newTask(n+1, "P", 0))
		}})
		s.Submit(newTask(1, "P", 0))
		<-end
		s.Close()
		if n != 50 {
			t.Errorf("%d tasks", n)
		}
	})
}
