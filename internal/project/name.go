package project

import (
	"fmt"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// A Source is a repository and the name of its project.
type Source struct {
	Name   string // org/name
	Script string // name/x.nf asks for that script
	Clone  string // address to fetch from, without credentials; a path for local ones
	Shown  string // address as people see it
	Local  bool   // Clone is a path

	provider Provider
	given    bool            // by address, not by name
	cameFrom string          // address that a copy gets, when it is another than Clone
	there    map[string]bool // branches that the repository had when it was last asked
}

// localOrg is the organisation of repositories on this machine.
const localOrg = "local"

// Words of an scp-like address: user@host:path.
var scpAddress = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^(?:([^/@:]+)@)?([^/@:]+):([^/].*|/[^/].*)$`) })

// IsAddress says whether text is the address of a repository rather than a name.
func IsAddress(text string) bool {
	return strings.HasPrefix(text, "file:") || strings.Contains(text, "://") ||
		strings.Contains(text, "@") && scpAddress().MatchString(text)
}

// source finds out what text means: an address, org/name, or name.
func (s *Store) source(text string) (*Source, error) {
	text = strings.TrimRight(text, "/")
	switch {
	case text == "":
		return nil, &Error{Message: "the name of the project is empty", Help: "give `org/name`, or the address of a repository"}
	case strings.HasPrefix(text, "file:"):
		return s.localSource(text)
	case strings.Contains(text, "://"):
		return s.urlSource(text)
	case IsAddress(text):
		m := scpAddress().FindStringSubmatch(text)
		return s.remoteSource(text, m[2], m[3], text)
	}
	return s.namedSource(text)
}

// localSource is file:/path, file:///path.
func (s *Store) localSource(text string) (*Source, error) {
	p := strings.TrimPrefix(text, "file:")
	if rest, ok := strings.CutPrefix(p, "//"); ok {
		p = "/" + strings.TrimLeft(rest, "/")
	}
	if !filepath.IsAbs(p) {
		return nil, &Error{
			Message: fmt.Sprintf("the path of the repository `%s` is not absolute", text),
			Help:    fmt.Sprintf("write `file:%s`", filepath.Join(s.o.Dir, p)),
		}
	}
	p = filepath.Clean(p)
	base := strings.TrimSuffix(filepath.Base(p), ".git")
	if base == "" || base == "." || base == "/" {
		if base = filepath.Base(filepath.Dir(p)); base == "/" {
			return nil, &Error{Message: fmt.Sprintf("`%s` names no repository", text)}
		}
	}
	return &Source{
		Name: localOrg + "/" + base, Clone: p, Shown: strings.TrimSuffix(p, ".git"), Local: true, given: true,
		provider: Provider{Name: "file", Platform: "file", Path: filepath.Dir(p)},
	}, nil
}

func (s *Store) urlSource(text string) (*Source, error) {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" {
		return nil, &Error{Message: fmt.Sprintf("`%s` is not the address of a repository", Redact(text)), Help: "write `https://host/org/name`"}
	}
	switch u.Scheme {
	case "http", "https", "ssh", "git":
	default:
		return nil, &Error{
			Message: fmt.Sprintf("repositories cannot be fetched by `%s://`", u.Scheme),
			Help:    "use https, http, ssh, git or file",
		}
	}
	user := u.User
	if u.Scheme != "ssh" {
		u.User = nil
	} else if _, ok := user.Password(); ok {
		return nil, &Error{
			Message: fmt.Sprintf("the address `%s` has a password, and ssh takes none from there", Redact(text)),
			Help:    "leave it out: keys of ssh come from its agent; or use https",
		}
	}
	src, err := s.remoteSource(u.String(), u.Host, strings.TrimPrefix(u.Path, "/"), text)
	if err != nil {
		return nil, err
	}
	if user != nil && u.Scheme != "ssh" {
		src.provider.User = user.Username()
		src.provider.Token = ""
		src.provider.Password, _ = user.Password()
	}
	return src, nil
}

