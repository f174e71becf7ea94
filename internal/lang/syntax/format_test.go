package syntax

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"sluice/internal/lang/source"
)

// TestFormat compares with testdata/format: section `in` of each archive, laid
// out, is its section `out`; the comment names the style.
func TestFormat(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/format/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, name := range files {
		a, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		style := Style{Tabs: strings.Contains(string(a.Comment), "tabs"), Sort: strings.Contains(string(a.Comment), "sort")}
		if strings.Contains(string(a.Comment), "two blanks") {
			style.Spaces = 2
		}
		in := parseNamed(t, a.Files[0].Name, string(a.Files[0].Data))
		got, err := Format(in, style)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if flag.Lookup("update").Value.String() == "true" {
			a.Files[1].Data = []byte(got)
			if err := os.WriteFile(name, txtar.Format(a), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		if d := cmp.Diff(string(a.Files[1].Data), got); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
}

func parseNamed(t *testing.T, name, text string) *File {
	t.Helper()
	src := source.NewFile(name, text)
	parse := ParseScript
	if strings.HasSuffix(name, ".config") {
		parse = ParseConfig
	}
	f, problems := parse(src)
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	return f
}

// TestFormatKeeps: every text of the test data comes out with its meaning, its
// comments and its strings; Format itself refuses what would not.
func TestFormatKeeps(t *testing.T) {
	t.Parallel()
	n := 0
	for _, f := range chunks(t) {
		file, problems := parseFile(f)
		if problems.HasErrors() {
			continue
		}
		n++
		for _, style := range []Style{{}, {Tabs: true}, {Spaces: 2, Sort: true}} {
			if _, err := Format(file, style); err != nil {
				t.Errorf("%s: %v", f.Name, err)
			}
		}
	}
	if n == 0 {
		t.Fatal("no text of the test data can be read")
	}
}
