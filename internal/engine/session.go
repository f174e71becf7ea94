package engine

import (
	"errors"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strings"
	"time"

	"sluice/internal/config/load"
	"sluice/internal/lang/diag"
	"sluice/internal/lang/interp"
	"sluice/internal/lang/source"
	"sluice/internal/lang/stdlib"
	"sluice/internal/lang/value"
	"sluice/internal/observe"
	"sluice/internal/observe/history"
	"sluice/internal/observe/progress"
	"sluice/internal/observe/runlog"
	"sluice/internal/storage"
	"sluice/internal/workflow"
)

// configure loads configuration and parameters, and checks what the run is
// to make of them.
func (r *run) configure() error {
	problems, err := r.loadConfig()
	if err != nil {
		return err
	}
	cfg := r.config
	r.params = cfg.Params().Copy()
	for _, w := range problems {
		if w.Severity == diag.Warning {
			text := oneLine(w)
			if len(w.Notes) > 0 { // a near name
				text += " (" + w.Notes[0] + ")"
			}
			fmt.Fprintln(r.o.Stderr, "WARN: "+text)
		}
	}
	if err := problems.Err(); err != nil {
		return onlyErrors(problems)
	}
	cfg.Override(r.o.Process, r.o.Executor, r.o.Env)
	cfg.With(r.o.With, r.o.Without)
	r.fromEnvironment()
	if err := r.refuse(); err != nil {
		return err
	}
	if err := r.usePlugins(); err != nil {
		return err
	}
	if err := r.checkVersion(); err != nil {
		return err
	}
	if err := r.settings(); err != nil {
		return err
	}
	if dir := cfg.Get("libDir"); dir != nil {
		if err := r.libraries(value.ToString(dir)); err != nil {
			return err
		}
	}
	if err := r.boxes(); err != nil {
		return err
	}
	return r.environments()
}

// DefaultsVariable names a configuration file that all others go over. A
// rehearsal of Azure sets it for the run that it starts.
const DefaultsVariable = "SLUICE_CONFIG_DEFAULTS"

// loadConfig reads the configuration files; the list holds what is wrong with
// their options.
func (r *run) loadConfig() (diag.List, error) {
	given, err := r.givenParams()
	if err != nil {
		return nil, err
	}
	home, ok := r.o.Getenv("NXF_HOME")
	if !ok {
		user, _ := r.o.Getenv("HOME")
		home = filepath.Join(user, ".nextflow")
	}
	files, err := load.DefaultFiles(home, r.projectDir, r.o.LaunchDir, r.o.ConfigFiles, r.o.OnlyConfig)
	if err != nil {
		return nil, err
	}
	r.configFiles = files
	if defaults, ok := r.o.Getenv(DefaultsVariable); ok && defaults != "" {
		files = append([]string{defaults}, files...)
	}
	r.builtins = map[string]value.Value{}
	for _, m := range r.table.Globals() {
		r.builtins[m.Name] = &value.Native{Name: m.Name, Fn: m.Fn}
	}
	r.vault = &vault{getenv: r.o.Getenv, names: r.o.SecretNames}
	r.builtins["secrets"] = r.vault
	r.builtins["sendMail"] = r.mailer()
	if err := r.libraries(r.o.With["lib"]); err != nil {
		return nil, err
	}
	parser, _ := r.o.Getenv("NXF_SYNTAX_PARSER")
	cfg, warnings, err := load.Load(load.Options{
		Files: files, Profile: r.o.Profile, AllProfiles: r.o.AllProfiles, IgnoreIncludes: r.o.IgnoreIncludes, Parser: parser, Params: given,
		ProjectDir: r.projectDir, LaunchDir: r.o.LaunchDir, Getenv: r.o.Getenv, Read: r.o.ReadConfig, Eval: r.scoped(configNames{r.names}),
	})
	if err != nil {
		return nil, err
	}
	if r.vault.err != nil {
		return nil, r.vault.err
	}
	r.config = cfg
	return append(warnings, cfg.Check()...), nil
}

// givenParams are those of the command line over those of -params-file.
func (r *run) givenParams() (*value.Map, error) {
	given := r.o.Params
	if given == nil {
		given = value.NewMap(0)
	}
	if r.o.ParamsFile == "" {
		return given, nil
	}
	fromFile, err := load.ParamsFile(r.o.ParamsFile, r.abs(r.o.ParamsFile))
	if err != nil {
		return nil, err
	}
	return load.MergeParams(fromFile, given), nil
}

// oneLine is a warning for the terminal: what, where, help.
func oneLine(d *diag.Diagnostic) string {
	text := d.Message
	if d.Span.File != nil {
		p := d.Span.Position()
		text = fmt.Sprintf("%s:%d:%d: %s", d.Span.File.Name, p.Line, p.Column, text)
	}
	if d.Help != "" {
		text += " -- " + d.Help
	}
	return text
}

