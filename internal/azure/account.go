package azure

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"golang.org/x/sync/errgroup"
)

// An Account is where the Batch account is.
type Account struct {
	SubscriptionID, ResourceGroup, Name, Location string
	Endpoint                                      string // https://name.region.batch.azure.com
	ID                                            string // ARM resource id
}

// AccountProperties are what the Batch account allows.
type AccountProperties struct {
	AllocationMode string   // BatchService or UserSubscription
	AuthModes      []string // AAD, SharedKey, TaskAuthenticationToken
	PoolQuota      int
	JobQuota       int // active jobs and schedules
	CoreQuota      int
	SpotQuota      int
	FamilyQuota    map[string]int // by family in lower case; nil where families are not told apart
	AutoStorage    bool
}

// A Subscription is one that the head sees.
type Subscription struct {
	ID     string `json:"subscriptionId"`
	Name   string `json:"displayName"`
	Tenant string `json:"tenantId"`
}

type batchAccount struct {
	ID         string `json:"id"`
	Name       string `json:"name"`
	Location   string `json:"location"`
	Properties struct {
		Endpoint       string   `json:"accountEndpoint"`
		AllocationMode string   `json:"poolAllocationMode"`
		AuthModes      []string `json:"allowedAuthenticationModes"`
		PoolQuota      int      `json:"poolQuota"`
		JobQuota       int      `json:"activeJobAndJobScheduleQuota"`
		CoreQuota      int      `json:"dedicatedCoreQuota"`
		SpotQuota      int      `json:"lowPriorityCoreQuota"`
		FamilyEnforced bool     `json:"dedicatedCoreQuotaPerVMFamilyEnforced"`
		FamilyQuota    []family `json:"dedicatedCoreQuotaPerVMFamily"`
		AutoStorage    any      `json:"autoStorage"`
	} `json:"properties"`
}

type family struct {
	Name  string `json:"name"`
	Cores int    `json:"coreQuota"`
}

// ResourceGroupOf is the resource group in an ARM id.
func ResourceGroupOf(id string) string { return idPart(id, "resourceGroups") }

// SubscriptionOf is the subscription in an ARM id.
func SubscriptionOf(id string) string { return idPart(id, "subscriptions") }

func idPart(id, kind string) string {
	parts := strings.Split(strings.Trim(id, "/"), "/")
	for i := 0; i+1 < len(parts); i += 2 {
		if strings.EqualFold(parts[i], kind) {
			return parts[i+1]
		}
	}
	return ""
}

// Account finds the Batch account: by configuration, environment, the
// instance metadata, or the list of accounts; once.
func (c *Clients) Account(ctx context.Context) (*Account, error) {
	c.found.mu.Lock()
	known := c.found.account
	c.found.mu.Unlock()
	if known != nil {
		return known, nil
	}
	b := c.Config.Batch
	if a := c.Config; a.SubscriptionID != "" && a.ResourceGroup != "" && b.AccountName != "" && b.Endpoint != "" {
		return c.keepAccount(&Account{
			SubscriptionID: a.SubscriptionID, ResourceGroup: a.ResourceGroup, Name: b.AccountName, Location: b.Location, Endpoint: b.Endpoint,
			ID: "/subscriptions/" + a.SubscriptionID + "/resourceGroups/" + a.ResourceGroup + "/providers/Microsoft.Batch/batchAccounts/" + b.AccountName,
		}), nil
	}
	found, err := c.findAccount(ctx)
	if err != nil {
		return nil, err
	}
	account := &Account{
		SubscriptionID: SubscriptionOf(found.ID), ResourceGroup: ResourceGroupOf(found.ID), Name: found.Name, Location: strings.ToLower(strings.ReplaceAll(found.Location, " ", "")),
		Endpoint: c.Config.Batch.Endpoint, ID: found.ID,
	}
	if account.Endpoint == "" {
		account.Endpoint = "https://" + strings.TrimPrefix(found.Properties.Endpoint, "https://")
	}
	return c.keepAccount(account), nil
}

