package azblob

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"sync"

	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/blob"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/blockblob"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/container"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/service"

	"sluice/internal/storage"
)

// Options of New. Service or Open must be set.
type Options struct {
	Service *service.Client
	// Open makes the client when it is first needed, if Service is nil. A
	// failure is returned by the call that needed it, and tried again by the next.
	Open func(ctx context.Context) (*service.Client, error)
	// Parallel is how many requests that move bytes there are at a time, over
	// all calls; 0 is 8. Requests of Create and Open hold a buffer each.
	Parallel int
	// Block is the size of blocks in bytes; 0 is BlockSize of each file.
	Block int64
	// Tier is the access tier of files that are written; "" is the account's.
	Tier string
	// Seen, if set, is told of each file that List finds.
	Seen func(name string, i storage.Info)
}

// Storage is the blobs of one account.
type Storage struct {
	o     Options
	slots chan struct{}

	mu      sync.Mutex
	service *service.Client
}

var (
	_ storage.Storage     = (*Storage)(nil)
	_ storage.Directories = (*Storage)(nil)
	_ storage.Trees       = (*Storage)(nil)
	_ storage.Puts        = (*Storage)(nil)
)

// New makes a storage; it makes no call.
func New(o Options) *Storage {
	if o.Parallel <= 0 {
		o.Parallel = 8
	}
	return &Storage{o: o, slots: make(chan struct{}, o.Parallel), service: o.Service}
}

func (s *Storage) client(ctx context.Context) (*service.Client, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.service != nil {
		return s.service, nil
	}
	if s.o.Open == nil {
		panic("internal error: azblob.Options has neither Service nor Open")
	}
	c, err := s.o.Open(ctx)
	if err != nil {
		return nil, err
	}
	s.service = c
	return c, nil
}

// take waits for one of the places for requests that move bytes.
func (s *Storage) take(ctx context.Context) (release func(), err error) {
	select {
	case s.slots <- struct{}{}:
		return func() { <-s.slots }, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// A place is a name taken apart, with the clients for it.
type place struct {
	name      string // as it was given
	container string
	path      string // "" for the container
	in        *container.Client
}

// at finds a name's place. Slashes around a path do not count: "c/a/" is the
// directory "c/a".
func (s *Storage) at(ctx context.Context, op, name string) (place, error) {
	in, rest, _ := strings.Cut(strings.Trim(name, "/"), "/")
	if in == "" {
		return place{}, &fs.PathError{Op: op, Path: "az://" + name, Err: errors.New("no container is named: az://<container>/<path>")}
	}
	c, err := s.client(ctx)
	if err != nil {
		return place{}, fmt.Errorf("%s az://%s: %w", op, name, err)
	}
	return place{name: name, container: in, path: strings.Trim(rest, "/"), in: c.NewContainerClient(in)}, nil
}

// file is at for what must be below a container.
func (s *Storage) file(ctx context.Context, op, name string) (place, error) {
	p, err := s.at(ctx, op, name)
	if err == nil && p.path == "" {
		err = &fs.PathError{Op: op, Path: "az://" + name, Err: errors.New("this is a container, not a file")}
	}
	return p, err
}

func (p place) blob() *blob.Client       { return p.in.NewBlobClient(p.path) }
func (p place) block() *blockblob.Client { return p.in.NewBlockBlobClient(p.path) }

// prefix is how names in this directory begin.
func (p place) prefix() string {
	if p.path == "" {
		return ""
	}
	return p.path + "/"
}

// base is the last part of the name.
func (p place) base() string {
	if p.path == "" {
		return p.container
	}
	return path.Base(p.path)
}

// isMarker says whether a blob stands for a directory. Headers change the case of keys.
func isMarker(size *int64, metadata map[string]*string) bool {
	if size == nil || *size != 0 {
		return false
	}
	for k, v := range metadata {
		if strings.EqualFold(k, "hdi_isfolder") && v != nil && strings.EqualFold(*v, "true") {
			return true
		}
	}
	return false
}
