// Package co2footprint is the plugin nf-co2footprint: it estimates what energy
// the tasks of a run take and what carbon dioxide that sets free, by the
// formula of Green Algorithms, and writes a table of tasks, a summary and a
// page.
//
// It has no tables of processors and regions: the power of a core and the
// carbon intensity are the published means unless the configuration gives them.
//
// Start with Open; the formula is in footprint.go.
package co2footprint
