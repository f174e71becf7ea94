package config

import (
	"strings"
	"testing"

	"sluice/internal/lang/source"
	"sluice/internal/lang/value"
)

func TestCommandLine(t *testing.T) {
	t.Parallel()
	c := New(nil)
	c.Set(value.String("t.txt"), "trace", "file")
	c.Set(value.String("-x"), "process", "ext", "args")
	c.Set(value.Bool(true), "podman", "enabled")
	c.With(map[string]string{"trace": "-", "report": "r.html", "docker": "ubuntu"}, []string{"podman"})
	c.Override(value.MapOf("cpus", value.Int(3), "ext", value.MapOf("b", value.Int(1))), nil, value.MapOf("A", value.String("1")))
	want := `trace.file = 't.txt'
trace.enabled = true
process.ext.args = '-x'
process.ext.b = 1
process.container = 'ubuntu'
process.cpus = 3
podman.enabled = false
docker.enabled = true
report.enabled = true
report.file = 'r.html'
env.A = '1'
`
	if got := flat(c.Root, ""); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// What the command line set is not blamed on a file that said the same before.
func TestGiven(t *testing.T) {
	t.Parallel()
	c := New(nil)
	at := source.Span{File: source.NewFile("a.config", "process {}"), Start: 0, End: 7}
	for _, path := range [][]string{{"process", "executor"}, {"process", "cpus"}, {"conda", "enabled"}, {"bucketDir"}} {
		c.Set(value.Bool(false), path...)
		c.Spans[Key(path...)] = at
	}
	c.Override(value.MapOf("executor", value.String("slurm"), "ext", value.MapOf("args", value.String("x"))), nil, value.MapOf("A", value.String("1")))
	c.With(map[string]string{"conda": "-", "bucket-dir": "s3://x", "cloudcache": "-"}, []string{"docker"})
	for _, tc := range []struct {
		path   []string
		option string
	}{
		{[]string{"process", "executor"}, "-process.executor"},
		{[]string{"process", "ext", "args"}, "-process.ext.args"},
		{[]string{"process", "cpus"}, ""},
		{[]string{"env", "A"}, "-e.A"},
		{[]string{"conda", "enabled"}, "-with-conda"},
		{[]string{"docker", "enabled"}, "-without-docker"},
		{[]string{"bucketDir"}, "-bucket-dir"},
		{[]string{"cloudcache", "enabled"}, "-with-cloudcache"},
	} {
		if got := c.Given(tc.path...); got != tc.option {
			t.Errorf("%v: given by %q, want %q", tc.path, got, tc.option)
		}
		if placed := !c.Span(tc.path...).IsZero(); placed != (tc.option == "") {
			t.Errorf("%v: has a place: %v", tc.path, placed)
		}
	}
}

func flat(m *value.Map, prefix string) string {
	var b strings.Builder
	m.Entries(func(k, v value.Value) bool {
		name := prefix + value.ToString(k)
		if inner, ok := v.(*value.Map); ok {
			b.WriteString(flat(inner, name+"."))
			return true
		}
		text := value.ToString(v)
		if _, isText := v.(value.String); isText {
			text = "'" + text + "'"
		}
		b.WriteString(name + " = " + text + "\n")
		return true
	})
	return b.String()
}
