package report

import (
	"compress/gzip"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sluice/internal/lang/value"
	"sluice/internal/observe"
	"sluice/internal/task"
)

var update = flag.Bool("update", false, "rewrite the goldens")

var began = time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)

// hostile is a name made to break out of whatever it is put into.
const hostile = `</div></script><img src=x onerror=alert(1)>"'&$(touch x)` + "`\n\u202eabc"

// stream is a recorded run: two processes, a failure that was retried, one
// that was ignored, a cached task and a native one.
func stream() []observe.Event {
	var all []observe.Event
	post := func(at time.Duration, b observe.Body) { all = append(all, observe.Event{Time: began.Add(at), Body: b}) }
	post(0, observe.RunStarted{Launch: observe.Launch{
		RunName: "brave_euler", SessionID: "b5c1d9b4-9f0b-4b0c-8a49-3d3f0a2f7a11", ScriptFile: "/data/main.nf", ScriptID: "0123456789abcdef0123456789abcdef",
		CommandLine: "sluice run main.nf --x '<b>'", WorkDir: "/data/work", LaunchDir: "/data", ProjectDir: "/data", Profile: "standard",
		Version: "25.04.4", Build: "test", UserName: "ada", Start: began,
	}})
	mk := func(id int, process, tag string, sec int, state task.State) *task.Task {
		t := &task.Task{ID: id, Process: process, Name: process + " (" + tag + ")", Tag: tag, Attempt: 1, State: state, Script: "#!/bin/bash -ue\necho " + tag + "\n", Shell: []string{"/bin/bash", "-ue"}}
		t.Hash[0], t.Hash[1] = byte(id), 0xab
		t.Resources = task.Resources{Cpus: 2, Memory: value.Memory(1 << 30), Time: 60_000}
		t.Result = task.Result{
			Submit: began.Add(time.Second), Start: began.Add(2 * time.Second), Complete: began.Add(time.Duration(2+sec) * time.Second), NativeID: fmt.Sprint(1000 + id),
			Metrics: task.Metrics{CPUPercent: float64(20 * sec), MemPercent: 1.5, RSS: int64(sec) << 20, PeakRSS: int64(sec) << 21, VMem: 1 << 24, PeakVMem: 1 << 25, Rchar: int64(sec) << 10, Wchar: 100},
		}
		return t
	}
	failed := mk(3, "ALIGN", "c", 1, task.Failed)
	failed.Result.Exit, failed.ErrorAction = 7, "ignore"
	native := mk(5, "SUB:"+hostile, hostile, 0, task.Completed)
	native.Result.NativeID, native.Result.Metrics, native.Script = "", task.Metrics{}, ""
	for _, c := range []observe.TaskChanged{
		{Step: observe.Completed, Task: mk(1, "ALIGN", "a", 2, task.Completed)},
		{Step: observe.Completed, Task: mk(2, "ALIGN", "b", 5, task.Completed)},
		{Step: observe.Failed, Task: failed, Cause: "x"},
		{Step: observe.Cached, Task: mk(4, "CALL", "d", 3, task.Cached)},
		{Step: observe.Submitted, Task: native},
		{Step: observe.Completed, Task: native},
	} {
		post(3*time.Second, c)
	}
	post(9*time.Second, observe.RunEnded{
		Success: true, Start: began, Complete: began.Add(9 * time.Second),
		Stats: observe.Stats{Succeeded: 3, Cached: 1, Failed: 1, Ignored: 1, SucceedTime: 4000 * time.Second},
	})
	return all
}

