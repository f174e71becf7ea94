package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"sluice/internal/config"
	"sluice/internal/observe"
	"sluice/internal/observe/dag"
	"sluice/internal/observe/report"
	"sluice/internal/observe/trace"
	"sluice/internal/storage"
)

// A keeper is an observer that has something open until the run has ended.
type keeper interface {
	observe.Observer
	Close() error
}

// openReports opens what configuration and options ask to be written about
// the run. A file that is there and may not be replaced is left alone: the
// run goes on without that report.
func (r *run) openReports() ([]observe.Observer, error) {
	return r.openAll(r.openTrace, r.openReport, r.openTimeline, r.openDAG, r.openWeblog, r.openTower)
}

func (r *run) openAll(keepers ...func() (keeper, error)) ([]observe.Observer, error) {
	var all []observe.Observer
	for _, open := range keepers {
		k, err := open()
		var exists interface{ Exists() }
		if errors.As(err, &exists) {
			fmt.Fprintln(r.o.Stderr, "WARN: "+err.Error())
			continue
		}
		if err != nil {
			return nil, err
		}
		if k != nil {
			all = append(all, k)
			r.closers = append(r.closers, k.Close)
		}
	}
	return all, nil
}

// A reportFile is where a report is written. One that is asked for in a storage
// is written here first, and brought there when the run has ended.
type reportFile struct{ path, uri string }

// reportFile is as named, else below the launch directory by the moment at
// which the run began.
func (r *run) reportFile(given, kind, ext string, overwrite bool) (reportFile, error) {
	if given == "" {
		given = fmt.Sprintf("%s-%s.%s", kind, observe.FileStamp(r.start), ext)
	}
	if !storage.IsRemote(given) {
		return reportFile{path: filepath.Clean(r.abs(given))}, nil
	}
	scheme, name := storage.Split(given)
	s, err := r.storages.of(scheme)
	if err != nil {
		return reportFile{}, fmt.Errorf("open %s: %w", given, err)
	}
	if !overwrite {
		switch _, err := s.Stat(r.ctx, name); {
		case err == nil:
			return reportFile{}, &reportExists{given, kind}
		case !errors.Is(err, fs.ErrNotExist):
			return reportFile{}, fmt.Errorf("open %s: %w", given, err)
		}
	}
	dir := filepath.Join(r.stateDir(), "reports", r.session)
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return reportFile{}, fmt.Errorf("write %s: %w", given, err)
	}
	f := reportFile{filepath.Join(dir, kind+"."+filepath.Base(name)), given}
	if err := os.Remove(f.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return reportFile{}, fmt.Errorf("write %s: %w", given, err)
	}
	return f, nil
}

// reportExists says that a report stays as it is in a storage.
type reportExists struct{ uri, scope string }

func (e *reportExists) Error() string {
	return fmt.Sprintf("file already exists: %s -- enable the '%s.overwrite' option in your config file to overwrite existing files", e.uri, e.scope)
}

// Exists tells this error from those that end the run.
func (*reportExists) Exists() {}

// sent is a report that is brought to a storage when it is closed.
type sent struct {
	keeper
	r    *run
	file reportFile
}

// deliver is k, and brings what it writes to where it was asked for.
func (r *run) deliver(k keeper, f reportFile) keeper {
	if f.uri == "" {
		return k
	}
	return &sent{k, r, f}
}

func (s *sent) Close() (err error) {
	if err := s.keeper.Close(); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = fmt.Errorf("write %s, which is in %s: %w", s.file.uri, s.file.path, err)
		}
	}()
	in, err := os.Open(s.file.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // nothing was to be written
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	scheme, name := storage.Split(s.file.uri)
	to, err := s.r.storages.of(scheme)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(s.r.ctx), 5*time.Minute)
	defer cancel()
	out, err := to.Create(ctx, name, false)
	if err != nil {
		return err
	}
	if _, err := io.Copy(out, in); err != nil {
		return errors.Join(err, out.Close())
	}
	if err := out.Close(); err != nil {
		return err
	}
	return os.Remove(s.file.path)
}

// openTrace opens the trace file.
func (r *run) openTrace() (keeper, error) {
	cfg, problems := r.config.Trace()
	if err := problems.Err(); err != nil {
		return nil, err
	}
	if !cfg.Enabled {
		return nil, nil
	}
	r.measures = true
	f, err := r.reportFile(cfg.File, "trace", "txt", cfg.Overwrite)
	if err != nil {
		return nil, err
	}
	w, err := trace.Open(trace.Options{File: f.path, Fields: cfg.Fields, Raw: cfg.Raw, Sep: cfg.Sep, Overwrite: cfg.Overwrite})
	if err != nil {
		return nil, err
	}
	return r.deliver(w, f), nil
}

// openReport prepares the report.
func (r *run) openReport() (keeper, error) {
	cfg, err := r.wanted("report")
	if cfg == nil || err != nil {
		return nil, err
	}
	f, err := r.reportFile(cfg.File, "report", "html", cfg.Overwrite)
	if err != nil {
		return nil, err
	}
	w, err := report.New(report.Options{File: f.path, Overwrite: cfg.Overwrite})
	if err != nil {
		return nil, err
	}
	return r.deliver(w, f), nil
}

// openTimeline prepares the timeline.
func (r *run) openTimeline() (keeper, error) {
	cfg, err := r.wanted("timeline")
	if cfg == nil || err != nil {
		return nil, err
	}
	f, err := r.reportFile(cfg.File, "timeline", "html", cfg.Overwrite)
	if err != nil {
		return nil, err
	}
	w, err := report.NewTimeline(report.Options{File: f.path, Overwrite: cfg.Overwrite})
	if err != nil {
		return nil, err
	}
	return r.deliver(w, f), nil
}

// openDAG prepares the picture of the workflow.
func (r *run) openDAG() (keeper, error) {
	cfg, err := r.wanted("dag")
	if cfg == nil || err != nil {
		return nil, err
	}
	f, err := r.reportFile(cfg.File, "dag", "html", cfg.Overwrite)
	if err != nil {
		return nil, err
	}
	w, err := dag.New(dag.Options{
		File: f.path, Overwrite: cfg.Overwrite,
		Depth: cfg.Depth, Direction: cfg.Direction, Verbose: cfg.Verbose,
	})
	if err != nil {
		return nil, err
	}
	r.draws = true
	return r.deliver(w, f), nil
}

// wanted is a scope's settings, nil when it is not switched on.
func (r *run) wanted(scope string) (*config.Report, error) {
	cfg, problems := r.config.Report(scope)
	if err := problems.Err(); err != nil || !cfg.Enabled {
		return nil, err
	}
	r.measures = r.measures || scope != "dag"
	return &cfg, nil
}
