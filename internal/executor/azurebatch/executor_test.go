package azurebatch

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"sluice/internal/rehearsal/batch"
	"sluice/internal/task"
)

// A run: a pool is made, tasks are added together, run and are reported.
// TestPriceOnce: what a node costs is asked once, however many tasks end.
func TestPriceOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, nil, nil)
		r.run = func(ctx context.Context, _ batch.Command, _ func(string, string)) int {
			_ = rest(ctx, time.Minute)
			return 0
		}
		e := r.head(nil)
		var list []*task.Task
		for n := range 40 {
			tk := newTask(n + 1)
			tk.WantMetrics = true
			list = append(list, tk)
		}
		for id, u := range r.wait(e, r.submit(e, list...), 3*time.Hour) {
			if u.State != task.Completed || u.Result.Exit != 0 {
				t.Errorf("task %d: %v, exit %d, %v", id, u.State, u.Result.Exit, u.Result.Err)
			}
		}
		if n := r.w.Budget().Count("prices", ""); n != 1 {
			t.Errorf("the price was asked %d times", n)
		}
		e.die()
		_ = r.w.Close()
	})
}

func TestRun(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, nil, nil)
		r.run = func(ctx context.Context, c batch.Command, put func(string, string)) int {
			_ = rest(ctx, time.Minute)
			if c.Task == taskID(newTask(7).Hash, 0) {
				return 3
			}
			return 0
		}
		e := r.head(nil)
		var list []*task.Task
		for n := range 20 {
			list = append(list, newTask(n+1))
		}
		hs := r.submit(e, list...)
		got := r.wait(e, hs, time.Hour)
		for _, tk := range list {
			u := got[tk.ID]
			want := 0
			if tk.ID == 7 {
				want = 3
			}
			if u.State != task.Completed || u.Result.Exit != want || u.Result.Err != nil {
				t.Errorf("task %d: %v, exit %d, %v", tk.ID, u.State, u.Result.Exit, u.Result.Err)
			}
			if d := u.Result.Complete.Sub(u.Result.Start); d < time.Minute || d > 2*time.Minute {
				t.Errorf("task %d took %s", tk.ID, d)
			}
			if u.Result.Hostname == "" || u.Result.NativeID == "" || u.Result.Cost <= 0 {
				t.Errorf("task %d: %+v", tk.ID, u.Result)
			}
		}
		r.close(e, false)
	})
}
