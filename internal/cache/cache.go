package cache

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"sync"
	"time"

	"sluice/internal/task"
)

var (
	errState  = errors.New("task state is not known")
	errRecord = errors.New("record is damaged")
	errForm   = errors.New("not a sluice journal, or written by a newer version")
)

// Dir is where a session is kept below the directory of history and caches.
func Dir(stateDir, session string) string {
	return filepath.Join(stateDir, "cache", session)
}

// A Run is one run of a session.
type Run struct {
	Name    string
	Start   time.Time
	End     time.Time // zero while live, or when killed
	Success bool
	Tasks   int // number of records

	first   []int64 // offsets of its records, in order
	removed bool
}

// A Cache is an open session. Its methods may be called from any goroutine.
type Cache struct {
	session string

	mu      sync.Mutex
	file    *os.File
	lock    *os.File // nil for readers
	end     int64
	index   map[task.Hash]int64
	runs    []*Run // by number
	current int    // run that Put belongs to; -1 before StartRun
	damage  []damage
	broken  error // an append failed and could not be undone
}

// Open takes the session's lock and opens it for writing. The end of a record
// that a killed run left is cut off.
func Open(stateDir, session string) (*Cache, error) {
	dir := Dir(stateDir, session)
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, fmt.Errorf("open cache: %w", err)
	}
	lock, err := takeLock(dir, session)
	if err != nil {
		return nil, err
	}
	c := newCache(session)
	c.lock = lock
	c.file, err = os.OpenFile(filepath.Join(dir, "journal"), os.O_RDWR|os.O_CREATE, 0o666)
	if err == nil {
		err = c.load()
	}
	if err == nil && c.end < int64(len(magic)) {
		_, err = c.file.WriteAt([]byte(magic), 0)
		c.end = int64(len(magic))
	}
	if err == nil {
		err = c.file.Truncate(c.end)
	}
	if err != nil {
		err = fmt.Errorf("open cache of session %s: %w", session, err)
		return nil, errors.Join(err, c.Close())
	}
	return c, nil
}

// OpenReader opens a session to look at it; a run may be writing to it. What
// is written later is not seen. fs.ErrNotExist says that there is none.
func OpenReader(stateDir, session string) (*Cache, error) {
	c := newCache(session)
	var err error
	c.file, err = os.Open(filepath.Join(Dir(stateDir, session), "journal"))
	if err == nil {
		err = c.load()
	}
	if err != nil {
		err = fmt.Errorf("open cache of session %s: %w", session, err)
		return nil, errors.Join(err, c.Close())
	}
	return c, nil
}

func newCache(session string) *Cache {
	return &Cache{session: session, index: map[task.Hash]int64{}, current: -1}
}

// load builds the index.
func (c *Cache) load() error {
	info, err := c.file.Stat()
	if err != nil {
		return err
	}
	data := make([]byte, info.Size())
	n, err := io.ReadFull(c.file, data)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return err
	}
	data = data[:n]
	if len(data) < len(magic) && string(data) == magic[:len(data)] {
		return nil // killed before the first record
	}
	if !strings.HasPrefix(string(data[:min(len(data), len(magic))]), magic) {
		return errForm
	}
	c.index = make(map[task.Hash]int64, len(data)/400)
	end, bad := scan(data, c.take)
	c.end, c.damage = end, append(c.damage, bad...)
	return nil
}

// take puts a record into the index.
func (c *Cache) take(offset int64, k kind, payload []byte) {
	bad := func() {
		c.damage = append(c.damage, damage{offset: offset, size: int64(headerSize + len(payload))})
	}
	switch k {
	case kindTask:
		h, ok := peekHash(payload)
		d := &decoder{b: payload}
		d.take(1 + uint64(len(h)))
		run := d.uint()
		if !ok || d.err != nil {
			bad()
			return
		}
		c.index[h] = offset
		if run < uint64(len(c.runs)) {
			r := c.runs[run]
			r.first = append(r.first, offset)
			r.Tasks++
		}
	case kindRunStart, kindRunEnd, kindRunRemoved:
		d := &decoder{b: payload}
		d.version(1)
		number, name, at, ok := d.uint(), d.string(), d.time(), d.byte() == 1
		if d.err != nil || number > uint64(len(c.runs)+len(payload)<<10) {
			bad()
			return
		}
		c.takeRun(k, int(number), name, at, ok)
	default:
		bad()
	}
}

