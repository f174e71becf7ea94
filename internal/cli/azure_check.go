package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"sluice/internal/azure"
	"sluice/internal/azure/preflight"
	"sluice/internal/engine"
	"sluice/internal/executor/azurebatch"
	"sluice/internal/lang/diag"
	"sluice/internal/lang/value"
)

// azureRequest is what `azure check` and `azure grant` take besides the
// options of `run`.
type azureRequest struct {
	deep           bool
	format         string
	pool           string
	createIdentity bool
	help           bool
}

const azureCheckHelp = `Usage: %[1]s azure check [script] [--deep] [--format table|json] [options of run]
       %[1]s azure grant [script] [--deep] [--format az|bicep|terraform] [--pool <name> --create-identity]

check looks at everything a run on Azure Batch needs and changes nothing. It
ends with 0 when nothing stops the run, else with 1. grant prints the role
assignments that are missing, and applies none.

With --deep a task on a node of each pool tries what tasks do: get a token,
write, read, list and delete blobs, pull the image, log in to registries, read
secrets. A pool that the run would make is made, and nodes cost as long as
they run. What went well is not tried again for 24 hours.
`

// azureArgs takes the arguments apart: own options, and those of run.
func (p *program) azureArgs(r *request, formats []string) (*azureRequest, *request, error) {
	a := &azureRequest{format: formats[0]}
	var rest []string
	for i := 0; i < len(r.args); i++ {
		name, v, has := strings.Cut(strings.TrimLeft(r.args[i], "-"), "=")
		if !strings.HasPrefix(r.args[i], "-") {
			name = ""
		}
		switch name {
		case "h", "help":
			a.help = true
		case "deep":
			a.deep = true
		case "create-identity":
			a.createIdentity = true
		case "format", "pool":
			if !has {
				if i++; i >= len(r.args) {
					return nil, nil, &usageError{message: "option `--" + name + "` needs a value"}
				}
				v = r.args[i]
			}
			if name == "pool" {
				a.pool = v
			} else {
				a.format = v
			}
		default:
			rest = append(rest, r.args[i])
		}
	}
	if !slices.Contains(formats, a.format) {
		e := &usageError{message: fmt.Sprintf("output format `%s` does not exist", a.format), help: "the formats are `" + strings.Join(formats, "`, `") + "`"}
		if near, ok := diag.Near(a.format, formats); ok {
			e.note = fmt.Sprintf("a format `%s` exists", near)
		}
		return nil, nil, e
	}
	run, err := p.parse(append([]string{"run"}, rest...))
	if err != nil {
		return nil, nil, err
	}
	run.engine.ConfigFiles = append(slices.Clone(r.engine.ConfigFiles), run.engine.ConfigFiles...)
	run.engine.OnlyConfig = append(slices.Clone(r.engine.OnlyConfig), run.engine.OnlyConfig...)
	return a, run, nil
}

// azureReport reads the configuration as `run` does, and makes all checks.
// With nil it has printed help.
func (p *program) azureReport(r *request, formats []string) (*azureRequest, *preflight.Report, error) {
	a, run, err := p.azureArgs(r, formats)
	if err != nil {
		return nil, nil, err
	}
	if a.help || run.help || r.help {
		fmt.Fprintf(p.stdout, azureCheckHelp, p.brand)
		return a, nil, nil
	}
	o := run.engine
	o.Script = "."
	if len(run.args) > 0 {
		if o.Script, err = p.projectFiles(run, run.args[0]); err != nil {
			return nil, nil, err
		}
	}
	ctx := context.Background()
	c, warnings, err := p.config(ctx, o)
	if err != nil {
		return nil, nil, err
	}
	settings, problems := c.Azure(p.getenv)
	secrets, problems := preflight.Secrets(problems)
	if problems.HasErrors() {
		return nil, nil, problems
	}
	if len(warnings) > 0 {
		p.print(warnings)
	}
	clients, err := azure.Open(azure.Options{Config: settings, Getenv: p.getenv, CacheDir: azure.CacheDir(p.getenv)})
	if err != nil {
		return nil, nil, err
	}
	work := o.WorkDir
	if work == "" {
		work = value.ToString(c.Get("workDir"))
	}
	if work == "" || work == "null" {
		work = "work"
	}
	plan := preflight.PlanOf(c, settings, clients, work, o.Params)
	plan.Findings = secrets
	if a.pool != "" {
		plan.Pools = slices.DeleteFunc(plan.Pools, func(q preflight.Pool) bool { return q.Name != a.pool })
		if len(plan.Pools) == 0 {
			return nil, nil, &usageError{message: fmt.Sprintf("no pool `%s` is configured", a.pool), help: "pools are those of azure.batch.pools, and those that a directive queue names"}
		}
	}
	plan.Tools = func(context.Context) error { return azurebatch.CheckTools(&settings) }
	if a.deep || settings.Batch.PreflightDeep {
		notice := func(text string) { fmt.Fprintln(p.stderr, text) }
		if plan.Probe, err = engine.AzureProbe(clients, work, notice); err != nil {
			return nil, nil, err
		}
	}
	report := preflight.Run(ctx, plan)
	return a, &report, nil
}

func (p *program) azureCheck(r *request) error {
	a, report, err := p.azureReport(r, []string{"table", "json"})
	if err != nil || report == nil {
		return err
	}
	if a.format == "json" {
		err = report.JSON(p.stdout)
	} else {
		err = report.Print(p.stdout)
	}
	if err == nil && report.Err() != nil {
		return &engine.ExitError{Code: exitFailure, Printed: true}
	}
	return err
}

func (p *program) azureGrant(r *request) error {
	a, report, err := p.azureReport(r, preflight.Formats)
	if err != nil || report == nil {
		return err
	}
	comment := "#"
	if a.format == "bicep" {
		comment = "//"
	}
	if a.createIdentity {
		text, err := preflight.CreateIdentity(a.format, a.pool)
		if err != nil {
			return err
		}
		fmt.Fprint(p.stdout, text)
	}
	text, err := preflight.Grants(*report, a.format)
	if err != nil {
		return err
	}
	if text == "" {
		text = comment + " no role assignment is known to be missing\n"
	}
	fmt.Fprint(p.stdout, text)
	for _, f := range report.Findings() {
		if !slices.ContainsFunc(f.Fix, func(c string) bool { return strings.HasPrefix(c, "az role assignment") }) {
			fmt.Fprintf(p.stderr, "%s: %s\n", f.ID, f.What)
		}
	}
	return nil
}
