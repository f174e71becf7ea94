package config

import (
	"sluice/internal/directive"
	"sluice/internal/lang/diag"
	"sluice/internal/lang/value"
)

// Nextflow docs: reference/config#unscoped-options
var unscoped = scope("", "Options outside any scope.", `
	bucketDir | path | | Remote work directory beside a local one.
	cleanup | boolean | false | Delete the work directories after a run that succeeded.
	dumpHashes | boolean/string | false | Log the hash keys of tasks.
	outputDir | path | results | [24.10] Directory of the workflow's outputs.
	resume | boolean/string | false | Reuse earlier results.
	stubRun | boolean | false | Run the stubs of processes.
	workDir | path | work | Directory of intermediate files.
	cacheable | boolean | true | Whether processes are cached.
	poolSize | integer | | Threads of the original engine; without effect here. [lost: there are no threads to count]
	dumpChannels | boolean/string | false | Show what passes through dump.
	runName | string | | Name of the run.
	libDir | path | | Directory of classes.
`)

// Run holds the options outside any scope.
type Run struct {
	WorkDir   string // "" if not set
	OutputDir string
	BucketDir string
	Cleanup   bool
	Resume    string // "", "last" or an id
}

// Run reads the options outside any scope.
func (c *Config) Run() (Run, diag.List) {
	var problems diag.List
	text := func(name string) string {
		v := c.Get(name)
		if v == nil {
			return ""
		}
		return value.ToString(v)
	}
	cleanup, err := directive.Flag("cleanup", c.Get("cleanup"), false)
	if err != nil {
		problems.Add(c.Span("cleanup"), err.Error())
	}
	run := Run{WorkDir: text("workDir"), OutputDir: text("outputDir"), BucketDir: text("bucketDir"), Cleanup: cleanup}
	switch resume := text("resume"); resume {
	case "", "false":
	case "true":
		run.Resume = "last"
	default:
		run.Resume = resume
	}
	return run, problems
}
