package cli

import (
	"fmt"

	"sluice/internal/lang/diag"
)

// azureCommands are what `azure` takes as its first word.
func azureCommands() map[string]func(*program, *request) error {
	return map[string]func(*program, *request) error{
		"check":    (*program).azureCheck,
		"grant":    (*program).azureGrant,
		"clean":    (*program).azureClean,
		"rehearse": (*program).rehearse,
	}
}

// azure dispatches `azure check`, `grant`, `rehearse` and `clean`.
func (p *program) azure(r *request) error {
	if len(r.args) == 0 {
		return &usageError{message: "`azure` takes a command", help: azureHelp}
	}
	sub := r.args[0]
	if sub == "-h" || sub == "-help" || sub == "help" {
		fmt.Fprint(p.stdout, azureUsage)
		return nil
	}
	run, ok := azureCommands()[sub]
	if !ok {
		e := &usageError{message: fmt.Sprintf("`azure` has no command `%s`", sub), help: azureHelp}
		if near, ok := diag.Near(sub, []string{"check", "grant", "rehearse", "clean"}); ok {
			e.note = fmt.Sprintf("a command `azure %s` exists", near)
		}
		return e
	}
	r.args = r.args[1:]
	return run(p, r)
}

const azureHelp = "`azure check`, `azure grant`, `azure rehearse <script>` or `azure clean`"

const azureUsage = `Check, rehearse and tidy what runs on Azure Batch
Usage: sluice azure <command> [options]

  check     look at everything that a run needs, and say what is missing
  grant     print the role assignments that are missing; assigns nothing
  rehearse  run a pipeline on an Azure of this machine, without an account
  clean     remove what dead runs left in the Batch account

"sluice azure <command> -h" prints the options of one.
`
