// Package trace writes the trace file: a line per task that ended.
//
// A line is written whole and at once when its task ends, so that a crash
// leaves complete lines. The format is read by other programs: names, units,
// dates and order are Nextflow's.
//
// Nextflow docs: reports#trace-file. Start with Writer.
package trace
