package process

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"sluice/internal/directive"
	"sluice/internal/lang/interp"
	"sluice/internal/lang/value"
	"sluice/internal/task"
	"sluice/internal/workdir"
)

// An instance is one task being made or finished: its variables and what the
// inputs gave.
type instance struct {
	node  *node
	frame *interp.Frame
	task  *task.Task

	evaluated  map[string]value.Value
	evaluating map[string]bool
	previous   map[string]value.Value
	exit       *int // of the previous attempt; of this one after it ended
	err        error
	announced  bool // observers know of the task
	bodyFailed bool // the script text could not be made
	limits     *task.Resources

	staged []staged
	made   int // files made of values of the input being bound
	env    []task.EnvVar
	stdin  *string
	hashed []hashed // inputs in order
	kept   []byte   // what the cache has of files that outputs are read from
}

// staged is an input file with where it comes from.
type staged struct {
	path *value.Path
	name string
}

// hashed is a named part of a task's hash.
type hashed struct {
	name  string
	value value.Value
	files []staged // when the part is files
}

func (n *node) newInstance(index int) *instance {
	in := &instance{node: n, evaluated: map[string]value.Value{}, evaluating: map[string]bool{}, previous: map[string]value.Value{}}
	in.frame = n.def.inst.NewFrame(n.run.Thread, n.def.ast.Func)
	in.task = &task.Task{Index: index, Process: n.name, Simple: n.def.ast.Name, Attempt: 1, Labels: n.labels}
	in.frame.BindName("task", &taskObject{in})
	return in
}

// bind gives every declared input its value.
func (in *instance) bind(row []value.Value) error {
	for i, d := range in.node.def.inputs { // stage names may use values declared after them
		in.bindValues(d, row[i])
	}
	views, err := in.stageTyped()
	if err != nil {
		return err
	}
	for i, d := range in.node.def.inputs {
		if d.kind == typedInput {
			err = in.bindTyped(d, row[i], views)
		} else {
			err = in.bindInput(d, row[i])
		}
		if err != nil {
			return err
		}
	}
	if err := in.stageRest(); err != nil {
		return err
	}
	for _, s := range in.staged {
		in.task.Stage = append(in.task.Stage, task.Staged{Source: s.path.String(), Name: s.name})
	}
	return workdir.CheckCollisions(in.node.name, in.task.Stage)
}

// bindValues gives the variables of `val` inputs their values.
func (in *instance) bindValues(d *input, v value.Value) {
	switch d.kind {
	case valInput:
		in.variable(d, v)
	case typedInput:
		in.typedVariables(d, v)
	case tupleInput:
		elems, ok := value.Elements(v)
		if _, isMap := v.(*value.Map); !ok || isMap {
			elems = []value.Value{v}
		}
		for i, inner := range d.inner {
			if i < len(elems) {
				in.bindValues(inner, elems[i])
			}
		}
	}
}

func (in *instance) bindInput(d *input, v value.Value) error {
	switch d.kind {
	case tupleInput:
		return in.bindTuple(d, v)
	case envInput:
		text := value.ToString(v)
		if l, ok := v.(*value.List); ok && len(l.Elems) == 1 {
			text = value.ToString(l.Elems[0])
		}
		in.env = append(in.env, task.EnvVar{Name: d.name, Value: text})
		in.hashed = append(in.hashed, hashed{name: d.name, value: value.String(text)})
	case stdinInput:
		return in.bindStdin(v)
	case pathInput:
		return in.bindFiles(d, v)
	default:
		in.variable(d, v)
		in.hashed = append(in.hashed, hashed{name: d.name, value: v})
	}
	return nil
}

func (in *instance) variable(d *input, v value.Value) {
	if d.bound {
		in.frame.BindName(d.name, v)
	}
}

func (in *instance) bindTuple(d *input, v value.Value) error {
	elems, ok := value.Elements(v)
	if _, isMap := v.(*value.Map); !ok || isMap {
		elems = []value.Value{v}
	}
	if len(elems) != len(d.inner) {
		in.run().warn(fmt.Sprintf("Input tuple does not match tuple declaration in process `%s` -- offending value: %s", in.node.name, value.ToString(v)))
	}
	for i, inner := range d.inner {
		var e value.Value
		if i < len(elems) {
			e = elems[i]
		}
		if err := in.bindInput(inner, e); err != nil {
			return err
		}
	}
	return nil
}

func (in *instance) bindStdin(v value.Value) error {
	text := value.ToString(v)
	if p, ok := v.(*value.Path); ok {
		b, err := in.run().read(p)
		if err != nil {
			return fmt.Errorf("read stdin of process `%s`: %w", in.node.name, err)
		}
		text = string(b)
	}
	in.stdin = &text
	in.hashed = append(in.hashed, hashed{name: "stdin", value: value.String(text)})
	return nil
}

