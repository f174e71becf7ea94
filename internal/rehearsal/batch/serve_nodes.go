package batch

import (
	"net/http"
	"strings"
	"time"
)

var nodeFilter = []string{"id", "state", "stateTransitionTime", "schedulingState", "isDedicated"}

func (n *node) field(name string) any {
	switch name {
	case "id":
		return n.id
	case "state":
		return n.state
	case "stateTransitionTime":
		return n.stateTime
	case "schedulingState":
		return n.scheduling()
	}
	return nil
}

func (n *node) scheduling() string {
	if n.schedulable {
		return "enabled"
	}
	return "disabled"
}

func (s *Service) listNodes(c *call, args []string) *failure {
	q, f := parseQuery(c, nodeFilter...)
	if f != nil {
		return f
	}
	s.mu.Lock()
	p, f := s.findPool(args[0])
	if f != nil {
		s.mu.Unlock()
		return f
	}
	var found []*node
	for _, n := range p.nodes {
		if q.filter.match(n.field) {
			found = append(found, n)
		}
	}
	page, next := slicePage(found, q)
	value := make([]object, len(page))
	for i, n := range page {
		value[i] = q.project(n.object(c))
	}
	s.mu.Unlock()
	c.page("nodes", value, next)
	return nil
}

func (n *node) object(c *call) object {
	m := object{
		"id": n.id, "url": n.url(c), "state": n.state, "stateTransitionTime": stamp(n.stateTime), "schedulingState": n.scheduling(),
		"allocationTime": stamp(n.allocated), "affinityId": "TVM:" + n.id, "vmSize": n.pool.spec.VMSize, "isDedicated": n.dedicated,
		"totalTasksRun": n.total, "totalTasksSucceeded": n.succeeded, "runningTasksCount": n.runningTasks(),
		"runningTaskSlotsCount": n.used, "ipAddress": "10.0.0.4", "nodeAgentInfo": object{"version": "1.12.0.0", "lastUpdateTime": stamp(n.allocated)},
	}
	if !n.booted.IsZero() {
		m["lastBootTime"] = stamp(n.booted)
	}
	if vm := n.pool.spec.VM; vm != nil {
		m["virtualMachineInfo"] = object{"imageReference": vm.Image}
	}
	if n.pool.spec.StartTask != nil {
		m["startTask"] = n.pool.spec.StartTask
	}
	if r := n.start; r != nil {
		info := r.object(n.url(c), true)
		delete(info, "taskRootDirectory")
		delete(info, "taskRootDirectoryUrl")
		m["startTaskInfo"] = info
	}
	if len(n.errors) > 0 {
		var errs []object
		for _, e := range n.errors {
			o := object{"code": e.Code, "message": e.Message}
			if len(e.Values) > 0 {
				o["errorDetails"] = e.Values
			}
			errs = append(errs, o)
		}
		m["errors"] = errs
	}
	if len(n.recent) > 0 {
		var recent []object
		for _, t := range n.recent {
			recent = append(recent, object{
				"jobId": t.job.spec.ID, "taskId": t.id, "taskState": t.state.String(), "taskUrl": c.base() + "/jobs/" + t.job.spec.ID + "/tasks/" + t.id,
				"executionInfo": seen{t, t.state, t.stateTime, false}.execution(),
			})
		}
		m["recentTasks"] = recent
	}
	return m
}

func (n *node) runningTasks() int {
	count := 0
	for t := range n.tasks {
		if t.state == running {
			count++
		}
	}
	return count
}

func (s *Service) onNode(args []string, f func(n *node) *failure) *failure {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, bad := s.findPool(args[0])
	if bad != nil {
		return bad
	}
	n := p.node(args[1])
	if n == nil {
		return notFound("Node")
	}
	return f(n)
}

func (s *Service) getNode(c *call, args []string) *failure {
	return s.onNode(args, func(n *node) *failure {
		q := query{fields: selected(c.r.URL.Query())}
		c.reply(http.StatusOK, q.project(n.object(c)))
		return nil
	})
}

func (s *Service) rebootNode(c *call, args []string) *failure {
	return s.restartNode(c, args, "rebooting", "nodeRebootOption")
}

func (s *Service) reimageNode(c *call, args []string) *failure {
	return s.restartNode(c, args, "reimaging", "nodeReimageOption")
}

