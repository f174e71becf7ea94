// Package progress shows a run in the terminal.
//
// There are two printers over the same events. Plain writes a line for each
// thing that happens and never takes one back: for log files, pipes and tests.
// ANSI keeps a block with one line per process at the bottom of the screen and
// redraws it a few times a second; what the workflow prints scrolls by above.
//
// The texts are Nextflow's, since programs read them. Start with New.
package progress
