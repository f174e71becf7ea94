package vault

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"

	"sluice/internal/rehearsal/iam"
	"sluice/internal/rehearsal/state"
)

func TestVault(t *testing.T) {
	t.Parallel()
	st := &state.State{
		Identities: []state.Identity{{Name: "worker"}, {Name: "nobody"}},
		Vaults:     []state.Vault{{Name: "safe", Secrets: map[string]string{"TOKEN": "canary"}}},
		Grants:     []state.Grant{{Identity: "worker", Role: "Key Vault Secrets User", Scope: "vault:safe"}},
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
	token := func(who, audience string) string {
		p, ok := roles.Principal(who)
		if !ok {
			t.Fatalf("no identity %s", who)
		}
		token, _ := roles.Mint(p, audience)
		return token
	}
	const audience, version = "https://vault.azure.net", "?api-version=7.4"
	for _, c := range []struct {
		url, token  string
		status      int
		code, inner string
	}{
		{"https://safe.vault.azure.net/secrets/TOKEN" + version, "", 401, "Unauthorized", ""},
		{"https://safe.vault.azure.net/secrets/TOKEN" + version, token("worker", "https://storage.azure.com"), 401, "Unauthorized", ""},
		{"https://safe.vault.azure.net/secrets/TOKEN" + version, token("nobody", audience), 403, "Forbidden", "ForbiddenByRbac"},
		{"https://safe.vault.azure.net/secrets/NONE" + version, token("nobody", audience), 403, "Forbidden", "ForbiddenByRbac"},
		{"https://safe.vault.azure.net/secrets/NONE" + version, token("worker", audience), 404, "SecretNotFound", ""},
		{"https://safe.vault.azure.net/secrets/TOKEN/0123" + version, token("worker", audience), 404, "SecretNotFound", ""},
		{"https://safe.vault.azure.net/secrets/TOKEN", token("worker", audience), 400, "BadParameter", ""},
		{"https://none.vault.azure.net/secrets/TOKEN" + version, token("worker", audience), 404, "VaultNotFound", ""},
		{"https://safe.vault.azure.net/secrets/token" + version, token("worker", audience), 200, "", ""},
		{"https://safe.vault.azure.net/secrets/TOKEN/" + version, token("worker", audience), 200, "", ""},
		{"https://safe.vault.azure.net/secrets" + version, token("worker", audience), 200, "", ""},
	} {
		r := httptest.NewRequest("GET", c.url, nil)
		if c.token != "" {
			r.Header.Set("Authorization", "Bearer "+c.token)
		}
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		var body struct {
			Value any
			ID    string
			Error struct {
				Code       string
				Innererror struct{ Code string }
			}
		}
		if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil {
			t.Fatal(err)
		}
		if w.Code != c.status || body.Error.Code != c.code || body.Error.Innererror.Code != c.inner {
			t.Errorf("%s: %d %+v, want %d %s %s", c.url, w.Code, body.Error, c.status, c.code, c.inner)
		}
		if c.status == 401 && !strings.Contains(w.Header().Get("WWW-Authenticate"), `resource="https://vault.azure.net"`) {
			t.Errorf("challenge is %q", w.Header().Get("WWW-Authenticate"))
		}
		if strings.Contains(c.url, "TOKEN/?") && (body.Value != "canary" || !strings.HasPrefix(body.ID, "https://safe.vault.azure.net/secrets/TOKEN/")) {
			t.Errorf("%s gives %v of %s", c.url, body.Value, body.ID)
		}
	}
}
