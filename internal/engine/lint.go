package engine

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"sluice/internal/directive"
	"sluice/internal/lang/diag"
	"sluice/internal/lang/interp"
	"sluice/internal/lang/source"
	"sluice/internal/lang/stdlib"
	"sluice/internal/lang/strict"
	"sluice/internal/lang/syntax"
	"sluice/internal/lang/value"
)

// LintOptions say what Lint reads.
type LintOptions struct {
	Paths      []string // files and directories, relative to Dir
	Exclude    []string // names and patterns of files and directories left out
	Dir        string   // working directory: names in messages are relative to it
	ProjectDir string   // where lib/ is; "": the nearest directory above a file that has one
}

// A LintFile is one file and what was found in it.
type LintFile struct {
	Name     string // as messages show it
	Path     string
	Config   bool
	File     *syntax.File
	Problems diag.List
}

// LintExcluded is what lint leaves out unless told otherwise.
var LintExcluded = []string{".git", ".lineage", ".nextflow", ".nf-test", "nf-test.config", "work"}

// Lint reads scripts and configuration files and lists what the strict grammar
// refuses in each.
func Lint(o LintOptions) ([]*LintFile, error) {
	l := &linter{o: o, table: stdlib.New(), parsed: map[string]*LintFile{}, libs: map[string]*lib{}}
	l.names = newNames(l.table)
	var files []*LintFile
	for _, path := range o.Paths {
		found, err := l.walk(path)
		if err != nil {
			return nil, err
		}
		files = append(files, found...)
	}
	for _, f := range files {
		l.check(f)
	}
	return files, nil
}

type linter struct {
	o      LintOptions
	table  *stdlib.Table
	names  *names
	parsed map[string]*LintFile // by path
	libs   map[string]*lib      // by project directory
}

// walk lists the files of a path, each once.
func (l *linter) walk(name string) ([]*LintFile, error) {
	path := name
	if !filepath.IsAbs(path) {
		path = filepath.Join(l.o.Dir, path)
	}
	st, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("`%s` does not exist", name)
	}
	if !st.IsDir() {
		return l.one(path)
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, fmt.Errorf("read directory: %w", err)
	}
	var files []*LintFile
	for _, e := range entries {
		sub := filepath.Join(path, e.Name())
		if l.excluded(sub) {
			continue
		}
		var found []*LintFile
		if e.IsDir() {
			found, err = l.walk(sub)
		} else {
			found, err = l.one(sub)
		}
		if err != nil {
			return nil, err
		}
		files = append(files, found...)
	}
	return files, nil
}

// excluded compares the name of a file, and its path below the working
// directory, with what is left out.
func (l *linter) excluded(path string) bool {
	base, rel := filepath.Base(path), l.show(path)
	return slices.ContainsFunc(l.o.Exclude, func(pattern string) bool {
		if pattern == base || pattern == rel {
			return true
		}
		byName, _ := filepath.Match(pattern, base)
		byPath, _ := filepath.Match(pattern, rel)
		return byName || byPath
	})
}

func (l *linter) one(path string) ([]*LintFile, error) {
	if !strings.HasSuffix(path, ".nf") && !strings.HasSuffix(path, ".config") {
		return nil, nil
	}
	if f := l.parsed[path]; f != nil {
		return nil, nil
	}
	f, err := l.parse(path)
	if err != nil {
		return nil, err
	}
	return []*LintFile{f}, nil
}

func (l *linter) show(path string) string {
	if rel, err := filepath.Rel(l.o.Dir, path); err == nil && filepath.IsLocal(rel) {
		return rel
	}
	return path
}

// parse reads a file, which includes may name too.
func (l *linter) parse(path string) (*LintFile, error) {
	if f := l.parsed[path]; f != nil {
		return f, nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", l.show(path), errors.Unwrap(err))
	}
	f := &LintFile{Name: l.show(path), Path: path, Config: strings.HasSuffix(path, ".config")}
	src := source.NewFile(f.Name, string(text))
	if f.Config {
		f.File, f.Problems = syntax.ParseConfig(src)
	} else {
		f.File, f.Problems = syntax.ParseScript(src)
	}
	l.parsed[path] = f
	return f, nil
}

