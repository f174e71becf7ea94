package azurebatch

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/batch/azbatch"

	"sluice/internal/azure"
)

// A lane is a pool that the run uses: the job there, and what waits to be added.
type lane struct {
	e    *Executor
	pool *pool

	making  gate // held while a job is made, so that there is one
	pricing pricing

	// Guarded by Executor.mu.
	gen     int    // of the newest job
	job     *job   // that takes tasks; nil before the first, and after one ended
	past    []*job // that ended or are ending, and may have live tasks
	waiting []*item
	wake    chan struct{} // something waits
	more    chan struct{} // something was added
	scaled  time.Time     // when the formula of the pool was set by us
}

// A job of the service.
type job struct {
	id      string
	lane    *lane
	created time.Time

	// Guarded by Executor.mu.
	armed   bool              // it ends when its tasks have
	ended   bool              // it takes no more
	loose   bool              // it may have tasks that are not live and have not ended
	live    map[string]*entry // by id: added or being added, not ended
	asked   time.Time         // by the clock of the service: what ended before was seen
	newest  time.Time         // transition that was seen
	whole   time.Time         // last list of everything
	news    time.Time         // last news, by our clock
	renewed time.Time
}

// Names of metadata of a job. `azure clean` knows leftovers by them.
const (
	metaSession = "sluice:session"
	metaRun     = "sluice:run"
	metaHost    = "sluice:host"
	metaPID     = "sluice:pid"
	metaMachine = "sluice:machine"  // where the id of the process is one
	metaLeft    = "sluice:detached" // when the head left its tasks to a later one
	metaRenewed = "sluice:renewed"  // when the lease was last renewed
	metaLease   = "sluice:lease"    // when it runs out
)

// session8 and pool8 are the parts of a job's id.
func session8(session string) string {
	s := strings.ToLower(strings.ReplaceAll(session, "-", ""))
	if len(s) >= 8 && regexp.MustCompile(`^[0-9a-f]{8}`).MatchString(s) {
		return s[:8]
	}
	return digest(session)
}

func digest(text string) string {
	h := sha256.Sum256([]byte(text))
	return hex.EncodeToString(h[:4])
}

// jobPrefix is what the ids of a session's jobs begin with.
func jobPrefix(session string) string { return "slc-" + session8(session) + "-" }

func jobID(session, pool string, gen int) string {
	return fmt.Sprintf("%s%s-g%d", jobPrefix(session), digest(pool), gen)
}

// generation is n of an id that ends in -g<n>.
func generation(id string) int {
	_, n, _ := strings.Cut(id[strings.LastIndexByte(id, '-')+1:], "g")
	gen, err := strconv.Atoi(n)
	if err != nil {
		return 0
	}
	return gen
}

func hostname() string {
	h, err := os.Hostname()
	if err != nil {
		return "unknown"
	}
	return h
}

// current is the job that takes tasks, made if there is none.
func (l *lane) current(ctx context.Context) (*job, error) {
	if err := l.making.lock(ctx); err != nil {
		return nil, err
	}
	defer l.making.unlock()
	l.e.mu.Lock()
	j := l.job
	l.e.mu.Unlock()
	if j != nil {
		return j, nil
	}
	spec, err := l.e.jobContent(ctx, l.pool)
	if err != nil {
		return nil, err
	}
	for {
		l.e.mu.Lock()
		l.gen++
		gen := l.gen
		l.e.mu.Unlock()
		j, taken, err := l.create(ctx, spec, gen)
		if err != nil {
			return nil, err
		}
		if taken {
			continue
		}
		l.e.mu.Lock()
		l.job = j
		l.e.mu.Unlock()
		return j, nil
	}
}

