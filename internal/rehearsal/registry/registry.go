package registry

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"

	"sluice/internal/rehearsal/iam"
	"sluice/internal/rehearsal/state"
)

// Options of New; all must be set.
type Options struct {
	State     *state.State
	Authority iam.Authority
	Clock     iam.Clock
}

// Service is all registries; the first label of the host says which.
type Service struct {
	o          Options
	registries map[string]state.Registry

	mu     sync.Mutex
	grants map[string][]string // repositories that a token of ours covers
}

// New makes the registries of the state.
func New(o Options) (*Service, error) {
	if o.State == nil || o.Authority == nil || o.Clock == nil {
		return nil, errors.New("internal error: registry.Options needs State, Authority and Clock")
	}
	s := &Service{o: o, registries: map[string]state.Registry{}, grants: map[string][]string{}}
	for _, r := range o.State.Registries {
		name := strings.ToLower(r.Name)
		if _, twice := s.registries[name]; twice {
			return nil, fmt.Errorf("container registry %s is declared twice", r.Name)
		}
		s.registries[name] = r
	}
	return s, nil
}

// Has says whether there is a registry of this name.
func (s *Service) Has(name string) bool { _, ok := s.registries[strings.ToLower(name)]; return ok }

// Error is why an image cannot be pulled.
type Error struct {
	Status        int
	Code, Message string // UNAUTHORIZED, MANIFEST_UNKNOWN, NAME_UNKNOWN
	details       any
}

func (e *Error) Error() string { return e.Code + ": " + e.Message }

// Denied says that the identity lacks the role, rather than that there is no image.
func (e *Error) Denied() bool {
	return e.Status == http.StatusUnauthorized || e.Status == http.StatusForbidden
}

// Pull says whether p may pull an image, whose name begins with the registry's
// host. Registries elsewhere are not ours to judge: nil.
func (s *Service) Pull(p iam.Principal, image string) error {
	host, rest, found := strings.Cut(image, "/")
	label, suffix, _ := strings.Cut(host, ".")
	if !found || !strings.HasPrefix(suffix, "azurecr.") {
		return nil
	}
	r, ok := s.registries[strings.ToLower(label)]
	if !ok {
		return &Error{Status: http.StatusNotFound, Code: "NAME_UNKNOWN", Message: "there is no registry " + host}
	}
	repository, reference := splitImage(rest)
	if !s.allowed(p, r, repository) {
		return unauthorized(repository)
	}
	return r2error(manifest(r, repository, reference))
}

// r2error keeps a nil *Error from becoming an error.
func r2error(e *Error) error {
	if e == nil {
		return nil
	}
	return e
}

// splitImage takes tag or digest off.
func splitImage(rest string) (repository, reference string) {
	if name, digest, ok := strings.Cut(rest, "@"); ok {
		name, _, _ = strings.Cut(name, ":")
		return name, digest
	}
	name, tag, ok := strings.Cut(rest, ":")
	if !ok {
		tag = "latest"
	}
	return name, tag
}

// contentRead is what registries with permissions of repositories ask for.
const contentRead = "Microsoft.ContainerRegistry/registries/repositories/content/read"

func (s *Service) allowed(p iam.Principal, r state.Registry, repository string) bool {
	id := s.o.State.RegistryID(r.Name)
	return s.o.Authority.Allow(p, iam.PullImage, false, id) || s.o.Authority.Allow(p, contentRead, true, id+"/repositories/"+repository)
}

func unauthorized(repository string) *Error {
	return &Error{
		Status: http.StatusUnauthorized, Code: "UNAUTHORIZED", Message: "authentication required, visit https://aka.ms/acr/authorization for more information.",
		details: []map[string]string{{"Type": "repository", "Name": repository, "Action": "pull"}},
	}
}

