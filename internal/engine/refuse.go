package engine

import (
	"fmt"
	"slices"
	"strings"

	"sluice/internal/lang/diag"
	"sluice/internal/lang/source"
	"sluice/internal/lang/value"
)

// executors are the names the `executor` directive may have.
var executors = []string{"local", "azurebatch"}

// unavailable are settings that would change what a run does and that this
// release does not carry out: switched on, they end the run before it starts.
var unavailable = []struct{ scope, what, way string }{
	{"wave", "containers are not built by wave", "name ready images with `container` and set `wave.enabled = false`"},
	{"fusion", "the fusion file system is not used by local tasks", "set `fusion.enabled = false`"},
	{"appleContainer", "it does not run tasks", "enable docker, podman, singularity or apptainer instead"},
	{"smolvm", "it does not run tasks", "enable docker, podman, singularity or apptainer instead"},
	{"cloudcache", "the cache is kept below the launch directory", "leave the option out"},
}

// unwritten are reports that this release does not write: a warning, as the
// results do not depend on them.
var unwritten = []string{"lineage"}

// refuse names settings that cannot be honoured.
func (r *run) refuse() error {
	return slices.Concat(r.refuseSwitched(), r.refuseExecutors(), r.refuseOthers()).Err()
}

// refuseSwitched is about what this release does not carry out.
func (r *run) refuseSwitched() (list diag.List) {
	for _, u := range unavailable {
		if !value.Truth(r.config.Get(u.scope, "enabled")) || u.scope == "fusion" && r.mounts() {
			continue
		}
		d := list.Add(r.config.Span(u.scope, "enabled"), fmt.Sprintf("`%s.enabled` is set, but %s in this release", u.scope, u.what))
		d.Help = u.way
		r.givenBy(d, u.scope, "enabled")
	}
	return list
}

// refuseExecutors is about those that are not there.
func (r *run) refuseExecutors() (list diag.List) {
	for _, scope := range []string{"executor", "process"} {
		key := map[string]string{"executor": "name", "process": "executor"}[scope]
		name, ok := value.Str(r.config.Get(scope, key))
		if !ok || name == "" || r.runs(name) {
			continue
		}
		d := unknownExecutor(r.config.Span(scope, key), name)
		r.givenBy(d, scope, key)
		list = append(list, d)
	}
	return list
}

// refuseOthers is about values that an option cannot have.
func (r *run) refuseOthers() (list diag.List) {
	if dir := r.config.Get("bucketDir"); value.Truth(dir) && value.ParsePath(value.ToString(dir)).Scheme != "az" {
		d := list.Add(r.config.Span("bucketDir"), fmt.Sprintf("`bucketDir` is `%s`, and tasks that run elsewhere work in a storage that can be written: az://<container>/<path>", value.ToString(dir)))
		d.Help = "leave it out, or name such a directory; `-work-dir` names the work directory of this machine"
		r.givenBy(d, "bucketDir")
	}
	if v := r.config.Get("azure", "batch", "onInterrupt"); v != nil && value.ToString(v) != "terminate" && value.ToString(v) != "detach" {
		d := list.Add(r.config.Span("azure", "batch", "onInterrupt"), fmt.Sprintf("`azure.batch.onInterrupt` is `%s`", value.ToString(v)))
		d.Help = "it is `terminate`, which ends running tasks, or `detach`, which leaves them to a later `-resume`"
	}
	if r.usesAzure() {
		_, problems := r.config.Azure(r.o.Getenv)
		list = append(list, onlyErrors(problems)...)
	}
	if level := r.config.Get("nextflow", "enable", "dsl"); level != nil && value.ToString(level) == "1" {
		list = append(list, oldLanguage(r.config.Span("nextflow", "enable", "dsl")))
	}
	return append(list, r.refuseEnvironment()...)
}

// usesAzure says whether the configuration sends tasks to Azure, or has files
// there: what is wrong with the scope azure is then told before anything starts.
func (r *run) usesAzure() bool {
	if r.o.Platform != nil {
		return false
	}
	for _, dir := range []string{r.o.WorkDir, value.ToString(r.config.Get("workDir")), value.ToString(r.config.Get("bucketDir"))} {
		if strings.HasPrefix(dir, "az://") {
			return true
		}
	}
	return r.mainExecutor() == "azurebatch"
}

// mainExecutor is that of processes about which nothing else is said; "" if no
// configuration names one.
func (r *run) mainExecutor() string {
	name, _ := value.Str(r.config.Get("process", "executor"))
	return firstOf(strings.ToLower(name), r.config.ExecutorName(), r.variable("NXF_EXECUTOR"))
}

// mounts says whether tasks run where containers mount the storage by
// themselves, as fusion asks for.
func (r *run) mounts() bool {
	name := r.mainExecutor()
	return name != "" && r.runsAway(name)
}

// givenBy names the option of the command line that set a value.
func (r *run) givenBy(d *diag.Diagnostic, path ...string) {
	if option := r.config.Given(path...); option != "" {
		d.Notes = append(d.Notes, "given by the option `"+option+"`")
	}
}

// oldLanguage refuses scripts of the language's first version.
func oldLanguage(at source.Span) *diag.Diagnostic {
	d := &diag.Diagnostic{Span: at, Message: "DSL1, the first version of the language, is not supported"}
	d.Help = "update the script to DSL2 and remove this setting, or run it with Nextflow 22.10 or older"
	return d
}

// runs says whether there is an executor of that name.
func (r *run) runs(name string) bool {
	return knownExecutor(name) || r.o.Platform != nil && r.o.Platform.Name == name
}

func knownExecutor(name string) bool {
	for _, e := range executors {
		if strings.EqualFold(e, name) {
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
	d.Help = "there are `local` and `azurebatch`; with `-process.executor=local` tasks run on this machine"
	if near, ok := diag.Near(name, executors); ok {
		d.Help = fmt.Sprintf("an executor `%s` exists", near)
	}
	return d
}
