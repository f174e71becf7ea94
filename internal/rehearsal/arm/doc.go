// Package arm is the management plane of the rehearsal's Azure, without the
// part of Batch: subscriptions, identities, role assignments and definitions,
// deny assignments, permissions, accounts of storage, registries and vaults,
// the resource graph, and the public list of prices.
//
// Each call is allowed or refused by the action that Azure asks for. Lists
// hold what the caller may read, as ARM's do. Nothing can be changed here:
// whoever may not do something learns which role is missing.
//
// An identity that may not be attached to pools shows
// properties.assignmentRestrictions; how Azure names that is not confirmed.
//
// Start with New.
package arm
