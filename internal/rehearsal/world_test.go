package rehearsal

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/bloberror"
	"github.com/google/go-cmp/cmp"

	"sluice/internal/rehearsal/batch"
	"sluice/internal/rehearsal/iam"
	"sluice/internal/rehearsal/state"
)

// answers says who called, as a Blob service that checks tokens does.
func answers(w **World) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		p, denied := (*w).IAM().Authenticate(r, "https://storage.azure.com")
		if denied != nil {
			writeError(rw, "blob", denied.Status, "InvalidAuthenticationInfo", denied.Message)
			return
		}
		scope := (*w).State().ContainerID("rehearsal", strings.Split(r.URL.Path, "/")[1])
		if !(*w).IAM().Allow(p, iam.BlobRead, true, scope) {
			writeError(rw, "blob", http.StatusForbidden, "AuthorizationPermissionMismatch", "no")
			return
		}
		fmt.Fprintf(rw, "%s reads %s", p.Name, r.URL.Path)
	})
}

// open makes a World whose identities no other test has: azidentity keeps
// tokens for the whole process.
func open(t *testing.T, o Options) *World {
	t.Helper()
	var w *World
	if o.State == nil {
		o.State = &state.State{}
	}
	if o.State.Tenant == "" {
		o.State.Tenant = state.GUID(rand.Text())
	}
	if o.Services == nil {
		o.Services = map[string]http.Handler{"blob": answers(&w)}
	}
	made, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	w = made
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	return w
}

// client uses the environment that children get.
func client(t *testing.T, env []string) *http.Client {
	t.Helper()
	value := func(name string) string {
		for _, v := range env {
			if text, ok := strings.CutPrefix(v, name+"="); ok {
				return text
			}
		}
		t.Fatalf("no %s in %q", name, env)
		return ""
	}
	pem, err := os.ReadFile(value("SSL_CERT_FILE"))
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		t.Fatal("no certificate")
	}
	proxy, err := url.Parse(value("HTTPS_PROXY"))
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{Proxy: http.ProxyURL(proxy), TLSClientConfig: &tls.Config{RootCAs: pool}}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

func headClient(t *testing.T, w *World) *http.Client {
	t.Helper()
	if err := w.Listen(0); err != nil {
		t.Fatal(err)
	}
	env, err := w.Env()
	if err != nil {
		t.Fatal(err)
	}
	return client(t, env)
}

func fetch(t *testing.T, c *http.Client, url, token string) (int, string, http.Header) {
	t.Helper()
	req, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := c.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(body), resp.Header
}

// TestManagedIdentity: the real credential gets tokens through the proxy, the
// head's and the nodes' each their own, and services take them for what they are.
func TestManagedIdentity(t *testing.T) {
	t.Parallel()
	w := open(t, Options{Dir: t.TempDir()})
	head := headClient(t, w)
	nodes, _ := w.IAM().Principal("nodes")
	env, done, err := w.NodeEnv(Node{Pool: "p", ID: "n1", Identities: func() []iam.Principal { return []iam.Principal{nodes} }})
	if err != nil {
		t.Fatal(err)
	}
	defer done()
	for _, c := range []struct {
		name   string
		client *http.Client
	}{{"head", head}, {"nodes", client(t, env)}} {
		p, _ := w.IAM().Principal(c.name)
		cred, err := azidentity.NewManagedIdentityCredential(&azidentity.ManagedIdentityCredentialOptions{
			ClientOptions: policy.ClientOptions{Transport: c.client}, ID: azidentity.ClientID(p.ClientID),
		})
		if err != nil {
			t.Fatal(err)
		}
		token, err := cred.GetToken(context.Background(), policy.TokenRequestOptions{Scopes: []string{"https://storage.azure.com/.default"}})
		if err != nil {
			t.Fatal(err)
		}
		if status, body, _ := fetch(t, c.client, "https://rehearsal.blob.core.windows.net/work/x", token.Token); status != 200 || body != c.name+" reads /work/x" {
			t.Errorf("%s: %d %s", c.name, status, body)
		}
		if status, body, _ := fetch(t, c.client, "https://rehearsal.blob.core.windows.net/other/x", token.Token); status != 403 || !strings.Contains(body, "<Code>AuthorizationPermissionMismatch</Code>") {
			t.Errorf("%s, another container: %d %s", c.name, status, body)
		}
		other, _ := w.IAM().Mint(p, "https://batch.core.windows.net/")
		if status, _, _ := fetch(t, c.client, "https://rehearsal.blob.core.windows.net/work/x", other); status != 401 {
			t.Errorf("%s, a token for Batch: %d", c.name, status)
		}
	}
	if b := w.Budget(); b.Count("imds", "token") != 2 || b.Count("blob", "read") != 6 {
		t.Errorf("%+v", b)
	}
	_, err = (&http.Client{}).Get("http://" + w.Addr() + "/")
	if err != nil {
		t.Errorf("the page of the proxy: %v", err)
	}
}

