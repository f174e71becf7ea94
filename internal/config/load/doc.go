// Package load turns the text of configuration files into a config.Config,
// and parameters given as text (command line, JSON and YAML files) into values.
//
// It walks the structure of a file itself (blocks, selectors, includes,
// assignments, profiles, conditions) and hands every expression to an
// Evaluator. Start with Load; file.go walks statements, scope.go is what
// expressions see, params*.go read parameters.
package load
