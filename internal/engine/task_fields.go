package engine

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync"

	"sluice/internal/lang/interp"
	"sluice/internal/lang/source"
	"sluice/internal/lang/stdlib"
	"sluice/internal/lang/syntax"
	"sluice/internal/lang/value"
)

// Fields finds a field of a task by name.
type Fields func(name string) (value.Value, bool)

// TaskFilter makes a test of an expression over the fields of tasks, as
// `log -F` takes it.
func TaskFilter(expression string) (func(Fields) (bool, error), error) {
	file := source.NewFile("-F", expression)
	if _, problems := syntax.ParseExpr(file); problems.Err() != nil {
		return nil, problems
	}
	e := newEvaluator()
	return func(fields Fields) (bool, error) {
		x, problems := syntax.ParseExpr(file)
		if err := problems.Err(); err != nil {
			return false, err
		}
		scope := &fieldScope{fields: fields}
		v, err := e.Eval(x, scope)
		if err != nil {
			return false, scope.explain("filter of option `-F`", err)
		}
		return value.Truth(v), nil
	}, nil
}

// TaskTemplate fills the fields of tasks into a text: `$name` and `${name}`.
func TaskTemplate(text string) (func(Fields) (string, error), error) {
	file := source.NewFile("template", stdlib.TextSource(text))
	if _, problems := syntax.ParseSnippet(file); problems.Err() != nil {
		return nil, problems
	}
	e := newEvaluator()
	return func(fields Fields) (string, error) {
		block, problems := syntax.ParseSnippet(file)
		if err := problems.Err(); err != nil {
			return "", err
		}
		scope := &fieldScope{fields: fields, out: &value.Buffer{Of: value.StringBuilderClass}}
		if err := e.Exec(block, scope); err != nil {
			return "", scope.explain("template of option `-t`", err)
		}
		return string(scope.out.Bytes), nil
	}, nil
}

// newEvaluator evaluates expressions outside any run.
func newEvaluator() *interp.Scoped {
	table := stdlib.New()
	table.Storage = storageOf
	in := &interp.Interp{Table: table}
	lock := &sync.Mutex{}
	lock.Lock()
	th := &value.Thread{Context: context.Background(), Host: &host{&run{o: Options{Getenv: os.LookupEnv}, interp: in}}, Lock: lock}
	builtins := map[string]value.Value{}
	for _, m := range table.Globals() {
		builtins[m.Name] = &value.Native{Name: m.Name, Fn: m.Fn}
	}
	return &interp.Scoped{Interp: in, Thread: th, Names: fieldNames{embedded{newNames(table)}}, Builtin: func(name string) (value.Value, bool) {
		v, ok := builtins[name]
		return v, ok
	}}
}

// fieldNames leaves names that are fields of tasks, and functions of scripts,
// to the scope.
type fieldNames struct{ embedded }

func (n fieldNames) Builtin(name string) bool {
	switch name {
	case "log", "env", "file", "error", "exit", "tuple", "record":
		return false
	}
	return n.embedded.Builtin(name)
}

// A fieldScope is what a filter or a template sees: the fields of one task.
type fieldScope struct {
	fields  Fields
	out     *value.Buffer
	unknown string // the last name that nobody knows
}

func (*fieldScope) Class() *value.Class { return value.ObjectClass }

// Property finds a field.
func (s *fieldScope) Property(name string) (value.Value, bool) {
	if name == "out" && s.out != nil {
		return s.out, true
	}
	v, ok := s.fields(name)
	if !ok {
		s.unknown = name
	}
	return v, ok
}

// UnknownField says that a filter or template asks for what no task has.
type UnknownField struct{ What, Name string }

func (e *UnknownField) Error() string {
	return fmt.Sprintf("%s: `%s` is no field of a task", e.What, e.Name)
}

// explain names the field that does not exist, if that is what went wrong.
func (s *fieldScope) explain(what string, err error) error {
	if s.unknown == "" || !strings.Contains(err.Error(), s.unknown) {
		return fmt.Errorf("%s: %w", what, err)
	}
	return &UnknownField{What: what, Name: s.unknown}
}
