package local

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"sluice/internal/executor"
	"sluice/internal/executor/executortest"
	"sluice/internal/lang/value"
	"sluice/internal/scheduler"
	"sluice/internal/task"
	"sluice/internal/workdir"

	"golang.org/x/sys/unix"
)

func setup(o Options) func(*testing.T) executortest.Setup {
	return func(t *testing.T) executortest.Setup {
		t.Helper()
		if o.Grace == 0 {
			o.Grace = 500 * time.Millisecond
		}
		e, err := New(o)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := e.Close(); err != nil {
				t.Error(err)
			}
		})
		return executortest.Setup{Executor: e, Prepare: workdir.Prepare, Dir: t.TempDir()}
	}
}

func TestContract(t *testing.T)        { executortest.Run(t, setup(Options{})) }
func TestContractWrapped(t *testing.T) { executortest.Run(t, setup(Options{Wrap: true})) }

func TestRequests(t *testing.T) {
	t.Parallel()
	s := setup(Options{Cpus: 2, Memory: 1 << 30})(t)
	for _, tc := range []struct {
		r    task.Resources
		want string
	}{
		{task.Resources{Cpus: 8}, "Process requirement exceeds available CPUs -- req: 8; avail: 2"},
		{task.Resources{Memory: 500 << 30}, "Process requirement exceeds available memory -- req: 500 GB; avail: 1 GB"},
	} {
		tk := s.New("true")
		tk.Resources = tc.r
		var re *executor.RequestError
		if _, err := s.Executor.Submit(context.Background(), tk); !errors.As(err, &re) || err.Error() != tc.want {
			t.Errorf("got %v, want %s", err, tc.want)
		}
	}
}

// TestRoom: what does not fit waits, what fits goes past it.
func TestRoom(t *testing.T) {
	t.Parallel()
	s := setup(Options{Cpus: 4, Memory: 4 << 20})(t)
	big := s.New("sleep 0.3; date +%s%N > end")
	big.Resources = task.Resources{Cpus: 3}
	bigger := s.New("date +%s%N > begin")
	bigger.Resources = task.Resources{Cpus: 2, Memory: 4 << 20}
	small := s.New("date +%s%N > begin")
	h := []executor.Handle{s.Start(t, big), s.Start(t, bigger), s.Start(t, small)}
	s.Wait(t, h...)
	end, begin, early := executortest.Read(big, "end"), executortest.Read(bigger, "begin"), executortest.Read(small, "begin")
	if begin < end || early > end {
		t.Errorf("first ended at %s, second began at %s, third at %s", end, begin, early)
	}
}

func TestExec(t *testing.T) {
	t.Parallel()
	s := setup(Options{})(t)
	boom := errors.New("boom")
	good, bad, slow := s.New(""), s.New(""), s.New("")
	ran := false
	good.Exec = func(*value.Thread) error { ran = true; return nil }
	bad.Exec = func(*value.Thread) error { return boom }
	slow.Exec = func(th *value.Thread) error { <-th.Context.Done(); return th.Context.Err() }
	slow.Resources.Time = 100
	u := s.Wait(t, s.Start(t, good), s.Start(t, bad), s.Start(t, slow))
	if !ran || u[0].State != task.Completed || u[0].Result.Exit != 0 {
		t.Errorf("good: %+v", u[0])
	}
	if u[1].State != task.Failed || !errors.Is(u[1].Result.Err, boom) {
		t.Errorf("bad: %+v", u[1])
	}
	if !u[2].Result.TimedOut || u[2].State != task.Failed {
		t.Errorf("slow: %+v", u[2])
	}
}

// TestLongMetrics: sampling sees what the last moment does not show.
func TestLongMetrics(t *testing.T) {
	for _, wrap := range []bool{false, true} {
		s := setup(Options{Wrap: wrap})(t)
		tk := s.New("x=$(head -c 30000000 /dev/zero | tr '\\0' a); sleep 2.2; x=")
		tk.WantMetrics = true
		m := s.Wait(t, s.Start(t, tk))[0].Result.Metrics
		if m.PeakRSS < 30<<20 || m.PeakVMem < m.PeakRSS || m.Realtime < 2*time.Second || m.Realtime > 10*time.Second || m.CPUPercent <= 0 || m.CPUPercent > 150 || m.Rchar < 30e6 || m.MemPercent <= 0 {
			t.Errorf("wrap=%v: %+v\n%s", wrap, m, executortest.Read(tk, ".command.trace"))
		}
	}
}

// TestIdleLeftover: a background process that does nothing does not hold a task forever.
func TestIdleLeftover(t *testing.T) {
	t.Parallel()
	s := setup(Options{Idle: 300 * time.Millisecond})(t)
	tk := s.New("sleep 600 & echo $! > pid; echo done")
	begin := time.Now()
	u := s.Wait(t, s.Start(t, tk))[0]
	if u.Result.Exit != 0 || time.Since(begin) > 5*time.Second {
		t.Errorf("exit %d after %v", u.Result.Exit, time.Since(begin))
	}
	if alive(t, tk, "pid") {
		t.Error("the leftover is alive")
	}
}

// alive looks up the process that the task wrote down; zombies are dead.
func alive(t *testing.T, tk *task.Task, file string) bool {
	t.Helper()
	pid, err := strconv.Atoi(strings.TrimSpace(executortest.Read(tk, file)))
	if err != nil {
		t.Fatal(err)
	}
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	return err == nil && !strings.Contains(string(stat), ") Z ")
}

