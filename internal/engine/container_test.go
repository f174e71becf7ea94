package engine

import (
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"
)

// fake stands for an engine: it notes how it is called, makes the file of a
// pull, and runs what follows /bin/bash in its arguments.
const fake = `#!/bin/bash
echo "${0##*/} $*" >> "${0%/*}/../calls"
if [[ $1 == pull ]]; then
    [[ $* == *broken* ]] && { echo "no such image" >&2; exit 3; }
    [[ $* == *slow* ]] && sleep 30
    file=${@: -2:1}
    echo image > "$file"
    exit 0
fi
while [[ $# -gt 0 && $1 != /bin/bash ]]; do shift; done
[[ $# == 0 ]] || exec "$@"
`

const boxed = `
process P {
    container "${image}"
    input:
    val image
    output:
    stdout
    script:
    "echo 'in $image'"
}
workflow { P(channel.fromList(params.images.tokenize(' '))).view() }`

func boxes(t *testing.T, images, config string, files map[string]string) (*pipeline, func(*Options)) {
	t.Helper()
	all := map[string]string{"main.nf": boxed, "nextflow.config": "params.images = '" + images + "'\n" + config}
	for _, engine := range []string{"docker", "podman", "singularity", "apptainer", "ch-run", "ch-image", "shifter", "shifterimg", "sarus", "conda", "micromamba", "spack"} {
		all["fake/"+engine] = fake
	}
	for name, text := range files {
		all[name] = text
	}
	p := newPipeline(t, all)
	return p, func(o *Options) {
		path := filepath.Join(p.dir, "fake") + ":" + os.Getenv("PATH")
		old := o.Getenv
		o.Getenv = func(name string) (string, bool) {
			if name == "PATH" {
				return path, true
			}
			return old(name)
		}
		o.Environ = []string{"PATH=" + path, "HOME=" + p.dir}
		o.Quiet = false
	}
}

func (p *pipeline) calls(word string) []string {
	var lines []string
	for line := range strings.Lines(p.read("calls")) {
		if strings.Contains(line, word) {
			lines = append(lines, strings.TrimSpace(strings.ReplaceAll(line, p.dir, "DIR")))
		}
	}
	sort.Strings(lines)
	return lines
}

// The scope of the engine reaches the command line; images get the registry.
func TestContainerScope(t *testing.T) {
	p, change := boxes(t, "ubuntu:20.04 quay.io/a/b:1 a/b", `
docker {
    enabled = true
    registry = 'reg.io/'
    runOptions = '-u 7:7'
    engineOptions = '--eng'
    temp = '/tt'
    envWhitelist = 'AA,BB'
    mountFlags = 'Z'
    remove = false
    kill = false
    tty = true
}`, nil)
	t.Setenv("PATH", filepath.Join(p.dir, "fake")+":"+os.Getenv("PATH"))
	out, code := p.run(change)
	if code != 0 || !strings.Contains(out, "in ubuntu:20.04") {
		t.Fatalf("exit %d: %s", code, out)
	}
	calls := p.calls("docker")
	if len(calls) != 3 {
		t.Fatalf("calls: %q", calls)
	}
	for _, c := range calls {
		for _, want := range []string{"docker --eng run -i --cpu-shares 1024 -t ", " -e AA -e BB ", " -v /tt:/tmp ", ":Z ", " -u 7:7 "} {
			if !strings.Contains(c, want) {
				t.Errorf("%q is not in %s", want, c)
			}
		}
	}
	all := strings.Join(calls, "\n")
	for _, image := range []string{" reg.io/ubuntu:20.04 ", " quay.io/a/b:1 ", " reg.io/a/b "} {
		if strings.Count(all, image) != 1 {
			t.Errorf("image%sis not in\n%s", image, all)
		}
	}
}

