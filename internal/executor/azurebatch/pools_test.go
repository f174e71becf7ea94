package azurebatch

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/batch/azbatch"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/batch/armbatch/v2"

	"sluice/internal/azure"
	"sluice/internal/config"
	"sluice/internal/rehearsal/batch"
	"sluice/internal/rehearsal/state"
	"sluice/internal/task"
)

// poolNames are those of the account, in order.
func (r *rig) poolNames(e *Executor) []string {
	r.t.Helper()
	var out []string
	pager := e.s.batch.NewListPoolsPager(nil)
	for pager.More() {
		page, err := pager.NextPage(context.Background())
		if err != nil {
			r.t.Fatal(err)
		}
		for _, p := range page.Value {
			out = append(out, val(p.ID))
		}
	}
	slices.Sort(out)
	return out
}

// armPool is a pool as the management plane has it.
func (r *rig) armPool(e *Executor, id string) armbatch.Pool {
	r.t.Helper()
	got, err := e.s.pools.Get(context.Background(), e.s.account.ResourceGroup, e.s.account.Name, id, nil)
	if err != nil {
		r.t.Fatal(err)
	}
	return got.Pool
}

// jobOf is the job that a task is in.
func (r *rig) jobOf(e *Executor, native string) azbatch.Job {
	r.t.Helper()
	job, _, _ := strings.Cut(native, "/")
	got, err := e.s.batch.GetJob(context.Background(), job, nil)
	if err != nil {
		r.t.Fatal(err)
	}
	return got.Job
}

func (r *rig) taskOf(e *Executor, native string) azbatch.Task {
	r.t.Helper()
	job, id, _ := strings.Cut(native, "/")
	got, err := e.s.batch.GetTask(context.Background(), job, id, nil)
	if err != nil {
		r.t.Fatal(err)
	}
	return got.Task
}

// The specification decides on the pool: another identity, image, network or
// label is another pool, the same is the same for every head.
func TestPoolOfSpecification(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, &state.State{Identities: []state.Identity{{Name: "nodes"}, {Name: "others"}}}, nil)
		var others state.Identity
		for _, i := range r.w.State().Identities {
			if i.Name == "others" {
				others = i
			}
		}
		start := func(session string, change func(*config.Azure)) string {
			cfg := r.client.Config
			defer func() { r.client.Config = cfg }()
			if change != nil {
				change(&r.client.Config)
			}
			e := r.head(func(o *Options) { o.Session = session })
			r.submit(e, newTask(1))
			id := e.lanes()[0].pool.id
			e.die()
			return id
		}
		first := start("aaaaaaaa-0000-4000-8000-000000000000", nil)
		if again := start("bbbbbbbb-0000-4000-8000-000000000000", nil); again != first {
			t.Errorf("the same specification is %s and %s", first, again)
		}
		seen := map[string]string{first: "as it was"}
		for what, change := range map[string]func(*config.Azure){
			"identity": func(c *config.Azure) { c.Nodes.ClientID = others.ClientID },
			"both":     func(c *config.Azure) { c.Nodes.Also = []string{others.ClientID} },
			"agent": func(c *config.Azure) {
				c.Pools = map[string]*config.AzurePool{auto: {Name: auto, SKU: "batch.node.ubuntu 22.04"}}
			},
			"start":   func(c *config.Azure) { c.Pools = map[string]*config.AzurePool{auto: {Name: auto, StartScript: "true"}} },
			"scaling": func(c *config.Azure) { c.Pools = map[string]*config.AzurePool{auto: {Name: auto, MaxVMCount: 9}} },
		} {
			id := start("cccccccc-0000-4000-8000-000000000000", change)
			if seen[id] != "" {
				t.Errorf("%s is the pool of %s", what, seen[id])
			}
			seen[id] = what
		}
		e := r.head(nil)
		labelled := newTask(2)
		labelled.Tags = []task.EnvVar{{Name: "owner", Value: "lab"}, {Name: "cost", Value: "7"}}
		r.submit(e, labelled)
		id := e.lanes()[0].pool.id
		if seen[id] != "" {
			t.Errorf("labels: the pool of %s", seen[id])
		}
		p := r.armPool(e, id)
		labels := map[string]string{}
		for _, m := range p.Properties.Metadata {
			labels[*m.Name] = *m.Value
		}
		if labels["owner"] != "lab" || labels["cost"] != "7" || labels[metaSpec] == "" {
			t.Errorf("metadata %v", labels)
		}
		r.close(e, false)
	})
}

