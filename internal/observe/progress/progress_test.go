package progress

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"sluice/internal/observe"
	"sluice/internal/task"
)

var update = flag.Bool("update", false, "rewrite the goldens")

func TestMain(m *testing.M) {
	flag.Parse()
	goleak.VerifyTestMain(m)
}

var brand = Brand{Title: "N E X T F L O W", Version: "25.04.4"}

func mk(process, tag, hash string) *task.Task {
	h, ok := task.ParseHash(hash + strings.Repeat("0", 24))
	if !ok {
		panic("hash " + hash)
	}
	t := &task.Task{Process: process, Name: process, Hash: h, Attempt: 1, Executor: "local"}
	if tag != "" {
		t.Name += " (" + tag + ")"
	}
	return t
}

// stream is the run of many.nf that the oracle was recorded with.
func stream() []observe.Body {
	retry := mk("RETRY", "", "0ba522af")
	again := mk("RETRY", "", "c381eb09")
	again.Attempt = 2
	ign := mk("IGN", "2", "8e2c0120")
	step := func(t *task.Task, s ...observe.TaskStep) (out []observe.Body) {
		for _, x := range s {
			out = append(out, observe.TaskChanged{Step: x, Task: t, Cause: "Process `" + t.Name + "` terminated with an error exit status (5)"})
		}
		return out
	}
	ran := func(t *task.Task) []observe.Body {
		return step(t, observe.Pending, observe.Submitted, observe.Started, observe.Completed)
	}
	long := "SUB:VERY_LONG_PROCESS_NAME_NUMBER_TWO_WHICH_GOES_ON"
	out := []observe.Body{observe.RunStarted{Launch: observe.Launch{ScriptName: "many.nf", RunName: "furious_shannon", Revision: "ef31589a07"}}}
	for _, p := range []string{"SUB:P1", long, "P3", "NEVER", "IGN", "RETRY"} {
		out = append(out, observe.ProcessDefined{Name: p})
	}
	out = append(out,
		observe.Message{Level: observe.Print, Text: "printed "},
		observe.Message{Level: observe.Print, Text: "text\n"},
		observe.Message{Level: observe.Info, Text: "info"},
		observe.Message{Level: observe.Warn, Text: "warning one"})
	out = append(out, ran(mk("SUB:P1", "1", "d0c23596"))...)
	out = append(out, ran(mk(long, "a quite long tag 1 with many words", "c1a85dd9"))...)
	out = append(out, step(mk("P3", "", "2d12fb54"), observe.Pending, observe.Cached)...)
	out = append(out, observe.ProcessEnded{Name: "P3"})
	out = append(out, step(ign, observe.Pending, observe.Submitted, observe.Started, observe.Failed, observe.Ignored)...)
	out = append(out, step(retry, observe.Pending, observe.Submitted, observe.Started, observe.Failed, observe.Retried)...)
	out = append(out, ran(again)...)
	out = append(out, step(mk("ST", "1", "00000000"), observe.Pending, observe.Stored)...)
	out = append(out, observe.ProcessEnded{Name: "RETRY"}, observe.ProcessEnded{Name: "IGN"})
	return out
}

func failed() []observe.Body {
	bad := mk("BAD", "", "b8e7139e")
	return append(stream(),
		observe.TaskChanged{Step: observe.Pending, Task: bad}, observe.TaskChanged{Step: observe.Submitted, Task: bad},
		observe.TaskChanged{Step: observe.Failed, Task: bad, Cause: "x"},
		observe.WorkflowError{Report: "Error executing process > 'BAD'"},
		ended(false, time.Second))
}

func ended(ok bool, d time.Duration) observe.RunEnded {
	start := time.Date(2026, 11, 23, 8, 41, 39, 0, time.UTC)
	return observe.RunEnded{Success: ok, Start: start, Complete: start.Add(d), Stats: observe.Stats{Succeeded: 1234, Cached: 1, Failed: 2, Ignored: 1}}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	got = strings.ReplaceAll(got, "\x1b", "␛")
	file := filepath.Join("testdata", name+".txt")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Error(d)
	}
}

