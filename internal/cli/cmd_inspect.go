package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"sluice/internal/config/show"
	"sluice/internal/engine"
	"sluice/internal/lang/diag"
	"sluice/internal/lang/value"
)

type inspectRequest struct {
	format string
	ignore bool
}

var inspectFormats = []string{"config", "json"}

func inspectOptions(_ *program, r *request) []option {
	return []option{
		flag("Without effect: images are made by the tasks that need them", func() {
			r.notices = append(r.notices, "option `-concretize` has no effect: images are pulled by the tasks that need them")
		}, "concretize"),
		text("<format>", "The form of what is printed: config, json", &r.inspect.format, "format"),
		flag("Leave out processes whose container cannot be told", func() { r.inspect.ignore = true }, "i", "ignore-errors"),
		text("<file>", "Parameters from a JSON or YAML file", &r.engine.ParamsFile, "params-file"),
		text("<names>", "Configuration profiles, separated by commas", &r.engine.Profile, "profile"),
		revisionOption(r),
	}
}

// check gives the format that is asked for.
func (i *inspectRequest) check() (string, error) {
	if i.format == "" {
		return "json", nil
	}
	if slices.Contains(inspectFormats, i.format) {
		return i.format, nil
	}
	e := &usageError{
		message: fmt.Sprintf("output format `%s` does not exist", i.format),
		help:    "the formats are `" + strings.Join(inspectFormats, "`, `") + "`",
	}
	if near, ok := diag.Near(i.format, inspectFormats); ok {
		e.note = fmt.Sprintf("a format `%s` exists", near)
	}
	return "", e
}

// inspectPipeline prints which container every process runs in.
// Nextflow docs: reference/cli#inspect
func (p *program) inspectPipeline(r *request) error {
	format, err := r.inspect.check()
	if err != nil {
		return err
	}
	switch {
	case len(r.args) == 0:
		return &usageError{message: "no project given", help: fmt.Sprintf("`%s inspect main.nf`", p.brand)}
	case len(r.args) > 1:
		return &usageError{message: fmt.Sprintf("one project is inspected, and `%s` is a second one", r.args[1]), help: "options may stand before and behind the project"}
	}
	r.engine.Quiet = true // what is printed is read by programs
	ctx := context.Background()
	found, err := p.locate(ctx, r, r.args[0], func() error { return nil })
	if err != nil {
		return err
	}
	o := r.engine
	o.Script, o.Project = found.script, found.project
	images, err := engine.Inspect(ctx, o, r.inspect.ignore)
	if err := errors.Join(err, found.release()); err != nil {
		return err
	}
	_, err = fmt.Fprint(p.stdout, printImages(images, format))
	return err
}

func printImages(images []engine.Image, format string) string {
	if format == "config" {
		var b strings.Builder
		for _, i := range images {
			fmt.Fprintf(&b, "process { withName: '%s' { container = '%s' } }\n", i.Process, i.Container)
		}
		return b.String()
	}
	all := value.NewList()
	for _, i := range images {
		all.Elems = append(all.Elems, value.MapOf("name", value.String(i.Process), "container", value.String(i.Container)))
	}
	text, _ := show.Print(show.Tree{Root: value.MapOf("processes", all)}, "json", false)
	return text
}
