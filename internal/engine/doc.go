// Package engine is one run of a pipeline, wired together: configuration,
// script, dataflow graph, scheduler, executors, observers, cache.
//
// builtins.go is the only list of executors, storages, plugins and observers.
// Start with Run.
package engine
