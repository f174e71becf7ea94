package batch

import (
	"context"
	"strings"
	"time"
)

// A task is a command line of a job.
//
// Its states:
//
//	active -> preparing -> running -> completed
//	  ^-----------'-----------'  (node lost, preparation failed, requeued)
//	  ^------------------------------'  (reactivated)
type task struct {
	job      *job
	id       string
	raw      []byte // as it was added
	seq      int
	slots    int32
	retries  int32 // maxTaskRetryCount
	state    taskState
	previous taskState
	gone     bool
	serial   int64 // of its ETag

	created, modified, stateTime, previousTime time.Time

	exec *execInfo // of the latest run; nil before
	run  *run      // nil unless preparing or running
}

type taskState uint8

const (
	none taskState = iota
	active
	preparing
	running
	completed
)

var stateNames = [...]string{"", "active", "preparing", "running", "completed"}

func (s taskState) String() string { return stateNames[s] }

// execInfo is what Batch tells about how a task ran.
type execInfo struct {
	start, end             time.Time
	exit                   *int
	failure                *failureInfo
	retry, requeue         int
	lastRetry, lastRequeue time.Time
	image                  bool
	pool, node, dir        string
	keep                   time.Duration // retentionTime
	cleaned                bool          // its directory is gone
}

// failureInfo is why a task failed.
type failureInfo struct {
	Category string      `json:"category"`
	Code     string      `json:"code"`
	Message  string      `json:"message,omitempty"`
	Details  []nameValue `json:"details,omitempty"`
}

// outcome is how a command ended.
type outcome struct {
	exit    *int
	failure *failureInfo // nil: well
}

// run is a task on a node.
type run struct {
	task *task
	node *node
	stop context.CancelCauseFunc
}

func userError(code, message string, details ...nameValue) *failureInfo {
	return &failureInfo{"usererror", code, message, details}
}

func ended(message string) *failureInfo { return userError("TaskEnded", message) }

func exitFailure() *failureInfo {
	return userError("FailureExitCode", "The task exited with an exit code representing a failure",
		nameValue{"Message", "The task exited with an exit code representing a failure"}, nameValue{"AdditionalErrorCode", "FailureExitCode"})
}

func (s *Service) findTask(jobID, id string) (*task, *failure) {
	j, f := s.findJob(jobID)
	if f != nil {
		return nil, f
	}
	if t := j.tasks[strings.ToLower(id)]; t != nil {
		return t, nil
	}
	return nil, notFound("Task")
}

// setTask moves a task to another state and keeps the job's counts and
// indexes.
func (s *Service) setTask(t *task, to taskState) {
	j, now := t.job, s.now()
	j.count(t, -1)
	t.previous, t.previousTime = t.state, t.stateTime
	t.state, t.stateTime, t.modified = to, now, now
	s.serial++
	t.serial = s.serial
	j.count(t, 1)
	switch to {
	case preparing, running:
		j.live[t] = struct{}{}
	case completed:
		delete(j.live, t)
		j.completed = append(j.completed, done{t, now})
	default:
		delete(j.live, t)
	}
	if len(j.live) == 0 && j.onEnded != nil {
		f := j.onEnded
		j.onEnded = nil
		f()
	}
}

// count adds a task to the counts of its state. Preparing tasks count as
// active.
func (j *job) count(t *task, by int) {
	switch t.state {
	case active, preparing:
		j.counts.active += by
		j.slots.active += by * int(t.slots)
	case running:
		j.counts.running += by
		j.slots.running += by * int(t.slots)
	case completed:
		if t.exec != nil && t.exec.failure != nil {
			j.counts.failed += by
			j.slots.failed += by * int(t.slots)
		} else {
			j.counts.succeeded += by
			j.slots.succeeded += by * int(t.slots)
		}
	}
}

// newTask adds a task that was checked.
func (s *Service) newTask(j *job, spec *taskSpec, raw []byte) *task {
	now := s.now()
	t := &task{job: j, id: spec.ID, raw: raw, seq: j.seq, slots: 1, created: now, modified: now, stateTime: now, state: active}
	j.seq++
	if spec.Slots != nil {
		t.slots = int32(*spec.Slots)
	}
	if c := j.spec.Constraints; c != nil {
		t.retries = int32(deref(c.Retries))
	}
	if c := spec.Constraints; c != nil && c.Retries != nil {
		t.retries = int32(*c.Retries)
	}
	s.serial++
	t.serial = s.serial
	j.tasks[strings.ToLower(t.id)] = t
	j.order = append(j.order, t)
	j.count(t, 1)
	j.pending.push(t)
	return t
}

