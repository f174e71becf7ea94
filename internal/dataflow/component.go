package dataflow

import "sluice/internal/lang/value"

// ComponentProperty reads a property that processes and workflows have: out
// and output, which is null until it was called, name and type. ok is false
// for any other, and for out where there is none.
func ComponentProperty(kind, name string, out *MultiChannel, property string) (v value.Value, ok bool) {
	switch property {
	case "out":
		if out == nil || out.Len() == 0 {
			return nil, false
		}
		return out, true
	case "output":
		if out == nil {
			return nil, true
		}
		return out, true
	case "name":
		return value.String(name), true
	case "type":
		return value.String(kind), true
	}
	return nil, false
}

// NoOut is the error of reading out where there is none; nil for other
// properties.
func NoOut(kind, name string, out *MultiChannel, property string) error {
	if property != "out" {
		return nil
	}
	why := "doesn't declare any output"
	if out == nil {
		why = "has not been invoked before accessing the output attribute"
	}
	return value.Throw("nextflow.exception.ScriptRuntimeException",
		"Access to '%s.out' is undefined since the %s '%s' %s", name, kind, name, why)
}
