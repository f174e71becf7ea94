package state

import "time"

// State is the whole of a rehearsal's Azure. Everything has a default: the
// zero value, completed by Complete, is an account with one user-assigned
// identity, its grants and an automatic pool.
type State struct {
	Subscription  string        `yaml:"subscription"`  // GUID
	Tenant        string        `yaml:"tenant"`        // GUID
	Location      string        `yaml:"location"`      // westeurope
	ResourceGroup string        `yaml:"resourceGroup"` // sluice
	TokenLife     time.Duration `yaml:"tokenLife"`     // 24h, as managed identities have
	Speed         float64       `yaml:"speed"`         // seconds of the rehearsal in one second; 1

	Head       Head             `yaml:"head"`
	Identities []Identity       `yaml:"identities"`
	Roles      []Role           `yaml:"roles"` // custom ones; the built-in ones are known
	Grants     []Grant          `yaml:"grants"`
	Storage    []StorageAccount `yaml:"storage"`
	Batch      Batch            `yaml:"batch"`
	Pools      []Pool           `yaml:"pools"` // pools that exist already
	VMSizes    []VMSize         `yaml:"vmSizes"`
	Images     []Image          `yaml:"images"`
	Registries []Registry       `yaml:"registries"`
	Vaults     []Vault          `yaml:"vaults"`
	Networks   []string         `yaml:"networks"` // ARM ids of subnets
	Faults     []Fault          `yaml:"faults"`
}

// Head is the machine that the head runs on.
type Head struct {
	Identities []string `yaml:"identities"` // names of user-assigned ones on it
	System     string   `yaml:"system"`     // name of its system-assigned identity; "" for none
}

// Identity is a user-assigned managed identity, unless System is set.
type Identity struct {
	Name          string `yaml:"name"`
	ResourceGroup string `yaml:"resourceGroup"`
	ClientID      string `yaml:"clientId"`    // made from the name if not given
	PrincipalID   string `yaml:"principalId"` // made from the name if not given
	System        bool   `yaml:"system"`
	Restricted    bool   `yaml:"restricted"` // its assignment restriction forbids Batch pools
}

// Role is a role definition.
type Role struct {
	Name           string   `yaml:"name"`
	ID             string   `yaml:"id"`
	Actions        []string `yaml:"actions"`
	NotActions     []string `yaml:"notActions"`
	DataActions    []string `yaml:"dataActions"`
	NotDataActions []string `yaml:"notDataActions"`
}

// Grant is a role assignment. Scope is an ARM id, or short: storage:<account>,
// storage:<account>/<container>, batch:<account>, identity:<name>,
// registry:<name>, vault:<name>, group:<resource group>, subscription.
type Grant struct {
	Identity  string        `yaml:"identity"`
	Role      string        `yaml:"role"` // name or GUID
	Scope     string        `yaml:"scope"`
	Group     string        `yaml:"group"`     // granted to a group that the identity is in
	Condition string        `yaml:"condition"` // an ABAC condition: makes what it covers unknown to checks
	After     time.Duration `yaml:"after"`     // takes effect so long after the start
	Until     time.Duration `yaml:"until"`     // is revoked so long after the start
	Deny      bool          `yaml:"deny"`      // a deny assignment
}

// StorageAccount is a storage account.
type StorageAccount struct {
	Name       string   `yaml:"name"`
	Containers []string `yaml:"containers"`
	SharedKey  bool     `yaml:"sharedKey"` // allowSharedKeyAccess
	Firewall   bool     `yaml:"firewall"`  // refuses the network we come from
	SAS        string   `yaml:"sas"`       // a shared access signature that is taken, with sharedKey
}

