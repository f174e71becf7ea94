package cli

import (
	"fmt"
	"strings"

	"sluice/internal/reference"
)

func (p *program) usage() {
	fmt.Fprintf(p.stdout, "Usage: %s [options] COMMAND [arg...]\n\nOptions:\n", p.brand)
	p.optionList(generalOptions(&request{}), "  ")
	fmt.Fprint(p.stdout, "\nCommands:\n")
	for _, c := range commands() {
		if c.hidden {
			continue
		}
		fmt.Fprintf(p.stdout, "  %-13s %s\n", c.name, c.doc)
	}
	fmt.Fprint(p.stdout, exitCodes)
}

const exitCodes = `
Exit codes:
  0    success
  1    the run failed, or an option is wrong
  N    the script called ` + "`exit N`" + `
  130  ended by Ctrl-C (SIGINT)
  143  ended by SIGTERM
`

func (p *program) commandHelp(c *command) {
	fmt.Fprintf(p.stdout, "%s\nUsage: %s %s %s\n", c.doc, p.brand, c.name, c.usage)
	r := &request{}
	p.defaults(r)
	if c.options != nil {
		fmt.Fprint(p.stdout, "\nOptions:\n")
		p.optionList(c.options(p, r), "  ")
	}
	fmt.Fprint(p.stdout, "\nGeneral options:\n")
	p.optionList(generalOptions(r), "  ")
	fmt.Fprint(p.stdout, exitCodes)
}

func (p *program) optionList(table []option, indent string) {
	for _, o := range table {
		fmt.Fprintf(p.stdout, "%s%s\n%s   %s\n", indent, o.usage(), indent, o.doc)
	}
}

func (o *option) usage() string {
	names := make([]string, len(o.names))
	for i, n := range o.names {
		names[i] = "-" + n
	}
	text := strings.Join(names, ", ")
	if o.prefix {
		return text + o.arg
	}
	if o.arg != "" {
		text += " " + o.arg
	}
	return text
}

func (p *program) help(r *request) error {
	if len(r.args) == 0 {
		p.usage()
		return nil
	}
	name := r.args[0]
	c, err := findCommand(name)
	if err == nil {
		p.commandHelp(c)
		return nil
	}
	return p.helpPage(name, err)
}

// helpPage prints the pages of the reference about a name.
func (p *program) helpPage(name string, noCommand error) error {
	pages := reference.Pages(Commands())
	found := reference.Find(pages, name)
	if len(found) == 0 {
		if _, later := laterCommands[name]; later {
			return noCommand
		}
		e := &usageError{message: fmt.Sprintf("nothing is named `%s`", name), help: "`help` takes a command, operator, channel factory, directive, function, type, or configuration scope or option"}
		if near, ok := reference.Near(pages, name); ok {
			e.note = fmt.Sprintf("`%s` exists", near)
		}
		return e
	}
	for i, page := range found {
		if i > 0 {
			fmt.Fprint(p.stdout, "\n")
		}
		fmt.Fprint(p.stdout, page.Text())
	}
	return nil
}

// Commands describes the commands and, as one more, the options they share.
func Commands() []reference.Command {
	p, r := &program{getenv: func(string) (string, bool) { return "", false }}, &request{}
	p.defaults(r)
	described := []reference.Command{{Name: reference.General, Doc: "Options before or after every command", Options: describe(generalOptions(r))}}
	for _, c := range commands() {
		d := reference.Command{Name: c.name, Usage: c.usage, Doc: c.doc}
		if c.options != nil {
			d.Options = describe(c.options(p, r))
		}
		described = append(described, d)
	}
	return described
}

func describe(table []option) []reference.CommandOption {
	list := make([]reference.CommandOption, len(table))
	for i := range table {
		list[i] = reference.CommandOption{Usage: table[i].usage(), Doc: table[i].doc}
	}
	return list
}

func (p *program) version(*request) error { return p.shortVersion() }

func (p *program) shortVersion() error {
	if p.brand == "nextflow" {
		fmt.Fprintf(p.stdout, "nextflow version %s.%s\n", nextflowVersion, nextflowBuild)
		return nil
	}
	fmt.Fprintf(p.stdout, "sluice version %s\n", Version)
	return nil
}

func (p *program) longVersion() error {
	if p.brand == "nextflow" {
		fmt.Fprintf(p.stdout, "\n      N E X T F L O W\n      version %s build %s\n      created 16-06-2025 14:23 UTC \n      cite doi:10.1038/nbt.3820\n      http://nextflow.io\n\n",
			nextflowVersion, nextflowBuild)
		return nil
	}
	fmt.Fprintf(p.stdout, "\n      S L U I C E\n      version %s\n      runs pipelines of Nextflow %s\n\n", Version, nextflowVersion)
	return nil
}
