package engine

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"sluice/internal/lang/diag"
	"sluice/internal/lang/interp"
	"sluice/internal/lang/resolve"
	"sluice/internal/lang/source"
	"sluice/internal/lang/syntax"
	"sluice/internal/lang/value"
)

// lib is the classes of lib/*.groovy in the project directory, or of the
// directories that -lib names instead. As Groovy does, it reads the file of a
// class when the class is first named.
type lib struct {
	dirs    []string
	names   resolve.Names
	interp  *interp.Interp
	builtin func(name string) (value.Value, bool)
	show    func(path string) string

	files   map[string]*libFile // by the full name of a class; nil for names without a file
	waiting []*libFile          // read, not yet resolved
	diags   diag.List
}

type libFile struct {
	path   string
	file   *syntax.File
	module *resolve.Module
	inst   *interp.Instance
}

// find reads the file that should define a class.
func (l *lib) find(name string) *libFile {
	if f, ok := l.files[name]; ok {
		return f
	}
	if l.files == nil {
		l.files = map[string]*libFile{}
	}
	l.files[name] = nil
	if !isClassName(name) {
		return nil
	}
	path, text, ok := l.read(filepath.FromSlash(strings.ReplaceAll(name, ".", "/")) + ".groovy")
	if !ok {
		return nil
	}
	file, problems := syntax.ParseScript(source.NewFile(l.show(path), string(text)))
	l.diags = append(l.diags, problems...)
	if problems.HasErrors() {
		return nil
	}
	scriptClass(file, name)
	f := &libFile{path: path, file: file}
	prefix := ""
	if file.Package != "" {
		prefix = file.Package + "."
	}
	for _, d := range file.Decls {
		if c, ok := d.(*syntax.ClassDef); ok {
			l.files[prefix+c.Name] = f
		}
	}
	l.waiting = append(l.waiting, f)
	if l.files[name] == nil && firstClass(file) != nil {
		l.files[name] = f // Groovy takes the first class of the file for the one asked for
	}
	return l.files[name]
}

// scriptClass turns the functions of a file without a class of its name into
// static methods of such a class, as Groovy makes it of every script.
func scriptClass(file *syntax.File, name string) {
	simple := name[strings.LastIndexByte(name, '.')+1:]
	class := &syntax.ClassDef{Name: simple, Kind: "class"}
	var others []syntax.Decl
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *syntax.ClassDef:
			if d.Name == simple {
				return
			}
			others = append(others, d)
		case *syntax.FuncDef:
			method := *d
			method.Static = true
			class.Methods = append(class.Methods, &method)
			class.At = d.At
		default:
			others = append(others, d)
		}
	}
	if len(class.Methods) > 0 {
		file.Decls = append(others, class)
	}
}

// read finds a file in the first of the directories that has it.
func (l *lib) read(name string) (path string, text []byte, ok bool) {
	for _, dir := range l.dirs {
		path := filepath.Join(dir, name)
		text, err := os.ReadFile(path)
		if err == nil {
			return path, text, true
		}
		if !errors.Is(err, os.ErrNotExist) && !errors.Is(err, syscall.ENOTDIR) {
			l.diags.Add(source.Span{}, "cannot read "+path+": "+err.Error())
			return "", nil, false
		}
	}
	return "", nil, false
}

// all lists the classes that files of the directories are named after.
func (l *lib) all() []string {
	var list []string
	for _, dir := range l.dirs {
		// A directory that is not there has no classes.
		_ = filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
			if rel, relErr := filepath.Rel(dir, path); err == nil && relErr == nil && strings.HasSuffix(rel, ".groovy") {
				list = append(list, strings.ReplaceAll(strings.TrimSuffix(filepath.ToSlash(rel), ".groovy"), "/", "."))
			}
			return nil
		})
	}
	return list
}

func isClassName(name string) bool {
	for _, part := range strings.Split(name, ".") {
		if part == "" || strings.ContainsAny(part, "/\\$<[ ") {
			return false
		}
	}
	return true
}

