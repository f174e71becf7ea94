// Package state is what a rehearsal begins with: the identities, grants,
// accounts, pools, quotas and faults that a file declares. It knows no
// service; each takes from it what concerns it.
//
// Start with State.
package state