// TestPull: what nodes may pull, and why not.
func TestPull(t *testing.T) {
	t.Parallel()
	w := open(t, Options{Dir: t.TempDir(), State: &state.State{Registries: []state.Registry{{Name: "rehearsal", Images: []string{"tools:1"}}, {Name: "other", Images: []string{"*"}}}}})
	nodes, _ := w.IAM().Principal("nodes")
	head, _ := w.IAM().Principal("head")
	w.IAM().Revoke("nodes", "AcrPull")
	if err := w.IAM().Grant(state.Grant{Identity: "nodes", Role: "AcrPull", Scope: "registry:rehearsal"}); err != nil {
		t.Fatal(err)
	}
	n := batch.Node{Pool: "p", ID: "n", Identities: []iam.Principal{nodes}}
	for _, c := range []struct {
		image, identity string
		denied          bool
		want            string
	}{
		{"ubuntu:24.04", "", false, ""},
		{"quay.io/x/y:1", "", false, ""},
		{"rehearsal.azurecr.io/tools:1", nodes.ResourceID, false, ""},
		{"rehearsal.azurecr.io/tools:2", nodes.ResourceID, false, "MANIFEST_UNKNOWN"},
		{"rehearsal.azurecr.io/tools:1", "", true, "no anonymous pulls"},
		{"rehearsal.azurecr.io/tools:1", head.ResourceID, true, "carries no identity"},
		{"other.azurecr.io/x", nodes.ResourceID, true, "has no role"},
		{"none.azurecr.io/x", nodes.ResourceID, false, "no registry"},
	} {
		err := w.pull(context.Background(), n, c.image, c.identity)
		var pull *batch.PullError
		if c.want == "" && err == nil {
			continue
		}
		if !errors.As(err, &pull) || pull.Denied != c.denied || c.want == "" || !strings.Contains(pull.Message, c.want) {
			t.Errorf("%s as %q: %v", c.image, c.identity, err)
		}
	}
}

// TestNodeFiles: what nodes read and write goes by their own identities.
func TestNodeFiles(t *testing.T) {
	t.Parallel()
	w := open(t, Options{Dir: t.TempDir(), Services: map[string]http.Handler{}})
	nodes, _ := w.IAM().Principal("nodes")
	head, _ := w.IAM().Principal("head")
	n := batch.Node{Pool: "p", ID: "n", Identities: []iam.Principal{nodes}}
	const url = "https://rehearsal.blob.core.windows.net/work/a%20b"
	ctx := context.Background()
	if err := w.store(ctx, n, nodes.ResourceID, url, strings.NewReader("hello"), 5); err != nil {
		t.Fatal(err)
	}
	body, err := w.fetch(ctx, n, nodes.ResourceID, url)
	if err != nil {
		t.Fatal(err)
	}
	defer body.Close()
	if got, err := io.ReadAll(body); err != nil || string(got) != "hello" {
		t.Errorf("%q, %v", got, err)
	}
	var refused *batch.FetchError
	if _, err := w.fetch(ctx, n, head.ResourceID, url); !errors.As(err, &refused) || !refused.NoIdentity {
		t.Errorf("with an identity of another: %v", err)
	}
	w.IAM().Revoke("nodes", "")
	if _, err := w.fetch(ctx, n, nodes.ResourceID, url); !errors.As(err, &refused) || refused.Status != 403 || refused.Code != "AuthorizationPermissionMismatch" {
		t.Errorf("without a role: %v", err)
	}
	if _, err := w.fetch(ctx, n, "", "https://example.com/x"); !errors.As(err, &refused) || refused.Status != 403 {
		t.Errorf("another host: %v", err)
	}
}

