package azurebatch

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/batch/azbatch"
	"golang.org/x/sync/errgroup"

	"sluice/internal/azure"
	"sluice/internal/config"
	"sluice/internal/lang/diag"
	"sluice/internal/task"
)

// What is done when machines are not to be had, or are taken away: tasks of
// automatic pools go to machines of the next type that fits, or from spot to
// dedicated nodes. Pools of the configuration are what the user wants, and
// only wait.

const (
	scarceFor  = time.Hour
	spotLimit  = 4 * time.Hour   // tasks that may run longer suit spot nodes badly
	drift      = 0.2             // of the share in a formula before it is set anew
	refreshGap = 5 * time.Minute // the service takes formulas 30 seconds apart
)

// plentiful leaves out the machine types that were not to be had.
func (e *Executor) plentiful(all []machine) []machine {
	e.mu.Lock()
	defer e.mu.Unlock()
	now := time.Now()
	return slices.DeleteFunc(slices.Clone(all), func(m machine) bool {
		return e.places.scarce[m.Name].After(now) || e.places.scarce[familyKey(m)].After(now)
	})
}

func familyKey(m machine) string { return "family " + m.Family }

// offerNext has the tasks that wait in an automatic pool without nodes go on
// with the next machine type that fits. Where none does they wait as before.
func (e *Executor) offerNext(ctx context.Context, l *lane, code string) error {
	all, err := e.s.machines(ctx)
	if err != nil {
		return e.explain("list machine types", err)
	}
	scarce := l.pool.vm.Name
	switch {
	case strings.Contains(code, "VMSeries"):
		scarce = familyKey(l.pool.vm)
	case strings.Contains(code, "Quota"):
		return nil // of the account: no other machine type helps
	}
	e.mu.Lock()
	old, had := e.places.scarce[scarce]
	e.places.scarce[scarce] = time.Now().Add(scarceFor)
	e.mu.Unlock()
	left := e.plentiful(all)
	var list []*entry
	e.mu.Lock()
	for _, en := range l.waits() {
		s := e.template(en.firm)
		if _, err := chooseMachine(left, wantedType(en.t, s), en.t.Resources, s.LowPriority); err == nil {
			list = append(list, en)
		}
	}
	if len(list) == 0 {
		if delete(e.places.scarce, scarce); had {
			e.places.scarce[scarce] = old
		}
		e.mu.Unlock()
		return nil
	}
	for key, other := range e.places.asked {
		if other == l {
			delete(e.places.asked, key)
		}
	}
	e.mu.Unlock()
	e.o.Notice(fmt.Sprintf("pool %s: %s is not to be had (%s): %d tasks go on with the next machine type that fits", l.pool.id, l.pool.vm.Name, code, len(list)))
	return e.relocate(ctx, list)
}

// waits are the tasks of a lane that the service has and does not run, in
// order; Executor.mu is held.
func (l *lane) waits() []*entry {
	var out []*entry
	for _, j := range l.jobs() {
		for _, en := range j.live {
			if en.state < task.Running && !en.ending && !en.killed && en.posted == nil {
				out = append(out, en)
			}
		}
	}
	slices.SortFunc(out, func(a, b *entry) int { return a.t.ID - b.t.ID })
	return out
}

// relocate takes tasks out of the service and adds them again in the pool
// that they now get. One that has ended meanwhile is left to the next list.
func (e *Executor) relocate(ctx context.Context, list []*entry) error {
	byJob := map[*job][]*entry{}
	var jobs []*job
	e.mu.Lock()
	for _, en := range list {
		if en.ending || en.killed || en.state > task.Running || en.job == nil {
			continue
		}
		en.ending = true
		if byJob[en.job] == nil {
			jobs = append(jobs, en.job)
		}
		byJob[en.job] = append(byJob[en.job], en)
	}
	whole := map[*job]bool{}
	for _, j := range jobs {
		whole[j] = len(byJob[j]) > killOneByOne && len(byJob[j]) >= len(j.live)
	}
	e.mu.Unlock()
	var errs []error
	for _, j := range jobs {
		if whole[j] {
			if err := e.endJob(ctx, j); err != nil {
				errs = append(errs, err)
				e.keepHere(byJob[j])
				continue
			}
		} else {
			var err error
			byJob[j], err = e.withdraw(ctx, j, byJob[j])
			errs = append(errs, err)
		}
		for _, en := range byJob[j] {
			e.mu.Lock()
			e.unlist(en)
			e.next(en)
			en.lane = nil
			e.mu.Unlock()
			e.enqueueAgain(ctx, en)
		}
	}
	return errors.Join(errs...)
}

