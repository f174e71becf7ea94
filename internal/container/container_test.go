package container

import (
	"os/exec"
	"strings"
	"testing"

	"sluice/internal/task"

	"github.com/google/go-cmp/cmp"
)

// The expected lines are the original engine's, 25.04.4. Shifter's sets its
// variables by `env`: without it bash takes them for the command.
func TestBuild(t *testing.T) {
	t.Parallel()
	const dir = "/w/78/b54e"
	sh := "/bin/bash -ue " + dir + "/.command.sh"
	tr := "/bin/bash " + dir + "/.command.run nxf_trace"
	sing := `set +u; env - PATH="$PATH" ${TMP:+SINGULARITYENV_TMP="$TMP"} ${TMPDIR:+SINGULARITYENV_TMPDIR="$TMPDIR"} ${NXF_TASK_WORKDIR:+SINGULARITYENV_NXF_TASK_WORKDIR="$NXF_TASK_WORKDIR"} `
	tests := []struct {
		name string
		spec Spec
		want Lines
	}{
		{
			"docker",
			Spec{Container: &task.Container{Engine: "docker", Image: "ubuntu:20.04", Options: "--foo bar", FixOwnership: true}, Cpus: 2, MemoryMB: 2048, HasEnv: true, Traced: true, Command: tr, Inputs: []string{"/w/f1.txt"}},
			Lines{
				Run:    `docker run -i --cpu-shares 2048 --memory 2048m -e "NXF_TASK_WORKDIR" -e "NXF_DEBUG=${NXF_DEBUG:=0}" -e "NXF_OWNER=$(id -u):$(id -g)" -v /w:/w -w "$NXF_TASK_WORKDIR" --foo bar --name $NXF_BOXID ubuntu:20.04 /bin/bash -c "eval $(nxf_container_env); ` + tr + `"`,
				Kill:   "docker stop $NXF_BOXID",
				Remove: "docker rm $NXF_BOXID &>/dev/null || true",
				Named:  true,
			},
		},
		{
			"docker with every setting",
			Spec{
				Container: &task.Container{
					Engine: "docker", Image: "quay.io/ubuntu:20.04", RunOptions: "-u $(id -u):$(id -g) --x", EngineOptions: "--eng", Temp: "auto", MountFlags: "Z",
					Sudo: true, TTY: true, EnvWhitelist: []string{"AA", "BB"}, ReadOnlyInputs: true,
				},
				Inputs: []string{"/usr/share/zoneinfo/Etc/UTC", "/etc/hostname"}, MemoryMB: 1500, Traced: true, Command: tr,
			},
			Lines{
				Run:    `sudo docker --eng run -i --cpu-shares 1024 --memory 1500m -t -e "NXF_TASK_WORKDIR" -e "NXF_DEBUG=${NXF_DEBUG:=0}" -e "AA" -e "BB" -v $(nxf_mktemp):/tmp -v /usr/share/zoneinfo/Etc:/usr/share/zoneinfo/Etc:ro,Z -v /etc:/etc:ro,Z -v ` + dir + ":" + dir + `:Z -w "$NXF_TASK_WORKDIR" -u $(id -u):$(id -g) --x --name $NXF_BOXID quay.io/ubuntu:20.04 ` + tr,
				Kill:   "sudo docker stop $NXF_BOXID",
				Remove: "sudo docker rm $NXF_BOXID &>/dev/null || true",
				Named:  true,
			},
		},
		{
			"docker kept and killed by a signal",
			Spec{Container: &task.Container{Engine: "docker", Image: "ubuntu:20.04", Temp: "/tt", Kill: "SIGINT", Keep: true}, Command: sh},
			Lines{
				Run:   `docker run -i --cpu-shares 1024 -e "NXF_TASK_WORKDIR" -v /tt:/tmp -v ` + dir + ":" + dir + ` -w "$NXF_TASK_WORKDIR" --name $NXF_BOXID ubuntu:20.04 ` + sh,
				Kill:  "docker kill -s SIGINT $NXF_BOXID",
				Named: true,
			},
		},
		{
			"podman",
			Spec{Container: &task.Container{Engine: "podman", Image: "ubuntu:20.04"}, HasEnv: true, Scratch: true, Command: sh},
			Lines{
				Run:    `podman run -i -e "NXF_TASK_WORKDIR" -v ` + dir + ":" + dir + ` -v "$NXF_TASK_WORKDIR":"$NXF_TASK_WORKDIR" -w "$NXF_TASK_WORKDIR" --cpu-shares 1024 --name $NXF_BOXID ubuntu:20.04 /bin/bash -c "eval $(nxf_container_env); ` + sh + `"`,
				Kill:   "podman stop $NXF_BOXID",
				Remove: "podman rm $NXF_BOXID &>/dev/null || true",
				Named:  true,
			},
		},
		{
			"podman with settings",
			Spec{
				Container: &task.Container{Engine: "podman", Image: "ubuntu:20.04", RunOptions: "--ro", Options: `-v "/a b:/q"`, EngineOptions: "--eng", Temp: "auto", MountFlags: "Z", EnvWhitelist: []string{"AA", "BB"}, Keep: true},
				Traced:    true, Command: tr,
			},
			Lines{
				Run:   `podman --eng run -i -e "NXF_TASK_WORKDIR" -e "NXF_DEBUG=${NXF_DEBUG:=0}" -e "AA" -e "BB" -v $(nxf_mktemp):/tmp -v ` + dir + ":" + dir + `:Z -w "$NXF_TASK_WORKDIR" --ro -v "/a b:/q" --cpu-shares 1024 --name $NXF_BOXID ubuntu:20.04 ` + tr,
				Kill:  "podman stop $NXF_BOXID",
				Named: true,
			},
		},
		{
			"charliecloud",
			Spec{Container: &task.Container{Engine: "charliecloud", Image: "/c/img/a", Temp: "auto", RunOptions: "--ro", Options: "--xx", EnvWhitelist: []string{"AA"}}, HasEnv: true, Scratch: true, Traced: true, Inputs: []string{"/etc/hostname"}, Command: tr},
			Lines{Run: `ch-run --unset-env="*" -c "$NXF_TASK_WORKDIR" --set-env -w ${NXF_TASK_WORKDIR:+--set-env=NXF_TASK_WORKDIR="$NXF_TASK_WORKDIR"} --set-env=NXF_DEBUG="${NXF_DEBUG:=0}" ${AA:+--set-env=AA="$AA"} -b $NXF_SCRATCH:/tmp -b /etc -b ` + dir + ` -b "$NXF_TASK_WORKDIR" --ro --xx /c/img/a -- /bin/bash -c "eval $(nxf_container_env); ` + tr + `"`},
		},
		{
			"charliecloud with a read-only image",
			Spec{Container: &task.Container{Engine: "charliecloud", Image: "/c/img/a", ReadOnlyInputs: true}, Command: sh},
			Lines{Run: `ch-run --unset-env="*" -c "$NXF_TASK_WORKDIR" --set-env ${NXF_TASK_WORKDIR:+--set-env=NXF_TASK_WORKDIR="$NXF_TASK_WORKDIR"} -b ` + dir + ` /c/img/a -- ` + sh},
		},
		{
			"shifter",
			Spec{Container: &task.Container{Engine: "shifter", Image: "docker:busybox:1", EnvWhitelist: []string{"AA"}}, HasEnv: true, Command: sh, Redirect: " < in"},
			Lines{Run: `shifterimg pull docker:busybox:1 1>&2
    while ! shifterimg lookup docker:busybox:1 1>&2; do
        sleep 5
        STATUS=$(shifterimg -v pull docker:busybox:1 | tail -n2 | head -n1 | awk '{print $6}')
        [[ $STATUS == FAILURE || -z $STATUS ]] && printf '%s\n' "Shifter failed to pull image docker:busybox:1" >&2 && exit 1
    done
    env ${NXF_TASK_WORKDIR:+"NXF_TASK_WORKDIR=$NXF_TASK_WORKDIR"} ${AA:+"AA=$AA"} shifter --image docker:busybox:1 /bin/bash -c "eval $(nxf_container_env); ` + sh + `" < in`},
		},
		{
			"sarus",
			Spec{Container: &task.Container{Engine: "sarus", Image: "busybox:1", TTY: true, RunOptions: "--r", Options: "--xx", EnvWhitelist: []string{"AA"}}, Scratch: true, Inputs: []string{"/etc/hostname"}, Command: sh},
			Lines{Run: `sarus pull busybox:1 1>&2
    sarus run -t -e "NXF_TASK_WORKDIR" -e "AA" --mount=type=bind,source=/etc,destination=/etc --mount=type=bind,source=` + dir + ",destination=" + dir + ` --mount=type=bind,source="$NXF_TASK_WORKDIR",destination="$NXF_TASK_WORKDIR" -w "$NXF_TASK_WORKDIR" --r --xx busybox:1 ` + sh},
		},
		{
			"singularity",
			Spec{Container: &task.Container{Engine: "singularity", Image: "/c/ubuntu.img", Options: "--foo bar"}, HasEnv: true, Command: sh, Redirect: " < " + dir + "/.command.in", Inputs: []string{"/w/f"}},
			Lines{Run: sing + `singularity exec --no-home --pid -B /w --foo bar /c/ubuntu.img /bin/bash -c "cd $NXF_TASK_WORKDIR; eval $(nxf_container_env); ` + sh + `" < ` + dir + "/.command.in"},
		},
		{
			"singularity with settings",
			Spec{
				Container: &task.Container{Engine: "singularity", Image: "/c/ubuntu.img", RunOptions: "--ro $HOME", EngineOptions: "--eng", EnvWhitelist: []string{"AA"}},
				Traced:    true, Scratch: true, Command: tr,
			},
			Lines{Run: sing + `SINGULARITYENV_NXF_DEBUG="${NXF_DEBUG:=0}" ${AA:+SINGULARITYENV_AA="$AA"} singularity --eng exec --no-home --pid -B ` + dir + ` -B "$NXF_TASK_WORKDIR" --ro $HOME /c/ubuntu.img /bin/bash -c "cd $NXF_TASK_WORKDIR; ` + tr + `"`},
		},
		{
			"singularity in OCI mode",
			Spec{Container: &task.Container{Engine: "singularity", Image: "docker://busybox", OCI: true}, Command: sh},
			Lines{Run: strings.Replace(sing, "${NXF", `${XDG_RUNTIME_DIR:+XDG_RUNTIME_DIR="$XDG_RUNTIME_DIR"} ${DBUS_SESSION_BUS_ADDRESS:+DBUS_SESSION_BUS_ADDRESS="$DBUS_SESSION_BUS_ADDRESS"} ${NXF`, 1) + `singularity exec --no-home --oci -B ` + dir + ` docker://busybox /bin/bash -c "cd $NXF_TASK_WORKDIR; ` + sh + `"`},
		},
		{
			"apptainer without mounts",
			Spec{Container: &task.Container{Engine: "apptainer", Image: "/c/ubuntu.img", NoMounts: true}, Command: sh},
			Lines{Run: strings.ReplaceAll(sing, "SINGULARITY", "APPTAINER") + `apptainer exec --no-home --pid /c/ubuntu.img /bin/bash -c "cd $NXF_TASK_WORKDIR; ` + sh + `"`},
		},
	}
	for _, tc := range tests {
		tc.spec.WorkDir = dir
		got, err := Build(tc.spec)
		if err != nil {
			t.Errorf("%s: %v", tc.name, err)
		}
		if d := cmp.Diff(tc.want, got); d != "" {
			t.Errorf("%s: -want +got\n%s", tc.name, d)
		}
	}
}

