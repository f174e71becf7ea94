package interp

import (
	"sluice/internal/lang/syntax"
	"sluice/internal/lang/value"
)

// criteriaMode says how the labels of a closure are meant.
type criteriaMode uint8

const (
	plainClosure criteriaMode = iota
	branchCriteria
	multiMapCriteria
)

// criteriaOf is the mode of a closure given to the function or operator name.
func criteriaOf(name string) criteriaMode {
	switch name {
	case "branch", "branchCriteria":
		return branchCriteria
	case "multiMap", "multiMapCriteria":
		return multiMapCriteria
	}
	return plainClosure
}

func criteriaLabels(b *syntax.Block) []string {
	var labels []string
	for _, s := range b.Stmts {
		if l, ok := s.(*syntax.Labeled); ok {
			labels = append(labels, l.Label)
		}
	}
	return labels
}

// arm is one label: its condition (branch), and the statements up to the next.
type arm struct {
	label string
	cond  code
	body  exec // nil: the item itself
}

// criteria compiles the closure of branch or multiMap.
func (c *compiler) criteria(x *syntax.Closure, implicit bool, mode criteriaMode) *body {
	var before []syntax.Stmt
	var arms []arm
	stmts := x.Body.Stmts
	i := 0
	for ; i < len(stmts); i++ {
		if _, ok := stmts[i].(*syntax.Labeled); ok {
			break
		}
		before = append(before, stmts[i])
	}
	for i < len(stmts) {
		l := stmts[i].(*syntax.Labeled)
		i++
		var rest []syntax.Stmt
		for i < len(stmts) {
			if _, ok := stmts[i].(*syntax.Labeled); ok {
				break
			}
			rest = append(rest, stmts[i])
			i++
		}
		a := arm{label: l.Label}
		if mode == branchCriteria {
			if s, ok := l.Body.(*syntax.ExprStmt); ok {
				a.cond = c.expr(s.X)
			} else {
				a.cond = constant(value.MakeBool(true))
				rest = append([]syntax.Stmt{l.Body}, rest...)
			}
		} else {
			rest = append([]syntax.Stmt{l.Body}, rest...)
		}
		if len(rest) > 0 {
			a.body = c.block(rest, true)
		}
		arms = append(arms, a)
	}
	b := c.function(x.Params, &syntax.Block{}, x.Func, implicit)
	prelude := c.block(before, false)
	b.run = func(fr *frame) (control, error) {
		if ctl, err := prelude(fr); err != nil || ctl != next {
			return ctl, err
		}
		if mode == branchCriteria {
			return runBranch(fr, b, arms)
		}
		out := value.NewMap(len(arms))
		for _, a := range arms {
			fr.ret = nil
			if _, err := a.body(fr); err != nil {
				return next, err
			}
			out.Set(value.String(a.label), fr.ret)
		}
		fr.ret = out
		return returning, nil
	}
	return b
}

func runBranch(fr *frame, b *body, arms []arm) (control, error) {
	for _, a := range arms {
		v, err := a.cond(fr)
		if err != nil {
			return next, err
		}
		if !value.Truth(v) {
			continue
		}
		out := &value.Branch{Label: a.label}
		if a.body == nil {
			out.Value = item(fr, b)
		} else {
			fr.ret = nil
			if _, err := a.body(fr); err != nil {
				return next, err
			}
			out.Value = fr.ret
		}
		fr.ret = out
		return returning, nil
	}
	fr.ret = nil
	return returning, nil
}

// item is what the criteria was called with: the one parameter, or the list
// that was spread over several.
func item(fr *frame, b *body) value.Value {
	vals := make([]value.Value, len(b.params))
	for i, p := range b.params {
		v := fr.slots[p.bind.Index]
		if c, ok := v.(*cell); ok {
			v = c.v
		}
		vals[i] = v
	}
	if len(vals) == 1 {
		return vals[0]
	}
	return value.NewList(vals...)
}
