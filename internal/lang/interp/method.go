package interp

import (
	"sluice/internal/lang/syntax"
	"sluice/internal/lang/value"
)

// A method is a method or constructor of a class of the pipeline.
type method struct {
	def      *syntax.FuncDef
	cls      *Class
	abstract bool
	code     *body
	params   []*value.Class // declared types; nil for any
	ret      *value.Class   // results are converted to it
	void     bool
	partial  bool                   // for calls with fewer arguments: defaults are added, and another method is called
	memory   map[*Object]*value.Map // of @Memoized
}

// prepare finds the declared types.
func (m *method) prepare() {
	if m.params != nil || len(m.def.Params) == 0 {
		return
	}
	c := &compiler{inst: m.cls.inst, cls: m.cls}
	m.params = make([]*value.Class, len(m.def.Params))
	for i, p := range m.def.Params {
		if p.Type == nil || p.Variadic {
			continue
		}
		if p.Type.Dims > 0 {
			m.params[i] = value.ListClass
		} else if cl, ok := c.class(p.Type.Name); ok && cl != value.ObjectClass {
			m.params[i] = cl
		}
	}
}

// call runs the method; this is nil for static ones.
func (m *method) call(th *value.Thread, this *Object, args []value.Value) (value.Value, error) {
	if m.code == nil {
		if m.def.Body == nil && this != nil && this.proxy != nil {
			return this.stand(th, m.def.Name, args)
		}
		if m.abstract && m.cls.def.Kind != "class" || m.def.Body == nil {
			return nil, value.Throw("java.lang.AbstractMethodError", "the method `%s` of `%s` has no body", m.def.Name, m.cls.of.Name)
		}
		m.compile()
	}
	if m.def.Static {
		this = nil
	}
	if len(m.def.Notes) > 0 && syntax.Note(m.def.Notes, "Memoized") != nil {
		return m.remembered(th, this, args)
	}
	return m.run(th, this, args)
}

func (m *method) run(th *value.Thread, this *Object, args []value.Value) (value.Value, error) {
	v, err := m.code.callOn(th, this, nil, nil, args, callSite{m.def.Name, m.def.NameAt})
	switch {
	case err != nil:
		return nil, err
	case m.void:
		return nil, nil
	case m.ret != nil:
		return convert(v, m.ret)
	}
	return v, nil
}

func (m *method) compile() {
	c := &compiler{inst: m.cls.inst, cls: m.cls, static: m.def.Static}
	if m.def.Name == m.cls.def.Name && m.def.Return == nil {
		m.code, m.void = c.constructor(m.def), true
		return
	}
	if m.partial {
		m.code = c.completed(m.def)
		return
	}
	m.code = c.function(m.def.Params, m.def.Body, m.def.Func, false)
	if m.def.Return != nil {
		m.void = m.def.Return.Name == "void"
		m.ret = c.declared(m.def.Return)
	}
}

// completed adds the default values of parameters and calls the method of the
// object that takes them all.
func (c *compiler) completed(d *syntax.FuncDef) *body {
	b := c.function(d.Params, nil, d.Func, false)
	all := make([]code, len(d.Params))
	for i, p := range d.Params {
		all[i] = c.expr(&syntax.Ident{At: p.At, Name: p.Name, Binding: p.Binding})
	}
	b.run = func(fr *frame) (control, error) {
		vals := make([]value.Value, len(all))
		for i, x := range all {
			v, err := x(fr)
			if err != nil {
				return next, err
			}
			vals[i] = v
		}
		v, err := c.callOwn(fr, d.Name, vals)
		fr.ret = v
		return next, err
	}
	return b
}

// choose finds the overload whose parameters fit args best; of those that fit
// alike the first, which is of the nearest class.
func choose(list []*method, args []value.Value) *method {
	if len(list) == 1 {
		if list[0].takes(len(args)) {
			return list[0]
		}
		return nil
	}
	var best, only *method
	lowest, arity := 0, 0
	for _, m := range list {
		if !m.takes(len(args)) {
			continue
		}
		arity++
		only = m
		if d, ok := m.distance(args); ok && (best == nil || d < lowest) {
			best, lowest = m, d
		}
	}
	if best == nil && arity == 1 {
		return only
	}
	return best
}

