package interp

import (
	"errors"

	"sluice/internal/lang/resolve"
	"sluice/internal/lang/source"
	"sluice/internal/lang/stdlib"
	"sluice/internal/lang/syntax"
	"sluice/internal/lang/value"
)

// An Interp evaluates the scripts of one run.
type Interp struct {
	Table *stdlib.Table
	// Passthrough says which errors are not Java exceptions to a script:
	// scripts cannot catch them and no position is added.
	Passthrough func(error) bool
	// Lib makes the module of lib/ that defines a class, by its full name; nil
	// when there is none.
	Lib func(name string) *Instance
	// Missing answers a method that recv does not have, or gives the error for
	// it; ok is false to leave it to the general one. MissingProperty is the
	// same for a property. Either may be nil.
	Missing         func(th *value.Thread, recv value.Value, name string, args []value.Value) (v value.Value, ok bool, err error)
	MissingProperty func(th *value.Thread, recv value.Value, name string) (v value.Value, ok bool, err error)

	classes map[*value.Class]*Class // of scripts and lib/
	nested  int                     // calls of scripts from within Go code that has no thread
}

// An Instance is a module with its own globals: one per included file and set
// of parameters.
type Instance struct {
	Module  *resolve.Module
	Globals []value.Value
	// Builtin finds the host's value of a name: params, channel, log, moduleDir, …
	Builtin func(name string) (value.Value, bool)
	// Include executes an include that stands in a block.
	Include func(*syntax.Include) error

	in      *Interp
	classes map[string]*Class
	first   *Class // the first of classes
}

// NewInstance makes an instance whose functions are ready to be called.
func (in *Interp) NewInstance(m *resolve.Module, builtin func(string) (value.Value, bool)) *Instance {
	inst := &Instance{Module: m, Globals: make([]value.Value, len(m.Globals)), Builtin: builtin, in: in}
	if m.File == nil {
		return inst
	}
	inst.defineClasses()
	inst.importStatics()
	for _, d := range m.File.Decls {
		f, ok := d.(*syntax.FuncDef)
		if !ok {
			continue
		}
		i, _ := m.Global(f.Name)
		fn := inst.function(f)
		if first, ok := inst.Globals[i].(*Function); ok {
			first.overloads = append(first.overloads, fn)
			continue
		}
		inst.Globals[i] = fn
	}
	return inst
}

// importStatics gives what `import static` declares its value: a constant, or a
// method of the class.
func (inst *Instance) importStatics() {
	for _, s := range inst.Module.Statics {
		of, ok := (&compiler{inst: inst}).class(s.Class)
		if !ok {
			continue // the resolver knows it
		}
		if v, ok := inst.in.Table.StaticProperty(nil, of, s.Member); ok {
			inst.Set(s.Name, v)
			continue
		}
		inst.Set(s.Name, &value.Native{Name: s.Name, Fn: func(th *value.Thread, _ value.Value, args []value.Value) (value.Value, error) {
			return inst.in.invoke(th, value.ClassRef{Of: of}, s.Member, args)
		}})
	}
}

// Set gives a global its value: how processes, workflows and included names arrive.
func (inst *Instance) Set(name string, v value.Value) {
	if i, ok := inst.Module.Global(name); ok {
		inst.Globals[i] = v
	}
}

// Get reads a global.
func (inst *Instance) Get(name string) (value.Value, bool) {
	if i, ok := inst.Module.Global(name); ok {
		return inst.Globals[i], true
	}
	return nil, false
}

// A Frame is a running function, workflow or process: its slots are the
// variables. It outlives the call where sections share it.
type Frame struct {
	frame
	info *syntax.FuncInfo
}

// NewFrame makes the frame of a workflow or process.
func (inst *Instance) NewFrame(th *value.Thread, info *syntax.FuncInfo) *Frame {
	return &Frame{frame: frame{th: th, slots: make([]value.Value, info.Slots), inst: inst}, info: info}
}

// WithThread is the same frame, run by another thread.
func (f *Frame) WithThread(th *value.Thread) *Frame {
	g := *f
	g.th = th
	return &g
}

// WithDelegate is the same frame whose unknown names are asked of delegate.
func (f *Frame) WithDelegate(delegate value.Value) *Frame {
	g := *f
	g.self = &value.Closure{Delegate: delegate}
	return &g
}

