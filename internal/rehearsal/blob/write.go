package blob

import (
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"net/http"
	"os"
	"time"

	"sluice/internal/rehearsal/iam"
)

const (
	maxPut    = 5000 << 20
	maxBlock  = 4000 << 20
	maxBlocks = 50_000
	maxList   = 16 << 20
)

// body takes what is sent, checking Content-MD5 if there is one.
func (c *call) body(limit int64) (*chunk, string, *problem) {
	switch n := c.r.ContentLength; {
	case n < 0:
		return nil, "", refuse(http.StatusLengthRequired, "MissingContentLengthHeader", "Content-Length was not specified.")
	case n > limit:
		return nil, "", refuse(http.StatusRequestEntityTooLarge, "RequestBodyTooLarge", fmt.Sprintf("The request body is too large and exceeds the maximum permissible limit of %d bytes.", limit))
	}
	if c.r.Header.Get("x-ms-structured-body") != "" {
		return nil, "", notHere("structured bodies")
	}
	k, err := c.s.files.receive(c.r.Body, c.r.ContentLength)
	var local *os.PathError
	switch {
	case errors.As(err, &local):
		return nil, "", refuse(http.StatusInternalServerError, "InternalError", "The rehearsal cannot keep the contents: "+err.Error())
	case err != nil:
		return nil, "", refuse(http.StatusBadRequest, "IncompleteBody", "The request body ended early.")
	}
	want := c.r.Header.Get("Content-MD5")
	if want == "" && c.query.Get("comp") != "" {
		return k, "", nil // only Put Blob keeps a sum
	}
	sum, err := sumOf(k)
	if err != nil {
		k.release(&c.s.files)
		return nil, "", refuse(http.StatusInternalServerError, "InternalError", err.Error())
	}
	if want != "" && want != sum {
		k.release(&c.s.files)
		return nil, "", refuse(http.StatusBadRequest, "Md5Mismatch", "The MD5 value specified in the request did not match with the MD5 value calculated by the server.")
	}
	return k, sum, nil
}

// mayWrite: to write, or only to add what is not there yet.
func (c *call) mayWrite() *problem {
	if c.allowed(iam.BlobWrite, true) {
		return nil
	}
	if !c.allowed(iam.BlobAdd, true) {
		return mismatch()
	}
	b, p := c.lookup()
	if p == nil {
		b.release(&c.s.files)
		return mismatch()
	}
	return nil
}

// store puts a blob in place of what is there, if the conditions hold; the
// blob is ours to release otherwise.
func (c *call) store(b *blob) *problem {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	in := c.account.containers[c.container]
	if in == nil {
		return noContainer()
	}
	old := in.blobs[c.name]
	if p := conditions(c.r.Header, "", old, false); p != nil {
		return p
	}
	c.stamp(b, old)
	in.set(c.name, b, &c.s.files)
	in.drop(c.name, &c.s.files)
	return nil
}

func (c *call) stamp(b, old *blob) {
	b.etag, b.modified, b.created = c.s.nextETag(), c.now.Truncate(time.Second), c.now.Truncate(time.Second)
	if old != nil {
		b.created = old.created
	}
}

func (c *call) putBlob() *problem {
	if c.r.Header.Get("x-ms-copy-source") != "" {
		return c.copyBlob()
	}
	switch kind := c.r.Header.Get("x-ms-blob-type"); kind {
	case "BlockBlob":
	case "AppendBlob", "PageBlob":
		return notHere("blobs of type " + kind)
	default:
		return refuse(http.StatusBadRequest, "MissingRequiredHeader", "x-ms-blob-type must be BlockBlob.")
	}
	if p := c.mayWrite(); p != nil {
		return p
	}
	k, sum, p := c.body(maxPut)
	if p != nil {
		return p
	}
	b := &blob{size: k.size, headers: headersOf(c.r.Header, sum), metadata: metadataOf(c.r.Header), tier: c.r.Header.Get("x-ms-access-tier")}
	if v := c.r.Header.Get("Content-Type"); v != "" && c.r.Header.Get("x-ms-blob-content-type") == "" {
		b.headers["Content-Type"] = v
	}
	b.blocks = []block{{chunk: k}}
	if p := c.store(b); p != nil {
		b.release(&c.s.files)
		return p
	}
	c.w.Header().Set("Content-MD5", sum)
	c.written(http.StatusCreated, b)
	return nil
}

func (c *call) putBlock() *problem {
	id := c.query.Get("blockid")
	if raw, err := base64.StdEncoding.DecodeString(id); err != nil || len(raw) == 0 || len(raw) > 64 {
		return refuse(http.StatusBadRequest, "InvalidQueryParameterValue", "blockid must be base64 of at most 64 bytes.")
	}
	if p := c.mayWrite(); p != nil {
		return p
	}
	var k *chunk
	var p *problem
	if c.r.Header.Get("x-ms-copy-source") != "" {
		k, p = c.blockFromURL()
	} else {
		k, _, p = c.body(maxBlock)
	}
	if p != nil {
		return p
	}
	if p := c.keepBlock(id, k); p != nil {
		k.release(&c.s.files)
		return p
	}
	c.written(http.StatusCreated, nil)
	return nil
}

