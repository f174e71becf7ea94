package process

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"sluice/internal/directive"
	"sluice/internal/lang/value"
	"sluice/internal/observe"
	"sluice/internal/publish"
	"sluice/internal/storage"
	"sluice/internal/task"
	"sluice/internal/workdir"
)

// A finalizeError ends the run whatever the error strategy says.
type finalizeError struct {
	task string
	err  error
}

func (e *finalizeError) Error() string {
	return "Unexpected error while finalizing task '" + e.task + "' - cause: " + e.err.Error()
}

// publish plans where the outputs of a task go, as publishDir says.
func (n *node) publish(in *instance, c *collected) error {
	v, err := in.setting("publishDir")
	if err != nil || v == nil {
		return err
	}
	dirs, err := directive.PublishDirs(v)
	if err != nil {
		return err
	}
	for _, d := range dirs {
		if err := in.publishTo(d, c); err != nil {
			return err
		}
	}
	return nil
}

func (in *instance) publishTo(d directive.Publish, c *collected) error {
	rule, err := in.rule(d)
	if err != nil {
		return err
	}
	if len(c.files) > 0 {
		if err := publish.MakeDir(rule.Path); err != nil {
			return &finalizeError{in.task.Name, err}
		}
	}
	for _, name := range c.files {
		if ok, err := chosen(d.Pattern, name); err != nil || !ok {
			if err != nil {
				return err
			}
			continue
		}
		as := name
		if d.SaveAs != nil {
			v, err := d.SaveAs.CallWith(in.run().Thread, []value.Value{value.String(name)})
			if err != nil {
				return err
			}
			if v == nil {
				continue
			}
			if p, ok := v.(*value.Path); ok {
				as = p.String()
			} else {
				as = value.ToString(v)
			}
		}
		source := name
		if !filepath.IsAbs(source) {
			source = storage.Join(c.dir, name)
		}
		in.run().Publish(publish.Item{Rule: rule, Source: source, Target: rule.Target(as), Task: in.task.Name, Cached: in.task.State == task.Cached})
	}
	return nil
}

// chosen says whether publishDir takes a file: its pattern reads as one of an
// output does.
func chosen(pattern, name string) (bool, error) {
	if pattern == "" {
		return true, nil
	}
	return workdir.Match(pattern, filepath.ToSlash(name))
}

// publishable says why nothing can be published to a directory of a storage.
func (r *Run) publishable(dir string) error {
	scheme, _ := storage.Split(dir)
	if scheme != "az" {
		return fmt.Errorf("publishDir `%s` is remote, and files are published to directories of this machine and of az:// only: publish to one and copy from there", dir)
	}
	if _, err := r.Storage(scheme); err != nil {
		return fmt.Errorf("publishDir `%s`: %w", dir, err)
	}
	return nil
}

// checkPublish refuses a publishDir that cannot be written before the first
// task of a process runs. What cannot be known yet is left to publish.
func (in *instance) checkPublish() error {
	n := in.node
	if n.published {
		return nil
	}
	n.published = true
	v, err := in.eval(n.settings.GetString("publishDir"), "publishDir")
	if err != nil || v == nil {
		return nil
	}
	dirs, err := directive.PublishDirs(v)
	if err != nil {
		return nil
	}
	for _, d := range dirs {
		if dir := pathText(d.Path); storage.IsRemote(dir) {
			if err := in.run().publishable(dir); err != nil {
				return err
			}
		}
	}
	return nil
}

// rule is one publishDir as the publisher wants it.
func (in *instance) rule(d directive.Publish) (*publish.Rule, error) {
	base := in.run().absolute(d.Path)
	if storage.IsRemote(base) {
		if err := in.run().publishable(base); err != nil {
			return nil, err
		}
	}
	rule := &publish.Rule{Path: base, NoFail: in.run().PublishNoFail, ContentType: d.ContentType, Tags: tagList(d.Tags)}
	if d.FailOnError != nil {
		rule.NoFail = !*d.FailOnError
	}
	var err error
	if d.Mode != "" {
		if rule.Mode, err = publish.ParseMode(d.Mode); err != nil {
			return nil, err
		}
	}
	if d.Overwrite != nil {
		rule.Overwrite = publish.No
		if *d.Overwrite {
			rule.Overwrite = publish.Yes
		}
	}
	return rule, nil
}