// fit is choose; a single list that no overload takes stands for its elements.
func fit(list []*method, args []value.Value) (*method, []value.Value) {
	m := choose(list, args)
	if l, ok := only(args); m == nil && ok {
		return choose(list, l.Elems), l.Elems
	}
	return m, args
}

func (m *method) takes(n int) bool {
	few, many := limits(m.def.Params)
	return n >= few && (many < 0 || n <= many)
}

// distance says how far the types of args are from the declared ones.
func (m *method) distance(args []value.Value) (int, bool) {
	m.prepare()
	total := 0
	for i, a := range args {
		if i >= len(m.params) || m.def.Params[i].Variadic {
			total += 5000
			continue
		}
		d, ok := distance(a, m.params[i])
		if !ok {
			return 0, false
		}
		total += d
	}
	return total, true
}

func distance(v value.Value, c *value.Class) (int, bool) {
	switch {
	case c == nil:
		return 1000, true
	case v == nil:
		return 1, !c.IsPrimitive()
	case value.InstanceOf(v, c):
		return depth(v.Class(), c, 0), true
	}
	if c == value.StringClass {
		_, ok := v.(*value.GString)
		return 20, ok
	}
	from, to := width(v.Class()), width(c)
	return 50 + to - from, from > 0 && from <= to
}

// width orders the kinds of numbers: each fits the kinds after it. It is 0 for
// other classes.
func width(c *value.Class) int {
	switch c {
	case value.ByteClass, value.ByteType:
		return 1
	case value.ShortClass, value.ShortType:
		return 2
	case value.IntegerClass, value.IntType:
		return 3
	case value.LongClass, value.LongType:
		return 4
	case value.BigIntegerClass:
		return 5
	case value.BigDecimalClass:
		return 6
	case value.FloatClass, value.FloatType:
		return 7
	case value.DoubleClass, value.DoubleType:
		return 8
	}
	return 0
}

// depth counts the steps from a class to a parent.
func depth(from, to *value.Class, n int) int {
	if from == to || n > 20 {
		return n
	}
	best := 21
	for _, p := range from.Parents {
		if p.Is(to) {
			best = min(best, depth(p, to, n+1))
		}
	}
	return best
}

func isThis(x syntax.Expr) bool {
	id, ok := x.(*syntax.Ident)
	return ok && id.Name == "this" && id.Binding.Kind == syntax.Member
}

func isSuper(x syntax.Expr) bool {
	id, ok := x.(*syntax.Ident)
	return ok && id.Name == "super" && id.Binding.Kind == syntax.Member
}

// hasField says whether the code's class has a variable of that name whose
// place is known now.
func (c *compiler) hasField(name string) bool {
	_, slot := c.slot(name)
	return slot || c.cls.statics[name] != nil
}

// slot is the place of a field of `this`. Objects of a trait differ in layout.
func (c *compiler) slot(name string) (int, bool) {
	if c.static || c.cls.def.Kind == "trait" || c.cls.def.Kind == "interface" {
		return 0, false
	}
	i, ok := c.cls.slots[name]
	return i, ok
}

// current is `this`: the object, or the class in static code.
func (c *compiler) current(fr *frame) value.Value {
	if fr.this != nil {
		return fr.this.self()
	}
	return value.ClassRef{Of: c.cls.of}
}

// member compiles the use of a member's name.
func (c *compiler) member(x *syntax.Ident) code {
	name := x.Name
	if name == "this" || name == "super" {
		return func(fr *frame) (value.Value, error) { return c.current(fr), nil }
	}
	if i, ok := c.slot(name); ok {
		return func(fr *frame) (value.Value, error) { return fr.this.fields[i], nil }
	}
	if s := c.cls.statics[name]; s != nil {
		return func(*frame) (value.Value, error) { return s.v, nil }
	}
	if k := c.scriptClass(name); k != nil {
		return constant(value.ClassRef{Of: k.of})
	}
	return func(fr *frame) (value.Value, error) {
		v, ok, err := c.lookup(fr, name)
		if err == nil && !ok {
			err = value.MissingProperty(c.current(fr), name)
		}
		return v, c.at(err, x)
	}
}

