package node

import (
	"runtime/debug"
	"strings"
)

// Moving files needs little memory, and tasks pay for it: what runs beside
// them counts against their limit.
const collectEarly = 50 // GOGC

// thrift keeps the process small. Pages of the program that only its start
// needed, such as tables of packages that no node uses, go back; those that
// are needed are mapped again.
func thrift(getenv func(string) (string, bool)) {
	if v, ok := getenv("GOGC"); !ok || strings.TrimSpace(v) == "" {
		debug.SetGCPercent(collectEarly)
	}
	dropPages()
}
