// Package iam is who may do what in the rehearsal's Azure: identities,
// signed tokens, roles and their assignments. Every service of the rehearsal
// asks it before it answers. The identity endpoint of machines and the part
// of Entra that workloads use are here as well.
//
// Tokens are JWTs signed with a key of the run (HS256): a token of another
// rehearsal is refused. Clients that keep tokens for the whole process
// (azidentity does) must not meet two rehearsals with the same client ids: a
// test gives its state a tenant of its own, from which the ids are made.
//
// The condition of a grant is not evaluated: it counts as true, unless it is
// the word false. A grant to a group acts a day after it was given; a
// negative `after` gives it in the past.
//
// Pulling an image (PullImage) is an action, reading blobs and secrets are
// data actions. Start with Authority; Store implements it.
package iam