// def is the definition of a class.
func (l *lib) def(name string) *syntax.ClassDef {
	f := l.find(name)
	if f == nil {
		return nil
	}
	simple := name[strings.LastIndexByte(name, '.')+1:]
	for _, d := range f.file.Decls {
		if c, ok := d.(*syntax.ClassDef); ok && c.Name == simple {
			return c
		}
	}
	return firstClass(f.file)
}

func firstClass(f *syntax.File) *syntax.ClassDef {
	for _, d := range f.Decls {
		if c, ok := d.(*syntax.ClassDef); ok {
			return c
		}
	}
	return nil
}

// resolve resolves what has been read, and what that names in turn.
func (l *lib) resolve() {
	for len(l.waiting) > 0 {
		f := l.waiting[0]
		l.waiting = l.waiting[1:]
		var problems diag.List
		f.module, problems = resolve.Script(f.file, f.path, l.names, noIncludes)
		l.diags = append(l.diags, problems...)
	}
}

func noIncludes(*syntax.Include) (*resolve.Module, string, error) {
	return nil, "", errors.New("files of lib/ cannot include modules")
}

// everything reads every file of the directories, named or not, and gives them
// in order of their paths.
func (l *lib) everything() []*syntax.File {
	for _, name := range l.all() {
		l.find(name)
	}
	l.resolve()
	byPath := map[string]*syntax.File{}
	for _, f := range l.files {
		if f != nil {
			byPath[f.path] = f.file
		}
	}
	var files []*syntax.File
	for _, path := range slices.Sorted(maps.Keys(byPath)) {
		files = append(files, byPath[path])
	}
	return files
}

// instance makes the classes of a file ready to use.
func (l *lib) instance(name string) *interp.Instance {
	f := l.find(name)
	if f == nil {
		return nil
	}
	if f.inst == nil {
		l.resolve()
		f.inst = l.interp.NewInstance(f.module, l.builtin)
	}
	return f.inst
}

// useLib makes the classes of the project known to scripts and configuration.
func (r *run) useLib() {
	r.lib = &lib{dirs: []string{filepath.Join(r.projectDir, "lib")}, names: libNames{r.names}, interp: r.interp, builtin: r.libBuiltin}
	r.lib.show = func(path string) string {
		if rel, err := filepath.Rel(r.o.LaunchDir, path); err == nil && filepath.IsLocal(rel) {
			return rel
		}
		return path
	}
	r.names.lib = r.lib
	r.interp.Lib = r.lib.instance
}

// libraries takes the directories of -lib, or of libDir in the configuration.
func (r *run) libraries(list string) error {
	if list == "" {
		return nil
	}
	r.lib.dirs = nil
	for _, dir := range filepath.SplitList(list) {
		dir = r.abs(strings.TrimSpace(dir))
		if _, err := os.Stat(dir); err != nil {
			return fmt.Errorf("the library `%s` of `-lib` does not exist", dir)
		}
		r.lib.dirs = append(r.lib.dirs, dir)
	}
	return nil
}

// libBuiltin is what classes see of the host: functions, which configuration
// files need before there is a run.
func (r *run) libBuiltin(name string) (value.Value, bool) {
	if v, ok := r.builtins[name]; ok {
		return v, true
	}
	for _, m := range r.table.Globals() {
		if m.Name == name {
			return &value.Native{Name: m.Name, Fn: m.Fn}, true
		}
	}
	return nil, false
}

// libNames hides the variables of scripts from the classes of lib/, which get
// them as arguments.
type libNames struct{ *names }

func (n libNames) Builtin(name string) bool {
	for _, v := range variables {
		if v == name && v != "this" && v != "owner" && v != "delegate" && v != "Channel" && v != "Nextflow" && v != "nextflow" {
			return false
		}
	}
	return n.names.Builtin(name)
}

// functions is the class nextflow.Nextflow: its static methods are the
// functions every script has.
type functions struct{ of map[string]value.Value }

func (*functions) Class() *value.Class { return value.ObjectClass }

// InvokeMethod calls a function by name.
func (f *functions) InvokeMethod(th *value.Thread, name string, args []value.Value) (value.Value, bool, error) {
	fn, ok := f.of[name].(value.Callable)
	if !ok {
		return nil, false, nil
	}
	v, err := fn.CallWith(th, args)
	return v, true, err
}
