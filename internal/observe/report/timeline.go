package report

import (
	"fmt"
	"html/template"

	"sluice/internal/observe"
	"sluice/internal/task"
)

// A Timeline is the observer that writes the timeline when the run has ended.
type Timeline struct {
	o      Options
	launch observe.Launch
	pack   *packer
	names  dictionary
	err    error
}

// NewTimeline makes sure that the timeline can be written.
func NewTimeline(o Options) (*Timeline, error) {
	if err := check(o, "Timeline", "timeline"); err != nil {
		return nil, err
	}
	return &Timeline{o: o, pack: newPacker(), names: dictionary{}}, nil
}

// Observe takes an event in.
func (l *Timeline) Observe(ev observe.Event) {
	switch e := ev.Body.(type) {
	case observe.RunStarted:
		l.launch = e.Launch
	case observe.TaskChanged:
		switch e.Step {
		case observe.Completed, observe.Failed, observe.Cached, observe.Aborted:
			l.pack.add(l.row(e.Task))
		}
	case observe.RunEnded:
		l.write(e)
	}
}

// row is a bar; the page knows the order of its columns.
func (l *Timeline) row(t *task.Task) []any {
	r := &t.Result
	return []any{
		l.names.put(t.Process), t.Name, t.State.String(), since(r.Submit, l.launch.Start), since(r.Start, l.launch.Start), since(r.Complete, l.launch.Start),
		known(observe.Realtime(t).Milliseconds(), observe.Realtime(t) >= 0), known(r.Metrics.PeakRSS, measured(t)),
	}
}

func (l *Timeline) write(e observe.RunEnded) {
	packed, err := l.pack.text()
	if err == nil {
		err = write(l.o.File, "timeline.html", run{Launch: l.launch, RunEnded: e, Packed: template.HTML(packed), Tasks: l.pack.rows})
	}
	if err != nil {
		l.err = fmt.Errorf("write the timeline %s: %w", l.o.File, err)
	}
}

// Close reports what went wrong.
func (l *Timeline) Close() error { return l.err }