// lookup asks the object, its class and the classes around for a property.
func (c *compiler) lookup(fr *frame, name string) (value.Value, bool, error) {
	in := c.inst.in
	if fr.this != nil {
		if v, ok, err := in.objectMember(fr.th, fr.this, name); ok || err != nil {
			return v, ok, err
		}
	}
	for o := outerOf(fr.this); o != nil; o = o.outer {
		if v, ok, err := in.objectMember(fr.th, o, name); ok || err != nil {
			return v, ok, err
		}
	}
	for k := c.cls; k != nil; k = k.outer {
		if v, ok, err := k.staticProperty(fr.th, name); ok || err != nil {
			return v, ok, err
		}
	}
	return in.member(fr.th, c.current(fr), name)
}

func outerOf(o *Object) *Object {
	if o == nil {
		return nil
	}
	return o.outer
}

func (c *compiler) storeMember(x *syntax.Ident) func(*frame, value.Value) error {
	name := x.Name
	if i, ok := c.slot(name); ok {
		if c.cls.fields[i].class == nil {
			return func(fr *frame, v value.Value) error { fr.this.fields[i] = v; return nil }
		}
		return func(fr *frame, v value.Value) error { return c.at(fr.this.setField(i, v), x) }
	}
	if s := c.cls.statics[name]; s != nil {
		return func(_ *frame, v value.Value) error { return c.at(s.set(v), x) }
	}
	return func(fr *frame, v value.Value) error {
		for o := outerOf(fr.this); o != nil; o = o.outer {
			if o.hasProperty(name) && !fr.this.hasProperty(name) {
				return c.at(o.set(fr.th, name, v), x)
			}
		}
		for k := c.cls.outer; k != nil; k = k.outer {
			if k.statics[name] != nil {
				return c.at(k.setStatic(fr.th, name, v), x)
			}
		}
		return c.at(c.inst.in.SetProperty(fr.th, c.current(fr), name, v), x)
	}
}

// callMember compiles a call of a method of the class around.
func (c *compiler) callMember(x *syntax.Call, fun *syntax.Ident, args argsCode) code {
	name := fun.Name
	var seen *Class
	var found []*method
	return func(fr *frame) (value.Value, error) {
		vals, err := args(fr)
		if err != nil {
			return nil, err
		}
		k := c.cls
		if fr.this != nil {
			k = fr.this.class
		}
		if k != seen {
			seen, found = k, k.methods[name]
		}
		if m, vals := fit(found, vals); m != nil && (m.def.Static || fr.this != nil) {
			v, err := m.call(fr.th, fr.this, vals)
			return v, c.at(err, x)
		}
		v, err := c.callOther(fr, name, vals)
		return v, c.at(err, x)
	}
}

// callOwn calls a method by a name that the delegates did not know.
func (c *compiler) callOwn(fr *frame, name string, args []value.Value) (value.Value, error) {
	k := c.cls
	if fr.this != nil {
		k = fr.this.class
	}
	if m, args := fit(k.methods[name], args); m != nil && (m.def.Static || fr.this != nil) {
		return m.call(fr.th, fr.this, args)
	}
	return c.callOther(fr, name, args)
}

// callOther calls what is no method of the class: a closure in a field, a
// static method of a class around, what every object has.
func (c *compiler) callOther(fr *frame, name string, args []value.Value) (value.Value, error) {
	if c.hasField(name) {
		v, _, err := c.lookup(fr, name)
		if f, ok := v.(value.Callable); ok && err == nil {
			return f.CallWith(fr.th, args)
		}
	}
	for o := outerOf(fr.this); o != nil; o = o.outer {
		if m := choose(o.class.methods[name], args); m != nil {
			return m.call(fr.th, o, args)
		}
	}
	for k := c.cls.outer; k != nil; k = k.outer {
		if v, ok, err := k.invokeStatic(fr.th, name, args); ok {
			return v, err
		}
	}
	return c.inst.in.invoke(fr.th, c.current(fr), name, args)
}

