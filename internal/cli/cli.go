package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/term"

	"sluice/internal/config"
	"sluice/internal/engine"
	"sluice/internal/lang/diag"
	"sluice/internal/project"
	"sluice/internal/storage"
)

// Version is stamped by the build.
var Version = "devel"

// The release of Nextflow whose behaviour we follow.
const (
	nextflowVersion = "25.04.4"
	nextflowBuild   = "5950"
	nextflowCreated = "16-06-2025 14:23 UTC"
)

// A program is one call of the binary, with the world handed in.
type program struct {
	brand string // "sluice", or "nextflow" when called by that name
	args  []string
	dir   string    // working directory
	self  string    // path of the binary, for -bg
	stdin io.Reader // nil: a terminal, which is not read from
	// storages opens storages that are configured; see storage.
	storages func(scheme string) (storage.Storage, error)
	stdout   io.Writer
	stderr   io.Writer
	color    bool
	getenv   func(string) (string, bool)
	environ  []string
	run      func(context.Context, engine.Options) error
	config   func(context.Context, engine.Options) (*config.Config, diag.List, error)
}

// Main runs the command line and ends the process.
func Main() {
	dir, err := os.Getwd()
	if err != nil {
		fmt.Fprintln(os.Stderr, "error: working directory:", err)
		os.Exit(exitFailure)
	}
	self, err := os.Executable()
	if err != nil {
		self = os.Args[0]
	}
	_, noColor := os.LookupEnv("NO_COLOR")
	p := &program{
		brand: brandOf(os.Args[0]), args: os.Args[1:], dir: dir, self: self, stdout: os.Stdout, stderr: os.Stderr,
		color:  !noColor && term.IsTerminal(int(os.Stderr.Fd())),
		getenv: os.LookupEnv, environ: os.Environ(), run: engine.Run, config: engine.Config,
	}
	if !term.IsTerminal(int(os.Stdin.Fd())) {
		p.stdin = os.Stdin
	}
	os.Exit(p.main())
}

func brandOf(argv0 string) string {
	if filepath.Base(argv0) == "nextflow" {
		return "nextflow"
	}
	return "sluice"
}

// Exit codes of the program's own; `exit N` of a script gives N, signals 128 and their number.
const (
	exitOK      = 0
	exitFailure = 1
)

// A command is one line of the table.
type command struct {
	name    string
	usage   string
	doc     string
	options func(*program, *request) []option // of the command itself; the general ones are added
	params  bool                              // --x y are parameters of the pipeline
	hidden  bool                              // not for people: `help` does not list it
	raw     bool                              // what follows is taken apart by the command itself
	run     func(*program, *request) error
}

