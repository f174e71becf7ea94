package progress

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/rivo/uniseg"

	"sluice/internal/observe"
)

// redraw is how often the block may change.
const redraw = 100 * time.Millisecond

// summaryAfter is how long a run must last for its numbers to be shown.
const summaryAfter = time.Minute

// ansi keeps a block at the bottom of the screen:
//
//	what was printed, never touched again
//	executor >  local (3)          ┐
//	[ab/123456] PROC (tag) | 1 of 3 │ erased and drawn anew
//	Plus 2 more processes …         ┘
type ansi struct {
	o Options

	mu      sync.Mutex
	model   model
	above   strings.Builder // to be printed above the block at the next draw
	partial bool            // above, or the screen above the block, ends within a line
	drawn   int             // lines of the block on the screen
	dirty   bool
	over    bool // the run has ended: print as it comes, no block
	err     error

	stop, stopped chan struct{}
}

func newANSI(o Options) *ansi {
	return &ansi{o: o, stop: make(chan struct{}), stopped: make(chan struct{})}
}

// start redraws in the background until Close.
func (a *ansi) start() {
	go func() {
		defer close(a.stopped)
		tick := time.NewTicker(redraw)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				a.mu.Lock()
				a.draw()
				a.mu.Unlock()
			case <-a.stop:
				return
			}
		}
	}()
}

// Close draws what is left and stops redrawing.
func (a *ansi) Close() error {
	close(a.stop)
	<-a.stopped
	a.mu.Lock()
	defer a.mu.Unlock()
	a.draw()
	return a.err
}

// Observe takes an event in; the next draw shows it.
func (a *ansi) Observe(ev observe.Event) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.model.observe(ev)
	a.dirty = true
	switch e := ev.Body.(type) {
	case observe.RunStarted:
		a.banner(e.Launch)
	case observe.Message:
		a.message(e)
	case observe.TaskChanged:
		if s := noteLine(e); s != "" {
			a.print(a.paint("33", s))
		}
	case observe.CacheHash:
		a.print(e.Text())
	case observe.WorkflowError:
		a.print(a.paint("31", errorText(e.Report, a.o.LogFile)))
		a.draw()
	case observe.RunEnded:
		a.finish(e)
	}
}

func (a *ansi) banner(l observe.Launch) {
	if !l.Announced {
		a.print(a.title())
	}
	a.print("Launching" + a.paint("35", " `"+l.ScriptName+"` ") + a.paint("2", "[") + a.paint("1;36", l.RunName) +
		a.paint("2", "] DSL2 - ") + a.paint("36", "revision: ") + a.paint("36", l.Revision) + "\n")
}

func (a *ansi) title() string {
	return "\n" + a.paint("1;38;5;232;48;5;43", " "+a.o.Brand.Title+" ") + a.paint("2", "  ~  ") + "version " + a.o.Brand.Version + "\n"
}

func (a *ansi) message(m observe.Message) {
	switch m.Level {
	case observe.Print:
		a.above.WriteString(m.Text)
		if m.Text != "" {
			a.partial = !strings.HasSuffix(m.Text, "\n")
		}
	case observe.Info, observe.Notice:
		a.print(m.Text)
	case observe.Warn:
		a.print(a.paint("33", "WARN: "+m.Text))
	case observe.Error:
		a.print(a.paint("31", errorText(m.Text, a.o.LogFile)))
	}
}

// print puts whole lines above the block.
func (a *ansi) print(s string) {
	if a.partial {
		a.above.WriteByte('\n')
		a.partial = false
	}
	a.above.WriteString(s + "\n")
}

func (a *ansi) finish(e observe.RunEnded) {
	a.draw()
	a.drawn, a.over = 0, true // the block stays where it is
	if a.o.Summary == Always || a.o.Summary == Auto && e.Complete.Sub(e.Start) >= summaryAfter {
		code := "32;1"
		if !e.Success {
			code = "31;1"
		}
		a.print("\n" + a.paint(code, summary(e)))
	} else if len(a.model.rows) > 0 {
		a.print("")
	}
	a.dirty = true
	a.draw()
}

