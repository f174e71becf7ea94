package workflow

import (
	"fmt"

	"sluice/internal/lang/diag"
	"sluice/internal/lang/syntax"
	"sluice/internal/lang/value"
)

// Test calls a function of the script, as `-test` asks for, and tells what came
// of it.
// Nextflow docs: reference/cli/run
func (s *Script) Test(name string, args []value.Value) (string, error) {
	fn, ok := s.Inst.Get(name)
	if _, isFunc := s.Module.Exports[name].(*syntax.FuncDef); !ok || !isFunc {
		var functions []string
		for known, d := range s.Module.Exports {
			if _, isFunc := d.(*syntax.FuncDef); isFunc {
				functions = append(functions, known)
			}
		}
		text := fmt.Sprintf("there is no function `%s` in %s", name, s.Module.Path)
		if near, ok := diag.Near(name, functions); ok {
			text += fmt.Sprintf(": a function `%s` is", near)
		}
		return "", fmt.Errorf("%s", text)
	}
	v, err := fn.(value.Callable).CallWith(s.rt.Thread, args)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("SUCCESS: '%s' == %s", name, value.ToString(v)), nil
}
