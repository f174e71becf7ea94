// Package node is what runs on the nodes of a pool: it brings the programs
// there, runs one task with its files coming from and going to the storage
// account, and says what went wrong in a form that the head understands.
//
//	head                         node
//	PrepCommand  ── once ──────→ `sluice node prep`   programs below the shared directory
//	Environment  ── per job ───→ AZCOPY_*, SLUICE_*
//	TaskCommand  ── per task ──→ `sluice node run`    wrapper, inputs, script, outputs
//	Fault        ←── .command.fault, exit status 111 or 112
//
// The wrapper itself is written by the head (workdir.ControlFiles). Tokens
// come from the node's identity endpoint, are kept for all tasks of a user in
// files that only this user can read, and go nowhere but into headers.
//
// Start with command.go for what the head needs, run.go for what happens here.
package node
