package engine

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"sluice/internal/lang/diag"
	"sluice/internal/lang/resolve"
	"sluice/internal/lang/source"
	"sluice/internal/lang/syntax"
	"sluice/internal/lang/value"
	"sluice/internal/plugin"
)

// modules reads, parses and resolves script files, each once.
type modules struct {
	names   *names
	root    string // paths in messages are relative to it
	project string
	launch  string
	loaded  map[string]*resolve.Module
	loading []string // files on the way to the one being read
	diags   diag.List
	plugins *plugin.Registry
}

func newModules(n *names, project, launch string) *modules {
	return &modules{names: n, root: launch, project: project, launch: launch, loaded: map[string]*resolve.Module{}, plugins: plugins()}
}

// show is a path as messages show it: short where it lies below the launch directory.
func (m *modules) show(path string) string {
	if rel, err := filepath.Rel(m.root, path); err == nil && !strings.HasPrefix(rel, "..") {
		return rel
	}
	return path
}

// load resolves the module in a file. Problems in the text are collected; an
// error is returned only when there is no text.
func (m *modules) load(path string) (*resolve.Module, error) {
	if mod, ok := m.loaded[path]; ok {
		return mod, nil
	}
	if i := slices.Index(m.loading, path); i >= 0 {
		return nil, &circle{append(slices.Clone(m.loading[i:]), path)}
	}
	m.loading = append(m.loading, path)
	defer func() { m.loading = m.loading[:len(m.loading)-1] }()
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	file, diags := syntax.ParseScript(source.NewFile(m.show(path), string(text)))
	if at, old := firstLanguage(file); old {
		m.diags = diag.List{oldLanguage(at)}
		m.loaded[path] = nil
		return nil, nil
	}
	if diags.HasErrors() {
		m.diags = append(m.diags, diags...)
		m.loaded[path] = nil
		return nil, nil
	}
	mod, problems := resolve.Script(file, path, m.names, m.loader(path))
	m.diags = append(append(m.diags, diags...), problems...)
	m.loaded[path] = mod
	return mod, nil
}

// A circle is files that include one another; the first is the last as well.
type circle struct{ paths []string }

func (*circle) Error() string { return "files include one another" }

// inCircle says how an include comes back to its file.
func (m *modules) inCircle(inc *syntax.Include, c *circle) error {
	names := make([]string, len(c.paths))
	for i, p := range c.paths {
		names[i] = m.show(p)
	}
	var list diag.List
	d := list.Add(inc.From.Span(), fmt.Sprintf("%s includes itself", names[0]))
	if len(names) > 2 {
		d.Label = "closes the circle " + strings.Join(names, " → ")
	}
	d.Help = "move what both need into a file of its own, and include that"
	return list
}

// firstLanguage finds `nextflow.enable.dsl = 1`: the rest of such a script is
// full of what is no mistake in its own language.
func firstLanguage(f *syntax.File) (source.Span, bool) {
	for _, d := range f.Decls {
		top, ok := d.(*syntax.TopStmt)
		if !ok {
			continue
		}
		if x, ok := top.Stmt.(*syntax.ExprStmt); ok {
			if a, ok := x.X.(*syntax.Assign); ok && a.Target.Span().Text() == "nextflow.enable.dsl" && a.Value.Span().Text() == "1" {
				return a.Span(), true
			}
		}
	}
	return source.Span{}, false
}

// loader finds what a module includes.
func (m *modules) loader(from string) resolve.Loader {
	return func(inc *syntax.Include) (*resolve.Module, string, error) {
		name, err := m.path(inc.From, from)
		if err != nil {
			return nil, "", err
		}
		if plugin, ok := strings.CutPrefix(name, "plugin/"); ok {
			return nil, plugin, m.plugin(inc, plugin)
		}
		path, err := m.find(from, name)
		if err != nil {
			return nil, "", m.notFound(inc, from, name)
		}
		mod, err := m.load(path)
		if round := (*circle)(nil); errors.As(err, &round) {
			err = m.inCircle(inc, round)
		}
		return mod, "", err
	}
}

