package azurebatch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/batch/azbatch"
	"golang.org/x/sync/errgroup"

	"sluice/internal/task"
)

const (
	pollSoon  = 2 * time.Second   // between lists, unless Options say otherwise
	pollLate  = 15 * time.Second  // when nothing happens: so many times pollSoon
	overlap   = 120 * time.Second // lists are behind, and clocks differ
	wholeList = 10 * time.Minute  // between lists of everything
	idleList  = 2 * time.Minute   // without news before such a list comes early
	settleIn  = time.Minute       // a task that was just added may not be in lists yet
)

var fields = []string{"id", "state", "stateTransitionTime", "executionInfo", "nodeInfo"}

// awake has the poll loop look soon; anyone may call it.
func (e *Executor) awake() {
	select {
	case e.hurry <- struct{}{}:
	default:
	}
}

// pollLoop asks about the tasks of all jobs: often while something happens,
// less often when nothing does, never when there are no tasks.
func (e *Executor) pollLoop(ctx context.Context) {
	soon, late := e.pace()
	gap := soon
	var down outage
	for {
		jobs := e.livedIn()
		if len(jobs) == 0 {
			select {
			case <-ctx.Done():
				return
			case <-e.hurry:
				gap = soon
			}
		}
		if rest(ctx, gap) != nil {
			return
		}
		news, err := e.pollJobs(ctx, e.livedIn())
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			e.fails(&down, err)
			gap = max(min(2*gap, late), min(retryAfter(err), time.Minute))
		case news > 0:
			gap = soon
		default:
			gap = min(gap*3/2, late)
		}
		if err == nil {
			e.works(&down)
		}
		select {
		case <-e.hurry:
			gap = soon
		default:
		}
	}
}

// pace is how long to wait between lists while something happens, and when
// nothing does.
func (e *Executor) pace() (soon, late time.Duration) {
	soon = e.o.Poll
	if soon <= 0 {
		soon = pollSoon
	}
	soon = max(soon, 100*time.Millisecond)
	return soon, max(soon, min(pollLate, soon*time.Duration(pollLate/pollSoon)))
}

// trouble is told by the next Poll.
func (e *Executor) trouble(err error) {
	e.mu.Lock()
	e.pollErr = err
	e.mu.Unlock()
	select {
	case e.changed <- struct{}{}:
	default:
	}
}

// livedIn are the jobs with live tasks.
func (e *Executor) livedIn() []*job {
	e.mu.Lock()
	defer e.mu.Unlock()
	var out []*job
	for _, l := range e.places.all() {
		out = append(out, l.jobs()...)
	}
	return out
}

// pollJobs asks about each job; news counts what changed.
func (e *Executor) pollJobs(ctx context.Context, jobs []*job) (news int, err error) {
	var g errgroup.Group
	g.SetLimit(4)
	counts := make([]int, len(jobs))
	errs := make([]error, len(jobs))
	for i, j := range jobs {
		g.Go(func() error {
			counts[i], errs[i] = e.pollJob(ctx, j)
			return nil
		})
	}
	_ = g.Wait() // errors are in errs, all of them
	for _, n := range counts {
		news += n
	}
	return news, errors.Join(errs...)
}

// pollJob lists what ended and what started since the last time, or now and
// then everything.
func (e *Executor) pollJob(ctx context.Context, j *job) (int, error) {
	e.mu.Lock()
	now := time.Now()
	quiet := now.Sub(j.news) > idleList && j.whole.Sub(j.news) < idleList // once in a silence
	all := now.Sub(j.whole) > wholeList || quiet || j.ended && now.Sub(j.whole) > settleIn
	since, waiting := j.asked, false
	for _, en := range j.live {
		if en.state < task.Running {
			waiting = true
			break
		}
	}
	e.mu.Unlock()
	if all {
		return e.reconcile(ctx, j)
	}
	n, asked, err := e.listSince(ctx, j, "completed", since)
	if gone(err) {
		return n, e.lostJob(ctx, j)
	}
	if err != nil {
		return n, fmt.Errorf("list ended tasks of job %s: %w", j.id, err)
	}
	if waiting {
		m, _, err := e.listSince(ctx, j, "running", since)
		n += m
		if err != nil {
			return n, fmt.Errorf("list running tasks of job %s: %w", j.id, err)
		}
	}
	e.mu.Lock()
	j.asked = asked
	if n > 0 {
		j.news = time.Now()
	}
	e.mu.Unlock()
	return n, nil
}