// Two heads of different runs make one pool; two of the same session, one job.
func TestHeadsRace(t *testing.T) {
	t.Parallel()
	for _, other := range []string{testSession, "ffffffff-0000-4000-8000-000000000000"} {
		synctest.Test(t, func(t *testing.T) {
			r := newRig(t, nil, nil)
			r.run = sleeps(5 * time.Minute)
			a, b := r.head(nil), r.head(func(o *Options) { o.Session = other })
			list := many(30)
			done := make(chan bool)
			go func() { r.wait(a, r.submit(a, list...), 10*time.Hour); close(done) }()
			r.wait(b, r.submit(b, list...), 10*time.Hour)
			<-done
			if names := r.poolNames(a); len(names) != 1 {
				t.Errorf("pools %v", names)
			}
			want := 1
			if other != testSession {
				want = 2
			}
			for _, tk := range list {
				if n := r.ran(taskID(tk.Hash, 0)); n != want {
					t.Errorf("task %d ran %d times, want %d", tk.ID, n, want)
				}
			}
			r.close(a, false)
			r.close(b, false)
		})
	}
}

// A pool that is being deleted keeps its name for a while.
func TestPoolBeingDeleted(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, &state.State{Batch: state.Batch{NodeStart: 40 * time.Minute}}, nil)
		var ids []string
		for n := range 3 {
			e := r.head(nil)
			u := r.wait(e, r.submit(e, newTask(n+1)), 10*time.Hour)[n+1]
			if u.State != task.Completed {
				t.Fatalf("%v %v", u.State, u.Result.Err)
			}
			ids = append(ids, e.lanes()[0].pool.id)
			r.close(e, false)
			if _, err := e.s.batch.DeletePool(t.Context(), ids[n], nil); err != nil {
				t.Fatal(err)
			}
			if n == 0 {
				continue
			}
			time.Sleep(10 * time.Minute) // the first of them are gone by now
		}
		if ids[1] != ids[0]+"-b" || ids[2] != ids[0] {
			t.Errorf("pools %v", ids)
		}
	})
}

// Nodes whose start task fails are removed; when several fail alike that is
// the end, with what they printed.
func TestStartTaskFails(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		nodes int
		ends  bool
	}{{1, false}, {9, true}} {
		synctest.Test(t, func(t *testing.T) {
			st := &state.State{}
			for n := range tc.nodes {
				st.Faults = append(st.Faults, state.Fault{Event: "starttask", Node: n})
			}
			r := newRig(t, st, nil)
			e := r.head(nil)
			u := r.wait(e, r.submit(e, newTask(1)), 10*time.Hour)[1]
			var f *azure.FindingError
			if tc.ends && (!errors.As(u.Result.Err, &f) || f.ID != "AZ504" || !strings.Contains(f.Cause, "start task, exit status 1")) || !tc.ends && u.State != task.Completed {
				t.Errorf("%d nodes: %v %v", tc.nodes, u.State, u.Result.Err)
			}
			if !r.heard("does not come up: start task, exit status 1") {
				t.Errorf("said %q", r.said)
			}
			r.close(e, false)
		})
	}
}

// A formula that failed is set again.
func TestFormulaKick(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, &state.State{Faults: []state.Fault{{Event: "autoscale", Times: 2}}}, nil) // at first, and when more nodes are asked for
		e := r.head(nil)
		begin := time.Now()
		if u := r.wait(e, r.submit(e, newTask(1)), 10*time.Hour)[1]; u.State != task.Completed {
			t.Errorf("%v %v", u.State, u.Result.Err)
		}
		if !r.heard("was set again") || time.Since(begin) > 5*time.Minute {
			t.Errorf("after %s, said %q", time.Since(begin), r.said)
		}
		r.close(e, false)
	})
}

