package iam

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"sluice/internal/rehearsal/state"
)

func newStore(t *testing.T, st *state.State) *Store {
	t.Helper()
	st.Complete()
	s, err := New(Options{State: st})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func who(t *testing.T, s *Store, name string) Principal {
	t.Helper()
	p, ok := s.Principal(name)
	if !ok {
		t.Fatalf("no identity %s", name)
	}
	return p
}

func TestMatches(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		pattern, action string
		want            bool
	}{
		{"*", "Microsoft.Batch/batchAccounts/read", true},
		{"*/read", "Microsoft.Storage/storageAccounts/read", true},
		{"*/read", "Microsoft.Storage/storageAccounts/write", false},
		{"Microsoft.Authorization/*/read", "microsoft.authorization/RoleAssignments/Read", true},
		{"Microsoft.ManagedIdentity/userAssignedIdentities/*/assign/action", Assign, true},
		{"Microsoft.ManagedIdentity/userAssignedIdentities/*/read", "Microsoft.ManagedIdentity/userAssignedIdentities/read", true},
		{"Microsoft.Batch/batchAccounts/pools/*", "Microsoft.Batch/batchAccounts/pools/write", true},
		{"Microsoft.Batch/batchAccounts/pools/*", "Microsoft.Batch/batchAccounts/poolOperationResults/read", false},
		{blobs + "read", BlobRead, true},
		{blobs + "read", BlobRead + "x", false},
	} {
		if got := matches(c.pattern, c.action); got != c.want {
			t.Errorf("matches(%s, %s) = %v", c.pattern, c.action, got)
		}
	}
}