// manifest says whether the registry has an image.
func manifest(r state.Registry, repository, reference string) *Error {
	known := false
	for _, image := range r.Images {
		if host, rest, ok := strings.Cut(image, "/"); ok && strings.Contains(host, ".azurecr.") {
			image = rest // said in full
		}
		name, tag := splitImage(image)
		if strings.HasSuffix(image, "*") && !strings.Contains(image, ":") {
			tag = "*" // stands for names and tags
		}
		if ok, err := path.Match(name, repository); err != nil || !ok && !wide(name, repository) {
			continue
		}
		known = true
		if ok, err := path.Match(tag, reference); err == nil && ok || strings.HasPrefix(reference, "sha256:") {
			return nil
		}
	}
	if !known {
		return &Error{Status: http.StatusNotFound, Code: "NAME_UNKNOWN", Message: "repository " + repository + " is not found", details: map[string]string{"name": repository}}
	}
	return &Error{Status: http.StatusNotFound, Code: "MANIFEST_UNKNOWN", Message: "manifest tagged by \"" + reference + "\" is not found", details: map[string]string{"Tag": reference}}
}

// wide: a name that ends in `*` stands for all that begin so, slashes too.
func wide(pattern, name string) bool {
	head, ok := strings.CutSuffix(pattern, "*")
	return ok && strings.HasPrefix(name, head)
}

// ServeHTTP answers the calls of a client that pulls.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	host := r.Host
	if host == "" {
		host = r.URL.Host
	}
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	label, _, _ := strings.Cut(host, ".")
	registry, ok := s.registries[strings.ToLower(label)]
	w.Header().Set("Docker-Distribution-Api-Version", "registry/2.0")
	if !ok {
		refuse(w, &Error{Status: http.StatusNotFound, Code: "NAME_UNKNOWN", Message: "there is no registry " + host})
		return
	}
	switch {
	case r.Method == http.MethodPost && r.URL.Path == "/oauth2/exchange":
		s.exchange(w, r, host)
	case r.Method == http.MethodPost && r.URL.Path == "/oauth2/token":
		s.token(w, r, host, registry)
	case (r.Method == http.MethodGet || r.Method == http.MethodHead) && strings.HasPrefix(r.URL.Path, "/v2/"):
		s.pull(w, r, host, registry)
	default:
		refuse(w, &Error{Status: http.StatusNotFound, Code: "UNSUPPORTED", Message: "the rehearsal's registries have no " + r.Method + " " + r.URL.Path})
	}
}

// bearer is a request that carries a token, as Authenticate wants it.
func bearer(token string) *http.Request {
	return &http.Request{Method: http.MethodGet, Header: http.Header{"Authorization": {"Bearer " + token}}}
}

func denied(d *iam.Denied) *Error {
	return &Error{Status: http.StatusUnauthorized, Code: "UNAUTHORIZED", Message: d.Message}
}

// refresh is the audience of refresh tokens.
func refresh(host string) string { return "https://" + host + "/oauth2/token" }

// exchange gives a refresh token for a token of Entra.
func (s *Service) exchange(w http.ResponseWriter, r *http.Request, host string) {
	if err := r.ParseForm(); err != nil || r.PostForm.Get("grant_type") != "access_token" || r.PostForm.Get("service") != host {
		refuse(w, &Error{Status: http.StatusBadRequest, Code: "INVALID_REQUEST", Message: "grant_type must be access_token, service " + host})
		return
	}
	p, d := s.o.Authority.Authenticate(bearer(r.PostForm.Get("access_token")), "https://management.azure.com", "https://containerregistry.azure.net",
		"https://management.usgovcloudapi.net", "https://management.chinacloudapi.cn")
	if d != nil {
		refuse(w, denied(d))
		return
	}
	token, _ := s.o.Authority.Mint(p, refresh(host))
	reply(w, http.StatusOK, map[string]string{"refresh_token": token})
}

