// Package workdir is a task's directory: it writes the control files, stages
// the inputs, and finds the outputs afterwards.
//
//	work/ab/<30 digits>/
//	  .command.sh     the script
//	  .command.run    the wrapper: `bash .command.run` runs the task again by hand
//	  .command.in     standard input, where there is one
//	  .command.begin  made when the task starts
//	  .command.out    standard output
//	  .command.err    standard error
//	  .command.log    both
//	  .command.env    captured variables and commands (env and eval outputs)
//	  .command.trace  metrics, where wanted
//	  .exitcode       exit status, without newline
//
//	.command.fault  what went wrong around the script, on a node of a pool
//
// A task that runs elsewhere has its directory in a storage, az://…: there
// ControlFiles gives the contents of the control files, and .command.run
// brings the inputs and takes the outputs itself.
//
// It starts no process. Start with Prepare and Collect, or ControlFiles.
package workdir