// bindFiles stages the files of a path input and gives the variable their
// staged view.
func (in *instance) bindFiles(d *input, v value.Value) error {
	var files []*value.Path
	in.made = 0
	if err := in.files(d, v, &files); err != nil {
		return err
	}
	if d.arity != nil && !d.arity.holds(len(files)) {
		return fmt.Errorf("Incorrect number of input files for process `%s` -- expected %s, found %d", in.node.name, d.arity, len(files))
	}
	pattern := "*" // keeps the names
	if d.pattern != nil {
		p, err := d.pattern.Run(in.frame)
		if err != nil {
			return err
		}
		if pattern, err = value.Text(p); err != nil {
			return err
		}
	}
	names := make([]string, len(files))
	for i, f := range files {
		names[i] = f.FileName()
	}
	names, err := workdir.StageNames(pattern, names)
	if err != nil {
		return err
	}
	views := make([]value.Value, len(files))
	list := make([]staged, len(files))
	for i, f := range files {
		list[i] = staged{f, names[i]}
		view := *f
		view.Stage, view.Shown = names[i], workdir.Escape(names[i])
		views[i] = &view
	}
	in.staged = append(in.staged, list...)
	in.hashed = append(in.hashed, hashed{name: d.name, files: list})
	single := len(views) == 1 && (d.arity == nil || d.arity.single())
	if single {
		in.variable(d, views[0])
	} else {
		in.variable(d, &value.List{Elems: views, Kind: value.Blank})
	}
	return nil
}

// listed gathers the files of a collection; a collection within it is none.
func (in *instance) listed(d *input, elems []value.Value, out *[]*value.Path) error {
	for _, e := range elems {
		err := error(nil)
		if _, isPath := e.(*value.Path); !isPath && value.IsCollection(e) {
			err = in.noPath(d, e, out)
		} else {
			err = in.files(d, e, out)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// noPath is a value that names no file: the content of one for `file` inputs.
func (in *instance) noPath(d *input, v value.Value, out *[]*value.Path) error {
	if d.legacy {
		return in.contentFile(value.ToString(v), out)
	}
	return fmt.Errorf("Not a valid path value type: %s (%s)", v.Class().Name, value.ToString(v))
}

// files gathers the files of a value: a path, text that is one, or collections
// of them.
func (in *instance) files(d *input, v value.Value, out *[]*value.Path) error {
	switch x := v.(type) {
	case *value.Path:
		p := *x
		p.Stage, p.Shown = "", ""
		if !p.IsAbsolute() {
			p.Name = filepath.Join(in.run().LaunchDir, p.Name)
		}
		*out = append(*out, &p)
		return nil
	case nil:
		return fmt.Errorf("Path value cannot be null")
	case *value.Map:
	default:
		if text, ok := value.Str(v); ok {
			return in.textFile(d, text, out)
		}
		if elems, ok := value.Elements(v); ok {
			return in.listed(d, elems, out)
		}
	}
	return in.noPath(d, v, out)
}

func (in *instance) textFile(d *input, text string, out *[]*value.Path) error {
	p := value.ParsePath(text)
	switch {
	case text == "":
		return fmt.Errorf("Path value cannot be empty")
	case strings.Contains(text, "\n"):
		if d.legacy {
			return in.contentFile(text, out)
		}
		return fmt.Errorf("Path value cannot contain a new-line character: %s", text)
	case p.IsAbsolute():
		*out = append(*out, p)
		return nil
	case d.legacy:
		return in.contentFile(text, out)
	}
	return fmt.Errorf("Not a valid path value: '%s'", text)
}

// contentFile is how `file` inputs take values that are no files: a file with
// the value as its content, numbered after the files of the inputs before it.
func (in *instance) contentFile(text string, out *[]*value.Path) error {
	h := digest([]byte(text))
	in.made++
	path := filepath.Join(in.run().TempDir, "tmp", h[:2], h[2:], fmt.Sprintf("input.%d", len(in.staged)+in.made))
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return fmt.Errorf("make a file of an input value: %w", err)
	}
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		return fmt.Errorf("make a file of an input value: %w", err)
	}
	*out = append(*out, &value.Path{Name: path})
	return nil
}

// resources converts what the task asks for, within resourceLimits.
func (in *instance) resources() (task.Resources, error) {
	if in.limits != nil {
		return *in.limits, nil
	}
	r := task.Resources{Cpus: 1}
	var limits directive.Limits
	for _, d := range []struct {
		name string
		take func(v value.Value) error
	}{
		{"cpus", func(v value.Value) (err error) {
			if v != nil {
				r.Cpus, err = directive.Cpus(v)
			}
			return err
		}},
		{"memory", func(v value.Value) (err error) { r.Memory, err = directive.Size("memory", v); return err }},
		{"time", func(v value.Value) (err error) { r.Time, err = directive.Time("time", v); return err }},
		{"disk", func(v value.Value) error {
			disk, err := directive.DiskOf(v)
			r.Disk = disk.Size
			return err
		}},
		{"accelerator", func(v value.Value) error {
			acc, err := directive.AcceleratorOf(v)
			if acc != nil {
				r.Accelerator, r.AcceleratorType = acc.Limit, acc.Type
			}
			return err
		}},
		{"resourceLimits", func(v value.Value) (err error) { limits, err = directive.LimitsOf(v); return err }},
	} {
		v, err := in.setting(d.name)
		if err == nil {
			err = in.node.placed(d.name, d.take(v))
		}
		if err != nil {
			return r, err
		}
	}
	var err error
	if r.Queue, err = in.text("queue"); err != nil {
		return r, err
	}
	if r.Machine, err = in.text("machineType"); err != nil {
		return r, err
	}
	r.Cpus = directive.Cap(r.Cpus, limits.Cpus)
	r.Memory = directive.Cap(r.Memory, limits.Memory)
	r.Time = directive.Cap(r.Time, limits.Time)
	r.Disk = directive.Cap(r.Disk, limits.Disk)
	in.limits = &r
	return r, nil
}
