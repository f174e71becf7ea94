package node

import (
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"sluice/internal/task"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the goldens")

const (
	shaA = "1111111111111111111111111111111111111111111111111111111111111111"
	shaB = "2222222222222222222222222222222222222222222222222222222222222222"
	dir  = "az://work/run/ab/0123456789abcdef0123456789abcd"
)

// TestCommands: the command lines, as they go to the service.
func TestCommands(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for _, line := range []string{
		PrepCommand(Prep{SluiceSHA: shaA}),
		PrepCommand(Prep{SluiceSHA: shaA, AzCopy: true}),
		PrepCommand(Prep{SluiceSHA: shaA, AzCopySHA: shaB, MinAzCopy: "10.30", Isolate: true}),
		TaskCommand(shaA, TaskRef{WorkDir: dir}),
		TaskCommand(shaA, TaskRef{WorkDir: "az://work/it's $(a) #1%/x"}),
		TaskCommand(shaA, TaskRef{WorkDir: dir, Fusion: true}),
		ProbeCommand(shaA, Probe{WorkDir: "az://work/run"}),
		ProbeCommand(shaA, Probe{WorkDir: "az://work/run", Read: []string{"az://in"}, Registries: []string{"r.azurecr.io"}, Vault: true, Secrets: []string{"A-B"}}),
	} {
		b.WriteString(line + "\n")
	}
	for _, s := range []Settings{
		{Endpoint: "https://a.blob.core.windows.net", ClientID: "c-1", TenantID: "t-1", CopyTool: "native"},
		{Endpoint: "https://a.blob.core.windows.net", ClientID: "c-1", WriteClientID: "c-2", TenantID: "t-1", CopyTool: "azcopy", KeyVault: "https://v.vault.azure.net", Cloud: Audiences{Vault: "https://vault.azure.cn"}},
	} {
		writeEnv(&b, Environment(s))
	}
	writeEnv(&b, FusionEnvironment(Fusion{WorkDir: "az://work/run/", Account: "a", ClientID: "c-1", LogLevel: "debug", LogOutput: "stdout", CacheSizeMB: 1024}))
	golden(t, "commands.txt", b.String())
}

func writeEnv(b *strings.Builder, env []task.EnvVar) {
	b.WriteString("\n")
	for _, v := range env {
		b.WriteString(v.Name + "=" + v.Value + "\n")
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Errorf("%s: -want +got\n%s", name, d)
	}
}

// TestTaskCommandRuns: a shell that gets the command line runs the program
// with the work directory as it was, whatever is in it.
func TestTaskCommandRuns(t *testing.T) {
	t.Parallel()
	shared := t.TempDir()
	place := filepath.Join(shared, "sluice", shaA)
	if err := os.MkdirAll(place, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(place, "sluice"), []byte("#!/bin/sh\nprintf '%s|' \"$@\"\n"), 0o777); err != nil {
		t.Fatal(err)
	}
	for _, uri := range []string{dir, "az://c/it's $(a) #1%/é", "az://c/a\nb", "encoded:az", "-rf"} {
		// The service splits at blanks outside quotes and starts no shell: a
		// shell does the same with this text.
		cmd := exec.Command("/bin/sh", "-c", TaskCommand(shaA, TaskRef{WorkDir: uri}))
		cmd.Env = []string{"AZ_BATCH_NODE_SHARED_DIR=" + shared}
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%q: %v, %s", uri, err, out)
		}
		words := strings.Split(strings.TrimSuffix(string(out), "|"), "|")
		if len(words) != 3 {
			t.Fatalf("%q: %q", uri, words)
		}
		if got, err := readURI(words[2]); err != nil || got != uri {
			t.Errorf("%q came as %q, %v", uri, got, err)
		}
	}
}

// TestPrepChecks: a program that is not the one that was uploaded never starts.
func TestPrepChecks(t *testing.T) {
	t.Parallel()
	work := t.TempDir()
	if err := os.WriteFile(filepath.Join(work, ProgramFile), []byte("#!/bin/sh\necho started > mark\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("/bin/sh", "-c", PrepCommand(Prep{SluiceSHA: shaA}))
	cmd.Dir = work
	out, err := cmd.CombinedOutput()
	if err == nil || cmd.ProcessState.ExitCode() != ExitInfra {
		t.Errorf("%v, %s", err, out)
	}
	if _, err := os.Stat(filepath.Join(work, "mark")); err == nil {
		t.Error("it was started")
	}
}

func TestFault(t *testing.T) {
	t.Parallel()
	f := &Fault{Class: ClassConfig, Step: StepStageIn, Op: "GET", URL: "https://a/c/x", Status: 403, Code: "AuthorizationPermissionMismatch", Message: "no", Identity: "c-1"}
	if got, want := f.Error(), "stage-in: GET https://a/c/x: 403 AuthorizationPermissionMismatch: no (identity c-1)"; got != want {
		t.Errorf("%s", got)
	}
	if f.ExitCode() != ExitConfig || (&Fault{Class: ClassInfra}).ExitCode() != ExitInfra {
		t.Error("exit codes")
	}
	back, err := ParseFault([]byte(`{"class":"infra","step":"stage-out","status":503,"requestId":"r","message":"m"}`))
	if d := cmp.Diff(&Fault{Class: "infra", Step: "stage-out", Status: 503, RequestID: "r", Message: "m"}, back); d != "" || err != nil {
		t.Error(d, err)
	}
	for _, bad := range []string{"", "{}", `{"class":"mine"}`} {
		if _, err := ParseFault([]byte(bad)); err == nil {
			t.Errorf("%q was read", bad)
		}
	}
}
