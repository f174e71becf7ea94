package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"sluice/internal/rehearsal/state"
)

// An interrupted head leaves its tasks to a later one if it is told to, and
// otherwise ends them all.
func TestAzureInterrupt(t *testing.T) {
	for _, tc := range []struct {
		name, config string
		detach       bool
	}{
		{"terminate", "", false},
		{"detach", "azure.batch.onInterrupt = 'detach'\n", true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			a := newAzureWorld(t, crashState(), map[string]string{"main.nf": crashPipeline, "own.config": tc.config})
			h := a.run("-c", "own.config")
			a.until("the tasks run", h, func() bool { return len(a.marks()) == 4 })
			if err := h.cmd.Process.Signal(syscall.SIGINT); err != nil {
				t.Fatal(err)
			}
			out := h.wantCode(130)
			a.afterInterrupt(out, tc.detach)
		})
	}
}

// afterInterrupt fails unless what was said is true.
func (a *azureWorld) afterInterrupt(out string, detach bool) {
	a.t.Helper()
	if !detach {
		a.restful(5*time.Second, false)
		a.write("go", "")
		time.Sleep(200 * time.Millisecond) // more than a task needs to see it
		if a.read("done") != "" || !strings.Contains(out, "kept for -resume") && !strings.Contains(out, "interrupted twice") {
			a.t.Errorf("a task went on: %q\n%s", a.read("done"), out)
		}
		return
	}
	m := regexp.MustCompile(`(?m)^  (sluice .* -resume [0-9a-f-]{36})$`).FindStringSubmatch(strings.ReplaceAll(out, "\r", ""))
	if m == nil {
		a.t.Fatalf("it does not say how to adopt the tasks:\n%s", out)
	}
	a.write("go", "")
	a.until("the tasks end by themselves", nil, func() bool { return len(strings.Fields(a.read("done"))) == 4 })
	a.start(strings.Fields(m[1])[1:]...).wantCode(0) // as it was printed
	a.wantAll(4)
}

// Whoever sits at a terminal is asked.
func TestAzureInterruptAsks(t *testing.T) {
	for _, tc := range []struct {
		name, answer string
		detach       bool
	}{
		{"detach", "d\n", true},
		{"terminate", "\n", false},
		{"Ctrl-C", "\x03", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			a := newAzureWorld(t, crashState(), map[string]string{"main.nf": crashPipeline})
			h, screen, keys := a.atTerminal("run", "main.nf", "--at", a.dir, "-ansi-log", "false")
			a.until("the tasks run", h, func() bool { return len(a.marks()) == 4 })
			keys("\x03")
			a.until("the question: "+screen(), h, func() bool { return strings.Contains(screen(), "4 tasks run elsewhere") })
			keys(tc.answer)
			if code := h.code(10 * time.Second); code != 130 {
				t.Errorf("exit code %d\n%s", code, screen())
			}
			a.until("the last words", nil, func() bool { return strings.Contains(screen(), "-resume") })
			a.afterInterrupt(screen(), tc.detach)
		})
	}
}

// atTerminal starts a head at a terminal of its own: what it shows, and keys
// for it.
func (a *azureWorld) atTerminal(args ...string) (h *head, screen func() string, keys func(string)) {
	a.t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		a.t.Skip("no terminals here: ", err)
	}
	fd := int(master.Fd())
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0)
	}
	if err != nil {
		a.t.Fatal(err)
	}
	slave, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		a.t.Fatal(err)
	}
	h = &head{a: a, cmd: exec.Command("sluice", args...), out: &bytes.Buffer{}, done: make(chan struct{})}
	h.cmd.Dir, h.cmd.Env, h.cmd.Stdin, h.cmd.Stdout, h.cmd.Stderr = a.dir, a.env, slave, slave, slave
	h.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := h.cmd.Start(); err != nil {
		a.t.Fatal(err)
	}
	var mu sync.Mutex
	var text bytes.Buffer
	read := make(chan struct{})
	go func() {
		defer close(read)
		for buf := make([]byte, 4096); ; {
			n, err := master.Read(buf)
			mu.Lock()
			text.Write(buf[:n])
			mu.Unlock()
			if err != nil {
				return // nobody has the other end any more
			}
		}
	}()
	go func() {
		defer close(h.done)
		_ = h.cmd.Wait() // how it ended is in ProcessState
		_ = slave.Close()
	}()
	a.t.Cleanup(func() {
		_ = h.cmd.Process.Kill() // it has ended, unless the test failed
		<-h.done
		_ = master.Close()
		<-read
	})
	screen = func() string {
		mu.Lock()
		defer mu.Unlock()
		return text.String()
	}
	return h, screen, func(s string) {
		if _, err := master.WriteString(s); err != nil {
			a.t.Error(err)
		}
	}
}

