package process

import (
	"sluice/internal/cache"
	"sluice/internal/config"
	"sluice/internal/dataflow"
	"sluice/internal/lang/interp"
	"sluice/internal/lang/value"
	"sluice/internal/observe"
	"sluice/internal/publish"
	"sluice/internal/software"
	"sluice/internal/storage"
	"sluice/internal/task"
	"sluice/internal/workdir"
)

// A Run is what all processes of a run share.
type Run struct {
	Graph  *dataflow.Graph
	Interp *interp.Interp
	Thread *value.Thread
	Config *config.Config
	Post   func(observe.Body)

	SessionID    string
	WorkDir      string // absolute, or the URI of a directory in a storage
	TempDir      string // of files made for values; on this machine
	ProjectDir   string
	LaunchDir    string
	Executor     string                 // of tasks that do not choose one
	Box          config.Container       // of the engine that is switched on; Engine is "" for none
	Conda, Spack *software.Environments // nil where they are not switched on
	NoCache      bool                   // -cache false: no task is looked up
	Stub         bool
	AutoStub     bool     // a process without a stub gets one made
	NoStub       []string // but for those of these names
	Resume       bool
	DumpHashes   bool
	DumpJSON     bool // -dump-hashes json
	Metrics      bool // measure what tasks use
	FailOnIgnore bool
	// Outputs says that an observer wants to know the files that tasks make.
	Outputs bool
	Active  int // tasks that a process may have at once; less than 2048 is that

	PublishNoFail bool // what publishDir does that says nothing of failOnError

	// Elsewhere says how the tasks of an executor work that does not run them on
	// this machine; nil for one that does, and where it is nil itself.
	Elsewhere func(executor string) *Elsewhere
	// Storage opens the storage of a scheme.
	Storage func(scheme string) (storage.Storage, error)
	// Tree is a directory of a storage with all below it. One that is not
	// there is empty.
	Tree func(dir string) (workdir.Tree, error)
	// Stored describes a file or directory of a storage to tell whether it
	// changed.
	Stored func(p *value.Path) (Stored, error)
	// Runs says whether there is an executor of that name.
	Runs func(executor string) bool
	// FullName and Use know the workflow being executed.
	FullName func(name string) string
	Use      func(name string) error
	// Submit hands a task over; it comes back through Finished.
	Submit func(t *task.Task)
	// Cached finds what an earlier run left for a hash; nil if nothing usable.
	Cached func(h task.Hash) *cache.Record
	// Remember stores a finished task for later runs.
	Remember func(*cache.Record)
	// Publish hands over one file of a finished task.
	Publish func(publish.Item)
	// Fail ends the run: at once, or after what is running has ended.
	Fail func(f Failure, finish bool)
	// Eval evaluates an expression of a template or shell block.
	Eval func(expr string, inst *interp.Instance, scope value.Value) (value.Value, error)
	// Secret finds a value in the store; nil when secrets are switched off.
	Secret func(name string) (text string, found bool, err error)
	// SecretStore and Program let the wrapper of a task find secrets by itself.
	SecretStore, Program string
	// Ignored notes a failure that the run goes on without.
	Ignored func()

	pending  map[*task.Task]*pending
	taken    map[task.Hash]bool // directories of storages that this run's tasks have
	lastID   int
	exported []task.EnvVar     // the configuration's env scope
	commands map[string]string // content keys of commands in bin/
	frozen   bool              // no further tasks: the run is ending
	all      []*node

	shellLines bool // it was said that a shell has several lines
}

// A Failure is what ends a run: a task, or a problem before it could start.
type Failure struct {
	Process string // name of the task, or of the process
	Task    *task.Task
	Cause   string
	Source  string           // text of the body, when it is what failed
	Err     error            // the script's exception, if that is the cause
	Command *observe.Command // what failed, when it was not the script
	Finding Finding          // a fault of configuration; nil for none
}

// A Finding is a fault of configuration: no retry helps, and no error strategy
// applies.
type Finding interface {
	error
	Help() []string // commands that mend it
}

// pending is a task on its way, with what is needed to finish it.
type pending struct {
	node   *node
	row    []value.Value
	in     *instance
	errors int // failed attempts of this row
}

// Freeze stops the making of tasks.
func (r *Run) Freeze() { r.frozen = true }

// Finished takes a task back from the scheduler. It runs in the loop.
func (r *Run) Finished(t *task.Task) error {
	p := r.pending[t]
	if p == nil {
		return nil
	}
	delete(r.pending, t)
	r.Graph.Release()
	return p.node.finished(p, t)
}

// Pending lists the tasks under way.
func (r *Run) Pending() int { return len(r.pending) }

// Names lists all names by which configuration may select the processes called
// so far.
func (r *Run) Names() []string {
	var names []string
	for _, n := range r.all {
		names = append(names, n.def.ast.Name, n.alias, n.name)
	}
	return names
}
