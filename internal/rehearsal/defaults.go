package rehearsal

import (
	"fmt"
	"slices"
	"strings"
)

// Defaults is configuration that makes a pipeline run here: what the
// pipeline and the user configure goes over it.
func (w *World) Defaults() string {
	s := w.st
	b := &strings.Builder{}
	line := func(format string, args ...any) { fmt.Fprintf(b, format+"\n", args...) }
	line("// What a rehearsal of Azure sets; everything else goes over it.")
	line("process.executor = 'azurebatch'")
	line("process.container = 'ubuntu:24.04' // automatic pools run containers; here they are plain processes")
	if len(s.Storage) > 0 && len(s.Storage[0].Containers) > 0 {
		line("workDir = 'az://%s/rehearsal'", s.Storage[0].Containers[0])
		line("azure.storage.accountName = '%s'", s.Storage[0].Name)
	}
	line("azure.batch.accountName = '%s'", s.Batch.Name)
	line("azure.batch.location = '%s'", s.Location)
	line("azure.batch.subscriptionId = '%s'", s.Subscription)
	line("azure.batch.resourceGroup = '%s'", s.ResourceGroup)
	line("azure.batch.autoPoolMode = true")
	line("azure.batch.allowPoolCreation = true")
	switch {
	case s.Head.System != "":
		line("azure.managedIdentity.system = true")
	case len(s.Head.Identities) > 0:
		if p, ok := w.iam.Principal(s.Head.Identities[0]); ok {
			line("azure.managedIdentity.clientId = '%s'", p.ClientID)
		}
	}
	// Whatever else says who the nodes are goes over poolIdentityClientId.
	for _, id := range s.Identities { // the first that is not the head's
		if !id.System && !slices.Contains(s.Head.Identities, id.Name) {
			line("azure.batch.poolIdentityClientId = '%s'", id.ClientID)
			break
		}
	}
	if len(s.Vaults) > 0 {
		line("azure.keyVault.uri = 'https://%s.vault.azure.net'", s.Vaults[0].Name)
	}
	return b.String()
}
