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
	"sluice/internal/executor"
	"sluice/internal/lang/value"
	"sluice/internal/rehearsal/batch"
	"sluice/internal/rehearsal/state"
	"sluice/internal/task"
)

// die ends a head as kill -9 does: nothing is ended, deleted or renewed.
func (e *Executor) die() {
	e.mu.Lock()
	e.closed = true
	e.mu.Unlock()
	e.cancel(errors.New("killed"))
	e.bg.Wait()
	_ = e.files.Wait()
}

// After the death of a head the next one adopts what runs and what ended.
func TestReattach(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, nil, nil)
		bad := newTask(3)
		r.run = func(ctx context.Context, c batch.Command, _ func(string, string)) int {
			switch c.Task {
			case taskID(newTask(1).Hash, 0):
				return 0
			case taskID(bad.Hash, 0):
				return 5
			}
			_ = rest(ctx, 30*time.Minute)
			return 0
		}
		list := many(10)
		first := r.head(nil)
		r.submit(first, list...)
		time.Sleep(4 * time.Minute) // 1 ended, 3 failed, others run
		first.die()
		time.Sleep(5 * time.Minute)
		e := r.head(func(o *Options) { o.Resume = true })
		for _, tk := range list {
			want := executor.Alive
			if tk.ID == bad.ID {
				want = executor.Spent
			}
			if got := e.Lookup(tk.Hash); got != want {
				t.Errorf("task %d is %d, want %d", tk.ID, got, want)
			}
		}
		if got := e.Lookup(newTask(99).Hash); got != executor.Unknown {
			t.Errorf("a task that nobody submitted is %d", got)
		}
		alive := append(append([]*task.Task(nil), list[:2]...), list[3:]...)
		r.wellDone(alive, r.wait(e, r.submit(e, alive...), 2*time.Hour))
		r.close(e, false)
	})
}

// A head that died leaves jobs that end by themselves, when their tasks have
// or when the lease is over, and a pool without nodes.
func TestDeadHeadLeaksNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, nil, func(c *config.Azure) { c.Batch.JobLease = value.Duration(24 * 3600000) })
		r.run = func(ctx context.Context, c batch.Command, _ func(string, string)) int {
			if rest(ctx, 1000*time.Hour) != nil {
				return 137
			}
			return 0
		}
		e := r.head(nil)
		hs := r.submit(e, many(3)...)
		time.Sleep(30 * time.Hour) // beyond the first lease: it is renewed
		job, _, _ := strings.Cut(hs[0].Native, "/")
		if s := r.jobState(e, job); s != "active" {
			t.Fatalf("the job of a live head is %s", s)
		}
		e.die()
		time.Sleep(25*time.Hour + 30*time.Minute)
		if s := r.jobState(e, job); s != "completed" {
			t.Errorf("the job of a dead head is %s", s)
		}
		time.Sleep(30 * time.Minute)
		pool, err := e.s.batch.GetPool(context.Background(), e.lanes()[0].pool.id, nil)
		if err != nil || val(pool.CurrentDedicatedNodes) != 0 {
			t.Errorf("%d nodes are left, %v", val(pool.CurrentDedicatedNodes), err)
		}
	})
}

func (r *rig) jobState(e *Executor, id string) string {
	got, err := e.s.batch.GetJob(context.Background(), id, nil)
	if err != nil {
		r.t.Fatal(err)
	}
	return string(val(got.State))
}

// Detached, a job goes on and ends with its tasks.
func TestDetach(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, nil, nil)
		r.run = func(ctx context.Context, c batch.Command, _ func(string, string)) int {
			_ = rest(ctx, time.Hour)
			return 0
		}
		e := r.head(nil)
		list := many(3)
		hs := r.submit(e, list...)
		time.Sleep(5 * time.Minute)
		r.close(e, true)
		job, _, _ := strings.Cut(hs[0].Native, "/")
		if s := r.jobState(e, job); s != "active" {
			t.Fatalf("the job is %s", s)
		}
		time.Sleep(2 * time.Hour)
		if s := r.jobState(e, job); s != "completed" {
			t.Errorf("the job is %s", s)
		}
		for _, tk := range list {
			if n := r.ran(taskID(tk.Hash, 0)); n != 1 {
				t.Errorf("task %d ran %d times", tk.ID, n)
			}
		}
	})
}

