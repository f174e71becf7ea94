package storagetest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"sluice/internal/storage"
)

// Memory is a storage that keeps files under flat names, as object stores do.
// Its zero value is empty. Calls counts the calls of every method.
type Memory struct {
	mu    sync.Mutex
	files map[string]object
	Calls map[string]int
}

type object struct {
	data []byte
	dir  bool
	at   time.Time
}

func (m *Memory) lock(call string) func() {
	m.mu.Lock()
	if m.files == nil {
		m.files, m.Calls = map[string]object{}, map[string]int{}
	}
	m.Calls[call]++
	return m.mu.Unlock
}

func absent(op, name string) error {
	return &fs.PathError{Op: op, Path: name, Err: fs.ErrNotExist}
}

func notDir(op, name string) error {
	return &fs.PathError{Op: op, Path: name, Err: errors.New("is no directory")}
}

// holds says whether something lies below a name.
func (m *Memory) holds(name string) bool {
	for n := range m.files {
		if strings.HasPrefix(n, name+"/") {
			return true
		}
	}
	return false
}

func (o object) info(name string) storage.Info {
	i := storage.Info{Name: name, Size: int64(len(o.data)), Modified: o.at}
	if o.dir {
		i.Mode = fs.ModeDir
	}
	return i
}

// Stat describes a file, or a directory that something lies below.
func (m *Memory) Stat(_ context.Context, name string) (storage.Info, error) {
	defer m.lock("Stat")()
	name = strings.TrimSuffix(name, "/")
	if o, ok := m.files[name]; ok {
		return o.info(path.Base(name)), nil
	}
	for n := range m.files {
		if strings.HasPrefix(n, name+"/") {
			return storage.Info{Name: path.Base(name), Mode: fs.ModeDir}, nil
		}
	}
	return storage.Info{}, absent("stat", name)
}

// List describes one level.
func (m *Memory) List(_ context.Context, dir string) ([]storage.Info, error) {
	defer m.lock("List")()
	dir = strings.TrimSuffix(dir, "/")
	if o, ok := m.files[dir]; ok && !o.dir {
		return nil, notDir("list", dir)
	}
	found := map[string]storage.Info{}
	for n, o := range m.files {
		rest, ok := strings.CutPrefix(n, dir+"/")
		if !ok {
			continue
		}
		if first, _, deeper := strings.Cut(rest, "/"); deeper {
			found[first] = storage.Info{Name: first, Mode: fs.ModeDir}
		} else {
			found[rest] = o.info(rest)
		}
	}
	if _, marker := m.files[dir]; len(found) == 0 && !marker {
		return nil, absent("list", dir)
	}
	return ordered(found), nil
}

func ordered(found map[string]storage.Info) []storage.Info {
	var list []storage.Info
	for _, i := range found {
		list = append(list, i)
	}
	slices.SortFunc(list, func(a, b storage.Info) int { return strings.Compare(a.Name, b.Name) })
	return list
}

// Tree describes all files below a directory.
func (m *Memory) Tree(_ context.Context, dir string) ([]storage.Info, error) {
	defer m.lock("Tree")()
	dir = strings.TrimSuffix(dir, "/")
	found := map[string]storage.Info{}
	_, there := m.files[dir]
	for n, o := range m.files {
		if rest, ok := strings.CutPrefix(n, dir+"/"); ok {
			there = true
			if !o.dir || rest != "" && !m.holds(n) {
				found[rest] = o.info(rest)
			}
		}
	}
	if !there {
		return nil, absent("list", dir)
	}
	return ordered(found), nil
}

// Open reads a file.
func (m *Memory) Open(_ context.Context, name string) (io.ReadCloser, error) {
	defer m.lock("Open")()
	o, ok := m.files[name]
	if o.dir || !ok && m.holds(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: errors.New("is a directory")}
	}
	if !ok {
		return nil, absent("open", name)
	}
	return io.NopCloser(bytes.NewReader(o.data)), nil
}

type memoryWriter struct {
	bytes.Buffer
	m    *Memory
	ctx  context.Context
	name string
}

func (w *memoryWriter) Close() error {
	if w.ctx.Err() != nil {
		return context.Cause(w.ctx)
	}
	return w.m.Put(w.ctx, w.name, w.Bytes())
}

// Create writes a file when it is closed.
func (m *Memory) Create(ctx context.Context, name string, appending bool) (io.WriteCloser, error) {
	defer m.lock("Create")()
	w := &memoryWriter{m: m, ctx: ctx, name: name}
	if appending {
		w.Write(m.files[name].data)
	}
	return w, nil
}

// Put writes a file.
func (m *Memory) Put(_ context.Context, name string, data []byte) error {
	defer m.lock("Put")()
	m.files[name] = object{data: bytes.Clone(data), at: time.Now()}
	return nil
}

// Remove deletes.
func (m *Memory) Remove(_ context.Context, name string, all bool) error {
	defer m.lock("Remove")()
	name = strings.TrimSuffix(name, "/")
	if !all && m.holds(name) {
		return &fs.PathError{Op: "remove", Path: name, Err: errors.New("directory is not empty")}
	}
	delete(m.files, name)
	for n := range m.files {
		if all && strings.HasPrefix(n, name+"/") {
			delete(m.files, n)
		}
	}
	return nil
}

// Copy copies a file, or all below a directory.
func (m *Memory) Copy(_ context.Context, from, to string) error {
	defer m.lock("Copy")()
	found := false
	for n, o := range m.files {
		if rest, ok := strings.CutPrefix(n, from); ok && (rest == "" || rest[0] == '/') {
			found = true
			m.files[to+rest] = object{data: o.data, dir: o.dir, at: time.Now()}
		}
	}
	if !found {
		return absent("copy", from)
	}
	return nil
}

// Mkdir makes the marker of an empty directory.
func (m *Memory) Mkdir(_ context.Context, name string, all bool) error {
	defer m.lock("Mkdir")()
	name = strings.TrimSuffix(name, "/")
	o, ok := m.files[name]
	switch {
	case ok && !o.dir, !all && (ok || m.holds(name)):
		return &fs.PathError{Op: "mkdir", Path: name, Err: fs.ErrExist}
	case ok || m.holds(name):
		return nil
	}
	m.files[name] = object{dir: true, at: time.Now()}
	return nil
}

// Rename moves.
func (m *Memory) Rename(ctx context.Context, from, to string) error {
	if err := m.Copy(ctx, from, to); err != nil {
		return err
	}
	return m.Remove(ctx, from, true)
}

// Names lists all files below a name, markers of directories with a slash.
func (m *Memory) Names(below string) []string {
	defer m.lock("Names")()
	var list []string
	for n, o := range m.files {
		if strings.HasPrefix(n, below) {
			if o.dir {
				n += "/"
			}
			list = append(list, n)
		}
	}
	slices.Sort(list)
	return list
}
