package iam

import (
	"context"
	"net/http"
	"time"
)

// A Principal is someone who can hold a token.
type Principal struct {
	ObjectID   string // principalId
	ClientID   string
	TenantID   string
	ResourceID string // ARM id, of a managed identity
	Name       string
}

// Denied is why a call is refused: 401 for a token that is missing, forged,
// expired or for another audience; 403 for one that lacks the role.
type Denied struct {
	Status        int
	Code, Message string
}

func (d *Denied) Error() string { return d.Code + ": " + d.Message }

// Authority checks the calls of all services.
type Authority interface {
	// Authenticate finds who calls. The bearer token must be signed by us, not
	// expired, and for one of the audiences (trailing slashes do not count).
	Authenticate(r *http.Request, audiences ...string) (Principal, *Denied)
	// Allow says whether p may do action on scope (an ARM id; below a storage
	// account …/blobServices/default/containers/<c>). data tells dataActions
	// from actions. Grants of scopes above count.
	Allow(p Principal, action string, data bool, scope string) bool
	// Mint makes a token for p.
	Mint(p Principal, audience string) (token string, expires time.Time)
	// Identity finds a user-assigned identity by client id or ARM id.
	Identity(id string) (Principal, bool)
}

// Clock is time as the rehearsal has it: real, or faster.
type Clock interface {
	Now() time.Time
	Sleep(ctx context.Context, d time.Duration) error
	AfterFunc(d time.Duration, f func()) (stop func() bool)
}

// Actions that services ask about.
const (
	BlobRead   = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read"
	BlobWrite  = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write"
	BlobAdd    = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/add/action"
	BlobDelete = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/delete"
	PullImage  = "Microsoft.ContainerRegistry/registries/pull/read"
	ReadSecret = "Microsoft.KeyVault/vaults/secrets/getSecret/action"
	Assign     = "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action"
	JoinSubnet = "Microsoft.Network/virtualNetworks/subnets/join/action"
)
