package prov

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sluice/internal/task"
)

// TestDiagram: the graph that the plugin drew for the same run.
func TestDiagram(t *testing.T) {
	t.Parallel()
	one := &task.Task{ID: 1, Process: "W:P", Name: "W:P (t1)", Stage: []task.Staged{{Source: "/p/m.nf"}}, Outputs: []string{"/w/1/x1.txt", "/w/1/log"}}
	two := &task.Task{ID: 2, Process: "W:P", Name: "W:P (t2)", Stage: []task.Staged{{Source: "https://x.org/c.nf"}}, Outputs: []string{"/w/2/x2.txt", "/w/2/log"}}
	last := &task.Task{ID: 3, Process: "W:Q", Name: "W:Q", Stage: []task.Staged{{Source: "/w/2/x2.txt"}, {Source: "/w/1/x1.txt"}}, Outputs: []string{"/w/3/all.txt"}}
	r := &record{tasks: []*task.Task{one, two, last}, makers: map[string]*task.Task{}}
	for _, x := range r.tasks {
		for _, out := range x.Outputs {
			r.makers[out] = x
		}
	}
	want := `flowchart TD
    subgraph " "
    in0["m.nf"]
    in1["c.nf"]
    click in1 href "https://x.org/c.nf" _blank
    end
    subgraph W
    t0(["P (t1)"])
    t1(["P (t2)"])
    t2(["Q"])
    end
    in0 --> t0
    in1 --> t1
    t1 -->|x2.txt| t2
    t0 -->|x1.txt| t2
    t0 --> out0
    t1 --> out1
    t2 --> out2
    subgraph " "
    out0[log]
    out1[log]
    out2[all.txt]
    end`
	if d := cmp.Diff(strings.Split(want, "\n"), strings.Split(r.diagram(), "\n")); d != "" {
		t.Errorf("diagram (-want +got):\n%s", d)
	}
}

func TestURI(t *testing.T) {
	t.Parallel()
	r := &record{workflow: map[string]any{}}
	r.launch.WorkDir, r.launch.ProjectDir = "/run/work", "/home/assets/me/p"
	for path, want := range map[string]string{"/run/work/ab/cd/x": "work/ab/cd/x", "/data/x": "file:///data/x", "az://c/x": "az://c/x", "/home/assets/me/p/main.nf": "file:///home/assets/me/p/main.nf"} {
		if got := r.uri(path); got != want {
			t.Errorf("%s is %s, not %s", path, got, want)
		}
	}
	r.workflow["repository"], r.workflow["commitId"] = "https://x.org/me/p.git", "abc"
	if got := r.uri("/home/assets/me/p/main.nf"); got != "https://x.org/me/p/tree/abc/main.nf" {
		t.Errorf("%s", got)
	}
}
