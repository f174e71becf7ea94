package trace

import (
	"math"
	"strconv"
	"strings"
	"time"

	"sluice/internal/lang/value"
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
	Name   string
	Get    func(*task.Task) Cell
	Number bool
	Doc    string
}

// Value is the field as filter expressions see it: sizes in bytes, times in
// milliseconds, null where it is not known; an unknown exit status is 2147483647.
func (f Field) Value(t *task.Task) value.Value {
	c := f.Get(t)
	switch {
	case c == missing && f.Name == "exit": // Nextflow's number for none
		return value.MakeInt(math.MaxInt32)
	case c == missing:
		return nil
	}
	if !f.Number {
		return value.String(c.Text)
	}
	if n, err := strconv.ParseInt(c.Raw, 10, 64); err == nil {
		return value.MakeInt(n)
	}
	x, err := strconv.ParseFloat(c.Raw, 64)
	if err != nil {
		return value.String(c.Text)
	}
	return value.Double(x)
}

// A Cell is a value as people read it and as programs do (trace.raw).
type Cell struct{ Text, Raw string }

var missing = Cell{"-", "-"}

// Fields are all columns there are, in the order of Nextflow's documentation.
var Fields = []Field{
	{"task_id", func(t *task.Task) Cell { return number(int64(t.ID)) }, true, "Number of the task within the run."},
	{"hash", func(t *task.Task) Cell { return text(t.Hash.Short()) }, false, "First characters of the task hash: the name of its work directory."},
	{"native_id", func(t *task.Task) Cell { return text(t.Result.NativeID) }, false, "Id that the executor gave: a process id, a job id."},
	{"process", func(t *task.Task) Cell { return text(t.Process) }, false, "Full name of the process."},
	{"tag", func(t *task.Task) Cell { return text(t.Tag) }, false, "Value of the directive `tag`."},
	{"name", func(t *task.Task) Cell { return text(t.Name) }, false, "Process and tag, as the progress shows them."},
	{"status", func(t *task.Task) Cell { return text(t.State.String()) }, false, "NEW, SUBMITTED, RUNNING, COMPLETED, FAILED, ABORTED or CACHED."},
	{"exit", exit, true, "Exit status."},
	{"module", func(t *task.Task) Cell { return text(strings.Join(t.Module, ":")) }, false, "Environment modules, with colons between."},
	{"container", container, false, "Image that ran the task."},
	{"cpus", func(t *task.Task) Cell { return number(int64(max(t.Resources.Cpus, 1))) }, true, "Processors asked for."},
	{"time", func(t *task.Task) Cell { return asked(duration(time.Duration(t.Resources.Time) * time.Millisecond)) }, true, "Time asked for."},
	{"disk", func(t *task.Task) Cell { return asked(memory(int64(t.Resources.Disk))) }, true, "Disk space asked for."},
	{"memory", func(t *task.Task) Cell { return asked(memory(int64(t.Resources.Memory))) }, true, "Memory asked for."},
	{"attempt", func(t *task.Task) Cell { return number(int64(max(t.Attempt, 1))) }, true, "Which attempt it was, from 1."},
	{"submit", func(t *task.Task) Cell { return date(t.Result.Submit) }, true, "When the task was submitted."},
	{"start", func(t *task.Task) Cell { return date(t.Result.Start) }, true, "When it started."},
	{"complete", func(t *task.Task) Cell { return date(t.Result.Complete) }, true, "When it ended."},
	{"duration", elapsed, true, "From submission to end."},
	{"realtime", func(t *task.Task) Cell { return duration(observe.Realtime(t)) }, true, "From start to end."},
	{"queue", func(t *task.Task) Cell { return text(t.Resources.Queue) }, false, "Queue that was asked for."},
	{"%cpu", func(t *task.Task) Cell { return percent(t, t.Result.Metrics.CPUPercent) }, true, "Use of processors: 100 is one all the time."},
	{"%mem", func(t *task.Task) Cell { return percent(t, t.Result.Metrics.MemPercent) }, true, "Part of the memory of the machine."},
	{"rss", size(func(m *task.Metrics) int64 { return m.RSS }), true, "Resident memory."},
	{"vmem", size(func(m *task.Metrics) int64 { return m.VMem }), true, "Virtual memory."},
	{"peak_rss", size(func(m *task.Metrics) int64 { return m.PeakRSS }), true, "Largest resident memory."},
	{"peak_vmem", size(func(m *task.Metrics) int64 { return m.PeakVMem }), true, "Largest virtual memory."},
	{"rchar", size(func(m *task.Metrics) int64 { return m.Rchar }), true, "Bytes read, from memory too."},
	{"wchar", size(func(m *task.Metrics) int64 { return m.Wchar }), true, "Bytes written, to memory too."},
	{"syscr", count(func(m *task.Metrics) int64 { return m.Syscr }), true, "Read operations."},
	{"syscw", count(func(m *task.Metrics) int64 { return m.Syscw }), true, "Write operations."},
	{"read_bytes", size(func(m *task.Metrics) int64 { return m.ReadBytes }), true, "Bytes read from disk."},
	{"write_bytes", size(func(m *task.Metrics) int64 { return m.WriteBytes }), true, "Bytes written to disk."},
	{"vol_ctxt", count(func(m *task.Metrics) int64 { return m.VolCtxt }), true, "Voluntary context switches."},
	{"inv_ctxt", count(func(m *task.Metrics) int64 { return m.InvCtxt }), true, "Involuntary context switches."},
	{"env", env, false, "Variables that the task was given."},
	{"workdir", func(t *task.Task) Cell { return text(t.WorkDir) }, false, "Work directory."},
	{"script", script, false, "Command that was run."},
	{"scratch", func(t *task.Task) Cell { return text(t.Scratch) }, false, "Value of the directive `scratch`."},
	{"error_action", func(t *task.Task) Cell { return text(strings.ToUpper(t.ErrorAction)) }, false, "What was done about a failure: RETRY, IGNORE, TERMINATE, FINISH."},
	{"hostname", hostname, false, "Machine that ran the task, when it is another one."},
	{"cost", cost, true, "Price of the task in US dollars, where one is known."},
	{"cpu_model", func(t *task.Task) Cell { return text(t.Result.Metrics.CPUModel) }, false, "Model of its processor."},
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

func cost(t *task.Task) Cell {
	if t.Result.Cost <= 0 {
		return missing
	}
	n := strconv.FormatFloat(t.Result.Cost, 'f', 6, 64)
	return Cell{n, n}
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
	if t.Exec != nil || t.Result.Exit < 0 || t.Result.NativeID == "" {
		return missing
	}
	return number(int64(t.Result.Exit))
}

func container(t *task.Task) Cell {
	if s := image(t); s != "" {
		return text(s)
	}
	return missing
}

// env is what the task's wrapper exports.
func env(t *task.Task) Cell {
	var b strings.Builder
	for _, v := range t.Env {
		b.WriteString(v.Name + "=" + v.Value + "\n")
	}
	if len(t.BinDirs) > 0 {
		b.WriteString("PATH=$PATH:" + strings.Join(t.BinDirs, ":") + "\n")
	}
	return text(b.String())
}

// hostname is that of another machine; on this one it is not told.
func hostname(t *task.Task) Cell {
	if t.Executor == "local" {
		return missing
	}
	return text(t.Result.Hostname)
}

// script is the command without the interpreter line that the engine added.
func script(t *task.Task) Cell {
	s := t.Script
	if len(t.Shell) > 0 {
		s = strings.TrimPrefix(s, t.Shebang())
	}
	return text(strings.TrimSuffix(s, "\n"))
}
