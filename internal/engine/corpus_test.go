package engine

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"
	"time"

	"sluice/internal/config"
	"sluice/internal/lang/diag"
	"sluice/internal/lang/interp"
	"sluice/internal/lang/stdlib"
	"sluice/internal/lang/value"
)

// TestCorpus resolves every script below the directory that SLUICE_CORPUS
// names, a check-out of a real pipeline or a directory of such, and loads every
// configuration with every profile it defines. Check-outs are not part of this
// repository.
func TestCorpus(t *testing.T) {
	root := os.Getenv("SLUICE_CORPUS")
	if root == "" {
		t.Skip("SLUICE_CORPUS names no directory")
	}
	root, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	scripts, configs := corpusFiles(t, root)
	if len(scripts) == 0 {
		t.Fatalf("no scripts below %s", root)
	}
	table := stdlib.New()
	start, count := time.Now(), 0
	seen := map[string]bool{}
	for _, project := range projects(scripts, configs) {
		n := newNames(table)
		n.lenient = os.Getenv("NXF_SYNTAX_PARSER") == "v1"
		n.lib = corpusLib(t, table, n, project.dir)
		m := newModules(n, project.dir, root)
		began := time.Now()
		for _, script := range project.scripts {
			if _, err := m.load(script); err != nil {
				t.Errorf("%s: %v", m.show(script), err)
			}
		}
		n.lib.resolve()
		m.diags = append(m.diags, n.lib.diags...)
		count += len(project.scripts)
		t.Logf("%s: %d scripts resolved in %v", m.show(project.dir), len(project.scripts), time.Since(began))
		for _, d := range m.diags {
			line := diag.List{d}.Short()
			if d.Severity == diag.Error && !seen[line] && !strings.HasPrefix(d.Message, "the plugin ") {
				seen[line] = true
				t.Errorf("%s", line)
			}
		}
	}
	t.Logf("%d scripts in %v", count, time.Since(start))
	for _, name := range configs {
		loadCorpusConfig(t, name)
	}
}

// corpusLib is the classes of a project's lib/, all of them read.
func corpusLib(t *testing.T, table *stdlib.Table, n *names, dir string) *lib {
	t.Helper()
	l := &lib{
		dirs: []string{filepath.Join(dir, "lib")}, names: libNames{n}, show: func(path string) string { return path },
		interp: &interp.Interp{Table: table}, builtin: func(string) (value.Value, bool) { return nil, false },
	}
	n.lib = l
	err := filepath.WalkDir(l.dirs[0], func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".groovy" {
			return nil
		}
		rel, err := filepath.Rel(l.dirs[0], path)
		if err != nil {
			return err
		}
		if name := strings.ReplaceAll(strings.TrimSuffix(rel, ".groovy"), "/", "."); l.find(name) == nil {
			t.Errorf("%s: the class is not found", path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

type corpusProject struct {
	dir     string
	scripts []string
}

// projects groups scripts below the topmost directories with a nextflow.config.
func projects(scripts, configs []string) []corpusProject {
	byDir := map[string][]string{}
	for _, s := range scripts {
		dir := filepath.Dir(s)
		for _, c := range configs {
			if top := filepath.Dir(c); strings.HasPrefix(s, top+"/") && len(top) < len(dir) {
				dir = top
			}
		}
		byDir[dir] = append(byDir[dir], s)
	}
	var all []corpusProject
	for dir, list := range byDir {
		all = append(all, corpusProject{dir, list})
	}
	sort.Slice(all, func(i, j int) bool { return all[i].dir < all[j].dir })
	return all
}

func corpusFiles(t *testing.T, root string) (scripts, configs []string) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil || d.IsDir():
		case filepath.Ext(path) == ".nf":
			scripts = append(scripts, path)
		case d.Name() == "nextflow.config":
			configs = append(configs, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return scripts, configs
}

// offline keeps configurations from asking the network for more files.
func offline(name string) (string, bool) {
	if name == "NXF_OFFLINE" {
		return "true", true
	}
	return os.LookupEnv(name)
}

func loadCorpusConfig(t *testing.T, name string) {
	t.Helper()
	launch := t.TempDir()
	load := func(profile string) *config.Config {
		c, _, err := Config(context.Background(), Options{
			OnlyConfig: []string{name}, Script: filepath.Dir(name), LaunchDir: launch, Profile: profile, Stderr: io.Discard, Version: "26.04.0",
			Getenv: offline,
		})
		if err != nil {
			var list diag.List
			text := err.Error()
			if errors.As(err, &list) {
				text = list.Short()
			}
			if strings.Contains(text, "in this release") { // what is not built yet says so
				return nil
			}
			t.Errorf("%s, profile `%s`: %s", name, profile, text)
			return nil
		}
		return c
	}
	start := time.Now()
	c := load("")
	if c == nil {
		return
	}
	took := time.Since(start)
	for _, p := range c.Known {
		load(p)
	}
	t.Logf("%s: %v, %d profiles", name, took, len(c.Known))
}
