package azurebatch

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"sluice/internal/azure"
	"sluice/internal/task"
	"sluice/internal/workdir"
)

const (
	outageTold  = 30 * time.Second // lists may fail so long without a word
	outageAgain = 10 * time.Minute
	// deniedFor is how long a head that is refused goes on: whoever took a role
	// away may give it back, and assignments take a while to act.
	deniedFor = 5 * time.Minute
)

// An outage is a time in which the service does not tell how tasks are.
type outage struct{ since, told time.Time }

// fails takes in that a list failed. Nothing waits in silence: an outage is
// told, and one that only a person can end fails the tasks, with what to do.
// They go on in the service, and a later head adopts them.
func (e *Executor) fails(o *outage, err error) {
	e.trouble(err)
	now := time.Now()
	if o.since.IsZero() {
		o.since = now
	}
	final := azure.Refused(err)
	lasts := now.Sub(o.since)
	if (final || lasts >= outageTold) && (o.told.IsZero() || now.Sub(o.told) >= outageAgain) {
		o.told = now
		if final {
			e.o.Warn(e.explain("ask for tasks", err).Error())
		} else {
			e.o.Notice(fmt.Sprintf("the Batch service has not told how tasks are for %s; asking on: %s", lasts.Round(time.Second), firstLine(azure.Redact(err.Error()))))
		}
	}
	if final && lasts >= deniedFor {
		e.failAll(e.explain("ask for tasks", err))
	}
}

// works takes in that a list went well.
func (e *Executor) works(o *outage) {
	if !o.told.IsZero() {
		e.o.Notice(fmt.Sprintf("the Batch service tells again how tasks are, after %s", time.Since(o.since).Round(time.Second)))
	}
	*o = outage{}
}

// failAll reports every task of the run as failed; the service keeps them.
func (e *Executor) failAll(why error) {
	e.mu.Lock()
	var list []*entry
	for _, id := range slices.Sorted(maps.Keys(e.tasks)) {
		if en := e.tasks[id]; en.state <= task.Running && en.posted == nil {
			list = append(list, en)
		}
	}
	e.mu.Unlock()
	for _, en := range list {
		e.finish(en, task.Failed, task.Result{Exit: -1, Err: why, Complete: time.Now(), Metrics: workdir.Unmeasured})
	}
}
