package rehearsal

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"sluice/internal/rehearsal/batch"
	"sluice/internal/rehearsal/iam"
)

// TestDryRunner: tasks take their time and nothing else, preparations none.
func TestDryRunner(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := dryRunner{clock: iam.NewClock(1), takes: 30 * time.Second}
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		for _, tt := range []struct {
			ctx  context.Context
			kind string
			want time.Duration
		}{{t.Context(), "task", 30 * time.Second}, {t.Context(), "prep", 0}, {ended, "task", 0}} {
			begin := time.Now()
			exit, err := r.Run(tt.ctx, batch.Command{Kind: tt.kind, Args: []string{"/no/such/program"}})
			if took := time.Since(begin); exit != 0 || err != nil || took != tt.want {
				t.Errorf("%s: exit %d, %v, took %s, want %s", tt.kind, exit, err, took, tt.want)
			}
		}
	})
}

// TestDryState: the keys are read, and checked.
func TestDryState(t *testing.T) {
	t.Parallel()
	st, err := ParseState([]byte("batch:\n  dry: true\n  dryTime: 30s\n"))
	if err != nil || !st.Batch.Dry || st.Batch.DryTime != 30*time.Second {
		t.Errorf("%v", err)
	}
	const want = "2:12: batch.dryTime: tasks take this long only with `dry: true`, which runs nothing"
	if _, err := ParseState([]byte("batch:\n  dryTime: 30s\n")); err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}
