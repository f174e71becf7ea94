package azurebatch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/batch/azbatch"

	"sluice/internal/azure"
	"sluice/internal/task"
	"sluice/internal/workdir"
)

const (
	watchEvery   = 30 * time.Second
	quietEvery   = 10 * time.Minute // while no task waits
	sameFailures = 3                // nodes that fail alike before we give up
	silentFor    = 10 * time.Minute // nodes that do not answer for so long are given up
	repeatAfter  = 10 * time.Minute
)

// A poolView is what the service says of a pool that has tasks of ours.
type poolView struct {
	Waiting, Running int // tasks of ours
	Scales           bool
	Dedicated, Spot  azbatch.NodeCounts
	Target           int
	Allocation       azbatch.AllocationState
	Resize           []azbatch.ResizeError
	AutoError        string
	AutoRun          time.Time // last evaluation of the formula
	Interval         time.Duration
}

// An alarm is something that keeps tasks from running.
type alarm struct {
	kind  string // quota, capacity, resize, formula, unevaluated, nodes, empty, busy
	code  string // of the service, for quota and capacity
	text  string
	kick  bool // the formula is to be set again
	evict bool // nodes are to be looked into, and removed
}

// assess says what keeps tasks from running; nil when nothing does. It
// decides by codes, and knows no history.
func assess(now time.Time, v poolView) *alarm {
	bad := val(v.Dedicated.StartTaskFailed) + val(v.Dedicated.Unusable) + val(v.Spot.StartTaskFailed) + val(v.Spot.Unusable)
	if bad > 0 {
		return &alarm{kind: "nodes", evict: true, text: fmt.Sprintf("%d nodes do not come up (start task failed: %d, unusable: %d)", bad,
			val(v.Dedicated.StartTaskFailed)+val(v.Spot.StartTaskFailed), val(v.Dedicated.Unusable)+val(v.Spot.Unusable))}
	}
	if v.Waiting == 0 {
		return nil
	}
	nodes := val(v.Dedicated.Total) + val(v.Spot.Total)
	numbers := fmt.Sprintf("%d tasks wait, %d run, %d nodes of %d wanted", v.Waiting, v.Running, nodes, v.Target)
	if silent := val(v.Dedicated.Unknown) + val(v.Spot.Unknown); silent > 0 {
		return &alarm{kind: "silent", evict: true, text: fmt.Sprintf("%d nodes do not answer: %s", silent, numbers)}
	}
	for _, r := range v.Resize {
		code := val(r.Code)
		switch {
		case strings.Contains(code, "Quota"):
			return &alarm{kind: "quota", code: code, text: "waiting for quota (" + code + resizeText(r) + "): " + numbers}
		case code == "AllocationTimedout", code == "AllocationTimedOut", code == "AllocationFailed", strings.Contains(code, "Capacity"):
			return &alarm{kind: "capacity", code: code, text: "waiting for capacity of the region (" + code + resizeText(r) + "): " + numbers}
		case code == "ResizeStopped":
		default:
			return &alarm{kind: "resize", text: "nodes cannot be had (" + code + resizeText(r) + "): " + numbers}
		}
	}
	if v.Scales && v.AutoError != "" {
		return &alarm{kind: "formula", kick: true, text: "the scale formula fails (" + v.AutoError + "): " + numbers}
	}
	if v.Scales && v.Interval > 0 && !v.AutoRun.IsZero() && now.Sub(v.AutoRun) > 5*v.Interval {
		return &alarm{kind: "unevaluated", kick: true, text: fmt.Sprintf("the scale formula was not evaluated for %s: %s", now.Sub(v.AutoRun).Round(time.Second), numbers)}
	}
	if v.Running > 0 {
		return nil
	}
	if nodes == 0 && !v.Scales && v.Target == 0 {
		return &alarm{kind: "empty", text: "the pool has no nodes, and no formula that would add any: " + numbers}
	}
	coming := val(v.Dedicated.Creating) + val(v.Dedicated.Starting) + val(v.Dedicated.WaitingForStartTask) + val(v.Spot.Creating) + val(v.Spot.Starting) + val(v.Spot.WaitingForStartTask)
	return &alarm{kind: "busy", text: fmt.Sprintf("no task runs yet: %s, %d starting, %d idle", numbers, coming, val(v.Dedicated.Idle)+val(v.Spot.Idle))}
}

func resizeText(r azbatch.ResizeError) string {
	var out []string
	for _, v := range r.Values {
		out = append(out, val(v.Name)+" "+val(v.Value))
	}
	if len(out) == 0 && val(r.Message) != "" {
		out = append(out, firstLine(val(r.Message)))
	}
	if len(out) == 0 {
		return ""
	}
	return ": " + strings.Join(out, ", ")
}