// draw brings the screen up to date. The caller holds the lock.
func (a *ansi) draw() {
	if !a.dirty {
		return
	}
	a.dirty = false
	var b strings.Builder
	if a.drawn > 0 {
		fmt.Fprintf(&b, "\x1b[%dA\r\x1b[J", a.drawn)
		a.drawn = 0
	}
	text := a.above.String()
	a.above.Reset()
	if a.over {
		b.WriteString(text)
	} else {
		// A line that is not complete yet waits, or the block would be
		// drawn into it.
		cut := strings.LastIndexByte(text, '\n') + 1
		b.WriteString(text[:cut])
		a.above.WriteString(text[cut:])
		lines := a.block()
		for _, l := range lines {
			b.WriteString(l + "\x1b[K\n")
		}
		a.drawn = len(lines)
	}
	if a.err == nil {
		if _, err := io.WriteString(a.o.Out, b.String()); err != nil {
			a.err = fmt.Errorf("write progress: %w", err)
		}
	}
}

// block is the lines to keep at the bottom.
func (a *ansi) block() []string {
	if len(a.model.rows) == 0 {
		return nil
	}
	width, height := a.o.Size()
	var lines []string
	if ex := a.model.executors; len(ex) > 0 {
		parts := make([]string, len(ex))
		for i, e := range ex {
			parts[i] = e.name + " (" + strconv.Itoa(e.n) + ")"
		}
		lines = append(lines, a.cut(width, span{"2", "executor >  " + strings.Join(parts, ", ")}))
	}
	rows, hidden, waiting := a.model.choose(height - 4)
	label := 0
	for _, r := range a.model.rows {
		label = max(label, cells(r.label))
	}
	label = min(label, max(width-50, 10))
	for _, r := range rows {
		lines = append(lines, a.row(r, label, width))
	}
	if hidden > 0 {
		what := " more processes"
		if waiting {
			what += " waiting for tasks"
		}
		lines = append(lines, a.cut(width, span{"3;2", "Plus "}, span{"1", strconv.Itoa(hidden)}, span{"3;2", what + "…"}))
	}
	return lines
}

// row is "[ab/123456] SUB:PROC (tag) | 1 of 3, cached: 1 ✔".
func (a *ansi) row(r *row, label, width int) string {
	spans := []span{{"2", "["}, {"34", r.hash}, {"2", "] "}}
	text := shorten(r.label, label)
	pad := strings.Repeat(" ", label-cells(text))
	name, tag := text, ""
	if i := strings.Index(text, " ("); i > 0 && strings.HasSuffix(text, ")") {
		name, tag = text[:i], text[i+2:len(text)-1]
	}
	if i := strings.LastIndexByte(name, ':'); i >= 0 && text == r.label {
		spans = append(spans, span{"2", name[:i+1]})
		name = name[i+1:]
	}
	spans = append(spans, span{"", name})
	if tag != "" {
		spans = append(spans, span{"33;2", " ("}, span{"33", tag}, span{"33;2", ")"})
	}
	if r.total() == 0 {
		return a.cut(width, append(spans, span{"", pad + " -"})...)
	}
	main, dim, rest := r.counts()
	spans = append(spans, span{"", pad}, span{"2", " |"}, span{"", " " + main}, span{"2", dim}, span{"", rest})
	switch {
	case r.failed > 0:
		spans = append(spans, span{"31", " ✘"})
	case r.ended && r.done() == r.total():
		spans = append(spans, span{"32", " ✔"})
	}
	return a.cut(width, spans...)
}

// shorten keeps the first three characters and the end.
func shorten(s string, width int) string {
	if cells(s) <= width {
		return s
	}
	head := []rune(s)[:3]
	tail := []rune(s)[3:]
	for len(tail) > 0 && cells(string(head))+1+cells(string(tail)) > width {
		tail = tail[1:]
	}
	return string(head) + "…" + string(tail)
}

func cells(s string) int { return uniseg.StringWidth(s) }

// A span is text of one colour.
type span struct{ code, text string }

// cut paints spans and stops at the width of the screen: a line that wraps
// would spoil the count of lines to go back.
func (a *ansi) cut(width int, spans ...span) string {
	var b strings.Builder
	for _, s := range spans {
		text := s.text
		if cells(text) > width {
			r := []rune(text)
			for cells(string(r)) > width {
				r = r[:len(r)-1]
			}
			text = string(r)
		}
		width -= cells(text)
		if text != "" {
			b.WriteString(a.paint(s.code, text))
		}
	}
	return b.String()
}

func (a *ansi) paint(code, text string) string {
	if !a.o.Color || code == "" || text == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[m"
}
