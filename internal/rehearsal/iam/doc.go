// Package iam is who may do what in the rehearsal's Azure: identities,
// signed tokens, roles and their assignments. Every service of the rehearsal
// asks it before it answers.
//
// Start with Authority.
package iam
