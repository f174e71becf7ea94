package node

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/service"

	"sluice/internal/storage/azblob"
)

// bearer signs calls with the node's token, and once more with another where
// one is refused: roles and identities change while tasks run.
type bearer struct {
	tokens             *Tokens
	clientID, audience string
}

func (b *bearer) Do(req *policy.Request) (*http.Response, error) {
	ctx := req.Raw().Context()
	token, err := b.tokens.Get(ctx, b.clientID, b.audience, "")
	if err != nil {
		return nil, err
	}
	req.Raw().Header.Set("Authorization", "Bearer "+token)
	resp, err := req.Next()
	if err != nil || resp.StatusCode != http.StatusUnauthorized {
		return resp, err
	}
	fresh, err := b.tokens.Get(ctx, b.clientID, b.audience, token)
	if err != nil || fresh == token {
		return resp, err
	}
	resp.Body.Close()
	if err := req.RewindBody(); err != nil {
		return nil, fmt.Errorf("send again: %w", err)
	}
	req.Raw().Header.Set("Authorization", "Bearer "+fresh)
	return req.Next()
}

// blobOptions are what a task decides about transfers.
type blobOptions struct {
	endpoint string
	clientID string
	parallel int
	attempts int
	delay    time.Duration
	block    int64
	tier     string
	sas      string

	rest bool // only what azcopy leaves out: empty directories, and that files may be run
}

// connections is how many requests move bytes at a time: the option counts
// transfers of large files, and small ones are much shorter.
func (o blobOptions) connections() int { return max(16, 4*o.parallel) }

// blobs is the storage account of the task.
type blobs struct {
	*azblob.Storage
	client *service.Client
	host   string
	o      blobOptions
}

func (n *Node) blobs(o blobOptions) (*blobs, error) {
	u, err := url.Parse(o.endpoint)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, &Fault{Class: ClassConfig, Step: StepControl, Message: fmt.Sprintf("endpoint of the storage account `%s` is not an address like https://name.blob.core.windows.net", o.endpoint)}
	}
	address := "https://" + u.Host + "/"
	if u.Scheme == "http" {
		address = "http://" + u.Host + "/"
	}
	co := azcore.ClientOptions{
		Transport: n.http(),
		// 0.5 s, 1.5 s, 3.5 s … a minute: two minutes in all. What the task asks
		// for between attempts is for tools that do not repeat single calls.
		Retry: policy.RetryOptions{MaxRetries: int32(max(7, o.attempts-1)), RetryDelay: 500 * time.Millisecond, MaxRetryDelay: time.Minute},
	}
	if o.sas != "" {
		address += "?" + strings.TrimPrefix(o.sas, "?")
	} else {
		co.PerRetryPolicies = []policy.Policy{&bearer{tokens: n.tokens(), clientID: o.clientID, audience: n.audience("SLUICE_STORAGE_AUDIENCE", "https://storage.azure.com")}}
	}
	c, err := service.NewClientWithNoCredential(address, &service.ClientOptions{ClientOptions: co})
	if err != nil {
		return nil, fmt.Errorf("storage account %s: %w", o.endpoint, err)
	}
	s := azblob.New(azblob.Options{Service: c, Parallel: o.connections(), Block: o.block, Tier: o.tier})
	return &blobs{Storage: s, client: c, host: u.Host, o: o}, nil
}

// name is container/path of an address at this account.
func (b *blobs) name(address string) (string, bool) {
	if rest, ok := strings.CutPrefix(address, "az://"); ok {
		return rest, true
	}
	u, err := url.Parse(address)
	if err != nil || !strings.EqualFold(u.Host, b.host) {
		return "", false
	}
	return strings.TrimPrefix(u.Path, "/"), true
}

// faultOf makes a fault of anything that can fail around a script.
func (b *blobs) faultOf(step, op, address string, err error) *Fault {
	var f *Fault
	if errors.As(err, &f) {
		out := *f
		return &out
	}
	f = &Fault{Class: ClassInfra, Step: step, Op: op, URL: withoutQuery(address), Message: err.Error()}
	if b != nil {
		f.Identity = b.o.clientID
	}
	var e *azblob.Error
	if errors.As(err, &e) {
		f.Status, f.Code, f.RequestID, f.Message = e.Status, e.Code, e.RequestID, e.Message
		f.Class = classOf(e.Kind, e.Code)
		return f
	}
	var resp *azcore.ResponseError
	if errors.As(err, &resp) {
		f.Status, f.Code, f.Message = resp.StatusCode, resp.ErrorCode, http.StatusText(resp.StatusCode)
		if resp.RawResponse != nil {
			f.RequestID = resp.RawResponse.Header.Get("x-ms-request-id")
		}
		if s := resp.StatusCode; s < 500 && s != http.StatusTooManyRequests && s != http.StatusRequestTimeout {
			f.Class = ClassConfig
		}
		return f
	}
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		f.Code = "DiskFull"
	case errors.Is(err, errUser):
		f.Class, f.Identity = ClassScript, ""
	}
	return f
}

// classOf says whether another try may help, on another node perhaps.
// An input that is not there is the task's own affair.
func classOf(k azblob.Kind, code string) string {
	switch k {
	case azblob.NotFound:
		if code != "ContainerNotFound" {
			return ClassScript
		}
		return ClassConfig
	case azblob.Role, azblob.Network, azblob.Token, azblob.Credential, azblob.Refused:
		return ClassConfig
	}
	return ClassInfra
}

// errUser marks what is wrong with a task's own files.
var errUser = errors.New("of the task")

func withoutQuery(address string) string {
	address, _, _ = strings.Cut(address, "?")
	return address
}

// inParallel does f for each of n, so many at a time, and gives the first error.
func inParallel(ctx context.Context, n, limit int, f func(context.Context, int) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	next, results := make(chan int), make(chan error)
	workers := max(1, min(limit, n))
	for range workers {
		go func() {
			var err error
			for i := range next {
				if err == nil {
					if err = f(ctx, i); err != nil {
						cancel()
					}
				}
			}
			results <- err
		}()
	}
	for i := range n {
		next <- i
	}
	close(next)
	var first error
	for range workers {
		// What was cancelled is not the cause.
		if err := <-results; err != nil && (first == nil || errors.Is(first, context.Canceled)) {
			first = err
		}
	}
	return first
}
