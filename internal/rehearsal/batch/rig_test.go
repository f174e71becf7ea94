package batch

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/arm"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/batch/azbatch"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/batch/armbatch/v2"

	"sluice/internal/rehearsal/iam"
	"sluice/internal/rehearsal/state"
)

// wall is the real clock, or that of synctest.
type wall struct{}

func (wall) Now() time.Time { return time.Now() }
func (wall) Sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(d):
		return nil
	}
}
func (wall) AfterFunc(d time.Duration, f func()) func() bool { return time.AfterFunc(d, f).Stop }

// roles is an Authority for tests: a token is audience|object id, and what is
// not in denied is allowed.
type roles struct {
	denied map[string]bool // action, or action@scope
}

func (a *roles) Authenticate(r *http.Request, audiences ...string) (iam.Principal, *iam.Denied) {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		return iam.Principal{}, &iam.Denied{Status: 401, Code: "AuthenticationFailed", Message: "no token"}
	}
	aud, who, _ := strings.Cut(token, "|")
	if !slices.ContainsFunc(audiences, func(x string) bool { return strings.TrimRight(x, "/") == strings.TrimRight(aud, "/") }) {
		return iam.Principal{}, &iam.Denied{Status: 401, Code: "InvalidAuthenticationTokenAudience", Message: "the token is for " + aud}
	}
	return iam.Principal{ObjectID: who, ClientID: "client-" + who}, nil
}

func (a *roles) Allow(p iam.Principal, action string, data bool, scope string) bool {
	return !a.denied[action] && !a.denied[action+"@"+scope]
}

func (a *roles) Mint(p iam.Principal, audience string) (string, time.Time) {
	return audience + "|" + p.ObjectID, time.Now().Add(time.Hour)
}

func (a *roles) Identity(id string) (iam.Principal, bool) {
	name := id[strings.LastIndex(id, "/")+1:]
	if name == "missing" {
		return iam.Principal{}, false
	}
	return iam.Principal{ObjectID: "oid-" + name, ClientID: "cid-" + name, ResourceID: id, Name: name}, true
}

// head is the credential of the head.
type head struct{}

func (head) GetToken(_ context.Context, o policy.TokenRequestOptions) (azcore.AccessToken, error) {
	return azcore.AccessToken{Token: strings.TrimSuffix(o.Scopes[0], "/.default") + "|head", ExpiresOn: time.Now().Add(1000 * time.Hour)}, nil
}

// direct sends requests to the service without a socket.
type direct struct{ s *Service }

func (d direct) Do(r *http.Request) (*http.Response, error) {
	if r.Body == nil {
		r.Body = http.NoBody
	}
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	h := d.s.DataPlane()
	if strings.HasPrefix(r.URL.Host, "management.") {
		h = d.s.Management()
	}
	r.Host = r.URL.Host
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	res := w.Result()
	res.Request = r
	return res, nil
}

type rig struct {
	t    testing.TB
	s    *Service
	st   *state.State
	auth *roles
	data *azbatch.Client
	arm  *armbatch.PoolClient
	acct *armbatch.AccountClient
	locs *armbatch.LocationClient
}

const sub = "11111111-1111-1111-1111-111111111111"

func testState() *state.State {
	return &state.State{
		Subscription: sub, Tenant: "t", Location: "westeurope", ResourceGroup: "sluice",
		Batch: state.Batch{Name: "acct", PoolQuota: 10, JobQuota: 10, CoreQuota: 100, NodeStart: 4 * time.Millisecond},
		VMSizes: []state.VMSize{
			{Name: "Standard_D4s_v3", Family: "standardDSv3Family", CPUs: 4, MemoryGB: 16, DiskGB: 32, Price: 0.2, SpotPrice: 0.05},
			{Name: "Standard_E2_v5", Family: "standardEv5Family", CPUs: 2, MemoryGB: 16, DiskGB: 32, Price: 0.1, Capacity: 1},
		},
		Images: []state.Image{
			{Publisher: "canonical", Offer: "ubuntu", SKU: "24_04", Agent: "batch.node.ubuntu 24.04"},
			{Publisher: "microsoft-dsvm", Offer: "ubuntu-hpc", SKU: "2404", Agent: "batch.node.ubuntu 24.04", Docker: true},
		},
		Identities: []state.Identity{{Name: "nodes"}, {Name: "locked", Restricted: true}},
		Networks:   []string{"/subscriptions/" + sub + "/resourceGroups/sluice/providers/Microsoft.Network/virtualNetworks/v/subnets/s"},
	}
}