// Pools of ours are deleted at the end if the user wishes it and nobody else
// has a job there.
func TestDeletePools(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, nil, func(c *config.Azure) {
			c.Batch.DeletePools = true
			c.Batch.DeleteTasks = to.Ptr(true)
		})
		r.run = func(ctx context.Context, c batch.Command, put func(string, string)) int {
			if strings.HasPrefix(c.Job, "slc-eeeeeeee") {
				return sleeps(time.Hour)(ctx, c, put)
			}
			return 0
		}
		other := r.head(func(o *Options) { o.Session = "eeeeeeee-0000-4000-8000-000000000000" })
		hs := r.submit(other, newTask(9))
		e := r.head(nil)
		u := r.wait(e, r.submit(e, newTask(1)), time.Hour)[1]
		id := e.lanes()[0].pool.id
		r.close(e, false)
		if names := r.poolNames(other); !slices.Contains(names, id) || !r.heard("stays: other runs use it") {
			t.Errorf("pools %v, said %q", names, r.said)
		}
		job, tid, _ := strings.Cut(u.Result.NativeID, "/")
		if _, err := other.s.batch.GetTask(t.Context(), job, tid, nil); !isStatus(err, 404) {
			t.Errorf("the task is still there: %v", err)
		}
		r.wait(other, hs, 5*time.Hour)
		r.close(other, false)
		time.Sleep(time.Hour)
		if names := r.poolNames(other); len(names) != 0 {
			t.Errorf("pools %v are left", names)
		}
	})
}

func TestQueueThatIsNone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, &state.State{Pools: []state.Pool{{Name: "highmem", Nodes: 1, Identities: []string{"nodes"}, Containers: true}}}, nil)
		e := r.head(nil)
		for queue, want := range map[string][]string{
			"highmen":        {"the pool `highmen` of process `P` does not exist", "highmem", "queue 'highmem'"},
			"highmem,lowmem": {"names several pools, `highmem,lowmem`: a task runs in one", "highmem"},
		} {
			tk := newTask(len(queue))
			tk.Resources.Queue = queue
			_, err := e.Submit(t.Context(), tk)
			var f *azure.FindingError
			if !errors.As(err, &f) || f.ID != "AZ501" {
				t.Fatalf("%s: %v", queue, err)
			}
			for _, w := range want {
				if text := f.What + f.Cause + strings.Join(f.Fix, "\n"); !strings.Contains(text, w) {
					t.Errorf("%s: %q lacks %q", queue, text, w)
				}
			}
		}
		tk := newTask(1)
		tk.Resources.Queue = "highmem"
		if u := r.wait(e, r.submit(e, tk), time.Hour)[1]; u.State != task.Completed {
			t.Errorf("%v %v", u.State, u.Result.Err)
		}
		r.close(e, false)
	})
}

// What a node may not do is told with the grant or the setting that is missing.
func TestFindingsOfNodes(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, fault, id string
		want            []string
	}{
		{"firewall", `{"class":"config","step":"stage-in","op":"GET","url":"https://lab.blob.core.windows.net/in/a","status":403,"code":"AuthorizationFailure","message":"no"}`, "AZ203", []string{"network rules of storage account lab", "network-rule add --account-name lab"}},
		{"secret", `{"class":"config","step":"secret","op":"GET","url":"https://kv.vault.azure.net/secrets/x","status":403,"code":"Forbidden","message":"no"}`, "AZ211", []string{"may not read secrets", "Key Vault Secrets User", "--name kv"}},
		{"identity", `{"class":"config","step":"identity","op":"GET","status":400,"code":"invalid_request","message":"Identity not found"}`, "AZ105", []string{"does not have the identity `nodes`", "az batch pool show --pool-id slc-"}},
		{"of no kind", `{"class":"config","step":"stage-in","op":"GET","url":"https://x.blob.core.windows.net/in/a","status":409,"code":"BlobArchived","message":"in the archive"}`, "AZ802", []string{"409 BlobArchived", "in the archive"}},
	} {
		synctest.Test(t, func(t *testing.T) {
			r := newRig(t, nil, func(c *config.Azure) { c.KeyVault = "https://kv.vault.azure.net" })
			r.run = func(_ context.Context, _ batch.Command, put func(string, string)) int {
				put(".command.fault", tc.fault)
				return 112
			}
			e := r.head(nil)
			u := r.wait(e, r.submit(e, newTask(1)), time.Hour)[1]
			checkFinding(t, tc.name, u.Result.Err, tc.id, tc.want)
			r.close(e, false)
		})
	}
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, &state.State{Registries: []state.Registry{{Name: "reg", Images: []string{"*"}}}, Grants: without("AcrPull")}, func(c *config.Azure) {
			c.Registry = []config.AzureRegistry{{Server: "reg.azurecr.io", Identity: config.IdentityChoice{Auto: true}}}
		})
		e := r.head(nil)
		tk := newTask(1)
		tk.Container.Image = "reg.azurecr.io/tool:1"
		u := r.wait(e, r.submit(e, tk), time.Hour)[1]
		checkFinding(t, "pull", u.Result.Err, "AZ210", []string{"may not pull the image", "AcrPull", "az acr show --name reg"})
		r.close(e, false)
	})
}

