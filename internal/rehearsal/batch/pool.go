package batch

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"sluice/internal/rehearsal/iam"
	"sluice/internal/rehearsal/state"
)

// A pool is a set of equal nodes.
//
// Its states:
//
//	active --DELETE--> deleting --nodes gone--> (404)
//	steady --resize, autoscale, removenodes--> resizing --stopresize--> stopping
//	   ^------------ nodes had, or refused ------'------------------------'
type pool struct {
	spec       poolSpec
	identities []poolIdentity
	size       state.VMSize
	slots      int

	etag                 string
	created, modified    time.Time
	state                string // active, deleting
	stateTime            time.Time
	allocation           string // steady, resizing, stopping
	allocTime            time.Time
	dedicated, low       int // targets
	dealloc              string
	resizeStart          time.Time
	resizeErrors         []wrong
	stopAlloc, stopScale func()
	stopSample           func()

	nodes   []*node
	busy    bool // tasks are being given out
	again   bool
	ordinal int // of nodes made
	jobs    []*job

	interval time.Duration
	scaleRun *scaleRun
	enabled  time.Time // autoscale last
	samples  []sample

	operation string // of its deletion
	usage     []nodeUse
}

// poolIdentity is an identity on a pool.
type poolIdentity struct {
	iam.Principal
	resource string // as it was written
}

// wrong is an error of a pool, node or formula.
type wrong struct {
	Code    string      `json:"code"`
	Message string      `json:"message"`
	Values  []nameValue `json:"values,omitempty"`
}

const (
	defaultResizeTimeout = 15 * time.Minute
	minResizeTimeout     = 5 * time.Minute
	allocationDelay      = time.Second
)

// findPool finds a pool as the data plane sees it: one that was just made
// comes into sight after the lag.
func (s *Service) findPool(id string) (*pool, *failure) {
	p := s.pools[strings.ToLower(id)]
	if p == nil || p.created.After(s.cutoff()) {
		return nil, notFound("Pool")
	}
	return p, nil
}

// cutoff is the time up to which lists know what happened.
func (s *Service) cutoff() time.Time { return s.now().Add(-s.state.Batch.ListLag) }

// quota reads a quota of the state: 0 is none given, less is none at all.
func quota(n int) (limit int, limited bool) { return max(n, 0), n != 0 }

func (s *Service) vmSize(name string) (state.VMSize, bool) {
	for _, v := range s.state.VMSizes {
		if strings.EqualFold(v.Name, name) {
			return v, true
		}
	}
	return state.VMSize{}, false
}

// newPool adds a pool that was checked.
func (s *Service) newPool(spec poolSpec, ids []poolIdentity) *pool {
	now := s.now()
	size, _ := s.vmSize(spec.VMSize)
	p := &pool{
		spec: spec, identities: ids, size: size, slots: 1, etag: s.etag(), created: now, modified: now,
		state: "active", stateTime: now, allocation: "steady", allocTime: now, dealloc: "requeue",
	}
	if spec.Slots != nil {
		p.slots = *spec.Slots
	}
	s.pools[strings.ToLower(spec.ID)] = p
	for _, j := range s.jobList {
		if strings.EqualFold(j.spec.Pool.PoolID, spec.ID) && !j.over() {
			p.jobs = append(p.jobs, j)
		}
	}
	s.armFaults(p)
	if spec.EnableAutoScale {
		s.startScale(p)
		return p
	}
	s.resize(p, deref(spec.TargetDedicated), deref(spec.TargetLowPriority), "requeue")
	return p
}

func deref[T any](v *T) T {
	if v == nil {
		var zero T
		return zero
	}
	return *v
}

// declare makes a pool that the state says exists.
func (s *Service) declare(d state.Pool) error {
	spec := poolSpec{
		ID: d.Name, VMSize: d.VMSize, TargetDedicated: &d.Nodes, TargetLowPriority: &d.SpotNodes,
		Slots: ptr(max(d.Slots, 1)), EnableAutoScale: d.Formula != "", Formula: d.Formula,
		TargetCommunication: "simplified", Scheduling: &fillSpec{Fill: "pack"},
	}
	if !validID(d.Name) {
		return fmt.Errorf("name %q: 1 to 64 letters, digits, - and _", d.Name)
	}
	if _, ok := s.vmSize(d.VMSize); !ok {
		return fmt.Errorf("vmSize %q is none of the state's vmSizes", d.VMSize)
	}
	for _, img := range s.state.Images {
		if img.Docker || !d.Containers {
			spec.VM = &vmSpec{Image: imageRef{Publisher: img.Publisher, Offer: img.Offer, SKU: img.SKU, Version: "latest"}, Agent: img.Agent}
			break
		}
	}
	if d.Containers {
		if spec.VM == nil {
			return fmt.Errorf("containers: none of the state's images has docker")
		}
		spec.VM.Container = &containerSpec{Type: "dockerCompatible"}
	}
	if spec.EnableAutoScale {
		spec.TargetDedicated, spec.TargetLowPriority = nil, nil
	}
	var ids []poolIdentity
	for _, name := range d.Identities {
		id, err := s.stateIdentity(name)
		if err != nil {
			return err
		}
		ids = append(ids, id)
	}
	p := s.newPool(spec, ids)
	if d.State == "deleting" {
		p.state, p.operation = "deleting", "declared"
	}
	return nil
}

