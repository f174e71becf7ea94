// Package rehearsal is Azure on this machine: a World puts the services
// together, tells who calls, and stands where the network would be.
//
// Clients reach it through a proxy, with the addresses that Azure has: one
// port for the head and one for each node, so that the identity endpoint
// knows who asks. TLS ends at the proxy, whose authority is made for the run.
// Any other host is refused. Tests that need no sockets use Transport.
//
// Before a service answers, the faults that the state declares have their
// turn; after it, the call is counted. Start with World.
package rehearsal
