package cli

import (
	"context"
	"fmt"
	"strings"

	"sluice/internal/config"
	"sluice/internal/lang/value"
)

type configRequest struct {
	output string
	sort   bool
	value  string
}

func configOptions(_ *program, r *request) []option {
	c := &r.config
	return []option{
		flag("One option a line", func() { c.output = "flat" }, "flat"),
		text("<format>", "canonical, flat or properties", &c.output, "o", "output"),
		text("<names>", "Configuration profiles, separated by commas", &r.engine.Profile, "profile"),
		flag("As a Java properties file", func() { c.output = "properties" }, "properties"),
		flag("In order of names", func() { c.sort = true }, "sort"),
		text("<option>", "Only the value of this option", &c.value, "value"),
	}
}

func (p *program) printConfig(r *request) error {
	o := r.engine
	o.Script = "."
	if len(r.args) > 0 {
		script, err := p.script(r.args[0], "")
		if err != nil {
			return err
		}
		o.Script = script
	}
	c, err := p.config(context.Background(), o)
	if err != nil {
		return err
	}
	if unknown := c.Check(); len(unknown) > 0 {
		p.print(unknown)
	}
	if r.config.value != "" {
		v, ok := c.Lookup(strings.Split(r.config.value, ".")...)
		if !ok {
			return &usageError{message: fmt.Sprintf("config option `%s` is not set", r.config.value)}
		}
		fmt.Fprintln(p.stdout, value.ToString(v))
		return nil
	}
	root := c.Root
	if r.config.sort {
		root = config.Sorted(root)
	}
	switch r.config.output {
	case "", "canonical":
		fmt.Fprint(p.stdout, config.Canonical(root))
	case "flat":
		fmt.Fprint(p.stdout, config.Flat(root))
	case "properties":
		fmt.Fprint(p.stdout, config.Properties(root))
	default:
		return &usageError{message: fmt.Sprintf("output format `%s` is none of canonical, flat, properties", r.config.output)}
	}
	return nil
}
