package cli

import (
	"context"
	"fmt"
	"runtime"
	"strings"

	"golang.org/x/sys/unix"

	"sluice/internal/engine"
	"sluice/internal/lang/value"
	"sluice/internal/project"
)

func infoOptions(_ *program, r *request) []option {
	return []option{
		flag("Print more: commits of revisions; NXF_ variables", func() { r.details = true }, "d"),
		flag("Ask the repository for newer revisions", func() { r.project.updates = true }, "u", "check-updates"),
		text("<format>", "text, json or yaml (default: text)", &r.project.output, "o"),
	}
}

func (p *program) info(r *request) error {
	switch r.project.output {
	case "", "text", "json", "yaml":
	default:
		return &usageError{message: fmt.Sprintf("output format `%s` is none of text, json, yaml", r.project.output)}
	}
	switch {
	case len(r.args) > 1:
		return &usageError{message: fmt.Sprintf("`info` takes one project, and `%s` is one more", r.args[1])}
	case len(r.args) == 1:
		return p.projectInfo(r, r.args[0])
	case r.project.output != "" || r.project.updates:
		return &usageError{message: "options `-o` and `-u` tell of a project, and none is given", help: fmt.Sprintf("`%s info org/name`", p.brand)}
	}
	return p.systemInfo(r)
}

func (p *program) systemInfo(r *request) error {
	var uts unix.Utsname
	system := runtime.GOOS
	if err := unix.Uname(&uts); err == nil {
		system = unix.ByteSliceToString(uts.Sysname[:]) + " " + unix.ByteSliceToString(uts.Release[:])
	}
	if p.brand == "nextflow" {
		fmt.Fprintf(p.stdout, "  Version: %s build %s\n  Created: %s \n  System: %s\n  Runtime: sluice %s, %s on %s/%s, %d CPUs\n  Encoding: UTF-8 (UTF-8)\n",
			nextflowVersion, nextflowBuild, nextflowCreated, system, Version, runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU())
	} else {
		fmt.Fprintf(p.stdout, "  Version: %s\n  Follows: Nextflow %s build %s\n  System: %s\n  Runtime: %s on %s/%s, %d CPUs\n  Encoding: UTF-8\n",
			Version, nextflowVersion, nextflowBuild, system, runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU())
	}
	if !r.details {
		return nil
	}
	fmt.Fprint(p.stdout, "  Environment:\n")
	for _, e := range p.environ {
		if strings.HasPrefix(e, "NXF_") {
			fmt.Fprintf(p.stdout, "    %s\n", e)
		}
	}
	return nil
}

// projectFacts are what `info` says of a project.
type projectFacts struct {
	project        *project.Project
	manifest       *value.Map
	mainScript     string
	current        project.Revision
	standard       string // default branch
	branches, tags []project.Revision
}

func (p *program) projectInfo(r *request, name string) error {
	store, err := p.projects(r)
	if err != nil {
		return err
	}
	proj, err := store.Find(name)
	if err != nil {
		return err
	}
	f, err := p.facts(r, proj)
	if err != nil {
		return err
	}
	switch r.project.output {
	case "json":
		fmt.Fprintln(p.stdout, prettyJSON(f.tree(), ""))
		return nil
	case "yaml":
		fmt.Fprintln(p.stdout, blockYAML(f.tree()))
		return nil
	}
	p.printFacts(r, f)
	if !r.project.updates {
		return nil
	}
	return p.interruptible(func(ctx context.Context) error {
		news, err := proj.Updates(ctx)
		if err != nil || len(news) == 0 {
			return err
		}
		fmt.Fprint(p.stdout, " updates     : \n")
		for _, u := range news {
			fmt.Fprintf(p.stdout, "   %s %s\n", u.Commit[:10], u.Name)
		}
		return nil
	})
}

