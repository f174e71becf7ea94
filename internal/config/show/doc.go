// Package show prints a configuration: as a configuration file with blocks,
// one option a line, as Java properties, JSON or YAML.
//
// What is printed is read by programs, so each format is that of the original
// engine to the byte: the indentation of Groovy's JSON, the order of Java's
// properties, the line breaks of SnakeYAML. Closures print as their source.
// Start with Print in show.go.
package show
