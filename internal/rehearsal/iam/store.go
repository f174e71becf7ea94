package iam

import (
	"crypto/rand"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"sluice/internal/lang/diag"
	"sluice/internal/rehearsal/state"
)

// GroupDelay is how long a grant to a group takes to act for a managed
// identity: its tokens, with the groups in them, are kept for a day.
const GroupDelay = 24 * time.Hour

// Options of New. State must be complete.
type Options struct {
	State *state.State
	Clock Clock  // nil: NewClock of the state's speed
	Key   []byte // signs the tokens; nil: a new one
	// Minted is told every token that is given; nil: nobody is.
	Minted func(token string)
}

// A Store is the Authority of a rehearsal: its identities and roles.
type Store struct {
	st         *state.State
	clock      Clock
	key        []byte
	minted     func(string)
	start      time.Time
	principals []Principal
	roles      []Definition

	mu          sync.RWMutex
	assignments []Assignment
}

var _ Authority = (*Store)(nil)

// An Assignment is a role granted to someone at a scope, or denied.
type Assignment struct {
	ID          string // GUID
	Scope       string // ARM id
	PrincipalID string // of the identity, or of the group
	Group       string // name of the group; "" for a grant to the identity itself
	Identity    string // name of the identity that has it, by the group or itself
	Role        Definition
	Condition   string
	Deny        bool
	From        time.Time // seen from here on
	Acts        time.Time // and effective from here on
	Until       time.Time // zero: for ever
}

// PrincipalType is what ARM calls it.
func (a *Assignment) PrincipalType() string {
	if a.Group != "" {
		return "Group"
	}
	return "ServicePrincipal"
}

// ResourceID is the ARM id of the assignment.
func (a *Assignment) ResourceID() string {
	kind := "roleAssignments"
	if a.Deny {
		kind = "denyAssignments"
	}
	return strings.TrimRight(a.Scope, "/") + "/providers/Microsoft.Authorization/" + kind + "/" + a.ID
}

// Covers says whether the assignment acts on scope: it is there or above.
func (a *Assignment) Covers(scope string) bool { return within(scope, a.Scope) }

// Below says whether the assignment is at scope or somewhere below it.
func (a *Assignment) Below(scope string) bool { return within(a.Scope, scope) }

func (a *Assignment) seen(now time.Time) bool {
	return !now.Before(a.From) && (a.Until.IsZero() || now.Before(a.Until))
}

func (a *Assignment) acts(now time.Time) bool {
	return !now.Before(a.Acts) && (a.Until.IsZero() || now.Before(a.Until)) && !strings.EqualFold(strings.TrimSpace(a.Condition), "false")
}

// New makes the store of a state. A grant of something that is not there is
// a *state.Problem.
func New(o Options) (*Store, error) {
	s := &Store{st: o.State, clock: o.Clock, key: o.Key, minted: o.Minted}
	if s.clock == nil {
		s.clock = NewClock(o.State.Speed)
	}
	if s.key == nil {
		s.key = make([]byte, 32)
		rand.Read(s.key) // never fails
	}
	s.start = s.clock.Now()
	s.roles = append(builtin(), custom(o.State)...)
	for _, id := range o.State.Identities {
		s.principals = append(s.principals, principal(o.State, id))
	}
	for i, g := range o.State.Grants {
		a, field, err := s.assignment(g)
		if err != nil {
			return nil, &state.Problem{At: fmt.Sprintf("grants[%d].%s", i, field), Message: err.Error()}
		}
		s.assignments = append(s.assignments, a)
	}
	return s, nil
}

func principal(st *state.State, id state.Identity) Principal {
	p := Principal{ObjectID: id.PrincipalID, ClientID: id.ClientID, TenantID: st.Tenant, Name: id.Name}
	if id.System {
		p.ResourceID = st.HeadID()
		return p
	}
	p.ResourceID = st.IdentityID(id.Name)
	return p
}

