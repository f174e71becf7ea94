// Package executortest is the contract of executors as tests: every executor
// passes Run. It knows the control files of a work directory by name only.
package executortest
