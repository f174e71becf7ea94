package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"golang.org/x/term"

	"sluice/internal/engine"
	"sluice/internal/lang/diag"
	"sluice/internal/lang/value"
	"sluice/internal/project"
)

// projectRequest is what the command line says of projects kept in git.
type projectRequest struct {
	hub      string
	user     string
	revision string
	depth    int
	latest   bool
	offline  bool
	all      bool
	force    bool
	list     bool
	bare     bool // no header
	updates  bool
	output   string
}

// Options that several commands share.
func hubOption(r *request) option {
	return text("<name>", "Service that keeps the project: github, gitlab, gitea, bitbucket, azurerepos, or a provider of the SCM configuration (default: github)", &r.project.hub, "hub")
}

func userOption(r *request) option {
	return text("<name>", "User of a private repository; `name:password`, or the password is asked for", &r.project.user, "user")
}

func revisionOption(r *request) option {
	return text("<revision>", "Branch, tag or commit of a project kept in git", &r.project.revision, "r", "revision")
}

func deepOption(r *request) option {
	return option{names: []string{"d", "deep"}, arg: "<n>", doc: "Fetch only the newest n commits; without effect for repositories of this machine", set: func(v string) error {
		n, err := strconv.Atoi(v)
		if err != nil || n < 1 {
			return &usageError{message: fmt.Sprintf("option `-deep` is a number from 1, not `%s`", v)}
		}
		r.project.depth = n
		return nil
	}}
}

// home is the directory of the user's settings and projects.
func (p *program) home() string {
	if dir, ok := p.getenv("NXF_HOME"); ok && dir != "" {
		return p.abs(dir)
	}
	dir, _ := p.getenv("HOME")
	return filepath.Join(dir, ".nextflow")
}

func (p *program) abs(path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(p.dir, path)
}

func (p *program) env(name string) string {
	v, _ := p.getenv(name)
	return v
}

// switchedOn reads a variable that is true or false.
func (p *program) switchedOn(name string) bool {
	v := strings.ToLower(p.env(name))
	return v != "" && v != "false" && v != "0"
}

// assets is the directory of all projects.
func (p *program) assets() string {
	if dir := p.env("NXF_ASSETS"); dir != "" {
		return p.abs(dir)
	}
	return filepath.Join(p.home(), "assets")
}

// projects opens the projects of this machine.
func (p *program) projects(r *request) (*project.Store, error) {
	file := filepath.Join(p.home(), "scm")
	if name := p.env("NXF_SCM_FILE"); name != "" {
		file = p.abs(name)
	}
	list, err := p.scm(r, file, p.env("NXF_SCM_FILE") != "")
	if err != nil {
		return nil, err
	}
	user, password, err := p.credentials(r.project.user)
	if err != nil {
		return nil, err
	}
	return project.NewStore(project.Options{
		Root: p.assets(), Dir: p.dir, Org: p.env("NXF_ORG"), Hub: r.project.hub, User: user, Password: password,
		Providers: list, ScmFile: file, GitHubToken: p.env("GITHUB_TOKEN"), Offline: p.offline(r), Depth: r.project.depth,
		Manifest: func(dir string) (project.Manifest, error) { return p.manifest(r, dir) },
		Say: func(text string) {
			if !r.engine.Quiet {
				fmt.Fprintln(p.stdout, text)
			}
		},
	})
}

func (p *program) offline(r *request) bool { return r.project.offline || p.switchedOn("NXF_OFFLINE") }

// credentials takes -user apart; a password that is missing is asked for on
// the terminal.
func (p *program) credentials(given string) (user, password string, err error) {
	user, password, ok := strings.Cut(given, ":")
	if given == "" || ok {
		return user, password, nil
	}
	if p.stdin != nil { // no terminal

		return "", "", &usageError{
			message: fmt.Sprintf("the password of `%s` cannot be asked for: this is no terminal", user),
			help:    "keep it in the SCM configuration, or give `-user name:password`",
		}
	}
	fmt.Fprintf(p.stderr, "%s password: ", user)
	secret, err := term.ReadPassword(int(os.Stdin.Fd()))
	fmt.Fprintln(p.stderr)
	if err != nil {
		return "", "", fmt.Errorf("read password: %w", err)
	}
	return user, string(secret), nil
}

