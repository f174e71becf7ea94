// Package vault is Key Vault in the rehearsal: the values of secrets, read
// with a token whose owner has the role for it. Values are those of the state;
// none is written.
//
// As in Azure a call without a token is answered with the challenge that
// names authority and audience, a missing role is Forbidden with the inner
// code ForbiddenByRbac, before it shows whether there is such a secret.
//
// Start with New and (*Service).ServeHTTP.
package vault
