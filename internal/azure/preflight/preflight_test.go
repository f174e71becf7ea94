package preflight_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"sluice/internal/azure"
	"sluice/internal/azure/preflight"
	"sluice/internal/config"
	"sluice/internal/rehearsal"
	"sluice/internal/rehearsal/iam"
	"sluice/internal/rehearsal/state"
)

type rig struct {
	world *rehearsal.World
	who   iam.Principal
}

func (r *rig) Do(req *http.Request) (*http.Response, error) {
	return r.world.Transport().RoundTrip(req)
}

func (r *rig) GetToken(_ context.Context, o policy.TokenRequestOptions) (azcore.AccessToken, error) {
	token, until := r.world.IAM().Mint(r.who, strings.TrimSuffix(o.Scopes[0], "/.default"))
	return azcore.AccessToken{Token: token, ExpiresOn: until}, nil
}

// check runs the checks against a state in which `head` is the head and
// `nodes` an identity for pools, with all grants that a run needs.
func check(t *testing.T, change func(*state.State), plan func(*preflight.Plan, *config.Azure)) preflight.Report {
	t.Helper()
	st := &state.State{
		Tenant: state.GUID(t.Name()), Head: state.Head{Identities: []string{"head"}},
		Identities: []state.Identity{{Name: "head"}, {Name: "nodes"}, {Name: "other"}},
		Storage:    []state.StorageAccount{{Name: "acct1", Containers: []string{"work", "data"}}},
		Registries: []state.Registry{{Name: "images"}}, Vaults: []state.Vault{{Name: "safe"}},
	}
	if change != nil {
		change(st)
	}
	world, err := rehearsal.New(rehearsal.Options{State: st, Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := world.Close(); err != nil {
			t.Error(err)
		}
	})
	st = world.State()
	head, _ := world.IAM().Principal("head")
	nodes, _ := world.IAM().Principal("nodes")
	r := &rig{world, head}
	a := config.Azure{
		Batch: config.AzureBatch{AccountName: st.Batch.Name}, Storage: config.AzureStorage{AccountName: "acct1"}, KeyVault: "https://safe.vault.azure.net",
		Retry: config.AzureRetry{MaxAttempts: 1},
	}
	p := preflight.Plan{
		WorkDir: "az://work/run", Read: []string{"data"}, Registries: []string{"images.azurecr.io"}, Secrets: []string{"TOKEN"}, Containers: true,
		Pools: []preflight.Pool{{Name: "auto", Auto: true, Create: true, Spec: &config.AzurePool{VMType: "Standard_D4s_v3"}, Identity: config.IdentityChoice{ClientID: nodes.ClientID}}},
	}
	if plan != nil {
		plan(&p, &a)
	}
	if p.Clients, err = azure.Open(azure.Options{Config: a, Transport: r, Credential: r, Getenv: func(string) (string, bool) { return "", false }}); err != nil {
		t.Fatal(err)
	}
	return preflight.Run(t.Context(), p)
}

func ids(r preflight.Report) string {
	var all []string
	for _, f := range r.Findings() {
		id := f.ID
		if f.Unknown {
			id += "?"
		}
		all = append(all, id)
	}
	slices.Sort(all)
	return strings.Join(all, " ")
}

func print(r preflight.Report) string {
	var b strings.Builder
	if err := r.Print(&b); err != nil {
		return err.Error()
	}
	return b.String()
}

func TestGreen(t *testing.T) {
	t.Parallel()
	r := check(t, nil, nil)
	if ids(r) != "" || r.Err() != nil || r.Seconds > 5 || len(r.Missing) != 0 {
		t.Error(print(r))
	}
}

// without takes a role of an identity away from the default grants.
func without(identity, role, scope string) func(*state.State) {
	return func(s *state.State) {
		s.Complete()
		s.Grants = slices.DeleteFunc(s.Grants, func(g state.Grant) bool {
			return g.Identity == identity && g.Role == role && (scope == "" || g.Scope == scope)
		})
	}
}

func granted(gs ...state.Grant) func(*state.State) {
	return func(s *state.State) { s.Complete(); s.Grants = append(s.Grants, gs...) }
}

func all(fs ...func(*state.State)) func(*state.State) {
	return func(s *state.State) {
		for _, f := range fs {
			f(s)
		}
	}
}

