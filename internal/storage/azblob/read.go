package azblob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/blob"
	"golang.org/x/sync/errgroup"
)

// attempts is how often the rest of a body is asked for when it broke off.
// The requests themselves are retried by the client.
const attempts = 5

// body is what one request for a range of a blob gives.
type body struct {
	io.ReadCloser
	size int64 // of what it reads
	etag *azcore.ETag
	blob.DownloadStreamResponse
}

// get asks for length bytes from offset on, or all that follow if length is
// 0; with etag only of that version. What breaks off is resumed.
func (s *Storage) get(ctx context.Context, p place, offset, length int64, etag *azcore.ETag) (*body, error) {
	o := &blob.DownloadStreamOptions{Range: blob.HTTPRange{Offset: offset, Count: length}}
	if etag != nil {
		o.AccessConditions = &blob.AccessConditions{ModifiedAccessConditions: &blob.ModifiedAccessConditions{IfMatch: etag}}
	}
	resp, err := p.blob().DownloadStream(ctx, o)
	if err != nil {
		return nil, fail(ctx, "read", p.name, err)
	}
	b := &body{DownloadStreamResponse: resp, etag: resp.ETag}
	b.ReadCloser = resp.NewRetryReader(ctx, &blob.RetryReaderOptions{MaxRetries: attempts})
	if resp.ContentLength != nil {
		b.size = *resp.ContentLength
	}
	if length > 0 && b.size != length {
		return nil, errors.Join(&Error{Op: "read", Name: p.name, Kind: Unreachable, Message: fmt.Sprintf("%d bytes were asked for, the service announced %d", length, b.size)}, b.Close())
	}
	return b, nil
}

// Open reads a file from its beginning. Large ones are fetched ahead, several
// blocks at a time, all of the version that was there first.
func (s *Storage) Open(ctx context.Context, name string) (io.ReadCloser, error) {
	p, err := s.file(ctx, "read", name)
	if err != nil {
		return nil, err
	}
	first, err := s.get(ctx, p, 0, 0, nil)
	if err != nil {
		return nil, s.orDirectory(ctx, p, err)
	}
	size := int64(0)
	if first.ContentLength != nil {
		size = *first.ContentLength
	}
	if isMarker(&size, first.Metadata) {
		return nil, errors.Join(&fs.PathError{Op: "read", Path: "az://" + name, Err: errors.New("is a directory")}, first.Close())
	}
	if size <= ahead {
		return &reader{ctx: ctx, name: p.name, in: first}, nil
	}
	return newAhead(ctx, s, p, first, size), nil
}

// Tail is the end of a file; nothing before it is read.
func (s *Storage) Tail(ctx context.Context, name string, n int64) (data []byte, err error) {
	p, err := s.file(ctx, "read", name)
	if err != nil {
		return nil, err
	}
	release, err := s.take(ctx)
	if err != nil {
		return nil, err
	}
	defer release()
	have, err := p.blob().GetProperties(ctx, nil)
	if err != nil {
		return nil, fail(ctx, "read", p.name, err)
	}
	if have.ContentLength == nil || *have.ContentLength == 0 || n <= 0 {
		return nil, nil
	}
	size := *have.ContentLength
	in, err := s.get(ctx, p, max(0, size-n), min(n, size), have.ETag)
	if err != nil {
		return nil, err
	}
	data, err = io.ReadAll(onlyReader{&reader{ctx: ctx, name: p.name, in: in}})
	return data, errors.Join(err, in.Close())
}

// orDirectory says that what is not there as a file is a directory, if it is one.
func (s *Storage) orDirectory(ctx context.Context, p place, err error) error {
	var e *Error
	if !errors.As(err, &e) || e.Kind != NotFound || e.Code == "ContainerNotFound" {
		return err
	}
	if found, listErr := s.hasChildren(ctx, p); listErr == nil && found {
		return &fs.PathError{Op: "read", Path: "az://" + p.name, Err: errors.New("is a directory")}
	}
	return err
}

// reader gives errors of a body their type.
type reader struct {
	ctx  context.Context
	name string
	in   io.ReadCloser
}

func (r *reader) Read(b []byte) (int, error) {
	n, err := r.in.Read(b)
	if err != nil && err != io.EOF {
		err = fail(r.ctx, "read", r.name, err)
	}
	return n, err
}

func (r *reader) Close() error { return r.in.Close() }

// Download writes a file to a local one, in place of one of this name, which
// stays as it was if the download fails. Blocks go straight to their place:
// it needs no memory but that of the connections.
func (s *Storage) Download(ctx context.Context, name, local string) (err error) {
	p, err := s.file(ctx, "read", name)
	if err != nil {
		return err
	}
	release, err := s.take(ctx)
	if err != nil {
		return err
	}
	held := true
	free := func() {
		if held {
			release()
			held = false
		}
	}
	defer free()
	first, err := s.get(ctx, p, 0, 0, nil)
	if err != nil {
		return s.orDirectory(ctx, p, err)
	}
	defer func() { err = errors.Join(err, first.Close()) }()
	if isMarker(&first.size, first.Metadata) {
		return &fs.PathError{Op: "read", Path: "az://" + name, Err: errors.New("is a directory")}
	}
	out, err := create(local)
	if err != nil {
		return fmt.Errorf("read az://%s: %w", name, err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(out.Name()))
		}
	}()
	block, size := s.blockSize(first.size), first.size
	err = section(ctx, p.name, out, first, 0, min(block, size))
	if err == nil && size > block {
		free()
		err = s.fetch(ctx, p, out, block, size, first.etag)
	}
	if err == nil && Executable(first.Metadata) {
		err = allow(out)
	}
	if err := errors.Join(err, out.Close()); err != nil {
		return err
	}
	return os.Rename(out.Name(), local)
}

// create makes a file beside the one that is wanted.
func create(local string) (*os.File, error) {
	for n := 0; ; n++ {
		name := filepath.Join(filepath.Dir(local), fmt.Sprintf(".%.200s.%d.%d.part", filepath.Base(local), os.Getpid(), n))
		f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
		if !errors.Is(err, fs.ErrExist) {
			return f, err
		}
	}
}

// fetch gets what is after the first block, each block by a request of its own.
func (s *Storage) fetch(ctx context.Context, p place, out io.WriterAt, block, size int64, etag *azcore.ETag) error {
	g, within := errgroup.WithContext(ctx)
	for offset := block; offset < size; offset += block {
		release, err := s.take(within)
		if err != nil {
			g.Go(func() error { return err })
			break
		}
		g.Go(func() error {
			defer release()
			n := min(block, size-offset)
			b, err := s.get(within, p, offset, n, etag)
			if err != nil {
				return err
			}
			return errors.Join(section(within, p.name, out, b, offset, n), b.Close())
		})
	}
	return g.Wait()
}

// section writes exactly n bytes at offset.
func section(ctx context.Context, name string, out io.WriterAt, in io.Reader, offset, n int64) error {
	got, err := io.CopyBuffer(io.NewOffsetWriter(out, offset), onlyReader{io.LimitReader(in, n)}, make([]byte, 128<<10))
	if err == nil && got != n {
		err = io.ErrUnexpectedEOF
	}
	var local *fs.PathError
	if errors.As(err, &local) {
		return err // of our disk
	}
	return fail(ctx, "read", name, err)
}

// onlyReader hides other methods, so that the buffer is used.
type onlyReader struct{ io.Reader }
