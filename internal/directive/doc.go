// Package directive knows the directives of a process: one table of names,
// accepted values and documentation, and the conversions from evaluated
// values to what the engine works with.
//
// Everything is a pure function of values; closures and dynamic strings are
// evaluated before they come here. Start with Directive and its table in
// table.go; qualifier_table.go is the table of what inputs and outputs begin
// with; examples holds a script for each entry of both; convert.go and publish.go hold the conversions.
package directive
