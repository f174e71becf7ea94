package runlog

import (
	"bytes"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"sluice/internal/observe"
	"sluice/internal/task"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

type memory struct {
	bytes.Buffer
	err error
}

func (m *memory) Write(b []byte) (int, error) {
	if m.err != nil {
		return 0, m.err
	}
	return m.Buffer.Write(b)
}

func (m *memory) Close() error { return nil }

var at = time.Date(2026, 11, 23, 8, 39, 36, 467e6, time.Local)

func TestLineFormat(t *testing.T) {
	t.Parallel()
	m := &memory{}
	l := newLog(m, Options{Trace: true})
	l.Line(at, "Actor Thread 10", slog.LevelInfo, "nextflow.processor.TaskProcessor", "hello")
	l.Line(at, "", LevelTrace, "nextflow.processor.TaskPollingMonitor", "abbreviated")
	l.Line(at, "", slog.LevelWarn, "nextflow.trace.WorkflowStatsObserver", "x")
	l.Line(at, "", slog.LevelError, "", "y")
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	// The first and the abbreviations are the oracle's.
	want := `Nov-23 08:39:36.467 [Actor Thread 10] INFO  nextflow.processor.TaskProcessor - hello
Nov-23 08:39:36.467 [main] TRACE n.processor.TaskPollingMonitor - abbreviated
Nov-23 08:39:36.467 [main] WARN  nextflow.trace.WorkflowStatsObserver - x
Nov-23 08:39:36.467 [main] ERROR sluice - y
`
	if d := cmp.Diff(want, m.String()); d != "" {
		t.Error(d)
	}
}

func TestSlog(t *testing.T) {
	t.Parallel()
	m := &memory{}
	l := newLog(m, Options{})
	log := slog.New(l).With("logger", "sluice.scheduler", "run", "a b").WithGroup("g")
	log.Info("submitted", "n", 3, "thread", "not the thread")
	log.Log(t.Context(), LevelTrace, "not shown")
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	form := regexp.MustCompile(`^\w{3}-\d\d \d\d:\d\d:\d\d\.\d{3} \[main\] INFO  sluice\.scheduler - submitted run="a b" g\.n=3 g\.thread="not the thread"\n$`)
	if !form.MatchString(m.String()) {
		t.Errorf("%q", m.String())
	}
}

func TestEvents(t *testing.T) {
	t.Parallel()
	m := &memory{}
	l := newLog(m, Options{})
	h, ok := task.ParseHash("89e3a0ae76c297a681bc00e61430dc5f")
	if !ok {
		t.Fatal("hash")
	}
	tk := &task.Task{ID: 7, Name: "GOOD (t3)", Hash: h, WorkDir: "/w", Attempt: 1, Result: task.Result{Exit: 0}}
	for _, b := range []observe.Body{
		observe.TaskChanged{Step: observe.Submitted, Task: tk},
		observe.TaskChanged{Step: observe.Completed, Task: tk},
		observe.TaskChanged{Step: observe.Retried, Task: tk, Cause: "Process `GOOD (t3)` terminated with an error exit status (5)"},
		observe.Message{Level: observe.Print, Text: "printed"},
		observe.Message{Level: observe.Info, Text: "info line"},
		observe.CacheHash{TaskName: "GOOD (t3)", Hash: h, Mode: "STANDARD"},
	} {
		l.Observe(observe.Event{Time: at, Body: b})
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	want := strings.ReplaceAll(`T [Task submitter] INFO  nextflow.Session - [89/e3a0ae] Submitted process > GOOD (t3)
T [Task monitor] DEBUG n.processor.TaskPollingMonitor - Task completed > TaskHandler[id: 7; name: GOOD (t3); status: COMPLETED; exit: 0; error: -; workDir: /w]
T [TaskFinalizer-1] INFO  nextflow.processor.TaskProcessor - [89/e3a0ae] NOTE: Process `+"`GOOD (t3)`"+` terminated with an error exit status (5) -- Execution is retried (1)
T [main] INFO  nextflow.Nextflow - info line
T [Actor Thread 1] INFO  nextflow.processor.TaskProcessor - [GOOD (t3)] cache hash: 89e3a0ae76c297a681bc00e61430dc5f; mode: STANDARD; entries: 

`, "T ", "Nov-23 08:39:36.467 ")
	if d := cmp.Diff(want, m.String()); d != "" {
		t.Error(d)
	}
}

func TestRotation(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "logs", ".nextflow.log")
	for i := range 12 {
		l, err := Open(Options{File: file})
		if err != nil {
			t.Fatal(err)
		}
		l.Line(at, "", slog.LevelInfo, "", "run "+strconv.Itoa(i))
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 10 {
		name := file
		if i > 0 {
			name += "." + strconv.Itoa(i)
		}
		if b, err := os.ReadFile(name); err != nil || !strings.HasSuffix(string(b), " - run "+strconv.Itoa(11-i)+"\n") {
			t.Errorf("%s: %q %v", name, b, err)
		}
	}
	if _, err := os.Stat(file + ".10"); !os.IsNotExist(err) {
		t.Error("a tenth old log is kept")
	}
}

func TestFullDiskIsToldOnce(t *testing.T) {
	t.Parallel()
	full := errors.New("no space left on device")
	var mu sync.Mutex
	var told []error
	l := newLog(&memory{err: full}, Options{OnError: func(err error) { mu.Lock(); told = append(told, err); mu.Unlock() }})
	for range 1000 {
		l.Line(at, "", slog.LevelInfo, "", "x")
	}
	if err := l.Close(); !errors.Is(err, full) {
		t.Errorf("got %v", err)
	}
	if len(told) != 1 || told[0].Error() != "write log: no space left on device" {
		t.Errorf("told %v", told)
	}
}

func TestPath(t *testing.T) {
	t.Parallel()
	env := func(string) string { return "from_env.log" }
	none := func(string) string { return "" }
	if Path("opt.log", env) != "opt.log" || Path("", env) != "from_env.log" || Path("", none) != ".nextflow.log" {
		t.Error(Path("opt.log", env), Path("", env), Path("", none))
	}
}

// TestNoSecrets: no token or signature reaches the file.
func TestNoSecrets(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "log")
	l, err := Open(Options{File: file})
	if err != nil {
		t.Fatal(err)
	}
	l.Line(time.Now(), "main", slog.LevelError, "x", "GET https://a.blob.core.windows.net/c?sig=CANARYCANARY with Bearer CANARYCANARY")
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(data), "CANARY") || !strings.Contains(string(data), "(hidden)") {
		t.Errorf("%s", data)
	}
}
