package tower

import (
	"math"
	"sort"

	"sluice/internal/observe"
	"sluice/internal/task"
)

// A point is what one task used of something.
type point struct {
	value float64
	label string
}

// series are the points of each process and quantity, of tasks that ended well.
type series struct {
	order  []string
	points map[string]map[string][]point
}

// quantities are what is summed up; -1 is not known.
var quantities = []struct {
	name string
	get  func(*task.Task) float64
}{
	{"cpu", func(t *task.Task) float64 { return t.Result.Metrics.CPUPercent }},
	{"cpuUsage", func(t *task.Task) float64 { return t.Result.Metrics.CPUPercent / float64(max(t.Resources.Cpus, 1)) }},
	{"mem", func(t *task.Task) float64 { return float64(t.Result.Metrics.PeakRSS) }},
	{"memUsage", func(t *task.Task) float64 {
		return percent(float64(t.Result.Metrics.PeakRSS), float64(t.Resources.Memory))
	}},
	{"vmem", func(t *task.Task) float64 { return float64(t.Result.Metrics.PeakVMem) }},
	{"time", func(t *task.Task) float64 { return float64(observe.Realtime(t).Milliseconds()) }},
	{"timeUsage", func(t *task.Task) float64 {
		return percent(float64(observe.Realtime(t).Milliseconds()), float64(t.Resources.Time))
	}},
	{"reads", func(t *task.Task) float64 { return float64(t.Result.Metrics.Rchar) }},
	{"writes", func(t *task.Task) float64 { return float64(t.Result.Metrics.Wchar) }},
}

func percent(x, of float64) float64 {
	if of <= 0 || x < 0 {
		return -1
	}
	return 100 * x / of
}

func (s *series) add(t *task.Task) {
	if s.points == nil {
		s.points = map[string]map[string][]point{}
	}
	of, ok := s.points[t.Process]
	if !ok {
		of = map[string][]point{}
		s.points[t.Process] = of
		s.order = append(s.order, t.Process)
	}
	for _, q := range quantities {
		if v := q.get(t); v >= 0 {
			of[q.name] = append(of[q.name], point{v, t.Name})
		}
	}
}

// summaries are the figures of each process.
func (s *series) summaries() []map[string]any {
	all := make([]map[string]any, 0, len(s.order))
	for _, name := range s.order {
		m := map[string]any{"process": name}
		for _, q := range quantities {
			m[q.name] = summary(s.points[name][q.name])
		}
		all = append(all, m)
	}
	return all
}

// summary is mean and quartiles, null where nothing was measured.
func summary(points []point) any {
	sum := 0.0
	for _, p := range points {
		sum += p.value
	}
	if sum == 0 {
		return nil
	}
	sorted := append([]point(nil), points...)
	sort.SliceStable(sorted, func(i, j int) bool { return sorted[i].value < sorted[j].value })
	m := map[string]any{"mean": rounded(sum / float64(len(points)))}
	for _, q := range []struct {
		name string
		at   float64
	}{{"min", 0}, {"q1", 0.25}, {"q2", 0.5}, {"q3", 0.75}, {"max", 1}} {
		where := q.at * float64(len(sorted)-1)
		low := int(where)
		v := sorted[low].value
		if low+1 < len(sorted) {
			v += (where - float64(low)) * (sorted[low+1].value - v)
		}
		m[q.name], m[q.name+"Label"] = rounded(v), sorted[low].label
	}
	return m
}

func rounded(x float64) float64 { return math.Round(x*100) / 100 }
