//go:build !linux

package cli

import "time"

// birth is known on Linux only.
func birth(string) (time.Time, bool) { return time.Time{}, false }
