package batch

import (
	"slices"
	"strings"
	"time"
)

// A job holds the tasks that run in a pool.
//
// Its states:
//
//	active -> terminating -> completed
//	  |  ^--enabling--.          |
//	  '->disabling->disabled     |
//	any of them --DELETE--> deleting --> (404)
type job struct {
	spec                   jobSpec
	pool                   *pool // nil while there is none of that name
	etag                   string
	created, modified      time.Time
	state, previous        string
	stateTime, previousEnd time.Time
	ended                  time.Time
	reason                 string

	tasks     map[string]*task
	order     []*task // by seq; deleted ones stay until there are many
	dropped   int
	seq       int
	pending   queue
	live      map[*task]struct{} // preparing or running
	completed []done             // in order of transition
	counts    taskCount
	slots     taskCount
	shown     countsShown
	released  map[*node]*taskRun

	stopWall func()
	onEnded  func()
}

// done is an entry of the index of completed tasks; it holds while the task's
// transition is still this one.
type done struct {
	task *task
	at   time.Time
}

type taskCount struct{ active, running, succeeded, failed int }

type countsShown struct {
	at            time.Time
	counts, slots taskCount
}

// prepRun is the job preparation task on one node.
type prepRun struct {
	taskRun
	ok      bool
	waiting []*task
}

// over says that no task of the job will run any more.
func (j *job) over() bool {
	return j.state == "completed" || j.state == "terminating" || j.state == "deleting"
}

func (s *Service) findJob(id string) (*job, *failure) {
	if j := s.jobs[strings.ToLower(id)]; j != nil {
		return j, nil
	}
	return nil, notFound("Job")
}

func (s *Service) setJob(j *job, state string) {
	if j.state == state {
		return
	}
	now := s.now()
	j.previous, j.previousEnd = j.state, j.stateTime
	j.state, j.stateTime = state, now
	s.touchJob(j)
}

func (s *Service) touchJob(j *job) { j.etag, j.modified = s.etag(), s.now() }

// activeJobs counts those that the quota counts.
func (s *Service) activeJobs() int {
	n := 0
	for _, j := range s.jobList {
		if j.state != "completed" {
			n++
		}
	}
	return n
}

func (s *Service) newJob(spec jobSpec) *job {
	now := s.now()
	j := &job{
		spec: spec, etag: s.etag(), created: now, modified: now, state: "active", stateTime: now,
		tasks: map[string]*task{}, live: map[*task]struct{}{}, released: map[*node]*taskRun{},
	}
	s.jobs[strings.ToLower(spec.ID)] = j
	s.jobList = append(s.jobList, j)
	if p := s.pools[strings.ToLower(spec.Pool.PoolID)]; p != nil {
		j.pool = p
		p.jobs = append(p.jobs, j)
	}
	s.armWall(j)
	s.checkComplete(j)
	return j
}

// armWall sets the timer of the job's lease: it counts from its creation.
func (s *Service) armWall(j *job) {
	if j.stopWall != nil {
		j.stopWall()
		j.stopWall = nil
	}
	wall := forever
	if c := j.spec.Constraints; c != nil && c.Wall != "" {
		wall, _ = parseDuration(c.Wall) // was checked
	}
	if wall == forever {
		return
	}
	j.stopWall = s.after(j.created.Add(wall).Sub(s.now()), func() { s.endJob(j, "MaxWallClockTimeExpiry") })
}

// checkComplete ends a job that is to end with its tasks: one without tasks
// is complete too.
func (s *Service) checkComplete(j *job) {
	if j.state == "active" && strings.EqualFold(j.spec.OnComplete, "terminatejob") && j.counts.active == 0 && j.counts.running == 0 {
		s.endJob(j, "AllTasksComplete")
	}
}

// endJob terminates a job: what runs is killed, what waits stays active and
// never runs.
func (s *Service) endJob(j *job, reason string) {
	if j.over() {
		return
	}
	s.setJob(j, "terminating")
	j.reason = reason
	if j.stopWall != nil {
		j.stopWall()
		j.stopWall = nil
	}
	s.killLive(j)
	s.afterLive(j, func() { s.releaseJob(j) })
}

