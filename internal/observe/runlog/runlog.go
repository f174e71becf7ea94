package runlog

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"sluice/internal/secret"
)

// keep is how many older logs stay.
const keep = 9

// LevelTrace is below slog's Debug.
const LevelTrace = slog.LevelDebug - 4

// Options say where the log goes.
type Options struct {
	File    string      // "" = .nextflow.log
	OnError func(error) // told once, of the first line that could not be written
	Trace   bool        // also what is below Debug
}

// Path is the log file of a run: the option -log, else NXF_LOG_FILE, else
// .nextflow.log in the launch directory.
func Path(option string, getenv func(string) string) string {
	if option != "" {
		return option
	}
	if f := getenv("NXF_LOG_FILE"); f != "" {
		return f
	}
	return ".nextflow.log"
}

// A Log is an open log file. All copies that slog makes share one sink.
type Log struct {
	*sink
	attrs  string // " key=value" of With
	groups string
	thread string
	logger string
}

// sink is the queue to the goroutine that writes.
type sink struct {
	level   slog.Level
	onError func(error)

	mu     sync.Mutex
	ready  *sync.Cond
	lines  [][]byte
	closed bool
	err    error
	done   chan struct{}
}

// Open renames older logs and creates the file.
func Open(o Options) (*Log, error) {
	if o.File == "" {
		o.File = ".nextflow.log"
	}
	if err := os.MkdirAll(filepath.Dir(o.File), 0o777); err != nil {
		return nil, fmt.Errorf("create log: %w", err)
	}
	if err := rotate(o.File); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(o.File, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o666)
	if err != nil {
		return nil, fmt.Errorf("create log: %w", err)
	}
	return newLog(f, o), nil
}

func newLog(w io.WriteCloser, o Options) *Log {
	s := &sink{level: slog.LevelDebug, onError: o.OnError, done: make(chan struct{})}
	if o.Trace {
		s.level = LevelTrace
	}
	s.ready = sync.NewCond(&s.mu)
	go s.write(w)
	return &Log{sink: s, thread: "main", logger: "sluice"}
}

// rotate makes file.8 file.9, …, file file.1. Devices and pipes stay.
func rotate(file string) error {
	info, err := os.Lstat(file)
	if err != nil || !info.Mode().IsRegular() {
		return nil
	}
	for i := keep; i >= 1; i-- {
		from := file
		if i > 1 {
			from = file + "." + strconv.Itoa(i-1)
		}
		if err := os.Rename(from, file+"."+strconv.Itoa(i)); err != nil && !os.IsNotExist(err) {
			return fmt.Errorf("rotate log: %w", err)
		}
	}
	return nil
}

// write is the goroutine that owns the file.
func (s *sink) write(w io.WriteCloser) {
	defer close(s.done)
	out := bufio.NewWriterSize(w, 64<<10)
	for {
		s.mu.Lock()
		for len(s.lines) == 0 && !s.closed {
			s.ready.Wait()
		}
		lines, last := s.lines, s.closed
		s.lines = nil
		s.mu.Unlock()
		var err error
		for _, l := range lines {
			if _, e := out.Write(l); e != nil && err == nil {
				err = e
			}
		}
		// Flushed as soon as there is nothing to add: a log that lags
		// behind is of no use after a crash.
		if e := out.Flush(); err == nil {
			err = e
		}
		if last {
			if e := w.Close(); err == nil {
				err = e
			}
		}
		if err != nil {
			s.fail(err)
		}
		if last {
			return
		}
	}
}

func (s *sink) fail(err error) {
	s.mu.Lock()
	first := s.err == nil
	if first {
		s.err = fmt.Errorf("write log: %w", err)
	}
	err = s.err
	s.mu.Unlock()
	if first && s.onError != nil {
		s.onError(err)
	}
}

func (s *sink) push(line []byte) {
	s.mu.Lock()
	if s.err == nil && !s.closed {
		s.lines = append(s.lines, line)
	}
	s.mu.Unlock()
	s.ready.Signal()
}

// Close writes what is left and reports the first error.
func (l *Log) Close() error {
	l.mu.Lock()
	l.closed = true
	l.mu.Unlock()
	l.ready.Signal()
	<-l.done
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.err
}

// Line writes one entry.
func (l *Log) Line(at time.Time, thread string, level slog.Level, logger, msg string) {
	if level < l.level {
		return
	}
	if thread == "" {
		thread = l.thread
	}
	if logger == "" {
		logger = l.logger
	}
	line := at.Format("Jan-02 15:04:05.000") + " [" + thread + "] " + levelName(level) + " " + abbreviate(logger) + " - " + secret.Redact(msg) + "\n"
	l.push([]byte(line))
}

func levelName(l slog.Level) string {
	switch {
	case l < slog.LevelDebug:
		return "TRACE"
	case l < slog.LevelInfo:
		return "DEBUG"
	case l < slog.LevelWarn:
		return "INFO "
	case l < slog.LevelError:
		return "WARN "
	}
	return "ERROR"
}

// loggerWidth is how long a logger's name may be before its packages are cut
// to their first letters, from the left: n.processor.TaskPollingMonitor.
const loggerWidth = 36

func abbreviate(name string) string {
	parts := strings.Split(name, ".")
	for i := 0; i < len(parts)-1 && len(name) > loggerWidth; i++ {
		if parts[i] != "" {
			parts[i] = parts[i][:1]
		}
		name = strings.Join(parts, ".")
	}
	return name
}

// Enabled, Handle, WithAttrs and WithGroup make a Log an slog.Handler. The
// attributes `thread` and `logger` fill those columns; others are appended.
func (l *Log) Enabled(_ context.Context, level slog.Level) bool { return level >= l.level }

// Handle writes a record.
func (l *Log) Handle(_ context.Context, r slog.Record) error {
	thread, logger, rest := l.thread, l.logger, l.attrs
	r.Attrs(func(a slog.Attr) bool {
		rest = addAttr(rest, l.groups, a, &thread, &logger)
		return true
	})
	l.Line(r.Time, thread, r.Level, logger, r.Message+rest)
	return nil
}

// WithAttrs adds attributes to every record.
func (l *Log) WithAttrs(attrs []slog.Attr) slog.Handler {
	c := *l
	for _, a := range attrs {
		c.attrs = addAttr(c.attrs, c.groups, a, &c.thread, &c.logger)
	}
	return &c
}

// WithGroup puts a name in front of the attributes that follow.
func (l *Log) WithGroup(name string) slog.Handler {
	c := *l
	if name != "" {
		c.groups += name + "."
	}
	return &c
}

func addAttr(text, groups string, a slog.Attr, thread, logger *string) string {
	v := a.Value.Resolve()
	switch {
	case a.Equal(slog.Attr{}):
		return text
	case v.Kind() == slog.KindGroup:
		if a.Key != "" {
			groups += a.Key + "."
		}
		for _, m := range v.Group() {
			text = addAttr(text, groups, m, thread, logger)
		}
		return text
	case groups == "" && a.Key == "thread":
		*thread = v.String()
		return text
	case groups == "" && a.Key == "logger":
		*logger = v.String()
		return text
	}
	s := v.String()
	if strings.ContainsAny(s, " \t\n\"") || s == "" {
		s = strconv.Quote(s)
	}
	return text + " " + groups + a.Key + "=" + s
}
