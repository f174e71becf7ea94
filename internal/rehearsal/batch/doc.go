// Package batch is Azure Batch as a rehearsal has it: the data plane, the
// part of the management plane below Microsoft.Batch, and nodes that really
// run what they are given.
//
// Start with Service. One lock guards all state; what takes time (commands,
// resource files, pulling images) runs in goroutines without it and comes
// back with its outcome. Time is the Clock's, so that under testing/synctest
// a run of thirty days takes a moment.
//
// What is like Azure: names, codes and order of states; who may do what; when
// a job ends; what becomes of a task when its node is lost. What is not:
//
//   - Nodes are directories of this machine. A container is not a container:
//     its command runs as a plain process with the tools on PATH, after the
//     registry was asked whether the node may pull the image. With
//     Options.Engine "podman" it is one.
//   - A blobfuse mount is a read-only copy, taken when the node starts and the
//     container is not too large.
//   - A quota of 0 in the state means that none was given; a negative one
//     means that the account has none of it (new accounts have no cores).
//   - Nodes that cannot be had fail at once (AllocationFailed), not after the
//     resize timeout. A preempted node comes back after twice the time that a
//     node takes to start.
//   - Where Azure documents no code (an image that may not be pulled, an
//     identity that must not be assigned, a missing role at the data plane)
//     codes.go says which one is assumed.
//
// Batch splits a command line into words itself and expands no variables:
// `/bin/sh -c '…'` does.
package batch
