package executortest

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"sluice/internal/executor"
	"sluice/internal/task"
)

// A Setup is what the suite needs of an executor.
type Setup struct {
	Executor executor.Executor
	Prepare  func(*task.Task) error // makes work directories
	Dir      string                 // where they may be: a directory, or a URI
	// Read reads a file of a work directory that is not on this machine, as
	// the function Read does. What tasks leave there is what they declare as
	// outputs. Tasks still run on this machine, and see its files.
	Read func(tk *task.Task, name string) string
}

// read reads a file of the work directory; "(absent)" if there is none.
func (s Setup) read(tk *task.Task, name string) string {
	if s.Read != nil {
		return s.Read(tk, name)
	}
	return Read(tk, name)
}

var ids atomic.Int64

// New makes a task that runs a bash script.
func (s Setup) New(script string) *task.Task {
	id := int(ids.Add(1))
	var h task.Hash
	h[0], h[15], h[14] = byte(id), byte(id), byte(id>>8)
	return &task.Task{
		ID: id, Index: id, Process: "P", Simple: "P", Name: "P (1)", Attempt: 1, Hash: h,
		WorkDir: s.Dir + "/" + h.Dir(), Shell: []string{"/bin/bash", "-ue"}, Script: "#!/bin/bash -ue\n" + script + "\n",
	}
}

// Start prepares and submits a task.
func (s Setup) Start(t *testing.T, tk *task.Task) executor.Handle {
	t.Helper()
	if err := s.Prepare(tk); err != nil {
		t.Fatal(err)
	}
	h, err := s.Executor.Submit(context.Background(), tk)
	if err != nil {
		t.Fatal(err)
	}
	if h.TaskID != tk.ID {
		t.Fatalf("handle of task %d names task %d", tk.ID, h.TaskID)
	}
	return h
}

// Wait polls until all have ended.
func (s Setup) Wait(t *testing.T, handles ...executor.Handle) []executor.Update {
	t.Helper()
	out := make([]executor.Update, len(handles))
	left := slices.Clone(handles)
	for deadline := time.Now().Add(60 * time.Second); len(left) > 0; {
		if time.Now().After(deadline) {
			t.Fatalf("%d of %d tasks did not end", len(left), len(handles))
		}
		news, err := s.Executor.Poll(context.Background(), left)
		if err != nil {
			t.Fatal(err)
		}
		for _, u := range news {
			for i, h := range handles {
				if h.TaskID == u.Handle.TaskID && u.State > task.Running {
					if out[i].State > task.Running {
						t.Fatalf("task %d was reported as ended twice", h.TaskID)
					}
					out[i] = u
					left = slices.DeleteFunc(left, func(l executor.Handle) bool { return l.TaskID == h.TaskID })
				}
			}
		}
		if len(left) > 0 {
			s.pause()
		}
	}
	return out
}

// pause waits for news.
func (s Setup) pause() {
	if n, ok := s.Executor.(executor.Notifier); ok {
		select {
		case <-n.Changed():
		case <-time.After(100 * time.Millisecond):
		}
		return
	}
	time.Sleep(20 * time.Millisecond)
}

// Read reads a file of the work directory; "(absent)" if there is none.
func Read(tk *task.Task, name string) string {
	data, err := os.ReadFile(filepath.Join(tk.WorkDir, name))
	if os.IsNotExist(err) {
		return "(absent)"
	}
	if err != nil {
		return err.Error()
	}
	return string(data)
}

// A Case is one task and what must come of it.
type Case struct {
	Name   string
	Script string
	Change func(*task.Task)
	Exit   int
	Files  map[string]string // content; "~x" = holds x
	Here   bool              // only where work directories are on this machine
}

func stdin(s string) func(*task.Task) { return func(t *task.Task) { t.Stdin = &s } }