// watch is what the watchdog remembers of a pool.
type watch struct {
	since  time.Time            // something is wrong, without a break; zero: nothing is
	told   map[string]time.Time // when, by kind
	kicked time.Time            // the formula was set again
	reset  time.Time            // its share was looked at
	failed map[string]int       // nodes that failed, by how
	dead   map[string]bool
}

// watchLoop looks at the pools that have tasks: what keeps these from running
// is told within a minute.
func (e *Executor) watchLoop(ctx context.Context) {
	seen := map[*lane]*watch{}
	last := time.Now()
	soon, _ := e.pace()
	gap := min(watchEvery, soon*time.Duration(watchEvery/pollSoon))
	for rest(ctx, gap) == nil {
		since := time.Since(last)
		if !e.anyWaits() && since < quietEvery || told(seen) && since < 2*gap {
			continue
		}
		last = time.Now()
		if err := e.watchOnce(ctx, seen); err != nil && ctx.Err() == nil {
			e.o.Notice("look at the pools: " + err.Error())
		}
	}
}

func (e *Executor) watchOnce(ctx context.Context, seen map[*lane]*watch) error {
	busy := map[string]*lane{}
	for _, l := range e.lanes() {
		if w, r := e.counts(l); w+r > 0 {
			busy[l.pool.id] = l
		} else {
			delete(seen, l)
		}
	}
	if len(busy) == 0 {
		return nil
	}
	views, err := e.views(ctx, busy)
	if err != nil {
		return err
	}
	var errs []error
	for _, id := range sortedKeys(busy) {
		l := busy[id]
		v, ok := views[id]
		if !ok {
			e.failWaiting(l, newFinding(findingPool, "the pool `"+id+"` is gone"))
			continue
		}
		w := seen[l]
		if w == nil {
			// The service takes no formula within 30 seconds of the last one.
			w = &watch{reset: time.Now().Add(time.Minute - refreshGap), told: map[string]time.Time{}, failed: map[string]int{}, dead: map[string]bool{}}
			seen[l] = w
		}
		errs = append(errs, e.react(ctx, l, w, v), e.refresh(ctx, l, w))
		if v.Waiting > 0 && v.Running == 0 {
			errs = append(errs, e.prepTrouble(ctx, l, w))
		}
	}
	return errors.Join(errs...)
}

// told says whether something was said of every pool that has tasks: there is
// no hurry then.
func told(seen map[*lane]*watch) bool {
	for _, w := range seen {
		if len(w.told) == 0 {
			return false
		}
	}
	return len(seen) > 0
}

func (e *Executor) anyWaits() bool {
	for _, l := range e.lanes() {
		if w, _ := e.counts(l); w > 0 {
			return true
		}
	}
	return false
}

// counts are the tasks of a lane that wait and run.
func (e *Executor) counts(l *lane) (waiting, running int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, j := range l.jobs() {
		for _, en := range j.live {
			if en.state == task.Running && en.node != "" {
				running++
			} else {
				waiting++
			}
		}
	}
	return waiting, running
}

// views asks about all pools in two calls.
func (e *Executor) views(ctx context.Context, busy map[string]*lane) (map[string]poolView, error) {
	out := map[string]poolView{}
	pools := e.s.batch.NewListPoolsPager(&azbatch.ListPoolsOptions{MaxResults: to.Ptr[int32](1000), SelectParam: []string{
		"id", "state", "allocationState", "resizeErrors", "enableAutoScale", "autoScaleRun", "autoScaleEvaluationInterval", "targetDedicatedNodes", "targetLowPriorityNodes",
	}})
	for pools.More() {
		page, err := pools.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("list pools: %w", err)
		}
		for _, p := range page.Value {
			l := busy[val(p.ID)]
			if l == nil {
				continue
			}
			v := poolView{
				Scales: val(p.EnableAutoScale), Resize: p.ResizeErrors, Allocation: val(p.AllocationState),
				Target: int(val(p.TargetDedicatedNodes) + val(p.TargetLowPriorityNodes)), Interval: parseISO(val(p.AutoScaleEvaluationInterval)),
			}
			v.Waiting, v.Running = e.counts(l)
			if r := p.AutoScaleRun; r != nil {
				v.AutoRun = val(r.Timestamp)
				if r.Error != nil {
					v.AutoError = val(r.Error.Code) + ": " + firstLine(val(r.Error.Message))
				}
			}
			out[val(p.ID)] = v
		}
	}
	counts := e.s.batch.NewListPoolNodeCountsPager(nil)
	for counts.More() {
		page, err := counts.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("count nodes: %w", err)
		}
		for _, c := range page.Value {
			v, ok := out[val(c.PoolID)]
			if !ok {
				continue
			}
			v.Dedicated, v.Spot = val(c.Dedicated), val(c.LowPriority)
			out[val(c.PoolID)] = v
		}
	}
	return out, nil
}

