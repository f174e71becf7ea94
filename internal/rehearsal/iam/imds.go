package iam

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"sluice/internal/rehearsal/state"
)

// A Machine is who asks an identity endpoint: the head, or a node.
type Machine struct {
	// Identities are the user-assigned ones at this moment; the system-assigned one is System.
	Identities func() []Principal
	System     *Principal
	Compute    Compute
}

// Compute is what the instance metadata says of a machine.
type Compute struct {
	Name              string `json:"name"`
	Location          string `json:"location"`
	ResourceGroupName string `json:"resourceGroupName"`
	SubscriptionID    string `json:"subscriptionId"`
	ResourceID        string `json:"resourceId"`
	VMID              string `json:"vmId"`
	VMSize            string `json:"vmSize"`
	Environment       string `json:"azEnvironment"`
	OSType            string `json:"osType"`
	Tags              string `json:"tags"`
}

// IMDS is the instance metadata service as machine m has it, below
// /metadata/, with the identity endpoint.
func (s *Store) IMDS(m Machine) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		switch {
		case !strings.EqualFold(r.Header.Get("Metadata"), "true"):
			metadataError(w, http.StatusBadRequest, "invalid_request", "Required metadata header not specified")
		case r.Header.Get("X-Forwarded-For") != "":
			metadataError(w, http.StatusBadRequest, "invalid_request", "Request contains a X-Forwarded-For header")
		case r.Method != http.MethodGet:
			metadataError(w, http.StatusMethodNotAllowed, "method_not_allowed", "The method is not allowed: "+r.Method)
		case q.Get("api-version") == "":
			metadataError(w, http.StatusBadRequest, "bad_request_102", "Required query variable 'api-version' is missing")
		case r.URL.Path == "/metadata/identity/oauth2/token":
			s.identityToken(w, q, m)
		case r.URL.Path == "/metadata/instance" || r.URL.Path == "/metadata/instance/":
			reply(w, http.StatusOK, map[string]any{"compute": m.compute()})
		case r.URL.Path == "/metadata/instance/compute" || r.URL.Path == "/metadata/instance/compute/":
			reply(w, http.StatusOK, m.compute())
		case strings.HasPrefix(r.URL.Path, "/metadata/instance/compute/"):
			m.leaf(w, strings.TrimPrefix(r.URL.Path, "/metadata/instance/compute/"))
		default:
			metadataError(w, http.StatusNotFound, "not_found", "The requested path was not found: "+r.URL.Path)
		}
	})
}

