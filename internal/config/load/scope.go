package load

import (
	"fmt"

	"sluice/internal/config"
	"sluice/internal/lang/diag"
	"sluice/internal/lang/source"
	"sluice/internal/lang/value"
)

// A scope is where a statement stands: a file, or a block in it. Expressions
// and functions ask it for names: variables of the file first, then settings
// of the blocks around, then params, directories and the environment.
type scope struct {
	u        *unit
	parent   *scope
	path     []string
	profiles bool // directly in `profiles { }`
	locals   []local

	// Of the older grammar's profiles, see older.go.
	over    bool // what is set goes over the file at its end
	replace bool // a block in this one replaces the one it finds
	names   map[string]bool
}

type local struct {
	name  string
	value value.Value
}

var scopeClass = &value.Class{Name: "nextflow.config.ConfigScope", Parents: []*value.Class{value.ObjectClass}}

// Class is a class of its own: scripts never see it.
func (s *scope) Class() *value.Class { return scopeClass }

func (s *scope) nested() *scope {
	return &scope{u: s.u, parent: s, path: s.path, over: s.over, replace: s.replace}
}

func (s *scope) declare(name string, v value.Value) {
	for i := range s.locals {
		if s.locals[i].name == name {
			s.locals[i].value = v
			return
		}
	}
	s.locals = append(s.locals, local{name, v})
}

func (s *scope) local(name string) *local {
	for ; s != nil; s = s.parent {
		for i := range s.locals {
			if s.locals[i].name == name {
				return &s.locals[i]
			}
		}
	}
	return nil
}

func (s *scope) isLocal(name string) bool { return s.local(name) != nil }

func (s *scope) functions() []local {
	var fns []local
	for _, v := range s.locals {
		if _, ok := v.value.(value.Callable); ok {
			fns = append(fns, v)
		}
	}
	return fns
}

// Property finds a name that stands in an expression.
func (s *scope) Property(name string) (value.Value, bool) {
	if v := s.local(name); v != nil {
		return v.value, true
	}
	u := s.u
	if name == "params" {
		if u.l.final != nil {
			return u.l.final, true
		}
		if own, ok := u.profileParams(s); ok {
			return own, true
		}
		return u.view, true
	}
	for b := s; b != nil; b = b.parent {
		if v, ok := lookup(u.own, b.path, name); ok {
			return v, true
		}
	}
	for b := s; b != nil; b = b.parent { // parameters of the files before
		if len(b.path) == 0 || b.path[0] != "params" {
			continue
		}
		if v, ok := lookup(u.view, b.path[1:], name); ok {
			return v, true
		}
	}
	switch name {
	case "projectDir", "baseDir":
		return value.ParsePath(u.l.ProjectDir), true
	case "launchDir":
		return value.ParsePath(u.l.LaunchDir), true
	}
	if config.FindScope(name) != nil {
		if v, ok := u.l.state.Get(value.String(name)); ok {
			return v, true
		}
		if u.l.final == nil {
			return u.open([]string{name}), true
		}
	}
	if v, ok := u.l.Getenv(name); ok {
		return value.String(v), true
	}
	return s.emptyScope(name)
}

// emptyScope is what the older grammar takes an unknown name for while a file
// is evaluated: a scope of that name in this block, with nothing in it. A file
// that would be in the strict grammar but for the name has a mistake instead.
func (s *scope) emptyScope(name string) (value.Value, bool) {
	u := s.u
	switch {
	case !u.l.older() || u.l.final != nil:
		return nil, false
	case name == "this":
		return s, true
	case name == "conditionValues": // of `this`: what decides which blocks apply
		profiles := value.NewList()
		for _, p := range u.l.profiles {
			profiles.Elems = append(profiles.Elems, value.String(p))
		}
		return value.MapOf("profiles", profiles), true
	}
	if !u.lenient {
		return nil, false
	}
	d := u.l.warnings.Add(source.Span{}, fmt.Sprintf("`%s` is not defined in %s", name, u.l.shown(u.name)))
	d.Severity = diag.Warning
	d.Notes = append(d.Notes, "the older grammar takes it for a scope without settings")
	m := value.NewMap(0)
	u.open(s.path).Set(value.String(name), m)
	return m, true
}

func lookup(m *value.Map, path []string, name string) (value.Value, bool) {
	for _, p := range path {
		next, ok := m.GetString(p).(*value.Map)
		if !ok {
			return nil, false
		}
		m = next
	}
	return m.Get(value.String(name))
}

// SetProperty takes an assignment made by code that the evaluator runs.
func (s *scope) SetProperty(name string, v value.Value) bool {
	if l := s.local(name); l != nil {
		l.value = v
		return true
	}
	s.u.set(append(s.path[:len(s.path):len(s.path)], name), v)
	return true
}

// InvokeMethod calls functions of the file, includeConfig, and env, whose name
// is that of a scope too.
func (s *scope) InvokeMethod(th *value.Thread, name string, args []value.Value) (value.Value, bool, error) {
	if l := s.local(name); l != nil {
		if fn, ok := l.value.(value.Callable); ok {
			v, err := fn.CallWith(th, args)
			return v, true, err
		}
	}
	if fn, ok := s.u.l.functions[name]; ok && s.u.l.final != nil { // a closure of an included file
		v, err := fn.CallWith(th, args)
		return v, true, err
	}
	if name == "env" && len(args) == 1 {
		v, ok := s.u.l.Getenv(value.ToString(args[0]))
		if !ok {
			return nil, true, nil
		}
		return value.String(v), true, nil
	}
	if name != "includeConfig" || s.u.l.final != nil {
		return nil, false, nil
	}
	if len(args) != 1 || args[0] == nil {
		return nil, true, errNoValue
	}
	return nil, true, s.u.includeFile(value.ToString(args[0]), source.Span{}, s)
}
