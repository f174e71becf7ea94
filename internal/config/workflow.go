package config

import (
	"sluice/internal/directive"
	"sluice/internal/lang/diag"
	"sluice/internal/lang/value"
)

// Nextflow docs: reference/config#workflow
var workflow = scope("workflow", "How a run ends and publishes.", `
	failOnIgnore | boolean | false | [24.10] End with an error when errors were ignored.
	onComplete | closure | | Called when the run ends.
	onError | closure | | Called when the run fails.
	output.contentType | boolean/string | false | Content type of published objects.
	output.copyAttributes | boolean | false | [25.04] Keep times and permissions of copies.
	output.enabled | boolean | true | Publish at all.
	output.ignoreErrors | boolean | false | Go on when a file cannot be published.
	output.mode | string | symlink | How files get into the output directory.
	output.overwrite | boolean/string | true | Whether existing files are replaced: true, false, standard, lenient, deep.
	output.storageClass | string | | Storage class of published objects.
	output.tags | map | | Tags of published objects.
`)

// Nextflow docs: reference/feature-flags
var nextflow = scope("nextflow", "Feature flags and retries of the engine.", `
	enable.configProcessNamesValidation | boolean | true | [deprecated] Warn about selectors that match nothing.
	enable.dsl | integer/number | 2 | [deprecated] Language level; only 2.
	enable.moduleBinaries | boolean | false | Use executables of module directories.
	enable.strict | boolean | false | [deprecated] Stricter checks of joins, publishing and names.
	enable.types | boolean | false | [26.04] Static types.
	preview.* | boolean | false | Features under trial.
	retryPolicy.delay | duration | 350ms | First delay of retried transfers.
	retryPolicy.jitter | number | 0.25 | Random part of the delay.
	retryPolicy.maxAttempts | integer | 5 | How often a transfer is tried.
	retryPolicy.maxDelay | duration | 90s | Longest delay.
`)

// A Workflow is the scope workflow.
type Workflow struct {
	FailOnIgnore bool
	OnComplete   value.Value
	OnError      value.Value
	Output       Output
}

// Output is workflow.output.
type Output struct {
	Enabled        bool
	Mode           string
	Overwrite      string // "true", "false", "standard", "lenient", "deep"
	IgnoreErrors   bool
	CopyAttributes bool
	ContentType    string
	StorageClass   string
}

// Workflow reads the scope workflow.
func (c *Config) Workflow() (Workflow, diag.List) {
	r := c.reader("workflow")
	return Workflow{
		FailOnIgnore: r.flag(false, "failOnIgnore"), OnComplete: r.get("onComplete"), OnError: r.get("onError"),
		Output: Output{
			Enabled: r.flag(true, "output", "enabled"), Mode: r.text("symlink", "output", "mode"),
			Overwrite: r.text("true", "output", "overwrite"), IgnoreErrors: r.flag(false, "output", "ignoreErrors"),
			CopyAttributes: r.flag(false, "output", "copyAttributes"), ContentType: r.text("", "output", "contentType"),
			StorageClass: r.text("", "output", "storageClass"),
		},
	}, r.problems
}

// Feature says whether `nextflow.enable.name` is set.
func (c *Config) Feature(name string) bool {
	b, err := directive.Flag("nextflow.enable."+name, c.Get("nextflow", "enable", name), false)
	return err == nil && b
}
