package preflight

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"sluice/internal/azure"
	"sluice/internal/config"
)

const (
	authorizationVersion = "2022-04-01"
	storageVersion       = "2023-05-01"

	writeRole = "Storage Blob Data Contributor"

	blobs = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/"
)

var (
	readBlobs  = []string{blobs + "read"}
	writeBlobs = []string{blobs + "read", blobs + "write", blobs + "delete"}
)

// A need is something that somebody must be allowed to do.
type need struct {
	id, what, scope, role string
	actions, data         []string
	who                   config.IdentityChoice // another one than that of the pool; none: that one
}

// permission is one entry of what a role or ARM's permissions allow.
type permission struct {
	Actions        []string `json:"actions"`
	NotActions     []string `json:"notActions"`
	DataActions    []string `json:"dataActions"`
	NotDataActions []string `json:"notDataActions"`
}

func (p permission) allows(action string, data bool) bool {
	yes, no := p.Actions, p.NotActions
	if data {
		yes, no = p.DataActions, p.NotDataActions
	}
	return slices.ContainsFunc(yes, covers(action)) && !slices.ContainsFunc(no, covers(action))
}

// covers matches patterns of actions: `*` stands for any text, `/*/` also for
// a single slash, as in the Managed Identity Operator's
// userAssignedIdentities/*/assign/action. Case is nothing.
func covers(action string) func(string) bool {
	return func(pattern string) bool {
		text := strings.ReplaceAll(regexp.QuoteMeta(pattern), `/\*/`, `/(.*/)?`)
		ok, err := regexp.MatchString("(?i)^"+strings.ReplaceAll(text, `\*`, ".*")+"$", action)
		return err == nil && ok
	}
}

// lacks are the actions of a need that none of the permissions allows.
func (n need) lacks(all []permission) []string {
	var missing []string
	look := func(list []string, data bool) {
		for _, a := range list {
			if !slices.ContainsFunc(all, func(p permission) bool { return p.allows(a, data) }) {
				missing = append(missing, a)
			}
		}
	}
	look(n.actions, false)
	look(n.data, true)
	return missing
}

// miss is a finding that a role assignment mends.
func (r *runner) miss(id, what string, g Grant) {
	r.find(id, what, g.command())
	r.mu.Lock()
	defer r.mu.Unlock()
	r.missing = append(r.missing, g)
}

// may checks what the head may do: ARM tells everybody their own permissions.
func (r *runner) may(ctx context.Context, n need) {
	all, err := azure.ARMList[permission](ctx, r.c, n.scope+"/providers/Microsoft.Authorization/permissions?api-version="+authorizationVersion)
	if err != nil {
		r.doubt("AZ206", fmt.Sprintf("whether the head may %s cannot be found out: %s", n.what, short(err)))
		return
	}
	if missing := n.lacks(all); len(missing) > 0 {
		r.miss(n.id, fmt.Sprintf("the head may not %s (%s)", n.what, strings.Join(missing, ", ")),
			Grant{PrincipalID: r.head.ObjectID, Who: "head", Role: n.role, Scope: n.scope, Why: n.what})
	}
}

type assignment struct {
	Properties struct {
		RoleID      string `json:"roleDefinitionId"`
		PrincipalID string `json:"principalId"`
		Scope       string `json:"scope"`
		Condition   string `json:"condition"`
	} `json:"properties"`
}

type denial struct {
	Properties struct {
		Name        string       `json:"denyAssignmentName"`
		Scope       string       `json:"scope"`
		Permissions []permission `json:"permissions"`
	} `json:"properties"`
}

// held are the permissions that an identity has on a scope, by how it has them.
type held struct {
	direct, group, conditional []permission
	denied                     []denial
}

// roleSet is what nodes hold, with definitions read once.
type roleSet struct {
	r           *runner
	definitions map[string][]permission
}

func (s *roleSet) held(ctx context.Context, principal, scope string) (held, error) {
	filter := url.QueryEscape("assignedTo('" + principal + "')")
	at := scope + "/providers/Microsoft.Authorization/"
	list, err := azure.ARMList[assignment](ctx, s.r.c, at+"roleAssignments?api-version="+authorizationVersion+"&$filter="+filter)
	if err != nil {
		return held{}, err
	}
	var h held
	for _, a := range list {
		p := a.Properties
		if !within(scope, p.Scope) {
			continue
		}
		permissions, err := s.definition(ctx, scope, p.RoleID)
		if err != nil {
			return held{}, err
		}
		switch {
		case p.Condition != "":
			h.conditional = append(h.conditional, permissions...)
		case !strings.EqualFold(p.PrincipalID, principal):
			h.group = append(h.group, permissions...)
		default:
			h.direct = append(h.direct, permissions...)
		}
	}
	denials, err := azure.ARMList[denial](ctx, s.r.c, at+"denyAssignments?api-version="+authorizationVersion+"&$filter="+filter)
	if err != nil {
		return held{}, err
	}
	for _, d := range denials {
		if within(scope, d.Properties.Scope) {
			h.denied = append(h.denied, d)
		}
	}
	return h, nil
}

