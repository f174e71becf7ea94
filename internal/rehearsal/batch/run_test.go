package batch

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/batch/azbatch"

	"sluice/internal/rehearsal/state"
)

func TestReallyRuns(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(_ *state.State, o *Options) {
		o.Fetch = func(_ context.Context, n Node, id, url string) (io.ReadCloser, error) {
			if id != identity("nodes") {
				return nil, &FetchError{Status: 403, Code: "AuthorizationPermissionMismatch", Message: "no role"}
			}
			return io.NopCloser(strings.NewReader("tool of " + n.Pool + " from " + url)), nil
		}
		o.NodeEnv = func(Node) ([]string, func(), error) { return []string{"NODE_VAR=node"}, nil, nil }
	})
	r.pool("p", fixedPool(1))
	ref := &azbatch.NodeIdentityReference{ResourceID: to.Ptr(identity("nodes"))}
	r.job("j", func(c *azbatch.CreateJobContent) {
		c.CommonEnvironmentSettings = []azbatch.EnvironmentSetting{{Name: to.Ptr("COMMON"), Value: to.Ptr("job's")}}
		c.JobPreparationTask = &azbatch.JobPreparationTask{
			CommandLine:   to.Ptr(`/bin/sh -c 'cp tool "$AZ_BATCH_NODE_SHARED_DIR"/tool'`),
			ResourceFiles: []azbatch.ResourceFile{{HTTPURL: to.Ptr("https://x.blob.core.windows.net/c/tool"), FilePath: to.Ptr("tool"), FileMode: to.Ptr("0755"), IdentityReference: ref}},
		}
	})
	line := `/bin/bash -c 'cat "$AZ_BATCH_NODE_SHARED_DIR"/tool; echo; echo "$COMMON $NODE_VAR $OWN $AZ_BATCH_TASK_ID"; pwd; echo bad >&2; exit 3'`
	r.task("j", "t1", line, func(c *azbatch.CreateTaskContent) {
		c.EnvironmentSettings = []azbatch.EnvironmentSetting{{Name: to.Ptr("OWN"), Value: to.Ptr("own")}}
	})
	r.task("j", "t2", "echo $HOME 'two words'", nil)
	r.task("j", "t3", "no-such-program", nil)
	r.task("j", "t4", "true", func(c *azbatch.CreateTaskContent) {
		c.ResourceFiles = []azbatch.ResourceFile{{HTTPURL: to.Ptr("https://x.blob.core.windows.net/c/tool"), FilePath: to.Ptr("tool")}}
	})
	one := r.done("j", "t1")
	if *one.ExecutionInfo.ExitCode != 3 || *one.ExecutionInfo.FailureInfo.Code != "FailureExitCode" || *one.ExecutionInfo.Result != azbatch.TaskExecutionResultFailure {
		t.Errorf("exit %d, %+v", *one.ExecutionInfo.ExitCode, one.ExecutionInfo.FailureInfo)
	}
	out := strings.Split(r.file("j", "t1", "stdout.txt"), "\n")
	if out[0] != "tool of p from https://x.blob.core.windows.net/c/tool" || out[1] != "job's node own t1" || !strings.HasSuffix(out[2], "/workitems/j/job-1/t1/wd") {
		t.Errorf("stdout %q", out)
	}
	if got := r.file("j", "t1", "stderr.txt"); got != "bad\n" {
		t.Errorf("stderr %q", got)
	}
	r.done("j", "t2")
	if got := r.file("j", "t2", "stdout.txt"); got != "$HOME two words\n" {
		t.Errorf("a command line was expanded: %q", got)
	}
	if got := *r.done("j", "t3").ExecutionInfo.FailureInfo.Code; got != "CommandProgramNotFound" {
		t.Errorf("a program that is not there: %s", got)
	}
	if four := r.done("j", "t4").ExecutionInfo; *four.FailureInfo.Code != "BlobAccessDenied" || four.ExitCode != nil {
		t.Errorf("a resource file without a role: %+v", four.FailureInfo)
	}
	node := *one.NodeInfo.NodeID
	if _, err := os.Stat(filepath.Join(r.s.opts.Dir, "nodes", "p", node, "workitems", "j", "job-1", "t1", "wd")); err != nil {
		t.Error(err)
	}
}

// However large a pool is, this machine runs a few tasks at once.
func TestProcessesAreBounded(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(st *state.State, _ *Options) { st.Batch.Processes = 2 })
	r.pool("p", fixedPool(8))
	r.job("j", nil)
	log := filepath.Join(t.TempDir(), "log")
	for n := range 8 {
		r.task("j", fmt.Sprint("t", n), `/bin/sh -c 'echo + >> `+log+`; sleep 0.05; echo - >> `+log+`'`, nil)
	}
	r.task("j", "waits", "sleep 0.05", nil)
	for n := range 8 {
		if exit := *r.done("j", fmt.Sprint("t", n)).ExecutionInfo.ExitCode; exit != 0 {
			t.Errorf("t%d: exit %d", n, exit)
		}
	}
	r.done("j", "waits")
	data, err := os.ReadFile(log)
	now, most := 0, 0
	for _, line := range strings.Fields(string(data)) {
		if now--; line == "+" {
			now += 2
		}
		most = max(most, now)
	}
	if err != nil || most > 2 || most < 1 || len(data) != 32 {
		t.Errorf("%d at once, %v: %q", most, err, data)
	}
}

func TestKillsTheWholeGroup(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	r.pool("p", fixedPool(1))
	r.job("j", nil)
	mark := filepath.Join(t.TempDir(), "mark")
	r.task("j", "t", `/bin/bash -c '(sleep 30; touch `+mark+`) & echo $! > pid; wait'`, nil)
	var pid string
	r.until("the child", func() bool {
		data, _ := filepath.Glob(filepath.Join(r.s.opts.Dir, "nodes/p/*/workitems/j/job-1/t/wd/pid"))
		if len(data) == 0 {
			return false
		}
		b, err := os.ReadFile(data[0])
		pid = strings.TrimSpace(string(b))
		return err == nil && pid != ""
	})
	if _, err := r.data.TerminateTask(context.Background(), "j", "t", nil); err != nil {
		t.Fatal(err)
	}
	if got := r.done("j", "t").ExecutionInfo; *got.FailureInfo.Code != "TaskEnded" {
		t.Errorf("terminated: %+v", got.FailureInfo)
	}
	r.until("the child's end", func() bool {
		data, err := os.ReadFile("/proc/" + pid + "/stat")
		return err != nil || strings.Contains(string(data), ") Z ")
	})
}
