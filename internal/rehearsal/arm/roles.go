package arm

import (
	"net/http"
	"regexp"
	"strings"
	"sync"

	"sluice/internal/rehearsal/iam"
)

// principalFilter is what $filter may hold besides atScope().
var principalFilter = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)^(?:atScope\(\)\s+and\s+)?(assignedTo\(|principalId\s+eq\s+|gdprExportPrincipalId\s+eq\s+)'([0-9a-f-]+)'\)?$`)
})

// assignments lists role or deny assignments: those at the scope, above, and
// below it; with atScope() not those below.
func (s *Service) assignments(c *call) (any, *failure) {
	deny := c.kind == "microsoft.authorization/denyassignments"
	action := "Microsoft.Authorization/roleAssignments/read"
	if deny {
		action = "Microsoft.Authorization/denyAssignments/read"
	}
	if f := s.allow(c, action, c.scope); f != nil {
		return nil, f
	}
	filter := strings.TrimSpace(c.r.URL.Query().Get("$filter"))
	list := s.o.Authority.Assignments("")
	if m := principalFilter().FindStringSubmatch(filter); m != nil {
		list = s.o.Authority.Assigned(m[2])
		if !strings.HasPrefix(strings.ToLower(m[1]), "assignedto") {
			list = direct(list, m[2])
		}
	} else if filter != "" && !strings.EqualFold(filter, "atScope()") {
		return nil, fail(http.StatusBadRequest, "InvalidFilter", "The filter '%s' is not supported. Supported filters are either 'atScope()' or 'principalId eq '{value}' or assignedTo('{value}')'.", filter)
	}
	var out []object
	for _, a := range list {
		below := a.Below(c.scope) && !strings.Contains(strings.ToLower(filter), "atscope()")
		if a.Deny != deny || !a.Covers(c.scope) && !below {
			continue
		}
		out = append(out, s.assignment(a))
	}
	return s.page(c, out)
}

func direct(list []iam.Assignment, principal string) []iam.Assignment {
	var out []iam.Assignment
	for _, a := range list {
		if strings.EqualFold(a.PrincipalID, principal) {
			out = append(out, a)
		}
	}
	return out
}

func (s *Service) assignment(a iam.Assignment) object {
	if a.Deny {
		return object{"id": a.ResourceID(), "name": a.ID, "type": "Microsoft.Authorization/denyAssignments", "properties": object{
			"denyAssignmentName": a.Role.Name, "scope": a.Scope, "permissions": []object{permission(&a.Role)},
			"principals": []object{{"id": a.PrincipalID, "type": a.PrincipalType()}}, "doNotApplyToChildScopes": false,
		}}
	}
	p := object{
		"roleDefinitionId": s.o.State.SubscriptionID() + a.Role.ResourceID(), "principalId": a.PrincipalID, "principalType": a.PrincipalType(), "scope": a.Scope,
	}
	if a.Condition != "" {
		p["condition"], p["conditionVersion"] = a.Condition, "2.0"
	}
	return object{"id": a.ResourceID(), "name": a.ID, "type": "Microsoft.Authorization/roleAssignments", "properties": p}
}

func permission(d *iam.Definition) object {
	list := func(l []string) []string { return append([]string{}, l...) }
	return object{"actions": list(d.Actions), "notActions": list(d.NotActions), "dataActions": list(d.DataActions), "notDataActions": list(d.NotDataActions)}
}

func (s *Service) definitions(c *call) (any, *failure) {
	scope := c.scope
	if scope == "" {
		scope = "/"
	}
	if f := s.allow(c, "Microsoft.Authorization/roleDefinitions/read", scope); f != nil {
		return nil, f
	}
	if len(c.names) == 0 {
		var out []object
		for _, d := range s.o.Authority.Definitions() {
			out = append(out, s.definition(&d))
		}
		return s.page(c, out)
	}
	d, ok := s.o.Authority.Definition(c.names[0])
	if !ok {
		return nil, fail(http.StatusNotFound, "RoleDefinitionDoesNotExist", "The specified role definition with ID '%s' does not exist.", c.names[0])
	}
	return s.definition(&d), nil
}

func (s *Service) definition(d *iam.Definition) object {
	kind := "BuiltInRole"
	if d.Custom {
		kind = "CustomRole"
	}
	return object{"id": s.o.State.SubscriptionID() + d.ResourceID(), "name": d.ID, "type": "Microsoft.Authorization/roleDefinitions", "properties": object{
		"roleName": d.Name, "type": kind, "description": d.Description, "permissions": []object{permission(d)}, "assignableScopes": []string{"/"},
	}}
}

// permissions are what the caller may do at a scope; everyone may ask.
func (s *Service) permissions(c *call) (any, *failure) {
	var out []object
	for _, a := range s.o.Authority.Effective(c.who, c.scope) {
		out = append(out, permission(&a.Role))
	}
	return s.page(c, out)
}