// TestBlobClient: the real client, through the proxy, with nothing changed but
// its transport.
func TestBlobClient(t *testing.T) {
	t.Parallel()
	w := open(t, Options{Dir: t.TempDir(), Services: map[string]http.Handler{}})
	c := headClient(t, w)
	head, _ := w.IAM().Principal("head")
	cred, err := azidentity.NewManagedIdentityCredential(&azidentity.ManagedIdentityCredentialOptions{
		ClientOptions: policy.ClientOptions{Transport: c}, ID: azidentity.ClientID(head.ClientID),
	})
	if err != nil {
		t.Fatal(err)
	}
	blobs, err := azblob.NewClient("https://rehearsal.blob.core.windows.net", cred, &azblob.ClientOptions{ClientOptions: policy.ClientOptions{Transport: c}})
	if err != nil {
		t.Fatal(err)
	}
	const name = "a b/#?%+é\n'x"
	if _, err := blobs.UploadBuffer(context.Background(), "work", name, []byte("hello"), nil); err != nil {
		t.Fatal(err)
	}
	got := make([]byte, 5)
	if _, err := blobs.DownloadBuffer(context.Background(), "work", name, got, nil); err != nil || string(got) != "hello" {
		t.Errorf("%q, %v", got, err)
	}
	_, err = blobs.UploadBuffer(context.Background(), "data", name, []byte("hello"), nil)
	if !bloberror.HasCode(err, bloberror.AuthorizationPermissionMismatch) {
		t.Errorf("writing without the role: %v", err)
	}
}

// TestWrongIdentity: a node without the identity gets what IMDS says of it.
func TestWrongIdentity(t *testing.T) {
	t.Parallel()
	w := open(t, Options{})
	head, _ := w.IAM().Principal("head")
	cred, err := azidentity.NewManagedIdentityCredential(&azidentity.ManagedIdentityCredentialOptions{
		ClientOptions: policy.ClientOptions{Transport: &http.Client{Transport: w.NodeTransport(Node{Pool: "p", ID: "n"})}}, ID: azidentity.ClientID(head.ClientID),
	})
	if err != nil {
		t.Fatal(err)
	}
	_, err = cred.GetToken(context.Background(), policy.TokenRequestOptions{Scopes: []string{"https://storage.azure.com/.default"}})
	if err == nil || !strings.Contains(err.Error(), "isn't assigned to this resource") {
		t.Errorf("%v", err)
	}
}

// TestWorkloadIdentity: the real credential for federated tokens.
func TestWorkloadIdentity(t *testing.T) {
	t.Parallel()
	w := open(t, Options{})
	head, _ := w.IAM().Principal("head")
	file := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(file, []byte(w.IAM().Assertion(head)), 0o600); err != nil {
		t.Fatal(err)
	}
	cred, err := azidentity.NewWorkloadIdentityCredential(&azidentity.WorkloadIdentityCredentialOptions{
		ClientOptions: policy.ClientOptions{Transport: &http.Client{Transport: w.Transport()}}, ClientID: head.ClientID, TenantID: head.TenantID, TokenFilePath: file,
	})
	if err != nil {
		t.Fatal(err)
	}
	token, err := cred.GetToken(context.Background(), policy.TokenRequestOptions{Scopes: []string{"https://management.azure.com/.default"}})
	if err != nil {
		t.Fatal(err)
	}
	if p, denied := w.IAM().Verify(token.Token, "https://management.azure.com"); denied != nil || p != head {
		t.Errorf("%v %v", p, denied)
	}
}

// TestRefused: what is not Azure, and what of Azure is not declared.
func TestRefused(t *testing.T) {
	t.Parallel()
	w := open(t, Options{Dir: t.TempDir()})
	c := headClient(t, w)
	for url, want := range map[string]string{
		"http://example.com/x":                                "example.com",
		"http://rehearsal.blob.core.windows.net/work/x":       "https only",
		"http://10.0.0.1/":                                    "nothing leaves this machine",
		"http://other.westeurope.batch.azure.com":             "rehearsal.westeurope.batch.azure.com",
		"http://other.vault.azure.net/secrets/x":              "no vault `other`",
		"http://169.254.169.253/metadata/identity/oauth2/tok": "refuses 169.254.169.253",
	} {
		if status, body, _ := fetch(t, c, url, ""); status != 403 || !strings.Contains(body, want) {
			t.Errorf("%s: %d %s", url, status, body)
		}
	}
	for _, url := range []string{"https://example.com/", "https://other.blob.core.windows.net/", "https://rehearsal.blob.core.windows.net:444/"} {
		if resp, err := c.Get(url); err == nil {
			resp.Body.Close()
			t.Errorf("%s was answered", url)
		}
	}
	if n := w.Budget().Count("other", "refused"); n != 9 {
		t.Errorf("%d refused", n)
	}
}

