// Package resolve gives every name of a script its meaning before anything
// runs: which slot of which function, which global, which builtin. Unknown
// names, wrong numbers of inputs and misplaced definitions are found here.
//
// A function, a closure, a workflow and a process each have a frame of slots.
// A variable that a closure captures lives in a cell, so that both see its
// changes. All sections of a process share one frame: inputs and variables
// assigned without `def` are seen by all, `def` variables by their section.
//
// What the host knows (builtins, classes, operators, directives) is asked of
// Names; no runtime package is imported. Start with Script.
package resolve