// create makes the job of a generation; taken says that there is one that is
// not ours, or takes no more tasks.
func (l *lane) create(ctx context.Context, spec azbatch.CreateJobContent, gen int) (j *job, taken bool, err error) {
	id := jobID(l.e.o.Session, l.pool.id, gen)
	spec.ID = &id
	for n, waits := 0, 0; ; n++ {
		_, err := l.e.s.batch.CreateJob(once(ctx), spec, nil)
		switch {
		case err == nil:
			return l.newJob(id, time.Now()), false, nil
		case isCode(err, "JobExists"):
			// Ours if the answer to our own call was lost.
			return l.existing(ctx, id)
		case isCode(err, "ActiveJobAndScheduleQuotaReached"):
			if err := l.e.waitForJobs(ctx, waits); err != nil {
				return nil, false, err
			}
			waits++
		case passing(err) && n < callAttempts:
			if err := rest(ctx, max(retryAfter(err), backoff(n))); err != nil {
				return nil, false, err
			}
		default:
			return nil, false, l.e.explain("create job "+id, err)
		}
	}
}

const callAttempts = 10

func (l *lane) newJob(id string, created time.Time) *job {
	now := time.Now()
	return &job{id: id, lane: l, created: created, live: make(map[string]*entry), whole: now, news: now, renewed: now}
}

// existing takes a job that is there if this head has made it.
func (l *lane) existing(ctx context.Context, id string) (j *job, taken bool, err error) {
	got, err := l.e.s.batch.GetJob(ctx, id, nil)
	if isStatus(err, http.StatusNotFound) {
		return nil, true, nil
	}
	if err != nil {
		return nil, false, l.e.explain("read job "+id, err)
	}
	if !l.e.owns(got.Job.Metadata) || val(got.State) != azbatch.JobStateActive {
		return nil, true, nil
	}
	j = l.newJob(id, val(got.CreationTime))
	j.armed = val(got.OnAllTasksComplete) == azbatch.OnAllTasksCompleteTerminateJob
	return j, false, nil
}

// owns says whether metadata is that of a job of this session.
func (e *Executor) owns(m []azbatch.MetadataItem) bool {
	return metaOf(m)[metaSession] == e.o.Session
}

func metaOf(m []azbatch.MetadataItem) map[string]string {
	out := make(map[string]string, len(m))
	for _, i := range m {
		out[val(i.Name)] = val(i.Value)
	}
	return out
}

// metadata says whose a job is, and since when its lease runs.
func (e *Executor) metadata(now time.Time) []azbatch.MetadataItem {
	item := func(name, value string) azbatch.MetadataItem { return azbatch.MetadataItem{Name: &name, Value: &value} }
	return []azbatch.MetadataItem{
		item(metaSession, e.o.Session), item(metaRun, e.o.RunName), item(metaHost, e.host),
		item(metaPID, strconv.Itoa(os.Getpid())), item(metaMachine, e.machine),
		item(metaRenewed, now.UTC().Format(time.RFC3339)), item(metaLease, now.Add(e.lease()).UTC().Format(time.RFC3339)),
	}
}

// arm lets a job end by itself once its tasks have. It must have tasks: one
// without any would end at once.
func (l *lane) arm(ctx context.Context, j *job) error {
	l.e.mu.Lock()
	armed := j.armed
	j.armed = true
	l.e.mu.Unlock()
	if armed {
		return nil
	}
	_, err := l.e.s.batch.UpdateJob(ctx, j.id, azbatch.UpdateJobContent{OnAllTasksComplete: to.Ptr(azbatch.OnAllTasksCompleteTerminateJob)}, nil)
	if err == nil || jobEnded(err) {
		return nil
	}
	l.e.mu.Lock()
	j.armed = false // the next add tries again
	l.e.mu.Unlock()
	return fmt.Errorf("let job %s end with its tasks: %w", j.id, err)
}

// jobEnded says whether a call was refused because the job takes no more.
func jobEnded(err error) bool {
	return isCode(err, "JobCompleted", "JobBeingTerminated", "JobBeingDeleted", "JobNotActive", "JobNotFound", "JobDisabled", "JobTerminating")
}

// retire takes a job out that accepts no more tasks; the next add makes another.
func (l *lane) retire(j *job) {
	l.e.mu.Lock()
	defer l.e.mu.Unlock()
	j.ended = true
	if len(j.live) > 0 {
		l.e.awake()
	}
	if l.job == j {
		l.job = nil
		l.past = append(l.past, j)
	}
}

// jobs are those of the lane that have live tasks; e.mu is held.
func (l *lane) jobs() []*job {
	var out []*job
	for _, j := range l.past {
		if len(j.live) > 0 {
			out = append(out, j)
		}
	}
	if l.job != nil && len(l.job.live) > 0 {
		out = append(out, l.job)
	}
	return out
}

