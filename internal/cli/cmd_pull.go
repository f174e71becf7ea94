package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"sluice/internal/project"
)

func pullOptions(_ *program, r *request) []option {
	return []option{
		flag("All projects that were downloaded", func() { r.project.all = true }, "all", "a"),
		deepOption(r), hubOption(r), ignored("", "migrate", "m"), revisionOption(r), userOption(r),
	}
}

// interruptible gives a command a context that Ctrl-C ends.
func (p *program) interruptible(f func(context.Context) error) error {
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	signals := watchSignals(cancel)
	defer signals.stop()
	return signals.exit(f(signals.until(ctx)))
}

func (p *program) pull(r *request) error {
	store, err := p.projects(r)
	if err != nil {
		return err
	}
	names := r.args
	switch {
	case r.project.all && len(names) > 0:
		return &usageError{message: "option `-all` goes without names of projects"}
	case r.project.all:
		if names, err = store.List(); err != nil {
			return err
		}
		if len(names) == 0 {
			fmt.Fprintln(p.stdout, "(nothing to do)")
		}
	case len(names) == 0:
		return &usageError{message: "no project given", help: fmt.Sprintf("`%s pull org/name`, or `-all` for those that were downloaded", p.brand)}
	}
	return p.interruptible(func(ctx context.Context) error {
		for _, name := range names {
			if err := p.pullOne(ctx, r, store, name); err != nil {
				return err
			}
		}
		return nil
	})
}

func (p *program) pullOne(ctx context.Context, r *request, store *project.Store, name string) error {
	say := func(format string, args ...any) {
		if !r.engine.Quiet {
			fmt.Fprintf(p.stdout, format, args...)
		}
	}
	say("Checking %s ...\n", project.Redact(name))
	proj, err := store.Open(name)
	if err != nil {
		return err
	}
	status, err := proj.Pull(ctx, r.project.revision)
	if err != nil {
		return err
	}
	rev, err := proj.Current()
	if err != nil {
		return err
	}
	say(" %s - revision: %s\n", status, rev)
	return nil
}

// list prints the projects of this machine, one a line.
func (p *program) list(r *request) error {
	if len(r.args) > 0 {
		return &usageError{message: fmt.Sprintf("`list` takes no `%s`", r.args[0]), help: fmt.Sprintf("`info %s` tells of one project", r.args[0])}
	}
	store, err := p.projects(r)
	if err != nil {
		return err
	}
	names, err := store.List()
	if err != nil {
		return err
	}
	if len(names) == 0 {
		names = []string{"(none)"}
	}
	fmt.Fprintln(p.stdout, strings.Join(names, "\n"))
	return nil
}

func viewOptions(_ *program, r *request) []option {
	return []option{
		flag("List the files instead", func() { r.project.list = true }, "l"),
		flag("Without the line that names the file", func() { r.project.bare = true }, "q"),
		revisionOption(r),
	}
}

// view prints a file of a project: its main script, or the one named behind
// the project, as in org/name/other.nf.
func (p *program) view(r *request) error {
	if len(r.args) == 0 {
		return &usageError{message: "no project given", help: fmt.Sprintf("`%s view org/name`", p.brand)}
	}
	if len(r.args) > 1 {
		return &usageError{message: fmt.Sprintf("`view` takes one project, and `%s` is one more", r.args[1]), help: fmt.Sprintf("another script than the main one is `view %s/other.nf`", strings.TrimRight(r.args[0], "/"))}
	}
	store, err := p.projects(r)
	if err != nil {
		return err
	}
	proj, err := store.Find(r.args[0])
	if err != nil {
		return err
	}
	if _, err := proj.Current(); err != nil {
		return err
	}
	if r.project.list {
		return p.viewFiles(r, proj)
	}
	dir, err := proj.At(context.Background(), r.project.revision)
	if err != nil {
		return err
	}
	name, err := proj.MainScript(dir, "")
	if err != nil {
		return err
	}
	text, err := proj.ReadFile(r.project.revision, name)
	if err != nil {
		return err
	}
	if !r.project.bare && !r.engine.Quiet {
		fmt.Fprintf(p.stdout, "== content of file: %s\n", filepath.Join(dir, name))
	}
	_, err = fmt.Fprintln(p.stdout, strings.TrimSuffix(string(text), "\n"))
	return err
}

func (p *program) viewFiles(r *request, proj *project.Project) error {
	names, err := proj.Entries(r.project.revision)
	if err != nil {
		return err
	}
	if !r.project.bare && !r.engine.Quiet {
		fmt.Fprintf(p.stdout, "== content of path: %s\n", proj.Dir)
	}
	for _, n := range names {
		fmt.Fprintln(p.stdout, n)
	}
	return nil
}

func cloneOptions(_ *program, r *request) []option {
	return []option{deepOption(r), hubOption(r), revisionOption(r), userOption(r)}
}

func (p *program) clone(r *request) error {
	if len(r.args) == 0 || len(r.args) > 2 {
		return &usageError{message: "`clone` takes a project and, if wanted, a directory", help: fmt.Sprintf("`%s clone org/name directory`", p.brand)}
	}
	store, err := p.projects(r)
	if err != nil {
		return err
	}
	proj, err := store.Source(r.args[0])
	if err != nil {
		return err
	}
	dir := proj.Name[strings.LastIndex(proj.Name, "/")+1:]
	if len(r.args) == 2 {
		dir = r.args[1]
	}
	if !r.engine.Quiet {
		what := proj.Name
		if r.project.revision != "" {
			what += ":" + r.project.revision
		}
		fmt.Fprintf(p.stdout, "Cloning %s ...\r", what)
	}
	err = p.interruptible(func(ctx context.Context) error { return store.Clone(ctx, proj, p.abs(dir), r.project.revision) })
	if err != nil {
		if !r.engine.Quiet {
			fmt.Fprintln(p.stdout)
		}
		return err
	}
	if !r.engine.Quiet {
		fmt.Fprintf(p.stdout, "%s cloned to: %s\n", proj.Name, dir)
	}
	return nil
}

func dropOptions(_ *program, r *request) []option {
	return []option{
		flag("Even if files were changed", func() { r.project.force = true }, "f"),
		text("<revision>", "Only the files kept of this revision", &r.project.revision, "r", "revision"),
	}
}

func (p *program) drop(r *request) error {
	if len(r.args) == 0 {
		return &usageError{message: "no project given", help: fmt.Sprintf("`%s drop org/name`; `%s list` shows them", p.brand, p.brand)}
	}
	store, err := p.projects(r)
	if err != nil {
		return err
	}
	var errs []error
	for _, name := range r.args {
		proj, err := store.Find(name)
		if err == nil && r.project.revision != "" {
			err = proj.DropRevision(r.project.revision)
		} else if err == nil {
			err = proj.Drop(r.project.force)
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}