// scm reads the providers of the SCM configuration. Values are in no message.
// Nextflow docs: git#git-configuration
func (p *program) scm(r *request, file string, wanted bool) ([]project.Provider, error) {
	if _, err := os.Stat(file); err != nil {
		if errors.Is(err, os.ErrNotExist) && !wanted {
			return nil, nil
		}
		return nil, fmt.Errorf("read the SCM configuration: %w", err)
	}
	cfg, err := engine.Settings(context.Background(), r.engine, filepath.Dir(file), file)
	if err != nil {
		return nil, withoutSecrets(err, file)
	}
	var list []project.Provider
	for _, key := range cfg.Scope("providers").Keys() {
		name := value.ToString(key)
		scope, ok := cfg.Get("providers", name).(*value.Map)
		if !ok {
			return nil, &usageError{message: fmt.Sprintf("provider `%s` of %s is no block", name, file), help: fmt.Sprintf("write `providers { %s { user = '…'; password = '…' } }`", name)}
		}
		item, err := p.provider(name, scope, file)
		if err != nil {
			return nil, err
		}
		list = append(list, item)
	}
	return list, nil
}

// withoutSecrets is an error about a file of passwords, with places but no text of it.
func withoutSecrets(err error, file string) error {
	var problems diag.List
	if !errors.As(err, &problems) {
		return err
	}
	text, rerr := os.ReadFile(file)
	if rerr != nil {
		return errors.Join(err, rerr)
	}
	var hide []string
	for _, quoted := range regexp.MustCompile(`'[^'\n]+'|"[^"\n]+"`).FindAllString(string(text), -1) {
		if word := strings.Trim(quoted, `'"`); len(word) > 2 {
			hide = append(hide, word, "***")
		}
	}
	mask := strings.NewReplacer(hide...).Replace
	for _, d := range problems {
		d.Hidden, d.Related = true, nil
		d.Message, d.Label, d.Help = mask(d.Message), mask(d.Label), mask(d.Help)
		for i := range d.Notes {
			d.Notes[i] = mask(d.Notes[i])
		}
	}
	return problems
}

// unknownProviderOption warns of an option that means nothing: the file may be
// written for a platform that has more of them.
func (p *program) unknownProviderOption(key, name, file string) {
	known := []string{"auth", "endpoint", "password", "path", "platform", "server", "token", "user"}
	text := fmt.Sprintf("option `%s` of the provider `%s` in %s is unknown", key, name, file)
	if near, ok := diag.Near(key, known); ok {
		text += fmt.Sprintf(": there is `%s`", near)
	}
	fmt.Fprintln(p.stderr, "WARN: "+text)
}

func (p *program) provider(name string, scope *value.Map, file string) (project.Provider, error) {
	item := project.Provider{Name: name}
	fields := map[string]*string{
		"user": &item.User, "password": &item.Password, "token": &item.Token, "platform": &item.Platform,
		"server": &item.Server, "endpoint": &item.Endpoint, "path": &item.Path,
	}
	for _, k := range scope.Keys() {
		key := value.ToString(k)
		v := scope.GetString(key)
		to, ok := fields[key]
		switch {
		case v == nil:
		case key == "auth": // user:password, or a token
			if user, password, both := strings.Cut(value.ToString(v), ":"); both {
				item.User, item.Password = user, password
			} else {
				item.Token = user
			}
		case !ok:
			p.unknownProviderOption(key, name, file)
		default:
			*to = value.ToString(v)
		}
	}
	return item, nil
}

// manifest is what projects need of the manifest in dir.
func (p *program) manifest(r *request, dir string) (project.Manifest, error) {
	cfg, err := engine.Manifest(context.Background(), r.engine, dir)
	if err != nil {
		return project.Manifest{}, err
	}
	scope := cfg.Scope("manifest")
	m := project.Manifest{
		MainScript: textOf(scope, "mainScript"), DefaultBranch: textOf(scope, "defaultBranch"),
		Submodules: true, Recurse: value.Truth(scope.GetString("recurseSubmodules")),
	}
	switch v := scope.GetString("gitmodules").(type) {
	case nil:
	case value.Bool:
		m.Submodules = bool(v)
	case *value.List:
		for _, e := range v.Elems {
			m.Only = append(m.Only, value.ToString(e))
		}
	default:
		for _, name := range strings.Split(value.ToString(v), ",") {
			if name = strings.TrimSpace(name); name != "" {
				m.Only = append(m.Only, name)
			}
		}
	}
	return m, nil
}

func textOf(m *value.Map, key string) string {
	if v := m.GetString(key); v != nil {
		return value.ToString(v)
	}
	return ""
}

// newerTimeout bounds how long a run waits to hear of newer revisions.
const newerTimeout = 10 * time.Second

// A located is what a command works on: a script or directory, and the project
// that it is of.
type located struct {
	script  string          // path as given, or absolute in a project
	project *engine.Project // nil for local ones
	release func() error
}

