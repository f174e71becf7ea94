package blob

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"
)

// inMemory is the size up to which contents are kept in memory.
const inMemory = 256 << 10

// files are the contents too large for memory.
type files struct {
	dir  string
	next atomic.Uint64
}

func (f *files) close() error {
	found, err := filepath.Glob(filepath.Join(f.dir, "*.chunk"))
	for _, name := range found {
		err = errors.Join(err, os.Remove(name))
	}
	return err
}

// A chunk is contents that came in one request. It is never changed; it goes
// when nobody refers to it.
type chunk struct {
	data []byte
	file string
	size int64
	refs atomic.Int32
}

// receive takes size bytes.
func (f *files) receive(r io.Reader, size int64) (*chunk, error) {
	k := &chunk{size: size}
	k.refs.Store(1)
	if size <= inMemory {
		k.data = make([]byte, size)
		_, err := io.ReadFull(r, k.data)
		return k, err
	}
	if err := os.MkdirAll(f.dir, 0o700); err != nil {
		return nil, err
	}
	k.file = filepath.Join(f.dir, fmt.Sprintf("%d.chunk", f.next.Add(1)))
	out, err := os.OpenFile(k.file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	n, err := io.CopyBuffer(struct{ io.Writer }{out}, io.LimitReader(r, size), make([]byte, 256<<10))
	if err == nil && n < size {
		err = io.ErrUnexpectedEOF
	}
	if err = errors.Join(err, out.Close()); err != nil {
		return nil, errors.Join(err, os.Remove(k.file))
	}
	return k, nil
}

func (k *chunk) release(f *files) {
	if k.refs.Add(-1) == 0 && k.file != "" {
		// A file that stays is in a directory that goes.
		_ = os.Remove(k.file)
	}
}

// writeTo writes length bytes from offset on.
func (k *chunk) writeTo(w io.Writer, offset, length int64) error {
	if k.file == "" {
		_, err := w.Write(k.data[offset : offset+length])
		return err
	}
	in, err := os.Open(k.file)
	if err != nil {
		return err
	}
	_, err = in.Seek(offset, io.SeekStart)
	if err == nil {
		_, err = io.CopyN(w, in, length)
	}
	return errors.Join(err, in.Close())
}

// A block is a chunk under the name that a client gave it.
type block struct {
	id string
	*chunk
}

// A blob is never changed, but replaced by another. Who keeps one after the
// lock is gone retains it.
type blob struct {
	blocks   []block // ids are "" when it came in one request
	size     int64
	etag     string
	modified time.Time
	created  time.Time
	headers  map[string]string // Content-Type and the like
	metadata map[string]string
	tier     string
	copy     *copying
}

// copying is the last copy that made a blob.
type copying struct {
	id, source string
	done       time.Time // pending before it
	aborted    bool
}

func (c *copying) status(now time.Time) string {
	switch {
	case c.aborted:
		return "aborted"
	case now.Before(c.done):
		return "pending"
	}
	return "success"
}

func (b *blob) retain() *blob {
	for _, k := range b.blocks {
		k.refs.Add(1)
	}
	return b
}

func (b *blob) release(f *files) {
	if b == nil {
		return
	}
	for _, k := range b.blocks {
		k.release(f)
	}
}

// but is a blob with the same contents, changed by f.
func (b *blob) but(f func(*blob)) *blob {
	next := *b.retain()
	next.headers, next.metadata = maps.Clone(b.headers), maps.Clone(b.metadata)
	f(&next)
	return &next
}

// writeTo writes length bytes from offset on.
func (b *blob) writeTo(w io.Writer, offset, length int64) error {
	for _, k := range b.blocks {
		if length == 0 {
			return nil
		}
		if offset >= k.size {
			offset -= k.size
			continue
		}
		n := min(k.size-offset, length)
		if err := k.writeTo(w, offset, n); err != nil {
			return err
		}
		offset, length = 0, length-n
	}
	return nil
}

// container is what a container holds.
type container struct {
	etag     string
	modified time.Time
	blobs    map[string]*blob
	names    index
	pending  map[string]map[string]*chunk // blocks that no list names yet, by blob
}

func newContainer(etag string, now time.Time) *container {
	return &container{etag: etag, modified: now.UTC().Truncate(time.Second), blobs: map[string]*blob{}, pending: map[string]map[string]*chunk{}}
}

func (c *container) set(name string, b *blob, f *files) {
	old := c.blobs[name]
	if c.blobs[name] = b; old == nil {
		c.names.add(name)
	}
	old.release(f)
}

func (c *container) remove(name string, f *files) {
	c.blobs[name].release(f)
	delete(c.blobs, name)
	c.names.remove(name)
}

// drop forgets blocks that were never named by a list.
func (c *container) drop(name string, f *files) {
	for _, k := range c.pending[name] {
		k.release(f)
	}
	delete(c.pending, name)
}

// lookup finds the blob of a call and retains it.
func (c *call) lookup() (*blob, *problem) {
	c.s.mu.RLock()
	defer c.s.mu.RUnlock()
	in := c.account.containers[c.container]
	if in == nil {
		return nil, noContainer()
	}
	b := in.blobs[c.name]
	if b == nil {
		return nil, refuse(http.StatusNotFound, "BlobNotFound", "The specified blob does not exist.")
	}
	return b.retain(), nil
}

func noContainer() *problem {
	return refuse(http.StatusNotFound, "ContainerNotFound", "The specified container does not exist.")
}