// Images are pulled once into the cache directory, and used from there.
func TestSingularityPulls(t *testing.T) {
	p, change := boxes(t, "ubuntu:20.04 docker://busybox docker://busybox https://h/x:1 local.img kept:1", `
singularity {
    enabled = true
    cacheDir = 'images'
    libraryDir = 'library'
    noHttps = true
    runOptions = '--ro'
}`, map[string]string{"local.img": "", "library/kept-1.img": ""})
	t.Setenv("PATH", filepath.Join(p.dir, "fake")+":"+os.Getenv("PATH"))
	out, code := p.run(change)
	if code != 0 || !strings.Contains(out, "Pulling Singularity image docker://busybox [cache "+p.dir+"/images/busybox.img]") {
		t.Fatalf("exit %d: %s", code, out)
	}
	var pulls []string
	for _, c := range p.calls(" pull ") {
		words := strings.Fields(c)
		name, _, _ := strings.Cut(words[4], ".pulling.")
		pulls = append(pulls, strings.Join(append(words[:4:4], name, words[5]), " "))
	}
	want := []string{
		"singularity pull --nohttps --name busybox.img docker://busybox", "singularity pull --nohttps --name h-x-1.img https://h/x:1",
		"singularity pull --nohttps --name ubuntu-20.04.img docker://ubuntu:20.04",
	}
	if fmt.Sprint(pulls) != fmt.Sprint(want) {
		t.Errorf("pulled %q, want %q", pulls, want)
	}
	execs := strings.Join(p.calls(" exec "), "\n")
	for _, image := range []string{"images/ubuntu-20.04.img", "images/h-x-1.img", "local.img", "library/kept-1.img"} {
		if strings.Count(execs, " --ro DIR/"+image+" /bin/bash") != 1 {
			t.Errorf("%s is not used in\n%s", image, execs)
		}
	}
	entries, err := os.ReadDir(filepath.Join(p.dir, "images"))
	if err != nil || len(entries) != 3 {
		t.Errorf("the cache holds %v, %v", entries, err)
	}
	if out, code := p.run(func(o *Options) { change(o); o.Resume = "last" }); code != 0 || strings.Contains(out, "Pulling") || strings.Contains(out, "Submitted") {
		t.Errorf("a second run: exit %d: %s", code, out)
	}
}

func TestPullFails(t *testing.T) {
	for _, tc := range []struct{ image, config, want string }{
		{"docker://broken/x", "", "status : 3\n    message:\n      no such image"},
		{"docker://slow/x", "apptainer.pullTimeout = '200ms'", "it took longer than apptainer.pullTimeout (200ms)"},
	} {
		p, change := boxes(t, tc.image, "apptainer.enabled = true\n"+tc.config, nil)
		out, code := p.run(change)
		if code != 1 || !strings.Contains(out, "Failed to pull apptainer image") || !strings.Contains(out, tc.want) {
			t.Errorf("exit %d: %s", code, out)
		}
		if !strings.Contains(out, "Apptainer cache directory has not been defined") {
			t.Errorf("no advice: %s", out)
		}
		entries, err := os.ReadDir(filepath.Join(p.dir, "work", "singularity"))
		if err != nil || len(entries) != 0 {
			t.Errorf("left: %v, %v", entries, err)
		}
	}
}

// An engine that is not there is one error, before any task.
func TestEngineNotOnPath(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, script, want string }{
		{"asked for", boxed, "nextflow.config:2:1"},
		{"not needed", hello, ""},
	} {
		p := newPipeline(t, map[string]string{"main.nf": tc.script, "nextflow.config": "params.images = 'a'\npodman.enabled = true"})
		p.write("bin/bash", "")
		out, code := p.run(func(o *Options) {
			old := o.Getenv
			o.Getenv = func(name string) (string, bool) {
				if name == "PATH" {
					return filepath.Join(p.dir, "bin"), true
				}
				return old(name)
			}
			o.Quiet = false
		})
		if failed := code != 0; failed != (tc.want != "") {
			t.Errorf("%s: exit %d: %s", tc.name, code, out)
		}
		if tc.want != "" && (!strings.Contains(out, "the command `podman` is not on PATH, and process `P` runs in a container") || !strings.Contains(out, tc.want) || strings.Contains(out, "Submitted")) {
			t.Errorf("%s: %s", tc.name, out)
		}
	}
}
