package blob

import (
	"fmt"
	"io"
	"maps"
	"net/http"
	"strings"
)

// from makes a chunk of a part of a blob.
func (f *files) from(b *blob, offset, length int64) (*chunk, error) {
	r, w := io.Pipe()
	go func() { w.CloseWithError(b.writeTo(w, offset, length)) }()
	k, err := f.receive(r, length)
	r.Close() // ends the writer if we stopped early; it has no other error
	return k, err
}

// copyBlob is Copy Blob (the service copies in the background), Copy Blob From
// URL and Put Blob From URL (it answers when it is done).
func (c *call) copyBlob() *problem {
	h := c.r.Header
	now := h.Get("x-ms-requires-sync") == "true" || h.Get("x-ms-blob-type") == "BlockBlob"
	if p := c.mayWrite(); p != nil {
		return p
	}
	src, p := c.source(!now)
	if p != nil {
		return p
	}
	defer src.release(&c.s.files)
	id := fmt.Sprintf("%08x-0000-4000-8000-%012x", uint32(c.now.Unix()), c.s.requests.Add(1))
	done := c.now
	if !now {
		done = done.Add(c.s.o.CopyTime)
	}
	// Who uses its address may have put a signature into it.
	source, _, _ := strings.Cut(h.Get("x-ms-copy-source"), "?")
	b := src.but(func(b *blob) {
		b.copy = &copying{id: id, source: source, done: done}
		if given := metadataOf(h); len(given) > 0 {
			b.metadata = given
		}
		b.tier = h.Get("x-ms-access-tier")
		if h.Get("x-ms-copy-source-blob-properties") == "false" {
			b.headers = map[string]string{"Content-Type": "application/octet-stream"}
		}
		if h.Get("x-ms-blob-type") == "BlockBlob" {
			given := headersOf(h, "")
			if h.Get("x-ms-blob-content-type") == "" {
				delete(given, "Content-Type")
			}
			maps.Copy(b.headers, given)
			b.copy = nil
		}
	})
	if p := c.store(b); p != nil {
		b.release(&c.s.files)
		return p
	}
	status := http.StatusAccepted
	if h.Get("x-ms-blob-type") == "BlockBlob" {
		status = http.StatusCreated
	} else {
		c.w.Header().Set("x-ms-copy-id", id)
		c.w.Header().Set("x-ms-copy-status", b.copy.status(c.now))
	}
	c.written(status, b)
	return nil
}

// abortCopy leaves a blob of no bytes, as Azure does.
func (c *call) abortCopy() *problem {
	if p := c.mayWrite(); p != nil {
		return p
	}
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	in := c.account.containers[c.container]
	if in == nil {
		return noContainer()
	}
	old := in.blobs[c.name]
	if old == nil || old.copy == nil || old.copy.id != c.query.Get("copyid") || old.copy.status(c.now) != "pending" {
		return refuse(http.StatusConflict, "NoPendingCopyOperation", "There is currently no pending copy operation.")
	}
	next := &blob{headers: maps.Clone(old.headers), metadata: maps.Clone(old.metadata), tier: old.tier, copy: &copying{id: old.copy.id, source: old.copy.source, done: c.now, aborted: true}}
	c.stamp(next, old)
	in.set(c.name, next, &c.s.files)
	c.written(http.StatusNoContent, next)
	return nil
}
