// Package diag is a problem in the user's text as data: what, where, why here,
// and how to mend it. Lists of them travel up; rendering them is separate from
// raising them.
//
// Errors of the world (disk, network) are ordinary Go errors and do not belong here.
package diag
