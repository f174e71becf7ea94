package workdir

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"sluice/internal/task"
)

// TestFusionSecrets: with Fusion nobody starts the wrapper who would say where
// the program is; values of the key vault come all the same, by the program
// that the job preparation task has put on the node.
func TestFusionSecrets(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	tk := &task.Task{
		Name: "P", WorkDir: "az://work/ab/cdef", Script: "#!/bin/bash -ue\necho \"[$TOKEN]\"\n", Secrets: task.NewSecrets("", "", []string{"TOKEN"}, nil),
		Remote: &task.Remote{Tool: toolFusion},
	}
	files, err := ControlFiles(tk)
	if err != nil {
		t.Fatal(err)
	}
	work := filepath.Join(dir, "fusion")
	program := filepath.Join(dir, "shared", "sluice", "0123", "sluice")
	for name, text := range map[string]string{
		filepath.Join(work, ScriptFile): string(files[ScriptFile]),
		// The mount is elsewhere here.
		filepath.Join(work, RunFile): strings.ReplaceAll(string(files[RunFile]), "/fusion/az/work/ab/cdef", work),
		program:                      "#!/bin/sh\n[ \"$*\" = \"node secrets TOKEN\" ] && printf 'va lue\\0'\n",
	} {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("bash", filepath.Join(work, RunFile))
	cmd.Dir = work
	cmd.Env = []string{"PATH=/usr/bin:/bin", "SLUICE_SHA=0123", "AZ_BATCH_NODE_SHARED_DIR=" + filepath.Join(dir, "shared")}
	out, err := cmd.CombinedOutput()
	got, _ := os.ReadFile(filepath.Join(work, OutFile))
	if err != nil || string(got) != "[va lue]\n" {
		t.Errorf("%v, printed %q\n%s", err, got, out)
	}
}
