package progress

import (
	"fmt"
	"io"

	"sluice/internal/observe"
)

// plain prints a line per happening.
type plain struct {
	o   Options
	err error
}

func newPlain(o Options) *plain { return &plain{o: o} }

func (p *plain) write(s string) {
	if p.err == nil {
		if _, err := io.WriteString(p.o.Out, s); err != nil {
			p.err = fmt.Errorf("write progress: %w", err)
		}
	}
}

func (p *plain) line(s string) { p.write(s + "\n") }

// Observe prints what an event has to say.
func (p *plain) Observe(ev observe.Event) {
	switch e := ev.Body.(type) {
	case observe.Message:
		p.message(e)
	case observe.WorkflowError:
		p.line(errorText(e.Report, p.o.LogFile))
	}
	if p.o.Quiet {
		return
	}
	switch e := ev.Body.(type) {
	case observe.RunStarted:
		if !e.Launch.Announced {
			p.line(p.o.Brand.plain())
		}
		p.line(launchLine(e.Launch))
	case observe.TaskChanged:
		if s := taskLine(e); s != "" {
			p.line(s)
		}
	case observe.CacheHash:
		p.line(e.Text())
	}
}

func (p *plain) message(m observe.Message) {
	switch m.Level {
	case observe.Print:
		p.write(m.Text)
		return
	case observe.Error:
		p.line(errorText(m.Text, p.o.LogFile))
		return
	}
	if p.o.Quiet {
		return
	}
	switch m.Level {
	case observe.Info, observe.Notice:
		p.line(m.Text)
	case observe.Warn:
		p.line("WARN: " + m.Text)
	}
}

// Close reports the first error of writing.
func (p *plain) Close() error { return p.err }
