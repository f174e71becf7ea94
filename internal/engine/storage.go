package engine

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"sluice/internal/lang/value"
	"sluice/internal/process"
	"sluice/internal/storage"
	"sluice/internal/storage/http"
	"sluice/internal/storage/local"
	"sluice/internal/workdir"
)

// storages are those of one run, each opened when it is first asked for.
type storages struct {
	// azure opens the storage of az://.
	azure func() (storage.Storage, error)

	mu   sync.Mutex
	open map[string]storage.Storage
	err  map[string]error
}

// of is the storage of a scheme, the same one every time.
func (s *storages) of(scheme string) (storage.Storage, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if found := s.open[scheme]; found != nil || s.err[scheme] != nil {
		return found, s.err[scheme]
	}
	if s.open == nil {
		s.open, s.err = map[string]storage.Storage{}, map[string]error{}
	}
	s.open[scheme], s.err[scheme] = s.make(scheme)
	return s.open[scheme], s.err[scheme]
}

func (s *storages) make(scheme string) (storage.Storage, error) {
	switch scheme {
	case "":
		return &local.Storage{}, nil
	case "http", "https":
		return &http.Storage{Scheme: scheme}, nil
	case "az":
		if s.azure != nil {
			return s.azure()
		}
	}
	return nil, fmt.Errorf("files of `%s://` cannot be read here: copy them to a local directory first", scheme)
}

// trees are directories of storages as they were listed, for those who look
// for outputs and hash inputs.
type trees struct {
	ctx     context.Context
	storage func(scheme string) (storage.Storage, error)

	mu    sync.Mutex
	ready map[string]*workdir.Listing // of tasks that have just ended, taken once
	known map[string]stamp            // files that were seen in a listing, by their URI
	bulk  map[string]*bulk            // work/ab by its URI, of runs that resume
	roots []string                    // work directories whose tasks are listed in bulk
}

// A stamp is how a file is known to have changed.
type stamp struct{ size, modified int64 }

// A bulk is a listing of all tasks' directories of one prefix.
type bulk struct {
	once  sync.Once
	tasks map[string]*workdir.Listing // by the directory's URI
	err   error
}

// list lists a directory now.
func (t *trees) list(dir string) (*workdir.Listing, error) {
	all, err := t.entries(dir)
	if err != nil {
		return nil, fmt.Errorf("list %s: %w", dir, err)
	}
	return t.listing(dir, all), nil
}

func (t *trees) listing(dir string, all []storage.Info) *workdir.Listing {
	return workdir.NewListing(dir, all, func(name string) ([]byte, error) { return t.read(storage.Join(dir, name)) })
}

