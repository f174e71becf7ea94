package workdir

import (
	"strings"
	"testing"
)

func TestExamples(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		pattern string
		n       int
		want    string
	}{
		{"a.txt", 0, "a.txt"},
		{`a\*.txt`, 0, "a*.txt"},
		{"*.bam", 0, "w.bam"},
		{"*.bam", 2, "w_3.bam"},
		{"*_*.txt", 0, "w_stub.txt"},
		{"*/*.txt", 0, "w/w.txt"},
		{"**/x.txt", 0, "w/x.txt"},
		{"f?.txt", 1, "f2.txt"},
		{"f[ab].txt", 1, "fb.txt"},
		{"f[3-5].txt", 0, "f3.txt"},
		{"f[!1].txt", 0, "fa.txt"},
		{"*_{1,2}.fq", 0, "w_1.fq w_2.fq"},
		{"*_R{1,2}{,_001}.fq", 0, "w_R1.fq"},
		{"*.{bam,cram}", 0, "w.bam"},
		{"./*.{bam,cram}", 0, "w.bam"},
		{"x_{a,b{c,d}}.txt", 0, "x_a.txt"},
		{`x_{a\,b,c}.t*`, 0, "x_a,b.tw"},
	} {
		got, err := Examples(c.pattern, "w", c.n)
		if err != nil || strings.Join(got, " ") != c.want {
			t.Errorf("Examples(%q, %d) = %q, %v; want %q", c.pattern, c.n, got, err, c.want)
		}
	}
	if got, err := Examples("*[!", "w", 0); err == nil {
		t.Errorf("a pattern that is not closed gave %q", got)
	}
}

func FuzzExamples(f *testing.F) {
	for _, p := range []string{"*", "a{b,c}*.x", "[!a-c]?", `\{`, "{a,{b,c}}", "**/*.{1,2}"} {
		f.Add(p, 0)
	}
	f.Fuzz(func(t *testing.T, p string, n int) {
		if n < 0 || len(p) > 60 {
			return
		}
		names, err := Examples(p, "w", n)
		if err != nil {
			return
		}
		for _, name := range names {
			if fits, err := Match(p, name); IsGlob(p) && (err != nil || !fits) {
				t.Errorf("Examples(%q) made %q, which it does not match: %v", p, name, err)
			}
		}
	})
}
