package azure

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os/exec"
	"strings"
	"sync"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
)

// A chain is the credential of the head: the first of its sources that gives
// a token is kept, and its tokens are shared by all clients.
//
// The sources are tried one by one instead of by azidentity's default
// credential: that one would take AZURE_CLIENT_SECRET.
type chain struct {
	c       *Clients
	sources []source

	mu     sync.Mutex // held while the source is chosen
	chosen *source

	tokensMu sync.Mutex
	tokens   map[string]*cached
}

// A source can give tokens, if it is there.
type source struct {
	name string
	// only: the configuration names it, so that no other is tried.
	only  bool
	open  func(ctx context.Context) (azcore.TokenCredential, error)
	cred  azcore.TokenCredential
	fresh bool // asked with claims, it looks past its own cache
}

func newChain(c *Clients) *chain {
	return &chain{c: c, sources: sources(c), tokens: map[string]*cached{}}
}

func (c *Clients) env(name string) string {
	v, _ := c.o.Getenv(name)
	return v
}

func sources(c *Clients) []source {
	a := &c.Config
	var all []source
	if a.AllowSecrets && a.ServicePrincipalID != "" && a.ServicePrincipalSecret != "" && a.TenantID != "" {
		return []source{{name: "the service principal of the configuration", only: true, open: c.openServicePrincipal}}
	}
	if a.Head.System || a.Head.ClientID != "" {
		name := "the system-assigned identity of this machine (azure.managedIdentity.system)"
		if a.Head.ClientID != "" {
			name = "the managed identity " + a.Head.ClientID + " (azure.managedIdentity.clientId)"
		}
		return []source{{name: name, only: true, fresh: true, open: func(ctx context.Context) (azcore.TokenCredential, error) {
			return c.openManagedIdentity(ctx, a.Head.ClientID)
		}}}
	}
	all = append(
		all,
		source{name: "workload identity", open: c.openWorkloadIdentity},
		source{name: "managed identity of this machine", fresh: true, open: func(ctx context.Context) (azcore.TokenCredential, error) {
			return c.openManagedIdentity(ctx, c.env("AZURE_CLIENT_ID"))
		}},
		source{name: "login of the az command", open: c.openAzureCLI},
		source{name: "login of the azd command", open: c.openAzd},
	)
	return all
}

func (c *Clients) openServicePrincipal(context.Context) (azcore.TokenCredential, error) {
	a := &c.Config
	return azidentity.NewClientSecretCredential(a.TenantID, a.ServicePrincipalID, string(a.ServicePrincipalSecret), &azidentity.ClientSecretCredentialOptions{
		ClientOptions: c.clientOptions(), DisableInstanceDiscovery: true,
	})
}

func (c *Clients) openWorkloadIdentity(context.Context) (azcore.TokenCredential, error) {
	file := c.env("AZURE_FEDERATED_TOKEN_FILE")
	if file == "" {
		return nil, errors.New("AZURE_FEDERATED_TOKEN_FILE is not set")
	}
	tenant := c.Config.TenantID
	if tenant == "" {
		tenant = c.env("AZURE_TENANT_ID")
	}
	if c.env("AZURE_CLIENT_ID") == "" || tenant == "" {
		return nil, errors.New("AZURE_CLIENT_ID or AZURE_TENANT_ID is not set")
	}
	return azidentity.NewWorkloadIdentityCredential(&azidentity.WorkloadIdentityCredentialOptions{
		ClientOptions: c.clientOptions(), ClientID: c.env("AZURE_CLIENT_ID"), TenantID: tenant, TokenFilePath: file, DisableInstanceDiscovery: true,
	})
}

// imds is the endpoint of virtual machines for metadata and tokens.
const imds = "http://169.254.169.254/metadata"

func (c *Clients) openManagedIdentity(ctx context.Context, clientID string) (azcore.TokenCredential, error) {
	hosted := false
	for _, name := range []string{"IDENTITY_ENDPOINT", "MSI_ENDPOINT"} {
		hosted = hosted || c.env(name) != ""
	}
	if !hosted {
		// What the configuration names is there: a busy machine gets more time.
		limit := instanceWait
		if c.Config.Head.System || c.Config.Head.ClientID != "" {
			limit = 15 * time.Second
		}
		if _, err := c.instance(ctx, limit); err != nil {
			return nil, err
		}
	}
	o := &azidentity.ManagedIdentityCredentialOptions{ClientOptions: azcore.ClientOptions{Transport: c.transport, Telemetry: policy.TelemetryOptions{ApplicationID: "sluice"}}}
	if clientID != "" {
		o.ID = azidentity.ClientID(clientID)
	}
	return azidentity.NewManagedIdentityCredential(o)
}

