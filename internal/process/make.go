package process

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"sluice/internal/directive"
	"sluice/internal/lang/value"
	"sluice/internal/observe"
	"sluice/internal/software"
	"sluice/internal/task"
)

// row makes the task of one set of inputs.
func (n *node) row(row []value.Value) error {
	if n.run.frozen {
		return nil
	}
	n.index++
	p := &pending{node: n, row: row}
	return n.attempt(p, n.newInstance(n.index))
}

// attempt makes a task and sends it on its way: skipped by `when`, stored,
// cached or submitted.
func (n *node) attempt(p *pending, in *instance) error {
	p.in = in
	n.active++
	skip, err := n.make(p, in)
	if err == nil {
		err = in.err
	}
	if err != nil {
		return n.fail(p, err)
	}
	if skip {
		n.inTurn(in.task.Index, nil)
		return n.done()
	}
	return n.start(p, in)
}

// make evaluates everything of a task up to its script.
func (n *node) make(p *pending, in *instance) (skip bool, err error) {
	t := in.task
	t.Name = n.taskName(t.Index)
	if err := in.bind(p.row); err != nil {
		return false, err
	}
	if n.def.when != nil {
		v, err := n.def.when.Run(in.frame)
		if err != nil {
			return false, err
		}
		if !value.Truth(v) {
			return true, nil
		}
	}
	n.run.lastID++
	t.ID = n.run.lastID
	if t.Tag, err = in.text("tag"); err != nil {
		return false, err
	}
	if t.Tag != "" {
		t.Name = n.name + " (" + t.Tag + ")"
	}
	if t.Resources, err = in.resources(); err != nil {
		return false, err
	}
	if t.Tags, err = in.tags(); err != nil {
		return false, err
	}
	if err := errors.Join(in.describe(), in.checkPublish()); err != nil {
		return false, err
	}
	if err := in.buildScript(); err != nil {
		in.bodyFailed = true
		return false, err
	}
	if err := in.wanted(); err != nil {
		return false, err
	}
	if n.def.madeStub() {
		if err := in.autoStub(); err != nil {
			return false, err
		}
	}
	in.forgive()
	return false, nil
}

// tags are the resource labels of the task.
func (in *instance) tags() ([]task.EnvVar, error) {
	v, err := in.setting("resourceLabels")
	m, ok := v.(*value.Map)
	if err != nil || !ok {
		return nil, err
	}
	var tags []task.EnvVar
	for k, v := range m.Entries {
		tags = append(tags, task.EnvVar{Name: value.ToString(k), Value: value.ToString(v)})
	}
	return tags, nil
}

// taskName is the name of a task without a tag.
func (n *node) taskName(index int) string {
	if n.queues == 0 && !n.repeats() {
		return n.name
	}
	return fmt.Sprintf("%s (%d)", n.name, index)
}

func (n *node) repeats() bool {
	for _, in := range n.def.inputs {
		if in.each {
			return true
		}
	}
	return false
}

// describe fills in what the directives say of how to run the task.
func (in *instance) describe() (err error) {
	t := in.task
	if t.Executor = in.executor(); !in.run().Runs(t.Executor) {
		return fmt.Errorf("the executor `%s` of process `%s` is not available in this release; tasks run with the executor `local`", t.Executor, in.node.name)
	}
	if err := in.node.canWork(t.Executor); err != nil {
		return err
	}
	t.WantMetrics = in.run().Metrics
	shell, err := in.setting("shell")
	if err != nil {
		return err
	}
	if t.Shell, err = directive.Shell(shell); err != nil {
		return err
	}
	if text, isText := value.Str(shell); isText && strings.ContainsRune(text, '\n') && !in.run().shellLines {
		in.run().shellLines = true
		in.run().warn(fmt.Sprintf("Directive `process.shell` cannot contain new-line characters - offending value: [%s]", text))
	}
	for _, d := range []struct {
		name string
		to   *string
	}{{"beforeScript", &t.BeforeScript}, {"afterScript", &t.AfterScript}, {"stageInMode", &t.StageInMode}, {"stageOutMode", &t.StageOutMode}} {
		if *d.to, err = in.text(d.name); err != nil {
			return err
		}
	}
	scratch, err := in.setting("scratch")
	if err != nil {
		return err
	}
	t.Scratch = directive.Scratch(scratch)
	module, err := in.setting("module")
	if err != nil {
		return err
	}
	t.Module = directive.Modules(module)
	debug, err := in.setting("debug")
	if err != nil {
		return err
	}
	if echo, err := in.setting("echo"); err == nil && debug == nil {
		debug = echo
	}
	if t.Debug, err = directive.Flag("debug", debug, false); err != nil {
		return err
	}
	if v, err := in.setting("maxForks"); err == nil && v != nil {
		if t.MaxForks, err = directive.Int("maxForks", v, 0); err != nil {
			return err
		}
	}
	t.BinDirs = in.node.binDirs()
	t.Stdin = in.stdin
	t.Env = append(append([]task.EnvVar(nil), in.run().env()...), in.env...)
	if in.node.def.madeStub() { // it calls no programs
		t.BeforeScript, t.AfterScript, t.Module = "", "", nil
		return nil
	}
	return in.programs()
}

