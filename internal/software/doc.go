// Package software makes what tasks need before they start and that is kept
// for later: images of container engines that run files, and environments of
// conda and spack.
//
// Each is made once, whatever number of tasks and runs wants it: runs on this
// machine or a shared disk wait for each other by a lock file beside it. It is
// whole under its name or not there.
//
// The package does not run tasks and does not know how an environment is
// activated inside a container: package workdir writes that line.
//
// Start reading at once.go, then environment.go; conda.go, spack.go and
// images.go are the three things that are made.
package software