// locate finds what is to be run or read: a local file or directory, or a
// project kept in git. announce is called before anything is downloaded.
func (p *program) locate(ctx context.Context, r *request, name string, announce func() error) (*located, error) {
	path := p.abs(name)
	_, err := os.Stat(path)
	switch {
	case err == nil:
		if r.project.revision != "" {
			return nil, localRevision(name, path)
		}
		return &located{script: name, release: func() error { return nil }}, nil
	case !errors.Is(err, os.ErrNotExist) && !project.IsAddress(name):
		return nil, fmt.Errorf("open script: %w", err)
	case p.meansFile(r, name):
		return nil, p.missingScript(name, path)
	}
	return p.locateProject(ctx, r, name, announce)
}

func localRevision(name, path string) error {
	return &usageError{
		message: fmt.Sprintf("`%s` is a local path, and a revision can be chosen only of projects kept in git", name),
		help:    "check the revision out there, or run `file:" + path + "`",
	}
}

// meansFile says whether a name that does not exist was meant as a local path.
func (p *program) meansFile(r *request, name string) bool {
	if project.IsAddress(name) {
		return false
	}
	if strings.HasPrefix(name, ".") || strings.HasPrefix(name, "/") || strings.HasPrefix(name, "~") {
		return true
	}
	dir, base := filepath.Split(strings.TrimRight(name, "/"))
	if filepath.Ext(base) == ".nf" {
		// org/name/x.nf is a script of a project, dir/x.nf beside us a file
		if dir == "" {
			return true
		}
		st, err := os.Stat(p.abs(strings.SplitN(name, "/", 2)[0]))
		return err == nil && st.IsDir()
	}
	if strings.Count(name, "/") > 1 && r.project.hub == "" { // group/subgroup/name of a service
		_, err := os.Stat(filepath.Join(p.assets(), filepath.FromSlash(name)))
		return err != nil
	}
	return false
}

func (p *program) locateProject(ctx context.Context, r *request, name string, announce func() error) (*located, error) {
	if strings.Contains(name, "://") && filepath.Ext(name) == ".nf" && !strings.HasPrefix(name, "file:") {
		return nil, &usageError{
			message: fmt.Sprintf("`%s` is the address of a file, and projects are repositories", project.Redact(name)),
			help:    "download the script and run the file, or pipe it in: `curl -fsSL <address> | " + p.brand + " run -`",
		}
	}
	store, err := p.projects(r)
	if err != nil {
		return nil, err
	}
	proj, err := store.Open(name)
	if err != nil {
		return nil, err
	}
	if err := announce(); err != nil {
		return nil, err
	}
	c, err := proj.Checkout(ctx, r.project.revision, r.project.latest)
	if err != nil {
		return nil, err
	}
	script, err := proj.MainScript(c.Dir, r.engine.MainScript)
	if err != nil {
		return nil, errors.Join(err, c.Release())
	}
	if c.Pulled == "" && !p.offline(r) {
		p.noteNewer(ctx, r, proj, c)
	}
	return &located{
		script: filepath.Join(c.Dir, script), release: c.Release,
		project: &engine.Project{Name: proj.Name, Dir: c.Dir, Repository: proj.URL(), CommitID: c.Revision.Commit, Revision: c.Revision.Name},
	}, nil
}

// noteNewer tells of a newer state of the revision in the repository.
func (p *program) noteNewer(ctx context.Context, r *request, proj *project.Project, c *project.Checkout) {
	ctx, cancel := context.WithTimeout(ctx, newerTimeout)
	defer cancel()
	newer, err := proj.Newer(ctx, c.Revision)
	switch {
	case err != nil && ctx.Err() == nil:
		fmt.Fprintf(p.stderr, "WARN: cannot look for a newer revision -- %s\n", err)
	case newer != "" && !r.engine.Quiet:
		fmt.Fprintf(p.stdout, "NOTE: Your local project version looks outdated - a different revision is available in the remote repository [%s]\n", newer[:10])
	}
}

// projectFiles is the directory of a project that commands read: a local path,
// or a project that was downloaded.
func (p *program) projectFiles(r *request, name string) (string, error) {
	path := p.abs(name)
	if _, err := os.Stat(path); err == nil {
		if r.project.revision != "" {
			return "", localRevision(name, path)
		}
		return name, nil
	}
	if p.meansFile(r, name) {
		return "", p.missingScript(name, p.abs(name))
	}
	store, err := p.projects(r)
	if err != nil {
		return "", err
	}
	proj, err := store.Find(name)
	if err != nil {
		return "", err
	}
	return proj.At(context.Background(), r.project.revision)
}
