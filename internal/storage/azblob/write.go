package azblob

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/streaming"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/blob"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/blockblob"
	"golang.org/x/sync/errgroup"
)

func (s *Storage) blockSize(size int64) int64 {
	return max(s.o.Block, BlockSize(size))
}

func (s *Storage) tier() *blob.AccessTier {
	if s.o.Tier == "" {
		return nil
	}
	return to.Ptr(blob.AccessTier(s.o.Tier))
}

// newIDs makes ids of length bytes, of which the last four count; 20 where
// nothing is there to be like.
func newIDs(length int) ids {
	if length < 8 {
		length = 20
	}
	prefix := make([]byte, length-4)
	rand.Read(prefix) // never fails
	return ids{prefix: prefix}
}

// what is written besides the contents.
type properties struct {
	metadata    map[string]*string
	contentType *string
	only        *blob.ModifiedAccessConditions // write only if this holds
}

func (p properties) access() *blob.AccessConditions {
	if p.only == nil {
		return nil
	}
	return &blob.AccessConditions{ModifiedAccessConditions: p.only}
}

func (p properties) headers() *blob.HTTPHeaders {
	if p.contentType == nil {
		return nil
	}
	return &blob.HTTPHeaders{BlobContentType: p.contentType}
}

// content is what is sent. When a service answers before it has read all,
// the transport may still read while the client rewinds for the next attempt:
// the lock makes that harmless, for what is then missing from the next body
// makes it too short, and that attempt fails too.
type content struct {
	mu sync.Mutex
	r  io.ReadSeeker
}

func (c *content) Read(b []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.r.Read(b)
}

func (c *content) Seek(offset int64, whence int) (int64, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.r.Seek(offset, whence)
}

// whole writes a file in one call.
func (s *Storage) whole(ctx context.Context, p place, r io.ReadSeeker, with properties) error {
	release, err := s.take(ctx)
	if err != nil {
		return err
	}
	defer release()
	_, err = p.block().Upload(ctx, streaming.NopCloser(&content{r: r}), &blockblob.UploadOptions{
		Metadata: with.metadata, Tier: s.tier(), HTTPHeaders: with.headers(), AccessConditions: with.access(),
	})
	return fail(ctx, "write", p.name, err)
}

// stage sends one block; nothing can be seen of it before commit.
func (s *Storage) stage(ctx context.Context, p place, id string, r io.ReadSeeker) error {
	_, err := p.block().StageBlock(ctx, id, streaming.NopCloser(&content{r: r}), nil)
	return fail(ctx, "write", p.name, err)
}

func (s *Storage) commit(ctx context.Context, p place, blocks []string, with properties) error {
	_, err := p.block().CommitBlockList(ctx, blocks, &blockblob.CommitBlockListOptions{
		Metadata: with.metadata, Tier: s.tier(), HTTPHeaders: with.headers(), AccessConditions: with.access(),
	})
	return fail(ctx, "write", p.name, err)
}

// Put writes a file in one call: for contents that are at hand.
func (s *Storage) Put(ctx context.Context, name string, data []byte) error {
	p, err := s.file(ctx, "write", name)
	if err != nil {
		return err
	}
	return s.whole(ctx, p, bytes.NewReader(data), properties{})
}

// PutNew writes a file in one call if there is none of this name: otherwise
// the error satisfies fs.ErrExist.
func (s *Storage) PutNew(ctx context.Context, name string, data []byte) error {
	p, err := s.file(ctx, "write", name)
	if err != nil {
		return err
	}
	return s.whole(ctx, p, bytes.NewReader(data), properties{only: absent()})
}

func absent() *blob.ModifiedAccessConditions {
	return &blob.ModifiedAccessConditions{IfNoneMatch: to.Ptr(azcore.ETagAny)}
}