// newestLevel is the newest release of Nextflow whose documentation is followed
// where it goes beyond the level we claim.
const newestLevel = "26.10.0"

// checkVersion compares manifest.nextflowVersion with the level we claim. A
// pipeline that asks for a newer one gets the newest we follow, which scripts
// see as nextflow.version. An expression that begins with `!` must hold, others
// are worth a warning.
func (r *run) checkVersion() error {
	v := r.config.Get("manifest", "nextflowVersion")
	if v == nil {
		return nil
	}
	want := value.ToString(v)
	condition, must := strings.CutPrefix(want, "!")
	for _, level := range []string{r.o.Version, newestLevel} {
		ok, err := r.matchesVersion(level, condition)
		if err != nil {
			return fmt.Errorf("manifest.nextflowVersion `%s`: %w", want, err)
		}
		if ok {
			r.o.Version = level
			return nil
		}
	}
	switch {
	case must && !r.looks:
		return fmt.Errorf("the pipeline requires Nextflow version %s, and this release stands for %s", want, r.o.Version)
	default:
		fmt.Fprintf(r.o.Stderr, "WARN: the pipeline asks for Nextflow version %s, and this release stands for %s -- proceeding\n", want, r.o.Version)
	}
	return nil
}

func (r *run) matchesVersion(level, condition string) (bool, error) {
	version, err := r.table.Construct(r.thread, versionClass(r.table), []value.Value{value.String(level)})
	if err != nil {
		return false, err
	}
	ok, err := r.interp.Invoke(r.thread, version, "matches", []value.Value{value.String(condition)})
	return value.Truth(ok), err
}

// configNames hides what scripts have and configuration files ask their scope for.
type configNames struct{ *names }

func (n configNames) Builtin(name string) bool {
	switch name {
	case "params", "baseDir", "projectDir", "launchDir", "workDir", "moduleDir", "outputDir", "workflow", "nextflow", "log", "this", "owner", "delegate", "channel", "Channel", "template", "env":
		return false
	}
	return n.names.Builtin(name)
}

func (r *run) scoped(n interface {
	Builtin(string) bool
	Class(string) bool
	Operator(string) bool
	Directives() []string
	Candidates() []string
},
) *interp.Scoped {
	return &interp.Scoped{Interp: r.interp, Thread: r.thread, Names: n, Builtin: r.builtin}
}

func (r *run) abs(path string) string {
	if path == "" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(r.o.LaunchDir, path)
}

// settings decides where the run works and how it resumes.
func (r *run) settings() error {
	cfg, problems := r.config.Run()
	if err := problems.Err(); err != nil {
		return err
	}
	env := func(name string) string { v, _ := r.o.Getenv(name); return v }
	var err1, err2 error
	r.workDir, err1 = r.directory(firstOf(r.o.WorkDir, cfg.WorkDir, env("NXF_WORK"), "work"), r.o.WorkDir, "workDir", "-work-dir",
		"the work directory", "give a directory of this machine or of Azure's storage (az://) with `-work-dir`")
	r.outputDir, err2 = r.directory(firstOf(r.o.OutputDir, cfg.OutputDir, "results"), r.o.OutputDir, "outputDir", "-output-dir",
		"the output directory", "give a directory of this machine or of Azure's storage (az://) with `-output-dir`")
	if err := firstError(err1, err2); err != nil {
		return err
	}
	if cfg.BucketDir != "" {
		r.bucketDir = storage.Join(cfg.BucketDir)
	}
	if r.o.Resume == "" {
		r.o.Resume = cfg.Resume
	}
	return nil
}

// directory is the absolute path of a directory of this machine, or the URI of
// one in a storage that can be written.
func (r *run) directory(name, option, key, flag, what, help string) (string, error) {
	p := value.ParsePath(name)
	if p.Scheme == "" {
		if filepath.IsAbs(p.Name) {
			return p.Name, nil
		}
		return filepath.Join(r.fileRoot(), p.Name), nil
	}
	if p.Scheme == "az" {
		return storage.Join(name), nil
	}
	var list diag.List
	d := list.Add(source.Span{}, fmt.Sprintf("%s `%s` is remote, and files of `%s://` cannot be written", what, name, p.Scheme))
	d.Help = help
	switch {
	case option != "":
		d.Notes = append(d.Notes, "given by the option `"+flag+"`")
	default:
		d.Span = r.config.Span(key)
	}
	return "", list
}

func firstError(list ...error) error {
	for _, err := range list {
		if err != nil {
			return err
		}
	}
	return nil
}

func firstOf(list ...string) string {
	for _, s := range list {
		if s != "" {
			return s
		}
	}
	return ""
}

