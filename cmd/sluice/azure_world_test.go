package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/batch/azbatch"

	"sluice/internal/engine"
	"sluice/internal/rehearsal"
	"sluice/internal/rehearsal/iam"
	"sluice/internal/rehearsal/state"
)

// An azureWorld is a rehearsal that outlives the heads that run against it.
type azureWorld struct {
	t    testing.TB
	w    *rehearsal.World
	dir  string // where heads are started
	env  []string
	log  string // what tasks write down by themselves
	jobs *azbatch.Client
}

// newAzureWorld starts a rehearsal, with files in the directory of its heads.
// The parameter `at` of the pipeline is that directory.
func newAzureWorld(t testing.TB, st *state.State, files map[string]string, with ...func(*rehearsal.Options)) *azureWorld {
	t.Helper()
	a := &azureWorld{t: t, dir: t.TempDir()}
	a.log = filepath.Join(a.dir, "marks")
	kept := filepath.Join(a.dir, "azure")
	a.write("azure/.here", "")
	for name, text := range files {
		a.write(name, text)
	}
	o := rehearsal.Options{State: st, Dir: kept}
	for _, f := range with {
		f(&o)
	}
	w, err := rehearsal.New(o)
	if err != nil {
		t.Fatal(err)
	}
	a.w = w
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := w.Listen(0); err != nil {
		t.Fatal(err)
	}
	env, err := w.Env()
	if err != nil {
		t.Fatal(err)
	}
	a.write("azure/defaults.config", w.Defaults())
	a.write("nextflow.config", "executor.pollInterval = '200ms'\n")
	env = append(env, engine.DefaultsVariable+"="+filepath.Join(kept, "defaults.config"), "HOME="+a.dir, "NO_COLOR=1")
	a.env = rehearsal.Over(os.Environ(), env)
	a.jobs, err = azbatch.NewClient("https://"+w.State().BatchHost(), rehearsalToken{w}, &azbatch.ClientOptions{ClientOptions: policy.ClientOptions{Transport: roundTripper{w.Transport()}}})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// rehearsalToken is the credential of the test itself: the head's identity.
type rehearsalToken struct{ w *rehearsal.World }

func (r rehearsalToken) GetToken(_ context.Context, o policy.TokenRequestOptions) (azcore.AccessToken, error) {
	i := slices.IndexFunc(r.w.State().Identities, func(i state.Identity) bool { return i.Name == r.w.State().Head.Identities[0] })
	var who iam.Principal
	if i >= 0 {
		who, _ = r.w.IAM().Identity(r.w.State().Identities[i].ClientID)
	}
	text, expires := r.w.IAM().Mint(who, strings.TrimSuffix(o.Scopes[0], "/.default"))
	return azcore.AccessToken{Token: text, ExpiresOn: expires}, nil
}

type roundTripper struct{ http.RoundTripper }

func (r roundTripper) Do(q *http.Request) (*http.Response, error) { return r.RoundTrip(q) }

func (a *azureWorld) write(name, text string) {
	a.t.Helper()
	path := filepath.Join(a.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		a.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		a.t.Fatal(err)
	}
}

func (a *azureWorld) read(name string) string {
	data, err := os.ReadFile(filepath.Join(a.dir, filepath.FromSlash(name)))
	if err != nil {
		return ""
	}
	return string(data)
}

// A head is a `sluice` that runs as a process of its own.
type head struct {
	a    *azureWorld
	cmd  *exec.Cmd
	out  *bytes.Buffer
	done chan struct{} // closed once it has ended
}

func (a *azureWorld) start(args ...string) *head {
	a.t.Helper()
	h := &head{a: a, cmd: exec.Command("sluice", args...), out: &bytes.Buffer{}, done: make(chan struct{})}
	h.cmd.Dir, h.cmd.Env, h.cmd.Stdout, h.cmd.Stderr = a.dir, a.env, h.out, h.out
	h.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := h.cmd.Start(); err != nil {
		a.t.Fatal(err)
	}
	go func() {
		defer close(h.done)
		_ = h.cmd.Wait() // how it ended is in ProcessState
	}()
	a.t.Cleanup(func() {
		_ = h.cmd.Process.Kill() // it has ended, unless the test failed
		<-h.done
	})
	return h
}

// run starts the pipeline, with the directory of the world as its parameter `at`.
func (a *azureWorld) run(args ...string) *head {
	a.t.Helper()
	return a.start(append([]string{"run", "main.nf", "--at", a.dir, "-ansi-log", "false"}, args...)...)
}

// kill is kill -9.
func (h *head) kill() {
	h.a.t.Helper()
	select {
	case <-h.done:
		h.a.t.Fatalf("the head had ended before it was killed:\n%s", h.out)
	default:
	}
	if err := h.cmd.Process.Kill(); err != nil {
		h.a.t.Fatal(err)
	}
	<-h.done
}

// code waits for the end of the head.
func (h *head) code(limit time.Duration) int {
	h.a.t.Helper()
	select {
	case <-h.done:
	case <-time.After(limit):
		_ = h.cmd.Process.Kill()
		<-h.done
		h.a.t.Fatalf("the head did not end in %s:\n%s\n%s", limit, h.out, h.a.callsText())
	}
	return h.cmd.ProcessState.ExitCode()
}

// wantCode fails unless the head ends with the code.
func (h *head) wantCode(want int) string {
	h.a.t.Helper()
	if got := h.code(60 * time.Second); got != want {
		h.a.t.Fatalf("exit code %d, want %d:\n%s\n%s", got, want, h.out, tail(h.a.read(".nextflow.log"), 30))
	}
	return h.out.String()
}

func tail(text string, n int) string {
	lines := strings.Split(text, "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}

func (a *azureWorld) callsText() string {
	var b strings.Builder
	for _, c := range a.w.Calls() {
		fmt.Fprintf(&b, "%s %s %s %s %d %s\n", c.Time.Format("15:04:05.000"), c.Who, c.Method, c.Path, c.Status, c.Code)
	}
	return tail(b.String(), 25)
}

// until waits for what a test needs to happen.
func (a *azureWorld) until(what string, h *head, done func() bool) {
	a.t.Helper()
	for deadline := time.Now().Add(60 * time.Second); !done(); time.Sleep(5 * time.Millisecond) {
		ended := false
		if h != nil {
			select {
			case <-h.done:
				ended = !done()
			default:
			}
		}
		if ended || time.Now().After(deadline) {
			out := ""
			if h != nil {
				out = h.out.String()
			}
			a.t.Fatalf("it did not happen: %s (head ended: %v)\n%s\n%s", what, ended, out, a.callsText())
		}
	}
}

// called says how many calls were answered whose method and path fit.
func (a *azureWorld) called(who, pattern string) int {
	re, n := regexp.MustCompile(pattern), 0
	for _, c := range a.w.Calls() {
		if (who == "" || strings.HasPrefix(c.Who, who)) && re.MatchString(c.Method+" "+c.Path) {
			n++
		}
	}
	return n
}

// marks are what the tasks wrote down, sorted.
func (a *azureWorld) marks() []string {
	lines := strings.Fields(a.read("marks"))
	slices.Sort(lines)
	return lines
}

// restful waits until all jobs have ended and, if asked for, no pool has a node.
func (a *azureWorld) restful(limit time.Duration, nodes bool) {
	a.t.Helper()
	var busy []string
	for deadline := time.Now().Add(limit); ; time.Sleep(20 * time.Millisecond) {
		busy = nil
		jobs := a.jobs.NewListJobsPager(nil)
		for jobs.More() {
			page, err := jobs.NextPage(context.Background())
			if err != nil {
				a.t.Fatal(err)
			}
			for _, j := range page.Value {
				if *j.State != azbatch.JobStateCompleted {
					busy = append(busy, "job "+*j.ID+" is "+string(*j.State))
				}
			}
		}
		pools := a.jobs.NewListPoolsPager(nil)
		for pools.More() {
			page, err := pools.NextPage(context.Background())
			if err != nil {
				a.t.Fatal(err)
			}
			for _, p := range page.Value {
				if n := *p.CurrentDedicatedNodes + *p.CurrentLowPriorityNodes; nodes && n > 0 {
					busy = append(busy, fmt.Sprintf("pool %s has %d nodes", *p.ID, n))
				}
			}
		}
		if len(busy) == 0 {
			return
		}
		if time.Now().After(deadline) {
			a.t.Fatalf("after %s: %s", limit, strings.Join(busy, ", "))
		}
	}
}