// killLive terminates what the job has on nodes.
func (s *Service) killLive(j *job) {
	for _, t := range j.liveTasks() {
		s.terminate(t)
	}
}

func (j *job) liveTasks() []*task {
	tasks := make([]*task, 0, len(j.live))
	for t := range j.live {
		tasks = append(tasks, t)
	}
	slices.SortFunc(tasks, func(a, b *task) int { return a.seq - b.seq })
	return tasks
}

// afterLive does f when the job has nothing on nodes any more.
func (s *Service) afterLive(j *job, f func()) {
	if len(j.live) == 0 {
		f()
		return
	}
	j.onEnded = f
}

// releaseJob runs the job release task where the preparation task ran, and
// completes the job.
func (s *Service) releaseJob(j *job) {
	if j.spec.Release == nil || j.pool == nil {
		s.completeJob(j)
		return
	}
	left := 0
	for _, n := range j.pool.nodes {
		if n.prep[j] == nil || !n.prep[j].ok || n.stop == nil || n.ctx.Err() != nil {
			continue
		}
		left++
		run := &taskRun{state: "running", start: s.now(), dir: "workitems/" + j.spec.ID + "/job-1/jobrelease"}
		j.released[n] = run
		launched, ctx := s.launch("release", n, j, nil, *j.spec.Release, run.dir, 0), n.ctx
		s.spawn(func() {
			out := s.execute(ctx, launched)
			s.mu.Lock()
			defer s.mu.Unlock()
			run.state, run.end, run.outcome = "completed", s.now(), out
			if left--; left == 0 && !s.closed {
				s.completeJob(j)
			}
		})
	}
	if left == 0 {
		s.completeJob(j)
	}
}

func (s *Service) completeJob(j *job) {
	if j.state == "deleting" {
		s.dropJob(j)
		return
	}
	s.setJob(j, "completed")
	j.ended = s.now()
	if j.pool != nil {
		j.pool.jobs = slices.DeleteFunc(j.pool.jobs, func(x *job) bool { return x == j })
		for _, n := range j.pool.nodes {
			delete(n.prep, j)
		}
	}
}

// eraseJob deletes a job: it is there, as deleting, until its tasks are gone.
func (s *Service) eraseJob(j *job) {
	was := j.state
	s.setJob(j, "deleting")
	if j.stopWall != nil {
		j.stopWall()
		j.stopWall = nil
	}
	s.killLive(j)
	s.afterLive(j, func() {
		s.after(deletionDelay, func() {
			if was == "completed" {
				s.dropJob(j)
				return
			}
			s.releaseJob(j)
		})
	})
}

// deletionDelay is how long a deleted job is still seen.
const deletionDelay = 500 * time.Millisecond

func (s *Service) dropJob(j *job) {
	key := strings.ToLower(j.spec.ID)
	if s.jobs[key] == j {
		delete(s.jobs, key)
	}
	s.jobList = slices.DeleteFunc(s.jobList, func(x *job) bool { return x == j })
	if p := j.pool; p != nil {
		p.jobs = slices.DeleteFunc(p.jobs, func(x *job) bool { return x == j })
		for _, n := range p.nodes {
			delete(n.prep, j)
			n.recent = slices.DeleteFunc(n.recent, func(t *task) bool { return t.job == j })
		}
		if dirs := s.jobDirs(j, p); len(dirs) > 0 {
			s.spawn(func() { removeAll(dirs) })
		}
	}
}

func (s *Service) jobDirs(j *job, p *pool) []string {
	var dirs []string
	for _, n := range p.nodes {
		if n.dir != "" {
			dirs = append(dirs, n.dir+"/workitems/"+j.spec.ID)
		}
	}
	return dirs
}

// disable stops a job's tasks from running until it is enabled again.
func (s *Service) disable(j *job, how string) {
	s.setJob(j, "disabling")
	for _, t := range j.liveTasks() {
		switch strings.ToLower(how) {
		case "requeue":
			n := t.run.node
			s.requeue(t, true)
			s.schedule(n.pool)
		case "terminate":
			s.terminate(t)
		}
	}
	s.afterLive(j, func() {
		if j.state == "disabling" {
			s.setJob(j, "disabled")
		}
	})
}
