package observe

import (
	"fmt"
	"math"
	"strconv"
	"time"

	"sluice/internal/task"
)

// Stats are the numbers of a run, as `workflow.stats` and the summary show
// them. Failed counts every failed task, ignored and retried ones too.
type Stats struct {
	Succeeded, Cached, Stored, Failed, Ignored, Retries, Aborted int
	Pending, Submitted, Running                                  int
	PeakRunning, PeakCpus                                        int
	PeakMemory                                                   int64
	LoadCpus                                                     int
	LoadMemory                                                   int64

	// CPU time: real time multiplied by the processors asked for.
	SucceedTime, CachedTime, FailedTime time.Duration
}

// Observe counts an event.
func (s *Stats) Observe(e Event) {
	c, ok := e.Body.(TaskChanged)
	if !ok {
		return
	}
	t := c.Task
	switch c.Step {
	case Pending:
		s.Pending++
	case Submitted:
		drop(&s.Pending)
		s.Submitted++
	case Started:
		drop(&s.Submitted)
		s.Running++
		s.LoadCpus += cpus(t)
		s.LoadMemory += int64(t.Resources.Memory)
		s.PeakRunning = max(s.PeakRunning, s.Running)
		s.PeakCpus = max(s.PeakCpus, s.LoadCpus)
		s.PeakMemory = max(s.PeakMemory, s.LoadMemory)
	case Completed:
		s.leave(t)
		s.Succeeded++
		s.SucceedTime += cpuTime(t)
	case Failed:
		s.leave(t)
		s.Failed++
		s.FailedTime += cpuTime(t)
	case Aborted:
		s.leave(t)
		s.Aborted++
	case Retried:
		s.Retries++
	case Ignored:
		s.Ignored++
	case Cached:
		drop(&s.Pending)
		s.Cached++
		s.CachedTime += cpuTime(t)
	case Stored:
		drop(&s.Pending)
		s.Stored++
	}
}

// leave takes a task out of the state it was in when it ended: one that could
// not start never ran.
func (s *Stats) leave(t *task.Task) {
	if t.Result.Start.IsZero() {
		if s.Submitted > 0 {
			s.Submitted--
		} else {
			drop(&s.Pending)
		}
		return
	}
	if s.Running > 0 {
		s.Running--
		s.LoadCpus -= cpus(t)
		s.LoadMemory -= int64(t.Resources.Memory)
		return
	}
	drop(&s.Submitted)
}

func drop(n *int) {
	if *n > 0 {
		*n--
	}
}

func cpus(t *task.Task) int { return max(t.Resources.Cpus, 1) }

// Realtime is how long a task ran: as measured, else between start and end;
// -1 when not known.
func Realtime(t *task.Task) time.Duration {
	r := &t.Result
	if r.Metrics.Realtime > 0 {
		return r.Metrics.Realtime
	}
	if !r.Start.IsZero() && !r.Complete.Before(r.Start) {
		return r.Complete.Sub(r.Start)
	}
	return -1
}

func cpuTime(t *task.Task) time.Duration {
	return max(Realtime(t), 0) * time.Duration(cpus(t))
}

// CPUHours is `workflow.stats.computeTimeFmt`: "0.8 (66.7% cached)".
func (s Stats) CPUHours() string {
	total := s.SucceedTime + s.CachedTime + s.FailedTime
	if total < 180*time.Second {
		return "(a few seconds)"
	}
	text := decimal(total.Hours(), 1)
	var parts string
	for _, p := range []struct {
		of   time.Duration
		word string
	}{{s.CachedTime, "cached"}, {s.FailedTime, "failed"}} {
		if p.of <= 0 {
			continue
		}
		if parts != "" {
			parts += ", "
		}
		parts += decimal(100*float64(p.of)/float64(total), 1) + "% " + p.word
	}
	if parts != "" {
		text += " (" + parts + ")"
	}
	return text
}

// Grouped is 1,234.
func Grouped(n int) string {
	text := strconv.Itoa(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

// share is a part of a whole in percent, with two digits.
func share(n, of int) float64 {
	if of == 0 {
		return 0
	}
	return math.Round(10000*float64(n)/float64(of)) / 100
}

func decimal(x float64, digits int) string { return strconv.FormatFloat(x, 'f', digits, 64) }

// String is the line of the log: `WorkflowStats[succeededCount=1; …]`.
func (s Stats) String() string {
	return fmt.Sprintf("WorkflowStats[succeededCount=%d; failedCount=%d; ignoredCount=%d; cachedCount=%d; pendingCount=%d; submittedCount=%d; runningCount=%d; retriesCount=%d; abortedCount=%d; succeedDuration=%s; failedDuration=%s; cachedDuration=%s;loadCpus=%d; loadMemory=%s; peakRunning=%d; peakCpus=%d; peakMemory=%s; ]",
		s.Succeeded, s.Failed, s.Ignored, s.Cached, s.Pending, s.Submitted, s.Running, s.Retries, s.Aborted,
		FormatDuration(s.SucceedTime), FormatDuration(s.FailedTime), FormatDuration(s.CachedTime),
		s.LoadCpus, FormatMemory(s.LoadMemory), s.PeakRunning, s.PeakCpus, FormatMemory(s.PeakMemory))
}
