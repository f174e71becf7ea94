package web

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"sluice/internal/observe"
	"sluice/internal/task"
)

const (
	queued   = 4096             // messages that may wait
	patience = 5 * time.Second  // for one answer
	farewell = 10 * time.Second // for what waits when the run has ended
	attempts = 3                // failures in a row after which the address is left alone
)

// Options say where messages go and what is known besides the events.
type Options struct {
	URL        string
	BasicToken string // user:password of basic authorization; never shown
	Agent      string // the header User-Agent
	Trace      func(*task.Task, time.Time) map[string]any
	Warn       func(string) // told once, when a message does not arrive
}

// A Sender is the observer.
type Sender struct {
	o        Options
	client   *http.Client
	queue    chan message
	done     chan struct{}
	stop     context.CancelFunc
	ctx      context.Context
	once     sync.Once
	launch   observe.Launch
	shutdown sync.Once
	counts   observe.Counts
}

// A message is the body of one POST, as Nextflow's plugin sends it.
type message struct {
	RunName  string         `json:"runName"`
	RunID    string         `json:"runId"`
	Event    string         `json:"event"`
	Time     string         `json:"utcTime"`
	Trace    map[string]any `json:"trace,omitempty"`
	Metadata map[string]any `json:"metadata,omitempty"`
}

// CheckURL says what is wrong with an address.
func CheckURL(text string) error {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return fmt.Errorf("`%s` is no web address: one that begins with `http://` or `https://` is expected", text)
	}
	return nil
}

// CheckToken says what is wrong with a token of basic authorization.
func CheckToken(text string) error {
	if text != "" && !strings.Contains(text, ":") {
		return errors.New("it is `user:password`, and has no colon")
	}
	return nil
}

// New starts sending; Close ends it.
func New(o Options) (*Sender, error) {
	if err := CheckURL(o.URL); err != nil {
		return nil, err
	}
	s := &Sender{o: o, client: &http.Client{Timeout: patience}, queue: make(chan message, queued), done: make(chan struct{})}
	s.ctx, s.stop = context.WithCancel(context.Background())
	go s.send()
	return s, nil
}

// Observe queues what an event says.
func (s *Sender) Observe(ev observe.Event) {
	s.counts.Observe(ev)
	switch e := ev.Body.(type) {
	case observe.RunStarted:
		s.launch = e.Launch
		s.add(ev.Time, "started", nil, s.metadata(e.Facts))
	case observe.TaskChanged:
		if name := steps[e.Step]; name != "" {
			s.add(ev.Time, name, e.Task, nil)
		}
	case observe.WorkflowError:
		s.add(ev.Time, "error", e.Task, nil)
	case observe.RunEnded:
		s.add(ev.Time, "completed", nil, s.metadata(e.Facts))
	}
}

var steps = map[observe.TaskStep]string{
	observe.Submitted: "process_submitted", observe.Started: "process_started",
	observe.Completed: "process_completed", observe.Failed: "process_completed",
}

func (s *Sender) add(at time.Time, event string, t *task.Task, metadata map[string]any) {
	m := message{RunName: s.launch.RunName, RunID: s.launch.SessionID, Event: event, Time: at.UTC().Format(time.RFC3339), Metadata: metadata}
	if t != nil && s.o.Trace != nil {
		m.Trace = s.o.Trace(t, at)
	}
	select {
	case s.queue <- m:
	default:
		s.warn(fmt.Errorf("%d messages wait already", queued))
	}
}

// metadata is what is known of the run.
func (s *Sender) metadata(f *observe.Facts) map[string]any {
	if f == nil {
		return nil
	}
	w := maps.Clone(f.Workflow)
	w["stats"] = s.counts.Stats()
	return map[string]any{"parameters": f.Params, "workflow": w}
}

// send posts what waits, one after the other.
func (s *Sender) send() {
	defer close(s.done)
	failures := 0
	for m := range s.queue {
		if failures >= attempts || s.ctx.Err() != nil {
			continue
		}
		if err := s.post(m); err != nil {
			failures++
			s.warn(err)
			continue
		}
		failures = 0
	}
}

func (s *Sender) post(m message) error {
	body, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("write a message: %w", err)
	}
	r, err := http.NewRequestWithContext(s.ctx, http.MethodPost, s.o.URL, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("write a message: %w", err)
	}
	r.Header.Set("Content-Type", "application/json")
	if s.o.Agent != "" {
		r.Header.Set("User-Agent", s.o.Agent)
	}
	if s.o.BasicToken != "" {
		r.Header.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(s.o.BasicToken)))
	}
	answer, err := s.client.Do(r)
	if err != nil {
		return fmt.Errorf("send a message: %w", err)
	}
	defer answer.Body.Close()
	if _, err := io.Copy(io.Discard, io.LimitReader(answer.Body, 1<<16)); err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	if answer.StatusCode >= 300 {
		return fmt.Errorf("the answer was %s", answer.Status)
	}
	return nil
}

// warn tells of the first failure only.
func (s *Sender) warn(err error) {
	s.once.Do(func() {
		if s.o.Warn == nil {
			return
		}
		shown := s.o.URL
		if u, perr := url.Parse(shown); perr == nil {
			shown = u.Redacted()
		}
		s.o.Warn(fmt.Sprintf("weblog: not all events of the run reach %s: %v", shown, err))
	})
}

// Close sends what waits, for a while, and ends.
func (s *Sender) Close() error {
	s.shutdown.Do(func() {
		close(s.queue)
		select {
		case <-s.done:
		case <-time.After(farewell):
			s.warn(fmt.Errorf("the address is too slow"))
			s.stop()
			<-s.done
		}
		s.stop()
		s.client.CloseIdleConnections()
	})
	return nil
}
