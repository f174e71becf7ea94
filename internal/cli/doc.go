// Package cli is the command line: commands, options, what is printed about
// them, and the exit code. It alone touches os.Stdout and os.Exit.
//
// Commands and options are tables; parsing, help and near names read the same
// ones. Start with Main in cli.go; parse.go is the option parser, cmd_*.go
// hold one command each.
package cli
