package workflow

import (
	"fmt"

	"sluice/internal/dataflow"
	"sluice/internal/lang/interp"
	"sluice/internal/lang/source"
	"sluice/internal/lang/syntax"
	"sluice/internal/lang/value"
)

// Class is the class of workflows as values.
var Class = &value.Class{Name: "nextflow.script.WorkflowDef", Parents: []*value.Class{value.ObjectClass}}

// A Workflow is a workflow definition under one name.
type Workflow struct {
	Name   string
	script *Script
	def    *syntax.WorkflowDef
	out    *dataflow.MultiChannel
}

func (*Workflow) Class() *value.Class { return Class }

// Chainable lets pipes call it.
func (*Workflow) Chainable() {}

// ToString is the name.
func (w *Workflow) ToString() string { return w.Name }

// Named is the workflow under another name.
func (w *Workflow) Named(name string) Component {
	return &Workflow{Name: name, script: w.script, def: w.def}
}

// Property answers `out`, `output`, `name` and `type`.
func (w *Workflow) Property(name string) (value.Value, bool) {
	return dataflow.ComponentProperty("workflow", w.Name, w.out, name)
}

// Explain says why there is no `out`.
func (w *Workflow) Explain(name string) error {
	return dataflow.NoOut("workflow", w.Name, w.out, name)
}

// InvokeMethod answers run, the older way to call, recurse and scan.
func (w *Workflow) InvokeMethod(th *value.Thread, name string, args []value.Value) (value.Value, bool, error) {
	return w.script.rt.Graph.Invoke(th, w, w.Name, name, args)
}

// CallWith executes the workflow's body on its inputs.
func (w *Workflow) CallWith(th *value.Thread, args []value.Value) (value.Value, error) {
	rt := w.script.rt
	args = dataflow.Flatten(args)
	if len(args) != len(w.def.Take) {
		return nil, dataflow.WrongInputs("workflow", w.Name, len(w.def.Take), len(args))
	}
	if err := rt.Use(w.Name); err != nil {
		return nil, err
	}
	out, err := rt.execute(w.script, w.def, rt.FullName(w.Name), args)
	if err != nil {
		return nil, err
	}
	w.out = out
	return out, nil
}

// FullName is name within the workflows being executed: A:B:name.
func (rt *Runtime) FullName(name string) string {
	if n := len(rt.stack); n > 0 && rt.stack[n-1].name != "" {
		return rt.stack[n-1].name + ":" + name
	}
	return name
}

// Use notes that the workflow being executed calls the component name, which
// it may do once.
func (rt *Runtime) Use(name string) error {
	n := len(rt.stack)
	if n == 0 {
		return value.Throw("nextflow.exception.IllegalInvocationException", "`%s` can only be called from a workflow", name)
	}
	used := rt.stack[n-1].used
	if used[name] {
		return value.Throw("nextflow.exception.DuplicateProcessInvocation",
			"`%s` has been already used -- to use it again, include it with a different name: `include { %s as OTHER_NAME } from …`, or call it in a different workflow", name, name)
	}
	used[name] = true
	return nil
}

func (rt *Runtime) execute(s *Script, def *syntax.WorkflowDef, name string, args []value.Value) (*dataflow.MultiChannel, error) {
	rt.stack = append(rt.stack, &context{name: name, used: map[string]bool{}})
	defer func() { rt.stack = rt.stack[:len(rt.stack)-1] }()
	f := s.Inst.NewFrame(rt.Thread, def.Func)
	for i, t := range def.Take {
		f.Bind(t.Binding, args[i])
		if c, ok := args[i].(*dataflow.Channel); ok {
			rt.Graph.Sketch.Name(c, t.Name, true)
		}
	}
	if def.Main != nil {
		if _, err := s.Inst.Block(def.Main).Run(f); err != nil {
			return nil, err
		}
	}
	rt.sketchVariables(f)
	out := dataflow.NewMulti("workflow `" + name + "`")
	for _, e := range def.Emit {
		if err := rt.emit(s, f, e, out); err != nil {
			return nil, err
		}
	}
	if def.Name == "" {
		return out, rt.entryEnd(s, f, def)
	}
	return out, nil
}