func gone(err error) bool {
	return isStatus(err, http.StatusNotFound) && isCode(err, "JobNotFound", "ResourceNotFound", "")
}

// filterSince is the filter for tasks that came into a state since a time.
// That tasks can be filtered by it is believed, not promised: without is the
// filter for when the service refuses it.
func filterSince(state string, since time.Time) (filter, without string) {
	without = "state eq '" + state + "'"
	if since.IsZero() {
		return without, without
	}
	return fmt.Sprintf("%s and stateTransitionTime ge DateTime'%s'", without, since.Add(-overlap).UTC().Format("2006-01-02T15:04:05Z")), without
}

// listSince lists the tasks of a state; asked is the time of the list by the
// clock of the service.
func (e *Executor) listSince(ctx context.Context, j *job, state string, since time.Time) (news int, asked time.Time, err error) {
	filter, without := filterSince(state, since)
	if e.plainFilter.Load() {
		filter = without
	}
	news, asked, err = e.list(ctx, j, &filter, nil)
	if filter != without && isStatus(err, http.StatusBadRequest) {
		if !e.plainFilter.Swap(true) {
			e.o.Notice("the Batch service does not filter tasks by the time of their last change; lists are longer without")
		}
		news, asked, err = e.list(ctx, j, &without, nil)
	}
	return news, asked, err
}

