package interp

import (
	"fmt"

	"sluice/internal/lang/diag"
	"sluice/internal/lang/stdlib"
	"sluice/internal/lang/syntax"
	"sluice/internal/lang/value"
)

type argsCode func(*frame) ([]value.Value, error)

// args compiles an argument list: named ones become one map in first place.
func (c *compiler) args(list []syntax.Arg, mode criteriaMode) argsCode {
	var named []syntax.MapEntry
	var pos []code
	var spread []bool
	anySpread := false
	for _, a := range list {
		if a.Name != nil || a.SpreadMap {
			named = append(named, syntax.MapEntry{Key: a.Name, Value: a.Value})
			continue
		}
		if s, ok := a.Value.(*syntax.Spread); ok {
			pos, spread, anySpread = append(pos, c.expr(s.X)), append(spread, true), true
			continue
		}
		if cl, ok := a.Value.(*syntax.Closure); ok && mode != plainClosure {
			pos, spread = append(pos, c.closure(cl, mode)), append(spread, false)
			continue
		}
		pos, spread = append(pos, c.expr(a.Value)), append(spread, false)
	}
	if len(named) > 0 {
		pos = append([]code{c.mapLiteral(&syntax.Map{Entries: named})}, pos...)
		spread = append([]bool{false}, spread...)
	}
	if len(pos) == 0 {
		return func(*frame) ([]value.Value, error) { return nil, nil }
	}
	if anySpread {
		l := c.spreadArgs(pos, spread)
		return l
	}
	return func(fr *frame) ([]value.Value, error) {
		vals := make([]value.Value, len(pos))
		for i, p := range pos {
			v, err := p(fr)
			if err != nil {
				return nil, err
			}
			vals[i] = v
		}
		return vals, nil
	}
}

func (c *compiler) spreadArgs(pos []code, spread []bool) argsCode {
	return func(fr *frame) ([]value.Value, error) {
		var vals []value.Value
		for i, p := range pos {
			v, err := p(fr)
			if err != nil {
				return nil, err
			}
			if !spread[i] {
				vals = append(vals, v)
				continue
			}
			if s, ok := v.(Spreadable); ok {
				vals = append(vals, s.Spread()...)
				continue
			}
			elems, ok := value.Elements(v)
			if !ok && v != nil {
				return nil, value.Throw("java.lang.IllegalArgumentException", "cannot spread a value of type %s", v.Class().Name)
			}
			vals = append(vals, elems...)
		}
		return vals, nil
	}
}

func (c *compiler) call(x *syntax.Call) code {
	if x.Sets != nil {
		return c.setCall(x)
	}
	switch fun := x.Fun.(type) {
	case *syntax.Ident:
		return c.callIdent(x, fun)
	case *syntax.Prop:
		return c.callMethod(x, fun)
	}
	fn, args := c.expr(x.Fun), c.args(x.Args, plainClosure)
	return func(fr *frame) (value.Value, error) {
		f, err := fn(fr)
		if err != nil {
			return nil, err
		}
		vals, err := args(fr)
		if err != nil {
			return nil, err
		}
		return c.apply(fr, f, vals, x)
	}
}

// setCall is ch.set { name } and ch.tap { name }.
func (c *compiler) setCall(x *syntax.Call) code {
	store := c.store(x.Sets)
	fun, ok := x.Fun.(*syntax.Prop)
	if !ok {
		return func(*frame) (value.Value, error) {
			return nil, c.at(value.Throw("groovy.lang.MissingMethodException", "`%s` needs a channel before it", x.Fun.Span().Text()), x)
		}
	}
	recv := c.expr(fun.X)
	return func(fr *frame) (value.Value, error) {
		v, err := recv(fr)
		if err != nil {
			return nil, err
		}
		return v, store(fr, v)
	}
}

// apply calls a value.
func (c *compiler) apply(fr *frame, f value.Value, args []value.Value, at syntax.Node) (value.Value, error) {
	fn, ok := f.(value.Callable)
	if !ok {
		if f == nil {
			return nil, c.at(value.Throw("java.lang.NullPointerException", "Cannot invoke method call() on null object"), at)
		}
		v, err := c.inst.in.invoke(fr.th, f, "call", args)
		return v, c.at(err, at)
	}
	v, err := fn.CallWith(fr.th, args)
	if err != nil {
		return nil, c.at(err, at)
	}
	return v, nil
}

