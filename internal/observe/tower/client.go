package tower

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"sluice/internal/observe"
	"sluice/internal/task"
)

// DefaultEndpoint is the service of Seqera.
const DefaultEndpoint = "https://api.cloud.seqera.io"

const (
	bulk     = 100              // tasks in a request
	period   = time.Second      // between requests
	alive    = time.Minute      // between signs of life
	farewell = 20 * time.Second // for what waits when the run has ended
	tries    = 5
)

// Options say where a run is reported and what is known before it begins.
type Options struct {
	Endpoint    string
	Token       string // never shown
	WorkspaceID string
	WorkflowID  string // of a run that the service launched itself
	Version     string
	LogFile     string
	OutFile     string
	PID         int
	Trace       func(*task.Task, time.Time) map[string]any
	Warn        func(string) // told once, when something does not arrive

	// Times of tests; zero is what the original does.
	Period, Alive, Delay time.Duration
}

// A Client is the observer.
type Client struct {
	o    Options
	http *http.Client

	mu       sync.Mutex
	counts   observe.Counts
	series   series
	waiting  map[int]map[string]any // newest record by task
	order    []int
	end      *observe.RunEnded
	wake     chan struct{}
	done     chan struct{}
	created  bool // the service knows the run
	launched bool // it was the service that launched it
	begun    bool
	warned   sync.Once
	closed   sync.Once
	ctx      context.Context
	stop     context.CancelFunc
}

// New checks the options; nothing is sent yet.
func New(o Options) (*Client, error) {
	if o.Token == "" {
		return nil, errors.New("Missing Seqera Platform access token -- Make sure there's a variable TOWER_ACCESS_TOKEN in your environment") //nolint:staticcheck // Nextflow's words
	}
	u, err := url.Parse(o.Endpoint)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("Only http and https are supported -- The given URL was: %s", o.Endpoint) //nolint:staticcheck // Nextflow's words
	}
	o.Endpoint = strings.TrimRight(o.Endpoint, "/")
	o.Period, o.Alive, o.Delay = or(o.Period, period), or(o.Alive, alive), or(o.Delay, 325*time.Millisecond)
	c := &Client{o: o, http: &http.Client{Timeout: time.Minute}, waiting: map[int]map[string]any{}, wake: make(chan struct{}, 1), done: make(chan struct{})}
	c.ctx, c.stop = context.WithCancel(context.Background())
	return c, nil
}

func or(d, otherwise time.Duration) time.Duration {
	if d == 0 {
		return otherwise
	}
	return d
}

// WorkflowID is the name that the service gave the run.
func (c *Client) WorkflowID() string { return c.o.WorkflowID }

// address is that of a request.
func (c *Client) address(what string) string {
	a := c.o.Endpoint + "/trace/" + what
	if c.o.WorkspaceID != "" {
		a += "?workspaceId=" + url.QueryEscape(c.o.WorkspaceID)
	}
	return a
}

// An answer is what the service says to any request.
type answer struct {
	Status     string `json:"status"`
	Message    string `json:"message"`
	WorkflowID string `json:"workflowId"`
	WatchURL   string `json:"watchUrl"`
}

// call sends a request. A service that is busy or that stumbles is asked
// again; patient says that this may take a while.
func (c *Client) call(ctx context.Context, method, what string, body map[string]any, patient bool) (*answer, error) {
	body["instant"] = time.Now().UnixMilli()
	text, err := json.Marshal(body)
	if err != nil {
		return nil, fmt.Errorf("write a request: %w", err)
	}
	delay := c.o.Delay
	for try := 1; ; try++ {
		a, again, err := c.once(ctx, method, what, text)
		if err == nil || !again || try >= tries || !patient {
			return a, err
		}
		select {
		case <-ctx.Done():
			return nil, err
		case <-time.After(delay):
			delay *= 3
		}
	}
}

// once sends a request one time; again says that another try may help.
func (c *Client) once(ctx context.Context, method, what string, text []byte) (a *answer, again bool, err error) {
	r, err := http.NewRequestWithContext(ctx, method, c.address(what), bytes.NewReader(text))
	if err != nil {
		return nil, false, fmt.Errorf("write a request: %w", err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "Nextflow/"+c.o.Version)
	r.Header.Set("Authorization", authorization(c.o.Token))
	res, err := c.http.Do(r)
	if err != nil {
		var inner *url.Error
		if errors.As(err, &inner) {
			err = inner.Err
		}
		return nil, true, fmt.Errorf("Unable to connect to Seqera Platform API: %s: %w", c.o.Endpoint, err) //nolint:staticcheck // Nextflow's words
	}
	defer res.Body.Close()
	data, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	if err != nil {
		return nil, true, fmt.Errorf("read the answer of %s: %w", c.o.Endpoint, err)
	}
	a = &answer{}
	jerr := json.Unmarshal(data, a)
	switch code := res.StatusCode; {
	case code == http.StatusUnauthorized:
		return nil, false, errors.New("Unauthorized Seqera Platform API access -- Make sure you have specified the correct access token") //nolint:staticcheck // Nextflow's words
	case code >= 300:
		m := a.Message
		if m == "" {
			m = "Unexpected response for request " + c.o.Endpoint + "/trace/" + what + ": " + res.Status
		}
		return nil, code == 408 || code == 429 || code >= 500 && code <= 504 && code != 501, errors.New(m)
	case jerr != nil && len(data) > 0:
		return nil, false, fmt.Errorf("the answer of %s/trace/%s is no JSON: %w", c.o.Endpoint, what, jerr)
	}
	return a, false, nil
}

// authorization is the header for a token: personal tokens and those of three
// parts are borne, older ones are a password.
func authorization(token string) string {
	if strings.Count(token, ".") == 2 || personal(token) {
		return "Bearer " + token
	}
	return "Basic " + base64.StdEncoding.EncodeToString([]byte("@token:"+token))
}

// personal says whether a token is base64 of a JSON value, a dot and a signature.
func personal(token string) bool {
	plain, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(token, "="))
	if err != nil {
		return false
	}
	head, _, ok := bytes.Cut(plain, []byte("."))
	return ok && json.Valid(head)
}
