package arm_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"sluice/internal/azure"
	"sluice/internal/config"
	"sluice/internal/rehearsal/arm"
	"sluice/internal/rehearsal/iam"
	"sluice/internal/rehearsal/state"
)

// rig is a management plane and a head that calls it, with the real clients.
type rig struct {
	st    *state.State
	store *iam.Store
	arm   *arm.Service
	who   iam.Principal
}

func (r *rig) Do(req *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	in := req.Clone(req.Context())
	in.Host = req.URL.Host
	if req.URL.Host == "prices.azure.com" {
		r.arm.Prices().ServeHTTP(w, in)
	} else {
		r.arm.ServeHTTP(w, in)
	}
	resp := w.Result()
	resp.Request = req
	return resp, nil
}

func (r *rig) GetToken(_ context.Context, o policy.TokenRequestOptions) (azcore.AccessToken, error) {
	token, until := r.store.Mint(r.who, strings.TrimSuffix(o.Scopes[0], "/.default"))
	return azcore.AccessToken{Token: token, ExpiresOn: until}, nil
}

func newRig(t *testing.T, pageSize int, change func(*state.State)) (*rig, *azure.Clients) {
	t.Helper()
	st := &state.State{Tenant: state.GUID(t.Name())}
	if change != nil {
		change(st)
	}
	st.Complete()
	store, err := iam.New(iam.Options{State: st})
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{st: st, store: store}
	if r.arm, err = arm.New(arm.Options{State: st, Authority: store, Clock: iam.NewClock(1), PageSize: pageSize}); err != nil {
		t.Fatal(err)
	}
	name := st.Head.System
	if len(st.Head.Identities) > 0 {
		name = st.Head.Identities[0]
	}
	var ok bool
	if r.who, ok = store.Principal(name); !ok {
		t.Fatalf("no head %q", name)
	}
	c, err := azure.Open(azure.Options{Config: config.Azure{
		SubscriptionID: st.Subscription, ResourceGroup: st.ResourceGroup, Retry: config.AzureRetry{MaxAttempts: 1},
		Batch: config.AzureBatch{AccountName: st.Batch.Name, Location: st.Location, Endpoint: "https://" + st.BatchHost()},
	}, Transport: r, Credential: r, Getenv: func(string) (string, bool) { return "", false }})
	if err != nil {
		t.Fatal(err)
	}
	return r, c
}

func TestIdentities(t *testing.T) {
	t.Parallel()
	r, c := newRig(t, 2, func(s *state.State) {
		s.Head = state.Head{Identities: []string{"head"}}
		s.Identities = []state.Identity{{Name: "head"}, {Name: "a"}, {Name: "b"}, {Name: "c"}, {Name: "unseen"}}
		for _, n := range []string{"a", "b", "c"} {
			s.Grants = append(s.Grants, state.Grant{Identity: "head", Role: "Managed Identity Operator", Scope: "identity:" + n})
		}
	})
	all, err := c.Identities(t.Context())
	if err != nil || len(all) != 3 {
		t.Fatalf("%v %v", all, err)
	}
	b, _ := r.store.Principal("b")
	got, err := c.Identity(t.Context(), config.IdentityChoice{ClientID: b.ClientID})
	if err != nil || got.PrincipalID != b.ObjectID || got.ResourceID != b.ResourceID {
		t.Errorf("%+v %v", got, err)
	}
	_, err = c.Identity(t.Context(), config.IdentityChoice{ResourceID: r.st.IdentityID("unseen")})
	if err == nil || !strings.Contains(err.Error(), "AZ102: the head may not see") {
		t.Error(err)
	}
	err = c.ARM(t.Context(), http.MethodGet, r.st.IdentityID("unseen")+"?api-version=2023-01-31", nil, nil)
	var refused *azcore.ResponseError
	if !errors.As(err, &refused) || refused.StatusCode != 403 || refused.ErrorCode != "AuthorizationFailed" ||
		!strings.Contains(err.Error(), "does not have authorization to perform action 'Microsoft.ManagedIdentity/userAssignedIdentities/read' over scope") {
		t.Error(err)
	}
}

func TestRoleAssignments(t *testing.T) {
	t.Parallel()
	r, c := newRig(t, 0, nil)
	container := r.st.ContainerID(r.st.Storage[0].Name, r.st.Storage[0].Containers[0])
	list := func(scope, filter string) (string, error) {
		all, err := azure.ARMList[struct {
			Properties struct{ PrincipalID, Scope string }
		}](t.Context(), c, scope+"/providers/Microsoft.Authorization/roleAssignments?api-version=2022-04-01&$filter="+filter)
		return fmt.Sprint(len(all)), err
	}
	var node iam.Principal
	for _, p := range r.store.Principals() {
		if p.Name != r.who.Name {
			node = p
		}
	}
	if node.Name == "" {
		node = r.who
	}
	if n, err := list(container, "assignedTo('"+node.ObjectID+"')"); err != nil || n == "0" {
		t.Errorf("%s assignments, %v", n, err)
	}
	if _, err := list(r.st.SubscriptionID(), ""); err == nil {
		t.Error("the head reads all assignments of the subscription")
	}
	if _, err := list(container, "nonsense"); err == nil || !strings.Contains(err.Error(), "InvalidFilter") {
		t.Error(err)
	}
}

func TestPrices(t *testing.T) {
	t.Parallel()
	_, c := newRig(t, 0, nil)
	p, err := c.Price(t.Context(), "Standard_D4s_v3")
	if err != nil || p.Hour != 0.24 || p.Spot != 0.24/5 || p.Currency != "USD" {
		t.Errorf("%+v %v", p, err)
	}
	if _, err := c.Price(t.Context(), "Standard_None"); err == nil {
		t.Error("a price of nothing")
	}
}

// TestRefusals: no token, no version, no such thing, no change.
func TestRefusals(t *testing.T) {
	t.Parallel()
	r, _ := newRig(t, 0, nil)
	token, _ := r.store.Mint(r.who, "https://management.azure.com/")
	for _, tc := range []struct{ method, path, token, want string }{
		{"GET", "/subscriptions?api-version=1", "", "401"},
		{"GET", "/subscriptions?api-version=1", "x.y.z", "401"},
		{"GET", "/subscriptions", token, "400 MissingApiVersionParameter"},
		{"GET", "/subscriptions/other?api-version=1", token, "404 SubscriptionNotFound"},
		{"PUT", r.st.StorageID("x") + "?api-version=1", token, "405 MethodNotAllowed"},
		{"GET", r.st.GroupID("") + "/providers/Microsoft.Foo/bars/x?api-version=1", token, "404 InvalidResourceType"},
		{"GET", r.st.StorageID("nothere") + "?api-version=1", token, "403 AuthorizationFailed"},
		{"GET", r.st.StorageID(r.st.Storage[0].Name) + "?api-version=1", token, "200"},
	} {
		req := httptest.NewRequest(tc.method, "https://management.azure.com"+tc.path, nil)
		if tc.token != "" {
			req.Header.Set("Authorization", "Bearer "+tc.token)
		}
		w := httptest.NewRecorder()
		r.arm.ServeHTTP(w, req)
		status, code, _ := strings.Cut(tc.want, " ")
		if fmt.Sprint(w.Code) != status || !strings.Contains(w.Body.String(), code) {
			t.Errorf("%s %s: %d %s, want %s", tc.method, tc.path, w.Code, w.Body, tc.want)
		}
	}
}
