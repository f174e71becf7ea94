package azure

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"sluice/internal/config"
)

// An Identity is a user-assigned managed identity.
type Identity struct {
	ResourceID, ClientID, PrincipalID, TenantID, Name string
}

type identityResource struct {
	ID         string `json:"id"`
	Name       string `json:"name"`
	Properties struct {
		ClientID    string `json:"clientId"`
		PrincipalID string `json:"principalId"`
		TenantID    string `json:"tenantId"`
	} `json:"properties"`
}

func (r identityResource) identity() Identity {
	return Identity{ResourceID: r.ID, ClientID: r.Properties.ClientID, PrincipalID: r.Properties.PrincipalID, TenantID: r.Properties.TenantID, Name: r.Name}
}

// Identity finds a user-assigned identity by client id, resource id or name.
// None is a *FindingError with the id AZ102.
func (c *Clients) Identity(ctx context.Context, choice config.IdentityChoice) (*Identity, error) {
	switch {
	case choice.ResourceID != "":
		return c.identityByID(ctx, choice.ResourceID)
	case choice.ClientID != "":
		return c.identityWhere(ctx, "the client id `"+choice.ClientID+"`", func(i Identity) bool { return strings.EqualFold(i.ClientID, choice.ClientID) })
	case choice.Name != "":
		return c.identityWhere(ctx, "the name `"+choice.Name+"`", func(i Identity) bool { return strings.EqualFold(i.Name, choice.Name) })
	}
	return nil, Fault("AZ107", "no identity is named")
}

// Also finds the further identities of a choice, that of outputs among them.
func (c *Clients) Also(ctx context.Context, choice config.IdentityChoice) ([]Identity, error) {
	var all []Identity
	for _, word := range choice.Further() {
		i, err := c.Identity(ctx, ChoiceOf(word))
		if err != nil {
			return nil, err
		}
		all = append(all, *i)
	}
	return all, nil
}

// ChoiceOf tells resource ids, client ids and names apart.
func ChoiceOf(word string) config.IdentityChoice {
	switch {
	case strings.HasPrefix(word, "/"):
		return config.IdentityChoice{ResourceID: word}
	case config.IsGUID(word):
		return config.IdentityChoice{ClientID: word}
	}
	return config.IdentityChoice{Name: word}
}

func (c *Clients) identityByID(ctx context.Context, id string) (*Identity, error) {
	c.found.mu.Lock()
	for _, i := range c.found.identities {
		if strings.EqualFold(i.ResourceID, id) {
			c.found.mu.Unlock()
			return &i, nil
		}
	}
	c.found.mu.Unlock()
	var r identityResource
	err := c.ARM(ctx, http.MethodGet, id+"?api-version="+versionIdentity, nil, &r)
	switch status, _, _ := Status(err); {
	case status == http.StatusNotFound:
		return nil, Fault("AZ102", "no managed identity has the resource id `"+id+"`", "az identity list --query \"[].id\" -o tsv")
	case status == http.StatusForbidden:
		return nil, c.mayNotSee("the resource id `"+id+"`", id)
	case err != nil:
		return nil, fmt.Errorf("read identity %s: %w", id, err)
	}
	i := r.identity()
	c.found.mu.Lock()
	defer c.found.mu.Unlock()
	c.found.identities = append(c.found.identities, i)
	return &i, nil
}

func (c *Clients) mayNotSee(what, scope string) error {
	f := NewFinding("AZ102", "the head may not see the managed identity with "+what,
		"az role assignment create --assignee-object-id <object id of the head> --assignee-principal-type ServicePrincipal --role \"Managed Identity Operator\" --scope "+scope)
	f.Cause = "ARM answers 403 to Microsoft.ManagedIdentity/userAssignedIdentities/read"
	return &FindingError{f}
}

func (c *Clients) identityWhere(ctx context.Context, what string, matches func(Identity) bool) (*Identity, error) {
	all, err := c.Identities(ctx)
	if status, _, _ := Status(err); status == http.StatusForbidden {
		return nil, c.mayNotSee(what, "<identity>")
	}
	if err != nil {
		return nil, err
	}
	var match []Identity
	for _, i := range all {
		if matches(i) && !slices.ContainsFunc(match, func(m Identity) bool { return strings.EqualFold(m.ResourceID, i.ResourceID) }) {
			match = append(match, i)
		}
	}
	switch len(match) {
	case 1:
		return &match[0], nil
	case 0:
		f := NewFinding("AZ102", "no managed identity has "+what)
		var names []string
		for _, i := range all {
			names = append(names, i.Name+" ("+i.ClientID+")")
		}
		if len(names) > 0 && len(names) <= 8 {
			slices.Sort(names)
			f.Cause = "the head sees " + strings.Join(names, ", ")
		}
		return nil, &FindingError{f}
	}
	var ids []string
	for _, i := range match {
		ids = append(ids, i.ResourceID)
	}
	slices.Sort(ids)
	f := NewFinding("AZ102", "several managed identities have "+what, "name one by its resource id: "+strings.Join(ids, ", "))
	f.Cause = ""
	return nil, &FindingError{f}
}

// Identities are all user-assigned identities that the head sees; listed once.
func (c *Clients) Identities(ctx context.Context) ([]Identity, error) {
	c.found.mu.Lock()
	if c.found.listed {
		defer c.found.mu.Unlock()
		return slices.Clone(c.found.identities), nil
	}
	c.found.mu.Unlock()
	list, err := listEverywhere[identityResource](ctx, c, "Microsoft.ManagedIdentity/userAssignedIdentities", versionIdentity)
	if err != nil {
		return nil, fmt.Errorf("list managed identities: %w", err)
	}
	var all []Identity
	for _, r := range list {
		all = append(all, r.identity())
	}
	c.found.mu.Lock()
	defer c.found.mu.Unlock()
	c.found.identities, c.found.listed = all, true
	return slices.Clone(all), nil
}
