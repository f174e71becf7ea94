package process

import (
	"fmt"

	"sluice/internal/dataflow"
	"sluice/internal/lang/diag"
	"sluice/internal/lang/interp"
	"sluice/internal/lang/resolve"
	"sluice/internal/lang/source"
	"sluice/internal/lang/syntax"
	"sluice/internal/lang/value"
	"sluice/internal/observe"
)

// Class is the class of processes as values.
var Class = &value.Class{Name: "nextflow.script.ProcessDef", Parents: []*value.Class{value.ObjectClass}}

// A Process is a process definition under one name.
type Process struct {
	Name string
	def  *definition
	out  *dataflow.MultiChannel
}

// definition is what all names of a process share, compiled once.
type definition struct {
	run     *Run
	inst    *interp.Instance
	ast     *syntax.ProcessDef
	inputs  []*input
	outputs []*output
	when    *interp.Code
	script  *interp.Code
	stub    *interp.Code
	setting []setting
	globals []global // of a native body
	err     error    // found when compiled, raised when called
	ready   bool
	stage   []*stageRule
}

// New makes the component of a definition.
func New(r *Run, inst *interp.Instance, ast *syntax.ProcessDef) *Process {
	return &Process{Name: ast.Name, def: &definition{run: r, inst: inst, ast: ast}}
}

func (*Process) Class() *value.Class { return Class }

// Chainable lets pipes call it.
func (*Process) Chainable() {}

// ToString is the name.
func (p *Process) ToString() string { return p.Name }

// Renamed is the process under another name.
func (p *Process) Renamed(name string) *Process { return &Process{Name: name, def: p.def} }

// Property answers `out`, `output`, `name` and `type`.
func (p *Process) Property(name string) (value.Value, bool) {
	return dataflow.ComponentProperty("process", p.Name, p.out, name)
}

// Explain says why there is no `out`.
func (p *Process) Explain(name string) error {
	return dataflow.NoOut("process", p.Name, p.out, name)
}

// InvokeMethod answers run, the older way to call, recurse and scan.
func (p *Process) InvokeMethod(th *value.Thread, name string, args []value.Value) (value.Value, bool, error) {
	return p.def.run.Graph.Invoke(th, p, p.Name, name, args)
}

// CallWith connects the process to its inputs; tasks are made when the graph runs.
func (p *Process) CallWith(th *value.Thread, args []value.Value) (value.Value, error) {
	d := p.def
	if err := d.compile(); err != nil {
		return nil, err
	}
	args, err := inputs(th, args)
	if err != nil {
		return nil, err
	}
	if len(args) != len(d.inputs) {
		return nil, dataflow.WrongInputs("process", p.Name, len(d.inputs), len(args))
	}
	if err := d.run.Use(p.Name); err != nil {
		return nil, err
	}
	n := &node{run: d.run, def: d, alias: p.Name, name: d.run.FullName(p.Name)}
	if err := n.connect(args); err != nil {
		return nil, err
	}
	d.run.all = append(d.run.all, n)
	d.run.Post(observe.ProcessDefined{Name: n.name})
	p.out = n.out
	return n.out, nil
}

// inputs are the arguments of a call, one for each input. A closure is called:
// `INDEX { ch_bam }` is what `INDEX(ch_bam)` is.
func inputs(th *value.Thread, args []value.Value) ([]value.Value, error) {
	called := make([]value.Value, len(args))
	for i, a := range args {
		if f, ok := a.(*value.Closure); ok {
			v, err := f.CallWith(th, nil)
			if err != nil {
				return nil, err
			}
			a = v
		}
		called[i] = a
	}
	return dataflow.Flatten(called), nil
}

func (d *definition) compile() error {
	if d.ready {
		return d.err
	}
	d.ready = true
	d.err = d.compileOnce()
	return d.err
}

// faults are the problems of the sections that will be used.
func (d *definition) faults() error {
	used := resolve.ScriptSection
	if d.run.Stub && d.ast.Stub != nil {
		used = resolve.StubSection
	}
	var list diag.List
	for _, f := range d.inst.Module.Faults[d.ast] {
		if f.Section == resolve.AnySection || f.Section == used {
			list = append(list, f.Problem)
		}
	}
	return list.Err()
}

func (d *definition) compileOnce() (err error) {
	if err := d.faults(); err != nil {
		return err
	}
	if d.ast.Body == nil && d.ast.Stub == nil {
		return d.fault(d.ast.NameAt, "process `%s` has no script", d.ast.Name)
	}
	for _, e := range d.ast.Inputs {
		in, err := d.input(e)
		if err != nil {
			return err
		}
		d.inputs = append(d.inputs, in)
	}
	for _, e := range d.ast.Outputs {
		out, err := d.output(e)
		if err != nil {
			return err
		}
		d.outputs = append(d.outputs, out)
	}
	if err := d.compileTyped(); err != nil {
		return err
	}
	for _, e := range d.ast.Directives {
		s, err := d.directive(e)
		if err != nil {
			return err
		}
		d.setting = append(d.setting, s)
	}
	if d.ast.When != nil {
		d.when = d.inst.Expr(d.ast.When)
	}
	if d.ast.Body != nil {
		d.script = d.inst.Block(d.ast.Body)
	}
	if d.ast.Stub != nil {
		d.stub = d.inst.Block(d.ast.Stub)
	}
	if d.native() {
		d.globals = d.findGlobals()
	}
	return nil
}

func (d *definition) fault(at source.Span, format string, args ...any) error {
	return &value.Exception{Of: value.ExceptionClass("nextflow.exception.ScriptRuntimeException"), Where: at, Message: fmt.Sprintf(format, args...)}
}

// native says that the body is run by the interpreter rather than a shell.
func (d *definition) native() bool { return d.ast.BodyKind == "exec" }
