package batch

import (
	"slices"
	"strings"

	"sluice/internal/rehearsal/iam"
	"sluice/internal/rehearsal/state"
)

// A fault is an event of the state with how often it has happened. Pool ""
// is every pool. What happens to a node (preempt, lose, unusable) happens At
// after the pool was made, or, with At 0, when the first task runs on it;
// once, unless Times says more. The others happen whenever there is occasion,
// Times times (0: always).
type fault struct {
	state.Fault
	seen, happened int
}

func faultsOf(all []state.Fault) []*fault {
	var faults []*fault
	for _, f := range all {
		if f.Event != "" {
			faults = append(faults, &fault{Fault: f})
		}
	}
	return faults
}

func (f *fault) in(p *pool) bool { return f.Pool == "" || strings.EqualFold(f.Pool, p.spec.ID) }

// happens counts an occasion and says whether the fault takes it.
func (f *fault) happens() bool {
	f.seen++
	if f.seen <= f.After || f.Times > 0 && f.happened >= f.Times {
		return false
	}
	if f.Every > 1 && (f.seen-f.After)%f.Every != 0 {
		return false
	}
	f.happened++
	return true
}

// occasion finds a fault of the event that takes this occasion.
func (s *Service) occasion(event string, p *pool, fits func(*fault) bool) *fault {
	for _, f := range s.faults {
		if f.Event == event && f.in(p) && fits(f) && s.now().Sub(p.created) >= f.At && f.happens() {
			return f
		}
	}
	return nil
}

func (f *fault) code(or string) string {
	if f.Code != "" {
		return f.Code
	}
	return or
}

func (f *fault) message(or string) string {
	if f.Message != "" {
		return f.Message
	}
	return or
}

// armFaults sets the timers of a new pool's faults.
func (s *Service) armFaults(p *pool) {
	for _, f := range s.faults {
		if f.in(p) && f.At > 0 {
			s.after(f.At, func() { s.faultsDue(p) })
		}
	}
}

// faultsDue lets happen what was to happen to nodes by now.
func (s *Service) faultsDue(p *pool) {
	age := s.now().Sub(p.created)
	for _, f := range s.faults {
		if !f.in(p) || age < f.At || f.happened >= max(f.Times, 1) {
			continue
		}
		if f.Event == "detach" {
			f.happened++
			p.takeIdentity(f.Identity)
			continue
		}
		i := slices.IndexFunc(p.nodes, func(n *node) bool { return n.index == f.Node })
		if i < 0 {
			continue
		}
		n := p.nodes[i]
		if n.state != "running" && (n.state != "idle" || f.At == 0) {
			continue
		}
		s.strike(n, f)
	}
}

// strike does to a node what the fault says.
func (s *Service) strike(n *node, f *fault) {
	switch f.Event {
	case "preempt":
		f.happened++
		s.preempt(n)
	case "lose":
		f.happened++
		s.vacate(n, "unknown")
	case "unusable":
		f.happened++
		s.breakNode(n, wrong{Code: f.code("NodeUnusable"), Message: f.message("The node is unusable")})
	}
}

// takeIdentity takes an identity (its name, client id or ARM id) from the
// pool's nodes; "" takes all.
func (p *pool) takeIdentity(id string) {
	named := func(who iam.Principal) bool {
		return id == "" || strings.EqualFold(who.Name, id) || strings.EqualFold(who.ClientID, id) || strings.EqualFold(who.ResourceID, id)
	}
	for _, n := range p.nodes {
		n.identities = slices.DeleteFunc(n.identities, named)
	}
	p.identities = slices.DeleteFunc(p.identities, func(x poolIdentity) bool { return named(x.Principal) })
}

// faultResize refuses new nodes.
func (s *Service) faultResize(p *pool, grows bool) *wrong {
	if !grows {
		return nil
	}
	f := s.occasion("resize", p, func(*fault) bool { return true })
	if f == nil {
		return nil
	}
	return &wrong{Code: f.code("AllocationTimedout"), Message: f.message("Desired number of dedicated nodes could not be allocated as the resize timeout was reached")}
}

// faultNode is a fault of an event on the node, if it takes this occasion.
func (s *Service) faultNode(event string, n *node) *fault {
	return s.occasion(event, n.pool, func(f *fault) bool { return f.Node == n.index })
}

// faultTask makes a command of a task fail.
func (s *Service) faultTask(kind string, n *node, _ *task, spec taskSpec) *failureInfo {
	switch kind {
	case "prep":
		if s.faultNode("prep", n) != nil {
			return exitFailure()
		}
	case "task":
		if f := s.faultNode("diskfull", n); f != nil {
			return serverError(f.code("DiskFull"), f.message("There is not enough disk space on the node"))
		}
		if spec.Container == nil {
			return nil
		}
		if f := s.faultNode("pull", n); f != nil {
			return userError(f.code(codePullInvalid), f.message("The container image could not be pulled"), nameValue{"ContainerImage", spec.Container.Image})
		}
	}
	return nil
}
