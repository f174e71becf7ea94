package azurebatch

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/batch/azbatch"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/batch/armbatch/v2"

	"sluice/internal/azure"
	"sluice/internal/config"
)

// services are the parts of Azure that the executor calls.
type services struct {
	cfg      config.Azure
	cloud    azure.Cloud
	account  *azure.Account
	batch    *azbatch.Client
	pools    *armbatch.PoolClient
	identity func(ctx context.Context, choice config.IdentityChoice) (*azure.Identity, error)
	machines func(context.Context) ([]machine, error)
	images   func(context.Context) ([]image, error)
	price    func(ctx context.Context, vm string) (hour, spot float64, err error)
	mode     func(context.Context) (string, error) // how the account allocates pools
}

// open finds the Batch account.
func open(ctx context.Context, c *azure.Clients) (*services, error) {
	account, err := c.Account(ctx)
	if err != nil {
		return nil, err
	}
	batch, err := c.Batch(ctx)
	if err != nil {
		return nil, err
	}
	pools, err := c.Pools(ctx)
	if err != nil {
		return nil, err
	}
	cfg := c.Config
	if cfg.TenantID == "" {
		// Batch takes identities of its own tenant only, which is the one that
		// the head's token is for.
		who, err := c.WhoAmI(ctx)
		if err != nil {
			return nil, err
		}
		cfg.TenantID = who.TenantID
	}
	return &services{
		cfg: cfg, cloud: c.Cloud, account: account, batch: batch, pools: pools,
		identity: c.Identity, machines: machinesOf(c), images: imagesOf(c),
		price: func(ctx context.Context, vm string) (hour, spot float64, err error) {
			p, err := c.Price(ctx, vm)
			return p.Hour, p.Spot, err
		},
		mode: func(ctx context.Context) (string, error) {
			p, err := c.Properties(ctx)
			if err != nil {
				return "", err
			}
			return p.AllocationMode, nil
		},
	}, nil
}

func machinesOf(c *azure.Clients) func(context.Context) ([]machine, error) {
	return func(ctx context.Context) ([]machine, error) {
		list, err := c.VMSizes(ctx)
		out := make([]machine, 0, len(list))
		for _, v := range list {
			if v.EndOfLife.IsZero() || v.EndOfLife.After(time.Now()) {
				out = append(out, machine{Name: v.Name, Family: v.Family, CPUs: v.CPUs, MemoryGB: v.MemoryGB, DiskGB: v.DiskGB, Generations: v.Generations, Spot: v.Spot, GPUs: v.GPUs})
			}
		}
		return out, err
	}
}

func imagesOf(c *azure.Clients) func(context.Context) ([]image, error) {
	return func(ctx context.Context) ([]image, error) {
		list, err := c.Images(ctx)
		out := make([]image, 0, len(list))
		for _, i := range list {
			if !i.EndOfLife.IsZero() && i.EndOfLife.Before(time.Now()) {
				continue
			}
			im := image{Publisher: i.Publisher, Offer: i.Offer, SKU: i.SKU, Agent: i.Agent, Docker: i.Docker, Verified: i.Verified, Gen2: i.Generation2}
			if !i.EndOfLife.IsZero() {
				im.Ends = i.EndOfLife.Unix()
			}
			out = append(out, im)
		}
		return out, err
	}
}

// once is a context whose calls are made once: the caller decides what is repeated.
func once(ctx context.Context) context.Context {
	return policy.WithRetryOptions(ctx, policy.RetryOptions{MaxRetries: -1})
}

// refusal is status and code of an answer that is an error; 0 if there was none.
func refusal(err error) (status int, code string) {
	var r *azcore.ResponseError
	if errors.As(err, &r) {
		return r.StatusCode, r.ErrorCode
	}
	return 0, ""
}

func isStatus(err error, status int) bool { s, _ := refusal(err); return s == status }

func isCode(err error, codes ...string) bool {
	_, code := refusal(err)
	for _, c := range codes {
		if code == c {
			return true
		}
	}
	return false
}

// passing says whether a call may go well when it is made again: the service
// asks for patience, has trouble of its own, or was not reached.
func passing(err error) bool {
	if err == nil || errors.Is(err, context.Canceled) {
		return false
	}
	switch status, _ := refusal(err); {
	case status == http.StatusRequestTimeout, status == http.StatusTooManyRequests, status >= 500:
		return true
	case status != 0:
		return false
	}
	var finding *azure.FindingError
	var final interface{ NonRetriable() } // such as a credential that is refused
	return !errors.As(err, &finding) && !errors.As(err, &final)
}

// throttled says whether the service asks to be called less often.
func throttled(err error) bool {
	s, _ := refusal(err)
	return s == http.StatusTooManyRequests || s == http.StatusServiceUnavailable
}

// retryAfter is how long an answer asks us to wait; 0 if it does not say.
func retryAfter(err error) time.Duration {
	var r *azcore.ResponseError
	if !errors.As(err, &r) || r.RawResponse == nil {
		return 0
	}
	h := r.RawResponse.Header
	for _, name := range []string{"retry-after-ms", "x-ms-retry-after-ms"} {
		if n, err := strconv.Atoi(h.Get(name)); err == nil && n >= 0 {
			return time.Duration(n) * time.Millisecond
		}
	}
	text := h.Get("Retry-After")
	if n, err := strconv.Atoi(text); err == nil && n >= 0 {
		return time.Duration(n) * time.Second
	}
	if t, err := http.ParseTime(text); err == nil {
		return max(0, time.Until(t))
	}
	return 0
}

// backoff is how long to wait after the n-th failure: 0.5 s, 1 s, … 30 s.
func backoff(n int) time.Duration {
	return min(500*time.Millisecond<<min(n, 10), 30*time.Second)
}

// rest waits, unless the context ends first.
func rest(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-t.C:
		return nil
	}
}

// isoDuration writes a duration as the service has it.
func isoDuration(d time.Duration) string {
	return fmt.Sprintf("PT%dS", int64(d.Round(time.Second)/time.Second))
}

// val is what p points to, or zero.
func val[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}