// An image's entry point is passed by; a directory for /tmp may be named by the
// host's variables; docker of old knows no shares.
func TestBuildMore(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		c    task.Container
		want string
	}{
		{task.Container{Engine: "docker", EntryPoint: true, Options: "--o"}, ` -w "$NXF_TASK_WORKDIR" --entrypoint /bin/bash --o --name $NXF_BOXID i -c "true"`},
		{task.Container{Engine: "podman", EntryPoint: true, Options: "--o"}, ` -w "$NXF_TASK_WORKDIR" --entrypoint /bin/bash --o --cpu-shares 1024 --name $NXF_BOXID i -c "true"`},
		{task.Container{Engine: "docker", Temp: "$TMPDIR"}, ` -v $TMPDIR:/tmp `},
		{task.Container{Engine: "docker", Temp: "$TMPDIR/a b"}, ` -v "$TMPDIR/a b":/tmp `},
		{task.Container{Engine: "docker", Legacy: true}, `docker run -i -e `},
		{task.Container{Engine: "apptainer", SamePids: true}, ` exec --no-home -B /w i `},
		{task.Container{Engine: "singularity", EnvWhitelist: []string{"A=$B c"}}, ` SINGULARITYENV_A="$B c" `},
	} {
		tc.c.Image = "i"
		got, err := Build(Spec{Container: &tc.c, WorkDir: "/w", Command: "true"})
		if err != nil || !strings.Contains(got.Run, tc.want) {
			t.Errorf("%s is not in %s, %v", tc.want, got.Run, err)
		}
	}
}