// PublishName is what resolve calls `file >> target` in the path of an output.
const PublishName = resolve.PublishName

// TaskOutput is the variable of a process whose value typed outputs call.
const TaskOutput = resolve.TaskOutput

// Bind sets a variable by its binding.
func (f *Frame) Bind(b syntax.Binding, v value.Value) {
	switch b.Kind {
	case syntax.Cell:
		if c, ok := f.slots[b.Index].(*cell); ok {
			c.v = v
			return
		}
		f.slots[b.Index] = &cell{v}
	case syntax.Local:
		f.slots[b.Index] = v
	}
}

// BindName sets a variable of the frame's outermost scope by name.
func (f *Frame) BindName(name string, v value.Value) bool {
	for i, n := range f.info.Names {
		if n == name {
			if c, ok := f.slots[i].(*cell); ok {
				c.v = v
			} else {
				f.slots[i] = &cell{v}
				if !f.isCell(i) {
					f.slots[i] = v
				}
			}
			return true
		}
	}
	return false
}

func (f *Frame) isCell(slot int) bool { return f.info.Cells[slot] }

// Property finds a variable by name: what closures given this frame as their
// delegate see.
func (f *Frame) Property(name string) (value.Value, bool) {
	for i, n := range f.info.Names {
		if n == name {
			v := f.slots[i]
			if c, ok := v.(*cell); ok {
				v = c.v
			}
			return v, true
		}
	}
	return f.inst.object(name)
}

// object is what the host puts before every script, such as `workflow`; its
// functions are called, not asked for.
func (inst *Instance) object(name string) (value.Value, bool) {
	if inst == nil || inst.Builtin == nil {
		return nil, false
	}
	v, ok := inst.Builtin(name)
	if _, function := v.(value.Callable); function {
		return nil, false
	}
	return v, ok
}

// Class makes a Frame a value, so that it can be a delegate.
func (*Frame) Class() *value.Class { return value.ObjectClass }

// frame is what compiled code runs in.
type frame struct {
	th    *value.Thread
	slots []value.Value
	free  []*cell
	self  *value.Closure // whom unknown names are asked of
	this  *Object        // the object whose method runs
	inst  *Instance
	ret   value.Value
	notes *[]noted // of the assertion being evaluated
}

// A cell holds a captured variable.
type cell struct{ v value.Value }

func (*cell) Class() *value.Class { return value.ObjectClass }

type (
	code func(*frame) (value.Value, error)
	exec func(*frame) (control, error)
)

// control says how a statement ended.
type control uint16

const (
	next control = iota
	breaking
	continuing
	returning
	labeled control = 8 // from here on: break and continue of the loops with labels, outermost first
)

// Locate adds a script position to an exception that has none yet, and makes
// exceptions of other errors.
func (in *Interp) locate(err error, at source.Span) error {
	if in.Passthrough != nil && in.Passthrough(err) {
		return err
	}
	var e *value.Exception
	if !errors.As(err, &e) {
		e = &value.Exception{Of: value.ExceptionClass("java.lang.Exception"), Message: err.Error(), Cause: err}
	}
	if e.Where.IsZero() {
		e.Where = at
	}
	return e
}

// A Code is a compiled expression, section or block, to be run in a Frame.
type Code struct{ run code }

// Run evaluates the code in f.
func (c *Code) Run(f *Frame) (value.Value, error) {
	f.ret = nil
	return c.run(&f.frame)
}

// Expr compiles an expression of a workflow or process.
func (inst *Instance) Expr(x syntax.Expr) *Code {
	c := compiler{inst: inst}
	return &Code{c.expr(x)}
}

// Block compiles statements; the result is the value of the last one, as in a closure.
func (inst *Instance) Block(b *syntax.Block) *Code {
	c := compiler{inst: inst}
	body := c.body(b.Stmts)
	return &Code{func(fr *frame) (value.Value, error) {
		if _, err := body(fr); err != nil {
			return nil, err
		}
		return fr.ret, nil
	}}
}

// RunTop runs one top-level statement.
func (inst *Instance) RunTop(f *Frame, s syntax.Stmt) error {
	c := compiler{inst: inst}
	_, err := c.stmt(s, false)(&f.frame)
	return err
}

// Names lists the frame's variables.
func (f *Frame) Names() []string { return f.info.Names }
