package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"sluice/internal/config/load"
	"sluice/internal/engine"
	"sluice/internal/lang/diag"
	"sluice/internal/lang/source"
	"sluice/internal/lang/value"
)

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
		put("<url>", "Not available: there is one work directory", "bucket-dir"),
		boolean("Whether processes are cached", &e.Cache, "cache"),
		git("<n>", "Depth of a clone", "d", "deep"),
		flag("Without effect: tasks of this machine end with the run", func() {
			r.notices = append(r.notices, "option `-disable-jobs-cancellation` has no effect: tasks of this machine end with the run")
		}, "disable-jobs-cancellation"),
		fallback("[tags]", "Print what passes through `dump`", "*", &e.DumpChannels, "dump-channels"),
		dumpHashes,
		keyed("e", "Put a variable into the environment of tasks", e.Env),
		text("<name>", "Workflow to start at", &e.Entry, "entry"),
		keyed("executor", "Set an option of the scope executor", e.Executor),
		git("<name>", "Service that keeps the project", "hub"),
		flag("Without effect: projects are local", func() {}, "latest"),
		put("<path>", "Directories of classes instead of lib/, separated by colons", "lib"),
		text("<file>", "Script to run in a project directory", &r.mainName, "main-script"),
		text("<name>", "Name of the run", &e.Name, "name"),
		flag("Without effect: projects are local", func() {}, "offline"),
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
		git("<revision>", "Revision of a project", "r", "revision"),
		flag("Run the stubs of processes instead of their scripts", func() { e.Stub = true }, "stub-run", "stub"),
		git("<name>", "User of a private project", "user"),
		with("apptainer", "[image]", "Run tasks in Apptainer"),
		with("charliecloud", "[image]", "Run tasks in Charliecloud"),
		with("cloudcache", "[url]", "Not available: the cache is kept below the launch directory"),
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

// git is an option that only concerns projects kept in git.
func git(arg, doc string, names ...string) option {
	return option{names: names, arg: arg, doc: doc + " (git projects: not available)", set: func(string) error {
		return &usageError{
			message: fmt.Sprintf("option `-%s` concerns projects kept in git, which cannot be run by name", names[0]),
			help:    "clone the project, check the revision out and run the local path",
		}
	}}
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

func (p *program) commandLine() string {
	words := []string{p.brand}
	for _, a := range p.args {
		words = append(words, shellQuote(a))
	}
	return strings.Join(words, " ")
}

func shellQuote(s string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_./=:,@%+{}[]~", r)
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
	script, err := p.script(r.args[0], r.mainName)
	if err != nil {
		return err
	}
	o := r.engine
	o.Script, o.Args = script, r.args[1:]
	if r.exportE {
		p.exportEnvironment(o.Env)
	}
	if r.bg {
		return p.background()
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	signals := watchSignals(cancel)
	defer signals.stop()
	o.Interrupts = signals.names
	return signals.exit(p.run(ctx, o))
}

func (p *program) exportEnvironment(to *value.Map) {
	for _, e := range p.environ {
		name, v, _ := strings.Cut(e, "=")
		if !to.Has(value.String(name)) {
			to.Set(value.String(name), value.String(v))
		}
	}
}

// script finds what is to be run: a file, or a directory that holds a script.
func (p *program) script(name, mainName string) (string, error) {
	path := name
	if !filepath.IsAbs(path) {
		path = filepath.Join(p.dir, name)
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return "", p.missingScript(name, path)
	case err != nil:
		return "", fmt.Errorf("open script: %w", err)
	case info.IsDir() && mainName != "":
		return p.script(filepath.Join(name, mainName), "")
	}
	return name, nil
}

func (p *program) missingScript(name, path string) error {
	isURL := strings.Contains(name, "://") || strings.HasPrefix(name, "git@")
	isFile := strings.HasPrefix(name, ".") || strings.HasPrefix(name, "/") || strings.HasPrefix(name, "~") ||
		filepath.Ext(name) != "" || strings.Count(name, "/") > 1
	if isURL || !isFile {
		return remoteProject(p.brand, name, isURL)
	}
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

func remoteProject(brand, name string, isURL bool) error {
	address, local := name, strings.TrimSuffix(filepath.Base(name), ".git")
	if !isURL {
		if !strings.Contains(name, "/") {
			address = "nextflow-io/" + name
		}
		address = "https://github.com/" + address
	}
	return &usageError{
		message: fmt.Sprintf("`%s` is no local path, and projects kept in git cannot be run by name", name),
		help:    fmt.Sprintf("clone it and run the local path: `git clone %s && %s run ./%s`", address, brand, local),
	}
}
