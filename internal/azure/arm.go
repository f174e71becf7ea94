package azure

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
)

// Versions of ARM's interfaces that calls are made with.
const (
	versionBatch         = "2024-07-01"
	versionIdentity      = "2023-01-31"
	versionAuthorization = "2022-04-01"
	versionSubscriptions = "2022-12-01"
)

// ARM calls the management plane: path begins with /subscriptions or
// /providers and holds its api-version; in and out are JSON, nil for none.
// An error is an *azcore.ResponseError.
func (c *Clients) ARM(ctx context.Context, method, path string, in, out any) error {
	_, err := c.armCall(ctx, method, c.arm.Endpoint()+path, in, out)
	return err
}

// sameHost refuses addresses of other hosts: our token would go along.
func (c *Clients) sameHost(address string) error {
	u, err := url.Parse(address)
	if err != nil {
		return fmt.Errorf("follow an answer of %s: %w", c.arm.Endpoint(), err)
	}
	own, err := url.Parse(c.arm.Endpoint())
	if err != nil {
		return fmt.Errorf("endpoint %s: %w", c.arm.Endpoint(), err)
	}
	if u.Scheme != own.Scheme || !strings.EqualFold(u.Host, own.Host) {
		return fmt.Errorf("follow an answer of %s: it leads to another host, %s", own.Host, u.Host)
	}
	return nil
}

// ARMList reads all pages of a list.
func ARMList[T any](ctx context.Context, c *Clients, path string) ([]T, error) {
	var all []T
	next := c.arm.Endpoint() + path
	for next != "" {
		var page struct {
			Value    []T    `json:"value"`
			NextLink string `json:"nextLink"`
		}
		if _, err := c.armCall(ctx, http.MethodGet, next, nil, &page); err != nil {
			return nil, err
		}
		all, next = append(all, page.Value...), page.NextLink
		if next != "" {
			if err := c.sameHost(next); err != nil {
				return nil, err
			}
		}
	}
	return all, nil
}

func (c *Clients) armCall(ctx context.Context, method, address string, in, out any) (*http.Response, error) {
	req, err := runtime.NewRequest(ctx, method, address)
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", method, address, err)
	}
	req.Raw().Header.Set("Accept", "application/json")
	if in != nil {
		if err := runtime.MarshalAsJSON(req, in); err != nil {
			return nil, fmt.Errorf("%s %s: %w", method, address, err)
		}
	}
	resp, err := c.arm.Pipeline().Do(req)
	if err != nil {
		return nil, err
	}
	defer drain(resp)
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return nil, runtime.NewResponseError(resp)
	}
	return resp, decode(resp, out)
}

func decode(resp *http.Response, out any) error {
	if out == nil || resp.StatusCode == http.StatusNoContent {
		return nil
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return fmt.Errorf("read the answer of %s: %w", resp.Request.URL.Path, err)
	}
	if len(body) == 0 {
		return nil
	}
	if err := json.Unmarshal(body, out); err != nil {
		return fmt.Errorf("read the answer of %s: %w", resp.Request.URL.Path, err)
	}
	return nil
}

func drain(resp *http.Response) {
	if resp.Body == nil {
		return
	}
	// What is left decides only whether the connection is used again.
	if _, err := io.Copy(io.Discard, io.LimitReader(resp.Body, 1<<20)); err == nil {
		resp.Body.Close()
		return
	}
	resp.Body.Close()
}
