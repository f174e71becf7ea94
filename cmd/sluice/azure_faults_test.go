package main

import (
	"strings"
	"testing"
	"time"

	"sluice/internal/rehearsal/state"
)

// oneTask writes down each of its starts with the attempt that it is of.
const oneTask = `
process P {
    output:
    path 'x.txt'
    publishDir 'out', mode: 'copy'
    errorStrategy { task.attempt < 2 ? 'retry' : 'terminate' }
    script:
    """
    echo \$HOSTNAME >> ${params.at}/marks
    BODY
    echo attempt ${task.attempt} > x.txt
    """
}
workflow { P() }
`

// What goes wrong on Azure is met as its class demands, and said: faults of
// infrastructure count no attempt of the user's, what is set wrongly ends the
// run with what mends it, and what a task does wrong is the task's.
func TestAzureFaultClasses(t *testing.T) {
	node := func(event string, times int) state.Fault { return state.Fault{Event: event, Times: times} }
	pull := func(message string) state.Fault {
		return state.Fault{Event: "pull", Code: "ContainerInvalidImage", Message: message}
	}
	for _, tc := range []struct {
		name, body, config string
		faults             []state.Fault
		code               int
		says               string // parts, by |
		never              string
		attempt            string // in the result; "" is none
		starts             int    // of the script; -1: once or more
	}{
		{"disk full once", "", "", []state.Fault{node("diskfull", 1)}, 0, "is added again (1 of 5)|DiskFull", "", "1", 1},
		{"disk always full", "", "azure.batch.maxInfraRetries = 2\n", []state.Fault{node("diskfull", 0)}, 1, "Azure failed the task 3 times (azure.batch.maxInfraRetries)|DiskFull", "", "", 0},
		{"node preempted", "sleep 1", "", []state.Fault{node("preempt", 1)}, 0, "", "Error executing", "1", -1},
		{"preparation fails on a node", "", "", []state.Fault{node("prep", 1)}, 0, "", "Error executing", "1", 1},
		{"image denied", "", "process.container = 'rehearsal.azurecr.io/x:1'\n", []state.Fault{pull("unauthorized: authentication required")}, 1, "AZ210|AcrPull|rehearsal", "Execution is retried", "", 0},
		{"no such image", "", "process.container = 'rehearsal.azurecr.io/x:1'\n", []state.Fault{pull("manifest unknown")}, 1, "manifest unknown", "AZ2", "", 0},
		{"killed", `[ ${task.attempt} = 2 ] || kill -9 \$\$`, "", nil, 0, "terminated|137|Execution is retried", "", "2", 2},
		{"time", `[ ${task.attempt} = 2 ] || sleep 60`, "process.time = '1 min'\n", nil, 0, "exceeded running time limit (1m)", "", "2", 2},
		{"start task", "", "azure.batch.pools.auto.startTask.script = 'echo no such disk >&2; exit 3'\nazure.batch.pools.auto.vmCount = 3\n", nil, 1, "AZ504|start task, exit status 3|no such disk", "", "", 0},
		{"storm", "", "", []state.Fault{
			{Service: "batch", Every: 4, Status: 503, Code: "ServerBusy"},
			{Service: "batch", Method: "POST", Every: 3, AfterEffect: true, Drop: true, Times: 4},
			{Service: "blob", Every: 7, Status: 503, Code: "ServerBusy"},
			{Service: "blob", Every: 11, Drop: true},
			{Service: "arm", Every: 5, Status: 429, RetryAfter: time.Second},
			{Service: "imds", Every: 3, Status: 429},
		}, 0, "", "Error executing", "1", 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			st := crashState(tc.faults...)
			a := newAzureWorld(t, st, map[string]string{"main.nf": strings.Replace(oneTask, "BODY", tc.body, 1), "own.config": tc.config})
			out := a.run("-c", "own.config").wantCode(tc.code)
			for _, part := range strings.Split(tc.says, "|") {
				if !strings.Contains(out, part) {
					t.Errorf("it does not say %q", part)
				}
			}
			if tc.never != "" && strings.Contains(out, tc.never) {
				t.Errorf("it says %q", tc.never)
			}
			if got := strings.TrimSpace(strings.TrimPrefix(a.read("out/x.txt"), "attempt")); got != tc.attempt {
				t.Errorf("the result is of attempt %q, want %q", got, tc.attempt)
			}
			if n := len(a.marks()); n != tc.starts && (tc.starts >= 0 || n < 1) {
				t.Errorf("the script started %d times, want %d", n, tc.starts)
			}
			if t.Failed() {
				t.Log(out)
			}
		})
	}
}
