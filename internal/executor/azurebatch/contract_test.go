package azurebatch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/service"

	"sluice/internal/azure"
	"sluice/internal/azuretest"
	"sluice/internal/config"
	"sluice/internal/executor/executortest"
	"sluice/internal/node"
	"sluice/internal/rehearsal"
	"sluice/internal/rehearsal/state"
	"sluice/internal/storage/azblob"
	"sluice/internal/task"
	"sluice/internal/workdir"
)

// TestMain lets this program be what nodes run, as the engine's own is.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "node" {
		dir, err := os.Getwd()
		self, err2 := os.Executable()
		if err := errors.Join(err, err2); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(node.ExitInfra)
		}
		n := &node.Node{Dir: dir, Self: self, Getenv: os.LookupEnv, Env: os.Environ(), Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr}
		os.Exit(n.Main(context.Background(), os.Args[2:]))
	}
	os.Exit(m.Run())
}

// elsewhere is a head whose tasks really run, on nodes that reach an Azure of
// this machine by their proxies.
func elsewhere(t *testing.T, change func(*config.Azure)) executortest.Setup {
	t.Helper()
	r := &rig{t: t}
	st := &state.State{Tenant: state.GUID(t.Name()), Batch: state.Batch{NodeStart: 20 * time.Millisecond, ScaleEvery: time.Second, Processes: 4}}
	w, err := rehearsal.New(rehearsal.Options{State: st, Clock: wall{}, Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	r.w = w
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	nodes, _ := w.IAM().Identity(st.Identities[0].ClientID)
	head, _ := w.IAM().Identity(st.Identities[1].ClientID)
	cfg := config.Azure{
		SubscriptionID: st.Subscription, ResourceGroup: st.ResourceGroup, TenantID: st.Tenant, Cloud: "public", CopyTool: "native",
		Nodes: config.IdentityChoice{ClientID: nodes.ClientID}, Storage: config.AzureStorage{AccountName: "rehearsal"},
		Batch: config.AzureBatch{AccountName: "rehearsal", Location: st.Location, AutoPoolMode: true, TerminateJobs: true, MaxInfraRetries: 2},
		Pools: map[string]*config.AzurePool{auto: {Name: auto, VMCount: 2, VMType: "Standard_D8ds_v5"}},
		Retry: config.AzureRetry{Delay: 50 * time.Millisecond, MaxDelay: time.Second, MaxAttempts: 3},
	}
	if change != nil {
		change(&cfg)
	}
	r.client, err = azure.Open(azure.Options{Config: cfg, Getenv: func(string) (string, bool) { return "", false }, Transport: doer{w.Transport()}, Credential: minted{w, head}})
	if err != nil {
		t.Fatal(err)
	}
	r.store = azblob.New(azblob.Options{Open: func(context.Context) (*service.Client, error) { return r.client.Blobs("rehearsal") }})
	e := r.head(func(o *Options) { o.Program, o.Poll = "", 100*time.Millisecond })
	return executortest.Setup{
		Executor: e, Dir: "az://work/run", Prepare: func(tk *task.Task) error { return r.bring(e, tk) },
		Read: r.read,
	}
}

// bring does what the engine does before a task is submitted: inputs and
// control files go into the storage.
func (r *rig) bring(e *Executor, tk *task.Task) error {
	ctx := context.Background()
	for i, s := range tk.Stage {
		data, err := os.ReadFile(s.Source)
		if err != nil {
			return err
		}
		// The names of inputs are kept: it is what nodes are to cope with.
		name := path.Join("work/inputs", fmt.Sprint(tk.ID, "-", i), "source of "+fmt.Sprint(i))
		if err := r.store.Put(ctx, name, data); err != nil {
			return err
		}
		tk.Stage[i].Source = scheme + name
	}
	if tk.Container == nil {
		tk.Container = &task.Container{Engine: "docker", Image: "ubuntu:24.04"}
	}
	tk.Remote = e.Remote(tk)
	files, err := workdir.ControlFiles(tk)
	if err != nil {
		return err
	}
	for name, data := range files {
		if err := r.store.Put(ctx, file(tk, name), data); err != nil {
			return err
		}
	}
	return nil
}

func (r *rig) read(tk *task.Task, name string) string {
	in, err := r.store.Open(context.Background(), file(tk, name))
	if errors.Is(err, fs.ErrNotExist) {
		return "(absent)"
	}
	if err != nil {
		return err.Error()
	}
	defer in.Close()
	data, err := io.ReadAll(in)
	if err != nil {
		return err.Error()
	}
	return string(data)
}

func TestContract(t *testing.T) {
	if testing.Short() {
		t.Skip("real processes")
	}
	t.Parallel()
	executortest.Run(t, func(t *testing.T) executortest.Setup { return elsewhere(t, nil) })
}

// The same files move with azcopy; it takes two seconds for each, so not all
// of the suite is run.
func TestContractAzCopy(t *testing.T) {
	if testing.Short() {
		t.Skip("real processes")
	}
	azcopy, env := azuretest.Azcopy(t)
	for _, v := range env { // the libraries it needs, for the head's question and for nodes
		name, value, _ := strings.Cut(v, "=")
		t.Setenv(name, value)
	}
	s := elsewhere(t, func(c *config.Azure) { c.CopyTool, c.AzCopy = "azcopy", config.AzCopy{Source: azcopy} })
	input := path.Join(t.TempDir(), "in")
	if err := os.WriteFile(input, []byte("data\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	tk := s.New(`cat 'a b.txt' > 'o#ut %.txt'; ln -s 'o#ut %.txt' link`)
	tk.Stage = []task.Staged{{Source: input, Name: "a b.txt"}}
	tk.OutputGlobs = []string{"o*", "link"}
	u := s.Wait(t, s.Start(t, tk))[0]
	if u.State != task.Completed || u.Result.Exit != 0 || u.Result.Err != nil {
		t.Fatalf("%v %+v\n%s", u.State, u.Result, s.Read(tk, ".command.log"))
	}
	for _, name := range []string{"o#ut %.txt", "link"} {
		if got := s.Read(tk, name); got != "data\n" {
			t.Errorf("%s holds %q", name, got)
		}
	}
}

// Where our program cannot start on a node there is no file of ours that says
// why: what the service kept does.
func TestProgramDoesNotStart(t *testing.T) {
	if testing.Short() {
		t.Skip("real processes")
	}
	t.Parallel()
	s := elsewhere(t, func(c *config.Azure) {
		c.NodeBinary, c.Batch.MaxInfraRetries = "/bin/true", 1 // it prepares nothing
	})
	tk := s.New("true")
	u := s.Wait(t, s.Start(t, tk))[0]
	var infra *InfraError
	if !errors.As(u.Result.Err, &infra) || infra.Times != 2 || !strings.Contains(infra.Last, "did not start (exit status 127)") || !strings.Contains(infra.Last, "not found") {
		t.Errorf("%v %+v", u.State, u.Result)
	}
	if got := s.Read(tk, lastErr); !strings.Contains(got, "not found") {
		t.Errorf("%s holds %q", lastErr, got)
	}
}
