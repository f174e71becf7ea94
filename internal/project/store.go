package project

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Options say where projects are kept and whom to ask for them.
type Options struct {
	Root      string // directory of all projects: $NXF_ASSETS, or $NXF_HOME/assets
	Dir       string // working directory, for advice
	Org       string // of names without one: $NXF_ORG
	Hub       string // -hub: name of a provider
	User      string // -user: instead of the provider's
	Password  string
	Providers []Provider // of the SCM configuration
	ScmFile   string     // where that is, for advice
	// GitHubToken signs in at GitHub where nothing else is configured: $GITHUB_TOKEN.
	GitHubToken string
	Offline     bool
	Depth       int // of clones; 0 is everything
	// Manifest reads the manifest of the files in dir.
	Manifest func(dir string) (Manifest, error)
	// Say tells people what is going on; no newline at the end.
	Say func(text string)
}

// A Manifest is what the package must know of one.
type Manifest struct {
	MainScript    string   // "" is main.nf
	DefaultBranch string   // "" is what the repository says
	Submodules    bool     // fetch submodules
	Only          []string // paths of submodules to fetch; none is all
	Recurse       bool     // submodules of submodules
}

// DefaultScript is what a project without mainScript runs.
const DefaultScript = "main.nf"

// A Store is the projects of this machine.
type Store struct {
	o         Options
	providers []Provider
}

// NewStore checks the providers; nothing is read or written yet.
func NewStore(o Options) (*Store, error) {
	all, err := providers(o.Providers)
	if err != nil {
		return nil, err
	}
	for i := range all {
		if p := &all[i]; p.Platform == "github" && p.auth() == nil {
			p.Token = o.GitHubToken
		}
	}
	if o.Org == "" {
		o.Org = "nextflow-io"
	}
	if o.Say == nil {
		o.Say = func(string) {}
	}
	if o.Manifest == nil {
		o.Manifest = func(string) (Manifest, error) { return Manifest{Submodules: true}, nil }
	}
	return &Store{o: o, providers: all}, nil
}

func (s *Store) dir(name string) string { return filepath.Join(s.o.Root, filepath.FromSlash(name)) }

// bare is the repository without files that newer releases of the original
// keep of a project; "" when there is none.
func (s *Store) bare(name string) string {
	dir := s.dir(".repos/" + name + "/bare")
	if _, err := os.Stat(filepath.Join(dir, "HEAD")); err != nil {
		return ""
	}
	return dir
}

// List names the projects of this machine, in order.
func (s *Store) List() ([]string, error) {
	orgs, err := subdirectories(s.o.Root)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, org := range orgs {
		found, err := s.below(org, 1)
		if err != nil {
			return nil, err
		}
		names = append(names, found...)
	}
	slices.Sort(names)
	return names, nil
}

// maxGroups bounds how deep groups of groups are searched.
const maxGroups = 8

// below are the projects of a group. What is no repository and holds none is
// one that broke: it is listed so that it can be dropped.
func (s *Store) below(group string, depth int) ([]string, error) {
	children, err := subdirectories(s.dir(group))
	if err != nil {
		return nil, err
	}
	var names []string
	for _, c := range children {
		name := group + "/" + c
		if isRepository(s.dir(name)) || depth == maxGroups {
			names = append(names, name)
			continue
		}
		deeper, err := s.below(name, depth+1)
		if err != nil {
			return nil, err
		}
		if deeper = slices.DeleteFunc(deeper, func(n string) bool { return !isRepository(s.dir(n)) }); len(deeper) == 0 && depth == 1 {
			deeper = []string{name}
		}
		names = append(names, deeper...)
	}
	return names, nil
}

func subdirectories(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list projects: %w", err)
	}
	var names []string
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") {
			continue
		}
		if st, err := os.Stat(filepath.Join(dir, e.Name())); err == nil && st.IsDir() {
			names = append(names, e.Name())
		}
	}
	return names, nil
}

