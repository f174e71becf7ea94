package syntax

// The words that inputs and outputs begin with; true where the strict grammar
// has them too. Package directive describes them.
var (
	inputQualifiers  = map[string]bool{"each": true, "env": true, "file": true, "path": true, "set": false, "stdin": true, "tuple": true, "val": true}
	outputQualifiers = map[string]bool{"env": true, "eval": true, "file": true, "path": true, "set": false, "stdout": true, "tuple": true, "val": true}
)

// InputQualifier says whether an input may begin with name, and whether in the
// strict grammar.
func InputQualifier(name string) (known, strict bool) {
	strict, known = inputQualifiers[name]
	return known, strict
}

// OutputQualifier says the same of outputs.
func OutputQualifier(name string) (known, strict bool) {
	strict, known = outputQualifiers[name]
	return known, strict
}
