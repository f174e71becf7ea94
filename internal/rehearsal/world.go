package rehearsal

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"sluice/internal/rehearsal/batch"
	"sluice/internal/rehearsal/blob"
	"sluice/internal/rehearsal/iam"
	"sluice/internal/rehearsal/registry"
	"sluice/internal/rehearsal/state"
)

// Options of New. The zero value is a rehearsal of the default state.
type Options struct {
	State *state.State // is completed
	Clock iam.Clock    // nil: of the state's speed
	// Dir is where nodes live and the certificate of the proxy lies. Without
	// it there is no proxy, and nodes run nothing.
	Dir string
	// Services take the place of those that are built in, by the names that
	// faults have: blob, batch, arm, vault, registry, prices.
	Services map[string]http.Handler
	Runner   batch.Runner       // runs the tasks of nodes; nil: real processes
	Engine   string             // of containers: "" runs them as plain processes; podman
	Key      []byte             // signs the tokens; nil: a new one
	Minted   func(token string) // is told every token that is given, for tests; nil: nobody is
	Log      io.Writer          // every call, one line of JSON each; nil: none
	Sent     io.Writer          // what calls asked Batch and the management plane for, one Sent a line; nil: none
}

// A World is a rehearsal's Azure while it runs.
type World struct {
	o     Options
	st    *state.State
	clock iam.Clock
	iam   *iam.Store
	ca    *authority
	entra http.Handler
	head  *caller
	start time.Time

	faults []*fault
	healed atomic.Bool
	calls  *callLog
	sent   *sentLog

	mu       sync.Mutex
	services map[string]http.Handler
	proxies  map[*proxy]bool
	closers  []func() error
	proxy    *proxy // the head's
	meter    meter  // nil: nothing is known of pools
	batch    *batch.Service
	images   *registry.Service
}

// New makes the services of a state. Nothing listens yet.
func New(o Options) (*World, error) {
	if o.State == nil {
		o.State = &state.State{}
	}
	o.State.Complete()
	if err := o.State.Check(); err != nil {
		return nil, err
	}
	if o.Clock == nil {
		o.Clock = iam.NewClock(o.State.Speed)
	}
	store, err := iam.New(iam.Options{State: o.State, Clock: o.Clock, Key: o.Key, Minted: o.Minted})
	if err != nil {
		return nil, err
	}
	w := &World{
		o: o, st: o.State, clock: o.Clock, iam: store, entra: store.Entra(), start: o.Clock.Now(),
		services: map[string]http.Handler{}, proxies: map[*proxy]bool{}, calls: newCallLog(o.Clock, o.Log), sent: &sentLog{clock: o.Clock, out: o.Sent},
	}
	if w.faults, err = newFaults(o.State.Faults); err != nil {
		return nil, err
	}
	w.head = w.headCaller()
	if err := w.wire(); err != nil {
		return nil, errors.Join(err, w.Close())
	}
	for name, h := range o.Services {
		w.Mount(name, h)
	}
	return w, nil
}

// Batch is the Batch service; nil if there is no directory and no runner.
func (w *World) Batch() *batch.Service { return w.batch }

// Export writes the blobs there are as files, below Options.Dir: to look at
// when the rehearsal is over. What could not be written is named in left.
func (w *World) Export() (dir string, left []string, err error) {
	w.mu.Lock()
	s, ok := w.services[serviceBlob].(*blob.Service)
	w.mu.Unlock()
	if !ok || w.o.Dir == "" {
		return "", nil, nil
	}
	dir = filepath.Join(w.o.Dir, "storage")
	if err := os.RemoveAll(dir); err != nil {
		return "", nil, err
	}
	left, err = s.Export(dir)
	return dir, left, err
}

// State is what the rehearsal began with.
func (w *World) State() *state.State { return w.st }

// Clock is the time of the rehearsal.
func (w *World) Clock() iam.Clock { return w.clock }

// IAM is who may do what.
func (w *World) IAM() *iam.Store { return w.iam }

// Mount makes h the answer of a service.
func (w *World) Mount(service string, h http.Handler) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.services[service] = h
}

// Close ends what listens and runs.
func (w *World) Close() error {
	w.mu.Lock()
	proxies, closers := w.proxies, w.closers
	w.proxies, w.closers = map[*proxy]bool{}, nil
	w.mu.Unlock()
	// The services first: they own processes that call us.
	var errs []error
	for i := len(closers) - 1; i >= 0; i-- {
		errs = append(errs, closers[i]())
	}
	for p := range proxies {
		errs = append(errs, p.close())
	}
	return errors.Join(append(errs, w.calls.failed(), w.sent.failed())...)
}

// onClose runs f when the World is closed.
func (w *World) onClose(f func() error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.closers = append(w.closers, f)
}

// caFile writes the certificate that clients must trust, once.
func (w *World) caFile() (string, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.o.Dir == "" {
		return "", errors.New("the rehearsal has no directory, so it has no proxy")
	}
	path := filepath.Join(w.o.Dir, "ca.pem")
	if w.ca != nil {
		return path, nil
	}
	ca, err := newAuthority()
	if err != nil {
		return "", fmt.Errorf("make the certificate of the proxy: %w", err)
	}
	if err := os.WriteFile(path, ca.pem, 0o644); err != nil {
		return "", fmt.Errorf("write the certificate of the proxy: %w", err)
	}
	w.ca = ca
	return path, nil
}
