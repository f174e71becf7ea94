// Package plugin says what the plugins of pipelines are here. Plugins are
// written for the Java virtual machine and cannot be loaded; those that
// pipelines need are built in, one package each below this one, others are
// accepted without effect.
//
// It knows the names, what each offers and what a run lacks without it, and
// checks includes against that. It runs nothing itself: a built-in plugin
// gets what it needs of a run in an Env.
//
// Start with Plugin and Registry; the plugins without effect are in table.go.
package plugin
