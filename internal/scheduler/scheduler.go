package scheduler

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"sync"
	"time"

	"sluice/internal/executor"
	"sluice/internal/task"
)

// Options of a Scheduler. Executor and OnEvent must be set.
type Options struct {
	Executor executor.Executor
	// Prepare makes the work directory; it runs in several goroutines.
	Prepare func(*task.Task) error
	// OnEvent is called from one goroutine, in order; it may call Submit.
	OnEvent func(Event)
	// OnError is told of failed calls of Poll and Kill, which are repeated.
	OnError func(error)

	QueueSize    int                  // executor.queueSize: tasks the executor has at once; 0 = any number
	MaxForks     func(*task.Task) int // of the task's process; 0 = any number
	Rate         Rate                 // executor.submitRateLimit
	PollInterval time.Duration        // executor.pollInterval; 1 s, or 10 s if the executor notifies
	Workers      int                  // calls of Prepare and Submit at once; GOMAXPROCS
	Ahead        int                  // tasks prepared before they can be submitted; 2 per worker
}

// A Rate is so many tasks in so long a time; zero is no limit.
type Rate struct {
	Tasks int
	Per   time.Duration
}

// An Event is news of a task: Submitted, Running, and one of Completed, Failed
// and Aborted, in this order. A task that never reached the executor has only the last.
type Event struct {
	Task   *task.Task
	State  task.State
	Handle executor.Handle // once submitted
	Result task.Result
}

// ErrCancelled is the Result.Err of tasks that were never submitted because
// the run ends.
var ErrCancelled = errors.New("run ends before the task was started")

// A Scheduler is made by New and ended by Close.
type Scheduler struct {
	o    Options
	wake chan struct{}
	done chan struct{}

	mu    sync.Mutex
	inbox []func() // run by the loop, in order

	// All below belongs to the loop.
	queues    map[string]*queue // by process
	order     []*queue          // in order of creation
	seq       int
	ready     []*entry
	active    map[int]*entry // submitted, by task ID
	submitted []*entry       // those of active, and some that have ended, the oldest first
	entries   int            // in all stages
	ahead     int            // preparing and ready
	sent      int            // submitting and active
	busy      int            // goroutines that prepare or submit
	calls     int            // goroutines that poll or kill
	polling   bool
	pollDue   bool
	backoff   time.Duration
	pollAt    time.Time
	pollGap   time.Time // no poll before, so that asking about many costs little
	nextSend  time.Time
	closed    bool
	finish    bool
	killing   error // cause of Terminate
	forced    bool
	detached  bool // what runs is left alone

	ctx    context.Context // of calls to the executor; ends when forced
	cancel context.CancelFunc
}

// A queue holds the pending tasks of a process.
type queue struct {
	tasks []pending
	forks int // beyond pending, not ended
}

type pending struct {
	t   *task.Task
	seq int
}

type entry struct {
	t      *task.Task
	q      *queue
	handle executor.Handle
	state  task.State
}

// New starts a scheduler.
func New(o Options) *Scheduler {
	if o.Workers <= 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	if o.Ahead <= 0 {
		o.Ahead = 2 * o.Workers
	}
	if o.PollInterval <= 0 {
		o.PollInterval = time.Second
		if _, ok := o.Executor.(executor.Notifier); ok {
			o.PollInterval = 10 * time.Second
		}
	}
	if o.Prepare == nil {
		o.Prepare = func(*task.Task) error { return nil }
	}
	if o.OnError == nil {
		o.OnError = func(error) {}
	}
	s := &Scheduler{
		o: o, wake: make(chan struct{}, 1), done: make(chan struct{}),
		queues: make(map[string]*queue), active: make(map[int]*entry),
	}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	go s.loop()
	return s
}

// Submit hands in a task. It never blocks.
func (s *Scheduler) Submit(t *task.Task) { s.send(func() { s.accept(t) }) }

// Finish starts no more tasks and lets those that were submitted end.
func (s *Scheduler) Finish() { s.send(s.drop) }

// Terminate is Finish, and kills what was submitted. A second call no longer
// waits for the executor: all tasks are reported as aborted.
func (s *Scheduler) Terminate(cause error) {
	s.send(func() {
		if s.detached {
			return
		}
		if s.killing != nil {
			s.forced = true
			s.cancel()
			s.abandon()
			return
		}
		s.killing = cause
		if cause == nil {
			s.killing = ErrCancelled
		}
		s.drop()
		s.kill(s.handles())
	})
}

// Detach is Finish, and leaves what was submitted to itself: it is reported as
// aborted, and the executor is not asked to end it.
func (s *Scheduler) Detach(cause error) {
	s.send(func() {
		s.drop()
		s.killing, s.forced, s.detached = cause, true, true
		s.abandon()
	})
}

