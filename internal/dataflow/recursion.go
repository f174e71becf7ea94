package dataflow

import (
	"fmt"

	"sluice/internal/lang/value"
)

// A Recursion calls a process or workflow again with what it returned:
//
//	P.recurse(first).times(3)
//	P.recurse(first).until { x -> x.size() > 100 }
//
// The outputs of every round are emitted, those of the last included.
// Nextflow docs: workflow#process-and-workflow-recursion
type Recursion struct {
	name   string
	inputs []*Channel
	rounds int // done so far
	times  int64
	until  value.Callable
	th     *value.Thread

	rows [][]value.Value // outputs not yet matched with the others of their round
}

var recursionClass = &value.Class{Name: "nextflow.script.RecurseDef", Parents: []*value.Class{value.ObjectClass}}

// Recurse calls a process or workflow with first, and then with what it returns.
func (g *Graph) Recurse(th *value.Thread, name string, called value.Callable, first []value.Value) (value.Value, error) {
	r := &Recursion{name: name, th: th}
	args := make([]value.Value, len(first))
	for i := range first {
		c := g.Queue(name + " recursion")
		r.inputs = append(r.inputs, c)
		args[i] = c
	}
	v, err := called.CallWith(th, args)
	if err != nil {
		return nil, err
	}
	outs, err := feedback(name, v, len(first))
	if err != nil {
		return nil, err
	}
	r.rows = make([][]value.Value, outs.Len())
	for i, c := range outs.Channels() {
		c.Read(name+" recursion", func(v value.Value) error {
			r.rows[i] = append(r.rows[i], v)
			return r.round()
		}, nil)
	}
	for i, v := range first {
		in := r.inputs[i]
		c, isChannel := v.(*Channel)
		if !isChannel {
			in.Emit(v)
			continue
		}
		c.Read(name+" recursion", func(v value.Value) error { in.Emit(v); return nil }, nil)
	}
	return r, nil
}

// feedback are the outputs of a call, which must be as many as its inputs.
func feedback(name string, returned value.Value, inputs int) (*MultiChannel, error) {
	outs, ok := returned.(*MultiChannel)
	n := 0
	if ok {
		n = outs.Len()
	}
	if n != inputs || !ok {
		return nil, value.Throw("java.lang.IllegalArgumentException", "`%s` takes %d inputs and has %d outputs: recursion needs as many outputs as inputs", name, inputs, n)
	}
	return outs, nil
}

// round feeds a complete row of outputs back, or ends the recursion.
func (r *Recursion) round() error {
	row := make([]value.Value, len(r.rows))
	for i, q := range r.rows {
		if len(q) == 0 {
			return nil
		}
		row[i] = q[0]
	}
	for i := range r.rows {
		r.rows[i] = r.rows[i][1:]
	}
	r.rounds++
	last, err := r.last(row)
	if err != nil {
		return err
	}
	for i, c := range r.inputs {
		if last {
			c.Close()
		} else {
			c.Emit(row[i])
		}
	}
	return nil
}

func (r *Recursion) last(row []value.Value) (bool, error) {
	switch {
	case r.until != nil:
		v, err := r.until.CallWith(r.th, row)
		return value.Truth(v), err
	case r.times > 0:
		return int64(r.rounds) >= r.times, nil
	}
	return false, fmt.Errorf("the recursion of `%s` has no end: add `.times(n)` or `.until { … }`", r.name)
}

// Class is that of what recurse returns.
func (*Recursion) Class() *value.Class { return recursionClass }

// InvokeMethod sets the rule that ends the recursion.
func (r *Recursion) InvokeMethod(_ *value.Thread, name string, args []value.Value) (value.Value, bool, error) {
	if len(args) != 1 || name != "times" && name != "until" {
		return nil, false, nil
	}
	if name == "until" {
		f, ok := args[0].(value.Callable)
		if !ok {
			return nil, true, value.Throw("java.lang.IllegalArgumentException", "`until` takes a closure, not %s", value.Inspect(args[0]))
		}
		r.until = f
		return r, true, nil
	}
	n, ok := value.AsInt64(args[0])
	if !ok || n < 1 {
		return nil, true, value.Throw("java.lang.IllegalArgumentException", "`times` takes a number from 1 on, not %s", value.Inspect(args[0]))
	}
	r.times = n
	return r, true, nil
}
