// Package operator is the channel operators and the channel factories: one
// file for each, with its table entry beside the function.
//
// An operator is called while the script builds the graph: it attaches readers
// to its input channels and returns the channels it fills. Items move later,
// in dataflow.Graph.Run; a closure's error then ends the run.
//
// The package knows no processes, no workflows and no syntax: the interpreter
// hands in compiled criteria (Criteria) and does `|`, `&` and the assignments
// of set and tap.
//
// Start with Methods and the type operator.
package operator