func (p *program) facts(r *request, proj *project.Project) (*projectFacts, error) {
	f := &projectFacts{project: proj, manifest: value.NewMap(0), mainScript: project.DefaultScript}
	var err error
	if f.current, err = proj.Current(); err != nil {
		return nil, err
	}
	cfg, err := engine.Manifest(context.Background(), r.engine, proj.Dir)
	if err != nil {
		first, _, _ := strings.Cut(err.Error(), "\n")
		fmt.Fprintf(p.stderr, "WARN: cannot read the manifest of the project -- %s\n", first)
	} else {
		f.manifest = cfg.Scope("manifest")
	}
	if s := textOf(f.manifest, "mainScript"); s != "" {
		f.mainScript = s
	}
	if f.standard, err = proj.DefaultBranch(); err != nil {
		return nil, err
	}
	f.branches, f.tags, err = proj.Revisions()
	return f, err
}

// printFacts has the form that other programs take apart by its labels.
func (p *program) printFacts(r *request, f *projectFacts) {
	line := func(label, text string) {
		if text != "" {
			fmt.Fprintf(p.stdout, " %-12s: %s\n", label, text)
		}
	}
	line("project name", f.project.Name)
	line("repository", f.project.URL())
	line("local path", f.project.Dir)
	line("main script", f.mainScript)
	line("home page", textOf(f.manifest, "homePage"))
	line("description", textOf(f.manifest, "description"))
	line("author", textOf(f.manifest, "author"))
	var revs []string
	for _, b := range f.branches {
		revs = append(revs, f.revision(b, r.details, b.Name == f.standard, f.current.Branch))
	}
	for _, t := range f.tags {
		revs = append(revs, f.revision(t, r.details, false, !f.current.Branch))
	}
	if len(revs) == 1 {
		fmt.Fprintf(p.stdout, " revision    : %s\n", strings.TrimPrefix(revs[0], " "))
		return
	}
	fmt.Fprint(p.stdout, " revisions   : \n")
	for _, rev := range revs {
		fmt.Fprintln(p.stdout, rev)
	}
}

// revision is a line such as " * 1d71f857bb master (default)".
func (f *projectFacts) revision(r project.Revision, commit, standard, mayBeCurrent bool) string {
	s := "   "
	if mayBeCurrent && r.Name == f.current.Name {
		s = " * "
	}
	if commit {
		s += r.Commit[:10] + " "
	}
	s += r.Name
	switch {
	case standard:
		s += " (default)"
	case !r.Branch:
		s += " [t]"
	}
	return s
}

// The order of these names is that of the original engine's output.
var (
	infoManifest    = []string{"mainScript", "nextflowVersion", "author", "defaultBranch", "icon", "description", "homePage", "version", "license", "docsUrl", "organization", "gitmodules", "contributors", "doi"}
	infoContributor = []string{"name", "github", "orcid", "contribution", "affiliation", "email"}
)

// tree is what -o json and -o yaml print.
func (f *projectFacts) tree() *value.Map {
	m := value.NewMap(16)
	for _, key := range infoManifest {
		m.Set(value.String(key), f.manifest.GetString(key))
	}
	m.Set(value.String("mainScript"), value.String(f.mainScript))
	people := value.NewList()
	if l, ok := f.manifest.GetString("contributors").(*value.List); ok {
		for _, e := range l.Elems {
			from, ok := e.(*value.Map)
			if !ok {
				continue
			}
			person := value.NewMap(8)
			for _, key := range infoContributor {
				person.Set(value.String(key), from.GetString(key))
			}
			people.Elems = append(people.Elems, person)
		}
	}
	m.Set(value.String("contributors"), people)
	return value.MapOf(
		"projectName", value.String(f.project.Name), "repository", value.String(f.project.URL()), "localPath", value.String(f.project.Dir),
		"manifest", m,
		"revisions", value.MapOf(
			"current", textOrNull(f.current.Name), "master", value.String(f.standard),
			"branches", revisionList(f.branches), "tags", revisionList(f.tags),
		),
	)
}

func textOrNull(s string) value.Value {
	if s == "" {
		return nil
	}
	return value.String(s)
}

func revisionList(list []project.Revision) *value.List {
	l := value.NewList()
	for _, r := range list {
		l.Elems = append(l.Elems, value.MapOf("name", value.String(r.Name), "commitId", value.String(r.Commit)))
	}
	return l
}
