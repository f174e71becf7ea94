package preflight

import (
	"context"
	"fmt"
	"net/http"
	"path"
	"slices"
	"strings"
	"time"

	"sluice/internal/azure"
	"sluice/internal/config"
)

const batchVersion = "2024-07-01"

// pool is one that exists, as the management plane shows it.
type pool struct {
	Identity struct {
		UserAssigned map[string]struct {
			ClientID    string `json:"clientId"`
			PrincipalID string `json:"principalId"`
		} `json:"userAssignedIdentities"`
	} `json:"identity"`
	Properties struct {
		State  string `json:"provisioningState"`
		VMSize string `json:"vmSize"`
		Resize struct {
			Errors []struct {
				Code    string `json:"code"`
				Message string `json:"message"`
			} `json:"errors"`
		} `json:"resizeOperationStatus"`
		Deployment struct {
			VM struct {
				Container any `json:"containerConfiguration"`
			} `json:"virtualMachineConfiguration"`
		} `json:"deploymentConfiguration"`
	} `json:"properties"`
}

func (p *pool) list() []azure.Identity {
	var all []azure.Identity
	for id, i := range p.Identity.UserAssigned {
		all = append(all, azure.Identity{ResourceID: id, ClientID: i.ClientID, PrincipalID: i.PrincipalID, Name: id[strings.LastIndexByte(id, '/')+1:]})
	}
	slices.SortFunc(all, func(a, b azure.Identity) int { return strings.Compare(a.ResourceID, b.ResourceID) })
	return all
}

// pools checks the pools and the identities that they have or are to have.
func (r *runner) pools(ctx context.Context) {
	var fs []func()
	for _, p := range r.p.Pools {
		fs = append(fs, func() { r.pool(ctx, p) })
	}
	parallel(fs...)
	if len(r.p.Pools) == 0 {
		r.say(5, "no pool is named")
	}
}

func (r *runner) pool(ctx context.Context, p Pool) {
	if !p.Auto {
		var found pool
		err := r.c.ARM(ctx, http.MethodGet, r.account.ID+"/pools/"+p.Name+"?api-version="+batchVersion, nil, &found)
		status, _, _ := azure.Status(err)
		switch {
		case err == nil:
			r.existing(ctx, p, &found)
			return
		case status == http.StatusForbidden:
			r.forbiddenPools()
			return
		case status != http.StatusNotFound:
			r.failed(5, "read pool "+p.Name, err)
			return
		case !p.Create:
			r.find("AZ501", fmt.Sprintf("there is no pool %s, and azure.batch.allowPoolCreation is false", p.Name))
			return
		}
		r.say(5, "%s will be made", p.Name)
	} else {
		r.say(5, "made as tasks need them")
	}
	r.future(ctx, p)
}

func (r *runner) forbiddenPools() {
	g := Grant{PrincipalID: r.head.ObjectID, Who: "head", Role: "Azure Batch Data Contributor", Scope: r.account.ID, Why: "read and make pools"}
	r.miss("AZ308", "the head may not read pools of "+r.account.Name, g)
}

// is says whether an identity is the one that a choice names.
func is(c config.IdentityChoice) func(azure.Identity) bool {
	return func(i azure.Identity) bool {
		return c.ClientID != "" && strings.EqualFold(i.ClientID, c.ClientID) || c.ResourceID != "" && strings.EqualFold(i.ResourceID, c.ResourceID) || c.Name != "" && strings.EqualFold(i.Name, c.Name)
	}
}