// identify gives the run its name and session.
func (r *run) identify() error {
	h := history.Open(r.stateDir())
	var err error
	if r.o.Name != "" {
		if err := errors.Join(history.CheckName(r.o.Name)); err != nil {
			return err
		}
		if err := h.CheckUnused(r.o.Name); err != nil {
			return err
		}
		r.name = r.o.Name
	} else if r.name, err = h.NewName(history.Random); err != nil {
		return err
	}
	switch r.o.Resume {
	case "":
		r.session = history.NewSession()
		return nil
	case "last", "true":
		last, ok, err := h.Last()
		if err != nil {
			return err
		}
		if !ok {
			r.session = history.NewSession()
			return nil
		}
		r.session, r.resumed = last.Session, true
		return nil
	}
	found, err := h.Find(r.o.Resume)
	if err != nil {
		if !history.IsSession(r.o.Resume) {
			return err
		}
		r.session, r.resumed = r.o.Resume, true
		return nil
	}
	r.session, r.resumed = found[len(found)-1].Session, true
	return nil
}

// openObservers starts what watches the run.
func (r *run) openObservers() error {
	getenv := func(name string) string { v, _ := r.o.Getenv(name); return v }
	logFile := r.abs(runlog.Path(r.o.LogFile, getenv))
	log, err := runlog.Open(runlog.Options{File: logFile, OnError: func(err error) {
		fmt.Fprintln(r.o.Stderr, "WARN: "+err.Error())
	}})
	if err != nil {
		return err
	}
	r.log = log
	r.closers = append(r.closers, log.Close)
	options := progressOptions(r.o)
	if rel, err := filepath.Rel(r.o.LaunchDir, logFile); err == nil && !strings.HasPrefix(rel, "..") {
		options.LogFile = rel
	} else {
		options.LogFile = logFile
	}
	r.ansi = options.ANSI && getenv("NO_COLOR") == ""
	printer := progress.New(options)
	r.closers = append(r.closers, printer.Close)
	past := &history.Observer{File: history.Open(r.stateDir())}
	r.closers = append(r.closers, past.Close)
	observers := []observe.Observer{log, printer, past}
	reports, err := r.openReports()
	if err != nil {
		return errors.Join(err, r.closeAll())
	}
	observers = append(observers, reports...)
	files, err := r.openPluginFiles()
	if err != nil {
		return errors.Join(err, r.closeAll())
	}
	observers = append(observers, files...)
	r.bus = observe.NewBus(observers...)
	return nil
}

func (r *run) closeAll() error {
	var errs []error
	for _, c := range r.closers {
		errs = append(errs, c())
	}
	return errors.Join(errs...)
}

// progressOptions says where and how a run tells of itself.
func progressOptions(o Options) progress.Options {
	options := progress.Options{Out: o.Stdout}
	if f, ok := o.Stdout.(*os.File); ok {
		options = progress.FromEnvironment(f, o.AnsiLog, func(name string) string { v, _ := o.Getenv(name); return v })
	} else if o.AnsiLog != nil {
		options.ANSI = *o.AnsiLog
	}
	options.Quiet, options.Brand = o.Quiet, brand(o)
	return options
}

func brand(o Options) progress.Brand {
	if o.Brand == "nextflow" {
		return progress.Brand{Title: "N E X T F L O W", Version: o.Version}
	}
	return progress.Brand{Title: "S L U I C E", Version: o.OwnVersion}
}

// Announce prints the banner of a run to come, above what downloading its
// project says.
func Announce(o *Options) error {
	o.Announced = true
	if err := progress.Banner(progressOptions(*o)); err != nil {
		return fmt.Errorf("write progress: %w", err)
	}
	return nil
}

// user is the name of who runs this.
func (r *run) user() string {
	if name, ok := r.o.Getenv("USER"); ok && name != "" {
		return name
	}
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return ""
}

// launch tells observers what is about to run.
func (r *run) launch() {
	home, _ := r.o.Getenv("HOME")
	user := r.user()
	commit, revision := "", r.scriptID[:10]
	if p := r.o.Project; p != nil {
		commit, revision = p.CommitID, p.CommitID
		if p.Revision != "" {
			revision = commit[:10] + " [" + p.Revision + "]"
		}
	}
	r.post(observe.RunStarted{Launch: observe.Launch{
		ScriptName: r.shown, CommitID: commit, Announced: r.o.Announced, ScriptFile: r.script, ScriptID: r.scriptID, RunName: r.name, SessionID: r.session,
		Revision: revision, CommandLine: r.o.CommandLine, Profile: firstOf(r.o.Profile, "standard"),
		ConfigFiles: r.configFiles, WorkDir: r.workDir, LaunchDir: r.o.LaunchDir, ProjectDir: r.projectDir,
		HomeDir: home, UserName: user, Version: r.o.Version, Build: r.o.OwnVersion, Resume: r.resumed,
		Stub: r.o.Stub, Preview: r.o.Preview, Start: r.start, PID: os.Getpid(),
	}, Facts: r.facts()})
}