// stored uses the files that storeDir already holds, if all outputs are there.
func (n *node) stored(p *pending, in *instance) (bool, error) {
	dir, err := in.storeDir()
	if err != nil {
		return true, n.fail(p, err)
	}
	if dir == "" {
		return false, nil
	}
	if len(n.def.outputs) == 0 || !storable(n.def.outputs) {
		n.run.warn(fmt.Sprintf("[%s] storeDir can be used when all outputs are files -- it is ignored", n.name))
		return false, nil
	}
	t := in.task
	c, err := in.collect(dir)
	if err != nil {
		return false, nil
	}
	t.State, t.WorkDir = task.Stored, dir
	n.run.Post(observe.TaskChanged{Step: observe.Stored, Task: t})
	n.inTurn(t.Index, c)
	return true, n.done()
}

func (in *instance) storeDir() (string, error) {
	v, err := in.setting("storeDir")
	if err != nil || v == nil {
		return "", err
	}
	return in.run().absolute(v), nil
}

// place moves one file to storeDir; what crosses the network does not hold the
// interpreter lock.
func (r *Run) place(it publish.Item) (err error) {
	if !storage.IsRemote(it.Source) && !storage.IsRemote(it.Target) {
		return publish.Place(context.Background(), it, nil)
	}
	r.Thread.Block(func() { err = publish.Place(r.Thread.Context, it, r.Storage) })
	return err
}

// tagList is the option `tags`, in order.
func tagList(m *value.Map) []string {
	if m == nil {
		return nil
	}
	var tags []string
	for k, v := range m.Entries {
		tags = append(tags, value.ToString(k)+"="+value.ToString(v))
	}
	return tags
}

// storable says that every output can be found again in storeDir: files, and
// values known without running.
func storable(outputs []*output) bool {
	for _, o := range outputs {
		switch o.kind {
		case pathOutput, valOutput:
		case tupleOutput:
			if !storable(o.inner) {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// results finds what a task made, and the tree of its work directory. With a
// storeDir they are moved there first and found there: a task may as well have
// written them in that place itself, or some of them. Made stubs are not for
// later runs.
func (n *node) results(in *instance) (*collected, workdir.Tree, error) {
	dir, err := in.storeDir()
	if err != nil {
		return nil, nil, err
	}
	if dir == "" || n.def.madeStub() || len(n.def.outputs) == 0 || !storable(n.def.outputs) {
		c, err := in.collect(in.task.WorkDir)
		if err != nil {
			return nil, nil, err
		}
		return c, c.tree, nil
	}
	here, err := in.collectSome(in.task.WorkDir)
	if err != nil {
		return nil, nil, err
	}
	if err := n.store(in, here.files, dir); err != nil {
		return nil, nil, err
	}
	there, err := in.collect(dir)
	return there, here.tree, err
}

// store moves files of the work directory to storeDir.
func (n *node) store(in *instance, files []string, dir string) error {
	for _, name := range files {
		target := storage.Join(dir, name)
		if !storage.IsRemote(target) {
			if err := os.MkdirAll(filepath.Dir(target), 0o777); err != nil {
				return fmt.Errorf("make storeDir %s: %w", filepath.Dir(target), unwrapPath(err))
			}
		}
		it := publish.Item{Rule: &publish.Rule{Path: dir, Mode: publish.Move}, Source: storage.Join(in.task.WorkDir, name), Target: target, Task: in.task.Name}
		if err := n.run.place(it); err != nil {
			return fmt.Errorf("store %s: %w", target, err)
		}
	}
	return nil
}
