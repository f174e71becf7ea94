package trace

import (
	"math"
	"strconv"
	"strings"
	"time"

	"sluice/internal/observe"
	"sluice/internal/task"
)

// DefaultFields are the columns when trace.fields is not set.
var DefaultFields = []string{
	"task_id", "hash", "native_id", "name", "status", "exit", "submit", "duration",
	"realtime", "%cpu", "peak_rss", "peak_vmem", "rchar", "wchar",
}

// A Field is a column. Get is its value in a kind that knows both forms.
type Field struct {
	Name string
	Get  func(*task.Task) Cell
}

// A Cell is a value as people read it and as programs do (trace.raw).
type Cell struct{ Text, Raw string }

var missing = Cell{"-", "-"}

// Fields are all columns there are, in the order of Nextflow's documentation.
var Fields = []Field{
	{"task_id", func(t *task.Task) Cell { return number(int64(t.ID)) }},
	{"hash", func(t *task.Task) Cell { return text(t.Hash.Short()) }},
	{"native_id", func(t *task.Task) Cell { return text(t.Result.NativeID) }},
	{"process", func(t *task.Task) Cell { return text(t.Process) }},
	{"tag", func(t *task.Task) Cell { return text(t.Tag) }},
	{"name", func(t *task.Task) Cell { return text(t.Name) }},
	{"status", func(t *task.Task) Cell { return text(t.State.String()) }},
	{"exit", exit},
	{"module", func(t *task.Task) Cell { return text(strings.Join(t.Module, ":")) }},
	{"container", container},
	{"cpus", func(t *task.Task) Cell { return number(int64(max(t.Resources.Cpus, 1))) }},
	{"time", func(t *task.Task) Cell { return asked(duration(time.Duration(t.Resources.Time) * time.Millisecond)) }},
	{"disk", func(t *task.Task) Cell { return asked(memory(int64(t.Resources.Disk))) }},
	{"memory", func(t *task.Task) Cell { return asked(memory(int64(t.Resources.Memory))) }},
	{"attempt", func(t *task.Task) Cell { return number(int64(max(t.Attempt, 1))) }},
	{"submit", func(t *task.Task) Cell { return date(t.Result.Submit) }},
	{"start", func(t *task.Task) Cell { return date(t.Result.Start) }},
	{"complete", func(t *task.Task) Cell { return date(t.Result.Complete) }},
	{"duration", elapsed},
	{"realtime", func(t *task.Task) Cell { return duration(observe.Realtime(t)) }},
	{"queue", func(t *task.Task) Cell { return text(t.Resources.Queue) }},
	{"%cpu", func(t *task.Task) Cell { return percent(t, t.Result.Metrics.CPUPercent) }},
	{"%mem", func(t *task.Task) Cell { return percent(t, t.Result.Metrics.MemPercent) }},
	{"rss", size(func(m *task.Metrics) int64 { return m.RSS })},
	{"vmem", size(func(m *task.Metrics) int64 { return m.VMem })},
	{"peak_rss", size(func(m *task.Metrics) int64 { return m.PeakRSS })},
	{"peak_vmem", size(func(m *task.Metrics) int64 { return m.PeakVMem })},
	{"rchar", size(func(m *task.Metrics) int64 { return m.Rchar })},
	{"wchar", size(func(m *task.Metrics) int64 { return m.Wchar })},
	{"syscr", count(func(m *task.Metrics) int64 { return m.Syscr })},
	{"syscw", count(func(m *task.Metrics) int64 { return m.Syscw })},
	{"read_bytes", size(func(m *task.Metrics) int64 { return m.ReadBytes })},
	{"write_bytes", size(func(m *task.Metrics) int64 { return m.WriteBytes })},
	{"vol_ctxt", count(func(m *task.Metrics) int64 { return m.VolCtxt })},
	{"inv_ctxt", count(func(m *task.Metrics) int64 { return m.InvCtxt })},
	{"env", env},
	{"workdir", func(t *task.Task) Cell { return text(t.WorkDir) }},
	{"script", script},
	{"scratch", func(t *task.Task) Cell { return text(t.Scratch) }},
	{"error_action", func(t *task.Task) Cell { return text(t.ErrorAction) }},
	{"hostname", func(t *task.Task) Cell { return text(t.Result.Hostname) }},
	{"cpu_model", func(t *task.Task) Cell { return text(t.Result.Metrics.CPUModel) }},
}

// Lookup finds a column by its name.
func Lookup(name string) (Field, bool) {
	for _, f := range Fields {
		if f.Name == name {
			return f, true
		}
	}
	return Field{}, false
}

func text(s string) Cell {
	if s == "" {
		return missing
	}
	return Cell{s, s}
}

func number(n int64) Cell {
	if n < 0 {
		return missing
	}
	s := strconv.FormatInt(n, 10)
	return Cell{s, s}
}

func memory(n int64) Cell {
	if n < 0 {
		return missing
	}
	return Cell{observe.FormatMemory(n), strconv.FormatInt(n, 10)}
}

func duration(d time.Duration) Cell {
	if d < 0 {
		return missing
	}
	return Cell{observe.FormatDuration(d), strconv.FormatInt(d.Milliseconds(), 10)}
}

// asked is for requests, where zero means that nothing was asked for.
func asked(c Cell) Cell {
	if c.Raw == "0" {
		return missing
	}
	return c
}

func date(t time.Time) Cell {
	if t.IsZero() {
		return missing
	}
	return Cell{t.Format("2006-01-02 15:04:05.000"), strconv.FormatInt(t.UnixMilli(), 10)}
}

func elapsed(t *task.Task) Cell {
	if t.Result.Submit.IsZero() || t.Result.Complete.Before(t.Result.Submit) {
		return missing
	}
	return duration(t.Result.Complete.Sub(t.Result.Submit))
}

// measured says whether there are metrics at all: a zero Metrics is what a
// task has that was never run through the wrapper.
func measured(t *task.Task) bool {
	m := t.Result.Metrics
	m.Realtime, m.CPUModel = 0, ""
	return m != task.Metrics{}
}

func percent(t *task.Task, x float64) Cell {
	if x < 0 || !measured(t) {
		return missing
	}
	s := strconv.FormatFloat(math.Round(x*10)/10, 'f', 1, 64)
	return Cell{s + "%", s}
}

func size(get func(*task.Metrics) int64) func(*task.Task) Cell {
	return func(t *task.Task) Cell {
		if !measured(t) {
			return missing
		}
		return memory(get(&t.Result.Metrics))
	}
}

func count(get func(*task.Metrics) int64) func(*task.Task) Cell {
	return func(t *task.Task) Cell {
		if !measured(t) {
			return missing
		}
		return number(get(&t.Result.Metrics))
	}
}

// exit is missing for native tasks: there was no process to leave a status.
func exit(t *task.Task) Cell {
	if t.Exec != nil || t.Result.Exit < 0 {
		return missing
	}
	return number(int64(t.Result.Exit))
}

func container(t *task.Task) Cell {
	if t.Container == nil {
		return missing
	}
	return text(t.Container.Image)
}

func env(t *task.Task) Cell {
	var b strings.Builder
	for _, v := range t.Env {
		b.WriteString(v.Name + "=" + v.Value + "\n")
	}
	return text(b.String())
}

// script is the command without the interpreter line that the engine added.
func script(t *task.Task) Cell {
	s := t.Script
	if len(t.Shell) > 0 {
		s = strings.TrimPrefix(s, "#!"+strings.Join(t.Shell, " ")+"\n")
	}
	return text(s)
}
