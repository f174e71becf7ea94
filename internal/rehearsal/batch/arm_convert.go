package batch

import (
	"strings"
)

// spec turns the management plane's form of a pool into the data plane's.
func (a *armProperties) spec(name string) poolSpec {
	p := poolSpec{
		ID: name, DisplayName: a.DisplayName, VMSize: a.VMSize, Slots: a.Slots, Metadata: a.Metadata, Mounts: a.Mounts, UserAccounts: a.UserAccounts,
		Packages: a.Packages, Certificates: a.Certificates, Tags: a.Tags, UpgradePolicy: a.UpgradePolicy,
		InterNode: strings.EqualFold(a.InterNode, "Enabled"), TargetCommunication: strings.ToLower(a.Communication),
	}
	if a.Scheduling != nil {
		p.Scheduling = &fillSpec{strings.ToLower(a.Scheduling.Fill)}
	}
	if n := a.Network; n != nil {
		p.Network = &networkSpec{Subnet: n.Subnet, Scope: strings.ToLower(n.Scope), Endpoint: n.Endpoint, PublicIP: n.PublicIP, Accelerated: n.Accelerated}
	}
	if t := a.StartTask; t != nil && t.Line != "" {
		p.StartTask = &taskSpec{Line: t.Line, Container: t.Container, Resources: t.Resources, Environment: t.Environment, User: t.User, Retries: t.Retries, Wait: t.Wait}
	}
	if s := a.Scale; s != nil {
		if s.Auto != nil {
			p.EnableAutoScale, p.Formula, p.Interval = true, s.Auto.Formula, s.Auto.Interval
		} else if f := s.Fixed; f != nil {
			p.TargetDedicated, p.TargetLowPriority, p.ResizeTimeout = f.Dedicated, f.Low, f.Timeout
		}
	}
	if a.Deployment != nil && a.Deployment.VM != nil {
		p.VM = a.Deployment.VM.spec()
	}
	return p
}

func (v *armVM) spec() *vmSpec {
	vm := &vmSpec{
		Image: imageRef{Publisher: v.Image.Publisher, Offer: v.Image.Offer, SKU: v.Image.SKU, Version: v.Image.Version, ID: v.Image.ID},
		Agent: v.Agent, DataDisks: v.DataDisks, Encryption: v.Encryption, Extensions: v.Extensions, License: v.License,
		Placement: v.Placement, OSDisk: v.OSDisk, Security: v.Security, ServiceReference: v.Service, Windows: v.Windows,
	}
	if c := v.Container; c != nil {
		vm.Container = &containerSpec{Type: lowerFirst(c.Type), Images: c.Images}
		for _, r := range c.Registries {
			vm.Container.Registries = append(vm.Container.Registries, registrySpec(r))
		}
	}
	return vm
}

func lowerFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}

func upperFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// armObject is the pool as the management plane gives it. The caller holds
// the lock.
func (s *Service) armObject(p *pool) armPool {
	spec := p.spec.shown()
	a := &armProperties{
		DisplayName: spec.DisplayName, VMSize: spec.VMSize, Slots: ptr(p.slots), Metadata: spec.Metadata, Mounts: spec.Mounts,
		UserAccounts: spec.UserAccounts, Packages: spec.Packages, Certificates: spec.Certificates, Tags: spec.Tags, UpgradePolicy: spec.UpgradePolicy,
		InterNode: "Disabled", Communication: upperFirst(spec.TargetCommunication), Scheduling: &fillSpec{"Spread"},
		State: upperFirst(p.provisioning()), StateTime: stamp(p.stateTime), Allocation: upperFirst(p.allocation), AllocationTime: stamp(p.allocTime),
		Created: stamp(p.created), Modified: stamp(p.modified), CurrentCommunicate: "Simplified",
	}
	if spec.InterNode {
		a.InterNode = "Enabled"
	}
	if spec.Scheduling != nil {
		a.Scheduling.Fill = upperFirst(spec.Scheduling.Fill)
	}
	if n := spec.Network; n != nil {
		a.Network = &armNetwork{Subnet: n.Subnet, Scope: n.Scope, Endpoint: n.Endpoint, PublicIP: n.PublicIP, Accelerated: n.Accelerated}
	}
	if t := spec.StartTask; t != nil {
		a.StartTask = &armStartTask{Line: t.Line, Container: t.Container, Resources: t.Resources, Environment: t.Environment, User: t.User, Retries: t.Retries, Wait: t.Wait}
	}
	if spec.VM != nil {
		a.Deployment = &armDeployment{VM: spec.VM.arm()}
	}
	a.CurrentDedicated, a.CurrentLow = p.present2()
	s.armScaled(p, spec, a)
	out := armPool{ID: s.account + "/pools/" + spec.ID, Name: spec.ID, Type: "Microsoft.Batch/batchAccounts/pools", Etag: `W/"` + p.etag + `"`, Properties: a}
	if len(p.identities) > 0 {
		out.Identity = &armIdentity{Type: "UserAssigned", Identities: map[string]*armIdentityInfo{}}
		for _, id := range p.identities {
			out.Identity.Identities[id.resource] = &armIdentityInfo{ClientID: id.ClientID, PrincipalID: id.ObjectID}
		}
	}
	return out
}

func (p *pool) present2() (any, any) {
	d, l := p.present()
	return d, l
}

func (p *pool) provisioning() string {
	if p.state == "deleting" {
		return "deleting"
	}
	return "succeeded"
}

func (s *Service) armScaled(p *pool, spec poolSpec, a *armProperties) {
	timeout := spec.ResizeTimeout
	if timeout == "" {
		timeout = formatDuration(defaultResizeTimeout)
	}
	if spec.EnableAutoScale {
		a.Scale = &armScale{Auto: &armAuto{spec.Formula, formatDuration(p.interval)}}
		if p.scaleRun != nil {
			a.ScaleRun = p.scaleRun.object("evaluationTime", "")
		}
	} else {
		a.Scale = &armScale{Fixed: &armFixed{Dedicated: ptr(p.dedicated), Low: ptr(p.low), Timeout: timeout}}
	}
	if p.resizeStart.IsZero() {
		return
	}
	m := object{"targetDedicatedNodes": p.dedicated, "targetLowPriorityNodes": p.low, "resizeTimeout": timeout, "nodeDeallocationOption": armOption(p.dealloc), "startTime": stamp(p.resizeStart)}
	if len(p.resizeErrors) > 0 {
		var errs []object
		for _, e := range p.resizeErrors {
			errs = append(errs, object{"code": e.Code, "message": e.Message})
		}
		m["errors"] = errs
	}
	a.Resize = m
}

func armOption(o string) string {
	switch o {
	case "taskcompletion":
		return "TaskCompletion"
	case "retaineddata":
		return "RetainedData"
	}
	return upperFirst(o)
}

func (v *vmSpec) arm() *armVM {
	a := &armVM{
		Image: armImage{Publisher: v.Image.Publisher, Offer: v.Image.Offer, SKU: v.Image.SKU, Version: v.Image.Version, ID: v.Image.ID},
		Agent: v.Agent, DataDisks: v.DataDisks, Encryption: v.Encryption, Extensions: v.Extensions, License: v.License,
		Placement: v.Placement, OSDisk: v.OSDisk, Security: v.Security, Service: v.ServiceReference, Windows: v.Windows,
	}
	if c := v.Container; c != nil {
		a.Container = &armContainers{Type: upperFirst(c.Type), Images: c.Images}
		for _, r := range c.Registries {
			a.Container.Registries = append(a.Container.Registries, armRegistry(r))
		}
	}
	return a
}