// Cases is what every executor must do.
var Cases = []Case{
	{Name: "empty", Script: "true", Files: map[string]string{".command.out": "", ".command.err": "", ".command.log": "", ".command.begin": "", ".exitcode": "0"}},
	{Name: "stdout and stderr", Script: "echo out; echo err >&2", Files: map[string]string{".command.out": "out\n", ".command.err": "err\n", ".command.log": "~out\n"}},
	{Name: "stderr only", Script: "echo err >&2", Files: map[string]string{".command.out": "", ".command.err": "err\n", ".command.log": "err\n"}},
	{Name: "exit status", Script: "echo a; exit 3", Exit: 3, Files: map[string]string{".exitcode": "3", ".command.out": "a\n"}},
	{Name: "fails at once", Script: "false; echo never", Exit: 1, Files: map[string]string{".command.out": ""}},
	{Name: "unset variable", Script: "echo $nosuch", Exit: 1, Files: map[string]string{".command.err": "~unbound"}},
	{Name: "killed by a signal", Script: "kill -9 $$", Exit: 137, Files: map[string]string{".exitcode": "137"}},
	{Name: "segmentation fault", Script: "kill -SEGV $$", Exit: 139},
	{Name: "no such command", Script: "no-such-command-here", Exit: 127},
	{Name: "no such interpreter", Script: "true", Change: func(t *task.Task) { t.Script = "#!/no/such/shell\ntrue\n" }, Exit: 127, Files: map[string]string{".command.err": "~/no/such/shell"}},
	{Name: "stdin", Script: "cat", Change: stdin("hello $x\n'\n"), Files: map[string]string{".command.out": "hello $x\n'\n"}},
	{Name: "no stdin", Script: "cat; read x || echo end", Files: map[string]string{".command.out": "end\n"}},
	{Name: "environment", Script: `printf '%s|' "$A" "$B" "$C" "$D" "$E"`, Change: func(t *task.Task) {
		t.Env = []task.EnvVar{{Name: "A", Value: "it's"}, {Name: "B", Value: "a  b"}, {Name: "C", Value: "$A/${B}x"}, {Name: "D", Value: `\$A $(echo no) ` + "`echo no`"}, {Name: "E", Value: "l1\nl2"}}
	}, Files: map[string]string{".command.out": "it's|a  b|it's/a  bx|$A $(echo no) `echo no`|l1\nl2|"}},
	{Name: "path", Here: true, Script: `echo "${PATH##*:}"; echo "$NXF_TASK_WORKDIR" | grep -c "$PWD"`, Change: func(t *task.Task) {
		t.BinDirs = []string{"/a b", "/c$d"}
	}, Files: map[string]string{".command.out": "/c$d\n1\n"}},
	{Name: "captures", Script: "X='a\nb'; Y=$(echo 1)", Change: func(t *task.Task) {
		t.CaptureEnv = []string{"X", "Y", "NOPE"}
		t.CaptureEval = []task.EnvVar{{Name: "e1", Value: `echo "it's" | tr a-z A-Z`}, {Name: "e2", Value: "echo no >&2; exit 3"}}
	}, Files: map[string]string{".command.env": "\nX=a\nb\n/X/\nY=1\n/Y/\nNOPE=\n/NOPE/\ne1=IT'S\n/e1/=exit:0\ne2=no\n/e2/=exit:3\n"}},
	{Name: "background in a substitution", Script: "echo data > >(sleep 0.3; cat > late.txt)", Files: map[string]string{"late.txt": "data\n"}},
	{Name: "daemon holds stdout", Script: "setsid sleep 20 & echo $! > daemon.pid; echo done", Files: map[string]string{".command.out": "done\n"}},
	{Name: "output through a device", Script: "echo a; echo b > /dev/stdout; echo c", Files: map[string]string{".command.out": "a\nb\nc\n"}},
	{Name: "log read by the script", Script: "echo a; sleep 0.2; cp .command.log seen", Files: map[string]string{"seen": "a\n"}},
	{Name: "before and after", Script: "echo hi; echo $V", Change: func(t *task.Task) {
		t.BeforeScript, t.AfterScript = "V=set; export V; echo before", "echo after"
	}, Files: map[string]string{".command.out": "hi\nset\n", ".command.log": "before\nhi\nset\nafter\n"}},
	{Name: "before fails", Script: "echo hi", Change: func(t *task.Task) { t.BeforeScript = "exit 7" }, Exit: 7, Files: map[string]string{".exitcode": "7"}},
	{Name: "scratch", Script: `pwd | grep -c work; mkdir -p d/e; echo 1 > d/e/x.txt; echo 2 > 'a b.txt'; echo 3 > no.dat`, Change: func(t *task.Task) {
		t.Scratch, t.OutputGlobs = "true", []string{"**.txt"}
		t.Script = strings.Replace(t.Script, "| grep -c work", "> /dev/null", 1)
	}, Files: map[string]string{"d/e/x.txt": "1\n", "a b.txt": "2\n", "no.dat": "(absent)", ".exitcode": "0"}},
	{Name: "metrics", Script: "head -c 2000000 /dev/zero > z; cat z > /dev/null", Change: func(t *task.Task) { t.WantMetrics = true }, Files: map[string]string{".command.trace": "~nextflow.trace/v2\nrealtime="}},
}

