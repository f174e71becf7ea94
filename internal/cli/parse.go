package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"

	"sluice/internal/config/load"
	"sluice/internal/lang/diag"
	"sluice/internal/lang/value"
)

// An option is one line of a table. Names are written with one dash.
type option struct {
	names  []string // the first is the one to write
	arg    string   // "": none; "<x>": needed; "[x]": may follow
	prefix bool     // -name.KEY=VALUE
	doc    string
	set    func(v string) error // v is "" where an optional value is missing
	setKey func(key, v string)  // of prefix options
	takes  func(next string) bool
}

func flag(doc string, set func(), names ...string) option {
	return option{names: names, doc: doc, set: func(string) error { set(); return nil }}
}

func text(arg, doc string, to *string, names ...string) option {
	return option{names: names, arg: arg, doc: doc, set: func(v string) error { *to = v; return nil }}
}

func list(arg, doc string, to *[]string, names ...string) option {
	return option{names: names, arg: arg, doc: doc, set: func(v string) error { *to = append(*to, v); return nil }}
}

func boolean(doc string, to **bool, names ...string) option {
	return option{names: names, arg: "<true|false>", doc: doc, set: func(v string) error {
		b := v == "true"
		if !b && v != "false" {
			return &usageError{message: fmt.Sprintf("option `-%s` is true or false, not `%s`", names[0], v)}
		}
		*to = &b
		return nil
	}}
}

func generalOptions(r *request) []option {
	ignored := func(name string) func(string) error {
		return func(string) error {
			r.notices = append(r.notices, "option `-"+name+"` concerns the Java of the original engine and has no effect here")
			return nil
		}
	}
	return []option{
		list("<file>", "Use only these configuration files, none of the usual ones", &r.engine.OnlyConfig, "C"),
		list("<file>", "Add a configuration file; may be repeated", &r.engine.ConfigFiles, "c", "config"),
		flag("Leave out files that configuration files include, under NXF_SYNTAX_PARSER=v1", func() { r.engine.IgnoreIncludes = true }, "config-ignore-includes"),
		flag("Run in the background", func() { r.bg = true }, "bg"),
		flag("Print this help", func() { r.help = true }, "h", "help"),
		text("<file>", "Write the log to this file", &r.engine.LogFile, "log"),
		flag("Print neither banner nor progress", func() { r.engine.Quiet = true }, "q", "quiet"),
		{names: []string{"syslog"}, arg: "[host]", doc: "Without effect", set: ignored("syslog")},
		{names: []string{"remote-debug"}, doc: "Without effect", set: ignored("remote-debug")},
		{names: []string{"trace"}, arg: "<packages>", doc: "Without effect", set: ignored("trace")},
		flag("Print the version", func() { r.short = true }, "v"),
		flag("Print the version and more", func() { r.long = true }, "version"),
	}
}

// parse takes a command line apart: general options, a command, its options
// and arguments in any order.
func (p *program) parse(args []string) (*request, error) {
	r := &request{}
	p.defaults(r)
	table := generalOptions(r)
	for i := 0; i < len(args); {
		arg := args[i]
		switch {
		case r.command != nil && r.command.params && strings.HasPrefix(arg, "--") && len(arg) > 2:
			i += p.param(r, arg[2:], args[i+1:])
		case arg == "--":
			r.args = append(r.args, args[i+1:]...)
			return r, nil
		case strings.HasPrefix(arg, "-D") && r.command == nil:
			r.notices = append(r.notices, "option `-D` concerns the Java of the original engine and has no effect here")
			i++
		case len(arg) > 1 && arg[0] == '-':
			n, err := p.option(r, table, args[i:])
			if err != nil {
				return r, err
			}
			i += n
		case r.command == nil:
			c, err := findCommand(arg)
			if err != nil {
				return r, err
			}
			r.command = c
			if c.raw {
				r.args = args[i+1:]
				return r, nil
			}
			if c.options != nil {
				table = append(c.options(p, r), table...)
			}
			i++
		default:
			r.args = append(r.args, arg)
			i++
		}
	}
	return r, nil
}

func findCommand(name string) (*command, error) {
	var names []string
	for _, c := range commands() {
		if c.name == name {
			return &c, nil
		}
		names = append(names, c.name)
	}
	e := &usageError{message: fmt.Sprintf("unknown command `%s`", name), help: "`help` lists the commands"}
	if c, later := laterCommands[name]; later {
		e.message, e.help = fmt.Sprintf("command `%s` is not available: %s", name, c.why), c.instead
	} else if near, ok := diag.Near(name, names); ok {
		e.note = fmt.Sprintf("a command `%s` exists", near)
	}
	return nil, e
}

// A laterCommand is one of Nextflow's that this program does not have.
type laterCommand struct{ why, instead string }

var laterCommands = map[string]laterCommand{
	"auth":        {"signing in at Seqera Platform with a browser is not done here", "put a token into TOWER_ACCESS_TOKEN, or `tower.accessToken`: `run -with-tower` reports runs with it"},
	"console":     {"there is no console", "`run -` runs a script from standard input"},
	"kuberun":     {"Kubernetes is not supported", "`run` uses this machine, in a pod as well, or Azure Batch"},
	"launch":      {"runs are not started by Seqera Platform", "`run -with-tower` runs here and reports there"},
	"lineage":     {"no lineage is recorded", "`log` has the tasks of each run with their scripts and directories"},
	"self-update": {"releases are not fetched by the program", "put the newer release in the place of the old; it is one file"},
}

