package process

import (
	"errors"
	"fmt"
	"strings"

	"sluice/internal/cache"
	"sluice/internal/directive"
	"sluice/internal/executor"
	"sluice/internal/lang/value"
	"sluice/internal/observe"
	"sluice/internal/storage"
	"sluice/internal/task"
	"sluice/internal/workdir"
)

// finished handles a task that the executor has ended.
func (n *node) finished(p *pending, t *task.Task) error {
	in := p.in
	exit := t.Result.Exit
	if exit < 0 {
		exit = unknownExit
	}
	in.exit = &exit
	if t.State == task.Aborted {
		n.run.Post(observe.TaskChanged{Step: observe.Aborted, Task: t})
		return n.done()
	}
	if err := n.outcome(p, t); err != nil {
		return n.fail(p, err)
	}
	return nil
}

// outcome emits what a successful task made; an error is why it counts as failed.
func (n *node) outcome(p *pending, t *task.Task) error {
	in := p.in
	switch {
	case t.Result.Err != nil:
		return t.Result.Err
	case t.Exec == nil && t.Result.Exit != 0 && !in.validExit(t.Result.Exit):
		return fmt.Errorf("Process `%s` terminated with an error exit status (%d)", t.Name, t.Result.Exit)
	}
	c, made, err := n.results(in)
	if err != nil {
		return err
	}
	t.State = task.Completed
	record := cache.FromTask(t)
	if n.def.native() {
		record.Context = in.variables()
	} else if storage.IsRemote(t.WorkDir) {
		record.Context = in.captures(made)
	}
	n.run.Remember(record)
	n.tell(t, c)
	n.run.Post(observe.TaskChanged{Step: observe.Completed, Task: t})
	if t.Debug {
		n.echo(t, made)
	}
	return n.emit(p, c)
}

// tell names the files of a task, where somebody wants to know them.
func (n *node) tell(t *task.Task, c *collected) {
	if !n.run.Outputs || c == nil {
		return
	}
	t.Outputs = make([]string, len(c.files))
	for i, name := range c.files {
		t.Outputs[i] = strings.TrimSuffix(c.dir, "/") + "/" + name
	}
}

func (in *instance) validExit(code int) bool {
	v, err := in.setting("validExitStatus")
	if err != nil || v == nil {
		return code == 0
	}
	elems, ok := value.Elements(v)
	if !ok {
		elems = []value.Value{v}
	}
	for _, e := range elems {
		if value.Equal(e, value.Int(code)) {
			return true
		}
	}
	return false
}

// echo prints the output of a task with `debug true`.
func (n *node) echo(t *task.Task, dir workdir.Tree) {
	b, err := dir.ReadFile(workdir.OutFile)
	if err != nil {
		n.run.warn(fmt.Sprintf("Cannot print the output of `%s`: %v", t.Name, err))
		return
	}
	if len(b) > 0 {
		n.run.Post(observe.Message{Level: observe.Print, Text: string(b)})
	}
}

// emit publishes and sends the outputs on, in the order they are declared.
func (n *node) emit(p *pending, c *collected) error {
	if err := n.publish(p.in, c); err != nil {
		return n.fail(p, err)
	}
	if !n.run.frozen { // errorStrategy finish: what runs may end, nothing new begins
		n.inTurn(p.in.task.Index, c)
	}
	return n.done()
}

// inTurn sends outputs as tasks end or, with `fair true`, in the order in
// which the tasks were made; c is nil for a task without outputs.
func (n *node) inTurn(index int, c *collected) {
	if !n.fair {
		if c != nil {
			n.send(c)
		}
		return
	}
	if n.late == nil {
		n.late = map[int]*collected{}
	}
	n.late[index] = c
	for {
		c, ok := n.late[n.nextOut+1]
		if !ok {
			return
		}
		n.nextOut++
		delete(n.late, n.nextOut)
		if c != nil {
			n.send(c)
		}
	}
}

func (n *node) send(c *collected) {
	for i, v := range c.values {
		if !c.absent[i] {
			n.outs[i].Emit(v)
		}
	}
	for _, t := range n.topic {
		if !c.absent[t.out] {
			t.channel.Emit(c.values[t.out])
		}
	}
}

// done counts a task as ended and goes on with inputs that waited for it.
func (n *node) done() error {
	n.active--
	return n.fire()
}

