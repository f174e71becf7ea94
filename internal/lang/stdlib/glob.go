package stdlib

import (
	"context"
	"errors"
	"io/fs"
	"path"
	"regexp"
	"strconv"
	"strings"

	"sluice/internal/lang/value"
	"sluice/internal/storage"
)

// GlobOptions are those of file(), files() and channel.fromPath.
// The zero value means: files only, none hidden, any depth, links followed.
type GlobOptions struct {
	Type      string // "file" (also ""), "dir" or "any"
	Hidden    bool   // files whose names begin with a dot too
	MaxDepth  int    // levels of directories below the base, 0 for any number, below 0 for none
	NoFollow  bool   // do not enter linked directories
	Relative  bool   // paths from the base
	NoMissing bool   // a base that does not exist is an error
}

// IsGlob says whether text has wildcards that are not escaped.
func IsGlob(text string) bool {
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '*', '?':
			return true
		case '[', '{':
			if strings.IndexByte(text[i:], text[i]+2) > 1 {
				return true
			}
		}
	}
	return false
}

// GlobRegexp is the regular expression that a pattern of files stands for.
func GlobRegexp(pattern string) (*regexp.Regexp, error) { return globRegexp(pattern) }

// SplitGlob cuts a pattern into the directory before the first wildcard and
// the rest.
func SplitGlob(pattern string) (base, rest string) {
	parts := strings.Split(pattern, "/")
	for i, p := range parts {
		if IsGlob(p) {
			base = strings.Join(parts[:i], "/")
			if base == "" && i > 0 {
				base = "/"
			}
			return unescapeGlob(base), strings.Join(parts[i:], "/")
		}
	}
	return unescapeGlob(pattern), ""
}

func unescapeGlob(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// Glob finds what lies below base and matches pattern: *, ?, [..], {a,b}
// within a name and ** across directories. Paths come sorted by name, level by
// level; Nextflow leaves the order to the file system.
func Glob(ctx context.Context, s storage.Storage, base *value.Path, pattern string, opts GlobOptions) ([]*value.Path, error) {
	re, err := globRegexp(pattern)
	if err != nil {
		return nil, value.Throw("java.util.regex.PatternSyntaxException", "%s", err.Error()+" near index "+strconv.Itoa(len(pattern)-1)+"\n"+pattern)
	}
	g := &globber{ctx: ctx, s: s, pattern: re, opts: opts, deep: strings.Contains(pattern, "**")}
	g.depth = strings.Count(pattern, "/")
	err = g.walk(base, "", 0)
	if errors.Is(err, fs.ErrNotExist) && !opts.NoMissing {
		err = nil
	}
	return g.found, err
}

// globRegexp translates a glob as java.nio.file.FileSystem does: ** is any
// text, * and ? stay within a name.
func globRegexp(glob string) (*regexp.Regexp, error) {
	var b strings.Builder
	b.WriteString(`^(?s:`)
	braces := 0
	for i := 0; i < len(glob); i++ {
		ch := glob[i]
		switch {
		case ch == '\\' && i+1 < len(glob):
			i++
			b.WriteString(regexp.QuoteMeta(glob[i : i+1]))
		case ch == '*' && i+1 < len(glob) && glob[i+1] == '*':
			i++
			b.WriteString(".*")
		case ch == '*':
			b.WriteString("[^/]*")
		case ch == '?':
			b.WriteString("[^/]")
		case ch == '[':
			end := strings.IndexByte(glob[i:], ']')
			if end < 0 {
				return nil, errors.New("Missing ']'")
			}
			b.WriteString(globClass(glob[i+1 : i+end]))
			i += end
		case ch == '{':
			if braces++; braces > 1 {
				return nil, errors.New("Cannot nest groups")
			}
			b.WriteString("(?:")
		case ch == '}' && braces > 0:
			braces--
			b.WriteString(")")
		case ch == ',' && braces > 0:
			b.WriteString("|")
		default:
			b.WriteString(regexp.QuoteMeta(glob[i : i+1]))
		}
	}
	if braces > 0 {
		return nil, errors.New("Missing '}'")
	}
	return regexp.Compile(b.String() + `)$`)
}

// globClass is the text between brackets as a class of Go's regular expressions.
func globClass(body string) string {
	not := ""
	if rest, ok := strings.CutPrefix(body, "!"); ok {
		not, body = "^/", rest
	}
	if body == "" {
		return `[^\x00-\x{10FFFF}]`
	}
	var b strings.Builder
	for i := range len(body) {
		if strings.IndexByte(`\^[]&~`, body[i]) >= 0 {
			b.WriteByte('\\')
		}
		b.WriteByte(body[i])
	}
	return "[" + not + b.String() + "]"
}

type globber struct {
	ctx     context.Context
	s       storage.Storage
	pattern *regexp.Regexp
	opts    GlobOptions
	deep    bool
	depth   int // directories a pattern without ** can reach
	found   []*value.Path
}

func (g *globber) walk(dir *value.Path, rel string, level int) error {
	list, err := g.s.List(g.ctx, dir.Name)
	if err != nil {
		return err
	}
	for _, info := range list {
		p := dir.ResolveName(info.Name)
		name := path.Join(rel, info.Name)
		if info.IsLink() && !g.opts.NoFollow {
			if target, err := g.s.Stat(g.ctx, p.Name); err == nil {
				target.Name = info.Name
				info = target
			}
		}
		g.take(p, name, info)
		if !info.IsDir() || !g.deep && level >= g.depth || g.opts.MaxDepth != 0 && level >= g.opts.MaxDepth {
			continue
		}
		if err := g.walk(p, name, level+1); err != nil && !errors.Is(err, fs.ErrPermission) {
			return err
		}
	}
	return nil
}

func (g *globber) take(p *value.Path, name string, info storage.Info) {
	switch {
	case strings.HasPrefix(info.Name, ".") && !g.opts.Hidden:
		return
	case g.opts.Type == "dir" && !info.IsDir():
		return
	case (g.opts.Type == "file" || g.opts.Type == "") && info.IsDir():
		return
	}
	if !g.pattern.MatchString(name) {
		return
	}
	if g.opts.Relative {
		p = &value.Path{Name: name}
	}
	g.found = append(g.found, p)
}
