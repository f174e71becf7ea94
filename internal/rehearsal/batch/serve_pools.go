package batch

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

func (s *Service) addPool(c *call, _ []string) *failure {
	var spec poolSpec
	// A pool's identity is set through the management plane alone: the
	// property is unknown here, and decode refuses it.
	if f := decode(c.body, &spec); f != nil {
		return f
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !validID(spec.ID) {
		return badID("pool", spec.ID)
	}
	if f := s.checkPool(&spec, nil); f != nil {
		return f
	}
	if f := s.roomForPool(spec.ID); f != nil {
		return f
	}
	p := s.newPool(spec, nil)
	c.etag(p.etag, p.modified)
	c.w.Header().Set("Location", c.base()+"/pools/"+spec.ID)
	c.w.Header().Set("DataServiceId", c.base()+"/pools/"+spec.ID)
	c.w.WriteHeader(http.StatusCreated)
	return nil
}

// roomForPool says whether a pool of the id can be made.
func (s *Service) roomForPool(id string) *failure {
	if p := s.pools[strings.ToLower(id)]; p != nil {
		if p.state == "deleting" {
			return conflict("PoolBeingDeleted", "The specified pool has been marked for deletion and is being garbage collected.")
		}
		return conflict("PoolExists", "The specified pool already exists.")
	}
	if limit, ok := quota(s.state.Batch.PoolQuota); ok && len(s.pools) >= limit {
		return conflict("PoolQuotaReached", "The pool quota for the account has been reached.").with("Limit", "%d", limit)
	}
	return nil
}

// checkPool checks a specification, whichever plane it came by.
func (s *Service) checkPool(spec *poolSpec, ids []poolIdentity) *failure {
	size, ok := s.vmSize(spec.VMSize)
	if !ok {
		return badValue("vmSize", spec.VMSize, "the specified VM size is not available in %s", s.state.Location)
	}
	if f := s.checkImage(spec); f != nil {
		return f
	}
	if n := spec.Slots; n != nil && (*n < 1 || *n > min(4*max(size.CPUs, 1), 256)) {
		return badValue("taskSlotsPerNode", strconv.Itoa(*n), "from 1 to the smaller of 4 times the cores of the VM size (%d) and 256", 4*size.CPUs)
	}
	if f := s.checkScale(spec); f != nil {
		return f
	}
	for i, m := range spec.Mounts {
		if m.Blob == nil || m.Blob.Identity == nil {
			continue
		}
		if !hasIdentity(ids, m.Blob.Identity.ID) {
			return badValue(fmt.Sprintf("mountConfiguration[%d]/azureBlobFileSystemConfiguration/identityReference", i), m.Blob.Identity.ID, "the identity is none of the pool's")
		}
	}
	if spec.VM.Container != nil {
		for i, r := range spec.VM.Container.Registries {
			if r.Identity != nil && !hasIdentity(ids, r.Identity.ID) {
				return badValue(fmt.Sprintf("containerConfiguration/containerRegistries[%d]/identityReference", i), r.Identity.ID, "the identity is none of the pool's")
			}
		}
	}
	if spec.StartTask != nil {
		return checkTaskParts("startTask", spec.StartTask)
	}
	return nil
}

func hasIdentity(ids []poolIdentity, resource string) bool {
	return slices.ContainsFunc(ids, func(id poolIdentity) bool { return strings.EqualFold(id.resource, resource) })
}

func (s *Service) checkImage(spec *poolSpec) *failure {
	vm := spec.VM
	if vm == nil {
		return badRequest("MissingRequiredProperty", "A required property was not specified in the request body.").with("PropertyName", "virtualMachineConfiguration")
	}
	if vm.Image.ID != "" || vm.Image.Shared != "" || vm.Image.Community != "" {
		return nil // of a gallery: what is in it is its owner's
	}
	ref := fmt.Sprintf("%s:%s:%s", vm.Image.Publisher, vm.Image.Offer, vm.Image.SKU)
	for _, img := range s.state.Images {
		if !strings.EqualFold(img.Publisher, vm.Image.Publisher) || !strings.EqualFold(img.Offer, vm.Image.Offer) || !strings.EqualFold(img.SKU, vm.Image.SKU) {
			continue
		}
		if !strings.EqualFold(img.Agent, vm.Agent) {
			return badValue("nodeAgentSKUId", vm.Agent, "the image %s needs the node agent %s", ref, img.Agent)
		}
		if vm.Container != nil && !img.Docker {
			return badValue("containerConfiguration", ref, "the image is not DockerCompatible")
		}
		return nil
	}
	return badValue("imageReference", ref, "The specified imageReference with publisher, offer and sku is not supported by Batch in %s", s.state.Location)
}

func (s *Service) checkScale(spec *poolSpec) *failure {
	d, l := deref(spec.TargetDedicated), deref(spec.TargetLowPriority)
	if spec.EnableAutoScale {
		if spec.TargetDedicated != nil || spec.TargetLowPriority != nil {
			return badRequest("InvalidAutoScalingSettings", "A pool that scales by itself takes no target numbers of nodes.")
		}
		return checkFormula(spec.Formula, spec.Interval)
	}
	if d < 0 || l < 0 {
		return badValue("targetDedicatedNodes", strconv.Itoa(min(d, l)), "a number of nodes is not negative")
	}
	if l > 0 && !strings.EqualFold(s.state.Batch.AllocationMode, "UserSubscription") {
		return s.noSpot(l)
	}
	if spec.ResizeTimeout != "" {
		if t, err := parseDuration(spec.ResizeTimeout); err != nil || t < minResizeTimeout {
			return badValue("resizeTimeout", spec.ResizeTimeout, "a duration of five minutes or more")
		}
	}
	return nil
}

// noSpot: low-priority nodes are retired; spot nodes need an account whose
// nodes are in the user's subscription.
func (s *Service) noSpot(n int) *failure {
	return badValue("targetLowPriorityNodes", strconv.Itoa(n), "low-priority nodes are retired; Spot nodes need a Batch account whose pool allocation mode is UserSubscription, this one's is %s", s.allocationMode())
}

func (s *Service) allocationMode() string {
	if strings.EqualFold(s.state.Batch.AllocationMode, "UserSubscription") {
		return "UserSubscription"
	}
	return "BatchService"
}

var poolFilter = []string{"id", "state", "stateTransitionTime", "allocationState", "allocationStateTransitionTime", "creationTime", "enableAutoScale", "vmSize", "displayName"}

func (p *pool) field(name string) any {
	switch name {
	case "id":
		return p.spec.ID
	case "displayName":
		return p.spec.DisplayName
	case "state":
		return p.state
	case "stateTransitionTime":
		return p.stateTime
	case "allocationState":
		return p.allocation
	case "allocationStateTransitionTime":
		return p.allocTime
	case "creationTime":
		return p.created
	case "enableAutoScale":
		return fmt.Sprint(p.spec.EnableAutoScale)
	case "vmSize":
		return p.spec.VMSize
	}
	return nil
}

func (s *Service) sortedPools(cutoff time.Time) []*pool {
	var pools []*pool
	for _, p := range s.pools {
		if !p.created.After(cutoff) {
			pools = append(pools, p)
		}
	}
	slices.SortFunc(pools, func(a, b *pool) int { return strings.Compare(strings.ToLower(a.spec.ID), strings.ToLower(b.spec.ID)) })
	return pools
}

func (s *Service) listPools(c *call, _ []string) *failure {
	q, f := parseQuery(c, poolFilter...)
	if f != nil {
		return f
	}
	s.mu.Lock()
	pools := slices.DeleteFunc(s.sortedPools(s.cutoff()), func(p *pool) bool { return !q.filter.match(p.field) })
	page, next := slicePage(pools, q)
	value := make([]object, len(page))
	for i, p := range page {
		value[i] = q.project(p.object(c))
	}
	s.mu.Unlock()
	c.page("pools", value, next)
	return nil
}

// object is the pool as the data plane gives it; its identities can be read
// here, not set.
func (p *pool) object(c *call) object {
	m := toObject(p.spec.shown())
	m["url"] = c.base() + "/pools/" + p.spec.ID
	m["eTag"], m["lastModified"], m["creationTime"] = p.etag, stamp(p.modified), stamp(p.created)
	m["state"], m["stateTransitionTime"] = p.state, stamp(p.stateTime)
	m["allocationState"], m["allocationStateTransitionTime"] = p.allocation, stamp(p.allocTime)
	d, l := p.present()
	m["currentDedicatedNodes"], m["currentLowPriorityNodes"] = d, l
	m["targetDedicatedNodes"], m["targetLowPriorityNodes"] = p.dedicated, p.low
	m["enableAutoScale"], m["enableInterNodeCommunication"] = p.spec.EnableAutoScale, p.spec.InterNode
	m["taskSlotsPerNode"], m["currentNodeCommunicationMode"] = p.slots, "simplified"
	if p.spec.Scheduling == nil {
		m["taskSchedulingPolicy"] = fillSpec{"spread"}
	}
	if len(p.resizeErrors) > 0 {
		m["resizeErrors"] = p.resizeErrors
	}
	if p.spec.EnableAutoScale {
		m["autoScaleEvaluationInterval"] = formatDuration(p.interval)
		if p.scaleRun != nil {
			m["autoScaleRun"] = p.scaleRun.object("timestamp", "values")
		}
	} else if p.spec.ResizeTimeout == "" {
		m["resizeTimeout"] = formatDuration(defaultResizeTimeout)
	}
	identity := object{"type": "None"}
	if len(p.identities) > 0 {
		var ids []object
		for _, id := range p.identities {
			ids = append(ids, object{"resourceId": id.resource, "clientId": id.ClientID, "principalId": id.ObjectID})
		}
		identity = object{"type": "UserAssigned", "userAssignedIdentities": ids}
	}
	m["identity"] = identity
	return m
}

// present counts the nodes that Batch counts as current: preempted ones are.
func (p *pool) present() (dedicated, low int) {
	for _, n := range p.nodes {
		if n.dedicated {
			dedicated++
		} else {
			low++
		}
	}
	return dedicated, low
}

func (s *Service) onPool(c *call, id string, f func(p *pool) *failure) *failure {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, bad := s.findPool(id)
	if bad != nil {
		return bad
	}
	if bad := match(c.r, p.etag); bad != nil {
		return bad
	}
	if bad := f(p); bad != nil {
		return bad
	}
	c.etag(p.etag, p.modified)
	return nil
}

// active refuses changes of a pool that is being deleted.
func (p *pool) refuse() *failure {
	if p.state == "deleting" {
		return conflict("PoolBeingDeleted", "The specified pool has been marked for deletion and is being garbage collected.")
	}
	return nil
}

func (s *Service) getPool(c *call, args []string) *failure {
	var m object
	q := query{fields: selected(c.r.URL.Query())}
	bad := s.onPool(c, args[0], func(p *pool) *failure { m = q.project(p.object(c)); return nil })
	if bad == nil {
		c.reply(http.StatusOK, m)
	}
	return bad
}

func (s *Service) patchPool(c *call, args []string) *failure {
	var u struct {
		poolSpec
		ID json.RawMessage `json:"id"`
	}
	if f := decode(c.body, &u); f != nil {
		return f
	}
	bad := s.onPool(c, args[0], func(p *pool) *failure {
		if f := p.refuse(); f != nil {
			return f
		}
		next := p.spec
		if u.StartTask != nil {
			next.StartTask = u.StartTask
		}
		if u.Metadata != nil {
			next.Metadata = u.Metadata
		}
		if u.TargetCommunication != "" {
			next.TargetCommunication = u.TargetCommunication
		}
		if u.DisplayName != "" {
			next.DisplayName = u.DisplayName
		}
		if u.Scheduling != nil {
			next.Scheduling = u.Scheduling
		}
		if u.VMSize != "" || u.VM != nil || u.Slots != nil || u.Mounts != nil {
			if len(p.nodes) > 0 || p.dedicated+p.low > 0 {
				return conflict("OperationInvalidForCurrentState", "VM size, image, slots and mounts of a pool can be changed only while it has no nodes.")
			}
			if u.VMSize != "" {
				next.VMSize = u.VMSize
			}
			if u.VM != nil {
				next.VM = u.VM
			}
			if u.Slots != nil {
				next.Slots = u.Slots
			}
			if u.Mounts != nil {
				next.Mounts = u.Mounts
			}
		}
		if f := s.checkPool(&next, p.identities); f != nil {
			return f
		}
		p.spec = next
		p.size, _ = s.vmSize(next.VMSize)
		p.slots = max(deref(next.Slots), 1)
		s.touch(p)
		return nil
	})
	if bad == nil {
		c.w.WriteHeader(http.StatusOK)
	}
	return bad
}

func (s *Service) deletePool(c *call, args []string) *failure {
	bad := s.onPool(c, args[0], func(p *pool) *failure {
		if f := p.refuse(); f != nil {
			return f
		}
		s.remove(p)
		return nil
	})
	if bad == nil {
		c.w.WriteHeader(http.StatusAccepted)
	}
	return bad
}

func (s *Service) resizePool(c *call, args []string) *failure {
	var u struct {
		Dedicated *int   `json:"targetDedicatedNodes"`
		Low       *int   `json:"targetLowPriorityNodes"`
		Timeout   string `json:"resizeTimeout"`
		Option    string `json:"nodeDeallocationOption"`
	}
	if f := decode(c.body, &u); f != nil {
		return f
	}
	bad := s.onPool(c, args[0], func(p *pool) *failure {
		if f := p.refuse(); f != nil {
			return f
		}
		switch {
		case p.spec.EnableAutoScale:
			return conflict("PoolAutoScaleEnabled", "The specified pool scales by itself: it cannot be resized.")
		case p.allocation != "steady":
			return conflict("PoolBeingResized", "The specified pool is being resized.")
		case u.Dedicated == nil && u.Low == nil:
			return badRequest("MissingRequiredProperty", "One of targetDedicatedNodes and targetLowPriorityNodes is needed.")
		}
		next := p.spec
		next.TargetDedicated, next.TargetLowPriority = &p.dedicated, &p.low
		if u.Dedicated != nil {
			next.TargetDedicated = u.Dedicated
		}
		if u.Low != nil {
			next.TargetLowPriority = u.Low
		}
		if u.Timeout != "" {
			next.ResizeTimeout = u.Timeout
		}
		if f := s.checkScale(&next); f != nil {
			return f
		}
		d, l := *next.TargetDedicated, *next.TargetLowPriority
		next.TargetDedicated, next.TargetLowPriority = &d, &l
		p.spec = next
		s.resize(p, d, l, option(u.Option))
		return nil
	})
	if bad == nil {
		c.w.WriteHeader(http.StatusAccepted)
	}
	return bad
}

func option(o string) string {
	if o == "" {
		return "requeue"
	}
	return strings.ToLower(o)
}

func (s *Service) stopResize(c *call, args []string) *failure {
	bad := s.onPool(c, args[0], func(p *pool) *failure { return s.stopResizing(p) })
	if bad == nil {
		c.w.WriteHeader(http.StatusAccepted)
	}
	return bad
}

// stopResizing keeps the nodes that are there.
func (s *Service) stopResizing(p *pool) *failure {
	if f := p.refuse(); f != nil {
		return f
	}
	if p.allocation != "resizing" {
		return conflict("OperationInvalidForCurrentState", "The specified pool is not being resized.")
	}
	p.setAllocation("stopping", s.now())
	if p.stopAlloc != nil {
		p.stopAlloc()
		p.stopAlloc = nil
	}
	p.dedicated, p.low = p.counts()
	p.resizeErrors = []wrong{{Code: "ResizeStopped", Message: "Desired number of nodes could not be allocated: the resize was stopped"}}
	s.settle(p)
	return nil
}

func (s *Service) removeNodes(c *call, args []string) *failure {
	var u struct {
		Nodes   []string `json:"nodeList"`
		Timeout string   `json:"resizeTimeout"`
		Option  string   `json:"nodeDeallocationOption"`
	}
	if f := decode(c.body, &u); f != nil {
		return f
	}
	if len(u.Nodes) == 0 || len(u.Nodes) > 100 {
		return badValue("nodeList", strconv.Itoa(len(u.Nodes)), "from 1 to 100 nodes")
	}
	bad := s.onPool(c, args[0], func(p *pool) *failure {
		if f := p.refuse(); f != nil {
			return f
		}
		if p.allocation != "steady" {
			return conflict("PoolBeingResized", "The specified pool is being resized.")
		}
		var nodes []*node
		for _, id := range u.Nodes {
			n := p.node(id)
			if n == nil {
				return notFound("Node").with("NodeId", "%s", id)
			}
			nodes = append(nodes, n)
		}
		now := s.now()
		p.resizeErrors, p.resizeStart = nil, now
		p.setAllocation("resizing", now)
		for _, n := range nodes {
			if n.dedicated {
				p.dedicated = max(p.dedicated-1, 0)
			} else {
				p.low = max(p.low-1, 0)
			}
			s.release(n, option(u.Option))
		}
		s.touch(p)
		return nil
	})
	if bad == nil {
		c.w.WriteHeader(http.StatusAccepted)
	}
	return bad
}

func (s *Service) nodeCounts(c *call, _ []string) *failure {
	q, f := parseQuery(c, "poolId")
	if f != nil {
		return f
	}
	s.mu.Lock()
	var found []object
	for _, p := range s.sortedPools(s.cutoff()) {
		if q.filter.match(func(string) any { return p.spec.ID }) {
			found = append(found, object{"poolId": p.spec.ID, "dedicated": p.stateCounts(true), "lowPriority": p.stateCounts(false)})
		}
	}
	s.mu.Unlock()
	page, next := slicePage(found, q)
	c.page("poolnodecounts", page, next)
	return nil
}

// countNames are the fields of node counts, by the node's state.
var countNames = map[string]string{
	"creating": "creating", "idle": "idle", "leavingpool": "leavingPool", "offline": "offline", "preempted": "preempted",
	"rebooting": "rebooting", "reimaging": "reimaging", "running": "running", "starting": "starting",
	"starttaskfailed": "startTaskFailed", "unknown": "unknown", "unusable": "unusable", "waitingforstarttask": "waitingForStartTask",
	"deallocated": "deallocated", "deallocating": "deallocating", "upgradingos": "upgradingOS",
}

func (p *pool) stateCounts(dedicated bool) object {
	m := object{}
	for _, name := range countNames {
		m[name] = 0
	}
	total := 0
	for _, n := range p.nodes {
		if n.dedicated == dedicated {
			name := countNames[n.state]
			m[name] = m[name].(int) + 1
			total++
		}
	}
	m["total"] = total
	return m
}

func (s *Service) supportedImages(c *call, _ []string) *failure {
	q, f := parseQuery(c, "nodeAgentSKUId", "verificationType", "osType")
	if f != nil {
		return f
	}
	var found []object
	for _, img := range s.state.Images {
		m := object{
			"nodeAgentSKUId": img.Agent, "osType": "linux", "verificationType": "verified",
			"imageReference": imageRef{Publisher: img.Publisher, Offer: img.Offer, SKU: img.SKU, Version: "latest"},
		}
		if !q.filter.match(func(name string) any { return m[name] }) {
			continue
		}
		if img.Docker {
			m["capabilities"] = []string{"DockerCompatible"}
		}
		if !img.EndOfLife.IsZero() {
			m["batchSupportEndOfLife"] = stamp(img.EndOfLife)
		}
		found = append(found, m)
	}
	page, next := slicePage(found, q)
	c.page("accountlistsupportedimages", page, next)
	return nil
}
