// Package web tells a web address of a run's events while they happen.
//
// A run never waits for the address: messages wait in a queue with a bound,
// one goroutine sends them, and what goes wrong is told once.
package web
