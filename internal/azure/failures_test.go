package azure

import (
	"context"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
)

type someToken struct{}

func (someToken) GetToken(context.Context, policy.TokenRequestOptions) (azcore.AccessToken, error) {
	return azcore.AccessToken{Token: "secret-token"}, nil
}

type replies func(*http.Request) *http.Response

func (f replies) Do(r *http.Request) (*http.Response, error) { return f(r), nil }

// A call that fails is told with what Azure's support asks for, and without
// its query.
func TestFailuresAreTold(t *testing.T) {
	t.Parallel()
	var said []string
	c, err := Open(Options{
		Credential: someToken{}, Log: func(s string) { said = append(said, s) },
		Transport: replies(func(r *http.Request) *http.Response {
			h := http.Header{"Content-Type": {"application/json"}, "X-Ms-Request-Id": {"req-7"}}
			return &http.Response{StatusCode: 403, Header: h, Request: r, Body: io.NopCloser(strings.NewReader(`{"error":{"code":"AuthorizationFailed","message":"no"}}`))}
		}),
	})
	if err != nil {
		t.Fatal(err)
	}
	err = c.ARM(t.Context(), http.MethodGet, "/subscriptions/x?api-version=1&sig=CANARY", nil, nil)
	if status, code, _ := Status(err); status != 403 || code != "AuthorizationFailed" {
		t.Errorf("the answer is lost: %v", err)
	}
	want := []string{"GET management.azure.com/subscriptions/x: 403 AuthorizationFailed, request req-7"}
	if !slices.Equal(said, want) {
		t.Errorf("said %q", said)
	}
}
