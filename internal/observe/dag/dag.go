package dag

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/google/renameio/v2"

	"sluice/internal/dataflow"
	"sluice/internal/observe"
)

// Formats are the extensions a file may have.
var Formats = []string{"dot", "gexf", "html", "mmd", "pdf", "png", "svg"}

// Directions are the ways a picture may run: to the bottom, top, right, left.
var Directions = []string{"TB", "BT", "LR", "RL"}

// Options are the config scope `dag`.
type Options struct {
	File      string // absolute
	Overwrite bool
	Depth     int    // levels of sub-workflows; below zero: all
	Direction string // one of Directions
	Verbose   bool   // every operator and the names of channels
}

// ErrExists says that the file is there and may not be overwritten: the run
// goes on without the picture.
type ErrExists struct{ File string }

func (e *ErrExists) Error() string {
	return "DAG file already exists: " + e.File + " -- enable `dag.overwrite` in your config file to overwrite existing DAG files"
}

// Exists tells this error from those that end the run.
func (*ErrExists) Exists() {}

// A FormatError says that no picture of that kind can be made: the run goes on
// without.
type FormatError struct{ File, Format string }

func (e *FormatError) Error() string {
	if e.Format == "" {
		return fmt.Sprintf("DAG file has no extension: %s -- it tells the format: %s", e.File, strings.Join(Formats, ", "))
	}
	return fmt.Sprintf("DAG file has an unknown format: %s -- use the extension %s", e.File, strings.Join(Formats, ", "))
}

// Exists tells this error from those that end the run.
func (*FormatError) Exists() {}

// A Writer is the observer that writes the file as soon as the workflow has
// been put together.
type Writer struct {
	o      Options
	format string
	title  string
	err    error
}

// New makes sure that the file can be written.
func New(o Options) (*Writer, error) {
	w := &Writer{o: o, format: strings.ToLower(strings.TrimPrefix(filepath.Ext(o.File), "."))}
	if !slices.Contains(Formats, w.format) {
		return nil, &FormatError{o.File, w.format}
	}
	if w.o.Direction == "" {
		w.o.Direction = "TB"
	}
	if !slices.Contains(Directions, w.o.Direction) {
		return nil, fmt.Errorf("dag.direction `%s` is none of %s", o.Direction, strings.Join(Directions, ", "))
	}
	info, err := os.Stat(o.File)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		err = os.MkdirAll(filepath.Dir(o.File), 0o777)
	case err != nil:
	case info.IsDir():
		err = fmt.Errorf("%s is a directory", o.File)
	case info.Mode().IsRegular() && !o.Overwrite:
		return nil, &ErrExists{o.File}
	}
	if err != nil {
		return nil, fmt.Errorf("create the DAG file: %w", err)
	}
	return w, nil
}

// Observe takes an event in.
func (w *Writer) Observe(ev observe.Event) {
	switch e := ev.Body.(type) {
	case observe.RunStarted:
		w.title = e.Launch.RunName
	case observe.WorkflowDrawn:
		data, err := w.render(e.Picture, ev.Time)
		if err == nil {
			err = renameio.WriteFile(w.o.File, data, 0o644)
		}
		if err != nil {
			w.err = fmt.Errorf("write the DAG file %s: %w", w.o.File, err)
		}
	}
}

// Close reports what went wrong.
func (w *Writer) Close() error { return w.err }

// name is what the graph is called in its file.
func (w *Writer) name() string {
	return strings.TrimSuffix(filepath.Base(w.o.File), filepath.Ext(w.o.File))
}

func (w *Writer) render(p dataflow.Picture, now time.Time) ([]byte, error) {
	switch w.format {
	case "mmd":
		return []byte(mermaid(shape(p, w.o), w.o)), nil
	case "dot":
		return []byte(dot(p, w.name(), w.o.Direction)), nil
	case "gexf":
		return gexf(p, w.name(), now)
	case "html":
		return page(p, w.o, w.title)
	}
	out, err := graphviz(dot(p, w.name(), w.o.Direction), w.format)
	if errors.Is(err, exec.ErrNotFound) && w.format == "svg" {
		return []byte(drawing(layout(shape(p, w.o), w.o.Direction), true)), nil
	}
	if errors.Is(err, exec.ErrNotFound) {
		return nil, fmt.Errorf("images of the format %s are made by the program `dot` of Graphviz, which is not on PATH: install it, or use html or svg", w.format)
	}
	return out, err
}

// graphviz has the program `dot` make an image.
func graphviz(source, format string) ([]byte, error) {
	path, err := exec.LookPath("dot")
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(path, "-T"+format)
	cmd.Stdin = strings.NewReader(source)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("%s -T%s: %w: %s", path, format, err, strings.TrimSpace(errs.String()))
	}
	return out.Bytes(), nil
}
