package diag

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sluice/internal/lang/source"
)

func span(f *source.File, part string) source.Span {
	i := strings.Index(f.Text, part)
	return source.Span{File: f, Start: int32(i), End: int32(i + len(part))}
}

func render(t *testing.T, l List, opts Options) string {
	t.Helper()
	var b strings.Builder
	if err := l.Render(&b, opts); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestRender(t *testing.T) {
	t.Parallel()
	main := source.NewFile("main.nf", strings.Repeat("\n", 13)+"    ALIGN(reads)\n")
	module := source.NewFile("modules/align.nf", "process ALIGN {\n\n    input:\n")
	tabs := source.NewFile("tabs.nf", "\tx\t= 日本 + y\r\n")
	long := source.NewFile("long.nf", strings.Repeat("a", 150)+" = bad + "+strings.Repeat("b", 150))
	multi := source.NewFile("multi.nf", "x = [\n  1\n")
	for _, tc := range []struct {
		name string
		d    Diagnostic
		want string
	}{
		{"related", Diagnostic{
			Message: "process `ALIGN` takes 2 inputs, 1 given", Span: span(main, "ALIGN(reads)"),
			Label:   "`index` is missing",
			Related: []Label{{span(module, "input"), "inputs declared here"}},
			Notes:   []string{"one\ntwo"},
			Help:    "pass the index channel as the second argument: `ALIGN(reads, index)`",
		}, `error: process ` + "`ALIGN`" + ` takes 2 inputs, 1 given
  --> main.nf:14:5
   |
14 |     ALIGN(reads)
   |     ^^^^^^^^^^^^ ` + "`index`" + ` is missing
  ::: modules/align.nf:3:5
 3 |     input:
   |     ----- inputs declared here
   = note: one
           two
   = help: pass the index channel as the second argument: ` + "`ALIGN(reads, index)`" + `
`},
		{"tabs and wide characters", Diagnostic{Message: "m", Span: span(tabs, "y"), Severity: Warning, Label: "l"}, `warning: m
 --> tabs.nf:1:11
  |
1 |     x   = 日本 + y
  |                  ^ l
`},
		{"wide mark", Diagnostic{Message: "m", Span: span(tabs, "本 +")}, `error: m
 --> tabs.nf:1:7
  |
1 |     x   = 日本 + y
  |             ^^^^
`},
		{"window", Diagnostic{Message: "m", Span: span(long, "bad"), Label: "l"}, `error: m
 --> long.nf:1:154
  |
1 | ... ` + strings.Repeat("a", 30) + ` = bad + ` + strings.Repeat("b", 57) + `...
  |     ` + strings.Repeat(" ", 33) + `^^^ l
`},
		{"several lines", Diagnostic{Message: "m", Span: span(multi, "[\n  1"), Label: "l"}, `error: m
 --> multi.nf:1:5
  |
1 | x = [
  |     ^ l
`},
		{"nowhere", Diagnostic{Message: "m", Help: "h"}, "error: m\n  = help: h\n"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tc.want, render(t, List{&tc.d}, Options{})); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestRenderColor(t *testing.T) {
	t.Parallel()
	f := source.NewFile("a.nf", "x")
	got := render(t, List{{Message: "m", Span: span(f, "x")}}, Options{Color: true})
	if !strings.Contains(got, "\x1b[") {
		t.Errorf("no colour in %q", got)
	}
	if plain := render(t, List{{Message: "m", Span: span(f, "x")}}, Options{}); strings.Contains(plain, "\x1b") {
		t.Errorf("colour in %q", plain)
	}
}

func TestShortAndSort(t *testing.T) {
	t.Parallel()
	f := source.NewFile("a.nf", "x\n é y\n")
	var l List
	l.Add(span(f, "y"), "second")
	l.Warn(span(f, "x"), "first")
	l.Add(source.Span{}, "nowhere")
	l.Sort()
	want := "error: nowhere\na.nf:1:1: warning: first\na.nf:2:4: error: second"
	if got := l.Short(); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if l.Err() == nil || l.Err().Error() != want {
		t.Errorf("got %v", l.Err())
	}
	if (List{l[1]}).Err() != nil {
		t.Error("a warning is no error")
	}
}

func TestNear(t *testing.T) {
	t.Parallel()
	sections := []string{"input", "output", "script", "stub", "when", "errorStrategy", "Channel", "channel"}
	for _, tc := range []struct {
		name, want string
	}{
		{"imput", "input"},
		{"inptu", "input"},
		{"inputs", "input"},
		{"INPUT", "input"},
		{"scirpt", "script"},
		{"stubb", "stub"},
		{"foo", ""},
		{"x", ""},
		{"directive", ""},
		{"stbu", "stub"},
		{"stxx", ""}, // two edits in four letters
		{"tsub", "stub"},
		{"putput", "output"},
		{"impit", "input"},
		{"ympit", ""}, // two edits need the first letter
		{"skripp", "script"},
		{"krripp", ""},
		{"erorStratgy", "errorStrategy"},
		{"rorStratgy", ""},
		{"channl", "channel"},
		{"Channl", "Channel"},
	} {
		got, ok := Near(tc.name, sections)
		if ok != (tc.want != "") || ok && got != tc.want {
			t.Errorf("%s: got %q %v, want %q", tc.name, got, ok, tc.want)
		}
	}
}
