// Package interp evaluates resolved scripts. Each function, closure, workflow
// and process is compiled once, on first use, to Go closures that read and
// write slots; no name is looked up while it runs, except where the language
// asks a delegate at run time.
//
// It knows nothing of channels, tasks or files: those are values handed in by
// the host as builtins. Start with Interp and Instance.
package interp
