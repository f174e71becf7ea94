package azurebatch

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/batch/azbatch"

	"sluice/internal/azure/preflight"
	"sluice/internal/node"
	"sluice/internal/task"
)

const (
	probeLimit    = 5 * time.Minute  // of the probe itself
	probePatience = 20 * time.Minute // with the start of a node
	probeQuiet    = 12               // looks before it is said that a node is awaited: half a minute
	probeTask     = "probe"
	probePrefix   = poolPrefix + "probe-"
)

// A Prober tries on nodes what tasks are going to do there. NewProber makes it.
type Prober struct {
	e    *Executor
	once sync.Mutex
}

// NewProber makes a prober of the options of an executor; it makes no call.
func NewProber(o Options) (*Prober, error) {
	e, err := New(o)
	if err != nil {
		return nil, err
	}
	return &Prober{e: e}, nil
}

// Probe runs one task on a pool, which is made if the run would make it. The
// task is in a job of its own, which is deleted afterwards and would end by
// itself if this head died. What went well is not tried again for a day.
func (p *Prober) Probe(ctx context.Context, plan *preflight.Plan, q preflight.Pool) (preflight.Probed, error) {
	e := p.e
	ctx, cancel := context.WithTimeout(ctx, probePatience)
	defer cancel()
	if err := p.open(ctx); err != nil {
		return preflight.Probed{}, err
	}
	t := probeOf(plan, q)
	pool, err := e.poolOf(ctx, t, q)
	if err != nil {
		return preflight.Probed{}, err
	}
	if pool.containers && t.Container == nil {
		return preflight.Probed{}, fmt.Errorf("it runs containers, and no image is known to run the probe in: set process.container")
	}
	out := preflight.Probed{Pool: pool.id, Identity: pool.who}
	tools, err := e.uploadTools(ctx)
	if err != nil {
		return out, err
	}
	c := azbatch.CreateTaskContent{
		ID: to.Ptr(probeTask), CommandLine: to.Ptr(node.ProbeCommand(tools.sluice.sha, e.probeSpec(plan))), RequiredSlots: to.Ptr[int32](1),
		Constraints: &azbatch.TaskConstraints{MaxTaskRetryCount: to.Ptr[int32](0), MaxWallClockTime: to.Ptr(isoDuration(probeLimit)), RetentionTime: to.Ptr(isoDuration(retention))},
	}
	if c.UserIdentity, err = userOf(pool, e.s.cfg.Batch.Isolation == "host"); err != nil {
		return out, err
	}
	if c.ContainerSettings, err = e.container(t, pool); err != nil {
		return out, err
	}
	key := probeKey(pool, c)
	if at, ok := e.probedBefore(key); ok {
		out.Kept = at
		return out, nil
	}
	out.Tried, err = e.probe(ctx, pool, t, c)
	if err == nil && out.OK() {
		err = e.keepProbe(key)
	}
	return out, err
}

// open finds the account, once for all pools.
func (p *Prober) open(ctx context.Context) error {
	p.once.Lock()
	defer p.once.Unlock()
	if p.e.s != nil {
		return nil
	}
	s, err := p.e.open(ctx)
	if err != nil {
		return fmt.Errorf("open the Batch account: %w", err)
	}
	p.e.s = s
	return nil
}

// probeOf is a task as small as can be, in the first image that is known.
func probeOf(plan *preflight.Plan, q preflight.Pool) *task.Task {
	t := &task.Task{Process: probeTask, Name: probeTask, Resources: task.Resources{Cpus: 1}}
	if !q.Auto {
		t.Resources.Queue = q.Name
	}
	if image := plan.ProbeImage(); image != "" {
		t.Container = &task.Container{Image: image}
	}
	return t
}

// poolOf finds or makes the pool of a probe.
func (e *Executor) poolOf(ctx context.Context, t *task.Task, q preflight.Pool) (*pool, error) {
	if err := e.places.busy.lock(ctx); err != nil {
		return nil, err
	}
	defer e.places.busy.unlock()
	if q.Auto {
		return e.autoPool(ctx, t, false)
	}
	return e.choosePool(ctx, t, false)
}

func (e *Executor) probeSpec(plan *preflight.Plan) node.Probe {
	out := node.Probe{WorkDir: e.o.WorkDir, Registries: plan.Registries}
	for _, c := range plan.Read {
		out.Read = append(out.Read, scheme+c)
	}
	if e.s.cfg.KeyVault != "" {
		out.Secrets, out.Vault = plan.Secrets, len(plan.Secrets) > 0
	}
	return out
}

// probe runs the task in a job of its own and reads what it printed.
func (e *Executor) probe(ctx context.Context, p *pool, t *task.Task, c azbatch.CreateTaskContent) (out []preflight.Trial, err error) {
	spec, err := e.jobContent(ctx, p)
	if err != nil {
		return nil, err
	}
	job := probePrefix + strings.ToLower(rand.Text()[:16])
	spec.ID, spec.Constraints.MaxWallClockTime = &job, to.Ptr(isoDuration(probePatience))
	if _, err := e.s.batch.CreateJob(ctx, spec, nil); err != nil && !isCode(err, "JobExists") { // an answer that was lost
		return nil, e.explain("create job "+job, err)
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
		defer cancel()
		if _, derr := e.s.batch.DeleteJob(ctx, job, nil); derr != nil && !gone(derr) {
			err = errors.Join(err, fmt.Errorf("delete job %s (it ends by itself): %w", job, derr))
		}
	}()
	if _, err := e.s.batch.CreateTask(ctx, job, c, nil); err != nil && !isCode(err, "TaskExists") {
		return nil, e.explain("add the probe to job "+job, err)
	}
	got, failed, err := e.awaitProbe(ctx, p, job)
	switch {
	case err != nil:
		return nil, err
	case failed != nil:
		return []preflight.Trial{trialOf("program", e.blobURL(e.programBlob()), failed.fault(""))}, nil
	}
	return e.probeEnded(ctx, job, t, got)
}

