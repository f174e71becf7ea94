package http

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"

	"sluice/internal/storage"
)

// Storage reads from web servers by http or https. A name is what follows
// `scheme://`: host, path and query.
type Storage struct {
	Scheme string
	Client *http.Client // nil is http.DefaultClient
	// Attempts is how often a request is made when the server cannot answer
	// for now; 0 is 5. Wait sleeps between them; nil is a doubling delay.
	Attempts int
	Wait     func(ctx context.Context, attempt int) error
}

// ErrReadOnly is the error of all writing methods.
var ErrReadOnly = errors.New("files of web servers cannot be changed")

// Stat asks for size and time of change.
func (s *Storage) Stat(ctx context.Context, name string) (storage.Info, error) {
	resp, err := s.do(ctx, http.MethodHead, name)
	if err != nil {
		return storage.Info{}, err
	}
	resp.Body.Close()
	info := storage.Info{Name: path.Base(strings.SplitN(name, "?", 2)[0]), Size: max(resp.ContentLength, 0)}
	if t, err := http.ParseTime(resp.Header.Get("Last-Modified")); err == nil {
		info.Modified = t
	}
	return info, nil
}

// Open reads a file. An answer that ends early is an error of Read.
func (s *Storage) Open(ctx context.Context, name string) (io.ReadCloser, error) {
	resp, err := s.do(ctx, http.MethodGet, name)
	if err != nil {
		return nil, err
	}
	return resp.Body, nil
}

// List is not possible.
func (s *Storage) List(context.Context, string) ([]storage.Info, error) {
	return nil, errors.New("web servers do not list their files")
}

// Create, Remove and Copy are not possible.
func (s *Storage) Create(context.Context, string, bool) (io.WriteCloser, error) {
	return nil, ErrReadOnly
}
func (s *Storage) Remove(context.Context, string, bool) error { return ErrReadOnly }
func (s *Storage) Copy(context.Context, string, string) error { return ErrReadOnly }

func (s *Storage) do(ctx context.Context, method, name string) (*http.Response, error) {
	attempts := s.Attempts
	if attempts <= 0 {
		attempts = 5
	}
	for attempt := 1; ; attempt++ {
		resp, err := s.once(ctx, method, name)
		var pass *passing
		if err == nil || !errors.As(err, &pass) || attempt == attempts {
			return resp, err
		}
		if err := s.wait(ctx, attempt); err != nil {
			return nil, err
		}
	}
}

// passing marks causes that may be gone at the next attempt.
type passing struct{ error }

func (p *passing) Unwrap() error { return p.error }

func (s *Storage) once(ctx context.Context, method, name string) (*http.Response, error) {
	address := s.Scheme + "://" + name
	req, err := http.NewRequestWithContext(ctx, method, address, nil)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", address, err)
	}
	client := s.Client
	if client == nil {
		client = http.DefaultClient
	}
	resp, err := client.Do(req)
	if err != nil {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		err = fmt.Errorf("read %s: %w", address, Reason(err))
		if dns := (*net.DNSError)(nil); errors.As(err, &dns) && dns.IsNotFound {
			return nil, err
		}
		return nil, &passing{err}
	}
	if resp.StatusCode == http.StatusOK {
		return resp, nil
	}
	resp.Body.Close()
	err = fmt.Errorf("read %s: the server answered %s", address, resp.Status)
	switch {
	case resp.StatusCode == http.StatusNotFound || resp.StatusCode == http.StatusGone:
		return nil, &fs.PathError{Op: "read", Path: address, Err: fs.ErrNotExist}
	case resp.StatusCode == http.StatusForbidden || resp.StatusCode == http.StatusUnauthorized:
		return nil, &fs.PathError{Op: "read", Path: address, Err: fs.ErrPermission}
	case resp.StatusCode == http.StatusTooManyRequests || resp.StatusCode >= 500:
		return nil, &passing{err}
	}
	return nil, err
}

// An Unreachable is a server that did not answer at all.
type Unreachable struct {
	Host string
	Err  error
}

func (u *Unreachable) Error() string {
	text := u.Err.Error()
	if dns := (*net.DNSError)(nil); errors.As(u.Err, &dns) {
		text = dns.Err
	} else if op := (*net.OpError)(nil); errors.As(u.Err, &op) {
		text = op.Err.Error()
	}
	return fmt.Sprintf("cannot reach %s: %s -- check network and proxy", u.Host, text)
}

func (u *Unreachable) Unwrap() error { return u.Err }

// Reason is why a request failed, without the address that the client puts in
// front.
func Reason(err error) error {
	var request *url.Error
	if !errors.As(err, &request) {
		return err
	}
	var fault net.Error
	if u, perr := url.Parse(request.URL); perr == nil && errors.As(request.Err, &fault) {
		return &Unreachable{u.Host, request.Err}
	}
	return request.Err
}

func (s *Storage) wait(ctx context.Context, attempt int) error {
	if s.Wait != nil {
		return s.Wait(ctx, attempt)
	}
	select {
	case <-time.After(time.Duration(1<<attempt) * 250 * time.Millisecond):
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
