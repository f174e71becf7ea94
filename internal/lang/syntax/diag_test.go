package syntax

import (
	"strings"
	"testing"

	"sluice/internal/lang/diag"
	"sluice/internal/lang/langtest"
	"sluice/internal/lang/source"
)

// TestDiagGoldens renders the diagnostics of every chunk that has some:
// reviewing wording is reviewing testdata/diag.
func TestDiagGoldens(t *testing.T) {
	t.Parallel()
	langtest.Goldens(t, chunks(t), func(f *source.File) diag.List {
		_, diags := parseFile(f)
		return diags
	})
}

func TestNestingLimit(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		strings.Repeat("(", 100000),
		strings.Repeat("[", 100000),
		strings.Repeat("{ ", 100000),
		strings.Repeat("!", 100000) + "x",
		strings.Repeat("- ", 100000) + "x",
		strings.Repeat("x = ", 100000) + "1",
		strings.Repeat("a ? b : ", 100000) + "c",
		strings.Repeat("if (x) ", 100000) + "y",
		strings.Repeat("f(", 100000),
		strings.Repeat(`"${`, 100000),
		strings.Repeat("(int) ", 100000) + "x",
		strings.Repeat("a: ", 100000) + "x",
		"x as " + strings.Repeat("A<", 100000),
		strings.Repeat("class A { ", 100000),
		strings.Repeat("new A[", 100000),
		strings.Repeat("x -> ", 100000) + "1",
	} {
		_, diags := ParseScript(source.NewFile("deep.nf", text))
		if len(diags) == 0 {
			t.Errorf("%.20s…: no diagnostic", text)
		}
	}
}
