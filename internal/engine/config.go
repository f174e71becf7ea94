package engine

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"sluice/internal/config"
)

// Config is the configuration that a run of the script or directory would have.
func Config(ctx context.Context, o Options) (*config.Config, error) {
	r := &run{o: o, start: time.Now()}
	if o.Getenv == nil {
		r.o.Getenv = os.LookupEnv
	}
	path, err := filepath.EvalSymlinks(r.abs(o.Script))
	if err != nil {
		return nil, fmt.Errorf("find project: %w", err)
	}
	r.projectDir = path
	if st, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("find project: %w", err)
	} else if !st.IsDir() {
		r.projectDir = filepath.Dir(path)
	}
	r.prepare(ctx)
	defer r.stop(nil)
	if err := r.configure(); err != nil {
		return nil, err
	}
	return r.config, nil
}
