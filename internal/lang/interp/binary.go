package interp

import (
	"sluice/internal/lang/source"
	"sluice/internal/lang/syntax"
	"sluice/internal/lang/value"
)

type binaryFunc func(th *value.Thread, a, b value.Value) (value.Value, error)

var arithmetic = map[syntax.Op]binaryFunc{
	syntax.OpAdd: value.Add, syntax.OpSub: value.Sub, syntax.OpMul: value.Mul, syntax.OpDiv: value.Div,
	syntax.OpMod: value.Mod, syntax.OpPow: value.Pow, syntax.OpShl: value.Shl, syntax.OpShr: value.Shr,
	syntax.OpUshr: value.Ushr, syntax.OpAnd: value.And, syntax.OpOr: value.Or, syntax.OpXor: value.Xor,
}

func (c *compiler) binary(x *syntax.Binary) code {
	switch x.Op {
	case syntax.OpLand, syntax.OpLor:
		return c.logical(x)
	case syntax.OpOr:
		return c.pipe(x)
	case syntax.OpAnd:
		return c.fork(x)
	}
	l, r := c.expr(x.L), c.expr(x.R)
	apply := c.operator(x.Op)
	return func(fr *frame) (value.Value, error) {
		a, err := l(fr)
		if err != nil {
			return nil, err
		}
		b, err := r(fr)
		if err != nil {
			return nil, err
		}
		v, err := apply(fr.th, a, b)
		if err != nil {
			return nil, c.at(err, x)
		}
		return v, nil
	}
}

func (c *compiler) logical(x *syntax.Binary) code {
	l, r := c.expr(x.L), c.expr(x.R)
	or := x.Op == syntax.OpLor
	return func(fr *frame) (value.Value, error) {
		a, err := l(fr)
		if err != nil {
			return nil, err
		}
		if value.Truth(a) == or {
			return value.MakeBool(or), nil
		}
		b, err := r(fr)
		if err != nil {
			return nil, err
		}
		return value.MakeBool(value.Truth(b)), nil
	}
}

// operator is the function of an operator of two values.
func (c *compiler) operator(op syntax.Op) binaryFunc {
	switch op {
	case syntax.OpEq:
		return func(th *value.Thread, a, b value.Value) (value.Value, error) {
			same, err := equal(th, a, b)
			return value.MakeBool(same), err
		}
	case syntax.OpNe:
		return func(th *value.Thread, a, b value.Value) (value.Value, error) {
			same, err := equal(th, a, b)
			return value.MakeBool(!same), err
		}
	case syntax.OpIdent:
		return func(_ *value.Thread, a, b value.Value) (value.Value, error) {
			return value.MakeBool(value.Identical(a, b)), nil
		}
	case syntax.OpNotIdent:
		return func(_ *value.Thread, a, b value.Value) (value.Value, error) {
			return value.MakeBool(!value.Identical(a, b)), nil
		}
	case syntax.OpLt, syntax.OpLe, syntax.OpGt, syntax.OpGe:
		return ordering(op)
	case syntax.OpCmp:
		return func(th *value.Thread, a, b value.Value) (value.Value, error) {
			n, err := compare(th, a, b)
			return value.Int(n), err
		}
	case syntax.OpFind:
		return func(_ *value.Thread, a, b value.Value) (value.Value, error) { return find(a, b) }
	case syntax.OpMatch:
		return func(_ *value.Thread, a, b value.Value) (value.Value, error) { return match(a, b) }
	case syntax.OpIn:
		return func(th *value.Thread, a, b value.Value) (value.Value, error) {
			in, err := c.contains(th, a, b)
			return value.MakeBool(in), err
		}
	case syntax.OpNotIn:
		return func(th *value.Thread, a, b value.Value) (value.Value, error) {
			in, err := c.contains(th, a, b)
			return value.MakeBool(!in), err
		}
	case syntax.OpAdd:
		return func(th *value.Thread, a, b value.Value) (value.Value, error) {
			if m, ok := a.(value.Int); ok {
				if n, ok := b.(value.Int); ok {
					return value.MakeInt(int64(m + n)), nil
				}
			}
			return c.arithmetic(th, "plus", value.Add, a, b)
		}
	case syntax.OpSub:
		return func(th *value.Thread, a, b value.Value) (value.Value, error) {
			if m, ok := a.(value.Int); ok {
				if n, ok := b.(value.Int); ok {
					return value.MakeInt(int64(m - n)), nil
				}
			}
			return c.arithmetic(th, "minus", value.Sub, a, b)
		}
	}
	apply := arithmetic[op]
	name := operatorMethods[op]
	return func(th *value.Thread, a, b value.Value) (value.Value, error) {
		return c.arithmetic(th, name, apply, a, b)
	}
}

