package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"sluice/internal/compat"
	"sluice/internal/config"
	"sluice/internal/dataflow/operator"
	"sluice/internal/lang/diag"
	"sluice/internal/lang/resolve"
	"sluice/internal/lang/syntax"
	"sluice/internal/lang/value"
	"sluice/internal/plugin"
)

// Compat looks through a pipeline without running it, and without asking the
// network for anything.
func Compat(ctx context.Context, name string, o Options) (*compat.Report, error) {
	o.Stderr = io.Discard // what is worth a warning is in the report
	r := &run{o: o, start: time.Now(), looks: true}
	if o.Getenv == nil {
		r.o.Getenv = os.LookupEnv
	}
	var remote []string
	r.o.ReadConfig = func(name string) ([]byte, error) {
		if !strings.Contains(name, "://") {
			return os.ReadFile(name)
		}
		if !slices.Contains(remote, name) {
			remote = append(remote, name)
		}
		return nil, nil
	}
	if err := r.locate(); err != nil {
		return nil, err
	}
	r.prepare(ctx)
	defer r.stop(nil)
	s := &compat.Source{
		Name: name, Dir: r.projectDir, Profile: o.Profile, Table: r.table, Plugins: plugins(),
		Executor:  func(name string) error { return r.executorError(name) },
		Storage:   func(scheme string) error { _, err := storageOf(scheme); return azureReads(scheme, err) },
		Operators: tabled(operator.Docs()), Factories: tabled(operator.FactoryDocs()),
	}
	if o.Project != nil {
		s.Revision = firstOf(o.Project.Revision, o.Project.CommitID)
	}
	for _, u := range unavailable {
		s.Switched = append(s.Switched, compat.Switch{Scope: u.scope, What: u.what, Way: u.way})
	}
	r.surveyConfig(s)
	if v := r.config.Get("manifest", "version"); s.Revision == "" && v != nil {
		s.Revision = value.ToString(v)
	}
	r.surveyScripts(s)
	s.Remote = remote
	s.Schema = readSchema(filepath.Join(r.projectDir, "nextflow_schema.json"))
	report := compat.Make(s)
	if !report.Runs && !r.names.lenient {
		older := o
		older.Getenv = lenient(r.o.Getenv)
		if again, err := Compat(ctx, name, older); err == nil && again.Runs {
			report.Older = true
			report.Notes = append(report.Notes, "with NXF_SYNTAX_PARSER=v1, which asks for the older grammar, nothing is refused")
		}
	}
	return report, nil
}

// lenient is an environment that asks for the older grammar.
func lenient(getenv func(string) (string, bool)) func(string) (string, bool) {
	return func(name string) (string, bool) {
		if name == "NXF_SYNTAX_PARSER" {
			return "v1", true
		}
		return getenv(name)
	}
}

// azureReads leaves out that no account is configured: it is the scheme that
// counts.
func azureReads(scheme string, err error) error {
	if scheme == "az" {
		return nil
	}
	return err
}

func (r *run) executorError(name string) error {
	if r.runs(name) {
		return nil
	}
	return fmt.Errorf("the executor `%s` is not available in this release", name)
}

func tabled(docs []operator.Doc) map[string]compat.Tabled {
	m := map[string]compat.Tabled{}
	for _, d := range docs {
		m[d.Name] = compat.Tabled{Refused: d.Refused, Instead: d.Deprecated}
	}
	return m
}

// surveyConfig reads the configuration as a run would, and once more with all
// profiles.
func (r *run) surveyConfig(s *compat.Source) {
	problems, err := r.loadConfig()
	if err != nil {
		s.Refused = append(s.Refused, asList(err)...)
		r.config = config.New(nil)
	}
	s.Config = r.config
	r.params = r.config.Params().Copy()
	r.config.Override(r.o.Process, r.o.Executor, r.o.Env)
	r.config.With(r.o.With, r.o.Without)
	s.Refused, s.Warnings = append(s.Refused, onlyErrors(problems)...), problems
	// What cannot be switched on, and executors, are items of the report.
	s.Refused = append(s.Refused, r.refuseOthers()...)
	for _, check := range []func() error{r.usePlugins, r.checkVersion} {
		s.Refused = append(s.Refused, asList(check())...)
	}
	for _, u := range r.uses {
		if !slices.ContainsFunc(s.Uses, func(v plugin.Use) bool { return v.Name == u.Name }) {
			s.Uses = append(s.Uses, u)
		}
	}
	other := &run{o: r.o, start: r.start, looks: true, projectDir: r.projectDir}
	other.o.AllProfiles, other.o.Profile = true, ""
	other.prepare(r.ctx)
	defer other.stop(nil)
	if _, err := other.loadConfig(); err != nil {
		s.Unlisted = asList(err)
		return
	}
	s.All = other.config
}

// surveyScripts resolves the script, what it includes, and lib/.
func (r *run) surveyScripts(s *compat.Source) {
	if dir := r.config.Get("libDir"); dir != nil {
		s.Refused = append(s.Refused, asList(r.libraries(value.ToString(dir)))...)
	}
	main, err := r.resolve()
	if r.modules == nil || err != nil && !errors.As(err, new(diag.List)) {
		s.Refused = append(s.Refused, asList(err)...)
		return
	}
	s.Refused = append(s.Refused, onlyErrors(r.modules.diags)...)
	if main == nil && err == nil {
		return
	}
	for _, m := range r.modules.inOrder() {
		s.Scripts = append(s.Scripts, m.File)
		for _, d := range m.File.Decls {
			if p, ok := d.(*syntax.ProcessDef); ok {
				for _, f := range m.Faults[p] {
					s.IfUsed = append(s.IfUsed, f.Problem)
				}
			}
		}
	}
	used := len(r.lib.diags)
	s.Lib = r.lib.everything()
	s.IfUsed = append(s.IfUsed, r.lib.diags[used:]...)
}

func asList(err error) diag.List {
	var list diag.List
	if err != nil && !errors.As(err, &list) {
		list = diag.List{{Message: err.Error()}}
	}
	return list
}

// inOrder are the modules in order of their paths.
func (m *modules) inOrder() []*resolve.Module {
	var list []*resolve.Module
	for _, mod := range m.loaded {
		if mod != nil {
			list = append(list, mod)
		}
	}
	slices.SortFunc(list, func(a, b *resolve.Module) int { return strings.Compare(a.Path, b.Path) })
	return list
}

// readSchema counts the parameters of nextflow_schema.json.
func readSchema(path string) compat.Schema {
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return compat.Schema{}
	}
	var doc struct {
		Draft       string                `json:"$schema"`
		Properties  map[string]any        `json:"properties"`
		Definitions map[string]properties `json:"definitions"`
		Defs        map[string]properties `json:"$defs"`
	}
	if err == nil {
		err = json.Unmarshal(raw, &doc)
	}
	s := compat.Schema{Draft: doc.Draft, Err: err, Params: len(doc.Properties)}
	for _, groups := range []map[string]properties{doc.Definitions, doc.Defs} {
		for _, g := range groups {
			s.Params += len(g.Properties)
		}
	}
	return s
}

type properties struct {
	Properties map[string]any `json:"properties"`
}
