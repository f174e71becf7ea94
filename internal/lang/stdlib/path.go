package stdlib

import (
	"fmt"
	"strings"

	"sluice/internal/lang/value"
)

// pathMethods are those of Path and File that need no disk.
func pathMethods() []def {
	return []def{
		{"getName", "", "is the last part of the path", func(c call) (value.Value, error) {
			if staged := c.path().Stage; staged != "" { // a task's input is named as it was staged, with directories
				return value.String(staged), nil
			}
			return value.String(c.path().FileName()), nil
		}},
		{"getName", "index: Integer", "is one part of the path", func(c call) (value.Value, error) {
			parts := c.path().Elements()
			if i := c.intArg(0); i >= 0 && i < len(parts) {
				return &value.Path{Name: parts[i]}, nil
			}
			return nil, value.Throw("java.lang.IllegalArgumentException", "")
		}},
		{"getNameCount", "", "is the number of parts", func(c call) (value.Value, error) { return value.Int(len(c.path().Elements())), nil }},
		{"subpath", "from: Integer, to: Integer", "is some parts of the path", func(c call) (value.Value, error) {
			parts, from, to := c.path().Elements(), c.intArg(0), c.intArg(1)
			if from < 0 || to > len(parts) || from >= to {
				return nil, value.Throw("java.lang.IllegalArgumentException", "")
			}
			return &value.Path{Name: strings.Join(parts[from:to], "/")}, nil
		}},
		{"getFileName", "", "is the last part of the path, as a path", func(c call) (value.Value, error) {
			if name := c.path().FileName(); name != "" {
				return &value.Path{Name: name}, nil
			}
			return nil, nil
		}},
		{"getBaseName", "times: Integer = 1", "is the name without its extension", func(c call) (value.Value, error) {
			name := c.path().BaseName()
			for range c.intOr(0, 1) - 1 {
				if i := strings.LastIndexByte(name, '.'); i >= 0 {
					name = name[:i]
				}
			}
			return value.String(name), nil
		}},
		{"getSimpleName", "", "is the name without any extension", func(c call) (value.Value, error) { return value.String(c.path().SimpleName()), nil }},
		{"getExtension", "", "is what follows the last dot of the name", func(c call) (value.Value, error) { return value.String(c.path().Extension()), nil }},
		{"getParent", "", "is the directory of the path", func(c call) (value.Value, error) {
			if c.path().Stage != "" {
				return nil, nil
			}
			return pathOrNull(c.path().Parent()), nil
		}},
		{"getScheme", "", "is the scheme of the path", func(c call) (value.Value, error) { return value.String(scheme(c.path())), nil }},
		{"getProtocol", "", "is the scheme of the path", func(c call) (value.Value, error) { return value.String(scheme(c.path())), nil }},
		{"getRoot", "", "is the root of an absolute path", func(c call) (value.Value, error) {
			if c.path().IsAbsolute() {
				return &value.Path{Scheme: c.path().Scheme, Name: "/"}, nil
			}
			return nil, nil
		}},
		{"isAbsolute", "", "says whether the path begins at a root", func(c call) (value.Value, error) { return value.MakeBool(c.path().IsAbsolute()), nil }},
		{"isHidden", "", "says whether the name begins with a dot", func(c call) (value.Value, error) {
			return value.MakeBool(strings.HasPrefix(c.path().FileName(), ".")), nil
		}},
		{"resolve", "other: Path", "is other below this path", func(c call) (value.Value, error) { return c.path().Resolve(c.arg(0).(*value.Path)), nil }},
		{"resolve", "other: String", "is other below this path", func(c call) (value.Value, error) { return c.path().ResolveName(c.strArg(0)), nil }},
		{"resolveSibling", "other", "is other beside this path", func(c call) (value.Value, error) { return c.path().Sibling(pathText(c.arg(0))), nil }},
		{"relativize", "other: Path", "is the way from this path to other", func(c call) (value.Value, error) {
			return c.path().Relativize(c.arg(0).(*value.Path))
		}},
		{"normalize", "", "is the path without . and ..", func(c call) (value.Value, error) { return c.path().Normalize(), nil }},
		{"startsWith", "other", "says whether the path begins with the parts of other", func(c call) (value.Value, error) {
			return value.MakeBool(c.path().StartsWith(value.ParsePath(pathText(c.arg(0))))), nil
		}},
		{"endsWith", "other", "says whether the path ends with the parts of other", func(c call) (value.Value, error) {
			return value.MakeBool(c.path().EndsWith(value.ParsePath(pathText(c.arg(0))))), nil
		}},
		{"toUriString", "", "prints the path with its scheme", func(c call) (value.Value, error) { return value.String(c.absolute().URI()), nil }},
		{"toUri", "", "is the URI of the path", pathURI("//")},
		{"toURL", "", "is the URL of the path", func(c call) (value.Value, error) { return newURL(uriText(c.absolute(), "")) }},
		{"toAbsolutePath", "", "is the path from the root", func(c call) (value.Value, error) { return c.absolute(), nil }},
		{"complete", "", "is the path from the root", func(c call) (value.Value, error) { return c.absolute(), nil }},
		{"toPath", "", "is the path", func(c call) (value.Value, error) { return asPath(c.path(), false), nil }},
		{"toFile", "", "is the path as java.io.File", func(c call) (value.Value, error) { return asPath(c.path(), true), nil }},
		{"toList", "", "is the list of parts", func(c call) (value.Value, error) { return value.NewList(pathParts(c.path())...), nil }},
		{"contains", "part", "says whether a path is one of the parts", func(c call) (value.Value, error) {
			return value.MakeBool(indexKey(pathParts(c.path()), c.arg(0)) >= 0), nil
		}},
		{"matches", "pattern", "is false: a path is no text", func(c call) (value.Value, error) { return value.False, nil }},
		{"plus", "other", "is the path with a text appended", func(c call) (value.Value, error) { return value.Add(c.th, c.recv, c.arg(0)) }},
		{"div", "other", "is other below this path", func(c call) (value.Value, error) { return value.Div(c.th, c.recv, c.arg(0)) }},
		{"minus", "other", "steps back in the path", func(c call) (value.Value, error) { return value.Sub(c.th, c.recv, c.arg(0)) }},
		{"or", "other", "is other below this path", func(c call) (value.Value, error) { return value.Or(c.th, c.recv, c.arg(0)) }},
	}
}

