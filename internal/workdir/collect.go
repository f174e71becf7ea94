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
	rel := pattern
	if rel == "" {
		return Collected{}, fmt.Errorf("collect output of %s: empty name", dir)
	}
	if path.IsAbs(rel) {
		in, ok := strings.CutPrefix(path.Clean(rel), strings.TrimSuffix(dir, "/")+"/")
		if !ok {
			return Collected{}, fmt.Errorf("collect output `%s`: outside of the work directory %s", pattern, dir)
		}
		rel = in
	}
	if o.Literal || !isGlob(rel) {
		if !o.Literal {
			rel = unescape(rel)
		}
		return exact(dir, rel, o)
	}
	if slices.Contains(strings.Split(rel, "/"), "..") {
		return Collected{}, nil // as in Nextflow: no file below dir has such a name
	}
	rel = strings.TrimPrefix(rel, "./")
	re, err := globRegexp(rel)
	if err != nil {
		return Collected{}, nil // an unfinished pattern matches nothing
	}
	w := walker{dir: dir, match: re.MatchString, o: o, hidden: o.Hidden || strings.HasPrefix(rel, "."), depth: strings.Count(rel, "/")}
	if strings.Contains(rel, "**") {
		w.depth = -1
		if o.Type == "" {
			w.o.Type = "file"
		}
	} else if strings.ContainsRune(rel, '{') {
		w.depth = -1 // alternatives may hold slashes
	}
	if o.HasMaxDepth && (w.depth < 0 || o.MaxDepth < w.depth) {
		w.depth = o.MaxDepth
	}
	if !o.IncludeInputs {
		w.inputs = make(map[string]bool, len(o.Inputs))
		for _, in := range o.Inputs {
			w.inputs[path.Clean(in.Name)] = true
		}
	}
	if err := w.start(fixedDir(rel)); err != nil {
		return Collected{}, fmt.Errorf("collect output `%s`: %w", pattern, err)
	}
	slices.Sort(w.found)
	return Collected{Names: w.found, OnlyInputs: len(w.found) == 0 && w.skipped}, nil
}

// exact is the output of a name without wildcards; an input will do.
func exact(dir, rel string, o CollectOptions) (Collected, error) {
	clean := path.Clean(rel)
	if !filepath.IsLocal(clean) {
		return Collected{}, fmt.Errorf("collect output `%s`: outside of the work directory %s", rel, dir)
	}
	stat := os.Stat
	if o.NoFollow {
		stat = os.Lstat
	}
	switch _, err := stat(filepath.Join(dir, clean)); {
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

type walker struct {
	dir     string
	match   func(string) bool
	o       CollectOptions
	hidden  bool
	depth   int // -1 = all
	inputs  map[string]bool
	above   []fs.FileInfo // directories on the way, against loops of links
	found   []string
	skipped bool
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
		if w.wanted(isDir) && w.match(name) && (w.hidden || e.Name()[0] != '.') {
			if w.inputs[name] {
				w.skipped = true
			} else {
				w.found = append(w.found, name)
			}
		}
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

func (w *walker) wanted(isDir bool) bool {
	switch w.o.Type {
	case "file":
		return !isDir
	case "dir":
		return isDir
	}
	return true
}
