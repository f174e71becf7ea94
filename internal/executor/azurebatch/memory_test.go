package azurebatch

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"sluice/internal/azure"
)

// takesAll is a service that takes tasks and keeps none: what is left in
// memory is the head's.
type takesAll struct{ doer }

func (s takesAll) Do(r *http.Request) (*http.Response, error) {
	if !strings.HasSuffix(r.URL.Path, "/addtaskcollection") {
		return s.doer.Do(r)
	}
	var group struct {
		Value []struct {
			ID string `json:"id"`
		} `json:"value"`
	}
	if err := json.NewDecoder(r.Body).Decode(&group); err != nil {
		return nil, err
	}
	type result struct {
		Status string `json:"status"`
		TaskID string `json:"taskId"`
	}
	answer := struct {
		Value []result `json:"value"`
	}{make([]result, len(group.Value))}
	for i, t := range group.Value {
		answer.Value[i] = result{"success", t.ID}
	}
	data, err := json.Marshal(answer)
	return &http.Response{
		StatusCode: http.StatusOK, Status: "200 OK", Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: r,
		Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(bytes.NewReader(data)),
	}, err
}

// What the executor keeps of a task allows for a hundred thousand of them.
func TestMemory(t *testing.T) {
	const n, most = 5000, 1500 // bytes for each: 150 MB for a hundred thousand
	r := newRig(t, nil, nil)
	who, _ := r.w.IAM().Identity(r.w.State().Identities[1].ClientID)
	var err error
	r.client, err = azure.Open(azure.Options{Config: r.cfg, Getenv: func(string) (string, bool) { return "", false }, Transport: takesAll{doer{r.w.Transport()}}, Credential: minted{r.w, who}})
	if err != nil {
		t.Fatal(err)
	}
	e := r.head(nil)
	list := many(n + 1)
	r.submit(e, list[0]) // pool and job
	before := heap()
	begin := time.Now()
	var g errgroup.Group
	g.SetLimit(512)
	for _, tk := range list[1:] {
		g.Go(func() error {
			_, err := e.Submit(context.Background(), tk)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
	took := time.Since(begin)
	each := (int64(heap()) - int64(before)) / n
	runtime.KeepAlive(list)
	t.Logf("%d bytes for each task; %.0f tasks a second", each, n/took.Seconds())
	if each > most || each < 100 {
		t.Errorf("the executor keeps %d bytes of each task, want at most %d", each, most)
	}
	e.die()
}

func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
