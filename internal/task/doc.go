// Package task is one task: what is to be run, with what, and what came of it.
// A process makes tasks, a scheduler hands them to an executor, observers watch.
//
// It holds data and the state chart only; nothing here starts anything.
// Start with Task.
package task
