package value

import (
	"regexp"
	"strings"
)

var uriScheme = regexp.MustCompile(`^([a-zA-Z][a-zA-Z0-9+.-]*)://`)

// ParsePath makes a path of a text: a local one, or a URI with a scheme. Local
// paths lose doubled and trailing slashes; `file:` is dropped.
func ParsePath(text string) *Path {
	if m := uriScheme.FindStringSubmatch(text); m != nil {
		rest := text[len(m[0]):]
		if scheme := strings.ToLower(m[1]); scheme != "file" {
			return &Path{Scheme: scheme, Name: rest}
		}
		return &Path{Name: cleanSlashes(rest)}
	}
	if rest, ok := strings.CutPrefix(text, "file:/"); ok {
		text = "/" + rest
	}
	return &Path{Name: cleanSlashes(text)}
}

func cleanSlashes(name string) string {
	if !strings.Contains(name, "//") && (!strings.HasSuffix(name, "/") || len(name) == 1) {
		return name
	}
	var b strings.Builder
	for i := 0; i < len(name); i++ {
		if name[i] != '/' || i == 0 || name[i-1] != '/' {
			b.WriteByte(name[i])
		}
	}
	if s := strings.TrimSuffix(b.String(), "/"); s != "" {
		return s
	}
	return "/"
}

// String is the path in full: a local one as it is, another with its scheme.
func (p *Path) String() string {
	if p.Scheme == "" {
		return p.Name
	}
	return p.URI()
}

// URI is toUriString: with the scheme, if there is one.
func (p *Path) URI() string {
	if p.Scheme == "" {
		return p.Name
	}
	return p.Scheme + "://" + p.Name
}

// ToString is what scripts print: the staged name in a task's view, else the
// path. A web address prints without its host, a bucket's with the bucket.
func (p *Path) ToString() string {
	if p.Shown != "" {
		return p.Shown
	}
	if p.Stage != "" {
		return p.Stage
	}
	return p.place()
}

// isWeb says that Name starts with a host and may end with a query.
func (p *Path) isWeb() bool {
	switch p.Scheme {
	case "http", "https", "ftp":
		return true
	}
	return false
}

func (p *Path) place() string {
	switch {
	case p.Scheme == "":
		return p.Name
	case !p.isWeb():
		return "/" + p.Name
	}
	name, _, _ := strings.Cut(p.Name, "?")
	if i := strings.IndexByte(name, '/'); i >= 0 {
		return name[i:]
	}
	return ""
}

// IsAbsolute says that the path does not depend on a directory.
func (p *Path) IsAbsolute() bool { return p.Scheme != "" || strings.HasPrefix(p.Name, "/") }

// FileName is the last element, "" of a root. In a task's view it is that of
// the staged name.
func (p *Path) FileName() string {
	name := p.ToString()
	if p.Stage != "" {
		name = p.Stage
	}
	name = strings.TrimRight(name, "/")
	if p.Stage == "" && p.Scheme != "" && !p.isWeb() && strings.Count(name, "/") == 1 {
		return "" // the bucket is a root
	}
	return name[strings.LastIndexByte(name, '/')+1:]
}

// BaseName is the file name without its last extension.
func (p *Path) BaseName() string {
	name := p.FileName()
	if i := strings.LastIndexByte(name, '.'); i >= 0 {
		return name[:i]
	}
	return name
}

// SimpleName is the file name without all its extensions; a leading dot stays.
func (p *Path) SimpleName() string {
	name := p.FileName()
	if name == "" {
		return ""
	}
	if i := strings.IndexByte(name[1:], '.'); i >= 0 {
		return name[:i+1]
	}
	return name
}

// Extension is what follows the last dot of the file name.
func (p *Path) Extension() string {
	name := p.FileName()
	if i := strings.LastIndexByte(name, '.'); i >= 0 {
		return name[i+1:]
	}
	return ""
}