func TestBrokenDirectory(t *testing.T) {
	t.Parallel()
	s := setup(Options{})(t)
	tk := s.New("rm -rf \"$PWD\"")
	u := s.Wait(t, s.Start(t, tk))[0]
	if u.State != task.Failed || u.Result.Err == nil || !strings.Contains(u.Result.Err.Error(), tk.WorkDir) {
		t.Errorf("got %+v", u)
	}
	gone := s.New("true")
	if err := s.Prepare(gone); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(gone.WorkDir); err != nil {
		t.Fatal(err)
	}
	h, err := s.Executor.Submit(context.Background(), gone)
	if err != nil {
		t.Fatal(err)
	}
	if u := s.Wait(t, h)[0]; u.State != task.Failed || u.Result.Err == nil || !strings.Contains(u.Result.Err.Error(), "open work directory "+gone.WorkDir) {
		t.Errorf("got %+v", u)
	}
}

// TestByHand: the work directory runs again with nothing but bash.
func TestByHand(t *testing.T) {
	t.Parallel()
	s := setup(Options{})(t)
	src := filepath.Join(t.TempDir(), "in put.txt")
	if err := os.WriteFile(src, []byte("data\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	tk := s.New("cat 'x y'; echo $V >&2; exit 4")
	tk.WantMetrics = true
	tk.Env = []task.EnvVar{{Name: "V", Value: "v$HOME"}}
	tk.Stage = []task.Staged{{Source: src, Name: "x y"}}
	u := s.Wait(t, s.Start(t, tk))[0]
	if u.Result.Exit != 4 {
		t.Fatalf("got %+v", u)
	}
	for _, f := range []string{".command.begin", ".command.out", ".command.err", ".exitcode", ".command.trace", "x y"} {
		if err := os.Remove(filepath.Join(tk.WorkDir, f)); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("bash", ".command.run")
	cmd.Dir = tk.WorkDir
	out, err := cmd.CombinedOutput()
	var ee *exec.ExitError
	if !errors.As(err, &ee) || ee.ExitCode() != 4 || !strings.Contains(string(out), "data\n") {
		t.Errorf("%v, %s", err, out)
	}
	for name, want := range map[string]string{".command.begin": "", ".command.out": "data\n", ".command.err": "v" + os.Getenv("HOME") + "\n", ".exitcode": "4", "x y": "data\n"} {
		if got := executortest.Read(tk, name); got != want {
			t.Errorf("%s holds %q, want %q", name, got, want)
		}
	}
	if m, err := workdir.ReadTrace(tk.WorkDir); err != nil || m.Realtime < 0 {
		t.Errorf("trace %+v, %v", m, err)
	}
	if err := os.Remove(filepath.Join(tk.WorkDir, "x y")); err != nil {
		t.Fatal(err)
	}
	cmd = exec.Command("bash", ".command.run", "nxf_stage")
	cmd.Dir = tk.WorkDir
	if out, err := cmd.CombinedOutput(); err != nil || executortest.Read(tk, "x y") != "data\n" {
		t.Errorf("nxf_stage: %v, %s", err, out)
	}
}

// TestHeadKilled: when the head dies by SIGKILL, its tasks follow.
func TestHeadKilled(t *testing.T) {
	if dir := os.Getenv("SLUICE_TEST_HEAD"); dir != "" {
		s := setup(Options{})(t)
		s.Dir = dir
		tk := s.New("sleep 300 & echo $! > " + dir + "/pid; sleep 300")
		s.Start(t, tk)
		time.Sleep(time.Minute)
		return
	}
	dir := t.TempDir()
	cmd := exec.Command(os.Args[0], "-test.run=^TestHeadKilled$")
	cmd.Env = append(os.Environ(), "SLUICE_TEST_HEAD="+dir)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	tk := &task.Task{WorkDir: dir}
	for i := 0; !strings.HasSuffix(executortest.Read(tk, "pid"), "\n"); i++ {
		if i > 1000 {
			t.Fatal("task did not start")
		}
		time.Sleep(10 * time.Millisecond)
	}
	if err := cmd.Process.Signal(unix.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err == nil {
		t.Fatal("the head ended well")
	}
	for i := 0; alive(t, tk, "pid"); i++ {
		if i > 800 {
			t.Fatal("an orphan is alive")
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// BenchmarkTasks prepares, schedules and runs; compare with BenchmarkFloor.
// Making files costs the most: TMPDIR=/dev/shm shows the rest.
func BenchmarkTasks(b *testing.B) {
	e, err := New(Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer e.Close()
	failed := 0
	sched := scheduler.New(scheduler.Options{Executor: e, Prepare: workdir.Prepare, QueueSize: 8, OnEvent: func(ev scheduler.Event) {
		if ev.Result.Err != nil || ev.State == task.Completed && ev.Result.Exit != 0 {
			failed++
		}
	}})
	s := executortest.Setup{Dir: b.TempDir()}
	b.ResetTimer()
	for i := range b.N {
		tk := s.New(":")
		tk.WorkDir = filepath.Join(s.Dir, strconv.Itoa(i%256), strconv.Itoa(i))
		sched.Submit(tk)
	}
	sched.Close()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "tasks/s")
	if failed > 0 {
		b.Errorf("%d tasks failed", failed)
	}
}

func BenchmarkFloor(b *testing.B) {
	cmd := exec.Command("bash", "-c", "seq "+strconv.Itoa(b.N)+" | xargs -P2 -n1 bash -c :")
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "tasks/s")
}
