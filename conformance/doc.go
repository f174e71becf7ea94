// Package conformance compares sluice with the original engine.
//
// Every case is a txtar file <area>/<name>.txtar: a small pipeline of our own
// and the outcome that Nextflow gave for it. `make oracle` (the program in
// record/) runs the original and rewrites the expectations; conformance_test.go
// runs sluice and compares. Known differences are lines in skip.txt, each with
// its reason.
//
// The comment at the head of a case is made of `key: value` lines and `#` notes:
//
//	cmd: --x 1 -profile p   options after `run main.nf`; several lines are runs one after another
//	command: config -flat . another command line, whole; such a case needs no main.nf
//	unordered               lines of standard output may come in any order
//	parser: v1              record with the older grammar of the original
//	fails                   a run of this case ends with an exit status other than 0
//	env: NAME=value         set for the run
//	tools: dir              programs of this directory of the case come first on PATH
//	timeout: 60             seconds, 60 unless told
//
// Commands other than `run` are compared line by line, empty lines included.
//
// Sections named `want/…` are recorded: stdout, exit, tree (every file the run
// left outside work/), error (the block of a failed task) and files/ (their
// content). A section `errmatch` is written by hand: regular expressions, one
// a line, each must match the output of a failing run. Error messages are
// sluice's own, so only what a user has to learn from them is asked for. All
// other sections are the files of the pipeline.
//
// Start reading at case.go, then run.go.
package conformance
