package azurebatch

import (
	"context"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/batch/azbatch"

	"sluice/internal/lang/value"
	"sluice/internal/node"
	"sluice/internal/rehearsal/batch"
	"sluice/internal/task"
)

func TestClassify(t *testing.T) {
	t.Parallel()
	fault := func(class string) *node.Fault { return &node.Fault{Class: class} }
	n := func(i int) *int { return &i }
	for _, tc := range []struct {
		name string
		x    ending
		want class
	}{
		{"well", ending{Exit: n(0)}, byItself},
		{"script fails", ending{Exit: n(1), Category: "usererror", Code: "FailureExitCode"}, byItself},
		{"script ends with 111", ending{Exit: n(111)}, byItself},
		{"script ends with 111, and said so", ending{Exit: n(111), Fault: fault("script")}, byItself},
		{"out of memory", ending{Exit: n(137), Fault: fault("script")}, byItself},
		{"infra", ending{Exit: n(111), Fault: fault("infra")}, infra},
		{"configuration", ending{Exit: n(112), Fault: fault("config")}, misset},
		{"a fault of an earlier attempt, then well", ending{Exit: n(0), Fault: fault("infra")}, byItself},
		{"killed by us", ending{Exit: n(137), Code: "TaskEnded", Killed: true}, killed},
		{"time", ending{Exit: n(137), Code: "TaskEnded", Ran: time.Hour, Limit: time.Hour}, overtime},
		{"time by clocks that differ", ending{Code: "TaskEnded", Ran: time.Hour - time.Second, Limit: time.Hour}, overtime},
		{"ended before its time, with its job", ending{Code: "TaskEnded", Ran: time.Minute, Limit: time.Hour, JobEnded: true}, infra},
		{"ended by somebody", ending{Code: "TaskEnded"}, stopped},
		{"blob denied", ending{Category: "usererror", Code: "BlobAccessDenied"}, misset},
		{"container denied", ending{Category: "usererror", Code: "ResourceContainerAccessDenied"}, misset},
		{"identity not on the pool", ending{Category: "usererror", Code: "ResourceContainerListMiscError"}, misset},
		{"blob timed out", ending{Category: "usererror", Code: "BlobDownloadTimedOut"}, infra},
		{"role for a file missing", ending{Category: "usererror", Code: "BlobDownloadMiscError"}, misset},
		{"a file cannot be had", ending{Category: "servererror", Code: "BlobDownloadMiscError"}, infra},
		{"disk full", ending{Category: "usererror", Code: "DiskFull"}, infra},
		{"server", ending{Category: "servererror", Code: "Whatever"}, infra},
		{"pull denied", ending{Category: "usererror", Code: "ContainerPullDenied"}, misset},
		{"pull unauthorized", ending{Category: "usererror", Code: "ContainerInvalidImage", Message: "unauthorized: authentication required"}, misset},
		{"no such image", ending{Category: "usererror", Code: "ContainerInvalidImage", Message: "manifest unknown"}, broken},
		{"registry does not answer", ending{Category: "usererror", Code: "ContainerPullFailed", Message: "i/o timeout"}, infra},
		{"cannot start", ending{Category: "usererror", Code: "CommandLaunchFailed"}, broken},
		{"nothing is known", ending{}, infra},
	} {
		if got := classify(tc.x); got != tc.want {
			t.Errorf("%s: %d, want %d", tc.name, got, tc.want)
		}
	}
}

func TestAssess(t *testing.T) {
	t.Parallel()
	now := time.Now()
	count := func(n int32) azbatch.NodeCounts { return azbatch.NodeCounts{Total: &n} }
	for _, tc := range []struct {
		name string
		v    poolView
		kind string
	}{
		{"nothing waits", poolView{}, ""},
		{"runs", poolView{Waiting: 5, Running: 1, Dedicated: count(1)}, ""},
		{"quota", poolView{Waiting: 1, Resize: []azbatch.ResizeError{{Code: to.Ptr("AccountVMSeriesCoreQuotaReached")}}}, "quota"},
		{"capacity", poolView{Waiting: 1, Resize: []azbatch.ResizeError{{Code: to.Ptr("AllocationTimedout")}}}, "capacity"},
		{"another error", poolView{Waiting: 1, Resize: []azbatch.ResizeError{{Code: to.Ptr("OutOfSubnetSpace")}}}, "resize"},
		{"an old error, and nothing waits", poolView{Running: 3, Resize: []azbatch.ResizeError{{Code: to.Ptr("AllocationTimedout")}}}, ""},
		{"start task", poolView{Running: 1, Dedicated: azbatch.NodeCounts{StartTaskFailed: to.Ptr[int32](1)}}, "nodes"},
		{"formula", poolView{Waiting: 1, Scales: true, AutoError: "InvalidFormula: x"}, "formula"},
		{"not evaluated", poolView{Waiting: 1, Scales: true, AutoRun: now.Add(-time.Hour), Interval: 5 * time.Minute}, "unevaluated"},
		{"no nodes for ever", poolView{Waiting: 1}, "empty"},
		{"nodes on their way", poolView{Waiting: 1, Scales: true, AutoRun: now, Interval: 5 * time.Minute, Target: 2}, "busy"},
	} {
		a := assess(now, tc.v)
		if got := ""; a != nil {
			got = a.kind
			if got != tc.kind {
				t.Errorf("%s: %s, want %s", tc.name, got, tc.kind)
			}
		} else if tc.kind != "" {
			t.Errorf("%s: nothing, want %s", tc.name, tc.kind)
		}
	}
}

