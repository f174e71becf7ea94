// Package preflight finds out before the first task what would stop a run on
// Azure Batch: who we are, what the account allows, which identities there
// are and what they may do, and whether the work directory can be used. It
// changes nothing but one small blob, which it deletes again.
//
// What the head itself may do is asked of ARM's permissions; what nodes may
// do is worked out from role assignments and definitions, denials and
// conditions. What cannot be known from outside is said to be unknown.
//
// Start with Run; Grants are the assignments that are missing.
package preflight
