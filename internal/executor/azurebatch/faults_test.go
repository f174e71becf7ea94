package azurebatch

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"sluice/internal/azure"
	"sluice/internal/config"
	"sluice/internal/executor"
	"sluice/internal/lang/value"
	"sluice/internal/node"
	"sluice/internal/rehearsal/batch"
	"sluice/internal/rehearsal/state"
	"sluice/internal/task"
)

func many(n int) []*task.Task {
	var list []*task.Task
	for i := range n {
		list = append(list, newTask(i+1))
	}
	return list
}

// wellDone fails unless all tasks ended well, each having run once.
func (r *rig) wellDone(list []*task.Task, got map[int]executor.Update) {
	r.t.Helper()
	for _, tk := range list {
		u := got[tk.ID]
		if u.State != task.Completed || u.Result.Exit != 0 || u.Result.Err != nil {
			r.t.Errorf("task %d: %v, exit %d, %v", tk.ID, u.State, u.Result.Exit, u.Result.Err)
		}
		if n := r.ran(taskID(tk.Hash, 0)); n != 1 {
			r.t.Errorf("task %d ran %d times", tk.ID, n)
		}
	}
}

// Whatever the service answers to a call that it may well have obeyed, each
// task runs once.
func TestFaults(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		faults []state.Fault
		heard  string
	}{
		{"throttled", []state.Fault{{Service: "batch", Path: "addtaskcollection", Status: 429, RetryAfter: 3 * time.Second, Times: 4}}, ""},
		{"busy without a time", []state.Fault{{Service: "batch", Path: "addtaskcollection", Status: 503, Code: "ServerBusy", Every: 2, Times: 5}}, ""},
		{"lost answer of add", []state.Fault{{Service: "batch", Path: "addtaskcollection", AfterEffect: true, Drop: true, Times: 2}}, ""},
		{"500 after add", []state.Fault{{Service: "batch", Path: "addtaskcollection", AfterEffect: true, Status: 500, Times: 2}}, ""},
		{"lost answer of the job", []state.Fault{{Service: "batch", Method: "POST", Path: `/jobs\?`, AfterEffect: true, Drop: true, Times: 1}}, ""},
		{"too large", []state.Fault{{Service: "batch", Path: "addtaskcollection", Status: 413, Code: "RequestBodyTooLarge", Times: 3}}, ""},
		{"refused filter", []state.Fault{{Service: "batch", Path: "stateTransitionTime\\+ge", Status: 400, Code: "InvalidQueryParameterValue"}}, "does not filter"},
		{"lists fail", []state.Fault{{Service: "batch", Method: "GET", Path: `/tasks\?`, Status: 500, Times: 12}}, "poll:"},
		{"lost answer of the pool", []state.Fault{{Service: "arm", Method: "PUT", Path: "/pools/", AfterEffect: true, Drop: true, Times: 1}}, ""},
		{"job quota for a while", []state.Fault{{Service: "batch", Method: "POST", Path: `/jobs\?`, Status: 409, Code: "ActiveJobAndScheduleQuotaReached", Times: 2}}, "as many active jobs"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, &state.State{Faults: tc.faults}, nil)
				r.run = func(ctx context.Context, c batch.Command, _ func(string, string)) int {
					_ = rest(ctx, 5*time.Minute)
					return 0
				}
				e := r.head(nil)
				list := many(120)
				r.wellDone(list, r.wait(e, r.submit(e, list...), 12*time.Hour))
				if tc.heard != "" && !r.heard(tc.heard) {
					t.Errorf("nothing was said of %q: %q", tc.heard, r.said)
				}
				r.close(e, false)
			})
		})
	}
}

// A fault of infrastructure is met by adding the task again, and a task that
// Azure fails every time fails with a reason.
func TestInfra(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, nil, func(c *config.Azure) { c.Batch.MaxInfraRetries = 3 })
		never := newTask(2)
		r.run = func(_ context.Context, c batch.Command, put func(string, string)) int {
			if strings.HasSuffix(c.Task, "-0") || strings.Contains(c.Task, never.Hash.String()) {
				put(".command.fault", `{"class":"infra","step":"stage-in","op":"GET","status":503,"code":"ServerBusy","message":"busy"}`)
				return 111
			}
			return 0
		}
		e := r.head(nil)
		good := newTask(1)
		got := r.wait(e, r.submit(e, good, never), 12*time.Hour)
		if u := got[1]; u.State != task.Completed || u.Result.Exit != 0 || !strings.HasSuffix(u.Result.NativeID, "-1") {
			t.Errorf("%+v", u)
		}
		u := got[2]
		var infra *InfraError
		if u.State != task.Failed || !errors.As(u.Result.Err, &infra) || infra.Times != 4 || !strings.Contains(infra.Error(), "503 ServerBusy") {
			t.Errorf("%+v", u)
		}
		r.close(e, false)
	})
}

// A missing role is a finding with the command that grants it, at once.
func TestConfigurationFault(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, nil, nil)
		r.run = func(_ context.Context, c batch.Command, put func(string, string)) int {
			put(".command.fault", `{"class":"config","step":"stage-in","op":"GET","url":"https://lab.blob.core.windows.net/inputs/a","status":403,"code":"AuthorizationPermissionMismatch","message":"no"}`)
			return 112
		}
		e := r.head(nil)
		u := r.wait(e, r.submit(e, newTask(1)), time.Hour)[1]
		var f *azure.FindingError
		if u.State != task.Failed || !errors.As(u.Result.Err, &f) || f.ID != "AZ201" || len(f.Fix) != 1 {
			t.Fatalf("%+v", u)
		}
		for _, want := range []string{"Storage Blob Data Contributor", "--name lab", "containers/inputs", r.w.State().Identities[0].PrincipalID} {
			if !strings.Contains(f.Fix[0], want) {
				t.Errorf("%q lacks %q", f.Fix[0], want)
			}
		}
		if n := r.ran(taskID(newTask(1).Hash, 0)); n != 1 {
			t.Errorf("ran %d times", n)
		}
		r.close(e, false)
	})
}

