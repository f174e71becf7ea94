package process

import (
	"errors"
	"fmt"
	"strings"

	"sluice/internal/lang/value"
	"sluice/internal/observe"
	"sluice/internal/storage"
	"sluice/internal/task"
	"sluice/internal/workdir"
)

// wanted tells the executor what to keep for the outputs: stdout, environment
// variables, results of commands, files.
func (in *instance) wanted() error {
	n := 0
	for _, o := range in.node.def.outputs {
		if err := in.want(o, &n); err != nil {
			return err
		}
	}
	return nil
}

func (in *instance) want(o *output, n *int) error {
	t := in.task
	switch o.kind {
	case tupleOutput:
		for _, inner := range o.inner {
			if err := in.want(inner, n); err != nil {
				return err
			}
		}
	case typedOutput:
		return in.wantCalls(o, n)
	case stdoutOutput:
		t.StdoutWanted = true
	case envOutput:
		name, err := in.envName(o)
		if err != nil {
			return err
		}
		t.CaptureEnv = append(t.CaptureEnv, name)
	case evalOutput:
		v, err := o.expr.Run(in.frame)
		if err != nil {
			return err
		}
		text, err := value.Text(v)
		if err != nil {
			return err
		}
		*n++
		o.key = fmt.Sprintf("nxf_out_eval_%d", *n)
		t.CaptureEval = append(t.CaptureEval, task.EnvVar{Name: o.key, Value: text})
	case pathOutput:
		// Only a hint for the wrapper's unstaging: a pattern that fails to
		// evaluate is reported when the outputs are collected.
		if v, err := o.expr.Run(in.frame); err == nil {
			t.OutputGlobs = append(t.OutputGlobs, patterns(v)...)
		}
	}
	return nil
}

// patterns lists the glob patterns or names of a path output's value.
func patterns(v value.Value) []string {
	switch x := v.(type) {
	case nil:
		return nil
	case *value.Path:
		if x.Stage != "" {
			return []string{x.Stage}
		}
		return []string{x.String()}
	case *value.List:
		var all []string
		for _, e := range x.Elems {
			all = append(all, patterns(e)...)
		}
		return all
	}
	if s, ok := value.Str(v); ok {
		return []string{s}
	}
	return []string{value.ToString(v)}
}

// collected is the values of a task's outputs, in order; absent marks optional
// ones that are not there.
type collected struct {
	values []value.Value
	absent []bool
	files  []string // all output files, relative to the work directory
	seen   map[string]bool
	dir    string // where the files are: the work directory, or storeDir
	some   bool   // what is not there is no error
	tree   workdir.Tree
}

// collect finds the outputs of a finished task in dir.
func (in *instance) collect(dir string) (*collected, error) {
	return in.gather(&collected{dir: dir})
}

// collectSome finds those that are there.
func (in *instance) collectSome(dir string) (*collected, error) {
	return in.gather(&collected{dir: dir, some: true})
}

func (in *instance) gather(c *collected) (*collected, error) {
	tree, err := in.run().tree(c.dir)
	if err != nil {
		return nil, err
	}
	tree = recall(tree, in.kept)
	in.kept = nil
	c.seen, c.tree = map[string]bool{}, tree
	env, err := in.captured(tree)
	if err != nil {
		return nil, err
	}
	for _, o := range in.node.def.outputs {
		v, ok, err := in.output(o, env, c)
		if err != nil {
			return nil, err
		}
		c.values = append(c.values, v)
		c.absent = append(c.absent, !ok)
	}
	return c, nil
}

func (in *instance) captured(dir workdir.Tree) (map[string]workdir.Capture, error) {
	if len(in.task.CaptureEnv) == 0 && len(in.task.CaptureEval) == 0 {
		return nil, nil
	}
	return workdir.ReadCaptures(dir)
}

func (in *instance) output(o *output, env map[string]workdir.Capture, c *collected) (v value.Value, ok bool, err error) {
	switch o.kind {
	case tupleOutput:
		return in.tupleOutput(o, env, c)
	case typedOutput:
		return in.typedOutput(o, env, c)
	case stdoutOutput:
		b, err := c.tree.ReadFile(workdir.OutFile)
		if err != nil {
			return nil, false, fmt.Errorf("Missing 'stdout' for process > %s: %w", in.task.Name, unwrapPath(err))
		}
		return value.String(b), true, nil
	case envOutput, evalOutput:
		key, err := in.envName(o)
		if err != nil {
			return nil, false, err
		}
		if o.kind == evalOutput {
			key = o.key
		}
		text, found := env[key]
		if !found {
			if o.optional {
				return nil, false, nil
			}
			return nil, false, fmt.Errorf("Missing environment variable `%s` expected by process `%s`", key, in.task.Name)
		}
		if o.kind == evalOutput && text.Exit != 0 {
			return nil, false, &evalError{observe.Command{Text: in.command(o), Exit: text.Exit, Output: text.Value}}
		}
		return value.String(text.Value), true, nil
	case pathOutput:
		return in.pathOutput(o, c)
	}
	v, err = o.expr.Run(in.frame)
	if err != nil {
		return nil, false, err
	}
	if g, isText := v.(*value.GString); isText {
		text, err := value.Render(g)
		return value.String(text), true, err
	}
	return in.unstage(v), true, nil
}