// TestCurl: another program than ours, with nothing but the environment.
func TestCurl(t *testing.T) {
	t.Parallel()
	curl, err := exec.LookPath("curl")
	if err != nil {
		t.Skip("curl is not here")
	}
	w := open(t, Options{Dir: t.TempDir()})
	headClient(t, w)
	env, err := w.Env()
	if err != nil {
		t.Fatal(err)
	}
	run := func(args ...string) string {
		cmd := exec.Command(curl, append([]string{"-sS"}, args...)...)
		cmd.Env = Over([]string{"PATH=" + os.Getenv("PATH"), "NO_PROXY=169.254.169.254", "no_proxy=*"}, env)
		out, err := cmd.CombinedOutput()
		if err != nil {
			return err.Error() + ": " + string(out)
		}
		return string(out)
	}
	if out := run("-H", "Metadata: true", "http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https://storage.azure.com"); !strings.Contains(out, `"access_token"`) {
		t.Error(out)
	}
	head, _ := w.IAM().Principal("head")
	token, _ := w.IAM().Mint(head, "https://storage.azure.com")
	if out := run("-H", "Authorization: Bearer "+token, "https://rehearsal.blob.core.windows.net/data/a%20b"); out != "head reads /data/a b" {
		t.Error(out)
	}
	if out := run("https://example.com/"); !strings.Contains(out, "403") {
		t.Error(out)
	}
}

// TestFaults: each kind, in process and through the proxy alike.
func TestFaults(t *testing.T) {
	t.Parallel()
	effects := 0
	services := map[string]http.Handler{}
	for _, name := range []string{"blob", "batch", "arm", "vault", "registry"} {
		services[name] = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			if strings.HasPrefix(r.URL.Path, "/effect") {
				effects++
			}
			io.WriteString(rw, "0123456789")
		})
	}
	st := &state.State{Faults: []state.Fault{
		{Service: "batch", Path: "^/limit", Status: 429, RetryAfter: 3 * time.Second, Times: 2},
		{Service: "blob", Path: "^/busy", Status: 503, After: 1, Every: 2},
		{Service: "arm", Path: "^/no", Status: 403, Code: "AuthorizationFailed", Message: "not you"},
		{Service: "vault", Path: "^/v", Status: 500},
		{Service: "registry", Path: "^/r", Status: 401},
		{Service: "imds", Path: "token", Status: 429},
		{Service: "blob", Path: "^/drop", Drop: true},
		{Service: "blob", Path: "^/effect", AfterEffect: true, Status: 500, Times: 1},
		{Service: "blob", Path: "^/effect", AfterEffect: true, Times: 1},
		{Service: "blob", Path: "^/short", ShortRead: true},
		{Service: "blob", Path: "^/slow", Delay: 30 * time.Millisecond},
		{Service: "blob", Path: "^/pool", From: "p", Status: 503},
		{Event: "preempt", Pool: "p"},
	}}
	w := open(t, Options{State: st, Dir: t.TempDir(), Services: services})
	node := &http.Client{Transport: w.NodeTransport(Node{Pool: "p", ID: "n"})}
	for name, c := range map[string]*http.Client{"in process": {Transport: w.Transport()}, "proxy": headClient(t, w)} {
		const blob, account = "https://rehearsal.blob.core.windows.net", "https://rehearsal.westeurope.batch.azure.com"
		if name == "in process" {
			status, body, header := fetch(t, c, account+"/limit", "")
			if status != 429 || header.Get("Retry-After") != "3" || !strings.Contains(body, `"message":{"lang":"en-US"`) {
				t.Errorf("429: %d %s %v", status, body, header)
			}
			fetch(t, c, account+"/limit", "")
			if status, _, _ := fetch(t, c, account+"/limit", ""); status != 200 {
				t.Errorf("the third: %d", status)
			}
			var got []int
			for range 5 {
				status, _, _ := fetch(t, c, blob+"/busy", "")
				got = append(got, status)
			}
			if diff := cmp.Diff([]int{200, 503, 200, 503, 200}, got); diff != "" {
				t.Error(diff)
			}
			if status, body, _ := fetch(t, c, blob+"/effect", ""); status != 500 || effects != 1 || !strings.Contains(body, "<Code>InternalError</Code>") {
				t.Errorf("after effect: %d %d %s", status, effects, body)
			}
			if _, err := c.Get(blob + "/effect"); !errors.Is(err, errDropped) || effects != 2 {
				t.Errorf("after effect, answer lost: %v %d", err, effects)
			}
			if status, _, _ := fetch(t, c, blob+"/effect", ""); status != 200 || effects != 3 {
				t.Errorf("after the faults: %d %d", status, effects)
			}
		}
		for url, want := range map[string]string{
			"https://management.azure.com/no":                       `403 {"error":{"code":"AuthorizationFailed","message":"not you"}}`,
			"https://rehearsal.vault.azure.net/v":                   `500 {"error":{"code":"InternalError","message":"a fault of the rehearsal"}}`,
			"https://rehearsal.azurecr.io/r":                        `401 {"errors":[{"code":"AuthenticationFailed","message":"a fault of the rehearsal"}]}`,
			"http://169.254.169.254/metadata/identity/oauth2/token": `429 {"error":"TooManyRequests","error_description":"a fault of the rehearsal"}`,
			blob + "/pool": "200 0123456789",
		} {
			if status, body, _ := fetch(t, c, url, ""); fmt.Sprint(status, " ", body) != want {
				t.Errorf("%s: %s: %d %s", name, url, status, body)
			}
		}
		if resp, err := c.Get(blob + "/drop"); err == nil {
			resp.Body.Close()
			t.Errorf("%s: drop: answered", name)
		}
		resp, err := c.Get(blob + "/short")
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if string(body) != "01234" || !errors.Is(err, io.ErrUnexpectedEOF) || resp.ContentLength != 10 {
			t.Errorf("%s: short read: %q, %v, %d", name, body, err, resp.ContentLength)
		}
		began := time.Now()
		if status, _, _ := fetch(t, c, blob+"/slow", ""); status != 200 || time.Since(began) < 30*time.Millisecond {
			t.Errorf("%s: slow: %d after %v", name, status, time.Since(began))
		}
	}
	if status, _, _ := fetch(t, node, "https://rehearsal.blob.core.windows.net/pool", ""); status != 503 {
		t.Errorf("from the pool: %d", status)
	}
}

