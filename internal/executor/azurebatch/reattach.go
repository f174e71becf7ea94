package azurebatch

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/batch/azbatch"
	"golang.org/x/sync/errgroup"

	"sluice/internal/executor"
	"sluice/internal/node"
	"sluice/internal/task"
)

// remains are what an earlier head of this session left of a task.
type remains struct {
	job  *job
	id   string
	k    int
	what executor.Known
	lost bool // by the service, or by a fault of infrastructure: k+1 is free
}

// taskID is the id of a task in the service: the same from every head, so that
// adding it twice is harmless. k counts how often it was added again.
func taskID(h task.Hash, k int) string { return "t" + h.String() + "-" + strconv.Itoa(k) }

// parseTaskID reads the id back.
func parseTaskID(id string) (h task.Hash, k int, ok bool) {
	text, n, found := strings.Cut(strings.TrimPrefix(id, "t"), "-")
	h, ok = task.ParseHash(text)
	k, err := strconv.Atoi(n)
	return h, k, ok && found && err == nil
}

// jobsOf lists the jobs whose id begins with a prefix. Should the service not
// filter by it, we do.
func (s *services) jobsOf(ctx context.Context, prefix string) ([]azbatch.Job, error) {
	filter := "startswith(id,'" + prefix + "')"
	jobs, err := s.listJobs(ctx, &filter)
	if isStatus(err, 400) {
		jobs, err = s.listJobs(ctx, nil)
	}
	var out []azbatch.Job
	for _, j := range jobs {
		if strings.HasPrefix(val(j.ID), prefix) {
			out = append(out, j)
		}
	}
	return out, err
}

func (s *services) listJobs(ctx context.Context, filter *string) ([]azbatch.Job, error) {
	pager := s.batch.NewListJobsPager(&azbatch.ListJobsOptions{
		Filter: filter, MaxResults: to.Ptr[int32](1000),
		SelectParam: []string{"id", "state", "creationTime", "onAllTasksComplete", "poolInfo", "metadata", "executionInfo"},
	})
	var out []azbatch.Job
	for pager.More() {
		page, err := pager.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("list jobs: %w", err)
		}
		out = append(out, page.Value...)
	}
	return out, nil
}

// reattach lists the jobs of this session and their tasks, once.
func (e *Executor) reattach(ctx context.Context) error {
	jobs, err := e.s.jobsOf(ctx, jobPrefix(e.o.Session))
	if err != nil {
		return err
	}
	var g errgroup.Group
	g.SetLimit(8)
	var mu sync.Mutex
	for _, got := range jobs {
		if metaOf(got.Metadata)[metaSession] != e.o.Session || val(got.State) == azbatch.JobStateDeleting || got.PoolInfo == nil {
			continue
		}
		e.rival(got)
		g.Go(func() error {
			l, err := e.laneOfPool(ctx, val(got.PoolInfo.PoolID))
			if err != nil {
				// Its pool is gone: tasks that ended there are still of use.
				l = &lane{e: e, pool: &pool{id: val(got.PoolInfo.PoolID)}, wake: make(chan struct{}, 1), making: newGate()}
			}
			j := l.newJob(val(got.ID), val(got.CreationTime))
			j.armed = val(got.OnAllTasksComplete) == azbatch.OnAllTasksCompleteTerminateJob
			e.mu.Lock()
			gen := generation(j.id)
			if active := val(got.State) == azbatch.JobStateActive; active && (l.job == nil || gen > generation(l.job.id)) {
				if l.job != nil {
					l.past = append(l.past, l.job)
				}
				l.job = j
			} else {
				j.ended = !active
				l.past = append(l.past, j)
			}
			l.gen = max(l.gen, gen)
			e.mu.Unlock()
			return e.readRemains(ctx, j, val(got.State) == azbatch.JobStateActive, &mu)
		})
	}
	return g.Wait()
}

