package config

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"sluice/internal/directive"
	"sluice/internal/lang/diag"
	"sluice/internal/lang/value"
)

// identityID is the ARM id of a user-assigned identity.
var identityID = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)^/subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft\.ManagedIdentity/userAssignedIdentities/[^/]+$`)
})

var identityOptions = []string{"clientId", "resourceId", "name", "system", "also", "outputs"}

// PoolIdentity is the identity that a pool was given: its own, else the
// default of all pools, else poolIdentityClientId. The zero value: none.
func (a *Azure) PoolIdentity(pool string) IdentityChoice {
	if p := a.Pools[pool]; p != nil && !p.Identity.None() {
		return p.Identity
	}
	if !a.Nodes.None() {
		return a.Nodes
	}
	switch id := a.Batch.PoolIdentityClientID; id {
	case "":
		return IdentityChoice{}
	case "auto":
		return IdentityChoice{Auto: true}
	default:
		return IdentityChoice{ClientID: id}
	}
}

// identity reads a block managedIdentity.
func (r *azureReader) identity(at ...string) IdentityChoice {
	v := r.get(at...)
	if v == nil {
		return IdentityChoice{}
	}
	m, ok := v.(*value.Map)
	if !ok {
		r.wrong(v, "a block", at)
		r.last().Help = "write `managedIdentity { clientId = '…' }` or `managedIdentity { system = true }`"
		return IdentityChoice{}
	}
	return r.identityBlock(m, at)
}

func (r *azureReader) identityBlock(m *value.Map, at []string) IdentityChoice {
	sub := func(name string) []string { return append(at[:len(at):len(at)], name) }
	c := IdentityChoice{Name: r.word("", sub("name")...), System: r.flag(false, sub("system")...), Outputs: r.word("", sub("outputs")...)}
	if id := r.word("", sub("clientId")...); strings.EqualFold(id, "auto") {
		c.Auto = true
	} else {
		c.ClientID = r.guid("", "the client id of a user-assigned identity", sub("clientId")...)
	}
	if id := r.word("", sub("resourceId")...); id != "" && !identityID().MatchString(id) {
		r.problem(sub("resourceId"), fmt.Sprintf("cannot be `%s`", id), "it takes `/subscriptions/…/resourceGroups/…/providers/Microsoft.ManagedIdentity/userAssignedIdentities/<name>`")
	} else {
		c.ResourceID = id
	}
	for _, also := range listOf(m.GetString("also")) {
		if text, ok := value.Str(also); ok && text != "" {
			c.Also = append(c.Also, text)
		} else {
			r.wrong(also, "client ids, resource ids or names", sub("also"))
		}
	}
	r.oneIdentity(c, m, at)
	return c
}

// oneIdentity refuses blocks that name several identities as the one, or none.
func (r *azureReader) oneIdentity(c IdentityChoice, m *value.Map, at []string) {
	var given []string
	for _, name := range identityOptions[:4] {
		if m.GetString(name) != nil && (name != "system" || c.System) {
			given = append(given, name)
		}
	}
	if len(given) > 1 {
		if c.System {
			given = []string{"system", given[0]}
		}
		r.both(at, given[0], given[1])
		return
	}
	if len(given) > 0 || m.Len() == 0 {
		return
	}
	var unknown string
	m.Entries(func(k, _ value.Value) bool {
		if name := value.ToString(k); unknown == "" && !slices.Contains(identityOptions, name) {
			unknown = name
		}
		return true
	})
	switch {
	case unknown != "":
		d := r.problem(append(at[:len(at):len(at)], unknown), "names no identity", "a block `managedIdentity` has clientId, resourceId, name, system, also and outputs")
		if near, ok := diag.Near(unknown, identityOptions); ok {
			d.Notes = append(d.Notes, fmt.Sprintf("an option `%s` exists", near))
		}
	case len(c.Also) > 0 || c.Outputs != "":
		r.problem(at, "has further identities and none that they are further to", "name the first of them by `clientId`")
	}
}

func (r *azureReader) both(at []string, a, b string) {
	help := "leave one of them out"
	if a == "system" {
		help = "Azure knows a system-assigned identity or one by its client id: leave one of them out"
	}
	r.problem(at, fmt.Sprintf("has both `%s` and `%s`", a, b), help)
}

// registries reads azure.registry: a block, or a list of maps.
func (r *azureReader) registries() []AzureRegistry {
	v := r.get("registry")
	var all []AzureRegistry
	switch x := v.(type) {
	case nil:
	case *value.Map:
		all = append(all, r.registry("registry"))
	case *value.List:
		for i, e := range x.Elems {
			m, ok := e.(*value.Map)
			if !ok {
				r.wrong(e, "maps such as `[server: 'x.azurecr.io', managedIdentity: true]`", []string{"registry"})
				continue
			}
			all = append(all, r.listed(i, m))
		}
	default:
		r.wrong(v, "a block or a list of maps", []string{"registry"})
	}
	user, password := r.env("AZURE_REGISTRY_USER_NAME"), r.env("AZURE_REGISTRY_PASSWORD")
	if len(all) == 0 && password != "" {
		all = append(all, AzureRegistry{Server: "docker.io"})
	}
	for i := range all {
		if g := &all[i]; g.Identity.None() && g.UserName == "" && g.Password == "" {
			g.UserName, g.Password = user, Secret(password)
		}
	}
	return all
}

// listed reads a registry of a list as if it were the only one.
func (r *azureReader) listed(i int, m *value.Map) AzureRegistry {
	span := r.c.Span("azure", "registry")
	c := New(value.MapOf("azure", value.MapOf("registry", m)))
	c.Spans[Key("azure", "registry")] = span
	one := &azureReader{reader: c.reader("azure"), getenv: func(string) (string, bool) { return "", false }}
	g := one.registry("registry")
	m.Entries(func(k, _ value.Value) bool {
		if name := value.ToString(k); !slices.Contains([]string{"server", "managedIdentity", "userName", "password"}, name) {
			one.problem([]string{"registry"}, fmt.Sprintf("number %d has `%s`", i+1, name), "registries have server, managedIdentity, userName and password")
		}
		return true
	})
	r.problems = append(r.problems, one.problems...)
	return g
}

func (r *azureReader) registry(at string) AzureRegistry {
	g := AzureRegistry{
		Server: r.word("docker.io", at, "server"), UserName: r.word("", at, "userName"), Password: r.secretText("", at, "password"),
	}
	if rest, ok := strings.CutPrefix(g.Server, "https://"); ok {
		g.Server = strings.TrimSuffix(rest, "/")
	}
	path := []string{at, "managedIdentity"}
	switch v := r.get(path...).(type) {
	case nil:
	case value.Bool:
		g.Identity.Auto = bool(v)
	case *value.Map:
		g.Identity = r.identityBlock(v, path)
	default:
		g.Identity = r.identityWord(directive.Text(v), path)
	}
	if !g.Identity.None() && g.UserName != "" {
		r.both([]string{at}, "managedIdentity", "userName")
	}
	return g
}

// identityWord is an identity given as one word.
func (r *azureReader) identityWord(text string, at []string) IdentityChoice {
	switch {
	case strings.EqualFold(text, "auto"), strings.EqualFold(text, "true"):
		return IdentityChoice{Auto: true}
	case IsGUID(text):
		return IdentityChoice{ClientID: strings.ToLower(text)}
	case identityID().MatchString(text):
		return IdentityChoice{ResourceID: text}
	}
	r.problem(at, fmt.Sprintf("cannot be `%s`", text), "it takes true for the identity of the pool, a client id or a resource id")
	return IdentityChoice{}
}
