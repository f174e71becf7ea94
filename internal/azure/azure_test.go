package azure

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"sluice/internal/config"
)

// answers is a transport: by method, host and path, what is answered.
type answers struct {
	mu    sync.Mutex
	calls []string
	f     func(r *http.Request) (int, string)
}

func (a *answers) Do(r *http.Request) (*http.Response, error) {
	a.mu.Lock()
	a.calls = append(a.calls, r.Method+" "+r.URL.Host+r.URL.Path)
	a.mu.Unlock()
	status, body := a.f(r)
	if status == 0 {
		return nil, errors.New("connection refused")
	}
	h := http.Header{"Content-Type": {"application/json"}}
	if rest, ok := strings.CutPrefix(body, "location "); ok {
		h.Set("Location", rest)
		body = ""
	}
	return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
}

// static is a credential whose tokens are for nobody.
type static struct{}

func (static) GetToken(context.Context, policy.TokenRequestOptions) (azcore.AccessToken, error) {
	return azcore.AccessToken{Token: "t", ExpiresOn: time.Now().Add(time.Hour)}, nil
}

func open(t *testing.T, c config.Azure, cred azcore.TokenCredential, f func(r *http.Request) (int, string)) (*Clients, *answers) {
	t.Helper()
	a := &answers{f: f}
	c.Retry.MaxAttempts = 1
	clients, err := Open(Options{Config: c, Getenv: func(string) (string, bool) { return "", false }, Transport: a, Credential: cred})
	if err != nil {
		t.Fatal(err)
	}
	return clients, a
}

const sub = "11111111-2222-3333-4444-555555555555"

func accounts(r *http.Request) (int, string) {
	one := func(name string) string {
		return fmt.Sprintf(`{"id":"/subscriptions/%s/resourceGroups/rg/providers/Microsoft.Batch/batchAccounts/%s","name":"%s","location":"westeurope","properties":{"accountEndpoint":"%s.westeurope.batch.azure.com"}}`, sub, name, name, name)
	}
	switch {
	case r.URL.Path == "/subscriptions":
		return 200, `{"value":[{"subscriptionId":"` + sub + `"}]}`
	case strings.HasSuffix(r.URL.Path, "/batchAccounts") && r.URL.Query().Get("page") == "":
		return 200, `{"value":[` + one("first") + `],"nextLink":"https://management.azure.com` + r.URL.Path + `?page=2"}`
	case strings.HasSuffix(r.URL.Path, "/batchAccounts"):
		return 200, `{"value":[` + one("second") + `]}`
	}
	return 404, `{"error":{"code":"NotFound","message":"no"}}`
}

func TestAccount(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, want string }{
		{"second", "https://second.westeurope.batch.azure.com"},
		{"third", "AZ301: no Batch account `third` is seen by the head; it sees first, second"},
		{"", "AZ303: which Batch account is meant: first, second?"},
	} {
		c, _ := open(t, config.Azure{Batch: config.AzureBatch{AccountName: tc.name}}, static{}, accounts)
		a, err := c.Account(t.Context())
		got := fmt.Sprint(err)
		if err == nil {
			got = a.Endpoint
			if a.SubscriptionID != sub || a.ResourceGroup != "rg" {
				t.Errorf("%+v", a)
			}
		}
		if !strings.HasPrefix(got, tc.want) {
			t.Errorf("%s: got %s, want %s", tc.name, got, tc.want)
		}
	}
}

// TestOtherHost: no token follows a link to another host.
func TestOtherHost(t *testing.T) {
	t.Parallel()
	c, a := open(t, config.Azure{}, static{}, func(*http.Request) (int, string) {
		return 200, `{"value":[],"nextLink":"https://evil.example/next"}`
	})
	if _, err := ARMList[Subscription](t.Context(), c, "/subscriptions?api-version=1"); err == nil || !strings.Contains(err.Error(), "another host") {
		t.Error(err)
	}
	for _, call := range a.calls {
		if strings.Contains(call, "evil") {
			t.Error(call)
		}
	}
}

// TestNothingThere: the error lists what was tried, and comes soon.
func TestNothingThere(t *testing.T) {
	t.Setenv("PATH", "")
	c, _ := open(t, config.Azure{}, nil, func(*http.Request) (int, string) { return 0, "" })
	begin := time.Now()
	_, err := c.WhoAmI(t.Context())
	var f *FindingError
	if !errors.As(err, &f) || f.ID != "AZ001" {
		t.Fatalf("%v", err)
	}
	for _, want := range []string{"workload identity: AZURE_FEDERATED_TOKEN_FILE is not set", "managed identity of this machine: no metadata endpoint", "az is not on PATH", "azd is not on PATH"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is missing in %s", want, err)
		}
	}
	if d := time.Since(begin); d > 3*time.Second {
		t.Errorf("took %s", d)
	}
}

