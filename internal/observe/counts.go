package observe

import "sluice/internal/task"

// A Count is the numbers of one process.
type Count struct {
	Name     string
	Hash     string // of the task seen last
	TaskName string
	Stats    Stats
	Ended    bool
	Errored  bool // a task failed and the run ends for it
}

// Counts are the numbers of each process, in the order in which the workflow
// has them, and those of the whole run.
type Counts struct {
	Total     Stats
	Processes []*Count
	byName    map[string]*Count
	changed   int64
}

// Observe counts an event.
func (c *Counts) Observe(ev Event) {
	switch e := ev.Body.(type) {
	case ProcessDefined:
		c.of(e.Name)
	case ProcessEnded:
		c.of(e.Name).Ended = true
	case TaskChanged:
		c.Total.Observe(ev)
		c.changed = ev.Time.UnixMilli()
		p := c.of(e.Task.Process)
		p.Stats.Observe(ev)
		if e.Step != Pending {
			p.Hash, p.TaskName = e.Task.Hash.Short(), e.Task.Name
		}
		if e.Step == Failed && terminates(e.Task) {
			p.Errored = true
		}
	}
}

func terminates(t *task.Task) bool {
	return t.ErrorAction == "" || t.ErrorAction == "terminate" || t.ErrorAction == "finish"
}

func (c *Counts) of(name string) *Count {
	if p := c.byName[name]; p != nil {
		return p
	}
	if c.byName == nil {
		c.byName = map[string]*Count{}
	}
	p := &Count{Name: name}
	c.byName[name] = p
	c.Processes = append(c.Processes, p)
	return p
}

// failed are the tasks that failed and are counted nowhere else.
func failed(s *Stats) int { return max(s.Failed-s.Ignored-s.Retries, 0) }

// completed and all are the sums that a process is shown with.
func completed(s *Stats) int { return s.Succeeded + failed(s) + s.Cached + s.Stored }

func all(s *Stats) int { return s.Pending + s.Submitted + s.Running + completed(s) }

// Load is the numbers as the trace protocol and messages name them.
func (s *Stats) Load() map[string]any {
	return map[string]any{
		"pending": s.Pending, "submitted": s.Submitted, "running": s.Running, "succeeded": s.Succeeded, "failed": s.Failed,
		"cached": s.Cached, "aborted": s.Aborted, "stored": s.Stored, "ignored": s.Ignored, "retries": s.Retries,
		"loadCpus": s.LoadCpus, "loadMemory": s.LoadMemory, "peakRunning": s.PeakRunning, "peakCpus": s.PeakCpus, "peakMemory": s.PeakMemory,
	}
}

// ProcessLoads are the numbers of all processes.
func (c *Counts) ProcessLoads() []map[string]any {
	list := make([]map[string]any, 0, len(c.Processes))
	for i, p := range c.Processes {
		m := p.Stats.Load()
		m["index"], m["name"], m["hash"], m["taskName"] = i+1, p.Name, orNil(p.Hash), orNil(p.TaskName)
		m["terminated"], m["errored"] = p.Ended, p.Errored
		m["completedCount"], m["totalCount"] = completed(&p.Stats), all(&p.Stats)
		list = append(list, m)
	}
	return list
}

// Stats is `workflow.stats` as JSON.
func (c *Counts) Stats() map[string]any {
	s := &c.Total
	total := s.Succeeded + s.Cached + s.Ignored
	effective := failed(s)
	m := map[string]any{
		"changeTimestamp": c.changed, "processes": c.ProcessLoads(), "progressLength": len(c.Processes), "totalCount": total,
		"succeedCount": s.Succeeded, "effectiveFailedCount": effective, "effectiveFailedPct": share(effective, total),
		"computeTimeFmt": s.CPUHours(), "loadMemoryFmt": FormatMemory(s.LoadMemory), "peakMemoryFmt": FormatMemory(s.PeakMemory),
		"succeedDuration": s.SucceedTime.Milliseconds(), "cachedDuration": s.CachedTime.Milliseconds(), "failedDuration": s.FailedTime.Milliseconds(),
		"loadCpus": s.LoadCpus, "loadMemory": s.LoadMemory, "peakRunning": s.PeakRunning, "peakCpus": s.PeakCpus, "peakMemory": s.PeakMemory,
		"succeededCount": s.Succeeded, "pendingCount": s.Pending, "submittedCount": s.Submitted, "runningCount": s.Running,
		"retriesCount": s.Retries, "abortedCount": s.Aborted,
	}
	for _, k := range []struct {
		name string
		n    int
		pct  bool
	}{{"succeed", s.Succeeded, true}, {"cached", s.Cached, true}, {"failed", s.Failed, false}, {"ignored", s.Ignored, true}} {
		m[k.name+"Count"], m[k.name+"CountFmt"] = k.n, Grouped(k.n)
		if k.pct {
			m[k.name+"Pct"] = share(k.n, total)
		}
	}
	return m
}

func orNil(s string) any {
	if s == "" {
		return nil
	}
	return s
}
