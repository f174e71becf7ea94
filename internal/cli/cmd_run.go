package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"sluice/internal/config/load"
	"sluice/internal/engine"
	"sluice/internal/lang/diag"
	"sluice/internal/lang/source"
	"sluice/internal/lang/value"
	"sluice/internal/project"
)

// ignored is an option of the original's that changes nothing here: how often
// it looks for finished tasks, how many threads it has.
func ignored(arg string, names ...string) option {
	return option{names: names, arg: arg, doc: "Without effect", set: func(string) error { return nil }}
}

// unserved is an option that is known and refused, with what to do instead.
func unserved(arg, doc, help string, names ...string) option {
	return option{names: names, arg: arg, doc: "Not available: " + doc, set: func(string) error {
		return &usageError{message: fmt.Sprintf("option `-%s` is not available: %s", names[0], doc), help: help}
	}}
}

func runOptions(p *program, r *request) []option {
	e := &r.engine
	keyed := func(name, doc string, to *value.Map) option {
		return option{
			names: []string{name}, arg: ".<key>=<value>", prefix: true, doc: doc,
			setKey: func(key, v string) { setKey(to, key, v) },
		}
	}
	put := func(arg, doc, name string) option {
		return option{names: []string{name}, arg: arg, doc: doc, set: func(v string) error { e.With[name] = v; return nil }}
	}
	with := func(name, arg, doc string, names ...string) option {
		return option{names: append(names, "with-"+name), arg: arg, doc: doc, set: func(v string) error {
			if v == "" {
				v = "-"
			}
			e.With[name] = v
			return nil
		}}
	}
	without := func(name, doc string) option {
		return flag(doc, func() { e.Without = append(e.Without, name) }, "without-"+name)
	}
	fallback := func(arg, doc, missing string, to *string, names ...string) option {
		return option{names: names, arg: arg, doc: doc, set: func(v string) error {
			if v == "" {
				v = missing
			}
			*to = v
			return nil
		}}
	}
	resume := fallback("[run]", "Reuse results of the last run, or of the one named", "last", &e.Resume, "resume")
	resume.takes = p.resumes
	dumpHashes := fallback("[json]", "Log what task hashes are made of", "true", &e.DumpHashes, "dump-hashes")
	dumpHashes.takes = func(next string) bool { return next == "json" || next == "true" || next == "false" }
	return []option{
		flag("Export all variables of the environment to tasks", func() { r.exportE = true }, "E"),
		boolean("Progress that redraws itself", &e.AnsiLog, "ansi-log"),
		flag("Run stubs, and make them for processes that have none", func() { e.Stub, e.AutoStub = true, true }, "auto-stub"),
		{names: []string{"auto-stub-except"}, arg: "<names>", doc: "As -auto-stub, but run the scripts of these processes, separated by commas", set: func(v string) error {
			e.Stub, e.AutoStub, e.NoStub = true, true, strings.Split(v, ",")
			return nil
		}},
		put("<url>", "Not available: there is one work directory", "bucket-dir"),
		boolean("Whether processes are cached", &e.Cache, "cache"),
		deepOption(r),
		flag("Without effect: tasks of this machine end with the run", func() {
			r.notices = append(r.notices, "option `-disable-jobs-cancellation` has no effect: tasks of this machine end with the run")
		}, "disable-jobs-cancellation"),
		fallback("[tags]", "Print what passes through `dump`", "*", &e.DumpChannels, "dump-channels"),
		dumpHashes,
		keyed("e", "Put a variable into the environment of tasks", e.Env),
		text("<name>", "Workflow to start at", &e.Entry, "entry"),
		text("<function>", "Call a function of the script, with the arguments that follow, instead of the workflow", &e.Test, "test"),
		ignored("<duration>", "poll-interval", "pi"), ignored("<n>", "pool-size", "ps"), ignored("", "with-mpi"),
		keyed("executor", "Set an option of the scope executor", e.Executor),
		hubOption(r),
		flag("Bring the project up to date before the run", func() { r.project.latest = true }, "latest"),
		put("<path>", "Directories of classes instead of lib/, separated by colons", "lib"),
		text("<file>", "Script to run in a project or directory (default: main.nf, or manifest.mainScript)", &e.MainScript, "main-script"),
		text("<name>", "Name of the run", &e.Name, "name"),
		flag("Ask no repository for anything", func() { r.project.offline = true }, "offline"),
		text("<dir>", "Directory of the workflow's outputs", &e.OutputDir, "output-dir", "o"),
		text("<file>", "Parameters in JSON or YAML", &e.ParamsFile, "params-file"),
		put("<names>", "Plugins beside those of the configuration, separated by commas", "plugins"),
		flag("Set the pipeline up without running tasks", func() { e.Preview = true }, "preview"),
		keyed("process", "Set a directive for all processes", e.Process),
		text("<names>", "Configuration profiles, separated by commas", &e.Profile, "profile"),
		{names: []string{"queue-size", "qs"}, arg: "<n>", doc: "How many tasks an executor has at once", set: func(v string) error {
			n, err := strconv.Atoi(v)
			if err != nil || n < 1 {
				return &usageError{message: fmt.Sprintf("option `-queue-size` is a number from 1, not `%s`", v)}
			}
			e.QueueSize = n
			return nil
		}},
		resume,
		revisionOption(r),
		flag("Run the stubs of processes instead of their scripts", func() { e.Stub = true }, "stub-run", "stub"),
		userOption(r),
		with("apptainer", "[image]", "Run tasks in Apptainer"),
		with("charliecloud", "[image]", "Run tasks in Charliecloud"),
		with("cloudcache", "[url]", "Not available: the cache is kept below the launch directory"),
		unserved("[file]", "no trace for agents is written", "`-with-trace` writes the table of all tasks", "with-agent-trace"),
		unserved("<format>", "the workflow's outputs are not printed", "an `index` in the `output` block writes them as JSON, YAML or CSV", "output-format"),
		with("fusion", "", "Not available: tasks of this machine read files directly"),
		with("wave", "[url]", "Not available: containers are not built"),
		with("conda", "[env]", "Run tasks in a Conda environment"),
		with("dag", "[file]", "Write the graph of the workflow"),
		with("docker", "[image]", "Run tasks in Docker"),
		with("notification", "[to]", "Send mail at the end", "N"),
		with("podman", "[image]", "Run tasks in Podman"),
		with("report", "[file]", "Write a report"),
		with("singularity", "[image]", "Run tasks in Singularity"),
		with("spack", "[env]", "Run tasks in a Spack environment"),
		with("timeline", "[file]", "Write a timeline"),
		with("tower", "[url]", "Report to Seqera Platform"),
		with("trace", "[file]", "Write a table of all tasks"),
		with("weblog", "[url]", "Send messages about the run"),
		without("apptainer", "No Apptainer"),
		without("conda", "No Conda environments"),
		without("docker", "No Docker"),
		without("podman", "No Podman"),
		without("singularity", "No Singularity"),
		without("spack", "No Spack environments"),
		text("<dir>", "Directory of intermediate files", &e.WorkDir, "work-dir", "w"),
	}
}

