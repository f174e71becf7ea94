package engine

import (
	"fmt"
	"path/filepath"
	"strings"

	"sluice/internal/lang/diag"
	"sluice/internal/lang/source"
	"sluice/internal/lang/value"
	"sluice/internal/observe/history"
)

// variable is the value of an environment variable, "" when it is not set.
func (r *run) variable(name string) string {
	v, _ := r.o.Getenv(name)
	return v
}

// stateDir is where history and caches are kept.
func (r *run) stateDir() string { return history.StateDir(r.o.LaunchDir, r.o.Getenv) }

// fileRoot is where relative paths of scripts start.
func (r *run) fileRoot() string { return firstOf(r.variable("NXF_FILE_ROOT"), r.o.LaunchDir) }

// fromEnvironment fills in settings that neither configuration nor command
// line makes.
// Nextflow docs: reference/env-vars
func (r *run) fromEnvironment() {
	if r.config.Get("nextflow", "enable", "strict") == nil {
		r.config.Set(value.Bool(r.variable("NXF_ENABLE_STRICT") == "true"), "nextflow", "enable", "strict")
	}
}

// refuseEnvironment names variables that cannot be honoured.
func (r *run) refuseEnvironment() diag.List {
	var list diag.List
	if name := r.variable("NXF_EXECUTOR"); name != "" && !r.runs(name) && r.config.ExecutorName() == "" && r.config.Get("process", "executor") == nil {
		d := unknownExecutor(source.Span{}, name)
		d.Notes = append(d.Notes, "given by the environment variable NXF_EXECUTOR")
		list = append(list, d)
	}
	switch root := r.variable("NXF_FILE_ROOT"); {
	case strings.Contains(root, "://"):
		d := list.Add(source.Span{}, fmt.Sprintf("NXF_FILE_ROOT is `%s`, and relative paths can start only at a directory of this machine", root))
		d.Help = "give an absolute path, or unset the variable"
	case root != "" && !filepath.IsAbs(root):
		d := list.Add(source.Span{}, fmt.Sprintf("NXF_FILE_ROOT is `%s`, which is no absolute path", root))
		d.Help = fmt.Sprintf("set it to `%s`", filepath.Join(r.o.LaunchDir, root))
	}
	return list
}
