package batch

import (
	"context"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/arm"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/batch/azbatch"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/batch/armbatch/v2"

	"sluice/internal/rehearsal/iam"
	"sluice/internal/rehearsal/state"
)

// minted is the credential of someone whom the authority knows.
type minted struct {
	store *iam.Store
	name  string
}

func (m minted) GetToken(_ context.Context, o policy.TokenRequestOptions) (azcore.AccessToken, error) {
	p, _ := m.store.Principal(m.name)
	token, until := m.store.Mint(p, o.Scopes[0][:len(o.Scopes[0])-len("/.default")])
	return azcore.AccessToken{Token: token, ExpiresOn: until}, nil
}

// TestRoles: with the default state and signed tokens the head can do all
// that a run needs; who has less can do less.
func TestRoles(t *testing.T) {
	t.Parallel()
	submitter := func(st *state.State) {
		st.Grants = []state.Grant{{Identity: "head", Role: "Azure Batch Job Submitter", Scope: "batch:rehearsal"}}
	}
	tests := []struct {
		name                     string
		who                      string
		change                   func(*state.State)
		pool, job, task, account string
		sizes                    string
	}{
		{name: "the head", who: "head"},
		{name: "a node", who: "nodes", pool: "AuthorizationFailed", job: codeDataDenied, task: codeDataDenied, account: "AuthorizationFailed", sizes: "AuthorizationFailed"},
		{name: "a submitter", who: "head", change: submitter, pool: "AuthorizationFailed", account: "AuthorizationFailed", sizes: "AuthorizationFailed"},
		{name: "not an operator of the identity", who: "head", change: func(st *state.State) {
			st.Grants = []state.Grant{{Identity: "head", Role: "Azure Batch Data Contributor", Scope: "batch:rehearsal"}}
		}, pool: "LinkedAuthorizationFailed", sizes: "AuthorizationFailed"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			st := &state.State{}
			if test.change != nil {
				test.change(st)
			}
			st.Complete()
			store, err := iam.New(iam.Options{State: st, Clock: wall{}})
			if err != nil {
				t.Fatal(err)
			}
			s, err := New(Options{State: st, Authority: store, Clock: wall{}, Runner: RunnerFunc(func(context.Context, Command) (int, error) { return 0, nil })})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(s.Close)
			common := policy.ClientOptions{Transport: direct{s}, Retry: policy.RetryOptions{MaxRetries: -1}}
			cred := minted{store, test.who}
			data, err := azbatch.NewClient("https://"+s.Endpoint(), cred, &azbatch.ClientOptions{ClientOptions: common})
			if err != nil {
				t.Fatal(err)
			}
			f, err := armbatch.NewClientFactory(st.Subscription, cred, &arm.ClientOptions{ClientOptions: common, DisableRPRegistration: true})
			if err != nil {
				t.Fatal(err)
			}
			ctx := context.Background()
			_, err = f.NewAccountClient().Get(ctx, st.ResourceGroup, st.Batch.Name, nil)
			want(t, "account", code(err), test.account)
			_, err = f.NewLocationClient().NewListSupportedVirtualMachineSKUsPager(st.Location, nil).NextPage(ctx)
			want(t, "sizes", code(err), test.sizes)
			p := fixedPool(1)
			p.Properties.VMSize = &st.VMSizes[0].Name
			p.Properties.TaskSlotsPerNode = nil
			img := st.Images[0]
			p.Properties.DeploymentConfiguration.VirtualMachineConfiguration.ImageReference = &armbatch.ImageReference{Publisher: &img.Publisher, Offer: &img.Offer, SKU: &img.SKU}
			p.Properties.DeploymentConfiguration.VirtualMachineConfiguration.NodeAgentSKUID = &img.Agent
			p.Identity.UserAssignedIdentities = map[string]*armbatch.UserAssignedIdentities{st.IdentityID("nodes"): {}}
			_, err = f.NewPoolClient().Create(ctx, st.ResourceGroup, st.Batch.Name, "p", p, nil)
			want(t, "pool", code(err), test.pool)
			_, err = data.CreateJob(ctx, azbatch.CreateJobContent{ID: to.Ptr("j"), PoolInfo: &azbatch.PoolInfo{PoolID: to.Ptr("p")}}, nil)
			want(t, "job", code(err), test.job)
			_, err = data.CreateTask(ctx, "j", azbatch.CreateTaskContent{ID: to.Ptr("t"), CommandLine: to.Ptr("true")}, nil)
			want(t, "task", code(err), test.task)
			if test.pool == "" {
				poller, err := f.NewPoolClient().BeginDelete(ctx, st.ResourceGroup, st.Batch.Name, "p", nil)
				if err != nil {
					t.Fatal(err)
				}
				_, err = poller.Poll(ctx)
				want(t, "poll", code(err), "")
			}
		})
	}
}