// TestAllow: what the roles allow, where, when and to whom.
func TestAllow(t *testing.T) {
	t.Parallel()
	const sub = "/subscriptions/00000000-0000-4000-8000-000000000001"
	for _, c := range []struct {
		name   string
		grants []state.Grant
		action string
		data   bool
		scope  string // short form
		want   bool
	}{
		{"contributor writes", []state.Grant{{Role: "Storage Blob Data Contributor", Scope: "storage:rehearsal/work"}}, BlobWrite, true, "storage:rehearsal/work", true},
		{"by guid", []state.Grant{{Role: "ba92f5b4-2d11-453d-a403-e96b0029c9fe", Scope: "storage:rehearsal/work"}}, BlobDelete, true, "storage:rehearsal/work", true},
		{"not in another container", []state.Grant{{Role: "Storage Blob Data Contributor", Scope: "storage:rehearsal/work"}}, BlobWrite, true, "storage:rehearsal/data", false},
		{"not in a container that begins alike", []state.Grant{{Role: "Storage Blob Data Contributor", Scope: "storage:rehearsal/work"}}, BlobWrite, true, "storage:rehearsal/work2", false},
		{"reader does not write", []state.Grant{{Role: "Storage Blob Data Reader", Scope: "storage:rehearsal/work"}}, BlobWrite, true, "storage:rehearsal/work", false},
		{"account covers container", []state.Grant{{Role: "Storage Blob Data Reader", Scope: "storage:rehearsal"}}, BlobRead, true, "storage:rehearsal/data", true},
		{"container does not cover account", []state.Grant{{Role: "Storage Blob Data Reader", Scope: "storage:rehearsal/data"}}, BlobRead, true, "storage:rehearsal", false},
		{"subscription covers all", []state.Grant{{Role: "Storage Blob Data Reader", Scope: "subscription"}}, BlobRead, true, "storage:rehearsal/data", true},
		{"resource group", []state.Grant{{Role: "Storage Blob Data Reader", Scope: "group:sluice"}}, BlobRead, true, "storage:rehearsal/data", true},
		{"another resource group", []state.Grant{{Role: "Storage Blob Data Reader", Scope: "group:sluice2"}}, BlobRead, true, "storage:rehearsal/data", false},
		{"arm id, other case", []state.Grant{{Role: "Storage Blob Data Reader", Scope: strings.ToUpper(sub) + "/RESOURCEGROUPS/SLUICE/"}}, BlobRead, true, "storage:rehearsal/data", true},
		{"Owner has no data actions", []state.Grant{{Role: "Owner", Scope: "subscription"}}, BlobRead, true, "storage:rehearsal/data", false},
		{"Reader has no data actions", []state.Grant{{Role: "Reader", Scope: "storage:rehearsal"}}, BlobRead, true, "storage:rehearsal", false},
		{"Reader lists assignments", []state.Grant{{Role: "Reader", Scope: "storage:rehearsal"}}, "Microsoft.Authorization/roleAssignments/read", false, "storage:rehearsal/work", true},
		{"NotActions", []state.Grant{{Role: "Contributor", Scope: "subscription"}}, "Microsoft.Authorization/roleAssignments/write", false, "storage:rehearsal", false},
		{"custom", []state.Grant{{Role: "mine", Scope: "storage:rehearsal/work"}}, BlobRead, true, "storage:rehearsal/work", true},
		{"custom NotDataActions", []state.Grant{{Role: "mine", Scope: "storage:rehearsal/work"}}, BlobDelete, true, "storage:rehearsal/work", false},
		{"NotDataActions deny nothing that another role grants", []state.Grant{{Role: "mine", Scope: "storage:rehearsal/work"}, {Role: "Storage Blob Data Contributor", Scope: "storage:rehearsal/work"}}, BlobDelete, true, "storage:rehearsal/work", true},
		{"deny wins", []state.Grant{{Role: "Storage Blob Data Contributor", Scope: "storage:rehearsal/work"}, {Role: "Storage Blob Data Contributor", Scope: "storage:rehearsal", Deny: true}}, BlobRead, true, "storage:rehearsal/work", false},
		{"deny only what it names", []state.Grant{{Role: "Storage Blob Data Contributor", Scope: "storage:rehearsal/work"}, {Role: "Storage Blob Data Reader", Scope: "storage:rehearsal", Deny: true}}, BlobWrite, true, "storage:rehearsal/work", true},
		{"to a group: not yet", []state.Grant{{Role: "AcrPull", Scope: "registry:rehearsal", Group: "pullers"}}, PullImage, false, "registry:rehearsal", false},
		{"to a group, a day ago", []state.Grant{{Role: "AcrPull", Scope: "registry:rehearsal", Group: "pullers", After: -24 * time.Hour}}, PullImage, false, "registry:rehearsal", true},
		{"not yet", []state.Grant{{Role: "AcrPull", Scope: "registry:rehearsal", After: time.Hour}}, PullImage, false, "registry:rehearsal", false},
		{"no more", []state.Grant{{Role: "AcrPull", Scope: "registry:rehearsal", After: -2 * time.Hour, Until: -time.Hour}}, PullImage, false, "registry:rehearsal", false},
		{"condition false", []state.Grant{{Role: "AcrPull", Scope: "registry:rehearsal", Condition: "false"}}, PullImage, false, "registry:rehearsal", false},
		{"attach an identity", []state.Grant{{Role: "Managed Identity Operator", Scope: "identity:nodes"}}, Assign, false, "identity:nodes", true},
		{"Secrets User", []state.Grant{{Role: "Key Vault Secrets User", Scope: "vault:rehearsal"}}, ReadSecret, true, "vault:rehearsal", true},
		{"Network Contributor", []state.Grant{{Role: "Network Contributor", Scope: "group:sluice"}}, JoinSubnet, false, "group:sluice", true},
		{"jobs are data", []state.Grant{{Role: "Azure Batch Job Submitter", Scope: "batch:rehearsal"}}, "Microsoft.Batch/batchAccounts/jobs/write", true, "batch:rehearsal", true},
		{"submitters make no pools", []state.Grant{{Role: "Azure Batch Job Submitter", Scope: "batch:rehearsal"}}, "Microsoft.Batch/batchAccounts/pools/write", false, "batch:rehearsal", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			for i := range c.grants {
				c.grants[i].Identity = "nodes"
			}
			st := &state.State{Grants: c.grants, Roles: []state.Role{{Name: "mine", DataActions: []string{"*"}, NotDataActions: []string{BlobDelete}}}}
			s := newStore(t, st)
			scope, err := st.ScopeID(c.scope)
			if err != nil {
				t.Fatal(err)
			}
			if got := s.Allow(who(t, s, "nodes"), c.action, c.data, scope); got != c.want {
				t.Errorf("allowed = %v", got)
			}
			if s.Allow(who(t, s, "head"), c.action, c.data, scope) {
				t.Error("also allowed to an identity with no grant")
			}
		})
	}
}

