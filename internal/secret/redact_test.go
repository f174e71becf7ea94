package secret_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"sluice/internal/secret"
)

func TestRedact(t *testing.T) {
	t.Parallel()
	const jwt = "eyJhbGciOiJSUzI1NiJ9.eyJvaWQiOiJDQU5BUlkifQ.Q0FOQVJZc2ln"
	for _, tc := range []struct{ text, want string }{
		{"Authorization: Bearer " + jwt, "Authorization: Bearer (hidden)"},
		{"token " + jwt + " here", "token (hidden) here"},
		{"GET https://a.blob.core.windows.net/c/x?sv=1&sig=CANARY%2Babc%3D&se=2", "GET https://a.blob.core.windows.net/c/x?sv=1&sig=(hidden)&se=2"},
		{"DefaultEndpointsProtocol=https;AccountKey=CANARY==;EndpointSuffix=x", "DefaultEndpointsProtocol=https;AccountKey=(hidden);EndpointSuffix=x"},
		{"AZURE_STORAGE_ACCOUNT_KEY=CANARY", "AZURE_STORAGE_ACCOUNT_KEY=(hidden)"},
		{"accountKey = 'CANARY'", "accountKey = '(hidden)'"},
		{"Authorization: SharedKey acct:CANARY=", "Authorization: SharedKey acct:(hidden)"},
		{"grant_type=x&client_secret=CANARY&y=1", "grant_type=x&client_secret=(hidden)&y=1"},
		{`{"access_token":"CANARY1234","expires_in":"3"}`, `{"access_token":"(hidden)","expires_in":"3"}`},
		{"client_assertion=CANARY12345&z=1", "client_assertion=(hidden)&z=1"},
		{"design=abcdefghijkl and --sig=0.05", "design=abcdefghijkl and --sig=0.05"},
		{"plain text", "plain text"},
	} {
		if got := secret.Redact(tc.text); got != tc.want {
			t.Errorf("%s\n got %s\nwant %s", tc.text, got, tc.want)
		}
	}
}

// TestWriter: a token that comes in pieces is hidden all the same.
func TestWriter(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	w := secret.NewWriter(&b)
	for _, c := range "line ?sig=CANARYCANARY end\nlast Bearer CANARYCANARY" {
		fmt.Fprint(w, string(c))
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(b.String(), "CANARY") || !strings.HasPrefix(b.String(), "line ?sig=(hidden) end\n") {
		t.Error(b.String())
	}
}
