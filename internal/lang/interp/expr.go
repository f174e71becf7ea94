package interp

import (
	"fmt"

	"sluice/internal/lang/stdlib"
	"sluice/internal/lang/syntax"
	"sluice/internal/lang/value"
)

// compiler turns the tree of one module into code.
type compiler struct {
	inst   *Instance
	cls    *Class // the class whose code this is
	static bool   // it has no object

	labels  []string // around the code at hand
	labeled bool     // the last of them stands right before it
	noting  bool     // within an assertion, whose failure shows values
}

func (c *compiler) exprs(list []syntax.Expr) []code {
	codes := make([]code, len(list))
	for i, x := range list {
		codes[i] = c.expr(x)
	}
	return codes
}

func constant(v value.Value) code {
	return func(*frame) (value.Value, error) { return v, nil }
}

func (c *compiler) expr(x syntax.Expr) code {
	if c.noting {
		return c.note(x, c.exprOf(x))
	}
	return c.exprOf(x)
}

func (c *compiler) exprOf(x syntax.Expr) code {
	switch x := x.(type) {
	case nil:
		return constant(nil)
	case *syntax.Literal:
		return constant(x.Value)
	case *syntax.Paren:
		return c.expr(x.X)
	case *syntax.GString:
		return c.gstring(x)
	case *syntax.Ident:
		return c.ident(x)
	case *syntax.List:
		return c.list(x)
	case *syntax.Map:
		return c.mapLiteral(x)
	case *syntax.Range:
		return c.rangeLiteral(x)
	case *syntax.Unary:
		return c.unary(x)
	case *syntax.IncDec:
		return c.incDec(x)
	case *syntax.Binary:
		return c.binary(x)
	case *syntax.InstanceOf:
		return c.instanceOf(x)
	case *syntax.Cast:
		return c.cast(x)
	case *syntax.Ternary:
		return c.ternary(x)
	case *syntax.Assign:
		return c.assign(x)
	case *syntax.Index:
		return c.index(x)
	case *syntax.Prop:
		return c.prop(x)
	case *syntax.MethodPointer:
		return c.methodPointer(x)
	case *syntax.Call:
		return c.call(x)
	case *syntax.New:
		return c.construct(x)
	case *syntax.Closure:
		return c.closure(x, plainClosure)
	case *syntax.Tuple:
		codes := c.exprs(x.Elems)
		return func(fr *frame) (value.Value, error) { return evalList(fr, codes) }
	}
	panic(fmt.Sprintf("internal error: interp: %T in an expression", x))
}

func evalList(fr *frame, codes []code) (value.Value, error) {
	elems := make([]value.Value, len(codes))
	for i, e := range codes {
		v, err := e(fr)
		if err != nil {
			return nil, err
		}
		elems[i] = v
	}
	return &value.List{Elems: elems}, nil
}

func (c *compiler) gstring(x *syntax.GString) code {
	parts := make([]code, len(x.Exprs))
	lazy := map[int]bool{}
	for i, e := range x.Exprs {
		parts[i] = c.expr(e)
		if cl, ok := e.(*syntax.Closure); ok && cl.Arrow {
			lazy[i] = true
		}
	}
	strs := x.Strs
	return func(fr *frame) (value.Value, error) {
		g := &value.GString{Strs: strs, Vals: make([]value.Value, len(parts))}
		for i, p := range parts {
			v, err := p(fr)
			if err != nil {
				return nil, err
			}
			if part, ok := v.(*value.Closure); ok && (lazy[i] || part.Params <= 1) {
				if g.Lazy == nil {
					g.Lazy = map[int]func() (value.Value, error){}
				}
				th := fr.th
				g.Lazy[i] = func() (value.Value, error) { return part.CallWith(th, nil) }
				continue
			}
			g.Vals[i] = v
		}
		return g, nil
	}
}

func (c *compiler) ident(x *syntax.Ident) code {
	i := x.Binding.Index
	switch x.Binding.Kind {
	case syntax.Local:
		return func(fr *frame) (value.Value, error) { return fr.slots[i], nil }
	case syntax.Cell:
		return func(fr *frame) (value.Value, error) {
			if cl, ok := fr.slots[i].(*cell); ok {
				return cl.v, nil
			}
			return fr.slots[i], nil
		}
	case syntax.Free:
		return func(fr *frame) (value.Value, error) { return fr.free[i].v, nil }
	case syntax.Global:
		inst := c.inst
		return func(*frame) (value.Value, error) { return inst.Globals[i], nil }
	case syntax.Builtin:
		return c.builtin(x)
	case syntax.Member:
		return c.member(x)
	case syntax.ClassName:
		if cl, ok := c.class(x.Name); ok {
			return constant(value.ClassRef{Of: cl})
		}
	case syntax.Null:
		return constant(nil)
	case syntax.Operator:
		return constant(&PipeOp{Name: x.Name, At: x.Where})
	case syntax.Dynamic:
		return func(fr *frame) (value.Value, error) {
			v, ok, err := c.dynamic(fr, x.Name)
			if err != nil {
				return nil, err
			}
			if !ok {
				return nil, c.at(value.Throw("groovy.lang.MissingPropertyException", "`%s` is not defined", x.Name), x)
			}
			return v, nil
		}
	}
	return func(*frame) (value.Value, error) {
		return nil, c.at(value.Throw("groovy.lang.MissingPropertyException", "`%s` is not defined", x.Name), x)
	}
}

