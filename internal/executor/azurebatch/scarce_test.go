package azurebatch

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"sluice/internal/azure"
	"sluice/internal/config"
	"sluice/internal/lang/value"
	"sluice/internal/rehearsal/batch"
	"sluice/internal/rehearsal/state"
	"sluice/internal/task"
)

// sleeps runs all tasks for a time.
func sleeps(d time.Duration) func(context.Context, batch.Command, func(string, string)) int {
	return func(ctx context.Context, _ batch.Command, _ func(string, string)) int {
		if rest(ctx, d) != nil {
			return 137
		}
		return 0
	}
}

// Hundreds of tasks that end in the same moment are all read.
func TestManyEndAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, nil, func(c *config.Azure) {
			c.Pools[auto] = &config.AzurePool{Name: auto, VMCount: 40, MaxVMCount: 100}
		})
		r.run = sleeps(time.Hour)
		e := r.head(nil)
		list := many(300)
		r.wellDone(list, r.wait(e, r.submit(e, list...), 12*time.Hour))
		r.close(e, false)
	})
}

// Where a machine type is not to be had, tasks go on with the next one.
func TestNextMachineType(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		batch  state.Batch
		wanted string
		sizes  []state.VMSize
		tasks  int
		on     string // the machine type that they run on; "" for none
		heard  string
	}{
		{
			name: "family without quota", batch: state.Batch{FamilyQuota: map[string]int{"standardDDSv5Family": 0}},
			tasks: 5, on: "D4s_v3", heard: "AccountVMSeriesCoreQuotaReached",
		},
		{
			name: "no capacity, many tasks", wanted: "Standard_X4, Standard_X8", tasks: 120, on: "X8", heard: "AllocationTimedout",
			sizes: []state.VMSize{{Name: "Standard_X4", CPUs: 4, MemoryGB: 16, DiskGB: 100}, {Name: "Standard_X8", CPUs: 8, MemoryGB: 32, DiskGB: 100}},
		},
		{name: "nothing else fits", wanted: "Standard_D4ds_v5", batch: state.Batch{FamilyQuota: map[string]int{"standardDDSv5Family": 0}}, tasks: 3, heard: "waiting for quota"},
		{name: "quota of the account", batch: state.Batch{CoreQuota: -1}, tasks: 3, heard: "waiting for quota"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				st := &state.State{Batch: tc.batch, VMSizes: tc.sizes}
				if tc.heard == "AllocationTimedout" {
					st.Faults = []state.Fault{{Event: "resize", Times: 2}} // at first, and when the formula is set again
				}
				r := newRig(t, st, func(c *config.Azure) {
					c.Batch.MaxPoolWait = value.Duration(6 * 3600000)
					c.Pools[auto] = &config.AzurePool{Name: auto, VMType: tc.wanted}
				})
				r.run = sleeps(time.Minute)
				e := r.head(nil)
				list := many(tc.tasks)
				got := r.wait(e, r.submit(e, list...), 24*time.Hour)
				for _, tk := range list {
					u := got[tk.ID]
					if (u.State == task.Completed) != (tc.on != "") || r.ran(taskID(tk.Hash, 0))+r.ran(taskID(tk.Hash, 1)) > 1 {
						t.Fatalf("task %d: %v, %v", tk.ID, u.State, u.Result.Err)
					}
				}
				if !r.heard(tc.heard) || tc.on != "" && !r.heard("go on with the next machine type") || tc.on == "" && r.heard("go on with") {
					t.Errorf("said %q", r.said)
				}
				types := map[string]bool{}
				for _, l := range e.lanes() {
					types[strings.TrimPrefix(l.pool.vm.Name, "Standard_")] = true
				}
				if tc.on != "" && (!types[tc.on] || len(types) != 2) || tc.on == "" && len(types) != 1 {
					t.Errorf("pools of %v, want one of %q", types, tc.on)
				}
				r.close(e, false)
			})
		})
	}
}