func (s *roleSet) definition(ctx context.Context, scope, id string) ([]permission, error) {
	guid := strings.ToLower(id[strings.LastIndexByte(id, '/')+1:])
	if p, ok := s.definitions[guid]; ok {
		return p, nil
	}
	var d struct {
		Properties struct {
			Permissions []permission `json:"permissions"`
		} `json:"properties"`
	}
	if err := s.r.c.ARM(ctx, http.MethodGet, scope+"/providers/Microsoft.Authorization/roleDefinitions/"+guid+"?api-version="+authorizationVersion, nil, &d); err != nil {
		return nil, err
	}
	s.definitions[guid] = d.Properties.Permissions
	return d.Properties.Permissions, nil
}

// within says whether scope is at or below above.
func within(scope, above string) bool {
	scope, above = strings.ToLower(strings.TrimRight(scope, "/")), strings.ToLower(strings.TrimRight(above, "/"))
	return above == "" || scope == above || strings.HasPrefix(scope, above+"/")
}

// node checks what an identity of nodes may do.
func (s *roleSet) node(ctx context.Context, i azure.Identity, n need) {
	r := s.r
	h, err := s.held(ctx, i.PrincipalID, n.scope)
	if err != nil {
		what := fmt.Sprintf("whether %s may %s cannot be found out: %s", i.Name, n.what, short(err))
		r.doubt("AZ206", what,
			Grant{PrincipalID: r.head.ObjectID, Who: "head", Role: "Reader", Scope: resourceOf(n.scope)}.command())
		return
	}
	for _, d := range h.denied {
		for _, a := range slices.Concat(n.actions, n.data) {
			if slices.ContainsFunc(d.Properties.Permissions, func(p permission) bool { return p.allows(a, slices.Contains(n.data, a)) }) {
				r.find("AZ207", fmt.Sprintf("%s may not %s: the deny assignment `%s` at %s forbids it", i.Name, n.what, d.Properties.Name, d.Properties.Scope))
				return
			}
		}
	}
	missing := n.lacks(h.direct)
	g := Grant{PrincipalID: i.PrincipalID, Who: i.Name, Role: n.role, Scope: n.scope, Why: n.what}
	switch {
	case len(missing) == 0:
	case len(n.lacks(slices.Concat(h.direct, h.group))) == 0:
		r.doubt("AZ204", fmt.Sprintf("%s may %s by a group only: a grant to the group can take 24 hours to act", i.Name, n.what), g.command())
	case len(n.lacks(slices.Concat(h.direct, h.group, h.conditional))) == 0:
		r.doubt("AZ205", fmt.Sprintf("whether %s may %s depends on the condition of a role assignment", i.Name, n.what))
	default:
		r.miss(n.id, fmt.Sprintf("%s may not %s (%s)", i.Name, n.what, strings.Join(missing, ", ")), g)
	}
}

// resourceOf is the account that a scope lies in.
func resourceOf(scope string) string {
	if i := strings.Index(scope, "/blobServices/"); i > 0 {
		return scope[:i]
	}
	return scope
}

// roles checks what the head and the nodes may do with data, images, secrets.
func (r *runner) roles(ctx context.Context) {
	batchNeed := need{id: "AZ308", what: "run jobs on " + r.account.Name, scope: r.account.ID, role: "Azure Batch Job Submitter", data: []string{"Microsoft.Batch/batchAccounts/jobs/write", "Microsoft.Batch/batchAccounts/jobs/read"}}
	if slices.ContainsFunc(r.p.Pools, func(p Pool) bool { return p.Auto || p.Create }) {
		batchNeed.role, batchNeed.actions = "Azure Batch Data Contributor", []string{"Microsoft.Batch/batchAccounts/pools/write", "Microsoft.Batch/batchAccounts/pools/read"}
	}
	r.may(ctx, batchNeed)
	needs := r.nodeNeeds(ctx)
	for _, n := range needs {
		if n.id == "AZ201" {
			n.id = "AZ202"
			r.may(ctx, n)
		}
	}
	s := &roleSet{r: r, definitions: map[string][]permission{}}
	done := map[string]bool{}
	for _, p := range r.p.Pools {
		r.mu.Lock()
		on := r.identities[p.Name]
		r.mu.Unlock()
		if len(on) == 0 {
			continue
		}
		for _, n := range r.apart(needs, p.Identity.Outputs) {
			who := r.whose(ctx, n, on)
			if key := who.PrincipalID + " " + n.scope + " " + n.what; !done[key] {
				done[key] = true
				s.node(ctx, who, n)
			}
		}
	}
	r.say(6, "%d things looked at", len(needs)+1)
}

