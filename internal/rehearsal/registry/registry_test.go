package registry

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"sluice/internal/rehearsal/iam"
	"sluice/internal/rehearsal/state"
)

func newService(t *testing.T) (*Service, *iam.Store) {
	t.Helper()
	st := &state.State{
		Identities: []state.Identity{{Name: "worker"}, {Name: "nobody"}},
		Registries: []state.Registry{{Name: "images", Images: []string{"tools/samtools:1.21", "anything/*", "images.azurecr.io/full:2"}}},
		Grants:     []state.Grant{{Identity: "worker", Role: "AcrPull", Scope: "registry:images"}},
	}
	st.Complete()
	roles, err := iam.New(iam.Options{State: st})
	if err != nil {
		t.Fatal(err)
	}
	s, err := New(Options{State: st, Authority: roles, Clock: iam.NewClock(1)})
	if err != nil {
		t.Fatal(err)
	}
	return s, roles
}

func call(t *testing.T, s *Service, method, path, token string, form url.Values) (*http.Response, map[string]any) {
	t.Helper()
	r := httptest.NewRequest(method, "https://images.azurecr.io"+path, strings.NewReader(form.Encode()))
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	var body map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil {
		t.Fatalf("%s %s: %v: %s", method, path, err, w.Body)
	}
	return w.Result(), body
}

func login(t *testing.T, s *Service, roles *iam.Store, who, repository string) string {
	t.Helper()
	p, ok := roles.Principal(who)
	if !ok {
		t.Fatalf("no identity %s", who)
	}
	entra, _ := roles.Mint(p, "https://management.azure.com/")
	resp, body := call(t, s, "POST", "/oauth2/exchange", "", url.Values{"grant_type": {"access_token"}, "service": {"images.azurecr.io"}, "access_token": {entra}})
	if resp.StatusCode != 200 {
		t.Fatalf("exchange: %d %v", resp.StatusCode, body)
	}
	resp, body = call(t, s, "POST", "/oauth2/token", "", url.Values{"grant_type": {"refresh_token"}, "service": {"images.azurecr.io"}, "refresh_token": {body["refresh_token"].(string)}, "scope": {"repository:" + repository + ":pull"}})
	if resp.StatusCode != 200 {
		t.Fatalf("token: %d %v", resp.StatusCode, body)
	}
	return body["access_token"].(string)
}

func TestPullByHTTP(t *testing.T) {
	t.Parallel()
	s, roles := newService(t)
	resp, _ := call(t, s, "GET", "/v2/", "", nil)
	if resp.StatusCode != 401 || !strings.Contains(resp.Header.Get("WWW-Authenticate"), `realm="https://images.azurecr.io/oauth2/token"`) {
		t.Errorf("without a token: %d %q", resp.StatusCode, resp.Header.Get("WWW-Authenticate"))
	}
	token := login(t, s, roles, "worker", "tools/samtools")
	for _, c := range []struct {
		path, token string
		status      int
		code        string
	}{
		{"/v2/tools/samtools/manifests/1.21", token, 200, ""},
		{"/v2/tools/samtools/manifests/9", token, 404, "MANIFEST_UNKNOWN"},
		{"/v2/anything/a/manifests/1", token, 401, "UNAUTHORIZED"}, // not asked for
		{"/v2/anything/a/b/manifests/1", login(t, s, roles, "worker", "anything/a/b"), 200, ""},
		{"/v2/none/manifests/1", login(t, s, roles, "worker", "none"), 404, "NAME_UNKNOWN"},
		{"/v2/tools/samtools/manifests/1.21", login(t, s, roles, "nobody", "tools/samtools"), 401, "UNAUTHORIZED"},
		{"/v2/tools/samtools/manifests/1.21", strings.Split(login(t, s, roles, "nobody", "tools/samtools"), "~")[0] + "~0", 401, "UNAUTHORIZED"},
		{"/v2/tools/samtools/manifests/1.21", "forged", 401, "UNAUTHORIZED"},
	} {
		resp, body := call(t, s, "GET", c.path, c.token, nil)
		code := ""
		if list, ok := body["errors"].([]any); ok {
			code = list[0].(map[string]any)["code"].(string)
		}
		if resp.StatusCode != c.status || code != c.code {
			t.Errorf("%s: %d %s, want %d %s", c.path, resp.StatusCode, code, c.status, c.code)
		}
	}
	resp, _ = call(t, s, "POST", "/oauth2/exchange", "", url.Values{"grant_type": {"access_token"}, "service": {"images.azurecr.io"}, "access_token": {"forged"}})
	if resp.StatusCode != 401 {
		t.Errorf("exchange of a forged token: %d", resp.StatusCode)
	}
}

func TestPull(t *testing.T) {
	t.Parallel()
	s, roles := newService(t)
	for _, c := range []struct{ who, image, code string }{
		{"worker", "images.azurecr.io/tools/samtools:1.21", ""},
		{"worker", "images.azurecr.io/full:2", ""},
		{"worker", "images.azurecr.io/tools/samtools@sha256:00", ""},
		{"worker", "images.azurecr.io/tools/samtools", "MANIFEST_UNKNOWN"},
		{"worker", "images.azurecr.io/other:1", "NAME_UNKNOWN"},
		{"worker", "elsewhere.azurecr.io/other:1", "NAME_UNKNOWN"},
		{"nobody", "images.azurecr.io/tools/samtools:1.21", "UNAUTHORIZED"},
		{"nobody", "quay.io/biocontainers/samtools:1", ""},
		{"nobody", "ubuntu:24.04", ""},
	} {
		p, _ := roles.Principal(c.who)
		err := s.Pull(p, c.image)
		var e *Error
		if errors.As(err, &e); c.code == "" && err != nil || c.code != "" && (e == nil || e.Code != c.code || e.Denied() != (c.code == "UNAUTHORIZED")) {
			t.Errorf("%s pulls %s: %v, want %q", c.who, c.image, err, c.code)
		}
	}
}