// TestVirtualTime: tokens run out after days that take no time.
func TestVirtualTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w, err := New(Options{State: &state.State{TokenLife: time.Hour, Faults: []state.Fault{{Service: "blob", Delay: 2 * time.Hour, Path: "slow"}}}})
		if err != nil {
			t.Fatal(err)
		}
		w.Mount("blob", answers(&w))
		c := &http.Client{Transport: w.Transport()}
		head, _ := w.IAM().Principal("head")
		token, _ := w.IAM().Mint(head, "https://storage.azure.com/")
		const url = "https://rehearsal.blob.core.windows.net/work/"
		if status, _, _ := fetch(t, c, url, token); status != 200 {
			t.Errorf("at first: %d", status)
		}
		if status, _, _ := fetch(t, c, url+"slow", token); status != 401 {
			t.Errorf("after two hours: %d", status)
		}
		if f := w.Forecast(); f.Elapsed != 2*time.Hour {
			t.Errorf("%v", f.Elapsed)
		}
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
}

// TestCalls: what was called is told, without what is secret.
func TestCalls(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	ok := http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { rw.WriteHeader(http.StatusNoContent) })
	w := open(t, Options{Log: &out, Services: map[string]http.Handler{"batch": ok, "arm": ok, "blob": ok}})
	c := &http.Client{Transport: w.Transport()}
	const account, arm = "https://rehearsal.westeurope.batch.azure.com", "https://management.azure.com/subscriptions/s/resourceGroups/g/providers/"
	for _, call := range []struct{ method, url, service, kind string }{
		{"POST", account + "/jobs/j/addtaskcollection?api-version=1", "batch", "add tasks"},
		{"GET", account + "/jobs/j/tasks?$filter=x", "batch", "list tasks"},
		{"GET", account + "/jobs/j/tasks/t", "batch", "get task"},
		{"PATCH", account + "/jobs/j", "batch", "change jobs"},
		{"GET", account + "/nodecounts", "batch", "counts"},
		{"GET", arm + "Microsoft.Batch/batchAccounts/b/pools/p?api-version=1", "arm", "pools"},
		{"PUT", arm + "Microsoft.Batch/batchAccounts/b/pools/p?api-version=1", "arm", "put pools"},
		{"GET", arm + "Microsoft.Storage/storageAccounts/a/providers/Microsoft.Authorization/roleAssignments?$filter=x", "arm", "roleassignments"},
		{"GET", "https://rehearsal.blob.core.windows.net/work/x?sv=1&sig=SECRET&se=2", "blob", "read"},
		{"GET", "https://rehearsal.blob.core.windows.net/work?restype=container&comp=list", "blob", "list"},
		{"PUT", "https://rehearsal.blob.core.windows.net/work/x?comp=block", "blob", "write blocks"},
	} {
		req, err := http.NewRequest(call.method, call.url, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := c.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		calls := w.Calls()
		if last := calls[len(calls)-1]; last.Service != call.service || last.Kind != call.kind || last.Who != "head" || last.Status != 204 {
			t.Errorf("%s %s: %+v", call.method, call.url, last)
		}
	}
	if text := out.String(); strings.Contains(text, "SECRET") || strings.Count(text, "\n") != 11 || !strings.Contains(text, "sig=…") {
		t.Error(text)
	}
	var table strings.Builder
	if _, err := w.Budget().WriteTo(&table); err != nil || !strings.Contains(table.String(), "add tasks") {
		t.Errorf("%v: %s", err, &table)
	}
}