// variables keeps what an `exec:` body assigned, for a cached task's outputs.
func (in *instance) variables() []byte {
	m := value.NewMap(4)
	for _, name := range in.frame.Names() {
		if v, ok := in.frame.Property(name); ok && name != "task" && v != nil {
			m.Set(value.String(name), in.unstage(v))
		}
	}
	b, err := cache.Encode(m)
	if err != nil {
		in.run().Post(observe.Message{Level: observe.Debug, Text: fmt.Sprintf("the variables of `%s` cannot be kept for -resume: %v", in.task.Name, err)})
		return nil
	}
	return b
}

// cached uses what an earlier run left, if its outputs are all there.
func (n *node) cached(p *pending, in *instance) (bool, error) {
	t := in.task
	r := n.run.Cached(t.Hash)
	if r == nil || r.Exit != 0 && !in.validExit(r.Exit) || r.State == task.Failed || r.State == task.Aborted {
		return false, nil
	}
	t.WorkDir = r.WorkDir
	if n.def.native() && !in.restore(r.Context) {
		return false, nil
	}
	if !n.def.native() {
		in.kept = r.Context
	}
	c, err := in.collect(t.WorkDir)
	if err != nil {
		n.run.Post(observe.Message{Level: observe.Debug, Text: fmt.Sprintf("[%s] cached task cannot be used: %v", t.Hash.Short(), err)})
		return false, nil
	}
	id := t.ID
	r.Restore(t)
	t.ID, t.State = id, task.Cached
	n.tell(t, c)
	n.run.Post(observe.TaskChanged{Step: observe.Cached, Task: t})
	again := cache.FromTask(t)
	again.Context = r.Context
	n.run.Remember(again)
	return true, n.emit(p, c)
}

func (in *instance) restore(context []byte) bool {
	if len(context) == 0 {
		return len(in.node.def.outputs) == 0
	}
	v, err := cache.Decode(context)
	m, ok := v.(*value.Map)
	if err != nil || !ok {
		return false
	}
	m.Entries(func(k, v value.Value) bool {
		in.frame.BindName(value.ToString(k), v)
		return true
	})
	return true
}

// fail decides what follows a failure: another attempt, going on without
// the task, or the end of the run.
func (n *node) fail(p *pending, cause error) error {
	if fatal := (*finalizeError)(nil); errors.As(cause, &fatal) {
		return cause
	}
	in, t := p.in, p.in.task
	n.errors++
	p.errors++
	t.State = task.Failed
	strategy := in.strategy(p, cause)
	t.ErrorAction = string(strategy)
	text := causeText(cause)
	if in.announced {
		n.run.Post(observe.TaskChanged{Step: observe.Failed, Task: t, Cause: text})
	}
	if in.announced && t.WorkDir != "" { // `log` lists it; -resume does not use it
		n.run.Remember(cache.FromTask(t))
	}
	switch strategy {
	case directive.Retry:
		n.run.Post(observe.TaskChanged{Step: observe.Retried, Task: t, Cause: text})
		n.active--
		return n.retry(p, cause)
	case directive.Ignore:
		n.run.Post(observe.TaskChanged{Step: observe.Ignored, Task: t, Cause: text})
		n.run.Ignored()
		n.inTurn(t.Index, nil)
		return n.done()
	}
	name := t.Name
	if name == "" {
		name = n.name
	}
	f := Failure{Process: name, Cause: text}
	if t.WorkDir != "" {
		f.Task = t
	}
	if n.def.native() || in.bodyFailed {
		f.Source = blockText(n.def.ast.Body.Span())
	}
	var e *value.Exception
	if errors.As(cause, &e) {
		f.Err = e
	}
	if failed := (*evalError)(nil); errors.As(cause, &failed) {
		f.Command = &failed.command
	}
	if found := Finding(nil); errors.As(cause, &found) {
		f.Finding = found
	}
	n.active--
	n.run.Fail(f, strategy == directive.Finish)
	return nil
}

func causeText(err error) string {
	var e *value.Exception
	if errors.As(err, &e) {
		return e.Error()
	}
	return err.Error()
}

// retry makes the next attempt: directives and script are evaluated anew.
func (n *node) retry(p *pending, cause error) error {
	old := p.in
	in := n.nextAttempt(old, p.errors)
	in.exit = old.exit
	in.previous["previousTrace"] = traceOf(old.task)
	in.previous["previousException"] = exceptionOf(cause)
	return n.attempt(p, in)
}

