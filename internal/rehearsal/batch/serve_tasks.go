package batch

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"sort"
	"strconv"
	"strings"
	"time"
)

const maxTasksPerCall = 100

// checkTask checks a task for a job. The caller holds the lock.
func (s *Service) checkTask(j *job, t *taskSpec) *failure {
	if !validID(t.ID) {
		return badID("task", t.ID)
	}
	switch {
	case given(t.Multi):
		return badValue("multiInstanceSettings", "", "the rehearsal runs no multi-instance tasks")
	case given(t.DependsOn) && !j.spec.Depends:
		return badRequest("TaskDependenciesNotSpecifiedOnJob", "The job does not allow task dependencies.")
	case given(t.DependsOn):
		return badValue("dependsOn", "", "the rehearsal knows no dependencies between tasks")
	case given(t.Exit):
		return badValue("exitConditions", "", "the rehearsal knows no exit conditions")
	case given(t.Packages):
		return badValue("applicationPackageReferences", "", "the account has no auto-storage, and so no application packages")
	case given(t.Tokens):
		return badValue("authenticationTokenSettings", "", "the account allows no task authentication tokens")
	}
	if j.spec.Prep != nil && strings.EqualFold(j.spec.Prep.ID, t.ID) {
		return conflict("TaskIdSameAsJobPreparationTask", "A task cannot have the id of the job preparation task.")
	}
	if t.Slots != nil && (*t.Slots < 1 || j.pool != nil && *t.Slots > j.pool.slots) {
		return badValue("requiredSlots", strconv.Itoa(*t.Slots), "a task takes at least one slot and at most those of a node of the pool")
	}
	if j.pool != nil {
		if f := checkContainer(j.pool, t); f != nil {
			return f
		}
	}
	return checkTaskParts("", t)
}

// given says whether a property that is kept as it was sent was sent.
func given(raw json.RawMessage) bool { return len(raw) > 0 && string(raw) != "null" }

// checkContainer: in a pool with a container configuration every task is one
// in a container, in others none.
func checkContainer(p *pool, t *taskSpec) *failure {
	has := p.spec.VM != nil && p.spec.VM.Container != nil
	switch {
	case has && t.Container == nil:
		return badRequest("ContainerSettingsRequired", "The pool has a container configuration: the task must specify containerSettings.").with("PropertyName", "containerSettings")
	case !has && t.Container != nil:
		return badRequest("ContainerSettingsNotAllowed", "The pool has no container configuration: the task must not specify containerSettings.").with("PropertyName", "containerSettings")
	}
	return nil
}

// checkTaskParts checks what tasks of all kinds have.
func checkTaskParts(where string, t *taskSpec) *failure {
	at := func(name string) string {
		if where == "" {
			return name
		}
		return where + "/" + name
	}
	if strings.TrimSpace(t.Line) == "" && t.Container == nil {
		return badRequest("MissingRequiredProperty", "A required property was not specified in the request body.").with("PropertyName", "%s", at("commandLine"))
	}
	if t.Container != nil && t.Container.Image == "" {
		return badRequest("MissingRequiredProperty", "A required property was not specified in the request body.").with("PropertyName", "%s", at("containerSettings/imageName"))
	}
	if k := t.Constraints; k != nil {
		for name, v := range map[string]string{"maxWallClockTime": k.Wall, "retentionTime": k.Retention} {
			if _, err := parseDuration(v); v != "" && err != nil {
				return badValue(at("constraints/"+name), v, "a duration such as PT1H")
			}
		}
		if deref(k.Retries) < -1 {
			return badValue(at("constraints/maxTaskRetryCount"), strconv.Itoa(*k.Retries), "-1 for no limit, else not negative")
		}
	}
	for i, f := range t.Resources {
		if bad := checkResource(at(fmt.Sprintf("resourceFiles[%d]", i)), f); bad != nil {
			return bad
		}
	}
	return nil
}

func checkResource(at string, f resourceFile) *failure {
	given := 0
	for _, v := range []string{f.HTTP, f.Container, f.Auto} {
		if v != "" {
			given++
		}
	}
	switch {
	case given != 1:
		return badValue(at, "", "exactly one of httpUrl, storageContainerUrl and autoStorageContainerName is to be given")
	case f.Auto != "":
		return badValue(at+"/autoStorageContainerName", f.Auto, "the account has no auto-storage")
	case f.HTTP != "" && f.Path == "":
		return badValue(at+"/filePath", "", "a resource file by httpUrl needs a filePath")
	case strings.HasPrefix(f.Path, "/") || strings.Contains("/"+f.Path+"/", "/../"):
		return badValue(at+"/filePath", f.Path, "the path is relative to the task's working directory")
	}
	return nil
}

