package batch

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/batch/azbatch"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/batch/armbatch/v2"

	"sluice/internal/rehearsal/state"
)

// scripted runs commands of the form "sleep <duration>; exit <n>" in the
// time of the test.
type scripted struct {
	mu  sync.Mutex
	ran []string // kind job/task@node
	by  map[string]int
}

func (s *scripted) Run(ctx context.Context, c Command) (int, error) {
	s.mu.Lock()
	s.ran = append(s.ran, fmt.Sprintf("%s %s/%s@%s", c.Kind, c.Job, c.Task, c.Node.ID))
	if s.by == nil {
		s.by = map[string]int{}
	}
	s.by[c.Kind+" "+c.Task]++
	s.mu.Unlock()
	var d time.Duration
	var err error
	if len(c.Args) > 1 {
		if d, err = time.ParseDuration(c.Args[1]); err != nil {
			return 0, err
		}
	}
	select {
	case <-ctx.Done():
		return exitKilled, nil
	case <-time.After(d):
	}
	exit := 0
	if len(c.Args) > 3 {
		_, err = fmt.Sscan(c.Args[3], &exit)
	}
	return exit, err
}

func (s *scripted) count(key string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.by[key]
}

// virtual is a test in virtual time.
func virtual(t *testing.T, change func(*state.State), f func(r *rig, run *scripted)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		run := &scripted{}
		r := newRig(t, func(st *state.State, o *Options) {
			o.Runner = run
			st.Batch.NodeStart = time.Minute
			if change != nil {
				change(st)
			}
		})
		f(r, run)
		r.s.Close()
	})
}

