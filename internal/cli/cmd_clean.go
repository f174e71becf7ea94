package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"sluice/internal/cache"
	"sluice/internal/observe/history"
	"sluice/internal/task"
)

type cleanRequest struct {
	runs     runChoice
	dryRun   bool
	force    bool
	keepLogs bool
}

func cleanOptions(_ *program, r *request) []option {
	c := &r.clean
	return append(c.runs.options("clean"),
		flag("Print what would be removed and remove nothing", func() { c.dryRun = true }, "n", "dry-run"),
		flag("Remove the files; this or -n must be given", func() { c.force = true }, "f", "force"),
		flag("Keep the .command.* files of tasks, and the run in the log", func() { c.keepLogs = true }, "k", "keep-logs"),
	)
}

// clean removes the work directories of runs, the last one if none is named,
// and then the runs themselves. What another run has too stays with it.
func (p *program) clean(r *request) error {
	if !r.clean.dryRun && !r.clean.force {
		return &plainError{"Neither -f or -n specified -- refused to clean"}
	}
	all, err := p.history()
	if err != nil {
		return err
	}
	h := history.Open(p.state())
	runs, chosen, err := r.clean.runs.pick(h, all, r.args)
	if err != nil {
		return err
	}
	if !chosen {
		runs = all[len(all)-1:]
	}
	c := &cleaner{p: p, cleanRequest: r.clean, quiet: r.engine.Quiet, history: h, done: map[string]bool{}}
	for _, session := range sessions(runs) {
		if err := c.session(session, runs); err != nil {
			return err
		}
	}
	return errors.Join(c.left...)
}

func sessions(runs []history.Record) []string {
	var ids []string
	seen := map[string]bool{}
	for _, r := range runs {
		if !seen[r.Session] {
			seen[r.Session] = true
			ids = append(ids, r.Session)
		}
	}
	return ids
}

// A cleaner removes what one command asks for. It goes on where something
// cannot be removed, keeps the run that it belongs to, and tells at the end.
type cleaner struct {
	cleanRequest
	p       *program
	quiet   bool
	history *history.File
	done    map[string]bool // runs that were cleaned
	left    []error
}

func (c *cleaner) session(id string, runs []history.Record) error {
	open := cache.OpenReader
	if c.force && !c.dryRun {
		open = cache.Open // a run that is live holds the lock
	}
	journal, err := open(c.p.state(), id)
	if errors.Is(err, fs.ErrNotExist) {
		journal, err = nil, nil
	}
	if err != nil {
		return err
	}
	for _, run := range runs {
		if run.Session == id {
			if err := c.run(journal, run); err != nil {
				return errors.Join(err, closeCache(journal))
			}
		}
	}
	if c.dryRun || c.keepLogs {
		return closeCache(journal)
	}
	empty := journal == nil || len(journal.Runs()) == 0
	if err := closeCache(journal); err != nil || !empty {
		return err
	}
	return cache.Remove(c.p.state(), id)
}

func closeCache(c *cache.Cache) error {
	if c == nil {
		return nil
	}
	return c.Close()
}

func (c *cleaner) run(journal *cache.Cache, run history.Record) error {
	kept := len(c.left)
	c.done[run.RunName] = true
	if journal != nil {
		needed := c.needed(journal)
		for rec, err := range journal.Made(run.RunName) {
			if err != nil {
				fmt.Fprintln(c.p.stderr, "warning:", err)
				continue
			}
			if !needed[rec.Hash] {
				c.task(rec.WorkDir)
			}
		}
	}
	if c.dryRun || c.keepLogs || len(c.left) > kept {
		return nil
	}
	if journal != nil {
		if err := journal.RemoveRun(run.RunName); err != nil {
			return err
		}
	}
	return c.history.Remove(func(r history.Record) bool { return r.RunName == run.RunName && r.Session == run.Session })
}

// needed are the tasks of the runs that stay.
func (c *cleaner) needed(journal *cache.Cache) map[task.Hash]bool {
	needed := map[task.Hash]bool{}
	for _, other := range journal.Runs() {
		if c.done[other.Name] {
			continue
		}
		for rec, err := range journal.Made(other.Name) {
			if err == nil {
				needed[rec.Hash] = true
			}
		}
	}
	return needed
}

// task removes one work directory. One that is gone already is no mistake.
func (c *cleaner) task(dir string) {
	if dir == "" {
		return
	}
	done := "Removed " + dir
	var err error
	switch {
	case c.dryRun && c.keepLogs:
		done = "Would remove temp files from " + dir
	case c.dryRun:
		done = "Would remove " + dir
	case c.keepLogs:
		done = "Removed temp files from " + dir
		err = c.p.removeTask(dir, true)
	default:
		err = c.p.removeTask(dir, false)
	}
	if err != nil {
		c.left = append(c.left, fmt.Errorf("remove %s: %w", dir, err))
		fmt.Fprintf(c.p.stderr, "Unable to remove %s\n", dir)
		return
	}
	if !c.quiet {
		fmt.Fprintln(c.p.stdout, done)
	}
}

// removeExceptLogs leaves what tells how a task went.
func removeExceptLogs(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	var errs []error
	for _, e := range entries {
		if name := e.Name(); !isControl(name) {
			errs = append(errs, removeAll(filepath.Join(dir, name)))
		}
	}
	return errors.Join(append(errs, err)...)
}

// removeAll also removes directories that a task made read-only.
func removeAll(path string) error {
	err := os.RemoveAll(path)
	if !errors.Is(err, fs.ErrPermission) {
		return err
	}
	werr := filepath.WalkDir(path, func(p string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() {
			return os.Chmod(p, 0o700)
		}
		return err
	})
	if werr != nil {
		return err
	}
	return os.RemoveAll(path)
}
