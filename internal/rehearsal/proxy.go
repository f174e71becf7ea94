package rehearsal

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// A proxy is where one caller reaches the rehearsal: plain HTTP for the
// identity endpoint, CONNECT for all else. TLS ends here.
type proxy struct {
	w     *World
	c     *caller
	ca    *authority
	outer *http.Server // speaks as a proxy
	inner *http.Server // speaks as the hosts behind CONNECT
	addr  string
	conns *handed
	done  chan struct{}
}

// Listen opens the proxy of the head at a port of the loopback; 0 is any.
func (w *World) Listen(port int) error {
	p, err := w.newProxy(w.head, port)
	if err != nil {
		return err
	}
	w.mu.Lock()
	w.proxy = p
	w.mu.Unlock()
	return nil
}

// Addr is where the head's proxy listens.
func (w *World) Addr() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.proxy == nil {
		return ""
	}
	return w.proxy.addr
}

func (w *World) newProxy(c *caller, port int) (*proxy, error) {
	if _, err := w.caFile(); err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		return nil, fmt.Errorf("open the proxy of %s: %w", c.name, err)
	}
	p := &proxy{
		w: w, c: c, ca: w.ca, addr: listener.Addr().String(), done: make(chan struct{}),
		conns: &handed{conns: make(chan net.Conn), closed: make(chan struct{}), addr: listener.Addr()},
	}
	// What a client does wrong with TLS is told to the client, not to us.
	quiet := log.New(io.Discard, "", 0)
	p.outer = &http.Server{Handler: http.HandlerFunc(p.front), ErrorLog: quiet, ReadHeaderTimeout: time.Minute}
	p.inner = &http.Server{
		Handler:  http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { w.serve(c, rw, r) }),
		ErrorLog: quiet, ReadHeaderTimeout: 10 * time.Minute,
	}
	w.mu.Lock()
	w.proxies[p] = true
	w.mu.Unlock()
	var serving sync.WaitGroup
	serving.Go(func() { _ = p.outer.Serve(listener) }) // ends with ErrServerClosed
	serving.Go(func() { _ = p.inner.Serve(p.conns) })
	go func() {
		serving.Wait()
		close(p.done)
	}()
	return p, nil
}

func (p *proxy) close() error {
	err := errors.Join(p.outer.Close(), p.inner.Close())
	<-p.done
	return err
}

// front is what comes to the proxy itself.
func (p *proxy) front(rw http.ResponseWriter, r *http.Request) {
	switch {
	case r.Method == http.MethodConnect:
		p.connect(rw, r)
	case r.URL.IsAbs():
		r.Host = r.URL.Host
		service, err := p.w.hostService(r.Host)
		if err == nil && service != serviceIMDS {
			err = &unknownHost{r.Host, "it answers to https only"}
		}
		if err != nil {
			p.w.calls.add(p.c, "other", "refused", r, http.StatusForbidden, "")
			refuse(rw, err)
			return
		}
		p.w.serve(p.c, rw, r)
	case strings.HasPrefix(r.URL.Path, "/msi/token") && p.c.apps != nil:
		p.c.apps.ServeHTTP(rw, r)
		p.w.calls.add(p.c, serviceIMDS, "token", r, http.StatusOK, "")
	case r.URL.Path == "/" && r.Method == http.MethodGet:
		p.w.status(rw)
	default:
		http.NotFound(rw, r)
	}
}

// connect ends the TLS of a client that wants a host of Azure's.
func (p *proxy) connect(rw http.ResponseWriter, r *http.Request) {
	host, port, err := net.SplitHostPort(r.Host)
	if err != nil {
		host, port = r.Host, ""
	}
	host = strings.ToLower(host)
	_, err = p.w.hostService(host)
	if err == nil && port != "443" {
		err = &unknownHost{r.Host, "it answers at port 443 only"}
	}
	if err != nil {
		p.w.calls.add(p.c, "other", "refused", r, http.StatusForbidden, "")
		refuse(rw, err)
		return
	}
	cert, err := p.ca.certificate(host)
	if err != nil {
		http.Error(rw, err.Error(), http.StatusInternalServerError)
		return
	}
	conn, buffered, err := http.NewResponseController(rw).Hijack()
	if err != nil {
		http.Error(rw, err.Error(), http.StatusInternalServerError)
		return
	}
	if _, err := io.WriteString(conn, "HTTP/1.1 200 Connection established\r\n\r\n"); err != nil {
		conn.Close() // the client has gone
		return
	}
	client := net.Conn(conn)
	if n := buffered.Reader.Buffered(); n > 0 { // the client did not wait for our answer
		client = &unread{conn, io.MultiReader(io.LimitReader(buffered.Reader, int64(n)), conn)}
	}
	p.conns.hand(tls.Server(client, &tls.Config{Certificates: []tls.Certificate{*cert}, NextProtos: []string{"http/1.1"}, MinVersion: tls.VersionTLS12}))
}

// unread is a connection of which something was read already.
type unread struct {
	net.Conn
	r io.Reader
}

func (u *unread) Read(p []byte) (int, error) { return u.r.Read(p) }

// handed is a listener whose connections come from the proxy.
type handed struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
	addr   net.Addr
}

func (h *handed) hand(c net.Conn) {
	select {
	case h.conns <- c:
	case <-h.closed:
		c.Close() // nobody is left who would answer
	}
}

func (h *handed) Accept() (net.Conn, error) {
	select {
	case c := <-h.conns:
		return c, nil
	case <-h.closed:
		return nil, net.ErrClosed
	}
}

func (h *handed) Close() error {
	h.once.Do(func() { close(h.closed) })
	return nil
}

func (h *handed) Addr() net.Addr { return h.addr }
