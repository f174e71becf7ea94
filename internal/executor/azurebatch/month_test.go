package azurebatch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"sluice/internal/azure"
	"sluice/internal/config"
	"sluice/internal/lang/value"
	"sluice/internal/node"
	"sluice/internal/rehearsal"
	"sluice/internal/rehearsal/batch"
	"sluice/internal/rehearsal/iam"
	"sluice/internal/rehearsal/state"
	"sluice/internal/task"
)

// byIdentity gives the rig a head that gets its tokens as one on a virtual
// machine does: from the identity endpoint, through the chain.
func (r *rig) byIdentity(t *testing.T) {
	t.Helper()
	cfg := r.cfg
	for _, i := range r.w.State().Identities {
		if i.Name == "head" {
			cfg.Head = config.HeadIdentity{ClientID: i.ClientID}
		}
	}
	clients, err := azure.Open(azure.Options{Config: cfg, Getenv: func(string) (string, bool) { return "", false }, Transport: doer{r.w.Transport()}})
	if err != nil {
		t.Fatal(err)
	}
	r.client = clients
}

// A worker is a node that reads and writes blobs by its identity.
type worker struct {
	tokens *node.Tokens
	http   *http.Client
	client string
}

func (r *rig) worker(n batch.Node) *worker {
	c := &http.Client{Transport: r.w.NodeTransport(rehearsal.Node{Pool: n.Pool, ID: n.ID, Identities: func() []iam.Principal { return n.Identities }})}
	return &worker{tokens: &node.Tokens{HTTP: c}, http: c, client: r.cfg.Nodes.ClientID}
}

// put writes a blob with a token that is good now.
func (w *worker) put(name string) (status int, err error) {
	token, err := w.tokens.Get(context.Background(), w.client, "https://storage.azure.com", "")
	if err != nil {
		return 0, err
	}
	req, err := http.NewRequest(http.MethodPut, "https://rehearsal.blob.core.windows.net/work/"+name, strings.NewReader("x"))
	if err != nil {
		return 0, err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("X-Ms-Version", "2024-11-04")
	req.Header.Set("X-Ms-Blob-Type", "BlockBlob")
	resp, err := w.http.Do(req)
	if err != nil {
		return 0, err
	}
	_, err = io.Copy(io.Discard, resp.Body)
	return resp.StatusCode, errors.Join(err, resp.Body.Close())
}

// A run of thirty days, with tokens that live an hour: nothing expires. Its
// tasks write every twenty minutes, its head looks all the time.
func TestThirtyDays(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const days = 30
		r := newRig(t, &state.State{TokenLife: time.Hour}, func(c *config.Azure) {
			c.Batch.JobLease = value.Duration(6 * 3600000)
			c.Batch.JobMaxWallClockTime = value.Duration(40 * 24 * 3600000)
		})
		r.byIdentity(t)
		var mu sync.Mutex
		workers := map[string]*worker{}
		writes := 0
		r.run = func(ctx context.Context, c batch.Command, _ func(string, string)) int {
			mu.Lock()
			w := workers[c.Node.ID]
			if w == nil {
				w = r.worker(c.Node)
				workers[c.Node.ID] = w
			}
			mu.Unlock()
			life := time.Hour
			if c.Task == taskID(newTask(1).Hash, 0) {
				life = days*24*time.Hour - time.Hour
			}
			for end := time.Now().Add(life); time.Now().Before(end); {
				status, err := w.put(fmt.Sprintf("beats/%s", c.Task))
				if err != nil || status != 201 {
					t.Errorf("%s: %s writes: %d %v", time.Now(), c.Task, status, err)
					return 1
				}
				mu.Lock()
				writes++
				mu.Unlock()
				if rest(ctx, 20*time.Minute) != nil {
					t.Errorf("%s was ended at %s", c.Task, time.Now())
					return 137
				}
			}
			return 0
		}
		begin := time.Now()
		e := r.head(func(o *Options) { o.Poll = 10 * time.Minute })
		handles := r.submit(e, newTask(1))
		for day := 1; day < days; day += 2 {
			tk := newTask(day + 1)
			u := r.wait(e, r.submit(e, tk), 12*time.Hour)[tk.ID]
			if u.State != task.Completed || u.Result.Exit != 0 {
				t.Errorf("day %d: %+v", day, u)
			}
			time.Sleep(time.Until(begin.Add(time.Duration(day+2) * 24 * time.Hour)))
		}
		u := r.wait(e, handles, 48*time.Hour)[1]
		if u.State != task.Completed || u.Result.Exit != 0 || !strings.HasSuffix(u.Result.NativeID, "-g1/"+taskID(newTask(1).Hash, 0)) {
			t.Errorf("%+v", u)
		}
		r.close(e, false)
		if took := time.Since(begin); took < (days-1)*24*time.Hour || writes < days*24*3-10 {
			t.Errorf("it took %s and wrote %d times", took, writes)
		}
		r.wantTokens(days, begin)
	})
}

