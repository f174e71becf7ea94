package load

import (
	"errors"
	"fmt"

	"sluice/internal/config"
	"sluice/internal/lang/syntax"
	"sluice/internal/lang/value"
)

// assign sets an option: `a.b.c = x`, `a['b'] = x`, `a += x`.
func (u *unit) assign(a *syntax.Assign, s *scope) error {
	path, isPath, err := u.path(a.Target, s)
	if err != nil {
		return err
	}
	if !isPath || s.isLocal(path[0]) {
		_, err := u.eval(a, s)
		u.absorb()
		return err
	}
	if s.profiles {
		return u.assignProfile(a, path, s)
	}
	v, err := u.operand(a, s)
	if err != nil {
		return err
	}
	if v, err = plain(v); err != nil {
		return u.fail(err, a.Value)
	}
	full, root := u.target(path, s)
	u.setIn(root, full, v)
	u.l.config.Spans[config.Key(full...)] = a.Target.Span().To(a.Value.Span())
	return nil
}

// assignProfile is `profiles { name.a.b = x }`.
func (u *unit) assignProfile(a *syntax.Assign, path []string, s *scope) error {
	u.know(path[0])
	if !contains(u.l.profiles, path[0]) {
		return nil
	}
	if len(path) == 1 {
		return u.fail(fmt.Errorf("profile `%s` is a block, no value", path[0]), a)
	}
	u.applied(path[0])
	v, err := u.operand(a, u.root)
	if err != nil {
		return err
	}
	if v, err = plain(v); err != nil {
		return u.fail(err, a.Value)
	}
	u.set(path[1:], v)
	return nil
}

// operand is the value to be assigned, the operator of `+=` and its like applied.
func (u *unit) operand(a *syntax.Assign, s *scope) (value.Value, error) {
	switch a.Op {
	case syntax.OpNone:
		return u.eval(a.Value, s)
	case syntax.OpElvis:
		return u.eval(&syntax.Ternary{At: a.At, Cond: a.Target, Else: a.Value}, s)
	}
	return u.eval(&syntax.Binary{At: a.At, Op: a.Op, OpAt: a.Where, L: a.Target, R: a.Value}, s)
}

// path is the target of an assignment as names; ok is false where it is more
// than that.
func (u *unit) path(x syntax.Expr, s *scope) (names []string, ok bool, err error) {
	switch x := x.(type) {
	case *syntax.Ident:
		return []string{x.Name}, true, nil
	case *syntax.Literal:
		if text, isText := value.Str(x.Value); isText {
			return []string{text}, true, nil
		}
		return nil, false, nil
	case *syntax.Paren:
		return u.path(x.X, s)
	case *syntax.Prop:
		if x.Safe || x.Spread || x.Field {
			return nil, false, nil
		}
		names, ok, err = u.path(x.X, s)
		if !ok || err != nil {
			return nil, ok, err
		}
		name := x.Name
		if x.Dyn != nil {
			v, err := u.eval(x.Dyn, s)
			if err != nil {
				return nil, false, err
			}
			name = value.ToString(v)
		}
		return append(names, name), true, nil
	case *syntax.Index:
		if len(x.Args) != 1 || x.Safe {
			return nil, false, nil
		}
		names, ok, err = u.path(x.X, s)
		if !ok || err != nil || s.isLocal(names[0]) {
			return nil, false, err
		}
		v, err := u.eval(x.Args[0], s)
		if err != nil {
			return nil, false, err
		}
		text, isText := value.Str(v)
		return append(names, text), isText, nil
	}
	return nil, false, nil
}

// plain fixes the text of a GString whose parts are known.
func plain(v value.Value) (value.Value, error) {
	g, ok := v.(*value.GString)
	if !ok || len(g.Lazy) > 0 || len(g.Vals) == 0 {
		return v, nil
	}
	text, err := value.Render(g)
	if err != nil {
		return nil, err
	}
	g.Strs, g.Vals = []string{text}, nil
	return g, nil
}

// set stores v; within a file an assignment replaces what was there.
func (u *unit) set(path []string, v value.Value) { u.setIn(u.own, path, v) }

func (u *unit) setIn(root *value.Map, path []string, v value.Value) {
	parent := u.openIn(root, path[:len(path)-1])
	if circular(v, root, parent) || path[0] == "params" && circular(v, u.view) {
		u.circle = &circleError{path}
		return
	}
	parent.Set(value.String(path[len(path)-1]), v)
	if _, isMap := v.(*value.Map); isMap {
		u.l.config.Values[config.Key(path...)] = true
	} else {
		delete(u.l.config.Values, config.Key(path...))
	}
	if path[0] != "params" {
		return
	}
	if len(path) == 1 {
		u.see(overlay(u.baseOrEmpty(), v))
		return
	}
	u.touch(path[1])
}

func (u *unit) baseOrEmpty() value.Value {
	if u.base == nil {
		return value.NewMap(0)
	}
	return u.base
}

// open finds or makes the scopes of a path in what this file sets.
func (u *unit) open(path []string) *value.Map { return u.openIn(u.own, path) }

func (u *unit) openIn(m *value.Map, path []string) *value.Map {
	for _, name := range path {
		next, ok := m.GetString(name).(*value.Map)
		if !ok {
			next = value.NewMap(4)
			m.Set(value.String(name), next)
		}
		m = next
	}
	if len(path) > 1 && path[0] == "params" {
		u.touch(path[1])
	}
	return m
}

// touch brings the view of one parameter up to date: files before, then this
// file, then what the command line gave.
func (u *unit) touch(name string) {
	key := value.String(name)
	own, _ := u.own.GetString("params").(*value.Map)
	var v value.Value
	if u.base != nil {
		v, _ = u.base.Get(key)
	}
	if own != nil {
		if mine, ok := own.Get(key); ok {
			v = overlay(v, mine)
		}
	}
	if given, ok := u.l.Params.Get(key); ok {
		v = overlay(v, given)
	}
	u.view.Set(key, v)
}

// absorb takes over what code changed in the parameters behind our back, as
// `params.list << x` in a loop does.
func (u *unit) absorb() {
	for _, k := range u.own.Keys() {
		if v, _ := u.own.Get(k); circular(v, u.own) {
			u.circle = &circleError{[]string{value.ToString(k)}}
			return
		}
	}
	if circular(u.view) {
		u.circle = &circleError{[]string{"params"}}
		return
	}
	u.view.Entries(func(k, v value.Value) bool {
		if u.l.Params.Has(k) {
			return true
		}
		var before value.Value
		known := false
		if own, ok := u.own.GetString("params").(*value.Map); ok {
			before, known = own.Get(k)
		}
		if !known && u.base != nil {
			before, known = u.base.Get(k)
		}
		if known && same(before, v) {
			return true
		}
		u.open([]string{"params"}).Set(k, v)
		return true
	})
}

// same is identity: maps that were merged for the view are left alone.
func same(a, b value.Value) bool {
	_, mapA := a.(*value.Map)
	_, mapB := b.(*value.Map)
	if mapA && mapB {
		return true
	}
	return value.Identical(a, b)
}

var errNoValue = errors.New("`includeConfig` takes one file name")
