package co2footprint

import (
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"sluice/internal/observe"
)

// A Writer is the observer that writes the files.
type Writer struct {
	s     *settings
	warn  func(string)
	table *os.File
	total footprint
	rows  [][]string // of the page
	count int
	start observe.Launch
	end   *observe.RunEnded
	err   error
	told  map[string]bool
}

// maxRows is how many tasks the page shows.
const maxRows = 10000

// Open reads the configuration and begins the table.
func Open(o Options) (*Writer, error) {
	s, err := read(o)
	if err != nil {
		return nil, err
	}
	w := &Writer{s: s, warn: o.Warn, told: map[string]bool{}}
	for _, out := range []*output{&s.summary, &s.report, &s.trace} {
		if !out.enabled {
			continue
		}
		if _, err := os.Stat(out.file); err == nil && !out.overwrite {
			return nil, &existsError{out.file}
		}
		if err := os.MkdirAll(filepath.Dir(out.file), 0o777); err != nil {
			return nil, fmt.Errorf("write %s: %w", out.shown, err)
		}
	}
	if s.trace.enabled {
		if w.table, err = os.Create(s.trace.file); err != nil {
			return nil, fmt.Errorf("write %s: %w", s.trace.shown, err)
		}
		w.line(s.header())
	}
	return w, nil
}

// An existsError says that a file is there and may not be replaced.
type existsError struct{ file string }

func (e *existsError) Error() string {
	return "file already exists: " + e.file + " -- enable `overwrite` of this file in the scope `co2footprint`"
}

func (*existsError) Exists()              {}
func (*existsError) Is(target error) bool { return target == fs.ErrExist }

// header is the first line of the table.
func (s *settings) header() []string {
	if s.old {
		h := []string{"task_id", "name", "status", "energy_consumption", "CO2e", "time", "cpus", "powerdraw_cpu", "cpu_model", "cpu_usage", "requested_memory"}
		if s.ignoreModel {
			h = append(h[:8:8], h[9:]...)
		}
		return h
	}
	return []string{
		"task_id", "status", "name", "energy_consumption", "CO2e", "CO2e_market", "carbon_intensity", "%cpu", "memory", "realtime", "cpus",
		"powerdraw_cpu", "cpu_model", "raw_energy_processor", "raw_energy_memory",
	}
}

// cells is a line of the table.
func (s *settings) cells(f footprint) []string {
	t := f.task
	id, status, model := strconv.Itoa(t.ID), t.State.String(), t.Result.Metrics.CPUModel
	if model == "" {
		model = "-"
	}
	if s.old {
		row := []string{
			id, t.Name, status, oldReadable(f.energy*1e6) + "Wh", oldReadable(f.co2*1e3) + "g", oldTime(f.hours), strconv.Itoa(f.cores), decimal(f.power), model,
			decimal(f.usage / float64(100*f.cores)), oldBytes(f.memory * 1e9),
		}
		if s.ignoreModel {
			row = append(row[:8:8], row[9:]...)
		}
		return row
	}
	if s.ignoreModel {
		model = "Custom value"
	}
	market := "-"
	if s.ciMarket > 0 {
		market = readable(f.market, "", "g", 1000)
	}
	return []string{
		id, status, t.Name, readable(f.energy, "k", "Wh", 1000), readable(f.co2, "", "g", 1000), market, plain(s.ci) + " gCO₂e/kWh",
		plain(f.usage) + " %", readable(f.memory, "G", "B", 1024), readableHours(f.hours, "ms"), strconv.Itoa(f.cores), plain(f.power) + " W", model,
		readable(f.fromCores, "k", "Wh", 1000), readable(f.fromMemory, "k", "Wh", 1000),
	}
}

func (w *Writer) line(cells []string) {
	if w.table == nil || w.err != nil {
		return
	}
	if _, err := w.table.WriteString(strings.Join(cells, "\t") + "\n"); err != nil {
		w.err = fmt.Errorf("write %s: %w", w.s.trace.shown, err)
	}
}

// Observe takes an event in.
func (w *Writer) Observe(ev observe.Event) {
	switch e := ev.Body.(type) {
	case observe.RunStarted:
		w.start = e.Launch
	case observe.TaskChanged:
		switch e.Step {
		case observe.Completed, observe.Failed, observe.Cached:
			w.add(w.s.of(e.Task))
		}
	case observe.RunEnded:
		w.end = &e
	}
}

func (w *Writer) add(f footprint) {
	id := f.task.ID
	if f.assumedUse {
		w.once("use", fmt.Sprintf("co2footprint: the use of processors was not measured for task %d: all it asked for are taken as busy", id))
	}
	if f.assumedSize {
		w.once("size", fmt.Sprintf("co2footprint: task %d asked for no memory: what it used is taken", id))
	}
	w.total.add(f)
	cells := w.s.cells(f)
	w.line(cells)
	w.count++
	if w.s.report.enabled && len(w.rows) < maxRows {
		w.rows = append(w.rows, cells)
	}
}

func (w *Writer) once(key, text string) {
	if !w.told[key] {
		w.told[key] = true
		w.warn(text)
	}
}

