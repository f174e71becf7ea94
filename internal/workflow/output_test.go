package workflow

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"sluice/internal/lang/value"
)

// TestIndexCSV: columns stay in line where values are missing, unlike in the
// original; all else is compared with it by conformance/workflows/output_*.
func TestIndexCSV(t *testing.T) {
	null := value.MapOf("id", value.String("a"), "n", nil, "z", value.MakeInt(1))
	full := value.MapOf("id", value.String("b"), "n", value.MakeInt(2), "z", value.MakeInt(3))
	for _, c := range []struct {
		name    string
		index   index
		records []value.Value
		want    string
	}{
		{"a value of the first record is null", index{header: value.True}, []value.Value{null, full}, "\"id\",\"n\",\"z\"\n\"a\",\"\",\"1\"\n\"b\",\"2\",\"3\"\n"},
		{"a column that no record has", index{header: value.NewList(value.String("q"), value.String("z"))}, []value.Value{full}, "\"q\",\"z\"\n\"\",\"3\"\n"},
		{"no records", index{header: value.True}, nil, ""},
		{"no header", index{sep: ";"}, []value.Value{full, value.NewList(value.String("c"), nil)}, "\"b\";\"2\";\"3\"\n\"c\";\"\"\n"},
	} {
		if diff := cmp.Diff(c.want, c.index.csv(c.records)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestRelative(t *testing.T) {
	p := &publisher{env: &OutputEnv{WorkDir: "/w"}}
	for path, want := range map[string]string{
		"/w/ab/cdef/x.txt":              "x.txt",
		"/w/ab/cdef/d/x.txt":            "d/x.txt",
		"/w/collect-file/0123/part.csv": "part.csv",
		"/w/ab":                         "",
		"/data/x.txt":                   "",
		"/work/ab/cdef/x.txt":           "",
	} {
		got, ok := p.relative(path)
		if got != want || ok != (want != "") {
			t.Errorf("relative(%s) = %q, %v, want %q", path, got, ok, want)
		}
	}
}
