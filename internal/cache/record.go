package cache

import (
	"time"

	"sluice/internal/lang/value"
	"sluice/internal/task"
)

// A Record is a task that ended, as a run found it.
type Record struct {
	Hash        task.Hash
	Run         string // name of the run; filled in by Put
	TaskID      int
	Index       int
	Process     string
	Name        string
	Tag         string
	WorkDir     string
	State       task.State
	Exit        int
	Attempt     int
	Submit      time.Time
	Start       time.Time
	Complete    time.Time
	NativeID    string
	Hostname    string
	Metrics     task.Metrics
	Resources   task.Resources
	Container   string
	Module      []string
	Labels      []string
	Executor    string
	Scratch     string
	ErrorAction string

	// Context is what the process needs to make the outputs again besides the
	// work directory: values of `val` outputs that depend on script variables.
	// It is opaque here; Encode makes it.
	Context []byte

	// Parts are what the hash was made of, to tell why a task was not found.
	Parts []Part
}

// A Part is one component of a task's hash.
type Part struct{ Name, Digest string }

// FromTask is the record of a task that ended.
func FromTask(t *task.Task) *Record {
	r := &Record{
		Hash: t.Hash, TaskID: t.ID, Index: t.Index, Process: t.Process, Name: t.Name, Tag: t.Tag,
		WorkDir: t.WorkDir, State: t.State, Exit: t.Result.Exit, Attempt: t.Attempt,
		Submit: t.Result.Submit, Start: t.Result.Start, Complete: t.Result.Complete,
		NativeID: t.Result.NativeID, Hostname: t.Result.Hostname, Metrics: t.Result.Metrics,
		Resources: t.Resources, Module: t.Module, Labels: t.Labels, Executor: t.Executor,
		Scratch: t.Scratch, ErrorAction: t.ErrorAction,
	}
	if t.Container != nil {
		r.Container = t.Container.Image
	}
	return r
}

// Restore fills in what is known of a task that need not run again. The task
// keeps its number, name and inputs of this run.
func (r *Record) Restore(t *task.Task) {
	t.Hash, t.WorkDir, t.State, t.Attempt = r.Hash, r.WorkDir, task.Cached, r.Attempt
	t.Result = task.Result{
		Exit: r.Exit, Submit: r.Submit, Start: r.Start, Complete: r.Complete,
		NativeID: r.NativeID, Hostname: r.Hostname, Metrics: r.Metrics,
	}
}

// taskVersion is the newest encoding of a Record.
const taskVersion = 1

// encode writes a record; run is the number of its run in the journal.
//
// The hash comes right after the version, where the index looks for it.
func (r *Record) encode(run int) []byte {
	e := &encoder{b: make([]byte, 0, 512)}
	e.byte(taskVersion)
	e.b = append(e.b, r.Hash[:]...)
	e.uint(uint64(run))
	e.int(int64(r.TaskID))
	e.int(int64(r.Index))
	for _, s := range []string{r.Process, r.Name, r.Tag, r.WorkDir} {
		e.string(s)
	}
	e.byte(byte(r.State))
	e.int(int64(r.Exit))
	e.int(int64(r.Attempt))
	for _, t := range []time.Time{r.Submit, r.Start, r.Complete} {
		e.time(t)
	}
	e.string(r.NativeID)
	e.string(r.Hostname)
	e.metrics(r.Metrics)
	e.resources(r.Resources)
	e.string(r.Container)
	e.strings(r.Module)
	e.strings(r.Labels)
	for _, s := range []string{r.Executor, r.Scratch, r.ErrorAction} {
		e.string(s)
	}
	e.bytes(r.Context)
	e.uint(uint64(len(r.Parts)))
	for _, p := range r.Parts {
		e.string(p.Name)
		e.string(p.Digest)
	}
	return e.b
}

func decodeRecord(b []byte) (r *Record, run int, err error) {
	d := &decoder{b: b}
	r = &Record{}
	d.version(taskVersion)
	copy(r.Hash[:], d.take(uint64(len(r.Hash))))
	run = int(d.uint())
	r.TaskID, r.Index = int(d.int()), int(d.int())
	for _, s := range []*string{&r.Process, &r.Name, &r.Tag, &r.WorkDir} {
		*s = d.string()
	}
	r.State = task.State(d.byte())
	if r.State > task.Stored {
		d.fail(errState)
	}
	r.Exit, r.Attempt = int(d.int()), int(d.int())
	for _, t := range []*time.Time{&r.Submit, &r.Start, &r.Complete} {
		*t = d.time()
	}
	r.NativeID, r.Hostname = d.string(), d.string()
	r.Metrics = d.metrics()
	r.Resources = d.resources()
	r.Container = d.string()
	r.Module, r.Labels = d.strings(), d.strings()
	for _, s := range []*string{&r.Executor, &r.Scratch, &r.ErrorAction} {
		*s = d.string()
	}
	r.Context = d.bytes()
	if n := d.count(); n > 0 {
		r.Parts = make([]Part, n)
		for i := range r.Parts {
			r.Parts[i] = Part{d.string(), d.string()}
		}
	}
	return r, run, d.err
}

// peekHash is the hash of an encoded record, without decoding the rest.
func peekHash(b []byte) (h task.Hash, ok bool) {
	if len(b) < 1+len(h) || b[0] == 0 || b[0] > taskVersion {
		return h, false
	}
	copy(h[:], b[1:])
	return h, true
}

func (e *encoder) metrics(m task.Metrics) {
	e.int(int64(m.Realtime))
	e.float(m.CPUPercent)
	e.float(m.MemPercent)
	for _, n := range metricInts(&m) {
		e.int(*n)
	}
	e.string(m.CPUModel)
}

func (d *decoder) metrics() (m task.Metrics) {
	m.Realtime = time.Duration(d.int())
	m.CPUPercent, m.MemPercent = d.float(), d.float()
	for _, n := range metricInts(&m) {
		*n = d.int()
	}
	m.CPUModel = d.string()
	return m
}

// metricInts are the numbers of Metrics in the order of the encoding.
func metricInts(m *task.Metrics) []*int64 {
	return []*int64{
		&m.RSS, &m.VMem, &m.PeakRSS, &m.PeakVMem, &m.Rchar, &m.Wchar,
		&m.Syscr, &m.Syscw, &m.ReadBytes, &m.WriteBytes, &m.VolCtxt, &m.InvCtxt,
	}
}

func (e *encoder) resources(r task.Resources) {
	for _, n := range []int64{int64(r.Cpus), int64(r.Memory), int64(r.Time), int64(r.Disk), int64(r.Accelerator)} {
		e.int(n)
	}
	e.string(r.Queue)
}

func (d *decoder) resources() (r task.Resources) {
	r.Cpus = int(d.int())
	r.Memory = value.Memory(d.int())
	r.Time = value.Duration(d.int())
	r.Disk = value.Memory(d.int())
	r.Accelerator = int(d.int())
	r.Queue = d.string()
	return r
}
