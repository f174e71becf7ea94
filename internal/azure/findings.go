package azure

import "fmt"

// A FindingKind is what is known of all findings with one id.
type FindingKind struct {
	ID    string
	Check int    // 1 to 9, the row of the table of `azure check`
	Title string // what it is about
	Cause string // why it is so, in general
	Fix   string // what mends it, in general
}

// Checks are the rows of the table of `azure check`.
var Checks = [10]string{
	1: "credential", 2: "batch account", 3: "images and machine types", 4: "identities", 5: "pools",
	6: "roles", 7: "work directory", 8: "probe on nodes", 9: "secrets",
}

// FindingKinds are all findings, by id.
func FindingKinds() []FindingKind { return findingKinds }

var findingKinds = []FindingKind{
	{"AZ001", 1, "no credential", "no source of tokens is there", "run on a machine of Azure with a managed identity, or log in: az login"},
	{"AZ002", 1, "credential refused", "a service does not accept the token: another tenant, or the account takes keys only", "az login --tenant <tenant of the resources>"},
	{"AZ003", 1, "no subscription", "the identity of the head sees no subscription: it has no role anywhere in it", "az role assignment create --assignee-object-id <head> --role Reader --scope /subscriptions/<id>/resourceGroups/<group>"},
	{"AZ101", 4, "system-assigned identity on a pool", "Batch pools have user-assigned identities only: https://learn.microsoft.com/azure/batch/managed-identity-pools", "az identity create --name <name> --resource-group <group>, and its client id in azure.batch.pools.<pool>.managedIdentity.clientId"},
	{"AZ102", 4, "identity not found", "there is no such user-assigned identity, or the head may not see it", "az identity list --query \"[].{name:name,clientId:clientId}\" -o table"},
	{"AZ103", 4, "identity may not be attached", "to give an identity to a pool the head needs Managed Identity Operator on it", "az role assignment create --assignee-object-id <head> --assignee-principal-type ServicePrincipal --role \"Managed Identity Operator\" --scope <identity>"},
	{"AZ104", 4, "assignment restriction", "the identity's assignment restriction forbids Batch pools", "allow Microsoft.Batch in the assignment restriction of the identity, or take another identity"},
	{"AZ105", 5, "identity not on the pool", "the pool exists without the identity; nodes that run keep what they were made with", "az batch pool set cannot do it: make the pool anew, or leave it to sluice under another name"},
	{"AZ106", 4, "identity of another tenant", "Batch takes identities of its own tenant only", "make an identity in the tenant of the Batch account"},
	{"AZ107", 4, "no identity for nodes", "nothing says which identity the nodes have, and without one they reach no data", "set azure.managedIdentity.nodes.clientId, or managedIdentity { clientId = '…' } in the pool"},
	{"AZ108", 5, "identity not chosen", "the pool has several identities and the configuration names none of them", "set managedIdentity { clientId = '…' } in the pool"},
	{"AZ201", 6, "role missing for nodes", "the identity of the nodes may not do this on the container", "az role assignment create --assignee-object-id <identity> --assignee-principal-type ServicePrincipal --role \"Storage Blob Data Contributor\" --scope <container>"},
	{"AZ202", 6, "role missing for the head", "the identity of the head may not do this on the container", "az role assignment create --assignee-object-id <head> --role \"Storage Blob Data Contributor\" --scope <container>"},
	{"AZ203", 7, "firewall of the storage account", "the account's network rules refuse the network that the call came from", "az storage account network-rule add --account-name <account> --subnet <subnet>"},
	{"AZ204", 6, "role by a group only", "what a group is granted can take 24 hours to reach a managed identity", "grant the role to the identity itself"},
	{"AZ205", 6, "role with a condition", "the assignment has a condition, which a check from outside cannot evaluate", "read the condition: az role assignment list --scope <scope> --include-inherited; or grant the role without one"},
	{"AZ206", 6, "roles cannot be read", "the head may not list role assignments there", "give the head Reader on the resource"},
	{"AZ207", 6, "deny assignment", "a deny assignment takes away what roles give", "ask the owner of the subscription; `az rest` lists deny assignments, they are not removed by role assignments"},
	{"AZ208", 7, "container not found", "there is no such container", "az storage container create --account-name <account> --name <container> --auth-mode login"},
	{"AZ209", 7, "storage account not found", "no storage account has this name, or the head may not see it", "az storage account list --query \"[].name\" -o tsv"},
	{"AZ210", 6, "role missing on the registry", "the identity of the nodes may not pull images", "az role assignment create --assignee-object-id <identity> --assignee-principal-type ServicePrincipal --role AcrPull --scope <registry>"},
	{"AZ211", 6, "role missing on the vault", "the identity of the nodes may not read secrets", "az role assignment create --assignee-object-id <identity> --assignee-principal-type ServicePrincipal --role \"Key Vault Secrets User\" --scope <vault>"},
	{"AZ212", 6, "registry not found", "no registry has this name, or the head may not see it", "az acr list --query \"[].loginServer\" -o tsv"},
	{"AZ213", 6, "vault not found", "no vault has this address, or the head may not see it", "az keyvault list --query \"[].properties.vaultUri\" -o tsv"},
	{"AZ214", 7, "keys are accepted", "the storage account accepts its keys, which nothing here needs", "az storage account update --name <account> --allow-shared-key-access false"},
	{"AZ215", 7, "role missing in the work directory", "the head cannot write, read or delete there", "az role assignment create --assignee-object-id <head> --role \"Storage Blob Data Contributor\" --scope <container>"},
	{"AZ301", 2, "batch account not found", "no Batch account has this name, or the head may not see it", "az batch account list --query \"[].{name:name,endpoint:accountEndpoint}\" -o table"},
	{"AZ302", 2, "batch account refuses identities", "the allowed authentication modes of the account do not hold AAD", "az batch account set --name <account> --resource-group <group>, with allowedAuthenticationModes ['AAD']"},
	{"AZ303", 2, "several batch accounts", "more than one Batch account is there and none is named", "set azure.batch.accountName"},
	{"AZ304", 2, "quota of pools", "no further pool can be made", "delete pools that nobody needs (sluice azure clean), or ask for a higher quota"},
	{"AZ305", 2, "quota of jobs", "no further job can be made", "end jobs that nobody needs (sluice azure clean), or ask for a higher quota"},
	{"AZ306", 2, "quota of cores", "the account may not have as many cores as the pool needs; new accounts may have none", "ask for a higher quota of the machine family: https://learn.microsoft.com/azure/batch/batch-quota-limit"},
	{"AZ307", 2, "spot nodes", "spot nodes need an account whose pools are made in the user's subscription", "set lowPriority = false, or take an account with pool allocation mode UserSubscription"},
	{"AZ308", 6, "role missing on the batch account", "the head may not do this on the Batch account", "az role assignment create --assignee-object-id <head> --role \"Azure Batch Data Contributor\" --scope <batch account>"},
	{"AZ401", 3, "machine type unknown", "the region has no machine type of this name for Batch", "az batch location list-skus --location <region> --query \"[].name\" -o tsv"},
	{"AZ402", 3, "image unknown", "Batch does not support this image with this node agent", "az batch pool supported-images list --query \"[].{offer:imageReference.offer,sku:imageReference.sku,agent:nodeAgentSkuId}\" -o table"},
	{"AZ403", 3, "image ends", "Batch supports the image for less than 90 days more", "take a newer image, or leave publisher, offer and sku out"},
	{"AZ404", 3, "image without containers", "the image has no container runtime", "take an image with the capability DockerCompatible, such as microsoft-dsvm ubuntu-hpc"},
	{"AZ405", 3, "generation of the machine", "the machine type boots no image of this generation", "take another machine type or another image"},
	{"AZ501", 5, "pool missing", "the pool is not there and may not be made", "set azure.batch.allowPoolCreation = true or autoPoolMode = true, or make it"},
	{"AZ502", 5, "pool in the wrong state", "the pool is being deleted", "wait for its end, or take another name"},
	{"AZ503", 5, "pool without containers", "the pool has no container configuration, and processes have containers", "make the pool with a container configuration, or leave it to sluice"},
	{"AZ504", 5, "nodes unusable", "nodes of the pool do not start", "az batch node list --pool-id <pool> --query \"[].{id:id,state:state,errors:errors}\""},
	{"AZ505", 4, "subnet", "the head may not join nodes to the subnet, or it is not there", "az role assignment create --assignee-object-id <head> --role \"Network Contributor\" --scope <subnet>"},
	{"AZ601", 3, "azcopy", "azcopy is missing, too old, or another one than its SHA-256 says", "install azcopy 10.25 or newer on PATH, or set azure.azcopy.source and sha256; or azure.copyTool = 'native'"},
	{"AZ602", 7, "work directory elsewhere", "nodes reach no directory of this machine", "set workDir = 'az://<container>/work'"},
	{"AZ701", 8, "probe failed", "the probe ran on a node and could not do what tasks must do", "grant what the line names, then check again"},
	{"AZ702", 8, "probe did not run", "no node ran the probe in time", "check again once the pool has nodes"},
	{"AZ801", 1, "call failed", "the service could not be asked", "check again; the network or the service may be at fault"},
	{"AZ802", 8, "fault on a node", "a node could not do what a task needs, for a reason that no other finding names", "read what the service said; `sluice azure check --deep` tries the same from a node"},
	{"AZ901", 9, "secret in an option", "an option holds a key, signature, secret or password", "remove the option; or azure.allowSecrets = true"},
	{"AZ902", 9, "secret in the environment", "a variable holds a key, signature, secret or password", "unset the variable; or azure.allowSecrets = true"},
	{"AZ903", 9, "secret inside an option", "the text of an option has a key or signature in it", "remove it from the text; or azure.allowSecrets = true"},
	{"AZ904", 9, "file shares", "file shares are mounted with the key of the storage account", "mount a container by identity: azure.batch.pools.<name>.mounts; or azure.allowSecrets = true"},
}

// Kind finds the kind of a finding by its id.
func Kind(id string) (FindingKind, bool) {
	for _, k := range findingKinds {
		if k.ID == id {
			return k, true
		}
	}
	return FindingKind{}, false
}

// NewFinding is a finding with the row and cause of its kind. The fix is that
// of the kind unless commands are given.
func NewFinding(id, what string, fix ...string) Finding {
	k, ok := Kind(id)
	if !ok {
		panic(fmt.Sprintf("internal error: no finding has the id %s", id))
	}
	if len(fix) == 0 {
		fix = []string{k.Fix}
	}
	return Finding{ID: id, Check: k.Check, What: what, Cause: k.Cause, Fix: fix}
}

// Fault is a finding as an error.
func Fault(id, what string, fix ...string) *FindingError {
	return &FindingError{NewFinding(id, what, fix...)}
}