// operand is the class that x names, if it is one of the pipeline.
func (c *compiler) operand(x syntax.Expr) *Class {
	id, ok := x.(*syntax.Ident)
	if !ok {
		return nil
	}
	switch id.Binding.Kind {
	case syntax.ClassName:
		return c.scriptClass(id.Name)
	case syntax.Global:
		if v, ok := c.inst.Get(id.Name); ok {
			if ref, ok := v.(value.ClassRef); ok {
				return c.inst.in.classOf(ref.Of)
			}
		}
	}
	return nil
}

// classProp compiles this.x, super.x and Foo.X, where the place of the
// variable is known; nil for other properties.
func (c *compiler) classProp(x *syntax.Prop) code {
	if x.Dyn != nil || x.Spread || x.Safe {
		return nil
	}
	if (isThis(x.X) || isSuper(x.X)) && c.hasField(x.Name) {
		return c.member(&syntax.Ident{At: x.At, Name: x.Name})
	}
	k := c.operand(x.X)
	if k == nil {
		return nil
	}
	in := c.inst.in
	ref := value.ClassRef{Of: k.of}
	return func(fr *frame) (value.Value, error) {
		if k.started && k.failed == nil {
			if s := k.statics[x.Name]; s != nil && k.methods["get"+upperFirst(x.Name)] == nil {
				return s.v, nil
			}
		}
		v, err := in.Property(fr.th, ref, x.Name)
		return v, c.at(err, x)
	}
}

// classCall compiles super.f(…) and Foo.f(…); nil for other calls.
func (c *compiler) classCall(x *syntax.Call, fun *syntax.Prop, args argsCode) code {
	if fun.Dyn != nil || fun.Spread || fun.Safe {
		return nil
	}
	if isSuper(fun.X) {
		return c.superCall(x, fun, args)
	}
	k := c.operand(fun.X)
	if k == nil {
		return nil
	}
	in := c.inst.in
	ref := value.ClassRef{Of: k.of}
	return func(fr *frame) (value.Value, error) {
		vals, err := args(fr)
		if err != nil {
			return nil, err
		}
		if err := k.start(fr.th); err != nil {
			return nil, c.at(err, x)
		}
		if m, vals := fit(k.methods[fun.Name], vals); m != nil && m.def.Static {
			v, err := m.call(fr.th, nil, vals)
			return v, c.at(err, x)
		}
		v, err := in.invoke(fr.th, ref, fun.Name, vals)
		return v, c.at(err, x)
	}
}

func (c *compiler) superCall(x *syntax.Call, fun *syntax.Prop, args argsCode) code {
	name := fun.Name
	return func(fr *frame) (value.Value, error) {
		vals, err := args(fr)
		if err != nil {
			return nil, err
		}
		for _, p := range c.cls.parents {
			if m := choose(p.methods[name], vals); m != nil && !m.abstract {
				v, err := m.call(fr.th, fr.this, vals)
				return v, c.at(err, x)
			}
		}
		v, err := c.superDefault(fr, name, vals)
		return v, c.at(err, x)
	}
}

// superDefault is what java.lang.Object and exceptions answer.
func (c *compiler) superDefault(fr *frame, name string, args []value.Value) (value.Value, error) {
	o := fr.this
	switch {
	case o == nil:
	case o.exc != nil:
		if m := c.inst.in.Table.Method(o.exc.Class(), name); m != nil {
			return m.Fn(fr.th, o.exc, args)
		}
	case name == "toString" && len(args) == 0:
		return value.String(o.address()), nil
	case name == "equals" && len(args) == 1:
		return value.MakeBool(o.same(args[0])), nil
	}
	if o != nil && c.cls.super != nil {
		if v, ok, err := o.accessor(fr.th, name, args); ok {
			return v, err
		}
	}
	return nil, value.MissingMethod(c.current(fr), name, args)
}