// apart gives what is written to the identity of outputs, where there is one.
// That of inputs then reads the work directory, and nothing else of these.
func (r *runner) apart(needs []need, outputs string) []need {
	if outputs == "" {
		return needs
	}
	work, _ := splitAz(r.p.WorkDir)
	var all []need
	for _, n := range needs {
		if n.role == writeRole {
			if strings.HasSuffix(n.scope, "/containers/"+work) {
				all = append(all, readNeed(n.scope, work))
			}
			n.who = azure.ChoiceOf(outputs)
		}
		all = append(all, n)
	}
	return all
}

func readNeed(scope, container string) need {
	return need{id: "AZ201", what: "read the container " + container, scope: scope, role: "Storage Blob Data Reader", data: readBlobs}
}

// puller is the identity that pulls from a registry, if it has one of its own.
func (r *runner) puller(server string) config.IdentityChoice {
	for _, g := range r.c.Config.Registry {
		if i := g.Identity; strings.EqualFold(g.Server, server) && (i.ClientID != "" || i.ResourceID != "" || i.Name != "") {
			return i
		}
	}
	return config.IdentityChoice{}
}

// whose is the identity of a pool that does what is needed.
func (r *runner) whose(ctx context.Context, n need, on []azure.Identity) azure.Identity {
	c := n.who
	if c.None() {
		return on[0]
	}
	if i := slices.IndexFunc(on, is(c)); i >= 0 {
		return on[i]
	}
	i, err := r.c.Identity(ctx, c)
	if err != nil {
		r.failed(4, "find the identity that is to "+n.what, err)
		return on[0]
	}
	return *i
}

// nodeNeeds is what nodes must be allowed, each where it is.
func (r *runner) nodeNeeds(ctx context.Context) []need {
	var needs []need
	if account := r.storageID(ctx); account != "" && !r.signed() {
		at := func(c string) string { return account + "/blobServices/default/containers/" + c }
		work, _ := splitAz(r.p.WorkDir)
		writes := append([]string{work}, r.p.Write...)
		seen := map[string]bool{"": true}
		for _, c := range writes {
			if !seen[c] {
				seen[c] = true
				needs = append(needs, need{id: "AZ201", what: "read and write the container " + c, scope: at(c), role: writeRole, data: writeBlobs})
			}
		}
		for _, c := range r.p.Read {
			if !seen[c] {
				seen[c] = true
				needs = append(needs, readNeed(at(c), c))
			}
		}
	}
	for _, server := range r.p.Registries {
		if id := r.resource(ctx, "AZ212", "registry "+server, "Microsoft.ContainerRegistry/registries", "2023-07-01", "loginServer", server); id != "" {
			needs = append(needs, need{id: "AZ210", what: "pull images from " + server, scope: id, role: "AcrPull", actions: []string{"Microsoft.ContainerRegistry/registries/pull/read"}, who: r.puller(server)})
		}
	}
	if uri := r.c.Config.KeyVault; uri != "" && len(r.p.Secrets) > 0 {
		if id := r.resource(ctx, "AZ213", "key vault "+uri, "Microsoft.KeyVault/vaults", "2023-07-01", "vaultUri", strings.TrimRight(uri, "/")); id != "" {
			needs = append(needs, need{id: "AZ211", what: "read secrets of " + uri, scope: id, role: "Key Vault Secrets User", data: []string{"Microsoft.KeyVault/vaults/secrets/getSecret/action"}})
		}
	}
	return needs
}

func (r *runner) resource(ctx context.Context, id, what, kind, version, property, want string) string {
	all, err := r.c.Resources(ctx, kind, version)
	if err != nil {
		r.doubt(id, fmt.Sprintf("the %s cannot be looked for: %s", what, short(err)))
		return ""
	}
	for _, a := range all {
		if have, _ := a.Properties[property].(string); strings.EqualFold(strings.TrimRight(have, "/"), want) {
			return a.ID
		}
	}
	r.doubt(id, fmt.Sprintf("the head sees no %s: what nodes may do there is unknown", what))
	return ""
}

// storageID is the ARM id of the storage account, "" if the head sees none.
func (r *runner) storageID(ctx context.Context) string {
	name := r.c.Config.Storage.AccountName
	if name == "" {
		return ""
	}
	all, err := r.c.Resources(ctx, "Microsoft.Storage/storageAccounts", storageVersion)
	if err != nil {
		r.doubt("AZ209", fmt.Sprintf("the storage account %s cannot be looked for: %s", name, short(err)))
		return ""
	}
	for _, a := range all {
		if strings.EqualFold(a.Name, name) {
			if keys, known := a.Properties["allowSharedKeyAccess"].(bool); known && keys {
				r.doubt("AZ214", fmt.Sprintf("the storage account %s accepts its keys", name), "az storage account update --name "+name+" --allow-shared-key-access false")
			}
			return a.ID
		}
	}
	f := azure.NewFinding("AZ209", fmt.Sprintf("the head sees no storage account %s: what nodes may do there is unknown", name))
	f.Check, f.Unknown = 6, true
	r.add(f)
	return ""
}