// An Instance is the machine that the head runs on, where it is Azure's.
type Instance struct {
	Subscription, ResourceGroup, Name, Location, Environment string
}

const instanceWait = 1200 * time.Millisecond

// Instance asks the metadata endpoint who this machine is. Where there is
// none it fails within a second or so.
func (c *Clients) Instance(ctx context.Context) (*Instance, error) {
	return c.instance(ctx, instanceWait)
}

func (c *Clients) instance(ctx context.Context, limit time.Duration) (*Instance, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, imds+"/instance?api-version=2021-02-01", nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Metadata", "true")
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, errors.New("no metadata endpoint answers at 169.254.169.254: this is no machine of Azure")
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil {
		return nil, fmt.Errorf("read instance metadata: %w", err)
	}
	var answer struct {
		Compute struct {
			SubscriptionID    string `json:"subscriptionId"`
			ResourceGroupName string `json:"resourceGroupName"`
			Name              string `json:"name"`
			Location          string `json:"location"`
			AzEnvironment     string `json:"azEnvironment"`
		} `json:"compute"`
	}
	if resp.StatusCode >= 500 || resp.StatusCode == http.StatusForbidden || json.Unmarshal(body, &answer) != nil {
		return nil, fmt.Errorf("what answers at 169.254.169.254 is no metadata endpoint of Azure (status %d)", resp.StatusCode)
	}
	a := answer.Compute
	return &Instance{a.SubscriptionID, a.ResourceGroupName, a.Name, a.Location, a.AzEnvironment}, nil
}

func (c *Clients) openAzureCLI(context.Context) (azcore.TokenCredential, error) {
	if _, err := exec.LookPath("az"); err != nil {
		return nil, errors.New("az is not on PATH")
	}
	return azidentity.NewAzureCLICredential(&azidentity.AzureCLICredentialOptions{TenantID: c.Config.TenantID})
}

func (c *Clients) openAzd(context.Context) (azcore.TokenCredential, error) {
	if _, err := exec.LookPath("azd"); err != nil {
		return nil, errors.New("azd is not on PATH")
	}
	return azidentity.NewAzureDeveloperCLICredential(&azidentity.AzureDeveloperCLICredentialOptions{TenantID: c.Config.TenantID})
}

// cached is the token of one scope. Who refreshes it holds mu.
type cached struct {
	mu      sync.Mutex
	stateMu sync.Mutex
	token   azcore.AccessToken
	refresh time.Time
}

// GetToken gives a token that lasts: from half of its life on a new one is
// asked for, and where that fails the old one serves as long as it is valid.
func (k *chain) GetToken(ctx context.Context, o policy.TokenRequestOptions) (azcore.AccessToken, error) {
	key := strings.Join(o.Scopes, " ") + " " + o.TenantID
	k.tokensMu.Lock()
	e := k.tokens[key]
	if e == nil {
		e = &cached{}
		k.tokens[key] = e
	}
	k.tokensMu.Unlock()

	token, valid, stale := e.state()
	if o.Claims == "" && valid && !stale {
		return token, nil
	}
	if o.Claims == "" && valid {
		if !e.mu.TryLock() {
			return token, nil // somebody is at it
		}
	} else {
		e.mu.Lock()
	}
	defer e.mu.Unlock()
	if token, valid, stale = e.state(); o.Claims == "" && valid && !stale {
		return token, nil
	}
	fresh, err := k.ask(ctx, o)
	if err != nil {
		if valid && o.Claims == "" {
			e.postpone()
			return token, nil
		}
		return azcore.AccessToken{}, err
	}
	return e.keep(fresh), nil
}

func (e *cached) state() (token azcore.AccessToken, valid, stale bool) {
	e.stateMu.Lock()
	defer e.stateMu.Unlock()
	now := time.Now()
	return e.token, e.token.Token != "" && now.Before(e.token.ExpiresOn.Add(-30*time.Second)), !now.Before(e.refresh)
}