// rival tells of a head elsewhere that may still run with this session: only
// on one machine does a lock of the session keep two heads apart.
func (e *Executor) rival(j azbatch.Job) {
	m := metaOf(j.Metadata)
	if val(j.State) != azbatch.JobStateActive || m[metaLeft] != "" || m[metaMachine] == e.machine {
		return
	}
	e.o.Notice(fmt.Sprintf("job %s of this session was made by process %s on %s, which last renewed its lease at %s; its tasks are adopted. Should that head still run, end it",
		val(j.ID), orPlace(m[metaPID], "?"), orPlace(m[metaHost], "an unknown host"), orPlace(m[metaRenewed], "an unknown time")))
}

// readRemains lists the tasks of a job of an earlier head.
func (e *Executor) readRemains(ctx context.Context, j *job, active bool, mu *sync.Mutex) error {
	pager := e.s.batch.NewListTasksPager(j.id, &azbatch.ListTasksOptions{
		SelectParam: []string{"id", "state", "executionInfo"}, MaxResults: to.Ptr[int32](1000),
	})
	for pager.More() {
		page, err := pager.NextPage(ctx)
		if gone(err) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("list tasks of job %s: %w", j.id, err)
		}
		mu.Lock()
		for i := range page.Value {
			e.keep(j, &page.Value[i], active)
		}
		mu.Unlock()
	}
	return nil
}

// keep notes one task; the last k of a hash counts.
func (e *Executor) keep(j *job, t *azbatch.Task, active bool) {
	h, k, ok := parseTaskID(val(t.ID))
	if !ok {
		return
	}
	if old := e.known[h]; old != nil && old.k > k {
		return
	}
	what, lost := remainsOf(t)
	if !active && val(t.State) != azbatch.TaskStateCompleted {
		what, lost = executor.Unknown, true // it will never run
	}
	e.known[h] = &remains{job: j, id: val(t.ID), k: k, what: what, lost: lost}
}

// remainsOf says what can be made of a task as the service has it.
func remainsOf(t *azbatch.Task) (what executor.Known, lost bool) {
	if val(t.State) != azbatch.TaskStateCompleted {
		return executor.Alive, false
	}
	x := ending{}
	if i := t.ExecutionInfo; i != nil {
		if i.ExitCode != nil {
			n := int(*i.ExitCode)
			x.Exit = &n
		}
		if f := i.FailureInfo; f != nil {
			x.Category, x.Code, x.Message = string(val(f.Category)), val(f.Code), val(f.Message)
		}
	}
	switch {
	case x.Exit != nil && *x.Exit == 0:
		return executor.Alive, false
	case x.Exit != nil && *x.Exit == node.ExitInfra, x.Exit == nil && classify(x) == infra, x.Code == "TaskEnded":
		return executor.Unknown, true
	}
	return executor.Spent, false
}

// Lookup says what the service still has of a task.
func (e *Executor) Lookup(h task.Hash) executor.Known {
	e.mu.Lock()
	defer e.mu.Unlock()
	if r := e.known[h]; r != nil {
		return r.what
	}
	return executor.Unknown
}

// adopt takes over what an earlier head left of a task; ok says that there was
// something to take over.
func (e *Executor) adopt(ctx context.Context, en *entry) (ok bool, err error) {
	e.mu.Lock()
	r := e.known[en.t.Hash]
	delete(e.known, en.t.Hash)
	en.id = taskID(en.t.Hash, 0)
	if r == nil || r.what != executor.Alive {
		if r != nil {
			en.k = int8(min(r.k+1, 100))
			en.id = taskID(en.t.Hash, int(en.k))
			if r.lost {
				en.infra = en.k
			}
		}
		e.mu.Unlock()
		return false, nil
	}
	en.id, en.k, en.infra, en.job = r.id, int8(min(r.k, 100)), int8(min(r.k, 100)), r.job
	en.lane = r.job.lane
	r.job.live[en.id] = en
	r.job.news, r.job.whole = time.Now(), time.Now()
	// What ended before we came is in no list of news: ask without a time.
	r.job.asked = time.Time{}
	e.mu.Unlock()
	e.awake()
	return true, nil
}
