package workdir

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sluice/internal/task"
)

// collectCases are what Nextflow 25.04.4 collected; "!inputs" is its note on inputs.
var collectCases = []struct {
	pattern string
	o       CollectOptions
	want    string
}{
	{"*", CollectOptions{}, "Z.txt|a1.txt|a2.txt|b.txt|b10.txt|b9.txt|d1|d2|d3|l1|ld|lf|outl|q1.z|q2.z|s1|sp ace.txt|star*|z["},
	{"*.txt", CollectOptions{}, "Z.txt|a1.txt|a2.txt|b.txt|b10.txt|b9.txt|sp ace.txt"},
	{"a?.txt", CollectOptions{}, "a1.txt|a2.txt"},
	{"**", CollectOptions{}, ".hd/x|Z.txt|a1.txt|a2.txt|b.txt|b10.txt|b9.txt|d1/s/x|d1/x|d1/y.txt|d2/s/z.txt|d2/t/x|l1|ld/s/x|ld/x|ld/y.txt|lf|outl|q1.z|q2.z|sp ace.txt|star*|z["},
	{"**.txt", CollectOptions{}, "Z.txt|a1.txt|a2.txt|b.txt|b10.txt|b9.txt|d1/y.txt|d2/s/z.txt|ld/y.txt|sp ace.txt"},
	{"**/*.txt", CollectOptions{}, "d1/y.txt|d2/s/z.txt|ld/y.txt"},
	{"d1/*", CollectOptions{}, "d1/s|d1/x|d1/y.txt"},
	{"d1", CollectOptions{}, "d1"},
	{"d*", CollectOptions{}, "d1|d2|d3"},
	{"d1/**", CollectOptions{}, "d1/s/x|d1/x|d1/y.txt"},
	{"{a1,b}.txt", CollectOptions{}, "a1.txt|b.txt"},
	{"[ab]*.txt", CollectOptions{}, "a1.txt|a2.txt|b.txt|b10.txt|b9.txt"},
	{"in.txt", CollectOptions{}, "in.txt"},
	{"i*.txt", CollectOptions{}, "!inputs"},
	{"i*.txt", CollectOptions{IncludeInputs: true}, "in.txt"},
	{"*.txt", CollectOptions{Hidden: true}, ".hid.txt|Z.txt|a1.txt|a2.txt|b.txt|b10.txt|b9.txt|sp ace.txt"},
	{"*", CollectOptions{Hidden: true}, ".command.begin|.command.err|.command.log|.command.out|.command.run|.command.sh|.exitcode|.hd|.hid|.hid.txt|Z.txt|a1.txt|a2.txt|b.txt|b10.txt|b9.txt|d1|d2|d3|l1|ld|lf|outl|q1.z|q2.z|s1|sp ace.txt|star*|z["},
	{".*", CollectOptions{}, ".command.begin|.command.err|.command.log|.command.out|.command.run|.command.sh|.exitcode|.hd|.hid|.hid.txt"},
	{".h*", CollectOptions{}, ".hd|.hid|.hid.txt"},
	{"*", CollectOptions{Type: "dir"}, "d1|d2|d3|ld|s1"},
	{"*", CollectOptions{Type: "any"}, "Z.txt|a1.txt|a2.txt|b.txt|b10.txt|b9.txt|d1|d2|d3|l1|ld|lf|outl|q1.z|q2.z|s1|sp ace.txt|star*|z["},
	{"*", CollectOptions{Type: "file"}, "Z.txt|a1.txt|a2.txt|b.txt|b10.txt|b9.txt|l1|lf|outl|q1.z|q2.z|sp ace.txt|star*|z["},
	{"**", CollectOptions{Type: "dir"}, "d1|d1/s|d2|d2/s|d2/t|d3|ld|ld/s|s1"},
	{"**", CollectOptions{Type: "any"}, ".hd/x|Z.txt|a1.txt|a2.txt|b.txt|b10.txt|b9.txt|d1|d1/s|d1/s/x|d1/x|d1/y.txt|d2|d2/s|d2/s/z.txt|d2/t|d2/t/x|d3|l1|ld|ld/s|ld/s/x|ld/x|ld/y.txt|lf|outl|q1.z|q2.z|s1|sp ace.txt|star*|z["},
	{"**", CollectOptions{MaxDepth: 1, HasMaxDepth: true}, ".hd/x|Z.txt|a1.txt|a2.txt|b.txt|b10.txt|b9.txt|d1/x|d1/y.txt|l1|ld/x|ld/y.txt|lf|outl|q1.z|q2.z|sp ace.txt|star*|z["},
	{"**", CollectOptions{MaxDepth: 0, HasMaxDepth: true}, "Z.txt|a1.txt|a2.txt|b.txt|b10.txt|b9.txt|l1|lf|outl|q1.z|q2.z|sp ace.txt|star*|z["},
	{"*", CollectOptions{MaxDepth: 0, HasMaxDepth: true}, "Z.txt|a1.txt|a2.txt|b.txt|b10.txt|b9.txt|d1|d2|d3|l1|ld|lf|outl|q1.z|q2.z|s1|sp ace.txt|star*|z["},
	{"**", CollectOptions{NoFollow: true}, ".hd/x|Z.txt|a1.txt|a2.txt|b.txt|b10.txt|b9.txt|brok|d1/s/x|d1/x|d1/y.txt|d2/s/z.txt|d2/t/x|l1|ld|lf|outl|q1.z|q2.z|sp ace.txt|star*|z["},
	{"*", CollectOptions{NoFollow: true}, "Z.txt|a1.txt|a2.txt|b.txt|b10.txt|b9.txt|brok|d1|d2|d3|l1|ld|lf|outl|q1.z|q2.z|s1|sp ace.txt|star*|z["},
	{"l*", CollectOptions{}, "l1|ld|lf"},
	{"l*/*", CollectOptions{}, "ld/s|ld/x|ld/y.txt"},
	{"l1", CollectOptions{}, "l1"},
	{"nope", CollectOptions{}, ""},
	{"d1/../a1.txt", CollectOptions{}, "d1/../a1.txt"},
	{"../*", CollectOptions{}, ""},
	{"./a1.txt", CollectOptions{}, "./a1.txt"},
	{"a\\*", CollectOptions{}, ""},
	{"star\\*", CollectOptions{}, "star*"},
	{"star*", CollectOptions{Literal: true}, "star*"},
	{"d1/", CollectOptions{}, "d1"},
	{"d1/.*", CollectOptions{}, ""},
	{"d2/*/*", CollectOptions{}, "d2/s/z.txt|d2/t/x"},
	{"*/", CollectOptions{}, ""},
	{"**/x", CollectOptions{}, ".hd/x|d1/s/x|d1/x|d2/t/x|ld/s/x|ld/x"},
	{"s1", CollectOptions{}, "s1"},
	{"s1/*", CollectOptions{}, "!inputs"},
	{"brok*", CollectOptions{}, ""},
	{"A1.TXT", CollectOptions{}, ""},
	{"z[", CollectOptions{}, "z["},
	{"{a1,b", CollectOptions{}, ""},
	{"d2/**.txt", CollectOptions{}, "d2/s/z.txt"},
	{"**/", CollectOptions{}, ""},
	{"q*.z", CollectOptions{}, "q1.z|q2.z"},
	{"*{1,}.txt", CollectOptions{}, "Z.txt|a1.txt|a2.txt|b.txt|b10.txt|b9.txt|sp ace.txt"},
	{"[!ab]*.txt", CollectOptions{}, "Z.txt|sp ace.txt"},
	{"[^ab]*.txt", CollectOptions{}, "a1.txt|a2.txt|b.txt|b10.txt|b9.txt"},
	{"a1.txt*", CollectOptions{}, "a1.txt"},
	{"outl", CollectOptions{}, "outl"},
	{"/etc/passwd", CollectOptions{}, "!error"},
	{"d[12]", CollectOptions{}, "d1|d2"},
	{"lf", CollectOptions{}, "lf"},
	{"**/.*", CollectOptions{}, ""},
	{"**", CollectOptions{Hidden: true}, ".command.begin|.command.err|.command.log|.command.out|.command.run|.command.sh|.exitcode|.hd/x|.hid|.hid.txt|Z.txt|a1.txt|a2.txt|b.txt|b10.txt|b9.txt|d1/.h|d1/s/x|d1/x|d1/y.txt|d2/s/z.txt|d2/t/x|l1|ld/.h|ld/s/x|ld/x|ld/y.txt|lf|outl|q1.z|q2.z|sp ace.txt|star*|z["},
	{"lf*", CollectOptions{Type: "file", NoFollow: true}, "lf"},
	{"d1/*", CollectOptions{IncludeInputs: true}, "d1/s|d1/x|d1/y.txt"},
	{"s1/**", CollectOptions{}, "!inputs"},
}

