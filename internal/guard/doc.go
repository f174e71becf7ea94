// Package guard ends process groups whose head was killed: a shell at the
// other end of a pipe is told of each group, and when the pipe ends without a
// goodbye it ends them all. It starts no process besides that shell.
//
// Start with Guard.
package guard