func (in *instance) tupleOutput(o *output, env map[string]workdir.Capture, c *collected) (value.Value, bool, error) {
	l := &value.List{Kind: value.Tuple}
	for _, inner := range o.inner {
		i := *inner
		i.optional = i.optional || o.optional
		v, ok, err := in.output(&i, env, c)
		if err != nil {
			return nil, false, err
		}
		if !ok {
			if o.optional && !c.some {
				return nil, false, nil
			}
			v = value.NewList()
		}
		l.Elems = append(l.Elems, v)
	}
	return l, true, nil
}

// pathOutput finds the files of a pattern.
func (in *instance) pathOutput(o *output, c *collected) (value.Value, bool, error) {
	v, err := in.pathValue(o)
	if err != nil {
		return nil, false, err
	}
	names := patterns(v)
	var found []string
	onlyInputs := false
	for _, p := range names {
		list, err := in.match(o, c.tree, p, &onlyInputs)
		if err != nil {
			return nil, false, err
		}
		found = append(found, list...)
	}
	if len(found) == 0 {
		if o.arity != nil && o.arity.min == 0 {
			return value.NewList(), true, nil
		}
		if o.optional || c.some {
			return nil, false, nil
		}
		return nil, false, in.missing(names, onlyInputs)
	}
	if o.arity != nil && !c.some && !o.arity.holds(len(found)) {
		return nil, false, fmt.Errorf("Incorrect number of output files for process `%s` -- expected %s, found %d", in.task.Name, o.arity, len(found))
	}
	paths := make([]value.Value, len(found))
	base := value.ParsePath(c.dir)
	for i, f := range found {
		paths[i] = &value.Path{Scheme: base.Scheme, Name: storage.Join(base.Name, f)}
		if !c.seen[f] {
			c.seen[f] = true
			c.files = append(c.files, f)
		}
	}
	if len(paths) == 1 && (o.arity == nil || o.arity.single()) {
		return paths[0], true, nil
	}
	return value.NewList(paths...), true, nil
}

// pathValue is what a path output names: a closure is called.
func (in *instance) pathValue(o *output) (value.Value, error) {
	v, err := o.expr.Run(in.frame)
	if cl, ok := v.(*value.Closure); ok && err == nil {
		return cl.WithDelegate(in.frame).CallWith(in.run().Thread, nil)
	}
	return v, err
}

func (in *instance) match(o *output, dir workdir.Tree, pattern string, onlyInputs *bool) ([]string, error) {
	found, err := dir.Collect(pattern, workdir.CollectOptions{
		Type: o.options.typ, Literal: !o.options.glob, Hidden: o.options.hidden, NoFollow: !o.options.followLinks,
		MaxDepth: o.options.maxDepth, HasMaxDepth: o.options.maxDepth >= 0,
		IncludeInputs: o.options.includeInputs, Inputs: in.task.Stage,
	})
	*onlyInputs = *onlyInputs || found.OnlyInputs
	return found.Names, err
}

func (in *instance) missing(names []string, onlyInputs bool) error {
	text := fmt.Sprintf("Missing output file(s) `%s` expected by process `%s`", strings.Join(names, ","), in.task.Name)
	if onlyInputs {
		text += " (note: input files are not included in the default matching set)"
	}
	return errors.New(text)
}

// unstage gives values back their files' own names: outside a task, the names
// that its inputs were staged under mean nothing.
func (in *instance) unstage(v value.Value) value.Value {
	switch x := v.(type) {
	case *value.Path:
		if x.Stage == "" {
			return x
		}
		p := *x
		p.Stage, p.Shown = "", ""
		return &p
	case *value.List:
		if x.Kind != value.Blank {
			return x
		}
		l := &value.List{Elems: make([]value.Value, len(x.Elems))}
		for i, e := range x.Elems {
			l.Elems[i] = in.unstage(e)
		}
		return l
	}
	return v
}

// An evalError is a command of an eval output that failed.
type evalError struct{ command observe.Command }

func (*evalError) Error() string { return "Unable to evaluate output" }

// command is the text of an eval output.
func (in *instance) command(o *output) string {
	for _, e := range in.task.CaptureEval {
		if e.Name == o.key {
			return e.Value
		}
	}
	return o.name
}