func plainOutput(t *testing.T, o Options, events []observe.Body) string {
	t.Helper()
	var out bytes.Buffer
	o.Out, o.Brand = &out, brand
	p := New(o)
	for _, b := range events {
		p.Observe(observe.Event{Body: b})
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestPlain(t *testing.T) {
	t.Parallel()
	golden(t, "plain", plainOutput(t, Options{}, failed()))
	golden(t, "quiet", plainOutput(t, Options{Quiet: true, ANSI: true}, failed()))
	own := plainOutput(t, Options{Quiet: false}, []observe.Body{observe.CacheHash{TaskName: "A", Mode: "DEEP"}})
	if !strings.HasPrefix(own, "[A] cache hash: 00000000000000000000000000000000; mode: DEEP; entries: \n") {
		t.Errorf("%q", own)
	}
}

// ansiFrames draws after every event, as a very patient terminal would see it.
func ansiFrames(o Options, events []observe.Body, each bool) string {
	var out bytes.Buffer
	o.Out, o.Brand, o.LogFile = &out, brand, ".nextflow.log"
	a := newANSI(o)
	for _, b := range events {
		a.Observe(observe.Event{Body: b})
		if each {
			a.draw()
		}
	}
	a.draw()
	return out.String()
}

func size(w, h int) func() (int, int) { return func() (int, int) { return w, h } }

func TestANSI(t *testing.T) {
	t.Parallel()
	long := append(stream(), ended(true, 63*time.Second))
	golden(t, "ansi_80", ansiFrames(Options{Size: size(80, 40)}, long, false))
	golden(t, "ansi_100_colour", ansiFrames(Options{Size: size(100, 40), Color: true, Summary: Never}, long, false))
	golden(t, "ansi_60_low", ansiFrames(Options{Size: size(60, 8)}, long, false))
	golden(t, "ansi_failed", ansiFrames(Options{Size: size(80, 40), Summary: Always}, failed(), false))
	golden(t, "ansi_frames", ansiFrames(Options{Size: size(100, 40)}, failed(), true))
}

// Every frame replaces the one before: what a terminal shows in the end does
// not depend on how often the block was drawn.
func TestFramesLeaveNoTrace(t *testing.T) {
	t.Parallel()
	for _, h := range []int{6, 8, 40} {
		o := Options{Size: size(90, h)}
		once, often := screen(t, ansiFrames(o, failed(), false)), screen(t, ansiFrames(o, failed(), true))
		if d := cmp.Diff(once, often); d != "" {
			t.Errorf("height %d: %s", h, d)
		}
	}
}

// screen is a terminal of unbounded height that knows the codes we use.
func screen(t *testing.T, s string) []string {
	t.Helper()
	lines, y := []string{""}, 0
	for s != "" {
		switch {
		case strings.HasPrefix(s, "\x1b[K"):
			s = s[3:] // we only erase behind what we wrote
		case strings.HasPrefix(s, "\x1b[J"):
			lines, s = append(lines[:y], ""), s[3:]
		case strings.HasPrefix(s, "\x1b["):
			n := 0
			s = s[2:]
			for s[0] != 'A' {
				n, s = 10*n+int(s[0]-'0'), s[1:]
			}
			y, s = y-n, s[1:]
			if y < 0 {
				t.Fatal("moved above the first line")
			}
		case s[0] == '\n':
			y, s = y+1, s[1:]
			for len(lines) <= y {
				lines = append(lines, "")
			}
		case s[0] == '\r':
			s = s[1:]
		default:
			lines[y], s = lines[y]+s[:1], s[1:]
		}
	}
	return lines
}

func TestRedrawIsThrottled(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := &counter{}
		p := New(Options{Out: w, ANSI: true, Size: size(80, 24), Brand: brand})
		for range 1000 {
			p.Observe(observe.Event{Body: observe.TaskChanged{Step: observe.Pending, Task: mk("A", "", "00000000")}})
			time.Sleep(time.Millisecond)
		}
		if err := p.Close(); err != nil {
			t.Fatal(err)
		}
		if w.n < 9 || w.n > 12 {
			t.Errorf("%d draws in a second", w.n)
		}
	})
}

