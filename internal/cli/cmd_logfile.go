package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"sluice/internal/observe/history"
	"sluice/internal/observe/runlog"
)

type logfileRequest struct {
	follow bool
	ansi   bool
	level  string
	last   int
}

// logLevels are those of log files, least first.
var logLevels = []string{"TRACE", "DEBUG", "INFO", "WARN", "ERROR"}

func logfileOptions(_ *program, r *request) []option {
	l := &r.logfile
	return []option{
		flag("Go on printing what is added, until Ctrl-C", func() { l.follow = true }, "follow", "f"),
		flag("Keep sequences for terminals that stand in the log", func() { l.ansi = true }, "keep-ansi"),
		{names: []string{"level", "l"}, arg: "<level>", doc: "Print entries of this level and above: TRACE, DEBUG, INFO, WARN, ERROR", set: func(v string) error {
			if l.level = strings.ToUpper(v); !slices.Contains(logLevels, l.level) {
				return &usageError{message: fmt.Sprintf("option `-level` is TRACE, DEBUG, INFO, WARN or ERROR, not `%s`", v)}
			}
			return nil
		}},
		{names: []string{"lines", "n"}, arg: "<n>", doc: "Print the last n entries; one may have several lines", set: func(v string) error {
			n, err := strconv.Atoi(v)
			if err != nil || n < 1 {
				return &usageError{message: fmt.Sprintf("option `-lines` is a number from 1, not `%s`", v)}
			}
			l.last = n
			return nil
		}},
		ignored("", "no-pager"), ignored("", "no-ansi"),
	}
}

// printLogfile prints the log of a run, entry by entry.
// Nextflow docs: reference/cli/logfile
func (p *program) printLogfile(r *request) error {
	if len(r.args) > 1 {
		return &usageError{message: fmt.Sprintf("`logfile` takes one run, and `%s` is one more", r.args[1])}
	}
	what := "last"
	if len(r.args) == 1 {
		what = r.args[0]
	}
	path, err := p.findLogfile(r, what)
	if err != nil {
		return err
	}
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("open log: %w", err)
	}
	defer f.Close()
	e := &entries{l: &r.logfile, out: p.stdout}
	return p.interruptible(func(ctx context.Context) error { return e.copy(ctx, f) })
}

// findLogfile is the file that a path names, or the log of a run.
func (p *program) findLogfile(r *request, what string) (string, error) {
	if st, err := os.Stat(p.abs(what)); err == nil && st.Mode().IsRegular() {
		return p.abs(what), nil
	}
	all, err := p.history()
	if err != nil {
		return "", err
	}
	runs, err := history.Open(p.state()).Find(what)
	if err != nil {
		return "", notFound(err, all)
	}
	run := runs[len(runs)-1]
	base := p.abs(runlog.Path(r.engine.LogFile, p.env))
	byName, bySession := "", ""
	for n := 0; n <= 9; n++ {
		file := base
		if n > 0 {
			file += "." + strconv.Itoa(n)
		}
		session, name, err := logOf(file)
		switch {
		case errors.Is(err, os.ErrNotExist):
			continue
		case err != nil:
			return "", err
		}
		if session == run.Session && bySession == "" {
			bySession = file
		}
		if session == run.Session && name == run.RunName && byName == "" {
			byName = file
		}
	}
	if byName == "" && len(runs) > 1 { // a session was asked for: any of its runs
		byName = bySession
	}
	if byName == "" {
		return "", &usageError{
			message: fmt.Sprintf("there is no log of the run `%s`", run.RunName),
			note:    fmt.Sprintf("looked for in %s and the nine before it", base),
			help:    "name the file itself: `logfile <path>`",
		}
	}
	return byName, nil
}

// logOf reads of which run a log is; it stands near the beginning.
func logOf(file string) (session, name string, err error) {
	f, err := os.Open(file)
	if err != nil {
		return "", "", err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for n := 0; n < 200 && lines.Scan(); n++ {
		if _, v, ok := strings.Cut(lines.Text(), " - Session UUID: "); ok && session == "" {
			session = v
		}
		if _, v, ok := strings.Cut(lines.Text(), " - Run name: "); ok && name == "" {
			name = v
		}
		if session != "" && name != "" {
			break
		}
	}
	return session, name, nil
}

var (
	entryStart = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^[A-Z][a-z]{2}-\d\d \d\d:\d\d:\d\d\.\d{3} \[.*?\] (TRACE|DEBUG|INFO|WARN|ERROR) `)
	})
	ansiSequence = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\x1b\[[0-9;?]*[A-Za-z]`) })
)

// entries copies a log. An entry begins with a date and has the lines that
// follow it.
type entries struct {
	l    *logfileRequest
	out  io.Writer
	kept []string // the last ones, while -lines waits for the end
	show bool     // the entry that the line is of is printed
	tail bool     // the end was reached once: lines go out as they come
}

// pollLog is how often a log is looked at for more.
const pollLog = 200 * time.Millisecond

func (e *entries) copy(ctx context.Context, f *os.File) error {
	in := bufio.NewReaderSize(f, 64<<10)
	e.show = e.l.level == ""
	e.tail = e.l.last == 0
	var part string
	for {
		text, err := in.ReadString('\n')
		part += text
		switch {
		case err == nil:
			if werr := e.line(part); werr != nil {
				return werr
			}
			part = ""
			continue
		case !errors.Is(err, io.EOF):
			return fmt.Errorf("read log: %w", err)
		}
		if !e.l.follow && part != "" {
			if err := e.line(part); err != nil {
				return err
			}
		}
		if err := e.flush(); err != nil || !e.l.follow {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(pollLog):
		}
	}
}

func (e *entries) line(text string) error {
	begins := false
	if m := entryStart().FindStringSubmatch(text); m != nil {
		begins = true
		e.show = slices.Index(logLevels, m[1]) >= slices.Index(logLevels, e.l.level)
	}
	if !e.show {
		return nil
	}
	if !e.l.ansi {
		text = ansiSequence().ReplaceAllString(text, "")
	}
	if e.tail {
		_, err := io.WriteString(e.out, text)
		return err
	}
	if begins || len(e.kept) == 0 {
		e.kept = append(e.kept, text)
	} else {
		e.kept[len(e.kept)-1] += text
	}
	if len(e.kept) > e.l.last {
		e.kept = e.kept[1:]
	}
	return nil
}

func (e *entries) flush() error {
	e.tail = true
	text := strings.Join(e.kept, "")
	e.kept = nil
	_, err := io.WriteString(e.out, text)
	return err
}
