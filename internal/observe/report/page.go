package report

import (
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/google/renameio/v2"

	"sluice/internal/observe"
)

// Options are the config scopes `report` and `timeline`.
type Options struct {
	File      string // absolute
	Overwrite bool
}

// ErrExists says that the file is there and may not be overwritten: the run
// goes on without the page.
type ErrExists struct{ What, Scope, File string }

func (e *ErrExists) Error() string {
	return fmt.Sprintf("%s file already exists: %s -- enable the '%s.overwrite' option in your config file to overwrite existing files", e.What, e.File, e.Scope)
}

// Exists tells this error from those that end the run.
func (*ErrExists) Exists() {}

//go:embed assets
var assets embed.FS

// pages are the templates; their names are those of the files.
var pages = template.Must(template.New("").Funcs(template.FuncMap{
	"style": func(name string) (template.CSS, error) {
		b, err := assets.ReadFile("assets/" + name)
		return template.CSS(b), err
	},
	"script": func(name string) (template.JS, error) {
		b, err := assets.ReadFile("assets/" + name)
		return template.JS(b), err
	},
}).ParseFS(assets, "assets/*.html"))

// check says whether the page may be written, before the run begins.
func check(o Options, what, scope string) error {
	info, err := os.Stat(o.File)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if err := os.MkdirAll(filepath.Dir(o.File), 0o777); err != nil {
			return fmt.Errorf("create the %s: %w", scope, err)
		}
		return nil
	case err != nil:
		return fmt.Errorf("create the %s: %w", scope, err)
	case info.IsDir():
		return fmt.Errorf("create the %s: %s is a directory", scope, o.File)
	case info.Mode().IsRegular() && !o.Overwrite:
		return &ErrExists{What: what, Scope: scope, File: o.File}
	}
	return nil
}

// write puts a page at its place, whole or not at all. Devices and pipes are
// written to.
func write(file, page string, data any) (err error) {
	if info, serr := os.Stat(file); serr == nil && !info.Mode().IsRegular() {
		f, err := os.OpenFile(file, os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		return errors.Join(render(f, page, data), f.Close())
	}
	f, err := renameio.NewPendingFile(file, renameio.WithPermissions(0o644), renameio.WithExistingPermissions())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Cleanup()) }()
	if err := render(f, page, data); err != nil {
		return err
	}
	return f.CloseAtomicallyReplace()
}

func render(w io.Writer, page string, data any) error { return pages.ExecuteTemplate(w, page, data) }

// A run is what both pages say of the run.
type run struct {
	observe.Launch
	observe.RunEnded
	Packed template.HTML // the tasks, base64
	Tasks  int
	Facts  []fact
}

type fact struct{ Name, Value string }

// Took is how long the run went on.
func (r run) Took() string { return observe.FormatDuration(r.RunEnded.Complete.Sub(r.RunEnded.Start)) }

// Began and Ended are moments as people read them.
func (r run) Began() string { return stamp(r.RunEnded.Start) }

// Ended is when the run was over.
func (r run) Ended() string { return stamp(r.RunEnded.Complete) }

// Epoch is what the times of tasks count from, in milliseconds.
func (r run) Epoch() int64 { return r.Launch.Start.UnixMilli() }

func stamp(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.Format("02-Jan-2006 15:04:05")
}

// facts are the lines below the summary; empty ones are left out.
func facts(l observe.Launch, e observe.RunEnded) []fact {
	all := []fact{
		{"CPU hours", e.Stats.CPUHours()},
		{"Launch directory", l.LaunchDir},
		{"Work directory", l.WorkDir},
		{"Project directory", l.ProjectDir},
		{"Script", l.ScriptFile},
		{"Script id", l.ScriptID},
		{"Revision", l.Revision},
		{"Session", l.SessionID},
		{"Profile", l.Profile},
		{"User", l.UserName},
		{"Engine", "sluice " + l.Build + ", Nextflow " + l.Version},
	}
	kept := all[:0]
	for _, f := range all {
		if f.Value != "" {
			kept = append(kept, f)
		}
	}
	return kept
}