func ptr[T any](v T) *T { return &v }

// stateIdentity finds an identity by the name that the state gives it.
func (s *Service) stateIdentity(name string) (poolIdentity, error) {
	for _, id := range s.state.Identities {
		if !strings.EqualFold(id.Name, name) || id.System {
			continue
		}
		resource := s.state.IdentityID(id.Name)
		who, ok := s.opts.Authority.Identity(resource)
		if !ok {
			return poolIdentity{}, fmt.Errorf("identity %s is not known to the authority", resource)
		}
		return poolIdentity{who, resource}, nil
	}
	return poolIdentity{}, fmt.Errorf("identity %q is none of the state's user-assigned identities", name)
}

// touch notes a change of the pool.
func (s *Service) touch(p *pool) {
	p.etag, p.modified = s.etag(), s.now()
}

func (p *pool) setAllocation(state string, now time.Time) {
	if p.allocation != state {
		p.allocation, p.allocTime = state, now
	}
}

// resize sets the targets and starts to reach them.
func (s *Service) resize(p *pool, dedicated, low int, dealloc string) {
	now := s.now()
	p.dedicated, p.low, p.dealloc, p.resizeStart = dedicated, low, dealloc, now
	p.resizeErrors = nil
	s.touch(p)
	if p.settled() {
		p.setAllocation("steady", now)
		return
	}
	p.setAllocation("resizing", now)
	if p.stopAlloc != nil {
		p.stopAlloc()
	}
	p.stopAlloc = s.after(min(allocationDelay, s.state.Batch.NodeStart), func() { s.allocate(p) })
}

// counts are the nodes that are there or on their way, and not to go.
func (p *pool) counts() (dedicated, low int) {
	for _, n := range p.nodes {
		switch {
		case n.leaving || n.state == "leavingpool":
		case n.dedicated:
			dedicated++
		default:
			low++
		}
	}
	return dedicated, low
}

func (p *pool) settled() bool {
	d, l := p.counts()
	return d == p.dedicated && l == p.low && !slices.ContainsFunc(p.nodes, func(n *node) bool { return n.leaving || n.state == "leavingpool" })
}

// allocate makes nodes up to the targets, as far as quotas and capacity go,
// and lets go of what is too much.
func (s *Service) allocate(p *pool) {
	p.stopAlloc = nil
	if p.state != "active" || p.allocation != "resizing" {
		return
	}
	d, l := p.counts()
	if w := s.faultResize(p, d < p.dedicated || l < p.low); w != nil {
		p.resizeErrors = append(p.resizeErrors, *w)
	} else {
		for ; d < p.dedicated; d++ {
			if w := s.refuseNode(p, true); w != nil {
				p.resizeErrors = append(p.resizeErrors, *w)
				break
			}
			s.newNode(p, true)
		}
		for ; l < p.low; l++ {
			if w := s.refuseNode(p, false); w != nil {
				p.resizeErrors = append(p.resizeErrors, *w)
				break
			}
			s.newNode(p, false)
		}
	}
	s.shrink(p, d-p.dedicated, true)
	s.shrink(p, l-p.low, false)
	s.touch(p)
	s.settle(p)
}

// settle ends a resize when no node is to go any more.
func (s *Service) settle(p *pool) {
	for _, n := range p.nodes {
		if n.leaving || n.state == "leavingpool" {
			return
		}
	}
	if p.allocation != "steady" {
		p.setAllocation("steady", s.now())
		s.touch(p)
	}
}