// TestDefaults: the least that a run needs, and no more.
func TestDefaults(t *testing.T) {
	t.Parallel()
	st := state.Default()
	s := newStore(t, st)
	head, nodes := who(t, s, "head"), who(t, s, "nodes")
	work, data := st.ContainerID("rehearsal", "work"), st.ContainerID("rehearsal", "data")
	for _, c := range []struct {
		p      Principal
		action string
		data   bool
		scope  string
		want   bool
	}{
		{head, "Microsoft.Batch/batchAccounts/pools/write", false, st.PoolID("p"), true},
		{head, "Microsoft.Batch/batchAccounts/jobs/write", true, st.BatchID(), true},
		{head, "Microsoft.Batch/batchAccounts/listKeys/action", false, st.BatchID(), false},
		{head, "Microsoft.Batch/locations/virtualMachineSkus/read", false, st.SubscriptionID(), true},
		{head, Assign, false, st.IdentityID("nodes"), true},
		{head, Assign, false, st.IdentityID("head"), false},
		{head, BlobWrite, true, work, true},
		{head, BlobWrite, true, data, false},
		{head, ReadSecret, true, st.VaultID("rehearsal"), false},
		{nodes, BlobWrite, true, work, true},
		{nodes, BlobRead, true, data, true},
		{nodes, BlobWrite, true, data, false},
		{nodes, PullImage, false, st.RegistryID("rehearsal"), true},
		{nodes, ReadSecret, true, st.VaultID("rehearsal"), true},
		{nodes, "Microsoft.Batch/batchAccounts/jobs/write", true, st.BatchID(), false},
		{nodes, "Microsoft.Storage/storageAccounts/listkeys/action", false, st.StorageID("rehearsal"), false},
	} {
		if got := s.Allow(c.p, c.action, c.data, c.scope); got != c.want {
			t.Errorf("%s %s on %s: %v", c.p.Name, c.action, c.scope, got)
		}
	}
}

// TestGrantsInTime: group grants act after a day, others when they say, and
// what was revoked does no more; all of it is seen as ARM shows it.
func TestGrantsInTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		st := &state.State{Grants: []state.Grant{
			{Identity: "nodes", Role: "AcrPull", Scope: "registry:rehearsal", Group: "pullers"},
			{Identity: "nodes", Role: "Storage Blob Data Reader", Scope: "storage:rehearsal", After: time.Minute, Until: time.Hour},
		}}
		s := newStore(t, st)
		p, registry, account := who(t, s, "nodes"), st.RegistryID("rehearsal"), st.StorageID("rehearsal")
		pull := func() bool { return s.Allow(p, PullImage, false, registry) }
		read := func() bool { return s.Allow(p, BlobRead, true, account) }
		if got := s.Assigned(p.ObjectID); len(got) != 1 || got[0].PrincipalType() != "Group" || got[0].PrincipalID == p.ObjectID {
			t.Errorf("assigned at first: %+v", got)
		}
		if pull() || read() {
			t.Error("something is allowed at the start")
		}
		time.Sleep(time.Minute)
		if !read() || len(s.Assigned(p.ObjectID)) != 2 {
			t.Error("not granted after a minute")
		}
		time.Sleep(time.Hour)
		if read() || len(s.Assignments(account)) != 0 {
			t.Error("not revoked after an hour")
		}
		time.Sleep(23 * time.Hour)
		if !pull() {
			t.Error("the group's grant does not act after a day")
		}
		if err := s.Grant(state.Grant{Identity: "nodes", Role: "Storage Blob Data Owner", Scope: "storage:rehearsal", Until: time.Minute}); err != nil {
			t.Fatal(err)
		}
		if !read() {
			t.Error("not granted at once")
		}
		s.Revoke("nodes", "AcrPull")
		time.Sleep(time.Minute)
		if read() || pull() {
			t.Error("revoked, but allowed")
		}
	})
}

