package batch

import (
	"encoding/json"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"sluice/internal/rehearsal/iam"
)

// armPool is a pool as the management plane writes it.
type armPool struct {
	ID         string         `json:"id,omitempty"`
	Name       string         `json:"name,omitempty"`
	Type       string         `json:"type,omitempty"`
	Etag       string         `json:"etag,omitempty"`
	Identity   *armIdentity   `json:"identity,omitempty"`
	Properties *armProperties `json:"properties,omitempty"`
}

type armIdentity struct {
	Type       string                      `json:"type"`
	Identities map[string]*armIdentityInfo `json:"userAssignedIdentities,omitempty"`
}

type armIdentityInfo struct {
	ClientID    string `json:"clientId,omitempty"`
	PrincipalID string `json:"principalId,omitempty"`
}

type armProperties struct {
	DisplayName   string            `json:"displayName,omitempty"`
	VMSize        string            `json:"vmSize,omitempty"`
	Deployment    *armDeployment    `json:"deploymentConfiguration,omitempty"`
	Scale         *armScale         `json:"scaleSettings,omitempty"`
	StartTask     *armStartTask     `json:"startTask,omitempty"`
	Slots         *int              `json:"taskSlotsPerNode,omitempty"`
	Scheduling    *fillSpec         `json:"taskSchedulingPolicy,omitempty"`
	Network       *armNetwork       `json:"networkConfiguration,omitempty"`
	Metadata      []nameValue       `json:"metadata,omitempty"`
	Mounts        []mountSpec       `json:"mountConfiguration,omitempty"`
	UserAccounts  []userAccount     `json:"userAccounts,omitempty"`
	Packages      json.RawMessage   `json:"applicationPackages,omitempty"`
	Licenses      json.RawMessage   `json:"applicationLicenses,omitempty"`
	Certificates  json.RawMessage   `json:"certificates,omitempty"`
	Tags          map[string]string `json:"resourceTags,omitempty"`
	UpgradePolicy json.RawMessage   `json:"upgradePolicy,omitempty"`
	InterNode     string            `json:"interNodeCommunication,omitempty"`
	Communication string            `json:"targetNodeCommunicationMode,omitempty"`

	// Read-only; a client that sends back what it got sends them too.
	State              any `json:"provisioningState,omitempty"`
	StateTime          any `json:"provisioningStateTransitionTime,omitempty"`
	Allocation         any `json:"allocationState,omitempty"`
	AllocationTime     any `json:"allocationStateTransitionTime,omitempty"`
	Created            any `json:"creationTime,omitempty"`
	Modified           any `json:"lastModified,omitempty"`
	CurrentDedicated   any `json:"currentDedicatedNodes,omitempty"`
	CurrentLow         any `json:"currentLowPriorityNodes,omitempty"`
	CurrentCommunicate any `json:"currentNodeCommunicationMode,omitempty"`
	ScaleRun           any `json:"autoScaleRun,omitempty"`
	Resize             any `json:"resizeOperationStatus,omitempty"`
}

type armDeployment struct {
	VM *armVM `json:"virtualMachineConfiguration,omitempty"`
}

type armVM struct {
	Image      armImage        `json:"imageReference"`
	Agent      string          `json:"nodeAgentSkuId"`
	Container  *armContainers  `json:"containerConfiguration,omitempty"`
	DataDisks  json.RawMessage `json:"dataDisks,omitempty"`
	Encryption json.RawMessage `json:"diskEncryptionConfiguration,omitempty"`
	Extensions json.RawMessage `json:"extensions,omitempty"`
	License    string          `json:"licenseType,omitempty"`
	Placement  json.RawMessage `json:"nodePlacementConfiguration,omitempty"`
	OSDisk     json.RawMessage `json:"osDisk,omitempty"`
	Security   json.RawMessage `json:"securityProfile,omitempty"`
	Service    json.RawMessage `json:"serviceArtifactReference,omitempty"`
	Windows    json.RawMessage `json:"windowsConfiguration,omitempty"`
}

type armImage struct {
	Publisher string `json:"publisher,omitempty"`
	Offer     string `json:"offer,omitempty"`
	SKU       string `json:"sku,omitempty"`
	Version   string `json:"version,omitempty"`
	ID        string `json:"id,omitempty"`
}

