package prov

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"sluice/internal/lang/stdlib"
	"sluice/internal/lang/value"
	"sluice/internal/observe"
	"sluice/internal/storage"
	"sluice/internal/task"
)

// Options are what the plugin needs of a run.
type Options struct {
	Option func(path ...string) value.Value // of the configuration
	Plain  func(value.Value) any            // a value as JSON has it
	Getenv func(name string) (string, bool)
	Dir    string // relative files are below it
	Warn   func(string)
}

// A published file, and where it was before.
type published struct{ source, target string }

// A Writer is the observer that writes the reports when a run has ended well.
type Writer struct {
	o        Options
	formats  []format
	patterns []*regexp.Regexp

	facts     *observe.Facts
	launch    observe.Launch
	tasks     []*task.Task
	published []published
	end       *observe.RunEnded
}

// A format is one report that is asked for.
type format struct {
	name, file string // absolute
	render     func(*record) (string, error)
}

var renderers = map[string]func(*record) (string, error){"bco": bco, "dag": dag, "legacy": legacy}

// Open reads the scope prov; nil is no report.
func Open(o Options) (*Writer, error) {
	if v := o.Option("prov", "enabled"); v != nil && !value.Truth(v) {
		return nil, nil
	}
	w := &Writer{o: o}
	formats, ok := o.Option("prov", "formats").(*value.Map)
	if !ok {
		formats = value.NewMap(0)
		if v := o.Option("prov", "file"); v != nil { // as of releases before 1.2
			formats = value.MapOf("legacy", value.MapOf("file", v, "overwrite", o.Option("prov", "overwrite")))
		}
	}
	var err error
	formats.Entries(func(k, v value.Value) bool {
		err = w.add(value.ToString(k), v)
		return err == nil
	})
	if err != nil || len(w.formats) == 0 {
		return nil, err
	}
	if list, ok := value.Elements(o.Option("prov", "patterns")); ok {
		for _, p := range list {
			re, err := stdlib.GlobRegexp("**/" + value.ToString(p))
			if err != nil {
				return nil, fmt.Errorf("config option `prov.patterns`: `%s` is no pattern of files: %w", value.ToString(p), err)
			}
			w.patterns = append(w.patterns, re)
		}
	}
	return w, nil
}

// add takes a format that is asked for.
func (w *Writer) add(name string, v value.Value) error {
	m, ok := v.(*value.Map)
	if !ok || !value.Truth(m.GetString("file")) {
		return fmt.Errorf("config option `prov.formats.%s`: a file is missing: `prov.formats.%s.file = '…'`", name, name)
	}
	render := renderers[name]
	if render == nil {
		w.o.Warn(fmt.Sprintf("nf-prov: the format `%s` is not written here: there will be no %s; `bco`, `dag` and `legacy` are", name, value.ToString(m.GetString("file"))))
		return nil
	}
	file := value.ToString(m.GetString("file"))
	if storage.IsRemote(file) {
		return fmt.Errorf("config option `prov.formats.%s.file`: `%s` is not on this machine", name, file)
	}
	if !filepath.IsAbs(file) {
		file = filepath.Join(w.o.Dir, file)
	}
	st, err := os.Stat(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return fmt.Errorf("write the provenance file: %w", err)
	case !value.Truth(m.GetString("overwrite")):
		return fmt.Errorf("Provenance file already exists: %s", file) //nolint:staticcheck // the plugin's words
	case st.IsDir():
		return fmt.Errorf("Unable to overwrite existing provenance file: %s", file) //nolint:staticcheck // the plugin's words
	}
	w.formats = append(w.formats, format{name, file, render})
	return nil
}

// Observe takes an event in.
func (w *Writer) Observe(ev observe.Event) {
	switch e := ev.Body.(type) {
	case observe.RunStarted:
		w.facts, w.launch = e.Facts, e.Launch
	case observe.TaskChanged:
		if e.Step == observe.Completed || e.Step == observe.Cached {
			w.tasks = append(w.tasks, e.Task)
		}
	case observe.FilePublished:
		if w.wanted(e.Target) {
			w.published = append(w.published, published{e.Source, e.Target})
		}
	case observe.RunEnded:
		w.end = &e
	}
}

// wanted says whether a published file is one of prov.patterns.
func (w *Writer) wanted(target string) bool {
	return len(w.patterns) == 0 || slices.ContainsFunc(w.patterns, func(p *regexp.Regexp) bool { return p.MatchString(target) })
}

// Close writes the reports.
func (w *Writer) Close() error {
	if w.end == nil || !w.end.Success {
		return nil
	}
	r := w.record()
	var errs []error
	for _, f := range w.formats {
		text, err := f.render(r)
		if err == nil {
			if err = os.MkdirAll(filepath.Dir(f.file), 0o777); err == nil {
				err = os.WriteFile(f.file, []byte(text), 0o666)
			}
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("write the provenance report %s: %w", f.name, err))
		}
	}
	return errors.Join(errs...)
}

// A record is all that reports are made of.
type record struct {
	o         Options
	launch    observe.Launch
	workflow  map[string]any
	params    map[string]any
	tasks     []*task.Task          // by number
	makers    map[string]*task.Task // by the file they made
	published []published
}

func (w *Writer) record() *record {
	r := &record{o: w.o, launch: w.launch, workflow: w.end.Facts.Workflow, params: w.facts.Params, tasks: w.tasks, makers: map[string]*task.Task{}, published: w.published}
	slices.SortStableFunc(r.tasks, func(a, b *task.Task) int { return a.ID - b.ID })
	for _, t := range r.tasks {
		for _, out := range t.Outputs {
			r.makers[out] = t
		}
	}
	slices.SortStableFunc(r.published, func(a, b published) int { return strings.Compare(a.target, b.target) })
	return r
}

// uri is a path as reports name it: below the work directory it is relative,
// so that two runs of the same tasks agree.
func (r *record) uri(path string) string {
	if rest, ok := strings.CutPrefix(path, strings.TrimRight(r.launch.WorkDir, "/")+"/"); ok {
		return "work/" + rest
	}
	if storage.IsRemote(path) || !filepath.IsAbs(path) {
		return path
	}
	repository, _ := r.workflow["repository"].(string)
	if rest, ok := strings.CutPrefix(path, strings.TrimRight(r.launch.ProjectDir, "/")+"/"); ok && repository != "" {
		commit, _ := r.workflow["commitId"].(string)
		return strings.TrimSuffix(repository, ".git") + "/tree/" + commit + "/" + rest
	}
	return "file://" + path
}

// manifest is a value of the manifest.
func (r *record) manifest(name string) any {
	m, _ := r.workflow["manifest"].(map[string]any)
	return m[name]
}
