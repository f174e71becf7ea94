package blob

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"sluice/internal/rehearsal/iam"
	"sluice/internal/rehearsal/state"
)

// Options of New. State, Authority and Clock must be set.
type Options struct {
	State     *state.State
	Authority iam.Authority
	Clock     iam.Clock
	Dir       string        // where large contents are; made when needed
	CopyTime  time.Duration // how long Start Copy takes; 0: it is done at once
}

// Service is the Blob service of all accounts. It finds the account in the
// first label of the host, or in the first part of the path when the host is
// an address.
type Service struct {
	o        Options
	accounts map[string]*account
	files    files
	requests atomic.Uint64
	etags    atomic.Uint64

	mu sync.RWMutex // of everything below accounts
}

type account struct {
	state.StorageAccount
	id         string // ARM id
	containers map[string]*container
}

// New makes the service with the accounts and containers of the state.
func New(o Options) (*Service, error) {
	if o.State == nil || o.Authority == nil || o.Clock == nil {
		return nil, errors.New("internal error: blob.Options needs State, Authority and Clock")
	}
	if o.Dir == "" {
		dir, err := os.MkdirTemp("", "sluice-blobs-")
		if err != nil {
			return nil, err
		}
		o.Dir = dir
	}
	s := &Service{o: o, accounts: map[string]*account{}, files: files{dir: o.Dir}}
	for _, a := range o.State.Storage {
		group := o.State.ResourceGroup
		acct := &account{StorageAccount: a, containers: map[string]*container{}, id: fmt.Sprintf(
			"/subscriptions/%s/resourceGroups/%s/providers/Microsoft.Storage/storageAccounts/%s", o.State.Subscription, group, a.Name)}
		if s.accounts[a.Name] != nil {
			return nil, fmt.Errorf("storage account %s is declared twice", a.Name)
		}
		s.accounts[a.Name] = acct
		for _, name := range a.Containers {
			if p := checkContainer(name); p != nil {
				return nil, fmt.Errorf("storage account %s, container `%s`: %s", a.Name, name, p.message)
			}
			acct.containers[name] = newContainer(s.nextETag(), o.Clock.Now())
		}
	}
	return s, nil
}

// Has says whether there is a storage account of this name.
func (s *Service) Has(account string) bool { return s.accounts[account] != nil }

// Close removes the files of large contents.
func (s *Service) Close() error { return s.files.close() }

// A problem is an answer that is none: status, x-ms-error-code and text.
type problem struct {
	status        int
	code, message string
	header        http.Header
}

func (p *problem) Error() string { return fmt.Sprintf("%d %s: %s", p.status, p.code, p.message) }

func refuse(status int, code, message string) *problem {
	return &problem{status: status, code: code, message: message}
}

func notHere(what string) *problem {
	return refuse(http.StatusNotImplemented, "NotImplemented", "The rehearsal's Blob service has no "+what+".")
}

// A call is one request, taken apart.
type call struct {
	s         *Service
	w         http.ResponseWriter
	r         *http.Request
	account   *account
	container string
	name      string
	query     url.Values
	caller    iam.Principal
	sas       bool // authorised by a signature that the state declares
	now       time.Time
	id        string
}

// ServeHTTP answers one call.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c := &call{s: s, w: w, r: r, now: s.o.Clock.Now().UTC()}
	c.id = fmt.Sprintf("%08x-001e-0000-0000-%012x", uint32(c.now.Unix()), s.requests.Add(1))
	h := w.Header()
	h.Set("Server", "Windows-Azure-Blob/1.0")
	h.Set("x-ms-request-id", c.id)
	h.Set("Date", c.now.Format(http.TimeFormat))
	if v := r.Header.Get("x-ms-version"); v != "" {
		h.Set("x-ms-version", v)
	}
	if v := r.Header.Get("x-ms-client-request-id"); v != "" {
		h.Set("x-ms-client-request-id", v)
	}
	p := c.find()
	if p == nil {
		p = c.authenticate()
	}
	if p == nil {
		p = c.dispatch()
	}
	if p != nil {
		c.answer(p)
	}
}

