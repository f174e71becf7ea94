package report

import (
	"fmt"
	"html"
	"html/template"
	"math"
	"sort"
	"strconv"
	"strings"
	"time"

	"sluice/internal/observe"
	"sluice/internal/task"
)

// metrics are what the plots show, in their order. A value below zero is left out.
var metrics = []struct {
	group, title, unit string
	get                func(*task.Task) float64
}{
	{"CPU", "Use", "percent", func(t *task.Task) float64 { return t.Result.Metrics.CPUPercent }},
	{"CPU", "% of what was asked for", "percent", func(t *task.Task) float64 {
		return t.Result.Metrics.CPUPercent / float64(max(t.Resources.Cpus, 1))
	}},
	{"Memory", "Physical (RAM)", "bytes", func(t *task.Task) float64 { return float64(t.Result.Metrics.PeakRSS) }},
	{"Memory", "Virtual (RAM and swap)", "bytes", func(t *task.Task) float64 { return float64(t.Result.Metrics.PeakVMem) }},
	{"Memory", "% of what was asked for", "percent", func(t *task.Task) float64 {
		return share(float64(t.Result.Metrics.PeakRSS), float64(t.Resources.Memory))
	}},
	{"Duration", "Time", "time", func(t *task.Task) float64 { return float64(observe.Realtime(t).Milliseconds()) }},
	{"Duration", "% of what was asked for", "percent", func(t *task.Task) float64 {
		return share(float64(observe.Realtime(t).Milliseconds()), float64(t.Resources.Time))
	}},
	{"Input and output", "Read", "bytes", func(t *task.Task) float64 { return float64(t.Result.Metrics.Rchar) }},
	{"Input and output", "Written", "bytes", func(t *task.Task) float64 { return float64(t.Result.Metrics.Wchar) }},
}

func share(used, asked float64) float64 {
	if asked <= 0 || used < 0 {
		return -1
	}
	return 100 * used / asked
}

// usage collects the figures of tasks by process.
type usage struct {
	order  []string
	values map[string][][]float32
}

func newUsage() *usage { return &usage{values: map[string][][]float32{}} }

// add takes a task in. One that failed tells little of what a process needs.
func (u *usage) add(t *task.Task) {
	if t.State != task.Completed && t.State != task.Cached {
		return
	}
	v, ok := u.values[t.Process]
	if !ok {
		v = make([][]float32, len(metrics))
		u.values[t.Process] = v
		u.order = append(u.order, t.Process)
	}
	was := measured(t)
	for i, m := range metrics {
		if x := m.get(t); x >= 0 && (was || m.group == "Duration") {
			v[i] = append(v[i], float32(x))
		}
	}
}

// A plotGroup is a heading with one plot behind each of its tabs.
type plotGroup struct {
	ID, Title string
	Tabs      []plotTab
}

type plotTab struct {
	ID, Title string
	SVG       template.HTML
}

// plots draws everything that was measured.
func (u *usage) plots() []plotGroup {
	var groups []plotGroup
	for i, m := range metrics {
		var boxes []box
		for _, name := range u.order {
			if b, ok := boxOf(name, u.values[name][i]); ok {
				boxes = append(boxes, b)
			}
		}
		if len(boxes) == 0 {
			continue
		}
		if n := len(groups); n == 0 || groups[n-1].Title != m.group {
			groups = append(groups, plotGroup{ID: "plot" + strconv.Itoa(i), Title: m.group})
		}
		g := &groups[len(groups)-1]
		g.Tabs = append(g.Tabs, plotTab{ID: g.ID + "-" + strconv.Itoa(len(g.Tabs)), Title: m.title, SVG: boxPlot(boxes, m.unit)})
	}
	return groups
}

// A box is five numbers of one process, and how many tasks they are from.
type box struct {
	name                       string
	n                          int
	low, q1, median, q3, upper float64
	mean                       float64
}

func boxOf(name string, values []float32) (box, bool) {
	if len(values) == 0 {
		return box{}, false
	}
	v := append([]float32(nil), values...)
	sort.Slice(v, func(i, j int) bool { return v[i] < v[j] })
	sum := 0.0
	for _, x := range v {
		sum += float64(x)
	}
	return box{
		name: name, n: len(v), low: float64(v[0]), q1: quantile(v, 0.25), median: quantile(v, 0.5),
		q3: quantile(v, 0.75), upper: float64(v[len(v)-1]), mean: sum / float64(len(v)),
	}, true
}

// quantile interpolates between the two nearest values.
func quantile(sorted []float32, q float64) float64 {
	at := q * float64(len(sorted)-1)
	i := int(at)
	if i+1 >= len(sorted) {
		return float64(sorted[len(sorted)-1])
	}
	low, high := float64(sorted[i]), float64(sorted[i+1])
	return low + (at-float64(i))*(high-low)
}

// Sizes of a plot: a line for each process, its name on the left.
const (
	plotWidth = 1000
	lineHigh  = 26
	plotTop   = 8
	axisHigh  = 26
)

