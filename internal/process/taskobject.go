package process

import (
	"strings"

	"sluice/internal/directive"
	"sluice/internal/lang/value"
)

// taskObject is `task`: the directives of the task, evaluated when asked for,
// and facts about it.
type taskObject struct{ in *instance }

var taskClass = &value.Class{Name: "nextflow.processor.TaskConfig", Parents: []*value.Class{value.MapClass}}

func (*taskObject) Class() *value.Class { return taskClass }

// ToString keeps the object readable when a script prints it.
func (t *taskObject) ToString() string { return value.ToString(t.in.node.settings) }

// Property answers facts, then directives. A directive that fails to evaluate
// is reported when the task is made, so here it is kept for then.
func (t *taskObject) Property(name string) (value.Value, bool) {
	v, err := t.get(name)
	if err != nil {
		t.in.fail(err)
		return nil, true
	}
	return v, true
}

func (t *taskObject) get(name string) (value.Value, error) {
	in := t.in
	tk := in.task
	switch name {
	case "attempt":
		return value.MakeInt(int64(tk.Attempt)), nil
	case "process":
		return value.String(tk.Process), nil
	case "name":
		if tk.Name == "" { // the process is only looked at
			return nil, nil
		}
		return value.String(tk.Name), nil
	case "index":
		if tk.Index == 0 {
			return nil, nil
		}
		return value.MakeInt(int64(tk.Index)), nil
	case "id":
		return value.MakeInt(int64(tk.ID)), nil
	case "hash":
		return value.String(tk.Hash.String()), nil
	case "workDir":
		return value.ParsePath(tk.WorkDir), nil
	case "exitStatus":
		return in.exitStatus(), nil
	case "previousTrace", "previousException":
		return in.previous[name], nil
	case "ext":
		return &extObject{in}, nil
	case "container":
		return in.image()
	case "executor":
		return value.String(in.executor()), nil
	}
	v, err := in.setting(name)
	if err != nil {
		return nil, err
	}
	if v == nil {
		if unset, ok := whenUnset[name]; ok {
			return unset(), nil
		}
	}
	return in.typed(name, v)
}

// whenUnset is what scripts see of directives that nobody set.
var whenUnset = map[string]func() value.Value{
	"maxRetries":     func() value.Value { return value.MakeInt(1) },
	"maxErrors":      func() value.Value { return value.MakeInt(-1) },
	"errorStrategy":  func() value.Value { return value.String("TERMINATE") },
	"shell":          func() value.Value { return words(directive.DefaultShell) },
	"module":         func() value.Value { return value.NewList() },
	"publishDir":     func() value.Value { return value.NewList() },
	"resourceLabels": func() value.Value { return value.NewMap(0) },
}

func words(list []string) value.Value {
	l := value.NewList()
	for _, w := range list {
		l.Elems = append(l.Elems, value.String(w))
	}
	return l
}

// typed gives a directive the type scripts expect, within resourceLimits.
func (in *instance) typed(name string, v value.Value) (value.Value, error) {
	switch name {
	case "cpus", "memory", "time", "disk":
	case "errorStrategy":
		return value.String(strings.ToUpper(value.ToString(v))), nil
	case "module":
		return words(directive.Modules(v)), nil
	case "arch":
		if _, isMap := v.(*value.Map); !isMap {
			return value.MapOf("name", value.String(value.ToString(v))), nil
		}
		return v, nil
	case "accelerator":
		return accelerator(v)
	default:
		if g, ok := v.(*value.GString); ok {
			return value.String(value.ToString(g)), nil
		}
		return v, nil
	}
	res, err := in.resources()
	if err != nil {
		return nil, err
	}
	switch name {
	case "cpus":
		return value.MakeInt(int64(res.Cpus)), nil
	case "memory":
		if res.Memory > 0 {
			return res.Memory, nil
		}
	case "time":
		if res.Time > 0 {
			return res.Time, nil
		}
	case "disk":
		if res.Disk > 0 {
			return res.Disk, nil
		}
	}
	return nil, nil
}

// accelerator is always the map that the directive's options make.
func accelerator(v value.Value) (value.Value, error) {
	acc, err := directive.AcceleratorOf(v)
	if err != nil || acc == nil {
		return nil, err
	}
	m, ok := v.(*value.Map)
	if !ok {
		m = value.NewMap(2)
	}
	m = m.Copy()
	m.Set(value.String("request"), value.MakeInt(int64(acc.Request)))
	m.Set(value.String("limit"), value.MakeInt(int64(acc.Limit)))
	return m, nil
}

