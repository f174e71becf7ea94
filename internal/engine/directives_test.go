package engine

import (
	"strings"
	"testing"
)

// TestUncalledDirectives: wrong literals of a process that is not called, or
// perhaps not, are a warning, under both grammars; the run goes on.
func TestUncalledDirectives(t *testing.T) {
	t.Parallel()
	process := "process P {\n    errorStrategy 'retyr'\n    script:\n    'true'\n}\n"
	rows := []struct{ name, script string }{
		{"not called", process + "workflow { println 'ran' }\n"},
		{"in a branch", process + "workflow {\n    println 'ran'\n    if (params.x) {\n        P()\n    }\n}\n"},
		{"of a workflow not called", process + "workflow INNER { P() }\nworkflow { println 'ran' }\n"},
		{"after a return", process + "workflow {\n    println 'ran'\n    if (!params.x) {\n        return\n    }\n    P()\n}\n"},
		{"after a function", process + "def bye() { exit 0 }\nworkflow {\n    println 'ran'\n    bye()\n    P()\n}\n"},
	}
	for _, r := range rows {
		for _, grammar := range []string{"v1", "v2"} {
			t.Run(r.name+" "+grammar, func(t *testing.T) {
				t.Parallel()
				out, code := newPipeline(t, map[string]string{"main.nf": r.script, "nextflow.config": "params.x = false\n"}).run(func(o *Options) {
					getenv := o.Getenv
					o.Quiet = false
					o.Getenv = func(name string) (string, bool) {
						if name == "NXF_SYNTAX_PARSER" {
							return grammar, true
						}
						return getenv(name)
					}
				})
				if code != 0 || !strings.Contains(out, "ran") || !strings.Contains(out, "`retyr` is no value of `errorStrategy`") {
					t.Errorf("exit %d: %s", code, out)
				}
			})
		}
	}
}
