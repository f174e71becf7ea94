package internal

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "sluice/internal/"

// layers holds the rows of ARCHITECTURE.md, lowest first: a package imports
// only from rows below its own. A `*` stands for one directory.
var layers = [][]string{
	0: {"guard", "azuretest", "podmantest", "mail", "lang/source", "lang/value", "storage"},
	1: {"secret", "dataflow", "dataflow/splitter", "lang/diag", "lang/stdlib", "storage/local", "storage/http", "storage/azblob", "storage/storagetest"},
	2: {"directive", "dataflow/operator", "lang/syntax", "lang/langtest", "project"},
	3: {"config", "task", "lang/resolve", "lang/strict", "rehearsal/state"},
	4: {"azure", "rehearsal/iam", "config/show", "executor", "cache", "container", "observe", "plugin", "lang/interp"},
	5: {"azure/preflight", "scheduler", "publish", "workdir", "node", "config/load", "executor/executortest", "observe/*", "plugin/*", "rehearsal/arm", "rehearsal/batch", "software", "rehearsal/blob", "rehearsal/vault", "rehearsal/registry"},
	6: {"rehearsal", "process", "executor/local", "executor/azurebatch"},
	7: {"workflow", "compat"},
	8: {"engine", "reference"},
	9: {"cli"},
}

// sideways are imports within a row that are a part of the design: the
// contract of a package and what is built directly on it.
var sideways = map[string][]string{
	"lang/value": {"lang/source"}, // a closure knows where it stands
	"node":       {"workdir"},     // runs the wrappers that workdir writes
}

// TestLayers: no import upward or within a row, no package outside the table.
func TestLayers(t *testing.T) {
	found := packages(t)
	for _, names := range layers {
		for _, name := range names {
			if !slices.ContainsFunc(slices.Collect(maps.Keys(found)), func(pkg string) bool { ok, err := path.Match(name, pkg); return ok && err == nil }) {
				t.Errorf("%s is in the table, but there is no such package", name)
			}
		}
	}
	for pkg, files := range found {
		row := rowOf(pkg)
		if row < 0 {
			t.Errorf("%s is in no row: add it to layers and to ARCHITECTURE.md", pkg)
			continue
		}
		for _, imp := range imports(files) {
			to := rowOf(imp)
			if (to < 0 || to >= row) && !slices.Contains(sideways[pkg], imp) {
				t.Errorf("%s (row %d) imports %s (row %d)", pkg, row, imp, to)
			}
			if strings.HasPrefix(pkg, "lang/") && !strings.HasPrefix(imp, "lang/") && imp != "storage" {
				t.Errorf("%s imports %s: lang knows only lang and storage", pkg, imp)
			}
		}
	}
}

// TestDoc: each package says in doc.go what it is for.
func TestDoc(t *testing.T) {
	for pkg, files := range packages(t) {
		doc, ok := files["doc.go"]
		if !ok || doc.Doc == nil || len(doc.Doc.Text()) < 40 {
			t.Errorf("%s has no doc.go with a package comment", pkg)
		}
	}
}

// TestOnlyCLI: what is printed and with which status the program ends is
// decided in one place.
func TestOnlyCLI(t *testing.T) {
	reserved := []string{"Stdout", "Exit"}
	for pkg, files := range packages(t) {
		if pkg == "cli" {
			continue
		}
		for name, f := range files {
			ast.Inspect(f, func(n ast.Node) bool {
				sel, ok := n.(*ast.SelectorExpr)
				if !ok || !slices.Contains(reserved, sel.Sel.Name) {
					return true
				}
				if id, ok := sel.X.(*ast.Ident); ok && id.Name == "os" && id.Obj == nil {
					t.Errorf("%s/%s uses os.%s", pkg, name, sel.Sel.Name)
				}
				return true
			})
		}
	}
}

// packages parses the files without tests of every package below internal.
func packages(t *testing.T) map[string]map[string]*ast.File {
	t.Helper()
	found := map[string]map[string]*ast.File{}
	fset := token.NewFileSet()
	err := filepath.WalkDir(".", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && d.Name() == "testdata" {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(p, ".go") || strings.HasSuffix(p, "_test.go") {
			return nil
		}
		f, err := parser.ParseFile(fset, p, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		pkg := filepath.ToSlash(filepath.Dir(p))
		if found[pkg] == nil {
			found[pkg] = map[string]*ast.File{}
		}
		found[pkg][d.Name()] = f
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(found) == 0 {
		t.Fatal("no packages")
	}
	return found
}

func imports(files map[string]*ast.File) []string {
	set := map[string]bool{}
	for _, f := range files {
		for _, spec := range f.Imports {
			p, err := strconv.Unquote(spec.Path.Value)
			if err == nil && strings.HasPrefix(p, module) {
				set[strings.TrimPrefix(p, module)] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(set))
}

func rowOf(pkg string) int {
	for row, names := range layers {
		for _, name := range names {
			if ok, err := path.Match(name, pkg); ok && err == nil {
				return row
			}
		}
	}
	return -1
}
