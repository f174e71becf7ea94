package node

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"sluice/internal/task"
)

// standIn writes a program that notes its arguments in $NOTES.
func standIn(t *testing.T, dir, name, body string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/bash\n"+body+"\n"), 0o777); err != nil {
		t.Fatal(err)
	}
}

// TestPrep: the whole command line of a preparation task, twice.
func TestPrep(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		version string
		want    string
	}{
		"new": {"azcopy version 10.32.2", ""},
		"old": {"azcopy version 10.8.0", "azcopy is azcopy version 10.8.0, and at least 10.25 is needed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			work, shared := t.TempDir(), t.TempDir()
			if err := copyProgram(os.Args[0], filepath.Join(work, ProgramFile), 0o666); err != nil {
				t.Fatal(err)
			}
			standIn(t, work, AzCopyFile, "echo "+c.version)
			sum, err := hashOf(filepath.Join(work, ProgramFile))
			if err != nil {
				t.Fatal(err)
			}
			azSum, err := hashOf(filepath.Join(work, AzCopyFile))
			if err != nil {
				t.Fatal(err)
			}
			for range 2 {
				cmd := exec.Command("/bin/sh", "-c", PrepCommand(Prep{SluiceSHA: sum, AzCopySHA: azSum}))
				cmd.Dir, cmd.Env = work, []string{"PATH=/usr/bin:/bin", "SLUICE_TEST_NODE=1", "AZ_BATCH_NODE_SHARED_DIR=" + shared}
				out, err := cmd.CombinedOutput()
				if (err != nil) != (c.want != "") || !strings.Contains(string(out), c.want) {
					t.Fatalf("%v\n%s", err, out)
				}
				if c.want != "" {
					if cmd.ProcessState.ExitCode() != ExitConfig {
						t.Errorf("exit %d", cmd.ProcessState.ExitCode())
					}
					return
				}
			}
			for _, f := range []string{ProgramFile, AzCopyFile} {
				info, err := os.Stat(filepath.Join(shared, "sluice", sum, f))
				if err != nil || info.Mode().Perm() != 0o755 {
					t.Errorf("%s: %v, %v", f, info, err)
				}
			}
			if info, err := os.Stat(filepath.Join(shared, "sluice", "tokens")); err != nil || info.Mode().Perm() != 0o777 || info.Mode()&os.ModeSticky == 0 {
				t.Errorf("%v, %v", info, err)
			}
		})
	}
}

// TestIsolate: the rules are set once, however often the node is prepared.
func TestIsolate(t *testing.T) {
	t.Parallel()
	bin := t.TempDir()
	notes := filepath.Join(bin, "notes")
	// Knows a rule once it was inserted.
	standIn(t, bin, "iptables", `shift 2
case $1 in
-n) exit 0 ;;
-C) grep -qF -- "-I $2 1 ${*:3}" `+notes+` ;;
*) echo "$*" >> `+notes+` ;;
esac`)
	n := &Node{Env: []string{"PATH=/usr/bin:/bin"}, Stdout: &bytes.Buffer{}, Stderr: &bytes.Buffer{}, iptables: filepath.Join(bin, "iptables")}
	for range 2 {
		if err := n.isolate(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	data, err := os.ReadFile(notes)
	if want := "-I DOCKER-USER 1 -d 169.254.169.254/32 -j DROP\n-I DOCKER-USER 1 -d 168.63.129.16/32 -j DROP\n"; err != nil || string(data) != want {
		t.Errorf("%q, %v", data, err)
	}
}

// TestHost: on the host the wrapper stages, starts the container, and stages out.
func TestHost(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.put(t, map[string]string{"data/one": "1"})
	notes := filepath.Join(w.bin, "notes")
	// Runs what the container would: the words after the image.
	standIn(t, w.bin, "docker", `echo "$*" >> `+notes+`
[[ $1 == run ]] || exit 0
cd "$NXF_TASK_WORKDIR" || exit 1
while [[ $1 != ubuntu:24.04 ]]; do shift; done
exec "${@:2}"`)
	tk := &task.Task{
		Name: "P", WorkDir: "az://work/host/1", Script: "#!/bin/bash -ue\ncat in > out; echo $V >> out\n", OutputGlobs: []string{"out"}, WantMetrics: true,
		Env:       []task.EnvVar{{Name: "V", Value: "a b"}},
		Stage:     []task.Staged{{Source: "az://data/one", Name: "in"}},
		Container: &task.Container{Engine: "docker", Image: "ubuntu:24.04"},
		Remote:    &task.Remote{Tool: "native", Host: true, Endpoint: strings.TrimSuffix(w.azurite.URL(), "/")},
	}
	status, out, got := w.run(t, tk)
	if status != 0 || got["out"] != "1a b\n" {
		t.Fatalf("%d %s %q", status, out, got)
	}
	data, err := os.ReadFile(notes)
	if err != nil {
		t.Fatal(err)
	}
	line, _, _ := strings.Cut(string(data), "\n")
	for _, want := range []string{"run -i", "--cpu-shares 1024", "-e NXF_TASK_WORKDIR", "ubuntu:24.04 /bin/bash -c"} {
		if !strings.Contains(line, want) {
			t.Errorf("no %q in %s", want, line)
		}
	}
	for _, never := range []string{w.shared, "SLUICE_", "AZCOPY_", "--privileged"} {
		if strings.Contains(line, never) {
			t.Errorf("%q in %s", never, line)
		}
	}
}