func (c *compiler) callIdent(x *syntax.Call, fun *syntax.Ident) code {
	args := c.args(x.Args, criteriaOf(fun.Name))
	switch fun.Binding.Kind {
	case syntax.Dynamic:
		return func(fr *frame) (value.Value, error) {
			vals, err := args(fr)
			if err != nil {
				return nil, err
			}
			v, err := c.callDynamic(fr, fun.Name, vals)
			return v, c.at(err, x)
		}
	case syntax.Member:
		return c.callMember(x, fun, args)
	case syntax.ClassName: // Foo(x): a cast-like constructor call
		return c.construct(&syntax.New{At: x.At, Type: &syntax.TypeRef{At: fun.At, Name: fun.Name}, Args: x.Args})
	}
	fn := c.ident(fun)
	return func(fr *frame) (value.Value, error) {
		f, err := fn(fr)
		if err != nil {
			return nil, err
		}
		vals, err := args(fr)
		if err != nil {
			return nil, err
		}
		return c.apply(fr, f, vals, x)
	}
}

// callDynamic calls a method of a delegate, innermost first.
func (c *compiler) callDynamic(fr *frame, name string, args []value.Value) (value.Value, error) {
	in := c.inst.in
	for self := fr.self; self != nil; {
		if d := self.Delegate; d != nil {
			if v, ok, err := in.tryInvoke(fr.th, d, name, args); ok {
				return v, err
			}
		}
		self, _ = self.Owner.(*value.Closure)
	}
	if c.cls != nil {
		return c.callOwn(fr, name, args)
	}
	e := value.Throw("groovy.lang.MissingMethodException", "the function `%s` is not defined", name)
	e.Data = value.String(name)
	return nil, e
}

func (c *compiler) callMethod(x *syntax.Call, fun *syntax.Prop) code {
	if name, ok := c.inst.Module.Classes[fun]; ok { // java.util.Date(…)
		return c.construct(&syntax.New{At: x.At, Type: &syntax.TypeRef{At: fun.At, Name: name}, Args: x.Args})
	}
	args := c.args(x.Args, criteriaOf(fun.Name))
	if code := c.classCall(x, fun, args); code != nil {
		return code
	}
	recv := c.expr(fun.X)
	switch {
	case fun.Spread:
		return c.spreadCall(x, fun, recv, args)
	case fun.Dyn != nil:
		return c.dynamicCall(x, fun, recv, args)
	}
	return c.namedCall(x, fun, recv, args)
}

// dynamicCall is x."$name"(…).
func (c *compiler) dynamicCall(x *syntax.Call, fun *syntax.Prop, recv code, args argsCode) code {
	name := c.propName(fun)
	return func(fr *frame) (value.Value, error) {
		v, err := recv(fr)
		if err != nil || v == nil && fun.Safe {
			return nil, err
		}
		n, err := name(fr)
		if err != nil {
			return nil, err
		}
		vals, err := args(fr)
		if err != nil {
			return nil, err
		}
		v, err = c.inst.in.invoke(fr.th, v, n, vals)
		return v, c.at(err, x)
	}
}

// namedCall remembers the method that it found for the class it saw last.
func (c *compiler) namedCall(x *syntax.Call, fun *syntax.Prop, recv code, args argsCode) code {
	in, name := c.inst.in, fun.Name
	var cached *value.Class
	var method *stdlib.Method
	return func(fr *frame) (value.Value, error) {
		v, err := recv(fr)
		if err != nil || v == nil && fun.Safe {
			return nil, err
		}
		vals, err := args(fr)
		if err != nil {
			return nil, err
		}
		fr.th.At = x.Where
		if v != nil {
			if cl := v.Class(); cl == cached {
				if v, err = method.Fn(fr.th, v, vals); err != nil {
					return nil, c.at(err, x)
				}
				return v, nil
			} else if plain(v) {
				if m := in.Table.Method(cl, name); m != nil {
					cached, method = cl, m
				}
			}
		}
		v, err = in.invoke(fr.th, v, name, vals)
		if err != nil {
			return nil, c.at(err, x)
		}
		return v, nil
	}
}

// plain values have no methods but those of the tables, so a call site may
// remember what it found.
func plain(v value.Value) bool {
	switch v.(type) {
	case value.Invoker, value.Namespace, value.ClassRef, *value.Closure:
		return false
	}
	return true
}

func (c *compiler) spreadCall(x *syntax.Call, fun *syntax.Prop, recv code, args argsCode) code {
	return func(fr *frame) (value.Value, error) {
		v, err := recv(fr)
		if err != nil || v == nil {
			return nil, err
		}
		vals, err := args(fr)
		if err != nil {
			return nil, err
		}
		v, err = spread(v, func(e value.Value) (value.Value, error) { return c.inst.in.invoke(fr.th, e, fun.Name, vals) })
		return v, c.at(err, x)
	}
}