// fileMethods are those that java.io.File has in another form than Path.
func fileMethods() []def {
	return []def{
		{"getPath", "", "prints the path", func(c call) (value.Value, error) { return value.String(c.path().Name), nil }},
		{"toURI", "", "is the URI of the path", pathURI("")},
		{"getAbsolutePath", "", "prints the path from the root", func(c call) (value.Value, error) { return value.String(c.absolute().Name), nil }},
		{"getAbsoluteFile", "", "is the path from the root", func(c call) (value.Value, error) { return asPath(c.absolute(), true), nil }},
		{"getCanonicalPath", "", "prints the path from the root without links", func(c call) (value.Value, error) {
			p, err := c.realPath()
			if err != nil {
				return value.String(c.absolute().Normalize().Name), nil
			}
			return value.String(p.Name), nil
		}},
		{"getCanonicalFile", "", "is the path from the root without links", func(c call) (value.Value, error) {
			p, err := c.realPath()
			if err != nil {
				p = c.absolute().Normalize()
			}
			return asPath(p, true), nil
		}},
		{"getParent", "", "prints the directory of the path", func(c call) (value.Value, error) {
			if p := c.path().Parent(); p != nil {
				return value.String(p.Name), nil
			}
			return nil, nil
		}},
		{"getParentFile", "", "is the directory of the path", func(c call) (value.Value, error) {
			if p := c.path().Parent(); p != nil {
				return asPath(p, true), nil
			}
			return nil, nil
		}},
		{"length", "", "is the number of bytes, 0 of what is missing", func(c call) (value.Value, error) {
			info, err := c.stat()
			if err != nil {
				return value.Long(0), nil
			}
			return value.Long(info.Size), nil
		}},
		{"createNewFile", "", "makes an empty file unless there is one", func(c call) (value.Value, error) {
			if _, err := c.stat(); err == nil {
				return value.False, nil
			}
			return value.True, c.write("", false)
		}},
		{"deleteOnExit", "", "does nothing", func(c call) (value.Value, error) { return nil, nil }},
		{"getFreeSpace", "", "is not known", func(c call) (value.Value, error) { return value.Long(0), nil }},
	}
}

func fileConstructors() []def {
	return []def{
		{"<init>", "path: String", "is a file of a name", func(c call) (value.Value, error) { return asPath(value.ParsePath(c.strArg(0)), true), nil }},
		{"<init>", "path: Path", "is a file of a path", func(c call) (value.Value, error) { return asPath(c.arg(0).(*value.Path), true), nil }},
		{"<init>", "parent, child: String", "is a file in a directory", func(c call) (value.Value, error) {
			child := value.ParsePath(strings.TrimLeft(c.strArg(1), "/"))
			if c.arg(0) == nil {
				return asPath(value.ParsePath(c.strArg(1)), true), nil
			}
			return asPath(value.ParsePath(pathText(c.arg(0))).Resolve(child), true), nil
		}},
	}
}

func (c call) path() *value.Path { return c.recv.(*value.Path) }

// asPath is p as Path or File.
func asPath(p *value.Path, isFile bool) *value.Path {
	copied := *p
	copied.IsFile = isFile
	return &copied
}

func pathOrNull(p *value.Path) value.Value {
	if p == nil {
		return nil
	}
	return p
}

func scheme(p *value.Path) string {
	if p.Scheme == "" {
		return "file"
	}
	return p.Scheme
}

// pathText is the name of a path or of a text that stands for one.
func pathText(v value.Value) string {
	if p, ok := v.(*value.Path); ok {
		return p.String()
	}
	return text(v)
}

// absolute starts relative names at the launch directory.
func (c call) absolute() *value.Path { return absolutePath(c.th, c.path()) }

func absolutePath(th *value.Thread, p *value.Path) *value.Path {
	if p.IsAbsolute() || th == nil || th.Host == nil {
		return p
	}
	base := &value.Path{Name: th.Host.LaunchDir(), IsFile: p.IsFile}
	return base.Resolve(p)
}

func uriText(p *value.Path, slashes string) string {
	if p.Scheme != "" {
		return p.URI()
	}
	return "file:" + slashes + p.Name
}

func pathURI(slashes string) func(call) (value.Value, error) {
	return func(c call) (value.Value, error) { return newURI(uriText(c.absolute(), slashes)) }
}

// permissionText prints nine letters: rw-r--r--.
func permissionText(mode uint32) string {
	const letters = "rwxrwxrwx"
	out := []byte(letters)
	for i := range out {
		if mode&(1<<(8-i)) == 0 {
			out[i] = '-'
		}
	}
	return string(out)
}

func parsePermissions(s string) (uint32, error) {
	var mode uint32
	if len(s) != 9 {
		return 0, value.Throw("java.lang.IllegalArgumentException", "Invalid mode")
	}
	for i := range 9 {
		switch s[i] {
		case "rwxrwxrwx"[i]:
			mode |= 1 << (8 - i)
		case '-':
		default:
			return 0, value.Throw("java.lang.IllegalArgumentException", "Invalid mode: %s", fmt.Sprint(s))
		}
	}
	return mode, nil
}
