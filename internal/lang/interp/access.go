package interp

import (
	"fmt"

	"sluice/internal/lang/syntax"
	"sluice/internal/lang/value"
)

// member reads `recv.name`, ok false when there is no such property.
func (in *Interp) member(th *value.Thread, recv value.Value, name string) (v value.Value, ok bool, err error) {
	switch r := recv.(type) {
	case nil:
		return nil, false, value.Throw("java.lang.NullPointerException", "Cannot get property '%s' on null object", name)
	case *value.Map:
		return in.mapMember(th, r, name)
	case *value.List:
		if name == "length" { // arrays are lists here
			return value.MakeInt(int64(len(r.Elems))), true, nil
		}
	case *Object:
		return in.objectMember(th, r, name)
	case *value.Exception:
		if o, ok := r.Data.(*Object); ok {
			return in.objectMember(th, o, name)
		}
	case value.ClassRef:
		if k := in.classOf(r.Of); k != nil {
			if v, ok, err = k.staticProperty(th, name); ok || err != nil {
				return v, ok, err
			}
		}
		if v, ok = in.Table.StaticProperty(th, r.Of, name); ok {
			return v, true, nil
		}
	case value.Namespace:
		if v, ok = r.Property(name); ok {
			return v, true, nil
		}
	}
	return in.Table.Property(th, recv, name)
}

func (in *Interp) mapMember(th *value.Thread, m *value.Map, name string) (value.Value, bool, error) {
	if v, ok := m.Get(value.String(name)); ok {
		return v, true, nil
	}
	if m.Default != nil || m.Missing != nil {
		v, err := value.GetAt(th, m, value.String(name))
		return v, true, err
	}
	return nil, true, nil
}

// Property reads `recv.name`, an exception when there is no such property.
func (in *Interp) Property(th *value.Thread, recv value.Value, name string) (value.Value, error) {
	v, ok, err := in.member(th, recv, name)
	if err != nil {
		return nil, err
	}
	if !ok && in.MissingProperty != nil {
		v, ok, err = in.MissingProperty(th, recv, name)
	}
	if !ok && err == nil {
		err = value.MissingProperty(recv, name)
	}
	return v, err
}

func (c *compiler) prop(x *syntax.Prop) code {
	if name, ok := c.inst.Module.Classes[x]; ok {
		if cl, ok := c.class(name); ok {
			return constant(value.ClassRef{Of: cl})
		}
	}
	if code := c.classProp(x); code != nil {
		return code
	}
	recv := c.expr(x.X)
	name := c.propName(x)
	in := c.inst.in
	read := in.Property
	if x.Field {
		read = in.attribute
	}
	if x.Spread {
		return func(fr *frame) (value.Value, error) {
			v, err := recv(fr)
			if err != nil || v == nil {
				return nil, err
			}
			n, err := name(fr)
			if err != nil {
				return nil, err
			}
			v, err = spread(v, func(e value.Value) (value.Value, error) { return read(fr.th, e, n) })
			return v, c.at(err, x)
		}
	}
	if x.Dyn == nil && !x.Safe && !x.Field {
		return c.namedProp(x, recv)
	}
	return func(fr *frame) (value.Value, error) {
		v, err := recv(fr)
		if err != nil {
			return nil, err
		}
		if v == nil && x.Safe {
			return nil, nil
		}
		n, err := name(fr)
		if err != nil {
			return nil, err
		}
		v, err = read(fr.th, v, n)
		return v, c.at(err, x)
	}
}

// attribute is `x.@name`: of elements of XML an attribute, of others the property.
func (in *Interp) attribute(th *value.Thread, v value.Value, name string) (value.Value, error) {
	if a, ok := v.(value.Attributed); ok {
		return a.Attribute(name), nil
	}
	return in.Property(th, v, name)
}