// invoke calls recv.name(args) as a script would.
func (in *Interp) invoke(th *value.Thread, recv value.Value, name string, args []value.Value) (value.Value, error) {
	v, ok, err := in.tryInvoke(th, recv, name, args)
	if ok {
		return v, err
	}
	if in.Missing != nil {
		if v, ok, err := in.Missing(th, recv, name, args); ok || err != nil {
			return v, err
		}
	}
	missing := value.MissingMethod(recv, name, args)
	names := in.Table.Names(recv.Class())
	if k, isClass := recv.(value.ClassRef); isClass {
		names = append(names, in.Table.StaticNames(k.Of)...)
	}
	if near, ok := diag.Near(name, names); ok && near != name {
		missing.Message += fmt.Sprintf("\nPossible solution: %s()", near)
	}
	return nil, missing
}

// Invoke is invoke for the host.
func (in *Interp) Invoke(th *value.Thread, recv value.Value, name string, args []value.Value) (value.Value, error) {
	return in.invoke(th, recv, name, args)
}

func (in *Interp) tryInvoke(th *value.Thread, recv value.Value, name string, args []value.Value) (value.Value, bool, error) {
	switch r := recv.(type) {
	case nil:
		if m := in.Table.Method(nil, name); m != nil {
			v, err := m.Fn(th, nil, args)
			return v, true, err
		}
		return nil, true, value.NullPointer(name)
	case *value.Exception:
		if o, ok := r.Data.(*Object); ok {
			if v, ok, err := o.InvokeMethod(th, name, args); ok {
				return v, true, err
			}
		}
	case value.ClassRef:
		if k := in.classOf(r.Of); k != nil {
			if v, ok, err := k.invokeStatic(th, name, args); ok {
				return v, true, err
			}
		}
		if m := in.Table.Static(r.Of, name); m != nil {
			v, err := m.Fn(th, nil, args)
			return v, true, err
		}
	case value.Invoker:
		if v, ok, err := r.InvokeMethod(th, name, args); ok {
			return v, true, err
		}
	case *value.Closure:
		if name == "call" || name == "doCall" {
			v, err := r.CallWith(th, args)
			return v, true, err
		}
	case value.Callable:
		if name == "call" {
			v, err := r.CallWith(th, args)
			return v, true, err
		}
	}
	if m := in.Table.Method(recv.Class(), name); m != nil {
		v, err := m.Fn(th, recv, args)
		return v, true, err
	}
	return callHeld(th, recv, name, args)
}

// callHeld calls a closure that a map or property holds.
func callHeld(th *value.Thread, recv value.Value, name string, args []value.Value) (value.Value, bool, error) {
	switch r := recv.(type) {
	case *Object:
		return r.methodMissing(th, name, args)
	case *value.Map:
		if f, ok := r.GetString(name).(value.Callable); ok {
			v, err := f.CallWith(th, args)
			return v, true, err
		}
	case value.Namespace:
		if p, ok := r.Property(name); ok {
			if f, ok := p.(value.Callable); ok {
				v, err := f.CallWith(th, args)
				return v, true, err
			}
		}
	}
	return nil, false, nil
}

func (c *compiler) construct(x *syntax.New) code {
	if len(x.Dims) > 0 {
		return c.array(x)
	}
	if x.Init != nil || x.Type.Dims > 0 {
		return c.list(&syntax.List{At: x.At, Elems: x.Init})
	}
	cl, ok := c.class(x.Type.Name)
	if !ok {
		return c.unknownClass(x.Type)
	}
	args := c.args(x.Args, plainClosure)
	script := c.inst.in.classOf(cl)
	return func(fr *frame) (value.Value, error) {
		vals, err := args(fr)
		if err != nil {
			return nil, err
		}
		var v value.Value
		if script != nil {
			v, err = script.makeIn(fr.th, fr.this, vals)
		} else {
			v, err = c.inst.in.Table.Construct(fr.th, cl, vals)
		}
		return v, c.at(err, x)
	}
}

func (c *compiler) array(x *syntax.New) code {
	dims := c.exprs(x.Dims)
	empty := zero(c.declared(&syntax.TypeRef{Name: x.Type.Name}))
	return func(fr *frame) (value.Value, error) {
		sizes := make([]int, len(dims))
		for i, d := range dims {
			v, err := d(fr)
			if err != nil {
				return nil, err
			}
			n, ok := v.(value.Int)
			if !ok || n < 0 {
				return nil, c.at(value.Throw("java.lang.NegativeArraySizeException", "an array cannot have %s elements", value.ToString(v)), x)
			}
			sizes[i] = int(n)
		}
		return makeArray(sizes, empty), nil
	}
}

func makeArray(sizes []int, empty value.Value) value.Value {
	l := &value.List{Elems: make([]value.Value, sizes[0])}
	for i := range l.Elems {
		if len(sizes) > 1 {
			l.Elems[i] = makeArray(sizes[1:], empty)
		} else {
			l.Elems[i] = empty
		}
	}
	return l
}