// Batch is the Batch account.
type Batch struct {
	Name           string         `yaml:"name"`
	AllocationMode string         `yaml:"allocationMode"` // BatchService or UserSubscription
	AuthModes      []string       `yaml:"authModes"`      // AAD
	PoolQuota      int            `yaml:"poolQuota"`
	JobQuota       int            `yaml:"jobQuota"`
	CoreQuota      int            `yaml:"coreQuota"`
	SpotQuota      int            `yaml:"spotQuota"`
	FamilyQuota    map[string]int `yaml:"familyQuota"`
	ListLag        time.Duration  `yaml:"listLag"` // lists are so far behind
	NodeStart      time.Duration  `yaml:"nodeStart"`
	ScaleEvery     time.Duration  `yaml:"scaleEvery"` // formulas are evaluated at least so often; 0: as the pool says
	Processes      int            `yaml:"processes"`  // tasks that really run at once, on all nodes; 0: 2 for each CPU of this machine
	Dry            bool           `yaml:"dry"`        // nodes run nothing: every task succeeds
	DryTime        time.Duration  `yaml:"dryTime"`    // after so long
}

// Pool is a pool that exists before the rehearsal begins.
type Pool struct {
	Name       string   `yaml:"name"`
	VMSize     string   `yaml:"vmSize"`
	Nodes      int      `yaml:"nodes"`
	SpotNodes  int      `yaml:"spotNodes"`
	Slots      int      `yaml:"slots"`
	Identities []string `yaml:"identities"`
	Containers bool     `yaml:"containers"`
	Formula    string   `yaml:"formula"`
	State      string   `yaml:"state"` // active, deleting
}

// VMSize is a machine type, with what an hour costs.
type VMSize struct {
	Name      string  `yaml:"name"`
	Family    string  `yaml:"family"`
	CPUs      int     `yaml:"cpus"`
	MemoryGB  float64 `yaml:"memoryGB"`
	DiskGB    float64 `yaml:"diskGB"`
	GPUs      int     `yaml:"gpus"`
	Price     float64 `yaml:"price"`
	SpotPrice float64 `yaml:"spotPrice"`
	Capacity  int     `yaml:"capacity"` // nodes that can be had; 0: any number
}

// Image is a node image.
type Image struct {
	Publisher string    `yaml:"publisher"`
	Offer     string    `yaml:"offer"`
	SKU       string    `yaml:"sku"`
	Agent     string    `yaml:"agent"`
	Docker    bool      `yaml:"docker"`
	EndOfLife time.Time `yaml:"endOfLife"`
}

// Registry is a container registry with the images it holds; a name ending
// in `*` stands for many.
type Registry struct {
	Name   string   `yaml:"name"`
	Images []string `yaml:"images"`
}

// Vault is a key vault.
type Vault struct {
	Name    string            `yaml:"name"`
	Secrets map[string]string `yaml:"secrets"`
}

// Fault is something that goes wrong. With Event it happens to a pool, node,
// task or identity; else it is an answer given in place of the right one.
type Fault struct {
	Service string `yaml:"service"` // batch, arm, blob, imds, entra, vault, registry, prices
	Method  string `yaml:"method"`
	Path    string `yaml:"path"`  // regular expression on path and query
	From    string `yaml:"from"`  // head, or name of a pool: whose calls
	After   int    `yaml:"after"` // first so many calls are answered rightly
	Every   int    `yaml:"every"` // then each n-th fails; 1
	Times   int    `yaml:"times"` // how often; 0: for ever

	Status      int           `yaml:"status"`
	Code        string        `yaml:"code"`
	Message     string        `yaml:"message"`
	RetryAfter  time.Duration `yaml:"retryAfter"`
	Delay       time.Duration `yaml:"delay"`
	Drop        bool          `yaml:"drop"`        // the connection breaks
	AfterEffect bool          `yaml:"afterEffect"` // the call has its effect, the answer is lost
	ShortRead   bool          `yaml:"shortRead"`   // half of the body

	// preempt, lose, unusable, starttask, resize, autoscale, diskfull, pull,
	// prep, detach (an identity is taken from the pool)
	Event    string        `yaml:"event"`
	At       time.Duration `yaml:"at"` // after the start, or after the pool was made
	Pool     string        `yaml:"pool"`
	Node     int           `yaml:"node"`
	Identity string        `yaml:"identity"`
}

// A Problem is something in a state that cannot be: where, as a path such as
// grants[2].role, and what.
type Problem struct{ At, Message string }

func (p *Problem) Error() string { return p.At + ": " + p.Message }