func TestForecast(t *testing.T) {
	t.Parallel()
	w := open(t, Options{})
	w.meter = usage{{Pool: "p", VMSize: "Standard_D4ds_v5", Dedicated: 2 * time.Hour, Cost: 0.54}, {Pool: "q", VMSize: "Standard_D4ds_v5", Spot: time.Minute, Cost: 0.001}}
	var text strings.Builder
	if _, err := w.Forecast().WriteTo(&text); err != nil || !strings.Contains(text.String(), "pool p: 2.00 node hours of Standard_D4ds_v5: 0.5400") || !strings.Contains(text.String(), "all pools: 0.5410") {
		t.Errorf("%v: %s", err, &text)
	}
}

type usage []batch.Usage

func (u usage) Usage() []batch.Usage { return u }

// TestState: the file that --init writes is the default state, and mistakes
// in a file are told with their place.
func TestState(t *testing.T) {
	t.Parallel()
	got, err := ParseState([]byte(InitialState()))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(state.Default(), got); diff != "" {
		t.Error(diff)
	}
	if got, err = ParseState(nil); err != nil || !cmp.Equal(state.Default(), got) {
		t.Errorf("an empty file: %v", err)
	}
	for text, want := range map[string]string{
		"location: x\nidentites: []": "2:1: there is no key `identites` (`identities` is there)",
		"batch:\n  poolQuotas: 3":    "2:3: there is no key `poolQuotas` (`poolQuota` is there)",
		"batch:\n  poolQuota: many":  "2:14: ",
		"grants:\n- {identity: nodes, role: AcrPul, scope: \"registry:rehearsal\"}": "2:27: grants[0].role: there is no role `AcrPul` (`AcrPull` is there)",
		"grants:\n- {identity: nodes, role: AcrPull, scope: \"storage:rehearsa\"}":  "grants[0].scope: there is no storage account `rehearsa`",
		"storage:\n- name: Big":                                "2:9: storage[0].name: `Big` is no name of a storage account",
		"pools:\n- name: a\n  vmSize: Standard_D4ds_v6":        "3:11: pools[0].vmSize: there is no VM size `Standard_D4ds_v6` (`Standard_D4ds_v5` is there)",
		"head: {identities: [nobody]}":                         "head.identities[0]: there is no identity `nobody`",
		"faults:\n- {service: blobs, status: 500}":             "faults[0].service: `blobs` is none of",
		"faults:\n- {service: blob, path: \"(\", status: 500}": "faults[0].path: ",
		"faults:\n- {service: blob}":                           "2:3: faults[0]: does nothing",
		"faults:\n- {event: premept}":                          "`preempt` is there",
		"tenant: me":                                           "1:9: tenant: `me` is no GUID",
		"vaults:\n- name: a\n- name: A":                        "3:9: vaults[1].name: `A` is declared twice",
		"speed: -1":                                            "1:8: speed: -1 is no speed",
		"a: [":                                                 "1:",
	} {
		if _, err := ParseState([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// TestOver: nothing of the caller's environment leads past the rehearsal.
func TestOver(t *testing.T) {
	t.Parallel()
	got := Over([]string{"A=1", "no_proxy=x", "NO_PROXY=y", "HTTP_PROXY=z", "AZURE_CLIENT_SECRET=s", "IDENTITY_ENDPOINT=e"}, []string{"HTTP_PROXY=p", "NO_PROXY="})
	if diff := cmp.Diff([]string{"A=1", "HTTP_PROXY=p"}, got); diff != "" {
		t.Error(diff)
	}
}