type armContainers struct {
	Type       string        `json:"type"`
	Images     []string      `json:"containerImageNames,omitempty"`
	Registries []armRegistry `json:"containerRegistries,omitempty"`
}

type armRegistry struct {
	Server   string       `json:"registryServer,omitempty"`
	User     string       `json:"username,omitempty"`
	Password string       `json:"password,omitempty"`
	Identity *identityRef `json:"identityReference,omitempty"`
}

type armScale struct {
	Fixed *armFixed `json:"fixedScale,omitempty"`
	Auto  *armAuto  `json:"autoScale,omitempty"`
}

type armFixed struct {
	Dedicated *int   `json:"targetDedicatedNodes,omitempty"`
	Low       *int   `json:"targetLowPriorityNodes,omitempty"`
	Timeout   string `json:"resizeTimeout,omitempty"`
	Option    string `json:"nodeDeallocationOption,omitempty"`
}

type armAuto struct {
	Formula  string `json:"formula"`
	Interval string `json:"evaluationInterval,omitempty"`
}

type armStartTask struct {
	Line        string             `json:"commandLine,omitempty"`
	Container   *containerSettings `json:"containerSettings,omitempty"`
	Resources   []resourceFile     `json:"resourceFiles,omitempty"`
	Environment []nameValue        `json:"environmentSettings,omitempty"`
	User        json.RawMessage    `json:"userIdentity,omitempty"`
	Retries     *int               `json:"maxTaskRetryCount,omitempty"`
	Wait        *bool              `json:"waitForSuccess,omitempty"`
}

type armNetwork struct {
	Subnet      string          `json:"subnetId,omitempty"`
	Scope       string          `json:"dynamicVnetAssignmentScope,omitempty"`
	Endpoint    json.RawMessage `json:"endpointConfiguration,omitempty"`
	PublicIP    json.RawMessage `json:"publicIPAddressConfiguration,omitempty"`
	Accelerated *bool           `json:"enableAcceleratedNetworking,omitempty"`
}

