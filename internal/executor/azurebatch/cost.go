package azurebatch

import (
	"context"
	"sync"
	"time"

	"sluice/internal/task"
)

// pricing is what an hour of a node costs, asked once for each pool, however
// many tasks end at once.
type pricing struct {
	ask  sync.Once
	hour float64
}

// price fills in what a task cost: its part of the node for as long as it
// ran. Where no price is known it stays 0.
func (e *Executor) price(en *entry, r *task.Result) {
	l := en.lane
	if l == nil || l.pool == nil || r.Start.IsZero() || r.Complete.Before(r.Start) {
		return
	}
	slots, err := l.pool.require(en.t.Resources)
	if err != nil {
		return
	}
	r.Cost = cost(e.hourly(l), float64(slots)/float64(l.pool.slots), r.Complete.Sub(r.Start))
}

// cost is the price of a share of a node for a time.
func cost(hour, share float64, d time.Duration) float64 { return hour * share * d.Hours() }

// hourly is the price of a node of a pool. No answer is no price: a run does
// not wait for it more than once.
func (e *Executor) hourly(l *lane) float64 {
	if e.s.price == nil {
		return 0
	}
	l.pricing.ask.Do(func() {
		ctx, cancel := context.WithTimeout(e.ctx, 5*time.Second)
		defer cancel()
		hour, spot, err := e.s.price(ctx, l.pool.vm.Name)
		switch {
		case err != nil: // stays 0
		case l.pool.spot:
			l.pricing.hour = spot
		default:
			l.pricing.hour = hour
		}
	})
	return l.pricing.hour
}