var machines = []machine{
	{Name: "Standard_A2_v2", CPUs: 2, MemoryGB: 4, DiskGB: 20},
	{Name: "Standard_D2d_v5", CPUs: 2, MemoryGB: 8, DiskGB: 75, Spot: true},
	{Name: "Standard_D4d_v5", CPUs: 4, MemoryGB: 16, DiskGB: 150, Spot: true},
	{Name: "Standard_D8d_v5", CPUs: 8, MemoryGB: 32, DiskGB: 300},
	{Name: "Standard_D4pds_v5", CPUs: 4, MemoryGB: 16, DiskGB: 150},
	{Name: "Standard_E16d_v5", CPUs: 16, MemoryGB: 128, DiskGB: 600},
	{Name: "Standard_NC6s_v3", CPUs: 6, MemoryGB: 112, DiskGB: 736, GPUs: 1},
}

func TestChooseMachine(t *testing.T) {
	t.Parallel()
	g := func(n int64) value.Memory { return value.Memory(n << 30) }
	for _, tc := range []struct {
		name, wanted string
		r            task.Resources
		spot         bool
		want         string // ~ is the beginning of an error
	}{
		{"small tasks share", "", task.Resources{Cpus: 1}, false, "Standard_D4d_v5"},
		{"memory decides", "", task.Resources{Cpus: 1, Memory: g(100)}, false, "Standard_E16d_v5"},
		{"exact", "Standard_D2d_v5", task.Resources{Cpus: 1}, false, "Standard_D2d_v5"},
		{"case", "standard_d2D_v5", task.Resources{Cpus: 1}, false, "Standard_D2d_v5"},
		{"all of a machine", "Standard_D2d_v5", task.Resources{Cpus: 2, Memory: g(8)}, false, "Standard_D2d_v5"},
		{"pattern", "Standard_D*d_v5", task.Resources{Cpus: 8}, false, "Standard_D8d_v5"},
		{"list", "Standard_X1,Standard_A2_v2", task.Resources{Cpus: 1}, false, "Standard_A2_v2"},
		{"accelerator", "", task.Resources{Cpus: 1, Accelerator: 1}, false, "Standard_NC6s_v3"},
		{"spot", "Standard_D*", task.Resources{Cpus: 2}, true, "Standard_D4d_v5"},
		{"unknown", "Standard_X1", task.Resources{Cpus: 1}, false, "~AZ401: the region has no machine type `Standard_X1` for Batch"},
		{"too large", "", task.Resources{Cpus: 99}, false, "~Process requirement exceeds available machine types of the region -- req: 99 CPUs, 0 GB of memory, 0 GB of disk; avail: at most Standard_E16d_v5 with 16 CPUs"},
	} {
		m, err := chooseMachine(machines, tc.wanted, tc.r, tc.spot)
		got := m.Name
		if err != nil {
			got = "~" + err.Error()
		}
		if want := tc.want; got != want && !(strings.HasPrefix(want, "~") && strings.HasPrefix(got, want)) {
			t.Errorf("%s: %s, want %s", tc.name, got, want)
		}
	}
}