// leaf gives one field of compute as text, as `?format=text` does.
func (m *Machine) leaf(w http.ResponseWriter, name string) {
	data, err := json.Marshal(m.compute())
	var fields map[string]string
	if err == nil {
		err = json.Unmarshal(data, &fields)
	}
	value, ok := fields[name]
	if err != nil || !ok {
		metadataError(w, http.StatusNotFound, "not_found", "The requested path was not found: "+name)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Write([]byte(value)) // the caller is gone if this fails
}

func (m *Machine) compute() Compute {
	c := m.Compute
	if c.Environment == "" {
		c.Environment = "AzurePublicCloud"
	}
	if c.OSType == "" {
		c.OSType = "Linux"
	}
	return c
}

func (s *Store) identityToken(w http.ResponseWriter, q url.Values, m Machine) {
	resource := q.Get("resource")
	if resource == "" {
		metadataError(w, http.StatusBadRequest, "invalid_request", "Required audience parameter not specified")
		return
	}
	p, why := m.choose(q)
	if why != "" {
		metadataError(w, http.StatusBadRequest, "invalid_request", why)
		return
	}
	if !s.resource(resource) {
		metadataError(w, http.StatusBadRequest, "invalid_resource", unknownResource(resource, s.st.Tenant))
		return
	}
	token, expires := s.Mint(p, resource)
	now := s.clock.Now()
	reply(w, http.StatusOK, map[string]string{
		"access_token": token, "client_id": p.ClientID, "resource": resource, "token_type": "Bearer",
		"expires_in": seconds(expires.Sub(now)), "ext_expires_in": seconds(expires.Sub(now)),
		"expires_on": strconv.FormatInt(expires.Unix(), 10), "not_before": strconv.FormatInt(now.Add(-5*time.Minute).Unix(), 10),
	})
}

func seconds(d time.Duration) string { return strconv.FormatInt(int64(d/time.Second), 10) }

// selectors are what a caller can name an identity by.
var selectors = []string{"client_id", "object_id", "principal_id", "msi_res_id", "mi_res_id"}

// choose finds the identity that a query asks for. Without a selector that is
// the system-assigned one, or else the only one.
func (m *Machine) choose(q url.Values) (p Principal, why string) {
	var assigned []Principal
	if m.Identities != nil {
		assigned = m.Identities()
	}
	everyone := assigned
	if m.System != nil {
		everyone = append(slices.Clone(assigned), *m.System)
	}
	for _, name := range selectors {
		id := q.Get(name)
		if id == "" {
			continue
		}
		i := slices.IndexFunc(everyone, func(p Principal) bool {
			switch name {
			case "client_id":
				return strings.EqualFold(p.ClientID, id)
			case "object_id", "principal_id":
				return strings.EqualFold(p.ObjectID, id)
			}
			return strings.EqualFold(p.ResourceID, strings.TrimRight(id, "/"))
		})
		if i < 0 {
			return p, "Identity not found"
		}
		return everyone[i], ""
	}
	switch {
	case m.System != nil:
		return *m.System, ""
	case len(assigned) == 1:
		return assigned[0], ""
	case len(assigned) > 1:
		return p, "Multiple user assigned identities exist, please specify the clientId / resourceId of the identity in the token request"
	}
	return p, "Identity not found"
}

// resources are those for which Entra gives tokens here.
var resources = []string{
	"https://management.azure.com", "https://management.core.windows.net", "https://batch.core.windows.net", "https://storage.azure.com",
	"https://vault.azure.net", "https://containerregistry.azure.net", "https://graph.microsoft.com",
}

func (s *Store) resource(audience string) bool {
	if sameAudience(audience, resources) {
		return true
	}
	u, err := url.Parse(audience)
	if err != nil || u.Scheme != "https" {
		return false
	}
	account, ok := strings.CutSuffix(u.Host, ".blob.core.windows.net")
	return ok && slices.ContainsFunc(s.st.Storage, func(a state.StorageAccount) bool { return a.Name == account })
}

func unknownResource(resource, tenant string) string {
	return "AADSTS500011: The resource principal named " + resource + " was not found in the tenant named " + tenant + "."
}

func metadataError(w http.ResponseWriter, status int, code, text string) {
	reply(w, status, map[string]string{"error": code, "error_description": text})
}

func reply(w http.ResponseWriter, status int, body any) {
	data, err := json.Marshal(body)
	if err != nil {
		panic("internal error: reply: " + err.Error())
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	w.Write(data) // the caller is gone if this fails
}

// AppService is the identity endpoint of an App Service, which clients use
// when IDENTITY_ENDPOINT and IDENTITY_HEADER are set.
func (s *Store) AppService(m Machine, header string) http.Handler {
	fail := func(w http.ResponseWriter, status int, text string) {
		reply(w, status, map[string]any{"statusCode": status, "message": text, "correlationId": "00000000-0000-0000-0000-000000000000"})
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		resource := q.Get("resource")
		p, why := m.choose(q)
		switch {
		case r.Header.Get("X-IDENTITY-HEADER") != header:
			fail(w, http.StatusUnauthorized, "The X-IDENTITY-HEADER is not that of this machine")
		case q.Get("api-version") != "2019-08-01":
			fail(w, http.StatusBadRequest, "api-version 2019-08-01 is understood")
		case resource == "" || !s.resource(resource):
			fail(w, http.StatusBadRequest, unknownResource(resource, s.st.Tenant))
		case why != "":
			fail(w, http.StatusBadRequest, "No User Assigned or Delegated Managed Identity found for specified ClientId/ResourceId/PrincipalId. "+why)
		default:
			token, expires := s.Mint(p, resource)
			reply(w, http.StatusOK, map[string]string{
				"access_token": token, "client_id": p.ClientID, "expires_on": strconv.FormatInt(expires.Unix(), 10), "resource": resource, "token_type": "Bearer",
			})
		}
	})
}