func TestProblems(t *testing.T) {
	t.Parallel()
	for at, c := range map[string]struct {
		grant state.Grant
		text  string
	}{
		"grants[0].identity": {state.Grant{Identity: "node", Role: "AcrPull", Scope: "registry:rehearsal"}, "there is no identity `node` (`nodes` is there)"},
		"grants[0].role":     {state.Grant{Identity: "nodes", Role: "AcrPul", Scope: "registry:rehearsal"}, "there is no role `AcrPul` (`AcrPull` is there)"},
		"grants[0].scope":    {state.Grant{Identity: "nodes", Role: "AcrPull", Scope: "registry:rehearsel"}, "there is no registry `rehearsel` (`rehearsal` is there)"},
	} {
		st := &state.State{Grants: []state.Grant{c.grant}}
		st.Complete()
		_, err := New(Options{State: st})
		var p *state.Problem
		if !errors.As(err, &p) || p.At != at || !strings.Contains(p.Message, c.text) {
			t.Errorf("%s: %v", at, err)
		}
	}
}

func request(token string) *http.Request {
	r := httptest.NewRequest(http.MethodGet, "https://x.example/", nil)
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	return r
}

// TestTokens: only what we signed, in time and for this audience, is taken.
func TestTokens(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStore(t, &state.State{TokenLife: time.Hour})
		other := newStore(t, &state.State{})
		p := who(t, s, "nodes")
		const audience = "https://batch.core.windows.net/"
		token, expires := s.Mint(p, audience)
		if got, denied := s.Authenticate(request(token), "https://batch.core.windows.net//"); denied != nil || got != p {
			t.Fatalf("a good token: %v, %v", got, denied)
		}
		if want := time.Now().Add(time.Hour); !expires.Equal(want) {
			t.Errorf("expires %v, not %v", expires, want)
		}
		forged, _ := other.Mint(p, audience)
		parts := strings.Split(token, ".")
		for name, c := range map[string]struct{ token, code string }{
			"none":           {"", CodeMissing},
			"no JWT":         {"abc", CodeInvalid},
			"other key":      {forged, CodeInvalid},
			"no signature":   {parts[0] + "." + parts[1] + ".", CodeInvalid},
			"alg none":       {"eyJhbGciOiJub25lIn0." + parts[1] + ".", CodeInvalid},
			"other claims":   {parts[0] + "." + strings.Split(forged, ".")[1][:20] + "." + parts[2], CodeInvalid},
			"an assertion":   {s.Assertion(p), CodeAudience},
			"other audience": {mint(s, p, "https://storage.azure.com"), CodeAudience},
			"other tenant":   {mint(s, Principal{ObjectID: "x"}, audience), CodeInvalid},
		} {
			_, denied := s.Authenticate(request(c.token), audience)
			if denied == nil || denied.Code != c.code || denied.Status != http.StatusUnauthorized {
				t.Errorf("%s: %v", name, denied)
			}
			if denied != nil && c.token != "" && strings.Contains(denied.Message, c.token) {
				t.Errorf("%s: the message holds the token", name)
			}
		}
		time.Sleep(time.Hour)
		if _, denied := s.Authenticate(request(token), audience); denied == nil || denied.Code != CodeExpired {
			t.Errorf("expired: %v", denied)
		}
	})
}

func mint(s *Store, p Principal, audience string) string {
	token, _ := s.Mint(p, audience)
	return token
}

func get(t *testing.T, h http.Handler, url string, header ...string) (int, map[string]any) {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, url, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	var body map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil {
		t.Fatalf("%s: %v in %q", url, err, w.Body)
	}
	return w.Code, body
}

