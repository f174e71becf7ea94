package trace

import (
	"math"
	"strings"
	"time"

	"sluice/internal/observe"
	"sluice/internal/task"
)

// Record is a task as messages and the trace protocol carry it: the fields of
// the trace by name, plain numbers (bytes, milliseconds), null where nothing
// is known, and times since 1970. What is measured is there when the task has
// ended.
//
// at is the moment of the event: a task that has just started does not know
// its start yet.
func Record(t *task.Task, at time.Time) map[string]any {
	r := &t.Result
	ended := t.State >= task.Completed
	m := map[string]any{
		"task_id": t.ID, "status": t.State.String(), "hash": t.Hash.Short(), "name": t.Name, "exit": exitNumber(t, ended),
		"submit": millis(r.Submit), "start": millis(r.Start), "process": t.Process, "tag": orNull(t.Tag), "module": modules(t),
		"container": orNull(image(t)), "attempt": max(t.Attempt, 1), "script": body(t), "scratch": orNull(t.Scratch), "workdir": t.WorkDir,
		"queue": orNull(t.Resources.Queue), "cpus": max(t.Resources.Cpus, 1), "memory": positive(int64(t.Resources.Memory)),
		"disk": positive(int64(t.Resources.Disk)), "time": positive(int64(t.Resources.Time)), "env": environment(t),
	}
	if r.NativeID != "" {
		m["native_id"] = nativeID(r.NativeID)
	}
	if t.State == task.Running && r.Start.IsZero() {
		m["start"] = millis(at)
	}
	if !ended {
		return m
	}
	m["error_action"] = orNull(strings.ToUpper(t.ErrorAction))
	if !r.Complete.IsZero() {
		m["complete"] = millis(r.Complete)
		m["duration"] = r.Complete.Sub(r.Submit).Milliseconds()
	}
	if d := observe.Realtime(t); d >= 0 {
		m["realtime"] = d.Milliseconds()
	}
	if h := hostname(t); h != missing {
		m["hostname"] = h.Text
	}
	if measured(t) {
		addMeasures(m, &r.Metrics)
	}
	return m
}

func addMeasures(m map[string]any, x *task.Metrics) {
	m["%cpu"], m["%mem"] = math.Round(x.CPUPercent*10)/10, math.Round(x.MemPercent*10)/10
	for name, n := range map[string]int64{
		"rss": x.RSS, "vmem": x.VMem, "peak_rss": x.PeakRSS, "peak_vmem": x.PeakVMem, "rchar": x.Rchar, "wchar": x.Wchar,
		"syscr": x.Syscr, "syscw": x.Syscw, "read_bytes": x.ReadBytes, "write_bytes": x.WriteBytes, "vol_ctxt": x.VolCtxt, "inv_ctxt": x.InvCtxt,
	} {
		if n >= 0 {
			m[name] = n
		}
	}
	if x.CPUModel != "" {
		m["cpu_model"] = x.CPUModel
	}
}

// exitNumber is 2147483647 where there is no exit status.
func exitNumber(t *task.Task, ended bool) int {
	if !ended || t.Result.Exit < 0 {
		return math.MaxInt32
	}
	return t.Result.Exit
}

func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func modules(t *task.Task) []string {
	if t.Module == nil {
		return []string{}
	}
	return t.Module
}

func image(t *task.Task) string {
	if t.Container == nil {
		return t.Image
	}
	return t.Container.Image
}

// body is the command as its author wrote it.
func body(t *task.Task) any {
	if t.Script == "" {
		return nil
	}
	return strings.TrimSuffix(strings.TrimPrefix(t.Script, t.Shebang()), "\n")
}

func environment(t *task.Task) any {
	if c := env(t); c != missing {
		return c.Text
	}
	return nil
}

// nativeID is the number of a process, or the name of a job.
func nativeID(id string) any {
	n := 0
	for _, c := range id {
		if c < '0' || c > '9' || n > 1<<52 {
			return id
		}
		n = 10*n + int(c-'0')
	}
	return n
}

func positive(n int64) any {
	if n <= 0 {
		return nil
	}
	return n
}

func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}
