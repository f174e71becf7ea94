package blob

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"sluice/internal/rehearsal/iam"
)

// getBlob is Get Blob and Get Blob Properties.
func (c *call) getBlob() *problem {
	if p := c.need(iam.BlobRead); p != nil {
		return p
	}
	b, p := c.lookup()
	if p != nil {
		return p
	}
	defer b.release(&c.s.files)
	if p := conditions(c.r.Header, "", b, true); p != nil {
		return p
	}
	if c.r.Header.Get("x-ms-structured-body") != "" {
		return notHere("structured bodies")
	}
	h := c.w.Header()
	if c.r.Method == http.MethodHead || c.query.Get("comp") != "" {
		c.describe(b)
		h.Set("Content-Length", fmt.Sprint(b.size))
		if c.query.Get("comp") != "" {
			h.Set("Content-Length", "0")
		}
		c.w.WriteHeader(http.StatusOK)
		return nil
	}
	offset, length, all, p := rangeOf(c.r.Header, "range", b.size)
	if p != nil {
		return p
	}
	c.describe(b)
	h.Set("Content-Length", fmt.Sprint(length))
	status := http.StatusOK
	if !all {
		status = http.StatusPartialContent
		h.Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", offset, offset+length-1, b.size))
		// Of a range, Content-MD5 would be the range's.
		if sum := h.Get("Content-MD5"); sum != "" {
			h.Set("x-ms-blob-content-md5", sum)
			h.Del("Content-MD5")
		}
	}
	c.w.WriteHeader(status)
	if err := b.writeTo(c.w, offset, length); err != nil {
		panic(http.ErrAbortHandler) // the status is out: only a broken connection tells
	}
	return nil
}

func (c *call) getBlockList() *problem {
	if p := c.need(iam.BlobRead); p != nil {
		return p
	}
	kind := strings.ToLower(c.query.Get("blocklisttype"))
	c.s.mu.RLock()
	defer c.s.mu.RUnlock()
	in := c.account.containers[c.container]
	if in == nil {
		return noContainer()
	}
	b, pending := in.blobs[c.name], in.pending[c.name]
	if b == nil && pending == nil {
		return refuse(http.StatusNotFound, "BlobNotFound", "The specified blob does not exist.")
	}
	var out strings.Builder
	out.WriteString(`<?xml version="1.0" encoding="utf-8"?><BlockList>`)
	row := func(id string, size int64) {
		fmt.Fprintf(&out, "<Block><Name>%s</Name><Size>%d</Size></Block>", escape(id), size)
	}
	if kind != "uncommitted" {
		out.WriteString("<CommittedBlocks>")
		if b != nil {
			for _, k := range b.blocks {
				if k.id != "" {
					row(k.id, k.size)
				}
			}
		}
		out.WriteString("</CommittedBlocks>")
	}
	if kind == "uncommitted" || kind == "all" {
		out.WriteString("<UncommittedBlocks>")
		ids := make([]string, 0, len(pending))
		for id := range pending {
			ids = append(ids, id)
		}
		slices.Sort(ids)
		for _, id := range ids {
			row(id, pending[id].size)
		}
		out.WriteString("</UncommittedBlocks>")
	}
	out.WriteString("</BlockList>")
	if b != nil {
		c.w.Header().Set("ETag", b.etag)
		c.w.Header().Set("Last-Modified", b.modified.Format(http.TimeFormat))
		c.w.Header().Set("x-ms-blob-content-length", strconv.FormatInt(b.size, 10))
	}
	c.xml(out.String())
	return nil
}

func (c *call) xml(text string) {
	h := c.w.Header()
	h.Set("Content-Type", "application/xml")
	h.Set("Content-Length", strconv.Itoa(len(text)))
	c.w.WriteHeader(http.StatusOK)
	fmt.Fprint(c.w, text) // who has gone needs no answer
}