func (s *Store) remoteSource(clone, host, repo, text string) (*Source, error) {
	if strings.HasPrefix(host, "-") { // other programs would take it for an option
		return nil, &Error{Message: fmt.Sprintf("`%s` is not the name of a host", host), Help: "write `https://host/org/name`"}
	}
	repo = strings.TrimSuffix(strings.Trim(repo, "/"), ".git")
	repo = strings.Replace(repo, "/_git/", "/", 1)
	repo = strings.TrimPrefix(repo, "scm/")
	if !strings.Contains(repo, "/") {
		return nil, &Error{
			Message: fmt.Sprintf("the address `%s` names no project", Redact(text)),
			Help:    "write `https://host/org/name`",
		}
	}
	if err := checkName(repo); err != nil {
		return nil, err
	}
	src := &Source{Name: repo, Clone: clone, Shown: strings.TrimSuffix(clone, ".git"), given: true, provider: Provider{Name: host, Server: host}}
	i := slices.IndexFunc(s.providers, func(p Provider) bool { return p.serves(host) })
	if i < 0 {
		return src, nil
	}
	src.provider = s.providers[i]
	if scheme, _, ok := strings.Cut(clone, "://"); ok && strings.HasPrefix(scheme, "http") {
		src.Clone, src.Shown = src.provider.address(repo)
		if strings.HasPrefix(src.Clone, "http:") { // as it was asked for, but no password goes out in the open where the server has https
			src.Clone, src.Shown = withScheme(scheme, src.Clone), withScheme(scheme, src.Shown)
		}
	}
	return src, nil
}

func withScheme(scheme, address string) string {
	_, rest, _ := strings.Cut(address, "://")
	return scheme + "://" + rest
}

// namedSource is org/name, name, or one of them with a script behind it.
func (s *Store) namedSource(text string) (*Source, error) {
	name, script := text, ""
	if path.Ext(text) == ".nf" && strings.Contains(text, "/") {
		name, script = s.splitScript(text)
	}
	if strings.Contains(name, "/") {
		if err := checkName(name); err != nil {
			return nil, err
		}
	} else {
		found, err := s.matching(name)
		if err != nil {
			return nil, err
		}
		switch len(found) {
		case 0:
			if err := checkName("x/" + name); err != nil {
				return nil, err
			}
			name = s.o.Org + "/" + name
		case 1:
			name = found[0]
		default:
			return nil, ambiguous(name, found)
		}
	}
	src, err := s.byProvider(name)
	if err != nil {
		return nil, err
	}
	src.Script = script
	return src, nil
}

// splitScript takes org/name/dir/x.nf apart at a project that is on this
// machine; otherwise the script is what follows org/name, or name.
func (s *Store) splitScript(text string) (name, script string) {
	parts := strings.Split(text, "/")
	for n := min(2, len(parts)-1); n >= 1; n-- {
		name = strings.Join(parts[:n], "/")
		if n == 1 {
			if found, err := s.matching(name); err == nil && len(found) == 1 {
				return found[0], strings.Join(parts[n:], "/")
			}
			continue
		}
		if _, err := os.Stat(s.dir(name)); err == nil {
			return name, strings.Join(parts[n:], "/")
		}
	}
	n := min(2, len(parts)-1)
	return strings.Join(parts[:n], "/"), strings.Join(parts[n:], "/")
}

