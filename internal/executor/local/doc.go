// Package local runs tasks on this machine.
//
// Most tasks need one child process: their interpreter is started on
// .command.sh directly, output going to files, and the control files that the
// wrapper would write (.command.begin, .exitcode, .command.log,
// .command.trace) are written here. Tasks that need more (a container,
// modules, beforeScript, a scratch directory, …; see workdir.NeedsWrapper) run
// `bash .command.run`. Both give the same results.
//
// Every task is its own process group, and is over when the group is: what a
// script leaves in the background is waited for as long as it does something.
// A daemon that made a session of its own is not waited for. No pipe is ever
// read, so nothing that holds one open can hang a run.
//
// When the head is killed by SIGKILL, a guard (one shell per run, at the other
// end of a pipe) ends the process groups that were left.
//
// Start with New and Executor.Submit.
package local
