package batch

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"sluice/internal/rehearsal/iam"
)

// armVersions are the api-versions of the management plane that are known.
var armVersions = []string{"2023-05-01", "2023-11-01", "2024-02-01", "2024-07-01"}

// An armCall is one request at the management plane.
type armCall struct {
	w     http.ResponseWriter
	r     *http.Request
	who   iam.Principal
	parts []string // behind providers/Microsoft.Batch/
	group string   // resource group, "" at the subscription
	body  []byte
}

// Management is what ARM serves below Microsoft.Batch.
func (s *Service) Management() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.serial++
		id := requestID(s.serial)
		s.mu.Unlock()
		w.Header().Set("x-ms-request-id", id)
		c := &armCall{w: w, r: r}
		if f := s.manage(c); f != nil {
			c.fail(f)
		}
	})
}

func (c *armCall) fail(f *failure) {
	message := f.message
	for _, v := range f.values {
		message += " " + v.Key + ": " + v.Value
	}
	c.w.Header().Set("Content-Type", "application/json; charset=utf-8")
	c.w.Header().Set("x-ms-failure-cause", "gateway")
	if f.status == http.StatusUnauthorized {
		c.w.Header().Set("WWW-Authenticate", `Bearer authorization_uri="https://login.microsoftonline.com/", error="invalid_token"`)
	}
	c.w.WriteHeader(f.status)
	if f.status == http.StatusNotModified {
		return
	}
	_ = json.NewEncoder(c.w).Encode(object{"error": object{"code": f.code, "message": message}}) // a client that has gone needs no answer
}

func (c *armCall) reply(status int, v any) *failure {
	data, err := json.Marshal(v)
	if err != nil {
		return fail(http.StatusInternalServerError, "InternalServerError", "encode the answer: %v", err)
	}
	c.w.Header().Set("Content-Type", "application/json; charset=utf-8")
	c.w.WriteHeader(status)
	_, _ = c.w.Write(data) // a client that has gone needs no answer
	return nil
}

// manage finds the resource and does what is asked with it.
func (s *Service) manage(c *armCall) *failure {
	subscription, f := s.parseARM(c)
	if f != nil {
		return f
	}
	who, denied := s.opts.Authority.Authenticate(c.r, "https://management.azure.com/", "https://management.core.windows.net/")
	if denied != nil {
		return fail(denied.Status, denied.Code, "%s", denied.Message)
	}
	c.who = who
	if !strings.EqualFold(subscription, s.state.Subscription) {
		return fail(http.StatusNotFound, "SubscriptionNotFound", "The subscription '%s' could not be found.", subscription)
	}
	if v := c.r.URL.Query().Get("api-version"); v == "" {
		return badRequest("MissingApiVersionParameter", "The api-version query parameter (?api-version=) is required for all requests.")
	} else if !slices.Contains(armVersions, v) {
		return badRequest("NoRegisteredProviderFound", "No registered resource provider found for location '%s' and API version '%s' for type 'batchAccounts'. The supported api-versions are '%s'.", s.state.Location, v, strings.Join(armVersions, ", "))
	}
	if c.body, f = readBody(c.r, maxBody); f != nil {
		return f
	}
	switch {
	case len(c.parts) == 1 && strings.EqualFold(c.parts[0], "batchAccounts"):
		return s.armAccounts(c)
	case len(c.parts) >= 2 && strings.EqualFold(c.parts[0], "batchAccounts"):
		return s.armAccount(c)
	case len(c.parts) == 3 && strings.EqualFold(c.parts[0], "locations"):
		return s.armLocation(c)
	}
	return c.unknown()
}

func (c *armCall) unknown() *failure {
	return fail(http.StatusNotFound, "InvalidResourceType", "The resource type could not be found in the namespace 'Microsoft.Batch': %s %s.", c.r.Method, c.r.URL.Path)
}

// parseARM reads /subscriptions/<s>[/resourceGroups/<g>]/providers/Microsoft.Batch/….
func (s *Service) parseARM(c *armCall) (subscription string, f *failure) {
	parts := pathParts(c.r)
	for i := 0; i+1 < len(parts); i += 2 {
		switch strings.ToLower(parts[i]) {
		case "subscriptions":
			subscription = parts[i+1]
		case "resourcegroups":
			c.group = parts[i+1]
		case "providers":
			if !strings.EqualFold(parts[i+1], "Microsoft.Batch") {
				return "", c.unknown()
			}
			c.parts = parts[i+2:]
			return subscription, nil
		default:
			return "", c.unknown()
		}
	}
	return "", c.unknown()
}

func (s *Service) armAllow(c *armCall, action, scope string) *failure {
	if s.opts.Authority.Allow(c.who, action, false, scope) {
		return nil
	}
	return fail(http.StatusForbidden, "AuthorizationFailed", "The client '%s' with object id '%s' does not have authorization to perform action '%s' over scope '%s' or the scope is invalid. If access was recently granted, please refresh your credentials.", c.who.ClientID, c.who.ObjectID, action, scope)
}

