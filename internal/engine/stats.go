package engine

import (
	"math"

	"sluice/internal/lang/value"
	"sluice/internal/observe"
	"sluice/internal/workflow"
)

var statsClass = &value.Class{Name: "nextflow.trace.WorkflowStats", Parents: []*value.Class{value.ObjectClass}}

// runStats is `workflow.stats`: the numbers of a run that has ended.
type runStats struct {
	workflow.Facts
	text string
}

// ToString is the line of the log.
func (s *runStats) ToString() string { return s.text }

// stats is workflow.stats.
func (r *run) stats() value.Value {
	var s observe.Stats
	if r.bus != nil {
		s = r.bus.Stats()
	}
	return &runStats{Facts: workflow.Facts{Of: statsClass, Values: statsValues(&s)}, text: s.String()}
}

// statsValues names the numbers. Failed tasks that were ignored or tried again
// count as failed, but are no part of the whole.
func statsValues(s *observe.Stats) *value.Map {
	m := value.NewMap(30)
	total := s.Succeeded + s.Cached + s.Ignored
	for _, c := range []struct {
		name    string
		n       int
		fmt     bool // has a form for people
		percent bool
	}{
		{"succeed", s.Succeeded, true, true},
		{"cached", s.Cached, true, true},
		{"failed", s.Failed, true, false},
		{"ignored", s.Ignored, true, true},
		{"succeeded", s.Succeeded, false, false},
		{"pending", s.Pending, false, false},
		{"submitted", s.Submitted, false, false},
		{"running", s.Running, false, false},
		{"retries", s.Retries, false, false},
		{"aborted", s.Aborted, false, false},
		{"total", total, false, false},
	} {
		m.Set(value.String(c.name+"Count"), value.MakeInt(int64(c.n)))
		if c.fmt {
			m.Set(value.String(c.name+"CountFmt"), value.String(observe.Grouped(c.n)))
		}
		if c.percent {
			m.Set(value.String(c.name+"Pct"), percentOf(c.n, total))
		}
	}
	for _, d := range []struct {
		name string
		v    value.Value
	}{
		{"succeedDuration", value.Duration(s.SucceedTime.Milliseconds())},
		{"cachedDuration", value.Duration(s.CachedTime.Milliseconds())},
		{"failedDuration", value.Duration(s.FailedTime.Milliseconds())},
		{"computeTimeFmt", value.String(s.CPUHours())},
		{"peakRunning", value.MakeInt(int64(s.PeakRunning))},
		{"peakCpus", value.Long(s.PeakCpus)},
		{"peakMemory", value.Long(s.PeakMemory)},
		{"loadCpus", value.MakeInt(int64(s.LoadCpus))},
		{"loadMemory", value.Long(s.LoadMemory)},
	} {
		m.Set(value.String(d.name), d.v)
	}
	return m
}

// percentOf is rounded to two digits.
func percentOf(n, of int) value.Value {
	if of == 0 {
		return value.Float(0)
	}
	return value.Float(float32(math.Round(10000*float64(n)/float64(of)) / 100))
}
