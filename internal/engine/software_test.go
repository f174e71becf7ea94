package engine

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Tasks run in environments that conda and Spack make once.
func TestEnvironments(t *testing.T) {
	const script = `
process P {
    conda params.conda
    spack params.spack
    arch 'linux/x86_64', target: 'haswell'
    input:
    val n
    output:
    stdout
    script:
    "echo \$ACTIVE"
}
workflow { P(channel.of(1, 2)).view() }`
	const activate = `#!/bin/bash
echo "${0##*/} $*" >> "${0%/*}/../calls"
case "$*" in
"info --json") printf '{\n "conda_prefix": "%s"\n}\n' "${0%/*}/conda.d" ;;
"shell hook"*) echo 'micromamba() { export ACTIVE="micromamba ${*: -1}"; }' ;;
*"activate --sh"*) echo "export ACTIVE='spack ${@: -1}'" ;;
*create*) for ((i = 1; i < $#; i++)); do [[ ${!i} == --prefix || ${!i} == -d ]] && { j=$((i + 1)); mkdir -p "${!j}"; }; done ;;
esac
exit 0
`
	for _, tc := range []struct{ name, config, active, made string }{
		{"conda", "conda.enabled = true\nparams.conda = 'samtools=1.9 bwa'\nparams.spack = null", "conda DIR/work/conda/env-dd179f9fb3a97cfd53cf0659f4d5a039", "conda create --yes --quiet --prefix DIR/work/conda/env-dd179f9fb3a97cfd53cf0659f4d5a039 samtools=1.9 bwa"},
		{"micromamba", "conda { enabled = true; useMicromamba = true; cacheDir = 'envs'; channels = 'a,b' }\nparams.conda = 'fastqc'\nparams.spack = null", "micromamba DIR/envs/env-23037893fdd4cef8d4acc5fe82ba1899", "micromamba create --yes --quiet --prefix DIR/envs/env-23037893fdd4cef8d4acc5fe82ba1899 -c a -c b fastqc"},
		{"spack", "spack.enabled = true\nparams.spack = 'fastqc'\nparams.conda = false", "spack DIR/work/spack/env-23037893fdd4cef8d4acc5fe82ba1899", "spack -e DIR/work/spack/env-23037893fdd4cef8d4acc5fe82ba1899 config add packages:all:target:[haswell]"},
	} {
		p, change := boxes(t, "", tc.config, map[string]string{
			"main.nf": script, "nextflow.config": tc.config, "fake/conda": activate, "fake/micromamba": activate, "fake/spack": activate,
			"fake/conda.d/bin/activate": "export ACTIVE=\"conda $1\"\n",
		})
		t.Setenv("PATH", filepath.Join(p.dir, "fake")+":"+os.Getenv("PATH"))
		out, code := p.run(change)
		out = strings.ReplaceAll(out, p.dir, "DIR")
		if code != 0 || strings.Count(out, tc.active+"\n") != 2 || strings.Count(out, "Creating env using "+tc.name) != 1 {
			t.Errorf("%s: exit %d: %s\n%s", tc.name, code, out, p.read("calls"))
		}
		if calls := p.calls(""); strings.Count("\n"+strings.Join(calls, "\n")+"\n", "\n"+tc.made+"\n") != 1 {
			t.Errorf("%s: %q, want %q", tc.name, calls, tc.made)
		}
		if out, code := p.run(func(o *Options) { change(o); o.Resume = "last" }); code != 0 || strings.Contains(out, "Submitted") {
			t.Errorf("%s again: exit %d: %s", tc.name, code, out)
		}
	}
}

// Engines without images in one file.
func TestMoreEngines(t *testing.T) {
	for _, tc := range []struct{ engine, want string }{
		{"charliecloud", "ch-run --unset-env=* -c WORK --set-env --write-fake --set-env=NXF_TASK_WORKDIR=WORK -b WORK DIR/work/charliecloud/img/a%b+latest -- /bin/bash -ue WORK/.command.sh"},
		{"shifter", "shifter --image docker:a/b:latest /bin/bash -ue WORK/.command.sh"},
		{"sarus", "sarus run -e NXF_TASK_WORKDIR --mount=type=bind,source=WORK,destination=WORK -w WORK a/b /bin/bash -ue WORK/.command.sh"},
	} {
		p, change := boxes(t, "a/b", tc.engine+".enabled = true", nil)
		t.Setenv("PATH", filepath.Join(p.dir, "fake")+":"+os.Getenv("PATH"))
		out, code := p.run(change)
		if code != 0 || !strings.Contains(out, "in a/b") {
			t.Errorf("%s: exit %d: %s", tc.engine, code, out)
			continue
		}
		dirs, err := filepath.Glob(filepath.Join(p.dir, "work", "??", "*"))
		if err != nil || len(dirs) != 1 {
			t.Fatalf("%v, %v", dirs, err)
		}
		work := strings.ReplaceAll(dirs[0], p.dir, "DIR")
		name, _, _ := strings.Cut(tc.want, " ")
		var got []string
		for _, c := range p.calls(name + " ") {
			if !strings.HasPrefix(c, "sarus pull") {
				got = append(got, strings.ReplaceAll(c, work, "WORK"))
			}
		}
		if fmt.Sprint(got) != fmt.Sprint([]string{tc.want}) {
			t.Errorf("%s: %q\nwant %q", tc.engine, got, tc.want)
		}
	}
}