// armAccounts lists the accounts that the caller may read; where that is
// none, the list is empty, as ARM's are.
func (s *Service) armAccounts(c *armCall) *failure {
	if c.r.Method != http.MethodGet {
		return c.unknown()
	}
	value := []object{}
	here := c.group == "" || strings.EqualFold(c.group, s.state.ResourceGroup)
	if here && s.opts.Authority.Allow(c.who, accountRead, false, s.account) {
		value = append(value, s.accountObject())
	}
	return c.reply(http.StatusOK, object{"value": value})
}

func (s *Service) accountObject() object {
	b := s.state.Batch
	modes := []string{"AAD"}
	if len(b.AuthModes) > 0 {
		modes = b.AuthModes
	}
	limit := func(n, none int) int {
		if l, ok := quota(n); ok {
			return l
		}
		return none
	}
	families := []object{}
	seen := map[string]bool{}
	for _, v := range s.state.VMSizes {
		if seen[v.Family] {
			continue
		}
		seen[v.Family] = true
		q, ok := b.FamilyQuota[v.Family]
		if !ok {
			q = limit(b.CoreQuota, unlimited)
		}
		families = append(families, object{"name": v.Family, "coreQuota": q})
	}
	return object{
		"id": s.account, "name": b.Name, "type": "Microsoft.Batch/batchAccounts", "location": s.state.Location, "tags": object{},
		"identity": object{"type": "None"},
		"properties": object{
			"accountEndpoint": s.Endpoint(), "nodeManagementEndpoint": strings.Replace(s.Endpoint(), ".batch.", ".service.batch.", 1),
			"provisioningState": "Succeeded", "poolAllocationMode": s.allocationMode(), "publicNetworkAccess": "Enabled",
			"allowedAuthenticationModes": modes, "poolQuota": limit(b.PoolQuota, unlimited), "activeJobAndJobScheduleQuota": limit(b.JobQuota, unlimited),
			"dedicatedCoreQuota": limit(b.CoreQuota, unlimited), "lowPriorityCoreQuota": limit(b.SpotQuota, unlimited),
			"dedicatedCoreQuotaPerVMFamilyEnforced": len(b.FamilyQuota) > 0, "dedicatedCoreQuotaPerVMFamily": families,
			"encryption": object{"keySource": "Microsoft.Batch"},
		},
	}
}

// unlimited is the quota that is told where the state sets none.
const unlimited = 10000

func (s *Service) armAccount(c *armCall) *failure {
	account, rest := c.parts[1], c.parts[2:]
	if len(rest) == 0 {
		if c.r.Method != http.MethodGet {
			return c.unknown()
		}
		if f := s.armAllow(c, accountRead, s.armScope(c, account)); f != nil {
			return f
		}
		if f := s.thisAccount(c, account); f != nil {
			return f
		}
		return c.reply(http.StatusOK, s.accountObject())
	}
	switch strings.ToLower(rest[0]) {
	case "pools":
		return s.armPools(c, account, rest[1:])
	case "listkeys", "regeneratekeys":
		return fail(http.StatusConflict, "SharedKeyNotAllowed", "The Batch account '%s' allows no authentication by shared key: there are no keys.", account)
	case "pooloperationresults":
		if len(rest) == 2 && c.r.Method == http.MethodGet {
			return s.armOperation(c, account, rest[1])
		}
	}
	return c.unknown()
}

func (s *Service) armScope(c *armCall, account string) string {
	return "/subscriptions/" + s.state.Subscription + "/resourceGroups/" + c.group + "/providers/Microsoft.Batch/batchAccounts/" + account
}

// thisAccount: there is one Batch account.
func (s *Service) thisAccount(c *armCall, account string) *failure {
	if !strings.EqualFold(c.group, s.state.ResourceGroup) && c.group != "" || !strings.EqualFold(account, s.state.Batch.Name) {
		return fail(http.StatusNotFound, "ResourceNotFound", "The Resource 'Microsoft.Batch/batchAccounts/%s' under resource group '%s' was not found.", account, c.group)
	}
	return nil
}

func (s *Service) armLocation(c *armCall) *failure {
	if c.r.Method != http.MethodGet {
		return c.unknown()
	}
	scope := "/subscriptions/" + s.state.Subscription
	switch strings.ToLower(c.parts[2]) {
	case "quotas":
		if f := s.armAllow(c, quotasRead, scope); f != nil {
			return f
		}
		return c.reply(http.StatusOK, object{"accountQuota": 1})
	case "virtualmachineskus":
		if f := s.armAllow(c, sizesRead, scope); f != nil {
			return f
		}
		value := []object{}
		if strings.EqualFold(c.parts[1], s.state.Location) {
			for _, v := range s.state.VMSizes {
				value = append(value, object{"name": v.Name, "familyName": v.Family, "capabilities": []object{
					{"name": "vCPUs", "value": fmt.Sprint(v.CPUs)},
					{"name": "MemoryGB", "value": fmt.Sprint(v.MemoryGB)},
					{"name": "MaxResourceVolumeMB", "value": fmt.Sprint(int(v.DiskGB * 1024))},
					{"name": "LowPriorityCapable", "value": "True"},
					{"name": "GPUs", "value": fmt.Sprint(v.GPUs)},
				}})
			}
		}
		return c.reply(http.StatusOK, object{"value": value})
	}
	return c.unknown()
}
