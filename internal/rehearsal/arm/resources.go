package arm

import (
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"strings"
	"sync"

	"sluice/internal/rehearsal/state"
)

// A resource is one of the state, as ARM shows it.
type resource struct {
	id, read string // read is the action that shows it
	body     object
}

func (s *Service) make(id, kind, read string, properties object) resource {
	return resource{id, read, object{
		"id": id, "name": id[strings.LastIndexByte(id, '/')+1:], "type": kind, "location": s.o.State.Location,
		"resourceGroup": part(id, "resourceGroups"), "subscriptionId": s.o.State.Subscription, "tenantId": s.o.State.Tenant, "properties": properties,
	}}
}

// all are the resources of a type in lower case; "" are those of all types.
func (s *Service) all(kind string) []resource {
	st := s.o.State
	var out []resource
	is := func(name string) bool { return kind == "" || kind == strings.ToLower(name) }
	if k := "Microsoft.ManagedIdentity/userAssignedIdentities"; is(k) {
		for _, i := range st.Identities {
			if !i.System {
				out = append(out, s.make(st.IdentityID(i.Name), k, k+"/read", s.identity(i)))
			}
		}
	}
	if k := "Microsoft.Storage/storageAccounts"; is(k) {
		for _, a := range st.Storage {
			out = append(out, s.make(st.StorageID(a.Name), k, k+"/read", storage(a)))
		}
	}
	if k := "Microsoft.ContainerRegistry/registries"; is(k) {
		for _, r := range st.Registries {
			out = append(out, s.make(st.RegistryID(r.Name), k, k+"/read", object{"loginServer": r.Name + ".azurecr.io", "adminUserEnabled": false, "roleAssignmentMode": "LegacyRegistryPermissions", "provisioningState": "Succeeded"}))
		}
	}
	if k := "Microsoft.KeyVault/vaults"; is(k) {
		for _, v := range st.Vaults {
			out = append(out, s.make(st.VaultID(v.Name), k, k+"/read", object{"vaultUri": "https://" + v.Name + ".vault.azure.net/", "tenantId": st.Tenant, "enableRbacAuthorization": true}))
		}
	}
	if k := "Microsoft.Network/virtualNetworks"; is(k) {
		for _, id := range st.Networks {
			out = append(out, s.make(id, k+"/subnets", k+"/subnets/read", object{"provisioningState": "Succeeded"}))
		}
	}
	return out
}

func (s *Service) identity(i state.Identity) object {
	p := object{"clientId": i.ClientID, "principalId": i.PrincipalID, "tenantId": s.o.State.Tenant, "isolationScope": "None"}
	if i.Restricted {
		p["assignmentRestrictions"] = object{"providers": []string{"Microsoft.Compute"}}
	}
	return p
}

func storage(a state.StorageAccount) object {
	action := "Allow"
	if a.Firewall {
		action = "Deny"
	}
	return object{
		"allowSharedKeyAccess": a.SharedKey, "allowBlobPublicAccess": false, "provisioningState": "Succeeded", "isHnsEnabled": false,
		"networkAcls":      object{"defaultAction": action, "bypass": "AzureServices", "ipRules": []any{}, "virtualNetworkRules": []any{}},
		"primaryEndpoints": object{"blob": "https://" + a.Name + ".blob.core.windows.net/"},
	}
}

// resources answers for lists and single resources. Lists hold what the
// caller may read; a single one that it may not read is refused whether it
// is there or not.
func (s *Service) resources(c *call) (any, *failure) {
	list := s.all(c.kind)
	known := len(list) > 0 || knownKinds[c.kind]
	if !known {
		return nil, fail(http.StatusNotFound, "InvalidResourceType", "The rehearsal has no resource type '%s'.", c.kind)
	}
	if len(c.names) == 0 {
		var out []object
		for _, r := range list {
			if strings.HasPrefix(strings.ToLower(r.id), strings.ToLower(c.scope)+"/") && s.allow(c, r.read, r.id) == nil {
				out = append(out, r.body)
			}
		}
		return s.page(c, out)
	}
	path := strings.TrimRight(c.r.URL.Path, "/")
	for _, r := range list {
		below, isBelow := cutFold(path, r.id)
		if !isBelow {
			continue
		}
		if below != "" {
			return s.container(c, r, below)
		}
		if f := s.allow(c, r.read, r.id); f != nil {
			return nil, f
		}
		return r.body, nil
	}
	if f := s.allow(c, readAction(c.kind), path); f != nil {
		return nil, f
	}
	return nil, fail(http.StatusNotFound, "ResourceNotFound", "The Resource '%s' under resource group '%s' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix", c.kind+"/"+strings.Join(c.names, "/"), part(path, "resourceGroups"))
}

