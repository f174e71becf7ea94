// Package stdlib is what scripts can call: the methods and properties of
// values, the global functions, and the Java classes real pipelines use.
//
// One file holds one type. Each entry is a def: its name, its parameters as
// documented, a sentence, and the function. The parameters are not only for
// readers: the table checks arguments against them, so functions may rely on
// the kinds they declare.
//
// It knows no syntax, channel or task; packages that have methods to offer
// add them with Table.Add. Start with Table and def.
package stdlib
