// Package strict finds what the strict grammar of the language refuses in
// files that the parser, which reads both grammars, has read.
//
// The parser leaves what it read by an older production in File.Older. What
// is left are rules about meaning: which names exist where, what may be
// assigned, who may call whom, with how many arguments. They differ from those
// of resolve, which binds names as a run needs them and lets both grammars be.
//
// Start at Script and Config. scope.go is the rules of variables, expr.go
// walks code, process.go the sections of processes.
package strict