func (c *Clients) keepAccount(a *Account) *Account {
	c.found.mu.Lock()
	defer c.found.mu.Unlock()
	if c.found.account == nil {
		c.found.account = a
	}
	return c.found.account
}

func (c *Clients) findAccount(ctx context.Context) (*batchAccount, error) {
	all, err := listEverywhere[batchAccount](ctx, c, "Microsoft.Batch/batchAccounts", versionBatch)
	if err != nil {
		return nil, fmt.Errorf("find the batch account: %w", err)
	}
	var names []string
	var match []batchAccount
	b := c.Config.Batch
	for _, a := range all {
		names = append(names, a.Name)
		host := strings.TrimPrefix(a.Properties.Endpoint, "https://")
		switch {
		case b.AccountName != "" && !strings.EqualFold(a.Name, b.AccountName):
		case b.Endpoint != "" && host != "" && !strings.EqualFold(host, strings.TrimPrefix(b.Endpoint, "https://")):
		case c.Config.ResourceGroup != "" && !strings.EqualFold(ResourceGroupOf(a.ID), c.Config.ResourceGroup):
		case b.Location != "" && !strings.EqualFold(strings.ReplaceAll(a.Location, " ", ""), b.Location):
		default:
			match = append(match, a)
		}
	}
	slices.Sort(names)
	switch {
	case len(match) == 1:
		return &match[0], nil
	case len(match) > 1:
		return nil, Fault("AZ303", "which Batch account is meant: "+strings.Join(names, ", ")+"?")
	}
	what := "no Batch account is seen by the head"
	if b.AccountName != "" {
		what = "no Batch account `" + b.AccountName + "` is seen by the head"
	}
	if len(names) > 0 {
		what += "; it sees " + strings.Join(names, ", ")
	}
	return nil, Fault("AZ301", what)
}

// Properties asks what the Batch account allows; once.
func (c *Clients) Properties(ctx context.Context) (*AccountProperties, error) {
	c.found.mu.Lock()
	known := c.found.properties
	c.found.mu.Unlock()
	if known != nil {
		return known, nil
	}
	account, err := c.Account(ctx)
	if err != nil {
		return nil, err
	}
	var b batchAccount
	if err := c.ARM(ctx, http.MethodGet, account.ID+"?api-version="+versionBatch, nil, &b); err != nil {
		return nil, fmt.Errorf("read batch account %s: %w", account.Name, err)
	}
	q := b.Properties
	p := &AccountProperties{
		AllocationMode: q.AllocationMode, AuthModes: q.AuthModes, PoolQuota: q.PoolQuota, JobQuota: q.JobQuota,
		CoreQuota: q.CoreQuota, SpotQuota: q.SpotQuota, AutoStorage: q.AutoStorage != nil,
	}
	if q.FamilyEnforced {
		p.FamilyQuota = map[string]int{}
		for _, f := range q.FamilyQuota {
			p.FamilyQuota[strings.ToLower(f.Name)] = f.Cores
		}
	}
	c.found.mu.Lock()
	defer c.found.mu.Unlock()
	c.found.properties = p
	return p, nil
}

// Subscriptions are those to look in: that of the configuration, or all that
// the head sees, that of its machine first.
func (c *Clients) Subscriptions(ctx context.Context) ([]Subscription, error) {
	if id := c.Config.SubscriptionID; id != "" {
		return []Subscription{{ID: id}}, nil
	}
	c.found.mu.Lock()
	known := c.found.subscriptions
	c.found.mu.Unlock()
	if known != nil {
		return known, nil
	}
	all, err := ARMList[Subscription](ctx, c, "/subscriptions?api-version="+versionSubscriptions)
	if err != nil {
		return nil, fmt.Errorf("list subscriptions: %w", err)
	}
	if len(all) == 0 {
		// A role on a resource group does not always show its subscription.
		if here, err := c.Instance(ctx); err == nil && here.Subscription != "" {
			all = []Subscription{{ID: here.Subscription}}
		}
	}
	if len(all) == 0 {
		return nil, Fault("AZ003", "the identity of the head sees no subscription", "set azure.batch.subscriptionId, or AZURE_SUBSCRIPTION_ID, if it has a role below one")
	}
	c.found.mu.Lock()
	defer c.found.mu.Unlock()
	c.found.subscriptions = all
	return all, nil
}