// waitForJobs waits until the account may have one more active job.
func (e *Executor) waitForJobs(ctx context.Context, n int) error {
	b := &e.s.cfg.Batch
	if b.MaxJobQuotaRetries >= 0 && n >= b.MaxJobQuotaRetries {
		return &azure.FindingError{Finding: azure.Finding{
			ID: findingJobQuota, What: "the Batch account `" + e.s.account.Name + "` has as many active jobs as its quota allows",
			Cause: fmt.Sprintf("no job ended within %d waits of %s (azure.batch.maxJobQuotaRetries, azure.batch.jobQuotaRetryDelay)", n, b.JobQuotaRetryDelay.ToString()),
			Fix:   []string{"sluice azure clean", "az batch job list --filter \"state eq 'active'\" --query '[].id'", "az support tickets create … # a greater quota of active jobs and job schedules"},
		}}
	}
	wait := time.Duration(b.JobQuotaRetryDelay) * time.Millisecond
	if wait <= 0 {
		wait = 2 * time.Minute
	}
	e.o.Notice(fmt.Sprintf("the Batch account %s has as many active jobs as its quota allows; looking again in %s (`sluice azure clean` ends those of dead runs)", e.s.account.Name, wait))
	return rest(ctx, wait)
}

// lease is how long jobs live without being renewed.
func (e *Executor) lease() time.Duration {
	if d := time.Duration(e.s.cfg.Batch.JobLease) * time.Millisecond; d > 0 {
		return d
	}
	return 24 * time.Hour
}

// leaseLoop renews the leases of jobs every hour, or sooner when they are short.
func (e *Executor) leaseLoop(ctx context.Context) {
	every := min(time.Hour, e.lease()/4)
	for rest(ctx, every) == nil {
		for _, j := range e.liveJobs() {
			if err := e.extend(ctx, j); err != nil && ctx.Err() == nil {
				e.o.Warn("renew the lease of job " + j.id + ": " + err.Error())
			}
		}
	}
}

// liveJobs are the jobs with live tasks, and those that take new ones.
func (e *Executor) liveJobs() []*job {
	e.mu.Lock()
	defer e.mu.Unlock()
	var out []*job
	for _, l := range e.places.all() {
		out = append(out, l.jobs()...)
		if l.job != nil && len(l.job.live) == 0 {
			out = append(out, l.job)
		}
	}
	return out
}

// extend lets a job live a lease from now on: its greatest life, counted from
// its creation, is patched while it is active. Nothing else depends on that
// this is possible: if it is refused, the job ends with the first lease and
// what it still had is added to the next one.
func (e *Executor) extend(ctx context.Context, j *job) error {
	now := time.Now()
	return e.lend(ctx, j, now, e.metadata(now))
}

// leave is extend by a head that goes and wants the tasks to go on.
func (e *Executor) leave(ctx context.Context, j *job) error {
	now := time.Now()
	at := now.UTC().Format(time.RFC3339)
	return e.lend(ctx, j, now, append(e.metadata(now), azbatch.MetadataItem{Name: to.Ptr(metaLeft), Value: &at}))
}

func (e *Executor) lend(ctx context.Context, j *job, now time.Time, meta []azbatch.MetadataItem) error {
	life := now.Sub(j.created) + e.lease()
	if limit := time.Duration(e.s.cfg.Batch.JobMaxWallClockTime) * time.Millisecond; limit > 0 {
		life = min(life, limit)
	}
	e.mu.Lock()
	ended := j.ended
	e.mu.Unlock()
	if ended {
		return nil // it is ending: what it has left is short
	}
	_, err := e.s.batch.UpdateJob(ctx, j.id, azbatch.UpdateJobContent{
		Constraints: &azbatch.JobConstraints{MaxWallClockTime: to.Ptr(isoDuration(life))},
		Metadata:    meta,
	}, nil)
	if jobEnded(err) {
		j.lane.retire(j)
		return nil
	}
	if err == nil {
		e.mu.Lock()
		j.renewed = now
		e.mu.Unlock()
	}
	return err
}
