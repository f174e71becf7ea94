// Package runlog writes .nextflow.log.
//
//	Nov-23 08:39:36.467 [main] INFO  nextflow.cli.CmdRun - Launching `a.nf` …
//
// It is the log for people who look for a cause and for programs that read it,
// so the line format and the loggers' names of well-known lines are Nextflow's.
// Older logs become .nextflow.log.1 to .9 when a run starts.
//
// A Log is an slog.Handler for the engine's own messages and an observer of
// events. Writing happens in the background: a slow or full disk never stops a
// run. The first error is kept, handed to OnError once, and later lines are
// dropped.
//
// Tokens, signatures and keys are taken out of every line.
//
// Start with Open.
package runlog
