package process

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"sluice/internal/directive"
	"sluice/internal/lang/value"
	"sluice/internal/observe"
	"sluice/internal/publish"
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
			source = filepath.Join(c.dir, name)
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

func remotePublish(dir string) error {
	return fmt.Errorf("publishDir `%s` is remote, and files are published to local directories only: publish to one and copy from there", dir)
}

// checkPublish refuses a remote publishDir before the first task of a process
// runs. What cannot be known yet is left to publish.
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
		if dir := value.ToString(d.Path); strings.Contains(dir, "://") {
			return remotePublish(dir)
		}
	}
	return nil
}

// rule is one publishDir as the publisher wants it.
func (in *instance) rule(d directive.Publish) (*publish.Rule, error) {
	base := value.ToString(d.Path)
	if p, ok := d.Path.(*value.Path); ok {
		base = p.String()
	}
	if strings.Contains(base, "://") {
		return nil, remotePublish(base)
	}
	if !filepath.IsAbs(base) {
		base = filepath.Join(in.run().LaunchDir, base)
	}
	rule := &publish.Rule{Path: base, NoFail: in.run().PublishNoFail}
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
	dir := value.ToString(v)
	if !filepath.IsAbs(dir) {
		dir = filepath.Join(in.run().LaunchDir, dir)
	}
	return dir, nil
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

// store moves the outputs of a task to storeDir; the outputs are then found there.
func (n *node) store(in *instance, c *collected) error {
	dir, err := in.storeDir()
	if err != nil || dir == "" || !storable(n.def.outputs) || len(n.def.outputs) == 0 {
		return err
	}
	for _, name := range c.files {
		target := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(target), 0o777); err != nil {
			return fmt.Errorf("make storeDir %s: %w", filepath.Dir(target), unwrapPath(err))
		}
		it := publish.Item{Rule: &publish.Rule{Path: dir, Mode: publish.Move}, Source: filepath.Join(in.task.WorkDir, name), Target: target, Task: in.task.Name}
		if err := publish.Place(it); err != nil {
			return fmt.Errorf("store %s: %w", target, err)
		}
	}
	again, err := in.collect(dir)
	if err != nil {
		return err
	}
	*c = *again
	return nil
}