// programs is what gives the task its programs: environments, a container.
func (in *instance) programs() error {
	t := in.task
	if err := in.software("conda", in.run().Conda); err != nil {
		return err
	}
	if err := in.software("spack", in.run().Spack); err != nil {
		return err
	}
	if len(t.Software) > 0 && in.elsewhere() != nil {
		return fmt.Errorf("process `%s` asks for an environment of %s, and executor `%s` runs its tasks on machines that do not have it -- name a ready image with `container`", in.node.name, t.Software[0].Tool, t.Executor)
	}
	return in.containerOf()
}

// software finds the environment that a directive asks for, if its tool is
// switched on.
func (in *instance) software(name string, tool *software.Environments) error {
	if tool == nil {
		return nil
	}
	v, err := in.setting(name)
	if err != nil || !value.Truth(v) {
		return err
	}
	arch, err := in.setting("arch")
	if err != nil {
		return err
	}
	target := ""
	if m, ok := arch.(*value.Map); ok {
		target, _ = value.Str(m.GetString("target"))
	}
	spec := value.ToString(v)
	if spec == "false" {
		return nil
	}
	s, err := tool.Find(spec, target)
	if err != nil {
		return err
	}
	in.task.Software = append(in.task.Software, s)
	return nil
}

// containerOf asks the configuration which engine runs the task's image.
func (in *instance) containerOf() error {
	image, err := in.image()
	if err != nil || image == nil {
		return err
	}
	away := in.elsewhere() != nil
	if in.run().Box.Engine == "" && !away {
		in.task.Image = in.run().reference(value.ToString(image))
		return nil
	}
	options, err := in.setting("containerOptions")
	if err != nil {
		return err
	}
	if away {
		in.task.Container = in.run().boxElsewhere(value.ToString(image))
	} else {
		in.task.Container = in.run().container(value.ToString(image))
	}
	in.task.Container.Options = directive.ContainerOptions(options)
	return nil
}

// binDirs are the project's and the module's directories of commands.
func (n *node) binDirs() []string {
	if n.bins != nil {
		return n.bins
	}
	n.bins = []string{}
	for _, dir := range []string{filepath.Join(n.run.ProjectDir, "bin"), filepath.Join(filepath.Dir(n.def.inst.Module.Path), "resources", "usr", "bin")} {
		if st, err := os.Stat(dir); err == nil && st.IsDir() {
			n.bins = append(n.bins, dir)
		}
	}
	return n.bins
}

// start finds the task in storeDir or the cache, or submits it.
func (n *node) start(p *pending, in *instance) error {
	t := in.task
	in.announced = true
	n.run.Post(observe.TaskChanged{Step: observe.Pending, Task: t})
	if stored, err := n.stored(p, in); stored || err != nil {
		return err
	}
	mode, err := in.cacheMode()
	if n.run.NoCache {
		mode = directive.CacheOff
	}
	if err != nil {
		return n.fail(p, err)
	}
	base, err := in.hash(mode)
	if err != nil {
		return n.fail(p, err)
	}
	resume := n.run.Resume && mode != directive.CacheOff
	if resume {
		if found, err := n.laterAttempt(p, in, base, mode); found || err != nil {
			return err
		}
	}
	for try := p.errors + 1; ; try++ {
		t.Hash = rehash(base, try)
		t.WorkDir = in.workDir(t.Hash)
		if resume {
			cached, err := n.cached(p, in)
			if cached || err != nil {
				return err
			}
		}
		free, err := in.occupy()
		if err != nil {
			return n.fail(p, err)
		}
		if free {
			break
		}
	}
	if n.def.native() {
		t.Exec = in.exec
	}
	if err := in.secrets(); err != nil {
		t.Result.Exit = -1
		return n.fail(p, err)
	}
	n.run.pendingOf(t, p)
	n.run.Graph.Hold()
	n.run.Submit(t)
	return nil
}

func unwrapPath(err error) error {
	var pe *os.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}

func (r *Run) pendingOf(t *task.Task, p *pending) {
	if r.pending == nil {
		r.pending = map[*task.Task]*pending{}
	}
	r.pending[t] = p
}

// exec runs an `exec:` body; the executor calls it in a goroutine of its own.
func (in *instance) exec(th *value.Thread) error {
	th.Lock.Lock()
	defer th.Lock.Unlock()
	body := in.node.def.script
	if stub := in.node.def.stub; stub != nil && in.run().Stub {
		body = stub
	}
	_, err := body.Run(in.frame.WithThread(th))
	return err
}

// env is what the configuration exports to every task.
func (r *Run) env() []task.EnvVar {
	if r.exported == nil {
		r.exported = []task.EnvVar{}
		for _, v := range r.Config.Env() {
			r.exported = append(r.exported, task.EnvVar{Name: v.Name, Value: v.Value})
		}
	}
	return r.exported
}

func (r *Run) warn(text string) { r.Post(observe.Message{Level: observe.Warn, Text: text}) }
