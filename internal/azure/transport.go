package azure

import (
	"net"
	"net/http"
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
		Transport: &http.Transport{
			Proxy:                 http.ProxyFromEnvironment,
			DialContext:           (&net.Dialer{Timeout: 20 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
			ForceAttemptHTTP2:     true,
			MaxIdleConns:          2 * parallelCalls,
			MaxIdleConnsPerHost:   parallelCalls,
			IdleConnTimeout:       90 * time.Second,
			TLSHandshakeTimeout:   15 * time.Second,
			ExpectContinueTimeout: time.Second,
			ResponseHeaderTimeout: 5 * time.Minute,
		},
	}
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
