package batch

import (
	"net/url"
	"strings"
	"sync"
)

// A route is one operation of the data plane. In its path `*` is an argument
// and `**` takes the rest.
type route struct {
	method, path string
	action       string
	limit        int64
	serve        func(s *Service, c *call, args []string) *failure
	parts        []string
}

const maxCollection = 1 << 20

var routes = sync.OnceValue(func() []*route {
	table := []*route{
		{method: "POST", path: "jobs", action: jobsWrite, serve: (*Service).addJob},
		{method: "GET", path: "jobs", action: jobsRead, serve: (*Service).listJobs},
		{method: "GET", path: "jobs/*", action: jobsRead, serve: (*Service).getJob},
		{method: "PUT", path: "jobs/*", action: jobsWrite, serve: (*Service).putJob},
		{method: "PATCH", path: "jobs/*", action: jobsWrite, serve: (*Service).patchJob},
		{method: "DELETE", path: "jobs/*", action: jobsDelete, serve: (*Service).deleteJob},
		{method: "POST", path: "jobs/*/terminate", action: jobsWrite, serve: (*Service).terminateJob},
		{method: "POST", path: "jobs/*/disable", action: jobsWrite, serve: (*Service).disableJob},
		{method: "POST", path: "jobs/*/enable", action: jobsWrite, serve: (*Service).enableJob},
		{method: "GET", path: "jobs/*/taskcounts", action: jobsRead, serve: (*Service).taskCounts},
		{method: "GET", path: "jobs/*/jobpreparationandreleasetaskstatus", action: jobsRead, serve: (*Service).prepStatus},
		{method: "POST", path: "jobs/*/addtaskcollection", action: jobsWrite, limit: maxCollection, serve: (*Service).addTasks},
		{method: "POST", path: "jobs/*/tasks", action: jobsWrite, limit: maxCollection, serve: (*Service).addTask},
		{method: "GET", path: "jobs/*/tasks", action: jobsRead, serve: (*Service).listTasks},
		{method: "GET", path: "jobs/*/tasks/*", action: jobsRead, serve: (*Service).getTask},
		{method: "PUT", path: "jobs/*/tasks/*", action: jobsWrite, serve: (*Service).putTask},
		{method: "DELETE", path: "jobs/*/tasks/*", action: jobsDelete, serve: (*Service).deleteTask},
		{method: "POST", path: "jobs/*/tasks/*/terminate", action: jobsWrite, serve: (*Service).terminateTask},
		{method: "POST", path: "jobs/*/tasks/*/reactivate", action: jobsWrite, serve: (*Service).reactivateTask},
		{method: "GET", path: "jobs/*/tasks/*/files", action: jobsRead, serve: (*Service).listTaskFiles},
		{method: "GET", path: "jobs/*/tasks/*/files/**", action: jobsRead, serve: (*Service).getTaskFile},
		{method: "HEAD", path: "jobs/*/tasks/*/files/**", action: jobsRead, serve: (*Service).getTaskFile},
		{method: "GET", path: "pools", action: poolsRead, serve: (*Service).listPools},
		{method: "POST", path: "pools", action: poolsWrite, serve: (*Service).addPool},
		{method: "GET", path: "pools/*", action: poolsRead, serve: (*Service).getPool},
		{method: "HEAD", path: "pools/*", action: poolsRead, serve: (*Service).getPool},
		{method: "PATCH", path: "pools/*", action: poolsWrite, serve: (*Service).patchPool},
		{method: "DELETE", path: "pools/*", action: poolsDelete, serve: (*Service).deletePool},
		{method: "POST", path: "pools/*/resize", action: poolsWrite, serve: (*Service).resizePool},
		{method: "POST", path: "pools/*/stopresize", action: poolsWrite, serve: (*Service).stopResize},
		{method: "POST", path: "pools/*/enableautoscale", action: poolsWrite, serve: (*Service).enableAutoScale},
		{method: "POST", path: "pools/*/disableautoscale", action: poolsWrite, serve: (*Service).disableAutoScale},
		{method: "POST", path: "pools/*/evaluateautoscale", action: poolsWrite, serve: (*Service).evaluateAutoScale},
		{method: "POST", path: "pools/*/removenodes", action: poolsWrite, serve: (*Service).removeNodes},
		{method: "GET", path: "pools/*/nodes", action: poolsRead, serve: (*Service).listNodes},
		{method: "GET", path: "pools/*/nodes/*", action: poolsRead, serve: (*Service).getNode},
		{method: "POST", path: "pools/*/nodes/*/reboot", action: poolsWrite, serve: (*Service).rebootNode},
		{method: "POST", path: "pools/*/nodes/*/reimage", action: poolsWrite, serve: (*Service).reimageNode},
		{method: "POST", path: "pools/*/nodes/*/disablescheduling", action: poolsWrite, serve: (*Service).disableScheduling},
		{method: "POST", path: "pools/*/nodes/*/enablescheduling", action: poolsWrite, serve: (*Service).enableScheduling},
		{method: "GET", path: "pools/*/nodes/*/files", action: poolsRead, serve: (*Service).listNodeFiles},
		{method: "GET", path: "pools/*/nodes/*/files/**", action: poolsRead, serve: (*Service).getNodeFile},
		{method: "HEAD", path: "pools/*/nodes/*/files/**", action: poolsRead, serve: (*Service).getNodeFile},
		{method: "GET", path: "nodecounts", action: poolsRead, serve: (*Service).nodeCounts},
		{method: "GET", path: "supportedimages", action: poolsRead, serve: (*Service).supportedImages},
	}
	for _, r := range table {
		r.parts = strings.Split(r.path, "/")
	}
	return table
})

func findRoute(method string, parts []string) (*route, []string) {
	for _, r := range routes() {
		if r.method != method {
			continue
		}
		if args, ok := matchParts(r.parts, parts); ok {
			return r, args
		}
	}
	return nil, nil
}

// known says whether any method is served at the path.
func known(parts []string) bool {
	for _, r := range routes() {
		if _, ok := matchParts(r.parts, parts); ok {
			return true
		}
	}
	return false
}

func matchParts(pattern, parts []string) (args []string, ok bool) {
	for i, p := range pattern {
		switch {
		case p == "**":
			if i >= len(parts) {
				return nil, false
			}
			return append(args, strings.Join(parts[i:], "/")), true
		case i >= len(parts):
			return nil, false
		case p == "*":
			if parts[i] == "" {
				return nil, false
			}
			args = append(args, parts[i])
		case !strings.EqualFold(p, parts[i]):
			return nil, false
		}
	}
	return args, len(pattern) == len(parts)
}

func unescape(s string) string {
	if u, err := url.PathUnescape(s); err == nil {
		return u
	}
	return s
}