// namedProp is x.name, the case that must be fast.
func (c *compiler) namedProp(x *syntax.Prop, recv code) code {
	in, name, key := c.inst.in, x.Name, value.String(x.Name)
	return func(fr *frame) (value.Value, error) {
		v, err := recv(fr)
		if err != nil {
			return nil, err
		}
		if m, ok := v.(*value.Map); ok {
			if v, ok := m.Get(key); ok {
				return v, nil
			}
		}
		v, err = in.Property(fr.th, v, name)
		if err != nil {
			return nil, c.at(err, x)
		}
		return v, nil
	}
}

// spread is the list of what one makes of each element; null stays null.
func spread(v value.Value, one func(value.Value) (value.Value, error)) (value.Value, error) {
	elems, ok := value.Elements(v)
	if !ok {
		elems = []value.Value{v}
	}
	out := make([]value.Value, len(elems))
	for i, e := range elems {
		if e == nil {
			continue
		}
		var err error
		if out[i], err = one(e); err != nil {
			return nil, err
		}
	}
	return value.NewList(out...), nil
}

// propName is the name of a property or method, computed where it is written
// as a string with parts.
func (c *compiler) propName(x *syntax.Prop) func(*frame) (string, error) {
	if x.Dyn == nil {
		n := x.Name
		return func(*frame) (string, error) { return n, nil }
	}
	dyn := c.expr(x.Dyn)
	return func(fr *frame) (string, error) {
		v, err := dyn(fr)
		if err != nil {
			return "", err
		}
		return value.ToString(v), nil
	}
}

func (c *compiler) index(x *syntax.Index) code {
	recv := c.expr(x.X)
	idx := c.subscript(x.Args)
	return func(fr *frame) (value.Value, error) {
		v, err := recv(fr)
		if err != nil {
			return nil, err
		}
		if v == nil && x.Safe {
			return nil, nil
		}
		i, err := idx(fr)
		if err != nil {
			return nil, err
		}
		v, err = c.inst.in.getAt(fr.th, v, i)
		return v, c.at(err, x)
	}
}

func (c *compiler) subscript(args []syntax.Expr) code {
	if len(args) == 1 {
		if s, ok := args[0].(*syntax.Spread); ok {
			return c.expr(s.X)
		}
		return c.expr(args[0])
	}
	return c.list(&syntax.List{Elems: args})
}

func (in *Interp) getAt(th *value.Thread, v, i value.Value) (value.Value, error) {
	if v != nil && !coreValue(v) {
		if inv, ok := v.(value.Invoker); ok {
			if r, ok, err := inv.InvokeMethod(th, "getAt", []value.Value{i}); ok {
				return r, err
			}
		}
		if name, ok := value.Str(i); ok {
			if _, isNamespace := v.(value.Namespace); isNamespace {
				return in.Property(th, v, name)
			}
		}
		if m := in.Table.Method(v.Class(), "getAt"); m != nil {
			return m.Fn(th, v, []value.Value{i})
		}
	}
	return value.GetAt(th, v, i)
}

func (c *compiler) methodPointer(x *syntax.MethodPointer) code {
	recv := c.expr(x.X)
	in := c.inst.in
	return func(fr *frame) (value.Value, error) {
		v, err := recv(fr)
		if err != nil {
			return nil, err
		}
		if s, ok := v.(scriptObject); ok {
			if f, ok := s.Property(x.Name); ok {
				return f, nil
			}
		}
		return &value.Closure{
			Params: 1, Variadic: true, Source: x.Where,
			Code: func(th *value.Thread, _ *value.Closure, args []value.Value) (value.Value, error) {
				r, ok, err := in.tryInvoke(th, v, x.Name, args)
				if _, class := v.(value.ClassRef); !ok && class && len(args) > 0 {
					// `String::trim`: no method of the class, but of the objects it is called with
					r, err = in.invoke(th, args[0], x.Name, args[1:])
				} else if !ok {
					r, err = in.invoke(th, v, x.Name, args)
				}
				return r, c.at(err, x)
			},
		}, nil
	}
}