// keepHere leaves entries where they are.
func (e *Executor) keepHere(list []*entry) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, en := range list {
		en.ending = false
	}
}

// withdraw ends tasks one by one; those that had ended are not among what is
// returned.
func (e *Executor) withdraw(ctx context.Context, j *job, list []*entry) ([]*entry, error) {
	var g errgroup.Group
	g.SetLimit(postsAtOnce)
	errs := make([]error, len(list))
	for i, en := range list {
		g.Go(func() error {
			_, err := e.s.batch.TerminateTask(ctx, j.id, en.id, nil)
			if err != nil && !isStatus(err, 404) && !jobEnded(err) {
				errs[i] = err
			}
			return nil
		})
	}
	_ = g.Wait() // errors are in errs
	var out, stay []*entry
	var all []error
	for i, en := range list {
		switch {
		case errs[i] == nil:
			out = append(out, en)
			continue
		case !isCode(errs[i], "TaskCompleted"):
			all = append(all, fmt.Errorf("take task %s out of job %s: %w", en.t.Name, j.id, errs[i]))
		}
		stay = append(stay, en)
	}
	e.keepHere(stay)
	return out, errors.Join(all...)
}

// lostNode notes that a task lost the node it ran on; the service has it wait
// for another one. A task of an automatic pool that lost enough spot nodes
// goes on with a dedicated one. e.mu is held.
func (e *Executor) lostNode(ctx context.Context, en *entry, then string) {
	e.o.Notice(fmt.Sprintf("task %s lost its node %s and %s", en.t.Name, en.node, then))
	en.node = ""
	l := en.lane
	if l == nil || !l.pool.spot || !l.pool.template && !strings.HasPrefix(l.pool.id, poolPrefix) {
		return
	}
	en.losses++
	most := e.s.cfg.Batch.MaxSpotLosses
	if most <= 0 || int(en.losses) < most || en.firm {
		return
	}
	en.firm = true
	e.o.Notice(fmt.Sprintf("task %s lost %d spot nodes (azure.batch.maxSpotLosses) and goes on with a dedicated one", en.t.Name, en.losses))
	e.bg.Go(func() {
		if err := e.relocate(ctx, []*entry{en}); err != nil && ctx.Err() == nil {
			e.o.Warn(err.Error())
		}
	})
}

// maySpot says, before a pool of spot nodes is made, whether the account can
// have any.
func (e *Executor) maySpot(ctx context.Context, s *config.AzurePool) error {
	if !s.LowPriority || e.s.mode == nil {
		return nil
	}
	mode, err := e.s.mode(ctx)
	if err != nil {
		e.o.Notice("whether the Batch account may have spot nodes is not known: " + firstLine(err.Error()))
		return nil
	}
	if mode == "" || strings.EqualFold(mode, "UserSubscription") {
		return nil
	}
	return azure.Fault(findingSpot, fmt.Sprintf("the pool `%s` is to have spot nodes, and the Batch account `%s` has the pool allocation mode %s", s.Name, e.s.account.Name, mode),
		"azure.batch.pools."+s.Name+".lowPriority = false", "az batch account show --name "+e.s.account.Name+" --resource-group "+e.s.account.ResourceGroup+" --query poolAllocationMode # it is set when an account is made")
}

// hintSpot tells once for each process that its tasks run long for spot nodes.
func (e *Executor) hintSpot(p *pool, t *task.Task) {
	long := time.Duration(t.Resources.Time) * time.Millisecond
	if !p.spot || long <= spotLimit {
		return
	}
	e.mu.Lock()
	told := e.places.hinted[t.Process]
	e.places.hinted[t.Process] = true
	e.mu.Unlock()
	if !told {
		e.o.Warn(fmt.Sprintf("process `%s` may run for %s (directive `time`) on spot nodes of pool %s: what is taken away begins anew; dedicated nodes suit it better", t.Process, t.Resources.Time.ToString(), p.id))
	}
}

