// Package workflow turns resolved scripts into running ones: it includes
// modules, gives every process and workflow its name, and executes workflow
// bodies, which connect channels. Nothing flows while a body runs; the graph
// is driven afterwards.
//
// The objects that scripts see as `params`, `workflow`, `log` and `nextflow`
// are here too. Start with Runtime.Main.
package workflow