// SetProperty changes a directive for this task, as scripts may.
func (t *taskObject) SetProperty(name string, v value.Value) bool {
	t.in.evaluated[name] = v
	return true
}

// InvokeMethod answers the few methods of maps that scripts use.
func (t *taskObject) InvokeMethod(_ *value.Thread, name string, args []value.Value) (value.Value, bool, error) {
	if len(args) < 1 {
		return nil, false, nil
	}
	key, ok := value.Str(args[0])
	if !ok {
		return nil, false, nil
	}
	switch {
	case name == "get" || name == "getAt":
		v, err := t.get(key)
		if v == nil && len(args) > 1 {
			v = args[1]
		}
		return v, true, err
	case name == "containsKey":
		return value.Bool(t.in.node.settings.Has(value.String(key))), true, nil
	}
	return nil, false, nil
}

// extObject is `task.ext`.
type extObject struct{ in *instance }

func (*extObject) Class() *value.Class { return value.LinkedMapClass }

func (e *extObject) m() *value.Map {
	m, ok := e.in.node.settings.GetString("ext").(*value.Map)
	if !ok {
		return value.NewMap(0)
	}
	return m
}

// Property evaluates one entry; an unknown one is null.
func (e *extObject) Property(name string) (value.Value, bool) {
	ext := e.in.node.settings.GetString("ext")
	if l, ok := ext.(*lazy); ok {
		v, err := l.eval(e.in.frame)
		if err != nil {
			e.in.fail(err)
			return nil, true
		}
		ext = v
	}
	m, ok := ext.(*value.Map)
	if !ok {
		return nil, true
	}
	v, err := e.in.eval(m.GetString(name), "ext")
	if err != nil {
		e.in.fail(err)
		return nil, true
	}
	return v, true
}

// Len, Iterate and Truth are a map's.
func (e *extObject) Len() int                             { return e.m().Len() }
func (e *extObject) Iterate(yield func(value.Value) bool) { e.m().Iterate(yield) }
func (e *extObject) Truth() bool                          { return e.m().Truth() }

// ToString prints the entries as configured.
func (e *extObject) ToString() string { return value.ToString(e.m()) }

// InvokeMethod answers containsKey and get.
func (e *extObject) InvokeMethod(th *value.Thread, name string, args []value.Value) (value.Value, bool, error) {
	if len(args) > 0 {
		if key, ok := value.Str(args[0]); ok && (name == "get" || name == "getAt") {
			v, _ := e.Property(key)
			if v == nil && len(args) > 1 {
				v = args[1]
			}
			return v, true, nil
		}
	}
	v, err := th.Host.Call(th, e.m(), name, args)
	return v, true, err
}

// SetProperty adds an entry for this task.
func (e *extObject) SetProperty(name string, v value.Value) bool {
	m := e.m()
	m.Set(value.String(name), v)
	return true
}

// fail keeps the first problem met where no error can be returned.
func (in *instance) fail(err error) {
	if in.err == nil {
		in.err = err
	}
}

// unknownExit is what scripts see of a task that failed without an exit status.
const unknownExit = 1<<31 - 1

// exitStatus of the previous attempt while a task is made, of this one after
// it ended; null in the first attempt.
func (in *instance) exitStatus() value.Value {
	if in.exit == nil {
		return nil
	}
	return value.MakeInt(int64(*in.exit))
}

func (in *instance) executor() string {
	if v, err := in.setting("executor"); err == nil && value.Truth(v) {
		return strings.ToLower(value.ToString(v))
	}
	return in.run().Executor
}

// image is the container as scripts see it.
func (in *instance) image() (value.Value, error) {
	v, err := in.setting("container")
	if err != nil || v == nil || v == value.Value(value.Bool(false)) {
		return nil, err
	}
	return value.String(value.ToString(v)), nil
}

// text gives a string directive, "" if unset.
func (in *instance) text(name string) (string, error) {
	v, err := in.setting(name)
	if err != nil || v == nil {
		return "", err
	}
	s := directive.Text(v)
	return s, nil
}