// A job ends with its tasks; later ones go into the next generation.
func TestGenerations(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, nil, nil)
		e := r.head(nil)
		for n := range 3 {
			tk := newTask(n + 1)
			u := r.wait(e, r.submit(e, tk), time.Hour)[tk.ID]
			if want := fmt.Sprintf("-g%d/", n+1); !strings.Contains(u.Result.NativeID, want) || u.State != task.Completed {
				t.Errorf("%v %q, want %q", u.State, u.Result.NativeID, want)
			}
			time.Sleep(time.Minute)
		}
		r.close(e, false)
	})
}

func TestTimeLimit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, nil, nil)
		r.run = func(ctx context.Context, c batch.Command, _ func(string, string)) int {
			_ = rest(ctx, time.Hour)
			return 0
		}
		e := r.head(nil)
		tk := newTask(1)
		tk.Resources.Time = value.Duration(60000)
		u := r.wait(e, r.submit(e, tk), 2*time.Hour)[1]
		if u.State != task.Failed || !u.Result.TimedOut || u.Result.Err == nil || u.Result.Err.Error() != "Process exceeded running time limit (1m)" {
			t.Errorf("%v %+v", u.State, u.Result)
		}
		r.close(e, false)
	})
}

// Few tasks are ended one by one, many with their job.
func TestKill(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, nil, nil)
		r.run = func(ctx context.Context, c batch.Command, _ func(string, string)) int {
			if rest(ctx, 20*time.Minute) != nil {
				return 137
			}
			return 0
		}
		e := r.head(nil)
		list := many(60)
		hs := r.submit(e, list...)
		time.Sleep(3 * time.Minute)
		for range 2 {
			if err := e.Kill(context.Background(), hs[:3]); err != nil {
				t.Fatal(err)
			}
		}
		for id, u := range r.wait(e, hs[:3], time.Minute) {
			if u.State != task.Aborted || !errors.Is(u.Result.Err, ErrKilled) {
				t.Errorf("%d: %v %v", id, u.State, u.Result.Err)
			}
		}
		if err := e.Kill(context.Background(), hs[3:]); err != nil {
			t.Fatal(err)
		}
		for id, u := range r.wait(e, hs[3:], time.Minute) {
			if u.State != task.Aborted {
				t.Errorf("%d: %v %v", id, u.State, u.Result.Err)
			}
		}
		terminated := 0
		for _, c := range r.w.Calls() {
			if c.Method == "POST" && strings.Contains(c.Path, "/terminate") && !strings.Contains(c.Path, "/tasks/") {
				terminated++
			}
		}
		if terminated != 1 {
			t.Errorf("%d jobs were ended, want 1", terminated)
		}
		r.close(e, false)
	})
}

// A node that may not write leaves its fault in its standard error; a script
// may end with the same status by itself.
func TestSilentFault(t *testing.T) {
	t.Parallel()
	const fault = `{"class":"config","step":"stage-out","op":"PUT","url":"https://rehearsal.blob.core.windows.net/work/run/x","status":403,"code":"AuthorizationPermissionMismatch","message":"no"}`
	for _, tc := range []struct {
		name, stderr string
		status       int
		exitcode     bool
		id           string // of the finding
		exit         int    // when the script's own status counts
	}{
		{"told", "error: no\n" + node.FaultLine + fault + "\n", 112, false, "AZ201", 0},
		{"nothing told", "error: no\n", 112, false, "AZ802", 0},
		{"no standard error", "", 112, false, "AZ802", 0},
		{"the script's own", node.FaultLine + fault, 112, true, "", 112},
		{"the script's own 111", "", 111, true, "", 111},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			// Nodes with directories of their own, so in real time.
			r := newRigIn(t, t.TempDir(), &state.State{Batch: state.Batch{NodeStart: time.Millisecond}}, nil)
			r.run = func(_ context.Context, c batch.Command, put func(string, string)) int {
				if tc.stderr != "" {
					if err := os.WriteFile(filepath.Join(filepath.Dir(c.Dir), "stderr.txt"), []byte(tc.stderr), 0o666); err != nil {
						t.Error(err)
					}
				}
				if tc.exitcode {
					put(".exitcode", fmt.Sprint(tc.status))
				}
				return tc.status
			}
			e := r.head(nil)
			u := r.wait(e, r.submit(e, newTask(1)), time.Hour)[1]
			var f *azure.FindingError
			switch {
			case tc.id != "" && (!errors.As(u.Result.Err, &f) || f.ID != tc.id):
				t.Errorf("%v", u.Result.Err)
			case tc.id == "" && (u.State != task.Completed || u.Result.Err != nil || u.Result.Exit != tc.exit):
				t.Errorf("%+v", u)
			}
			r.close(e, false)
		})
	}
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, nil, nil)
		r.run = func(_ context.Context, c batch.Command, _ func(string, string)) int {
			if strings.HasSuffix(c.Task, "-0") {
				return 111
			}
			return 0
		}
		e := r.head(nil)
		if u := r.wait(e, r.submit(e, newTask(1)), time.Hour)[1]; u.State != task.Completed || u.Result.Exit != 0 {
			t.Errorf("%+v", u)
		}
		r.close(e, false)
	})
}
