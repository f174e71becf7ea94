// Package executor is the contract between the scheduler and whatever runs
// tasks: this machine, or a batch service.
//
// Implementations live below this directory and pass the suite in executortest.
package executor
