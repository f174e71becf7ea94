package interp

import (
	"errors"
	"fmt"

	"sluice/internal/lang/syntax"
	"sluice/internal/lang/value"
)

// body compiles the statements of a function; the value of the last one is its result.
func (c *compiler) body(list []syntax.Stmt) exec { return c.block(list, true) }

func (c *compiler) block(list []syntax.Stmt, tail bool) exec {
	codes := make([]exec, len(list))
	for i, s := range list {
		codes[i] = c.stmt(s, tail && i == len(list)-1)
	}
	switch len(codes) {
	case 0:
		return func(*frame) (control, error) { return next, nil }
	case 1:
		return codes[0]
	}
	return func(fr *frame) (control, error) {
		for _, s := range codes {
			if ctl, err := s(fr); err != nil || ctl != next {
				return ctl, err
			}
		}
		return next, nil
	}
}

func (c *compiler) stmt(s syntax.Stmt, tail bool) exec {
	switch s := s.(type) {
	case nil:
		return func(*frame) (control, error) { return next, nil }
	case *syntax.ExprStmt:
		return c.exprStmt(s, tail)
	case *syntax.VarDecl:
		return c.varDecl(s, tail)
	case *syntax.Block:
		return c.block(s.Stmts, tail)
	case *syntax.If:
		return c.ifStmt(s, tail)
	case *syntax.ForIn:
		return c.forIn(s)
	case *syntax.ForC:
		return c.forC(s)
	case *syntax.While:
		return c.while(s)
	case *syntax.Switch:
		return c.switchStmt(s, tail)
	case *syntax.Return:
		x := c.expr(s.X)
		return func(fr *frame) (control, error) {
			v, err := x(fr)
			fr.ret = v
			return returning, err
		}
	case *syntax.Include:
		return func(*frame) (control, error) { return next, c.inst.Include(s) }
	case *syntax.Break:
		ctl := c.jump(s.Label, breaking)
		return func(*frame) (control, error) { return ctl, nil }
	case *syntax.Continue:
		ctl := c.jump(s.Label, continuing)
		return func(*frame) (control, error) { return ctl, nil }
	case *syntax.Throw:
		return c.throw(s)
	case *syntax.Try:
		return c.try(s, tail)
	case *syntax.Assert:
		return c.assert(s)
	case *syntax.Labeled:
		c.labels, c.labeled = append(c.labels, s.Label), true
		body := c.stmt(s.Body, tail)
		c.labels, c.labeled = c.labels[:len(c.labels)-1], false
		return body
	}
	panic(fmt.Sprintf("internal error: interp: %T as a statement", s))
}

func (c *compiler) exprStmt(s *syntax.ExprStmt, tail bool) exec {
	x := c.expr(s.X)
	if tail {
		return func(fr *frame) (control, error) {
			v, err := x(fr)
			fr.ret = v
			return next, err
		}
	}
	return func(fr *frame) (control, error) {
		_, err := x(fr)
		return next, err
	}
}

func (c *compiler) varDecl(s *syntax.VarDecl, tail bool) exec {
	init := c.expr(s.Init)
	stores := make([]func(*frame, value.Value) error, len(s.Names))
	for i, n := range s.Names {
		stores[i] = c.declare(n)
	}
	if s.Multi {
		return func(fr *frame) (control, error) {
			v, err := init(fr)
			if err != nil {
				return next, err
			}
			parts, err := c.parts(fr, v, s)
			if err != nil {
				return next, err
			}
			for i, store := range stores {
				var e value.Value
				if i < len(parts) {
					e = parts[i]
				}
				if err := store(fr, e); err != nil {
					return next, err
				}
			}
			return next, nil
		}
	}
	return func(fr *frame) (control, error) {
		v, err := init(fr)
		if err != nil {
			return next, err
		}
		for _, store := range stores {
			if err := store(fr, v); err != nil {
				return next, err
			}
		}
		if tail {
			fr.ret = v
		}
		return next, nil
	}
}

// declare makes a new variable: a fresh cell each time where closures capture it.
func (c *compiler) declare(n *syntax.VarName) func(*frame, value.Value) error {
	i := n.Binding.Index
	class := c.declared(n.Type)
	set := func(fr *frame, v value.Value) { fr.slots[i] = v }
	switch n.Binding.Kind {
	case syntax.Cell:
		set = func(fr *frame, v value.Value) { fr.slots[i] = &cell{v} }
	case syntax.Global:
		inst := c.inst
		set = func(_ *frame, v value.Value) { inst.Globals[i] = v }
	}
	if class == nil {
		return func(fr *frame, v value.Value) error { set(fr, v); return nil }
	}
	return func(fr *frame, v value.Value) error {
		w, err := convert(v, class)
		if err != nil {
			return c.at(err, n)
		}
		set(fr, w)
		return nil
	}
}

