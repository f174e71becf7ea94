package batch

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

func (s *Service) addJob(c *call, _ []string) *failure {
	var spec jobSpec
	if f := decode(c.body, &spec); f != nil {
		return f
	}
	if f := s.checkJob(&spec); f != nil {
		return f
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if j := s.jobs[strings.ToLower(spec.ID)]; j != nil {
		if j.state == "deleting" {
			return conflict("JobBeingDeleted", "The specified job has been marked for deletion and is being garbage collected.")
		}
		return conflict("JobExists", "The specified job already exists.")
	}
	if limit, ok := quota(s.state.Batch.JobQuota); ok && s.activeJobs() >= limit {
		return conflict("ActiveJobAndScheduleQuotaReached", "The active Job and Schedule quota for the account has been reached.").with("Limit", "%d", limit)
	}
	j := s.newJob(spec)
	c.etag(j.etag, j.modified)
	c.w.Header().Set("Location", c.base()+"/jobs/"+spec.ID)
	c.w.Header().Set("DataServiceId", c.base()+"/jobs/"+spec.ID)
	c.w.WriteHeader(http.StatusCreated)
	return nil
}

func (s *Service) checkJob(spec *jobSpec) *failure {
	if !validID(spec.ID) {
		return badID("job", spec.ID)
	}
	switch {
	case given(spec.Pool.Auto):
		return badValue("poolInfo/autoPoolSpecification", "", "the rehearsal makes no pools for jobs: name one by poolId")
	case given(spec.Manager):
		return badValue("jobManagerTask", "", "the rehearsal runs no job manager tasks")
	case spec.Pool.PoolID == "":
		return badRequest("MissingRequiredProperty", "A required property was not specified in the request body.").with("PropertyName", "poolInfo")
	}
	return checkJobParts(spec)
}

// checkJobParts checks what may also be updated.
func checkJobParts(spec *jobSpec) *failure {
	if spec.Priority < -1000 || spec.Priority > 1000 {
		return badValue("priority", strconv.Itoa(spec.Priority), "priorities go from -1000 to 1000")
	}
	switch strings.ToLower(spec.OnComplete) {
	case "", "noaction", "terminatejob":
	default:
		return badValue("onAllTasksComplete", spec.OnComplete, "noaction and terminatejob are allowed")
	}
	if m := spec.MaxParallel; m != nil && (*m == 0 || *m < -1) {
		return badValue("maxParallelTasks", strconv.Itoa(*m), "a positive number, or -1 for no limit")
	}
	if k := spec.Constraints; k != nil && k.Wall != "" {
		if d, err := parseDuration(k.Wall); err != nil || d <= 0 {
			return badValue("constraints/maxWallClockTime", k.Wall, "a duration such as PT24H")
		}
	}
	for name, t := range map[string]*taskSpec{"jobPreparationTask": spec.Prep, "jobReleaseTask": spec.Release} {
		if t == nil {
			continue
		}
		if f := checkTaskParts(name, t); f != nil {
			return f
		}
	}
	return nil
}

var jobFilter = []string{"id", "state", "stateTransitionTime", "creationTime", "priority", "executionInfo/poolId", "executionInfo/endTime", "displayName"}

func (j *job) field(name string) any {
	switch name {
	case "id":
		return j.spec.ID
	case "displayName":
		return j.spec.DisplayName
	case "state":
		return j.state
	case "stateTransitionTime":
		return j.stateTime
	case "creationTime":
		return j.created
	case "priority":
		return float64(j.spec.Priority)
	case "executionInfo/poolId":
		return j.spec.Pool.PoolID
	case "executionInfo/endTime":
		return j.ended
	}
	return nil
}

func (s *Service) listJobs(c *call, _ []string) *failure {
	q, f := parseQuery(c, jobFilter...)
	if f != nil {
		return f
	}
	s.mu.Lock()
	cutoff := s.cutoff()
	var found []*job
	for _, j := range s.jobList {
		if !j.created.After(cutoff) && q.filter.match(j.field) {
			found = append(found, j)
		}
	}
	slices.SortFunc(found, func(a, b *job) int { return strings.Compare(strings.ToLower(a.spec.ID), strings.ToLower(b.spec.ID)) })
	page, next := slicePage(found, q)
	value := make([]object, len(page))
	for i, j := range page {
		value[i] = q.project(j.object(c))
	}
	s.mu.Unlock()
	c.page("jobs", value, next)
	return nil
}

// object is the job as a GET gives it. The caller holds the lock.
func (j *job) object(c *call) object {
	m := toObject(j.spec)
	m["url"] = c.base() + "/jobs/" + j.spec.ID
	m["eTag"], m["lastModified"], m["creationTime"] = j.etag, stamp(j.modified), stamp(j.created)
	m["state"], m["stateTransitionTime"] = j.state, stamp(j.stateTime)
	if j.previous != "" {
		m["previousState"], m["previousStateTransitionTime"] = j.previous, stamp(j.previousEnd)
	}
	if j.spec.OnComplete == "" {
		m["onAllTasksComplete"] = "noaction"
	}
	if j.spec.OnFailure == "" {
		m["onTaskFailure"] = "noaction"
	}
	if j.spec.MaxParallel == nil {
		m["maxParallelTasks"] = -1
	}
	k := object{"maxWallClockTime": formatDuration(forever), "maxTaskRetryCount": 0}
	if own := j.spec.Constraints; own != nil {
		if own.Wall != "" {
			k["maxWallClockTime"] = own.Wall
		}
		k["maxTaskRetryCount"] = deref(own.Retries)
	}
	m["constraints"] = k
	info := object{"startTime": stamp(j.created), "poolId": j.spec.Pool.PoolID}
	if !j.ended.IsZero() {
		info["endTime"] = stamp(j.ended)
	}
	if j.reason != "" {
		info["terminateReason"] = j.reason
	}
	m["executionInfo"] = info
	return m
}

// toObject turns a specification into a JSON object.
func toObject(v any) object {
	data, err := json.Marshal(v)
	if err != nil {
		panic("internal error: " + err.Error()) // a specification was read from JSON
	}
	return rawObject(data)
}

// onJob finds the job, checks the condition and does f under the lock.
func (s *Service) onJob(c *call, id string, f func(j *job) *failure) *failure {
	s.mu.Lock()
	defer s.mu.Unlock()
	j, bad := s.findJob(id)
	if bad != nil {
		return bad
	}
	if bad := match(c.r, j.etag); bad != nil {
		return bad
	}
	if bad := f(j); bad != nil {
		return bad
	}
	c.etag(j.etag, j.modified)
	return nil
}

func (s *Service) getJob(c *call, args []string) *failure {
	var m object
	q := query{fields: selected(c.r.URL.Query())}
	bad := s.onJob(c, args[0], func(j *job) *failure { m = q.project(j.object(c)); return nil })
	if bad == nil {
		c.reply(http.StatusOK, m)
	}
	return bad
}

// refuse says why a job in its state takes no change.
func (j *job) refuse() *failure {
	switch j.state {
	case "completed":
		return conflict("JobCompleted", "The specified job is already in a completed state.")
	case "terminating":
		return conflict("JobBeingTerminated", "The specified job is being terminated.")
	case "deleting":
		return conflict("JobBeingDeleted", "The specified job has been marked for deletion and is being garbage collected.")
	}
	return nil
}

type jobUpdate struct {
	Preemption  *bool           `json:"allowTaskPreemption"`
	Constraints *jobConstraints `json:"constraints"`
	MaxParallel *int            `json:"maxParallelTasks"`
	Metadata    []nameValue     `json:"metadata"`
	Network     json.RawMessage `json:"networkConfiguration"`
	OnComplete  string          `json:"onAllTasksComplete"`
	Pool        *poolInfo       `json:"poolInfo"`
	Priority    *int            `json:"priority"`
}

func (s *Service) patchJob(c *call, args []string) *failure { return s.updateJob(c, args[0], false) }

// putJob replaces what can be updated; a client sends the job as it got it,
// so that other properties are passed over.
func (s *Service) putJob(c *call, args []string) *failure { return s.updateJob(c, args[0], true) }

func (s *Service) updateJob(c *call, id string, whole bool) *failure {
	var u jobUpdate
	if whole {
		if err := json.Unmarshal(c.body, &u); err != nil {
			return badRequest("InvalidRequestBody", "The specified Request Body is not syntactically valid: %v.", err)
		}
		if u.Priority == nil {
			u.Priority = new(int)
		}
		if u.Constraints == nil {
			u.Constraints = &jobConstraints{}
		}
	} else if f := decode(c.body, &u); f != nil {
		return f
	}
	bad := s.onJob(c, id, func(j *job) *failure { return s.applyJob(j, u) })
	if bad == nil {
		c.w.WriteHeader(http.StatusOK)
	}
	return bad
}

func (s *Service) applyJob(j *job, u jobUpdate) *failure {
	if bad := j.refuse(); bad != nil {
		return bad
	}
	spec := j.spec
	if u.Constraints != nil {
		spec.Constraints = u.Constraints
	}
	if u.MaxParallel != nil {
		spec.MaxParallel = u.MaxParallel
	}
	if u.Metadata != nil {
		spec.Metadata = u.Metadata
	}
	if u.Priority != nil {
		spec.Priority = *u.Priority
	}
	if u.OnComplete != "" {
		if strings.EqualFold(spec.OnComplete, "terminatejob") && !strings.EqualFold(u.OnComplete, "terminatejob") {
			return badValue("onAllTasksComplete", u.OnComplete, "once it is terminatejob it cannot be changed")
		}
		spec.OnComplete = u.OnComplete
	}
	if bad := checkJobParts(&spec); bad != nil {
		return bad
	}
	if u.Pool != nil && !strings.EqualFold(u.Pool.PoolID, spec.Pool.PoolID) {
		if j.state != "disabled" {
			return conflict("JobNotDisabled", "The pool of a job can be changed only while the job is disabled.")
		}
		s.movePool(j, u.Pool.PoolID)
		spec.Pool = *u.Pool
	}
	j.spec = spec
	s.touchJob(j)
	s.armWall(j)
	s.checkComplete(j)
	if j.pool != nil {
		s.schedule(j.pool)
	}
	return nil
}

func (s *Service) movePool(j *job, id string) {
	if j.pool != nil {
		j.pool.jobs = slices.DeleteFunc(j.pool.jobs, func(x *job) bool { return x == j })
	}
	if j.pool = s.pools[strings.ToLower(id)]; j.pool != nil {
		j.pool.jobs = append(j.pool.jobs, j)
	}
}

func (s *Service) deleteJob(c *call, args []string) *failure {
	bad := s.onJob(c, args[0], func(j *job) *failure {
		if j.state == "deleting" {
			return j.refuse()
		}
		s.eraseJob(j)
		return nil
	})
	if bad == nil {
		c.w.WriteHeader(http.StatusAccepted)
	}
	return bad
}

func (s *Service) terminateJob(c *call, args []string) *failure {
	var body struct {
		Reason string `json:"terminateReason"`
	}
	if len(c.body) > 0 {
		if f := decode(c.body, &body); f != nil {
			return f
		}
	}
	if body.Reason == "" {
		body.Reason = "UserTerminate"
	}
	bad := s.onJob(c, args[0], func(j *job) *failure {
		if bad := j.refuse(); bad != nil {
			return bad
		}
		s.endJob(j, body.Reason)
		return nil
	})
	if bad == nil {
		c.w.WriteHeader(http.StatusAccepted)
	}
	return bad
}

func (s *Service) disableJob(c *call, args []string) *failure {
	var body struct {
		Tasks string `json:"disableTasks"`
	}
	if f := decode(c.body, &body); f != nil {
		return f
	}
	switch strings.ToLower(body.Tasks) {
	case "requeue", "terminate", "wait":
	default:
		return badValue("disableTasks", body.Tasks, "requeue, terminate and wait are allowed")
	}
	bad := s.onJob(c, args[0], func(j *job) *failure {
		if bad := j.refuse(); bad != nil {
			return bad
		}
		s.disable(j, body.Tasks)
		return nil
	})
	if bad == nil {
		c.w.WriteHeader(http.StatusAccepted)
	}
	return bad
}

func (s *Service) enableJob(c *call, args []string) *failure {
	bad := s.onJob(c, args[0], func(j *job) *failure {
		if bad := j.refuse(); bad != nil {
			return bad
		}
		j.onEnded = nil
		s.setJob(j, "active")
		s.checkComplete(j)
		if j.pool != nil {
			s.schedule(j.pool)
		}
		return nil
	})
	if bad == nil {
		c.w.WriteHeader(http.StatusAccepted)
	}
	return bad
}

// taskCounts lag twice as far behind as lists.
func (s *Service) taskCounts(c *call, args []string) *failure {
	s.mu.Lock()
	defer s.mu.Unlock()
	j, f := s.findJob(args[0])
	if f != nil {
		return f
	}
	now := s.now()
	if lag := 2 * s.state.Batch.ListLag; lag == 0 || j.shown.at.IsZero() || now.Sub(j.shown.at) >= lag {
		j.shown = countsShown{now, j.counts, j.slots}
	}
	c.reply(http.StatusOK, object{"taskCounts": j.shown.counts.object(), "taskSlotCounts": j.shown.slots.object()})
	return nil
}

func (n taskCount) object() object {
	return object{"active": n.active, "running": n.running, "completed": n.succeeded + n.failed, "succeeded": n.succeeded, "failed": n.failed}
}

func (s *Service) prepStatus(c *call, args []string) *failure {
	q, f := parseQuery(c, "nodeId", "poolId")
	if f != nil {
		return f
	}
	s.mu.Lock()
	j, f := s.findJob(args[0])
	if f != nil {
		s.mu.Unlock()
		return f
	}
	if j.spec.Prep == nil && j.spec.Release == nil {
		s.mu.Unlock()
		return conflict("JobPreparationTaskNotSpecified", "The specified job has neither a job preparation nor a job release task.")
	}
	var found []object
	if j.pool != nil {
		for _, n := range j.pool.nodes {
			if m := j.prepObject(c, n); m != nil && q.filter.match(func(name string) any { return m[name] }) {
				found = append(found, q.project(m))
			}
		}
	}
	s.mu.Unlock()
	page, next := slicePage(found, q)
	c.page("jobpreparationandreleasetaskstatuslist", page, next)
	return nil
}

func (j *job) prepObject(c *call, n *node) object {
	prep, rel := n.prep[j], j.released[n]
	if prep == nil && rel == nil {
		return nil
	}
	m := object{"poolId": n.pool.spec.ID, "nodeId": n.id, "nodeUrl": n.url(c)}
	if prep != nil {
		m["jobPreparationTaskExecutionInfo"] = prep.object(n.url(c), true)
	}
	if rel != nil {
		m["jobReleaseTaskExecutionInfo"] = rel.object(n.url(c), false)
	}
	return m
}

// object is how a start, preparation or release task went.
func (r *taskRun) object(nodeURL string, retries bool) object {
	m := object{"state": r.state, "startTime": stamp(r.start), "taskRootDirectory": r.dir, "taskRootDirectoryUrl": nodeURL + "/files/" + r.dir}
	if retries {
		m["retryCount"] = r.retries
		if !r.lastRetry.IsZero() {
			m["lastRetryTime"] = stamp(r.lastRetry)
		}
	}
	if r.state == "completed" {
		r.outcome.into(m, r.end)
	}
	return m
}

// into writes how a command ended.
func (o outcome) into(m object, end time.Time) {
	m["endTime"] = stamp(end)
	m["result"] = "success"
	if o.exit != nil {
		m["exitCode"] = *o.exit
	}
	if o.failure != nil {
		m["result"], m["failureInfo"] = "failure", o.failure
	}
}

func (n *node) url(c *call) string {
	return fmt.Sprintf("%s/pools/%s/nodes/%s", c.base(), n.pool.spec.ID, n.id)
}