// emit adds one output; what is no channel becomes a value channel.
func (rt *Runtime) emit(s *Script, f *interp.Frame, e *syntax.EmitDecl, out *dataflow.MultiChannel) error {
	v, err := s.Inst.Expr(e.X).Run(f)
	if err != nil {
		return err
	}
	name := e.Name
	if id, ok := e.X.(*syntax.Ident); ok && name == "" {
		name = id.Name
	}
	if m, ok := v.(*dataflow.MultiChannel); ok && name == "" && m.Len() != 1 {
		for i, c := range m.Channels() {
			out.Add(m.Names()[i], c)
		}
		return nil
	}
	c, err := rt.channel(v, e)
	if err != nil {
		return err
	}
	if c.Name == "" {
		c.Name = name
	}
	out.Add(name, c)
	rt.Graph.Sketch.Name(c, name, false)
	return nil
}

// sketchVariables names the channels that variables of a body hold.
func (rt *Runtime) sketchVariables(f *interp.Frame) {
	if rt.Graph.Sketch == nil {
		return
	}
	for _, name := range f.Names() {
		if v, ok := f.Property(name); ok {
			if c, isChannel := v.(*dataflow.Channel); isChannel {
				rt.Graph.Sketch.Variable(c, name)
			}
		}
	}
}

// Scope is the full name of the workflow being executed, "" for the entry.
func (rt *Runtime) Scope() string {
	if n := len(rt.stack); n > 0 {
		return rt.stack[n-1].name
	}
	return ""
}

func (rt *Runtime) channel(v value.Value, e *syntax.EmitDecl) (*dataflow.Channel, error) {
	switch v := v.(type) {
	case *dataflow.Channel:
		return v, nil
	case *dataflow.MultiChannel:
		c, ok := v.Only()
		if !ok {
			return nil, &value.Exception{
				Of: value.ExceptionClass("java.lang.IllegalArgumentException"), Where: e.Span(),
				Message: fmt.Sprintf("cannot emit the outputs of %s as one channel: it has %d", v.Of, v.Len()),
			}
		}
		return c, nil
	}
	return rt.Graph.Bound(e.Name, v), nil
}

// entryEnd handles what only the entry workflow has: publish and handlers.
func (rt *Runtime) entryEnd(s *Script, f *interp.Frame, def *syntax.WorkflowDef) error {
	var published []Published
	for _, p := range def.Publish {
		v, err := s.Inst.Expr(p.X).Run(f)
		if err != nil {
			return err
		}
		c, err := rt.channel(v, p)
		if err != nil {
			return err
		}
		published = append(published, Published{Name: p.Name, Channel: c, Where: p.Span()})
	}
	if err := rt.publish(s, published); err != nil {
		return err
	}
	meta, _ := rt.Builtin("workflow")
	m, ok := meta.(*Metadata)
	if !ok {
		return nil
	}
	if def.OnComplete != nil {
		m.OnComplete(handler(s, f, def.OnComplete))
	}
	if def.OnError != nil {
		m.OnError(handler(s, f, def.OnError))
	}
	return nil
}

func handler(s *Script, f *interp.Frame, b *syntax.Block) *value.Closure {
	code := s.Inst.Block(b)
	return &value.Closure{Code: func(th *value.Thread, _ *value.Closure, _ []value.Value) (value.Value, error) {
		return code.Run(f.WithThread(th))
	}}
}

// Entry executes the entry workflow, or the named one that `-entry` asks for.
// A script without one has done its work at its top level.
func (s *Script) Entry(name string) error {
	if name == "" {
		if s.Module.Entry == nil {
			return nil
		}
		_, err := s.rt.execute(s, s.Module.Entry, "", nil)
		return err
	}
	def, ok := s.Module.Exports[name].(*syntax.WorkflowDef)
	if !ok {
		return fmt.Errorf("there is no workflow `%s` in %s", name, s.Module.Path)
	}
	if len(def.Take) > 0 {
		return fmt.Errorf("the workflow `%s` takes inputs and cannot be the entry", name)
	}
	_, err := s.rt.execute(s, def, name, nil)
	return err
}

// At is where the entry workflow starts, for messages.
func (s *Script) At() source.Span {
	if s.Module.Entry != nil {
		return s.Module.Entry.Span()
	}
	return source.Span{}
}
