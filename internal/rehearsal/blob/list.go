package blob

import (
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"sluice/internal/rehearsal/iam"
)

func escape(s string) string {
	var b strings.Builder
	// Of a strings.Builder no error can come.
	_ = xml.EscapeText(&b, []byte(s))
	return b.String()
}

// nameElement writes a name; what XML cannot hold is encoded, as Azure does.
func nameElement(out *strings.Builder, name string) {
	for _, r := range name {
		if r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == utf8.RuneError || r == 0xFFFE || r == 0xFFFF {
			fmt.Fprintf(out, `<Name Encoded="true">%s</Name>`, url.PathEscape(name))
			return
		}
	}
	fmt.Fprintf(out, "<Name>%s</Name>", escape(name))
}

// checkContainer says what is wrong with a container's name.
func checkContainer(name string) *problem {
	ok := len(name) >= 3 && len(name) <= 63 && !strings.Contains(name, "--") && !strings.HasPrefix(name, "-") && !strings.HasSuffix(name, "-")
	for _, r := range name {
		ok = ok && (r == '-' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z')
	}
	if ok || name == "$root" || name == "$web" {
		return nil
	}
	return refuse(http.StatusBadRequest, "InvalidResourceName", "A container's name has 3 to 63 lower case letters, digits and single hyphens.")
}

func (c *call) accountInfo() *problem {
	h := c.w.Header()
	h.Set("x-ms-sku-name", "Standard_LRS")
	h.Set("x-ms-account-kind", "StorageV2")
	h.Set("x-ms-is-hns-enabled", "false")
	h.Set("Content-Length", "0")
	c.w.WriteHeader(http.StatusOK)
	return nil
}

func (c *call) accountCall(comp, restype string) *problem {
	switch {
	case c.r.Method == http.MethodGet && comp == "list":
		return c.listContainers()
	case restype == "service" && comp == "userdelegationkey":
		return notHere("user delegation keys: use the token itself")
	case comp == "batch":
		return notHere("batches of calls")
	}
	return refuse(http.StatusBadRequest, "InvalidQueryParameterValue", "The rehearsal's Blob service has no such call of the account.")
}

func (c *call) listContainers() *problem {
	if p := c.needAction(readContainer); p != nil {
		return p
	}
	c.s.mu.RLock()
	defer c.s.mu.RUnlock()
	var out strings.Builder
	fmt.Fprintf(&out, `<?xml version="1.0" encoding="utf-8"?><EnumerationResults ServiceEndpoint="%s"><Containers>`, escape(c.endpoint()))
	for _, name := range slices.Sorted(maps.Keys(c.account.containers)) {
		if in := c.account.containers[name]; strings.HasPrefix(name, c.query.Get("prefix")) {
			fmt.Fprintf(&out, "<Container><Name>%s</Name><Properties><Last-Modified>%s</Last-Modified><Etag>%s</Etag><LeaseStatus>unlocked</LeaseStatus><LeaseState>available</LeaseState></Properties></Container>",
				escape(name), in.modified.Format(http.TimeFormat), escape(in.etag))
		}
	}
	out.WriteString("</Containers><NextMarker /></EnumerationResults>")
	c.xml(out.String())
	return nil
}

func (c *call) endpoint() string { return "https://" + c.account.Name + ".blob.core.windows.net/" }

func (c *call) containerCall(comp string) *problem {
	switch c.r.Method + " " + comp {
	case "GET list":
		return c.listBlobs()
	case "GET ", "HEAD ", "GET metadata", "HEAD metadata":
		return c.containerProperties()
	case "PUT ":
		return c.createContainer()
	case "DELETE ":
		return c.deleteContainer()
	case "GET acl", "HEAD acl":
		if p := c.needAction(readContainer); p != nil {
			return p
		}
		c.xml(`<?xml version="1.0" encoding="utf-8"?><SignedIdentifiers />`)
		return nil
	case "PUT lease":
		return notHere("leases")
	}
	return notHere("call of a container with " + c.r.Method + " and comp=" + comp)
}

func (c *call) containerProperties() *problem {
	if p := c.needAction(readContainer); p != nil {
		return p
	}
	c.s.mu.RLock()
	defer c.s.mu.RUnlock()
	in := c.account.containers[c.container]
	if in == nil {
		return noContainer()
	}
	h := c.w.Header()
	for k, v := range map[string]string{
		"ETag": in.etag, "Last-Modified": in.modified.Format(http.TimeFormat), "x-ms-lease-state": "available", "x-ms-lease-status": "unlocked",
		"x-ms-has-immutability-policy": "false", "x-ms-has-legal-hold": "false", "Content-Length": "0",
	} {
		h.Set(k, v)
	}
	c.w.WriteHeader(http.StatusOK)
	return nil
}

func (c *call) createContainer() *problem {
	if p := checkContainer(c.container); p != nil {
		return p
	}
	if p := c.needAction(writeContainer); p != nil {
		return p
	}
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	if c.account.containers[c.container] != nil {
		return refuse(http.StatusConflict, "ContainerAlreadyExists", "The specified container already exists.")
	}
	in := newContainer(c.s.nextETag(), c.now)
	c.account.containers[c.container] = in
	c.written(http.StatusCreated, &blob{etag: in.etag, modified: in.modified})
	return nil
}

func (c *call) deleteContainer() *problem {
	if p := c.needAction(deleteContainer); p != nil {
		return p
	}
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	in := c.account.containers[c.container]
	if in == nil {
		return noContainer()
	}
	for _, b := range in.blobs {
		b.release(&c.s.files)
	}
	for name := range in.pending {
		in.drop(name, &c.s.files)
	}
	delete(c.account.containers, c.container)
	c.written(http.StatusAccepted, nil)
	return nil
}

// listing is one page of List Blobs. A marker is the first name of the next
// page, encoded.
type listing struct {
	prefix, delimiter string
	max               int
	metadata          bool
}

func (c *call) listBlobs() *problem {
	if p := c.need(iam.BlobRead); p != nil {
		return p
	}
	l := listing{prefix: c.query.Get("prefix"), delimiter: c.query.Get("delimiter"), max: 5000}
	for _, v := range strings.Split(strings.Join(c.query["include"], ","), ",") {
		l.metadata = l.metadata || v == "metadata"
	}
	if text := c.query.Get("maxresults"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			return refuse(http.StatusBadRequest, "OutOfRangeQueryParameterValue", "maxresults must be a number of at least 1.")
		}
		l.max = min(n, l.max)
	}
	start := l.prefix
	if text := c.query.Get("marker"); text != "" {
		raw, err := base64.URLEncoding.DecodeString(text)
		if err != nil {
			return refuse(http.StatusBadRequest, "InvalidQueryParameterValue", "marker is none that we gave.")
		}
		start = max(start, string(raw))
	}
	c.s.mu.RLock()
	in := c.account.containers[c.container]
	if in == nil {
		c.s.mu.RUnlock()
		return noContainer()
	}
	text := c.page(in, l, start)
	c.s.mu.RUnlock()
	c.xml(text)
	return nil
}

