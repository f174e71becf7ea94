package stdlib

import (
	"context"

	"sluice/internal/lang/value"
	"sluice/internal/storage"
)

// fileFunctions are file() and files().
// Nextflow docs: reference/stdlib-namespaces#global-namespace
func fileFunctions() []def {
	return []def{
		{"file", "options: Map, filePattern", "is the file of a name, or a list of those that match", func(c call) (value.Value, error) {
			return c.file(c.arg(1), c.arg(0).(*value.Map))
		}},
		{"file", "filePattern", "is the file of a name, or a list of those that match", func(c call) (value.Value, error) {
			return c.file(c.arg(0), nil)
		}},
		{"files", "options: Map, filePattern", "is the list of files that match", func(c call) (value.Value, error) {
			return c.files(c.arg(1), c.arg(0).(*value.Map))
		}},
		{"files", "filePattern", "is the list of files that match", func(c call) (value.Value, error) { return c.files(c.arg(0), nil) }},
	}
}

func (c call) files(pattern value.Value, options *value.Map) (value.Value, error) {
	v, err := c.file(pattern, options)
	if err != nil {
		return nil, err
	}
	if _, isList := v.(*value.List); isList {
		return v, nil
	}
	return value.NewList(v), nil
}

func (c call) file(pattern value.Value, options *value.Map) (value.Value, error) {
	if err := c.checkType(options); err != nil {
		return nil, err
	}
	p, text, err := c.filePattern(pattern)
	if err != nil {
		return nil, err
	}
	glob := optionTrue(options, "glob", true) && !isWebScheme(p.Scheme)
	if !glob || !IsGlob(p.Name) {
		if glob {
			p.Name = unescapeGlob(p.Name)
		}
		found := absolutePath(c.th, p)
		if found.Scheme == "" {
			found = found.Normalize()
		}
		return found, c.mustExist(found, options)
	}
	return c.glob(p, options, text)
}

// filePattern reads the argument of file(): a text, or a path, whose name may be
// a pattern as well, as in file(dir.resolve('*')).
func (c call) filePattern(pattern value.Value) (p *value.Path, text string, err error) {
	switch p := pattern.(type) {
	case nil:
		return nil, "", value.Throw("java.lang.IllegalArgumentException", "Argument of `file` function cannot be null")
	case *value.Path:
		return asPath(p, false), value.ToString(p), nil
	}
	text, ok := value.Str(pattern)
	if l, isList := pattern.(*value.List); isList && l.Len() == 0 {
		ok = true
	}
	if !ok {
		return nil, "", c.missing()
	}
	if text == "" {
		return nil, "", value.Throw("java.lang.IllegalArgumentException", "Argument of `file` function cannot be empty")
	}
	return value.ParsePath(text), text, nil
}

func isWebScheme(s string) bool { return s == "http" || s == "https" || s == "ftp" }

func optionTrue(options *value.Map, name string, fallback bool) bool {
	if options == nil || !options.Has(value.String(name)) {
		return fallback
	}
	return value.Truth(options.GetString(name))
}

func (c call) mustExist(p *value.Path, options *value.Map) error {
	if !optionTrue(options, "checkIfExists", false) {
		return nil
	}
	_, err := c.t.Stat(c.th, p)
	return err
}

// ReadGlobOptions takes the options of file() from a map of named arguments.
func ReadGlobOptions(options *value.Map) GlobOptions {
	opts := GlobOptions{}
	if options == nil {
		return opts
	}
	if s, ok := value.Str(options.GetString("type")); ok {
		opts.Type = s
	}
	opts.Hidden = optionTrue(options, "hidden", false)
	opts.Relative = optionTrue(options, "relative", false)
	opts.NoFollow = !optionTrue(options, "followLinks", true)
	if n := options.GetString("maxDepth"); value.IsNumber(n) {
		if opts.MaxDepth = int(toInt64(n)); opts.MaxDepth == 0 {
			opts.MaxDepth = -1
		}
	}
	return opts
}

// checkType refuses what the option type does not know, which would find nothing.
func (c call) checkType(options *value.Map) error {
	if options == nil {
		return nil
	}
	switch t, _ := value.Str(options.GetString("type")); t {
	case "", "file", "dir", "any":
		return nil
	default:
		return value.Throw("java.lang.IllegalArgumentException", "%s() takes 'file', 'dir' or 'any' as `type`, not '%s'", c.name, t)
	}
}

func (c call) glob(p *value.Path, options *value.Map, text string) (value.Value, error) {
	base, rest := SplitGlob(p.Name)
	dir := absolutePath(c.th, &value.Path{Scheme: p.Scheme, Name: base})
	if dir.Scheme == "" {
		dir = dir.Normalize()
	}
	var found []*value.Path
	err := c.t.onStorage(c.th, dir, func(ctx context.Context, s storage.Storage) (err error) {
		found, err = Glob(ctx, s, dir, rest, ReadGlobOptions(options))
		return err
	})
	if err != nil {
		return nil, err
	}
	if len(found) == 0 && optionTrue(options, "checkIfExists", false) {
		return nil, value.Throw("java.nio.file.NoSuchFileException", "%s", text)
	}
	out := make([]value.Value, len(found))
	for i, f := range found {
		out[i] = f
	}
	return value.NewList(out...), nil
}
