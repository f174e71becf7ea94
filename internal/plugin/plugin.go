package plugin

import (
	"strconv"
	"strings"

	"sluice/internal/lang/source"
	"sluice/internal/lang/value"
)

// A Plugin is one plugin and what a run makes of it.
type Plugin struct {
	Name string
	Doc  string // what the plugin is for
	// BuiltIn says that its functions are here; otherwise it is accepted
	// without effect.
	BuiltIn bool
	// Lost is what a run lacks when the plugin has no effect; "" is nothing.
	Lost string
	// LostBy is the option that asks for what is lost where the rest of the
	// plugin is built in.
	LostBy []string
	// Functions are what scripts include from it.
	Functions []*Function
	// Elsewhere are functions of the plugin that are not offered here, each
	// with what to do instead.
	Elsewhere map[string]string
	// Begin runs before the script is read; an error ends the run.
	Begin func(env *Env) error
}

// A Function is one name that scripts include from a plugin.
type Function struct {
	Name    string
	Params  string
	Doc     string
	Factory bool // called as channel.NAME(…), not as a function
	Call    func(env *Env, th *value.Thread, args []value.Value) (value.Value, error)
}

// Function finds a function by name.
func (p *Plugin) Function(name string) *Function {
	for _, f := range p.Functions {
		if f.Name == name {
			return f
		}
	}
	return nil
}

// An Env is what a built-in plugin sees of a run.
type Env struct {
	Version    Version // that the pipeline asks for
	Thread     *value.Thread
	Params     *value.Map  // parameters of the run
	Workflow   value.Value // `workflow`
	ProjectDir string
	Colors     bool // the terminal shows colours
	// Option is the value of a configuration option, nil if it is not set.
	Option func(path ...string) value.Value
	// File and Files are the functions of scripts with these names.
	File, Files func(th *value.Thread, pattern string) (value.Value, error)
	// Reads says whether files of a scheme, such as "s3", can be read here.
	Reads func(scheme string) bool
	// Construct makes an object of a class that scripts know, and Static calls
	// one of its functions.
	Construct func(class string, args ...value.Value) (value.Value, error)
	Static    func(class, name string, args ...value.Value) (value.Value, error)
	// FromList is a channel of the elements.
	FromList func(elems []value.Value) value.Value
}

// Violation is the class of exceptions whose message is a list of what is
// wrong with the user's input, written for the terminal as it is.
const Violation = "nextflow.validation.SchemaValidationException"

// A Use is a plugin as a pipeline asks for it: `id 'nf-schema@2.1.0'`.
type Use struct {
	Name    string
	Version Version
	Where   source.Span
}

// ParseUse takes name@version apart.
func ParseUse(text string) Use {
	name, version, _ := strings.Cut(strings.TrimSpace(text), "@")
	return Use{Name: name, Version: Version(version)}
}

// A Version is a version of a plugin as it is asked for; "" is any. Built-in
// plugins behave as the release asked for did where releases differ.
type Version string

// Before says whether the version is older than major.minor.patch; a version
// that is not given is the newest.
func (v Version) Before(major, minor, patch int) bool {
	text := strings.TrimLeft(string(v), "~>=<^! v")
	if text == "" {
		return false
	}
	text, _, _ = strings.Cut(text, "-")
	parts := strings.Split(text, ".")
	for i, want := range []int{major, minor, patch} {
		have := 0
		if i < len(parts) {
			n, err := strconv.Atoi(parts[i])
			if err != nil {
				return false
			}
			have = n
		}
		if have != want {
			return have < want
		}
	}
	return false
}