// The methods that values of their own kind (channels, closures, objects of
// the host) implement an operator with.
var operatorMethods = map[syntax.Op]string{
	syntax.OpMul: "multiply", syntax.OpDiv: "div", syntax.OpMod: "mod", syntax.OpPow: "power",
	syntax.OpShl: "leftShift", syntax.OpShr: "rightShift", syntax.OpUshr: "rightShiftUnsigned",
	syntax.OpAnd: "and", syntax.OpOr: "or", syntax.OpXor: "xor", syntax.OpAdd: "plus", syntax.OpSub: "minus",
}

func (c *compiler) arithmetic(th *value.Thread, method string, apply binaryFunc, a, b value.Value) (value.Value, error) {
	if a != nil && !coreValue(a) {
		if inv, ok := a.(value.Invoker); ok {
			if v, ok, err := inv.InvokeMethod(th, method, []value.Value{b}); ok {
				return v, err
			}
		}
		if m := c.inst.in.Table.Method(a.Class(), method); m != nil {
			return m.Fn(th, a, []value.Value{b})
		}
	}
	return apply(th, a, b)
}

// coreValue says that the value package knows all operators of v.
func coreValue(v value.Value) bool {
	switch v.(type) {
	case value.Int, value.Long, value.String, *value.GString, *value.List, *value.Map, *value.Set, *value.MapValues, value.Decimal,
		value.Double, value.Float, value.BigInt, value.Duration, value.Memory, *value.Range:
		return true
	}
	return false
}

func equal(th *value.Thread, a, b value.Value) (bool, error) {
	switch x := a.(type) {
	case value.Int:
		if y, ok := b.(value.Int); ok {
			return x == y, nil
		}
	case value.String:
		if y, ok := b.(value.String); ok {
			return x == y, nil
		}
	case *Object:
		return x.equal(th, b)
	}
	if order, ok, err := value.CompareUnits(a, b); ok {
		return order == 0, err
	}
	return value.Equal(a, b), nil
}

func compare(th *value.Thread, a, b value.Value) (int, error) {
	if x, ok := a.(*Object); ok {
		if n, ok, err := x.compare(th, b); ok {
			return n, err
		}
	}
	return value.Compare(a, b)
}

func ordering(op syntax.Op) binaryFunc {
	test := func(n int) value.Value {
		switch op {
		case syntax.OpLt:
			return value.MakeBool(n < 0)
		case syntax.OpLe:
			return value.MakeBool(n <= 0)
		case syntax.OpGt:
			return value.MakeBool(n > 0)
		}
		return value.MakeBool(n >= 0)
	}
	return func(th *value.Thread, a, b value.Value) (value.Value, error) {
		if m, ok := a.(value.Int); ok {
			if n, ok := b.(value.Int); ok {
				return test(int(m) - int(n)), nil
			}
		}
		if n, ok, err := value.CompareUnits(a, b); err != nil {
			return nil, err
		} else if ok {
			return test(n), nil
		}
		n, err := compare(th, a, b)
		if err != nil {
			return nil, err
		}
		return test(n), nil
	}
}

func (c *compiler) contains(th *value.Thread, a, b value.Value) (bool, error) {
	if o, ok := b.(*Object); ok {
		if is, ok, err := o.IsCase(th, a); ok {
			return is, err
		}
	}
	if ns, ok := b.(value.Namespace); ok && !coreValue(b) {
		if s, ok := value.Str(a); ok {
			if _, isEntry := b.(*value.MapEntry); !isEntry {
				_, found := ns.Property(s)
				return found, nil
			}
		}
	}
	return value.In(th, a, b)
}

// A PipeOp is an operator named on the right of `|`, with its arguments.
type PipeOp struct {
	Name string
	Args []value.Value
	At   source.Span
}

func (*PipeOp) Class() *value.Class { return value.ObjectClass }

// A Fork is several targets joined by `&`: each gets the same input.
type Fork struct{ Targets []value.Value }

func (*Fork) Class() *value.Class { return value.ObjectClass }

// A Chainable is a process or workflow: a pipe calls it.
type Chainable interface {
	value.Callable
	Chainable()
}