func newRig(t testing.TB, change func(*state.State, *Options)) *rig {
	t.Helper()
	st := testState()
	auth := &roles{denied: map[string]bool{}}
	o := Options{State: st, Authority: auth, Clock: wall{}}
	if change != nil {
		change(st, &o)
	}
	if o.Dir == "" && o.Runner == nil {
		o.Dir = t.TempDir()
	}
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	r := &rig{t: t, s: s, st: st, auth: auth}
	common := policy.ClientOptions{Transport: direct{s}, Retry: policy.RetryOptions{MaxRetries: -1}}
	if r.data, err = azbatch.NewClient("https://acct.westeurope.batch.azure.com", head{}, &azbatch.ClientOptions{ClientOptions: common}); err != nil {
		t.Fatal(err)
	}
	f, err := armbatch.NewClientFactory(sub, head{}, &arm.ClientOptions{ClientOptions: common, DisableRPRegistration: true})
	if err != nil {
		t.Fatal(err)
	}
	r.arm, r.acct, r.locs = f.NewPoolClient(), f.NewAccountClient(), f.NewLocationClient()
	return r
}

func identity(name string) string {
	return "/subscriptions/" + sub + "/resourceGroups/sluice/providers/Microsoft.ManagedIdentity/userAssignedIdentities/" + name
}

// fixedPool is a pool of so many nodes, each with four slots.
func fixedPool(nodes int32) armbatch.Pool {
	return armbatch.Pool{
		Identity: &armbatch.PoolIdentity{Type: to.Ptr(armbatch.PoolIdentityTypeUserAssigned), UserAssignedIdentities: map[string]*armbatch.UserAssignedIdentities{identity("nodes"): {}}},
		Properties: &armbatch.PoolProperties{
			VMSize: to.Ptr("Standard_D4s_v3"), TaskSlotsPerNode: to.Ptr[int32](4),
			DeploymentConfiguration: &armbatch.DeploymentConfiguration{VirtualMachineConfiguration: &armbatch.VirtualMachineConfiguration{
				ImageReference: &armbatch.ImageReference{Publisher: to.Ptr("canonical"), Offer: to.Ptr("ubuntu"), SKU: to.Ptr("24_04"), Version: to.Ptr("latest")},
				NodeAgentSKUID: to.Ptr("batch.node.ubuntu 24.04"),
			}},
			ScaleSettings: &armbatch.ScaleSettings{FixedScale: &armbatch.FixedScaleSettings{TargetDedicatedNodes: &nodes}},
		},
	}
}

func (r *rig) pool(name string, p armbatch.Pool) {
	r.t.Helper()
	if _, err := r.arm.Create(context.Background(), "sluice", "acct", name, p, nil); err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) job(id string, change func(*azbatch.CreateJobContent)) {
	r.t.Helper()
	c := azbatch.CreateJobContent{ID: &id, PoolInfo: &azbatch.PoolInfo{PoolID: to.Ptr("p")}}
	if change != nil {
		change(&c)
	}
	if _, err := r.data.CreateJob(context.Background(), c, nil); err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) task(job, id, line string, change func(*azbatch.CreateTaskContent)) {
	r.t.Helper()
	c := azbatch.CreateTaskContent{ID: &id, CommandLine: &line}
	if change != nil {
		change(&c)
	}
	if _, err := r.data.CreateTask(context.Background(), job, c, nil); err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) getTask(job, id string) azbatch.Task {
	r.t.Helper()
	res, err := r.data.GetTask(context.Background(), job, id, nil)
	if err != nil {
		r.t.Fatal(err)
	}
	return res.Task
}

// until waits for ok, a little at a time: under synctest this takes no time.
func (r *rig) until(what string, ok func() bool) {
	r.t.Helper()
	for range 4000 {
		if ok() {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	r.t.Fatalf("waited too long for %s", what)
}

func (r *rig) done(job, id string) azbatch.Task {
	r.t.Helper()
	var task azbatch.Task
	r.until("task "+id, func() bool {
		task = r.getTask(job, id)
		return *task.State == azbatch.TaskStateCompleted
	})
	return task
}

func (r *rig) file(job, id, name string) string {
	r.t.Helper()
	res, err := r.data.GetTaskFile(context.Background(), job, id, name, nil)
	if err != nil {
		r.t.Fatal(err)
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return string(data)
}

// code is the code of an error answer.
func code(err error) string {
	var e *azcore.ResponseError
	if errors.As(err, &e) {
		return e.ErrorCode
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

// raw is a request that no client would make.
func (r *rig) raw(method, path, body string) *httptest.ResponseRecorder {
	req := httptest.NewRequest(method, "https://acct.westeurope.batch.azure.com"+path, bytes.NewReader([]byte(body)))
	req.Header.Set("Authorization", "Bearer https://batch.core.windows.net/|head")
	w := httptest.NewRecorder()
	r.s.DataPlane().ServeHTTP(w, req)
	return w
}
