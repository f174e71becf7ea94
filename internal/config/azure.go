package config

import (
	"fmt"
	"slices"
	"time"

	"sluice/internal/lang/value"
)

// Azure is the scope azure, read. Names and defaults are those of the table.
type Azure struct {
	SubscriptionID string // azure.batch.subscriptionId; "" = to be found
	ResourceGroup  string // azure.batch.resourceGroup; "" = to be found
	TenantID       string // azure.managedIdentity.tenantId or activeDirectory.tenantId
	Cloud          string // public (default), usgovernment, china

	Head     HeadIdentity   // who the head is: azure.managedIdentity
	Nodes    IdentityChoice // azure.managedIdentity.nodes: default of all pools
	Batch    AzureBatch
	Pools    map[string]*AzurePool // by name; "auto" is the template of automatic pools
	Storage  AzureStorage
	Registry []AzureRegistry // azure.registry: one, or a list
	KeyVault string          // azure.keyVault.uri
	CopyTool string          // native (default) or azcopy
	AzCopy   AzCopy
	Retry    AzureRetry

	AllowSecrets bool // azure.allowSecrets: what the user gave is used; nothing is ever minted
	// ServicePrincipalID and Secret are only set with AllowSecrets.
	ServicePrincipalID     string
	ServicePrincipalSecret Secret

	// NodeBinary is the program that nodes get, where the head's own does not
	// run on them; "" is the head's.
	NodeBinary string
}

// A Secret is text that no format prints; string(s) is what it holds.
type Secret string

func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return "(hidden)"
}

func (s Secret) GoString() string { return s.String() }

// Format prints no secret for any verb.
func (s Secret) Format(f fmt.State, _ rune) { fmt.Fprint(f, s.String()) }

// MarshalText keeps secrets out of JSON and logs.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// HeadIdentity is who the head is, where the configuration says so.
type HeadIdentity struct {
	ClientID string
	System   bool
}

// An IdentityChoice names the managed identity of nodes in one of several
// ways. The zero value names none.
type IdentityChoice struct {
	ClientID   string
	ResourceID string
	Name       string
	System     bool     // `system = true`: see docs/azure.md for what Azure makes of it
	Auto       bool     // 'auto': the only identity of the pool; of a registry, the pool's
	Also       []string // further identities: client ids, resource ids or names
	Outputs    string   // the one with which tasks write, named likewise; "" is the same
}

// None says whether nothing was chosen.
func (c IdentityChoice) None() bool {
	return c.ClientID == "" && c.ResourceID == "" && c.Name == "" && !c.System && !c.Auto && len(c.Also) == 0 && c.Outputs == ""
}

// Further names the identities that a pool carries besides the one of its
// tasks; that of outputs, if there is one, is the last.
func (c IdentityChoice) Further() []string {
	if c.Outputs == "" {
		return c.Also
	}
	return append(slices.Clone(c.Also), c.Outputs)
}

// AzureBatch is azure.batch without its pools.
type AzureBatch struct {
	AccountName, Endpoint, Location string
	AccountKey                      Secret // only with AllowSecrets
	AutoPoolMode                    bool
	AllowPoolCreation               bool
	CopyToolInstallMode             string
	DeleteJobs, DeletePools         bool
	DeleteTasks                     *bool // nil: those that succeeded
	TerminateJobs                   bool
	JobMaxWallClockTime             value.Duration
	JobLease                        value.Duration // azure.batch.jobLease: 24 h
	MaxJobQuotaRetries              int
	JobQuotaRetryDelay              value.Duration
	PoolIdentityClientID            string // 'auto' or a client id
	MaxParallelTransfers            int
	MaxTransferAttempts             int
	DelayBetweenAttempts            value.Duration
	Isolation                       string         // container (default) or host
	MaxPoolWait                     value.Duration // azure.batch.maxPoolWait: how long to wait for quota or capacity; 0 = for ever
	MaxInfraRetries                 int            // azure.batch.maxInfraRetries: 5
	MaxSpotLosses                   int            // azure.batch.maxSpotLosses: 3; 0 = any number
	PreflightDeep                   bool           // azure.batch.preflight = 'deep'
	PreflightOff                    bool           // azure.batch.preflight = 'off'
}

// AzurePool is azure.batch.pools.<name>.
type AzurePool struct {
	Name                  string
	VMType                string // may be a pattern or several, by commas, for `auto`
	VMCount, MaxVMCount   int
	AutoScale             bool
	ScaleFormula          string
	ScaleInterval         value.Duration
	LowPriority           bool // spot
	SchedulePolicy        string
	VirtualNetwork        string
	Publisher, Offer, SKU string // SKU is the node agent
	Privileged            bool
	RunAs                 string
	StartScript           string
	StartPrivileged       bool
	FileShareRootPath     string
	MountOptions          string
	Identity              IdentityChoice // managedIdentity { … }
	Mounts                []BlobMount    // azure.batch.pools.<n>.mounts: containers mounted read only by identity
	Registry, UserName    string
	Password              Secret // only with AllowSecrets
	TaskSlots             int    // taskSlotsPerNode; 0 = min(256, 4×vCPU)
}

// A BlobMount is a container mounted on the nodes of a pool by identity.
type BlobMount struct{ Container, Path, Options string }

// AzureStorage is azure.storage.
type AzureStorage struct {
	AccountName string
	AccountKey  Secret // only with AllowSecrets
	SAS         Secret // only with AllowSecrets
	FileShares  map[string]FileShare
}

// A FileShare is azure.storage.fileShares.<name>.
type FileShare struct{ MountPath, MountOptions string }

// AzureRegistry is a container registry.
type AzureRegistry struct {
	Server   string
	Identity IdentityChoice // managedIdentity: true (the pool's), a client id or resource id
	UserName string
	Password Secret // only with AllowSecrets
}

// AzCopy is azure.azcopy.
type AzCopy struct {
	BlockSizeMB  int
	BlobTier     string
	Source       string // path or URL of the program; "" = found on the head's PATH
	SHA256       string
	ParallelHint int
}

// AzureRetry is azure.retryPolicy.
type AzureRetry struct {
	Delay, MaxDelay time.Duration
	MaxAttempts     int
	Jitter          float64
}
