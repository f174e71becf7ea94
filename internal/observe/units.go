package observe

import (
	"fmt"
	"time"

	"sluice/internal/lang/value"
)

// FormatDuration is Nextflow's: 7ms, 1.1s, 1m 30s, 2d 7h 33m 20s.
func FormatDuration(d time.Duration) string {
	return value.Duration(d.Milliseconds()).ToString()
}

// FormatMemory is Nextflow's: 0, 185 B, 85.3 KB, 29.8 MB.
func FormatMemory(n int64) string { return value.Memory(n).ToString() }

// FileStamp is the moment in the names of reports that were not given one:
// 20261123-31294119, the last number being the milliseconds since midnight.
func FileStamp(t time.Time) string {
	midnight := time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location())
	return fmt.Sprintf("%s-%d", t.Format("20060102"), t.Sub(midnight).Milliseconds())
}