func (c *compiler) pipe(x *syntax.Binary) code {
	l, r := c.expr(x.L), c.pipeTarget(x.R)
	set := pipeSets(x.R)
	var store func(*frame, value.Value) error
	if set != nil {
		store = c.store(set.Sets)
	}
	return func(fr *frame) (value.Value, error) {
		a, err := l(fr)
		if err != nil {
			return nil, err
		}
		if f, ok := a.(Chainable); ok { // PROC | view
			if a, err = f.CallWith(fr.th, nil); err != nil {
				return nil, c.at(err, x.L)
			}
		}
		if store != nil {
			return a, store(fr, a)
		}
		b, err := r(fr)
		if err != nil {
			return nil, err
		}
		return c.send(fr, a, b, x)
	}
}

func pipeSets(x syntax.Expr) *syntax.Call {
	if p, ok := x.(*syntax.Paren); ok {
		return pipeSets(p.X)
	}
	call, ok := x.(*syntax.Call)
	if !ok || call.Sets == nil {
		return nil
	}
	if fun, ok := call.Fun.(*syntax.Ident); !ok || fun.Binding.Kind != syntax.Operator {
		return nil
	}
	return call
}

// pipeTarget compiles the right side of a pipe: operators become PipeOps.
func (c *compiler) pipeTarget(x syntax.Expr) code {
	switch x := x.(type) {
	case *syntax.Paren:
		return c.pipeTarget(x.X)
	case *syntax.Binary:
		if x.Op == syntax.OpAnd {
			return c.fork(x)
		}
	case *syntax.Call:
		fun, ok := x.Fun.(*syntax.Ident)
		if !ok || fun.Binding.Kind != syntax.Operator || x.Sets != nil {
			break
		}
		args := c.args(x.Args, criteriaOf(fun.Name))
		return func(fr *frame) (value.Value, error) {
			vals, err := args(fr)
			if err != nil {
				return nil, err
			}
			return &PipeOp{Name: fun.Name, Args: vals, At: x.Where}, nil
		}
	}
	return c.expr(x)
}

func (c *compiler) fork(x *syntax.Binary) code {
	l, r := c.pipeTarget(x.L), c.pipeTarget(x.R)
	apply := c.operator(syntax.OpAnd)
	return func(fr *frame) (value.Value, error) {
		a, err := l(fr)
		if err != nil {
			return nil, err
		}
		b, err := r(fr)
		if err != nil {
			return nil, err
		}
		if isTarget(a) && isTarget(b) {
			f := &Fork{}
			if g, ok := a.(*Fork); ok {
				f.Targets = append(f.Targets, g.Targets...)
			} else {
				f.Targets = append(f.Targets, a)
			}
			f.Targets = append(f.Targets, b)
			return f, nil
		}
		v, err := apply(fr.th, a, b)
		return v, c.at(err, x)
	}
}

func isTarget(v value.Value) bool {
	switch v.(type) {
	case *PipeOp, *Fork, Chainable:
		return true
	}
	return false
}

// send hands a value to the right side of a pipe.
func (c *compiler) send(fr *frame, a, target value.Value, x *syntax.Binary) (value.Value, error) {
	switch t := target.(type) {
	case *PipeOp:
		args := t.Args
		if outs, ok := a.(*value.List); ok && len(outs.Elems) > 0 { // what a fork returned
			a = outs.Elems[0]
			args = append(append([]value.Value(nil), outs.Elems[1:]...), args...)
		}
		fr.th.At = t.At
		v, err := c.inst.in.invoke(fr.th, a, t.Name, args)
		return v, c.at(err, x.R)
	case *Fork:
		outs := &value.List{}
		for _, target := range t.Targets {
			v, err := c.send(fr, a, target, x)
			if err != nil {
				return nil, err
			}
			outs.Elems = append(outs.Elems, v)
		}
		return outs, nil
	case Chainable:
		args := []value.Value{a}
		if outs, ok := a.(*value.List); ok {
			args = outs.Elems
		}
		v, err := t.CallWith(fr.th, args)
		return v, c.at(err, x.R)
	case *Function:
		v, err := t.CallWith(fr.th, []value.Value{a})
		return v, c.at(err, x.R)
	}
	v, err := c.arithmetic(fr.th, "or", value.Or, a, target)
	return v, c.at(err, x)
}

func find(a, b value.Value) (value.Value, error) {
	m, err := value.FindOp(a, b)
	if err != nil {
		return nil, err
	}
	return m, nil
}

func match(a, b value.Value) (value.Value, error) {
	ok, err := value.MatchOp(a, b)
	return value.MakeBool(ok), err
}
