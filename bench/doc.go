// Command bench measures sluice beside the original engine and prints a table.
//
//	go run ./bench [-sluice bin/sluice] [-oracle path] [-only name,…] [-repeat 5]
//
// Each row is measured with both in the same call, runs alternating, so that
// what else the machine does falls on both. Memory is the largest resident set
// of the engine's own process, not of its tasks (wait4 of that process). Without
// the original (or without Java) its columns are empty and the table says so.
//
// A second table has the figures of runs on Azure, against a rehearsal that
// listens on this machine, and beside the real azcopy (tools/need-azure).
//
// Start reading at main.go; the pipelines are in rows.go, the rows of the second
// table in azure.go.
package main
