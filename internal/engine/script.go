package engine

import (
	"fmt"
	"slices"
	"strings"

	"sluice/internal/cache"
	"sluice/internal/lang/diag"
	"sluice/internal/lang/interp"
	"sluice/internal/lang/resolve"
	"sluice/internal/lang/source"
	"sluice/internal/lang/syntax"
	"sluice/internal/lang/value"
	"sluice/internal/process"
	"sluice/internal/publish"
	"sluice/internal/task"
	"sluice/internal/workdir"
	"sluice/internal/workflow"
)

// resolve reads the script and all it includes; problems of all files are
// reported together.
func (r *run) resolve() (*resolve.Module, error) {
	r.modules = newModules(r.names, r.projectDir, r.o.LaunchDir)
	main, err := r.modules.load(r.script)
	if err != nil {
		return nil, err
	}
	r.lib.resolve()
	r.modules.diags = append(r.modules.diags, r.lib.diags...)
	if main != nil {
		r.modules.checkDirectives(r.entry(main))
	}
	r.modules.diags.Sort()
	for _, d := range r.modules.diags {
		if d.Severity == diag.Warning {
			r.warn(oneLine(d))
		}
	}
	if err := r.modules.diags.Err(); err != nil {
		return nil, onlyErrors(r.modules.diags)
	}
	if r.o.Entry != "" {
		if _, ok := main.Exports[r.o.Entry].(*syntax.WorkflowDef); !ok {
			return nil, fmt.Errorf("there is no workflow `%s` in %s, which -entry asks for", r.o.Entry, r.modules.show(r.script))
		}
	}
	return main, nil
}

// entry is the workflow that the run begins with; nil if there is none.
func (r *run) entry(main *resolve.Module) *syntax.WorkflowDef {
	if r.o.Entry == "" {
		return main.Entry
	}
	w, _ := main.Exports[r.o.Entry].(*syntax.WorkflowDef)
	return w
}

func onlyErrors(list diag.List) diag.List {
	var errs diag.List
	for _, d := range list {
		if d.Severity == diag.Error {
			errs = append(errs, d)
		}
	}
	return errs
}

// makeProcesses makes what all processes share.
func (r *run) makeProcesses() {
	settings, _ := r.config.Workflow()
	r.processes = &process.Run{
		Graph: r.graph, Interp: r.interp, Thread: r.thread, Config: r.config, Post: r.post,
		SessionID: r.session, WorkDir: r.workDir, TempDir: r.localDir(), Storage: r.storages.of,
		Tree: r.tree, Stored: r.stored, ProjectDir: r.projectDir, LaunchDir: r.fileRoot(),
		Executor: firstOf(r.config.ExecutorName(), strings.ToLower(r.variable("NXF_EXECUTOR")), "local"), Box: r.box, Conda: r.conda, Spack: r.spack, NoCache: r.o.Cache != nil && !*r.o.Cache, Stub: r.o.Stub, AutoStub: r.o.AutoStub, NoStub: r.o.NoStub, Resume: r.resumed,
		Metrics: r.measures, DumpHashes: r.o.DumpHashes != "" && r.o.DumpHashes != "false", DumpJSON: r.o.DumpHashes == "json", FailOnIgnore: settings.FailOnIgnore, Outputs: r.files,
		Active:        r.active(),
		PublishNoFail: r.variable("NXF_PUBLISH_FAIL_ON_ERROR") == "false",
		Submit:        r.tasks.submit, Runs: r.runs, Elsewhere: r.elsewhere(),
		Cached: func(h task.Hash) *cache.Record {
			rec, ok, err := r.cache.Get(h)
			if err != nil {
				r.warn("a record of the cache cannot be read: " + err.Error())
			}
			if !ok {
				return nil
			}
			return rec
		},
		Remember: func(rec *cache.Record) {
			if err := r.cache.Put(rec); err != nil {
				r.warn("the result of `" + rec.Name + "` could not be kept for -resume: " + err.Error())
			}
			r.tasks.dirs = append(r.tasks.dirs, rec.WorkDir)
		},
		Publish: func(it publish.Item) { r.publisher.Add(it) },
		Secret:  r.secret(), SecretStore: r.vault.path(), Program: program(),
		Fail: r.fail, Ignored: func() { r.ignored++ }, Eval: r.evalEmbedded,
	}
}