// Run runs the suite. Each call of setup makes a fresh executor, which the
// suite's caller closes by t.Cleanup.
func Run(t *testing.T, setup func(*testing.T) Setup) {
	t.Run("cases", func(t *testing.T) { runCases(t, setup(t)) })
	t.Run("submit twice", func(t *testing.T) { submitTwice(t, setup(t)) })
	t.Run("states", func(t *testing.T) { states(t, setup(t)) })
	t.Run("unknown handle", func(t *testing.T) { unknown(t, setup(t)) })
	t.Run("time limit", func(t *testing.T) { timeLimit(t, setup(t)) })
	t.Run("kill", func(t *testing.T) { kill(t, setup(t)) })
	t.Run("staging", func(t *testing.T) { staging(t, setup(t)) })
	t.Run("many", func(t *testing.T) { many(t, setup(t)) })
}

func runCases(t *testing.T, s Setup) {
	if s.Read != nil {
		runTogether(t, s)
		return
	}
	for _, c := range Cases {
		t.Run(c.Name, func(t *testing.T) {
			tk := s.task(c)
			begin := time.Now()
			c.check(t, s, tk, s.Wait(t, s.Start(t, tk))[0])
			if d := time.Since(begin); d > 15*time.Second {
				t.Errorf("it took %s", d)
			}
		})
	}
}

// task is a new task of a case.
func (s Setup) task(c Case) *task.Task {
	tk := s.New(c.Script)
	if c.Change != nil {
		c.Change(tk)
	}
	for name := range c.Files {
		if s.Read != nil && !strings.HasPrefix(name, ".") && tk.Scratch == "" {
			tk.OutputGlobs = append(tk.OutputGlobs, name)
		}
	}
	return tk
}

// runTogether runs the cases at the same time: where tasks run elsewhere each
// takes a while.
func runTogether(t *testing.T, s Setup) {
	var tasks []*task.Task
	var cases []Case
	var hs []executor.Handle
	for _, c := range Cases {
		if c.Here {
			continue
		}
		tk := s.task(c)
		cases, tasks, hs = append(cases, c), append(tasks, tk), append(hs, s.Start(t, tk))
	}
	for i, u := range s.Wait(t, hs...) {
		t.Run(cases[i].Name, func(t *testing.T) { cases[i].check(t, s, tasks[i], u) })
	}
}

// check looks at what came of a case.
func (c Case) check(t *testing.T, s Setup, tk *task.Task, u executor.Update) {
	t.Helper()
	if u.State != task.Completed || u.Result.Err != nil || u.Result.Exit != c.Exit {
		t.Fatalf("state %v, exit %d, err %v; want exit %d\n%s", u.State, u.Result.Exit, u.Result.Err, c.Exit, s.read(tk, ".command.log"))
	}
	r := u.Result
	if r.Submit.IsZero() || r.Start.Before(r.Submit) || r.Complete.Before(r.Start) {
		t.Errorf("times %v, %v, %v", r.Submit, r.Start, r.Complete)
	}
	for name, want := range c.Files {
		got := s.read(tk, name)
		if part, ok := strings.CutPrefix(want, "~"); ok && strings.Contains(got, part) || got == want {
			continue
		}
		t.Errorf("%s holds %q, want %q", name, got, want)
	}
	if tk.WantMetrics {
		m := r.Metrics
		if m.Wchar < 2000000 || m.Wchar > 5000000 || m.Rchar < 2000000 || m.Realtime <= 0 || m.CPUPercent < 0 || m.PeakRSS < 0 || m.CPUModel == "" {
			t.Errorf("metrics %+v", m)
		}
	}
}

func submitTwice(t *testing.T, s Setup) {
	runs := filepath.Join(t.TempDir(), "runs")
	tk := s.New("echo x >> '" + runs + "'; sleep 0.1")
	h := s.Start(t, tk)
	again, err := s.Executor.Submit(context.Background(), tk)
	if err != nil || again.TaskID != h.TaskID {
		t.Fatalf("got %v, %v", again, err)
	}
	s.Wait(t, h)
	if got, err := os.ReadFile(runs); string(got) != "x\n" {
		t.Errorf("ran as %q, %v", got, err)
	}
}