func TestRequire(t *testing.T) {
	t.Parallel()
	p := &pool{id: "p", vm: machines[2], slots: 16}
	for _, tc := range []struct {
		r    task.Resources
		want int
	}{
		{task.Resources{Cpus: 1}, 4},
		{task.Resources{}, 4},
		{task.Resources{Cpus: 4}, 16},
		{task.Resources{Cpus: 1, Memory: 8 << 30}, 8},
		{task.Resources{Cpus: 1, Disk: 140 << 30}, 15},
		{task.Resources{Cpus: 5}, 0},
		{task.Resources{Cpus: 1, Memory: 17 << 30}, 0},
		{task.Resources{Cpus: 1, Accelerator: 1}, 4},
	} {
		got, err := p.require(tc.r)
		if got != tc.want || (err != nil) != (tc.want == 0) {
			t.Errorf("%+v: %d, %v; want %d", tc.r, got, err, tc.want)
		}
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	h, k, ok := parseTaskID(taskID(newTask(7).Hash, 3))
	if h != newTask(7).Hash || k != 3 || !ok {
		t.Errorf("%v %d %v", h, k, ok)
	}
	for _, bad := range []string{"", "t", "tx-1", "t0123456789abcdef0123456789abcdef", "probe-1"} {
		if _, _, ok := parseTaskID(bad); ok {
			t.Errorf("%q is taken for a task of ours", bad)
		}
	}
	if id := jobID(testSession, "my-pool", 12); !strings.HasPrefix(id, "slc-0123abcd-") || generation(id) != 12 || !validID().MatchString(id) {
		t.Errorf("job %s, generation %d", id, generation(id))
	}
	long := autoID(strings.Repeat("a", 64), "Standard_"+strings.Repeat("D", 90), 2)
	if !validID().MatchString(long) || !strings.HasSuffix(long, "-c") {
		t.Errorf("pool %s", long)
	}
	for v, want := range map[string]bool{"10.25.0": true, "10.32.2": true, "11.0": true, "10.8.0": false, "10.24.9": false, "": false, "x.y": false} {
		if atLeast(v, "10.25") != want {
			t.Errorf("version %q is %v", v, !want)
		}
	}
}

// A job is a leftover once its head has been silent.
func TestLeft(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	at := func(d time.Duration) string { return now.Add(d).Format(time.RFC3339) }
	for _, tc := range []struct {
		renewed, lease string
		want           bool
	}{
		{at(-time.Hour), at(23 * time.Hour), false},
		{at(-3 * time.Hour), at(21 * time.Hour), true},
		{at(-25 * time.Hour), at(-time.Hour), true},
		{"", "", false},
	} {
		if got := left(now, azbatch.JobStateActive, map[string]string{metaRenewed: tc.renewed, metaLease: tc.lease, metaLeft: tc.renewed}); (got != "") != (tc.want && tc.lease < at(0)) {
			t.Errorf("%+v, detached: %q", tc, got)
		}
		if got := left(now, azbatch.JobStateActive, map[string]string{metaRenewed: tc.renewed, metaLease: tc.lease}); (got != "") != tc.want {
			t.Errorf("%+v: %q", tc, got)
		}
	}
}

// A head of this machine is dead when its process is gone; of another machine
// nothing is known.
func TestDeadHere(t *testing.T) {
	t.Parallel()
	if machineID() == "" {
		t.Skip("this system does not say which boot it is")
	}
	gone := exec.Command("true")
	if err := gone.Run(); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		pid     int
		machine string
		want    bool
	}{
		{os.Getpid(), machineID(), false}, {gone.Process.Pid, machineID(), true}, {gone.Process.Pid, "another", false}, {gone.Process.Pid, "", false}, {0, machineID(), false},
	} {
		if got := deadHere(map[string]string{metaPID: strconv.Itoa(tc.pid), metaMachine: tc.machine}); got != tc.want {
			t.Errorf("%+v: %v", tc, got)
		}
	}
}

func TestLeftovers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, nil, nil)
		r.run = func(ctx context.Context, c batch.Command, _ func(string, string)) int {
			if rest(ctx, 1000*time.Hour) != nil {
				return 137
			}
			return 0
		}
		dead := r.head(nil)
		r.submit(dead, newTask(1))
		if list, err := Leftovers(t.Context(), r.client, ""); err != nil || len(list) != 0 {
			t.Errorf("a run that lives has leftovers: %v, %v", list, err)
		}
		dead.die()
		time.Sleep(4 * time.Hour)
		list, err := Leftovers(t.Context(), r.client, "")
		if err != nil || len(list) != 2 || list[0].Kind != "job" || list[0].Run != "mad_curie" || list[1].Kind != "pool" {
			t.Fatalf("%+v, %v", list, err)
		}
		for _, l := range list {
			if err := RemoveLeftover(t.Context(), r.client, l); err != nil {
				t.Error(err)
			}
		}
		time.Sleep(time.Hour)
		if list, err := Leftovers(t.Context(), r.client, ""); err != nil || len(list) != 0 {
			t.Errorf("%v, %v", list, err)
		}
	})
}
