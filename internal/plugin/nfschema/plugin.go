package nfschema

import (
	"sluice/internal/lang/value"
	"sluice/internal/plugin"
)

// Plugins are those of this package.
func Plugins() []*plugin.Plugin { return []*plugin.Plugin{schemaPlugin(), validationPlugin()} }

// schemaPlugin is nf-schema.
func schemaPlugin() *plugin.Plugin {
	return &plugin.Plugin{
		Name: "nf-schema", BuiltIn: true, Doc: "parameters and sample sheets checked against JSON schemas; help and summaries",
		Begin: help,
		Functions: []*plugin.Function{
			{
				Name: "validateParameters", Params: "options: [parameters_schema: String, cast_cli_params: Boolean]",
				Doc: "checks all parameters against the schema of the pipeline; an error names every violation", Call: call(validateParameters),
			},
			{
				Name: "samplesheetToList", Params: "samplesheet: Path | String, schema: Path | String",
				Doc: "checks a sample sheet against its schema and is the list of its entries", Call: call(samplesheetToList),
			},
			{
				Name: "validate", Params: "options: [exitOnError: true], input, schema: Path | String",
				Doc: "checks any value against a schema and is the list of violations; they are an error unless `exitOnError` is false", Call: call(validate),
			},
			{
				Name: "paramsHelp", Params: "options: [command, beforeText, afterText, showHidden, fullHelp, parameter, parameters_schema], parameter: String",
				Doc: "is the help text of the pipeline or of one parameter", Call: call(paramsHelp),
			},
			{
				Name: "paramsSummaryLog", Params: "options: [parameters_schema, beforeText, afterText], workflow",
				Doc: "is a text with the parameters that differ from their defaults", Call: call(paramsSummaryLog),
			},
			{
				Name: "paramsSummaryMap", Params: "options: [parameters_schema], workflow",
				Doc: "is the parameters that differ from their defaults, by group", Call: call(paramsSummaryMap),
			},
		},
		Elsewhere: map[string]string{
			"fromSamplesheet": "use `samplesheetToList` of nf-schema with `channel.fromList`, or include it from 'plugin/nf-validation'",
		},
	}
}

// validationPlugin is nf-validation, which nf-schema follows.
func validationPlugin() *plugin.Plugin {
	return &plugin.Plugin{
		Name: "nf-validation", BuiltIn: true, Doc: "older form of nf-schema",
		Functions: []*plugin.Function{
			{
				Name: "validateParameters", Params: "options: [parameters_schema: String, monochrome_logs: Boolean]",
				Doc: "checks all parameters against the schema of the pipeline; an error names every violation", Call: oldCall(oldValidateParameters),
			},
			{
				Name: "fromSamplesheet", Params: "options: [parameters_schema: String, skip_duplicate_check: Boolean], parameter: String", Factory: true,
				Doc: "is a channel of the entries of the sample sheet that a parameter names", Call: oldCall(fromSamplesheet),
			},
			{
				Name: "paramsHelp", Params: "options: [parameters_schema, monochrome_logs], command: String",
				Doc: "is the help text of the pipeline, or of the parameter that `--help` names", Call: oldCall(oldParamsHelp),
			},
			{
				Name: "paramsSummaryLog", Params: "options: [parameters_schema, monochrome_logs], workflow",
				Doc: "is a text with the parameters that differ from their defaults", Call: oldCall(oldParamsSummaryLog),
			},
			{
				Name: "paramsSummaryMap", Params: "options: [parameters_schema], workflow",
				Doc: "is the parameters that differ from their defaults, by group", Call: oldCall(paramsSummaryMap),
			},
		},
		Elsewhere: map[string]string{
			"samplesheetToList":             "include it from 'plugin/nf-schema'",
			"validateAndConvertSamplesheet": "use `channel.fromSamplesheet(…)`",
		},
	}
}

// A use is one call of a function.
type use struct {
	env     *plugin.Env
	th      *value.Thread
	set     *settings
	options *value.Map // named arguments, never nil
	given   []value.Value
	args    []value.Value // given, without the named ones
	old     bool          // nf-validation
	lines   []int         // of the entries of the sheet read last
}

func call(f func(u *use) (value.Value, error)) func(*plugin.Env, *value.Thread, []value.Value) (value.Value, error) {
	return func(env *plugin.Env, th *value.Thread, args []value.Value) (value.Value, error) {
		return f(newUse(env, th, args, false))
	}
}

func oldCall(f func(u *use) (value.Value, error)) func(*plugin.Env, *value.Thread, []value.Value) (value.Value, error) {
	return func(env *plugin.Env, th *value.Thread, args []value.Value) (value.Value, error) {
		return f(newUse(env, th, args, true))
	}
}

func newUse(env *plugin.Env, th *value.Thread, args []value.Value, old bool) *use {
	u := &use{env: env, th: th, options: value.NewMap(0), given: args, args: args, old: old}
	if len(args) > 0 {
		if m, ok := args[0].(*value.Map); ok {
			u.options, u.args = m, args[1:]
		}
	}
	if old {
		u.set = oldSettings(env, u.options)
	} else {
		u.set = newSettings(env)
	}
	return u
}

// option is a named argument as text, the fallback if it is not given.
func (u *use) option(name, fallback string) string {
	if v := u.options.GetString(name); v != nil {
		return value.ToString(v)
	}
	return fallback
}

// flag is a named argument as a truth value.
func (u *use) flag(name string, fallback bool) bool {
	if v := u.options.GetString(name); v != nil {
		return value.Truth(v)
	}
	return fallback
}

// fail ends the run with a message, as the plugin's own exception does.
func (u *use) fail(format string, args ...any) error {
	return value.Throw(plugin.Violation, format, args...)
}
