package node

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// A round answers requests without a network.
type round func(*http.Request) (*http.Response, error)

func (f round) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// TestTokensShared: twenty processes of a node ask the identity endpoint once.
func TestTokensShared(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if status, out := w.node(t, t.TempDir(), "", "token"); status != 0 || strings.Contains(out, "eyJ") {
				t.Errorf("%d: %s", status, out)
			}
		})
	}
	wg.Wait()
	if n := w.asked.Load(); n != 1 {
		t.Errorf("%d calls", n)
	}
	files, err := filepath.Glob(filepath.Join(w.shared, "sluice/tokens", strconv.Itoa(os.Getuid()), "*.json"))
	if err != nil || len(files) != 1 {
		t.Fatal(files, err)
	}
	if info, err := os.Stat(files[0]); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

// imds is an identity endpoint with these statuses, and then 200.
func imds(calls *int, life string, statuses ...int) *http.Client {
	return &http.Client{Transport: round(func(r *http.Request) (*http.Response, error) {
		rec := &http.Response{StatusCode: 200, Header: http.Header{}, Request: r}
		text := `{"access_token":"token` + strconv.Itoa(*calls) + `","expires_in":"` + life + `"}`
		if *calls < len(statuses) {
			rec.StatusCode = statuses[*calls]
			text = `{"error":"invalid_request","error_description":"Identity not found"}`
		}
		*calls++
		rec.Body = http.NoBody
		rec.Body = readCloser{strings.NewReader(text)}
		return rec, nil
	})}
}

type readCloser struct{ *strings.Reader }

func (readCloser) Close() error { return nil }

// TestTokensRetry: what Azure says may pass is tried again, anything else not.
func TestTokensRetry(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		statuses []int
		calls    int
		class    string
	}{
		{nil, 1, ""},
		{[]int{404, 410, 429, 500, 503}, 6, ""},
		{[]int{400}, 1, ClassConfig},
		{[]int{403}, 1, ClassConfig},
		{[]int{500, 500, 500, 500, 500, 500, 500, 500}, 7, ClassInfra},
	} {
		calls := 0
		tokens := &Tokens{HTTP: imds(&calls, "3600", c.statuses...), Sleep: func(context.Context, time.Duration) error { return nil }}
		_, err := tokens.Get(context.Background(), "c-1", "https://storage.azure.com", "")
		var f *Fault
		class := ""
		if errors.As(err, &f) {
			class = f.Class
		}
		if calls != c.calls || class != c.class {
			t.Errorf("%v: %d calls, %v", c.statuses, calls, err)
		}
	}
}

// TestTokensFor30Days: with tokens of an hour there is always a good one, and
// none is asked for more often than at half of its life; while the endpoint
// fails the old one serves.
func TestTokensFor30Days(t *testing.T) {
	t.Parallel()
	calls, now := 0, time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	tokens := &Tokens{Dir: t.TempDir(), HTTP: imds(&calls, "3600"), Now: func() time.Time { return now }, Sleep: func(context.Context, time.Duration) error { return nil }}
	const steps = 30 * 24 * 12
	for range steps {
		if _, err := tokens.Get(context.Background(), "c-1", "a", ""); err != nil {
			t.Fatal(err)
		}
		k := tokens.have[keyOf("c-1", "a")]
		if !now.Before(k.Expires) {
			t.Fatalf("at %s an old token", now)
		}
		now = now.Add(5 * time.Minute)
	}
	if calls < 30*24 || calls > 3*30*24 {
		t.Errorf("%d calls", calls)
	}
	failing := 0
	tokens.HTTP = imds(&failing, "3600", 500, 500, 500, 500, 500, 500, 500)
	tokens.have = map[string]kept{keyOf("c-1", "a"): {}}
	k := kept{Token: "old", Refresh: now.Add(-time.Minute), Expires: now.Add(20 * time.Minute)}
	writeKept(tokens.file(keyOf("c-1", "a")), k)
	if got, err := tokens.Get(context.Background(), "c-1", "a", ""); got != "old" || err != nil || failing == 0 {
		t.Errorf("%s, %v", got, err)
	}
}

// TestRenewed: a token that is refused is replaced once, by all processes.
func TestRenewed(t *testing.T) {
	t.Parallel()
	calls := 0
	tokens := &Tokens{Dir: t.TempDir(), HTTP: imds(&calls, "3600")}
	first, err := tokens.Get(context.Background(), "c-1", "a", "")
	if err != nil {
		t.Fatal(err)
	}
	second, err := tokens.Get(context.Background(), "c-1", "a", first)
	if err != nil || second == first || calls != 2 {
		t.Errorf("%s, %v, %d", second, err, calls)
	}
	other := &Tokens{Dir: tokens.Dir, HTTP: imds(&calls, "3600")}
	if got, err := other.Get(context.Background(), "c-1", "a", first); got != second || err != nil || calls != 2 {
		t.Errorf("%s, %v, %d", got, err, calls)
	}
}
