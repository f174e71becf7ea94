package engine

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A platform keeps what was asked of it and answers as the service does.
type platform struct {
	mu       sync.Mutex
	requests []request
	refuse   map[string]int // status by the last word of the address
	stumbles int            // requests of progress that fail first
	message  string
	nameless bool
}

type request struct {
	line string
	auth string
	body map[string]any
}

func (p *platform) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	text, err := io.ReadAll(r.Body)
	body := map[string]any{}
	if err == nil {
		err = json.Unmarshal(text, &body)
	}
	if err != nil {
		body["error"] = err.Error()
	}
	p.requests = append(p.requests, request{r.Method + " " + r.URL.String(), r.Header.Get("Authorization"), body})
	word := r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]
	answer := map[string]any{"workflowId": "wf1", "watchUrl": "http://platform/watch/wf1", "status": "OK"}
	switch {
	case p.refuse[word] != 0:
		w.WriteHeader(p.refuse[word])
		answer = map[string]any{"message": p.message}
	case word == "progress" && p.stumbles > 0:
		p.stumbles--
		w.WriteHeader(http.StatusServiceUnavailable)
	case p.nameless:
		answer = map[string]any{}
	}
	if err := json.NewEncoder(w).Encode(answer); err != nil {
		panic(err)
	}
}

func (p *platform) lines() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var all []string
	for _, r := range p.requests {
		all = append(all, r.line)
	}
	return all
}

func (p *platform) last(word string) map[string]any {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := len(p.requests) - 1; i >= 0; i-- {
		if strings.Contains(p.requests[i].line, "/"+word) {
			return p.requests[i].body
		}
	}
	return nil
}

// towerTo reports to a service, with variables besides the token.
func towerTo(url string, variables ...string) func(*Options) {
	return func(o *Options) {
		o.With = map[string]string{"tower": url}
		getenv := o.Getenv
		o.Getenv = func(name string) (string, bool) {
			for _, v := range append(variables, "TOWER_ACCESS_TOKEN=topsecret") {
				if k, x, _ := strings.Cut(v, "="); k == name {
					return x, x != ""
				}
			}
			if getenv == nil {
				return "", false
			}
			return getenv(name)
		}
	}
}

func TestTower(t *testing.T) {
	t.Parallel()
	c := &platform{stumbles: 1}
	server := httptest.NewServer(c)
	defer server.Close()
	p := newPipeline(t, map[string]string{"main.nf": oneTask})
	p.write("nextflow.config", "tower.workspaceId = 77\nparams.name = 'x'\nweblog.basicToken = 'me:topsecret'")
	out, code := p.run(towerTo(server.URL + "/api/"))
	if code != 0 || strings.Contains(out, "WARN") {
		t.Fatalf("exit %d: %s", code, out)
	}
	want := []string{
		"POST /api/trace/create?workspaceId=77", "PUT /api/trace/wf1/begin?workspaceId=77", "PUT /api/trace/wf1/progress?workspaceId=77",
		"PUT /api/trace/wf1/progress?workspaceId=77", "PUT /api/trace/wf1/complete?workspaceId=77",
	}
	if d := cmp.Diff(want, c.lines()); d != "" {
		t.Fatalf("requests (-want +got):\n%s", d)
	}
	for _, r := range c.requests {
		if r.auth != "Basic QHRva2VuOnRvcHNlY3JldA==" || r.body["instant"] == nil {
			t.Errorf("%s: authorization %q, instant %v", r.line, r.auth, r.body["instant"])
		}
		if text, err := json.Marshal(r.body); err != nil || strings.Contains(string(text), "topsecret") {
			t.Errorf("%s shows a token: %s %v", r.line, text, err)
		}
	}
	begin := c.last("begin")
	if d := cmp.Diff([]any{[]any{"P"}, false}, []any{begin["processNames"], begin["towerLaunch"]}); d != "" {
		t.Errorf("begin (-want +got):\n%s", d)
	}
	w := begin["workflow"].(map[string]any)
	if d := cmp.Diff([]any{"wf1", map[string]any{"n": 2.0, "name": "x"}, "main.nf", nil, false}, []any{w["id"], w["params"], w["scriptName"], w["complete"], w["success"]}); d != "" {
		t.Errorf("workflow (-want +got):\n%s", d)
	}
	if !strings.Contains(w["configText"].(string), "name = 'x'") || !strings.HasPrefix(w["operationId"].(string), "local-platform::") {
		t.Errorf("workflow is %v", w)
	}
	progress := c.last("progress")
	task := progress["tasks"].([]any)[0].(map[string]any)
	if d := cmp.Diff([]any{"P", "COMPLETED", 1.0, 0.0, "local"}, []any{task["process"], task["status"], task["taskId"], task["exit"], task["executor"]}); d != "" {
		t.Errorf("task (-want +got):\n%s", d)
	}
	load := progress["progress"].(map[string]any)
	if load["succeeded"] != 1.0 || load["processes"].([]any)[0].(map[string]any)["name"] != "P" {
		t.Errorf("progress is %v", load)
	}
	end := c.last("complete")
	w = end["workflow"].(map[string]any)
	if w["success"] != true || w["exitStatus"] != 0.0 || w["complete"] == nil || w["stats"].(map[string]any)["succeedCount"] != 1.0 {
		t.Errorf("workflow is %v", w)
	}
	if m := end["metrics"].([]any)[0].(map[string]any); m["process"] != "P" {
		t.Errorf("metrics are %v", m)
	}
	log := p.read(".log")
	if strings.Contains(log, "topsecret") {
		t.Error("the log shows the token")
	}
	if !strings.Contains(log, "Monitor the execution with Seqera Platform using this URL: http://platform/watch/wf1") {
		t.Errorf("the log does not tell where to watch the run:\n%s", log)
	}
}

