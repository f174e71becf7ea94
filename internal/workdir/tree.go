package workdir

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"sluice/internal/storage"
)

// A Tree is the directory that a task's files are in: on this machine, or in a
// storage.
type Tree interface {
	// Collect finds output files, by the rules of the function Collect.
	Collect(pattern string, o CollectOptions) (Collected, error)
	// ReadFile reads a file by its name in the directory; for one that is not
	// there the error satisfies fs.ErrNotExist.
	ReadFile(name string) ([]byte, error)
}

// A Disk is a directory of this machine.
type Disk string

// Collect looks into the directory.
func (d Disk) Collect(pattern string, o CollectOptions) (Collected, error) {
	return Collect(string(d), pattern, o)
}

// ReadFile reads a file.
func (d Disk) ReadFile(name string) ([]byte, error) {
	return os.ReadFile(filepath.Join(string(d), name))
}

// A Listing is a directory of a storage as one call has listed it, so that
// looking for outputs asks the storage nothing more. Storages have no links;
// directories are what names lie below, and markers.
type Listing struct {
	dir  string // az://container/work/xx/…
	all  []storage.Info
	read func(name string) ([]byte, error)
}

// NewListing takes what is below dir, the names relative to it; read is asked
// for the content of files by their name in dir.
func NewListing(dir string, entries []storage.Info, read func(name string) ([]byte, error)) *Listing {
	l := &Listing{dir: dir, all: make([]storage.Info, 0, len(entries)), read: read}
	seen := make(map[string]bool)
	for _, e := range entries {
		e.Name = strings.Trim(e.Name, "/")
		if e.Name == "" || e.IsDir() && seen[e.Name] {
			continue // the marker of dir itself
		}
		for up := path.Dir(e.Name); up != "." && !seen[up]; up = path.Dir(up) {
			seen[up] = true
			l.all = append(l.all, storage.Info{Name: up, Mode: fs.ModeDir})
		}
		if e.IsDir() {
			seen[e.Name] = true
		}
		l.all = append(l.all, e)
	}
	slices.SortFunc(l.all, func(a, b storage.Info) int { return strings.Compare(a.Name, b.Name) })
	l.all = slices.CompactFunc(l.all, func(a, b storage.Info) bool { return a.Name == b.Name && a.IsDir() && b.IsDir() })
	return l
}

// With is the listing with another way to read files: read gets the name and
// the way there was before.
func (l *Listing) With(read func(name string, before func(string) ([]byte, error)) ([]byte, error)) *Listing {
	other := *l
	other.read = func(name string) ([]byte, error) { return read(name, l.read) }
	return &other
}

// Len is the number of files and directories.
func (l *Listing) Len() int { return len(l.all) }

// Stat describes a file or directory by its name in the listed one.
func (l *Listing) Stat(name string) (storage.Info, bool) {
	i, ok := slices.BinarySearchFunc(l.all, path.Clean(name), func(e storage.Info, name string) int { return strings.Compare(e.Name, name) })
	if !ok {
		return storage.Info{}, false
	}
	return l.all[i], true
}

// Below lists the files of a directory at any depth; their names are relative
// to the listed one.
func (l *Listing) Below(dir string) []storage.Info {
	top := path.Clean(dir) + "/"
	if top == "./" {
		top = ""
	}
	i, _ := slices.BinarySearchFunc(l.all, top, func(e storage.Info, name string) int { return strings.Compare(e.Name, name) })
	var files []storage.Info
	for ; i < len(l.all) && strings.HasPrefix(l.all[i].Name, top); i++ {
		if !l.all[i].IsDir() {
			files = append(files, l.all[i])
		}
	}
	return files
}

// Collect finds output files.
func (l *Listing) Collect(pattern string, o CollectOptions) (Collected, error) {
	q, err := newQuery(l.dir, pattern, o)
	switch {
	case err != nil:
		return Collected{}, err
	case q.exact:
		if _, ok := l.Stat(q.rel); ok || path.Clean(q.rel) == "." {
			return Collected{Names: []string{strings.TrimSuffix(q.rel, "/")}}, nil
		}
		return Collected{}, nil
	case q.match == nil:
		return Collected{}, nil
	}
	top := fixedDir(q.rel)
	for _, e := range l.all {
		if level := strings.Count(e.Name, "/"); q.depth >= 0 && level > q.depth {
			continue
		}
		if top == "" || strings.HasPrefix(e.Name, top+"/") {
			q.take(e.Name, e.IsDir())
		}
	}
	return q.collected(), nil
}

// ReadFile reads a file that is in the listing.
func (l *Listing) ReadFile(name string) ([]byte, error) {
	if _, ok := l.Stat(name); !ok {
		return nil, fmt.Errorf("read %s: %w", storage.Join(l.dir, name), fs.ErrNotExist)
	}
	return l.read(name)
}
