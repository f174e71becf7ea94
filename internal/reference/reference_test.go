package reference_test

import (
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sluice/internal/cli"
	"sluice/internal/directive"
	"sluice/internal/lang/syntax"
	"sluice/internal/observe/trace"
	"sluice/internal/reference"
)

var update = flag.Bool("update", false, "rewrite docs/reference")

const (
	dir    = "../../docs/reference"
	mended = "go test ./internal/reference -update (or `make docs`)"
)

// written are the files that the tables give.
func written(t *testing.T) map[string]string {
	t.Helper()
	pages := reference.Pages(cli.Commands())
	files := map[string]string{"index.md": reference.Index(pages)}
	for _, p := range pages {
		if _, twice := files[p.Path()]; twice {
			t.Errorf("two pages are written to %s", p.Path())
		}
		files[p.Path()] = p.Markdown()
	}
	return files
}

// TestPages: docs/reference is what the tables give.
func TestPages(t *testing.T) {
	files := written(t)
	if *update {
		rewrite(t, files)
	}
	for _, name := range kept(t) {
		if _, ok := files[name]; !ok {
			t.Errorf("docs/reference/%s describes what no table holds: %s", name, mended)
		}
	}
	differ := 0
	for name, want := range files {
		got, err := os.ReadFile(filepath.Join(dir, name))
		if err == nil && string(got) == want {
			continue
		}
		if differ++; differ == 1 {
			t.Errorf("docs/reference/%s is not what the tables give (-file +tables):\n%s", name, cmp.Diff(string(got), want))
		}
	}
	if differ > 0 {
		t.Errorf("%d pages differ; this mends them: %s", differ, mended)
	}
}

func kept(t *testing.T) []string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(dir, path)
		names = append(names, filepath.ToSlash(name))
		return err
	})
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return names
}

func rewrite(t *testing.T, files map[string]string) {
	t.Helper()
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// TestComplete: every page says what its entry is for, every option what it does.
func TestComplete(t *testing.T) {
	t.Parallel()
	for _, p := range reference.Pages(cli.Commands()) {
		if p.Doc == "" {
			t.Errorf("%s %s says nothing", p.Kind, p.Name)
		}
		for _, table := range p.Tables {
			for _, r := range table.Rows {
				if r.Doc == "" && table.Title != "Constants" {
					t.Errorf("%s %s: %s %s says nothing", p.Kind, p.Name, table.Title, r.Name)
				}
			}
		}
		for _, o := range p.Options {
			if o.Doc == "" {
				t.Errorf("%s: %s says nothing", p.Name, o.Name)
			}
		}
	}
}

func TestTraceFieldsAreDescribed(t *testing.T) {
	t.Parallel()
	for _, p := range reference.Pages(nil) {
		if p.Name == "trace fields" && len(p.Tables[0].Rows) != len(trace.Fields) {
			t.Errorf("%d of %d trace fields are described", len(p.Tables[0].Rows), len(trace.Fields))
		}
	}
}

// TestQualifiers: what is described is what the two grammars read.
func TestQualifiers(t *testing.T) {
	t.Parallel()
	for _, q := range directive.Qualifiers() {
		input, strictInput := syntax.InputQualifier(q.Name)
		if input != (q.Input != nil) || strictInput != (q.Input != nil && !q.Input.Older) {
			t.Errorf("inputs: the grammar and the table differ on `%s`", q.Name)
		}
		output, strictOutput := syntax.OutputQualifier(q.Name)
		if output != (q.Output != nil) || strictOutput != (q.Output != nil && !q.Output.Older) {
			t.Errorf("outputs: the grammar and the table differ on `%s`", q.Name)
		}
	}
}

// TestLanguageTypes: the pages of types without a class have an example.
func TestLanguageTypes(t *testing.T) {
	t.Parallel()
	pages := reference.Pages(nil)
	for _, name := range []string{"Channel", "Record", "Tuple", "Value"} {
		found := reference.Find(pages, name)
		if len(found) != 1 || found[0].Script == "" || found[0].Output == "" || len(found[0].Tables) == 0 {
			t.Errorf("%s: %d pages, or one without example and operators", name, len(found))
		}
	}
}

func TestFind(t *testing.T) {
	t.Parallel()
	pages := reference.Pages(cli.Commands())
	rows := []struct {
		name string
		want string // kinds and names
	}{
		{"groupTuple", "operator groupTuple"},
		{"fromPath", "channel channel.fromPath"},
		{"channel.of", "channel channel.of"},
		{"publishDir", "directive publishDir"},
		{"conda", "directive conda, config conda"},
		{"docker.enabled", "config docker.enabled"},
		{"path", "qualifier path"},
		{"stdin", "qualifier stdin"},
		{"Record", "type Record"},
		{"Value", "type Value"},
		{"trace-fields", "table trace fields"},
		{"groupTupel", ""},
	}
	for _, r := range rows {
		var got []string
		for _, p := range reference.Find(pages, r.name) {
			got = append(got, p.Kind+" "+p.Name)
		}
		if s := strings.Join(got, ", "); s != r.want {
			t.Errorf("Find(%s) is %s, want %s", r.name, s, r.want)
		}
	}
	if near, ok := reference.Near(pages, "groupTupel"); !ok || near != "groupTuple" {
		t.Errorf("near groupTupel is %q", near)
	}
}

func TestMarkdownEscapes(t *testing.T) {
	t.Parallel()
	p := &reference.Page{
		Kind: "operator", Name: "x", Doc: "does it",
		Tables: []reference.Table{{Title: "Options", Rows: []reference.Row{{Name: "a", Type: "b | c", Doc: "one\ntwo"}}}},
	}
	want := "# x\n\nOperator.\n\nDoes it.\n\n## Options\n\n| name | type | what it does |\n| --- | --- | --- |\n| `a` | b \\| c | One two. |\n"
	if diff := cmp.Diff(want, p.Markdown()); diff != "" {
		t.Error(diff)
	}
}
