package syntax

import (
	"strings"
	"testing"
	"unicode/utf8"

	"sluice/internal/lang/source"
)

func FuzzParseScript(f *testing.F) { fuzzParse(f, ".nf") }
func FuzzParseConfig(f *testing.F) { fuzzParse(f, ".config") }

func fuzzParse(f *testing.F, ext string) {
	for _, c := range chunks(f) {
		if strings.HasSuffix(c.Name, ext) {
			f.Add(c.Text)
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		file := source.NewFile("fuzz"+ext, text)
		tree, diags := parseFile(file)
		for _, d := range diags {
			if d.Span.Start < 0 || d.Span.End < d.Span.Start || int(d.Span.End) > len(text) {
				t.Fatalf("%s: span %d..%d", d.Message, d.Span.Start, d.Span.End)
			}
		}
		Walk(tree, func(n Node) bool {
			s := n.Span()
			if s.Start < 0 || s.End < s.Start || int(s.End) > len(text) {
				t.Fatalf("%T: span %d..%d", n, s.Start, s.End)
			}
			return true
		})
		if len(diags) == 0 && utf8.ValidString(text) && !strings.Contains(text, "\r") {
			roundTrip(t, file, tree)
		}
	})
}

func FuzzScan(f *testing.F) {
	for _, c := range chunks(f) {
		f.Add(c.Text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		end := int32(0)
		for _, tok := range Scan(source.NewFile("fuzz.nf", text)) {
			if tok.Start < end || tok.End < tok.Start || tok.Kind != EOF && tok.End == tok.Start {
				t.Fatalf("token %v at %d..%d after %d", tok.Kind, tok.Start, tok.End, end)
			}
			end = tok.End
		}
		if int(end) != len(text) {
			t.Fatalf("scanned %d of %d bytes", end, len(text))
		}
	})
}