// listEverywhere lists the resources of a type in all subscriptions. One that
// refuses is left out as long as another answers.
func listEverywhere[T any](ctx context.Context, c *Clients, kind, version string) ([]T, error) {
	subscriptions, err := c.Subscriptions(ctx)
	if err != nil {
		return nil, err
	}
	lists := make([][]T, len(subscriptions))
	errs := make([]error, len(subscriptions))
	var g errgroup.Group
	g.SetLimit(16)
	for i, s := range subscriptions {
		g.Go(func() error {
			lists[i], errs[i] = ARMList[T](ctx, c, "/subscriptions/"+s.ID+"/providers/"+kind+"?api-version="+version)
			return nil
		})
	}
	g.Wait()
	for _, err := range errs {
		if err == nil {
			return slices.Concat(lists...), nil
		}
	}
	return nil, errors.Join(errs...)
}

// A Principal is who a token is about.
type Principal struct {
	ObjectID   string `json:"objectId"`
	AppID      string `json:"appId"`
	TenantID   string `json:"tenantId"`
	ResourceID string `json:"resourceId,omitempty"` // of a managed identity
	Name       string `json:"name,omitempty"`       // of a person
	Source     string `json:"source,omitempty"`     // where the token comes from
}

// WhoAmI is who the head is, as its token for ARM says.
func (c *Clients) WhoAmI(ctx context.Context) (Principal, error) {
	token, err := c.cred.GetToken(ctx, policy.TokenRequestOptions{Scopes: []string{strings.TrimSuffix(c.Cloud.ARMAudience, "/") + "/.default"}})
	if err != nil {
		return Principal{}, err
	}
	p, err := claims(token)
	p.Source = c.Source()
	return p, err
}

func claims(token azcore.AccessToken) (Principal, error) {
	parts := strings.Split(token.Token, ".")
	if len(parts) < 2 {
		return Principal{}, errors.New("read the token of the head: it is no JWT")
	}
	body, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(parts[1], "="))
	if err != nil {
		return Principal{}, errors.New("read the token of the head: it is no JWT")
	}
	var k struct {
		OID   string `json:"oid"`
		AppID string `json:"appid"`
		AZP   string `json:"azp"`
		TID   string `json:"tid"`
		MIRID string `json:"xms_mirid"`
		UPN   string `json:"upn"`
	}
	if err := json.Unmarshal(body, &k); err != nil {
		return Principal{}, errors.New("read the token of the head: it is no JWT")
	}
	if k.AppID == "" {
		k.AppID = k.AZP
	}
	return Principal{ObjectID: k.OID, AppID: k.AppID, TenantID: k.TID, ResourceID: k.MIRID, Name: k.UPN}, nil
}

// Status is the status and code of an error that a service answered with; ok
// is false for other errors.
func Status(err error) (status int, code string, ok bool) {
	var r *azcore.ResponseError
	if errors.As(err, &r) {
		return r.StatusCode, r.ErrorCode, true
	}
	return 0, "", false
}

// A Resource is one of any type, as lists of ARM have it.
type Resource struct {
	ID         string         `json:"id"`
	Name       string         `json:"name"`
	Location   string         `json:"location"`
	Properties map[string]any `json:"properties"`
}

// Resources lists the resources of a type in all subscriptions.
func (c *Clients) Resources(ctx context.Context, kind, version string) ([]Resource, error) {
	all, err := listEverywhere[Resource](ctx, c, kind, version)
	if err != nil {
		return nil, fmt.Errorf("list %s: %w", kind, err)
	}
	return all, nil
}
