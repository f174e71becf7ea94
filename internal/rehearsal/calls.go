package rehearsal

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"sluice/internal/rehearsal/iam"
)

// keptCalls is how many calls Calls can tell; the counters count all.
const keptCalls = 20000

// A Call is one that the rehearsal answered. It holds no token and no
// signature.
type Call struct {
	Time    time.Time `json:"time"`
	Who     string    `json:"who"` // head, or pool/node
	Service string    `json:"service"`
	Kind    string    `json:"kind"`
	Host    string    `json:"host"`
	Method  string    `json:"method"`
	Path    string    `json:"path"` // with the query, but nothing secret of it
	Status  int       `json:"status"`
	Code    string    `json:"code,omitempty"`  // of an error, if it is in a header
	Agent   string    `json:"agent,omitempty"` // the program, as it calls itself
}

// what counts calls of one kind.
type what struct{ service, kind string }

type count struct{ head, nodes, failed int }

type callLog struct {
	clock iam.Clock
	out   io.Writer

	mu      sync.Mutex
	start   time.Time
	last    time.Time
	kept    []Call
	tasks   int // that were taken
	next    int // where the next one goes once kept is full
	counts  map[what]*count
	minutes map[int]map[string]int // calls of the head by service, by minute
	err     error                  // the first of writing
}

func newCallLog(clock iam.Clock, out io.Writer) *callLog {
	return &callLog{clock: clock, out: out, start: clock.Now(), counts: map[what]*count{}, minutes: map[int]map[string]int{}}
}

func (l *callLog) add(c *caller, service, kind string, r *http.Request, status int, code string) {
	call := Call{
		Time: l.clock.Now(), Who: c.name, Service: service, Kind: kind, Host: r.Host, Method: r.Method, Path: cleanPath(r.URL), Status: status, Code: code, Agent: agent(r.UserAgent()),
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.last = call.Time
	n := l.counts[what{service, kind}]
	if n == nil {
		n = &count{}
		l.counts[what{service, kind}] = n
	}
	if c.isHead() {
		n.head++
		minute := int(call.Time.Sub(l.start) / time.Minute)
		if l.minutes[minute] == nil {
			l.minutes[minute] = map[string]int{}
		}
		l.minutes[minute][service]++
	} else {
		n.nodes++
	}
	// Not found and not modified are answers; 0 is a connection that broke.
	if status == 0 || status >= 400 && status != http.StatusNotFound {
		n.failed++
	}
	if len(l.kept) < keptCalls {
		l.kept = append(l.kept, call)
	} else {
		l.kept[l.next] = call
		l.next = (l.next + 1) % keptCalls
	}
	if l.out != nil && l.err == nil {
		l.err = json.NewEncoder(l.out).Encode(call)
	}
}

// agent is the first word of a User-Agent.
func agent(text string) string {
	word, _, _ := strings.Cut(text, " ")
	return word[:min(len(word), 60)]
}

// failed is why not all calls were written down.
func (l *callLog) failed() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.err != nil {
		return fmt.Errorf("write the list of calls: %w", l.err)
	}
	return nil
}

// oneTask is what the answer to a collection says of each task that was taken.
var oneTask = []byte(`"success"`)

// taken counts the tasks that an answer says were taken.
func (l *callLog) taken(status int, body []byte) {
	if status == http.StatusCreated {
		return // a single one, counted by its status
	}
	n := bytes.Count(body, oneTask)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.tasks += n
}

// secretParameters are never written down.
var secretParameters = []string{"sig", "skoid", "client_secret", "client_assertion", "access_token"}

func cleanPath(u *url.URL) string {
	if u.RawQuery == "" {
		return u.EscapedPath()
	}
	parts := strings.Split(u.RawQuery, "&")
	for i, part := range parts {
		name, _, _ := strings.Cut(part, "=")
		if slices.Contains(secretParameters, strings.ToLower(name)) {
			parts[i] = name + "=…"
		}
	}
	return u.EscapedPath() + "?" + strings.Join(parts, "&")
}

// Calls are the last ones that were answered, oldest first.
func (w *World) Calls() []Call {
	w.calls.mu.Lock()
	defer w.calls.mu.Unlock()
	return append(slices.Clone(w.calls.kept[w.calls.next:]), w.calls.kept[:w.calls.next]...)
}

// kindOf says in a word what a call is for.
func kindOf(service string, r *http.Request) string {
	path := strings.ToLower(strings.Trim(r.URL.Path, "/"))
	parts := strings.Split(path, "/")
	last := parts[len(parts)-1]
	switch service {
	case serviceIMDS:
		if strings.HasSuffix(path, "token") {
			return "token"
		}
		return "metadata"
	case serviceEntra:
		if last == "token" {
			return "token"
		}
		return "discovery"
	case serviceBatch:
		return batchKind(r.Method, parts)
	case serviceBlob:
		return blobKind(r)
	case serviceARM:
		return armKind(r.Method, parts)
	case serviceVault:
		return "secret"
	case serviceRegistry:
		if strings.HasPrefix(path, "oauth2") {
			return "token"
		}
		return "image"
	}
	return strings.ToLower(r.Method)
}

func batchKind(method string, parts []string) string {
	has := func(i int, s string) bool { return len(parts) > i && parts[i] == s }
	switch {
	case has(2, "addtaskcollection"), method == http.MethodPost && len(parts) == 3 && has(2, "tasks"):
		return "add tasks"
	case method == http.MethodGet && len(parts) == 3 && has(2, "tasks"):
		return "list tasks"
	case method == http.MethodGet && len(parts) == 4 && has(2, "tasks"):
		return "get task"
	case has(2, "tasks"):
		return strings.ToLower(method) + " task"
	case has(0, "nodecounts"), has(2, "taskcounts"):
		return "counts"
	case has(0, "jobs"):
		return map[bool]string{true: "read jobs", false: "change jobs"}[method == http.MethodGet]
	case has(0, "pools"):
		return map[bool]string{true: "read pools", false: "change pools"}[method == http.MethodGet]
	}
	return parts[0]
}

func blobKind(r *http.Request) string {
	q := r.URL.Query()
	switch comp := q.Get("comp"); {
	case comp == "list":
		return "list"
	case comp == "block", comp == "blocklist":
		return "write blocks"
	case q.Get("restype") == "container":
		return "container"
	}
	switch r.Method {
	case http.MethodGet:
		return "read"
	case http.MethodHead:
		return "head"
	case http.MethodDelete:
		return "delete"
	}
	return "write"
}

// armKind is the type of resource that an ARM path ends with.
func armKind(method string, parts []string) string {
	kind := parts[len(parts)-1]
	// Behind the last provider, types and names take turns.
	for i := len(parts) - 1; i >= 0; i-- {
		if parts[i] == "providers" {
			if rest := parts[i:]; len(rest) > 2 {
				kind = rest[2+(len(rest)-3)/2*2]
			}
			break
		}
	}
	if method == http.MethodGet {
		return kind
	}
	return strings.ToLower(method) + " " + kind
}