// option reads one option and says how many arguments it took.
func (p *program) option(r *request, table []option, args []string) (int, error) {
	name, given, hasValue := strings.Cut(args[0][1:], "=")
	name = strings.TrimPrefix(name, "-") // --help of commands without parameters
	for i := range table {
		o := &table[i]
		if o.prefix {
			if key, ok := strings.CutPrefix(name, o.names[0]+"."); ok && key != "" {
				return p.keyed(o, key, given, hasValue, args)
			}
			continue
		}
		if !o.called(name) {
			continue
		}
		switch {
		case hasValue && o.arg == "":
			if given == "true" {
				return 1, o.set("")
			}
			return 1, &usageError{message: fmt.Sprintf("option `-%s` takes no value", name)}
		case hasValue:
			return 1, o.set(given)
		case o.arg == "":
			return 1, o.set("")
		case o.arg[0] == '<':
			if len(args) < 2 {
				return 1, &usageError{message: fmt.Sprintf("option `-%s` needs a value: `-%s %s`", name, name, o.arg)}
			}
			return 2, o.set(args[1])
		}
		if len(args) > 1 && o.wants(r, args[1]) {
			return 2, o.set(args[1])
		}
		return 1, o.set("")
	}
	return 1, unknownOption(r, table, name)
}

func (p *program) keyed(o *option, key, given string, hasValue bool, args []string) (int, error) {
	if hasValue {
		o.setKey(key, given)
		return 1, nil
	}
	if len(args) > 1 && !strings.HasPrefix(args[1], "-") {
		o.setKey(key, args[1])
		return 2, nil
	}
	o.setKey(key, "true")
	return 1, nil
}

func (o *option) called(name string) bool {
	for _, n := range o.names {
		if n == name {
			return true
		}
	}
	return false
}

// wants says whether the next argument is the option's optional value. A
// script is never one while none was seen.
func (o *option) wants(r *request, next string) bool {
	if strings.HasPrefix(next, "-") && next != "-" {
		return false
	}
	if len(r.args) == 0 && strings.HasSuffix(next, ".nf") {
		return false
	}
	return o.takes == nil || o.takes(next)
}

func unknownOption(r *request, table []option, name string) error {
	e := &usageError{message: fmt.Sprintf("unknown option `-%s`", name)}
	var names []string
	for _, o := range table {
		names = append(names, o.names...)
	}
	if near, ok := diag.Near(name, names); ok {
		e.note = fmt.Sprintf("an option `-%s` exists", near)
	}
	switch {
	case r.command != nil && r.command.params:
		e.help = fmt.Sprintf("a parameter of the pipeline has two dashes: `--%s`", name)
	case r.command != nil:
		e.help = fmt.Sprintf("`help %s` lists the options", r.command.name)
	default:
		e.help = "options of a command stand behind its name; `help` lists the others"
	}
	return e
}

var negativeNumber = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^-\d`) })

// param reads --name value, --name=value or --name.
func (p *program) param(r *request, name string, rest []string) int {
	name, given, hasValue := strings.Cut(name, "=")
	p.noticeParam(r, name)
	if hasValue && given == "" {
		load.SetParam(r.engine.Params, name, value.String(""))
		return 1
	}
	if hasValue {
		load.SetParam(r.engine.Params, name, p.typed(given))
		return 1
	}
	if len(rest) > 0 && (!strings.HasPrefix(rest[0], "-") || rest[0] == "-" || negativeNumber().MatchString(rest[0])) {
		load.SetParam(r.engine.Params, name, p.typed(rest[0]))
		return 2
	}
	load.SetParam(r.engine.Params, name, value.Bool(true))
	return 1
}

func (p *program) typed(s string) value.Value {
	if off, ok := p.getenv("NXF_DISABLE_PARAMS_TYPE_DETECTION"); ok && off != "" && off != "false" {
		return value.String(s)
	}
	return load.ParamValue(s)
}

// noticeParam tells of options written with one dash too many.
func (p *program) noticeParam(r *request, name string) {
	switch name {
	case "profile", "resume", "params-file", "work-dir":
		r.notices = append(r.notices, fmt.Sprintf("`--%s` is a parameter of the pipeline; the option is `-%s`", name, name))
	}
}

var (
	sessionID = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[0-9a-f]{8}[0-9a-f-]*$`) })
	runName   = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[a-z][a-z0-9]*([-_][a-z0-9]+)+$`) })
)

// resumes says whether text behind -resume names a run rather than a script.
func (p *program) resumes(next string) bool {
	path := next
	if !filepath.IsAbs(path) {
		path = filepath.Join(p.dir, next)
	}
	if _, err := os.Stat(path); err == nil {
		return false
	}
	return next == "last" || sessionID().MatchString(next) || runName().MatchString(next)
}