func TestIMDS(t *testing.T) {
	t.Parallel()
	st := &state.State{Identities: []state.Identity{{Name: "nodes"}, {Name: "more"}}, Head: state.Head{System: "self"}}
	s := newStore(t, st)
	nodes, more, self := who(t, s, "nodes"), who(t, s, "more"), who(t, s, "self")
	machine := func(system *Principal, ids ...Principal) http.Handler {
		return s.IMDS(Machine{Identities: func() []Principal { return ids }, System: system, Compute: Compute{Name: "n1", Location: "westeurope", SubscriptionID: st.Subscription, ResourceGroupName: "sluice"}})
	}
	const base = "http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https%3A%2F%2Fstorage.azure.com"
	for _, c := range []struct {
		name   string
		h      http.Handler
		url    string
		status int
		want   string // client id, or a part of the description
	}{
		{"client id", machine(nil, nodes, more), base + "&client_id=" + more.ClientID, 200, more.ClientID},
		{"arm id", machine(nil, nodes, more), base + "&msi_res_id=" + url.QueryEscape(strings.ToLower(more.ResourceID)), 200, more.ClientID},
		{"mi_res_id", machine(nil, nodes, more), base + "&mi_res_id=" + url.QueryEscape(nodes.ResourceID), 200, nodes.ClientID},
		{"object id", machine(nil, nodes, more), base + "&object_id=" + nodes.ObjectID, 200, nodes.ClientID},
		{"the only one", machine(nil, nodes), base, 200, nodes.ClientID},
		{"system", machine(&self, nodes, more), base, 200, self.ClientID},
		{"several", machine(nil, nodes, more), base, 400, "Multiple user assigned identities exist"},
		{"none", machine(nil), base, 400, "Identity not found"},
		{"not on this machine", machine(nil, nodes), base + "&client_id=" + more.ClientID, 400, "Identity not found"},
		{"no resource", machine(nil, nodes), "http://x/metadata/identity/oauth2/token?api-version=2018-02-01", 400, "audience"},
		{"unknown resource", machine(nil, nodes), "http://x/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https://example.com", 400, "AADSTS500011"},
		{"account as resource", machine(nil, nodes), "http://x/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https://rehearsal.blob.core.windows.net", 200, nodes.ClientID},
		{"no version", machine(nil, nodes), "http://x/metadata/identity/oauth2/token?resource=https://storage.azure.com", 400, "api-version"},
		{"wrong path", machine(nil, nodes), "http://x/metadata/identity/token?api-version=2018-02-01", 404, "not found"},
	} {
		status, body := get(t, c.h, c.url, "Metadata", "true")
		text, _ := body["error_description"].(string)
		if status == 200 {
			text, _ = body["client_id"].(string)
			for k, v := range body {
				if _, ok := v.(string); !ok {
					t.Errorf("%s: %s is no string: %v", c.name, k, v)
				}
			}
			if _, denied := s.Verify(body["access_token"].(string), "https://storage.azure.com/", "https://rehearsal.blob.core.windows.net"); denied != nil {
				t.Errorf("%s: %v", c.name, denied)
			}
		}
		if status != c.status || !strings.Contains(text, c.want) {
			t.Errorf("%s: %d %v", c.name, status, body)
		}
	}
	if status, _ := get(t, machine(nil, nodes), base); status != 400 {
		t.Errorf("without the header Metadata: %d", status)
	}
	if _, body := get(t, machine(nil), "http://x/metadata/instance?api-version=2021-02-01", "Metadata", "true"); body["compute"].(map[string]any)["subscriptionId"] != st.Subscription {
		t.Errorf("instance: %v", body)
	}
}