func states(t *testing.T, s Setup) {
	signal := filepath.Join(t.TempDir(), "go")
	tk := s.New("while [ ! -e '" + signal + "' ]; do sleep 0.02; done")
	h := s.Start(t, tk)
	running := false
	for range 500 {
		news, err := s.Executor.Poll(context.Background(), []executor.Handle{h})
		if err != nil {
			t.Fatal(err)
		}
		for _, u := range news {
			if u.State != task.Running || u.Result.Start.IsZero() {
				t.Fatalf("got %+v", u)
			}
			running = true
		}
		if running {
			break
		}
		s.pause()
	}
	if !running {
		t.Fatal("never reported as running")
	}
	if err := os.WriteFile(signal, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if u := s.Wait(t, h)[0]; u.State != task.Completed {
		t.Errorf("ended as %v", u.State)
	}
}

func unknown(t *testing.T, s Setup) {
	u := s.Wait(t, executor.Handle{TaskID: 1 << 30, Native: "999999"})[0]
	if u.Result.Err == nil {
		t.Errorf("a task nobody knows ended as %+v", u)
	}
	if err := s.Executor.Kill(context.Background(), []executor.Handle{{TaskID: 1 << 30}}); err != nil {
		t.Errorf("killing it: %v", err)
	}
}

func timeLimit(t *testing.T, s Setup) {
	tk := s.New("echo a; sleep 30 & sleep 30; echo b")
	limit := "300ms"
	tk.Resources.Time = 300
	if s.Read != nil { // services count in seconds, and preparing a task counts
		limit, tk.Resources.Time = "4s", 4000
	}
	u := s.Wait(t, s.Start(t, tk))[0]
	if !u.Result.TimedOut || u.State != task.Failed || u.Result.Err == nil || u.Result.Err.Error() != "Process exceeded running time limit ("+limit+")" {
		t.Errorf("got %v %+v", u.State, u.Result)
	}
	if got := s.read(tk, ".command.out"); got != "a\n" && s.Read == nil {
		t.Errorf("output %q", got)
	}
}

func kill(t *testing.T, s Setup) {
	dir := t.TempDir()
	up := func(name string) bool { _, err := os.Stat(filepath.Join(dir, name)); return err == nil }
	obeys := s.New("touch '" + dir + "/1'; sleep 60; touch '" + dir + "/never'")
	deaf := s.New("trap '' TERM INT; touch '" + dir + "/2'; while true; do sleep 0.1; done")
	hs := []executor.Handle{s.Start(t, obeys), s.Start(t, deaf)}
	queued := s.New("touch ran")
	queued.Resources.Cpus = 1
	hs = append(hs, s.Start(t, queued))
	for i := 0; !up("1") || !up("2"); i++ {
		if i > 3000 {
			t.Fatal("tasks did not start")
		}
		time.Sleep(10 * time.Millisecond)
	}
	begin := time.Now()
	for range 2 {
		if err := s.Executor.Kill(context.Background(), hs); err != nil {
			t.Fatal(err)
		}
	}
	for i, u := range s.Wait(t, hs[:2]...) {
		if u.State != task.Aborted || u.Result.Err == nil {
			t.Errorf("%d: %v, %v", i, u.State, u.Result.Err)
		}
	}
	if d := time.Since(begin); d > 20*time.Second || up("never") {
		t.Errorf("took %v; the end was reached: %v", d, up("never"))
	}
}

func staging(t *testing.T, s Setup) {
	src := t.TempDir()
	names := []string{"plain.txt", "a b.txt", "it's", `q"u`, "$(x)", "`id`", "-rf", "*", "new\nline", "é ü", "\xff\xfe", "a;b|c&d"}
	for _, mode := range []string{"symlink", "rellink", "link", "copy"} {
		tk := s.New(`for f in ./*; do if [ -f "$f" ]; then cat "$f"; fi; done; cat sub/dir/x; if [ -L plain.txt ]; then echo link; fi`)
		tk.StageInMode = mode
		want := ""
		for _, n := range names {
			if err := os.WriteFile(filepath.Join(src, n), []byte("1"), 0o666); err != nil {
				t.Fatal(err)
			}
			tk.Stage = append(tk.Stage, task.Staged{Source: filepath.Join(src, n), Name: n})
			want += "1"
		}
		tk.Stage = append(tk.Stage, task.Staged{Source: filepath.Join(src, "plain.txt"), Name: "sub/dir/x"})
		want += "1"
		if s.Read == nil && (mode == "symlink" || mode == "rellink") {
			want += "link\n"
		}
		u := s.Wait(t, s.Start(t, tk))[0]
		if got := s.read(tk, ".command.out"); got != want || u.Result.Exit != 0 {
			t.Errorf("%s: exit %d, %q, want %q\n%s", mode, u.Result.Exit, got, want, s.read(tk, ".command.err"))
		}
	}
}

func many(t *testing.T, s Setup) {
	var hs []executor.Handle
	var tasks []*task.Task
	for range 60 {
		tk := s.New("echo $PWD")
		tasks = append(tasks, tk)
		hs = append(hs, s.Start(t, tk))
	}
	s.Wait(t, hs...)
	seen := map[string]bool{}
	for _, tk := range tasks {
		got := s.read(tk, ".command.out")
		if s.Read != nil { // each has a directory of its own, wherever it is
			if got == "" || seen[got] {
				t.Errorf("got %q", got)
			}
			seen[got] = true
			continue
		}
		if got != tk.WorkDir+"\n" {
			t.Errorf("got %q, want %q", got, tk.WorkDir)
		}
	}
}
