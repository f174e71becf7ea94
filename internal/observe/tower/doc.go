// Package tower reports a run to Seqera Platform, by the trace protocol that
// its service speaks: create, begin, progress and heartbeats, complete.
//
// Create and Begin are calls of the engine, because a service that refuses a
// run ends it. After that nothing waits for the service: states of tasks are
// gathered, one per task, and sent once a second by a goroutine of its own;
// what goes wrong then is told once. The token is in the header of requests
// and nowhere else.
//
// Start with Client.
package tower
