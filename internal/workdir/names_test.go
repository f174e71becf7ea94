package workdir

import (
	"fmt"
	"strings"
	"testing"

	"sluice/internal/task"
)

// stageCases are the names that Nextflow 25.04.4 gave to one, two and twelve files.
var stageCases = []struct {
	pattern string
	files   int
	want    string
}{
	{"*", 1, "f1.txt"},
	{"*", 2, "f1.txt f2.txt"},
	{"**", 1, ""},
	{"**", 2, "11 22"},
	{"*.txt", 1, ".txt"},
	{"*.txt", 2, "1.txt 2.txt"},
	{"*.txt", 12, "1.txt 2.txt 3.txt 4.txt 5.txt 6.txt 7.txt 8.txt 9.txt 10.txt 11.txt 12.txt"},
	{"*/*", 1, "1/f1.txt"},
	{"*/*", 2, "1/f1.txt 2/f2.txt"},
	{"*/*", 12, "1/g1.q 2/g10.q 3/g11.q 4/g12.q 5/g2.q 6/g3.q 7/g4.q 8/g5.q 9/g6.q 10/g7.q 11/g8.q 12/g9.q"},
	{"./a", 1, "./a"},
	{"./a", 2, "./a1 ./a2"},
	{"?", 1, "1"},
	{"?", 2, "1 2"},
	{"?.txt", 1, "1.txt"},
	{"?.txt", 2, "1.txt 2.txt"},
	{"?/y*", 1, "1/y"},
	{"?/y*", 2, "1/y1 2/y2"},
	{"??", 1, "01"},
	{"??", 2, "01 02"},
	{"a b", 1, "a b"},
	{"a*.t?t", 1, "a.t1t"},
	{"a*.t?t", 2, "a1.t1t a2.t2t"},
	{"a.txt", 1, "a.txt"},
	{"a.txt", 2, "a.txt1 a.txt2"},
	{"a.txt", 12, "a.txt1 a.txt2 a.txt3 a.txt4 a.txt5 a.txt6 a.txt7 a.txt8 a.txt9 a.txt10 a.txt11 a.txt12"},
	{"d*/x", 1, "d1/x"},
	{"d*/x", 2, "d1/x d2/x"},
	{"d?/*", 1, "d1/f1.txt"},
	{"d?/*", 2, "d1/f1.txt d2/f2.txt"},
	{"dir/", 1, "dir/f1.txt"},
	{"dir/", 2, "dir/f1.txt dir/f2.txt"},
	{"dir/*", 1, "dir/f1.txt"},
	{"dir/*", 2, "dir/f1.txt dir/f2.txt"},
	{"dir/*", 12, "dir/g1.q dir/g10.q dir/g11.q dir/g12.q dir/g2.q dir/g3.q dir/g4.q dir/g5.q dir/g6.q dir/g7.q dir/g8.q dir/g9.q"},
	{"dir/**", 2, "dir/11 dir/22"},
	{"dir/*/*", 1, "dir/1/f1.txt"},
	{"dir/*/*", 2, "dir/1/f1.txt dir/2/f2.txt"},
	{"dir/?/x", 1, "dir/1/x"},
	{"dir/?/x", 2, "dir/1/x dir/2/x"},
	{"dir/?/x", 12, "dir/1/x dir/2/x dir/3/x dir/4/x dir/5/x dir/6/x dir/7/x dir/8/x dir/9/x dir/10/x dir/11/x dir/12/x"},
	{"dir/a", 1, "dir/a"},
	{"dir/a", 2, "dir/a1 dir/a2"},
	{"dir/f*.txt", 1, "dir/f.txt"},
	{"dir/f*.txt", 2, "dir/f1.txt dir/f2.txt"},
	{"dir?/", 1, "dir1/f1.txt"},
	{"dir?/", 2, "dir1/f1.txt dir2/f2.txt"},
	{"dir?/", 12, "dir1/g1.q dir2/g10.q dir3/g11.q dir4/g12.q dir5/g2.q dir6/g3.q dir7/g4.q dir8/g5.q dir9/g6.q dir10/g7.q dir11/g8.q dir12/g9.q"},
	{"f*", 1, "f"},
	{"f*", 2, "f1 f2"},
	{"f*", 12, "f1 f2 f3 f4 f5 f6 f7 f8 f9 f10 f11 f12"},
	{"f*g*", 1, "fg"},
	{"f*g*", 2, "f1g1 f2g2"},
	{"f?", 1, "f1"},
	{"f?", 2, "f1 f2"},
	{"f?*", 1, "f1"},
	{"f?*", 2, "f11 f22"},
	{"f??", 1, "f01"},
	{"f??", 2, "f01 f02"},
	{"f??", 12, "f01 f02 f03 f04 f05 f06 f07 f08 f09 f10 f11 f12"},
	{"f???", 1, "f001"},
	{"f???", 2, "f001 f002"},
	{"f???", 12, "f001 f002 f003 f004 f005 f006 f007 f008 f009 f010 f011 f012"},
	{"f[12]", 1, "f[12]"},
	{"f[12]", 2, "f[12]1 f[12]2"},
	{"f{1,2}", 1, "f{1,2}"},
	{"f{1,2}", 2, "f{1,2}1 f{1,2}2"},
	{"sub??/*", 1, "sub01/f1.txt"},
	{"sub??/*", 2, "sub01/f1.txt sub02/f2.txt"},
	{"x?y?", 1, "x1y1"},
	{"x?y?", 2, "x1y1 x2y2"},
}

