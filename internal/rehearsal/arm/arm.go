package arm

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"sluice/internal/rehearsal/iam"
	"sluice/internal/rehearsal/state"
)

// Authority is what the management plane knows of roles; iam.Store is one.
type Authority interface {
	iam.Authority
	Assignments(scope string) []iam.Assignment
	Assigned(principalID string) []iam.Assignment
	Effective(p iam.Principal, scope string) []iam.Assignment
	Definition(id string) (iam.Definition, bool)
	Definitions() []iam.Definition
}

// Options of New.
type Options struct {
	State     *state.State
	Authority Authority
	Clock     iam.Clock
	PageSize  int // entries on a page of a list; 0: 50
}

// Service is the management plane.
type Service struct {
	o Options
}

// New makes the management plane of a state.
func New(o Options) (*Service, error) {
	if o.State == nil || o.Authority == nil || o.Clock == nil {
		return nil, errors.New("arm: state, authority and clock are needed")
	}
	if o.PageSize <= 0 {
		o.PageSize = 50
	}
	return &Service{o: o}, nil
}

type object = map[string]any

// A failure is an answer that is an error, in ARM's words.
type failure struct {
	status        int
	code, message string
}

func fail(status int, code, format string, args ...any) *failure {
	return &failure{status, code, fmt.Sprintf(format, args...)}
}

// call is one request.
type call struct {
	r     *http.Request
	who   iam.Principal
	scope string   // what stands before the last /providers/
	kind  string   // namespace/type, in lower case: microsoft.storage/storageaccounts
	names []string // what stands behind the type
}

// ServeHTTP answers for management.azure.com.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	status, body := http.StatusOK, any(nil)
	out, f := s.answer(r)
	if body = out; f != nil {
		status, body = f.status, object{"error": object{"code": f.code, "message": f.message}}
	}
	data, err := json.Marshal(body)
	if err != nil {
		status, data = http.StatusInternalServerError, []byte(`{"error":{"code":"InternalServerError","message":"the answer has no JSON"}}`)
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("x-ms-request-id", state.GUID("arm", r.Method, r.URL.String(), strconv.FormatInt(s.o.Clock.Now().UnixNano(), 10)))
	w.WriteHeader(status)
	_, _ = w.Write(data) // a client that has gone needs no answer
}

func (s *Service) answer(r *http.Request) (any, *failure) {
	who, denied := s.o.Authority.Authenticate(r, "https://management.azure.com/", "https://management.core.windows.net/")
	if denied != nil {
		return nil, fail(denied.Status, denied.Code, "%s", denied.Message)
	}
	if r.URL.Query().Get("api-version") == "" {
		return nil, fail(http.StatusBadRequest, "MissingApiVersionParameter", "The api-version query parameter (?api-version=) is required for all requests.")
	}
	c := parse(r)
	c.who = who
	if sub := part(r.URL.Path, "subscriptions"); sub != "" && !strings.EqualFold(sub, s.o.State.Subscription) {
		return nil, fail(http.StatusNotFound, "SubscriptionNotFound", "The subscription '%s' could not be found.", sub)
	}
	if c.kind == "microsoft.resourcegraph/resources" && r.Method == http.MethodPost {
		return s.graph(c)
	}
	if r.Method != http.MethodGet {
		return nil, fail(http.StatusMethodNotAllowed, "MethodNotAllowed", "The rehearsal's management plane cannot be changed: %s %s.", r.Method, r.URL.Path)
	}
	switch c.kind {
	case "":
		return s.containers(c)
	case "microsoft.authorization/roleassignments", "microsoft.authorization/denyassignments":
		return s.assignments(c)
	case "microsoft.authorization/roledefinitions":
		return s.definitions(c)
	case "microsoft.authorization/permissions":
		return s.permissions(c)
	}
	return s.resources(c)
}