// refuseNode says why one more node cannot be had.
func (s *Service) refuseNode(p *pool, dedicated bool) *wrong {
	cores, spot, family, ofSize := s.used(p)
	b := s.state.Batch
	need := p.size.CPUs
	if dedicated {
		if limit, ok := quota(b.CoreQuota); ok && cores+need > limit {
			return &wrong{"AccountCoreQuotaReached", "The specified account has reached core quota", []nameValue{{"Limit", fmt.Sprint(limit)}, {"Used", fmt.Sprint(cores)}, {"Required", fmt.Sprint(need)}}}
		}
		if limit, ok := b.FamilyQuota[p.size.Family]; ok && family+need > limit {
			return &wrong{"AccountVMSeriesCoreQuotaReached", "The specified account has reached VM series core quota for " + p.size.Family, []nameValue{{"VMSeries", p.size.Family}, {"Limit", fmt.Sprint(limit)}, {"Used", fmt.Sprint(family)}, {"Required", fmt.Sprint(need)}}}
		}
	} else if limit, ok := quota(b.SpotQuota); ok && spot+need > limit {
		return &wrong{"AccountLowPriorityCoreQuotaReached", "The specified account has reached low priority core quota", []nameValue{{"Limit", fmt.Sprint(limit)}, {"Used", fmt.Sprint(spot)}, {"Required", fmt.Sprint(need)}}}
	}
	if p.size.Capacity > 0 && ofSize >= p.size.Capacity {
		return &wrong{"AllocationFailed", "Desired number of nodes could not be allocated: there is not enough capacity for the VM size " + p.size.Name + " in " + s.state.Location, []nameValue{{"Reason", "AllocationFailed"}, {"VMSize", p.size.Name}, {"Capacity", fmt.Sprint(p.size.Capacity)}}}
	}
	return nil
}

// used counts cores and nodes of the account: dedicated and spot cores, those
// of the pool's family, nodes of its size.
func (s *Service) used(of *pool) (cores, spot, family, nodes int) {
	for _, p := range s.pools {
		d, l := 0, 0
		for _, n := range p.nodes {
			switch {
			case n.state == "preempted":
			case n.dedicated:
				d++
			default:
				l++
			}
		}
		cores += d * p.size.CPUs
		spot += l * p.size.CPUs
		if p.size.Family == of.size.Family {
			family += d * p.size.CPUs
		}
		if p.size.Name == of.size.Name {
			nodes += d + l
		}
	}
	return cores, spot, family, nodes
}

// shrink lets go of excess nodes: those that never ran or are idle first.
func (s *Service) shrink(p *pool, excess int, dedicated bool) {
	if excess <= 0 {
		return
	}
	var candidates []*node
	for _, n := range p.nodes {
		if n.dedicated == dedicated && !n.leaving && n.state != "leavingpool" {
			candidates = append(candidates, n)
		}
	}
	slices.SortStableFunc(candidates, func(a, b *node) int { return a.keep() - b.keep() })
	for _, n := range candidates[:min(excess, len(candidates))] {
		s.release(n, p.dealloc)
	}
}

// nodeName is the id of a node: it is the same in each rehearsal.
func (p *pool) nodeName(n int, dedicated bool) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s/%d", strings.ToLower(p.spec.ID), n))
	suffix := "_d"
	if !dedicated {
		suffix = "_p"
	}
	return "tvmps_" + hex.EncodeToString(sum[:16]) + suffix
}

func (p *pool) node(id string) *node {
	for _, n := range p.nodes {
		if strings.EqualFold(n.id, id) {
			return n
		}
	}
	return nil
}

func (s *Service) newNode(p *pool, dedicated bool) {
	n := &node{pool: p, id: p.nodeName(p.ordinal, dedicated), index: p.ordinal, dedicated: dedicated, allocated: s.now(), prep: map[*job]*prepRun{}, tasks: map[*task]struct{}{}, schedulable: true}
	p.ordinal++
	if s.opts.Dir != "" {
		n.dir = filepath.Join(s.opts.Dir, "nodes", p.spec.ID, n.id)
	}
	for _, id := range p.identities {
		n.identities = append(n.identities, id.Principal)
	}
	p.nodes = append(p.nodes, n)
	s.boot(n)
}

// remove takes the pool's nodes away and then the pool.
func (s *Service) remove(p *pool) {
	now := s.now()
	p.state, p.stateTime = "deleting", now
	s.touch(p)
	s.stopScaling(p)
	if p.stopAlloc != nil {
		p.stopAlloc()
		p.stopAlloc = nil
	}
	p.dedicated, p.low = 0, 0
	p.setAllocation("resizing", now)
	s.serial++
	p.operation = fmt.Sprintf("delete-pool-%s-%d", strings.ToLower(p.spec.ID), s.serial)
	for _, n := range slices.Clone(p.nodes) {
		s.release(n, "requeue")
	}
	s.after(s.state.Batch.NodeStart/4+time.Second, func() { s.removed(p) })
}

// removed drops a pool when its last node has gone.
func (s *Service) removed(p *pool) {
	if len(p.nodes) > 0 {
		s.after(time.Second, func() { s.removed(p) })
		return
	}
	key := strings.ToLower(p.spec.ID)
	if s.pools[key] == p {
		delete(s.pools, key)
	}
	s.ended[p.operation] = s.now()
	s.gone = append(s.gone, p)
	for _, j := range p.jobs {
		j.pool = nil
	}
}