func (c *call) keepBlock(id string, k *chunk) *problem {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	in := c.account.containers[c.container]
	if in == nil {
		return noContainer()
	}
	pending := in.pending[c.name]
	if pending == nil {
		pending = map[string]*chunk{}
		in.pending[c.name] = pending
	}
	for other := range pending {
		if len(other) != len(id) {
			return refuse(http.StatusBadRequest, "InvalidBlobOrBlock", "The specified blob or block content is invalid: the ids of a blob's blocks have one length.")
		}
		break
	}
	if len(pending) >= 2*maxBlocks {
		return refuse(http.StatusConflict, "BlockCountExceedsLimit", "The uncommitted block count cannot exceed the maximum limit of 100,000 blocks.")
	}
	if old := pending[id]; old != nil {
		old.release(&c.s.files)
	}
	pending[id] = k
	return nil
}

// blockFromURL copies a range of another blob.
func (c *call) blockFromURL() (*chunk, *problem) {
	src, p := c.source(false)
	if p != nil {
		return nil, p
	}
	defer src.release(&c.s.files)
	offset, length, _, p := rangeOf(c.r.Header, "source-range", src.size)
	if p != nil {
		return nil, p
	}
	k, err := c.s.files.from(src, offset, length)
	if err != nil {
		return nil, refuse(http.StatusInternalServerError, "InternalError", err.Error())
	}
	return k, nil
}

// putBlockList makes a blob of blocks: those sent since, and those it has.
func (c *call) putBlockList() *problem {
	if p := c.mayWrite(); p != nil {
		return p
	}
	var list struct {
		Items []struct {
			XMLName xml.Name
			ID      string `xml:",chardata"`
		} `xml:",any"`
	}
	if err := xml.NewDecoder(http.MaxBytesReader(nil, c.r.Body, maxList)).Decode(&list); err != nil {
		return refuse(http.StatusBadRequest, "InvalidXmlDocument", "XML specified is not syntactically valid: "+err.Error())
	}
	if len(list.Items) > maxBlocks {
		return refuse(http.StatusBadRequest, "BlockListTooLong", "The block list may not contain more than 50,000 blocks.")
	}
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	in := c.account.containers[c.container]
	if in == nil {
		return noContainer()
	}
	old := in.blobs[c.name]
	if p := conditions(c.r.Header, "", old, false); p != nil {
		return p
	}
	committed := map[string]*chunk{}
	if old != nil {
		for _, k := range old.blocks {
			if k.id != "" {
				committed[k.id] = k.chunk
			}
		}
	}
	b := &blob{headers: headersOf(c.r.Header, ""), metadata: metadataOf(c.r.Header), tier: c.r.Header.Get("x-ms-access-tier")}
	for _, item := range list.Items {
		var k *chunk
		switch item.XMLName.Local {
		case "Committed":
			k = committed[item.ID]
		case "Uncommitted":
			k = in.pending[c.name][item.ID]
		case "Latest":
			if k = in.pending[c.name][item.ID]; k == nil {
				k = committed[item.ID]
			}
		}
		if k == nil {
			return refuse(http.StatusBadRequest, "InvalidBlockList", "The specified block list is invalid.")
		}
		b.blocks, b.size = append(b.blocks, block{id: item.ID, chunk: k}), b.size+k.size
	}
	b.retain()
	c.stamp(b, old)
	in.set(c.name, b, &c.s.files)
	in.drop(c.name, &c.s.files)
	c.written(http.StatusCreated, b)
	return nil
}

func (c *call) deleteBlob() *problem {
	return c.onBlob(iam.BlobDelete, func(in *container, _ *blob) {
		in.remove(c.name, &c.s.files)
		c.w.Header().Set("x-ms-delete-type-permanent", "true")
		c.written(http.StatusAccepted, nil)
	})
}

// change replaces what a blob is besides its contents.
func (c *call) change(f func(*blob)) *problem {
	return c.onBlob(iam.BlobWrite, func(in *container, old *blob) {
		next := old.but(f)
		c.stamp(next, old)
		in.set(c.name, next, &c.s.files)
		c.written(http.StatusOK, next)
	})
}

// onBlob does f, under the lock, to a blob that is there and meets the
// conditions of the call.
func (c *call) onBlob(action string, f func(in *container, b *blob)) *problem {
	if p := c.need(action); p != nil {
		return p
	}
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	in := c.account.containers[c.container]
	if in == nil {
		return noContainer()
	}
	b := in.blobs[c.name]
	if b == nil {
		return refuse(http.StatusNotFound, "BlobNotFound", "The specified blob does not exist.")
	}
	if p := conditions(c.r.Header, "", b, false); p != nil {
		return p
	}
	f(in, b)
	return nil
}

func (c *call) setTier() *problem {
	tier := c.r.Header.Get("x-ms-access-tier")
	switch tier {
	case "Hot", "Cool", "Cold", "Archive":
	default:
		return refuse(http.StatusBadRequest, "InvalidHeaderValue", "x-ms-access-tier must be Hot, Cool, Cold or Archive.")
	}
	if tier == "Archive" {
		return notHere("archive tier")
	}
	return c.change(func(b *blob) { b.tier = tier })
}
