package azurebatch

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/service"

	"sluice/internal/azure"
	"sluice/internal/config"
	"sluice/internal/executor"
	"sluice/internal/lang/value"
	"sluice/internal/rehearsal"
	"sluice/internal/rehearsal/batch"
	"sluice/internal/rehearsal/iam"
	"sluice/internal/rehearsal/state"
	"sluice/internal/storage/azblob"
	"sluice/internal/task"
)

// wall is the real clock, or that of synctest.
type wall struct{}

func (wall) Now() time.Time { return time.Now() }
func (wall) Sleep(ctx context.Context, d time.Duration) error {
	return rest(ctx, d)
}
func (wall) AfterFunc(d time.Duration, f func()) func() bool { return time.AfterFunc(d, f).Stop }

// minted is the head's credential, without the identity endpoint.
type minted struct {
	w   *rehearsal.World
	who iam.Principal
}

func (m minted) GetToken(_ context.Context, o policy.TokenRequestOptions) (azcore.AccessToken, error) {
	token, expires := m.w.IAM().Mint(m.who, strings.TrimSuffix(o.Scopes[0], "/.default"))
	return azcore.AccessToken{Token: token, ExpiresOn: expires}, nil
}

type doer struct{ http.RoundTripper }

// Do writes the names of headers as they arrive over a wire.
func (d doer) Do(r *http.Request) (*http.Response, error) {
	header := http.Header{}
	for name, values := range r.Header {
		for _, v := range values {
			header.Add(name, v)
		}
	}
	r.Header = header
	return d.RoundTrip(r)
}

// A rig is an Azure with a head in it.
type rig struct {
	t      testing.TB
	w      *rehearsal.World
	cfg    config.Azure
	store  *azblob.Storage
	client *azure.Clients

	mu   sync.Mutex
	said []string
	runs map[string]int // by task
	run  func(ctx context.Context, c batch.Command, sets func(name, data string)) int
}

const testSession = "0123abcd-0000-4000-8000-000000000000"

func newRig(t testing.TB, st *state.State, change func(*config.Azure)) *rig {
	t.Helper()
	return newRigIn(t, "", st, change)
}

// newRigIn is a rig whose nodes have directories below dir.
func newRigIn(t testing.TB, dir string, st *state.State, change func(*config.Azure)) *rig {
	t.Helper()
	r := &rig{t: t, runs: map[string]int{}}
	r.run = func(ctx context.Context, c batch.Command, _ func(string, string)) int { return 0 }
	if st == nil {
		st = &state.State{}
	}
	st.Tenant = state.GUID(rand.Text())
	w, err := rehearsal.New(rehearsal.Options{State: st, Dir: dir, Clock: wall{}, Runner: batch.RunnerFunc(r.runner)})
	if err != nil {
		t.Fatal(err)
	}
	r.w = w
	t.Cleanup(func() { _ = w.Close() })
	var head, nodes state.Identity
	for _, i := range st.Identities {
		switch i.Name {
		case "head":
			head = i
		case "nodes":
			nodes = i
		}
	}
	r.cfg = config.Azure{
		SubscriptionID: st.Subscription, ResourceGroup: st.ResourceGroup, TenantID: st.Tenant, Cloud: "public", CopyTool: "native",
		Nodes:   config.IdentityChoice{ClientID: nodes.ClientID},
		Storage: config.AzureStorage{AccountName: "rehearsal"},
		Batch: config.AzureBatch{
			AccountName: "rehearsal", Location: st.Location, AutoPoolMode: true, TerminateJobs: true, MaxInfraRetries: 5,
			MaxJobQuotaRetries: 3, JobQuotaRetryDelay: value.Duration(120000), JobMaxWallClockTime: value.Duration(30 * 24 * 3600000),
		},
		Pools: map[string]*config.AzurePool{},
		Retry: config.AzureRetry{Delay: 250 * time.Millisecond, MaxDelay: 10 * time.Second, MaxAttempts: 3},
	}
	if change != nil {
		change(&r.cfg)
	}
	who, ok := w.IAM().Identity(head.ClientID)
	if !ok {
		t.Fatal("the rehearsal has no head")
	}
	r.client, err = azure.Open(azure.Options{Config: r.cfg, Getenv: func(string) (string, bool) { return "", false }, Transport: doer{w.Transport()}, Credential: minted{w, who}})
	if err != nil {
		t.Fatal(err)
	}
	r.store = azblob.New(azblob.Options{Open: func(context.Context) (*service.Client, error) { return r.client.Blobs("rehearsal") }})
	return r
}

