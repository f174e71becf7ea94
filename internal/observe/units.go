package observe

import (
	"time"

	"sluice/internal/lang/value"
)

// FormatDuration is Nextflow's: 7ms, 1.1s, 1m 30s, 2d 7h 33m 20s.
func FormatDuration(d time.Duration) string {
	return value.Duration(d.Milliseconds()).ToString()
}

// FormatMemory is Nextflow's: 0, 185 B, 85.3 KB, 29.8 MB.
func FormatMemory(n int64) string { return value.Memory(n).ToString() }
