package azblob

import (
	"context"
	"io"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
)

// ahead is the size of the pieces that are fetched ahead of the reader, and
// depth how many of them.
const (
	ahead = 4 * mib
	depth = 4
)

// A piece is a part of a file that is being fetched. data may be read when
// done is closed.
type piece struct {
	data []byte
	err  error
	done chan struct{}
}

// aheadReader reads a large file while its next pieces are on their way:
//
//	read -> | piece | piece | piece | piece | next ... | size
//	          queue, at most depth of them
type aheadReader struct {
	ctx    context.Context
	cancel context.CancelFunc
	s      *Storage
	p      place
	etag   *azcore.ETag
	size   int64
	next   int64 // offset of the first piece not asked for
	queue  []*piece
	rest   []byte // of the piece being read
	free   [][]byte
	used   []byte
	err    error
}

func newAhead(ctx context.Context, s *Storage, p place, first *body, size int64) *aheadReader {
	ctx, cancel := context.WithCancel(ctx)
	r := &aheadReader{ctx: ctx, cancel: cancel, s: s, p: p, etag: first.etag, size: size}
	// The first request was for everything; its beginning is the first piece.
	r.start(func(data []byte) error {
		_, err := io.ReadFull(first, data)
		first.Close()
		return err
	}, false)
	r.fill()
	return r
}

// fill asks for pieces until enough are on their way.
func (r *aheadReader) fill() {
	for len(r.queue) < depth && r.next < r.size {
		offset := r.next
		r.start(func(data []byte) error {
			b, err := r.s.get(r.ctx, r.p, offset, int64(len(data)), r.etag)
			if err != nil {
				return err
			}
			defer b.Close()
			_, err = io.ReadFull(b, data)
			return err
		}, true)
	}
}

func (r *aheadReader) start(get func([]byte) error, counted bool) {
	p := &piece{done: make(chan struct{})}
	if n := len(r.free); n > 0 {
		p.data, r.free = r.free[n-1], r.free[:n-1]
	} else {
		p.data = make([]byte, ahead)
	}
	p.data = p.data[:min(ahead, r.size-r.next)]
	r.next += int64(len(p.data))
	r.queue = append(r.queue, p)
	go func() {
		defer close(p.done)
		if counted {
			release, err := r.s.take(r.ctx)
			if err != nil {
				p.err = err
				return
			}
			defer release()
		}
		p.err = fail(r.ctx, "read", r.p.name, get(p.data))
	}()
}

func (r *aheadReader) Read(b []byte) (int, error) {
	for len(r.rest) == 0 {
		if r.err != nil {
			return 0, r.err
		}
		if r.used != nil {
			r.free, r.used = append(r.free, r.used), nil
			r.fill()
		}
		if len(r.queue) == 0 {
			return 0, io.EOF
		}
		p := r.queue[0]
		<-p.done
		if r.err = p.err; r.err != nil {
			return 0, r.err
		}
		r.queue = r.queue[1:]
		r.rest, r.used = p.data, p.data[:cap(p.data)]
	}
	n := copy(b, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

// Close ends what is on its way.
func (r *aheadReader) Close() error {
	r.cancel()
	for _, p := range r.queue {
		<-p.done
	}
	r.queue, r.rest = nil, nil
	if r.err == nil {
		r.err = io.ErrClosedPipe
	}
	return nil
}