func commands() []command {
	return []command{
		{name: "azure", usage: "check | grant | rehearse | clean", doc: "Check, rehearse and tidy what runs on Azure Batch", raw: true, run: (*program).azure},
		{name: "clean", usage: "[options] [run name or session id ...]", doc: "Remove the work directories of runs, and the runs from the log", options: cleanOptions, run: (*program).clean},
		{name: "clone", usage: "[options] <project> [directory]", doc: "Copy a project into a directory", options: cloneOptions, run: (*program).clone},
		{name: "compat", usage: "[options] <script, directory or project> [--param value ...]", doc: "Print what of a pipeline works here, without running it", options: compatOptions, params: true, run: (*program).compatibility},
		{name: "config", usage: "[options] [project]", doc: "Print the configuration of a project", options: configOptions, run: (*program).printConfig},
		{name: "drop", usage: "[options] <project ...>", doc: "Delete the copy of a project", options: dropOptions, run: (*program).drop},
		{name: "fs", usage: "<command> <path> [target]", doc: "Copy, move, list, print, remove and describe files: cp, mv, ls, cat, rm, stat", run: (*program).files},
		{name: "help", usage: "[command]", doc: "Print how a command is used", run: (*program).help},
		{name: "info", usage: "[options] [project]", doc: "Print facts about a project, or about the program and the system", options: infoOptions, run: (*program).info},
		{name: "inspect", usage: "[options] <script, directory or project> [--param value ...]", doc: "Print the containers of a pipeline's processes", options: inspectOptions, params: true, run: (*program).inspectPipeline},
		{name: "lint", usage: "[options] <file or directory> ...", doc: "Check scripts and configuration files, and lay them out", options: lintOptions, run: (*program).lintFiles},
		{name: "list", usage: "", doc: "List the projects that were downloaded", run: (*program).list},
		{name: "log", usage: "[options] [run name or session id ...]", doc: "Print earlier runs and their tasks", options: logOptions, run: (*program).log},
		{name: "logfile", usage: "[options] [run name, session id or file]", doc: "Print the log of a run", options: logfileOptions, run: (*program).printLogfile},
		{name: "module", usage: "list [-o table|json]", doc: "List the modules of a registry that the project keeps", raw: true, run: (*program).module},
		{name: "node", usage: "<command> [options]", doc: "What runs on the nodes of a pool", hidden: true, raw: true, run: (*program).node},
		{name: "plugin", usage: "list | install <plugin[@version],...>", doc: "Print which plugins are built in, or ask for some", run: (*program).plugin},
		{name: "pull", usage: "[options] <project ...>", doc: "Download projects, or bring them up to date", options: pullOptions, run: (*program).pull},
		{name: "run", usage: "[options] <script, directory or project> [--param value ...]", doc: "Run a pipeline", options: runOptions, params: true, run: (*program).runPipeline},
		{name: "secrets", usage: "list | get <name> | set <name> <value> | delete <name>", doc: "Keep values that must not be seen, for the directive `secret`", run: (*program).secrets},
		{name: "version", usage: "", doc: "Print the version", run: (*program).version},
		{name: "view", usage: "[options] <project>", doc: "Print the main script or another file of a project", options: viewOptions, run: (*program).view},
	}
}

// A request is the command line taken apart.
type request struct {
	command *command
	args    []string
	help    bool
	short   bool // -v
	long    bool // -version
	bg      bool
	engine  engine.Options
	project projectRequest
	exportE bool
	lint    lintRequest
	log     logRequest
	logfile logfileRequest
	clean   cleanRequest
	config  configRequest
	inspect inspectRequest
	compat  compatRequest
	details bool
	notices []string
}

// main does it all and gives the exit code.
func (p *program) main() int {
	r, err := p.parse(p.args)
	if err == nil {
		err = p.dispatch(r)
	}
	return p.report(err)
}

func (p *program) dispatch(r *request) error {
	switch {
	case r.long:
		return p.longVersion()
	case r.short:
		return p.shortVersion()
	case r.command == nil:
		p.usage()
		return nil
	case r.help:
		p.commandHelp(r.command)
		return nil
	}
	for _, n := range r.notices {
		fmt.Fprintln(p.stderr, "warning:", n)
	}
	return r.command.run(p, r)
}

// A usageError is a mistake on the command line.
type usageError struct{ message, note, help string }

func (e *usageError) Error() string { return e.message }

// A plainError is a sentence of Nextflow that programs look for: printed as it is.
type plainError struct{ message string }

func (e *plainError) Error() string { return e.message }

// report prints an error in its form and gives the exit code for it.
func (p *program) report(err error) int {
	if err == nil {
		return exitOK
	}
	var exit *engine.ExitError
	if errors.As(err, &exit) {
		if exit.Err != nil && !exit.Printed {
			p.print(exit.Err)
		}
		return exit.Code
	}
	p.print(err)
	return exitFailure
}

func (p *program) print(err error) {
	var list diag.List
	if errors.As(err, &list) {
		if werr := list.Render(p.stderr, diag.Options{Color: p.color}); werr == nil {
			return
		}
	}
	var plain *plainError
	if errors.As(err, &plain) {
		fmt.Fprintln(p.stderr, plain.message)
		return
	}
	fmt.Fprintf(p.stderr, "error: %s\n", project.Redact(strings.TrimRight(err.Error(), "\n")))
	var u *usageError
	var pe *project.Error
	switch {
	case errors.As(err, &u):
		p.advise(u.note, u.help)
	case errors.As(err, &pe):
		p.advise(pe.Note, pe.Help)
	}
}

func (p *program) advise(note, help string) {
	if note != "" {
		fmt.Fprintf(p.stderr, "  = note: %s\n", project.Redact(note))
	}
	if help != "" {
		fmt.Fprintf(p.stderr, "  = help: %s\n", project.Redact(help))
	}
}
