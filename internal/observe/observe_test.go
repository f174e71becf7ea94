package observe

import (
	"flag"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"sluice/internal/task"
)

func TestMain(m *testing.M) {
	flag.Parse()
	goleak.VerifyTestMain(m)
}

func TestBusFeedsInOrderAndNeverWaits(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	var slow, fast []string
	b := NewBus(
		Func(func(e Event) { <-release; slow = append(slow, e.Body.(Message).Text) }),
		Func(func(e Event) { fast = append(fast, e.Body.(Message).Text) }))
	var want []string
	for i := range 1000 {
		want = append(want, strconv.Itoa(i))
		b.Post(Message{Text: strconv.Itoa(i)}) // would never return if it waited
	}
	close(release)
	b.Close()
	if d := cmp.Diff(want, slow); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(want, fast); d != "" {
		t.Error(d)
	}
	b.Post(Message{Text: "late"})
}

func TestBusFromManyGoroutines(t *testing.T) {
	t.Parallel()
	var one, two []string
	b := NewBus(Func(func(e Event) { one = append(one, e.Body.(Message).Text) }),
		Func(func(e Event) { two = append(two, e.Body.(Message).Text) }))
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for n := range 100 {
				b.Post(Message{Text: strconv.Itoa(i) + ":" + strconv.Itoa(n)})
			}
		})
	}
	wg.Wait()
	b.Flush()
	b.Close()
	if len(one) != 800 {
		t.Errorf("%d events", len(one))
	}
	if d := cmp.Diff(one, two); d != "" {
		t.Error("observers saw different orders", d)
	}
}

func TestFlushWaits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		seen := false
		b := NewBus(Func(func(Event) { time.Sleep(time.Second); seen = true }))
		b.Post(Message{})
		b.Flush()
		if !seen {
			t.Error("not fed yet")
		}
		b.Close()
	})
}

func TestBusCopiesTasks(t *testing.T) {
	t.Parallel()
	var states []task.State
	b := NewBus(Func(func(e Event) { states = append(states, e.Body.(TaskChanged).Task.State) }))
	tk := &task.Task{State: task.Submitted}
	b.Post(TaskChanged{Step: Submitted, Task: tk})
	tk.State = task.Completed
	b.Post(TaskChanged{Step: Completed, Task: tk})
	b.Close()
	if d := cmp.Diff([]task.State{task.Submitted, task.Completed}, states); d != "" {
		t.Error(d)
	}
}

