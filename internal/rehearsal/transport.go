package rehearsal

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
)

// Transport carries the head's calls to the rehearsal without sockets, for
// tests: it works in virtual time.
func (w *World) Transport() http.RoundTripper { return &transport{w, w.head} }

// NodeTransport is Transport for a node.
func (w *World) NodeTransport(n Node) http.RoundTripper { return &transport{w, w.nodeCaller(n)} }

type transport struct {
	w *World
	c *caller
}

// errDropped is how a broken connection looks in process.
var errDropped = errors.New("connection reset by the rehearsal")

func (t *transport) RoundTrip(req *http.Request) (resp *http.Response, err error) {
	if req.Body != nil {
		defer req.Body.Close()
	}
	if err := req.Context().Err(); err != nil {
		return nil, err
	}
	if service, err := t.w.hostService(req.URL.Host); err == nil && req.URL.Scheme != scheme(service) {
		return nil, fmt.Errorf("%s answers at %s://%s only", service, scheme(service), req.URL.Host)
	}
	answer := newBuffer()
	dropped := t.answer(answer, inbound(req))
	if err := req.Context().Err(); err != nil {
		return nil, err
	}
	if dropped && answer.status == 0 {
		return nil, fmt.Errorf("%s %s: %w", req.Method, req.URL.Host, errDropped)
	}
	answer.WriteHeader(http.StatusOK)
	body := io.Reader(bytes.NewReader(answer.body.Bytes()))
	length := int64(answer.body.Len())
	if given, err := strconv.ParseInt(answer.header.Get("Content-Length"), 10, 64); err == nil {
		length = given
	}
	if dropped {
		body = io.MultiReader(body, broken{})
	}
	if req.Method == http.MethodHead {
		body = bytes.NewReader(nil)
	}
	return &http.Response{
		Status: strconv.Itoa(answer.status) + " " + http.StatusText(answer.status), StatusCode: answer.status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: answer.header, Body: io.NopCloser(body), ContentLength: length, Request: req,
	}, nil
}

// answer is true if the connection was broken.
func (t *transport) answer(rw http.ResponseWriter, r *http.Request) (dropped bool) {
	defer func() {
		if err := recover(); err != nil {
			if err != http.ErrAbortHandler { //nolint:errorlint // the very value is what net/http asks for
				panic(err)
			}
			dropped = true
		}
	}()
	t.w.serve(t.c, rw, r)
	return false
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// inbound makes of a client's request the one that a server sees.
func inbound(req *http.Request) *http.Request {
	r := req.Clone(req.Context())
	// A server reads names in their usual form; clients may write others.
	for name, values := range req.Header {
		if usual := http.CanonicalHeaderKey(name); usual != name {
			delete(r.Header, name)
			r.Header[usual] = append(r.Header[usual], values...)
		}
	}
	if r.Host == "" {
		r.Host = req.URL.Host
	}
	r.RequestURI = req.URL.RequestURI()
	r.URL.Scheme, r.URL.Host = "", ""
	r.RemoteAddr = "127.0.0.1:0"
	if r.Body == nil {
		r.Body = http.NoBody
	}
	return r
}

// scheme is how a service is called: the identity endpoint has no TLS.
func scheme(service string) string {
	if service == serviceIMDS {
		return "http"
	}
	return "https"
}