// Parent is nil where Java's is null: at a root and at a relative name.
func (p *Path) Parent() *Path {
	if p.Stage != "" {
		i := strings.LastIndexByte(p.Stage, '/')
		if i < 0 {
			return nil
		}
		return &Path{Name: p.Stage[:i]}
	}
	name := strings.TrimRight(p.Name, "/")
	if p.isWeb() {
		name, _, _ = strings.Cut(name, "?")
	}
	i := strings.LastIndexByte(name, '/')
	switch {
	case i < 0:
		return nil
	case i > 0:
		return &Path{Scheme: p.Scheme, Name: name[:i], IsFile: p.IsFile}
	case p.Scheme == "" && name != "":
		return &Path{Name: "/", IsFile: p.IsFile}
	}
	return nil
}

// Resolve is other below p, or other itself when that is absolute.
func (p *Path) Resolve(other *Path) *Path {
	if other.IsAbsolute() && (p.Scheme == "" || other.Scheme != "") {
		return other
	}
	return p.ResolveName(other.Name)
}

// ResolveName is Resolve with the text of a path.
func (p *Path) ResolveName(name string) *Path {
	name = cleanSlashes(name)
	r := &Path{Scheme: p.Scheme, IsFile: p.IsFile}
	switch {
	case name == "":
		r.Name = p.Name
	case p.Scheme == "" && (strings.HasPrefix(name, "/") || p.Name == ""):
		r.Name = name
	case p.Scheme != "" && strings.HasPrefix(name, "/"):
		host, _, _ := strings.Cut(p.Name, "/")
		r.Name = host + name
	default:
		base := p.Name
		if p.isWeb() {
			base, _, _ = strings.Cut(base, "?")
		}
		r.Name = strings.TrimSuffix(base, "/") + "/" + name
	}
	return r
}

// Sibling is name beside p.
func (p *Path) Sibling(name string) *Path {
	if parent := p.Parent(); parent != nil {
		return parent.ResolveName(name)
	}
	return ParsePath(name)
}

// Relativize is the way from p to other.
func (p *Path) Relativize(other *Path) (*Path, error) {
	if p.Scheme != other.Scheme || p.IsAbsolute() != other.IsAbsolute() {
		return nil, illegalArgument("'other' is different type of Path")
	}
	from, to := p.Elements(), other.Elements()
	for len(from) > 0 && len(to) > 0 && from[0] == to[0] {
		from, to = from[1:], to[1:]
	}
	way := make([]string, 0, len(from)+len(to))
	for range from {
		way = append(way, "..")
	}
	return &Path{Name: strings.Join(append(way, to...), "/")}, nil
}

// Elements are the names between the slashes; a URI's host or bucket is the first.
func (p *Path) Elements() []string {
	name := strings.Trim(p.Name, "/")
	if name == "" {
		return nil
	}
	return strings.Split(cleanSlashes(name), "/")
}

// Normalize drops `.` and, with what stands before it, `..`.
func (p *Path) Normalize() *Path {
	var kept []string
	for _, e := range p.Elements() {
		switch {
		case e == ".":
		case e == ".." && len(kept) > 0 && kept[len(kept)-1] != "..":
			kept = kept[:len(kept)-1]
		case e == ".." && p.IsAbsolute():
		default:
			kept = append(kept, e)
		}
	}
	r := &Path{Scheme: p.Scheme, Name: strings.Join(kept, "/"), IsFile: p.IsFile}
	if p.Scheme == "" && p.IsAbsolute() {
		r.Name = "/" + r.Name
	}
	return r
}

// StartsWith compares whole elements.
func (p *Path) StartsWith(other *Path) bool {
	if p.Scheme != other.Scheme || p.IsAbsolute() != other.IsAbsolute() {
		return false
	}
	a, b := p.Elements(), other.Elements()
	if len(b) > len(a) {
		return false
	}
	for i := range b {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// EndsWith compares whole elements.
func (p *Path) EndsWith(other *Path) bool {
	if other.IsAbsolute() {
		return KeyEqual(p, other)
	}
	a, b := p.Elements(), other.Elements()
	if len(b) > len(a) || len(b) == 0 {
		return false
	}
	for i := range b {
		if a[len(a)-len(b)+i] != b[i] {
			return false
		}
	}
	return true
}

// Truth of a path does not depend on whether the file exists.
func (p *Path) Truth() bool { return true }

func comparePaths(x, y *Path) int { return strings.Compare(x.URI(), y.URI()) }
