package engine

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"sluice/internal/cache"
	"sluice/internal/config"
	"sluice/internal/config/load"
	"sluice/internal/dataflow"
	"sluice/internal/dataflow/operator"
	"sluice/internal/lang/diag"
	"sluice/internal/lang/interp"
	"sluice/internal/lang/resolve"
	"sluice/internal/lang/stdlib"
	"sluice/internal/lang/syntax"
	"sluice/internal/lang/value"
	"sluice/internal/observe"
	"sluice/internal/observe/runlog"
	"sluice/internal/observe/tower"
	"sluice/internal/plugin"
	"sluice/internal/process"
	"sluice/internal/publish"
	"sluice/internal/software"
	"sluice/internal/storage"
	"sluice/internal/workflow"
)

// run is one run of a pipeline.
type run struct {
	o   Options
	ctx context.Context
	// stop ends the graph's loop with a reason.
	stop context.CancelCauseFunc

	log        *runlog.Log // nil before it is open
	shown      string      // the script as the launch line names it
	script     string      // absolute path of the main script
	scriptID   string
	projectDir string
	workDir    string
	bucketDir  string // the work directory of tasks that run elsewhere, if it is another
	outputDir  string
	name       string
	session    string
	resumed    bool
	start      time.Time

	config *config.Config
	// configFiles are those that were named or are looked for, without what they include.
	configFiles []string
	box         config.Container // the container engine that is switched on
	images      *software.Images
	conda       *software.Environments // nil where it is not switched on
	spack       *software.Environments
	params      *value.Map
	table       *stdlib.Table
	interp      *interp.Interp
	names       *names
	modules     *modules
	lib         *lib
	lock        sync.Mutex
	thread      *value.Thread
	graph       *dataflow.Graph
	builtins    map[string]value.Value
	meta        *workflow.Metadata
	processes   *process.Run
	defined     []*process.Process // in the order in which scripts were loaded
	runtime     *workflow.Runtime
	tasks       *tasks
	cache       *cache.Cache
	storages    *storages
	cloud       *cloud
	trees       *trees
	publisher   *publish.Publisher
	plugins     *plugin.Registry
	uses        []plugin.Use              // plugins that the pipeline asks for
	factories   map[string]value.Callable // channel factories of plugins, by the name in the script
	ansi        bool                      // the terminal shows colours and progress that redraws itself

	bus       *observe.Bus
	tower     *tower.Client // nil where Seqera Platform is not told
	closers   []func() error
	failure   *process.Failure
	vault     *vault
	finishing bool // errorStrategy finish: what runs may end
	ignored   int
	looks     bool // nothing is to be run: the pipeline is inspected
	compiled  bool // the script and all it includes were resolved
	measures  bool // an observer wants to know what tasks use
	tells     bool // an observer sends the facts of the run away
	files     bool // an observer wants to know the files of tasks
	draws     bool // an observer wants to know how processes are connected
}

// errStopped ends the loop after a task failed.
var errStopped = errors.New("the run was stopped")

// Run runs a pipeline to its end. What went wrong has been told to the
// observers when the error is an ExitError with Printed set.
func Run(ctx context.Context, o Options) error {
	r := &run{o: o, start: time.Now()}
	if o.Getenv == nil {
		r.o.Getenv = os.LookupEnv
	}
	if err := r.locate(); err != nil {
		return err
	}
	r.prepare(ctx)
	if err := r.configure(); err != nil {
		return err
	}
	if err := r.identify(); err != nil {
		return err
	}
	if err := r.openObservers(); err != nil {
		return err
	}
	err := r.guarded()
	return r.end(err)
}

// guarded is execute; a bug of ours becomes an error with the place to report it.
func (r *run) guarded() (err error) {
	defer func() {
		if p := recover(); p != nil {
			r.post(observe.Message{Level: observe.Debug, Text: string(debug.Stack())})
			if r.tasks != nil { // no child outlives a defect of ours
				r.unlocked(func() { r.tasks.close(true) })
			}
			err = fmt.Errorf("internal error: %v -- this is a defect of sluice: please report it with the log file", p)
		}
	}()
	return r.execute()
}