func (r *rig) after(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func (r *rig) getPool(id string) azbatch.Pool {
	r.t.Helper()
	res, err := r.data.GetPool(context.Background(), id, nil)
	if err != nil {
		r.t.Fatal(err)
	}
	return res.Pool
}

func (r *rig) getJob(id string) azbatch.Job {
	r.t.Helper()
	res, err := r.data.GetJob(context.Background(), id, nil)
	if err != nil {
		r.t.Fatal(err)
	}
	return res.Job
}

// nodes are the states of a pool's nodes.
func (r *rig) nodes(pool string) []string {
	r.t.Helper()
	var states []string
	for p := r.data.NewListNodesPager(pool, nil); p.More(); {
		page, err := p.NextPage(context.Background())
		if err != nil {
			r.t.Fatal(err)
		}
		for _, n := range page.Value {
			states = append(states, string(*n.State))
		}
	}
	return states
}

func want(t testing.TB, what string, got, want any) {
	t.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

func TestNodeStates(t *testing.T) {
	t.Parallel()
	virtual(t, nil, func(r *rig, run *scripted) {
		p := fixedPool(2)
		p.Properties.StartTask = &armbatch.StartTask{CommandLine: to.Ptr("sleep 30s"), WaitForSuccess: to.Ptr(true)}
		r.pool("p", p)
		want(t, "allocation", *r.getPool("p").AllocationState, "resizing")
		r.after(2 * time.Second)
		want(t, "nodes", r.nodes("p"), "[creating creating]")
		want(t, "allocation", *r.getPool("p").AllocationState, "steady")
		r.after(30 * time.Second)
		want(t, "nodes", r.nodes("p"), "[starting starting]")
		r.after(30 * time.Second)
		want(t, "nodes", r.nodes("p"), "[waitingforstarttask waitingforstarttask]")
		r.after(30 * time.Second)
		want(t, "nodes", r.nodes("p"), "[idle idle]")
		r.job("j", nil)
		r.task("j", "a", "sleep 1m", nil)
		r.after(time.Second)
		want(t, "task", *r.getTask("j", "a").State, "running")
		want(t, "nodes", r.nodes("p"), "[running idle]")
		if _, err := r.data.ResizePool(context.Background(), "p", azbatch.ResizePoolContent{TargetDedicatedNodes: to.Ptr[int32](0), NodeDeallocationOption: to.Ptr(azbatch.NodeDeallocationOptionTaskCompletion)}, nil); err != nil {
			t.Fatal(err)
		}
		r.after(5 * time.Second)
		want(t, "nodes", r.nodes("p"), "[running leavingpool]")
		r.after(2 * time.Minute)
		want(t, "nodes", r.nodes("p"), "[]")
		want(t, "task", *r.getTask("j", "a").ExecutionInfo.ExitCode, 0)
		want(t, "allocation", *r.getPool("p").AllocationState, "steady")
		u := r.s.Usage()
		if len(u) != 1 || u[0].Dedicated < 3*time.Minute || u[0].Dedicated > 6*time.Minute || u[0].Cost <= 0 {
			t.Errorf("usage: %+v", u)
		}
	})
}

func TestStartTaskFails(t *testing.T) {
	t.Parallel()
	virtual(t, nil, func(r *rig, run *scripted) {
		p := fixedPool(1)
		p.Properties.StartTask = &armbatch.StartTask{CommandLine: to.Ptr("sleep 1s exit 9"), WaitForSuccess: to.Ptr(true), MaxTaskRetryCount: to.Ptr[int32](2)}
		r.pool("p", p)
		r.after(2 * time.Minute)
		want(t, "nodes", r.nodes("p"), "[starttaskfailed]")
		want(t, "start tasks", run.count("start "), 3)
	})
}

func TestNodeLost(t *testing.T) {
	t.Parallel()
	for event, state := range map[string]string{"lose": "unknown", "unusable": "unusable"} {
		t.Run(event, func(t *testing.T) {
			t.Parallel()
			virtual(t, func(st *stateT) {
				st.Faults = []faultT{{Event: event, Pool: "p", Node: 0}}
			}, func(r *rig, run *scripted) {
				r.pool("p", fixedPool(2))
				r.after(2 * time.Minute)
				r.job("j", nil)
				r.task("j", "a", "sleep 1m", nil)
				r.after(time.Second)
				want(t, "nodes", r.nodes("p"), "["+state+" running]")
				a := r.getTask("j", "a")
				want(t, "state", *a.State, "running")
				want(t, "requeued", *a.ExecutionInfo.RequeueCount, 0)
				r.after(2 * time.Minute)
				want(t, "state", *r.getTask("j", "a").State, "completed")
				want(t, "runs", run.count("task a"), 2)
			})
		})
	}
}

type (
	stateT = state.State
	faultT = state.Fault
)

func TestPreempted(t *testing.T) {
	t.Parallel()
	virtual(t, func(st *stateT) {
		st.Batch.AllocationMode = "UserSubscription"
		st.Faults = []faultT{{Event: "preempt", At: 3 * time.Minute}}
	}, func(r *rig, run *scripted) {
		p := fixedPool(0)
		p.Properties.ScaleSettings.FixedScale.TargetLowPriorityNodes = to.Ptr[int32](1)
		r.pool("p", p)
		r.job("j", nil)
		r.task("j", "a", "sleep 5m", nil)
		r.after(3*time.Minute + time.Second)
		want(t, "nodes", r.nodes("p"), "[preempted]")
		a := r.getTask("j", "a")
		want(t, "task", *a.State, "active")
		want(t, "previous", *a.PreviousState, "running")
		want(t, "current", *r.getPool("p").CurrentLowPriorityNodes, 1)
		r.after(20 * time.Minute)
		want(t, "task", *r.getTask("j", "a").State, "completed")
		want(t, "runs", run.count("task a"), 2)
		if u := r.s.Usage(); u[0].Spot < 10*time.Minute || u[0].Dedicated != 0 {
			t.Errorf("usage: %+v", u)
		}
	})
}

func TestPreparation(t *testing.T) {
	t.Parallel()
	virtual(t, func(st *stateT) { st.Faults = []faultT{{Event: "prep", Node: 0}} }, func(r *rig, run *scripted) {
		r.pool("p", fixedPool(2))
		r.after(2 * time.Minute)
		r.job("j", func(c *azbatch.CreateJobContent) {
			c.JobPreparationTask = &azbatch.JobPreparationTask{CommandLine: to.Ptr("sleep 10s")}
		})
		for i := range 4 {
			r.task("j", fmt.Sprint("t", i), "sleep 1m", nil)
		}
		r.after(time.Second)
		want(t, "task", *r.getTask("j", "t0").State, "preparing")
		// The tasks that were given to the node where the preparation fails
		// went to the other one.
		r.after(3 * time.Minute)
		for i := range 4 {
			want(t, "task", *r.getTask("j", fmt.Sprint("t", i)).State, "completed")
		}
		want(t, "preparations that ran", run.count("prep "), 1)
		page, err := r.data.NewListJobPreparationAndReleaseTaskStatusPager("j", nil).NextPage(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		want(t, "statuses", len(page.Value), 2)
		want(t, "failed", *page.Value[0].JobPreparationTaskExecutionInfo.Result, "failure")
		want(t, "succeeded", *page.Value[1].JobPreparationTaskExecutionInfo.Result, "success")
	})
}

func TestWallTimes(t *testing.T) {
	t.Parallel()
	virtual(t, nil, func(r *rig, run *scripted) {
		r.pool("p", fixedPool(1))
		r.after(2 * time.Minute)
		r.job("j", func(c *azbatch.CreateJobContent) {
			c.Constraints = &azbatch.JobConstraints{MaxWallClockTime: to.Ptr("PT1H")}
		})
		r.task("j", "short", "sleep 1h", func(c *azbatch.CreateTaskContent) {
			c.Constraints = &azbatch.TaskConstraints{MaxWallClockTime: to.Ptr("PT10M")}
		})
		r.task("j", "long", "sleep 100h", nil)
		r.after(11 * time.Minute)
		short := r.getTask("j", "short").ExecutionInfo
		want(t, "wall time", *short.FailureInfo.Code, "TaskEnded")
		want(t, "lasted", short.EndTime.Sub(*short.StartTime), 10*time.Minute)
		r.after(40 * time.Minute)
		if _, err := r.data.UpdateJob(context.Background(), "j", azbatch.UpdateJobContent{Constraints: &azbatch.JobConstraints{MaxWallClockTime: to.Ptr("PT3H")}}, nil); err != nil {
			t.Fatal(err)
		}
		r.after(2 * time.Hour)
		want(t, "renewed", *r.getJob("j").State, "active")
		r.after(time.Hour)
		j := r.getJob("j")
		want(t, "state", *j.State, "completed")
		want(t, "reason", *j.ExecutionInfo.TerminationReason, "MaxWallClockTimeExpiry")
		want(t, "task", *r.getTask("j", "long").ExecutionInfo.FailureInfo.Code, "TaskEnded")
		_, err := r.data.CreateTask(context.Background(), "j", azbatch.CreateTaskContent{ID: to.Ptr("x"), CommandLine: to.Ptr("x")}, nil)
		want(t, "add", code(err), "JobCompleted")
	})
}

func TestOnAllTasksComplete(t *testing.T) {
	t.Parallel()
	virtual(t, nil, func(r *rig, run *scripted) {
		r.pool("p", fixedPool(1))
		r.after(2 * time.Minute)
		r.job("empty", func(c *azbatch.CreateJobContent) {
			c.OnAllTasksComplete = to.Ptr(azbatch.OnAllTasksCompleteTerminateJob)
		})
		want(t, "an empty job", *r.getJob("empty").State, "completed")
		r.job("j", nil)
		r.task("j", "a", "sleep 1m", nil)
		if _, err := r.data.UpdateJob(context.Background(), "j", azbatch.UpdateJobContent{OnAllTasksComplete: to.Ptr(azbatch.OnAllTasksCompleteTerminateJob)}, nil); err != nil {
			t.Fatal(err)
		}
		_, err := r.data.UpdateJob(context.Background(), "j", azbatch.UpdateJobContent{OnAllTasksComplete: to.Ptr(azbatch.OnAllTasksCompleteNoAction)}, nil)
		want(t, "back", code(err), "InvalidPropertyValue")
		want(t, "while it runs", *r.getJob("j").State, "active")
		r.after(2 * time.Minute)
		want(t, "after", *r.getJob("j").State, "completed")
		want(t, "reason", *r.getJob("j").ExecutionInfo.TerminationReason, "AllTasksComplete")
	})
}

func TestJobDeletion(t *testing.T) {
	t.Parallel()
	virtual(t, nil, func(r *rig, run *scripted) {
		ctx := context.Background()
		r.pool("p", fixedPool(1))
		r.after(2 * time.Minute)
		r.job("j", func(c *azbatch.CreateJobContent) {
			c.JobPreparationTask = &azbatch.JobPreparationTask{CommandLine: to.Ptr("sleep 1s")}
			c.JobReleaseTask = &azbatch.JobReleaseTask{CommandLine: to.Ptr("sleep 1s")}
		})
		r.task("j", "a", "sleep 1h", nil)
		r.after(5 * time.Second)
		if _, err := r.data.DeleteJob(ctx, "j", nil); err != nil {
			t.Fatal(err)
		}
		want(t, "state", *r.getJob("j").State, "deleting")
		_, err := r.data.DeleteJob(ctx, "j", nil)
		want(t, "again", code(err), "JobBeingDeleted")
		_, err = r.data.CreateJob(ctx, azbatch.CreateJobContent{ID: to.Ptr("j"), PoolInfo: &azbatch.PoolInfo{PoolID: to.Ptr("p")}}, nil)
		want(t, "make", code(err), "JobBeingDeleted")
		_, err = r.data.CreateTask(ctx, "j", azbatch.CreateTaskContent{ID: to.Ptr("x"), CommandLine: to.Ptr("x")}, nil)
		want(t, "add", code(err), "JobBeingDeleted")
		r.after(3 * time.Second)
		_, err = r.data.GetJob(ctx, "j", nil)
		want(t, "gone", code(err), "JobNotFound")
		want(t, "released", run.count("release "), 1)
	})
}

func TestRetries(t *testing.T) {
	t.Parallel()
	virtual(t, nil, func(r *rig, run *scripted) {
		r.pool("p", fixedPool(1))
		r.job("j", nil)
		r.task("j", "a", "sleep 1s exit 7", func(c *azbatch.CreateTaskContent) {
			c.Constraints = &azbatch.TaskConstraints{MaxTaskRetryCount: to.Ptr[int32](2)}
		})
		r.after(3 * time.Minute)
		a := r.getTask("j", "a").ExecutionInfo
		want(t, "runs", run.count("task a"), 3)
		want(t, "retries", *a.RetryCount, 2)
		want(t, "exit", *a.ExitCode, 7)
		if _, err := r.data.ReactivateTask(context.Background(), "j", "a", nil); err != nil {
			t.Fatal(err)
		}
		r.after(time.Minute)
		want(t, "runs", run.count("task a"), 6)
	})
}

func TestSlots(t *testing.T) {
	t.Parallel()
	for fill, first := range map[string]string{"Spread": "2 2", "Pack": "4 0"} {
		t.Run(fill, func(t *testing.T) {
			t.Parallel()
			virtual(t, nil, func(r *rig, run *scripted) {
				p := fixedPool(2)
				p.Properties.TaskSchedulingPolicy = &armbatch.TaskSchedulingPolicy{NodeFillType: to.Ptr(armbatch.ComputeNodeFillType(fill))}
				r.pool("p", p)
				r.after(2 * time.Minute)
				r.job("j", nil)
				for i := range 4 {
					r.task("j", fmt.Sprint("t", i), "sleep 1m", nil)
				}
				var used []string
				page, err := r.data.NewListNodesPager("p", nil).NextPage(context.Background())
				if err != nil {
					t.Fatal(err)
				}
				for _, n := range page.Value {
					used = append(used, fmt.Sprint(*n.RunningTaskSlotsCount))
				}
				want(t, "slots", strings.Join(used, " "), first)
				r.task("j", "big", "sleep 1m", func(c *azbatch.CreateTaskContent) { c.RequiredSlots = to.Ptr[int32](4) })
				r.task("j", "huge", "sleep 1m", func(c *azbatch.CreateTaskContent) { c.RequiredSlots = to.Ptr[int32](4) })
				r.after(5 * time.Minute)
				want(t, "huge", *r.getTask("j", "huge").State, "completed")
			})
		})
	}
}

func TestQuotaAndCapacity(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		change func(*stateT)
		size   string
		code   string
		nodes  int
	}{
		{"no quota", func(st *stateT) { st.Batch.CoreQuota = -1 }, "Standard_D4s_v3", "AccountCoreQuotaReached", 0},
		{"some quota", func(st *stateT) { st.Batch.CoreQuota = 9 }, "Standard_D4s_v3", "AccountCoreQuotaReached", 2},
		{"family", func(st *stateT) { st.Batch.FamilyQuota = map[string]int{"standardDSv3Family": 4} }, "Standard_D4s_v3", "AccountVMSeriesCoreQuotaReached", 1},
		{"capacity", nil, "Standard_E2_v5", "AllocationFailed", 1},
		{"event", func(st *stateT) { st.Faults = []faultT{{Event: "resize", Code: "AllocationTimedout", Times: 1}} }, "Standard_D4s_v3", "AllocationTimedout", 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			virtual(t, test.change, func(r *rig, _ *scripted) {
				p := fixedPool(3)
				p.Properties.VMSize = &test.size
				r.pool("p", p)
				r.after(2 * time.Minute)
				got := r.getPool("p")
				want(t, "allocation", *got.AllocationState, "steady")
				want(t, "nodes", len(r.nodes("p")), test.nodes)
				if len(got.ResizeErrors) == 0 {
					t.Fatal("no resize errors")
				}
				want(t, "code", *got.ResizeErrors[0].Code, test.code)
				viaARM, err := r.arm.Get(context.Background(), "sluice", "acct", "p", nil)
				if err != nil {
					t.Fatal(err)
				}
				want(t, "code by ARM", *viaARM.Properties.ResizeOperationStatus.Errors[0].Code, test.code)
			})
		})
	}
}

func TestAutoScale(t *testing.T) {
	t.Parallel()
	virtual(t, nil, func(r *rig, _ *scripted) {
		p := fixedPool(0)
		p.Properties.ScaleSettings = &armbatch.ScaleSettings{AutoScale: &armbatch.AutoScaleSettings{EvaluationInterval: to.Ptr("PT5M"), Formula: to.Ptr(`
			$samples = $PendingTasks.GetSamplePercent(TimeInterval_Minute * 5);
			$pending = $samples < 70 ? max(0, $PendingTasks.GetSample(1)) : max($PendingTasks.GetSample(1), avg($PendingTasks.GetSample(TimeInterval_Minute * 2)));
			$TargetDedicatedNodes = min(3, $pending);
			$NodeDeallocationOption = taskcompletion;`)}}
		r.pool("p", p)
		r.after(time.Minute)
		run := r.getPool("p").AutoScaleRun
		if run == nil || run.Error != nil {
			t.Fatalf("not evaluated: %+v", run)
		}
		want(t, "results", strings.HasPrefix(*run.Results, "$TargetDedicatedNodes=0;$TargetLowPriorityNodes=0;$NodeDeallocationOption=taskcompletion;"), true)
		r.job("j", nil)
		for i := range 40 {
			r.task("j", fmt.Sprint("t", i), "sleep 1m", nil)
		}
		r.after(5 * time.Minute)
		want(t, "grown", len(r.nodes("p")), 3)
		r.after(30 * time.Minute)
		want(t, "to zero", len(r.nodes("p")), 0)
		want(t, "last task", *r.getTask("j", "t39").State, "completed")
		res, err := r.data.EvaluatePoolAutoScale(context.Background(), "p", azbatch.EvaluatePoolAutoScaleContent{AutoScaleFormula: to.Ptr("$TargetDedicatedNodes = 1 / $PendingTasks.GetSample(1);")}, nil)
		if err != nil {
			t.Fatal(err)
		}
		want(t, "error", *res.Error.Message, "division by zero")
	})
}

func TestListLag(t *testing.T) {
	t.Parallel()
	virtual(t, func(st *stateT) { st.Batch.ListLag = 10 * time.Second }, func(r *rig, _ *scripted) {
		r.pool("p", fixedPool(1))
		_, err := r.data.GetPool(context.Background(), "p", nil)
		want(t, "a new pool", code(err), "PoolNotFound")
		r.after(2 * time.Minute)
		r.job("j", nil)
		r.task("j", "a", "sleep 1m", nil)
		list := func(filter string) int {
			page, err := r.data.NewListTasksPager("j", &azbatch.ListTasksOptions{Filter: &filter}).NextPage(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			return len(page.Value)
		}
		want(t, "at once", list(""), 0)
		r.after(11 * time.Second)
		want(t, "later", list("state eq 'running'"), 1)
		r.after(50 * time.Second)
		want(t, "state", *r.getTask("j", "a").State, "completed")
		want(t, "still running", list("state eq 'running'"), 1)
		want(t, "not completed yet", list("state eq 'completed'"), 0)
		r.after(11 * time.Second)
		want(t, "completed", list("state eq 'completed'"), 1)
		want(t, "no more running", list("state eq 'running'"), 0)
	})
}

func TestDetachedAndDeclared(t *testing.T) {
	t.Parallel()
	virtual(t, func(st *stateT) {
		st.Pools = []state.Pool{{Name: "old", VMSize: "Standard_D4s_v3", Nodes: 1, Slots: 4, Identities: []string{"nodes"}}}
		st.Faults = []faultT{{Event: "detach", Pool: "old", At: time.Hour, Identity: "nodes"}}
	}, func(r *rig, _ *scripted) {
		r.after(2 * time.Minute)
		id := r.s.pools["old"].nodes[0].id
		n, ok := r.s.Node("old", id)
		if !ok || len(n.Identities) != 1 {
			t.Fatalf("%+v", n)
		}
		want(t, "identity", *r.getPool("old").Identity.UserAssignedIdentities[0].ClientID, "cid-nodes")
		r.after(time.Hour)
		n, _ = r.s.Node("old", id)
		want(t, "identities left", len(n.Identities), 0)
	})
}

func TestPoolDeletion(t *testing.T) {
	t.Parallel()
	virtual(t, nil, func(r *rig, run *scripted) {
		ctx := context.Background()
		r.pool("p", fixedPool(2))
		r.after(2 * time.Minute)
		r.job("j", nil)
		r.task("j", "a", "sleep 1h", nil)
		r.after(time.Second)
		poller, err := r.arm.BeginDelete(ctx, "sluice", "acct", "p", nil)
		if err != nil {
			t.Fatal(err)
		}
		_, err = r.arm.Create(ctx, "sluice", "acct", "p", fixedPool(1), nil)
		want(t, "while it goes", code(err), "PoolBeingDeleted")
		if _, err := poller.PollUntilDone(ctx, nil); err != nil {
			t.Fatal(err)
		}
		_, err = r.data.GetPool(ctx, "p", nil)
		want(t, "gone", code(err), "PoolNotFound")
		want(t, "task", *r.getTask("j", "a").State, "active")
		want(t, "job", *r.getJob("j").State, "active")
		r.pool("p", fixedPool(1))
		r.after(2 * time.Minute)
		want(t, "in the new pool", *r.getTask("j", "a").State, "running")
	})
}

func TestMonth(t *testing.T) {
	t.Parallel()
	virtual(t, nil, func(r *rig, run *scripted) {
		p := fixedPool(0)
		p.Properties.ScaleSettings = &armbatch.ScaleSettings{AutoScale: &armbatch.AutoScaleSettings{Formula: to.Ptr("$TargetDedicatedNodes = min(2, $PendingTasks.GetSample(1));")}}
		r.pool("p", p)
		r.job("j", nil)
		for i := range 30 {
			r.task("j", fmt.Sprint("t", i), "sleep 12h", nil)
			r.after(24 * time.Hour)
		}
		want(t, "last", *r.getTask("j", "t29").State, "completed")
		counts, err := r.data.GetJobTaskCounts(context.Background(), "j", nil)
		if err != nil {
			t.Fatal(err)
		}
		want(t, "succeeded", *counts.TaskCounts.Succeeded, 30)
	})
}

// A node that a task was given to is lost, and so is the next one.
func TestLostTwice(t *testing.T) {
	t.Parallel()
	virtual(t, func(st *stateT) {
		st.Faults = []faultT{{Event: "lose", Node: 0}, {Event: "lose", Node: 1}}
	}, func(r *rig, run *scripted) {
		r.pool("p", fixedPool(3))
		r.after(2 * time.Minute)
		r.job("j", nil)
		r.task("j", "a", "sleep 1m", nil)
		r.after(2 * time.Minute)
		want(t, "state", *r.getTask("j", "a").State, "completed")
		want(t, "runs", run.count("task a"), 3)
		want(t, "nodes", r.nodes("p"), "[unknown unknown idle]")
	})
}

func TestDisableAndReboot(t *testing.T) {
	t.Parallel()
	virtual(t, nil, func(r *rig, run *scripted) {
		ctx := context.Background()
		r.pool("p", fixedPool(1))
		r.after(2 * time.Minute)
		r.job("j", nil)
		r.task("j", "a", "sleep 1m", nil)
		r.after(time.Second)
		if _, err := r.data.DisableJob(ctx, "j", azbatch.DisableJobContent{DisableTasks: to.Ptr(azbatch.DisableJobOptionRequeue)}, nil); err != nil {
			t.Fatal(err)
		}
		want(t, "job", *r.getJob("j").State, "disabled")
		a := r.getTask("j", "a")
		want(t, "task", *a.State, "active")
		want(t, "requeued", *a.ExecutionInfo.RequeueCount, 1)
		r.after(5 * time.Minute)
		want(t, "task", *r.getTask("j", "a").State, "active")
		if _, err := r.data.EnableJob(ctx, "j", nil); err != nil {
			t.Fatal(err)
		}
		r.after(time.Second)
		want(t, "task", *r.getTask("j", "a").State, "running")
		if _, err := r.data.RebootNode(ctx, "p", r.s.pools["p"].nodes[0].id, nil); err != nil {
			t.Fatal(err)
		}
		want(t, "nodes", r.nodes("p"), "[rebooting]")
		want(t, "task", *r.getTask("j", "a").State, "active")
		r.after(5 * time.Minute)
		want(t, "task", *r.getTask("j", "a").State, "completed")
		want(t, "runs", run.count("task a"), 3)
		if u := r.s.Usage(); u[0].Dedicated < 11*time.Minute {
			t.Errorf("a node that was restarted has cost %v", u[0].Dedicated)
		}
	})
}

func TestRetention(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, func(_ *stateT, o *Options) { o.Dir = t.TempDir(); o.Runner = &scripted{} })
		r.pool("p", fixedPool(1))
		r.job("j", nil)
		r.task("j", "a", "sleep 1m", func(c *azbatch.CreateTaskContent) {
			c.Constraints = &azbatch.TaskConstraints{RetentionTime: to.Ptr("PT1H")}
		})
		r.after(30 * time.Minute)
		_, err := r.data.GetTaskFile(context.Background(), "j", "a", "stdout.txt", nil)
		want(t, "before", code(err), "FileNotFound")
		r.after(time.Hour)
		_, err = r.data.GetTaskFile(context.Background(), "j", "a", "stdout.txt", nil)
		want(t, "after", code(err), "TaskFilesCleanedup")
		r.s.Close()
	})
}

