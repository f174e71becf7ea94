package load

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"sluice/internal/config"
	"sluice/internal/lang/diag"
	"sluice/internal/lang/source"
	"sluice/internal/lang/syntax"
	"sluice/internal/lang/value"
)

// An Evaluator runs the expressions of configuration files. Names it does not
// know itself are asked of scope, which is a value.Namespace, value.Settable
// and value.Invoker; closures come back uncalled, with scope as last resort
// for names when they are.
type Evaluator interface {
	Eval(x syntax.Expr, scope value.Value) (value.Value, error)
	Exec(s syntax.Stmt, scope value.Value) error
	Function(f *syntax.FuncDef, scope value.Value) (value.Value, error)
}

// Options say what to load.
type Options struct {
	Files       []string // in order, later over earlier; see DefaultFiles
	Profile     string   // comma-separated; "" is `standard`, if there is one
	AllProfiles bool     // keep the scope profiles instead of applying any
	Parser      string   // "v1", "v2": the grammar whose ways are followed; "" decides by the text
	// IgnoreIncludes leaves includeConfig out where the older grammar is asked
	// for; the strict one does not know of it.
	IgnoreIncludes bool
	Params         *value.Map // of the command line and -params-file: they win, and are seen while files are evaluated
	ProjectDir     string
	LaunchDir      string
	Getenv         func(string) (string, bool)
	Read           func(name string) ([]byte, error) // a file or URL; nil reads disk and http(s)
	Eval           Evaluator
}

// Load evaluates the files one after the other. The list holds warnings; an
// error is a diag.List when the text is at fault.
func Load(o Options) (*config.Config, diag.List, error) {
	l := &loader{Options: o, config: config.New(nil), state: value.NewMap(8), named: o.Profile != ""}
	if l.Params == nil {
		l.Params = value.NewMap(0)
	}
	if l.Getenv == nil {
		l.Getenv = os.LookupEnv
	}
	if l.Read == nil {
		l.Read = readAnywhere
	}
	l.profiles, l.functions = Profiles(o.Profile), map[string]value.Callable{}
	l.decideGrammar()
	if !l.older() { // there the scope stands where a file first sets it
		l.state.Set(value.String("params"), value.NewMap(8))
	}
	for _, name := range o.Files {
		if err := l.top(name); err != nil {
			return nil, l.warnings, err
		}
	}
	if err := l.checkProfiles(); err != nil {
		return nil, l.warnings, err
	}
	l.final = mergeParams(l.state.GetString("params"), l.Params)
	l.forgetUnset(l.final)
	l.state.Set(value.String("params"), l.final)
	l.finish()
	return l.config, l.warnings, nil
}

// Profiles splits what -profile was given; none means `standard`.
func Profiles(text string) []string {
	if text == "" {
		return []string{"standard"}
	}
	var names []string
	for _, n := range strings.Split(text, ",") {
		if n = strings.TrimSpace(n); n != "" {
			names = append(names, n)
		}
	}
	return names
}

type loader struct {
	Options
	config   *config.Config
	state    *value.Map // what the files so far add up to
	final    *value.Map // params once all is loaded: what functions and closures see later
	profiles []string
	named    bool
	depth    int
	warnings diag.List
	// functions of all files, the last of a name: closures that run later may
	// call what a file around theirs defines after including it.
	functions map[string]value.Callable
	copies    []copied // blocks of the file, see older.go
	unset     []string // parameters that were read before they were set

	needsOlder bool                    // a file holds what only the older grammar takes
	parsed     map[string]*syntax.File // files read to decide about the grammar
}

// maxIncludes bounds the depth of includes, so that a circle ends.
const maxIncludes = 40

func (l *loader) top(name string) error {
	u := l.newUnit(name, l.state)
	if err := u.run(source.Span{}); err != nil {
		return err
	}
	config.MergeTree(l.state, u.own)
	return nil
}

func (l *loader) checkProfiles() error {
	if !l.named || len(l.Files) == 0 || l.AllProfiles {
		return nil
	}
	var problems diag.List
	for _, p := range l.profiles {
		if contains(l.config.Known, p) {
			continue
		}
		d := problems.Add(source.Span{}, fmt.Sprintf("unknown profile `%s`", p))
		if near, ok := diag.Near(p, l.config.Known); ok {
			d.Notes = append(d.Notes, fmt.Sprintf("a profile `%s` exists", near))
		} else if len(l.config.Known) > 0 {
			d.Notes = append(d.Notes, "profiles are `"+strings.Join(l.config.Known, "`, `")+"`")
		} else {
			d.Notes = append(d.Notes, "no configuration file defines profiles")
		}
	}
	return problems.Err()
}