// parse takes a path apart at its last /providers/.
func parse(r *http.Request) *call {
	c := &call{r: r}
	path := strings.TrimRight(r.URL.Path, "/")
	i := strings.LastIndex(strings.ToLower(path), "/providers/")
	if i < 0 {
		c.scope = path
		return c
	}
	c.scope = path[:i]
	parts := strings.Split(path[i+len("/providers/"):], "/")
	c.kind = strings.ToLower(parts[0])
	if len(parts) > 1 {
		c.kind += "/" + strings.ToLower(parts[1])
		c.names = parts[2:]
	}
	return c
}

func part(path, kind string) string {
	parts := strings.Split(strings.Trim(path, "/"), "/")
	for i := 0; i+1 < len(parts); i += 2 {
		if strings.EqualFold(parts[i], kind) {
			return parts[i+1]
		}
	}
	return ""
}

func (s *Service) allow(c *call, action, scope string) *failure {
	if s.o.Authority.Allow(c.who, action, false, scope) {
		return nil
	}
	return fail(http.StatusForbidden, "AuthorizationFailed", "The client '%s' with object id '%s' does not have authorization to perform action '%s' over scope '%s' or the scope is invalid. If access was recently granted, please refresh your credentials.", c.who.ClientID, c.who.ObjectID, action, scope)
}

// containers are subscriptions and resource groups. A subscription shows to
// whoever has a role at it or above, or somewhere in it.
func (s *Service) containers(c *call) (any, *failure) {
	st := s.o.State
	parts := strings.Split(strings.Trim(c.scope, "/"), "/")
	subscription := object{"id": st.SubscriptionID(), "subscriptionId": st.Subscription, "tenantId": st.Tenant, "displayName": "rehearsal", "state": "Enabled"}
	seen := len(s.o.Authority.Assigned(c.who.ObjectID)) > 0
	switch {
	case len(parts) == 1 && strings.EqualFold(parts[0], "subscriptions"):
		if !seen {
			return s.page(c, nil)
		}
		return s.page(c, []object{subscription})
	case len(parts) == 2 && strings.EqualFold(parts[0], "subscriptions"):
		if !seen {
			return nil, s.allow(c, "Microsoft.Resources/subscriptions/read", st.SubscriptionID())
		}
		return subscription, nil
	case len(parts) == 3 && strings.EqualFold(parts[2], "resourceGroups"):
		group := object{"id": st.GroupID(""), "name": st.ResourceGroup, "location": st.Location}
		if s.allow(c, "Microsoft.Resources/subscriptions/resourceGroups/read", st.GroupID("")) != nil {
			return s.page(c, nil)
		}
		return s.page(c, []object{group})
	case len(parts) == 4 && strings.EqualFold(parts[2], "resourceGroups"):
		if f := s.allow(c, "Microsoft.Resources/subscriptions/resourceGroups/read", c.scope); f != nil {
			return nil, f
		}
		if !strings.EqualFold(parts[3], st.ResourceGroup) {
			return nil, fail(http.StatusNotFound, "ResourceGroupNotFound", "Resource group '%s' could not be found.", parts[3])
		}
		return object{"id": st.GroupID(""), "name": st.ResourceGroup, "location": st.Location}, nil
	}
	return nil, fail(http.StatusNotFound, "NotFound", "The rehearsal has nothing at %s.", c.r.URL.Path)
}

// page is the part of a list that the request asks for.
func (s *Service) page(c *call, all []object) (any, *failure) {
	from := 0
	if token := c.r.URL.Query().Get("$skiptoken"); token != "" {
		n, err := strconv.Atoi(token)
		if err != nil || n < 0 || n > len(all) {
			return nil, fail(http.StatusBadRequest, "InvalidSkipToken", "The skip token '%s' is no token of this list.", token)
		}
		from = n
	}
	to := min(from+s.o.PageSize, len(all))
	out := object{"value": append([]object{}, all[from:to]...)}
	if to < len(all) {
		u := url.URL{Scheme: "https", Host: c.r.Host, Path: c.r.URL.Path}
		q := c.r.URL.Query()
		q.Set("$skiptoken", strconv.Itoa(to))
		u.RawQuery = q.Encode()
		out["nextLink"] = u.String()
	}
	return out, nil
}