// locate finds the main script.
func (r *run) locate() error {
	path := r.abs(r.o.Script)
	r.shown = r.o.Script
	st, err := os.Stat(path)
	if err == nil && st.IsDir() {
		name, merr := r.mainScript(path)
		if merr != nil {
			return merr
		}
		path = filepath.Join(path, name)
		r.shown = strings.TrimRight(r.o.Script, "/") + "/" + name
		if _, err = os.Stat(path); err != nil {
			return fmt.Errorf("missing project main script: %s", r.shown)
		}
	}
	if err != nil {
		return fmt.Errorf("script `%s` does not exist", r.o.Script)
	}
	if r.script, err = filepath.EvalSymlinks(path); err != nil {
		return fmt.Errorf("find script: %w", err)
	}
	r.projectDir = filepath.Dir(r.script)
	if p := r.o.Project; p != nil {
		r.shown = p.Repository
	}
	text, err := os.ReadFile(r.script)
	if err != nil {
		return fmt.Errorf("read script: %w", err)
	}
	sum := sha256.Sum256(text)
	r.scriptID = hex.EncodeToString(sum[:16])
	return nil
}

// prepare makes the interpreter and the graph, which configuration needs too.
func (r *run) prepare(ctx context.Context) {
	r.ctx, r.stop = context.WithCancelCause(ctx)
	r.table = stdlib.New()
	r.storages = &storages{}
	r.trees = &trees{ctx: r.ctx, storage: r.storages.of}
	r.useAzure()
	r.table.Storage = r.storages.of
	r.interp = &interp.Interp{Table: r.table, Passthrough: passthrough, Missing: r.missingOperator, MissingProperty: r.missingProperty}
	r.thread = &value.Thread{Context: r.ctx, Host: &host{r}, Lock: &r.lock}
	r.lock.Lock()
	r.graph = dataflow.New(&r.lock)
	r.factories = map[string]value.Callable{}
	r.names = newNames(r.table)
	parser, _ := r.o.Getenv("NXF_SYNTAX_PARSER")
	r.names.lenient, r.names.getenv = parser == "v1", r.o.Getenv
	r.useLib()
	r.table.Add(dataflow.Class, operator.Methods(r.operators())...)
	for _, class := range []*value.Class{value.StringClass, value.GStringBaseClass, value.PathClass} {
		r.table.Add(class, operator.SplitMethods(r.operators())...)
	}
	r.table.EvalTemplate = r.scoped(embedded{r.names}).Template
	r.meta = workflow.NewMetadata(value.NewMap(40))
}

// missingOperator is for methods that channels do not have: of value channels,
// those of the value.
func (r *run) missingOperator(th *value.Thread, recv value.Value, name string, args []value.Value) (value.Value, bool, error) {
	if v, ok, err := operator.Missing(r.operators(), th, recv, name, args); ok {
		return v, true, err
	}
	if value.InstanceOf(recv, dataflow.Class) {
		return nil, true, operator.Unknown(name)
	}
	return nil, false, nil
}

// missingProperty is for properties that channels do not have.
func (r *run) missingProperty(th *value.Thread, recv value.Value, name string) (value.Value, bool, error) {
	return operator.MissingProperty(r.operators(), th, recv, name)
}

// passthrough errors end the run and cannot be caught by scripts.
func passthrough(err error) bool {
	var exit *stdlib.ExitError
	return errors.As(err, &exit) || errors.Is(err, context.Canceled) || errors.Is(err, errStopped)
}

func (r *run) post(b observe.Body) {
	if r.bus != nil {
		r.bus.Post(b)
	}
}

func (r *run) notice(text string) { r.post(observe.Message{Level: observe.Notice, Text: text}) }

func (r *run) warn(text string) { r.post(observe.Message{Level: observe.Warn, Text: text}) }

// execute runs script and graph. The caller ends the run with what comes back.
func (r *run) execute() error {
	r.describeRun()
	r.launch()
	r.warnUnwritten()
	if err := r.createTower(); err != nil {
		return err
	}
	if err := r.beginPlugins(); err != nil {
		return err
	}
	main, err := r.resolve()
	if err != nil {
		return err
	}
	r.compiled = true
	if err := os.MkdirAll(r.localDir(), 0o777); err != nil {
		return fmt.Errorf("make the work directory %s: %w", r.localDir(), errors.Unwrap(err))
	}
	if r.cache, err = cache.Open(r.stateDir(), r.session); err != nil {
		return err
	}
	if damage := r.cache.Damage(); damage != "" {
		r.warn(damage)
	}
	if err := r.cache.StartRun(r.name, r.start); err != nil {
		return err
	}
	r.listEarlier()
	if err := r.startTasks(); err != nil {
		return err
	}
	r.publisher = publish.New(context.WithoutCancel(r.ctx), publish.Options{
		Storage: r.storages.of,
		Published: func(it publish.Item) {
			r.post(observe.FilePublished{Source: it.Source, Target: it.Target, Task: it.Task, Labels: it.Rule.Labels})
		},
		Failed: func(e *publish.Error) { r.post(observe.Message{Level: observe.Debug, Text: e.Detail()}) },
		Warn:   r.warn,
	})
	r.watchInterrupts()
	err = r.runScript(main)
	if perr := r.settle(err != nil || r.failure != nil); err == nil {
		err = perr
	}
	return err
}

