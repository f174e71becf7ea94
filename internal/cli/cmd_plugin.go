package cli

import (
	"fmt"
	"strings"

	"sluice/internal/engine"
	"sluice/internal/lang/diag"
	"sluice/internal/plugin"
)

// plugin lists the plugins, or says of each one asked for what it is here.
// Nothing is installed: what is built in is there.
func (p *program) plugin(r *request) error {
	sub := ""
	if len(r.args) > 0 {
		sub = r.args[0]
	}
	switch {
	case sub == "list" && len(r.args) == 1:
		p.listPlugins()
		return nil
	case sub == "install" && len(r.args) > 1:
		return p.installPlugins(strings.Split(strings.Join(r.args[1:], ","), ","))
	case sub == "install":
		return &usageError{message: "`plugin install` takes the names of plugins", help: "`plugin install nf-schema@2.5.1`; `plugin list` shows them"}
	case sub == "list":
		return &usageError{message: fmt.Sprintf("`plugin list` takes no `%s`", r.args[1])}
	case sub == "create":
		return &usageError{message: "plugins cannot be made for this program: they are built in", help: "put functions into a module, or classes into lib/"}
	case strings.Contains(sub, ":"):
		name, _, _ := strings.Cut(sub, ":")
		return &usageError{message: fmt.Sprintf("the plugin `%s` has no commands here", name)}
	case sub == "":
		return &usageError{message: "`plugin` takes a command", help: "`plugin list` or `plugin install <names>`"}
	}
	e := &usageError{message: fmt.Sprintf("`plugin` has no command `%s`", sub), help: "`plugin list` or `plugin install <names>`"}
	if near, ok := diag.Near(sub, []string{"list", "install", "create"}); ok {
		e.note = fmt.Sprintf("a command `plugin %s` exists", near)
	}
	return e
}

func (p *program) listPlugins() {
	fmt.Fprintf(p.stdout, "%-20s %-10s %s\n", "plugin", "here", "")
	for _, x := range engine.Plugins().All() {
		state, text := "built in", x.Doc
		if !x.BuiltIn {
			state = "no effect"
			if x.Lost != "" {
				text += ": " + x.Lost
			}
		}
		fmt.Fprintln(p.stdout, strings.TrimRight(fmt.Sprintf("%-20s %-10s %s", x.Name, state, text), " "))
	}
}

func (p *program) installPlugins(names []string) error {
	known := engine.Plugins()
	for _, text := range names {
		u := plugin.ParseUse(text)
		if u.Name == "" {
			continue
		}
		x := known.Find(u.Name)
		switch {
		case x == nil:
			d, _ := known.Unknown(u.Name, u.Where)
			return &usageError{message: d.Message, help: d.Help}
		case x.BuiltIn:
			fmt.Fprintf(p.stdout, "%s is built in: nothing to install\n", u.Name)
		case x.Lost == "":
			fmt.Fprintf(p.stdout, "%s is not needed: nothing to install\n", u.Name)
		default:
			fmt.Fprintf(p.stdout, "%s has no effect here: %s\n", u.Name, x.Lost)
		}
	}
	return nil
}