// Upload writes a local file, links followed; that it may be run is kept. Blocks are sent straight from
// the file: it needs no memory but that of the connections.
func (s *Storage) Upload(ctx context.Context, local, name string) (err error) {
	p, err := s.file(ctx, "write", name)
	if err != nil {
		return err
	}
	f, err := os.Open(local)
	if err != nil {
		return fmt.Errorf("write az://%s: %w", name, err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("write az://%s: %w", name, err)
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("write az://%s: %w", name, &fs.PathError{Op: "read", Path: local, Err: errors.New("is no regular file")})
	}
	size := info.Size()
	if size > MaxSize {
		return fmt.Errorf("write az://%s: %w", name, tooLarge(size))
	}
	block := s.blockSize(size)
	if size <= block {
		return s.whole(ctx, p, io.NewSectionReader(f, 0, size), properties{metadata: metadataOf(info.Mode())})
	}
	return s.upload(ctx, p, f, size, block, metadataOf(info.Mode()))
}

func (s *Storage) upload(ctx context.Context, p place, f io.ReaderAt, size, block int64, metadata map[string]*string) error {
	id := newIDs(0)
	var blocks []string
	g, within := errgroup.WithContext(ctx)
	for offset := int64(0); offset < size; offset += block {
		release, err := s.take(within)
		if err != nil {
			g.Go(func() error { return err })
			break
		}
		n := id.of(len(blocks))
		blocks = append(blocks, n)
		g.Go(func() error {
			defer release()
			return s.stage(within, p, n, io.NewSectionReader(f, offset, min(block, size-offset)))
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	return s.commit(ctx, p, blocks, properties{metadata: metadata})
}

// Create writes a file, of which nothing can be seen before Close. Directories
// need not exist, the container must.
func (s *Storage) Create(ctx context.Context, name string, appending bool) (io.WriteCloser, error) {
	p, err := s.file(ctx, "write", name)
	if err != nil {
		return nil, err
	}
	w := &writer{ctx: ctx, s: s, p: p, id: newIDs(0)}
	if appending {
		if err := w.continues(); err != nil {
			return nil, err
		}
	}
	return w, nil
}

// writer gathers what is written into blocks:
//
//	Write -> buffer -> blocks on their way -> Close: block list
//	            `----------------------------> Close: one call, if it all fits
type writer struct {
	ctx    context.Context
	s      *Storage
	p      place
	with   properties
	id     ids
	buffer []byte
	blocks []string
	sent   int // blocks of ours
	size   int64
	group  sync.WaitGroup
	mu     sync.Mutex
	err    error // of a block
	closed bool
}

func (w *writer) failure() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.err
}

func (w *writer) Write(data []byte) (int, error) {
	if w.closed {
		return 0, &fs.PathError{Op: "write", Path: "az://" + w.p.name, Err: fs.ErrClosed}
	}
	written := 0
	for len(data) > 0 {
		block := max(w.s.o.Block, growing(w.sent))
		n := min(int(block)-len(w.buffer), len(data))
		w.buffer = append(w.buffer, data[:n]...)
		data, written = data[n:], written+n
		if int64(len(w.buffer)) == block {
			if err := w.flush(); err != nil {
				return written, err
			}
		}
	}
	return written, nil
}

// flush sends the buffer as a block, in the background.
func (w *writer) flush() error {
	if err := w.failure(); err != nil {
		return err
	}
	if w.size += int64(len(w.buffer)); len(w.blocks) == maxBlocks || w.size > MaxSize {
		return fmt.Errorf("write az://%s: %w", w.p.name, tooLarge(w.size))
	}
	release, err := w.s.take(w.ctx)
	if err != nil {
		return err
	}
	id, data := w.id.of(w.sent), w.buffer
	w.blocks, w.sent, w.buffer = append(w.blocks, id), w.sent+1, nil
	w.group.Go(func() {
		defer release()
		if err := w.s.stage(w.ctx, w.p, id, bytes.NewReader(data)); err != nil {
			w.mu.Lock()
			w.err = err
			w.mu.Unlock()
		}
	})
	return nil
}

// Close makes the file what was written, or leaves all as it was.
func (w *writer) Close() error {
	if w.closed {
		return &fs.PathError{Op: "close", Path: "az://" + w.p.name, Err: fs.ErrClosed}
	}
	w.closed = true
	if len(w.blocks) == 0 {
		return w.s.whole(w.ctx, w.p, bytes.NewReader(w.buffer), w.with)
	}
	var err error
	if len(w.buffer) > 0 {
		err = w.flush()
	}
	w.group.Wait()
	if err := errors.Join(err, w.failure()); err != nil {
		return err
	}
	return w.s.commit(w.ctx, w.p, w.blocks, w.with)
}

// continues begins with what the file holds. Small contents are read; of
// large ones the blocks that they are made of are named again, or, if they
// came in one call, moved through us. Who else writes meanwhile makes Close
// an error of kind Changed.
func (w *writer) continues() error {
	have, err := w.p.blob().GetProperties(w.ctx, nil)
	if err != nil {
		err = fail(w.ctx, "write", w.p.name, err)
		var e *Error
		if errors.As(err, &e) && e.Kind == NotFound && e.Code != "ContainerNotFound" {
			w.with.only = absent()
			return nil
		}
		return err
	}
	if isMarker(have.ContentLength, have.Metadata) {
		return &fs.PathError{Op: "write", Path: "az://" + w.p.name, Err: errors.New("is a directory")}
	}
	w.with = properties{metadata: have.Metadata, contentType: have.ContentType, only: &blob.ModifiedAccessConditions{IfMatch: have.ETag}}
	size := int64(0)
	if have.ContentLength != nil {
		size = *have.ContentLength
	}
	if size >= minBlock {
		list, err := w.p.block().GetBlockList(w.ctx, blockblob.BlockListTypeCommitted, nil)
		if err != nil {
			return fail(w.ctx, "write", w.p.name, err)
		}
		if w.adopt(list.CommittedBlocks, size) {
			return nil
		}
	}
	if size == 0 {
		return nil
	}
	in, err := w.s.get(w.ctx, w.p, 0, 0, have.ETag)
	if err != nil {
		return err
	}
	_, err = io.Copy(w, onlyReader{&reader{ctx: w.ctx, name: w.p.name, in: in}})
	return errors.Join(err, in.Close())
}

// adopt takes the blocks of a file as the first of ours.
func (w *writer) adopt(have []*blockblob.Block, size int64) bool {
	var ids []string
	sum, length := int64(0), 0
	for _, b := range have {
		if b.Name == nil || b.Size == nil {
			return false
		}
		raw, err := decode(*b.Name)
		if err != nil || len(raw) < 8 || length != 0 && len(raw) != length {
			return false
		}
		ids, sum, length = append(ids, *b.Name), sum+*b.Size, len(raw)
	}
	if sum != size || length == 0 {
		return false
	}
	w.blocks, w.size, w.id = ids, size, newIDs(length)
	return true
}
