package state

import (
	"strings"
	"testing"
)

func TestGUID(t *testing.T) {
	t.Parallel()
	a, b := GUID("x", "y"), GUID("xy")
	if a == b || a != GUID("x", "y") || len(a) != 36 {
		t.Errorf("%s, %s", a, b)
	}
}

func TestScopeID(t *testing.T) {
	t.Parallel()
	s := Default()
	group := "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/sluice"
	for short, want := range map[string]string{
		"subscription":           "/subscriptions/00000000-0000-4000-8000-000000000001",
		"group:other":            "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/other",
		"storage:rehearsal":      group + "/providers/Microsoft.Storage/storageAccounts/rehearsal",
		"storage:rehearsal/work": group + "/providers/Microsoft.Storage/storageAccounts/rehearsal/blobServices/default/containers/work",
		"batch:rehearsal":        group + "/providers/Microsoft.Batch/batchAccounts/rehearsal",
		"identity:nodes":         group + "/providers/Microsoft.ManagedIdentity/userAssignedIdentities/nodes",
		"registry:rehearsal":     group + "/providers/Microsoft.ContainerRegistry/registries/rehearsal",
		"vault:rehearsal":        group + "/providers/Microsoft.KeyVault/vaults/rehearsal",
		"/subscriptions/x/":      "/subscriptions/x",
	} {
		if got, err := s.ScopeID(short); err != nil || got != want {
			t.Errorf("%s: %s, %v", short, got, err)
		}
	}
	for short, want := range map[string]string{
		"storag:x":           "`storag:x` is no scope (`storage` is there)",
		"storage:":           "names nothing",
		"storage:x":          "there is no storage account `x`",
		"storage:rehearsal/": "names no container",
		"identity:node":      "(`nodes` is there)",
		"batch:other":        "there is no batch account `other`",
		"subscription:x":     "no scope",
	} {
		if _, err := s.ScopeID(short); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", short, err)
		}
	}
}

// TestComplete: a missing list is the default one, an empty one stays empty,
// and default grants fit what is declared.
func TestComplete(t *testing.T) {
	t.Parallel()
	s := &State{Identities: []Identity{{Name: "worker"}}, Vaults: []Vault{}}
	s.Complete()
	if len(s.Vaults) != 0 || len(s.Identities) != 2 || s.Head.Identities[0] != "head" {
		t.Errorf("%+v", s)
	}
	for _, g := range s.Grants {
		if g.Identity != "worker" && g.Identity != "head" {
			t.Errorf("a grant for %s", g.Identity)
		}
		if _, err := s.ScopeID(g.Scope); err != nil {
			t.Error(err)
		}
	}
	none := &State{Grants: []Grant{}}
	none.Complete()
	if len(none.Grants) != 0 {
		t.Errorf("grants: %v", none.Grants)
	}
	system := &State{Head: Head{System: "vm"}}
	system.Complete()
	if i := system.identity("vm"); i < 0 || !system.Identities[i].System || len(system.Head.Identities) != 0 {
		t.Errorf("%+v", system)
	}
}
