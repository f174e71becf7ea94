package rehearsal

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"sluice/internal/rehearsal/iam"
)

// A Sent is what a call asked Batch or the management plane to make or change,
// as it was sent: pools, jobs and tasks can be read here as Azure would see them.
type Sent struct {
	Time    time.Time       `json:"time"`
	Who     string          `json:"who"` // head, or pool/node
	Service string          `json:"service"`
	Method  string          `json:"method"`
	Path    string          `json:"path"`
	Body    json.RawMessage `json:"body"`
}

type sentLog struct {
	clock iam.Clock

	mu  sync.Mutex
	out io.Writer
	err error // the first of writing
}

// add notes the body of a request, which is still to be read by its service.
func (l *sentLog) add(c *caller, service string, r *http.Request) error {
	if l.out == nil || service != serviceBatch && service != serviceARM || r.Method == http.MethodGet || r.Body == nil {
		return nil
	}
	data, err := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(data))
	if err != nil || len(data) == 0 {
		return err
	}
	body := json.RawMessage(data)
	if !json.Valid(data) {
		// Not what these services take; it is kept as text.
		if body, err = json.Marshal(string(data)); err != nil {
			return err
		}
	}
	var line strings.Builder
	enc := json.NewEncoder(&line)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(Sent{l.clock.Now(), c.name, service, r.Method, cleanPath(r.URL), body}); err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.err == nil {
		_, l.err = io.WriteString(l.out, line.String())
	}
	return nil
}

// failed is why not all was written down.
func (l *sentLog) failed() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.err != nil {
		return fmt.Errorf("write the list of what was sent: %w", l.err)
	}
	return nil
}