func contains(list []string, s string) bool {
	for _, e := range list {
		if e == s {
			return true
		}
	}
	return false
}

// mergeParams lays given parameters over those of files; given ones come first.
func mergeParams(fromFiles value.Value, given *value.Map) *value.Map {
	files, _ := fromFiles.(*value.Map)
	merged := value.NewMap(given.Len() + 8)
	given.Entries(func(k, v value.Value) bool {
		var under value.Value
		if files != nil {
			under, _ = files.Get(k)
		}
		merged.Set(k, overlay(under, v))
		return true
	})
	if files != nil {
		files.Entries(func(k, v value.Value) bool {
			if !merged.Has(k) {
				merged.Set(k, v)
			}
			return true
		})
	}
	return merged
}

// overlay is over, merged into a copy of under when both are maps.
func overlay(under, over value.Value) value.Value {
	a, okA := under.(*value.Map)
	b, okB := over.(*value.Map)
	if !okA || !okB {
		return over
	}
	m := config.CopyTree(a)
	config.MergeTree(m, b)
	return m
}

// finish hands the result over: what was read but never set goes, and so do
// blocks without content, which the older grammar keeps below the top.
func (l *loader) finish() {
	c := l.config
	c.Older = l.older()
	dropEmpty(l.state, nil, func(path []string) bool {
		return c.Values[config.Key(path...)] || len(path) == 1 && path[0] == "params" || c.Older && len(path) > 1
	})
	c.Written = l.state
	c.Root = config.PlainTree(l.state)
	if l.final.Len() == 0 && !c.Values["params"] {
		l.state.Delete(value.String("params"))
	}
	l.final = c.Params()
}

// older says which grammar the files are in: that which was asked for, or the
// older one where they need it.
func (l *loader) older() bool { return l.Parser == "v1" || l.Parser != "v2" && l.needsOlder }

func dropEmpty(m *value.Map, path []string, keep func([]string) bool) {
	for _, k := range m.Keys() {
		inner, ok := m.GetString(value.ToString(k)).(*value.Map)
		if !ok {
			continue
		}
		at := append(path[:len(path):len(path)], value.ToString(k))
		dropEmpty(inner, at, keep)
		if inner.Len() == 0 && !keep(at) {
			m.Delete(k)
		}
	}
}

// DefaultFiles lists the files of a run: `only` alone when given, otherwise
// home's `config`, the project's and the launch directory's nextflow.config
// as far as they exist, then `add`. Named files must exist; commas separate
// several in one name.
func DefaultFiles(home, projectDir, launchDir string, add, only []string) ([]string, error) {
	if len(only) > 0 {
		return named(launchDir, only)
	}
	var files []string
	for _, name := range []string{
		filepath.Join(home, "config"), filepath.Join(projectDir, "nextflow.config"), filepath.Join(launchDir, "nextflow.config"),
	} {
		if info, err := os.Stat(name); err == nil && !info.IsDir() && !contains(files, name) {
			files = append(files, name)
		}
	}
	more, err := named(launchDir, add)
	return append(files, more...), err
}

func named(launchDir string, names []string) ([]string, error) {
	var files []string
	for _, list := range names {
		for _, name := range strings.Split(list, ",") {
			if name = strings.TrimSpace(name); name == "" {
				continue
			}
			if isURL(name) {
				files = append(files, name)
				continue
			}
			path := name
			if !filepath.IsAbs(path) {
				path = filepath.Join(launchDir, name)
			}
			if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
				return nil, missing(name, path)
			} else if err != nil {
				return nil, fmt.Errorf("read config file: %w", err)
			}
			files = append(files, path)
		}
	}
	return files, nil
}

func missing(name, path string) error {
	var problems diag.List
	d := problems.Add(source.Span{}, fmt.Sprintf("config file `%s` does not exist", name))
	noteNearFile(d, path)
	return problems
}

func noteNearFile(d *diag.Diagnostic, path string) {
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		d.Notes = append(d.Notes, fmt.Sprintf("the directory `%s` does not exist", filepath.Dir(path)))
		return
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	if near, ok := NearFile(filepath.Base(path), names); ok {
		d.Notes = append(d.Notes, fmt.Sprintf("a file `%s` exists in `%s`", near, filepath.Dir(path)))
	}
}

// NearFile finds the file that name was probably meant to be. Extensions are
// left out of the count, or every `.config` would be near every other.
func NearFile(name string, files []string) (string, bool) {
	ext := filepath.Ext(name)
	var stems []string
	for _, f := range files {
		if filepath.Ext(f) == ext {
			stems = append(stems, strings.TrimSuffix(f, ext))
		}
	}
	if near, ok := diag.Near(strings.TrimSuffix(name, ext), stems); ok {
		return near + ext, true
	}
	return "", false
}