// without are the grants of a rehearsal but those of a role.
func without(role string) []state.Grant {
	st := &state.State{Registries: []state.Registry{{Name: "reg", Images: []string{"*"}}}}
	st.Complete()
	return slices.DeleteFunc(st.Grants, func(g state.Grant) bool { return g.Role == role })
}

func checkFinding(t *testing.T, name string, err error, id string, want []string) {
	t.Helper()
	var f *azure.FindingError
	if !errors.As(err, &f) || f.ID != id {
		t.Errorf("%s: %v", name, err)
		return
	}
	for _, w := range want {
		if text := f.What + f.Cause + strings.Join(f.Fix, "\n"); !strings.Contains(text, w) {
			t.Errorf("%s: %q lacks %q", name, text, w)
		}
	}
}

// What the service is told of pools, jobs and tasks.
func TestWhatIsSent(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		st := &state.State{Registries: []state.Registry{{Name: "reg", Images: []string{"*"}}}}
		r := newRig(t, st, func(c *config.Azure) {
			c.Registry = []config.AzureRegistry{{Server: "reg.azurecr.io", Identity: config.IdentityChoice{Auto: true}}}
			c.Pools[auto] = &config.AzurePool{Name: auto, Mounts: []config.BlobMount{{Container: "data", Path: "/refs/"}}}
		})
		e := r.head(func(o *Options) {
			o.Fusion = &Fusion{Env: []task.EnvVar{{Name: "FUSION_LICENSE_TOKEN", Value: "of the user"}}}
		})
		tk := newTask(1)
		tk.Container.Image, tk.Resources.Accelerator = "reg.azurecr.io/tool:1", 1
		h := r.submit(e, tk)[0]
		nodes := e.lanes()[0].pool.who
		p := r.armPool(e, e.lanes()[0].pool.id).Properties
		if !strings.HasPrefix(*p.VMSize, "Standard_NC") {
			t.Errorf("a task with an accelerator has %s", *p.VMSize)
		}
		regs := p.DeploymentConfiguration.VirtualMachineConfiguration.ContainerConfiguration.ContainerRegistries
		if len(regs) != 1 || *regs[0].RegistryServer != "reg.azurecr.io" || *regs[0].IdentityReference.ResourceID != nodes.ResourceID || val(regs[0].UserName)+val(regs[0].Password) != "" {
			t.Errorf("registries %+v", regs)
		}
		m := p.MountConfiguration
		if len(m) != 1 || *m[0].AzureBlobFileSystemConfiguration.ContainerName != "data" || *m[0].AzureBlobFileSystemConfiguration.RelativeMountPath != "refs" ||
			*m[0].AzureBlobFileSystemConfiguration.IdentityReference.ResourceID != nodes.ResourceID || !strings.Contains(*m[0].AzureBlobFileSystemConfiguration.BlobfuseOptions, "-o ro") {
			t.Errorf("mounts %+v", m)
		}
		env := map[string]string{}
		for _, v := range r.jobOf(e, h.Native).CommonEnvironmentSettings {
			env[*v.Name] = *v.Value
		}
		for name, want := range map[string]string{
			"FUSION_AZ_MSI_CLIENT_ID": nodes.ClientID, "AZURE_STORAGE_ACCOUNT": "rehearsal", "FUSION_LICENSE_TOKEN": "of the user",
			"AZCOPY_AUTO_LOGIN_TYPE": "MSI", "AZCOPY_MSI_CLIENT_ID": nodes.ClientID, "FUSION_WORK": "/fusion/az/work/run",
		} {
			if env[name] != want {
				t.Errorf("%s is %q, want %q", name, env[name], want)
			}
		}
		got := r.taskOf(e, h.Native)
		c := got.ContainerSettings
		for _, want := range []string{"--privileged", "--gpus all", "--cpu-shares 1024"} {
			if !strings.Contains(*c.ContainerRunOptions, want) {
				t.Errorf("options %q lack %s", *c.ContainerRunOptions, want)
			}
		}
		if !strings.HasPrefix(*got.CommandLine, "/usr/bin/fusion bash ") || c.Registry == nil || *c.Registry.IdentityReference.ResourceID != nodes.ResourceID || len(c.ContainerHostBatchBindMounts) == 0 {
			t.Errorf("%s, %+v", *got.CommandLine, c)
		}
		if o := got.OutputFiles; len(o) != 2 || !strings.HasSuffix(*o[1].Destination.Container.Path, tk.Hash.Dir()+"/"+lastErr) || *o[1].Destination.Container.IdentityReference.ResourceID != nodes.ResourceID {
			t.Errorf("output files %+v", o)
		}
		text, err := json.Marshal(got)
		if err != nil || strings.Contains(string(text), "sig=") || len(text) > 9000 {
			t.Errorf("%d bytes, %v: %s", len(text), err, text)
		}
		r.close(e, false)
	})
}

