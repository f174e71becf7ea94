package iam

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

const assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

// Entra is what of login.microsoftonline.com a client with a federated token
// asks. Client secrets are refused: a rehearsal has none.
func (s *Store) Entra() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/common/discovery/instance" {
			s.instance(w)
			return
		}
		tenant, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
		if !strings.EqualFold(tenant, s.st.Tenant) && tenant != "common" && tenant != "organizations" {
			entraError(w, s.clock.Now(), http.StatusBadRequest, "invalid_request", 90002, "Tenant '"+tenant+"' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud.")
			return
		}
		switch rest {
		case "v2.0/.well-known/openid-configuration", ".well-known/openid-configuration":
			s.openid(w, tenant)
		case "discovery/v2.0/keys", "discovery/keys":
			reply(w, http.StatusOK, map[string]any{"keys": []any{}}) // our signatures are symmetric
		case "oauth2/v2.0/token", "oauth2/token":
			s.exchange(w, r)
		default:
			entraError(w, s.clock.Now(), http.StatusNotFound, "invalid_request", 90014, "There is nothing at "+r.URL.Path+".")
		}
	})
}

func (s *Store) instance(w http.ResponseWriter) {
	const host = "login.microsoftonline.com"
	reply(w, http.StatusOK, map[string]any{
		"tenant_discovery_endpoint": "https://" + host + "/" + s.st.Tenant + "/v2.0/.well-known/openid-configuration",
		"api-version":               "1.1",
		"metadata": []any{map[string]any{
			"preferred_network": host, "preferred_cache": "login.windows.net", "aliases": []string{host, "login.windows.net", "login.microsoft.com", "sts.windows.net"},
		}},
	})
}

func (s *Store) openid(w http.ResponseWriter, tenant string) {
	base := "https://login.microsoftonline.com/" + tenant
	reply(w, http.StatusOK, map[string]any{
		"authorization_endpoint": base + "/oauth2/v2.0/authorize", "token_endpoint": base + "/oauth2/v2.0/token",
		"jwks_uri": base + "/discovery/v2.0/keys", "issuer": "https://login.microsoftonline.com/" + s.st.Tenant + "/v2.0",
		"token_endpoint_auth_methods_supported": []string{"private_key_jwt"}, "response_types_supported": []string{"token"},
		"subject_types_supported": []string{"pairwise"}, "id_token_signing_alg_values_supported": []string{"RS256"},
		"tenant_region_scope": "EU", "cloud_instance_name": "microsoftonline.com",
	})
}

// exchange gives a token for an assertion that we signed.
func (s *Store) exchange(w http.ResponseWriter, r *http.Request) {
	now := s.clock.Now()
	fail := func(status int, code string, number int, text string) { entraError(w, now, status, code, number, text) }
	if err := r.ParseForm(); err != nil || r.Method != http.MethodPost {
		fail(http.StatusBadRequest, "invalid_request", 900144, "The request body must be a form.")
		return
	}
	f := r.PostForm
	id := f.Get("client_id")
	p, known := s.client(id)
	switch {
	case f.Get("grant_type") != "client_credentials":
		fail(http.StatusBadRequest, "unsupported_grant_type", 70003, "The app requested an unsupported grant type '"+f.Get("grant_type")+"'.")
	case !known:
		fail(http.StatusBadRequest, "unauthorized_client", 700016, "Application with identifier '"+id+"' was not found in the directory '"+s.st.Tenant+"'.")
	case f.Get("client_secret") != "":
		fail(http.StatusUnauthorized, "invalid_client", 7000215, "Invalid client secret provided. A rehearsal has no client secrets.")
	case f.Get("client_assertion_type") != assertionType:
		fail(http.StatusUnauthorized, "invalid_client", 7000218, "The request body must contain the following parameter: 'client_assertion'.")
	default:
		c, denied := s.verify(f.Get("client_assertion"))
		if denied != nil || c.Audience != Exchange || !strings.EqualFold(c.AppID, p.ClientID) {
			fail(http.StatusUnauthorized, "invalid_client", 700213, "No matching federated identity record found for the presented assertion.")
			return
		}
		s.grantToken(w, p, f.Get("scope"), f.Get("resource"), now)
	}
}

func (s *Store) grantToken(w http.ResponseWriter, p Principal, scope, resource string, now time.Time) {
	if resource == "" {
		for word := range strings.FieldsSeq(scope) {
			if r, ok := strings.CutSuffix(word, "/.default"); ok {
				resource = r
			}
		}
	}
	if !s.resource(resource) {
		entraError(w, now, http.StatusBadRequest, "invalid_resource", 500011, strings.TrimPrefix(unknownResource(resource, s.st.Tenant), "AADSTS500011: "))
		return
	}
	token, expires := s.Mint(p, resource)
	life := int(expires.Sub(now) / time.Second)
	reply(w, http.StatusOK, map[string]any{"token_type": "Bearer", "expires_in": life, "ext_expires_in": life, "access_token": token})
}

func (s *Store) client(id string) (Principal, bool) {
	for _, p := range s.principals {
		if strings.EqualFold(p.ClientID, id) {
			return p, true
		}
	}
	return Principal{}, false
}

func entraError(w http.ResponseWriter, now time.Time, status int, code string, number int, text string) {
	reply(w, status, map[string]any{
		"error": code, "error_description": "AADSTS" + strconv.Itoa(number) + ": " + text, "error_codes": []int{number},
		"timestamp": now.UTC().Format("2006-01-02 15:04:05Z"), "trace_id": "00000000-0000-0000-0000-000000000000", "correlation_id": "00000000-0000-0000-0000-000000000000",
	})
}