// takeRun knows runs by number, so that a lost record shifts none of them.
func (c *Cache) takeRun(k kind, number int, name string, at time.Time, ok bool) {
	for len(c.runs) <= number {
		c.runs = append(c.runs, &Run{removed: true}) // its start is lost, unless this is it
	}
	r := c.runs[number]
	switch k {
	case kindRunStart:
		*r = Run{Name: name, Start: at}
	case kindRunEnd:
		r.End, r.Success = at, ok
	case kindRunRemoved:
		c.drop(r)
	}
}

// drop takes a run's tasks out of the index, where they are not another's.
func (c *Cache) drop(r *Run) {
	r.removed = true
	gone := make(map[int64]bool, len(r.first))
	for _, o := range r.first {
		gone[o] = true
	}
	for h, o := range c.index {
		if gone[o] {
			delete(c.index, h)
		}
	}
}

// Damage tells of records that could not be read, for a warning; "" when all
// is well. The torn end of a killed run is no damage.
func (c *Cache) Damage() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := 0
	for _, d := range c.damage {
		if !d.torn {
			n++
		}
	}
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("cache of session %s: %d damaged part(s) skipped, the first at byte %d; tasks recorded there run again", c.session, n, c.damage[0].offset)
}

// StartRun begins a run: tasks put from now on are its own.
func (c *Cache) StartRun(name string, at time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	number := len(c.runs)
	if err := c.appendRun(kindRunStart, number, name, at, false); err != nil {
		return err
	}
	c.current = number
	return nil
}

// EndRun ends the run that StartRun began, and waits for the disk.
func (c *Cache) EndRun(at time.Time, success bool) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.current < 0 {
		return errors.New("end run: none was started")
	}
	number := c.current
	c.current = -1
	if err := c.appendRun(kindRunEnd, number, c.runs[number].Name, at, success); err != nil {
		return err
	}
	if err := c.file.Sync(); err != nil {
		return fmt.Errorf("write cache: %w", err)
	}
	return nil
}

