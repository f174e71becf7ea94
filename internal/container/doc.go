// Package container makes the command lines that run a task in a container,
// one file per engine, and the names of images. It starts nothing and pulls nothing: the lines go into
// the task's .command.run.
//
// Start with Build.
package container
