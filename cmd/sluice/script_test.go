package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain lets the scripts run `sluice` as a process of its own that is this
// test binary: signals and exit statuses are real.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"sluice": main, "nextflow": main})
}

var update = flag.Bool("update", false, "rewrite the expected outputs in testdata/script")

// TestScripts runs testdata/script. Besides the commands of testscript there are
//
//	status N sluice …   run it and want exit status N
//	[!] says regexp     what the last command wrote, to either stream, matches; lines anchor with ^ and $
//	waitfor path        wait until the file exists
//	signal NAME         send INT, TERM or KILL to the command in the background
//	nochildren          no process is left that works below the script's directory
//	nocontainers        no container is left that mounts a directory of the script
//	commit dir branch [tag]  commit all files of dir, a git repository from then on
//	serve dir user password  keep the repositories below dir at http://$SERVER, for one user
//	forge host dir user password  the same as https://host, behind a proxy and an authority of its own
//	tmpfs dir size      mount a file system of that size (needs root)
//	readonly dir        make dir refuse writes, from root too
//	outside file...     go on in a copy of the files that is not below /tmp, which containers may have of their own
func TestScripts(t *testing.T) {
	boxes := newBoxes(t)
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireUniqueNames:  true,
		RequireExplicitExec: true,
		UpdateScripts:       *update,
		Setup: func(env *testscript.Env) error {
			// The history and the work of one script are of no concern to another.
			env.Setenv("HOME", env.WorkDir)
			env.Setenv("NO_COLOR", "1")
			boxes.set(env)
			return setAzure(env)
		},
		Condition: func(cond string) (bool, error) {
			switch cond {
			case "mount":
				return canMount(), nil
			case "podman":
				return boxes.ready()
			case "modules":
				_, err := os.Stat("/usr/share/modules/init/bash")
				return err == nil, nil
			case "charliecloud":
				_, err := exec.LookPath("ch-run")
				return err == nil, nil
			case "azcopy":
				return hasAzcopy()
			}
			return false, fmt.Errorf("unknown condition %q", cond)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"status":       status,
			"commit":       commit,
			"says":         says,
			"serve":        serve,
			"forge":        forge,
			"waitfor":      waitFor,
			"signal":       signalBackground,
			"nochildren":   noChildren,
			"nocontainers": boxes.noContainers,
			"tmpfs":        mountTmpfs,
			"readonly":     mountReadonly,
			"outside":      outside,
		},
	})
}

func outside(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: outside file...")
	}
	dir, err := os.MkdirTemp("/var/tmp", "sluice-test")
	ts.Check(err)
	ts.Defer(func() { os.RemoveAll(dir) })
	ts.Check(ts.Exec("cp", append(append([]string{"-a"}, args...), dir)...))
	ts.Check(ts.Chdir(dir))
}

func status(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: status N command …")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit status %d, want %d", got, want)
	}
}

func says(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: says regexp")
	}
	re, err := regexp.Compile("(?m)" + args[0])
	ts.Check(err)
	text := ts.ReadFile("stdout") + "\n" + ts.ReadFile("stderr")
	if re.MatchString(text) == neg {
		ts.Fatalf("says %s: wrong (negated: %v)", args[0], neg)
	}
}

func waitFor(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: waitfor path")
	}
	if !until(30*time.Second, func() bool {
		_, err := os.Stat(ts.MkAbs(args[0]))
		return err == nil
	}) {
		ts.Fatalf("%s did not appear", args[0])
	}
}

func signalBackground(ts *testscript.TestScript, neg bool, args []string) {
	signals := map[string]os.Signal{"INT": syscall.SIGINT, "TERM": syscall.SIGTERM, "KILL": syscall.SIGKILL}
	background := ts.BackgroundCmds()
	if neg || len(args) != 1 || signals[args[0]] == nil || len(background) != 1 {
		ts.Fatalf("usage: signal INT|TERM|KILL, with one command in the background")
	}
	ts.Check(background[0].Process.Signal(signals[args[0]]))
}

func noChildren(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 0 {
		ts.Fatalf("usage: nochildren")
	}
	var left []string
	if !until(10*time.Second, func() bool {
		left = processesBelow(ts.Getenv("WORK"))
		return len(left) == 0
	}) {
		ts.Fatalf("still running: %s", strings.Join(left, "; "))
	}
}

// processesBelow names the live processes whose working directory is below dir.
func processesBelow(dir string) []string {
	var found []string
	links, _ := filepath.Glob("/proc/[0-9]*/cwd")
	for _, link := range links {
		// A process that ended meanwhile is none of them.
		cwd, err := os.Readlink(link)
		if err != nil || cwd != dir && !strings.HasPrefix(cwd, dir+"/") {
			continue
		}
		cmdline, err := os.ReadFile(filepath.Join(filepath.Dir(link), "cmdline"))
		if err != nil || len(cmdline) == 0 {
			continue
		}
		found = append(found, strings.ReplaceAll(string(cmdline), "\x00", " "))
	}
	return found
}

func mountTmpfs(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: tmpfs dir size")
	}
	mount(ts, args[0], "-t", "tmpfs", "-o", "size="+args[1], "tmpfs")
}

func mountReadonly(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: readonly dir")
	}
	mount(ts, args[0], "-t", "tmpfs", "-o", "ro", "tmpfs")
}

func mount(ts *testscript.TestScript, dir string, args ...string) {
	dir = ts.MkAbs(dir)
	ts.Check(os.MkdirAll(dir, 0o755))
	if out, err := exec.Command("mount", append(args, dir)...).CombinedOutput(); err != nil {
		ts.Fatalf("mount: %v: %s", err, out)
	}
	ts.Defer(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			ts.Logf("unmount %s: %v", dir, err)
		}
	})
}

// canMount: root in a container may still not.
func canMount() bool {
	if os.Getuid() != 0 {
		return false
	}
	dir, err := os.MkdirTemp("", "mount")
	if err != nil {
		return false
	}
	defer os.Remove(dir)
	if err := exec.Command("mount", "-t", "tmpfs", "tmpfs", dir).Run(); err != nil {
		return false
	}
	return syscall.Unmount(dir, 0) == nil
}

// until polls: what it waits for happens in another process.
func until(limit time.Duration, done func() bool) bool {
	for deadline := time.Now().Add(limit); ; time.Sleep(20 * time.Millisecond) {
		if done() {
			return true
		}
		if time.Now().After(deadline) {
			return false
		}
	}
}
