// Package process runs process definitions: it reads inputs from channels,
// makes one task for each set of them, hands tasks to the scheduler, and when
// they end collects outputs, publishes files and decides what follows a failure.
//
// Everything here runs in the graph's loop, under the interpreter lock. A task
// passes through: row of inputs → frame with variables → script → hash →
// cached, stored or submitted → outputs → channels.
//
// It does not stage, start or wait for anything. Start with Process.CallWith.
package process
