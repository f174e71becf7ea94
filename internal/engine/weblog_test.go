package engine

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// A recorder keeps what was posted.
type recorder struct {
	mu     sync.Mutex
	bodies []map[string]any
	auth   []string
	status int
	delay  time.Duration
}

func (c *recorder) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	time.Sleep(c.delay)
	c.mu.Lock()
	defer c.mu.Unlock()
	var m map[string]any
	if err := json.NewDecoder(r.Body).Decode(&m); err != nil {
		m = map[string]any{"event": err.Error()}
	}
	c.bodies, c.auth = append(c.bodies, m), append(c.auth, r.Header.Get("Authorization"))
	if c.status != 0 {
		w.WriteHeader(c.status)
	}
}

func (c *recorder) events() string {
	var all []string
	for _, m := range c.bodies {
		all = append(all, m["event"].(string))
	}
	return strings.Join(all, " ")
}

const oneTask = `
params.n = 2
process P {
    input: val n
    script: n == 2 ? 'true' : 'exit 3'
}
workflow { P(params.n) }`

func weblogTo(url string) func(*Options) {
	return func(o *Options) { o.With = map[string]string{"weblog": url} }
}

func TestWeblog(t *testing.T) {
	t.Parallel()
	c := &recorder{}
	server := httptest.NewServer(c)
	defer server.Close()
	p := newPipeline(t, map[string]string{"main.nf": oneTask})
	p.write("nextflow.config", "weblog.basicToken = 'me:topsecret'")
	out, code := p.run(weblogTo(server.URL))
	if code != 0 || strings.Contains(out, "WARN") {
		t.Fatalf("exit %d: %s", code, out)
	}
	if d := cmp.Diff("started process_submitted process_started process_completed completed", c.events()); d != "" {
		t.Fatalf("events (-want +got):\n%s", d)
	}
	name, id := c.bodies[0]["runName"], c.bodies[0]["runId"]
	for i, m := range c.bodies {
		if m["runName"] != name || m["runId"] != id || name == "" || id == "" {
			t.Errorf("event %d is of the run %v %v, not %v %v", i, m["runName"], m["runId"], name, id)
		}
		if _, err := time.Parse("2006-01-02T15:04:05Z", m["utcTime"].(string)); err != nil {
			t.Error(err)
		}
		if c.auth[i] != "Basic bWU6dG9wc2VjcmV0" {
			t.Errorf("event %d: authorization %q", i, c.auth[i])
		}
		_, trace := m["trace"]
		if wanted := i > 0 && i < 4; wanted != trace {
			t.Errorf("event %v: trace is there: %v", m["event"], trace)
		}
	}
	for i, want := range []string{"SUBMITTED", "RUNNING", "COMPLETED"} {
		trace := c.bodies[i+1]["trace"].(map[string]any)
		got := []any{trace["status"], trace["task_id"], trace["process"], trace["attempt"]}
		if d := cmp.Diff([]any{want, 1.0, "P", 1.0}, got); d != "" {
			t.Errorf("trace (-want +got):\n%s", d)
		}
	}
	meta := c.bodies[4]["metadata"].(map[string]any)
	if d := cmp.Diff(map[string]any{"n": 2.0}, meta["parameters"]); d != "" {
		t.Errorf("parameters (-want +got):\n%s", d)
	}
	if w := meta["workflow"].(map[string]any); w["success"] != true || w["exitStatus"] != 0.0 || w["stats"].(map[string]any)["succeedCount"] != 1.0 {
		t.Errorf("workflow is %v", w)
	}
	if log := p.read(".log"); strings.Contains(log, "topsecret") {
		t.Error("the log shows the token")
	}
}

func TestWeblogOfFailure(t *testing.T) {
	t.Parallel()
	c := &recorder{}
	server := httptest.NewServer(c)
	defer server.Close()
	p := newPipeline(t, map[string]string{"main.nf": strings.Replace(oneTask, "params.n = 2", "params.n = 1", 1)})
	if out, code := p.run(weblogTo(server.URL)); code != 1 {
		t.Fatalf("exit %d: %s", code, out)
	}
	if d := cmp.Diff("started process_submitted process_started process_completed error completed", c.events()); d != "" {
		t.Fatalf("events (-want +got):\n%s", d)
	}
	if trace := c.bodies[4]["trace"].(map[string]any); trace["exit"] != 3.0 || trace["status"] != "FAILED" {
		t.Errorf("trace of the error is %v", trace)
	}
}

// TestWeblogWrong: no address stops a run, and each failure is told once.
func TestWeblogWrong(t *testing.T) {
	t.Parallel()
	refusing := httptest.NewServer(&recorder{status: http.StatusForbidden})
	t.Cleanup(refusing.Close)
	closed := httptest.NewServer(&recorder{})
	closed.Close()
	for _, tc := range []struct {
		name, url, want string
		code            int
	}{
		{"refused", refusing.URL, "the answer was 403 Forbidden", 0},
		{"nobody there", closed.URL, "connection refused", 0},
		{"password in the address", strings.Replace(closed.URL, "://", "://me:topsecret@", 1), "connection refused", 0},
		{"no host of this name", "http://no-such-host.invalid/", "no-such-host.invalid", 0},
		{"no scheme", "example.org", "`weblog.url`: `example.org` is no web address", -1},
		{"another scheme", "ftp://example.org", "`ftp://example.org` is no web address", -1},
		{"no host", "http://", "`http://` is no web address", -1},
		{"broken", "http://[::1", "is no web address", -1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			p := newPipeline(t, map[string]string{"main.nf": oneTask})
			out, code := p.run(weblogTo(tc.url))
			if code != tc.code || !strings.Contains(out, tc.want) {
				t.Errorf("exit %d: %s", code, out)
			}
			if strings.Contains(out, "topsecret") {
				t.Errorf("the password is shown: %s", out)
			}
			if n := strings.Count(out, "WARN: weblog"); tc.code == 0 && n != 1 {
				t.Errorf("%d warnings: %s", n, out)
			}
		})
	}
}