func (c *compiler) assign(x *syntax.Assign) code {
	if t, ok := x.Target.(*syntax.Tuple); ok {
		return c.destructure(x, t)
	}
	store := c.store(x.Target)
	val := c.expr(x.Value)
	if x.Op == syntax.OpNone {
		return func(fr *frame) (value.Value, error) {
			v, err := val(fr)
			if err != nil {
				return nil, err
			}
			return v, store(fr, v)
		}
	}
	read := c.expr(x.Target)
	if x.Op == syntax.OpElvis {
		return func(fr *frame) (value.Value, error) {
			v, err := read(fr)
			if err != nil || value.Truth(v) {
				return v, err
			}
			if v, err = val(fr); err != nil {
				return nil, err
			}
			return v, store(fr, v)
		}
	}
	apply := c.operator(x.Op)
	return func(fr *frame) (value.Value, error) {
		a, err := read(fr)
		if err != nil {
			return nil, err
		}
		b, err := val(fr)
		if err != nil {
			return nil, err
		}
		v, err := apply(fr.th, a, b)
		if err != nil {
			return nil, c.at(err, x)
		}
		return v, store(fr, v)
	}
}

func (c *compiler) destructure(x *syntax.Assign, t *syntax.Tuple) code {
	val := c.expr(x.Value)
	stores := make([]func(*frame, value.Value) error, len(t.Elems))
	for i, e := range t.Elems {
		stores[i] = c.store(e)
	}
	return func(fr *frame) (value.Value, error) {
		v, err := val(fr)
		if err != nil {
			return nil, err
		}
		parts, err := c.parts(fr, v, x)
		if err != nil {
			return nil, err
		}
		for i, store := range stores {
			var e value.Value
			if i < len(parts) {
				e = parts[i]
			}
			if err := store(fr, e); err != nil {
				return nil, err
			}
		}
		return v, nil
	}
}

// parts opens what stands on the right of (a, b) = …: a list, or the outputs
// of a process or workflow.
func (c *compiler) parts(fr *frame, v value.Value, at syntax.Node) ([]value.Value, error) {
	if s, ok := v.(Spreadable); ok {
		return s.Spread(), nil
	}
	if elems, ok := value.Elements(v); ok {
		return elems, nil
	}
	if v == nil {
		return nil, nil
	}
	return nil, c.at(value.Throw("groovy.lang.MissingMethodException", "a value of type %s cannot be taken apart: %s", v.Class().Name, value.ToString(v)), at)
}

// Spreadable values stand for several where arguments are expected: the
// outputs of a process.
type Spreadable interface {
	value.Value
	Spread() []value.Value
}

// store compiles the left side of an assignment.
func (c *compiler) store(x syntax.Expr) func(*frame, value.Value) error {
	switch x := x.(type) {
	case *syntax.Paren:
		return c.store(x.X)
	case *syntax.Ident:
		return c.storeIdent(x)
	case *syntax.Prop:
		return c.storeProp(x)
	case *syntax.Index:
		return c.storeIndex(x)
	}
	return func(*frame, value.Value) error {
		return c.at(value.Throw("groovy.lang.GroovyRuntimeException", "cannot assign to `%s`", x.Span().Text()), x)
	}
}

func (c *compiler) storeIdent(x *syntax.Ident) func(*frame, value.Value) error {
	i := x.Binding.Index
	switch x.Binding.Kind {
	case syntax.Local:
		return func(fr *frame, v value.Value) error { fr.slots[i] = v; return nil }
	case syntax.Cell:
		return func(fr *frame, v value.Value) error {
			if cl, ok := fr.slots[i].(*cell); ok {
				cl.v = v
			} else {
				fr.slots[i] = &cell{v}
			}
			return nil
		}
	case syntax.Free:
		return func(fr *frame, v value.Value) error { fr.free[i].v = v; return nil }
	case syntax.Global:
		inst := c.inst
		return func(_ *frame, v value.Value) error { inst.Globals[i] = v; return nil }
	case syntax.Member:
		return c.storeMember(x)
	case syntax.Dynamic:
		return func(fr *frame, v value.Value) error { return c.at(c.storeDynamic(fr, x.Name, v), x) }
	case syntax.Builtin:
		if directories[x.Name] {
			return c.hideBuiltin(x.Name)
		}
	}
	return func(*frame, value.Value) error {
		return c.at(value.Throw("groovy.lang.GroovyRuntimeException", "`%s` cannot be assigned", x.Name), x)
	}
}