func TestAppService(t *testing.T) {
	t.Parallel()
	s := newStore(t, &state.State{})
	p := who(t, s, "head")
	h := s.AppService(Machine{Identities: func() []Principal { return []Principal{p} }}, "secret")
	const base = "http://127.0.0.1/msi/token?api-version=2019-08-01&resource=https://vault.azure.net"
	if status, body := get(t, h, base+"&client_id="+p.ClientID, "X-IDENTITY-HEADER", "secret"); status != 200 || body["client_id"] != p.ClientID {
		t.Errorf("%d %v", status, body)
	}
	if status, _ := get(t, h, base, "X-IDENTITY-HEADER", "other"); status != 401 {
		t.Errorf("other header: %d", status)
	}
	if status, body := get(t, h, base+"&client_id=x", "X-IDENTITY-HEADER", "secret"); status != 400 || !strings.Contains(body["message"].(string), "No User Assigned") {
		t.Errorf("other id: %d %v", status, body)
	}
}

func TestEntra(t *testing.T) {
	t.Parallel()
	s := newStore(t, &state.State{})
	p := who(t, s, "head")
	post := func(change func(url.Values)) (int, map[string]any) {
		form := url.Values{
			"grant_type": {"client_credentials"}, "client_id": {p.ClientID}, "scope": {"https://management.azure.com/.default openid"},
			"client_assertion_type": {assertionType}, "client_assertion": {s.Assertion(p)},
		}
		change(form)
		r := httptest.NewRequest(http.MethodPost, "https://login.microsoftonline.com/"+p.TenantID+"/oauth2/v2.0/token", strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := httptest.NewRecorder()
		s.Entra().ServeHTTP(w, r)
		var body map[string]any
		if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil {
			t.Fatal(err)
		}
		return w.Code, body
	}
	status, body := post(func(url.Values) {})
	if token, _ := body["access_token"].(string); status != 200 {
		t.Errorf("%d %v", status, body)
	} else if got, denied := s.Verify(token, "https://management.azure.com"); denied != nil || got != p {
		t.Errorf("%v %v", got, denied)
	}
	nodes := who(t, s, "nodes")
	for name, change := range map[string]func(url.Values){
		"AADSTS700213":  func(f url.Values) { f.Set("client_assertion", s.Assertion(nodes)) },
		"AADSTS700016":  func(f url.Values) { f.Set("client_id", "x") },
		"AADSTS7000215": func(f url.Values) { f.Set("client_secret", "x") },
		"AADSTS7000218": func(f url.Values) { f.Del("client_assertion_type") },
		"AADSTS70003":   func(f url.Values) { f.Set("grant_type", "password") },
		"AADSTS500011":  func(f url.Values) { f.Set("scope", "https://example.com/.default") },
	} {
		if status, body := post(change); status < 400 || !strings.Contains(body["error_description"].(string), name+":") {
			t.Errorf("%s: %d %v", name, status, body)
		}
	}
	if _, body := get(t, s.Entra(), "https://login.microsoftonline.com/"+p.TenantID+"/v2.0/.well-known/openid-configuration"); !strings.HasSuffix(body["token_endpoint"].(string), p.TenantID+"/oauth2/v2.0/token") {
		t.Errorf("openid: %v", body)
	}
	if status, _ := get(t, s.Entra(), "https://login.microsoftonline.com/elsewhere/v2.0/.well-known/openid-configuration"); status != 400 {
		t.Errorf("another tenant: %d", status)
	}
}

func TestClock(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		fast := NewClock(60)
		start, began := fast.Now(), time.Now()
		if err := fast.Sleep(context.Background(), time.Hour); err != nil {
			t.Fatal(err)
		}
		if got := time.Since(began); got != time.Minute {
			t.Errorf("an hour took %v", got)
		}
		if got := fast.Now().Sub(start); got != time.Hour {
			t.Errorf("the clock says %v", got)
		}
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		if err := NewClock(1).Sleep(ctx, time.Hour); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("cancelled: %v", err)
		}
		done := make(chan bool, 1)
		fast.AfterFunc(time.Minute, func() { done <- true })
		stop := fast.AfterFunc(time.Minute, func() { t.Error("was stopped") })
		if !stop() {
			t.Error("not stopped")
		}
		time.Sleep(2 * time.Second)
		if len(done) != 1 {
			t.Error("did not run")
		}
	})
}