// runner runs what nodes are given: the script of the rig.
func (r *rig) runner(ctx context.Context, c batch.Command) (int, error) {
	if c.Kind != "task" {
		return 0, nil
	}
	r.mu.Lock()
	r.runs[c.Task]++
	f := r.run
	r.mu.Unlock()
	dir := c.Args[len(c.Args)-1]
	dir = dir[strings.Index(dir, scheme)+len(scheme):]
	return f(ctx, c, func(name, data string) {
		if err := r.store.Put(context.Background(), dir+"/"+name, []byte(data)); err != nil {
			r.t.Errorf("write %s: %v", name, err)
		}
	}), nil
}

func (r *rig) ran(id string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.runs[id]
}

// head makes an executor and starts it.
func (r *rig) head(change func(*Options)) *Executor {
	r.t.Helper()
	say := func(s string) {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.said = append(r.said, s)
	}
	o := Options{Clients: r.client, Session: testSession, RunName: "mad_curie", WorkDir: "az://work/run", Store: r.store, Notice: say, Warn: say, Program: "/bin/true"}
	if change != nil {
		change(&o)
	}
	e, err := New(o)
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(e.die)
	if err := e.Start(context.Background()); err != nil {
		r.t.Fatal(err)
	}
	return e
}

// saying waits for a message that holds text.
func (r *rig) heard(text string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.ContainsFunc(r.said, func(s string) bool { return strings.Contains(s, text) })
}

func (r *rig) close(e *Executor, detach bool) {
	r.t.Helper()
	if err := e.Close(context.Background(), detach); err != nil {
		r.t.Error(err)
	}
}

func newTask(n int) *task.Task {
	var h task.Hash
	h[0], h[1], h[2], h[15] = byte(n), byte(n>>8), byte(n>>16), 1
	return &task.Task{
		ID: n, Process: "P", Name: "P (1)", Hash: h, WorkDir: "az://work/run/" + h.Dir(),
		Resources: task.Resources{Cpus: 1}, Container: &task.Container{Image: "ubuntu:24.04"},
	}
}

func (r *rig) submit(e *Executor, list ...*task.Task) []executor.Handle {
	r.t.Helper()
	out := make([]executor.Handle, len(list))
	var wg sync.WaitGroup
	for i, t := range list {
		wg.Go(func() {
			h, err := e.Submit(context.Background(), t)
			if err != nil {
				r.t.Errorf("submit %d: %v", t.ID, err)
			}
			out[i] = h
		})
	}
	wg.Wait()
	return out
}

// wait polls until all have ended.
func (r *rig) wait(e *Executor, handles []executor.Handle, most time.Duration) map[int]executor.Update {
	r.t.Helper()
	out := map[int]executor.Update{}
	left := slices.Clone(handles)
	for deadline := time.Now().Add(most); len(left) > 0; {
		news, err := e.Poll(context.Background(), left)
		if err != nil {
			r.mu.Lock()
			r.said = append(r.said, "poll: "+err.Error())
			r.mu.Unlock()
		}
		for _, u := range news {
			if u.State > task.Running {
				out[u.Handle.TaskID] = u
			}
		}
		left = slices.DeleteFunc(left, func(h executor.Handle) bool { _, ok := out[h.TaskID]; return ok })
		if len(left) == 0 {
			break
		}
		if time.Now().After(deadline) {
			r.t.Fatalf("%d of %d tasks did not end in %s; said: %s", len(left), len(handles), most, strings.Join(r.said, "\n"))
		}
		select {
		case <-e.Changed():
		case <-time.After(time.Second):
		}
	}
	return out
}

// pools are those of the service, with their targets.
func (r *rig) pools() []string {
	r.t.Helper()
	s, err := open(context.Background(), r.client)
	if err != nil {
		r.t.Fatal(err)
	}
	var out []string
	for pager := s.batch.NewListPoolsPager(nil); pager.More(); {
		page, err := pager.NextPage(context.Background())
		if err != nil {
			r.t.Fatal(err)
		}
		for _, p := range page.Value {
			out = append(out, fmt.Sprintf("%s: targetDedicatedNodes %d, targetLowPriorityNodes %d, current %d", val(p.ID), val(p.TargetDedicatedNodes), val(p.TargetLowPriorityNodes), val(p.CurrentDedicatedNodes)+val(p.CurrentLowPriorityNodes)))
		}
	}
	return out
}