// TestExplicit: an identity of the configuration is the only one tried.
func TestExplicit(t *testing.T) {
	t.Parallel()
	id := "01234567-89ab-cdef-0123-456789abcdef"
	c, a := open(t, config.Azure{Head: config.HeadIdentity{ClientID: id}}, nil, func(r *http.Request) (int, string) {
		if strings.HasSuffix(r.URL.Path, "/token") {
			return 400, `{"error":"invalid_request","error_description":"Identity not found"}`
		}
		return 200, `{"compute":{}}`
	})
	_, err := c.WhoAmI(t.Context())
	if err == nil || !strings.Contains(err.Error(), "AZ001: no token can be had from the managed identity "+id) {
		t.Error(err)
	}
	if len(a.calls) != 2 {
		t.Errorf("calls: %v", a.calls)
	}
}

// scripted gives tokens that live an hour, and counts them.
type scripted struct {
	n    int
	fail bool
}

func (s *scripted) GetToken(context.Context, policy.TokenRequestOptions) (azcore.AccessToken, error) {
	if s.fail {
		return azcore.AccessToken{}, errors.New("endpoint is away")
	}
	s.n++
	return azcore.AccessToken{Token: fmt.Sprint("t", s.n), ExpiresOn: time.Now().Add(time.Hour)}, nil
}

// TestMonth: over thirty days no token is ever used up, one is asked for about
// twice an hour, and an endpoint that is away for a while goes unnoticed.
func TestMonth(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &scripted{}
		k := &chain{tokens: map[string]*cached{}, sources: []source{{name: "test", open: func(context.Context) (azcore.TokenCredential, error) { return s, nil }}}}
		for i := range 30 * 24 * 12 {
			s.fail = i > 0 && i%12 > 8
			token, err := k.GetToken(t.Context(), policy.TokenRequestOptions{Scopes: []string{"x"}})
			if err != nil || !time.Now().Before(token.ExpiresOn) {
				t.Fatalf("after %d steps: %v %v", i, token, err)
			}
			time.Sleep(5 * time.Minute)
		}
		if s.n < 30*24 || s.n > 3*30*24 {
			t.Errorf("%d tokens in 30 days", s.n)
		}
	})
}

func TestIdentity(t *testing.T) {
	t.Parallel()
	const id = "/subscriptions/" + sub + "/resourceGroups/rg/providers/Microsoft.ManagedIdentity/userAssignedIdentities/"
	c, _ := open(t, config.Azure{SubscriptionID: sub}, static{}, func(r *http.Request) (int, string) {
		one := func(name, client string) map[string]any {
			return map[string]any{"id": id + name, "name": name[strings.LastIndexByte(name, '/')+1:], "properties": map[string]string{"clientId": client, "principalId": "p" + client}}
		}
		var body any
		switch {
		case strings.HasSuffix(r.URL.Path, "/userAssignedIdentities"):
			body = map[string]any{"value": []any{one("a", "1"), one("b", "2"), one("../../x/b", "3")}}
		case strings.HasSuffix(r.URL.Path, "/hidden"):
			return 403, `{"error":{"code":"AuthorizationFailed","message":"x"}}`
		default:
			return 404, `{"error":{"code":"ResourceNotFound","message":"x"}}`
		}
		data, err := json.Marshal(body)
		if err != nil {
			t.Error(err)
		}
		return 200, string(data)
	})
	for _, tc := range []struct {
		choice config.IdentityChoice
		want   string
	}{
		{config.IdentityChoice{ClientID: "2"}, "b 2 p2"},
		{config.IdentityChoice{Name: "a"}, "a 1 p1"},
		{config.IdentityChoice{Name: "b"}, "AZ102: several managed identities have the name `b`"},
		{config.IdentityChoice{ClientID: "9"}, "AZ102: no managed identity has the client id `9`: the head sees a (1), b (2), b (3)"},
		{config.IdentityChoice{ResourceID: id + "none"}, "AZ102: no managed identity has the resource id"},
		{config.IdentityChoice{ResourceID: id + "hidden"}, "AZ102: the head may not see the managed identity"},
	} {
		i, err := c.Identity(t.Context(), tc.choice)
		got := fmt.Sprint(err)
		if err == nil {
			got = i.Name + " " + i.ClientID + " " + i.PrincipalID
		}
		if !strings.HasPrefix(got, tc.want) {
			t.Errorf("%+v: got %s", tc.choice, got)
		}
	}
}

// TestFindings: ids are in order and their kinds complete.
func TestFindings(t *testing.T) {
	t.Parallel()
	last := ""
	for _, k := range FindingKinds() {
		if k.ID <= last || k.Title == "" || k.Cause == "" || k.Fix == "" || k.Check < 1 || k.Check > 9 {
			t.Errorf("%+v", k)
		}
		last = k.ID
	}
}