func (s *Service) addTask(c *call, args []string) *failure {
	s.mu.Lock()
	defer s.mu.Unlock()
	j, f := s.findJob(args[0])
	if f != nil {
		return f
	}
	t, f := s.acceptTask(j, c.body)
	if f != nil {
		return f
	}
	at := c.base() + "/jobs/" + j.spec.ID + "/tasks/" + t.id
	c.etag(t.etag(), t.modified)
	c.w.Header().Set("Location", at)
	c.w.Header().Set("DataServiceId", at)
	c.w.WriteHeader(http.StatusCreated)
	if j.pool != nil {
		s.schedule(j.pool)
	}
	return nil
}

// acceptTask adds a task to a job that takes some.
func (s *Service) acceptTask(j *job, raw []byte) (*task, *failure) {
	if f := j.refuse(); f != nil {
		return nil, f
	}
	var spec taskSpec
	if f := decode(raw, &spec); f != nil {
		return nil, f
	}
	if f := s.checkTask(j, &spec); f != nil {
		return nil, f
	}
	if j.tasks[strings.ToLower(spec.ID)] != nil {
		return nil, conflict("TaskExists", "The specified task already exists.")
	}
	return s.newTask(j, &spec, compact(raw)), nil
}

// compact copies JSON without blanks; what was decoded is valid.
func compact(raw []byte) []byte {
	var b bytes.Buffer
	b.Grow(len(raw))
	if json.Compact(&b, raw) != nil {
		return bytes.Clone(raw)
	}
	return b.Bytes()
}

func (t *task) etag() string { return fmt.Sprintf("0x8D%013X", t.serial) }

