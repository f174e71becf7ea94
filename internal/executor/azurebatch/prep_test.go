package azurebatch

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"sluice/internal/azure"
	"sluice/internal/rehearsal/state"
	"sluice/internal/task"
)

// A node that cannot be prepared runs no task, and the service says nothing:
// within minutes the tasks fail with the grant that is missing.
func TestPrepDenied(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, &state.State{Grants: []state.Grant{
			{Identity: "head", Role: "Azure Batch Data Contributor", Scope: "batch:rehearsal"},
			{Identity: "head", Role: "Reader", Scope: "subscription"},
			{Identity: "head", Role: "Managed Identity Operator", Scope: "identity:nodes"},
			{Identity: "head", Role: "Storage Blob Data Contributor", Scope: "storage:rehearsal"},
		}}, nil)
		e := r.head(nil)
		begin := time.Now()
		got := r.wait(e, r.submit(e, newTask(1)), time.Hour)
		u := got[1]
		var f *azure.FindingError
		if u.State != task.Failed || !errors.As(u.Result.Err, &f) {
			t.Fatalf("ended %v: %v", u.State, u.Result.Err)
		}
		if f.ID != "AZ201" || !strings.Contains(f.What, "cannot be prepared") || !strings.Contains(f.What, "BlobAccessDenied") || !strings.Contains(strings.Join(f.Fix, "\n"), "Storage Blob Data Contributor") {
			t.Errorf("finding: %+v", f.Finding)
		}
		if d := time.Since(begin); d > 15*time.Minute {
			t.Errorf("it took %s", d)
		}
		r.close(e, false)
	})
}

// One node that cannot be prepared is replaced; the task runs on another.
func TestPrepFailsOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		// The preparation is tried three times on a node.
		r := newRig(t, &state.State{Faults: []state.Fault{{Event: "prep", Times: 3}}}, nil)
		e := r.head(nil)
		list := many(1)
		r.wellDone(list, r.wait(e, r.submit(e, list...), 2*time.Hour))
		if !r.heard("cannot be prepared") {
			t.Errorf("nothing was said of the node: %q", r.said)
		}
		r.close(e, false)
	})
}