// tree makes the directory that the cases were recorded in.
func tree(t *testing.T) (dir string, inputs []task.Staged) {
	t.Helper()
	dir = t.TempDir()
	for _, d := range strings.Fields("d1/s d2/s d2/t .hd d3 s1") {
		if err := os.MkdirAll(filepath.Join(dir, d), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	names := strings.Fields("a1.txt a2.txt b.txt b10.txt b9.txt star* .hid .hid.txt Z.txt q1.z q2.z z[ d1/x d1/y.txt d1/.h d1/s/x d2/s/z.txt d2/t/x .hd/x in.txt s1/x.txt .command.begin .command.err .command.log .command.out .command.run .command.sh .exitcode")
	for _, n := range append(names, "sp ace.txt") {
		if err := os.WriteFile(filepath.Join(dir, n), nil, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for name, to := range map[string]string{"l1": "a1.txt", "ld": "d1", "brok": "nowhere", "lf": "a1.txt", "outl": "/etc/passwd"} {
		if err := os.Symlink(to, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	return dir, []task.Staged{{Name: "in.txt"}, {Name: "s1/x.txt"}}
}

func TestCollect(t *testing.T) {
	t.Parallel()
	dir, inputs := tree(t)
	for _, c := range collectCases {
		c.o.Inputs = inputs
		got, err := Collect(dir, c.pattern, c.o)
		text := strings.Join(got.Names, "|")
		switch {
		case err != nil:
			text = "!error"
		case got.OnlyInputs:
			text = "!inputs"
		}
		if text != c.want {
			t.Errorf("%s %+v\n got %s\nwant %s\n%v", c.pattern, c.o, text, c.want, err)
		}
	}
}

// TestCollectStays: no pattern leaves the directory, no loop of links holds it.
func TestCollectStays(t *testing.T) {
	t.Parallel()
	dir, _ := tree(t)
	if err := os.Symlink("..", filepath.Join(dir, "d1", "up")); err != nil {
		t.Fatal(err)
	}
	for _, p := range []string{"../x", "d1/../../x", "/etc/*", "/etc/passwd", dir + "x/a", dir + "/../x"} {
		if got, err := Collect(dir, p, CollectOptions{}); err == nil && len(got.Names) > 0 {
			t.Errorf("%s gave %v", p, got.Names)
		}
	}
	if got, err := Collect(dir, dir+"/a1.txt", CollectOptions{}); err != nil || len(got.Names) != 1 || got.Names[0] != "a1.txt" {
		t.Errorf("absolute name gave %v, %v", got, err)
	}
	if got, err := Collect(dir, "**", CollectOptions{}); err != nil || len(got.Names) < 20 || len(got.Names) > 100 {
		t.Errorf("with a loop: %d names, %v", len(got.Names), err)
	}
}

// FuzzCollect: any pattern ends, and what it finds is there and inside.
func FuzzCollect(f *testing.F) {
	for _, c := range collectCases {
		f.Add(c.pattern)
	}
	dir := f.TempDir()
	for _, n := range []string{"a.txt", "b[1]", "\xff", "new\nline"} {
		if err := os.WriteFile(filepath.Join(dir, n), nil, 0o666); err != nil {
			f.Fatal(err)
		}
	}
	f.Fuzz(func(t *testing.T, p string) {
		got, err := Collect(dir, p, CollectOptions{})
		if err != nil {
			return
		}
		for _, n := range got.Names {
			if !filepath.IsLocal(n) {
				t.Errorf("%q gave %q", p, n)
			}
			if _, err := os.Stat(filepath.Join(dir, n)); err != nil {
				t.Errorf("%q gave %q: %v", p, n, err)
			}
		}
	})
}
