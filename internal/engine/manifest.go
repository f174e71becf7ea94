package engine

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"sluice/internal/config"
	"sluice/internal/config/load"
	"sluice/internal/lang/value"
)

// Settings reads configuration files on their own: no file is added, nothing
// is checked, nothing is printed.
func Settings(ctx context.Context, o Options, projectDir string, files ...string) (*config.Config, error) {
	r := &run{o: o, start: time.Now(), projectDir: projectDir}
	if o.Getenv == nil {
		r.o.Getenv = os.LookupEnv
	}
	r.prepare(ctx)
	defer r.stop(nil)
	r.builtins = map[string]value.Value{}
	for _, m := range r.table.Globals() {
		r.builtins[m.Name] = &value.Native{Name: m.Name, Fn: m.Fn}
	}
	cfg, _, err := load.Load(load.Options{
		Files: files, ProjectDir: projectDir, LaunchDir: r.o.LaunchDir, Getenv: r.o.Getenv, Read: r.o.ReadConfig, Eval: r.scoped(configNames{r.names}),
	})
	return cfg, err
}

// Manifest is the scope manifest of the project in a directory; empty when it
// has no configuration.
func Manifest(ctx context.Context, o Options, dir string) (*config.Config, error) {
	file := filepath.Join(dir, "nextflow.config")
	text, err := os.ReadFile(file)
	switch {
	case err != nil && os.IsNotExist(err), err == nil && !strings.Contains(string(text), "manifest") && !strings.Contains(string(text), "includeConfig"):
		return config.New(value.NewMap(0)), nil
	case err != nil:
		return nil, fmt.Errorf("read manifest: %w", err)
	}
	return Settings(ctx, o, dir, file)
}

// mainScript is the script of a project directory.
func (r *run) mainScript(dir string) (string, error) {
	if r.o.MainScript != "" {
		return r.o.MainScript, nil
	}
	cfg, err := Manifest(context.Background(), r.o, dir)
	if err != nil {
		return "", err
	}
	m, problems := cfg.Manifest()
	if err := problems.Err(); err != nil {
		return "", err
	}
	if !fs.ValidPath(filepath.ToSlash(filepath.Clean(m.MainScript))) {
		return "", fmt.Errorf("`manifest.mainScript` is `%s`, which is not a file of the project", m.MainScript)
	}
	return m.MainScript, nil
}