// check adds what is found beyond the parser. A file that cannot be parsed is
// not looked at further: the rest would follow from that.
func (l *linter) check(f *LintFile) {
	if f.Problems.HasErrors() {
		f.Problems = firstOfBoth(f.Problems, strict.Syntax(f.File))
		return
	}
	known := lintNames{l.names, l.libOf(f.Path)}
	if f.Config {
		f.Problems = append(f.Problems, strict.Config(f.File, known, func(name string) bool {
			if !filepath.IsAbs(name) {
				name = filepath.Join(filepath.Dir(f.Path), name)
			}
			_, err := os.Stat(name)
			return err == nil
		})...)
	} else {
		f.Problems = append(f.Problems, strict.Script(f.File, known, l.includer(f.Path))...)
	}
	f.Problems = unique(f.Problems)
}

// firstOfBoth: what the strict grammar stops at comes first if it stands first.
func firstOfBoth(problems, older diag.List) diag.List {
	if len(older) > 0 && older[0].Span.Start < problems[0].Span.Start {
		return older
	}
	return problems
}

// unique keeps one problem a place.
func unique(list diag.List) diag.List {
	seen := map[source.Span]bool{}
	var out diag.List
	for _, d := range list {
		at := d.Span
		at.End = at.Start
		if !seen[at] || at.File == nil {
			seen[at] = true
			out = append(out, d)
		}
	}
	return out
}

func (l *linter) includer(from string) strict.Includer {
	m := newModules(l.names, l.o.ProjectDir, l.o.Dir)
	return func(d *syntax.Include) (*strict.Module, error) {
		name, err := m.path(d.From, from)
		if err != nil {
			return nil, err
		}
		if strings.HasPrefix(name, "plugin/") {
			return &strict.Module{Name: name, Any: true}, nil
		}
		path, err := m.find(from, name)
		if err != nil {
			return nil, fmt.Errorf("the module `%s` does not exist", name)
		}
		f, err := l.parse(path)
		if err != nil {
			return nil, err
		}
		if f.Problems.HasErrors() && !l.names.lenient && f.broken() || strict.Syntax(f.File) != nil {
			return nil, fmt.Errorf("the module %s cannot be parsed", f.Name)
		}
		return &strict.Module{Name: f.Name, Exports: strict.Exports(f.File)}, nil
	}
}

// broken says whether the tree of the file has holes.
func (f *LintFile) broken() bool {
	for _, d := range f.File.Decls {
		if _, bad := d.(*syntax.BadDecl); bad {
			return true
		}
	}
	return false
}

// libOf is the classes of the project that a file belongs to.
func (l *linter) libOf(path string) *lib {
	dir := l.o.ProjectDir
	if dir == "" {
		dir = projectOf(path)
	}
	if found, ok := l.libs[dir]; ok {
		return found
	}
	found := &lib{
		dirs: []string{filepath.Join(dir, "lib")}, names: libNames{l.names}, show: l.show,
		interp: &interp.Interp{Table: l.table}, builtin: func(string) (value.Value, bool) { return nil, false },
	}
	l.libs[dir] = found
	return found
}

// projectOf is the nearest directory above a file that has a lib/.
func projectOf(path string) string {
	for dir := filepath.Dir(path); ; dir = filepath.Dir(dir) {
		if st, err := os.Stat(filepath.Join(dir, "lib")); err == nil && st.IsDir() {
			return dir
		}
		if dir == filepath.Dir(dir) {
			return filepath.Dir(path)
		}
	}
}

// lintNames is what exists besides a file.
type lintNames struct {
	names *names
	lib   *lib
}

func (n lintNames) Variable(name string) bool {
	switch name {
	case "this", "owner", "delegate", "template", "Nextflow", "Channel", "sendMail":
		return name == "Channel"
	}
	return n.names.Variable(name)
}

func (n lintNames) Function(name string) bool {
	switch name {
	case "sprintf", "branchCriteria":
		return name == "branchCriteria"
	}
	return name == "template" || name == "sendMail" || n.names.Builtin(name) && !n.names.Variable(name)
}

func (n lintNames) Class(name string) bool {
	if name == "Paths" || name == "Files" { // of the older grammar's imports
		return false
	}
	_, ok := n.names.table.Class(name)
	return ok || n.lib.find(name) != nil
}

func (n lintNames) Operator(name string) bool { return n.names.Operator(name) }

func (n lintNames) Directive(name string) bool {
	return name != "echo" && name != "when" && slices.Contains(directive.Names(), name)
}