func spec(change func(*preflight.Pool)) func(*preflight.Plan, *config.Azure) {
	return func(p *preflight.Plan, _ *config.Azure) { change(&p.Pools[0]) }
}

func TestFindings(t *testing.T) {
	t.Parallel()
	const contributor = "Storage Blob Data Contributor"
	for _, tc := range []struct {
		name   string
		change func(*state.State)
		plan   func(*preflight.Plan, *config.Azure)
		want   string
	}{
		{"nodes lack the work container", without("nodes", contributor, "storage:acct1/work"), nil, "AZ201"},
		{"nodes lack the registry", without("nodes", "AcrPull", ""), nil, "AZ210"},
		{"nodes lack the vault", without("nodes", "Key Vault Secrets User", ""), nil, "AZ211"},
		{"the head lacks the work container", without("head", contributor, "storage:acct1/work"), nil, "AZ202 AZ215"},
		{"the head may not attach", without("head", "Managed Identity Operator", "identity:nodes"), nil, "AZ102"},
		{"the head lacks Batch", without("head", "Azure Batch Data Contributor", ""), nil, "AZ301"},
		{"the head sees no assignments", without("head", "Reader", "storage:acct1"), nil, "AZ209?"},
		{"by a group", all(without("nodes", contributor, "storage:acct1/work"), granted(state.Grant{Identity: "nodes", Group: "g", Role: contributor, Scope: "storage:acct1/work"})), nil, "AZ204?"},
		{"with a condition", all(without("nodes", contributor, "storage:acct1/work"), granted(state.Grant{Identity: "nodes", Role: contributor, Scope: "storage:acct1", Condition: "@Resource[x] StringEquals 'y'"})), nil, "AZ205?"},
		{"denied", granted(state.Grant{Identity: "nodes", Role: contributor, Scope: "group:sluice", Deny: true}), nil, "AZ207 AZ207"},
		{"custom role that is too small", all(without("nodes", contributor, "storage:acct1/work"), func(s *state.State) {
			s.Roles = []state.Role{{Name: "Half", DataActions: []string{"Microsoft.Storage/storageAccounts/blobServices/containers/blobs/*"}, NotDataActions: []string{"*/delete"}}}
			s.Grants = append(s.Grants, state.Grant{Identity: "nodes", Role: "Half", Scope: "storage:acct1"})
		}), nil, "AZ201"},
		{"firewall", func(s *state.State) { s.Storage[0].Firewall = true }, nil, "AZ203"},
		{"keys accepted", func(s *state.State) { s.Storage[0].SharedKey = true }, nil, "AZ214?"},
		{"no such container", nil, func(p *preflight.Plan, _ *config.Azure) { p.WorkDir = "az://missing/x" }, "AZ201 AZ202 AZ215"},
		{"work directory here", nil, func(p *preflight.Plan, _ *config.Azure) { p.WorkDir = "/tmp/work" }, "AZ602"},
		{"restricted", func(s *state.State) { s.Identities[1].Restricted = true }, nil, "AZ104"},
		{"keys only", func(s *state.State) { s.Batch.AuthModes = []string{"SharedKey"} }, nil, "AZ302"},
		{"machine type", nil, spec(func(q *preflight.Pool) { q.Spec.VMType = "Standard_D4_v9" }), "AZ401"},
		{"machine pattern", nil, spec(func(q *preflight.Pool) { q.Spec.VMType = "Standard_E*ds_v5, standard_d4S_v3" }), ""},
		{"image", nil, spec(func(q *preflight.Pool) { q.Spec.Publisher = "nobody" }), "AZ402"},
		{"spot", nil, spec(func(q *preflight.Pool) { q.Spec.LowPriority = true; q.Spec.VMType = "" }), "AZ307"},
		{"system on a new pool", nil, spec(func(q *preflight.Pool) { q.Identity = config.IdentityChoice{System: true} }), "AZ101"},
		{"no identity", nil, spec(func(q *preflight.Pool) { q.Identity = config.IdentityChoice{} }), "AZ107"},
		{"wrong client id", nil, spec(func(q *preflight.Pool) {
			q.Identity = config.IdentityChoice{ClientID: "01234567-89ab-cdef-0123-456789abcdef"}
		}), "AZ102"},
		{"pool missing", nil, spec(func(q *preflight.Pool) { q.Name, q.Auto, q.Create = "p1", false, false }), "AZ501"},
		{"cores in use", func(s *state.State) {
			s.Batch.CoreQuota = 6
			s.Pools = []state.Pool{{Name: "theirs", VMSize: "Standard_D4s_v3", Nodes: 1, Slots: 4, Identities: []string{"other"}}}
		}, nil, "AZ306?"},
		{"pools in use", func(s *state.State) {
			s.Batch.PoolQuota = 1
			s.Pools = []state.Pool{{Name: "theirs", VMSize: "Standard_D4s_v3", Slots: 4, Identities: []string{"other"}}}
		}, nil, "AZ304?"},
		{"a registry with an identity of its own", without("other", "AcrPull", ""), func(_ *preflight.Plan, a *config.Azure) {
			a.Registry = []config.AzureRegistry{{Server: "images.azurecr.io", Identity: config.IdentityChoice{Name: "other"}}}
		}, "AZ210"},
		{"programs", nil, func(p *preflight.Plan, _ *config.Azure) {
			p.Tools = func(context.Context) error { return azure.Fault("AZ601", "azcopy is old") }
		}, "AZ601"},
		{"secrets", nil, func(p *preflight.Plan, _ *config.Azure) {
			p.Findings = []azure.Finding{azure.NewFinding("AZ901", "x")}
		}, "AZ901"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			r := check(t, tc.change, tc.plan)
			if got := ids(r); got != tc.want {
				t.Errorf("got %s, want %s\n%s", got, tc.want, print(r))
			}
		})
	}
}