// awaitProbe waits for the end of the probe, or for a node that could not be
// prepared for it. That there is no node in time is said with what is known
// of the pool.
func (e *Executor) awaitProbe(ctx context.Context, p *pool, job string) (*azbatch.Task, *failedPrep, error) {
	l := &lane{e: e, pool: p}
	said, trouble := "", ""
	for n := 0; ; n++ {
		got, err := e.s.batch.GetTask(ctx, job, probeTask, nil)
		if err != nil && ctx.Err() == nil {
			return nil, nil, e.explain("read the probe of job "+job, err)
		}
		if val(got.State) == azbatch.TaskStateCompleted {
			return &got.Task, nil, nil
		}
		if n%2 == 1 {
			failed, err := e.s.failedPreps(ctx, job)
			if err != nil && ctx.Err() == nil {
				return nil, nil, err
			}
			if len(failed) > 0 {
				return nil, &failed[0], nil
			}
			text, err := e.poolTrouble(ctx, l)
			if err != nil && ctx.Err() == nil {
				return nil, nil, err
			}
			trouble = text
			if text != said && text != "" && n > probeQuiet {
				said = text
				e.o.Notice("probe on pool " + p.id + ": " + text)
			}
		}
		if err := rest(ctx, min(500*time.Millisecond+time.Duration(n)*250*time.Millisecond, 10*time.Second)); err != nil {
			return nil, nil, fmt.Errorf("no node ran the probe within %s: %s", probePatience, orPlace(trouble, "the pool says nothing"))
		}
	}
}

// poolTrouble is what keeps a task from running on a pool.
func (e *Executor) poolTrouble(ctx context.Context, l *lane) (string, error) {
	views, err := e.views(ctx, map[string]*lane{l.pool.id: l})
	if err != nil {
		return "", err
	}
	v, ok := views[l.pool.id]
	if !ok {
		return "", newFinding(findingPool, "the pool `"+l.pool.id+"` is gone")
	}
	v.Waiting = 1
	a := assess(time.Now(), v)
	switch {
	case a == nil:
		return "", nil
	case a.kind == "empty":
		return "", newFinding(findingNodes, "pool `"+l.pool.id+"`: "+a.text)
	case a.kind == "nodes" && val(v.Dedicated.Idle)+val(v.Spot.Idle)+val(v.Dedicated.Running)+val(v.Spot.Running) == 0:
		return "", newFinding(findingNodes, "pool `"+l.pool.id+"`: "+a.text)
	}
	return a.text, nil
}

// probeEnded reads what a probe printed, or why the service did not run it.
func (e *Executor) probeEnded(ctx context.Context, job string, t *task.Task, got *azbatch.Task) ([]preflight.Trial, error) {
	i := val(got.ExecutionInfo)
	if i.ExitCode == nil || *i.ExitCode != 0 {
		f := &node.Fault{Class: node.ClassInfra, Step: node.StepScript, Message: "the probe ended without a result"}
		if i.ExitCode != nil {
			f.Message = fmt.Sprintf("the probe ended with exit status %d: %s", *i.ExitCode, e.taskOutput(ctx, job, probeTask, "stderr.txt"))
		}
		if x := i.FailureInfo; x != nil && i.ExitCode == nil {
			f.Code, f.Message = val(x.Code), firstLine(val(x.Message))
			for _, d := range x.Details {
				f.Message += "; " + val(d.Name) + ": " + firstLine(val(d.Value))
			}
			if isPull(f.Code) || f.Code == "ContainerRegistryAccessDenied" {
				if pullFault(ending{Code: f.Code, Message: f.Message}) != infra {
					f.Class = node.ClassConfig
				}
				return []preflight.Trial{trialOf("image", t.Container.Image, f)}, nil
			}
		}
		return nil, errors.New(f.Message)
	}
	var report node.Report
	if err := json.Unmarshal([]byte(e.taskOutput(ctx, job, probeTask, "stdout.txt")), &report); err != nil {
		return nil, fmt.Errorf("read the report of the probe: %w", err)
	}
	out := make([]preflight.Trial, 0, len(report.Checks))
	for _, c := range report.Checks {
		out = append(out, trialOf(c.Name, c.Target, c.Fault))
	}
	return out, nil
}

func trialOf(name, target string, f *node.Fault) preflight.Trial {
	t := preflight.Trial{Name: name, Target: target}
	if f != nil {
		t.Refusal = &preflight.Refusal{Config: f.Class == node.ClassConfig, Status: f.Status, Code: f.Code, Message: f.Message, RequestID: f.RequestID}
	}
	return t
}

// probeLasts is how long what went well is not tried again.
const probeLasts = 24 * time.Hour

// probeKey is of the pool, its identity and all that the probe tries: the
// command names the program, so a new release tries again.
func probeKey(p *pool, c azbatch.CreateTaskContent) string {
	image := ""
	if c.ContainerSettings != nil {
		image = val(c.ContainerSettings.ImageName)
	}
	return strings.Join([]string{"probe", p.id, p.born, p.who.ResourceID, p.who.ClientID, image, *c.CommandLine}, "\n")
}

func (e *Executor) probedBefore(key string) (time.Time, bool) {
	var well bool
	at, ok := e.o.Clients.Kept(e.s.account.ID+"\n"+key, probeLasts, &well)
	return at, ok && well
}

func (e *Executor) keepProbe(key string) error {
	return e.o.Clients.Keep(e.s.account.ID+"\n"+key, true)
}