// existing checks a pool that is there; nothing of it will be changed.
func (r *runner) existing(ctx context.Context, p Pool, found *pool) {
	r.say(5, "%s is there", p.Name)
	if strings.EqualFold(found.Properties.State, "Deleting") {
		r.find("AZ502", fmt.Sprintf("pool %s is being deleted", p.Name))
	}
	if r.p.Containers && r.c.Config.Batch.Isolation != "host" && found.Properties.Deployment.VM.Container == nil {
		r.find("AZ503", fmt.Sprintf("pool %s has no container configuration", p.Name))
	}
	r.trouble(ctx, p.Name, found)
	on := found.list()
	c := p.Identity
	switch {
	case c.System && len(on) != 1:
		r.system(p.Name, fmt.Sprintf("and %d user-assigned ones", len(on)))
		return
	case c.System:
		r.say(4, "pool %s: Batch pools have no system-assigned identity; its only identity %s is used", p.Name, on[0].Name)
	case (c.Auto || c.None()) && len(on) == 0 && r.signed():
		r.say(4, "pool %s has none, and a signature is given", p.Name)
		return
	case (c.Auto || c.None()) && len(on) == 0:
		r.find("AZ107", fmt.Sprintf("pool %s has no identity", p.Name))
		return
	case (c.Auto || c.None()) && len(on) > 1:
		var names []string
		for _, i := range on {
			names = append(names, i.Name+" ("+i.ClientID+")")
		}
		r.find("AZ108", fmt.Sprintf("pool %s has several identities: %s", p.Name, strings.Join(names, ", ")))
		return
	case !c.Auto && !c.None():
		i := slices.IndexFunc(on, is(c))
		if i < 0 {
			if _, err := r.c.Identity(ctx, c); err != nil {
				r.failed(4, "find the identity of pool "+p.Name, err)
			}
			r.find("AZ105", fmt.Sprintf("pool %s does not have the identity %s", p.Name, c.ClientID+c.ResourceID+c.Name))
			return
		}
		on[0], on[i] = on[i], on[0]
	}
	if c.Outputs != "" {
		o := azure.ChoiceOf(c.Outputs)
		if !slices.ContainsFunc(on, is(o)) {
			if _, err := r.c.Identity(ctx, o); err != nil {
				r.failed(4, "find the identity of outputs of pool "+p.Name, err)
			}
			r.find("AZ105", fmt.Sprintf("pool %s does not have the identity %s, which managedIdentity.outputs names", p.Name, c.Outputs))
			return
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.identities[p.Name], r.exists[p.Name] = on, found
}

// system is `system = true` where Azure has nothing like it.
// signed says whether the user gave a signature to use: then roles decide
// nothing about the storage account.
func (r *runner) signed() bool {
	c := &r.c.Config
	return c.AllowSecrets && c.Storage.SAS != ""
}

func (r *runner) system(pool, why string) {
	r.find("AZ101", fmt.Sprintf("pool %s: system = true asks for a system-assigned identity, and Batch pools have none %s", pool, why),
		"az identity create --name sluice-nodes --resource-group "+r.account.ResourceGroup,
		"set managedIdentity { clientId = '<its client id>' } in the pool",
		"sluice azure grant --pool "+pool+" --create-identity")
}

// future checks a pool that is to be made.
func (r *runner) future(ctx context.Context, p Pool) {
	switch c := p.Identity; {
	case p.Assumed && (c.System || c.None() || c.Auto):
		r.say(4, "pools that scripts name have their own")
		return
	case c.None() && r.signed():
		r.say(4, "pool %s gets none, and a signature is given", p.Name)
		return
	case c.System:
		r.system(p.Name, "(the pool is yet to be made)")
		return
	case c.None() || c.Auto:
		r.find("AZ107", fmt.Sprintf("nothing says which identity pool %s is to have", p.Name))
		return
	}
	first, err := r.c.Identity(ctx, p.Identity)
	if err != nil {
		r.failed(4, "find the identity of pool "+p.Name, err)
		return
	}
	also, err := r.c.Also(ctx, p.Identity)
	if err != nil {
		r.failed(4, "find the further identities of pool "+p.Name, err)
	}
	all := append([]azure.Identity{*first}, also...)
	for _, i := range all {
		r.attach(ctx, i)
	}
	if v := subnet(p); v != "" {
		r.may(ctx, need{id: "AZ505", what: "join nodes to the subnet", scope: v, role: "Network Contributor", actions: []string{"Microsoft.Network/virtualNetworks/subnets/join/action"}})
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.identities[p.Name] = all
}

func subnet(p Pool) string {
	if p.Spec == nil {
		return ""
	}
	return p.Spec.VirtualNetwork
}

// attach checks whether the head may give an identity to a pool.
func (r *runner) attach(ctx context.Context, i azure.Identity) {
	r.say(4, "%s", i.Name)
	if i.TenantID != "" && r.head.TenantID != "" && !strings.EqualFold(i.TenantID, r.head.TenantID) {
		r.find("AZ106", fmt.Sprintf("identity %s is of the tenant %s", i.Name, i.TenantID))
	}
	var full struct {
		Properties struct {
			Restrictions *struct {
				Providers []string `json:"providers"`
			} `json:"assignmentRestrictions"`
		} `json:"properties"`
	}
	err := r.c.ARM(ctx, http.MethodGet, i.ResourceID+"?api-version=2023-01-31", nil, &full)
	if x := full.Properties.Restrictions; err == nil && x != nil && !slices.ContainsFunc(x.Providers, func(p string) bool { return strings.EqualFold(p, "Microsoft.Batch") }) {
		r.find("AZ104", fmt.Sprintf("identity %s may not be given to Batch pools: its assignment restriction allows %s", i.Name, strings.Join(x.Providers, ", ")))
	}
	r.may(ctx, need{id: "AZ103", what: "attach the identity " + i.Name, scope: i.ResourceID, role: "Managed Identity Operator", actions: []string{"Microsoft.ManagedIdentity/userAssignedIdentities/assign/action"}})
}

// quotas compares what the account allows with what is asked.
func (r *runner) quotas(ctx context.Context) {
	p, err := r.c.Properties(ctx)
	if status, _, _ := azure.Status(err); status == http.StatusForbidden {
		r.miss("AZ308", "the head may not read the Batch account "+r.account.Name, Grant{PrincipalID: r.head.ObjectID, Who: "head", Role: "Azure Batch Data Contributor", Scope: r.account.ID, Why: "read the account, its pools and jobs"})
		return
	}
	if err != nil {
		r.failed(2, "read the Batch account", err)
		return
	}
	if len(p.AuthModes) > 0 && !slices.Contains(p.AuthModes, "AAD") {
		r.find("AZ302", fmt.Sprintf("Batch account %s accepts %s only", r.account.Name, strings.Join(p.AuthModes, ", ")))
	}
	r.say(2, "%s, quota of %d pools, %d jobs, %d cores", p.AllocationMode, p.PoolQuota, p.JobQuota, p.CoreQuota)
	sizes, err := r.c.VMSizes(ctx)
	if err != nil {
		sizes = nil // check 3 tells
	}
	for _, q := range r.p.Pools {
		if !q.Auto && !q.Create || q.Spec == nil {
			continue
		}
		if q.Spec.LowPriority && p.AllocationMode != "UserSubscription" {
			r.find("AZ307", fmt.Sprintf("pool %s asks for spot nodes, and the account's pool allocation mode is %s", q.Name, p.AllocationMode))
		}
		if p.PoolQuota == 0 {
			r.find("AZ304", fmt.Sprintf("pool %s is to be made, and the quota of pools of %s is 0", q.Name, r.account.Name))
		}
		r.cores(q, p, sizes)
	}
	if p.JobQuota == 0 {
		r.find("AZ305", "the quota of jobs of "+r.account.Name+" is 0")
		return
	}
	r.use(ctx, p, sizes)
}

// cores: a pool of one node must fit into the quota, else tasks wait for ever.
func (r *runner) cores(q Pool, p *azure.AccountProperties, sizes []azure.VMSize) {
	quota, name := p.CoreQuota, "dedicated cores"
	if q.Spec.LowPriority {
		quota, name = p.SpotQuota, "spot cores"
	}
	if p.AllocationMode == "UserSubscription" {
		return // the subscription's own quotas of cores hold
	}
	need := 1
	for _, s := range sizes {
		if !strings.EqualFold(s.Name, q.Spec.VMType) {
			continue
		}
		need = s.CPUs
		if f, ok := p.FamilyQuota[strings.ToLower(s.Family)]; ok && !q.Spec.LowPriority && f < need {
			r.find("AZ306", fmt.Sprintf("a node %s of pool %s has %d cores, and the account's quota for %s is %d", s.Name, q.Name, need, s.Family, f))
			return
		}
	}
	if quota < need {
		r.find("AZ306", fmt.Sprintf("a node of pool %s has %d cores or more, and the account's quota of %s is %d", q.Name, need, name, quota))
	}
}

// machines checks types and images of pools that are to be made.
func (r *runner) machines(ctx context.Context) {
	asked := false
	for _, q := range r.p.Pools {
		if q.Spec == nil || !q.Auto && !q.Create {
			continue
		}
		if q.Spec.VMType != "" {
			asked = true
			r.vmType(ctx, q)
		}
		if q.Spec.Publisher != "" || q.Spec.Offer != "" || q.Spec.SKU != "" {
			asked = true
			r.image(ctx, q)
		}
	}
	if !asked {
		r.say(3, "left to sluice")
	}
}

func (r *runner) vmType(ctx context.Context, q Pool) {
	sizes, err := r.c.VMSizes(ctx)
	if err != nil {
		r.failed(3, "list machine types", err)
		return
	}
	for _, word := range strings.Split(q.Spec.VMType, ",") {
		written := strings.TrimSpace(word)
		word = strings.ToLower(written)
		var names []string
		matched := slices.ContainsFunc(sizes, func(s azure.VMSize) bool {
			names = append(names, s.Name)
			ok, err := path.Match(word, strings.ToLower(s.Name))
			return err == nil && ok
		})
		if matched {
			r.say(3, "%s", word)
			continue
		}
		f := azure.NewFinding("AZ401", fmt.Sprintf("pool %s: %s has no machine type `%s` for Batch", q.Name, r.account.Location, written),
			"az batch location list-skus --location "+r.account.Location+" --query \"[].name\" -o tsv")
		if near := nearest(word, names); near != "" {
			f.Cause = "the nearest name there is " + near
		}
		r.add(f)
	}
}

func (r *runner) image(ctx context.Context, q Pool) {
	images, err := r.c.Images(ctx)
	if err != nil {
		r.failed(3, "list images", err)
		return
	}
	is := func(want, have string) bool { return want == "" || strings.EqualFold(want, have) }
	var match []azure.Image
	for _, i := range images {
		if is(q.Spec.Publisher, i.Publisher) && is(q.Spec.Offer, i.Offer) && is(q.Spec.SKU, i.Agent) {
			match = append(match, i)
		}
	}
	what := strings.Join(strings.Fields(q.Spec.Publisher+" "+q.Spec.Offer+" "+q.Spec.SKU), " ")
	boots := r.boots(ctx, q)
	lasting := func(i azure.Image) bool { return i.EndOfLife.IsZero() || time.Until(i.EndOfLife) > 90*24*time.Hour }
	switch {
	case len(match) == 0:
		r.find("AZ402", fmt.Sprintf("pool %s: Batch has no image %s", q.Name, what))
	case !slices.ContainsFunc(match, boots):
		// The list of images says little of generations.
		r.doubt("AZ405", fmt.Sprintf("pool %s: %s may boot no image %s", q.Name, q.Spec.VMType, what))
	case !slices.ContainsFunc(match, func(i azure.Image) bool { return i.Docker && boots(i) }) && r.p.Containers:
		r.find("AZ404", fmt.Sprintf("pool %s: no image %s has a container runtime", q.Name, what))
	case !slices.ContainsFunc(match, lasting):
		r.doubt("AZ403", fmt.Sprintf("pool %s: Batch supports the image %s until %s", q.Name, what, match[0].EndOfLife.Format(time.DateOnly)))
	default:
		r.say(3, "%s", what)
	}
}