func (c *compiler) ifStmt(s *syntax.If, tail bool) exec {
	cond, then, other := c.expr(s.Cond), c.stmt(s.Then, tail), c.stmt(s.Else, tail)
	return func(fr *frame) (control, error) {
		v, err := cond(fr)
		if err != nil {
			return next, err
		}
		if value.Truth(v) {
			return then(fr)
		}
		return other(fr)
	}
}

// jump is `break` or `continue`, of the loop with this label if there is one.
func (c *compiler) jump(label string, plain control) control {
	for i := len(c.labels) - 1; i >= 0 && label != ""; i-- {
		if c.labels[i] == label {
			return labeled + control(2*i) + plain
		}
	}
	return plain
}

// ownLabel is the number of the label in front of the loop about to be
// compiled, -1 without one.
func (c *compiler) ownLabel() int {
	if !c.labeled {
		return -1
	}
	c.labeled = false
	return len(c.labels) - 1
}

// loop interprets how a body ended: done says that the loop is over. own is
// the label of the loop.
func loop(ctl control, err error, own int) (out control, done bool) {
	if ctl >= labeled && own >= 0 {
		switch mine := labeled + control(2*own); ctl {
		case mine + breaking:
			return next, true
		case mine + continuing:
			return next, false
		}
	}
	switch {
	case err != nil:
		return next, true
	case ctl >= labeled:
		return ctl, true
	case ctl == breaking:
		return next, true
	case ctl == returning:
		return returning, true
	}
	return next, false
}

func (c *compiler) forIn(s *syntax.ForIn) exec {
	own := c.ownLabel()
	over, body, store := c.expr(s.X), c.stmt(s.Body, false), c.declare(s.Var)
	return func(fr *frame) (control, error) {
		v, err := over(fr)
		if err != nil || v == nil {
			return next, err
		}
		out := next
		each := func(e value.Value) bool {
			if err = store(fr, e); err != nil {
				return false
			}
			var ctl control
			ctl, err = body(fr)
			var done bool
			out, done = loop(ctl, err, own)
			return !done
		}
		if it, ok := v.(value.Iterable); ok {
			it.Iterate(each)
			return out, err
		}
		if str, ok := value.Str(v); ok {
			for _, r := range str {
				if !each(value.String(r)) {
					break
				}
			}
			return out, err
		}
		each(v)
		return out, err
	}
}

func (c *compiler) forC(s *syntax.ForC) exec {
	own := c.ownLabel()
	init, cond, update, body := c.block(s.Init, false), c.expr(s.Cond), c.exprs(s.Update), c.stmt(s.Body, false)
	return func(fr *frame) (control, error) {
		if _, err := init(fr); err != nil {
			return next, err
		}
		for {
			if s.Cond != nil {
				v, err := cond(fr)
				if err != nil {
					return next, err
				}
				if !value.Truth(v) {
					return next, nil
				}
			}
			ctl, err := body(fr)
			if out, done := loop(ctl, err, own); done {
				return out, err
			}
			for _, u := range update {
				if _, err := u(fr); err != nil {
					return next, err
				}
			}
			if err := interrupted(fr); err != nil {
				return next, err
			}
		}
	}
}

// interrupted ends endless loops when the run is over.
func interrupted(fr *frame) error {
	if fr.th.Context == nil {
		return nil
	}
	return fr.th.Context.Err()
}

func (c *compiler) while(s *syntax.While) exec {
	own := c.ownLabel()
	cond, body := c.expr(s.Cond), c.stmt(s.Body, false)
	return func(fr *frame) (control, error) {
		for first := true; ; first = false {
			if !s.Do || !first {
				v, err := cond(fr)
				if err != nil {
					return next, err
				}
				if !value.Truth(v) {
					return next, nil
				}
			}
			ctl, err := body(fr)
			if out, done := loop(ctl, err, own); done {
				return out, err
			}
			if err := interrupted(fr); err != nil {
				return next, err
			}
		}
	}
}