func (s *Service) addTasks(c *call, args []string) *failure {
	var body struct {
		Value []json.RawMessage `json:"value"`
	}
	if f := decode(c.body, &body); f != nil {
		return f
	}
	if len(body.Value) > maxTasksPerCall {
		return badRequest("TooManyTasks", "The number of tasks in one request exceeds the limit.").with("Limit", "%d", maxTasksPerCall)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	j, f := s.findJob(args[0])
	if f != nil {
		return f
	}
	if f := j.refuse(); f != nil {
		return f
	}
	results := make([]object, len(body.Value))
	request := c.w.Header().Get("Request-Id")
	for i, raw := range body.Value {
		results[i] = s.addOne(c, j, raw, request)
	}
	if j.pool != nil {
		s.schedule(j.pool)
	}
	c.reply(http.StatusOK, object{"odata.metadata": c.base() + "/$metadata#taskaddresult", "value": results})
	return nil
}

func (s *Service) addOne(c *call, j *job, raw []byte, request string) object {
	t, f := s.acceptTask(j, raw)
	if f != nil {
		var named struct {
			ID string `json:"id"`
		}
		_ = json.Unmarshal(raw, &named) // a task that cannot be read has no name to tell
		return object{"status": "clienterror", "taskId": named.ID, "error": f.body(request)}
	}
	return object{
		"status": "success", "taskId": t.id, "eTag": t.etag(), "lastModified": stamp(t.modified),
		"location": c.base() + "/jobs/" + j.spec.ID + "/tasks/" + t.id,
	}
}

var taskFilter = []string{
	"id", "state", "stateTransitionTime", "creationTime", "displayName", "executionInfo/exitCode", "executionInfo/result",
	"executionInfo/startTime", "executionInfo/endTime", "nodeInfo/poolId", "nodeInfo/nodeId",
}

// seen is a task as lists know it: they may lag behind.
type seen struct {
	*task
	state taskState
	since time.Time
	late  bool // the latest transition is not seen yet
}

func (t *task) seenAt(cutoff time.Time) (seen, bool) {
	if t.gone || t.created.After(cutoff) {
		return seen{}, false
	}
	if t.stateTime.After(cutoff) && t.previous != none {
		return seen{t, t.previous, t.previousTime, true}, true
	}
	return seen{t, t.state, t.stateTime, false}, true
}

func (t seen) field(name string) any {
	switch name {
	case "id":
		return t.id
	case "state":
		return t.state.String()
	case "stateTransitionTime":
		return t.since
	case "creationTime":
		return t.created
	}
	e := t.exec
	if e == nil {
		return nil
	}
	switch name {
	case "executionInfo/startTime":
		return e.start
	case "nodeInfo/poolId":
		return e.pool
	case "nodeInfo/nodeId":
		return e.node
	}
	if t.state != completed {
		return nil
	}
	switch name {
	case "executionInfo/exitCode":
		if e.exit != nil {
			return float64(*e.exit)
		}
	case "executionInfo/result":
		return e.result()
	case "executionInfo/endTime":
		return e.end
	}
	return nil
}

func (e *execInfo) result() string {
	if e.failure != nil {
		return "failure"
	}
	return "success"
}

func (s *Service) listTasks(c *call, args []string) *failure {
	q, f := parseQuery(c, taskFilter...)
	if f != nil {
		return f
	}
	s.mu.Lock()
	j, f := s.findJob(args[0])
	if f != nil {
		s.mu.Unlock()
		return f
	}
	found, next := j.find(q, s.cutoff())
	value := make([]object, len(found))
	base := c.base() + "/jobs/" + j.spec.ID + "/tasks/"
	for i, t := range found {
		value[i] = t.object(q, base, c)
	}
	s.mu.Unlock()
	c.page("tasks", value, next)
	return nil
}

// find collects a page of tasks. Completed ones since a time come from the
// index, running ones from those that are on nodes, all else from the whole
// list; a token says where in which.
func (j *job) find(q query, cutoff time.Time) (found []seen, next string) {
	state, since := q.filter.bounds()
	take := func(t *task) {
		if v, ok := t.seenAt(cutoff); ok && q.filter.match(v.field) {
			found = append(found, v)
		}
	}
	from, _ := strconv.Atoi(q.skip) // no token: the beginning
	switch state {
	case "completed":
		at := max(from, sort.Search(len(j.completed), func(i int) bool { return !j.completed[i].at.Before(since) }))
		for ; at < len(j.completed) && len(found) < q.limit; at++ {
			if d := j.completed[at]; !d.at.After(cutoff) && d.task.state == completed && d.task.stateTime.Equal(d.at) {
				take(d.task)
			}
		}
		if at < len(j.completed) {
			next = strconv.Itoa(at)
		}
	case "running", "preparing":
		tasks := j.liveTasks()
		for i := len(j.completed) - 1; i >= 0 && j.completed[i].at.After(cutoff); i-- {
			tasks = append(tasks, j.completed[i].task)
		}
		sort.Slice(tasks, func(a, b int) bool { return tasks[a].seq < tasks[b].seq })
		for _, t := range tasks {
			if t.seq < from {
				continue
			}
			if len(found) == q.limit {
				return found, strconv.Itoa(t.seq)
			}
			take(t)
		}
	default:
		at := sort.Search(len(j.order), func(i int) bool { return j.order[i].seq >= from })
		for ; at < len(j.order) && len(found) < q.limit; at++ {
			take(j.order[at])
		}
		if at < len(j.order) {
			next = strconv.Itoa(j.order[at].seq)
		}
	}
	return found, next
}

// ownFields are those for which the task's definition need not be read.
var ownFields = map[string]bool{
	"id": true, "url": true, "eTag": true, "lastModified": true, "creationTime": true, "state": true, "stateTransitionTime": true,
	"previousState": true, "previousStateTransitionTime": true, "executionInfo": true, "nodeInfo": true, "requiredSlots": true,
}

func (t seen) object(q query, base string, c *call) object {
	m := object{}
	if !q.only(ownFields) {
		m = rawObject(t.raw)
		m["constraints"] = t.constraints(m["constraints"])
		if _, ok := m["userIdentity"]; !ok {
			m["userIdentity"] = object{"autoUser": object{"elevationLevel": "nonadmin"}}
		}
	}
	m["id"], m["url"], m["eTag"], m["lastModified"] = t.id, base+t.id, t.etag(), stamp(t.modified)
	m["creationTime"], m["state"], m["stateTransitionTime"] = stamp(t.created), t.state.String(), stamp(t.since)
	m["requiredSlots"] = t.slots
	if !t.late && t.previous != none {
		m["previousState"], m["previousStateTransitionTime"] = t.previous.String(), stamp(t.previousTime)
	}
	info := object{"retryCount": 0, "requeueCount": 0}
	if e := t.exec; e != nil {
		info = t.execution()
		if n := t.node(c); n != nil {
			m["nodeInfo"] = n
		}
	}
	m["executionInfo"] = info
	return q.project(m)
}

func (t seen) constraints(given any) object {
	m := object{}
	if raw, ok := given.(json.RawMessage); ok {
		m = rawObject(raw)
	}
	for name, v := range map[string]any{"maxWallClockTime": formatDuration(forever), "retentionTime": "P7D", "maxTaskRetryCount": t.retries} {
		if _, ok := m[name]; !ok {
			m[name] = v
		}
	}
	return m
}

func (t seen) execution() object {
	e := t.exec
	m := object{"retryCount": e.retry, "requeueCount": e.requeue}
	if !e.start.IsZero() && t.state >= running {
		m["startTime"] = stamp(e.start)
	}
	if !e.lastRetry.IsZero() {
		m["lastRetryTime"] = stamp(e.lastRetry)
	}
	if !e.lastRequeue.IsZero() {
		m["lastRequeueTime"] = stamp(e.lastRequeue)
	}
	if e.image && t.state >= running && e.node != "" {
		m["containerInfo"] = object{"containerId": fmt.Sprintf("%064x", t.seq+1), "state": t.state.String()}
	}
	if t.state == completed {
		outcome{e.exit, e.failure}.into(m, e.end)
	}
	return m
}

func (t seen) node(c *call) object {
	e := t.exec
	if e.node == "" || t.state < preparing {
		return nil
	}
	url := c.base() + "/pools/" + e.pool + "/nodes/" + e.node
	return object{
		"affinityId": "TVM:" + e.node, "nodeUrl": url, "poolId": e.pool, "nodeId": e.node,
		"taskRootDirectory": e.dir, "taskRootDirectoryUrl": url + "/files/" + e.dir,
	}
}

func (s *Service) onTask(c *call, args []string, f func(t *task) *failure) *failure {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, bad := s.findTask(args[0], args[1])
	if bad != nil {
		return bad
	}
	if bad := match(c.r, t.etag()); bad != nil {
		return bad
	}
	c.etag(t.etag(), t.modified)
	return f(t)
}

func (s *Service) getTask(c *call, args []string) *failure {
	return s.onTask(c, args, func(t *task) *failure {
		q := query{fields: selected(c.r.URL.Query())}
		c.reply(http.StatusOK, seen{t, t.state, t.stateTime, false}.object(q, c.base()+"/jobs/"+t.job.spec.ID+"/tasks/", c))
		return nil
	})
}

// putTask replaces a task's constraints, all that can be changed.
func (s *Service) putTask(c *call, args []string) *failure {
	var u struct {
		Constraints *taskConstraints `json:"constraints"`
	}
	if err := json.Unmarshal(c.body, &u); err != nil {
		return badRequest("InvalidRequestBody", "The specified Request Body is not syntactically valid: %v.", err)
	}
	return s.onTask(c, args, func(t *task) *failure {
		if t.state == completed {
			return conflict("TaskCompleted", "The specified task is already in a completed state.")
		}
		var spec taskSpec
		if f := decode(t.raw, &spec); f != nil {
			return f
		}
		spec.Constraints = u.Constraints
		if f := checkTaskParts("", &spec); f != nil {
			return f
		}
		raw, err := json.Marshal(spec)
		if err != nil {
			return fail(http.StatusInternalServerError, "InternalError", "encode the task: %v", err)
		}
		t.raw, t.modified, t.retries = raw, s.now(), 0
		if u.Constraints != nil {
			t.retries = int32(deref(u.Constraints.Retries))
		}
		s.serial++
		t.serial = s.serial
		c.etag(t.etag(), t.modified)
		c.w.WriteHeader(http.StatusOK)
		return nil
	})
}

func (s *Service) deleteTask(c *call, args []string) *failure {
	return s.onTask(c, args, func(t *task) *failure {
		s.dropTask(t)
		c.w.WriteHeader(http.StatusOK)
		return nil
	})
}

func (s *Service) terminateTask(c *call, args []string) *failure {
	return s.onTask(c, args, func(t *task) *failure {
		if t.state == completed {
			return conflict("TaskCompleted", "The specified task is already in a completed state.")
		}
		p := t.job.pool
		s.terminate(t)
		if p != nil {
			s.schedule(p)
		}
		c.w.WriteHeader(http.StatusNoContent)
		return nil
	})
}

func (s *Service) reactivateTask(c *call, args []string) *failure {
	return s.onTask(c, args, func(t *task) *failure {
		if t.state != completed {
			return conflict("TaskNotCompleted", "The specified task is not in a completed state.")
		}
		if e := t.exec; e != nil && e.failure == nil {
			return conflict("TaskNotFailed", "A task that succeeded cannot be reactivated.")
		}
		if f := t.job.refuse(); f != nil {
			return f
		}
		s.setTask(t, active)
		t.exec = nil
		t.job.pending.push(t)
		if t.job.pool != nil {
			s.schedule(t.job.pool)
		}
		c.w.WriteHeader(http.StatusNoContent)
		return nil
	})
}