// At the first evaluation a pool has no samples: a formula can begin with a
// number of nodes, and comes to zero when nothing is to do.
func TestFirstEvaluation(t *testing.T) {
	t.Parallel()
	virtual(t, nil, func(r *rig, _ *scripted) {
		p := fixedPool(0)
		p.Properties.ScaleSettings = &armbatch.ScaleSettings{AutoScale: &armbatch.AutoScaleSettings{EvaluationInterval: to.Ptr("PT5M"), Formula: to.Ptr(`share = 0.25;
most = 8;
first = 2;
window = TimeInterval_Minute * 5;
known = $PendingTasks.GetSamplePercent(window);
tasks = known < 30 ? (known > 0 ? max($PendingTasks.GetSample(1)) : 0) : max(max($PendingTasks.GetSample(1)), avg($PendingTasks.GetSample(window)));
need = known > 0 ? ceil(tasks * share - 0.001) : first;
want = need > 0 ? need : 0;
$TargetDedicatedNodes = max(0, min(most, want));
$TargetLowPriorityNodes = 0;
$NodeDeallocationOption = taskcompletion;`)}}
		r.pool("p", p)
		r.after(2 * time.Minute)
		want(t, "first", r.nodes("p"), "[idle idle]")
		r.job("j", nil)
		for i := range 24 {
			r.task("j", fmt.Sprint("t", i), "sleep 20m", nil)
		}
		r.after(4 * time.Minute)
		want(t, "for 24 tasks", len(r.nodes("p")), 6)
		r.after(2 * time.Hour)
		want(t, "nothing to do", len(r.nodes("p")), 0)
	})
}
