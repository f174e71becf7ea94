package podmantest

import (
	"archive/tar"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Images that Load makes:
//
//	localhost/task:1    bash and busybox, without `ps`
//	docker.io/sluice/task:1, quay.io/sluice/task:1
//	                    the same by other names
//	localhost/entry:1   the same, with an entry point that writes the file `entered` and runs its arguments
//	localhost/greedy:1  the same, with an entry point that runs nothing
//	localhost/nobash:1  busybox alone
const (
	Task   = "localhost/task:1"
	Entry  = "localhost/entry:1"
	Greedy = "localhost/greedy:1"
	NoBash = "localhost/nobash:1"
)

// A Podman is an installation of its own below Dir.
type Podman struct{ Dir string }

// No CNI, no systemd, no crun: what a container may ask of a small machine.
// What waits for the end of a container is told the graph root alone and finds
// the rest below it; elsewhere it would wait in vain, 20 seconds each time.
const containersConf = `[containers]
default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
netns = "none"
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "none"
lock_type = "file"
static_dir = "DIR/graph/libpod"
tmp_dir = "DIR/tmp"
volume_path = "DIR/volumes"
`

const storageConf = `[storage]
driver = "vfs"
graphroot = "DIR/graph"
runroot = "DIR/run"
`

// New writes the configuration into dir and finds the programs. Nothing runs yet.
func New(dir string) (*Podman, error) {
	p := &Podman{Dir: dir}
	for _, name := range []string{"podman", "runc", "busybox", "bash-static"} {
		if _, err := exec.LookPath(name); err != nil {
			return nil, fmt.Errorf("%s is not installed: run tools/need-podman", name)
		}
	}
	if err := os.MkdirAll(filepath.Join(dir, "bin"), 0o755); err != nil {
		return nil, err
	}
	for name, text := range map[string]string{"containers.conf": containersConf, "storage.conf": storageConf} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(strings.ReplaceAll(text, "DIR", dir)), 0o644); err != nil {
			return nil, err
		}
	}
	// Debian's podman-docker, whatever else is called docker here.
	if text, err := os.ReadFile("/usr/bin/docker"); err == nil && bytes.Contains(text, []byte("podman")) {
		if err := os.Symlink("/usr/bin/docker", filepath.Join(dir, "bin", "docker")); err != nil && !os.IsExist(err) {
			return nil, err
		}
	}
	return p, nil
}

// Env are the variables by which podman finds its configuration, and a PATH
// on which `docker` is podman.
func (p *Podman) Env() []string {
	return []string{
		"CONTAINERS_CONF=" + filepath.Join(p.Dir, "containers.conf"),
		"CONTAINERS_STORAGE_CONF=" + filepath.Join(p.Dir, "storage.conf"),
		"PATH=" + filepath.Join(p.Dir, "bin") + ":" + os.Getenv("PATH"),
	}
}

// Run calls podman and gives what it printed.
func (p *Podman) Run(stdin []byte, args ...string) (string, error) {
	cmd := exec.Command("podman", args...)
	cmd.Env, cmd.Stdin = append(os.Environ(), p.Env()...), bytes.NewReader(stdin)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		return string(out), fmt.Errorf("podman %s: %w: %s", strings.Join(args, " "), err, bytes.TrimSpace(errs.Bytes()))
	}
	return string(out), nil
}

// Load makes the images and runs a container to see that it can.
func (p *Podman) Load() error {
	task, err := p.tree("bash", "")
	if err != nil {
		return err
	}
	nobash, err := p.tree("", "")
	if err != nil {
		return err
	}
	entry, err := p.tree("bash", "#!/bin/bash\necho entered > entered\nexec \"$@\"\n")
	if err != nil {
		return err
	}
	for _, image := range []struct {
		name, change string
		tree         []byte
	}{
		{Task, "ENV IN_IMAGE=yes", task},
		{NoBash, "", nobash},
		{Entry, `ENTRYPOINT ["/entry"]`, entry},
		{Greedy, `ENTRYPOINT ["/bin/true"]`, task},
	} {
		args := []string{"import", "--quiet"}
		if image.change != "" {
			args = append(args, "--change", image.change)
		}
		if _, err := p.Run(image.tree, append(args, "-", image.name)...); err != nil {
			return err
		}
	}
	if _, err := p.Run(nil, "tag", Task, "docker.io/sluice/task:1", "quay.io/sluice/task:1"); err != nil {
		return err
	}
	if out, err := p.Run(nil, "run", "--rm", Task, "bash", "-c", "echo $IN_IMAGE"); err != nil || out != "yes\n" {
		return fmt.Errorf("run a container: %q: %w", out, err)
	}
	return nil
}

// Close removes the containers and all files.
func (p *Podman) Close() error {
	_, err := p.Run(nil, "rm", "--all", "--force", "--time", "0")
	if gone := os.RemoveAll(p.Dir); err == nil {
		err = gone
	}
	return err
}

// tree is the file system of an image as a tar file.
func (p *Podman) tree(bash, entry string) ([]byte, error) {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	var bad error
	put := func(h tar.Header, data []byte) {
		h.Size = int64(len(data))
		if err := w.WriteHeader(&h); err != nil && bad == nil {
			bad = err
		}
		if _, err := w.Write(data); err != nil && bad == nil {
			bad = err
		}
	}
	for _, dir := range []string{"bin", "etc", "tmp", "usr"} {
		put(tar.Header{Name: dir + "/", Mode: 0o1777, Typeflag: tar.TypeDir}, nil)
	}
	put(tar.Header{Name: "usr/bin", Linkname: "../bin", Typeflag: tar.TypeSymlink}, nil)
	put(tar.Header{Name: "etc/passwd", Mode: 0o644}, []byte("root:x:0:0:root:/:/bin/sh\n"))
	programs := map[string]string{"busybox": "busybox"}
	if bash != "" {
		programs[bash] = "bash-static"
	}
	for name, from := range programs {
		path, err := exec.LookPath(from)
		if err != nil {
			return nil, err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		put(tar.Header{Name: "bin/" + name, Mode: 0o755}, data)
	}
	applets, err := exec.Command("busybox", "--list").Output()
	if err != nil {
		return nil, fmt.Errorf("list what busybox has: %w", err)
	}
	for _, name := range strings.Fields(string(applets)) {
		if name != "busybox" && name != "ps" && name != bash {
			put(tar.Header{Name: "bin/" + name, Linkname: "busybox", Typeflag: tar.TypeSymlink}, nil)
		}
	}
	if entry != "" {
		put(tar.Header{Name: "entry", Mode: 0o755}, []byte(entry))
	}
	if err := w.Close(); bad == nil {
		bad = err
	}
	return b.Bytes(), bad
}
