package node

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"sluice/internal/task"
)

// TestFaults: what goes wrong around a script says so, and what the script
// does is the script's.
func TestFaults(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.put(t, map[string]string{"data/one": "1"})
	for name, c := range map[string]struct {
		change func(*task.Task)
		status int
		fault  string
	}{
		"script":    {func(tk *task.Task) { tk.Script = "#!/bin/bash\necho said; echo wrong >&2; exit 7\n" }, 7, ""},
		"input":     {func(tk *task.Task) { tk.Stage = []task.Staged{{Source: "az://data/none", Name: "x"}} }, 1, `"class":"script","step":"stage-in","op":"GET"`},
		"container": {func(tk *task.Task) { tk.Stage = []task.Staged{{Source: "az://nowhere/none", Name: "x"}} }, ExitConfig, `"code":"ContainerNotFound"`},
		"dangling":  {func(tk *task.Task) { tk.Script = "#!/bin/bash\nln -s nothing out\n" }, 1, "output `out` is a link to `nothing`, which does not exist"},
		"loop":      {func(tk *task.Task) { tk.Script = "#!/bin/bash\nmkdir out; ln -s . out/self\n" }, 1, "is a link to a directory that it is in"},
		"pipe":      {func(tk *task.Task) { tk.Script = "#!/bin/bash\nmkfifo out\n" }, 1, "neither file nor directory"},
		"backslash": {func(tk *task.Task) { tk.Script = "#!/bin/bash\nmkdir out; : > 'out/a\\b'\n" }, 1, "cannot keep a name with a backslash"},
		"secrets":   {func(tk *task.Task) { tk.Secrets = task.NewSecrets("", "", []string{"S"}, nil) }, ExitConfig, `"step":"secret"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tk := &task.Task{Name: "P", WorkDir: "az://work/faults/" + name, Script: "#!/bin/bash\necho 1 > out\n", OutputGlobs: []string{"out"}, Remote: &task.Remote{Tool: "native", Endpoint: strings.TrimSuffix(w.azurite.URL(), "/")}}
			c.change(tk)
			status, out, got := w.run(t, tk)
			if status != c.status || !strings.Contains(strings.ReplaceAll(got[".command.fault"], `\\`, `\`), c.fault) || (c.fault == "") != (got[".command.fault"] == "") {
				t.Errorf("exit %d, want %d\n%s\n%s", status, c.status, got[".command.fault"], out)
			}
			if name == "script" && (got[".command.out"] != "said\n" || got[".command.err"] != "wrong\n" || got[".exitcode"] != "7") {
				t.Errorf("%q", got)
			}
		})
	}
}

// TestNoIdentity: an identity that is not on the pool is a fault of
// configuration, told at once.
func TestNoIdentity(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.refuse.Store(400)
	dir := t.TempDir()
	status, out := w.node(t, dir, "", "run", "az://work/x/1")
	data, err := os.ReadFile(filepath.Join(dir, ".command.fault"))
	if status != ExitConfig || err != nil || !strings.Contains(string(data), `"class":"config","step":"identity"`) || !strings.Contains(out, "Identity not found") {
		t.Errorf("%d %s %s", status, out, data)
	}
}

// TestTerminated: a task that is told to end ends, and what it said is kept.
func TestTerminated(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	tk := &task.Task{Name: "P", WorkDir: "az://work/term/1", Script: "#!/bin/bash\necho begun; touch mark; sleep 100\n", Remote: &task.Remote{Tool: "native", Endpoint: strings.TrimSuffix(w.azurite.URL(), "/")}}
	w.prepare(t, tk)
	dir := t.TempDir()
	cmd := w.command(dir, "run", tk.WorkDir)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for range 600 {
		if _, err := os.Stat(filepath.Join(dir, "mark")); err == nil {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err == nil || cmd.ProcessState.ExitCode() != 143 {
		t.Errorf("%v", err)
	}
	if got := w.files(t, "work/term/1"); got[".command.out"] != "begun\n" || got[".exitcode"] != "143" {
		t.Errorf("%q", got)
	}
}

func TestAzcopyFault(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"RESPONSE 403: 403 This request is not authorized\nERROR CODE: AuthorizationPermissionMismatch\n":                 "config 403 AuthorizationPermissionMismatch",
		"RESPONSE 403\nERROR CODE: AuthorizationFailure\n":                                                                "config 403 AuthorizationFailure",
		"failed to perform Auto-login: ManagedIdentityCredential: the requested identity isn't assigned to this resource": "config 400 IdentityNotFound",
		"failed to perform Auto-login: ManagedIdentityCredential authentication failed RESPONSE 500":                      "infra 500 ",
		"Cannot perform copy due to error: The specified file was not found.":                                             "script 404 BlobNotFound",
		"RESPONSE 503: 503 Server busy\nERROR CODE: ServerBusy":                                                           "infra 503 ServerBusy",
		"2026/11/24 08:23:49 ERR: [P#0-T#0] DOWNLOADFAILED: https://a.blob.core.windows.net/c/x.txt : 401 : 401 Unauthorized. When Downloading\n<Code>InvalidAuthenticationInfo</Code><Message>no</Message>": "config 401 InvalidAuthenticationInfo",
		"write x: no space left on device": "infra 0 DiskFull",
	} {
		f := azcopyFault(text, 1, StepStageIn)
		got := f.Class + " " + itoa(f.Status) + " " + f.Code
		if got != want {
			t.Errorf("%q: %s", text, got)
		}
	}
	if f := azcopyFault("ERR: [P#0-T#0] UPLOADFAILED: /a/b : 404 : 404 Not Found. When Committing block list.", 1, StepStageOut); f.Class != ClassConfig || f.Code != "ContainerNotFound" || f.Status != 404 {
		t.Errorf("%+v", f)
	}
	if f := azcopyFault("INFO: x\nERR: the sky fell\nNumber of Files: 0\n", 1, StepStageIn); f.Message != "azcopy ended with 1: the sky fell" {
		t.Errorf("%+v", f)
	}
	if f := azcopyFault("", 124, StepStageIn); f.Code != "Timeout" || f.Class != ClassInfra {
		t.Errorf("%+v", f)
	}
	if oomCount("low 0\noom 1\noom_kill 3\n") != 3 {
		t.Error("oom_kill")
	}
}
