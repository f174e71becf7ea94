package config

import (
	"testing"

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
	if got := Flat(c.Root); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
