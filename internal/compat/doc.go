// Package compat says what of a pipeline works here, without running it: each
// construct, operator, directive, option, plugin, container engine, executor,
// storage and class that its scripts and configuration name, how often, where,
// and whether it is supported, accepted without effect, or refused.
//
// It keeps no list of what is supported: the tables that a run works by are
// asked. Start with Make; scripts.go walks the scripts, config.go the
// configuration, text.go and markdown.go write the report.
package compat
