package trace

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sluice/internal/observe"
	"sluice/internal/task"
)

// good and native are tasks of the run whose trace the oracle wrote.
func good(t *testing.T) *task.Task {
	t.Helper()
	h, ok := task.ParseHash("0b927b410ffe1666cbea7ea9447252ae")
	if !ok {
		t.Fatal("hash")
	}
	tk := &task.Task{
		ID: 4, Process: "GOOD", Name: "GOOD (t2)", Tag: "t2", Attempt: 1, Hash: h,
		WorkDir: "/tmp/h6/work/0b/927b410ffe1666cbea7ea9447252ae", State: task.Cached,
	}
	submit := time.Date(2026, 11, 23, 8, 40, 35, 342e6, time.Local)
	tk.Result = task.Result{
		NativeID: "22203", Submit: submit, Start: submit.Add(91 * time.Millisecond), Complete: submit.Add(134 * time.Millisecond),
		Metrics: task.Metrics{Realtime: 7 * time.Millisecond, CPUPercent: 33.3, Rchar: 87337, Wchar: 191, Syscr: 150, Syscw: 13, WriteBytes: 8192, CPUModel: "AMD EPYC"},
	}
	return tk
}

func native(t *testing.T) *task.Task {
	tk := good(t)
	tk.ID, tk.Process, tk.Name, tk.Tag, tk.State = 2, "NAT", "NAT (1)", "", task.Completed
	start := tk.Result.Submit.Add(4 * time.Millisecond)
	tk.Result = task.Result{Exit: -1, Submit: tk.Result.Submit, Start: start, Complete: start.Add(3 * time.Millisecond)}
	return tk
}

const all = "task_id,hash,native_id,process,tag,name,status,exit,module,container,cpus,time,disk,memory,attempt,submit,start,complete,duration,realtime,queue,%cpu,%mem,rss,vmem,peak_rss,peak_vmem,rchar,wchar,syscr,syscw,read_bytes,write_bytes,vol_ctxt,inv_ctxt,workdir,scratch,error_action,hostname,cpu_model"

func lines(t *testing.T, o Options, tasks ...*task.Task) []string {
	t.Helper()
	o.File = filepath.Join(t.TempDir(), "deep", "trace.txt")
	w, err := Open(o)
	if err != nil {
		t.Fatal(err)
	}
	for _, tk := range tasks {
		w.Observe(observe.Event{Body: observe.TaskChanged{Step: observe.Submitted, Task: tk}})
		w.Observe(observe.Event{Body: observe.TaskChanged{Step: observe.Completed, Task: tk}})
		// The line is there before the file is closed.
		if b, err := os.ReadFile(o.File); err != nil || !strings.HasSuffix(string(b), "\n") || !strings.Contains(string(b), tk.Name) {
			t.Errorf("not written yet: %q %v", b, err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(o.File)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSuffix(string(b), "\n"), "\n")
}

func TestLines(t *testing.T) {
	t.Parallel()
	fields, err := ParseFields(all)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name string
		o    Options
		want []string
	}{
		{"default", Options{}, []string{
			"task_id\thash\tnative_id\tname\tstatus\texit\tsubmit\tduration\trealtime\t%cpu\tpeak_rss\tpeak_vmem\trchar\twchar",
			"4\t0b/927b41\t22203\tGOOD (t2)\tCACHED\t0\t2026-11-23 08:40:35.342\t134ms\t7ms\t33.3%\t0\t0\t85.3 KB\t191 B",
			"2\t0b/927b41\t-\tNAT (1)\tCOMPLETED\t-\t2026-11-23 08:40:35.342\t7ms\t3ms\t-\t-\t-\t-\t-",
		}},
		{"all fields", Options{Fields: fields}, []string{
			strings.ReplaceAll(all, ",", "\t"),
			"4\t0b/927b41\t22203\tGOOD\tt2\tGOOD (t2)\tCACHED\t0\t-\t-\t1\t-\t-\t-\t1\t2026-11-23 08:40:35.342\t2026-11-23 08:40:35.433\t2026-11-23 08:40:35.476\t134ms\t7ms\t-\t33.3%\t0.0%\t0\t0\t0\t0\t85.3 KB\t191 B\t150\t13\t0\t8 KB\t0\t0\t/tmp/h6/work/0b/927b410ffe1666cbea7ea9447252ae\t-\t-\t-\tAMD EPYC",
			"2\t0b/927b41\t-\tNAT\t-\tNAT (1)\tCOMPLETED\t-\t-\t-\t1\t-\t-\t-\t1\t2026-11-23 08:40:35.342\t2026-11-23 08:40:35.346\t2026-11-23 08:40:35.349\t7ms\t3ms\t-\t-\t-\t-\t-\t-\t-\t-\t-\t-\t-\t-\t-\t-\t-\t/tmp/h6/work/0b/927b410ffe1666cbea7ea9447252ae\t-\t-\t-\t-",
		}},
		{"raw with commas", Options{Fields: []string{"name", "duration", "realtime", "%cpu", "%mem", "rchar", "rss", "exit"}, Raw: true, Sep: ","}, []string{
			"name,duration,realtime,%cpu,%mem,rchar,rss,exit",
			"GOOD (t2),134,7,33.3,0.0,87337,0,0",
			"NAT (1),7,3,-,-,-,-,-",
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if d := cmp.Diff(tt.want, lines(t, tt.o, good(t), native(t))); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestRequests(t *testing.T) {
	t.Parallel()
	tk := good(t)
	tk.Resources = task.Resources{Cpus: 2, Memory: 1 << 30, Time: 3600000, Disk: 2 << 30, Queue: "q"}
	got := lines(t, Options{Fields: []string{"name", "time", "memory", "disk", "queue", "cpus"}}, tk)
	if want := "GOOD (t2)\t1h\t1 GB\t2 GB\tq\t2"; got[1] != want {
		t.Error(cmp.Diff(want, got[1]))
	}
}

func TestFieldNames(t *testing.T) {
	t.Parallel()
	if _, err := ParseFields("name, bogus"); err == nil || err.Error() != "Unknown trace field name: `bogus`" {
		t.Errorf("got %v", err)
	}
	seen := map[string]bool{}
	for _, f := range Fields {
		if seen[f.Name] {
			t.Errorf("%s twice", f.Name)
		}
		seen[f.Name] = true
	}
	if _, err := Open(Options{File: filepath.Join(t.TempDir(), "x"), Fields: []string{"nope"}}); err == nil {
		t.Error("an unknown field was accepted")
	}
}

func TestExistingFile(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "t.txt")
	if err := os.WriteFile(file, []byte("old\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	_, err := Open(Options{File: file})
	var exists *ErrExists
	want := "Trace file already exists: " + file + " -- enable the 'trace.overwrite' option in your config file to overwrite existing files"
	if !errors.As(err, &exists) || err.Error() != want {
		t.Errorf("got %v", err)
	}
	w, err := Open(Options{File: file, Overwrite: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if b, err := os.ReadFile(file); err != nil || !strings.HasPrefix(string(b), "task_id\t") {
		t.Errorf("%q %v", b, err)
	}
}