// wantTokens fails unless tokens were asked for at about half of their lives,
// and each call was let in.
func (r *rig) wantTokens(days int, begin time.Time) {
	r.t.Helper()
	budget := map[string]int{}
	for _, row := range r.w.Budget().Lines {
		budget[row.Service+" "+row.Kind+" head"] += row.Head
		budget[row.Service+" "+row.Kind+" nodes"] += row.Nodes
		if row.Failed > 0 && row.Kind != "add tasks" && row.Kind != "change jobs" {
			r.t.Errorf("%d calls of %s %s failed", row.Failed, row.Service, row.Kind)
		}
	}
	half := days * 24 * 2
	// The head looks all the time for Batch, now and then for the others.
	if n := budget["imds token head"]; n < half*8/10 || n > half*3 {
		r.t.Errorf("the head asked for %d tokens, a token for each half hour is %d", n, half)
	}
	if n := budget["imds token nodes"]; n < half*6/10 || n > half*2 {
		r.t.Errorf("the nodes asked for %d tokens, a token for each half hour is %d", n, half)
	}
	if n := budget["batch change jobs head"]; n < days*24*9/10 {
		r.t.Errorf("jobs were changed %d times: a lease is renewed every hour", n)
	}
}

// A head that loses its role, or its identity, says so at once, goes on for a
// while, and ends with what mends it; its tasks are not touched.
func TestRevoked(t *testing.T) {
	t.Parallel()
	const revoked = 2 * time.Hour
	roleUntil := func(st *state.State) {
		for i, g := range st.Grants {
			if g.Identity == "head" && strings.HasPrefix(g.Scope, "batch:") {
				st.Grants[i].Until = revoked
			}
		}
	}
	for _, tc := range []struct {
		name   string
		change func(*state.State)
		heard  string
		by     time.Duration // after the revocation
		id     string        // "" is well
	}{
		{"role", roleUntil, "refuses the head: 403", time.Minute, "AZ308"},
		{"role, given back", func(st *state.State) {
			roleUntil(st)
			st.Grants = append(st.Grants, state.Grant{Identity: "head", Role: "Azure Batch Data Contributor", Scope: "batch:rehearsal", After: revoked + 3*time.Minute})
		}, "tells again", 5 * time.Minute, ""},
		{"identity", func(st *state.State) {
			st.Faults = []state.Fault{{Service: "imds", From: "head", Path: "oauth2", After: 6, Status: 400, Code: "invalid_request", Message: "Identity not found"}}
		}, "gets no token any more", 50 * time.Minute, "AZ001"},
		{"identity endpoint down for a while", func(st *state.State) {
			st.Faults = []state.Fault{{Service: "imds", From: "head", Path: "oauth2", After: 6, Times: 8, Status: 500}}
		}, "", 0, ""},
		{"service down for a while", func(st *state.State) {
			st.Faults = []state.Fault{{Service: "batch", Method: "GET", Path: `/tasks\?`, After: 100, Times: 100, Status: 503}}
		}, "has not told how tasks are", time.Hour, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				st := state.Default()
				st.TokenLife = time.Hour
				tc.change(st)
				r := newRig(t, st, nil)
				r.byIdentity(t)
				r.run = func(ctx context.Context, _ batch.Command, _ func(string, string)) int {
					if rest(ctx, 4*time.Hour) != nil {
						return 137
					}
					return 0
				}
				begin := time.Now()
				e := r.head(nil)
				handles := r.submit(e, newTask(1))
				time.Sleep(time.Until(begin.Add(revoked + tc.by)))
				if tc.heard != "" && !r.heard(tc.heard) {
					t.Errorf("nothing was said of %q: %q", tc.heard, r.said)
				}
				u := r.wait(e, handles, 12*time.Hour)[1]
				var f *azure.FindingError
				switch {
				case tc.id == "" && (u.State != task.Completed || u.Result.Err != nil):
					t.Errorf("%v %v", u.State, u.Result.Err)
				case tc.id != "" && (!errors.As(u.Result.Err, &f) || f.ID != tc.id || len(f.Fix) == 0 || time.Since(begin) > revoked+tc.by+8*time.Minute):
					t.Errorf("after %s: %v %v", time.Since(begin), u.State, u.Result.Err)
				}
				if n := r.ran(taskID(newTask(1).Hash, 0)); n != 1 {
					t.Errorf("ran %d times", n)
				}
			})
		})
	}
}