// setKey stores -process.ext.args=x: dots nest, names stay as written.
func setKey(m *value.Map, key, text string) {
	head, rest, nested := strings.Cut(key, ".")
	if !nested || rest == "" {
		m.Set(value.String(key), load.ParamValue(text))
		return
	}
	inner, ok := m.GetString(head).(*value.Map)
	if !ok {
		inner = value.NewMap(1)
		m.Set(value.String(head), inner)
	}
	setKey(inner, rest, text)
}

// defaults fills in what holds without options.
func (p *program) defaults(r *request) {
	r.engine = engine.Options{
		Params: value.NewMap(0), Process: value.NewMap(0), Executor: value.NewMap(0), Env: value.NewMap(0),
		With: map[string]string{}, LaunchDir: p.dir, CommandLine: p.commandLine(), Brand: p.brand, Version: nextflowVersion, OwnVersion: Version,
		Stdout: p.stdout, Stderr: p.stderr, Getenv: p.getenv, Environ: p.environ,
	}
	if name, ok := p.getenv("NXF_PARAMS_FILE"); ok {
		r.engine.ParamsFile = name
	}
	if name, ok := p.getenv("NXF_LOG_FILE"); ok {
		r.engine.LogFile = name
	}
	if s, ok := p.getenv("NXF_ANSI_LOG"); ok && s != "" {
		b := s == "true"
		r.engine.AnsiLog = &b
	}
}

// commandLine is the command as it may be kept and shown: without passwords.
func (p *program) commandLine() string {
	words := []string{p.brand}
	for i, a := range p.args {
		if i > 0 && p.args[i-1] == "-user" {
			a = withoutPassword(a)
		} else if v, ok := strings.CutPrefix(a, "-user="); ok {
			a = "-user=" + withoutPassword(v)
		}
		words = append(words, shellQuote(project.Redact(a)))
	}
	return strings.Join(words, " ")
}