func TestStats(t *testing.T) {
	t.Parallel()
	start := time.Unix(1000, 0)
	mk := func(sec int) *task.Task {
		tk := &task.Task{Resources: task.Resources{Cpus: 1000, Memory: 1 << 30}}
		tk.Result.Start, tk.Result.Complete = start, start.Add(time.Duration(sec)*time.Second)
		return tk
	}
	b := NewBus()
	ok, bad, retried, cached := mk(2), mk(1), mk(0), mk(2)
	for _, tk := range []*task.Task{ok, bad} {
		for _, s := range []TaskStep{Pending, Submitted, Started} {
			b.Post(TaskChanged{Step: s, Task: tk})
		}
	}
	if s := b.Stats(); s.Running != 2 || s.PeakCpus != 2000 || s.PeakMemory != 2<<30 || s.Pending+s.Submitted != 0 {
		t.Errorf("%+v", s)
	}
	for _, c := range []TaskChanged{
		{Completed, ok, ""},
		{Failed, bad, "x"},
		{Ignored, bad, "x"},
		{Pending, retried, ""},
		{Submitted, retried, ""},
		{Started, retried, ""},
		{Failed, retried, "x"},
		{Retried, retried, "x"},
		{Pending, cached, ""},
		{Cached, cached, ""},
		{Pending, mk(0), ""},
		{Stored, mk(0), ""},
	} {
		b.Post(c)
	}
	var end RunEnded
	b.Add(Func(func(e Event) { end = e.Body.(RunEnded) }))
	b.Post(RunEnded{Success: true})
	b.Close()
	s := end.Stats
	want := Stats{
		Succeeded: 1, Failed: 2, Ignored: 1, Retries: 1, Cached: 1, Stored: 1, PeakRunning: 2, PeakCpus: 2000, PeakMemory: 2 << 30,
		SucceedTime: 2000 * time.Second, FailedTime: 1000 * time.Second, CachedTime: 2000 * time.Second,
	}
	if d := cmp.Diff(want, s); d != "" {
		t.Error(d)
	}
	if got := s.CPUHours(); got != "1.4 (40.0% cached, 20.0% failed)" {
		t.Errorf("CPU hours %s", got)
	}
	// The oracle: STATS of a run of two tasks with cpus 1000.
	s = Stats{Succeeded: 1, Failed: 1, Ignored: 1, SucceedTime: 1932 * time.Second, FailedTime: 1019 * time.Second, PeakRunning: 2, PeakCpus: 2000}
	if got, want := s.String(), "WorkflowStats[succeededCount=1; failedCount=1; ignoredCount=1; cachedCount=0; pendingCount=0; submittedCount=0; runningCount=0; retriesCount=0; abortedCount=0; succeedDuration=32m 12s; failedDuration=16m 59s; cachedDuration=0ms;loadCpus=0; loadMemory=0; peakRunning=2; peakCpus=2000; peakMemory=0; ]"; got != want {
		t.Error(cmp.Diff(want, got))
	}
	if got := s.CPUHours(); got != "0.8 (34.5% failed)" {
		t.Errorf("CPU hours %s", got)
	}
	if got := (Stats{}).CPUHours(); got != "(a few seconds)" {
		t.Errorf("CPU hours %s", got)
	}
}

// The oracle printed these for the same numbers.
func TestUnits(t *testing.T) {
	t.Parallel()
	for ms, want := range map[int64]string{
		0: "0ms", 999: "999ms", 1000: "1s", 1049: "1s", 1050: "1.1s", 59949: "59.9s", 59999: "60s", 60499: "1m",
		60500: "1m 1s", 90000: "1m 30s", 3599600: "1h", 86399999: "1d", 200000000: "2d 7h 33m 20s",
	} {
		if got := FormatDuration(time.Duration(ms) * time.Millisecond); got != want {
			t.Errorf("%dms is %s, want %s", ms, got, want)
		}
	}
	for n, want := range map[int64]string{
		0: "0", 1: "1 B", 1023: "1023 B", 1025: "1 KB", 1280: "1.2 KB", 87337: "85.3 KB", 1048575: "1024 KB",
		31247565: "29.8 MB", 25232343040: "23.5 GB", 1234567890123456: "1.1 PB",
	} {
		if got := FormatMemory(n); got != want {
			t.Errorf("%d is %s, want %s", n, got, want)
		}
	}
}

func seq(n int) string {
	var b strings.Builder
	for i := 1; i <= n; i++ {
		b.WriteString(strconv.Itoa(i) + "\n")
	}
	return b.String()
}

