// Package syntax turns text into trees: scanner, AST, parser and printer for
// pipeline scripts and configuration files, which share expressions and
// statements.
//
// The strict grammar of the reference and the constructs of the older,
// Groovy-based grammar are accepted side by side in any file. Nothing here
// knows what a name means; that is resolve's work.
//
// Start with ast.go, then parse.go: ParseScript, ParseConfig, ParseExpr and
// ParseSnippet each give a tree and all problems found; Print and Walk take a
// tree. The scanner recognises only where a string begins: the parser reads
// its parts, because it knows whether `/` divides and where `${}` ends.
package syntax
