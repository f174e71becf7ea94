package workdir

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"sluice/internal/storage"
	"sluice/internal/task"
)

// CollectOptions are the options of a path output.
// Nextflow docs: reference/process#output-path
type CollectOptions struct {
	Type          string // file, dir, any; "" = any, but file for patterns with **
	Hidden        bool
	NoFollow      bool // followLinks = false
	Literal       bool // glob = false
	MaxDepth      int  // directories to descend into; used if HasMaxDepth
	HasMaxDepth   bool
	IncludeInputs bool
	Inputs        []task.Staged // not matched by patterns unless IncludeInputs
}

// Collected is what a pattern matched.
type Collected struct {
	Names      []string // relative to the work directory, sorted
	OnlyInputs bool     // nothing but inputs matched, and those do not count
}

// Collect finds the output files that pattern names, below dir and nowhere else.
// Nothing found is no error.
func Collect(dir, pattern string, o CollectOptions) (Collected, error) {
	q, err := newQuery(dir, pattern, o)
	switch {
	case err != nil:
		return Collected{}, err
	case q.exact:
		return exact(dir, q.rel, o)
	case q.match == nil:
		return Collected{}, nil
	}
	w := walker{query: q, dir: dir}
	if err := w.start(fixedDir(q.rel)); err != nil {
		return Collected{}, fmt.Errorf("collect output `%s`: %w", pattern, err)
	}
	return w.collected(), nil
}

// A query is what a pattern asks of a directory, wherever that is.
type query struct {
	rel     string            // the pattern, relative
	exact   bool              // rel is a name
	match   func(string) bool // nil: nothing can match
	o       CollectOptions
	hidden  bool
	depth   int // -1 = all
	inputs  map[string]bool
	found   []string
	skipped bool // an input matched
}

// newQuery reads the pattern of an output of the task in dir.
func newQuery(dir, pattern string, o CollectOptions) (query, error) {
	q := query{rel: pattern, o: o}
	if pattern == "" {
		return q, fmt.Errorf("collect output of %s: empty name", dir)
	}
	var err error
	if q.rel, err = relative(dir, pattern); err != nil {
		return q, err
	}
	if o.Literal || !isGlob(q.rel) {
		if !o.Literal {
			q.rel = unescape(q.rel)
		}
		q.exact = true
		if !filepath.IsLocal(path.Clean(q.rel)) {
			return q, fmt.Errorf("collect output `%s`: outside of the work directory %s", q.rel, dir)
		}
		return q, nil
	}
	if slices.Contains(strings.Split(q.rel, "/"), "..") {
		return q, nil // as in Nextflow: no file below dir has such a name
	}
	q.rel = strings.TrimPrefix(q.rel, "./")
	re, err := globRegexp(q.rel)
	if err != nil {
		return q, nil // an unfinished pattern matches nothing
	}
	q.match, q.hidden, q.depth = re.MatchString, o.Hidden || strings.HasPrefix(q.rel, "."), strings.Count(q.rel, "/")
	if strings.Contains(q.rel, "**") {
		q.depth = -1
		if o.Type == "" {
			q.o.Type = "file"
		}
	} else if strings.ContainsRune(q.rel, '{') {
		q.depth = -1 // alternatives may hold slashes
	}
	if o.HasMaxDepth && (q.depth < 0 || o.MaxDepth < q.depth) {
		q.depth = o.MaxDepth
	}
	if !o.IncludeInputs {
		q.inputs = make(map[string]bool, len(o.Inputs))
		for _, in := range o.Inputs {
			q.inputs[path.Clean(in.Name)] = true
		}
	}
	return q, nil
}

// relative is a pattern below dir. Scripts print a directory of a storage
// without its scheme.
func relative(dir, pattern string) (string, error) {
	if !path.IsAbs(pattern) && !storage.IsRemote(pattern) {
		return pattern, nil
	}
	tops := []string{dir}
	clean := path.Clean(pattern)
	if scheme, name := storage.Split(dir); scheme != "" {
		tops = append(tops, "/"+name)
	}
	if scheme, name := storage.Split(pattern); scheme != "" {
		clean = scheme + "://" + path.Clean(name)
	}
	for _, top := range tops {
		if in, ok := strings.CutPrefix(clean, strings.TrimSuffix(top, "/")+"/"); ok {
			return in, nil
		}
	}
	return "", fmt.Errorf("collect output `%s`: outside of the work directory %s", pattern, dir)
}

// take notes an entry if the pattern asks for it.
func (q *query) take(name string, isDir bool) {
	if !q.wanted(isDir) || !q.match(name) || !q.hidden && path.Base(name)[0] == '.' {
		return
	}
	if q.inputs[name] {
		q.skipped = true
	} else {
		q.found = append(q.found, name)
	}
}

func (q *query) wanted(isDir bool) bool {
	switch q.o.Type {
	case "file":
		return !isDir
	case "dir":
		return isDir
	}
	return true
}

func (q *query) collected() Collected {
	slices.Sort(q.found)
	return Collected{Names: q.found, OnlyInputs: len(q.found) == 0 && q.skipped}
}

// exact is the output of a name without wildcards; an input will do.
func exact(dir, rel string, o CollectOptions) (Collected, error) {
	stat := os.Stat
	if o.NoFollow {
		stat = os.Lstat
	}
	switch _, err := stat(filepath.Join(dir, rel)); {
	case err == nil:
		return Collected{Names: []string{strings.TrimSuffix(rel, "/")}}, nil
	case absent(err):
		return Collected{}, nil
	default:
		return Collected{}, fmt.Errorf("collect output `%s`: %w", rel, err)
	}
}

func absent(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) || errors.Is(err, syscall.ELOOP)
}

// fixedDir is the directory that all matches are in: the elements before the
// first with a wildcard.
func fixedDir(p string) string {
	i := strings.IndexAny(p, `*?[{\`)
	if i < 0 {
		i = len(p)
	}
	if j := strings.LastIndexByte(p[:i], '/'); j >= 0 {
		return p[:j]
	}
	return ""
}

// A walker looks through a directory of this machine.
type walker struct {
	query
	dir   string
	above []fs.FileInfo // directories on the way, against loops of links
}

func (w *walker) start(rel string) error {
	level := 0
	if rel != "" {
		level = strings.Count(rel, "/") + 1
	}
	if w.depth >= 0 && level > w.depth {
		return nil
	}
	info, err := os.Stat(filepath.Join(w.dir, rel))
	if absent(err) {
		return nil
	}
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return nil
	}
	return w.walk(rel, level, info)
}

func (w *walker) walk(rel string, level int, self fs.FileInfo) error {
	for _, up := range w.above {
		if os.SameFile(up, self) {
			return nil
		}
	}
	list, err := os.ReadDir(filepath.Join(w.dir, rel))
	if err != nil {
		return err
	}
	w.above = append(w.above, self)
	defer func() { w.above = w.above[:len(w.above)-1] }()
	for _, e := range list {
		name := path.Join(rel, e.Name())
		isDir, info := e.IsDir(), fs.FileInfo(nil)
		if e.Type()&fs.ModeSymlink != 0 && !w.o.NoFollow {
			info, err = os.Stat(filepath.Join(w.dir, name))
			if err != nil {
				continue // leads nowhere
			}
			isDir = info.IsDir()
		}
		w.take(name, isDir)
		if isDir && (w.depth < 0 || level < w.depth) {
			if info == nil {
				if info, err = e.Info(); err != nil {
					continue // gone meanwhile
				}
			}
			if err := w.walk(name, level+1, info); err != nil {
				return err
			}
		}
	}
	return nil
}
