package state

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"

	"sluice/internal/lang/diag"
)

// GUID is an identifier that depends on nothing but the words it is made
// from: two rehearsals of one state have the same ones.
func GUID(words ...string) string {
	h := sha256.Sum256([]byte("sluice rehearsal\x00" + strings.Join(words, "\x00")))
	h[6] = h[6]&0x0f | 0x50 // version 5: made from a name
	h[8] = h[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", h[0:4], h[4:6], h[6:8], h[8:10], h[10:16])
}

// SubscriptionID is the ARM id of the subscription.
func (s *State) SubscriptionID() string { return "/subscriptions/" + s.Subscription }

// GroupID is the ARM id of a resource group; "" is that of the state.
func (s *State) GroupID(name string) string {
	if name == "" {
		name = s.ResourceGroup
	}
	return s.SubscriptionID() + "/resourceGroups/" + name
}

// StorageID is the ARM id of a storage account.
func (s *State) StorageID(account string) string {
	return s.GroupID("") + "/providers/Microsoft.Storage/storageAccounts/" + account
}

// ContainerID is the ARM id of a container, the scope that blobs are asked about.
func (s *State) ContainerID(account, container string) string {
	return s.StorageID(account) + "/blobServices/default/containers/" + container
}

// BatchID is the ARM id of the Batch account.
func (s *State) BatchID() string {
	return s.GroupID("") + "/providers/Microsoft.Batch/batchAccounts/" + s.Batch.Name
}

// BatchHost is where the Batch account's data plane answers.
func (s *State) BatchHost() string { return s.Batch.Name + "." + s.Location + ".batch.azure.com" }

// PoolID is the ARM id of a pool.
func (s *State) PoolID(pool string) string { return s.BatchID() + "/pools/" + pool }

// IdentityID is the ARM id of a user-assigned identity, by its name.
func (s *State) IdentityID(name string) string {
	group := ""
	if i := s.identity(name); i >= 0 {
		group = s.Identities[i].ResourceGroup
	}
	return s.GroupID(group) + "/providers/Microsoft.ManagedIdentity/userAssignedIdentities/" + name
}

// HeadID is the ARM id of the machine that the head runs on.
func (s *State) HeadID() string {
	return s.GroupID("") + "/providers/Microsoft.Compute/virtualMachines/head"
}

// RegistryID is the ARM id of a container registry.
func (s *State) RegistryID(name string) string {
	return s.GroupID("") + "/providers/Microsoft.ContainerRegistry/registries/" + name
}

// VaultID is the ARM id of a key vault.
func (s *State) VaultID(name string) string {
	return s.GroupID("") + "/providers/Microsoft.KeyVault/vaults/" + name
}

// scopes are the short forms that ScopeID takes.
var scopes = []string{"storage", "batch", "identity", "registry", "vault", "group", "subscription"}

// ScopeID makes an ARM id of a scope in short form; see Grant. What it names
// must be there.
func (s *State) ScopeID(short string) (string, error) {
	if short == "/" {
		return short, nil
	}
	if strings.HasPrefix(short, "/") {
		return strings.TrimRight(short, "/"), nil
	}
	kind, name, _ := strings.Cut(short, ":")
	if kind == "subscription" && name == "" {
		return s.SubscriptionID(), nil
	}
	if !slices.Contains(scopes, kind) {
		return "", fmt.Errorf("`%s` is no scope%s: it is an ARM id, or `storage:<account>`, `storage:<account>/<container>`, `batch:<account>`, `identity:<name>`, `registry:<name>`, `vault:<name>`, `group:<resource group>`, `subscription`", short, near(kind, scopes))
	}
	if name == "" {
		return "", fmt.Errorf("`%s` names nothing: `%s:<name>`", short, kind)
	}
	switch kind {
	case "storage":
		return s.storageScope(name)
	case "batch":
		return s.BatchID(), known("batch account", name, []string{s.Batch.Name})
	case "identity":
		return s.IdentityID(name), known("identity", name, s.identityNames())
	case "registry":
		return s.RegistryID(name), known("registry", name, names(s.Registries, func(r Registry) string { return r.Name }))
	case "vault":
		return s.VaultID(name), known("vault", name, names(s.Vaults, func(v Vault) string { return v.Name }))
	case "group":
		return s.GroupID(name), nil
	}
	return "", fmt.Errorf("`%s` is no scope", short)
}

func (s *State) storageScope(name string) (string, error) {
	account, container, inside := strings.Cut(name, "/")
	i := slices.IndexFunc(s.Storage, func(a StorageAccount) bool { return a.Name == account })
	if i < 0 {
		return "", known("storage account", account, names(s.Storage, func(a StorageAccount) string { return a.Name }))
	}
	if !inside {
		return s.StorageID(account), nil
	}
	// A grant may be for a container that is made later.
	if container == "" || strings.Contains(container, "/") {
		return "", fmt.Errorf("`storage:%s` names no container: `storage:%s/<container>`", name, account)
	}
	return s.ContainerID(account, container), nil
}

func (s *State) identity(name string) int {
	return slices.IndexFunc(s.Identities, func(i Identity) bool { return i.Name == name })
}

func (s *State) identityNames() []string {
	return names(s.Identities, func(i Identity) string { return i.Name })
}

func names[T any](list []T, name func(T) string) []string {
	var all []string
	for _, x := range list {
		all = append(all, name(x))
	}
	return all
}

// known is nil if name is one of those that are there.
func known(what, name string, there []string) error {
	if slices.Contains(there, name) {
		return nil
	}
	if len(there) == 0 {
		return fmt.Errorf("there is no %s `%s`: none is declared", what, name)
	}
	return fmt.Errorf("there is no %s `%s`%s: declared are `%s`", what, name, near(name, there), strings.Join(there, "`, `"))
}

func near(name string, there []string) string {
	if n, ok := diag.Near(name, there); ok {
		return fmt.Sprintf(" (`%s` is there)", n)
	}
	return ""
}
