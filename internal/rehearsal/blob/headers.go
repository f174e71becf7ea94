package blob

import (
	"crypto/md5"
	"encoding/base64"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// contentHeaders are kept with a blob and given back.
var contentHeaders = []string{"Content-Type", "Content-Encoding", "Content-Language", "Content-Disposition", "Cache-Control", "Content-MD5"}

// headersOf reads the x-ms-blob- headers; plain ones count in Put Blob only,
// whose contents they describe.
func headersOf(h http.Header, sum string) map[string]string {
	out := map[string]string{"Content-Type": "application/octet-stream"}
	for _, name := range contentHeaders {
		if v := h.Get("x-ms-blob-" + name); v != "" {
			out[name] = v
		}
	}
	if sum != "" && out["Content-MD5"] == "" {
		out["Content-MD5"] = sum
	}
	return out
}

func sumOf(k *chunk) (string, error) {
	sum := md5.New()
	if err := k.writeTo(sum, 0, k.size); err != nil {
		return "", err
	}
	return base64.StdEncoding.EncodeToString(sum.Sum(nil)), nil
}

const metaPrefix = "X-Ms-Meta-"

func metadataOf(h http.Header) map[string]string {
	out := map[string]string{}
	for k, v := range h {
		if name, ok := strings.CutPrefix(http.CanonicalHeaderKey(k), metaPrefix); ok && name != "" {
			out[name] = strings.Join(v, ",")
		}
	}
	return out
}

// describe sets what Get Blob and Head say of a blob.
func (c *call) describe(b *blob) {
	h := c.w.Header()
	for k, v := range b.headers {
		h.Set(k, v)
	}
	for k, v := range b.metadata {
		h[metaPrefix+k] = []string{v}
	}
	h.Set("ETag", b.etag)
	h.Set("Last-Modified", b.modified.Format(http.TimeFormat))
	h.Set("Accept-Ranges", "bytes")
	h.Set("x-ms-blob-type", "BlockBlob")
	h.Set("x-ms-creation-time", b.created.Format(http.TimeFormat))
	h.Set("x-ms-lease-state", "available")
	h.Set("x-ms-lease-status", "unlocked")
	h.Set("x-ms-server-encrypted", "true")
	h.Set("x-ms-access-tier", b.tierName())
	if b.tier == "" {
		h.Set("x-ms-access-tier-inferred", "true")
	}
	if b.copy != nil {
		h.Set("x-ms-copy-id", b.copy.id)
		h.Set("x-ms-copy-source", b.copy.source)
		h.Set("x-ms-copy-status", b.copy.status(c.now))
		h.Set("x-ms-copy-progress", fmt.Sprintf("%d/%d", b.size, b.size))
		if b.copy.status(c.now) != "pending" {
			h.Set("x-ms-copy-completion-time", b.copy.done.Format(http.TimeFormat))
		}
	}
}

func (b *blob) tierName() string {
	if b.tier == "" {
		return "Hot"
	}
	return b.tier
}

// written says what every writing call says.
func (c *call) written(status int, b *blob) {
	h := c.w.Header()
	if b != nil {
		h.Set("ETag", b.etag)
		h.Set("Last-Modified", b.modified.Format(http.TimeFormat))
	}
	h.Set("x-ms-request-server-encrypted", "true")
	h.Set("Content-Length", "0")
	c.w.WriteHeader(status)
}

// conditions checks If-Match and its relatives on a blob, which is nil if
// there is none; reading says what a failure is called.
func conditions(h http.Header, prefix string, b *blob, reading bool) *problem {
	failed := refuse(http.StatusPreconditionFailed, "ConditionNotMet", "The condition specified using HTTP conditional header(s) is not met.")
	same := failed
	if reading {
		same = refuse(http.StatusNotModified, "ConditionNotMet", failed.message)
	}
	if want := h.Get(prefix + "If-Match"); want != "" && (b == nil || want != "*" && want != b.etag) {
		return failed
	}
	if b == nil {
		return nil
	}
	if not := h.Get(prefix + "If-None-Match"); not == "*" && !reading {
		return refuse(http.StatusConflict, "BlobAlreadyExists", "The specified blob already exists.")
	} else if not == "*" || not != "" && not == b.etag {
		return same
	}
	if since, ok := timeOf(h, prefix+"If-Modified-Since"); ok && !b.modified.After(since) {
		return same
	}
	if since, ok := timeOf(h, prefix+"If-Unmodified-Since"); ok && b.modified.After(since) {
		return failed
	}
	return nil
}

func timeOf(h http.Header, name string) (time.Time, bool) {
	t, err := http.ParseTime(h.Get(name))
	return t, err == nil
}

// rangeOf is the part of a blob that is asked for; all is true when none is.
func rangeOf(h http.Header, header string, size int64) (offset, length int64, all bool, p *problem) {
	text := h.Get("x-ms-" + header)
	if text == "" && header == "range" {
		text = h.Get("Range")
	}
	if text == "" {
		return 0, size, true, nil
	}
	bad := refuse(http.StatusRequestedRangeNotSatisfiable, "InvalidRange", "The range specified is invalid for the current size of the resource.")
	bad.header = http.Header{"Content-Range": {fmt.Sprintf("bytes */%d", size)}}
	spec, ok := strings.CutPrefix(text, "bytes=")
	from, to, dash := strings.Cut(spec, "-")
	if !ok || !dash {
		return 0, size, true, nil // as if it were not there
	}
	offset, err := strconv.ParseInt(from, 10, 64)
	if err != nil || offset < 0 || offset >= size {
		return 0, 0, false, bad
	}
	end := size - 1
	if to != "" {
		if end, err = strconv.ParseInt(to, 10, 64); err != nil || end < offset {
			return 0, 0, false, bad
		}
	}
	return offset, min(end, size-1) - offset + 1, false, nil
}
