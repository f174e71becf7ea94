package vault

import (
	"crypto/md5"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"sluice/internal/rehearsal/iam"
	"sluice/internal/rehearsal/state"
)

// listSecrets is what listing names takes.
const listSecrets = "Microsoft.KeyVault/vaults/secrets/readMetadata/action"

// Options of New; all must be set.
type Options struct {
	State     *state.State
	Authority iam.Authority
	Clock     iam.Clock
}

// Service is all vaults; the first label of the host says which.
type Service struct {
	o        Options
	vaults   map[string]state.Vault
	start    time.Time
	requests atomic.Uint64
}

// New makes the vaults of the state.
func New(o Options) (*Service, error) {
	if o.State == nil || o.Authority == nil || o.Clock == nil {
		return nil, errors.New("internal error: vault.Options needs State, Authority and Clock")
	}
	s := &Service{o: o, vaults: map[string]state.Vault{}, start: o.Clock.Now()}
	for _, v := range o.State.Vaults {
		name := strings.ToLower(v.Name)
		if _, twice := s.vaults[name]; twice {
			return nil, fmt.Errorf("key vault %s is declared twice", v.Name)
		}
		s.vaults[name] = v
	}
	return s, nil
}

// Has says whether there is a vault of this name.
func (s *Service) Has(name string) bool { _, ok := s.vaults[strings.ToLower(name)]; return ok }

// ServeHTTP answers GET /secrets, /secrets/<name> and /secrets/<name>/<version>.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("x-ms-request-id", fmt.Sprintf("00000000-0000-4000-9000-%012x", s.requests.Add(1)))
	w.Header().Set("x-ms-keyvault-region", s.o.State.Location)
	host := r.Host
	if host == "" {
		host = r.URL.Host
	}
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	label, suffix, _ := strings.Cut(host, ".")
	vault, ok := s.vaults[strings.ToLower(label)]
	if !ok {
		refuse(w, http.StatusNotFound, "VaultNotFound", "", "There is no key vault "+label+".")
		return
	}
	audience := "https://" + suffix
	caller, denied := s.o.Authority.Authenticate(r, audience)
	if denied != nil {
		w.Header().Set("WWW-Authenticate", fmt.Sprintf(`Bearer authorization="https://login.microsoftonline.com/%s", resource="%s"`, s.o.State.Tenant, audience))
		text := "AKV10000: Request is missing a Bearer or PoP token."
		if r.Header.Get("Authorization") != "" {
			text = "AKV10022: " + denied.Message
		}
		refuse(w, http.StatusUnauthorized, "Unauthorized", "", text)
		return
	}
	if r.URL.Query().Get("api-version") == "" {
		refuse(w, http.StatusBadRequest, "BadParameter", "", "api-version must be specified.")
		return
	}
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	if parts[0] != "secrets" || len(parts) > 3 {
		refuse(w, http.StatusNotFound, "NotFound", "", "The rehearsal's key vaults have secrets only.")
		return
	}
	if r.Method != http.MethodGet {
		refuse(w, http.StatusMethodNotAllowed, "MethodNotAllowed", "", "Secrets of a rehearsal come from its state file; they cannot be changed.")
		return
	}
	if len(parts) == 1 {
		s.list(w, vault, host, caller)
		return
	}
	s.get(w, vault, host, caller, parts[1:])
}

func (s *Service) forbidden(w http.ResponseWriter, caller iam.Principal, action, scope string) bool {
	if s.o.Authority.Allow(caller, action, true, scope) {
		return false
	}
	refuse(w, http.StatusForbidden, "Forbidden", "ForbiddenByRbac", fmt.Sprintf(
		"Caller is not authorized to perform action on resource.\r\nIf role assignments, deny assignments or role definitions were changed recently, please observe propagation time.\r\nCaller: appid=%s;oid=%s\r\nAction: '%s'\r\nResource: '%s'\r\nAssignment: (not found)",
		caller.ClientID, caller.ObjectID, action, strings.ToLower(scope)))
	return true
}

func (s *Service) get(w http.ResponseWriter, vault state.Vault, host string, caller iam.Principal, parts []string) {
	name := parts[0]
	if s.forbidden(w, caller, iam.ReadSecret, s.o.State.VaultID(vault.Name)+"/secrets/"+name) {
		return
	}
	// Names of secrets do not care for case.
	for _, have := range slices.Sorted(maps.Keys(vault.Secrets)) {
		if !strings.EqualFold(have, name) {
			continue
		}
		version := fmt.Sprintf("%x", md5.Sum([]byte(vault.Name+"/"+have)))
		if len(parts) == 2 && parts[1] != "" && parts[1] != version {
			break
		}
		reply(w, http.StatusOK, map[string]any{
			"value": vault.Secrets[have], "id": "https://" + host + "/secrets/" + have + "/" + version,
			"attributes": map[string]any{"enabled": true, "created": s.start.Unix(), "updated": s.start.Unix(), "recoveryLevel": "Recoverable+Purgeable", "recoverableDays": 90},
			"tags":       map[string]string{},
		})
		return
	}
	refuse(w, http.StatusNotFound, "SecretNotFound", "", fmt.Sprintf(
		"A secret with (name/id) %s was not found in this key vault. If you recently deleted this secret you may be able to recover it using the correct recovery command.", strings.Join(parts, "/")))
}

func (s *Service) list(w http.ResponseWriter, vault state.Vault, host string, caller iam.Principal) {
	if s.forbidden(w, caller, listSecrets, s.o.State.VaultID(vault.Name)) {
		return
	}
	rows := []map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(vault.Secrets)) {
		rows = append(rows, map[string]any{"id": "https://" + host + "/secrets/" + name, "attributes": map[string]any{"enabled": true}})
	}
	reply(w, http.StatusOK, map[string]any{"value": rows, "nextLink": nil})
}

func refuse(w http.ResponseWriter, status int, code, inner, message string) {
	e := map[string]any{"code": code, "message": message}
	if inner != "" {
		e["innererror"] = map[string]string{"code": inner}
	}
	reply(w, status, map[string]any{"error": e})
}

func reply(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	// Who has gone needs no answer; the body can always be written as JSON.
	_ = json.NewEncoder(w).Encode(body)
}