// In host mode the wrapper starts the containers: neither pool nor tasks have
// any for the service.
func TestHostMode(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, nil, func(c *config.Azure) { c.Batch.Isolation = "host" })
		e := r.head(nil)
		h := r.submit(e, newTask(1))[0]
		if c := r.armPool(e, e.lanes()[0].pool.id).Properties.DeploymentConfiguration.VirtualMachineConfiguration.ContainerConfiguration; c != nil {
			t.Errorf("the pool has %+v", c)
		}
		got := r.taskOf(e, h.Native)
		if got.ContainerSettings != nil || *got.UserIdentity.AutoUser.ElevationLevel != azbatch.ElevationLevelAdmin {
			t.Errorf("%+v", got)
		}
		if prep := r.jobOf(e, h.Native).JobPreparationTask; *prep.UserIdentity.AutoUser.ElevationLevel != azbatch.ElevationLevelAdmin || !strings.Contains(*prep.CommandLine, "isolate") {
			t.Errorf("%s", *prep.CommandLine)
		}
		r.close(e, false)
	})
}

// azcopy goes to the nodes as the program itself does, pinned by its hash.
func TestAzCopyTravels(t *testing.T) {
	t.Parallel()
	fake := func(version string) string {
		file := filepath.Join(t.TempDir(), "azcopy")
		if err := os.WriteFile(file, []byte("#!/bin/sh\necho azcopy version "+version+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
		return file
	}
	good, old := fake("10.32.2"), fake("10.20.1")
	for _, tc := range []struct {
		name string
		copy config.AzCopy
		id   string // of the finding; "" for none
	}{
		{"new enough", config.AzCopy{Source: good}, ""},
		{"too old", config.AzCopy{Source: old}, "AZ601"},
		{"another one", config.AzCopy{Source: good, SHA256: strings.Repeat("0", 64)}, "AZ601"},
	} {
		r := newRig(t, nil, func(c *config.Azure) { c.CopyTool, c.AzCopy = "azcopy", tc.copy })
		e := r.head(nil)
		h, err := e.Submit(t.Context(), newTask(1))
		if tc.id != "" {
			checkFinding(t, tc.name, err, tc.id, []string{tc.copy.Source})
			r.close(e, false)
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		prep := r.jobOf(e, h.Native).JobPreparationTask
		f := prep.ResourceFiles[1]
		sha := e.tools.azcopy.sha
		if *f.FilePath != "azcopy" || !strings.Contains(*f.HTTPURL, sha) || f.IdentityReference == nil || !strings.Contains(*prep.CommandLine, sha) {
			t.Errorf("%s, %+v", *prep.CommandLine, f)
		}
		in, err := r.store.Open(t.Context(), e.tools.azcopy.blob)
		if err != nil {
			t.Fatal(err)
		}
		have, err := io.ReadAll(in)
		want, err2 := os.ReadFile(good)
		if errors.Join(err, err2, in.Close()) != nil || string(have) != string(want) {
			t.Errorf("%q, %v", have, err)
		}
		r.close(e, false)
	}
}

// How often the service is asked does not depend on how many tasks there are.
func TestCallsPerMinute(t *testing.T) {
	t.Parallel()
	calls := func(tasks int) int {
		n := 0
		synctest.Test(t, func(t *testing.T) {
			r := newRig(t, &state.State{Batch: state.Batch{CoreQuota: 4}}, nil)
			r.run = sleeps(100 * time.Hour)
			e := r.head(nil)
			r.submit(e, many(tasks)...)
			time.Sleep(20 * time.Minute)
			before := len(r.w.Calls())
			time.Sleep(time.Hour)
			for _, c := range r.w.Calls()[before:] {
				if c.Service == "batch" {
					n++
				}
			}
			e.die()
		})
		return n
	}
	few, more := calls(5), calls(1500)
	t.Logf("%.1f and %.1f calls a minute", float64(few)/60, float64(more)/60)
	if few > 12*60 || more > few*5/4+60 {
		t.Errorf("%d calls an hour for 5 tasks, %d for 1500", few, more)
	}
}