// A task that loses its spot node again and again gets a dedicated one; the
// account must have spot nodes at all.
func TestSpot(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		st := &state.State{Batch: state.Batch{AllocationMode: "UserSubscription"}}
		for n := range 6 {
			st.Faults = append(st.Faults, state.Fault{Event: "preempt", At: time.Duration(10*(n+1)) * time.Minute})
		}
		r := newRig(t, st, func(c *config.Azure) {
			c.Batch.MaxSpotLosses = 3
			c.Pools[auto] = &config.AzurePool{Name: auto, VMType: "Standard_D4ds_v5", LowPriority: true, MaxVMCount: 1}
		})
		r.run = func(ctx context.Context, c batch.Command, put func(string, string)) int {
			if strings.HasSuffix(c.Node.ID, "_p") { // a spot node
				return sleeps(30*time.Minute)(ctx, c, put)
			}
			return sleeps(5*time.Minute)(ctx, c, put)
		}
		e := r.head(nil)
		tk := newTask(1)
		tk.Resources.Time = value.Duration(5 * 3600000)
		u := r.wait(e, r.submit(e, tk), 24*time.Hour)[1]
		if u.State != task.Completed || u.Result.Exit != 0 || !strings.HasSuffix(u.Result.NativeID, "-1") {
			t.Errorf("%v %+v", u.State, u.Result)
		}
		for _, want := range []string{"lost its node", "3 spot nodes", "dedicated", "process `P` may run for 5h"} {
			if !r.heard(want) {
				t.Errorf("not said: %s; but %q", want, r.said)
			}
		}
		if lanes := e.lanes(); len(lanes) != 2 || lanes[0].pool.spot == lanes[1].pool.spot {
			t.Errorf("%d pools", len(lanes))
		}
		r.close(e, false)
	})
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, nil, func(c *config.Azure) { c.Pools[auto] = &config.AzurePool{Name: auto, LowPriority: true} })
		e := r.head(nil)
		_, err := e.Submit(t.Context(), newTask(1))
		var f *azure.FindingError
		if !errors.As(err, &f) || f.ID != "AZ307" || !strings.Contains(f.What, "BatchService") {
			t.Errorf("%v", err)
		}
		r.close(e, false)
	})
}

// A node that is lost costs a task nothing but time.
func TestNodeLoss(t *testing.T) {
	t.Parallel()
	for _, event := range []string{"lose", "unusable"} {
		synctest.Test(t, func(t *testing.T) {
			r := newRig(t, &state.State{Faults: []state.Fault{{Event: event, At: 10 * time.Minute}}}, nil)
			r.run = sleeps(20 * time.Minute)
			e := r.head(nil)
			list := many(3)
			got := r.wait(e, r.submit(e, list...), 24*time.Hour)
			for _, tk := range list {
				if u := got[tk.ID]; u.State != task.Completed || u.Result.Exit != 0 || r.ran(taskID(tk.Hash, 0)) != 2 {
					t.Errorf("%s: %v %+v, ran %d times", event, u.State, u.Result, r.ran(taskID(tk.Hash, 0)))
				}
			}
			if !r.heard("lost its node") {
				t.Errorf("%s: said %q", event, r.said)
			}
			r.close(e, false)
		})
	}
}

// The share in the formula follows the tasks.
func TestShareFollows(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, nil, func(c *config.Azure) {
			c.Pools[auto] = &config.AzurePool{Name: auto, VMType: "Standard_D8ds_v5", VMCount: 1, MaxVMCount: 10}
		})
		r.run = sleeps(3 * time.Hour)
		e := r.head(nil)
		var list []*task.Task
		for n := range 9 {
			tk := newTask(n + 1)
			if n > 0 {
				tk.Resources.Cpus = 8
			}
			list = append(list, tk)
		}
		hs := append(r.submit(e, list[0]), r.submit(e, list[1:]...)...)
		if n := len(e.lanes()); n != 1 {
			t.Fatalf("tasks of one machine type have %d pools", n)
		}
		id := e.lanes()[0].pool.id
		share := func() float64 {
			p, err := e.s.batch.GetPool(t.Context(), id, nil)
			if err != nil {
				t.Fatal(err)
			}
			got, _, ok := readFormula(val(p.AutoScaleFormula))
			if !ok || strings.Contains(*p.AutoScaleFormula, "{") {
				t.Fatalf("formula %s", *p.AutoScaleFormula)
			}
			return got
		}
		first := share() // of the task that came first
		time.Sleep(10 * time.Minute)
		if got := share(); got < 0.85 || got > 0.95 {
			t.Errorf("the share was %g and is %g, want about 0.9", first, got)
		}
		time.Sleep(time.Hour)
		set := 0
		for _, c := range r.w.Calls() {
			if strings.Contains(c.Path, "/enableautoscale") {
				set++
			}
		}
		if set > 2 { // for more nodes, and for another share
			t.Errorf("the formula was set %d times: %q", set, r.said)
		}
		for id, u := range r.wait(e, hs, 24*time.Hour) {
			if u.State != task.Completed {
				t.Errorf("%d: %v", id, u.State)
			}
		}
		r.close(e, false)
	})
}

func TestReadFormula(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		text  string
		share float64
		spot  bool
		ok    bool
	}{
		{strings.ReplaceAll(formula(1, 3, true), shareMark, "0.25"), 0.25, true, true},
		{strings.ReplaceAll(formula(1, 3, false), shareMark, "1"), 1, false, true},
		{"$TargetDedicatedNodes = 3;", 0, false, false},
		{"", 0, false, false},
	} {
		share, spot, ok := readFormula(tc.text)
		if share != tc.share || spot != tc.spot || ok != tc.ok {
			t.Errorf("%q: %g %v %v", tc.text, share, spot, ok)
		}
	}
}
