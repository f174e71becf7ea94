package preflight

import (
	"crypto/sha256"
	"fmt"
	"strings"
)

// A Grant is a role assignment that is missing.
type Grant struct {
	PrincipalID string `json:"principalId"`
	Who         string `json:"who"`
	Role        string `json:"role"`
	Scope       string `json:"scope"`
	Why         string `json:"why"`
}

func (g Grant) key() string {
	return g.Who + "\x00" + g.Scope + "\x00" + g.Role + "\x00" + g.PrincipalID
}

func (g Grant) command() string {
	return fmt.Sprintf("az role assignment create --assignee-object-id %s --assignee-principal-type ServicePrincipal --role %q --scope %s", g.PrincipalID, g.Role, g.Scope)
}

// roleIDs are the ids of the built-in roles that are granted.
var roleIDs = map[string]string{
	"Azure Batch Data Contributor":  "6aaa78f1-f7de-44ca-8722-c64a23943cae",
	"Azure Batch Job Submitter":     "48e5e92e-a480-4e71-aa9c-2778f4c13781",
	"Managed Identity Operator":     "f1a07417-d97a-45cb-824c-7a7467783830",
	"Storage Blob Data Contributor": "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
	"Storage Blob Data Reader":      "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1",
	"AcrPull":                       "7f951dda-4ed3-4680-a7ca-43fe172d538d",
	"Key Vault Secrets User":        "4633458b-17de-408a-b874-0445c86b69e6",
	"Reader":                        "acdd72a7-3385-48ef-bd42-f606fba81ae7",
	"Network Contributor":           "4d97b98b-1d4f-4787-a291-c67834d212e7",
}

// Formats are the forms that Grants writes.
var Formats = []string{"az", "bicep", "terraform"}

// Grants writes the assignments that are missing, and nothing else; it
// applies none of them.
func Grants(r Report, format string) (string, error) {
	var b strings.Builder
	for i, g := range r.Missing {
		if i > 0 {
			b.WriteString("\n")
		}
		name := fmt.Sprintf("sluice%x", sha256.Sum256([]byte(g.key())))[:18]
		comment := fmt.Sprintf("%s: %s", g.Who, g.Why)
		switch format {
		case "az":
			fmt.Fprintf(&b, "# %s\n%s\n", comment, g.command())
		case "bicep":
			g.bicep(&b, name, comment)
		case "terraform":
			fmt.Fprintf(&b, "# %s\nresource \"azurerm_role_assignment\" %q {\n  scope                = %q\n  role_definition_name = %q\n  principal_id         = %q\n}\n", comment, name, g.Scope, g.Role, g.PrincipalID)
		default:
			return "", fmt.Errorf("format `%s` does not exist: it is %s", format, strings.Join(Formats, ", "))
		}
	}
	return b.String(), nil
}

// bicep assigns at the resource itself: existing resources from the outermost
// to the one that the scope names.
func (g Grant) bicep(b *strings.Builder, name, comment string) {
	fmt.Fprintf(b, "// %s\n// deploy to the resource group %s\n", comment, part(g.Scope, "resourceGroups"))
	i := strings.LastIndex(g.Scope, "/providers/")
	parts := strings.Split(g.Scope[i+len("/providers/"):], "/")
	kind, parent := parts[0], ""
	for n := 1; n+1 < len(parts); n += 2 {
		kind += "/" + parts[n]
		symbol := fmt.Sprintf("%s_%d", name, n/2)
		fmt.Fprintf(b, "resource %s '%s@%s' existing = {\n", symbol, kind, bicepVersion(kind))
		if parent != "" {
			fmt.Fprintf(b, "  parent: %s\n", parent)
		}
		fmt.Fprintf(b, "  name: '%s'\n}\n", parts[n+1])
		parent = symbol
	}
	fmt.Fprintf(b, "resource %s 'Microsoft.Authorization/roleAssignments@2022-04-01' = {\n  name: guid(%s.id, '%s', '%s')\n  scope: %s\n  properties: {\n    principalId: '%s'\n    principalType: 'ServicePrincipal'\n    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '%s')\n  }\n}\n",
		name, parent, g.PrincipalID, roleIDs[g.Role], parent, g.PrincipalID, roleIDs[g.Role])
}

func bicepVersion(kind string) string {
	switch provider, _, _ := strings.Cut(kind, "/"); provider {
	case "Microsoft.Storage":
		return storageVersion
	case "Microsoft.Batch":
		return batchVersion
	case "Microsoft.ManagedIdentity":
		return "2023-01-31"
	case "Microsoft.Network":
		return "2023-11-01"
	}
	return "2023-07-01"
}

func part(id, kind string) string {
	parts := strings.Split(strings.Trim(id, "/"), "/")
	for i := 0; i+1 < len(parts); i += 2 {
		if strings.EqualFold(parts[i], kind) {
			return parts[i+1]
		}
	}
	return ""
}

// CreateIdentity writes what makes an identity for the nodes of a pool.
func CreateIdentity(format, pool string) (string, error) {
	name := "sluice-nodes"
	if pool != "" && pool != "auto" {
		name += "-" + pool
	} else {
		pool = "auto"
	}
	use := "then set azure.batch.pools." + pool + ".managedIdentity.clientId to its client id"
	switch format {
	case "az":
		return fmt.Sprintf("# %s\naz identity create --name %s --resource-group <group> --query clientId --output tsv\n\n", use, name), nil
	case "bicep":
		return fmt.Sprintf("// %s\nresource nodes 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {\n  name: '%s'\n  location: resourceGroup().location\n}\noutput clientId string = nodes.properties.clientId\n\n", use, name), nil
	case "terraform":
		return fmt.Sprintf("# %s\nresource \"azurerm_user_assigned_identity\" \"nodes\" {\n  name                = %q\n  resource_group_name = \"<group>\"\n  location            = \"<region>\"\n}\n\n", use, name), nil
	}
	return "", fmt.Errorf("format `%s` does not exist: it is %s", format, strings.Join(Formats, ", "))
}
