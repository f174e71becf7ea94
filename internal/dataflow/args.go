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

// Invoke answers the methods that processes and workflows have: run, the older
// way to call them, whose arguments may stand in a list; recurse; scan.
func (g *Graph) Invoke(th *value.Thread, c value.Callable, name, method string, args []value.Value) (v value.Value, ok bool, err error) {
	switch method {
	case "run":
		if len(args) == 1 {
			if l, ok := args[0].(*value.List); ok {
				args = l.Elems
			}
		}
		v, err = c.CallWith(th, args)
	case "recurse":
		v, err = g.Recurse(th, name, c, args)
	case "scan":
		v, err = g.Scan(th, name, c, args)
	default:
		return nil, false, nil
	}
	return v, true, err
}
