package engine

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"sluice/internal/config"
	"sluice/internal/lang/diag"
)

// Config is the configuration that a run of the script or directory would
// have, with what is wrong with its options.
func Config(ctx context.Context, o Options) (*config.Config, diag.List, error) {
	r := &run{o: o, start: time.Now()}
	if o.Getenv == nil {
		r.o.Getenv = os.LookupEnv
	}
	path, err := filepath.EvalSymlinks(r.abs(o.Script))
	if err != nil {
		return nil, nil, fmt.Errorf("find project: %w", err)
	}
	r.projectDir = path
	if st, err := os.Stat(path); err != nil {
		return nil, nil, fmt.Errorf("find project: %w", err)
	} else if !st.IsDir() {
		r.projectDir = filepath.Dir(path)
	}
	r.prepare(ctx)
	defer r.stop(nil)
	problems, err := r.loadConfig()
	return r.config, problems, err
}