// RemoveRun forgets a run and the tasks that no later run took up.
func (c *Cache) RemoveRun(name string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	for number, r := range c.runs {
		if r.Name == name && !r.removed {
			if err := c.appendRun(kindRunRemoved, number, name, time.Time{}, false); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *Cache) appendRun(k kind, number int, name string, at time.Time, ok bool) error {
	e := &encoder{}
	e.byte(1)
	e.uint(uint64(number))
	e.string(name)
	e.time(at)
	e.byte(0)
	if ok {
		e.b[len(e.b)-1] = 1
	}
	if _, err := c.append(k, e.b); err != nil {
		return err
	}
	c.takeRun(k, number, name, at, ok)
	return nil
}

// Put writes a task that ended. An error means that the task will run again
// on -resume: tell the user at once.
func (c *Cache) Put(r *Record) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.current < 0 {
		return errors.New("write cache: no run was started")
	}
	run := c.runs[c.current]
	r.Run = run.Name
	offset, err := c.append(kindTask, r.encode(c.current))
	if err != nil {
		return err
	}
	c.index[r.Hash] = offset
	run.first = append(run.first, offset)
	run.Tasks++
	return nil
}

// append writes a record with one call. When only part of it got to the disk
// that part is cut off again.
func (c *Cache) append(k kind, payload []byte) (offset int64, err error) {
	if c.lock == nil {
		return 0, errors.New("write cache: it was opened for reading")
	}
	if c.broken != nil {
		return 0, c.broken
	}
	b, err := appendRecord(nil, k, payload)
	if err != nil {
		return 0, fmt.Errorf("write cache: %w", err)
	}
	if _, err := c.file.WriteAt(b, c.end); err != nil {
		err = fmt.Errorf("write cache: %w", err)
		if cut := c.file.Truncate(c.end); cut != nil {
			c.broken = errors.Join(err, cut)
		}
		return 0, err
	}
	offset = c.end
	c.end += int64(len(b))
	return offset, nil
}

// Get is the latest record with that hash; ok is false when there is none. A
// record that has been damaged since counts as none, and err says so.
func (c *Cache) Get(h task.Hash) (r *Record, ok bool, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	offset, ok := c.index[h]
	if !ok {
		return nil, false, nil
	}
	r, err = c.read(offset)
	if err != nil {
		return nil, false, err
	}
	return r, true, nil
}

func (c *Cache) read(offset int64) (*Record, error) {
	fail := func(err error) (*Record, error) {
		return nil, fmt.Errorf("read cache of session %s at byte %d: %w", c.session, offset, err)
	}
	b := make([]byte, 1024)
	n, err := c.file.ReadAt(b, offset)
	if err != nil && err != io.EOF {
		return fail(err)
	}
	if n < headerSize || string(b[:4]) != marker {
		return fail(errRecord)
	}
	if size := headerSize + int(uint32(b[4])|uint32(b[5])<<8|uint32(b[6])<<16|uint32(b[7])<<24); size > n {
		if size > maxPayload+headerSize {
			return fail(errRecord)
		}
		b = make([]byte, size)
		if n, err = c.file.ReadAt(b, offset); err != nil && err != io.EOF {
			return fail(err)
		}
	}
	k, payload, _, ok := readRecord(b[:n])
	if !ok || k != kindTask {
		return fail(errRecord)
	}
	r, run, err := decodeRecord(payload)
	if err != nil {
		return fail(err)
	}
	if run < len(c.runs) {
		r.Run = c.runs[run].Name
	}
	return r, nil
}

// Runs are the runs of the session, oldest first, without removed ones.
func (c *Cache) Runs() []Run {
	c.mu.Lock()
	defer c.mu.Unlock()
	var runs []Run
	for _, r := range c.runs {
		if !r.removed {
			runs = append(runs, *r)
		}
	}
	return runs
}

// Tasks are the records of a run in the order in which they were put. After
// an error the walk goes on: only that record is lost.
func (c *Cache) Tasks(run string) iter.Seq2[*Record, error] {
	c.mu.Lock()
	var offsets []int64
	for _, r := range c.runs {
		if r.Name == run && !r.removed {
			offsets = append(offsets, r.first...)
		}
	}
	c.mu.Unlock()
	sort.Slice(offsets, func(i, j int) bool { return offsets[i] < offsets[j] })
	return func(yield func(*Record, error) bool) {
		for _, o := range offsets {
			c.mu.Lock()
			r, err := c.read(o)
			c.mu.Unlock()
			if !yield(r, err) {
				return
			}
		}
	}
}

// Made are the records of a run in the order in which its tasks were made.
func (c *Cache) Made(run string) iter.Seq2[*Record, error] {
	type made struct {
		id     int
		offset int64
	}
	var all []made
	c.mu.Lock()
	for _, r := range c.runs {
		if r.Name != run || r.removed {
			continue
		}
		for _, offset := range r.first {
			m := made{-1, offset} // what cannot be read comes first, with its error
			if rec, err := c.read(offset); err == nil {
				m.id = rec.TaskID
			}
			all = append(all, m)
		}
	}
	c.mu.Unlock()
	sort.SliceStable(all, func(i, j int) bool { return all[i].id < all[j].id })
	return func(yield func(*Record, error) bool) {
		for _, m := range all {
			c.mu.Lock()
			r, err := c.read(m.offset)
			c.mu.Unlock()
			if !yield(r, err) {
				return
			}
		}
	}
}

// Len is the number of different tasks that Get can find.
func (c *Cache) Len() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.index)
}

// Close gives the lock back.
func (c *Cache) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	var err error
	if c.file != nil {
		err = c.file.Close()
		c.file = nil
	}
	if c.lock != nil {
		err = errors.Join(err, dropLock(c.lock))
		c.lock = nil
	}
	if err != nil {
		return fmt.Errorf("close cache: %w", err)
	}
	return nil
}

// Remove deletes a whole session, unless a run is using it.
func Remove(stateDir, session string) error {
	dir := Dir(stateDir, session)
	lock, err := takeLock(dir, session)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := errors.Join(os.RemoveAll(dir), dropLock(lock)); err != nil {
		return fmt.Errorf("remove cache: %w", err)
	}
	return nil
}