// A second head of a session is told who has it.
func TestAzureTwoHeads(t *testing.T) {
	t.Parallel()
	a := newAzureWorld(t, crashState(), map[string]string{"main.nf": crashPipeline})
	first := a.run()
	a.until("the tasks run", first, func() bool { return len(a.marks()) == 4 })
	out := a.run("-resume").wantCode(1)
	if want := fmt.Sprintf("is locked by process %d on host ", first.cmd.Process.Pid); !strings.Contains(out, want) {
		t.Errorf("%q lacks %q", out, want)
	}
	a.write("go", "")
	first.wantCode(0)
	a.wantAll(4)
}

// A dead head leaks nothing: its jobs end with their lease, and pools shrink
// to nothing. `azure clean` need not wait for that.
func TestAzureDeadHead(t *testing.T) {
	st := func() *state.State {
		s := crashState()
		s.Speed = 400
		return s
	}
	t.Run("lease", func(t *testing.T) {
		t.Parallel()
		a := newAzureWorld(t, st(), map[string]string{"main.nf": crashPipeline, "own.config": "azure.batch.jobLease = '30 min'\n"})
		h := a.run("-c", "own.config")
		a.until("the tasks run", h, func() bool { return len(a.marks()) == 4 })
		h.kill()
		a.restful(20*time.Second, true)
		a.noTasks()
		a.write("go", "")
		a.run("-resume").wantCode(0)
		if got := a.marks(); len(got) != 4+9 || a.read("out/all.txt") == "" {
			t.Errorf("ran %q", got) // those of A that were ended ran again
		}
	})
	t.Run("clean", func(t *testing.T) {
		t.Parallel()
		a := newAzureWorld(t, crashState(), map[string]string{"main.nf": crashPipeline})
		h := a.run("-name", "poor_job")
		a.until("the tasks run", h, func() bool { return len(a.marks()) == 4 })
		if out := a.start("azure", "clean").wantCode(0); !strings.Contains(out, "nothing is left") {
			t.Errorf("the run is alive: %s", out)
		}
		h.kill()
		out := a.start("azure", "clean").wantCode(0)
		for _, want := range []string{"would remove job slc-", "of run poor_job", "-f removes these"} {
			if !strings.Contains(out, want) {
				t.Errorf("%q lacks %q", out, want)
			}
		}
		a.start("azure", "clean", "-f").wantCode(0)
		a.noTasks()
		a.start("azure", "clean", "-f").wantCode(0)
		if out = a.start("azure", "clean").wantCode(0); !strings.Contains(out, "nothing is left") {
			t.Errorf("after clean: %s", out)
		}
		a.restful(time.Second, false) // the pool shrinks by its formula
	})
}

// noTasks waits until no process of a task is left.
func (a *azureWorld) noTasks() {
	a.t.Helper()
	var left []string
	if !until(10*time.Second, func() bool {
		left = slices.DeleteFunc(processesBelow(a.dir), func(s string) bool { return !strings.Contains(s, "bash") })
		return len(left) == 0
	}) {
		a.t.Errorf("still running: %s", strings.Join(left, "; "))
	}
}