func TestStageNames(t *testing.T) {
	t.Parallel()
	twelve := strings.Fields("g1.q g10.q g11.q g12.q g2.q g3.q g4.q g5.q g6.q g7.q g8.q g9.q")
	files := map[int][]string{1: {"/d/f1.txt"}, 2: {"/d/f1.txt", "/d/f2.txt"}}
	for _, f := range twelve {
		files[12] = append(files[12], "/dd/"+f)
	}
	for _, c := range stageCases {
		got, err := StageNames(c.pattern, files[c.files])
		if err != nil {
			t.Error(err)
		}
		for i := range got {
			got[i] = strings.TrimSuffix(got[i], "/")
		}
		if text := strings.Join(got, " "); text != c.want {
			t.Errorf("%s of %d: %s, want %s", c.pattern, c.files, text, c.want)
		}
	}
	if got, err := StageNames("f*", nil); err != nil || len(got) != 0 {
		t.Errorf("no files: %v, %v", got, err)
	}
}

func TestCheckCollisions(t *testing.T) {
	t.Parallel()
	staged := func(names ...string) (out []task.Staged) {
		for i, n := range names {
			out = append(out, task.Staged{Source: fmt.Sprint("/s", i), Name: n})
		}
		return out
	}
	if err := CheckCollisions("COL", staged("x.txt", "y.txt")); err != nil {
		t.Error(err)
	}
	const want = "Process `COL` input file name collision -- There are multiple input files for each of the following file names: x.txt"
	if err := CheckCollisions("COL", staged("x.txt", "y", "x.txt", "x.txt")); err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
}

// TestEscape: as Nextflow 25.04.4 prints staged names.
func TestEscape(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"f1.txt": "f1.txt", "-rf": "-rf", "a b.txt": `a\ b.txt`, "é ü.txt": `é\ ü.txt`,
		"we'ird$(x)\"`[1]*;&|<>{}()#~!?=,:@%+^\\.txt": "we\\'ird$\\(x\\)\\\"\\`[1]*\\;\\&\\|\\<\\>{}\\(\\)#~\\!?=,\\:@%+^\\\\.txt",
	} {
		if got := Escape(name); got != want {
			t.Errorf("Escape(%s) = %s, want %s", name, got, want)
		}
	}
}
