// Package value is what expressions evaluate to, with Groovy's meaning: numbers
// that wrap and promote as Java's do, strings and lazy GStrings, lists, maps,
// ranges, closures, paths, durations and memory sizes.
//
// A null is the nil Value. Scripts mutate lists and maps freely; all of it
// happens under the interpreter lock that a Thread carries.
//
// It knows neither syntax nor channels: methods of values live in stdlib.
// Start with Value and Class.
package value
