package batch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"

	"sluice/internal/rehearsal/iam"
	"sluice/internal/rehearsal/state"
)

// Options is what a Service is made of.
type Options struct {
	State     *state.State
	Authority iam.Authority
	Clock     iam.Clock
	// Dir is where the nodes live. Without it nothing is written to disk, and
	// only a Runner of one's own can run tasks.
	Dir string
	// Fetch reads a URL as a node does, with the identity of the ARM id ("" for
	// none). A URL of a container with ?restype=container&comp=list&prefix=…
	// gives its listing. Errors of type *FetchError say how it was refused.
	Fetch func(ctx context.Context, node Node, identity, url string) (io.ReadCloser, error)
	// Store writes an output file as a node does; nil: output files are not
	// kept.
	Store func(ctx context.Context, node Node, identity, url string, body io.Reader, size int64) error
	// NodeEnv gives the environment in which a node reaches the rehearsal; it
	// is asked once when the node starts, and closed when the node goes.
	NodeEnv func(node Node) ([]string, func(), error)
	// Runner runs command lines; nil: real processes in the node's directory.
	Runner Runner
	// Registry says whether a node may pull an image with an identity (ARM id;
	// "" for none); nil: any image is there. Errors of type *PullError tell
	// denied from not found.
	Registry func(ctx context.Context, node Node, image, identity string) error
	// Engine runs containers: "" as plain processes, "podman" really.
	Engine string
}

// Node is a machine of a pool.
type Node struct {
	Pool, ID   string
	Identities []iam.Principal
	Dir        string
}

// FetchError is a refused or failed request for a resource file.
type FetchError struct {
	Status        int    // of HTTP; 0: no answer, or no token
	Code, Message string // x-ms-error-code
	NoIdentity    bool   // the node does not carry the identity
}

func (e *FetchError) Error() string {
	if e.NoIdentity {
		return "no token: " + e.Message
	}
	return fmt.Sprintf("%d %s: %s", e.Status, e.Code, e.Message)
}

// PullError is an image that was not pulled.
type PullError struct {
	Denied  bool // else there is no such image
	Message string
}

func (e *PullError) Error() string { return e.Message }

// Command is what a Runner runs.
type Command struct {
	Kind      string // task, prep, release, start
	Node      Node
	Job, Task string
	Line      string   // as it was given
	Args      []string // as Batch splits it
	Dir       string   // the working directory; stdout.txt and stderr.txt lie above it
	Env       []string
	Image     string // of a container; "" on the host
	Options   string // containerRunOptions
	Retry     int    // how often it was retried
}

// Runner runs command lines until they end or ctx does. The error says that
// the command could not be started; of one that started it is nil.
type Runner interface {
	Run(ctx context.Context, c Command) (exit int, err error)
}

// RunnerFunc is a function as a Runner.
type RunnerFunc func(ctx context.Context, c Command) (int, error)

// Run implements Runner.
func (f RunnerFunc) Run(ctx context.Context, c Command) (int, error) { return f(ctx, c) }

// Service is one Batch account.
type Service struct {
	opts    Options
	state   *state.State
	clock   iam.Clock
	account string // ARM id
	start   time.Time

	mu      sync.Mutex
	closed  bool
	turns   chan struct{} // a place for each task that may really run; nil: any number
	running sync.WaitGroup
	timers  map[*timer]struct{}
	serial  int64 // of ETags, request ids
	pools   map[string]*pool
	gone    []*pool // deleted ones, for what they cost
	jobs    map[string]*job
	jobList []*job
	faults  []*fault
	ended   map[string]time.Time // pools that are gone, by operation
}

type timer struct{ stop func() bool }

// New makes the account with the pools that the state declares.
func New(o Options) (*Service, error) {
	if o.State == nil || o.Authority == nil || o.Clock == nil {
		return nil, errors.New("batch: state, authority and clock are needed")
	}
	if o.Dir == "" && o.Runner == nil {
		return nil, errors.New("batch: without a directory for the nodes a runner is needed")
	}
	if o.Engine != "" && o.Engine != "podman" {
		return nil, fmt.Errorf("batch: engine %q is unknown: leave it out, or podman", o.Engine)
	}
	if o.Dir != "" {
		dir, err := filepath.Abs(o.Dir)
		if err != nil {
			return nil, fmt.Errorf("find the nodes' directory: %w", err)
		}
		o.Dir = dir
	}
	real := o.Runner == nil
	if real {
		o.Runner = &processes{engine: o.Engine}
	}
	s := &Service{
		opts: o, state: o.State, clock: o.Clock, start: o.Clock.Now(),
		timers: map[*timer]struct{}{}, pools: map[string]*pool{}, jobs: map[string]*job{}, ended: map[string]time.Time{},
	}
	st := o.State
	if real {
		n := st.Batch.Processes
		if n <= 0 {
			n = 2 * runtime.NumCPU()
		}
		s.turns = make(chan struct{}, n)
	}
	s.account = st.BatchID()
	s.faults = faultsOf(st.Faults)
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range st.Pools {
		if err := s.declare(p); err != nil {
			return nil, fmt.Errorf("pool %s: %w", p.Name, err)
		}
	}
	return s, nil
}

// Account is the ARM id of the Batch account.
func (s *Service) Account() string { return s.account }

// Endpoint is the host of the data plane.
func (s *Service) Endpoint() string { return s.state.BatchHost() }

// Close ends all tasks and nodes and waits for them.
func (s *Service) Close() {
	s.mu.Lock()
	s.closed = true
	for t := range s.timers {
		t.stop()
	}
	clear(s.timers)
	for _, p := range s.pools {
		for _, n := range p.nodes {
			n.cancel(errClosed)
		}
	}
	s.mu.Unlock()
	s.running.Wait()
	for _, p := range s.pools {
		for _, n := range p.nodes {
			if n.unplug != nil {
				n.unplug()
				n.unplug = nil
			}
		}
	}
	if p, ok := s.opts.Runner.(*processes); ok {
		_ = p.guard.Close() // nothing runs any more: a guard that somebody killed is not missed
	}
}

// Node finds a node as it is now: a fault may have taken an identity from it.
func (s *Service) Node(pool, id string) (Node, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.pools[strings.ToLower(pool)]
	if p == nil {
		return Node{}, false
	}
	n := p.node(id)
	if n == nil {
		return Node{}, false
	}
	return n.public(), true
}

// after calls f with the lock held, d later, unless it is stopped or the
// service closed. The caller holds the lock.
func (s *Service) after(d time.Duration, f func()) (stop func()) {
	t := &timer{}
	s.timers[t] = struct{}{}
	t.stop = s.clock.AfterFunc(max(d, 0), func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if _, ok := s.timers[t]; ok {
			delete(s.timers, t)
			f()
		}
	})
	return func() {
		if _, ok := s.timers[t]; ok {
			delete(s.timers, t)
			t.stop()
		}
	}
}

// spawn runs f without the lock; Close waits for it. The caller holds the
// lock.
func (s *Service) spawn(f func()) {
	if s.closed {
		return
	}
	s.running.Add(1)
	go func() {
		defer s.running.Done()
		f()
	}()
}

// etag is a new ETag.
func (s *Service) etag() string {
	s.serial++
	return fmt.Sprintf("0x8D%013X", s.serial)
}

// now is the time in the steps of 100 ns that answers have, so that a client
// can ask for what happened since a time that it was told.
func (s *Service) now() time.Time { return s.clock.Now().UTC().Truncate(100 * time.Nanosecond) }
