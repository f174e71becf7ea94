// Package reference describes what there is: every operator, channel factory,
// directive, qualifier, type, function, configuration option, command, environment
// variable, feature flag and trace field, one page each.
//
// It knows nothing by itself: the pages are made from the tables that the
// program works by. docs/reference holds them as Markdown, written by
// `make docs` and compared by this package's test; `sluice help NAME` prints
// them. The command line hands in its commands, because it lies above.
//
// Start with Pages; page.go is the form of a page, markdown.go and text.go
// write it.
package reference
