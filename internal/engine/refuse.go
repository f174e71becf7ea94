package engine

import (
	"fmt"
	"strings"

	"sluice/internal/lang/diag"
	"sluice/internal/lang/source"
	"sluice/internal/lang/value"
)

// executors are the names the `executor` directive may have.
var executors = []string{"local"}

// unavailable are settings that would change what a run does and that this
// release does not carry out: switched on, they end the run before it starts.
var unavailable = []struct{ scope, what, way string }{
	{"conda", "environments of conda are not made", "install the software on PATH and set `conda.enabled = false`"},
	{"spack", "environments of spack are not made", "install the software on PATH and set `spack.enabled = false`"},
	{"wave", "containers are not built by wave", "name ready images with `container` and set `wave.enabled = false`"},
	{"fusion", "the fusion file system is not used by local tasks", "set `fusion.enabled = false`"},
	{"charliecloud", "charliecloud does not run tasks", "enable docker, podman, singularity or apptainer instead"},
	{"shifter", "shifter does not run tasks", "enable docker, podman, singularity or apptainer instead"},
	{"sarus", "sarus does not run tasks", "enable docker, podman, singularity or apptainer instead"},
}

// unwritten are reports that this release does not write: a warning, as the
// results do not depend on them.
var unwritten = []string{"report", "timeline", "dag", "weblog", "tower", "lineage", "notification"}

// refuse names settings that cannot be honoured.
func (r *run) refuse() error {
	var list diag.List
	for _, u := range unavailable {
		if !value.Truth(r.config.Get(u.scope, "enabled")) {
			continue
		}
		d := list.Add(r.config.Span(u.scope, "enabled"), fmt.Sprintf("`%s.enabled` is set, but %s in this release", u.scope, u.what))
		d.Help = u.way
	}
	if name := r.config.ExecutorName(); name != "" && !knownExecutor(name) {
		list = append(list, unknownExecutor(r.config.Span("executor", "name"), name))
	}
	if v := r.config.Get("process", "executor"); v != nil {
		if name, ok := value.Str(v); ok && !knownExecutor(name) {
			list = append(list, unknownExecutor(r.config.Span("process", "executor"), name))
		}
	}
	return list.Err()
}

func knownExecutor(name string) bool {
	for _, e := range executors {
		if e == name {
			return true
		}
	}
	return false
}

// warnUnwritten tells which reports will not be there.
func (r *run) warnUnwritten() {
	var names []string
	for _, n := range unwritten {
		if value.Truth(r.config.Get(n, "enabled")) {
			names = append(names, n)
		}
	}
	if len(names) > 0 {
		r.warn("this release does not write: " + strings.Join(names, ", ") + " -- the run goes on without")
	}
}

func unknownExecutor(at source.Span, name string) *diag.Diagnostic {
	d := &diag.Diagnostic{Span: at, Message: fmt.Sprintf("the executor `%s` is not available in this release", name)}
	d.Help = "tasks run on this machine with the executor `local`"
	if near, ok := diag.Near(name, executors); ok {
		d.Help = fmt.Sprintf("an executor `%s` exists", near)
	}
	return d
}