// testdata/error holds what the oracle printed, without its random tip.
func TestErrorReport(t *testing.T) {
	t.Parallel()
	bash := []string{"/bin/bash", "-ue"}
	mk := func(name, script string, exit int) *task.Task {
		return &task.Task{Name: name, Shell: bash, Script: "#!/bin/bash -ue\n" + script + "\n", WorkDir: "/tmp/work/ab/cdef", Result: task.Result{Exit: exit}}
	}
	killed := mk("E137", "echo \"a\"\nkill -9 $$", 137)
	killed.Resources.Memory = 2 << 30
	late := mk("TMO", "sleep 20", -1)
	late.Result.TimedOut, late.Resources.Time = true, 1000
	for _, tt := range []struct {
		file, tip, help string
		f               Failure
	}{
		{"fail", "view the complete", "", Failure{
			Task:  mk("BAD (x y)", "echo to out\nseq 1 70\nseq 1 70 >&2\necho to err >&2\nexit 3", 3),
			Cause: "Process `BAD (x y)` terminated with an error exit status (3)", Stdout: "to out\n" + seq(70), Stderr: seq(70) + "to err\n",
		}},
		{"miss", "you can try to figure out", "the command succeeded but", Failure{
			Task:  mk("MISS (1)", "echo to out", 0),
			Cause: "Missing output file(s) `o.txt` expected by process `MISS (1)`", Stdout: "to out\n",
		}},
		{"tmo", "you can replicate", "the task was stopped at its time limit (time asked for: 1s)", Failure{
			Task: late, Cause: "Process exceeded running time limit (1s)",
		}},
		{"pipe", "view the complete", "the task was killed, most often because memory ran out (memory asked for: 2 GB)", Failure{
			Task: killed, Cause: "Process `E137` terminated with an error exit status (137)", Stdout: "a\n",
			Stderr: "a\n.command.run: line 159: 17687 Killed                  /bin/bash -ue .command.sh\n",
		}},
	} {
		t.Run(tt.file, func(t *testing.T) {
			want, err := os.ReadFile("testdata/error/" + tt.file + ".txt")
			if err != nil {
				t.Fatal(err)
			}
			got := ErrorReport(tt.f)
			block, rest, _ := strings.Cut(got, "Tip: ")
			if d := cmp.Diff(string(want), block); d != "" {
				t.Error(d)
			}
			tip, help, _ := strings.Cut(rest, "\n\nhelp: ")
			if !strings.HasPrefix(tip, tt.tip) || strings.Contains(tip, "\n") {
				t.Errorf("tip %q", tip)
			}
			if !strings.HasPrefix(help, tt.help) || (tt.help == "") != (help == "") {
				t.Errorf("help %q", help)
			}
		})
	}
}

func TestErrorReportOfNativeTask(t *testing.T) {
	t.Parallel()
	got := ErrorReport(Failure{Task: &task.Task{Name: "NATF", WorkDir: "/w"}, Cause: "boo", Source: "    throw new Exception('boo')\n  "})
	want := "Error executing process > 'NATF'\n\nCaused by:\n  boo\n\n\nSource block:\n  throw new Exception('boo')\n  \n\nWork dir:\n  /w\n\nTip: "
	if !strings.HasPrefix(got, want) {
		t.Error(cmp.Diff(want, got))
	}
	c := &task.Task{Name: "C", Container: &task.Container{Image: "img:1"}, Result: task.Result{Exit: 127}}
	if got := ErrorReport(Failure{Task: c, Cause: "x"}); !strings.Contains(got, "\nContainer:\n  img:1\n") || !strings.Contains(got, "help: a command was not found; check that the container image `img:1` has it") {
		t.Error(got)
	}
}

func TestCacheHashText(t *testing.T) {
	t.Parallel()
	h, ok := task.ParseHash("87630036616a4a8cab90a7924be465a9")
	if !ok {
		t.Fatal("hash")
	}
	got := CacheHash{TaskName: "NAT (2)", Hash: h, Mode: "STANDARD", Entries: []HashEntry{{"4a779e71ee4079ce68ba4fe901b3421e", "java.lang.String", "NAT"}}}.Text()
	want := "[NAT (2)] cache hash: 87630036616a4a8cab90a7924be465a9; mode: STANDARD; entries: \n  4a779e71ee4079ce68ba4fe901b3421e [java.lang.String] NAT \n"
	if got != want {
		t.Error(cmp.Diff(want, got))
	}
}

func TestFileStamp(t *testing.T) {
	t.Parallel()
	if got := FileStamp(time.Date(2026, 11, 23, 8, 41, 34, 119e6, time.UTC)); got != "20261123-31294119" {
		t.Error(got)
	}
}
