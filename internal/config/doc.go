// Package config is a resolved configuration: an ordered tree of scopes as
// the files wrote it, typed access to the scopes the engine uses, and the
// settings of a process with its selectors applied.
//
// Each scope has a file with a table of its options (name, type, default,
// meaning); unknown options are found, and documentation made, from these
// tables. Reading configuration files is the task of config/load. Start with
// Config; selector.go and settings.go hold what concerns processes.
package config