// at gives err the position of n.
func (c *compiler) at(err error, n syntax.Node) error {
	if err == nil {
		return nil
	}
	return c.inst.in.locate(err, n.Span())
}

func (c *compiler) builtin(x *syntax.Ident) code {
	switch x.Name {
	case "this", "owner", "delegate":
		return func(fr *frame) (value.Value, error) {
			if fr.self == nil {
				return scriptObject{c.inst}, nil
			}
			switch {
			case x.Name == "delegate" && fr.self.Delegate != nil:
				return fr.self.Delegate, nil
			case x.Name == "this":
				return scriptObject{c.inst}, nil
			case fr.self.Owner != nil:
				return fr.self.Owner, nil
			}
			return scriptObject{c.inst}, nil
		}
	}
	if inst := c.inst; directories[x.Name] {
		return func(*frame) (value.Value, error) {
			v, _ := inst.Builtin(x.Name)
			return v, nil
		}
	}
	v, ok := c.inst.Builtin(x.Name)
	if !ok {
		return func(*frame) (value.Value, error) {
			return nil, c.at(value.Throw("groovy.lang.MissingPropertyException", "`%s` is not available here", x.Name), x)
		}
	}
	return constant(v)
}

// scriptObject is `this` of a script: its globals and functions.
type scriptObject struct{ inst *Instance }

func (scriptObject) Class() *value.Class { return value.ObjectClass }

func (s scriptObject) Property(name string) (value.Value, bool) {
	if v, ok := s.inst.Get(name); ok {
		return v, true
	}
	return s.inst.Builtin(name)
}

func (s scriptObject) InvokeMethod(th *value.Thread, name string, args []value.Value) (value.Value, bool, error) {
	v, ok := s.Property(name)
	f, callable := v.(value.Callable)
	if !ok || !callable {
		return nil, false, nil
	}
	v, err := f.CallWith(th, args)
	return v, true, err
}

// dynamic asks the delegates of the closures around for a name, innermost first.
func (c *compiler) dynamic(fr *frame, name string) (value.Value, bool, error) {
	for self := fr.self; self != nil; {
		if self.Delegate != nil {
			if v, ok, err := c.inst.in.member(fr.th, self.Delegate, name); ok || err != nil {
				return v, ok, err
			}
		}
		owner, _ := self.Owner.(*value.Closure)
		self = owner
	}
	if c.cls != nil {
		return c.lookup(fr, name)
	}
	return nil, false, nil
}

func (c *compiler) class(name string) (*value.Class, bool) {
	if k := c.scriptClass(name); k != nil {
		return k.of, true
	}
	if full, ok := c.inst.Module.Imports[name]; ok {
		name = full
	}
	return c.inst.in.Table.Class(name)
}

func (c *compiler) list(x *syntax.List) code {
	codes := make([]code, len(x.Elems))
	spread := make([]bool, len(x.Elems))
	any := false
	for i, e := range x.Elems {
		if s, ok := e.(*syntax.Spread); ok {
			codes[i], spread[i], any = c.expr(s.X), true, true
			continue
		}
		codes[i] = c.expr(e)
	}
	if !any {
		return func(fr *frame) (value.Value, error) { return evalList(fr, codes) }
	}
	return func(fr *frame) (value.Value, error) {
		l := &value.List{}
		for i, e := range codes {
			v, err := e(fr)
			if err != nil {
				return nil, err
			}
			if !spread[i] {
				l.Elems = append(l.Elems, v)
				continue
			}
			elems, err := c.spread(v, x)
			if err != nil {
				return nil, err
			}
			l.Elems = append(l.Elems, elems...)
		}
		return l, nil
	}
}

func (c *compiler) spread(v value.Value, at syntax.Node) ([]value.Value, error) {
	if v == nil {
		return nil, nil
	}
	elems, ok := value.Elements(v)
	if !ok {
		return nil, c.at(value.Throw("java.lang.IllegalArgumentException", "cannot spread a value of type %s", v.Class().Name), at)
	}
	return elems, nil
}