// Close says that no task will be submitted any more, and returns when all
// have ended and were reported, and no goroutine is left.
func (s *Scheduler) Close() {
	s.send(func() { s.closed = true })
	<-s.done
}

// send hands f to the loop.
func (s *Scheduler) send(f func()) {
	s.mu.Lock()
	s.inbox = append(s.inbox, f)
	s.mu.Unlock()
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// loop owns the state.
func (s *Scheduler) loop() {
	defer close(s.done)
	defer s.cancel()
	var changed <-chan struct{}
	if n, ok := s.o.Executor.(executor.Notifier); ok {
		changed = n.Changed()
	}
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		s.mu.Lock()
		todo := s.inbox
		s.inbox = nil
		s.mu.Unlock()
		for _, f := range todo {
			f()
		}
		s.advance()
		if s.closed && s.entries == 0 && s.busy == 0 && s.calls == 0 && s.empty() {
			return
		}
		timer.Reset(s.nextWake())
		select {
		case <-s.wake:
		case <-changed:
			s.pollDue = true
		case <-timer.C:
		}
	}
}

func (s *Scheduler) empty() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.inbox) == 0
}

// nextWake is how long nothing happens by itself.
func (s *Scheduler) nextWake() time.Duration {
	wait := time.Hour
	if len(s.active) > 0 && !s.polling {
		wait = time.Until(s.pollAt)
		if s.pollDue {
			wait = time.Until(s.pollGap)
		}
	}
	if len(s.ready) > 0 && s.busy < s.o.Workers && s.room() {
		wait = min(wait, time.Until(s.nextSend))
	}
	return max(wait, time.Millisecond)
}

// accept takes a task in.
func (s *Scheduler) accept(t *task.Task) {
	if s.finish {
		s.report(t, executor.Handle{}, task.Aborted, task.Result{Exit: -1, Err: ErrCancelled})
		return
	}
	q := s.queues[t.Process]
	if q == nil {
		q = &queue{}
		s.queues[t.Process] = q
		s.order = append(s.order, q)
	}
	s.seq++
	q.tasks = append(q.tasks, pending{t, s.seq})
	s.entries++
}

// advance starts whatever can be started.
func (s *Scheduler) advance() {
	for s.busy < s.o.Workers && len(s.ready) > 0 && s.room() && s.allowed() {
		e := s.ready[0]
		s.ready = s.ready[1:]
		s.ahead--
		s.sent++
		s.submit(e)
	}
	for s.busy < s.o.Workers && s.ahead < s.o.Ahead {
		e := s.next()
		if e == nil {
			break
		}
		s.ahead++
		s.prepare(e)
	}
	if len(s.active) > 0 && !s.polling && s.due(time.Now()) {
		s.poll()
	}
}

// due says whether to poll now.
func (s *Scheduler) due(now time.Time) bool {
	return s.pollDue && !now.Before(s.pollGap) || !now.Before(s.pollAt)
}

func (s *Scheduler) room() bool { return s.o.QueueSize <= 0 || s.sent < s.o.QueueSize }

// allowed takes one turn of the rate limit, if there is one by now.
func (s *Scheduler) allowed() bool {
	if s.o.Rate.Tasks <= 0 || s.o.Rate.Per <= 0 {
		return true
	}
	now := time.Now()
	if now.Before(s.nextSend) {
		return false
	}
	s.nextSend = now.Add(s.o.Rate.Per / time.Duration(s.o.Rate.Tasks))
	return true
}

// next takes the oldest pending task whose process may run one more.
func (s *Scheduler) next() *entry {
	var best *queue
	for _, q := range s.order {
		if len(q.tasks) == 0 || best != nil && q.tasks[0].seq > best.tasks[0].seq {
			continue
		}
		if s.o.MaxForks != nil {
			if limit := s.o.MaxForks(q.tasks[0].t); limit > 0 && q.forks >= limit {
				continue
			}
		}
		best = q
	}
	if best == nil {
		return nil
	}
	e := &entry{t: best.tasks[0].t, q: best}
	best.tasks[0] = pending{}
	best.tasks = best.tasks[1:]
	best.forks++
	return e
}

// prepare makes the work directory in a goroutine.
func (s *Scheduler) prepare(e *entry) {
	s.busy++
	go func() {
		err := s.o.Prepare(e.t)
		s.send(func() {
			s.busy--
			switch {
			case s.finish:
				s.ahead--
				s.end(e, task.Aborted, task.Result{Exit: -1, Err: ErrCancelled})
			case err != nil:
				s.ahead--
				s.end(e, task.Failed, task.Result{Exit: -1, Err: err})
			default:
				s.ready = append(s.ready, e)
			}
		})
	}()
}

