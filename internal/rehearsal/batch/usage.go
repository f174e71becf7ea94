package batch

import (
	"slices"
	"strings"
	"time"
)

// nodeUse is a span of time that a node cost.
type nodeUse struct {
	dedicated bool
	length    time.Duration
}

// bill closes the span that a node is in.
func (s *Service) bill(n *node) {
	if n.billed.IsZero() {
		return
	}
	n.pool.usage = append(n.pool.usage, nodeUse{n.dedicated, s.now().Sub(n.billed)})
	n.billed = time.Time{}
}

// Usage is what a pool's nodes have cost.
type Usage struct {
	Pool, VMSize    string
	Dedicated, Spot time.Duration // of all nodes together
	Cost            float64       // in the currency of the state's prices
}

// Usage tells for each pool, also for those that are gone, how long its
// nodes were there and what that costs.
func (s *Service) Usage() []Usage {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	var all []Usage
	pools := slices.Clone(s.gone)
	for _, p := range s.pools {
		pools = append(pools, p)
	}
	for _, p := range pools {
		u := Usage{Pool: p.spec.ID, VMSize: p.size.Name}
		add := func(dedicated bool, d time.Duration) {
			if dedicated {
				u.Dedicated += d
			} else {
				u.Spot += d
			}
		}
		for _, x := range p.usage {
			add(x.dedicated, x.length)
		}
		for _, n := range p.nodes {
			if !n.billed.IsZero() {
				add(n.dedicated, now.Sub(n.billed))
			}
		}
		u.Cost = u.Dedicated.Hours()*p.size.Price + u.Spot.Hours()*p.size.SpotPrice
		all = append(all, u)
	}
	slices.SortStableFunc(all, func(a, b Usage) int { return strings.Compare(a.Pool, b.Pool) })
	return all
}
