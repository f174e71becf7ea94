package trace

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"sluice/internal/observe"
)

// Options are the config scope `trace`.
type Options struct {
	File      string
	Fields    []string // nil = DefaultFields
	Raw       bool
	Sep       string // "" = tab
	Overwrite bool
}

// ParseFields splits trace.fields and checks the names.
func ParseFields(s string) ([]string, error) {
	var names []string
	for name := range strings.SplitSeq(s, ",") {
		name = strings.TrimSpace(name)
		if name == "" {
			continue
		}
		if _, ok := Lookup(name); !ok {
			return nil, fmt.Errorf("Unknown trace field name: `%s`", name) //nolint:staticcheck // Nextflow's words
		}
		names = append(names, name)
	}
	return names, nil
}

// A Writer is the observer that writes the file.
type Writer struct {
	file   *os.File
	fields []Field
	raw    bool
	sep    string
	err    error
	line   strings.Builder
}

// ErrExists says that the file is there and may not be overwritten. Nextflow
// then runs without a trace; so the caller warns.
type ErrExists struct{ File string }

func (e *ErrExists) Error() string {
	return "Trace file already exists: " + e.File + " -- enable the 'trace.overwrite' option in your config file to overwrite existing files"
}

// Exists tells this error from those that end the run.
func (*ErrExists) Exists() {}

// Open creates the file, with the directories above it, and writes its header.
func Open(o Options) (*Writer, error) {
	w := &Writer{raw: o.Raw, sep: o.Sep}
	if w.sep == "" {
		w.sep = "\t"
	}
	names := o.Fields
	if len(names) == 0 {
		names = DefaultFields
	}
	for _, n := range names {
		f, ok := Lookup(n)
		if !ok {
			_, err := ParseFields(n)
			return nil, err
		}
		w.fields = append(w.fields, f)
	}
	path, err := filepath.Abs(o.File)
	if err != nil {
		return nil, fmt.Errorf("create trace file: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return nil, fmt.Errorf("create trace file: %w", err)
	}
	flags := os.O_WRONLY | os.O_CREATE | os.O_EXCL
	if o.Overwrite {
		flags = os.O_WRONLY | os.O_CREATE | os.O_TRUNC
	}
	w.file, err = os.OpenFile(path, flags, 0o666)
	if errors.Is(err, fs.ErrExist) {
		return nil, &ErrExists{File: path}
	}
	if err != nil {
		return nil, fmt.Errorf("create trace file: %w", err)
	}
	w.row(func(f Field) string { return f.Name })
	if w.err != nil {
		return nil, errors.Join(w.err, w.file.Close())
	}
	return w, nil
}

// Observe writes the line of a task that ended.
func (w *Writer) Observe(ev observe.Event) {
	c, ok := ev.Body.(observe.TaskChanged)
	if !ok {
		return
	}
	switch c.Step {
	case observe.Completed, observe.Failed, observe.Cached, observe.Aborted:
		w.row(func(f Field) string {
			cell := f.Get(c.Task)
			if w.raw {
				return cell.Raw
			}
			return cell.Text
		})
	}
}

// row writes one line with one call, so that it is there whole or not at all.
func (w *Writer) row(get func(Field) string) {
	if w.err != nil {
		return
	}
	w.line.Reset()
	for i, f := range w.fields {
		if i > 0 {
			w.line.WriteString(w.sep)
		}
		w.line.WriteString(get(f))
	}
	w.line.WriteByte('\n')
	if _, err := w.file.WriteString(w.line.String()); err != nil {
		w.err = fmt.Errorf("write trace file: %w", err)
	}
}

// Close reports the first error of writing.
func (w *Writer) Close() error {
	if err := w.file.Close(); err != nil && w.err == nil {
		w.err = fmt.Errorf("write trace file: %w", err)
	}
	return w.err
}
