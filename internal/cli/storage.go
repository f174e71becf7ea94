package cli

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"sluice/internal/engine"
	"sluice/internal/storage"
)

// storage opens the storage of a scheme, by the configuration of this directory.
func (p *program) storage(scheme string) (storage.Storage, error) {
	if p.storages == nil {
		p.storages = engine.Storages(context.Background(), engine.Options{LaunchDir: p.dir, Getenv: p.getenv, Stdout: p.stdout, Stderr: p.stderr, Version: nextflowVersion})
	}
	return p.storages(scheme)
}

// taskFile reads a file of a task's directory, wherever that is.
func (p *program) taskFile(dir, name string) (data []byte, err error) {
	scheme, in := storage.Split(storage.Join(dir, name))
	if scheme == "" {
		return os.ReadFile(filepath.Join(dir, name))
	}
	s, err := p.storage(scheme)
	if err != nil {
		return nil, err
	}
	f, err := s.Open(context.Background(), in)
	if err != nil {
		return nil, err
	}
	data, err = io.ReadAll(f)
	return data, errors.Join(err, f.Close())
}

// removeTask removes a work directory; with logs its control files stay.
func (p *program) removeTask(dir string, logs bool) error {
	scheme, name := storage.Split(dir)
	switch {
	case scheme == "" && logs:
		return removeExceptLogs(dir)
	case scheme == "":
		return removeAll(dir)
	}
	s, err := p.storage(scheme)
	if err != nil {
		return err
	}
	ctx := context.Background()
	if !logs {
		return s.Remove(ctx, name, true)
	}
	list, err := s.List(ctx, name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	errs := []error{err}
	for _, e := range list {
		if !isControl(e.Name) {
			errs = append(errs, s.Remove(ctx, name+"/"+e.Name, true))
		}
	}
	return errors.Join(errs...)
}

// isControl says whether a file tells how a task went.
func isControl(name string) bool {
	return name == ".exitcode" || strings.HasPrefix(name, ".command.")
}
