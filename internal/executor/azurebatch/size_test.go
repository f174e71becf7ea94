package azurebatch

import (
	"context"
	"sync"
	"testing"
	"time"

	"sluice/internal/rehearsal/batch"
	"sluice/internal/rehearsal/state"
)

// BenchmarkSubmit adds ten thousand tasks and has the next head adopt them,
// in real time: what the service does is a part of it.
func BenchmarkSubmit(b *testing.B) {
	const n = 10000
	for b.Loop() {
		r := newRig(b, &state.State{Batch: state.Batch{CoreQuota: 4}}, nil)
		r.run = func(ctx context.Context, _ batch.Command, _ func(string, string)) int { <-ctx.Done(); return 137 }
		e := r.head(nil)
		list := many(n)
		begin := time.Now()
		var wg sync.WaitGroup
		for _, tk := range list {
			wg.Go(func() {
				if _, err := e.Submit(context.Background(), tk); err != nil {
					b.Error(err)
				}
			})
		}
		wg.Wait()
		b.ReportMetric(n/time.Since(begin).Seconds(), "tasks/s")
		e.die()
		begin = time.Now()
		e = r.head(func(o *Options) { o.Resume = true })
		r.submit(e, list...)
		b.ReportMetric(time.Since(begin).Seconds(), "s/recovery")
		e.die()
		_ = r.w.Close()
	}
}
