package executor

import (
	"context"
	"fmt"

	"sluice/internal/task"
)

// An Executor runs tasks. All methods may be called from any goroutine.
type Executor interface {
	// Name is the value of the `executor` directive that selects it.
	Name() string
	// Submit starts t or queues it with the service; the work directory exists
	// and holds the control files. Submitting the same task twice has the
	// effect of once. The returned handle is all that is needed to find the
	// task again after a crash.
	Submit(ctx context.Context, t *task.Task) (Handle, error)
	// Poll asks about many tasks in one call and reports those whose state
	// changed: started or ended. A task that the service no longer knows is
	// reported as ended with Result.Err.
	Poll(ctx context.Context, handles []Handle) ([]Update, error)
	// Kill ends tasks and all their children; ending an ended task is no error.
	Kill(ctx context.Context, handles []Handle) error
}

// A RequestError is a task that asks for more than there is; no retry helps,
// and no error strategy applies.
type RequestError struct{ What, Req, Avail string }

func (e *RequestError) Error() string {
	return fmt.Sprintf("Process requirement exceeds available %s -- req: %s; avail: %s", e.What, e.Req, e.Avail)
}

// A Notifier tells at once when something changed, so that no polling is needed.
type Notifier interface {
	// Changed is signalled after any task started or ended; the receiver then polls.
	Changed() <-chan struct{}
}

// Elsewhere is what an executor says whose tasks do not run on this machine.
// Their work directories are in a storage that both sides reach.
type Elsewhere interface {
	// Start is called once, before the first task is submitted; it checks that
	// tasks can run at all.
	Start(ctx context.Context) error
	// Remote is how t moves its files; asked before its control files are written.
	Remote(t *task.Task) *task.Remote
	// Lookup says what the service still has of a task of an earlier head of
	// this session. It makes no call: Start has listed them.
	Lookup(h task.Hash) Known
	// Close ends the executor. Unless detach is set, jobs are ended as the
	// configuration says.
	Close(ctx context.Context, detach bool) error
}

// Known is what a service has of a task.
type Known uint8

const (
	Unknown Known = iota
	Alive         // queued, running, or ended well: Submit adopts it, nothing runs twice
	Spent         // ended badly: the attempt needs another work directory
)

// A Handle names a submitted task to its executor.
type Handle struct {
	TaskID int
	Native string // process or job id
}

// An Update is news of a task.
type Update struct {
	Handle Handle
	State  task.State // Running, Completed (Exit is set), Failed (Err is set), Aborted
	Result task.Result
}