// boxPlot draws boxes that lie: names have room, and any number of processes
// fits. The whiskers end at the smallest and largest value.
func boxPlot(boxes []box, unit string) template.HTML {
	left := 60.0
	top := 0.0
	for _, b := range boxes {
		left = math.Max(left, float64(len([]rune(shortName(b.name))))*7+16)
		top = math.Max(top, b.upper)
	}
	ticks := axis(top, unit)
	if last := ticks[len(ticks)-1]; last > top {
		top = last
	}
	if top == 0 {
		top = 1
	}
	high := plotTop + lineHigh*len(boxes) + axisHigh
	x := func(v float64) string { return num(left + v/top*(plotWidth-left-30)) }
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="plot" viewBox="0 0 %d %d" role="img">`, plotWidth, high)
	bottom := plotTop + lineHigh*len(boxes)
	for _, t := range ticks {
		fmt.Fprintf(&b, `<line class="grid" x1="%s" x2="%s" y1="%d" y2="%d"/><text class="tick" x="%s" y="%d">%s</text>`,
			x(t), x(t), plotTop, bottom, x(t), bottom+17, label(t, unit))
	}
	for i, p := range boxes {
		y := plotTop + lineHigh*i
		mid := y + lineHigh/2
		fmt.Fprintf(&b, `<g class="box"><title>%s</title><text class="name" x="%s" y="%d">%s</text>`, html.EscapeString(describe(p, unit)), num(left-8), mid+4, html.EscapeString(shortName(p.name)))
		fmt.Fprintf(&b, `<rect class="hit" x="0" width="%d" y="%d" height="%d"/>`, plotWidth, y, lineHigh)
		fmt.Fprintf(&b, `<line class="range" x1="%s" x2="%s" y1="%d" y2="%d"/>`, x(p.low), x(p.upper), mid, mid)
		for _, end := range []float64{p.low, p.upper} {
			fmt.Fprintf(&b, `<line class="range" x1="%s" x2="%s" y1="%d" y2="%d"/>`, x(end), x(end), mid-4, mid+4)
		}
		wide := math.Max((p.q3-p.q1)/top*(plotWidth-left-30), 1)
		fmt.Fprintf(&b, `<rect class="half" x="%s" width="%s" y="%d" height="14"/>`, x(p.q1), num(wide), mid-7)
		fmt.Fprintf(&b, `<line class="median" x1="%s" x2="%s" y1="%d" y2="%d"/></g>`, x(p.median), x(p.median), mid-7, mid+7)
	}
	b.WriteString(`</svg>`)
	return template.HTML(b.String()) //nolint:gosec // every text in it is escaped above
}

func num(x float64) string {
	return strconv.FormatFloat(math.Round(x*10)/10, 'f', -1, 64)
}

// shortName keeps the end of a long name: the process itself.
func shortName(name string) string {
	r := []rune(name)
	if len(r) <= 40 {
		return name
	}
	return "…" + string(r[len(r)-39:])
}

func describe(b box, unit string) string {
	tasks := "tasks"
	if b.n == 1 {
		tasks = "task"
	}
	return fmt.Sprintf("%s\n%d %s\nlargest %s\nupper quarter %s\nmedian %s\nmean %s\nlower quarter %s\nsmallest %s", b.name, b.n, tasks,
		label(b.upper, unit), label(b.q3, unit), label(b.median, unit), label(b.mean, unit), label(b.q1, unit), label(b.low, unit))
}

func label(v float64, unit string) string {
	switch unit {
	case "bytes":
		return observe.FormatMemory(int64(v))
	case "time":
		return observe.FormatDuration(time.Duration(v) * time.Millisecond)
	}
	return strconv.FormatFloat(math.Round(v*10)/10, 'f', -1, 64) + "%"
}

// timeSteps are the distances of ticks that read well, in milliseconds.
var timeSteps = []float64{
	1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 10e3, 15e3, 30e3, 60e3, 120e3, 300e3, 600e3, 900e3, 1800e3,
	3600e3, 2 * 3600e3, 6 * 3600e3, 12 * 3600e3, 24 * 3600e3, 48 * 3600e3, 7 * 24 * 3600e3, 30 * 24 * 3600e3, 365 * 24 * 3600e3,
}

// axis is about five round numbers from zero on that reach top.
func axis(top float64, unit string) []float64 {
	step := 0.0
	switch unit {
	case "time":
		step = timeSteps[len(timeSteps)-1]
		for _, s := range timeSteps {
			if top/s <= 6 {
				step = s
				break
			}
		}
	case "bytes":
		step = 1
		for top/step > 6 {
			step *= 2
		}
	default:
		step = math.Pow(10, math.Floor(math.Log10(math.Max(top, 1)/6)))
		for _, f := range []float64{1, 2, 5, 10} {
			if top/(step*f) <= 6 {
				step *= f
				break
			}
		}
	}
	ticks := []float64{0}
	for len(ticks) < 50 && ticks[len(ticks)-1] < top {
		ticks = append(ticks, float64(len(ticks))*step)
	}
	return ticks
}
