package azblob

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/service"

	"sluice/internal/rehearsal/blob"
	"sluice/internal/rehearsal/iam"
	"sluice/internal/rehearsal/state"
	"sluice/internal/storage/storagetest"
)

// rehearsed is a Blob service of the rehearsal with two accounts, and whoever
// holds a token for it.
type rehearsed struct {
	service *blob.Service
	roles   *iam.Store
	server  *httptest.Server
	client  *http.Client
	wrap    atomic.Pointer[http.HandlerFunc] // what is before the service
}

func rehearse(t *testing.T, o blob.Options) *rehearsed {
	t.Helper()
	st := &state.State{
		Identities: []state.Identity{{Name: "writer"}, {Name: "reader"}, {Name: "adder"}, {Name: "nobody"}},
		Storage: []state.StorageAccount{
			{Name: "acct1", Containers: []string{"data", "other"}},
			{Name: "walled", Containers: []string{"data"}, Firewall: true},
			{Name: "acct2", Containers: []string{"data"}, SharedKey: true, SAS: "sv=2025&sig=canary"},
		},
		Roles: []state.Role{{Name: "Adder", DataActions: []string{iam.BlobRead, iam.BlobAdd}}},
		Grants: []state.Grant{
			{Identity: "writer", Role: "Storage Blob Data Contributor", Scope: "storage:acct1"},
			{Identity: "writer", Role: "Storage Blob Data Contributor", Scope: "storage:walled"},
			{Identity: "writer", Role: "Storage Blob Data Contributor", Scope: "storage:acct2"},
			{Identity: "reader", Role: "Storage Blob Data Reader", Scope: "storage:acct1/data"},
			{Identity: "adder", Role: "Adder", Scope: "storage:acct1/data"},
		},
	}
	st.Complete()
	roles, err := iam.New(iam.Options{State: st})
	if err != nil {
		t.Fatal(err)
	}
	o.State, o.Authority, o.Dir = st, roles, t.TempDir()
	if o.Clock == nil {
		o.Clock = iam.NewClock(1)
	}
	r := &rehearsed{roles: roles}
	if r.service, err = blob.New(o); err != nil {
		t.Fatal(err)
	}
	r.before(r.service.ServeHTTP)
	r.server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) { (*r.wrap.Load())(w, req) }))
	t.Cleanup(r.server.Close)
	transport := r.server.Client().Transport.(*http.Transport).Clone()
	transport.TLSClientConfig.ServerName = "example.com"
	transport.MaxIdleConnsPerHost = 64
	transport.DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, r.server.Listener.Addr().String())
	}
	r.client = &http.Client{Transport: transport}
	t.Cleanup(transport.CloseIdleConnections)
	return r
}

// before puts h before the service.
func (r *rehearsed) before(h http.HandlerFunc) { r.wrap.Store(&h) }

func (r *rehearsed) token(t *testing.T, who, audience string) string {
	t.Helper()
	p, ok := r.roles.Principal(who)
	if !ok {
		t.Fatalf("no identity %s", who)
	}
	token, _ := r.roles.Mint(p, audience)
	return token
}

type static string

func (s static) GetToken(context.Context, policy.TokenRequestOptions) (azcore.AccessToken, error) {
	return azcore.AccessToken{Token: string(s), ExpiresOn: time.Now().Add(time.Hour)}, nil
}

// as is the storage of an account, seen by an identity.
func (r *rehearsed) as(t *testing.T, who, account string, o Options) *Storage {
	t.Helper()
	return r.with(t, r.token(t, who, "https://storage.azure.com"), account, o)
}

func (r *rehearsed) with(t *testing.T, token, account string, o Options) *Storage {
	t.Helper()
	c, err := service.NewClient("https://"+account+".blob.core.windows.net/", static(token), &service.ClientOptions{ClientOptions: azcore.ClientOptions{
		Transport: r.client, Retry: policy.RetryOptions{MaxRetries: 3, RetryDelay: time.Millisecond, MaxRetryDelay: 5 * time.Millisecond},
	}})
	if err != nil {
		t.Fatal(err)
	}
	o.Service = c
	return New(o)
}

func TestRehearsal(t *testing.T) {
	t.Parallel()
	s := rehearse(t, blob.Options{}).as(t, "writer", "acct1", Options{})
	if err := s.Mkdir(context.Background(), "data/dir", true); err != nil {
		t.Fatal(err)
	}
	storagetest.Run(t, s, "data/dir")
}