// TestExistingPool: `system = true` and others on a pool that is there.
func TestExistingPool(t *testing.T) {
	t.Parallel()
	pool := func(identities ...string) func(*state.State) {
		return func(s *state.State) {
			s.Pools = []state.Pool{{Name: "p1", VMSize: "Standard_D4s_v3", Identities: identities, Containers: true}}
		}
	}
	for _, tc := range []struct {
		on     []string
		choice config.IdentityChoice
		want   string
	}{
		{[]string{"nodes"}, config.IdentityChoice{System: true}, ""},
		{[]string{"nodes", "other"}, config.IdentityChoice{System: true}, "AZ101"},
		{nil, config.IdentityChoice{System: true}, "AZ101"},
		{nil, config.IdentityChoice{}, "AZ107"},
		{[]string{"nodes", "other"}, config.IdentityChoice{Auto: true}, "AZ108"},
		{[]string{"nodes"}, config.IdentityChoice{Name: "other"}, "AZ105"},
		{[]string{"other", "nodes"}, config.IdentityChoice{Name: "nodes"}, ""},
	} {
		t.Run(fmt.Sprint(tc.on, tc.choice), func(t *testing.T) {
			t.Parallel()
			r := check(t, pool(tc.on...), func(p *preflight.Plan, _ *config.Azure) {
				p.Pools = []preflight.Pool{{Name: "p1", Identity: tc.choice}}
			})
			if got := ids(r); got != tc.want {
				t.Errorf("got %s, want %s\n%s", got, tc.want, print(r))
			}
		})
	}
}

// TestGrants: what is missing is printed, once, and it mends the finding.
func TestGrants(t *testing.T) {
	t.Parallel()
	r := check(t, without("nodes", "Storage Blob Data Contributor", "storage:acct1/work"), nil)
	for format, want := range map[string]string{
		"az":        "az role assignment create --assignee-object-id " + r.Missing[0].PrincipalID + ` --assignee-principal-type ServicePrincipal --role "Storage Blob Data Contributor" --scope /subscriptions/`,
		"bicep":     "resource sluice",
		"terraform": `role_definition_name = "Storage Blob Data Contributor"`,
	} {
		text, err := preflight.Grants(r, format)
		if err != nil || !strings.Contains(text, want) || strings.Count(text, "containers/work")+strings.Count(text, "name: 'work'") != 1 {
			t.Errorf("%s: %v\n%s", format, err, text)
		}
	}
	if _, err := preflight.Grants(r, "xml"); err == nil {
		t.Error("a format xml")
	}
}
