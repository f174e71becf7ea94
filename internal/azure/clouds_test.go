package azure_test

import (
	"context"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/google/go-cmp/cmp"

	"sluice/internal/azure"
	"sluice/internal/config"
)

// asked remembers for what tokens were asked, and which hosts were called.
type asked struct {
	mu            sync.Mutex
	scopes, hosts []string
	endpoint      string // of the Batch account, as its resource says
}

func (a *asked) GetToken(_ context.Context, o policy.TokenRequestOptions) (azcore.AccessToken, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.scopes = append(a.scopes, o.Scopes...)
	return azcore.AccessToken{Token: "t", ExpiresOn: time.Now().Add(time.Hour)}, nil
}

func (a *asked) Do(r *http.Request) (*http.Response, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.hosts = append(a.hosts, r.URL.Host)
	status, body := http.StatusNotFound, "{}"
	if strings.HasSuffix(strings.ToLower(r.URL.Path), "/batchaccounts/batch1") || strings.HasSuffix(strings.ToLower(r.URL.Path), "/batchaccounts") {
		id := "/subscriptions/11111111-1111-4111-8111-111111111111/resourceGroups/group/providers/Microsoft.Batch/batchAccounts/batch1"
		one := `{"id":"` + id + `","name":"batch1","location":"region","properties":{"accountEndpoint":"` + a.endpoint + `"}}`
		status, body = http.StatusOK, `{"value":[`+one+`]}`
		if strings.HasSuffix(r.URL.Path, "1") {
			body = one
		}
	}
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
}

// TestClouds: the clients of each cloud call its hosts with tokens for its
// services, by configuration alone.
func TestClouds(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]struct{ hosts, scopes []string }{
		"public": {
			[]string{"acct.blob.core.windows.net", "batch1.region.batch.azure.com", "management.azure.com"},
			[]string{"https://batch.core.windows.net//.default", "https://management.azure.com/.default", "https://storage.azure.com/.default"},
		},
		"usgovernment": {
			[]string{"acct.blob.core.usgovcloudapi.net", "batch1.region.batch.usgovcloudapi.net", "management.usgovcloudapi.net"},
			[]string{"https://batch.core.usgovcloudapi.net//.default", "https://management.usgovcloudapi.net/.default", "https://storage.azure.com/.default"},
		},
		"china": {
			[]string{"acct.blob.core.chinacloudapi.cn", "batch1.region.batch.chinacloudapi.cn", "management.chinacloudapi.cn"},
			[]string{"https://batch.chinacloudapi.cn//.default", "https://management.chinacloudapi.cn/.default", "https://storage.azure.com/.default"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := &asked{endpoint: "batch1.region." + azure.Clouds[name].BatchSuffix}
			c, err := azure.Open(azure.Options{Credential: a, Transport: a, Config: config.Azure{
				Cloud: name, SubscriptionID: "11111111-1111-4111-8111-111111111111", ResourceGroup: "group",
				Batch:   config.AzureBatch{AccountName: "batch1", Location: "region"},
				Storage: config.AzureStorage{AccountName: "acct"},
			}})
			if err != nil {
				t.Fatal(err)
			}
			blobs, err := c.Blobs("acct")
			if err != nil {
				t.Fatal(err)
			}
			if _, err := blobs.NewContainerClient("c").GetProperties(t.Context(), nil); err == nil {
				t.Error("storage has not refused")
			}
			batch, err := c.Batch(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if _, err := batch.GetPool(t.Context(), "p", nil); err == nil {
				t.Error("Batch has not refused")
			}
			pools, err := c.Pools(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if _, err := pools.Get(t.Context(), "group", "batch1", "p", nil); err == nil {
				t.Error("the management plane has not refused")
			}
			once := func(list []string) []string { slices.Sort(list); return slices.Compact(list) }
			if d := cmp.Diff(want.hosts, once(a.hosts)); d != "" {
				t.Error("hosts:", d)
			}
			scopes := once(a.scopes)
			for i, s := range scopes { // a slash more or less is the same audience, but for Batch
				if !strings.Contains(s, "batch") {
					scopes[i] = strings.ReplaceAll(s, "//.default", "/.default")
				}
			}
			if d := cmp.Diff(want.scopes, once(scopes)); d != "" {
				t.Error("scopes:", d)
			}
		})
	}
}
