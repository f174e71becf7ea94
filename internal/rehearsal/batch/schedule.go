package batch

import (
	"context"
	"slices"
	"time"
)

// lookAhead is how many tasks that fit nowhere are passed over for smaller
// ones behind them.
const lookAhead = 64

// schedule gives waiting tasks to free slots: jobs of higher priority first,
// then the older ones.
func (s *Service) schedule(p *pool) {
	if p.busy {
		p.again = true
		return
	}
	p.busy = true
	defer func() { p.busy = false }()
	for {
		p.again = false
		jobs := slices.Clone(p.jobs)
		slices.SortStableFunc(jobs, func(a, b *job) int { return b.spec.Priority - a.spec.Priority })
		for _, j := range jobs {
			s.scheduleJob(p, j)
		}
		if !p.again {
			return
		}
	}
}

func (s *Service) scheduleJob(p *pool, j *job) {
	if j.state != "active" || p.state != "active" || j.counts.active == 0 || s.closed {
		return
	}
	smallest := p.slots + 1 // that found no place
	j.pending.each(lookAhead, func(t *task) (taken, stop bool) {
		if limit := j.spec.MaxParallel; limit != nil && *limit > 0 && len(j.live) >= *limit {
			return false, true
		}
		if int(t.slots) >= smallest {
			return false, smallest <= 1
		}
		n := s.place(p, j, int(t.slots))
		if n == nil {
			smallest = int(t.slots)
			return false, smallest <= 1
		}
		s.assign(t, n)
		return true, false
	})
}

// place chooses a node: the fullest with room (pack), or the emptiest.
func (s *Service) place(p *pool, j *job, slots int) *node {
	pack := p.spec.Scheduling != nil && p.spec.Scheduling.Fill == "pack"
	var best *node
	for _, n := range p.nodes {
		if !n.usable() || n.used+slots > p.slots {
			continue
		}
		if r := n.prep[j]; r != nil && r.state == "completed" && !r.ok {
			continue // the preparation failed here
		}
		if best == nil || pack && n.used > best.used || !pack && n.used < best.used {
			best = n
		}
	}
	return best
}

// assign gives a task to a node. It runs once the job is prepared there.
func (s *Service) assign(t *task, n *node) {
	j := t.job
	n.tasks[t] = struct{}{}
	n.used += int(t.slots)
	n.set("running", s.now())
	t.run = &run{task: t, node: n}
	if t.exec == nil {
		t.exec = &execInfo{}
	}
	e := t.exec
	e.pool, e.node, e.dir = n.pool.spec.ID, n.id, "workitems/"+j.spec.ID+"/job-1/"+t.id
	prep := n.prep[j]
	switch {
	case j.spec.Prep == nil || prep != nil && prep.ok:
		s.begin(t)
		return
	case prep == nil:
		prep = &prepRun{}
		n.prep[j] = prep
		defer s.prepare(j, n, prep, 0)
	}
	prep.waiting = append(prep.waiting, t)
	s.setTask(t, preparing)
}

// prepare runs the job preparation task on a node, once.
func (s *Service) prepare(j *job, n *node, prep *prepRun, retry int) {
	spec := *j.spec.Prep
	name := spec.ID
	if name == "" {
		name = "jobpreparation"
	}
	prep.taskRun = taskRun{state: "running", start: s.now(), retries: retry, container: spec.Container != nil, dir: "workitems/" + j.spec.ID + "/job-1/" + name}
	if retry > 0 {
		prep.lastRetry = prep.start
	}
	launched, ctx, life := s.launch("prep", n, j, nil, spec, prep.dir, retry), n.ctx, n.life
	s.spawn(func() {
		out := s.execute(ctx, launched)
		s.mu.Lock()
		defer s.mu.Unlock()
		if n.life == life && !s.closed && n.prep[j] == prep {
			s.prepared(j, n, prep, out)
		}
	})
}

// prepared lets the waiting tasks run, or sends them to other nodes.
func (s *Service) prepared(j *job, n *node, prep *prepRun, out outcome) {
	retries := 0
	if c := j.spec.Prep.Constraints; c != nil {
		retries = deref(c.Retries)
	}
	if out.failure != nil && prep.retries < retries {
		s.prepare(j, n, prep, prep.retries+1)
		return
	}
	prep.state, prep.end, prep.outcome = "completed", s.now(), out
	prep.ok = out.failure == nil || j.spec.Prep.Wait != nil && !*j.spec.Prep.Wait
	waiting := prep.waiting
	prep.waiting = nil
	for _, t := range waiting {
		if t.state != preparing || t.run == nil || t.run.node != n {
			continue
		}
		if prep.ok {
			s.begin(t)
		} else {
			s.requeue(t, false)
		}
	}
	if n.pool != nil {
		s.schedule(n.pool)
	}
}

// begin runs a task that has its place.
func (s *Service) begin(t *task) {
	n, r := t.run.node, t.run
	s.setTask(t, running)
	t.exec.start = s.now()
	t.exec.end, t.exec.exit, t.exec.failure = t.exec.start, nil, nil
	var spec taskSpec
	if f := decode(t.raw, &spec); f != nil { // was checked when it was added
		s.endTask(t, outcome{failure: userError("InternalError", f.Error())})
		return
	}
	t.exec.image, t.exec.keep = spec.Container != nil, retention(spec)
	ctx, stop := context.WithCancelCause(n.ctx)
	r.stop = stop
	launched := s.launch("task", n, t.job, t, spec, t.exec.dir, t.exec.retry)
	s.spawn(func() {
		out := s.execute(ctx, launched)
		s.mu.Lock()
		defer s.mu.Unlock()
		defer stop(nil)
		if t.run == r && !s.closed {
			s.ran(t, context.Cause(ctx), out)
		}
	})
	s.faultsDue(n.pool)
}

// retention is how long the directory of a task stays when it has ended.
func retention(spec taskSpec) time.Duration {
	if c := spec.Constraints; c != nil && c.Retention != "" {
		d, _ := parseDuration(c.Retention) // was checked
		return d
	}
	return 7 * 24 * time.Hour
}

// retain removes a task's directory when its retention time is over.
func (s *Service) retain(t *task, n *node) {
	e := t.exec
	if n.dir == "" || e.keep == forever {
		return
	}
	life := n.life
	s.after(e.keep, func() {
		if t.exec == e && t.state == completed && n.life == life && e.node == n.id {
			e.cleaned = true
			s.spawn(func() { removeAll([]string{n.dir + "/" + e.dir}) })
		}
	})
}

// ran decides what becomes of a task whose command has ended.
func (s *Service) ran(t *task, cause error, out outcome) {
	n := t.run.node
	switch {
	case cause == errTerminated:
		out.failure = ended("Task Was Ended by User Request")
	case cause == errNodeGone:
		s.requeue(t, false)
		return
	case out.failure != nil && (t.retries < 0 || t.exec.retry < int(t.retries)) && !t.job.over():
		t.exec.retry++
		t.exec.lastRetry = s.now()
		if n.usable() {
			s.begin(t)
			return
		}
		s.requeue(t, false)
		return
	}
	s.endTask(t, out)
	s.retain(t, n)
	s.schedule(n.pool)
}
