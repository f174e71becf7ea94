package load

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sluice/internal/config"
	"sluice/internal/lang/diag"
	"sluice/internal/lang/langtest"
	"sluice/internal/lang/source"
	"sluice/internal/lang/value"
)

// azureOf reads the scope azure of a chunk; lines `// env NAME=value` are the
// environment.
func azureOf(f *source.File) (config.Azure, diag.List) {
	vars := map[string]string{}
	for line := range strings.Lines(f.Text) {
		if rest, ok := strings.CutPrefix(line, "// env "); ok {
			name, v, _ := strings.Cut(strings.TrimSpace(rest), "=")
			vars[name] = v
		}
	}
	getenv := func(name string) (string, bool) { v, ok := vars[name]; return v, ok }
	c, warnings, err := Load(Options{
		Files: []string{f.Name}, Params: value.NewMap(0), Getenv: getenv, Eval: evaluator("."),
		Read: func(string) ([]byte, error) { return []byte(f.Text), nil },
	})
	var list diag.List
	switch {
	case errors.As(err, &list):
		return config.Azure{}, list
	case err != nil:
		return config.Azure{}, diag.List{{Message: err.Error()}}
	}
	a, problems := c.Azure(getenv)
	return a, append(append(warnings, c.Check()...), problems...)
}

// TestAzureDiagnostics: each mistake in the scope azure has its message, and
// no message holds a secret.
func TestAzureDiagnostics(t *testing.T) {
	t.Parallel()
	langtest.Goldens(t, langtest.Chunks(t, "azure_*.config"), func(f *source.File) diag.List {
		a, problems := azureOf(f)
		if !problems.HasErrors() {
			t.Errorf("%s: no error in\n%s", f.Name, f.Text)
		}
		var b strings.Builder
		if err := problems.Render(&b, diag.Options{}); err != nil {
			t.Fatal(err)
		}
		asJSON, err := json.Marshal(a)
		if err != nil {
			t.Fatal(err)
		}
		shown := []string{b.String(), problems.Short()}
		if !strings.Contains(b.String(), "AZ903") { // no secret by the option's name
			shown = append(shown, fmt.Sprintf("%v %+v %#v %s %q", a, a, a, a.Storage.SAS, a.Storage.SAS), string(asJSON))
		}
		for _, text := range shown {
			if strings.Contains(text, "CANARY") {
				t.Errorf("%s: a secret is shown:\n%s", f.Name, text)
			}
		}
		return problems
	})
}

func TestAzure(t *testing.T) {
	t.Parallel()
	const id = "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/rg/providers/Microsoft.ManagedIdentity/userAssignedIdentities/extra"
	a, problems := azureOf(source.NewFile("nextflow.config", `
// env AZURE_STORAGE_ACCOUNT_NAME=fromenv
// env AZURE_TENANT_ID=aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee
azure {
    copyTool = 'azcopy'
    managedIdentity { system = true; nodes { resourceId = '`+id+`' } }
    registry = [[server: 'one.azurecr.io', managedIdentity: true], [server: 'two.azurecr.io', managedIdentity: '01234567-89ab-cdef-0123-456789abcdef']]
    retryPolicy { jitter = 0.5; delay = '1s' }
    batch {
        endpoint = 'https://acct.westeurope.batch.azure.com/'
        autoPoolMode = true
        deleteTasksOnCompletion = false
        preflight = 'deep'
        maxPoolWait = '2h'
        pools {
            pool1 { managedIdentity { system = true } }
            pool2 {
                managedIdentity { clientId = '01234567-89AB-cdef-0123-456789abcdef'; also = ['reader'] }
                vmType = 'Standard_D4s_v5'; vmCount = 2
                mounts = [[container: 'genomes', path: '/mnt/genomes']]
            }
            auto { autoScale = true }
        }
    }
}
`))
	if len(problems) > 0 {
		t.Fatal(problems.Short())
	}
	got := []any{
		a.Head.System, a.Storage.AccountName, a.TenantID, a.CopyTool, a.Batch.AccountName, a.Batch.Location, a.Batch.Endpoint,
		a.PoolIdentity("pool1"), a.PoolIdentity("pool2"), a.PoolIdentity("auto"), a.Registry, a.Pools["pool2"].MaxVMCount,
		a.Pools["pool2"].AutoScale, a.Pools["auto"].AutoScale, *a.Batch.DeleteTasks, a.Batch.PreflightDeep, a.Retry, a.Pools["pool2"].Mounts,
		value.ToString(a.Batch.JobLease), a.Batch.MaxInfraRetries,
	}
	want := []any{
		true, "fromenv", "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee", "azcopy", "acct", "westeurope", "https://acct.westeurope.batch.azure.com",
		config.IdentityChoice{System: true},
		config.IdentityChoice{ClientID: "01234567-89ab-cdef-0123-456789abcdef", Also: []string{"reader"}},
		config.IdentityChoice{ResourceID: id},
		[]config.AzureRegistry{
			{Server: "one.azurecr.io", Identity: config.IdentityChoice{Auto: true}},
			{Server: "two.azurecr.io", Identity: config.IdentityChoice{ClientID: "01234567-89ab-cdef-0123-456789abcdef"}},
		},
		6, false, true, false, true,
		config.AzureRetry{Delay: 1e9, MaxDelay: 90e9, MaxAttempts: 10, Jitter: 0.5},
		[]config.BlobMount{{Container: "genomes", Path: "/mnt/genomes"}},
		"1d", 5,
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
}

// TestAzureAllowSecrets: what the user gave is used where it is allowed.
func TestAzureAllowSecrets(t *testing.T) {
	t.Parallel()
	a, problems := azureOf(source.NewFile("nextflow.config", "// env AZURE_BATCH_ACCOUNT_KEY=CANARYbatch\nazure.allowSecrets = true\nazure.storage.sasToken = 'sv=2024&sig=CANARYsas'\n"))
	if len(problems) > 0 {
		t.Fatal(problems.Short())
	}
	if string(a.Storage.SAS) != "sv=2024&sig=CANARYsas" || string(a.Batch.AccountKey) != "CANARYbatch" {
		t.Errorf("secrets are lost: %q %q", string(a.Storage.SAS), string(a.Batch.AccountKey))
	}
}
