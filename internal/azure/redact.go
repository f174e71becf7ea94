package azure

import (
	"fmt"
	"net/http"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"

	"sluice/internal/secret"
)

// Redact is text without tokens, signatures and keys.
func Redact(text string) string { return secret.Redact(text) }

// failures tells of each call that failed, in one line without queries, which
// may hold signatures. What is tried again is told each time.
type failures struct{ say func(string) }

func (f failures) Do(req *policy.Request) (*http.Response, error) {
	resp, err := req.Next()
	raw := req.Raw()
	what := raw.Method + " " + raw.URL.Host + raw.URL.EscapedPath()
	switch {
	case err != nil:
		f.say(Redact(what + ": " + err.Error()))
	case resp.StatusCode >= 400:
		// It keeps the body for who reads it next.
		_, code, _ := Status(runtime.NewResponseError(resp))
		id := resp.Header.Get("x-ms-request-id")
		if id == "" {
			id = resp.Header.Get("request-id")
		}
		f.say(Redact(fmt.Sprintf("%s: %d %s, request %s", what, resp.StatusCode, code, id)))
	}
	return resp, err
}