// caseBody: a last `break` only ends the switch, and what stands before it is
// the value.
func (c *compiler) caseBody(stmts []syntax.Stmt, tail bool) exec {
	n := len(stmts)
	if !tail || n == 0 {
		return c.block(stmts, tail)
	}
	if _, ok := stmts[n-1].(*syntax.Break); !ok {
		return c.block(stmts, tail)
	}
	inner, end := c.block(stmts[:n-1], true), c.stmt(stmts[n-1], false)
	return func(fr *frame) (control, error) {
		if ctl, err := inner(fr); err != nil || ctl != next {
			return ctl, err
		}
		return end(fr)
	}
}

func (c *compiler) switchStmt(s *syntax.Switch, tail bool) exec {
	subject := c.expr(s.X)
	tests := make([][]code, len(s.Cases))
	bodies := make([]exec, len(s.Cases))
	deflt := -1
	for i, k := range s.Cases {
		tests[i] = c.exprs(k.Values)
		if len(k.Values) == 0 {
			deflt = i
		}
		bodies[i] = c.caseBody(k.Body, tail)
	}
	return func(fr *frame) (control, error) {
		v, err := subject(fr)
		if err != nil {
			return next, err
		}
		from := deflt
	search:
		for i, list := range tests {
			for _, t := range list {
				k, err := t(fr)
				if err != nil {
					return next, err
				}
				is, err := value.IsCase(fr.th, k, v)
				if err != nil {
					return next, c.at(err, s.Cases[i])
				}
				if is {
					from = i
					break search
				}
			}
		}
		if from < 0 {
			return next, nil
		}
		for _, b := range bodies[from:] { // falls through, as Java's
			ctl, err := b(fr)
			if err != nil || ctl == returning || ctl == continuing || ctl >= labeled {
				return ctl, err
			}
			if ctl == breaking {
				return next, nil
			}
		}
		return next, nil
	}
}

func (c *compiler) throw(s *syntax.Throw) exec {
	x := c.expr(s.X)
	return func(fr *frame) (control, error) {
		v, err := x(fr)
		if err != nil {
			return next, err
		}
		e, ok := v.(*value.Exception)
		if !ok {
			return next, c.at(value.Throw("groovy.lang.GroovyRuntimeException", "only exceptions can be thrown, not %s", value.Inspect(v)), s)
		}
		return next, c.inst.in.locate(e, s.Span())
	}
}

func (c *compiler) try(s *syntax.Try, tail bool) exec {
	body := c.block(s.Body.Stmts, tail)
	type handler struct {
		classes []*value.Class
		store   func(*frame, value.Value) error
		run     exec
	}
	handlers := make([]handler, len(s.Catches))
	for i, k := range s.Catches {
		h := handler{run: c.block(k.Body.Stmts, tail)}
		for _, t := range k.Types {
			h.classes = append(h.classes, c.exceptionClass(t.Name))
		}
		if k.Var != nil {
			h.store = c.declare(k.Var)
		}
		handlers[i] = h
	}
	var finally exec
	if s.Finally != nil {
		finally = c.block(s.Finally.Stmts, false)
	}
	attempt := func(fr *frame) (control, error) {
		depth := fr.th.Depth
		ctl, err := body(fr)
		if err == nil || c.inst.in.Passthrough != nil && c.inst.in.Passthrough(err) {
			return ctl, err
		}
		fr.th.Depth = depth
		var e *value.Exception
		if !errors.As(c.at(err, s), &e) {
			return ctl, err
		}
		for _, h := range handlers {
			if !catches(h.classes, e) {
				continue
			}
			if h.store != nil {
				if err := h.store(fr, e); err != nil {
					return next, err
				}
			}
			return h.run(fr)
		}
		return ctl, err
	}
	if finally == nil {
		return attempt
	}
	return func(fr *frame) (control, error) {
		ctl, err := attempt(fr)
		ret := fr.ret
		if fctl, ferr := finally(fr); ferr != nil || fctl != next {
			return fctl, ferr
		}
		fr.ret = ret
		return ctl, err
	}
}

func catches(classes []*value.Class, e *value.Exception) bool {
	if len(classes) == 0 {
		return e.Of.Is(value.ExceptionClass("java.lang.Exception"))
	}
	for _, cl := range classes {
		if e.Of.Is(cl) {
			return true
		}
	}
	return false
}

// exceptionClass finds the class a catch names; java.lang and java.io need no import.
func (c *compiler) exceptionClass(name string) *value.Class {
	if cl, ok := c.class(name); ok {
		return cl
	}
	return value.ExceptionClass(name)
}