// describeRun fills in `workflow`.
func (r *run) describeRun() {
	home, _ := r.o.Getenv("HOME")
	user := r.user()
	files := value.NewList()
	for _, f := range r.configFiles {
		files.Elems = append(files.Elems, value.ParsePath(f))
	}
	manifest := r.config.Scope("manifest")
	m := r.meta
	var project Project
	if r.o.Project != nil {
		project = *r.o.Project
	}
	settings, _ := r.config.Workflow()
	for _, f := range []struct {
		name string
		v    value.Value
	}{
		{"runName", value.String(r.name)},
		{"scriptId", value.String(r.scriptID)},
		{"scriptFile", value.ParsePath(r.script)},
		{"scriptName", value.String(filepath.Base(r.script))},
		{"repository", textOrNull(project.Repository)},
		{"commitId", textOrNull(project.CommitID)},
		{"revision", textOrNull(project.Revision)},
		{"start", r.time(r.start)},
		{"complete", nil},
		{"duration", nil},
		{"container", r.selectedImages()},
		{"commandLine", value.String(r.o.CommandLine)},
		{"nextflow", r.nextflow()},
		{"success", value.Bool(false)},
		{"projectDir", value.ParsePath(r.projectDir)},
		{"projectName", value.String(firstOf(project.Name, filepath.Base(r.script)))},
		{"launchDir", value.ParsePath(r.o.LaunchDir)},
		{"outputDir", value.ParsePath(r.outputDir)},
		{"workDir", value.ParsePath(r.workDir)},
		{"homeDir", value.ParsePath(home)},
		{"userName", value.String(user)},
		{"exitStatus", nil},
		{"errorMessage", nil},
		{"errorReport", nil},
		{"profile", value.String(firstOf(r.o.Profile, "standard"))},
		{"sessionId", r.uuid(r.session)},
		{"resume", value.Bool(r.resumed)},
		{"stubRun", value.Bool(r.o.Stub)},
		{"preview", value.Bool(r.o.Preview)},
		{"containerEngine", textOrNull(r.box.Engine)},
		{"wave", &workflow.Facts{Of: manifestClass, Values: value.MapOf("enabled", value.Bool(false))}},
		{"fusion", &workflow.Facts{Of: manifestClass, Values: value.MapOf("enabled", value.Bool(false), "version", nil)}},
		{"configFiles", files},
		{"stats", r.stats()},
		{"manifest", &workflow.Facts{Of: manifestClass, Values: manifestValues(manifest), Listed: manifestListed}},
		{"failOnIgnore", value.Bool(settings.FailOnIgnore)},
	} {
		m.Set(f.name, f.v)
	}
}

var manifestClass = &value.Class{Name: "nextflow.config.Manifest", Parents: []*value.Class{value.ObjectClass}}

// manifestListed are the entries of workflow.manifest.toMap(), in its order.
var manifestListed = []string{
	"mainScript", "nextflowVersion", "author", "defaultBranch", "icon", "description", "homePage", "version",
	"license", "docsUrl", "organization", "gitmodules", "contributors", "doi",
}

// manifestValues has every documented entry, null when not given. Entries are
// text whatever the configuration writes: a list of DOIs is `[a, b]`.
func manifestValues(m *value.Map) *value.Map {
	all := value.NewMap(20)
	for _, name := range append([]string{"name", "homePage", "recurseSubmodules"}, manifestListed...) {
		all.Set(value.String(name), nil)
	}
	all.Set(value.String("mainScript"), value.String("main.nf"))
	all.Set(value.String("contributors"), value.NewList())
	all.Set(value.String("recurseSubmodules"), value.Bool(false))
	m.Entries(func(k, v value.Value) bool {
		switch value.ToString(k) {
		case "contributors", "gitmodules":
		case "recurseSubmodules":
			v = value.Bool(value.Truth(v) && value.ToString(v) != "false")
		default:
			if v != nil {
				v = value.String(value.ToString(v))
			}
		}
		all.Set(k, v)
		return true
	})
	return all
}

func textOrNull(s string) value.Value {
	if s == "" {
		return nil
	}
	return value.String(s)
}

func (r *run) uuid(s string) value.Value {
	if c, ok := r.table.Class("java.util.UUID"); ok {
		if m := r.table.Static(c, "fromString"); m != nil {
			if v, err := m.Fn(r.thread, nil, []value.Value{value.String(s)}); err == nil {
				return v
			}
		}
	}
	return value.String(s)
}

// time is a moment as scripts see it.
func (r *run) time(t time.Time) value.Value { return stdlib.NewOffsetDateTime(t) }
