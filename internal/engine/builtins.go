package engine

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"sluice/internal/dataflow/operator"
	"sluice/internal/lang/interp"
	"sluice/internal/lang/source"
	"sluice/internal/lang/stdlib"
	"sluice/internal/lang/value"
	"sluice/internal/workflow"
)

// builtin finds the host's value of a name. What differs between modules
// (params, moduleDir) is answered by the script itself. Of names that nothing
// defines the environment is asked.
func (r *run) builtin(name string) (value.Value, bool) {
	if v, ok := r.builtins[name]; ok {
		return v, true
	}
	if text, ok := r.o.Getenv(name); ok {
		return value.String(text), true
	}
	return nil, false
}

func (r *run) makeBuiltins() {
	b := map[string]value.Value{}
	for _, m := range r.table.Globals() {
		b[m.Name] = &value.Native{Name: m.Name, Fn: m.Fn}
	}
	factory := operator.Factory(r.operators())
	b["channel"], b["Channel"] = factory, factory
	b["workflow"], b["log"] = r.meta, workflow.Log{}
	b["nextflow"] = r.nextflow()
	b["baseDir"], b["projectDir"] = value.ParsePath(r.projectDir), value.ParsePath(r.projectDir)
	b["launchDir"], b["workDir"] = value.ParsePath(r.o.LaunchDir), value.ParsePath(r.workDir)
	b["outputDir"] = value.ParsePath(r.outputDir)
	r.vault.fail = r.stop
	b["secrets"] = r.vault
	b["sendMail"] = r.mailer()
	args := value.NewList()
	for _, a := range r.o.Args {
		args.Elems = append(args.Elems, value.String(a))
	}
	b["args"] = args
	b["Nextflow"] = &functions{b}
	if facts, ok := b["nextflow"].(*workflow.Facts); ok { // the class by its full name, nextflow.Nextflow
		facts.Values.Set(value.String("Nextflow"), b["Nextflow"])
	}
	r.builtins = b
}

// nextflow is the object of that name.
func (r *run) nextflow() value.Value {
	version, err := r.table.Construct(r.thread, versionClass(r.table), []value.Value{value.String(r.o.Version)})
	if err != nil {
		version = value.String(r.o.Version)
	}
	enable := r.config.Scope("nextflow", "enable").Copy()
	if _, set := enable.Get(value.String("dsl")); !set {
		enable.Set(value.String("dsl"), value.Float(2))
	}
	return &workflow.Facts{Of: nextflowClass, Values: value.MapOf(
		"version", version, "build", value.Int(followedBuild), "timestamp", value.String(followedAt().Format("02-01-2006 15:04 MST")),
		"enable", workflow.NewFlags(enable), "preview", workflow.NewFlags(value.NewMap(0)),
	)}
}

// followedBuild and followedAt are the number and the moment of the build of
// Nextflow that is followed.
const followedBuild = 5950

func followedAt() time.Time { return time.Date(2025, time.June, 16, 14, 23, 0, 0, time.UTC) }

var nextflowClass = &value.Class{Name: "nextflow.NextflowMeta", Parents: []*value.Class{value.ObjectClass}}

func versionClass(t *stdlib.Table) *value.Class {
	c, _ := t.Class("nextflow.util.VersionNumber")
	return c
}

// operators is what channel factories and operators need of the run.
func (r *run) operators() *operator.Env {
	return &operator.Env{
		Graph: r.graph, Storage: r.table.Storage, Dump: r.dumps, Factories: r.factories, Typed: r.typed,
		TempDir: func(key string) (string, error) {
			dir := filepath.Join(r.localDir(), "collect-file", key)
			if err := os.MkdirAll(dir, 0o777); err != nil {
				return "", fmt.Errorf("make a directory for generated files: %w", err)
			}
			return dir, nil
		},
	}
}

// typed says whether a file sets nextflow.enable.types.
func (r *run) typed(f *source.File) bool {
	if r.modules == nil {
		return false
	}
	for _, m := range r.modules.loaded {
		if m != nil && m.File.Source == f {
			return m.File.Typed
		}
	}
	return false
}

// template is the function of that name: it finds the file; the process
// renders it.
func (r *run) template(inst *interp.Instance) value.Value {
	return &value.Native{Name: "template", Fn: func(_ *value.Thread, _ value.Value, args []value.Value) (value.Value, error) {
		if len(args) != 1 {
			return nil, fmt.Errorf("template takes the name of a file")
		}
		return r.processes.TemplatePath(inst.Module.Path, value.ToString(args[0]))
	}}
}