func (s *Service) armPools(c *armCall, account string, rest []string) *failure {
	scope := s.armScope(c, account)
	if len(rest) == 0 {
		if c.r.Method != http.MethodGet {
			return c.unknown()
		}
		if f := s.armAllow(c, poolsRead, scope); f != nil {
			return f
		}
		if f := s.thisAccount(c, account); f != nil {
			return f
		}
		return s.armListPools(c)
	}
	scope += "/pools/" + rest[0]
	action := map[string]string{"GET": poolsRead, "PUT": poolsWrite, "PATCH": poolsWrite, "DELETE": poolsDelete}[c.r.Method]
	if len(rest) == 2 && c.r.Method == http.MethodPost {
		switch strings.ToLower(rest[1]) {
		case "disableautoscale":
			action = "Microsoft.Batch/batchAccounts/pools/disableAutoscale/action"
		case "stopresize":
			action = "Microsoft.Batch/batchAccounts/pools/stopResize/action"
		}
	} else if len(rest) != 1 {
		action = ""
	}
	if action == "" {
		return c.unknown()
	}
	if f := s.armAllow(c, action, scope); f != nil {
		return f
	}
	if f := s.thisAccount(c, account); f != nil {
		return f
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.pools[strings.ToLower(rest[0])]
	if c.r.Method == http.MethodPut {
		return s.armPut(c, rest[0], p)
	}
	if p == nil {
		if c.r.Method == http.MethodDelete {
			c.w.WriteHeader(http.StatusNoContent)
			return nil
		}
		return fail(http.StatusNotFound, "PoolNotFound", "The specified pool does not exist.")
	}
	if f := match(c.r, p.etag); f != nil {
		return f
	}
	switch c.r.Method {
	case http.MethodGet:
		return s.armReply(c, p)
	case http.MethodPatch:
		return s.armPatch(c, p)
	case http.MethodDelete:
		return s.armDelete(c, p)
	}
	f := s.stopResizing
	if strings.EqualFold(rest[1], "disableAutoScale") {
		f = s.disableScale
	}
	if bad := f(p); bad != nil {
		return bad
	}
	return s.armReply(c, p)
}

func (s *Service) armReply(c *armCall, p *pool) *failure {
	c.w.Header().Set("ETag", `W/"`+p.etag+`"`)
	return c.reply(http.StatusOK, s.armObject(p))
}

func (s *Service) armListPools(c *armCall) *failure {
	s.mu.Lock()
	pools := s.sortedPools(s.now())
	value := make([]armPool, len(pools))
	for i, p := range pools {
		value[i] = s.armObject(p)
	}
	s.mu.Unlock()
	return c.reply(http.StatusOK, object{"value": value})
}

// armPut makes a pool, or updates one of the same kind.
func (s *Service) armPut(c *armCall, name string, p *pool) *failure {
	var sent armPool
	if f := decode(c.body, &sent); f != nil {
		return f
	}
	if p != nil && p.state == "deleting" {
		return conflict("PoolBeingDeleted", "The specified pool has been marked for deletion and is being garbage collected.")
	}
	tag := ""
	if p != nil {
		tag = p.etag
	}
	if m := c.r.Header.Get("If-Match"); p != nil || m != "" {
		if f := match(c.r, tag); f != nil {
			return f
		}
	}
	if !validID(name) {
		return badID("pool", name)
	}
	if sent.Properties == nil {
		return badRequest("MissingRequiredProperty", "A required property was not specified in the request body.").with("PropertyName", "properties")
	}
	ids, f := s.armIdentities(c, sent.Identity)
	if f != nil {
		return f
	}
	spec := sent.Properties.spec(name)
	if f := s.checkSubnet(c, spec); f != nil {
		return f
	}
	if f := s.checkPool(&spec, ids); f != nil {
		return f
	}
	if p != nil {
		return s.armUpdate(c, p, spec, ids)
	}
	if f := s.roomForPool(name); f != nil {
		return f
	}
	return s.armReply(c, s.newPool(spec, ids))
}

// armUpdate changes what of a pool can be changed. Identities reach nodes
// that are made from now on.
func (s *Service) armUpdate(c *armCall, p *pool, spec poolSpec, ids []poolIdentity) *failure {
	was := p.spec
	for name, same := range map[string]bool{
		"vmSize": strings.EqualFold(was.VMSize, spec.VMSize), "deploymentConfiguration": reflect.DeepEqual(was.VM, spec.VM),
		"taskSlotsPerNode": max(deref(was.Slots), 1) == max(deref(spec.Slots), 1),
	} {
		if !same {
			return conflict("PropertyCannotBeUpdated", "The property '%s' of a pool cannot be changed.", name)
		}
	}
	p.spec, p.identities = spec, ids
	s.rescaleTo(p)
	return s.armReply(c, p)
}

// rescaleTo follows the scale settings of a changed specification.
func (s *Service) rescaleTo(p *pool) {
	if p.spec.EnableAutoScale {
		s.startScale(p)
		return
	}
	s.stopScaling(p)
	d, l := deref(p.spec.TargetDedicated), deref(p.spec.TargetLowPriority)
	if d != p.dedicated || l != p.low {
		s.resize(p, d, l, p.dealloc)
	}
	s.touch(p)
}

func (s *Service) armPatch(c *armCall, p *pool) *failure {
	var sent armPool
	if f := decode(c.body, &sent); f != nil {
		return f
	}
	if f := p.refuse(); f != nil {
		return f
	}
	ids := p.identities
	if sent.Identity != nil {
		var f *failure
		if ids, f = s.armIdentities(c, sent.Identity); f != nil {
			return f
		}
	}
	spec := p.spec
	if u := sent.Properties; u != nil {
		from := u.spec(p.spec.ID)
		if u.Scale != nil {
			spec.EnableAutoScale, spec.Formula, spec.Interval = from.EnableAutoScale, from.Formula, from.Interval
			spec.TargetDedicated, spec.TargetLowPriority, spec.ResizeTimeout = from.TargetDedicated, from.TargetLowPriority, from.ResizeTimeout
		}
		if u.StartTask != nil {
			spec.StartTask = from.StartTask
		}
		if u.Metadata != nil {
			spec.Metadata = from.Metadata
		}
		if u.Communication != "" {
			spec.TargetCommunication = from.TargetCommunication
		}
	}
	if f := s.checkPool(&spec, ids); f != nil {
		return f
	}
	p.spec, p.identities = spec, ids
	if sent.Properties != nil && sent.Properties.Scale != nil {
		s.rescaleTo(p)
	}
	s.touch(p)
	return s.armReply(c, p)
}

func (s *Service) armDelete(c *armCall, p *pool) *failure {
	if p.state != "deleting" {
		s.remove(p)
	}
	at := "https://" + c.r.Host
	if c.r.URL.Scheme != "" {
		at = c.r.URL.Scheme + "://" + c.r.URL.Host
	} else if c.r.TLS == nil && !strings.HasPrefix(c.r.Host, "management.") {
		at = "http://" + c.r.Host
	}
	c.w.Header().Set("Location", at+s.account+"/poolOperationResults/"+p.operation+"?api-version="+c.r.URL.Query().Get("api-version"))
	c.w.Header().Set("Retry-After", "1")
	c.w.WriteHeader(http.StatusAccepted)
	return nil
}

// armOperation says how far the deletion of a pool is.
func (s *Service) armOperation(c *armCall, account, operation string) *failure {
	if f := s.armAllow(c, "Microsoft.Batch/batchAccounts/poolOperationResults/read", s.armScope(c, account)); f != nil {
		return f
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.ended[operation]; ok {
		c.w.WriteHeader(http.StatusOK)
		return nil
	}
	for _, p := range s.pools {
		if p.operation == operation && operation != "" {
			c.w.Header().Set("Location", "https://"+c.r.Host+c.r.URL.RequestURI())
			c.w.Header().Set("Retry-After", "1")
			c.w.WriteHeader(http.StatusAccepted)
			return nil
		}
	}
	return fail(http.StatusNotFound, "OperationNotFound", "There is no operation '%s'.", operation)
}

// armIdentities checks the identities of a pool: user-assigned ones, each
// with the right to assign it.
func (s *Service) armIdentities(c *armCall, given *armIdentity) ([]poolIdentity, *failure) {
	if given == nil || strings.EqualFold(given.Type, "None") && len(given.Identities) == 0 {
		return nil, nil
	}
	if !strings.EqualFold(given.Type, "UserAssigned") {
		return nil, badRequest("InvalidIdentityType", "The identity type '%s' is not supported for Batch pools: only 'UserAssigned' and 'None' are.", given.Type)
	}
	var ids []poolIdentity
	for _, resource := range sortedKeys(given.Identities) {
		who, ok := s.opts.Authority.Identity(resource)
		if !ok {
			return nil, badRequest("FailedIdentityOperation", "The identity '%s' was not found.", resource)
		}
		if !s.opts.Authority.Allow(c.who, iam.Assign, false, resource) {
			return nil, c.linked(iam.Assign, resource)
		}
		if s.restricted(who) {
			return nil, fail(http.StatusForbidden, codeRestricted, "The assignment restriction of the identity '%s' does not allow it to be assigned to resources of 'Microsoft.Batch'.", resource)
		}
		ids = append(ids, poolIdentity{who, resource})
	}
	if len(ids) == 0 {
		return nil, badRequest("InvalidIdentityValues", "The identity type 'UserAssigned' needs at least one identity.")
	}
	return ids, nil
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func (s *Service) restricted(who iam.Principal) bool {
	for _, id := range s.state.Identities {
		if id.Restricted && (strings.EqualFold(id.Name, who.Name) || strings.HasSuffix(strings.ToLower(who.ResourceID), "/"+strings.ToLower(id.Name))) {
			return true
		}
	}
	return false
}

// linked: an action on another resource than the one that is written.
func (c *armCall) linked(action, scope string) *failure {
	return fail(http.StatusForbidden, "LinkedAuthorizationFailed", "The client '%s' with object id '%s' has permission to perform action '%s' on scope '%s'; however, it does not have permission to perform action(s) '%s' on the linked scope(s) '%s' (respectively) or the linked scope(s) are invalid.",
		c.who.ClientID, c.who.ObjectID, poolsWrite, c.r.URL.Path, action, scope)
}

func (s *Service) checkSubnet(c *armCall, spec poolSpec) *failure {
	if spec.Network == nil || spec.Network.Subnet == "" {
		return nil
	}
	if !s.opts.Authority.Allow(c.who, iam.JoinSubnet, false, spec.Network.Subnet) {
		return c.linked(iam.JoinSubnet, spec.Network.Subnet)
	}
	if !slices.ContainsFunc(s.state.Networks, func(n string) bool { return strings.EqualFold(n, spec.Network.Subnet) }) {
		return badValue("networkConfiguration/subnetId", spec.Network.Subnet, "there is no such subnet")
	}
	return nil
}
