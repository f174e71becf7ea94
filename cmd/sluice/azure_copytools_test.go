package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"sluice/internal/azuretest"
)

const copyPipeline = `
process MAKE {
    output: path 'x.txt'
    script: "echo hello > x.txt"
}
process P {
    input: path x
    output: path 'out.txt'
    script: "cat $x > out.txt"
}
workflow { MAKE | P | map { 'got ' + it.text.trim() } | view }
`

// copyConfig: what the rehearsal's state says is what is to be met.
const copyConfig = `
azure.batch.preflight = 'off'
azure.batch.maxInfraRetries = 1
azure.batch.pools.mine.managedIdentity.clientId = null
azure.batch.autoPoolMode = false
process.queue = 'mine'
`

const copyState = `
batch: {nodeStart: 100ms}
pools:
- {name: mine, vmSize: Standard_D4ds_v5, nodes: 1, slots: 4, identities: [nodes], containers: true}
faults:
`

// What goes wrong while files move, with the program itself and with the real
// azcopy: the run says what happened, of the right class.
func TestAzureCopyFaults(t *testing.T) {
	t.Parallel()
	// All of them take a minute: `make test` wants that.
	short := map[string]bool{"download 403 role native": true, "upload 401 azcopy": true, "upload dropped for a while native": true}
	const get = `- {service: blob, from: mine, method: GET, path: "x[.]txt", `
	const put = `- {service: blob, from: mine, method: PUT, path: "x[.]txt", `
	const deny = `status: 403, code: AuthorizationPermissionMismatch}`
	for _, tc := range []struct {
		name, faults string
		want         []string // regular expressions on what the head says
		azcopy       string   // "" not with it, "too", or "only"
		config       string
	}{
		{"download 403 role", get + deny, []string{`AZ201: task P cannot run: stage-in: GET https://\S+/x\.txt: 403 AuthorizationPermissionMismatch`, `--role 'Storage Blob Data Contributor' --scope \S*.*containers/work"`}, "", ""},
		{"upload 403 role", put + deny, []string{`AZ201: task MAKE cannot run: stage-out: PUT https://\S+/x\.txt: 403 AuthorizationPermissionMismatch`}, "", ""},
		{"upload 403 firewall", put + `status: 403, code: AuthorizationFailure}`, []string{`AZ203: task MAKE cannot run: stage-out: .*403 AuthorizationFailure`, `network-rule add`}, "", ""},
		{"download 401", get + `status: 401, code: InvalidAuthenticationInfo}`, []string{`task P cannot run: stage-in: GET https://\S+/x\.txt: 401 InvalidAuthenticationInfo`}, "too", ""},
		{"upload 401", put + `status: 401, code: InvalidAuthenticationInfo}`, []string{`task MAKE cannot run: stage-out: PUT https://\S+/x\.txt: 401 InvalidAuthenticationInfo`}, "too", ""},
		{"download 404 blob", get + `status: 404, code: BlobNotFound}`, []string{`Error executing process > 'P'`, `x\.txt`}, "", ""},
		{"upload 404 container", put + `status: 404, code: ContainerNotFound}`, []string{`task MAKE cannot run: stage-out: PUT https://\S+/x\.txt: 404 ContainerNotFound`}, "too", ""},
		{"download 503 for a while", get + `status: 503, code: ServerBusy, times: 2}`, []string{`got hello`}, "", ""},
		{"download short for a while", get + `shortRead: true, times: 2}`, []string{`got hello`}, "", ""},
		{"download dropped for a while", get + `drop: true, times: 2}`, []string{`got hello`}, "", ""},
		{"upload dropped for a while", put + `drop: true, times: 2}`, []string{`got hello`}, "", ""},
		{"identity endpoint busy for a while", `- {service: imds, from: mine, status: 429, retryAfter: 1s, times: 2}`, []string{`got hello`}, "", ""},
		{"persistent 503", get + `status: 503, code: ServerBusy}`, []string{`Azure failed the task 1 times .*stage-in: GET https://\S+/x\.txt: .*azcopy did not end in time`}, "only", "env.NXF_AZCOPY_TIMEOUT = '4'\nazure.batch.maxInfraRetries = 0"},
	} {
		for _, tool := range []string{"native", "azcopy"} {
			if tool == "azcopy" && tc.azcopy == "" || tool != "azcopy" && tc.azcopy == "only" {
				continue
			}
			name := tc.name + " " + tool
			if os.Getenv("SLUICE_LONG") == "" && !short[name] {
				continue
			}
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				out := rehearseCopies(t, tool, copyPipeline, copyConfig+tc.config, copyState+tc.faults+"\n")
				for _, want := range tc.want {
					if !regexp.MustCompile(want).MatchString(out) {
						t.Errorf("%s is not in:\n%s", want, out)
					}
				}
			})
		}
	}
}

// rehearseCopies runs a pipeline on a rehearsal and gives what the head says.
func rehearseCopies(t *testing.T, tool, pipeline, config, state string) string {
	t.Helper()
	dir := t.TempDir()
	env := os.Environ()
	if tool == "azcopy" {
		path, libraries := azuretest.Azcopy(t)
		config += "\nazure.copyTool = 'azcopy'\nazure.azcopy.source = '" + path + "'\n"
		env = append(env, libraries...)
	}
	for name, text := range map[string]string{"main.nf": pipeline, "nextflow.config": config, "state.yaml": state} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("sluice", "azure", "rehearse", "--keep", "kept", "--state", "state.yaml", "main.nf")
	cmd.Dir, cmd.Env = dir, append(env, "HOME="+dir)
	out, err := cmd.CombinedOutput()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	text, _, _ := strings.Cut(string(out), "\nCalls to Azure")
	return text
}
