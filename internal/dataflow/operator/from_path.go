package operator

import (
	"regexp"
	"sort"
	"strings"

	"sluice/internal/dataflow"
	"sluice/internal/lang/stdlib"
	"sluice/internal/lang/value"
)

var pathOptions = []option{
	boolOption("checkIfExists", "false", "whether a path that does not exist, or a pattern that nothing matches, is an error"),
	boolOption("followLinks", "true", "whether `**` enters directories that are links"),
	boolOption("hidden", "false", "whether names that begin with a dot match wildcards"),
	intOption("maxDepth", "", "how many levels below the pattern's fixed part `**` reaches; any number unless given"),
	textOption("type", "'file'", "what matches: 'file', 'dir' or 'any'"),
	boolOption("glob", "true", "whether `*`, `?`, `[]` and `{}` are wildcards; false takes them as they are"),
	boolOption("relative", "false", "whether paths are emitted relative to the pattern's fixed part"),
}

// Nextflow docs: reference/channel#frompath
var fromPathMaker = &operator{
	name: "fromPath", gives: givesQueue, min: 1, max: -1, opts: pathOptions,
	doc:   "emits the files of paths or glob patterns; those of one pattern in order of their names",
	args:  []param{{"pattern...", "String | Path | List", "paths and glob patterns, and lists of them; relative ones start at the launch directory"}},
	forms: []string{"channel.fromPath(pattern, [options])"},
	run: func(c *call) (value.Value, error) {
		opts, err := c.readFileOptions()
		if err != nil {
			return nil, err
		}
		patterns, err := c.patterns(c.args)
		if err != nil {
			return nil, err
		}
		return c.source(func(out *dataflow.Channel) (bool, error) {
			if len(patterns) == 0 {
				return false, nil
			}
			files, err := c.env.files(c.th, patterns[0], opts)
			if err != nil {
				return false, err
			}
			for _, f := range files {
				out.Emit(f)
			}
			patterns = patterns[1:]
			return len(patterns) > 0, nil
		}), nil
	},
}

// fileOptions are the options of fromPath and fromFilePairs.
type fileOptions struct {
	stdlib.GlobOptions
	glob          bool
	checkIfExists bool
}

func (c *call) readFileOptions() (fileOptions, error) {
	opts := fileOptions{
		GlobOptions: stdlib.GlobOptions{
			Type: c.textOpt("type", "file"), MaxDepth: c.depthOpt(), Hidden: c.boolOpt("hidden"),
			NoFollow: c.opt("followLinks") != nil && !c.boolOpt("followLinks"), Relative: c.boolOpt("relative"),
		},
		glob: c.opt("glob") == nil || c.boolOpt("glob"), checkIfExists: c.boolOpt("checkIfExists"),
	}
	switch opts.Type {
	case "file", "dir", "any":
		return opts, nil
	}
	return opts, c.fail("takes 'file', 'dir' or 'any' as `type`, not %s", describe(c.opt("type")))
}

// depthOpt is the option maxDepth as GlobOptions has it.
func (c *call) depthOpt() int {
	n := c.intOpt("maxDepth", 0)
	if n == 0 && c.opt("maxDepth") != nil {
		return -1
	}
	return n
}

// patterns are the paths and glob patterns in arguments and lists of them.
func (c *call) patterns(args []value.Value) ([]value.Value, error) {
	var all []value.Value
	for _, a := range args {
		switch {
		case isText(a) || isPath(a):
			all = append(all, a)
		case value.IsCollection(a):
			elems, _ := value.Elements(a)
			inner, err := c.patterns(elems)
			if err != nil {
				return nil, err
			}
			all = append(all, inner...)
		default:
			return nil, c.fail("takes paths and glob patterns, not %s", describe(a))
		}
	}
	return all, nil
}

var pairOptions = append([]option{
	boolOption("flat", "false", "whether the files stand in the tuple beside the key instead of in a list"),
	intOption("size", "2", "how many files a group has: of more with the same name part several groups are made, fewer are left out; -1 takes any number"),
}, pathOptions...)