// requeue makes a task active again. counted says that a user caused it.
func (s *Service) requeue(t *task, counted bool) {
	s.detach(t)
	if t.exec != nil {
		if counted {
			t.exec.requeue++
			t.exec.lastRequeue = s.now()
		}
		t.exec.node, t.exec.pool, t.exec.dir = "", "", ""
		t.exec.start = time.Time{}
	}
	s.setTask(t, active)
	t.job.pending.again(t)
}

// detach takes a task from its node; the command, if it still runs, is
// killed and its outcome is nobody's.
func (s *Service) detach(t *task) {
	r := t.run
	if r == nil {
		return
	}
	t.run = nil
	n := r.node
	if _, ok := n.tasks[t]; ok {
		delete(n.tasks, t)
		n.used -= int(t.slots)
	}
	if r.stop != nil {
		r.stop(errNodeGone)
	}
	if n.state == "running" && len(n.tasks) == 0 {
		n.set("idle", s.now())
	}
	if n.leaving && len(n.tasks) == 0 && n.state != "leavingpool" {
		s.release(n, "requeue")
	}
}

// endTask completes a task.
func (s *Service) endTask(t *task, out outcome) {
	now := s.now()
	if t.exec == nil {
		t.exec = &execInfo{}
	}
	if n := t.run; n != nil {
		n.node.total++
		if out.failure == nil {
			n.node.succeeded++
		}
		n.node.recent = append([]*task{t}, n.node.recent[:min(len(n.node.recent), 9)]...)
	}
	e := t.exec
	s.detach(t)
	e.exit, e.failure, e.end = out.exit, out.failure, now
	s.setTask(t, completed)
	s.checkComplete(t.job)
}

// terminate ends a task by the user's wish.
func (s *Service) terminate(t *task) {
	switch {
	case t.state == running && t.run != nil && t.run.stop != nil:
		t.run.stop(errTerminated)
	case t.state != completed:
		s.endTask(t, outcome{failure: ended("Task Was Ended by User Request")})
	}
}

// dropTask deletes a task.
func (s *Service) dropTask(t *task) {
	j := t.job
	p := j.pool
	s.detach(t)
	if e := t.exec; e != nil && p != nil && e.node != "" {
		if n := p.node(e.node); n != nil && n.dir != "" {
			s.spawn(func() { removeAll([]string{n.dir + "/" + e.dir}) })
		}
	}
	j.count(t, -1)
	t.gone = true
	delete(j.tasks, strings.ToLower(t.id))
	delete(j.live, t)
	j.dropped++
	if j.dropped > 1000 && j.dropped > len(j.order)/2 {
		j.compact()
	}
	if len(j.live) == 0 && j.onEnded != nil {
		f := j.onEnded
		j.onEnded = nil
		f()
	}
	s.checkComplete(j)
	if p != nil {
		s.schedule(p)
	}
}

func (j *job) compact() {
	kept := make([]*task, 0, len(j.tasks))
	for _, t := range j.order {
		if !t.gone {
			kept = append(kept, t)
		}
	}
	j.order, j.dropped = kept, 0
}

// queue holds what waits: requeued tasks first.
type queue struct {
	first, rest []*task
	head        int
}

func (q *queue) push(t *task)  { q.rest = append(q.rest, t) }
func (q *queue) again(t *task) { q.first = append(q.first, t) }

// each offers what waits until take says to stop; those that it took leave
// the queue. At most limit that it did not take are looked at.
func (q *queue) each(limit int, take func(*task) (taken, stop bool)) {
	// What is taken may come back at once, when a fault strikes its node.
	first := q.first
	q.first = nil
	kept1, left, stop := offer(first, limit, take)
	q.first = append(kept1, q.first...)
	if stop || left <= 0 {
		return
	}
	var kept []*task
	from := q.head
	i := q.head
	for ; i < len(q.rest) && left > 0 && !stop; i++ {
		t := q.rest[i]
		if t.gone || t.state != active {
			continue
		}
		var taken bool
		if taken, stop = take(t); !taken {
			kept = append(kept, t)
			left--
		}
	}
	q.head = i
	// What was looked at and not taken goes back to the front.
	q.head -= len(kept)
	copy(q.rest[q.head:], kept)
	clear(q.rest[from:q.head])
	if q.head > 1024 && q.head > len(q.rest)/2 {
		q.rest = append([]*task(nil), q.rest[q.head:]...)
		q.head = 0
	}
}

func offer(tasks []*task, limit int, take func(*task) (taken, stop bool)) (kept []*task, left int, stop bool) {
	left = limit
	for i, t := range tasks {
		if t.gone || t.state != active {
			continue
		}
		if stop || left <= 0 {
			kept = append(kept, tasks[i])
			continue
		}
		var taken bool
		if taken, stop = take(t); !taken {
			kept = append(kept, t)
			left--
		}
	}
	return kept, left, stop
}
