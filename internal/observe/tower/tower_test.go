package tower

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sluice/internal/observe"
	"sluice/internal/observe/trace"
	"sluice/internal/task"
)

// TestHeartbeat: a run in which nothing happens gives signs of life, and a
// wave of tasks goes out in parts.
func TestHeartbeat(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var words []string
	var parts []int
	beat := make(chan struct{}, 100)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var body struct{ Tasks []any }
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
			t.Error(err)
		}
		mu.Lock()
		defer mu.Unlock()
		word := r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]
		words = append(words, word)
		if word == "progress" {
			parts = append(parts, len(body.Tasks))
		}
		if word == "heartbeat" {
			beat <- struct{}{}
		}
		if _, err := w.Write([]byte(`{"workflowId":"w"}`)); err != nil {
			t.Error(err)
		}
	}))
	defer server.Close()
	c, err := New(Options{Endpoint: server.URL, Token: "x", Trace: trace.Record, Warn: func(s string) { t.Error(s) }, Period: time.Millisecond, Alive: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	facts := &observe.Facts{Workflow: map[string]any{}}
	if err := c.Create(t.Context(), facts); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Begin(t.Context(), facts); err != nil {
		t.Fatal(err)
	}
	<-beat
	c.mu.Lock() // all tasks are there before one is sent
	for i := range 250 {
		c.add(map[string]any{}, observe.TaskChanged{Step: observe.Submitted, Task: &task.Task{ID: i}})
	}
	c.mu.Unlock()
	c.Observe(observe.Event{Body: observe.RunEnded{Facts: facts}})
	if err := c.Close(); err != nil {
		t.Error(err)
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
	if d := cmp.Diff([]int{100, 100, 50}, parts); d != "" {
		t.Errorf("tasks in requests (-want +got):\n%s", d)
	}
	if words[0] != "create" || words[1] != "begin" || words[len(words)-1] != "complete" {
		t.Errorf("requests are %v", words)
	}
}

// TestSummary: figures and labels of the original's report for the same tasks.
func TestSummary(t *testing.T) {
	t.Parallel()
	var s series
	for i, x := range []struct{ cpu, rss float64 }{{9.3, 3280896}, {5.6, 3215360}, {3.6, 3198976}, {3.7, 3289088}} {
		tk := &task.Task{Process: "P", Name: "P (" + string(rune('1'+i)) + ")"}
		tk.Resources.Memory = 104857600
		tk.Result.Metrics = task.Metrics{CPUPercent: x.cpu, PeakRSS: int64(x.rss), PeakVMem: -1}
		s.add(tk)
	}
	got := s.summaries()[0]
	for name, want := range map[string]any{
		"cpu": map[string]any{
			"mean": 5.55, "min": 3.6, "q1": 3.68, "q2": 4.65, "q3": 6.53, "max": 9.3,
			"minLabel": "P (3)", "maxLabel": "P (1)", "q1Label": "P (3)", "q2Label": "P (4)", "q3Label": "P (2)",
		},
		"mem": map[string]any{
			"mean": 3246080.0, "min": 3198976.0, "q1": 3211264.0, "q2": 3248128.0, "q3": 3282944.0, "max": 3289088.0,
			"minLabel": "P (3)", "maxLabel": "P (4)", "q1Label": "P (3)", "q2Label": "P (2)", "q3Label": "P (1)",
		},
		"vmem": nil, "timeUsage": nil,
	} {
		if d := cmp.Diff(want, got[name]); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{"%cpu": "pcpu", "%mem": "pmem", "task_id": "taskId", "peak_rss": "peakRss", "name": "name", "vol_ctxt": "volCtxt", "error_action": "errorAction"} {
		if got := camelCase(name); got != want {
			t.Errorf("%s is %s, not %s", name, got, want)
		}
	}
	for token, want := range map[string]string{"a.b.c": "Bearer a.b.c", "eyJ0aWQiOiAxfS5zaWc=": "Bearer eyJ0aWQiOiAxfS5zaWc=", "abc": "Basic QHRva2VuOmFiYw=="} {
		if got := authorization(token); got != want {
			t.Errorf("%s: %s", token, got)
		}
	}
}
