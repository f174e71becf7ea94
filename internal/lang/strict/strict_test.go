package strict

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"sluice/internal/lang/diag"
	"sluice/internal/lang/langtest"
	"sluice/internal/lang/source"
	"sluice/internal/lang/syntax"
)

// host is what the texts of the tests find besides their own names.
type host struct{}

func (host) Variable(name string) bool {
	return slices.Contains([]string{"params", "channel", "Channel", "workflow", "nextflow"}, name)
}

func (host) Function(name string) bool {
	return slices.Contains([]string{"println", "sleep", "file"}, name)
}

func (host) Class(name string) bool {
	return slices.Contains([]string{"Date", "Integer", "String", "groovy.json.JsonSlurper"}, name)
}

func (host) Operator(name string) bool { return slices.Contains([]string{"map", "view"}, name) }

func (host) Directive(name string) bool { return slices.Contains([]string{"cpus", "memory"}, name) }

func includes(d *syntax.Include) (*Module, error) {
	if strings.Contains(d.From.Span().Text(), "known") {
		return &Module{Name: "known.nf", Exports: map[string]syntax.Decl{"ALIGN": &syntax.ProcessDef{}, "SORT": &syntax.ProcessDef{}}}, nil
	}
	return nil, errors.New("the module `./missing` does not exist")
}

// TestGoldens renders what is found: reviewing wording is reviewing
// testdata/diag.
func TestGoldens(t *testing.T) {
	t.Parallel()
	chunks := langtest.Chunks(t, "*.nf", "*.config")
	for _, f := range chunks {
		if len(check(t, f)) == 0 {
			t.Errorf("%s: nothing found", f.Name)
		}
	}
	langtest.Goldens(t, chunks, func(f *source.File) diag.List { return check(t, f) })
}

func check(t *testing.T, f *source.File) diag.List {
	t.Helper()
	if strings.HasSuffix(f.Name, ".config") {
		file, problems := syntax.ParseConfig(f)
		if err := problems.Err(); err != nil {
			t.Fatal(err)
		}
		return Config(file, host{}, func(string) bool { return false })
	}
	file, problems := syntax.ParseScript(f)
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	return Script(file, host{}, includes)
}