// submit gives a task to the executor in a goroutine.
func (s *Scheduler) submit(e *entry) {
	s.busy++
	go func() {
		begin := time.Now()
		h, err := s.o.Executor.Submit(s.ctx, e.t)
		s.send(func() {
			s.busy--
			if err != nil {
				s.sent--
				s.end(e, task.Failed, task.Result{Exit: -1, Err: err, Submit: begin})
				return
			}
			e.handle, e.state = h, task.Submitted
			if len(s.active) == 0 {
				s.pollAt = time.Now().Add(s.interval())
			}
			s.active[e.t.ID] = e
			s.submitted = append(s.submitted, e)
			s.pollDue = true // it may have ended by now, and was not asked about
			s.report(e.t, h, task.Submitted, task.Result{Exit: -1, Submit: begin})
			if s.forced { // a detached task is found again by the next head
				s.abandon()
			} else if s.killing != nil {
				s.kill([]executor.Handle{h})
			}
		})
	}()
}

func (s *Scheduler) interval() time.Duration { return max(s.o.PollInterval, s.backoff) }

// poll asks the executor about all active tasks in a goroutine.
func (s *Scheduler) poll() {
	handles := s.handles()
	s.polling, s.pollDue = true, false
	s.calls++
	go func() {
		news, err := s.o.Executor.Poll(s.ctx, handles)
		s.send(func() {
			s.calls--
			s.polling = false
			if err != nil {
				s.backoff = min(max(2*s.backoff, time.Second), time.Minute)
				s.o.OnError(fmt.Errorf("ask executor %s about %d tasks: %w", s.o.Executor.Name(), len(handles), err))
			} else {
				s.backoff = 0
			}
			s.pollAt = time.Now().Add(s.interval())
			s.pollGap = time.Now().Add(time.Duration(len(handles)/100) * 100 * time.Microsecond)
			for _, u := range news {
				s.update(u)
			}
		})
	}()
}

// handles are those of the active tasks, the oldest first. It is asked for
// often, and there may be a hundred thousand of them.
func (s *Scheduler) handles() []executor.Handle {
	out := make([]executor.Handle, 0, len(s.active))
	live := s.submitted[:0]
	for _, e := range s.submitted {
		if e.state <= task.Running {
			live = append(live, e)
			out = append(out, e.handle)
		}
	}
	clear(s.submitted[len(live):])
	s.submitted = live
	return out
}

// update takes one piece of news in.
func (s *Scheduler) update(u executor.Update) {
	e := s.active[u.Handle.TaskID]
	if e == nil || u.State <= e.state {
		return // old news
	}
	if e.state < task.Running && u.State != task.Aborted && !u.Result.Start.IsZero() {
		e.state = task.Running
		s.report(e.t, e.handle, task.Running, task.Result{Exit: -1, Submit: u.Result.Submit, Start: u.Result.Start, NativeID: u.Result.NativeID, Hostname: u.Result.Hostname})
	}
	if u.State == task.Running {
		return
	}
	delete(s.active, e.t.ID)
	s.sent--
	s.end(e, u.State, u.Result)
}

// kill ends tasks in a goroutine.
func (s *Scheduler) kill(handles []executor.Handle) {
	if len(handles) == 0 {
		return
	}
	s.calls++
	go func() {
		err := s.o.Executor.Kill(s.ctx, handles)
		s.send(func() {
			s.calls--
			s.pollDue = true
			if err != nil {
				s.o.OnError(fmt.Errorf("kill %d tasks: %w", len(handles), err))
			}
		})
	}()
}

// drop reports all tasks that were not submitted as aborted.
func (s *Scheduler) drop() {
	s.finish = true
	cancelled := task.Result{Exit: -1, Err: ErrCancelled}
	for _, e := range s.ready {
		s.ahead--
		s.end(e, task.Aborted, cancelled)
	}
	s.ready = nil
	for {
		var best *queue
		for _, q := range s.order {
			if len(q.tasks) > 0 && (best == nil || q.tasks[0].seq < best.tasks[0].seq) {
				best = q
			}
		}
		if best == nil {
			return
		}
		t := best.tasks[0].t
		best.tasks = best.tasks[1:]
		s.entries--
		s.report(t, executor.Handle{}, task.Aborted, cancelled)
	}
}

// abandon reports the active tasks as aborted without asking the executor.
func (s *Scheduler) abandon() {
	for _, id := range slices.Sorted(maps.Keys(s.active)) {
		e := s.active[id]
		delete(s.active, id)
		s.sent--
		s.end(e, task.Aborted, task.Result{Exit: -1, Err: s.killing})
	}
}

// end takes a task out and reports how it ended.
func (s *Scheduler) end(e *entry, state task.State, r task.Result) {
	e.q.forks--
	s.entries--
	e.state = state
	s.report(e.t, e.handle, state, r)
}

func (s *Scheduler) report(t *task.Task, h executor.Handle, state task.State, r task.Result) {
	s.o.OnEvent(Event{Task: t, State: state, Handle: h, Result: r})
}