// token gives an access token for what the caller may do of what it asks for.
func (s *Service) token(w http.ResponseWriter, r *http.Request, host string, registry state.Registry) {
	if err := r.ParseForm(); err != nil || r.PostForm.Get("grant_type") != "refresh_token" || r.PostForm.Get("service") != host {
		refuse(w, &Error{Status: http.StatusBadRequest, Code: "INVALID_REQUEST", Message: "grant_type must be refresh_token, service " + host})
		return
	}
	p, d := s.o.Authority.Authenticate(bearer(r.PostForm.Get("refresh_token")), refresh(host))
	if d != nil {
		refuse(w, denied(d))
		return
	}
	var covered []string
	for _, scope := range strings.Fields(strings.Join(r.PostForm["scope"], " ")) {
		kind, rest, _ := strings.Cut(scope, ":")
		name, actions, _ := strings.Cut(rest, ":")
		if kind == "repository" && slices.Contains(strings.Split(actions, ","), "pull") && s.allowed(p, registry, name) {
			covered = append(covered, name)
		}
	}
	token, _ := s.o.Authority.Mint(p, "https://"+host)
	// Tokens made in one second are equal; an appendix tells apart what they cover.
	s.mu.Lock()
	token += "~" + strconv.Itoa(len(s.grants))
	s.grants[token] = covered
	s.mu.Unlock()
	reply(w, http.StatusOK, map[string]string{"access_token": token})
}

// pull answers /v2/ and /v2/<name>/manifests/<reference>.
func (s *Service) pull(w http.ResponseWriter, r *http.Request, host string, registry state.Registry) {
	rest := strings.TrimPrefix(r.URL.Path, "/v2/")
	repository, reference, isManifest := strings.Cut(rest, "/manifests/")
	challenge := func(e *Error) {
		scope := ""
		if isManifest {
			scope = fmt.Sprintf(`,scope="repository:%s:pull"`, repository)
		}
		w.Header().Set("WWW-Authenticate", fmt.Sprintf(`Bearer realm="https://%s/oauth2/token",service="%s"%s`, host, host, scope))
		refuse(w, e)
	}
	token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	s.mu.Lock()
	covered, ours := s.grants[token]
	s.mu.Unlock()
	if !ours {
		challenge(unauthorized(repository))
		return
	}
	signed, _, _ := strings.Cut(token, "~")
	if _, d := s.o.Authority.Authenticate(bearer(signed), "https://"+host); d != nil {
		challenge(denied(d))
		return
	}
	switch {
	case rest == "":
		reply(w, http.StatusOK, map[string]string{})
	case !isManifest:
		refuse(w, &Error{Status: http.StatusNotFound, Code: "UNSUPPORTED", Message: "the rehearsal's registries have manifests only"})
	case !slices.Contains(covered, repository):
		challenge(unauthorized(repository))
	default:
		if e := manifest(registry, repository, reference); e != nil {
			refuse(w, e)
			return
		}
		const kind = "application/vnd.docker.distribution.manifest.v2+json"
		digest := fmt.Sprintf("sha256:%x", sha256.Sum256([]byte(host+"/"+repository)))
		w.Header().Set("Docker-Content-Digest", digest)
		w.Header().Set("Content-Type", kind)
		reply(w, http.StatusOK, map[string]any{"schemaVersion": 2, "mediaType": kind, "config": map[string]any{"mediaType": "application/vnd.docker.container.image.v1+json", "size": 0, "digest": digest}, "layers": []any{}})
	}
}

func refuse(w http.ResponseWriter, e *Error) {
	reply(w, e.Status, map[string]any{"errors": []map[string]any{{"code": e.Code, "message": e.Message, "detail": e.details}}})
}

func reply(w http.ResponseWriter, status int, body any) {
	if w.Header().Get("Content-Type") == "" {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
	}
	w.WriteHeader(status)
	// Who has gone needs no answer; the body can always be written as JSON.
	_ = json.NewEncoder(w).Encode(body)
}
