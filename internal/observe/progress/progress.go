package progress

import (
	"io"
	"os"
	"strconv"
	"strings"

	"golang.org/x/term"

	"sluice/internal/observe"
)

// A Brand is the name that the first line shows.
type Brand struct {
	Title   string // "N E X T F L O W"
	Version string // "25.04.4"
}

// When says whether to do something always, never, or as fits.
type When int8

const (
	Auto When = iota
	Always
	Never
)

// Options say where and how to print.
type Options struct {
	Out     io.Writer
	Brand   Brand
	ANSI    bool
	Color   bool
	Quiet   bool              // only what the workflow prints, and errors
	Summary When              // the numbers at the end; Auto: after a minute
	Size    func() (w, h int) // of the terminal; nil: 80 x 24
	LogFile string            // named below errors; "" = .nextflow.log
}

// A Printer is an observer that shows events. Close waits for the last draw
// and reports the first error of writing.
type Printer interface {
	observe.Observer
	Close() error
}

// New is the printer that options ask for.
func New(o Options) Printer {
	if o.LogFile == "" {
		o.LogFile = ".nextflow.log"
	}
	if o.Size == nil {
		o.Size = func() (int, int) { return 80, 24 }
	}
	if o.ANSI && !o.Quiet {
		a := newANSI(o)
		a.start()
		return a
	}
	return newPlain(o)
}

// FromEnvironment fills in what the terminal and the environment decide:
// ansiLog is the option -ansi-log, nil when not given.
func FromEnvironment(out *os.File, ansiLog *bool, getenv func(string) string) Options {
	fd := int(out.Fd())
	tty := term.IsTerminal(fd)
	o := Options{Out: out, ANSI: tty && getenv("TERM") != "dumb", Color: tty && getenv("NO_COLOR") == ""}
	if v, err := strconv.ParseBool(getenv("NXF_ANSI_LOG")); err == nil {
		o.ANSI = v
	}
	if ansiLog != nil {
		o.ANSI = *ansiLog
	}
	if o.ANSI && !tty {
		o.Color = getenv("NO_COLOR") == ""
	}
	if v, err := strconv.ParseBool(getenv("NXF_ANSI_SUMMARY")); err == nil {
		o.Summary = Never
		if v {
			o.Summary = Always
		}
	}
	o.Size = func() (int, int) {
		w, h, err := term.GetSize(fd)
		if err != nil || w <= 0 || h <= 0 {
			w, h = 80, 24
			if n, err := strconv.Atoi(getenv("COLUMNS")); err == nil && n > 0 {
				w = n
			}
		}
		return w, h
	}
	return o
}

// Banner prints the line that a printer would begin with, for when something
// must be said before the run begins.
func Banner(o Options) error {
	if o.Quiet {
		return nil
	}
	text := o.Brand.plain()
	if o.ANSI {
		text = (&ansi{o: o}).title()
	}
	_, err := io.WriteString(o.Out, text+"\n")
	return err
}

func (b Brand) plain() string { return b.Title + "  ~  version " + b.Version }

// launchLine is "Launching `x.nf` [name] DSL2 - revision: 110ad29f95".
func launchLine(l observe.Launch) string {
	return "Launching `" + l.ScriptName + "` [" + l.RunName + "] DSL2 - revision: " + l.Revision
}

// taskLine is the line for a step of a task; "" for steps that are not told.
func taskLine(c observe.TaskChanged) string {
	t := c.Task
	hash := "[" + t.Hash.Short() + "] "
	switch c.Step {
	case observe.Submitted:
		if t.Attempt > 1 {
			return hash + "Re-submitted process > " + t.Name
		}
		return hash + "Submitted process > " + t.Name
	case observe.Cached:
		return hash + "Cached process > " + t.Name
	case observe.Stored:
		return "[skipping] Stored process > " + t.Name
	}
	return noteLine(c)
}

// noteLine tells of failures that do not end the run.
func noteLine(c observe.TaskChanged) string {
	start := "[" + c.Task.Hash.Short() + "] NOTE: " + c.Cause + " -- "
	switch c.Step {
	case observe.Retried:
		return start + "Execution is retried (" + strconv.Itoa(max(c.Task.Attempt, 1)) + ")"
	case observe.Ignored:
		return start + "Error is ignored"
	}
	return ""
}

// errorText is an error with the line that says where to read more.
func errorText(report, logFile string) string {
	return "ERROR ~ " + report + "\n\n -- Check '" + logFile + "' file for details"
}

// summary is the block of numbers at the end of a long run.
func summary(e observe.RunEnded) string {
	s := e.Stats
	var b strings.Builder
	b.WriteString("Completed at: " + e.Complete.Format("02-Jan-2006 15:04:05") + "\n")
	b.WriteString("Duration    : " + observe.FormatDuration(e.Complete.Sub(e.Start)) + "\n")
	b.WriteString("CPU hours   : " + s.CPUHours() + "\n")
	b.WriteString("Succeeded   : " + thousands(s.Succeeded) + "\n")
	for _, r := range []struct {
		title string
		n     int
	}{{"Cached      : ", s.Cached}, {"Ignored     : ", s.Ignored}, {"Failed      : ", s.Failed}} {
		if r.n > 0 {
			b.WriteString(r.title + thousands(r.n) + "\n")
		}
	}
	return b.String()
}

func thousands(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