// fail keeps the first failure and ends the run, at once or after what runs.
func (r *run) fail(f process.Failure, finish bool) {
	if r.failure == nil {
		r.failure = &f
	}
	r.processes.Freeze()
	if finish {
		r.finishing = true
		r.tasks.finish()
		return
	}
	r.stop(errStopped)
}

// evalEmbedded evaluates the expressions of templates and shell blocks: the
// task's variables first, then what the script knows.
func (r *run) evalEmbedded(expr string, inst *interp.Instance, scope value.Value) (value.Value, error) {
	x, diags := syntax.ParseExpr(source.NewFile("template", expr))
	if err := diags.Err(); err != nil {
		return nil, err
	}
	s := &interp.Scoped{Interp: r.interp, Thread: r.thread, Names: embedded{r.names}, Builtin: inst.Builtin}
	return s.Eval(x, &embeddedScope{scope, inst})
}

// embedded leaves every name that is no function or class to the scope.
type embedded struct{ *names }

func (n embedded) Builtin(name string) bool {
	for _, v := range variables {
		if v == name {
			return false
		}
	}
	return n.names.Builtin(name)
}

type embeddedScope struct {
	task value.Value
	inst *interp.Instance
}

func (*embeddedScope) Class() *value.Class { return value.ObjectClass }

// Property finds a variable of the task, the script, or the host.
func (s *embeddedScope) Property(name string) (value.Value, bool) {
	if v, ok := s.task.(value.Namespace).Property(name); ok {
		return v, true
	}
	if v, ok := s.inst.Get(name); ok {
		return v, true
	}
	return s.inst.Builtin(name)
}

// InvokeMethod calls a function of the script.
func (s *embeddedScope) InvokeMethod(th *value.Thread, name string, args []value.Value) (value.Value, bool, error) {
	v, ok := s.Property(name)
	f, callable := v.(value.Callable)
	if !ok || !callable {
		return nil, false, nil
	}
	v, err := f.CallWith(th, args)
	return v, true, err
}

// dumps says whether -dump-channels asks for a tag.
func (r *run) dumps(tag string) bool {
	if r.o.DumpChannels == "" {
		return false
	}
	for _, want := range strings.Split(r.o.DumpChannels, ",") {
		want = strings.TrimSpace(want)
		if want == "*" || want == tag || strings.HasSuffix(want, "*") && strings.HasPrefix(tag, strings.TrimSuffix(want, "*")) {
			return true
		}
	}
	return false
}

// warnSelectors tells of selectors that match no process.
func (r *run) warnSelectors() {
	if v, set := r.config.Lookup("nextflow", "enable", "configProcessNamesValidation"); set && !value.Truth(v) {
		return
	}
	for _, p := range r.config.UnusedSelectors(r.processes.Names()) {
		r.warn("There's no process matching config selector: " + p)
	}
	for _, name := range r.o.NoStub {
		if !slices.ContainsFunc(r.defined, func(p *process.Process) bool { return p.Name == name }) {
			r.warn("There's no process `" + name + "`, which -auto-stub-except names")
		}
	}
}

// outputs is what the configuration says of workflow outputs.
func (r *run) outputs() (*workflow.OutputEnv, error) {
	settings, problems := r.config.Workflow()
	if err := problems.Err(); err != nil {
		return nil, err
	}
	out := settings.Output
	env := &workflow.OutputEnv{
		Dir: r.outputDir, WorkDir: r.workDir, Elsewhere: r.remoteDir(), Local: r.localDir(), Enabled: out.Enabled,
		Publish: func(it publish.Item) { r.publisher.Add(it) },
		Rule:    publish.Rule{Path: r.outputDir, NoFail: out.IgnoreErrors, ContentType: out.ContentType},
	}
	var err error
	if env.Rule.Mode, err = publish.ParseMode(out.Mode); err != nil {
		return nil, fmt.Errorf("workflow.output.mode: %w", err)
	}
	if env.Rule.Overwrite, err = publish.ParseOverwrite(out.Overwrite); err != nil {
		return nil, fmt.Errorf("workflow.output.overwrite: %w", err)
	}
	return env, nil
}

// tree lists a directory of a storage without the interpreter lock.
func (r *run) tree(dir string) (t workdir.Tree, err error) {
	r.thread.Block(func() { t, err = r.trees.tree(dir) })
	return t, err
}

// stored describes a file of a storage without the interpreter lock.
func (r *run) stored(p *value.Path) (s process.Stored, err error) {
	r.thread.Block(func() { s, err = r.trees.stored(p) })
	return s, err
}
