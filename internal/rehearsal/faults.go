package rehearsal

import (
	"bytes"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"sluice/internal/rehearsal/state"
)

// A fault is one of the state's that is an answer, with how often it has come up.
type fault struct {
	state.Fault
	path *regexp.Regexp

	mu    sync.Mutex
	calls int // that fit
	fired int
}

func newFaults(all []state.Fault) ([]*fault, error) {
	var faults []*fault
	for i, f := range all {
		if f.Event != "" {
			continue // happens to pools and nodes: the Batch service does that
		}
		re, err := regexp.Compile(f.Path)
		if err != nil {
			return nil, &state.Problem{At: fmt.Sprintf("faults[%d].path", i), Message: err.Error()}
		}
		faults = append(faults, &fault{Fault: f, path: re})
	}
	return faults, nil
}

// fires says whether it is this call's turn.
func (f *fault) fires(c *caller, service string, r *http.Request) bool {
	if f.Service != "" && f.Service != service || f.Method != "" && !strings.EqualFold(f.Method, r.Method) || f.From != "" && f.From != c.from() {
		return false
	}
	if !f.path.MatchString(r.URL.RequestURI()) {
		return false
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls++
	n := f.calls - f.After - 1
	if n < 0 || n%max(f.Every, 1) != 0 || f.Times > 0 && f.fired >= f.Times {
		return false
	}
	f.fired++
	return true
}

// Heal ends the faults that are answers: from now on all calls are answered
// rightly. What already happened to pools and nodes stays.
func (w *World) Heal() { w.healed.Store(true) }

// withFaults answers a request, wrongly if it is the turn of a fault.
func (w *World) withFaults(c *caller, service string, next http.Handler, rw http.ResponseWriter, r *http.Request) {
	if w.healed.Load() {
		next.ServeHTTP(rw, r)
		return
	}
	for _, f := range w.faults {
		if f.fires(c, service, r) {
			if w.wrong(f, service, next, rw, r) {
				return
			}
		}
	}
	next.ServeHTTP(rw, r)
}

// wrong is what a fault does. It is false if the right answer shall follow.
func (w *World) wrong(f *fault, service string, next http.Handler, rw http.ResponseWriter, r *http.Request) bool {
	if f.Delay > 0 {
		if err := w.clock.Sleep(r.Context(), f.Delay); err != nil {
			panic(http.ErrAbortHandler) // who called has gone
		}
	}
	if f.ShortRead {
		answer := newBuffer()
		next.ServeHTTP(answer, r)
		answer.half(rw)
		panic(http.ErrAbortHandler)
	}
	if f.AfterEffect {
		next.ServeHTTP(newBuffer(), r)
	}
	switch {
	case f.Drop, f.AfterEffect && f.Status == 0:
		panic(http.ErrAbortHandler)
	case f.Status == 0 && f.Code == "":
		return f.AfterEffect
	}
	status, code, message := f.Status, f.Code, f.Message
	if status == 0 {
		status = http.StatusInternalServerError
	}
	if code == "" {
		code = defaultCode(service, status)
	}
	if message == "" {
		message = "a fault of the rehearsal"
	}
	if f.RetryAfter > 0 {
		rw.Header().Set("Retry-After", strconv.Itoa(max(1, int(f.RetryAfter/time.Second))))
	}
	writeError(rw, service, status, code, message)
	return true
}

// A buffer is an answer that nobody has got yet.
type buffer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func newBuffer() *buffer { return &buffer{header: http.Header{}} }

func (b *buffer) Header() http.Header { return b.header }

func (b *buffer) WriteHeader(status int) {
	if b.status == 0 && status >= 200 {
		b.status = status
	}
}

func (b *buffer) Write(p []byte) (int, error) {
	b.WriteHeader(http.StatusOK)
	return b.body.Write(p)
}

// half gives the whole head of the answer and half of its body.
func (b *buffer) half(rw http.ResponseWriter) {
	for k, v := range b.header {
		rw.Header()[k] = v
	}
	rw.Header().Set("Content-Length", strconv.Itoa(b.body.Len()))
	b.WriteHeader(http.StatusOK)
	rw.WriteHeader(b.status)
	rw.Write(b.body.Bytes()[:b.body.Len()/2])  // the caller is gone if this fails
	_ = http.NewResponseController(rw).Flush() // in process there is nothing to flush
}
