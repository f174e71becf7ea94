package azurebatch

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"sluice/internal/config"
	"sluice/internal/executor"
	"sluice/internal/rehearsal/batch"
	"sluice/internal/rehearsal/state"
	"sluice/internal/task"
)

// At Azure's own intervals: the first tasks run as soon as a node is there,
// the others as soon as the nodes are that they need; a second run on the same
// pool, which has shrunk to nothing, does not wait for its formula either.
func TestNodesAtOnce(t *testing.T) {
	t.Parallel()
	for _, spot := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			st := &state.State{Batch: state.Batch{NodeStart: 2 * time.Minute, SpotQuota: 100, CoreQuota: 100}}
			if spot {
				st.Batch.AllocationMode = "UserSubscription"
			}
			r := newRig(t, st, func(c *config.Azure) {
				c.Pools["auto"] = &config.AzurePool{Name: "auto", AutoScale: true, VMType: "Standard_D4ds_v5", MaxVMCount: 10, LowPriority: spot}
			})
			r.run = func(ctx context.Context, _ batch.Command, _ func(string, string)) int {
				_ = rest(ctx, 3*time.Minute)
				return 0
			}
			e := r.head(nil)
			var list []*task.Task
			for n := range 40 { // ten nodes of four
				list = append(list, newTask(n+1))
			}
			begin := time.Now()
			got := r.wait(e, r.submit(e, list...), time.Hour)
			first, last := span(begin, got)
			if first > 3*time.Minute {
				t.Errorf("the first task ran after %s", first)
			}
			if last > 4*time.Minute {
				t.Errorf("the last task ran after %s", last)
			}
			r.close(e, false)

			time.Sleep(20 * time.Minute)
			pools := r.pools()
			if len(pools) != 1 || !strings.Contains(pools[0], `targetDedicatedNodes 0, targetLowPriorityNodes 0, current 0`) {
				t.Errorf("after the run: %q", pools)
			}
			e = r.head(func(o *Options) { o.Session = "99999999-0000-4000-8000-000000000000" })
			begin = time.Now()
			first, last = span(begin, r.wait(e, r.submit(e, list[:8]...), time.Hour))
			if first > 3*time.Minute || last > 3*time.Minute {
				t.Errorf("in the second run the first task ran after %s, the last after %s", first, last)
			}
			r.close(e, false)
		})
	}
}

// span is when the first and the last task began.
func span(begin time.Time, got map[int]executor.Update) (first, last time.Duration) {
	first = 1 << 62
	for _, u := range got {
		d := u.Result.Start.Sub(begin)
		first, last = min(first, d), max(last, d)
	}
	return first, last
}

func TestStarted(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	text := strings.ReplaceAll(formula(1, 7, true), bornMark, "2020-01-01T00:00:00Z")
	got, most, ok := started(text, 5, now)
	if !ok || most != 7 || !strings.Contains(got, "first = 5;\n") || !strings.Contains(got, `young = time() < time("2026-01-02T03:04:05Z") + TimeInterval_Minute * 4;`) {
		t.Errorf("%v, most %d: %s", ok, most, got)
	}
	if _, _, ok := started("$TargetDedicatedNodes = 3;", 5, now); ok {
		t.Error("a formula of somebody else was changed")
	}
}