// find takes host and path apart. What is encoded in the path, a slash too,
// belongs to the name.
func (c *call) find() *problem {
	host := c.r.Host
	if host == "" {
		host = c.r.URL.Host
	}
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	rest := strings.TrimPrefix(c.r.URL.EscapedPath(), "/")
	name, _, dotted := strings.Cut(host, ".")
	if !dotted || net.ParseIP(host) != nil {
		name, rest, _ = strings.Cut(rest, "/")
	}
	c.account = c.s.accounts[name]
	if c.account == nil {
		return refuse(http.StatusNotFound, "ResourceNotFound", "The storage account "+name+" does not exist.")
	}
	var p *problem
	if c.container, c.name, p = splitPath(rest); p != nil {
		return p
	}
	query, err := url.ParseQuery(c.r.URL.RawQuery)
	if err != nil {
		return refuse(http.StatusBadRequest, "InvalidQueryParameterValue", "The query cannot be read: "+err.Error())
	}
	c.query = query
	return nil
}

func splitPath(escaped string) (container, name string, p *problem) {
	first, rest, _ := strings.Cut(escaped, "/")
	container, err := url.PathUnescape(first)
	if err == nil {
		name, err = url.PathUnescape(rest)
	}
	if err != nil {
		return "", "", refuse(http.StatusBadRequest, "InvalidUri", "The path cannot be read: "+err.Error())
	}
	return container, name, nil
}

// dispatch finds the operation by method and query.
func (c *call) dispatch() *problem {
	comp, restype := c.query.Get("comp"), c.query.Get("restype")
	for _, v := range []string{"snapshot", "versionid"} {
		if c.query.Get(v) != "" {
			return notHere(v + "s")
		}
	}
	switch {
	case restype == "account" && comp == "properties":
		return c.accountInfo()
	case c.container == "":
		return c.accountCall(comp, restype)
	case restype == "container" || c.name == "" && comp != "":
		return c.containerCall(comp)
	case c.name == "":
		return refuse(http.StatusBadRequest, "InvalidUri", "A blob's name is missing.")
	}
	return c.blobCall(comp)
}

func (c *call) blobCall(comp string) *problem {
	if len(c.name) > 1024*4 || len([]rune(c.name)) > 1024 {
		return refuse(http.StatusBadRequest, "OutOfRangeInput", "A blob's name has at most 1,024 characters.")
	}
	switch c.r.Method + " " + comp {
	case "GET ", "HEAD ":
		return c.getBlob()
	case "HEAD metadata", "GET metadata":
		return c.getBlob()
	case "PUT ":
		return c.putBlob()
	case "PUT block":
		return c.putBlock()
	case "PUT blocklist":
		return c.putBlockList()
	case "GET blocklist":
		return c.getBlockList()
	case "DELETE ":
		return c.deleteBlob()
	case "PUT metadata":
		return c.change(func(b *blob) { b.metadata = metadataOf(c.r.Header) })
	case "PUT properties":
		return c.change(func(b *blob) { b.headers = headersOf(c.r.Header, "") })
	case "PUT tier":
		return c.setTier()
	case "PUT copy":
		return c.abortCopy()
	case "PUT lease":
		return notHere("leases")
	case "PUT snapshot":
		return notHere("snapshots")
	case "GET tags", "PUT tags":
		return notHere("tags")
	case "PUT appendblock":
		return notHere("append blobs")
	case "PUT page", "GET pagelist":
		return notHere("page blobs")
	}
	return refuse(http.StatusMethodNotAllowed, "UnsupportedHttpVerb", "The rehearsal's Blob service has no "+c.r.Method+" with comp="+comp+".")
}

// answer writes a problem as Azure does.
func (c *call) answer(p *problem) {
	h := c.w.Header()
	for k, v := range p.header {
		h[k] = v
	}
	h.Set("x-ms-error-code", p.code)
	if c.r.Method == http.MethodHead || p.status == http.StatusNotModified {
		c.w.WriteHeader(p.status)
		return
	}
	body := `<?xml version="1.0" encoding="utf-8"?><Error><Code>` + escape(p.code) + `</Code><Message>` +
		escape(fmt.Sprintf("%s\nRequestId:%s\nTime:%s", p.message, c.id, c.now.Format("2006-01-02T15:04:05.0000000Z"))) + `</Message></Error>`
	h.Set("Content-Type", "application/xml")
	h.Set("Content-Length", fmt.Sprint(len(body)))
	c.w.WriteHeader(p.status)
	fmt.Fprint(c.w, body) // who has gone needs no answer
}

func (s *Service) nextETag() string { return fmt.Sprintf(`"0x8DD%012X"`, s.etags.Add(1)) }
