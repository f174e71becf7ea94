package batch

import (
	"bytes"
	"context"
	"fmt"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"sluice/internal/rehearsal/state"
)

// collection is the body of a call that adds 100 tasks as the executor's are.
func collection(from int) string {
	var b strings.Builder
	b.WriteString(`{"value":[`)
	for i := range 100 {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"id":"t%032d-1","commandLine":"/bin/sh -c '\"$AZ_BATCH_NODE_SHARED_DIR\"/sluice/%064d/sluice node run az://work/run/ab/%030d'","containerSettings":null,"constraints":{"maxWallClockTime":"PT4H","retentionTime":"P1D","maxTaskRetryCount":0},"requiredSlots":1,"environmentSettings":[{"name":"SLUICE_TASK","value":"%0500d"}],"displayName":"ALIGN (sample_%d)","userIdentity":{"autoUser":{"scope":"pool","elevationLevel":"nonadmin"}}}`, from+i, 7, from+i, from+i, from+i)
	}
	b.WriteString("]}")
	return b.String()
}

func (r *rig) post(path, body string) int {
	req := httptest.NewRequest("POST", "https://acct.westeurope.batch.azure.com"+path+"?api-version="+dataVersion, bytes.NewReader([]byte(body)))
	req.Header.Set("Authorization", "Bearer https://batch.core.windows.net/|head")
	w := httptest.NewRecorder()
	r.s.DataPlane().ServeHTTP(w, req)
	return w.Code
}

// BenchmarkAddTasks: at least 5,000 tasks a second.
func BenchmarkAddTasks(b *testing.B) {
	r := scriptedRig(b, nil)
	r.pool("p", fixedPool(0))
	r.job("j", nil)
	n := 0
	for b.Loop() {
		if code := r.post("/jobs/j/addtaskcollection", collection(n)); code != 200 {
			b.Fatal(code)
		}
		n += 100
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "tasks/s")
}

// BenchmarkPoll: a poll for what ended lately, in a job of 100,000 tasks.
func BenchmarkPoll(b *testing.B) {
	r := scriptedRig(b, nil)
	r.pool("p", fixedPool(0))
	r.job("j", nil)
	for n := 0; n < 100_000; n += 100 {
		r.post("/jobs/j/addtaskcollection", collection(n))
	}
	path := "/jobs/j/tasks?api-version=" + dataVersion + "&$select=id,state,stateTransitionTime,executionInfo,nodeInfo&$filter=" +
		"state%20eq%20'completed'%20and%20stateTransitionTime%20ge%20DateTime'" + time.Now().UTC().Format(time.RFC3339) + "'"
	for b.Loop() {
		if w := r.raw("GET", path, ""); w.Code != 200 {
			b.Fatal(w.Body)
		}
	}
}

// TestManyTasks: 100,000 tasks in a job stay within 250 MB, and all of them
// run.
func TestManyTasks(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	r := newRig(t, func(_ *state.State, o *Options) {
		o.Runner = RunnerFunc(func(context.Context, Command) (int, error) { return 0, nil })
	})
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	r.pool("p", fixedPool(0))
	r.job("j", nil)
	const total = 100_000
	start := time.Now()
	for n := 0; n < total; n += 100 {
		if code := r.post("/jobs/j/addtaskcollection", collection(n)); code != 200 {
			t.Fatal(code)
		}
	}
	rate := total / time.Since(start).Seconds()
	runtime.GC()
	runtime.ReadMemStats(&after)
	used := float64(after.HeapAlloc-before.HeapAlloc) / 1e6
	t.Logf("%.0f tasks/s, %.0f MB", rate, used)
	if used > 250 {
		t.Errorf("100,000 tasks need %.0f MB", used)
	}
	p := r.s.pools["p"]
	r.s.mu.Lock()
	r.s.resize(p, 25, 0, "requeue")
	r.s.mu.Unlock()
	start = time.Now()
	for {
		r.s.mu.Lock()
		done := r.s.jobs["j"].counts.succeeded
		r.s.mu.Unlock()
		if done == total {
			break
		}
		if time.Since(start) > 2*time.Minute {
			t.Fatalf("%d of %d ran", done, total)
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Logf("ran them in %s", time.Since(start))
}