func (s *Store) assignment(g state.Grant) (a Assignment, field string, err error) {
	p, ok := s.Principal(g.Identity)
	if !ok {
		var there []string
		for _, p := range s.principals {
			there = append(there, p.Name)
		}
		return a, "identity", fmt.Errorf("there is no identity `%s`%s", g.Identity, near(g.Identity, there))
	}
	role, ok := s.role(g.Role)
	if !ok {
		var there []string
		for _, d := range s.roles {
			there = append(there, d.Name)
		}
		return a, "role", fmt.Errorf("there is no role `%s`%s: a role is built in, or declared below `roles`", g.Role, near(g.Role, there))
	}
	scope, err := s.st.ScopeID(g.Scope)
	if err != nil {
		return a, "scope", err
	}
	a = Assignment{
		ID: state.GUID(s.st.Tenant, "assignment", g.Identity, g.Group, role.ID, fold(scope), fmt.Sprint(g.Deny)), Scope: scope, Role: *role,
		PrincipalID: p.ObjectID, Identity: p.Name, Group: g.Group, Condition: g.Condition, Deny: g.Deny, From: s.start.Add(g.After),
	}
	a.Acts = a.From
	if g.Group != "" {
		a.PrincipalID = state.GUID(s.st.Tenant, "group", g.Group)
		a.Acts = a.From.Add(GroupDelay)
	}
	if g.Until != 0 {
		a.Until = s.start.Add(g.Until)
	}
	return a, "", nil
}

func near(name string, there []string) string {
	if n, ok := diag.Near(name, there); ok {
		return fmt.Sprintf(" (`%s` is there)", n)
	}
	return ""
}

// Grant assigns a role from now on; After and Until count from now.
func (s *Store) Grant(g state.Grant) error {
	since := s.clock.Now().Sub(s.start)
	g.After += since
	if g.Until != 0 {
		g.Until += since
	}
	a, _, err := s.assignment(g)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.assignments = append(s.assignments, a)
	return nil
}

// Revoke takes away what an identity was granted: a role, or all with "".
func (s *Store) Revoke(identity, role string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.assignments = slices.DeleteFunc(s.assignments, func(a Assignment) bool {
		return a.Identity == identity && (role == "" || strings.EqualFold(a.Role.Name, role))
	})
}

// Principals are all identities.
func (s *Store) Principals() []Principal { return slices.Clone(s.principals) }

// Principal finds an identity by its name.
func (s *Store) Principal(name string) (Principal, bool) {
	i := slices.IndexFunc(s.principals, func(p Principal) bool { return p.Name == name })
	if i < 0 {
		return Principal{}, false
	}
	return s.principals[i], true
}

// Identity finds a user-assigned identity by client id or ARM id.
func (s *Store) Identity(id string) (Principal, bool) {
	for i, p := range s.principals {
		if !s.st.Identities[i].System && p.is(id) {
			return p, true
		}
	}
	return Principal{}, false
}

// is says whether p is meant by a client id or an ARM id.
func (p *Principal) is(id string) bool {
	return id != "" && (strings.EqualFold(p.ClientID, id) || strings.EqualFold(p.ResourceID, strings.TrimRight(id, "/")))
}

// Assignments are the role assignments that can be seen now, denials
// included: those that act on scope because they are there or above. With ""
// they are all.
func (s *Store) Assignments(scope string) []Assignment {
	now := s.clock.Now()
	return s.find(func(a *Assignment) bool { return a.seen(now) && (scope == "" || a.Covers(scope)) })
}

// Assigned are the assignments to a principal that can be seen now, those by
// its groups included: assignedTo() of ARM's filter.
func (s *Store) Assigned(principalID string) []Assignment {
	name := ""
	for _, p := range s.principals {
		if strings.EqualFold(p.ObjectID, principalID) {
			name = p.Name
		}
	}
	now := s.clock.Now()
	return s.find(func(a *Assignment) bool {
		return a.seen(now) && (a.Identity == name || strings.EqualFold(a.PrincipalID, principalID))
	})
}

// Effective are the roles that p has on scope now, without denials.
func (s *Store) Effective(p Principal, scope string) []Assignment {
	now := s.clock.Now()
	return s.find(func(a *Assignment) bool { return !a.Deny && a.Identity == p.Name && a.acts(now) && a.Covers(scope) })
}

func (s *Store) find(want func(*Assignment) bool) []Assignment {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var found []Assignment
	for i := range s.assignments {
		if want(&s.assignments[i]) {
			found = append(found, s.assignments[i])
		}
	}
	return found
}

// Allow says whether p may do action on scope. A denial at the scope or above
// wins over any grant.
func (s *Store) Allow(p Principal, action string, data bool, scope string) bool {
	now := s.clock.Now()
	s.mu.RLock()
	defer s.mu.RUnlock()
	granted := false
	for i := range s.assignments {
		a := &s.assignments[i]
		if a.Identity != p.Name || (granted && !a.Deny) || !a.acts(now) || !a.Role.Allows(action, data) || !a.Covers(scope) {
			continue
		}
		if a.Deny {
			return false
		}
		granted = true
	}
	return granted
}
