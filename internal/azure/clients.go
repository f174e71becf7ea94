package azure

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/arm"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/batch/azbatch"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/batch/armbatch/v2"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/service"

	"sluice/internal/config"
)

// Options of Open. Config must be set.
type Options struct {
	Config config.Azure
	Getenv func(string) (string, bool)
	// Transport carries all calls; nil is net/http's with the proxy of the environment.
	Transport policy.Transporter
	// Credential replaces the chain, for tests.
	Credential azcore.TokenCredential
	// Cloud replaces the addresses of Config.Cloud.
	Cloud *Cloud
	// Log takes a line for each call that failed, without secrets; nil: none.
	Log func(string)
	// CacheDir keeps what changes rarely, such as prices; "" keeps nothing.
	CacheDir string
}

// Clients are the clients of one run: one credential, one transport, one
// policy of retries. Its methods may be called from any goroutine.
type Clients struct {
	Config config.Azure
	Cloud  Cloud

	o         Options
	cred      azcore.TokenCredential
	chain     *chain // nil with a credential from outside
	transport policy.Transporter
	http      *http.Client
	arm       *arm.Client

	found found
}

// found is what has been found out; only successes are kept.
type found struct {
	mu            sync.Mutex
	account       *Account
	subscriptions []Subscription
	identities    []Identity // of all subscriptions
	listed        bool
	batch         *azbatch.Client
	blobs         map[string]*service.Client
	properties    *AccountProperties
	sizes         map[string][]VMSize
	images        []Image
}

// Open finds the credential and makes the clients; it makes no call.
func Open(o Options) (*Clients, error) {
	if o.Getenv == nil {
		o.Getenv = os.LookupEnv
	}
	name := o.Config.Cloud
	if name == "" {
		name = "public"
	}
	cloud, ok := Clouds[name]
	if o.Cloud != nil {
		cloud, ok = *o.Cloud, true
	}
	if !ok {
		return nil, fmt.Errorf("open azure: there is no cloud %q", name)
	}
	c := &Clients{Config: o.Config, Cloud: cloud, o: o, transport: o.Transport}
	c.found.blobs, c.found.sizes = map[string]*service.Client{}, map[string][]VMSize{}
	if c.transport == nil {
		c.http = newHTTP()
		c.transport = c.http
	} else {
		c.http = &http.Client{Transport: roundTripper{c.transport}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	}
	c.cred = o.Credential
	if c.cred == nil {
		c.chain = newChain(c)
		c.cred = c.chain
	}
	var err error
	if c.arm, err = arm.NewClient("sluice/azure", "v1.0.0", c.cred, c.armOptions()); err != nil {
		return nil, fmt.Errorf("open azure: %w", err)
	}
	return c, nil
}

// Credential is that of the head.
func (c *Clients) Credential() azcore.TokenCredential { return c.cred }

// HTTP is a client with the transport of all others and no credential.
func (c *Clients) HTTP() *http.Client { return c.http }

// BlobURL is the address of a storage account.
func (c *Clients) BlobURL(account string) string {
	return "https://" + account + "." + c.Cloud.BlobSuffix + "/"
}

// Blobs is the client of a storage account. A key or signature is used for
// the account it was given for, and only where secrets are allowed.
func (c *Clients) Blobs(account string) (*service.Client, error) {
	c.found.mu.Lock()
	defer c.found.mu.Unlock()
	if b := c.found.blobs[account]; b != nil {
		return b, nil
	}
	b, err := c.newBlobs(account)
	if err != nil {
		return nil, fmt.Errorf("open storage account %s: %w", account, err)
	}
	c.found.blobs[account] = b
	return b, nil
}

func (c *Clients) newBlobs(account string) (*service.Client, error) {
	o := &service.ClientOptions{ClientOptions: c.clientOptions()}
	s := c.Config.Storage
	if c.Config.AllowSecrets && account == s.AccountName {
		switch {
		case s.SAS != "":
			return service.NewClientWithNoCredential(c.BlobURL(account)+"?"+strings.TrimPrefix(string(s.SAS), "?"), o)
		case s.AccountKey != "":
			key, err := service.NewSharedKeyCredential(account, string(s.AccountKey))
			if err != nil {
				return nil, err
			}
			return service.NewClientWithSharedKeyCredential(c.BlobURL(account), key, o)
		}
	}
	return service.NewClient(c.BlobURL(account), c.cred, o)
}

// Batch is the client of the Batch account's data plane.
func (c *Clients) Batch(ctx context.Context) (*azbatch.Client, error) {
	endpoint := c.Config.Batch.Endpoint
	if endpoint == "" {
		account, err := c.Account(ctx)
		if err != nil {
			return nil, err
		}
		endpoint = account.Endpoint
	}
	c.found.mu.Lock()
	defer c.found.mu.Unlock()
	if c.found.batch != nil {
		return c.found.batch, nil
	}
	// Options that are nil would panic in azbatch v0.1.0.
	b, err := azbatch.NewClient(endpoint, batchCredential{c.cred, c.Cloud.BatchScope}, &azbatch.ClientOptions{ClientOptions: c.clientOptions()})
	if err != nil {
		return nil, fmt.Errorf("open batch account %s: %w", endpoint, err)
	}
	c.found.batch = b
	return b, nil
}

// batchCredential asks for the scope of our cloud; azbatch only knows that of
// the public one.
type batchCredential struct {
	azcore.TokenCredential
	scope string
}

func (b batchCredential) GetToken(ctx context.Context, o policy.TokenRequestOptions) (azcore.AccessToken, error) {
	o.Scopes = []string{b.scope}
	return b.TokenCredential.GetToken(ctx, o)
}

// Pools is the management client that makes pools with identities.
func (c *Clients) Pools(ctx context.Context) (*armbatch.PoolClient, error) {
	account, err := c.Account(ctx)
	if err != nil {
		return nil, err
	}
	p, err := armbatch.NewPoolClient(account.SubscriptionID, c.cred, c.armOptions())
	if err != nil {
		return nil, fmt.Errorf("open the pools of batch account %s: %w", account.Name, err)
	}
	return p, nil
}
