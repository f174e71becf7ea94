// Package scheduler decides which task is prepared and submitted when, and
// reports what becomes of it.
//
// One goroutine owns all state; the others only carry out one call each
// (Prepare, Submit, Poll, Kill) and hand in what came of it. A task waits in
// the queue of its process, and of these queues the one whose head has waited
// longest goes first, unless its process runs maxForks tasks already. So the
// order is first come, first served, and a limited process holds up no other.
//
//	pending ─→ preparing ─→ ready ─→ submitting ─→ active ─→ ended
//	   │           │          │           │
//	   └───────────┴──────────┴───────────┴─→ ended (failed, or aborted by Finish, Terminate)
//
// Tasks are prepared ahead, a few at a time, so that executor and disk both
// have work. Scripts are never blocked: Submit only notes the task.
//
// Start with New.
package scheduler