// plugin checks what a script includes from a plugin.
func (m *modules) plugin(inc *syntax.Include, name string) error {
	return m.plugins.Include(inc, name).Err()
}

// path evaluates the text after `from`: directories of the project may be
// part of it.
func (m *modules) path(x syntax.Expr, from string) (string, error) {
	switch x := x.(type) {
	case *syntax.Paren:
		return m.path(x.X, from)
	case *syntax.Literal:
		if s, ok := value.Str(x.Value); ok {
			return s, nil
		}
	case *syntax.GString:
		var b strings.Builder
		for i, s := range x.Strs {
			b.WriteString(s)
			if i < len(x.Exprs) {
				dir, ok := m.directory(x.Exprs[i], from)
				if !ok {
					return "", fmt.Errorf("the path of an include can hold `projectDir`, `launchDir` and `moduleDir`, not `%s`", x.Exprs[i].Span().Text())
				}
				b.WriteString(dir)
			}
		}
		return b.String(), nil
	}
	return "", errors.New("the path of an include is a string")
}

func (m *modules) directory(x syntax.Expr, from string) (string, bool) {
	id, ok := x.(*syntax.Ident)
	if !ok {
		return "", false
	}
	switch id.Name {
	case "projectDir", "baseDir":
		return m.project, true
	case "launchDir":
		return m.launch, true
	case "moduleDir":
		return filepath.Dir(from), true
	}
	return "", false
}

// find is the file of a module. A name without ./ before it is one of a
// registry, kept in modules/ of the project; here it may also be a path.
// Nextflow docs: module#registry-modules
func (m *modules) find(from, name string) (string, error) {
	if ofRegistry(name) {
		path, err := find(filepath.Join(m.project, modulesDir), name)
		if err == nil || !errors.Is(err, fs.ErrNotExist) {
			return path, err
		}
	}
	return find(filepath.Dir(from), name)
}

// modulesDir is where a project keeps modules of a registry: namespace/name.
const modulesDir = "modules"

func ofRegistry(name string) bool {
	return strings.Contains(name, "/") && !strings.HasPrefix(name, ".") && !filepath.IsAbs(name)
}

// find tries the name as a file, with .nf, and as a directory with main.nf.
func find(dir, name string) (string, error) {
	path := name
	if !filepath.IsAbs(path) {
		path = filepath.Join(dir, path)
	}
	for _, p := range []string{path, path + ".nf", filepath.Join(path, "main.nf")} {
		if st, err := os.Stat(p); err == nil && !st.IsDir() {
			return p, nil
		}
	}
	return "", fs.ErrNotExist
}

func (m *modules) notFound(inc *syntax.Include, from, name string) error {
	var list diag.List
	d := list.Add(inc.From.Span(), fmt.Sprintf("the module `%s` does not exist", name))
	path := name
	if !filepath.IsAbs(path) {
		path = filepath.Join(filepath.Dir(from), path)
	}
	d.Label = fmt.Sprintf("neither %s nor %s.nf nor %s", m.show(path), m.show(path), m.show(filepath.Join(path, "main.nf")))
	if ofRegistry(name) {
		d.Notes = append(d.Notes, fmt.Sprintf("a name without `./` is that of a module of a registry, and %s does not exist", m.show(filepath.Join(m.project, modulesDir, name))))
	}
	if entries, err := os.ReadDir(filepath.Dir(path)); err == nil {
		var there []string
		for _, e := range entries {
			there = append(there, strings.TrimSuffix(e.Name(), ".nf"))
		}
		if near, ok := diag.Near(filepath.Base(path), there); ok {
			d.Help = fmt.Sprintf("`%s` exists in %s", near, m.show(filepath.Dir(path)))
		}
	}
	return list
}
