package node

import (
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"sluice/internal/task"
)

// TestDiskFull: a disk that the script fills, or that its inputs do not fit
// on, is no fault of the task, and is told although nothing can be written
// beside it any more.
func TestDiskFull(t *testing.T) {
	t.Parallel()
	if os.Getuid() != 0 {
		t.Skip("only root mounts a small disk")
	}
	w := newWorld(t)
	w.put(t, map[string]string{"data/big": strings.Repeat("0123456789abcdef", 256<<10)})
	for name, tk := range map[string]*task.Task{
		"script": {Script: "#!/bin/bash -ue\nhead -c 4M /dev/zero > filler || true\ncat /dev/zero > filler2 || true\nexit 1\n"},
		"inputs": {Script: "#!/bin/bash -ue\ntrue\n", Stage: []task.Staged{{Source: "az://data/big", Name: "big"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", dir).CombinedOutput(); err != nil {
				t.Skipf("mount: %v: %s", err, out)
			}
			t.Cleanup(func() {
				if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
					t.Error(err)
				}
			})
			tk.Name, tk.WorkDir = "P", "az://work/full/"+name
			tk.Remote = &task.Remote{Tool: "native", Endpoint: strings.TrimSuffix(w.azurite.URL(), "/")}
			w.prepare(t, tk)
			status, out := w.node(t, dir, "", "run", tk.WorkDir)
			got := w.files(t, "work/full/"+name)
			f, err := ParseFault([]byte(got[".command.fault"]))
			if err != nil || f.Class != ClassInfra || f.Code != "DiskFull" {
				t.Errorf("fault %q: %v\n%s", got[".command.fault"], err, out)
			}
			if status != ExitInfra || got[".exitcode"] != itoa(ExitInfra) {
				t.Errorf("exit status %d, %q\n%s", status, got[".exitcode"], out)
			}
		})
	}
}