// list reads all pages of a list of tasks and takes in what is new; each is
// called for every task.
func (e *Executor) list(ctx context.Context, j *job, filter *string, each func(*azbatch.Task)) (news int, asked time.Time, err error) {
	var first *http.Response
	pager := e.s.batch.NewListTasksPager(j.id, &azbatch.ListTasksOptions{Filter: filter, SelectParam: fields, MaxResults: to.Ptr[int32](1000)})
	newest := time.Time{}
	for pager.More() {
		call := ctx
		if first == nil {
			call = policy.WithCaptureResponse(ctx, &first)
		}
		page, err := pager.NextPage(call)
		if err != nil {
			return news, time.Time{}, err
		}
		for i := range page.Value {
			t := &page.Value[i]
			if at := val(t.StateTransitionTime); at.After(newest) {
				newest = at
			}
			en, ended := e.learn(ctx, j, t)
			if en == nil {
				continue
			}
			news++
			if ended { // without the lock: this waits while many are being read
				e.files.Go(func() error {
					e.end(ctx, en, t)
					return nil
				})
			}
			if each != nil {
				each(t)
			}
		}
	}
	if first != nil {
		if date, err := http.ParseTime(first.Header.Get("Date")); err == nil {
			return news, date, nil
		}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if newest.After(j.newest) {
		j.newest = newest
	}
	return news, j.newest, nil
}

// learn takes in what a list says of a task: nil if that was nothing new. One
// that has ended is to be looked into.
func (e *Executor) learn(ctx context.Context, j *job, t *azbatch.Task) (news *entry, ended bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	en := j.live[val(t.ID)]
	if en == nil || en.ending || en.state > task.Running {
		return nil, false
	}
	en.missed = 0
	node := ""
	if t.NodeInfo != nil {
		node = val(t.NodeInfo.NodeID)
	}
	switch val(t.State) {
	case azbatch.TaskStateRunning:
		if e.learnStart(ctx, en, t, node) {
			return en, false
		}
	case azbatch.TaskStateCompleted:
		en.ending = true
		if node != "" {
			en.node = node
		}
		return en, true
	case azbatch.TaskStateActive:
		if en.state == task.Running && en.node != "" {
			e.lostNode(ctx, en, "waits for another one")
		}
	}
	return nil, false
}

// learnStart takes in that en runs; e.mu is held.
func (e *Executor) learnStart(ctx context.Context, en *entry, t *azbatch.Task, node string) bool {
	start := time.Now()
	known := t.ExecutionInfo != nil && t.ExecutionInfo.StartTime != nil
	if known {
		start = *t.ExecutionInfo.StartTime
	}
	if en.state != task.Running {
		en.state, en.node, en.start = task.Running, node, start
		e.tell(en)
		return true
	}
	// A spot node that comes back has the name of the one that was taken.
	again := known && start.Sub(en.start) > time.Second
	if node == "" || en.node == node && !again {
		return false
	}
	if en.node != "" {
		e.lostNode(ctx, en, "runs on "+node)
	}
	en.node, en.start = node, start
	return false
}

// reconcile lists all tasks of a job: what the filtered lists have missed, and
// tasks that are no longer there.
func (e *Executor) reconcile(ctx context.Context, j *job) (int, error) {
	state, err := e.jobState(ctx, j) // before the list: what it calls active then stays so
	if err != nil {
		return 0, err
	}
	over := state == azbatch.JobStateCompleted
	seen := map[string]bool{}
	n, asked, err := e.list(ctx, j, nil, func(t *azbatch.Task) {
		// A job that ended leaves what did not run as it was.
		seen[val(t.ID)] = !over || val(t.State) == azbatch.TaskStateCompleted
	})
	if gone(err) {
		return n, e.lostJob(ctx, j)
	}
	if err != nil {
		return n, fmt.Errorf("list tasks of job %s: %w", j.id, err)
	}
	var lost []*entry
	e.mu.Lock()
	now := time.Now()
	j.whole, j.asked = now, asked
	if n > 0 {
		j.news = now
	}
	for id, en := range j.live {
		if seen[id] || en.ending || en.posted != nil || now.Sub(en.submit) < settleIn {
			continue
		}
		if en.missed++; en.missed >= 2 || over {
			en.ending = true
			lost = append(lost, en)
		}
	}
	e.mu.Unlock()
	for _, en := range lost {
		why := "the service no longer has it"
		if over {
			why = "its job " + j.id + " ended before it ran"
		}
		e.again(ctx, en, why)
	}
	return n + len(lost), nil
}

// jobState asks for the state of a job; one that takes no more tasks is retired.
func (e *Executor) jobState(ctx context.Context, j *job) (azbatch.JobState, error) {
	got, err := e.s.batch.GetJob(ctx, j.id, nil)
	if gone(err) {
		return azbatch.JobStateActive, nil // the list says so, too
	}
	if err != nil {
		return "", fmt.Errorf("read job %s: %w", j.id, err)
	}
	s := val(got.State)
	if s == azbatch.JobStateCompleted || s == azbatch.JobStateTerminating || s == azbatch.JobStateDeleting {
		j.lane.retire(j)
	}
	return s, nil
}

// lostJob takes all tasks of a job that is gone for lost.
func (e *Executor) lostJob(ctx context.Context, j *job) error {
	j.lane.retire(j)
	e.mu.Lock()
	var lost []*entry
	for _, en := range j.live {
		if !en.ending && en.posted == nil {
			en.ending = true
			lost = append(lost, en)
		}
	}
	e.mu.Unlock()
	for _, en := range lost {
		e.again(ctx, en, "its job "+j.id+" was deleted")
	}
	return nil
}

// readFile reads a small file of a work directory; none is "".
func (e *Executor) readFile(ctx context.Context, t *task.Task, name string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	r, err := e.o.Store.Open(ctx, file(t, name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(io.LimitReader(r, 1<<20))
	return data, errors.Join(err, r.Close())
}
