package nfschema

import (
	"fmt"
	"slices"
	"strconv"

	"sluice/internal/lang/value"
	"sluice/internal/plugin"
)

// settings are what configuration and parameters say of the plugin.
type settings struct {
	schema       string // of the parameters
	lenient      bool
	colors       colors
	ignored      []string // parameters that are not checked
	maxValue     int      // longest value in a message, below 1 is any
	unknownParam string   // skip, debug, info, warn, error
	unknownHead  string

	help    helpSettings
	summary summarySettings

	// Where releases differ.
	dropFalse   bool // parameters that are false by Groovy's truth are not checked
	brackets    bool // patterns and lists stand in brackets
	coreFirst   bool // summaries begin with the options of the engine
	unitsAsText bool // sizes and durations are checked as text
	noFiles     bool // summaries leave the configuration files empty
	ownOnly     bool // the errorMessage of a schema takes the place of the message
	terseUnique bool // entries that are there twice are not shown
}

type helpSettings struct {
	enabled                        bool
	short, full, hidden            string // names of parameters
	showHidden                     bool
	beforeText, afterText, command string
	enumLength, width              int
}

type summarySettings struct {
	beforeText, afterText string
	hide, maskParts       []string
	mask                  string
}

// reader reads the scope `validation`; a value of a wrong type is told and
// leaves the default.
type reader struct{ env *plugin.Env }

func (r reader) get(path ...string) value.Value {
	return r.env.Option(append([]string{"validation"}, path...)...)
}

func (r reader) wrong(kind string, fallback any, path ...string) {
	name := "validation"
	for _, p := range path {
		name += "." + p
	}
	r.env.Thread.Host.Log("warn", fmt.Sprintf("Incorrect value detected for `%s`, %s is expected. Defaulting to `%v`", name, kind, fallback))
}

func (r reader) flag(fallback bool, path ...string) bool {
	switch v := r.get(path...).(type) {
	case nil:
	case value.Bool:
		return bool(v)
	default:
		r.wrong("a boolean", fallback, path...)
	}
	return fallback
}

func (r reader) text(fallback string, path ...string) string {
	v := r.get(path...)
	if v == nil {
		return fallback
	}
	if s, ok := value.Str(v); ok {
		return s
	}
	r.wrong("a string", fallback, path...)
	return fallback
}

func (r reader) number(fallback int, path ...string) int {
	v := r.get(path...)
	if v == nil {
		return fallback
	}
	if n, ok := value.AsInt64(v); ok && value.IsNumber(v) {
		return int(n)
	}
	r.wrong("an integer", fallback, path...)
	return fallback
}

func (r reader) list(path ...string) []string {
	v := r.get(path...)
	if v == nil {
		return nil
	}
	if s, ok := value.Str(v); ok {
		return []string{s}
	}
	elems, ok := value.Elements(v)
	if !ok {
		r.wrong("a list with string values", "[]", path...)
		return nil
	}
	var names []string
	for _, e := range elems {
		names = append(names, value.ToString(e))
	}
	return names
}

func (r reader) level(older string, path ...string) string {
	level := r.text("", path...)
	switch {
	case level == "" && r.flag(false, older):
		return "error"
	case level == "":
		return "warn"
	case !slices.Contains(levels, level):
		r.wrong("one of (skip, debug, info, warn, error)", "warn", path...)
		return "warn"
	}
	return level
}

var levels = []string{"skip", "debug", "info", "warn", "error"}

// newSettings reads the scope `validation`.
func newSettings(env *plugin.Env) *settings {
	r := reader{env}
	s := &settings{
		schema: r.text("nextflow_schema.json", "parametersSchema"), lenient: r.flag(false, "lenientMode"),
		colors:       colors{off: !env.Colors || r.flag(false, "monochromeLogs")},
		maxValue:     r.number(150, "maxErrValSize"),
		unknownParam: r.level("failUnrecognisedParams", "logging", "unrecognisedParams"),
		unknownHead:  r.level("failUnrecognisedHeaders", "logging", "unrecognisedHeaders"),
		dropFalse:    env.Version.Before(2, 7, 0), unitsAsText: env.Version.Before(2, 7, 0),
		brackets: env.Version.Before(2, 7, 3), coreFirst: env.Version.Before(2, 1, 0), noFiles: env.Version.Before(2, 3, 0),
		ownOnly: env.Version.Before(2, 2, 0), terseUnique: env.Version.Before(2, 1, 2),
	}
	if env.Version.Before(2, 4, 0) {
		s.maxValue = -1
	}
	if s.maxValue < 1 && s.maxValue != -1 {
		r.wrong("a value above 0 or -1", 150, "maxErrValSize")
		s.maxValue = 150
	}
	s.help = r.help(s.colors)
	s.ignored = append(append([]string{"nf_test_output"}, r.list("ignoreParams")...), r.list("defaultIgnoreParams")...)
	s.ignored = append(s.ignored, s.help.short, s.help.full, s.help.hidden)
	s.summary = summarySettings{
		beforeText: s.colors.filter(r.text("", "summary", "beforeText")), afterText: s.colors.filter(r.text("", "summary", "afterText")),
		hide: r.list("summary", "hideParams"), mask: r.text("[** masked **]", "summary", "mask"), maskParts: r.list("summary", "maskSubpaths"),
	}
	return s
}

func (r reader) help(c colors) helpSettings {
	h := helpSettings{
		enabled: r.flag(false, "help", "enabled"), short: r.text("help", "help", "shortParameter"),
		full: r.text("helpFull", "help", "fullParameter"), hidden: r.text("showHidden", "help", "showHiddenParameter"),
		beforeText: c.filter(r.text("", "help", "beforeText")), afterText: c.filter(r.text("", "help", "afterText")),
		command: c.filter(r.text("", "help", "command")), width: 100,
	}
	if columns, ok := r.env.Thread.Host.Getenv("COLUMNS"); ok {
		if n, err := strconv.Atoi(columns); err == nil && n > 0 {
			h.width = n
		}
	}
	h.enumLength = r.number(h.width, "help", "enumLength")
	h.showHidden = r.flag(r.flag(false, "showHiddenParams"), "help", "showHidden")
	if b, ok := param(r.env, h.hidden).(value.Bool); ok {
		h.showHidden = bool(b)
	}
	return h
}

// oldSettings reads the parameters that configure nf-validation.
func oldSettings(env *plugin.Env, options *value.Map) *settings {
	truth := func(name string) bool { return value.Truth(param(env, name)) }
	mono := truth("monochrome_logs") || truth("monochromeLogs")
	if v := options.GetString("monochrome_logs"); v != nil {
		mono = value.Truth(v)
	}
	s := &settings{
		schema: "nextflow_schema.json", lenient: truth("validationLenientMode"), colors: colors{off: mono || !env.Colors},
		unknownParam: "warn", unknownHead: "warn", dropFalse: true, unitsAsText: true, coreFirst: true, noFiles: true,
		help: helpSettings{short: "help", showHidden: truth("validationShowHiddenParams"), width: 160},
	}
	if v := options.GetString("parameters_schema"); v != nil {
		s.schema = value.ToString(v)
	}
	if truth("validationFailUnrecognisedParams") {
		s.unknownParam = "error"
	}
	if v := param(env, "validationSchemaIgnoreParams"); value.Truth(v) {
		s.ignored = splitList(value.ToString(v))
	}
	return s
}

// param is a parameter of the run, nil without one.
func param(env *plugin.Env, name string) value.Value {
	v, _ := env.Params.Get(value.String(name))
	return v
}
