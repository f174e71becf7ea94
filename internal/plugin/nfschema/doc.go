// Package nfschema is the plugin nf-schema, and its older form nf-validation:
// parameters and sample sheets checked against JSON schemas, help texts and
// summaries made from them.
//
// Checking itself is done by a library; this package brings schemas and values
// into its form, adds the keywords of the plugin (exists, schema,
// uniqueEntries, the formats of paths, deprecated) and words what it finds as
// the plugin does. Where releases of the plugin differ, the one that the
// pipeline asks for decides.
//
// Start with plugin.go, the tables of functions; then validate.go and sheet.go.
package nfschema