// entries are all files below a directory; one that is not there has none.
func (t *trees) entries(dir string) ([]storage.Info, error) {
	scheme, name := storage.Split(dir)
	s, err := t.storage(scheme)
	if err != nil {
		return nil, err
	}
	lister, ok := s.(storage.Trees)
	if !ok {
		return nil, fmt.Errorf("directories of `%s://` cannot be listed", scheme)
	}
	all, err := lister.Tree(t.ctx, name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return all, err
}

// read is the content of a small file.
func (t *trees) read(uri string) ([]byte, error) {
	scheme, name := storage.Split(uri)
	s, err := t.storage(scheme)
	if err != nil {
		return nil, err
	}
	f, err := s.Open(t.ctx, name)
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(f)
	return data, errors.Join(err, f.Close())
}

// tail is the end of a file: n bytes, or all if there are fewer.
func (t *trees) tail(ctx context.Context, uri string, n int64) (data []byte, err error) {
	scheme, name := storage.Split(uri)
	s, err := t.storage(scheme)
	if err != nil {
		return nil, err
	}
	if parts, ok := s.(storage.Tails); ok {
		return parts.Tail(ctx, name, n)
	}
	f, err := s.Open(ctx, name)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if data, err = io.ReadAll(f); err != nil {
		return nil, err
	}
	return data[max(0, int64(len(data))-n):], nil
}

// prepare lists the directory of a task that has ended, and reads the files of
// it that will be asked for, so that the loop waits for neither.
func (t *trees) prepare(dir string, files ...string) error {
	l, err := t.list(dir)
	if err != nil {
		return err
	}
	if len(files) > 0 {
		all, err := t.entriesOf(l, files)
		if err != nil {
			return err
		}
		l = all
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.ready == nil {
		t.ready = map[string]*workdir.Listing{}
	}
	t.ready[dir] = l
	return nil
}

// entriesOf is a listing that has the contents of some files with it.
func (t *trees) entriesOf(l *workdir.Listing, files []string) (*workdir.Listing, error) {
	have := map[string][]byte{}
	for _, name := range files {
		data, err := l.ReadFile(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue // told by who misses it
		}
		if err != nil {
			return nil, err
		}
		have[name] = data
	}
	return l.With(func(name string, read func(string) ([]byte, error)) ([]byte, error) {
		if data, ok := have[name]; ok {
			return data, nil
		}
		return read(name)
	}), nil
}

// tree is a directory for those who look for outputs in it.
func (t *trees) tree(dir string) (workdir.Tree, error) {
	t.mu.Lock()
	l := t.ready[dir]
	delete(t.ready, dir)
	t.mu.Unlock()
	if l == nil {
		var err error
		if l, err = t.inBulk(dir); err != nil {
			return nil, err
		}
	}
	if l == nil {
		var err error
		if l, err = t.list(dir); err != nil {
			return nil, err
		}
	}
	return &watched{l, t, dir}, nil
}

// resume lists the directories of tasks in bulk: one call for all that begin
// with the same two digits. It holds for directories as they are when the run
// starts; what this run makes is listed by itself.
func (t *trees) resume(root string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if root != "" {
		t.roots = append(t.roots, root)
	}
}

// inBulk is the directory of a task of an earlier run; nil if dir is no such
// directory.
func (t *trees) inBulk(dir string) (*workdir.Listing, error) {
	t.mu.Lock()
	prefix := ""
	for _, root := range t.roots {
		if rest, ok := strings.CutPrefix(dir, root+"/"); ok && len(rest) == len("ab/")+30 && rest[2] == '/' {
			prefix = root + "/" + rest[:2]
		}
	}
	if prefix == "" {
		t.mu.Unlock()
		return nil, nil
	}
	if t.bulk == nil {
		t.bulk = map[string]*bulk{}
	}
	b := t.bulk[prefix]
	if b == nil {
		b = &bulk{}
		t.bulk[prefix] = b
	}
	t.mu.Unlock()
	b.once.Do(func() { b.tasks, b.err = t.listTasks(prefix) })
	if b.err != nil {
		return nil, fmt.Errorf("list %s: %w", prefix, b.err)
	}
	if l := b.tasks[dir]; l != nil {
		return l, nil
	}
	return t.listing(dir, nil), nil
}

// ahead lists prefixes in the background, some at a time.
func (t *trees) ahead(dirs []string) {
	gate := make(chan struct{}, 16)
	for _, dir := range dirs {
		go func() {
			gate <- struct{}{}
			defer func() { <-gate }()
			_, _ = t.inBulk(dir) // an error is kept for who asks
		}()
	}
}

func (t *trees) listTasks(prefix string) (map[string]*workdir.Listing, error) {
	all, err := t.entries(prefix)
	if err != nil {
		return nil, err
	}
	files := map[string][]storage.Info{}
	for _, f := range all {
		if dir, name, ok := strings.Cut(f.Name, "/"); ok {
			f.Name = name
			files[dir] = append(files[dir], f)
		}
	}
	tasks := make(map[string]*workdir.Listing, len(files))
	for dir, list := range files {
		uri := prefix + "/" + dir
		tasks[uri] = t.listing(uri, list)
	}
	return tasks, nil
}

// A watched tree remembers the files that were found in it.
type watched struct {
	*workdir.Listing
	t   *trees
	dir string
}

// Collect finds output files, and notes what is known of them.
func (w *watched) Collect(pattern string, o workdir.CollectOptions) (workdir.Collected, error) {
	found, err := w.Listing.Collect(pattern, o)
	for _, name := range found.Names {
		if info, ok := w.Stat(name); ok && !info.IsDir() {
			w.t.note(storage.Join(w.dir, name), info)
		}
	}
	return found, err
}

func (t *trees) note(uri string, info storage.Info) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.known == nil {
		t.known = map[string]stamp{}
	}
	t.known[uri] = stamp{info.Size, info.Modified.UnixNano()}
}

// maxListed bounds how many files are remembered from listings.
const maxListed = 200_000

// listed notes a file that a glob came by: who makes it an input need not ask
// for it again.
func (t *trees) listed(uri string, info storage.Info) {
	t.mu.Lock()
	full := len(t.known) >= maxListed
	t.mu.Unlock()
	if !full {
		t.note(uri, info)
	}
}

// stored describes a file or directory without asking the storage about what
// a listing has told.
func (t *trees) stored(p *value.Path) (process.Stored, error) {
	uri := p.URI()
	t.mu.Lock()
	known, ok := t.known[uri]
	t.mu.Unlock()
	if ok {
		return process.Stored{Size: known.size, Modified: time.Unix(0, known.modified)}, nil
	}
	s, err := t.storage(p.Scheme)
	if err != nil {
		return process.Stored{}, fmt.Errorf("open %s: %w", uri, err)
	}
	info, err := s.Stat(t.ctx, p.Name)
	if err != nil {
		return process.Stored{}, err
	}
	if !info.IsDir() {
		if p.Scheme == "az" {
			t.note(uri, info)
		}
		return process.Stored{Size: info.Size, Modified: info.Modified}, nil
	}
	all, err := t.entries(uri)
	if err != nil {
		return process.Stored{}, err
	}
	h := sha256.New()
	for _, f := range all {
		fmt.Fprintf(h, "%d %d %d %s", len(f.Name), f.Size, f.Modified.UnixNano(), f.Name)
	}
	return process.Stored{Digest: hex.EncodeToString(h.Sum(nil)[:16])}, nil
}

// localDir is where this run keeps what must be on this machine: the work
// directory, or one beside the history when that is in a storage.
func (r *run) localDir() string {
	if storage.IsRemote(r.workDir) {
		return filepath.Join(r.stateDir(), "local")
	}
	return r.workDir
}

// storageOf opens the storages that need no configuration.
func storageOf(scheme string) (storage.Storage, error) { return (&storages{}).make(scheme) }