func isRepository(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, ".git"))
	return err == nil
}

// matching are the projects of this machine whose last word is name.
func (s *Store) matching(name string) ([]string, error) {
	all, err := s.List()
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(all, func(n string) bool { return !strings.HasSuffix(n, "/"+name) }), nil
}

// Open is the project that text means: an address, org/name or name. It need
// not be on this machine yet.
func (s *Store) Open(text string) (*Project, error) {
	src, err := s.source(text)
	if err != nil {
		return nil, err
	}
	if s.o.User != "" && src.provider.Platform != "file" {
		src.provider.User = s.o.User
		src.provider.Token = ""
		src.provider.Password = s.o.Password
	}
	if err := src.provider.usable(src.Clone); err != nil {
		return nil, err
	}
	p := &Project{Name: src.Name, Script: src.Script, Dir: s.dir(src.Name), store: s, source: src}
	return p, p.checkOrigin()
}

// Find is a project of this machine; ErrUnknown says there is none.
func (s *Store) Find(text string) (*Project, error) {
	name := strings.TrimRight(text, "/")
	if IsAddress(name) {
		src, err := s.source(name)
		if err != nil {
			return nil, err
		}
		name = src.Name
	}
	script := ""
	if filepath.Ext(name) == ".nf" && strings.Contains(name, "/") {
		name, script = s.splitScript(name)
	}
	if !strings.Contains(name, "/") {
		found, err := s.matching(name)
		switch {
		case err != nil:
			return nil, err
		case len(found) == 0:
			return nil, s.unknown(text)
		case len(found) > 1:
			return nil, ambiguous(name, found)
		}
		name = found[0]
	}
	if checkName(name) != nil {
		return nil, s.unknown(text)
	}
	p := &Project{Name: name, Script: script, Dir: s.dir(name), store: s}
	if st, err := os.Stat(p.Dir); err != nil || !st.IsDir() {
		return nil, s.unknown(text)
	}
	if !p.Downloaded() {
		return p, nil
	}
	src, ok, err := s.origin(name)
	if err != nil {
		return nil, err
	}
	if ok {
		p.source = src
	}
	return p, nil
}

func (s *Store) unknown(text string) error {
	e := &Error{Message: fmt.Sprintf("unknown project `%s`", Redact(text)), Err: ErrUnknown}
	all, err := s.List()
	if err != nil || len(all) == 0 {
		e.Note = "no project was downloaded to " + s.o.Root
		return e
	}
	e.Note = "downloaded are `" + strings.Join(all[:min(len(all), 5)], "`, `") + "`"
	if len(all) > 5 {
		e.Note += fmt.Sprintf(" and %d more", len(all)-5)
	}
	return e
}

// Clone copies a repository to a directory of the user's, at a revision.
func (s *Store) Clone(ctx context.Context, p *Project, dir, revision string) error {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("clone into %s: %w", dir, err)
	}
	if len(entries) > 0 {
		return &Error{Message: fmt.Sprintf("the directory `%s` is not empty", dir), Help: "name another one behind the project"}
	}
	made := errors.Is(err, fs.ErrNotExist)
	if err := p.cloneInto(ctx, dir, revision); err != nil {
		if rerr := clear(dir, made); rerr != nil {
			return errors.Join(err, rerr)
		}
		return err
	}
	return nil
}

// clear takes away what a clone that failed left behind.
func clear(dir string, all bool) error {
	if all {
		return os.RemoveAll(dir)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if err := os.RemoveAll(filepath.Join(dir, e.Name())); err != nil {
			return err
		}
	}
	return nil
}

// Source is a repository that need not be on this machine and is not looked
// for there: what `clone` copies.
func (s *Store) Source(text string) (*Project, error) {
	p, err := s.Open(text)
	var e *Error
	if p != nil && errors.As(err, &e) { // a copy of the same name from elsewhere is no matter
		return p, nil
	}
	return p, err
}
