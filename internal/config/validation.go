package config

// Options of the plugin nf-schema, which is built in.
// nf-schema docs: configuration
var validation = scope("validation", "How the plugin nf-schema checks parameters and sample sheets.", `
	defaultIgnoreParams | list | [] | Parameters that are not checked, for authors of pipelines.
	failUnrecognisedHeaders | boolean | false | [deprecated] Columns of a sample sheet that its schema does not have are errors; use logging.unrecognisedHeaders.
	failUnrecognisedParams | boolean | false | [deprecated] Parameters that the schema does not have are errors; use logging.unrecognisedParams.
	help.afterText | string | | Text after the help.
	help.beforeText | string | | Text before the help.
	help.command | string | | Example of a command line in the help.
	help.enabled | boolean | false | Print the help and end the run when a parameter asks for it.
	help.enumLength | integer | 100 | Longest list of accepted values in the help, in characters; -1 is any. The default is the width of the terminal if COLUMNS gives it.
	help.fullParameter | string | helpFull | Parameter that asks for the help of all parameters, nested ones too.
	help.shortParameter | string | help | Parameter that asks for the help; with a value, for that of one parameter.
	help.showHidden | boolean | false | Hidden parameters are in the help.
	help.showHiddenParameter | string | showHidden | Parameter that puts hidden parameters into the help.
	ignoreParams | list | [] | Parameters that are not checked.
	lenientMode | boolean | false | Numbers and booleans pass where the schema wants a string.
	logging.unrecognisedHeaders | string | warn | What happens about columns of a sample sheet that its schema does not have: skip, debug, info, warn, error.
	logging.unrecognisedParams | string | warn | What happens about parameters that the schema does not have: skip, debug, info, warn, error.
	maxErrValSize | integer | 150 | Longest value in an error message, in characters; -1 is any.
	monochromeLogs | boolean | false | No colours.
	parametersSchema | string | nextflow_schema.json | Schema of the parameters, in the project directory or with a full path.
	showHiddenParams | boolean | false | [deprecated] Hidden parameters are in the help; use help.showHidden.
	summary.afterText | string | | Text after the summary.
	summary.beforeText | string | | Text before the summary.
	summary.hideParams | list | [] | Parameters left out of the summary.
	summary.mask | string | [** masked **] | What stands in the summary for what maskSubpaths matches.
	summary.maskSubpaths | list | [] | Regular expressions of parts of paths that the summary does not show.
`)
