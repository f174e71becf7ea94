package rehearsal

import (
	"context"
	"time"

	"sluice/internal/rehearsal/batch"
	"sluice/internal/rehearsal/iam"
)

// dryRunner runs nothing: what a node is told to do is done after a while.
// It shows how a head bears a load that this machine could not run.
type dryRunner struct {
	clock iam.Clock
	takes time.Duration // a task; all else takes no time
}

// Run implements batch.Runner.
func (r dryRunner) Run(ctx context.Context, c batch.Command) (int, error) {
	if c.Kind != "task" || r.takes <= 0 {
		return 0, nil
	}
	over := make(chan struct{})
	stop := r.clock.AfterFunc(r.takes, func() { close(over) })
	defer stop()
	select {
	case <-over:
	case <-ctx.Done():
	}
	return 0, nil
}