// What ends a container when its wrapper cannot.
func TestEnd(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		c    *task.Container
		want string
	}{
		{nil, ""},
		{&task.Container{Engine: "singularity"}, ""},
		{&task.Container{Engine: "docker", Kill: "false"}, ""},
		{&task.Container{Engine: "podman"}, "{ podman kill b; podman rm -f b; } &>/dev/null || true"},
		{&task.Container{Engine: "docker", Sudo: true, Keep: true}, "{ sudo docker kill b; } &>/dev/null || true"},
	} {
		if got := End(tc.c, "b"); got != tc.want {
			t.Errorf("%+v: %q, want %q", tc.c, got, tc.want)
		}
	}
}

func TestBuildUnknown(t *testing.T) {
	t.Parallel()
	if _, err := Build(Spec{Container: &task.Container{Engine: "jail"}}); err == nil || !strings.Contains(err.Error(), "`jail`") {
		t.Errorf("got %v", err)
	}
}

func TestMounts(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ files, want string }{
		{"/etc/hostname", "/etc"},
		{"/t/h/g2/x/2.txt /t/h/g2/x/y/z/1.txt /t/h/g/w/ab/cd/x", "/t/h"},
		{"/t/h/g2/x/2.txt /t/h/g2/x/y/z/1.txt", "/t/h/g2/x"},
		{"/usr/share/perl/5/strict.pm /etc/a /etc/b", "/usr/share/perl/5 /etc"},
	} {
		if got := strings.Join(Mounts(strings.Fields(tc.files)), " "); got != tc.want {
			t.Errorf("Mounts(%s) = %s, want %s", tc.files, got, tc.want)
		}
	}
}

// FuzzQuote: bash reads back what was quoted, alone and nested in double quotes.
func FuzzQuote(f *testing.F) {
	for _, s := range []string{"", "a b", "it's", `"$(x)"`, "`id`", "a\nb", "-rf", "*", "~", "=a", "\\", "é", "\xff\xfe", "!x", "{a,b}", "#", "$HOME"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if strings.Contains(s, "\x00") {
			t.Skip()
		}
		line := "printf %s " + Quote(s) + `; printf '\001'; bash -c "` + InDouble("printf %s "+Quote(s)) + `"`
		out, err := exec.Command("/bin/bash", "-c", line).Output()
		if err != nil || string(out) != s+"\x01"+s {
			t.Errorf("%q gave %q, %v", s, out, err)
		}
	})
}