// exceptionOf is task.previousException: why the attempt before failed.
func exceptionOf(cause error) value.Value {
	var e *value.Exception
	if errors.As(cause, &e) {
		return e
	}
	return &value.Exception{Of: value.ExceptionClass("nextflow.exception.ProcessFailedException"), Message: cause.Error()}
}

// traceOf is task.previousTrace: what the trace file says of the failed attempt,
// as plain numbers: bytes and milliseconds.
func traceOf(t *task.Task) value.Value {
	m := t.Result.Metrics
	return value.MapOf(
		"task_id", value.MakeInt(int64(t.ID)), "name", value.String(t.Name), "status", value.String("COMPLETED"),
		"hash", value.String(t.Hash.Short()), "process", value.String(t.Process), "tag", tagOf(t),
		"exit", value.MakeInt(int64(t.Result.Exit)), "attempt", value.MakeInt(int64(t.Attempt)),
		"cpus", value.MakeInt(int64(t.Resources.Cpus)), "memory", measured(int64(t.Resources.Memory)), "time", measured(int64(t.Resources.Time)), "disk", measured(int64(t.Resources.Disk)),
		"realtime", measured(m.Realtime.Milliseconds()), "peak_rss", measured(m.PeakRSS), "rss", measured(m.RSS),
		"peak_vmem", measured(m.PeakVMem), "vmem", measured(m.VMem), "workdir", value.String(t.WorkDir),
	)
}

func tagOf(t *task.Task) value.Value {
	if t.Tag == "" {
		return nil
	}
	return value.String(t.Tag)
}

// measured is a size or a time, null when it is not known.
func measured(n int64) value.Value {
	if n <= 0 {
		return nil
	}
	return value.Long(n)
}

// strategy evaluates errorStrategy after a failure and applies its limits.
func (in *instance) strategy(p *pending, cause error) directive.Strategy {
	var request *executor.RequestError
	if found := Finding(nil); errors.As(cause, &request) || errors.As(cause, &found) {
		return directive.Terminate
	}
	delete(in.evaluated, "errorStrategy")
	if in.exit == nil {
		unknown := unknownExit
		in.exit = &unknown
	}
	v, err := in.setting("errorStrategy")
	if err != nil {
		in.run().warn(fmt.Sprintf("errorStrategy of process `%s` cannot be evaluated: %v", in.node.name, err))
		return directive.Terminate
	}
	s, err := directive.ErrorStrategy(v)
	if err != nil {
		in.run().warn(err.Error())
		return directive.Terminate
	}
	if s != directive.Retry {
		return s
	}
	retries, err1 := in.count("maxRetries", 1)
	if retries == 0 { // as in the original engine: no number at all
		retries = 1
	}
	errorsMax, err2 := in.count("maxErrors", -1)
	if err1 != nil || err2 != nil {
		in.run().warn(errors.Join(err1, err2).Error())
		return directive.Terminate
	}
	return retryOrEnd(retryFacts{
		ending: in.run().frozen, hopeless: !retryable(cause),
		errors: p.errors, maxRetries: retries, allErrors: in.node.errors, maxErrors: errorsMax,
	})
}

// retryFacts are what decides whether a task that asks for it is tried again.
type retryFacts struct {
	ending     bool // the run is ending
	hopeless   bool // the script itself is wrong
	errors     int  // failed attempts of the task, this one included
	maxRetries int
	allErrors  int // failed attempts of the process
	maxErrors  int // 0 or less: any number
}

func retryOrEnd(f retryFacts) directive.Strategy {
	switch {
	case f.ending, f.hopeless, f.errors > f.maxRetries, f.maxErrors > 0 && f.allErrors >= f.maxErrors:
		return directive.Terminate
	}
	return directive.Retry
}

// retryable says that another attempt may end differently: the script's own
// mistakes (unknown names, wrong types) will not.
func retryable(cause error) bool {
	var e *value.Exception
	return !errors.As(cause, &e)
}

func (in *instance) count(name string, otherwise int) (int, error) {
	v, err := in.setting(name)
	if err != nil {
		return otherwise, err
	}
	return directive.Int(name, v, otherwise)
}
