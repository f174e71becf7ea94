package report

import (
	"fmt"
	"html/template"
	"math"
	"strings"
	"unicode/utf8"

	"sluice/internal/observe"
	"sluice/internal/task"
)

// A Report is the observer that writes the report when the run has ended.
type Report struct {
	o      Options
	launch observe.Launch
	pack   *packer
	names  dictionary
	images dictionary
	use    *usage
	err    error
}

// New makes sure that the report can be written.
func New(o Options) (*Report, error) {
	if err := check(o, "Report", "report"); err != nil {
		return nil, err
	}
	return &Report{o: o, pack: newPacker(), names: dictionary{}, images: dictionary{}, use: newUsage()}, nil
}

// Observe takes an event in.
func (r *Report) Observe(ev observe.Event) {
	switch e := ev.Body.(type) {
	case observe.RunStarted:
		r.launch = e.Launch
	case observe.TaskChanged:
		switch e.Step {
		case observe.Completed, observe.Failed, observe.Cached, observe.Aborted:
			r.pack.add(r.row(e.Task))
			r.use.add(e.Task)
		}
	case observe.RunEnded:
		r.write(e)
	}
}

// realtime is how long a task ran; true where that is from its start to its end.
func realtime(t *task.Task) any {
	d := observe.Realtime(t)
	if !t.Result.Start.IsZero() && d.Milliseconds() == t.Result.Complete.Sub(t.Result.Start).Milliseconds() {
		return true
	}
	return known(d.Milliseconds(), d >= 0)
}

// maxScript is how much of a task's script the table keeps.
const maxScript = 4096

// row is a line of the table; the page knows the order of its columns. Times
// are told from the one before them, which makes small numbers.
func (r *Report) row(t *task.Task) []any {
	res, m, ok := &t.Result, &t.Result.Metrics, measured(t)
	image := ""
	if t.Container != nil {
		image = t.Container.Image
	}
	return []any{
		t.ID, r.names.put(t.Process), or(t.Tag), t.State.String(), t.Hash.String(), known(int64(res.Exit), res.NativeID != ""),
		max(t.Attempt, 1), max(t.Resources.Cpus, 1), known(int64(t.Resources.Memory), t.Resources.Memory > 0),
		known(int64(t.Resources.Time), t.Resources.Time > 0), since(res.Submit, r.launch.Start), since(res.Start, res.Submit), since(res.Complete, res.Start), realtime(t),
		tenths(m.CPUPercent, ok), tenths(m.MemPercent, ok),
		size(m.RSS, ok), size(m.VMem, ok), size(m.PeakRSS, ok), size(m.PeakVMem, ok), size(m.Rchar, ok), size(m.Wchar, ok), size(m.ReadBytes, ok), size(m.WriteBytes, ok),
		or(res.NativeID), r.images.put(image), or(t.Resources.Queue), or(strings.ToUpper(t.ErrorAction)), or(script(t)),
	}
}

// script is the command as its author wrote it, cut where it gets long.
func script(t *task.Task) string {
	s := strings.TrimSuffix(strings.TrimPrefix(t.Script, t.Shebang()), "\n")
	if len(s) <= maxScript {
		return strings.ToValidUTF8(s, "\uFFFD")
	}
	cut := maxScript
	for !utf8.RuneStart(s[cut]) {
		cut--
	}
	return strings.ToValidUTF8(s[:cut], "\uFFFD") + "\n…"
}

// reportData is what the template shows.
type reportData struct {
	run
	Verdict, Class string
	Parts          []part
	Plots          []plotGroup
}

// A part is a piece of the bar of task counts.
type part struct {
	Class string
	Label string
	Width template.CSS
}

func (r *Report) write(e observe.RunEnded) {
	packed, err := r.pack.text()
	if err != nil {
		r.err = fmt.Errorf("write the report: %w", err)
		return
	}
	d := reportData{
		run:   run{Launch: r.launch, RunEnded: e, Packed: template.HTML(packed), Tasks: r.pack.rows, Facts: facts(r.launch, e)},
		Parts: parts(e.Stats), Plots: r.use.plots(),
	}
	d.Verdict, d.Class = verdict(e)
	if err := write(r.o.File, "report.html", d); err != nil {
		r.err = fmt.Errorf("write the report %s: %w", r.o.File, err)
	}
}

func verdict(e observe.RunEnded) (text, class string) {
	switch {
	case !e.Success:
		return fmt.Sprintf("The run failed with exit status %d.", e.ExitCode), "failed"
	case e.Stats.Failed > 0:
		return "The run ended well. Some tasks failed and were retried or ignored.", "ignored"
	}
	return "The run ended well.", "succeeded"
}

// parts are the shares of the bar: how tasks ended.
func parts(s observe.Stats) []part {
	failed := max(s.Failed-s.Ignored-s.Retries, 0)
	total := s.Succeeded + s.Cached + s.Stored + s.Ignored + failed + s.Aborted
	var all []part
	for _, p := range []struct {
		class string
		n     int
		word  string
	}{
		{"succeeded", s.Succeeded, "succeeded"},
		{"cached", s.Cached, "cached"},
		{"stored", s.Stored, "stored"},
		{"ignored", s.Ignored, "ignored"},
		{"aborted", s.Aborted, "aborted"},
		{"failed", failed, "failed"},
	} {
		if p.n == 0 {
			continue
		}
		label := fmt.Sprintf("%d %s", p.n, p.word)
		share := math.Round(1000*float64(p.n)/float64(total)) / 10
		all = append(all, part{Class: p.class, Label: label, Width: template.CSS(fmt.Sprintf("width:%.1f%%", share))})
	}
	return all
}

// Close reports what went wrong.
func (r *Report) Close() error { return r.err }
