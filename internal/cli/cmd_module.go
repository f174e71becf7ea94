package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"sluice/internal/lang/diag"
	"sluice/internal/lang/stdlib"
	"sluice/internal/lang/value"
)

// laterModules are the commands of `module` that ask a registry, or that work
// on what came from one.
var laterModules = map[string]laterCommand{
	"create":   {"no templates of modules are kept here", "copy the directory of another module"},
	"info":     {"no registry of modules is asked", "`module list` shows those of the project"},
	"install":  {"no registry of modules is asked", "copy the directory of the module to modules/<namespace>/<name>, where includes find it"},
	"publish":  {"nothing is sent to a registry of modules", "keep the module in a git repository"},
	"remove":   {"the project's files are yours", "delete the directory of the module"},
	"run":      {"a module is no pipeline", "write a workflow that includes it, and run that"},
	"search":   {"no registry of modules is asked", "`module list` shows those of the project"},
	"validate": {"specifications of modules are not checked", "`lint` checks their scripts"},
	"view":     {"no registry of modules is asked", "`module list` shows those of the project"},
}

// module lists the modules of a registry that a project keeps; all else is refused.
// Nextflow docs: reference/cli/module
func (p *program) module(r *request) error {
	if len(r.args) == 0 {
		return &usageError{message: "`module` takes a command", help: "`module list`"}
	}
	name, args := r.args[0], r.args[1:]
	if c, later := laterModules[name]; later {
		return &usageError{message: fmt.Sprintf("command `module %s` is not available: %s", name, c.why), help: c.instead}
	}
	if name != "list" {
		e := &usageError{message: fmt.Sprintf("`module` has no command `%s`", name), help: "`module list`"}
		if near, ok := diag.Near(name, []string{"list"}); ok {
			e.note = fmt.Sprintf("a command `module %s` exists", near)
		}
		return e
	}
	json := false
	switch text := strings.TrimPrefix(strings.Join(args, " "), "-"); text {
	case "", "o table", "output table":
	case "o json", "output json":
		json = true
	default:
		return &usageError{message: fmt.Sprintf("`module list` takes no `%s`", strings.Join(args, " ")), help: "`module list -o json`"}
	}
	list, err := p.modules()
	if err != nil {
		return err
	}
	if json {
		fmt.Fprintln(p.stdout, prettyJSON(list, ""))
		return nil
	}
	if len(list.Elems) == 0 {
		fmt.Fprintln(p.stdout, "(none)")
	}
	for _, m := range list.Elems {
		m := m.(*value.Map)
		fmt.Fprintln(p.stdout, strings.TrimRight(fmt.Sprintf("%-40s %s", textOf(m, "name"), textOf(m, "version")), " "))
	}
	return nil
}

// modules are those below modules/ with the namespace before the name.
func (p *program) modules() (*value.List, error) {
	list := value.NewList()
	root := filepath.Join(p.dir, "modules")
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) && path == root {
			return fs.SkipAll
		}
		if err != nil || d.IsDir() || d.Name() != "main.nf" {
			return err
		}
		name, err := filepath.Rel(root, filepath.Dir(path))
		if err != nil || !strings.Contains(name, string(filepath.Separator)) {
			return err
		}
		version, err := moduleVersion(filepath.Join(filepath.Dir(path), "meta.yml"))
		if err != nil {
			return err
		}
		list.Elems = append(list.Elems, value.MapOf("name", value.String(filepath.ToSlash(name)), "version", textOrNull(version)))
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("list modules: %w", err)
	}
	return list, nil
}

// moduleVersion is what meta.yml says, "" when it does not.
func moduleVersion(file string) (string, error) {
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	meta, err := stdlib.ParseYAML(string(text), false)
	if err != nil {
		return "", fmt.Errorf("read %s: %w", file, err)
	}
	m, ok := meta.(*value.Map)
	if !ok {
		return "", nil
	}
	return textOf(m, "version"), nil
}