type counter struct{ n int }

func (c *counter) Write(b []byte) (int, error) { c.n++; return len(b), nil }

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("broken pipe") }

func TestWriteErrorIsKept(t *testing.T) {
	t.Parallel()
	for _, ansi := range []bool{false, true} {
		p := New(Options{Out: broken{}, ANSI: ansi})
		p.Observe(observe.Event{Body: observe.Message{Level: observe.Info, Text: "x"}})
		if err := p.Close(); err == nil || err.Error() != "write progress: broken pipe" {
			t.Errorf("ansi %v: %v", ansi, err)
		}
	}
}

func TestShorten(t *testing.T) {
	t.Parallel()
	// As the oracle shortens.
	for _, tt := range []struct {
		in    string
		width int
		want  string
	}{
		{"SUB:VERY_LONG_PROCESS_NAME_NUMBER_TWO_WHICH_GOES_ON", 30, "SUB…E_NUMBER_TWO_WHICH_GOES_ON"},
		{"SUB:VERY_LONG_PROCESS_NAME_NUMBER_TWO_WHICH_GOES_ON", 10, "SUB…OES_ON"},
		{"P1", 10, "P1"},
		{"日本語日本語日本語", 12, "日本語…本語"},
	} {
		if got := shorten(tt.in, tt.width); got != tt.want || cells(got) > tt.width {
			t.Errorf("%s in %d is %s (%d), want %s", tt.in, tt.width, got, cells(got), tt.want)
		}
	}
}

func TestChoose(t *testing.T) {
	t.Parallel()
	m := &model{}
	for _, p := range []string{"A", "B", "C", "D", "E"} {
		m.row(p)
	}
	m.row("B").succeeded = 1
	m.row("D").left = 1
	for _, tt := range []struct {
		limit   int
		want    string
		waiting bool
	}{{5, "ABCDE", false}, {3, "ABD", true}, {2, "BD", true}, {1, "D", false}, {-3, "D", false}} {
		rows, hidden, waiting := m.choose(tt.limit)
		got := ""
		for _, r := range rows {
			got += r.process
		}
		if got != tt.want || hidden != 5-len(got) || waiting != tt.waiting {
			t.Errorf("%d: %s, %d hidden, waiting %v; want %s", tt.limit, got, hidden, waiting, tt.want)
		}
	}
}

func TestFromEnvironment(t *testing.T) {
	t.Parallel()
	f, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	yes, no := true, false
	for _, tt := range []struct {
		name    string
		env     map[string]string
		option  *bool
		ansi    bool
		color   bool
		summary When
		width   int
	}{
		{"a file", nil, nil, false, false, Auto, 80},
		{"asked for", nil, &yes, true, true, Auto, 80},
		{"by environment", map[string]string{"NXF_ANSI_LOG": "true", "NO_COLOR": "1", "COLUMNS": "132"}, nil, true, false, Auto, 132},
		{"option wins", map[string]string{"NXF_ANSI_LOG": "true", "NXF_ANSI_SUMMARY": "false"}, &no, false, false, Never, 80},
		{"summary", map[string]string{"NXF_ANSI_SUMMARY": "true"}, nil, false, false, Always, 80},
	} {
		o := FromEnvironment(f, tt.option, func(k string) string { return tt.env[k] })
		w, _ := o.Size()
		if o.ANSI != tt.ansi || o.ANSI && o.Color != tt.color || o.Summary != tt.summary || w != tt.width {
			t.Errorf("%s: %+v, width %d", tt.name, o, w)
		}
	}
}
