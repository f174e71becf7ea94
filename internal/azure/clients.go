package azure

import (
	"context"
	"net/http"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
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
}

// Clients are the clients of one run: one credential, one transport, one
// policy of retries. Its methods may be called from any goroutine.
type Clients struct {
	Config config.Azure
	Cloud  Cloud

	o    Options
	cred azcore.TokenCredential
}

// Open finds the credential and makes the clients; it makes no call.
func Open(o Options) (*Clients, error) { panic("internal error: azure.Open is not there yet") }

// Credential is that of the head.
func (c *Clients) Credential() azcore.TokenCredential { return c.cred }

// Blobs is the client of a storage account.
func (c *Clients) Blobs(account string) (*service.Client, error) { panic("not there yet") }

// Batch is the client of the Batch account's data plane.
func (c *Clients) Batch(ctx context.Context) (*azbatch.Client, error) { panic("not there yet") }

// Pools is the management client that makes pools with identities.
func (c *Clients) Pools(ctx context.Context) (*armbatch.PoolClient, error) { panic("not there yet") }

// ARM calls the management plane: path begins with /subscriptions or
// /providers and holds its api-version; in and out are JSON, nil for none.
// An error is an *azcore.ResponseError.
func (c *Clients) ARM(ctx context.Context, method, path string, in, out any) error {
	panic("not there yet")
}

// HTTP is a client with the transport of all others and no credential.
func (c *Clients) HTTP() *http.Client { panic("not there yet") }

// An Account is where the Batch account is.
type Account struct {
	SubscriptionID, ResourceGroup, Name, Location string
	Endpoint                                      string // https://name.region.batch.azure.com
	ID                                            string // ARM resource id
}

// Account finds the Batch account: by configuration, environment, the
// instance metadata, or the list of accounts; once.
func (c *Clients) Account(ctx context.Context) (*Account, error) { panic("not there yet") }

// An Identity is a user-assigned managed identity.
type Identity struct {
	ResourceID, ClientID, PrincipalID, TenantID, Name string
}

// Identity finds a user-assigned identity by client id, resource id or name.
// None is a *FindingError with the id AZ102.
func (c *Clients) Identity(ctx context.Context, choice config.IdentityChoice) (*Identity, error) {
	panic("not there yet")
}
