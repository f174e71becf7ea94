package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"sluice/internal/config"
	"sluice/internal/config/show"
	"sluice/internal/lang/diag"
)

type configRequest struct {
	output     string
	flat       bool
	properties bool
	sort       bool
	value      string
}

func configOptions(_ *program, r *request) []option {
	c := &r.config
	return []option{
		flag("One option a line; `-o flat` is the same", func() { c.flat = true }, "flat"),
		text("<format>", "The form of what is printed: "+strings.Join(show.Formats(), ", "), &c.output, "o", "output"),
		text("<names>", "Configuration profiles, separated by commas", &r.engine.Profile, "profile"),
		flag("As a Java properties file; `-o properties` is the same", func() { c.properties = true }, "properties"),
		flag("Keep the scope `profiles` with all its profiles and apply none", func() { r.engine.AllProfiles = true }, "a", "show-profiles"),
		revisionOption(r),
		flag("In order of names", func() { c.sort = true }, "sort"),
		text("<option>", "Only the value of this option, for example `manifest.version`", &c.value, "value"),
	}
}

// format is what the options ask for; two of them may not ask for two things.
func (c *configRequest) format() (string, error) {
	format, by := c.output, "-output "+c.output
	for _, o := range []struct {
		name string
		set  bool
	}{{"flat", c.flat}, {"properties", c.properties}} {
		switch {
		case !o.set:
		case format != "" && format != o.name:
			return "", &usageError{message: fmt.Sprintf("options `%s` and `-%s` ask for different formats", by, o.name), help: "leave one of them out"}
		default:
			format, by = o.name, "-"+o.name
		}
	}
	if format == "" {
		format = "canonical"
	}
	if !slices.Contains(show.Formats(), format) {
		e := &usageError{message: fmt.Sprintf("output format `%s` does not exist", format)}
		if near, ok := diag.Near(format, show.Formats()); ok {
			e.note = fmt.Sprintf("a format `%s` exists", near)
		}
		e.help = "the formats are `" + strings.Join(show.Formats(), "`, `") + "`"
		return "", e
	}
	return format, nil
}

// check refuses options that contradict each other.
func (c *configRequest) check(r *request) error {
	conflict := func(a, b string) error {
		return &usageError{message: fmt.Sprintf("option `-%s` cannot stand beside `-%s`", a, b), help: "leave one of them out"}
	}
	printsForm := c.output != "" || c.flat || c.properties
	switch {
	case r.engine.AllProfiles && r.engine.Profile != "":
		return conflict("profile", "show-profiles")
	case c.value != "" && printsForm:
		return conflict("value", "output")
	}
	if len(r.args) > 1 {
		return &usageError{message: fmt.Sprintf("one project is printed, and `%s` is a second one", r.args[1]), help: "options may stand before and behind the project"}
	}
	return nil
}

func (p *program) printConfig(r *request) error {
	format, err := r.config.format()
	if err != nil {
		return err
	}
	if err := r.config.check(r); err != nil {
		return err
	}
	o := r.engine
	o.Script, o.SecretNames = ".", true
	if len(r.args) > 0 {
		if o.Script, err = p.projectFiles(r, r.args[0]); err != nil {
			return err
		}
	}
	c, problems, err := p.config(context.Background(), o)
	if err != nil {
		return err
	}
	if len(problems) > 0 {
		p.print(problems)
	}
	if r.config.value != "" {
		return p.printValue(c, r.config.value)
	}
	tree := show.Tree{Root: c.Written}
	if c.Older {
		tree.Inline = func(path []string) bool { return c.Values[config.Key(path...)] }
	}
	text, _ := show.Print(tree, format, r.config.sort)
	_, err = fmt.Fprint(p.stdout, text)
	return err
}

func (p *program) printValue(c *config.Config, name string) error {
	v, ok := c.Lookup(strings.Split(name, ".")...)
	if !ok {
		return &usageError{message: fmt.Sprintf("config option `%s` is not set", name), help: "`config -flat` prints all options that are set"}
	}
	_, err := fmt.Fprintln(p.stdout, show.Value(v))
	return err
}