var knownKinds = map[string]bool{
	"microsoft.managedidentity/userassignedidentities": true, "microsoft.storage/storageaccounts": true,
	"microsoft.containerregistry/registries": true, "microsoft.keyvault/vaults": true, "microsoft.network/virtualnetworks": true,
}

func readAction(kind string) string { return kind + "/read" }

// cutFold cuts a leading id off a path; ids are compared without case.
func cutFold(path, id string) (rest string, ok bool) {
	if len(path) < len(id) || !strings.EqualFold(path[:len(id)], id) {
		return "", false
	}
	rest = path[len(id):]
	return rest, rest == "" || rest[0] == '/'
}

// container answers for …/blobServices/default/containers[/<name>].
func (s *Service) container(c *call, account resource, below string) (any, *failure) {
	rest, ok := cutFold(below, "/blobServices/default/containers")
	if !ok {
		return nil, fail(http.StatusNotFound, "InvalidResourceType", "The rehearsal has nothing at %s.", c.r.URL.Path)
	}
	if f := s.allow(c, "Microsoft.Storage/storageAccounts/blobServices/containers/read", c.r.URL.Path); f != nil {
		return nil, f
	}
	var out []object
	for _, a := range s.o.State.Storage {
		if s.o.State.StorageID(a.Name) != account.id {
			continue
		}
		for _, name := range a.Containers {
			o := object{"id": account.id + "/blobServices/default/containers/" + name, "name": name, "type": "Microsoft.Storage/storageAccounts/blobServices/containers", "properties": object{"publicAccess": "None"}}
			if strings.EqualFold(rest, "/"+name) {
				return o, nil
			}
			out = append(out, o)
		}
	}
	if rest == "" {
		return s.page(c, out)
	}
	return nil, fail(http.StatusNotFound, "ContainerNotFound", "The specified container does not exist.")
}

var (
	graphType   = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?i)\btype\s*=~\s*'([^']+)'`) })
	graphClause = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(?i)\b(name|id|properties\.clientId|properties\.loginServer|properties\.vaultUri)\s*=~\s*'([^']*)'`)
	})
	graphOther = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(?i)\|\s*(join|extend|mv-expand|summarize|union)\b|\s(==|contains|startswith|in~?)\s`)
	})
)

// graph answers the queries that clients of a run have: resources of a type,
// by name, id or one of the properties above.
func (s *Service) graph(c *call) (any, *failure) {
	var q struct {
		Query string `json:"query"`
	}
	body, err := io.ReadAll(io.LimitReader(c.r.Body, 1<<20))
	if err != nil || json.Unmarshal(body, &q) != nil || q.Query == "" {
		return nil, fail(http.StatusBadRequest, "BadRequest", "Please provide below info when asking for support: the query is missing.")
	}
	if graphOther().MatchString(q.Query) {
		return nil, fail(http.StatusBadRequest, "BadRequest", "The rehearsal's resource graph knows `where type =~`, and name, id, clientId, loginServer and vaultUri with `=~`.")
	}
	kind := ""
	if m := graphType().FindStringSubmatch(q.Query); m != nil {
		kind = strings.ToLower(m[1])
	}
	data := []object{}
	for _, r := range s.all(kind) {
		if s.allow(c, r.read, r.id) == nil && matches(r, q.Query) {
			data = append(data, r.body)
		}
	}
	return object{"totalRecords": len(data), "count": len(data), "data": data, "resultTruncated": "false"}, nil
}

func matches(r resource, query string) bool {
	for _, m := range graphClause().FindAllStringSubmatch(query, -1) {
		name, inner := strings.CutPrefix(m[1], "properties.")
		at := r.body
		if inner {
			at = r.body["properties"].(object)
		}
		text, _ := at[name].(string)
		if !strings.EqualFold(text, m[2]) {
			return false
		}
	}
	return true
}
