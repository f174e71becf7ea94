package main

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"sluice/internal/rehearsal/state"
)

// crashPipeline writes down each start of a task; the tasks of A wait for the
// file `go`.
const crashPipeline = `
process A {
    input:
    val x
    output:
    path 'a.txt'
    script:
    """
    echo A$x >> ${params.at}/marks
    until [ -e ${params.at}/go ]; do sleep 0.05; done
    echo A$x > a.txt
    echo A$x >> ${params.at}/done
    """
}
process B {
    input:
    path a
    output:
    path 'b-*.txt'
    publishDir 'az://results/b'
    script:
    """
    name=\$(cat $a)
    echo B\$name >> ${params.at}/marks
    echo "\$name and b" > b-\$name.txt
    echo B\$name >> ${params.at}/done
    """
}
process C {
    input:
    path 'in*.txt'
    output:
    path 'all.txt'
    publishDir 'out', mode: 'copy'
    script:
    """
    echo C >> ${params.at}/marks
    sort in*.txt > all.txt
    """
}
workflow {
    C(B(A(channel.of(1..4))).toSortedList { x -> x.name })
}
`

// crashState is a rehearsal with all that takes time made short.
func crashState(faults ...state.Fault) *state.State {
	return &state.State{Speed: 20, Batch: state.Batch{NodeStart: time.Second}, Faults: faults}
}

// TestAzureCrash kills heads with -9 at many moments. The next head adopts
// what runs and what ended: nothing runs twice, and nothing is missing.
func TestAzureCrash(t *testing.T) {
	const later = 10 * time.Hour // by the clock of the rehearsal: not while the head lives
	late := func(service, method, path string, after int) state.Fault {
		return state.Fault{Service: service, Method: method, Path: path, From: "head", After: after, Times: 1, Delay: later}
	}
	starts := func(a *azureWorld, n int) bool { return len(a.marks()) >= n }
	for _, tc := range []struct {
		name   string
		faults []state.Fault
		closed bool // the tasks of A wait until the head is dead
		late   bool // and until the next one has looked
		when   func(*azureWorld) bool
	}{
		{"pool made", []state.Fault{late("batch", "POST", `/jobs\?`, 0)}, false, false, func(a *azureWorld) bool { return a.called("head", `^PUT .*/pools/`) > 0 }},
		{"job made", []state.Fault{late("batch", "POST", "addtaskcollection", 0)}, false, false, func(a *azureWorld) bool { return a.called("head", `^POST /jobs\?`) > 0 }},
		{"tasks taken, and the answer lost", []state.Fault{
			{Service: "batch", Path: "addtaskcollection", AfterEffect: true, Drop: true, Times: 1}, late("batch", "POST", "addtaskcollection", 0),
		}, true, false, func(a *azureWorld) bool { return starts(a, 1) }},
		{"half submitted", []state.Fault{late("batch", "POST", "addtaskcollection", 1)}, false, false, func(a *azureWorld) bool {
			return a.called("head", `^PUT /work/.*command.sh`) > 4 && a.called("head", "addtaskcollection") == 1 && starts(a, 4)
		}},
		{"tasks run", nil, true, true, func(a *azureWorld) bool { return starts(a, 4) }},
		{"tasks run, and end before the next head", nil, true, false, func(a *azureWorld) bool { return starts(a, 4) }},
		{"tasks ended unseen", []state.Fault{{Service: "batch", Method: "GET", Path: `/tasks\?`, From: "head", Delay: later, Times: 1}}, false, false, func(a *azureWorld) bool {
			return len(a.read("done")) >= 4*len("A1\n")
		}},
		{"publishing", []state.Fault{late("blob", "PUT", "^/results/b", 2)}, false, false, func(a *azureWorld) bool { return a.called("head", `^PUT /results/b`) > 1 }},
		{"at the end", []state.Fault{late("batch", "POST", "/terminate", 0)}, false, false, func(a *azureWorld) bool { return a.read("out/all.txt") != "" }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			a := newAzureWorld(t, crashState(tc.faults...), map[string]string{"main.nf": crashPipeline})
			if !tc.closed {
				a.write("go", "")
			}
			first := a.run()
			a.until("the moment of the crash", first, func() bool { return tc.when(a) })
			first.kill()
			a.w.Heal()
			if tc.closed && !tc.late {
				a.write("go", "")
				a.until("all tasks end", nil, func() bool { return len(a.read("done")) >= 3*len(a.marks()) })
			}
			next := a.run("-resume")
			if tc.late {
				a.until("the next head looks", next, func() bool { return a.called("head", `^GET /jobs/[^/]*/tasks`) > 1 })
				a.write("go", "")
			}
			next.wantCode(0)
			a.wantAll(4)
			if n := a.called("head", `^PUT .*\.command\.sh`); tc.late && n != 9 {
				t.Errorf("scripts were written %d times, want 9: those of adopted tasks are there", n)
			}
			a.restful(10*time.Second, false)
		})
	}
}

// wantAll fails unless every task ran once and all its results are there.
func (a *azureWorld) wantAll(n int) {
	a.t.Helper()
	var want []string
	text := ""
	for i := range n {
		want = append(want, fmt.Sprintf("A%d", i+1), fmt.Sprintf("BA%d", i+1))
		text += fmt.Sprintf("A%d and b\n", i+1)
	}
	want = append(want, "C")
	slices.Sort(want)
	if got := a.marks(); !slices.Equal(got, want) {
		a.t.Errorf("ran %q, want %q", got, want)
	}
	if got := a.read("out/all.txt"); got != text {
		a.t.Errorf("the result is %q, want %q", got, text)
	}
	if ls := a.start("fs", "ls", "az://results/b/").wantCode(0); len(ls) == 0 {
		a.t.Error("nothing is in az://results/b")
	} else {
		for i := range n {
			if got := a.start("fs", "cat", fmt.Sprintf("az://results/b/b-A%d.txt", i+1)).wantCode(0); got != fmt.Sprintf("A%d and b\n", i+1) {
				a.t.Errorf("the published file %d is %q", i+1, got)
			}
		}
	}
}
