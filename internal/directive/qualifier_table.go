package directive

import "slices"

// Nextflow docs: reference/process#inputs, reference/process#outputs
var qualifiers = []Qualifier{
	{Name: "each", Input: &Use{
		Forms: []string{"each name", "each path(name)", "each val(name)"},
		Args:  []Parameter{{Name: "name", Type: "identifier | path | val", Doc: "Variable that holds one element."}},
		Doc:   "Repeats the process for every element of a list or channel, crossed with the other inputs.",
	}},
	{Name: "env", Input: &Use{
		Forms: []string{"env 'NAME'"},
		Args:  []Parameter{{Name: "name", Type: "String", Doc: "Variable of the environment; a bare name is deprecated."}},
		Doc:   "Puts the value into the environment of the script.",
	}, Output: &Use{
		Forms: []string{"env 'NAME'", "env 'NAME', emit: name"},
		Args:  []Parameter{{Name: "name", Type: "String", Doc: "Variable that the script has set; the task fails when it has not."}},
		Doc:   "Emits the text of a variable of the script's environment.", Options: emitOptions,
	}},
	{Name: "eval", Output: &Use{
		Forms: []string{"eval 'command'", "eval 'command', emit: name"}, Since: "24.04",
		Args: []Parameter{{Name: "command", Type: "String", Doc: "Command that runs in the environment of the script after it; the task fails when it fails."}},
		Doc:  "Emits what a command prints, such as the version of a tool.", Options: emitOptions,
	}},
	{Name: "file", Input: &Use{
		Forms: []string{"file name", "file 'stage name'"}, Deprecated: "use `path`",
		Args:    stagedArgs,
		Options: pathInputOptions,
		Doc:     "Stages files, as `path` does; a value that is no file becomes one that holds its text.",
	}, Output: &Use{
		Forms: []string{"file 'pattern'"}, Deprecated: "use `path`",
		Args: patternArgs, Options: pathOutputOptions,
		Doc: "Emits files, as `path` does.",
	}},
	{Name: "path", Input: &Use{
		Forms: []string{"path name", "path 'stage name'", "path name, stageAs: 'stage name'"},
		Args:  stagedArgs, Options: pathInputOptions,
		Doc: "Stages a file, or a list of files, in the work directory. A text is taken as a path and must be absolute.",
	}, Output: &Use{
		Forms: []string{"path 'pattern'", "path 'pattern', option: value"},
		Args:  patternArgs, Options: pathOutputOptions,
		Doc: "Emits files that the script has made: one path if one matches, a list in order of their names if several do. The task fails when none does.",
	}},
	{Name: "set", Input: &Use{
		Forms: []string{"set val(name), path(name)"}, Deprecated: "use `tuple`", Older: true,
		Doc: "Takes the elements of a list apart, as `tuple` does.",
	}, Output: &Use{
		Forms: []string{"set val(value), path('pattern')"}, Deprecated: "use `tuple`", Older: true, Options: emitOptions,
		Doc: "Emits a list, as `tuple` does.",
	}},
	{Name: "stdin", Input: &Use{
		Forms: []string{"stdin"},
		Doc:   "Gives the value to the standard input of the script.",
	}},
	{Name: "stdout", Output: &Use{
		Forms: []string{"stdout", "stdout emit: name"}, Options: emitOptions,
		Doc: "Emits the standard output of the script as text.",
	}},
	{Name: "tuple", Input: &Use{
		Forms: []string{"tuple val(name), path(name)"},
		Args:  []Parameter{{Name: "arg1, arg2, ...", Type: "env | path | stdin | val", Doc: "One qualifier for each element; they take options of their own."}},
		Doc:   "Takes the elements of a list apart. The list must have as many elements as there are arguments; else a warning says so.",
	}, Output: &Use{
		Forms: []string{"tuple val(value), path('pattern')", "tuple val(value), path('pattern'), emit: name"},
		Args:  []Parameter{{Name: "arg1, arg2, ...", Type: "env | eval | path | stdout | val", Doc: "One qualifier for each element; they take options of their own."}},
		Doc:   "Emits a list of values.", Options: emitOptions,
	}},
	{Name: "val", Input: &Use{
		Forms: []string{"val name"},
		Args:  []Parameter{{Name: "name", Type: "identifier", Doc: "Variable that holds the value in the process."}},
		Doc:   "Takes a value of any type as it is.",
	}, Output: &Use{
		Forms: []string{"val value", "val value, emit: name"},
		Args:  []Parameter{{Name: "value", Doc: "Expression of inputs and of variables that the script sets."}},
		Doc:   "Emits a value.", Options: emitOptions,
	}},
}

var stagedArgs = []Parameter{{
	Name: "name", Type: "identifier | String",
	Doc: "Variable that holds the path, or the name that the file gets. In the name, `*` and `?` number several files: `*` is nothing for a single file, and `dir/*` keeps the names of the files.",
}}

var patternArgs = []Parameter{{
	Name: "pattern", Type: "String | Path",
	Doc: "Name or glob, relative to the work directory. `*` matches no name that begins with a dot, `**` enters directories.",
}}

const arityForms = "How many files there must be: `'1'`, `'2..4'`, `'1..*'`. With `'1'` the value is a path, otherwise a list, also of one."

var pathInputOptions = []Parameter{
	{Name: "arity", Type: "String", Since: "23.10", Doc: arityForms},
	{Name: "name", Type: "String", Doc: "The same as `stageAs`."},
	{Name: "stageAs", Type: "String", Doc: "Name that the file gets, as the argument gives it."},
}

// emitOptions are those of every output.
var emitOptions = []Parameter{
	{Name: "emit", Type: "identifier", Doc: "Name that the channel has in `out`: `PROCESS.out.name`."},
	{Name: "optional", Type: "Boolean", Default: "false", Doc: "`true` emits nothing instead of failing when the output is missing."},
	{Name: "topic", Type: "identifier", Since: "25.04", Doc: "Topic that the values are also sent to; `channel.topic` reads it."},
	{Name: "mode", Ignored: true, Doc: "Has no effect; of older releases."},
	{Name: "name", Ignored: true, Doc: "Has no effect; of older releases."},
	{Name: "separatorChar", Ignored: true, Doc: "Has no effect; of older releases."},
}

var pathOutputOptions = slices.Concat([]Parameter{
	{Name: "arity", Type: "String", Since: "23.10", Doc: arityForms},
	{Name: "followLinks", Type: "Boolean", Default: "true", Doc: "Whether a pattern enters directories through links, and emits links to files."},
	{Name: "glob", Type: "Boolean", Default: "true", Doc: "`false` takes the pattern as a plain name."},
	{Name: "hidden", Type: "Boolean", Default: "false", Doc: "Whether a pattern matches names that begin with a dot."},
	{Name: "includeInputs", Type: "Boolean", Default: "false", Doc: "Whether a pattern matches staged input files."},
	{Name: "maxDepth", Type: "Integer", Doc: "How many levels of directories a pattern enters; any number unless given."},
	{Name: "type", Type: "String", Doc: "`file`, `dir` or `any`. Unless given: `file` if the pattern contains `**`, else `any`."},
}, emitOptions)
