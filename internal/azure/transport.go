package azure

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/arm"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"sluice/internal/config"
)

// parallelCalls is how many connections to one host are kept: as many as the
// engine prepares and submits tasks at once. Fewer would be made anew for
// every second call.
const parallelCalls = 512

// newHTTP is a client that goes by the proxy of the environment, trusts the
// authorities of SSL_CERT_FILE, and follows no redirect: a token would go
// along to a host that nobody named.
func newHTTP() *http.Client {
	return &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: lasting{&http.Transport{
			Proxy:                  http.ProxyFromEnvironment,
			OnProxyConnectResponse: refusedByProxy,
			DialContext:            (&net.Dialer{Timeout: 20 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
			ForceAttemptHTTP2:      true,
			MaxIdleConns:           2 * parallelCalls,
			MaxIdleConnsPerHost:    parallelCalls,
			IdleConnTimeout:        90 * time.Second,
			TLSHandshakeTimeout:    15 * time.Second,
			ExpectContinueTimeout:  time.Second,
			ResponseHeaderTimeout:  5 * time.Minute,
		}},
	}
}

// An unreachable is a host that no repetition reaches: it does not exist, or
// the proxy of the environment refuses it.
type unreachable struct {
	host string
	err  error
}

func (e *unreachable) Error() string { return "reach " + e.host + ": " + e.err.Error() }
func (e *unreachable) Unwrap() error { return e.err }

// NonRetriable tells azcore not to repeat the call.
func (e *unreachable) NonRetriable() {}

func refusedByProxy(_ context.Context, _ *url.URL, req *http.Request, res *http.Response) error {
	if res.StatusCode != http.StatusForbidden {
		return nil
	}
	return &unreachable{req.Host, errors.New("the proxy of the environment refuses this host")}
}

// lasting tells apart what lasts from what passes.
type lasting struct{ http.RoundTripper }

func (l lasting) RoundTrip(req *http.Request) (*http.Response, error) {
	res, err := l.RoundTripper.RoundTrip(req)
	var gone *unreachable
	var dns *net.DNSError
	switch {
	case errors.As(err, &gone): // azcore looks at the outermost error only
		return nil, gone
	case errors.As(err, &dns) && dns.IsNotFound:
		return nil, &unreachable{req.URL.Host, err}
	}
	return res, err
}

// roundTripper makes http.Client of any transport of the options.
type roundTripper struct{ t policy.Transporter }

func (r roundTripper) RoundTrip(req *http.Request) (*http.Response, error) { return r.t.Do(req) }

// retryPolicy is azure.retryPolicy as azcore has it, but for the jitter:
// azcore always takes 80 to 130 percent of a delay.
func retryPolicy(r config.AzureRetry) policy.RetryOptions {
	o := policy.RetryOptions{MaxRetries: int32(r.MaxAttempts) - 1, RetryDelay: r.Delay, MaxRetryDelay: r.MaxDelay}
	switch {
	case r.MaxAttempts <= 0: // the zero value of the configuration
		o.MaxRetries = 9
	case r.MaxAttempts == 1:
		o.MaxRetries = -1
	}
	return o
}

func (c *Clients) clientOptions() azcore.ClientOptions {
	var each []policy.Policy
	if c.o.Log != nil {
		each = append(each, failures{c.o.Log})
	}
	return azcore.ClientOptions{
		PerRetryPolicies: each,
		Transport:        c.transport,
		Retry:            retryPolicy(c.Config.Retry),
		Telemetry:        policy.TelemetryOptions{ApplicationID: "sluice"},
		Cloud: cloud.Configuration{
			ActiveDirectoryAuthorityHost: c.Cloud.Authority,
			Services:                     map[cloud.ServiceName]cloud.ServiceConfiguration{cloud.ResourceManager: {Endpoint: c.Cloud.ARM, Audience: c.Cloud.ARMAudience}},
		},
	}
}

// armOptions leaves the registration of resource providers to the owner of
// the subscription: it needs rights that a run must not have.
func (c *Clients) armOptions() *arm.ClientOptions {
	return &arm.ClientOptions{ClientOptions: c.clientOptions(), DisableRPRegistration: true}
}

// Unreachable says whether a call failed since its host does not exist, or the
// proxy of the environment refuses it.
func Unreachable(err error) bool {
	var gone *unreachable
	return errors.As(err, &gone)
}
