package iam

import (
	"slices"
	"strings"

	"sluice/internal/rehearsal/state"
)

// A Definition is what a role allows.
type Definition struct {
	ID          string // GUID
	Name        string
	Description string
	Custom      bool

	Actions, NotActions, DataActions, NotDataActions []string
}

// Allows says whether the role, where it is granted, allows an action.
func (d *Definition) Allows(action string, data bool) bool {
	if data {
		return anyMatches(d.DataActions, action) && !anyMatches(d.NotDataActions, action)
	}
	return anyMatches(d.Actions, action) && !anyMatches(d.NotActions, action)
}

// ResourceID is the ARM id of the definition.
func (d *Definition) ResourceID() string {
	return "/providers/Microsoft.Authorization/roleDefinitions/" + d.ID
}

const (
	blobs     = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/"
	container = "Microsoft.Storage/storageAccounts/blobServices/containers/"
	delegate  = "Microsoft.Storage/storageAccounts/blobServices/generateUserDelegationKey/action"
	batch     = "Microsoft.Batch/batchAccounts/"
	groupRead = "Microsoft.Resources/subscriptions/resourceGroups/read"
	authRead  = "Microsoft.Authorization/*/read"
	alerts    = "Microsoft.Insights/alertRules/*"
	deploy    = "Microsoft.Resources/deployments/*"
	support   = "Microsoft.Support/*"
)