// Close writes what is known at the end.
func (w *Writer) Close() error {
	if w.table != nil {
		if err := w.table.Close(); err != nil && w.err == nil {
			w.err = fmt.Errorf("write %s: %w", w.s.trace.shown, err)
		}
	}
	if w.end == nil {
		return w.err
	}
	w.err = errors.Join(w.err, w.write(w.s.summary, w.summary()))
	text, err := w.page()
	if err != nil {
		return errors.Join(w.err, err)
	}
	return errors.Join(w.err, w.write(w.s.report, text))
}

func (w *Writer) write(o output, text string) error {
	if !o.enabled {
		return nil
	}
	if err := os.WriteFile(o.file, []byte(text), 0o666); err != nil {
		return fmt.Errorf("write %s: %w", o.shown, err)
	}
	return nil
}

// likenesses are what the sum is like.
func (w *Writer) likenesses() []string {
	g := w.total.co2
	plane := scientific(g/500) + " % of a flight from Paris to London"
	if g >= 50000 {
		plane = scientific(float64(int(g/50000))) + " flights from Paris to London"
	}
	return []string{
		scientific(g/175) + " km travelled by car",
		"It takes one tree " + readableHours(g/917*4.35*7*24, "s") + " to sequester the equivalent amount of CO₂ from the atmosphere",
		plane,
	}
}

// totals are the sums as text: emissions, energy, emissions by the market.
func (w *Writer) totals() (co2, energy, market string) {
	market = "-"
	if w.s.ciMarket > 0 {
		market = readable(w.total.market, "", "g", 1000)
	}
	return readable(w.total.co2, "", "g", 1000), readable(w.total.energy, "k", "Wh", 1000), market
}

// summary is the text of the summary file.
func (w *Writer) summary() string {
	s := w.s
	co2, energy, market := w.totals()
	var b strings.Builder
	fmt.Fprintf(&b, "Total CO₂e footprint measures of this workflow run (including cached tasks):\n  CO₂e emissions: %s\n  Energy consumption: %s\n  CO₂e emissions (market): %s\n\n", co2, energy, market)
	b.WriteString("Which equals:\n")
	for _, l := range w.likenesses() {
		b.WriteString("  - " + l + "\n")
	}
	b.WriteString("\nThe calculation follows Green Algorithms:\n  Lannelongue, L., Grealey, J., Inouye, M., Green Algorithms: Quantifying the Carbon Footprint of Computation.\n  Adv. Sci. 2021, 2100707. https://doi.org/10.1002/advs.202100707\n\n")
	fmt.Fprintf(&b, "nf-co2footprint plugin version: %s\n\nnf-co2footprint options:\n", s.version)
	for _, o := range [][2]string{
		{"ci", plain(s.ci)},
		{"ciMarket", orNull(s.ciMarket)},
		{"ignoreCpuModel", strconv.FormatBool(s.ignoreModel)},
		{"location", textOrNull(s.location)},
		{"machineType", textOrNull(s.machine)},
		{"powerdrawCpuDefault", textOrNull(s.powerGiven)},
		{"powerdrawMem", strconv.FormatFloat(s.powerMem, 'f', -1, 64)},
		{"pue", strconv.FormatFloat(s.pue, 'f', -1, 64)},
		{"customCpuTdpFile", textOrNull(s.customFile)},
		{"reportFile", s.report.shown},
		{"summaryFile", s.summary.shown},
		{"traceFile", s.trace.shown},
	} {
		b.WriteString("  " + o[0] + ": " + o[1] + "\n")
	}
	return b.String()
}

func orNull(x float64) string {
	if x == 0 {
		return "null"
	}
	return plain(x)
}

func textOrNull(s string) string {
	if s == "" {
		return "null"
	}
	return s
}

const pageText = `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>CO₂ footprint of {{.Launch.RunName}}</title>
<style>body{font-family:sans-serif;margin:2em}table{border-collapse:collapse;font-size:small}td,th{border:1px solid #ccc;padding:.2em .5em;text-align:left}dt{font-weight:bold}</style></head>
<body><h1>CO₂ footprint</h1>
<p>Run <b>{{.Launch.RunName}}</b> of {{.Launch.ScriptName}}, {{.Launch.Start.Format "2006-01-02 15:04:05"}}</p>
<dl><dt>Emissions</dt><dd>{{.CO2}}</dd><dt>Energy</dt><dd>{{.Energy}}</dd><dt>Emissions by the market</dt><dd>{{.Market}}</dd></dl>
<p>That is like:</p><ul>{{range .Like}}<li>{{.}}</li>{{end}}</ul>
<h2>Tasks</h2><p>{{len .Rows}} of {{.Count}}</p>
<table><thead><tr>{{range .Header}}<th>{{.}}</th>{{end}}</tr></thead><tbody>
{{range .Rows}}<tr>{{range .}}<td>{{.}}</td>{{end}}</tr>
{{end}}</tbody></table></body></html>
`

// page is the report.
func (w *Writer) page() (string, error) {
	if !w.s.report.enabled {
		return "", nil
	}
	t, err := template.New("page").Parse(pageText)
	if err != nil {
		panic("internal error: " + err.Error())
	}
	co2, energy, market := w.totals()
	var b strings.Builder
	err = t.Execute(&b, map[string]any{
		"Launch": w.start, "CO2": co2, "Energy": energy, "Market": market, "Like": w.likenesses(), "Header": w.s.header(), "Rows": w.rows, "Count": w.count,
	})
	if err != nil {
		return "", fmt.Errorf("write %s: %w", w.s.report.shown, err)
	}
	return b.String(), nil
}
