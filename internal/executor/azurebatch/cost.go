package azurebatch

import (
	"context"
	"time"

	"sluice/internal/task"
)

// pricing is what an hour of a node costs, asked once for each pool.
type pricing struct {
	asked bool
	hour  float64
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
	e.mu.Lock()
	p := l.pricing
	e.mu.Unlock()
	if p.asked || e.s.price == nil {
		return p.hour
	}
	ctx, cancel := context.WithTimeout(e.ctx, 5*time.Second)
	defer cancel()
	hour, spot, err := e.s.price(ctx, l.pool.vm.Name)
	if err != nil {
		hour, spot = 0, 0
	}
	if l.pool.spot {
		hour = spot
	}
	e.mu.Lock()
	l.pricing = pricing{asked: true, hour: hour}
	e.mu.Unlock()
	return hour
}
