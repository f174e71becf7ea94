package project

import (
	"fmt"
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/plumbing/transport"
	"github.com/go-git/go-git/v5/plumbing/transport/http"
)

// A Provider is a service or server that keeps repositories, with what is
// needed to sign in. It never leaves memory.
// Nextflow docs: git#git-configuration
type Provider struct {
	Name     string
	Platform string // one of Platforms
	Server   string // https://github.com
	Endpoint string // of its interface for programs; kept, not needed
	Path     string // platform `file`: directory that holds the repositories
	User     string
	Password string
	Token    string
}

// A Platform is a kind of service.
type Platform struct {
	Name   string
	Title  string
	Server string // of the public service
	token  string // user name that goes with a token, where any other would be refused
}

// Platforms are the kinds of services, commonest first.
func Platforms() []Platform {
	return []Platform{
		{Name: "github", Title: "GitHub", Server: "https://github.com", token: "x-access-token"},
		{Name: "gitlab", Title: "GitLab", Server: "https://gitlab.com", token: "oauth2"},
		{Name: "gitea", Title: "Gitea", Server: "https://gitea.com", token: "token"},
		{Name: "bitbucket", Title: "BitBucket", Server: "https://bitbucket.org", token: "x-token-auth"},
		{Name: "bitbucketserver", Title: "BitBucket Server", token: "x-token-auth"},
		{Name: "azurerepos", Title: "Azure Repos", Server: "https://dev.azure.com", token: "token"},
		{Name: codeCommit, Title: "AWS CodeCommit"},
		{Name: "file", Title: "local"},
	}
}

// codeCommit can be configured, so that others of the same file work, and not used.
const codeCommit = "codecommit"

// usable refuses a service whose way to sign in is not known here.
func (p *Provider) usable(address string) error {
	u, err := url.Parse(address)
	amazon := err == nil && strings.HasPrefix(u.Host, "git-codecommit") && strings.HasSuffix(u.Host, ".amazonaws.com")
	if p.Platform != codeCommit && !amazon || p.Platform != codeCommit && p.User != "" && p.Password != "" {
		return nil
	}
	return &Error{
		Message: "repositories of AWS CodeCommit are not available: they take requests that are signed with keys of AWS",
		Help:    "give Git credentials for HTTPS, made in IAM, with `-user name:password` and the whole address; or copy the repository with git and run the directory",
	}
}

func platformOf(name string) (Platform, bool) {
	for _, p := range Platforms() {
		if p.Name == name {
			return p, true
		}
	}
	return Platform{}, false
}

// providers are those configured, in their order, and the public services that
// are not. The first that serves an address signs in there.
func providers(configured []Provider) ([]Provider, error) {
	var all []Provider
	for _, c := range configured {
		p := Provider{Name: c.Name}
		if platform, ok := platformOf(c.Name); ok && platform.Server != "" {
			p.Platform, p.Server = platform.Name, platform.Server
		}
		if err := p.overlay(c); err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	for _, p := range Platforms() {
		if p.Server != "" && !slices.ContainsFunc(configured, func(c Provider) bool { return c.Name == p.Name }) {
			all = append(all, Provider{Name: p.Name, Platform: p.Name, Server: p.Server})
		}
	}
	return all, nil
}

func (p *Provider) overlay(c Provider) error {
	for _, f := range []struct{ to, from *string }{
		{&p.Platform, &c.Platform},
		{&p.Server, &c.Server},
		{&p.Endpoint, &c.Endpoint},
		{&p.Path, &c.Path},
		{&p.User, &c.User},
		{&p.Password, &c.Password},
		{&p.Token, &c.Token},
	} {
		if *f.from != "" {
			*f.to = *f.from
		}
	}
	if p.Platform == "" {
		return &Error{
			Message: fmt.Sprintf("provider `%s` of the SCM configuration has no `platform`", p.Name),
			Help:    "add `platform = 'gitlab'`, or what the server runs: " + platformNames(),
		}
	}
	platform, ok := platformOf(p.Platform)
	switch {
	case !ok:
		return &Error{
			Message: fmt.Sprintf("platform `%s` of the provider `%s` is unknown", p.Platform, p.Name),
			Help:    "platforms are " + platformNames(),
		}
	case p.Platform == "file" && p.Path == "":
		return &Error{
			Message: fmt.Sprintf("provider `%s` is on the platform `file` and has no `path`", p.Name),
			Help:    "add `path = '/directory/of/repositories'`",
		}
	case p.Platform == codeCommit:
	case p.Server == "" && p.Platform != "file":
		if platform.Server == "" {
			return &Error{
				Message: fmt.Sprintf("provider `%s` of the SCM configuration has no `server`", p.Name),
				Help:    "add `server = 'https://host'`",
			}
		}
		p.Server = platform.Server
	}
	p.Server = strings.TrimRight(p.Server, "/")
	if !strings.Contains(p.Server, "://") && p.Server != "" {
		p.Server = "https://" + p.Server
	}
	return nil
}

func platformNames() string {
	var names []string
	for _, p := range Platforms() {
		names = append(names, "`"+p.Name+"`")
	}
	return strings.Join(names, ", ")
}

// title is how messages call the service.
func (p *Provider) title() string {
	if platform, ok := platformOf(p.Platform); ok {
		return platform.Title
	}
	return "git"
}

// address is where the repository of a name is, and how it is shown.
func (p *Provider) address(name string) (clone, shown string) {
	if p.Platform == "file" {
		dir := filepath.Join(p.Path, name)
		return dir, dir
	}
	if p.Platform == "azurerepos" {
		// org/project/repository; org/repository when both have one name
		part := strings.Split(name, "/")
		repo := part[len(part)-1]
		shown = p.Server + "/" + strings.Join(part[:len(part)-1], "/") + "/" + repo
		if len(part) >= 3 {
			shown = p.Server + "/" + strings.Join(part[:len(part)-1], "/") + "/_git/" + repo
		} else if len(part) == 2 {
			shown = p.Server + "/" + part[0] + "/_git/" + repo
		}
		return shown, shown
	}
	shown = p.Server + "/" + name
	if p.Platform == "bitbucketserver" {
		return p.Server + "/scm/" + name + ".git", shown
	}
	return shown + ".git", shown
}

// serves says whether an address is of this server.
func (p *Provider) serves(host string) bool {
	u, err := url.Parse(p.Server)
	return err == nil && p.Server != "" && strings.EqualFold(u.Host, host)
}

// auth is what signs in, nil for nobody in particular.
func (p *Provider) auth() transport.AuthMethod {
	platform, _ := platformOf(p.Platform)
	switch {
	case p.Token != "":
		user := p.User
		if user == "" {
			user = platform.token
		}
		return &http.BasicAuth{Username: user, Password: p.Token}
	case p.Password != "":
		user := p.User
		if user == "" {
			user = platform.token
		}
		return &http.BasicAuth{Username: user, Password: p.Password}
	}
	return nil
}