// TestTowerOfFailure: a task that fails, and a script that does.
func TestTowerOfFailure(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, script, task, message, requests string }{
		{"task", strings.Replace(oneTask, "params.n = 2", "params.n = 1", 1), "FAILED", "terminated with an error exit status (3)", "create begin progress complete"},
		{"script", "workflow { error 'no luck' }", "", "no luck", "create complete"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			c := &platform{}
			server := httptest.NewServer(c)
			defer server.Close()
			p := newPipeline(t, map[string]string{"main.nf": tc.script})
			out, code := p.run(towerTo(server.URL))
			if code != 1 {
				t.Fatalf("exit %d: %s", code, out)
			}
			var words []string
			for _, l := range c.lines() {
				words = append(words, l[strings.LastIndex(l, "/")+1:])
			}
			if got := strings.Join(words, " "); got != tc.requests {
				t.Errorf("requests are %s", got)
			}
			w := c.last("complete")["workflow"].(map[string]any)
			if text, ok := w["errorReport"].(string); !ok || w["success"] != false || !strings.Contains(text, tc.message) {
				t.Errorf("workflow is %v", w)
			}
			if tc.task != "" {
				if task := c.last("progress")["tasks"].([]any)[0].(map[string]any); task["status"] != tc.task || task["exit"] != 3.0 || task["errorAction"] != "TERMINATE" {
					t.Errorf("task is %v", task)
				}
			}
		})
	}
}

// TestTowerLaunched: a run that the service launched has its name, and its token comes first.
func TestTowerLaunched(t *testing.T) {
	t.Parallel()
	c := &platform{}
	server := httptest.NewServer(c)
	defer server.Close()
	p := newPipeline(t, map[string]string{"main.nf": oneTask})
	p.write("nextflow.config", "tower.accessToken = 'mine'")
	out, code := p.run(towerTo("-", "TOWER_WORKFLOW_ID=wf9", "TOWER_ACCESS_TOKEN=eyJ0aWQiOiAxfS5zaWc=", "TOWER_API_ENDPOINT="+server.URL, "TOWER_WORKSPACE_ID=8"))
	if code != 0 {
		t.Fatalf("exit %d: %s", code, out)
	}
	if c.last("create")["workflowId"] != "wf9" || c.last("begin")["towerLaunch"] != true {
		t.Errorf("create: %v, begin: %v", c.last("create"), c.last("begin")["towerLaunch"])
	}
	if c.requests[0].auth != "Bearer eyJ0aWQiOiAxfS5zaWc=" || !strings.HasSuffix(c.requests[0].line, "?workspaceId=8") {
		t.Errorf("%s with %s", c.requests[0].line, c.requests[0].auth)
	}
}

// TestTowerWrong: a service that refuses a run ends it before anything has run.
func TestTowerWrong(t *testing.T) {
	t.Parallel()
	closed := httptest.NewServer(&platform{})
	closed.Close()
	for _, tc := range []struct {
		name    string
		service *platform
		url     string
		without bool // no token
		want    string
		code    int
	}{
		{"no token", nil, closed.URL, true, "Missing Seqera Platform access token -- Make sure there's a variable TOWER_ACCESS_TOKEN in your environment", -1},
		{"nobody there", nil, closed.URL, false, "Unable to connect to Seqera Platform API: " + closed.URL, 1},
		{"no address", nil, "ftp://x", false, "Only http and https are supported -- The given URL was: ftp://x", -1},
		{"wrong token", &platform{refuse: map[string]int{"create": 401}}, "", false, "Unauthorized Seqera Platform API access -- Make sure you have specified the correct access token", 1},
		{"refused", &platform{refuse: map[string]int{"create": 403}, message: "the workspace is full"}, "", false, "the workspace is full", 1},
		{"refused to begin", &platform{refuse: map[string]int{"begin": 400}, message: "no such workflow"}, "", false, "no such workflow", 1},
		{"no name", &platform{nameless: true}, "", false, "Missing workflow Id", 1},
		{"progress is lost", &platform{refuse: map[string]int{"progress": 400}, message: "too big"}, "", false, "WARN: Seqera Platform is not told of everything: too big", 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			url := tc.url
			if tc.service != nil {
				server := httptest.NewServer(tc.service)
				defer server.Close()
				url = server.URL
			}
			var variables []string
			if tc.without {
				variables = []string{"TOWER_ACCESS_TOKEN="}
			}
			p := newPipeline(t, map[string]string{"main.nf": oneTask})
			out, code := p.run(towerTo(url, variables...))
			if code != tc.code || strings.Count(out, tc.want) != 1 {
				t.Errorf("exit %d: %s", code, out)
			}
			if strings.Contains(out, "topsecret") {
				t.Errorf("the token is shown: %s", out)
			}
			if tc.code != 0 && strings.Contains(out, "Submitted process") {
				t.Errorf("a task has run: %s", out)
			}
		})
	}
}