var shareLine = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?m)^share = ([0-9.e-]+);$`) })

// readFormula reads the share, and whether it asks for spot nodes, from a
// formula of ours.
func readFormula(text string) (share float64, spot, ok bool) {
	m := shareLine().FindStringSubmatch(text)
	if m == nil {
		return 0, false, false
	}
	share, err := strconv.ParseFloat(m[1], 64)
	return share, strings.Contains(text, "$PreemptedNodeCount"), err == nil && share > 0
}

// refresh sets the share in the formula of a pool of ours anew when our tasks
// take another part of a node on the average than it says.
func (e *Executor) refresh(ctx context.Context, l *lane, w *watch) error {
	e.mu.Lock()
	have, want := l.pool.share, e.meanShare(l)
	e.mu.Unlock()
	if have <= 0 || want <= 0 || !l.pool.ours || !l.pool.scales || time.Since(w.reset) < refreshGap || time.Since(w.kicked) < time.Minute {
		return nil
	}
	if off := want/have - 1; off <= drift && off >= -drift {
		return nil
	}
	got, err := e.s.batch.GetPool(ctx, l.pool.id, nil)
	if err != nil {
		return fmt.Errorf("read pool %s: %w", l.pool.id, err)
	}
	now, _, ok := readFormula(val(got.AutoScaleFormula))
	if !ok { // somebody gave it another one
		e.mu.Lock()
		l.pool.share = 0
		e.mu.Unlock()
		return nil
	}
	w.reset = time.Now()
	if off := want/now - 1; off > drift || off < -drift {
		text := shareLine().ReplaceAllString(*got.AutoScaleFormula, fmt.Sprintf("share = %g;", want))
		if _, err := e.s.batch.EnablePoolAutoScale(ctx, l.pool.id, azbatch.EnablePoolAutoScaleContent{AutoScaleFormula: &text, AutoScaleEvaluationInterval: got.AutoScaleEvaluationInterval}, nil); err != nil {
			return fmt.Errorf("set the scale formula of pool %s: %w", l.pool.id, err)
		}
		now = want
	}
	e.mu.Lock()
	l.pool.share = now
	e.mu.Unlock()
	return nil
}

// meanShare is the part of a node that the live tasks of a lane take on the
// average; 0 if it has none. Executor.mu is held.
func (e *Executor) meanShare(l *lane) float64 {
	slots, n := 0, 0
	for _, j := range l.jobs() {
		for _, en := range j.live {
			if s, err := l.pool.require(en.t.Resources); err == nil {
				slots += s
				n++
			}
		}
	}
	if n == 0 {
		return 0
	}
	return roundShare(float64(slots) / float64(n) / float64(l.pool.slots))
}

// several says whether a directive `queue` names more than one pool.
func several(name string) bool { return strings.ContainsAny(name, ", ;") }

// noPool is the finding that a pool is not there, with those that are.
func (e *Executor) noPool(ctx context.Context, t *task.Task, what string) error {
	name := t.Resources.Queue
	names := e.poolNames()
	pager := e.s.batch.NewListPoolsPager(&azbatch.ListPoolsOptions{SelectParam: []string{"id"}})
	for pager.More() {
		page, err := pager.NextPage(ctx)
		if err != nil {
			break // they would only have made the message better
		}
		for _, p := range page.Value {
			if !slices.Contains(names, val(p.ID)) {
				names = append(names, val(p.ID))
			}
		}
	}
	slices.Sort(names)
	cause := "the Batch account `" + e.s.account.Name + "` has no pools, and azure.batch.pools has none either"
	if len(names) > 0 {
		cause = "the Batch account `" + e.s.account.Name + "` and azure.batch.pools have " + strings.Join(names[:min(len(names), 20)], ", ")
	}
	fix := []string{"az batch pool list --query '[].id'"}
	if near, ok := diag.Near(name, names); ok {
		fix = append([]string{"queue '" + near + "' // the pool of nearly this name"}, fix...)
	}
	if validID().MatchString(name) {
		fix = append(fix, "azure.batch.pools."+name+".vmType = '…' and azure.batch.allowPoolCreation = true")
	}
	return &azure.FindingError{Finding: azure.Finding{ID: findingPool, Check: 5, What: what, Cause: cause, Fix: fix}}
}