// Want of quota is told within two minutes, and ends the wait when a limit is set.
func TestQuota(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, &state.State{Batch: state.Batch{CoreQuota: -1}}, func(c *config.Azure) { c.Batch.MaxPoolWait = value.Duration(20 * 60000) })
		e := r.head(nil)
		hs := r.submit(e, newTask(1))
		time.Sleep(2*time.Minute + time.Second)
		if !r.heard("1 tasks wait, 0 run, 0 nodes") {
			t.Errorf("nothing was said in two minutes: %q", r.said)
		}
		u := r.wait(e, hs, time.Hour)[1]
		var f *azure.FindingError
		if u.State != task.Failed || !errors.As(u.Result.Err, &f) || f.ID != findingPoolWait || !r.heard("waiting for quota (AccountCoreQuotaReached") {
			t.Errorf("%+v, %q", u, r.said)
		}
		r.close(e, false)
	})
}

// The same specification is the same pool, another identity another one.
func TestPoolReuse(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		st := &state.State{Identities: []state.Identity{{Name: "nodes"}, {Name: "other"}, {Name: "head"}}}
		r := newRig(t, st, nil)
		pools := map[string]bool{}
		for n, session := range []string{testSession, "ffffffff-0000-4000-8000-000000000000"} {
			e := r.head(func(o *Options) { o.Session = session })
			tk := newTask(n + 1)
			r.wait(e, r.submit(e, tk), time.Hour)
			pools[e.lanes()[0].pool.id] = true
			r.close(e, false)
		}
		if len(pools) != 1 {
			t.Errorf("two runs made %d pools", len(pools))
		}
	})
}

// What is wrong with a pool is said before anything is submitted.
func TestPoolFindings(t *testing.T) {
	t.Parallel()
	st := func() *state.State {
		return &state.State{
			Identities: []state.Identity{{Name: "nodes"}, {Name: "two"}, {Name: "head"}},
			Pools: []state.Pool{
				{Name: "one", Identities: []string{"two"}, Containers: true, Nodes: 1},
				{Name: "both", Identities: []string{"nodes", "two"}, Containers: true, Nodes: 1},
				{Name: "bare", Containers: true, Nodes: 1},
				{Name: "plain", Identities: []string{"nodes"}, Nodes: 1},
				{Name: "going", Identities: []string{"nodes"}, State: "deleting"},
			},
		}
	}
	for _, tc := range []struct {
		name, queue string
		identity    config.IdentityChoice
		id          string // "" is none: the task runs
	}{
		{"no such pool", "nowhere", config.IdentityChoice{}, "AZ501"},
		{"the only identity", "one", config.IdentityChoice{}, ""},
		{"system of one", "one", config.IdentityChoice{System: true}, ""},
		{"system of two", "both", config.IdentityChoice{System: true}, "AZ101"},
		{"none of two", "both", config.IdentityChoice{}, "AZ108"},
		{"one of two", "both", config.IdentityChoice{Name: "two"}, ""},
		{"not there", "one", config.IdentityChoice{Name: "nodes"}, "AZ105"},
		{"no identity", "bare", config.IdentityChoice{}, "AZ107"},
		{"no containers", "plain", config.IdentityChoice{}, "AZ503"},
		{"deleting", "going", config.IdentityChoice{}, "AZ502"},
		{"made with system", "auto", config.IdentityChoice{System: true}, "AZ101"},
		{"made with none", "auto", config.IdentityChoice{}, "AZ107"},
		{"made with one unknown", "auto", config.IdentityChoice{ClientID: "00000000-0000-4000-8000-00000000dead"}, "AZ102"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, st(), func(c *config.Azure) { c.Nodes = tc.identity })
				e := r.head(nil)
				tk := newTask(1)
				tk.Resources.Queue = tc.queue
				h, err := e.Submit(context.Background(), tk)
				var f *azure.FindingError
				switch {
				case tc.id == "" && err != nil:
					t.Error(err)
				case tc.id == "":
					if u := r.wait(e, []executor.Handle{h}, time.Hour)[1]; u.State != task.Completed {
						t.Errorf("%+v", u)
					}
				case !errors.As(err, &f) || f.ID != tc.id:
					t.Errorf("%v, want %s", err, tc.id)
				}
				r.close(e, false)
			})
		})
	}
}