// parseISO reads durations such as PT5M.
func parseISO(s string) time.Duration {
	text, ok := strings.CutPrefix(strings.ToUpper(s), "PT")
	if !ok {
		return 0
	}
	d, err := time.ParseDuration(strings.ToLower(text))
	if err != nil {
		return 0
	}
	return d
}

// react tells what is wrong and does what helps.
func (e *Executor) react(ctx context.Context, l *lane, w *watch, v poolView) error {
	now := time.Now()
	a := assess(now, v)
	if a == nil {
		if len(w.told) > 0 {
			e.o.Notice("pool " + l.pool.id + ": tasks run")
		}
		clear(w.told)
		w.since = time.Time{}
		return nil
	}
	if w.since.IsZero() {
		w.since = now.Add(-watchEvery)
	}
	// Errors of a pool come and go while it tries again: each kind is told once
	// in a while, and that nothing runs yet only if nothing better is known.
	if at, ok := w.told[a.kind]; (!ok || now.Sub(at) >= repeatAfter) && (a.kind != "busy" || len(w.told) == 0 || ok && len(w.told) == 1) {
		w.told[a.kind] = now
		e.o.Notice("pool " + l.pool.id + ": " + a.text)
	}
	if limit := e.maxWait(); limit > 0 && now.Sub(w.since) >= limit && v.Running == 0 {
		e.failWaiting(l, &azure.FindingError{Finding: azure.Finding{
			ID: findingPoolWait, Check: 2, What: "pool `" + l.pool.id + "`: " + a.text,
			Cause: fmt.Sprintf("nothing has changed for %s (azure.batch.maxPoolWait)", limit),
			Fix:   []string{"az batch account show --name " + e.s.account.Name + " --resource-group " + e.s.account.ResourceGroup + " --query '{cores:dedicatedCoreQuota,families:dedicatedCoreQuotaPerVMFamily}'", "az batch pool show --pool-id " + l.pool.id + " --query '{errors:resizeErrors,scale:autoScaleRun}'"},
		}})
		return nil
	}
	switch {
	case a.code != "" && v.Running == 0 && val(v.Dedicated.Total)+val(v.Spot.Total) == 0 && l.pool.template:
		return e.offerNext(ctx, l, a.code)
	case a.evict:
		return e.evict(ctx, l, w)
	case a.kick && l.pool.ours && now.Sub(w.kicked) > repeatAfter && l.mayScale(now):
		w.kicked = now
		return e.kick(ctx, l)
	}
	return nil
}

// kick sets the formula of a pool of ours again, which has it evaluated.
func (e *Executor) kick(ctx context.Context, l *lane) error {
	got, err := e.s.batch.GetPool(ctx, l.pool.id, nil)
	if err != nil {
		return fmt.Errorf("read pool %s: %w", l.pool.id, err)
	}
	_, err = e.s.batch.EnablePoolAutoScale(ctx, l.pool.id, azbatch.EnablePoolAutoScaleContent{AutoScaleFormula: got.AutoScaleFormula, AutoScaleEvaluationInterval: got.AutoScaleEvaluationInterval}, nil)
	if err != nil {
		return fmt.Errorf("set the scale formula of pool %s again: %w", l.pool.id, err)
	}
	e.o.Notice("pool " + l.pool.id + ": the scale formula was set again")
	return nil
}