// builtin are the roles that Azure itself defines, as its documentation lists
// them (Azure RBAC: built-in roles), those that have to do with a run.
func builtin() []Definition {
	return []Definition{
		{
			ID: "8e3af657-a8ff-443c-a75c-2fe8c4bcb635", Name: "Owner", Description: "Full access, also to grant roles.",
			Actions: []string{"*"},
		},
		{
			ID: "b24988ac-6180-42a0-ab88-20f7382dd24c", Name: "Contributor", Description: "Full access to manage all resources, but not to grant roles.",
			Actions: []string{"*"},
			NotActions: []string{
				"Microsoft.Authorization/*/Delete", "Microsoft.Authorization/*/Write", "Microsoft.Authorization/elevateAccess/Action",
				"Microsoft.Blueprint/blueprintAssignments/write", "Microsoft.Blueprint/blueprintAssignments/delete", "Microsoft.Compute/galleries/share/action",
			},
		},
		{
			ID: "acdd72a7-3385-48ef-bd42-f606fba81ae7", Name: "Reader", Description: "View all resources, change none.",
			Actions: []string{"*/read"},
		},
		{
			ID: "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9", Name: "User Access Administrator", Description: "Manage access to resources.",
			Actions: []string{"*/read", "Microsoft.Authorization/*", support},
		},
		{
			ID: "29fe4964-1e60-436b-bd3a-77fd4c178b3c", Name: "Azure Batch Account Contributor", Description: "Full access to manage all Batch resources.",
			Actions:     []string{authRead, "Microsoft.Batch/*", alerts, deploy, groupRead},
			DataActions: []string{"Microsoft.Batch/*"},
		},
		{
			ID: "11076f67-66f6-4be0-8f6b-f0609fd05cc9", Name: "Azure Batch Account Reader", Description: "View all resources in the Batch account, pools and jobs included.",
			Actions:     []string{batch + "read", batch + "*/read", groupRead},
			DataActions: []string{batch + "*/read"},
		},
		{
			ID: "6aaa78f1-f7de-44ca-8722-c64a23943cae", Name: "Azure Batch Data Contributor", Description: "Manage Batch pools and jobs, but not modify accounts.",
			Actions: []string{
				authRead, batch + "read", batch + "applications/*", batch + "certificates/*", batch + "certificateOperationResults/*",
				batch + "pools/*", batch + "poolOperationResults/*", "Microsoft.Batch/locations/*/read", alerts, deploy, groupRead,
			},
			DataActions: []string{batch + "jobSchedules/*", batch + "jobs/*"},
		},
		{
			ID: "48e5e92e-a480-4e71-aa9c-2778f4c13781", Name: "Azure Batch Job Submitter", Description: "Submit and manage jobs in the Batch account.",
			Actions:     []string{batch + "applications/read", batch + "applications/versions/read", batch + "pools/read", alerts, groupRead},
			DataActions: []string{batch + "jobSchedules/*", batch + "jobs/*"},
		},
		{
			ID: "f1a07417-d97a-45cb-824c-7a7467783830", Name: "Managed Identity Operator", Description: "Read and assign a user-assigned identity.",
			Actions: []string{
				"Microsoft.ManagedIdentity/userAssignedIdentities/*/read", "Microsoft.ManagedIdentity/userAssignedIdentities/*/assign/action",
				authRead, alerts, groupRead, deploy, support,
			},
		},
		{
			ID: "e40ec5ca-96e0-45a2-b4ff-59039f2c2b59", Name: "Managed Identity Contributor", Description: "Create, read, update and delete a user-assigned identity.",
			Actions: []string{
				"Microsoft.ManagedIdentity/userAssignedIdentities/read", "Microsoft.ManagedIdentity/userAssignedIdentities/write", "Microsoft.ManagedIdentity/userAssignedIdentities/delete",
				authRead, alerts, groupRead, deploy, support,
			},
		},
		{
			ID: "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1", Name: "Storage Blob Data Reader", Description: "Read blobs and containers.",
			Actions: []string{container + "read", delegate}, DataActions: []string{blobs + "read"},
		},
		{
			ID: "ba92f5b4-2d11-453d-a403-e96b0029c9fe", Name: "Storage Blob Data Contributor", Description: "Read, write and delete blobs and containers.",
			Actions:     []string{container + "delete", container + "read", container + "write", delegate},
			DataActions: []string{blobs + "delete", blobs + "read", blobs + "write", blobs + "move/action", blobs + "add/action"},
		},
		{
			ID: "b7e6dc6d-f1e8-4753-8033-0f276bb0955b", Name: "Storage Blob Data Owner", Description: "Full access to blobs and containers, POSIX access control included.",
			Actions: []string{container + "*", delegate}, DataActions: []string{blobs + "*"},
		},
		{
			ID: "db58b8e5-c6ad-4a2a-8342-4190687cbf4a", Name: "Storage Blob Delegator", Description: "Make a user delegation key, with which signatures are made.",
			Actions: []string{delegate},
		},
		{
			ID: "17d1049b-9a84-46fb-8f53-869881c3d3ab", Name: "Storage Account Contributor", Description: "Manage storage accounts, keys included.",
			Actions: []string{authRead, alerts, "Microsoft.Insights/diagnosticSettings/*", "Microsoft.Network/virtualNetworks/subnets/joinViaServiceEndpoint/action", "Microsoft.ResourceHealth/availabilityStatuses/read", deploy, groupRead, "Microsoft.Storage/storageAccounts/*", support},
		},
		{
			ID: "7f951dda-4ed3-4680-a7ca-43fe172d538d", Name: "AcrPull", Description: "Pull images.",
			Actions: []string{PullImage},
		},
		{
			ID: "8311e382-0749-4cb8-b61a-304f252e45ec", Name: "AcrPush", Description: "Push and pull images.",
			Actions: []string{PullImage, "Microsoft.ContainerRegistry/registries/push/write"},
		},
		{
			ID: "b93aa761-3e63-49ed-ac28-beffa264f7ac", Name: "Container Registry Repository Reader", Description: "Read repositories of a registry whose permissions go by repository.",
			DataActions: []string{"Microsoft.ContainerRegistry/registries/repositories/metadata/read", "Microsoft.ContainerRegistry/registries/repositories/content/read"},
		},
		{
			ID: "4633458b-17de-408a-b874-0445c86b69e6", Name: "Key Vault Secrets User", Description: "Read the values of secrets.",
			DataActions: []string{ReadSecret, "Microsoft.KeyVault/vaults/secrets/readMetadata/action"},
		},
		{
			ID: "21090545-7ca7-4776-b22c-e363652d74d2", Name: "Key Vault Reader", Description: "Read what a vault holds, but no values.",
			Actions:     []string{authRead, alerts, deploy, groupRead, support, "Microsoft.KeyVault/checkNameAvailability/read", "Microsoft.KeyVault/deletedVaults/read", "Microsoft.KeyVault/locations/*/read", "Microsoft.KeyVault/vaults/*/read", "Microsoft.KeyVault/operations/read"},
			DataActions: []string{"Microsoft.KeyVault/vaults/*/read", "Microsoft.KeyVault/vaults/secrets/readMetadata/action"},
		},
		{
			ID: "b86a8fe4-44ce-4948-aee5-eccb2c155cd7", Name: "Key Vault Secrets Officer", Description: "Anything with the secrets of a vault.",
			Actions:     []string{authRead, alerts, deploy, groupRead, support, "Microsoft.KeyVault/vaults/*/read"},
			DataActions: []string{"Microsoft.KeyVault/vaults/secrets/*"},
		},
		{
			ID: "4d97b98b-1d4f-4787-a291-c67834d212e7", Name: "Network Contributor", Description: "Manage networks.",
			Actions: []string{authRead, alerts, "Microsoft.Network/*", "Microsoft.ResourceHealth/availabilityStatuses/read", deploy, groupRead, support},
		},
	}
}

func custom(st *state.State) []Definition {
	var all []Definition
	for _, r := range st.Roles {
		id := r.ID
		if id == "" {
			id = state.GUID(st.Tenant, "role", r.Name)
		}
		all = append(all, Definition{
			ID: id, Name: r.Name, Custom: true, Description: "declared by the rehearsal's state",
			Actions: r.Actions, NotActions: r.NotActions, DataActions: r.DataActions, NotDataActions: r.NotDataActions,
		})
	}
	return all
}

// Definitions are all roles, the built-in ones first.
func (s *Store) Definitions() []Definition { return slices.Clone(s.roles) }

// Definition finds a role by its name, its GUID or its ARM id.
func (s *Store) Definition(id string) (Definition, bool) {
	d, ok := s.role(id)
	if !ok {
		return Definition{}, false
	}
	return *d, true
}

func (s *Store) role(id string) (*Definition, bool) {
	short := id[strings.LastIndexByte(id, '/')+1:]
	for i := range s.roles {
		if d := &s.roles[i]; strings.EqualFold(d.Name, id) || strings.EqualFold(d.ID, short) {
			return d, true
		}
	}
	return nil, false
}