func (c *call) page(in *container, l listing, start string) string {
	var out strings.Builder
	fmt.Fprintf(&out, `<?xml version="1.0" encoding="utf-8"?><EnumerationResults ServiceEndpoint="%s" ContainerName="%s"><Prefix>%s</Prefix><Marker>%s</Marker><MaxResults>%d</MaxResults>`,
		escape(c.endpoint()), escape(c.container), escape(l.prefix), escape(c.query.Get("marker")), l.max)
	if l.delimiter != "" {
		fmt.Fprintf(&out, "<Delimiter>%s</Delimiter>", escape(l.delimiter))
	}
	out.WriteString("<Blobs>")
	next := ""
	for n := 0; ; n++ {
		name, ok := first(in.names.from(start))
		if !ok || !strings.HasPrefix(name, l.prefix) {
			break
		}
		if n == l.max {
			next = base64.URLEncoding.EncodeToString([]byte(name))
			break
		}
		if group, ok := groupOf(name, l); ok {
			out.WriteString("<BlobPrefix>")
			nameElement(&out, group)
			out.WriteString("</BlobPrefix>")
			start = group + "\xff" // after all that begin with it: names are UTF-8
			continue
		}
		c.row(&out, name, in.blobs[name], l.metadata)
		start = name + "\x00"
	}
	out.WriteString("</Blobs><NextMarker>" + next + "</NextMarker></EnumerationResults>")
	return out.String()
}

func first(names func(func(string) bool)) (string, bool) {
	for n := range names {
		return n, true
	}
	return "", false
}

// groupOf is the part of a name up to the delimiter after the prefix.
func groupOf(name string, l listing) (string, bool) {
	if l.delimiter == "" {
		return "", false
	}
	head, _, found := strings.Cut(name[len(l.prefix):], l.delimiter)
	return l.prefix + head + l.delimiter, found
}

func (c *call) row(out *strings.Builder, name string, b *blob, metadata bool) {
	out.WriteString("<Blob>")
	nameElement(out, name)
	fmt.Fprintf(out, "<Properties><Creation-Time>%s</Creation-Time><Last-Modified>%s</Last-Modified><Etag>%s</Etag><Content-Length>%d</Content-Length>",
		b.created.Format(http.TimeFormat), b.modified.Format(http.TimeFormat), escape(strings.Trim(b.etag, `"`)), b.size)
	for _, k := range contentHeaders {
		if v := b.headers[k]; v != "" {
			fmt.Fprintf(out, "<%s>%s</%s>", k, escape(v), k)
		}
	}
	fmt.Fprintf(out, "<BlobType>BlockBlob</BlobType><AccessTier>%s</AccessTier><LeaseStatus>unlocked</LeaseStatus><LeaseState>available</LeaseState><ServerEncrypted>true</ServerEncrypted>", b.tierName())
	if b.copy != nil {
		fmt.Fprintf(out, "<CopyId>%s</CopyId><CopyStatus>%s</CopyStatus><CopyCompletionTime>%s</CopyCompletionTime>", b.copy.id, b.copy.status(c.now), b.copy.done.Format(http.TimeFormat))
	}
	out.WriteString("</Properties>")
	if metadata && len(b.metadata) > 0 {
		out.WriteString("<Metadata>")
		for _, k := range slices.Sorted(maps.Keys(b.metadata)) {
			fmt.Fprintf(out, "<%s>%s</%s>", k, escape(b.metadata[k]), k)
		}
		out.WriteString("</Metadata>")
	}
	out.WriteString("</Blob>")
}