// evict finds out why nodes do not come up, and removes them from pools of
// ours. When several failed alike, tasks fail: further nodes would too.
func (e *Executor) evict(ctx context.Context, l *lane, w *watch) error {
	filter := "state eq 'starttaskfailed' or state eq 'unusable' or state eq 'unknown'"
	pager := e.s.batch.NewListNodesPager(l.pool.id, &azbatch.ListNodesOptions{Filter: &filter, MaxResults: to.Ptr[int32](100)})
	var gone []string
	for pager.More() {
		page, err := pager.NextPage(ctx)
		if err != nil {
			return fmt.Errorf("list nodes of pool %s: %w", l.pool.id, err)
		}
		for i := range page.Value {
			n := &page.Value[i]
			id := val(n.ID)
			silent := val(n.State) == azbatch.NodeStateUnknown
			if w.dead[id] || silent && time.Since(val(n.StateTransitionTime)) < silentFor {
				continue
			}
			w.dead[id] = true
			gone = append(gone, id)
			if silent {
				e.o.Notice(fmt.Sprintf("pool %s: node %s has not answered for %s", l.pool.id, id, silentFor))
				continue
			}
			how, why := e.nodeFailure(ctx, l, n)
			w.failed[how]++
			e.o.Warn(fmt.Sprintf("pool %s: node %s does not come up: %s", l.pool.id, id, why))
			if w.failed[how] >= sameFailures {
				e.failWaiting(l, &azure.FindingError{Finding: azure.Finding{
					ID: findingNodes, Check: 5, What: fmt.Sprintf("pool `%s`: %d nodes failed alike", l.pool.id, w.failed[how]), Cause: why,
					Fix: []string{"az batch node list --pool-id " + l.pool.id + " --query '[].{id:id,state:state,errors:errors,start:startTaskInfo}'"},
				}})
			}
		}
	}
	if len(gone) == 0 || !l.pool.ours {
		return nil
	}
	for part := range slices.Chunk(gone, 100) {
		_, err := e.s.batch.RemoveNodes(ctx, l.pool.id, azbatch.RemoveNodeContent{NodeList: part, NodeDeallocationOption: to.Ptr(azbatch.NodeDeallocationOptionRequeue)}, nil)
		if err != nil && !isStatus(err, 409) { // it is resizing: the next look tries again
			return fmt.Errorf("remove nodes of pool %s: %w", l.pool.id, err)
		}
		if err != nil {
			for _, id := range part {
				delete(w.dead, id)
			}
		}
	}
	return nil
}

// nodeFailure says why a node does not come up: how is the same for failures
// that are alike.
func (e *Executor) nodeFailure(ctx context.Context, l *lane, n *azbatch.Node) (how, why string) {
	if s := n.StartTaskInfo; s != nil && val(n.State) == azbatch.NodeStateStartTaskFailed {
		how = fmt.Sprintf("start task, exit status %d", val(s.ExitCode))
		why = how
		if s.FailureInfo != nil {
			why += ", " + val(s.FailureInfo.Code) + ": " + firstLine(val(s.FailureInfo.Message))
		}
		if text := e.nodeFile(ctx, l.pool.id, val(n.ID), "startup/stderr.txt"); text != "" {
			why += "\n  " + strings.ReplaceAll(text, "\n", "\n  ")
		}
		return how, why
	}
	for _, err := range n.Errors {
		how += val(err.Code) + " "
		why += val(err.Code) + ": " + firstLine(val(err.Message)) + "; "
		for _, d := range err.ErrorDetails {
			why += val(d.Name) + ": " + val(d.Value) + "; "
		}
	}
	if how == "" {
		return string(val(n.State)), "it is " + string(val(n.State)) + ", without an error"
	}
	return how, strings.TrimSuffix(why, "; ")
}

// nodeFile is the end of a file of a node; "" if it cannot be had, which is no
// worse than before.
func (e *Executor) nodeFile(ctx context.Context, pool, node, name string) string {
	got, err := e.s.batch.GetNodeFile(ctx, pool, node, name, nil)
	if err != nil {
		return ""
	}
	data, err := io.ReadAll(io.LimitReader(got.Body, 64<<10))
	if errors.Join(err, got.Body.Close()) != nil {
		return ""
	}
	lines := strings.Split(strings.TrimSpace(string(data)), "\n")
	return strings.Join(lines[max(0, len(lines)-20):], "\n")
}

// failWaiting ends the tasks of a pool that do not run, with a reason. They
// are taken out of the service, so that they do not run later.
func (e *Executor) failWaiting(l *lane, why error) {
	e.mu.Lock()
	doomed := map[*job][]*entry{}
	for _, j := range l.jobs() {
		for _, en := range j.live {
			if en.state < task.Running && !en.ending && en.posted == nil {
				en.ending = true
				j.loose = true
				doomed[j] = append(doomed[j], en)
			}
		}
	}
	e.mu.Unlock()
	for j, list := range doomed {
		for _, en := range list {
			e.finish(en, task.Failed, task.Result{Exit: -1, Err: why, Complete: time.Now(), Metrics: workdir.Unmeasured})
		}
		if err := e.endTasks(e.ctx, j, list); err != nil && e.ctx.Err() == nil {
			e.o.Warn(err.Error())
		}
	}
}
