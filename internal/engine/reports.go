package engine

import (
	"errors"
	"fmt"
	"path/filepath"

	"sluice/internal/config"
	"sluice/internal/observe"
	"sluice/internal/observe/dag"
	"sluice/internal/observe/report"
	"sluice/internal/observe/trace"
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
	var all []observe.Observer
	for _, open := range []func() (keeper, error){r.openTrace, r.openReport, r.openTimeline, r.openDAG, r.openWeblog} {
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

// reportFile is where a report goes: as named, else below the launch
// directory by the moment at which the run began.
func (r *run) reportFile(given, kind, ext string) string {
	if given == "" {
		given = fmt.Sprintf("%s-%s.%s", kind, observe.FileStamp(r.start), ext)
	}
	return filepath.Clean(r.abs(given))
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
	w, err := trace.Open(trace.Options{File: r.reportFile(cfg.File, "trace", "txt"), Fields: cfg.Fields, Raw: cfg.Raw, Sep: cfg.Sep, Overwrite: cfg.Overwrite})
	if err != nil {
		return nil, err
	}
	return w, nil
}

// openReport prepares the report.
func (r *run) openReport() (keeper, error) {
	cfg, err := r.wanted("report")
	if cfg == nil || err != nil {
		return nil, err
	}
	w, err := report.New(report.Options{File: r.reportFile(cfg.File, "report", "html"), Overwrite: cfg.Overwrite})
	if err != nil {
		return nil, err
	}
	return w, nil
}

// openTimeline prepares the timeline.
func (r *run) openTimeline() (keeper, error) {
	cfg, err := r.wanted("timeline")
	if cfg == nil || err != nil {
		return nil, err
	}
	w, err := report.NewTimeline(report.Options{File: r.reportFile(cfg.File, "timeline", "html"), Overwrite: cfg.Overwrite})
	if err != nil {
		return nil, err
	}
	return w, nil
}

// openDAG prepares the picture of the workflow.
func (r *run) openDAG() (keeper, error) {
	cfg, err := r.wanted("dag")
	if cfg == nil || err != nil {
		return nil, err
	}
	w, err := dag.New(dag.Options{
		File: r.reportFile(cfg.File, "dag", "html"), Overwrite: cfg.Overwrite,
		Depth: cfg.Depth, Direction: cfg.Direction, Verbose: cfg.Verbose,
	})
	if err != nil {
		return nil, err
	}
	r.draws = true
	return w, nil
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