// withoutPassword is `name:…`, what -user had, less what must not be seen.
func withoutPassword(user string) string {
	if name, _, ok := strings.Cut(user, ":"); ok {
		return name + ":***"
	}
	return user
}

func shellQuote(s string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_./=,@%+{}[]~", r)
	}
	if s != "" && strings.TrimFunc(s, plain) == "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

func (p *program) runPipeline(r *request) error {
	if len(r.args) == 0 {
		return &usageError{message: "no script given", help: fmt.Sprintf("`%s run main.nf`", p.brand)}
	}
	if r.project.latest && r.project.offline {
		return &usageError{message: "options `-latest` and `-offline` contradict each other", help: "leave one of them out"}
	}
	if r.project.latest && p.offline(r) {
		return &usageError{message: "option `-latest` needs the network, and NXF_OFFLINE switches it off", help: "leave one of them out"}
	}
	if wanted := p.env("NXF_VER"); wanted != "" && wanted != nextflowVersion {
		fmt.Fprintf(p.stderr, "warning: NXF_VER=%s has no effect: pipelines run as in Nextflow %s\n", wanted, nextflowVersion)
	}
	if path := p.env("NXF_CLOUDCACHE_PATH"); path != "" {
		fmt.Fprintf(p.stderr, "warning: NXF_CLOUDCACHE_PATH=%s has no effect: the cache is kept in %s\n", project.Redact(path), p.state())
	}
	if r.bg {
		return p.background()
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	signals := watchSignals(cancel)
	defer signals.stop()
	o := r.engine
	o.Args, o.Interrupts = r.args[1:], signals.names
	if p.stdin == nil && isTerminal(os.Stdin) && isTerminal(p.stderr) {
		o.ChooseDetach = p.chooseDetach
	}
	if r.exportE {
		p.exportEnvironment(o.Env)
	}
	found, err := p.startScript(signals.until(ctx), r, &o)
	if err != nil {
		return signals.exit(err)
	}
	o.Script, o.Project = found.script, found.project
	return signals.exit(errors.Join(p.run(ctx, o), found.release()))
}

// startScript finds the script of a run. What is piped in becomes a file.
func (p *program) startScript(ctx context.Context, r *request, o *engine.Options) (*located, error) {
	if r.args[0] != "-" {
		return p.locate(ctx, r, r.args[0], func() error { return engine.Announce(o) })
	}
	if p.stdin == nil {
		return nil, &usageError{message: "the script is read from standard input, which is the terminal", help: fmt.Sprintf("`%s run - < main.nf`", p.brand)}
	}
	text, err := io.ReadAll(p.stdin)
	if err != nil {
		return nil, fmt.Errorf("read the script from standard input: %w", err)
	}
	if len(text) == 0 {
		return nil, &usageError{message: "the script on standard input is empty", help: fmt.Sprintf("`%s run - < main.nf`", p.brand)}
	}
	dir, err := os.MkdirTemp(p.env("NXF_TEMP"), "script")
	if err != nil {
		return nil, fmt.Errorf("keep the script of standard input: %w", err)
	}
	file := filepath.Join(dir, "stdin.nf")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		return nil, errors.Join(fmt.Errorf("keep the script of standard input: %w", err), os.RemoveAll(dir))
	}
	return &located{script: file, release: func() error { return os.RemoveAll(dir) }}, nil
}

func (p *program) exportEnvironment(to *value.Map) {
	for _, e := range p.environ {
		name, v, _ := strings.Cut(e, "=")
		if !to.Has(value.String(name)) {
			to.Set(value.String(name), value.String(v))
		}
	}
}

func (p *program) missingScript(name, path string) error {
	var problems diag.List
	d := problems.Add(source.Span{}, fmt.Sprintf("script `%s` does not exist", name))
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		d.Notes = append(d.Notes, fmt.Sprintf("the directory `%s` does not exist", filepath.Dir(path)))
		return problems
	}
	var names, scripts []string
	for _, e := range entries {
		names = append(names, e.Name())
		if strings.HasSuffix(e.Name(), ".nf") {
			scripts = append(scripts, e.Name())
		}
	}
	if near, ok := load.NearFile(filepath.Base(path), names); ok {
		d.Help = fmt.Sprintf("a file `%s` exists there: `%s run %s`", near, p.brand, filepath.Join(filepath.Dir(name), near))
	} else if len(scripts) > 0 {
		d.Notes = append(d.Notes, "scripts there are `"+strings.Join(scripts[:min(len(scripts), 5)], "`, `")+"`")
	}
	return problems
}