// byProvider is the source of org/name: what the local clone came from, or
// what -hub says, or GitHub.
func (s *Store) byProvider(name string) (*Source, error) {
	if s.o.Hub != "" {
		p, err := s.provider(s.o.Hub)
		if err != nil {
			return nil, err
		}
		repo := name
		if p.Platform == "file" {
			repo = strings.TrimPrefix(name, localOrg+"/")
			repo = strings.TrimPrefix(repo, s.o.Org+"/")
			if _, err := os.Stat(filepath.Join(p.Path, repo)); err != nil {
				if _, err := os.Stat(filepath.Join(p.Path, repo+".git")); err == nil {
					repo += ".git"
				}
			}
			if !strings.Contains(strings.TrimSuffix(repo, ".git"), "/") {
				name = localOrg + "/" + strings.TrimSuffix(repo, ".git")
			}
		}
		clone, shown := p.address(repo)
		return &Source{Name: name, Clone: clone, Shown: strings.TrimSuffix(shown, ".git"), Local: p.Platform == "file", provider: *p}, nil
	}
	if src, ok, err := s.origin(name); ok || err != nil {
		return src, err
	}
	p, err := s.provider("github")
	if err != nil {
		return nil, err
	}
	clone, shown := p.address(name)
	return &Source{Name: name, Clone: clone, Shown: shown, provider: *p}, nil
}

func (s *Store) provider(name string) (*Provider, error) {
	var names []string
	for i := range s.providers {
		if s.providers[i].Name == name {
			return &s.providers[i], nil
		}
		names = append(names, s.providers[i].Name)
	}
	return nil, &Error{
		Message: fmt.Sprintf("unknown repository provider `%s`", name),
		Note:    "providers are `" + strings.Join(names, "`, `") + "`",
		Help:    "own servers are described in " + s.o.ScmFile,
	}
}

// origin is where a clone on this machine came from.
func (s *Store) origin(name string) (*Source, bool, error) {
	dir := s.dir(name)
	if !isRepository(dir) {
		if dir = s.bare(name); dir == "" {
			return nil, false, nil
		}
	}
	address, err := (&Project{Name: name, Dir: dir, store: s}).remoteURL()
	if err != nil {
		return nil, true, err
	}
	if address == "" {
		return nil, false, nil
	}
	if filepath.IsAbs(address) {
		address = "file:" + address
	}
	var src *Source
	if strings.HasPrefix(address, "file:") {
		// .git at the end is how the original engine notes a repository with a working tree
		if src, err = s.localSource(strings.TrimSuffix(address, "/.git")); err == nil {
			src.Clone = strings.TrimPrefix(strings.TrimPrefix(address, "file:"), "//")
		}
	} else {
		src, err = s.source(address)
	}
	if err != nil {
		return nil, true, fmt.Errorf("origin of the project %s: %w", name, err)
	}
	src.Name, src.given = name, false
	return src, true, nil
}

// A part of a name is a plain word: it becomes a directory.
var namePart = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[\p{L}\p{N}_][\p{L}\p{N}_.~+-]*$`) })

func checkName(name string) error {
	for _, part := range strings.Split(name, "/") {
		if !namePart().MatchString(part) {
			return &Error{
				Message: fmt.Sprintf("`%s` is not the name of a project", withoutUser(name)),
				Help:    "a project is `org/name`, of letters, digits, `-`, `_` and `.`, or the address of a repository",
			}
		}
	}
	return nil
}

// Redact takes user names and passwords out of addresses in a text.
func Redact(text string) string {
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(text, "://")
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		b.WriteString("://")
		text = rest
		if !imageAddress().MatchString(before) {
			text = rest[userInfo(rest):]
		}
	}
}

// imageAddress ends before the :// of what has tags and digests: name:tag@sha256:…
var imageAddress = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?:^|[^a-z0-9])(?:docker|oras|library|shub)$`) })

// userInfo is the length of the user and password at the start of what stands
// behind ://. A password with a slash in it is wrong there, and still secret.
func userInfo(text string) int {
	if end := strings.IndexAny(text, " \t\r\n'\"`"); end >= 0 {
		text = text[:end]
	}
	host, _, _ := strings.Cut(text, "/")
	if at := strings.LastIndex(host, "@"); at >= 0 {
		return at + 1
	}
	if _, port, ok := strings.Cut(host, ":"); ok && strings.Trim(port, "0123456789") != "" {
		return strings.LastIndex(text, "@") + 1
	}
	return 0
}

// withoutUser is a name that was meant as an address, from its host on.
func withoutUser(name string) string { return name[strings.LastIndex(name, "@")+1:] }