func (c *compiler) mapLiteral(x *syntax.Map) code {
	keys := make([]code, len(x.Entries))
	vals := make([]code, len(x.Entries))
	for i, e := range x.Entries {
		if e.Key != nil {
			keys[i] = c.expr(e.Key)
		}
		vals[i] = c.expr(unspread(e.Value))
	}
	return func(fr *frame) (value.Value, error) {
		m := value.NewMap(len(keys))
		for i := range keys {
			v, err := vals[i](fr)
			if err != nil {
				return nil, err
			}
			if keys[i] == nil {
				if from, ok := v.(*value.Map); ok {
					from.Entries(func(k, v value.Value) bool { m.Set(k, v); return true })
				} else if v != nil {
					return nil, c.at(value.Throw("java.lang.IllegalArgumentException", "cannot spread a value of type %s into a map", v.Class().Name), x)
				}
				continue
			}
			k, err := keys[i](fr)
			if err != nil {
				return nil, err
			}
			m.Set(k, v)
		}
		return m, nil
	}
}

func unspread(x syntax.Expr) syntax.Expr {
	if s, ok := x.(*syntax.Spread); ok {
		return s.X
	}
	return x
}

func (c *compiler) rangeLiteral(x *syntax.Range) code {
	lo, hi := c.expr(x.Lo), c.expr(x.Hi)
	return func(fr *frame) (value.Value, error) {
		a, err := lo(fr)
		if err != nil {
			return nil, err
		}
		b, err := hi(fr)
		if err != nil {
			return nil, err
		}
		v, err := value.NewRange(a, b, x.ExclHi)
		return v, c.at(err, x)
	}
}

func (c *compiler) unary(x *syntax.Unary) code {
	operand := c.expr(x.X)
	if x.Op == syntax.OpNot {
		return func(fr *frame) (value.Value, error) {
			v, err := operand(fr)
			if err != nil {
				return nil, err
			}
			return value.MakeBool(!value.Truth(v)), nil
		}
	}
	apply := value.Neg
	switch x.Op {
	case syntax.OpAdd:
		apply = value.Plus
	case syntax.OpBitNot:
		apply = value.BitNot
	}
	return func(fr *frame) (value.Value, error) {
		v, err := operand(fr)
		if err != nil {
			return nil, err
		}
		v, err = apply(fr.th, v)
		return v, c.at(err, x)
	}
}

func (c *compiler) incDec(x *syntax.IncDec) code {
	read := c.expr(x.X)
	write := c.store(x.X)
	apply := value.Next
	if x.Op == syntax.OpSub {
		apply = value.Previous
	}
	return func(fr *frame) (value.Value, error) {
		before, err := read(fr)
		if err != nil {
			return nil, err
		}
		after, err := apply(fr.th, before)
		if err != nil {
			return nil, c.at(err, x)
		}
		if err := write(fr, after); err != nil {
			return nil, err
		}
		if x.Prefix {
			return after, nil
		}
		return before, nil
	}
}

func (c *compiler) instanceOf(x *syntax.InstanceOf) code {
	operand := c.expr(x.X)
	cl, ok := c.class(x.Type.Name)
	if !ok {
		return c.unknownClass(x.Type)
	}
	return func(fr *frame) (value.Value, error) {
		v, err := operand(fr)
		if err != nil {
			return nil, err
		}
		return value.MakeBool((v != nil && value.InstanceOf(v, cl)) != x.Not), nil
	}
}

func (c *compiler) unknownClass(t *syntax.TypeRef) code {
	return func(*frame) (value.Value, error) {
		return nil, c.at(value.Throw("java.lang.ClassNotFoundException", "the class `%s` is not known", t.Name), t)
	}
}

func (c *compiler) cast(x *syntax.Cast) code {
	operand := c.expr(x.X)
	name := x.Type.Name
	if x.Type.Dims > 0 {
		name = "java.util.List"
	}
	if name == "def" {
		return operand
	}
	cl, ok := c.class(name)
	if !ok {
		return c.unknownClass(x.Type)
	}
	script := c.inst.in.classOf(cl)
	return func(fr *frame) (value.Value, error) {
		v, err := operand(fr)
		if err != nil {
			return nil, err
		}
		if script != nil {
			v, err = script.from(fr.th, v)
			return v, c.at(err, x)
		}
		v, err = stdlib.AsType(fr.th, v, cl)
		return v, c.at(err, x)
	}
}

func (c *compiler) ternary(x *syntax.Ternary) code {
	cond, other := c.expr(x.Cond), c.expr(x.Else)
	if x.Then == nil {
		return func(fr *frame) (value.Value, error) {
			v, err := cond(fr)
			if err != nil || value.Truth(v) {
				return v, err
			}
			return other(fr)
		}
	}
	then := c.expr(x.Then)
	return func(fr *frame) (value.Value, error) {
		v, err := cond(fr)
		if err != nil {
			return nil, err
		}
		if value.Truth(v) {
			return then(fr)
		}
		return other(fr)
	}
}