// keep sets the next refresh to about half of the token's life: about, so
// that many heads do not ask in the same second.
func (e *cached) keep(token azcore.AccessToken) azcore.AccessToken {
	e.stateMu.Lock()
	defer e.stateMu.Unlock()
	half := time.Duration(float64(time.Until(token.ExpiresOn)) * (0.45 + 0.1*rand.Float64()))
	e.refresh = time.Now().Add(max(half, 15*time.Second))
	token.RefreshOn = e.refresh
	e.token = token
	return token
}

func (e *cached) postpone() {
	e.stateMu.Lock()
	defer e.stateMu.Unlock()
	e.refresh = time.Now().Add(max(time.Until(e.token.ExpiresOn)/8, 5*time.Second))
}

// noClaims make azidentity's managed identities look past the cache that it
// keeps for the whole process: ours decides when a new token is due.
const noClaims = `{"access_token":{}}`

func (k *chain) ask(ctx context.Context, o policy.TokenRequestOptions) (azcore.AccessToken, error) {
	s, token, err := k.source(ctx, o)
	if err != nil || token.Token != "" {
		return token, err
	}
	return s.ask(ctx, o)
}

func (s *source) ask(ctx context.Context, o policy.TokenRequestOptions) (azcore.AccessToken, error) {
	if s.fresh && o.Claims == "" {
		o.Claims = noClaims
	}
	o.EnableCAE = false
	token, err := s.cred.GetToken(ctx, o)
	if err != nil {
		return token, fmt.Errorf("token for %s from the %s: %w", strings.Join(o.Scopes, " "), strings.TrimPrefix(s.name, "the "), err)
	}
	return token, nil
}

// source chooses the source at the first call; the token is that of the
// attempt that chose it.
func (k *chain) source(ctx context.Context, o policy.TokenRequestOptions) (*source, azcore.AccessToken, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.chosen != nil {
		return k.chosen, azcore.AccessToken{}, nil
	}
	var tried []string
	var last error
	for i := range k.sources {
		s := &k.sources[i]
		cred, err := s.open(ctx)
		if err == nil {
			s.cred = cred
			var token azcore.AccessToken
			if token, err = s.ask(k.patience(ctx, s), o); err == nil {
				k.chosen = s
				return s, token, nil
			}
		}
		if ctx.Err() != nil {
			return nil, azcore.AccessToken{}, fmt.Errorf("find a credential: %w", context.Cause(ctx))
		}
		last = err
		tried = append(tried, s.name+": "+firstLine(err))
	}
	return nil, azcore.AccessToken{}, k.none(tried, last)
}

// patience: what was not asked for by name must not hold up the others.
func (k *chain) patience(ctx context.Context, s *source) context.Context {
	if s.only {
		return ctx
	}
	return policy.WithRetryOptions(ctx, policy.RetryOptions{MaxRetries: 2, RetryDelay: 200 * time.Millisecond, MaxRetryDelay: time.Second})
}

func (k *chain) none(tried []string, last error) error {
	f := NewFinding("AZ001", "no credential of Azure was found")
	f.Cause = strings.Join(tried, "; ")
	if len(k.sources) == 1 && k.sources[0].only {
		f.What = "no token can be had from " + k.sources[0].name
		f.Cause = firstLine(last)
	}
	return &FindingError{f}
}

// Source names where tokens come from, "" before the first.
func (c *Clients) Source() string {
	if c.chain == nil {
		return ""
	}
	c.chain.mu.Lock()
	defer c.chain.mu.Unlock()
	if c.chain.chosen == nil {
		return ""
	}
	return c.chain.chosen.name
}

// firstLine is what an error says, without the answer printed below it.
func firstLine(err error) string {
	if err == nil {
		return ""
	}
	line, _, _ := strings.Cut(Redact(err.Error()), "\n")
	return strings.TrimSpace(line)
}

// Refused says whether a call failed because Azure does not let us, or does
// not know us any more: another try will not do better until somebody changes
// something. That a service for tokens does not answer is none of that.
func Refused(err error) bool {
	var answer *azcore.ResponseError
	var finding *FindingError
	var login *azidentity.AuthenticationFailedError
	status := 0
	switch {
	case errors.As(err, &finding):
		return true
	case errors.As(err, &answer):
		status = answer.StatusCode
	case errors.As(err, &login) && login.RawResponse != nil:
		if status = login.RawResponse.StatusCode; status == http.StatusBadRequest {
			return true // no such identity
		}
	}
	return status == http.StatusUnauthorized || status == http.StatusForbidden
}
