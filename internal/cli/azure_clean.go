package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"sluice/internal/azure"
	"sluice/internal/executor/azurebatch"
)

const azureCleanHelp = `Usage: %[1]s azure clean [-n] [-f] [--session id] [-c file] [-profile names]

Finds what dead runs left in the Batch account: jobs whose lease ran out or
whose head is gone, and pools that we made and no job uses.

  -n             show what would be removed, which is also done without options
  -f             remove it
  --session id   the jobs of this session only, even if its run is alive
`

// azureClean removes leftovers of dead runs.
func (p *program) azureClean(r *request) error {
	force, dry, session, help := false, false, "", r.help
	var rest []string
	for i := 0; i < len(r.args); i++ {
		name, v, has := strings.Cut(r.args[i], "=")
		switch name {
		case "-h", "-help", "--help":
			help = true
		case "-f", "-force", "--force":
			force = true
		case "-n", "-dry-run", "--dry-run":
			dry = true
		case "-session", "--session":
			if !has {
				if i++; i >= len(r.args) {
					return &usageError{message: "option `--session` needs a value"}
				}
				v = r.args[i]
			}
			session = v
		default:
			rest = append(rest, r.args[i])
		}
	}
	if help {
		fmt.Fprintf(p.stdout, azureCleanHelp, p.brand)
		return nil
	}
	clients, err := p.azureClients(r, rest)
	if err != nil {
		return err
	}
	ctx := context.Background()
	list, err := azurebatch.Leftovers(ctx, clients, session)
	if err != nil {
		return err
	}
	if len(list) == 0 {
		fmt.Fprintln(p.stdout, "nothing is left of dead runs")
		return nil
	}
	var errs []error
	for _, l := range list {
		verb := "would remove"
		if force && !dry {
			if err := azurebatch.RemoveLeftover(ctx, clients, l); err != nil {
				errs = append(errs, err)
				continue
			}
			verb = "removed"
		}
		run := ""
		if l.Run != "" {
			run = " of run " + l.Run
		}
		fmt.Fprintf(p.stdout, "%s %s %s%s: %s\n", verb, l.Kind, l.ID, run, l.Why)
	}
	if !force && !dry {
		fmt.Fprintln(p.stdout, "-f removes these")
	}
	return errors.Join(errs...)
}

// azureClients are those of the configuration, read as `run` reads it.
func (p *program) azureClients(r *request, args []string) (*azure.Clients, error) {
	run, err := p.parse(append([]string{"run"}, args...))
	if err != nil {
		return nil, err
	}
	o := run.engine
	o.ConfigFiles = append(append([]string(nil), r.engine.ConfigFiles...), o.ConfigFiles...)
	o.Script = "."
	c, warnings, err := p.config(context.Background(), o)
	if err != nil {
		return nil, err
	}
	settings, problems := c.Azure(p.getenv)
	if problems.HasErrors() {
		return nil, problems
	}
	if len(warnings) > 0 {
		p.print(warnings)
	}
	return azure.Open(azure.Options{Config: settings, Getenv: p.getenv})
}
