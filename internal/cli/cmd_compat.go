package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"sluice/internal/compat"
	"sluice/internal/engine"
	"sluice/internal/lang/diag"
)

type compatRequest struct {
	format  string
	summary bool
}

var compatFormats = []string{"text", "md", "json"}

func compatOptions(_ *program, r *request) []option {
	return []option{
		text("<form>", "How the report is printed: "+strings.Join(compatFormats, ", ")+" (default: text)", &r.compat.format, "format"),
		text("<file>", "Script to look at in a project or directory (default: main.nf, or manifest.mainScript)", &r.engine.MainScript, "main-script"),
		text("<file>", "Parameters from a JSON or YAML file", &r.engine.ParamsFile, "params-file"),
		text("<names>", "Configuration profiles, separated by commas", &r.engine.Profile, "profile"),
		revisionOption(r),
		flag("One row of a Markdown table for each pipeline", func() { r.compat.summary = true }, "summary"),
	}
}

// compatibility prints what of pipelines works here. Nothing is run.
func (p *program) compatibility(r *request) error {
	format := r.compat.format
	if format == "" {
		format = "text"
	}
	if !slices.Contains(compatFormats, format) {
		e := &usageError{message: fmt.Sprintf("report form `%s` does not exist", format), help: "the forms are `" + strings.Join(compatFormats, "`, `") + "`"}
		if near, ok := diag.Near(format, compatFormats); ok {
			e.note = fmt.Sprintf("a form `%s` exists", near)
		}
		return e
	}
	switch {
	case len(r.args) == 0:
		return &usageError{message: "no pipeline given", help: fmt.Sprintf("`%s compat main.nf`, or the name of a project", p.brand)}
	case len(r.args) > 1 && !r.compat.summary:
		return &usageError{message: fmt.Sprintf("one pipeline is reported on, and `%s` is a second one", r.args[1]), help: "`-summary` prints one row for each of several"}
	case r.compat.summary:
		return p.compatSummary(r)
	}
	report, err := p.compatReport(r, r.args[0])
	if err != nil {
		return err
	}
	switch format {
	case "json":
		err = report.JSON(p.stdout)
	case "md":
		err = report.Markdown(p.stdout)
	default:
		err = report.Text(p.stdout)
	}
	if err == nil && !report.Runs {
		return &engine.ExitError{Code: exitFailure}
	}
	return err
}

func (p *program) compatReport(r *request, name string) (*compat.Report, error) {
	quiet := r.engine.Quiet
	r.engine.Quiet = true // what is printed is read by programs
	defer func() { r.engine.Quiet = quiet }()
	ctx := context.Background()
	found, err := p.locate(ctx, r, name, func() error { return nil })
	if err != nil {
		return nil, err
	}
	o := r.engine
	o.Script, o.Project = found.script, found.project
	if st, err := os.Stat(p.abs(name)); err == nil && st.IsDir() {
		name = filepath.Base(filepath.Clean(p.abs(name)))
	}
	report, err := engine.Compat(ctx, name, o)
	return report, errors.Join(err, found.release())
}

// compatSummary prints a table; a pipeline that cannot be looked at is an
// error.
func (p *program) compatSummary(r *request) error {
	fmt.Fprint(p.stdout, compat.SummaryHead)
	bad := false
	for _, name := range r.args {
		report, err := p.compatReport(r, name)
		if err != nil {
			return fmt.Errorf("look at %s: %w", name, err)
		}
		bad = bad || !report.Runs
		fmt.Fprint(p.stdout, report.Summary())
	}
	if bad {
		return &engine.ExitError{Code: exitFailure}
	}
	return nil
}
