// Package history keeps the list of runs of a launch directory, the file
// .nextflow/history: what `log` prints, `-resume` looks up and `clean` takes
// runs off.
//
//	date and time, duration, run name, status, script id, session, command
//
// Seven columns with tabs between, one line per run; duration and status are
// "-" while a run is live or after it was killed. Every change is made under a
// lock, so several runs may share a directory; the file is replaced whole, so
// a reader never sees half of it.
//
// Start with File.
package history