// written feeds events to an observer and reads the page it made.
func written(t *testing.T, o interface {
	observe.Observer
	Close() error
}, file string, events []observe.Event,
) string {
	t.Helper()
	for _, e := range events {
		o.Observe(e)
	}
	if err := o.Close(); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func bothPages(t *testing.T, events []observe.Event) map[string]string {
	t.Helper()
	dir := t.TempDir()
	r, err := New(Options{File: filepath.Join(dir, "deep", "report.html")})
	if err != nil {
		t.Fatal(err)
	}
	l, err := NewTimeline(Options{File: filepath.Join(dir, "timeline.html")})
	if err != nil {
		t.Fatal(err)
	}
	return map[string]string{
		"report":   written(t, r, filepath.Join(dir, "deep", "report.html"), events),
		"timeline": written(t, l, filepath.Join(dir, "timeline.html"), events),
	}
}

var data = regexp.MustCompile(`<div id="tasks-data" hidden>([^<]*)</div>`)

func unpacked(t *testing.T, page string) string {
	t.Helper()
	m := data.FindStringSubmatch(page)
	if m == nil {
		t.Fatal("the page holds no tasks")
	}
	zip, err := gzip.NewReader(base64.NewDecoder(base64.StdEncoding, strings.NewReader(m[1])))
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(zip)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// The goldens hold what changes from run to run: the page between its fixed
// style and script, and the tasks.
func TestPages(t *testing.T) {
	t.Parallel()
	for name, page := range bothPages(t, stream()) {
		_, main, _ := strings.Cut(page, "<main")
		main, _, _ = strings.Cut(main, "</main>")
		got := "<main" + main + "</main>\n\n" + unpacked(t, page)
		golden := filepath.Join("testdata", name+".txt")
		if *update {
			if err := os.WriteFile(golden, []byte(got), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(string(want), got); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}

// Nothing of a pipeline gets into the markup, and nothing is fetched.
func TestHostileNames(t *testing.T) {
	t.Parallel()
	for name, page := range bothPages(t, stream()) {
		for _, bad := range []string{"<img", "onerror=alert(1)>", "$(touch", "\u202e"} {
			markup := data.ReplaceAllString(page, "")
			if bad == "\u202e" || bad == "$(touch" { // harmless as text
				continue
			}
			if strings.Contains(markup, bad) {
				t.Errorf("%s: %q is in the page", name, bad)
			}
		}
		if strings.Contains(page, "http://") || strings.Contains(page, "https://") {
			t.Errorf("%s: the page points elsewhere", name)
		}
		if !strings.Contains(unpacked(t, page), `onerror=alert(1)>\"`) {
			t.Errorf("%s: the hostile task is missing", name)
		}
	}
}

// 100,000 tasks are to take less than 10 MB; a fifth of them takes a fifth, and
// what the page itself and the plots take.
func TestManyTasks(t *testing.T) {
	t.Parallel()
	const n = 20_000
	events := stream()
	end := events[len(events)-1]
	events = events[:1]
	rnd := rand.New(rand.NewPCG(1, 2))
	for i := range n {
		tk := &task.Task{
			ID: i + 1, Process: fmt.Sprintf("PIPELINE:SUB:PROCESS_%d", i%30), Tag: fmt.Sprintf("sample_%06d", i/30), State: task.Completed, Attempt: 1,
			Container: &task.Container{Image: "quay.io/biocontainers/tool:1.2.3--h0_0"}, Shell: []string{"/bin/bash", "-ue"},
		}
		tk.Name = tk.Process + " (" + tk.Tag + ")"
		tk.Script = "#!/bin/bash -ue\ntool align --threads 2 \\\n    --in " + tk.Tag + "_R1.fastq.gz --in2 " + tk.Tag + "_R2.fastq.gz \\\n    --out " + tk.Tag + ".bam\n\ncat <<-END > versions.yml\n\"tool\": 1.2.3\nEND\n"
		binary.LittleEndian.PutUint64(tk.Hash[:], rnd.Uint64())
		binary.LittleEndian.PutUint64(tk.Hash[8:], rnd.Uint64())
		start := began.Add(time.Duration(i*37) * time.Millisecond)
		tk.Resources = task.Resources{Cpus: 2, Memory: 6 << 30, Time: 3_600_000}
		tk.Result = task.Result{
			Submit: start, Start: start.Add(time.Duration(rnd.IntN(1000)) * time.Millisecond), Complete: start.Add(time.Duration(1000+rnd.IntN(100_000)) * time.Millisecond), NativeID: fmt.Sprint(10_000 + i),
			Metrics: task.Metrics{CPUPercent: float64(rnd.IntN(2000)) / 10, MemPercent: float64(rnd.IntN(50)) / 10, RSS: rnd.Int64N(1 << 32), PeakRSS: rnd.Int64N(1 << 32), VMem: rnd.Int64N(1 << 33), PeakVMem: rnd.Int64N(1 << 33), Rchar: rnd.Int64N(1 << 34), Wchar: rnd.Int64N(1 << 34), ReadBytes: rnd.Int64N(1 << 30), WriteBytes: rnd.Int64N(1 << 30)},
		}
		events = append(events, observe.Event{Body: observe.TaskChanged{Step: observe.Completed, Task: tk}})
	}
	for name, page := range bothPages(t, append(events, end)) {
		if len(page) > 10_000_000/100_000*n+100_000 {
			t.Errorf("%s of %d tasks is %d bytes", name, n, len(page))
		}
		t.Logf("%s of %d tasks: %.1f MB", name, n, float64(len(page))/1e6)
		if got := strings.Count(unpacked(t, page), "\n"); got != n {
			t.Errorf("%s has %d tasks", name, got)
		}
	}
}

func TestExistingFile(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "r.html")
	if err := os.WriteFile(file, []byte("old"), 0o640); err != nil {
		t.Fatal(err)
	}
	_, err := New(Options{File: file})
	var exists *ErrExists
	if want := "Report file already exists: " + file + " -- enable the 'report.overwrite' option in your config file to overwrite existing files"; !errors.As(err, &exists) || err.Error() != want {
		t.Errorf("got %v", err)
	}
	if _, err := NewTimeline(Options{File: file}); err == nil || !strings.Contains(err.Error(), "Timeline file already exists") {
		t.Errorf("got %v", err)
	}
	if _, err := New(Options{File: filepath.Dir(file)}); err == nil || !strings.Contains(err.Error(), "is a directory") {
		t.Errorf("got %v", err)
	}
	r, err := New(Options{File: file, Overwrite: true})
	if err != nil {
		t.Fatal(err)
	}
	if page := written(t, r, file, stream()); !strings.HasPrefix(page, "<!DOCTYPE html>") {
		t.Errorf("%.40q", page)
	}
}

func TestBoxes(t *testing.T) {
	t.Parallel()
	b, ok := boxOf("P", []float32{4, 1, 3, 2})
	want := box{name: "P", n: 4, low: 1, q1: 1.75, median: 2.5, q3: 3.25, upper: 4, mean: 2.5}
	if !ok || b != want {
		t.Errorf("%+v", b)
	}
	if _, ok := boxOf("P", nil); ok {
		t.Error("a box of nothing")
	}
	for _, tt := range []struct {
		top  float64
		unit string
		want []float64
	}{
		{0, "percent", []float64{0}},
		{100, "percent", []float64{0, 20, 40, 60, 80, 100}},
		{5000, "time", []float64{0, 1000, 2000, 3000, 4000, 5000}},
		{3 << 20, "bytes", []float64{0, 1 << 19, 2 << 19, 3 << 19, 4 << 19, 5 << 19, 6 << 19}},
	} {
		if d := cmp.Diff(tt.want, axis(tt.top, tt.unit)); d != "" {
			t.Errorf("%v %s: %s", tt.top, tt.unit, d)
		}
	}
}

// A real browser runs the scripts of the pages, where there is one.
func TestInBrowser(t *testing.T) {
	t.Parallel()
	browser := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			browser = path
			break
		}
	}
	if browser == "" || testing.Short() {
		t.Skip("no browser is installed")
	}
	dir := t.TempDir()
	for name, page := range bothPages(t, stream()) {
		file := filepath.Join(dir, name+".html")
		if err := os.WriteFile(file, []byte(page), 0o666); err != nil {
			t.Fatal(err)
		}
		cmd := exec.CommandContext(t.Context(), browser, "--headless", "--no-sandbox", "--disable-gpu", "--user-data-dir="+filepath.Join(dir, "profile-"+name), "--virtual-time-budget=3000", "--dump-dom", "file://"+file)
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("%s: %v", browser, err)
		}
		dom := string(out)
		want := []string{"5 of 5 tasks", "&lt;img src=x onerror=alert(1)&gt;"}
		if name == "report" {
			want = append(want, `class="state failed">FAILED<`, ">1.5%<")
		} else {
			want = append(want, `class="run"`, "5s / 10 MB", "/ CACHED")
		}
		for _, w := range want {
			if !strings.Contains(dom, w) {
				t.Errorf("%s: %q is not on the page", name, w)
			}
		}
		if strings.Count(dom, "The tasks cannot be shown") > 1 { // once in the script itself
			t.Errorf("%s: the script of the page failed", name)
		}
	}
}
