// Package publish puts outputs of tasks where the user wants them: the
// publishDir directive and workflow outputs.
//
// A Rule says how; a Publisher does it in the background, a bounded number of
// files at a time. No file ever appears half written under its final name: it
// is made beside it under a hidden name and renamed.
//
// It does not decide which files are published under which name: the process
// package evaluates `saveAs` and `path` and hands in the result, as they are
// the script's.
//
// Nextflow docs: reference/process#publishdir. Start with Rule and Publisher.
package publish
