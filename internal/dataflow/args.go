package dataflow

import "sluice/internal/lang/value"

// Flatten opens the outputs of processes and workflows among the arguments of
// a call.
func Flatten(args []value.Value) []value.Value {
	var flat []value.Value
	for i, a := range args {
		m, ok := a.(*MultiChannel)
		if ok && flat == nil {
			flat = append(make([]value.Value, 0, len(args)+m.Len()), args[:i]...)
		}
		switch {
		case ok:
			for _, c := range m.Channels() {
				flat = append(flat, c)
			}
		case flat != nil:
			flat = append(flat, a)
		}
	}
	if flat == nil {
		return args
	}
	return flat
}

// WrongInputs is the error of calling a process or workflow with the wrong
// number of inputs.
func WrongInputs(kind, name string, want, got int) error {
	noun := "inputs"
	if want == 1 {
		noun = "input"
	}
	return value.Throw("nextflow.exception.ScriptRuntimeException", "%s `%s` takes %d %s, %d given", kind, name, want, noun, got)
}

// Run is c.run(args), the older way to call a process or workflow: a list may
// hold the arguments.
func Run(th *value.Thread, c value.Callable, name string, args []value.Value) (value.Value, bool, error) {
	if name != "run" {
		return nil, false, nil
	}
	if len(args) == 1 {
		if l, ok := args[0].(*value.List); ok {
			args = l.Elems
		}
	}
	v, err := c.CallWith(th, args)
	return v, true, err
}