// directories are variables of the host that scripts of the older grammar
// assign, mostly in handlers: theirs is what the script sees from then on.
var directories = map[string]bool{"workDir": true, "projectDir": true, "baseDir": true, "launchDir": true, "outputDir": true}

func (c *compiler) hideBuiltin(name string) func(*frame, value.Value) error {
	inst := c.inst
	return func(_ *frame, v value.Value) error {
		host := inst.Builtin
		inst.Builtin = func(asked string) (value.Value, bool) {
			if asked == name {
				return v, true
			}
			return host(asked)
		}
		return nil
	}
}

func (c *compiler) storeDynamic(fr *frame, name string, v value.Value) error {
	for self := fr.self; self != nil; {
		switch d := self.Delegate.(type) {
		case nil:
		case *value.Map:
			d.Set(value.String(name), v)
			return nil
		case *Object:
			if d.hasProperty(name) {
				return d.set(fr.th, name, v)
			}
		case value.Settable:
			if d.SetProperty(name, v) {
				return nil
			}
		default:
			if ok, err := c.inst.in.Table.SetProperty(fr.th, d, name, v); ok || err != nil {
				return err
			}
		}
		self, _ = self.Owner.(*value.Closure)
	}
	if c.cls != nil {
		return c.storeMember(&syntax.Ident{Name: name})(fr, v)
	}
	return value.Throw("groovy.lang.MissingPropertyException", "`%s` is not defined", name)
}

func (c *compiler) storeProp(x *syntax.Prop) func(*frame, value.Value) error {
	if isThis(x.X) && x.Dyn == nil && c.hasField(x.Name) {
		return c.storeMember(&syntax.Ident{At: x.At, Name: x.Name})
	}
	recv, name := c.expr(x.X), c.propName(x)
	return func(fr *frame, v value.Value) error {
		r, err := recv(fr)
		if err != nil {
			return err
		}
		n, err := name(fr)
		if err != nil {
			return err
		}
		return c.at(c.inst.in.SetProperty(fr.th, r, n, v), x)
	}
}

// SetProperty writes `recv.name = v`.
func (in *Interp) SetProperty(th *value.Thread, recv value.Value, name string, v value.Value) error {
	switch r := recv.(type) {
	case nil:
		return value.Throw("java.lang.NullPointerException", "Cannot set property '%s' on null object", name)
	case *value.Map:
		return r.Put(value.String(name), v)
	case scriptObject:
		r.inst.Set(name, v)
		return nil
	case *Object:
		return r.set(th, name, v)
	case *value.Exception:
		if o, ok := r.Data.(*Object); ok {
			return o.set(th, name, v)
		}
	case value.ClassRef:
		if k := in.classOf(r.Of); k != nil {
			return k.setStatic(th, name, v)
		}
	case value.Settable:
		if r.SetProperty(name, v) {
			return nil
		}
	}
	ok, err := in.Table.SetProperty(th, recv, name, v)
	if err != nil {
		return err
	}
	if !ok {
		return value.Throw("groovy.lang.ReadOnlyPropertyException", "cannot set property `%s` of %s", name, describe(recv))
	}
	return nil
}

func describe(v value.Value) string {
	return fmt.Sprintf("a value of type %s", v.Class().Name)
}

func (c *compiler) storeIndex(x *syntax.Index) func(*frame, value.Value) error {
	recv, idx := c.expr(x.X), c.subscript(x.Args)
	return func(fr *frame, v value.Value) error {
		r, err := recv(fr)
		if err != nil {
			return err
		}
		i, err := idx(fr)
		if err != nil {
			return err
		}
		if o, ok := r.(*Object); ok {
			return c.at(o.putAt(fr.th, i, v), x)
		}
		if _, settable := r.(value.Settable); settable {
			if name, ok := value.Str(i); ok {
				return c.at(c.inst.in.SetProperty(fr.th, r, name, v), x)
			}
		}
		return c.at(value.SetAt(fr.th, r, i, v), x)
	}
}