func (s *Service) restartNode(c *call, args []string, state, property string) *failure {
	how := map[string]string{}
	if len(c.body) > 0 {
		if f := decode(c.body, &how); f != nil {
			return f
		}
	}
	return s.onNode(args, func(n *node) *failure {
		switch n.state {
		case "idle", "running", "starttaskfailed", "unusable", "offline", "unknown":
		default:
			return conflict("OperationInvalidForCurrentState", "The operation is invalid for a node in the state %s.", n.state)
		}
		if option(how[property]) == "taskcompletion" && len(n.tasks) > 0 {
			n.schedulable = false
			s.whenIdle(n, func() { n.schedulable = true; s.restart(n, state, "requeue") })
		} else {
			s.restart(n, state, option(how[property]))
		}
		c.w.WriteHeader(http.StatusAccepted)
		return nil
	})
}

// whenIdle does f when the node's tasks have ended.
func (s *Service) whenIdle(n *node, f func()) {
	life := n.life
	s.after(time.Second, func() {
		switch {
		case n.life != life:
		case len(n.tasks) > 0:
			s.whenIdle(n, f)
		default:
			f()
		}
	})
}

func (s *Service) disableScheduling(c *call, args []string) *failure {
	var u struct {
		Option string `json:"nodeDisableSchedulingOption"`
	}
	if len(c.body) > 0 {
		if f := decode(c.body, &u); f != nil {
			return f
		}
	}
	return s.onNode(args, func(n *node) *failure {
		if !n.schedulable {
			return conflict("NodeAlreadyInTargetSchedulingState", "The node is already in the requested scheduling state.")
		}
		n.schedulable = false
		switch option(u.Option) {
		case "requeue":
			s.dropTasks(n, func(t *task) { s.requeue(t, true) })
		case "terminate":
			for t := range n.tasks {
				s.terminate(t)
			}
		}
		s.schedule(n.pool)
		c.w.WriteHeader(http.StatusOK)
		return nil
	})
}

func (s *Service) enableScheduling(c *call, args []string) *failure {
	return s.onNode(args, func(n *node) *failure {
		if n.schedulable {
			return conflict("NodeAlreadyInTargetSchedulingState", "The node is already in the requested scheduling state.")
		}
		n.schedulable = true
		s.schedule(n.pool)
		c.w.WriteHeader(http.StatusOK)
		return nil
	})
}

// taskFiles finds the directory of a task, relative to its node's.
func (s *Service) taskFiles(args []string) (root, dir string, bad *failure) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, bad := s.findTask(args[0], args[1])
	if bad != nil {
		return "", "", bad
	}
	if t.exec == nil || t.exec.node == "" {
		return "", "", conflict("TaskFilesUnavailable", "The files of the task are not available: it has not run.")
	}
	if t.exec.cleaned {
		return "", "", conflict("TaskFilesCleanedup", "The files of the task were removed: its retention time is over.")
	}
	p := s.pools[strings.ToLower(t.exec.pool)]
	if p == nil || p.node(t.exec.node) == nil || s.opts.Dir == "" {
		return "", "", conflict("TaskFilesUnavailable", "The files of the task are not available: its node is gone.")
	}
	return p.node(t.exec.node).dir, t.exec.dir, nil
}

func (s *Service) listTaskFiles(c *call, args []string) *failure {
	root, dir, bad := s.taskFiles(args)
	if bad != nil {
		return bad
	}
	return c.listFiles(root+"/"+dir, c.base()+"/jobs/"+args[0]+"/tasks/"+args[1]+"/files/")
}

func (s *Service) getTaskFile(c *call, args []string) *failure {
	root, dir, bad := s.taskFiles(args)
	if bad != nil {
		return bad
	}
	return c.getFile(root+"/"+dir, args[2])
}

func (s *Service) nodeDir(args []string) (string, *failure) {
	var dir string
	bad := s.onNode(args, func(n *node) *failure {
		dir = n.dir
		if dir == "" || n.state == "creating" || n.state == "preempted" || n.state == "unknown" {
			return conflict("OperationInvalidForCurrentState", "The files of a node in the state %s cannot be read.", n.state)
		}
		return nil
	})
	return dir, bad
}

func (s *Service) listNodeFiles(c *call, args []string) *failure {
	dir, bad := s.nodeDir(args)
	if bad != nil {
		return bad
	}
	return c.listFiles(dir, c.base()+"/pools/"+args[0]+"/nodes/"+args[1]+"/files/")
}

func (s *Service) getNodeFile(c *call, args []string) *failure {
	dir, bad := s.nodeDir(args)
	if bad != nil {
		return bad
	}
	return c.getFile(dir, args[2])
}