// listEarlier begins to list what earlier runs left in storages, if this one
// will ask for much of it.
func (r *run) listEarlier() {
	root := r.remoteDir()
	if !r.resumed || root == "" {
		return
	}
	r.trees.resume(root)
	const many = 64 // tasks; fewer are asked for one by one
	if r.cache.Len() < many {
		return
	}
	var dirs []string
	for i := range 256 {
		dirs = append(dirs, storage.Join(root, fmt.Sprintf("%02x", i), strings.Repeat("0", 30)))
	}
	r.trees.ahead(dirs)
}

// runScript evaluates the script and drives the graph until nothing is left.
func (r *run) runScript(main *resolve.Module) error {
	script, err := r.loadScript(main)
	if err != nil {
		return err
	}
	if r.o.Test != "" {
		return r.testFunction(script)
	}
	if err := script.Entry(r.o.Entry); err != nil {
		return err
	}
	if r.graph.Sketch != nil {
		r.post(observe.WorkflowDrawn{Picture: r.graph.Sketch.Picture()})
		r.graph.Sketch = nil
	}
	if err := r.beginTower(); err != nil {
		return err
	}
	if r.o.Preview {
		return nil
	}
	r.warnSelectors()
	if err := r.checkPrograms(); err != nil {
		return err
	}
	if err := r.graph.Run(r.ctx); err != nil {
		return err
	}
	if r.failure != nil || r.finishing {
		return nil
	}
	return r.stalled()
}

// loadScript runs the top level of the script and of all it includes.
func (r *run) loadScript(main *resolve.Module) (*workflow.Script, error) {
	r.makeProcesses()
	r.makeBuiltins()
	outputs, err := r.outputs()
	if err != nil {
		return nil, err
	}
	r.runtime = &workflow.Runtime{
		Interp: r.interp, Graph: r.graph, Thread: r.thread, Process: func(inst *interp.Instance, def *syntax.ProcessDef) workflow.Component {
			p := process.New(r.processes, inst, def)
			r.defined = append(r.defined, p)
			return component{p}
		}, Builtin: r.builtin,
		Plugin:    r.pluginFunction,
		ModuleDir: func(path string) value.Value { return value.ParsePath(filepath.Dir(path)) },
		Template:  r.template, Warn: r.warn, Outputs: outputs,
	}
	r.processes.FullName, r.processes.Use = r.runtime.FullName, r.runtime.Use
	if r.draws {
		r.graph.Sketch = &dataflow.Sketch{Scope: r.runtime.Scope}
	}
	return r.runtime.Main(main, workflow.NewParams(r.params, r.warn))
}

// testFunction calls a function of the script with what follows the script on
// the command line.
func (r *run) testFunction(script *workflow.Script) error {
	var args []value.Value
	for _, a := range r.o.Args {
		args = append(args, load.ParamValue(a))
	}
	text, err := script.Test(r.o.Test, args)
	if err == nil {
		r.thread.Host.Print(text + "\n")
	}
	return err
}

// component adapts a process to what workflows call.
type component struct{ *process.Process }

// Named is the process under another name.
func (c component) Named(name string) workflow.Component {
	return component{c.Process.Renamed(name)}
}

// stalled explains a run that can never end: who waits for what.
func (r *run) stalled() error {
	open := r.graph.Stalled()
	if len(open) == 0 {
		return nil
	}
	var list diag.List
	for _, c := range open {
		d := list.Add(c.Where, fmt.Sprintf("the run cannot end: nothing sends to the channel `%s`, and nothing closes it", c.Name))
		d.Label = "made here, still open when nothing was left to run"
		d.Notes = append(d.Notes, "waiting for it: "+strings.Join(c.Readers(), ", "))
		d.Help = "give it a value, or use `channel.empty()` for a channel without items"
	}
	return &stall{list}
}

// A stall is a run that cannot end.
type stall struct{ list diag.List }

func (s *stall) Error() string { return s.list.Error() }

// settle ends what runs in the background: tasks, then publishing. Tasks that
// ended meanwhile are still recorded, so that -resume finds them.
func (r *run) settle(failed bool) error {
	r.processes.Freeze()
	r.unlocked(func() { r.tasks.close(failed) })
	if err := r.graph.Drain(); err != nil && !failed {
		return err
	}
	var err error
	r.unlocked(func() { err = r.publisher.Close() })
	if r.failure != nil {
		return nil
	}
	return err
}

// unlocked runs f without the interpreter lock.
func (r *run) unlocked(f func()) {
	r.lock.Unlock()
	defer r.lock.Lock()
	f()
}