// Nextflow docs: reference/channel#fromfilepairs
var fromFilePairsMaker = &operator{
	name: "fromFilePairs", gives: givesQueue, min: 1, max: 2, opts: pairOptions,
	doc: "emits groups of files, each with the part that its names have in common: what stands before the last wildcard that precedes a `{` or `[`",
	args: []param{
		{"pattern", "String | List", "glob pattern such as `reads/*_{1,2}.fq`, or a list of them"},
		{"grouping?", "Closure", "takes a file, gives the key of its group"},
	},
	forms: []string{"channel.fromFilePairs(pattern, [options])", "channel.fromFilePairs(pattern, [options]) { file -> key }"},
	run: func(c *call) (value.Value, error) {
		opts, err := c.readFileOptions()
		if err != nil {
			return nil, err
		}
		var f value.Callable
		if len(c.args) == 2 {
			if f, err = c.closure(1); err != nil {
				return nil, err
			}
		}
		patterns, err := c.patterns(c.args[:1])
		if err != nil {
			return nil, err
		}
		p := &pairing{call: c, file: opts, size: c.intOpt("size", 2), grouping: f}
		return c.source(func(out *dataflow.Channel) (bool, error) {
			return false, p.emit(patterns, out.Emit)
		}), nil
	},
}

type pairing struct {
	*call
	file     fileOptions
	size     int // -1: any number
	grouping value.Callable
}

// emit groups the files of all patterns: by the text the pattern's leading
// wildcards matched, or by what the closure gives.
func (p *pairing) emit(patterns []value.Value, emit func(value.Value)) error {
	groups := newKeyed[*fileGroup]()
	for _, pattern := range patterns {
		files, err := p.env.files(p.th, pattern, p.file)
		if err != nil {
			return err
		}
		sort.SliceStable(files, func(i, j int) bool { return files[i].FileName() < files[j].FileName() })
		key := prefixOf(value.ToString(pattern))
		for _, f := range files {
			k := value.Value(value.String(key(f.FileName())))
			if p.grouping != nil {
				if k, err = p.invoke(p.grouping, f); err != nil {
					return err
				}
			}
			g, found := groups.get(k)
			if !found {
				*g = &fileGroup{key: k}
			}
			(*g).files = append((*g).files, f)
		}
	}
	return groups.each(func(g **fileGroup) error {
		files := (*g).files
		if p.size <= 0 {
			p.emitGroup((*g).key, files, emit)
			return nil
		}
		for ; len(files) >= p.size; files = files[p.size:] {
			p.emitGroup((*g).key, files[:p.size:p.size], emit)
		}
		return nil
	})
}

func (p *pairing) emitGroup(key value.Value, files []value.Value, emit func(value.Value)) {
	if p.boolOpt("flat") {
		emit(value.NewList(append([]value.Value{key}, files...)...))
		return
	}
	emit(value.NewList(key, value.NewList(files...)))
}

type fileGroup struct {
	key   value.Value
	files []value.Value
}

// prefixOf gives the common part of a file name under a pattern: what reaches
// to the last `*` or `?` before the first `{` or `[`, without trailing
// punctuation. Without such a wildcard it is the text before the braces, and
// for a plain file its name without extension.
func prefixOf(pattern string) func(name string) string {
	pattern = pattern[strings.LastIndexByte(pattern, '/')+1:]
	if !stdlib.IsGlob(pattern) {
		return func(name string) string { return (&value.Path{Name: name}).BaseName() }
	}
	end := strings.IndexAny(pattern, "{[")
	if end < 0 {
		end = len(pattern)
	}
	last := strings.LastIndexAny(pattern[:end], "*?")
	if last < 0 {
		fixed := trimPrefix(pattern[:end])
		return func(string) string { return fixed }
	}
	re := regexp.MustCompile("^(" + globRegexp(pattern[:last+1]) + ")" + globRegexp(pattern[last+1:]) + "$")
	return func(name string) string {
		if m := re.FindStringSubmatch(name); m != nil {
			return trimPrefix(m[1])
		}
		return trimPrefix(name)
	}
}

func trimPrefix(s string) string { return strings.TrimRight(s, "-_.") }

// globRegexp is a glob of one file name as a regular expression.
func globRegexp(glob string) string {
	var b strings.Builder
	depth := 0
	for i := 0; i < len(glob); i++ {
		switch c := glob[i]; {
		case c == '*':
			b.WriteString(".*")
		case c == '?':
			b.WriteString(".")
		case c == '{':
			depth++
			b.WriteString("(?:")
		case c == '}' && depth > 0:
			depth--
			b.WriteString(")")
		case c == ',' && depth > 0:
			b.WriteString("|")
		case c == '[':
			if end := strings.IndexByte(glob[i:], ']'); end > 1 {
				set := glob[i+1 : i+end]
				b.WriteString("[" + strings.Replace(strings.ReplaceAll(set, `\`, `\\`), "!", "^", 1) + "]")
				i += end
				continue
			}
			b.WriteString(`\[`)
		default:
			b.WriteString(regexp.QuoteMeta(glob[i : i+1]))
		}
	}
	return b.String() + strings.Repeat(")", depth)
}
