// Package examples holds pipelines on small real data. Its test runs each of
// them and compares the results with <name>/expected, which came from the
// original engine.
package examples
