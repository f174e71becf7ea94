// Package observe tells what happens in a run to whoever wants to know: the
// terminal, the log, the trace file, reports.
//
// The engine posts events to a Bus and never waits for those who listen. Each
// observer gets all events, in the order in which they were posted, from a
// goroutine of its own. Observers know nothing but events: what a report needs
// must be in one.
//
// Nothing here prints or writes files; the packages below do.
// Start with Event and Bus.
package observe
