package interp

import (
	"fmt"

	"sluice/internal/lang/source"
	"sluice/internal/lang/syntax"
	"sluice/internal/lang/value"
)

// A Function is one a script defines; several with the same name and
// different numbers of parameters are overloads of the first.
type Function struct {
	Name      string
	def       *syntax.FuncDef
	inst      *Instance
	code      *body
	overloads []*Function
}

func (*Function) Class() *value.Class { return value.ClosureClass }

// ToString names the function.
func (f *Function) ToString() string { return f.Name }

func (inst *Instance) function(d *syntax.FuncDef) *Function {
	return &Function{Name: d.Name, def: d, inst: inst}
}

// Property answers what every component of a script has: `name` and `type`.
func (f *Function) Property(name string) (value.Value, bool) {
	switch name {
	case "name":
		return value.String(f.Name), true
	case "type":
		return value.String("function"), true
	}
	return nil, false
}

// InvokeMethod answers invoke_a and invoke_o, by which test harnesses call a
// function: with a list of its arguments, and with one argument.
func (f *Function) InvokeMethod(th *value.Thread, name string, args []value.Value) (value.Value, bool, error) {
	if len(args) != 1 || name != "invoke_a" && name != "invoke_o" {
		return nil, false, nil
	}
	if l, ok := args[0].(*value.List); ok {
		args = l.Elems
	}
	v, err := f.CallWith(th, args)
	return v, true, err
}

// CallWith calls the overload that takes this many arguments.
func (f *Function) CallWith(th *value.Thread, args []value.Value) (value.Value, error) {
	g := f.choose(args)
	if l, ok := only(args); g == nil && ok { // a list stands for its elements where nothing takes a list
		if g = f.choose(l.Elems); g != nil {
			args = l.Elems
		}
	}
	if g == nil {
		return nil, value.Throw("groovy.lang.MissingMethodException", "the function `%s` takes %s, %d given", f.Name, f.arity(), len(args))
	}
	if g.code == nil {
		c := compiler{inst: g.inst}
		g.code = c.function(g.def.Params, g.def.Body, g.def.Func, false)
	}
	return g.code.call(th, nil, nil, args, callSite{g.Name, g.def.NameAt})
}

// only is the one argument, if that is a list.
func only(args []value.Value) (l *value.List, ok bool) {
	if len(args) == 1 {
		l, ok = args[0].(*value.List)
	}
	return l, ok
}

// choose is the overload that fits best: the one with most parameters whose
// types the arguments have; arguments that fit no types may be converted.
func (f *Function) choose(args []value.Value) *Function {
	if len(f.overloads) == 0 {
		if f.takes(len(args)) {
			return f
		}
		return nil
	}
	var best, other *Function
	most := -1
	for _, g := range append([]*Function{f}, f.overloads...) {
		if !g.takes(len(args)) {
			continue
		}
		if n, ok := g.fits(args); ok && n > most {
			best, most = g, n
		} else if other == nil {
			other = g
		}
	}
	if best == nil {
		return other
	}
	return best
}

func (f *Function) takes(n int) bool {
	lo, hi := limits(f.def.Params)
	return n >= lo && (hi < 0 || n <= hi)
}

// fits says whether the arguments have the types of the parameters, and how
// many of those are more than Object.
func (f *Function) fits(args []value.Value) (n int, ok bool) {
	for i, p := range f.def.Params {
		if p.Variadic {
			return n - 1, true
		}
		if i >= len(args) || p.Type == nil || args[i] == nil {
			continue
		}
		c, known := f.inst.in.Table.Class(p.Type.Name)
		if !known || c == value.ObjectClass {
			continue
		}
		if !value.InstanceOf(args[i], c) {
			return 0, false
		}
		n += 2
	}
	return n, true
}

// limits is how few and how many arguments params take; many is -1 for any.
func limits(params []*syntax.Param) (few, many int) {
	for _, p := range params {
		switch {
		case p.Variadic:
			return few, -1
		case p.Default == nil:
			few++
		}
	}
	return few, len(params)
}

func (f *Function) arity() string {
	lo, hi := limits(f.def.Params)
	switch {
	case hi < 0:
		return fmt.Sprintf("at least %d arguments", lo)
	case lo == hi && lo == 1:
		return "1 argument"
	case lo == hi:
		return fmt.Sprintf("%d arguments", lo)
	}
	return fmt.Sprintf("%d to %d arguments", lo, hi)
}

// Names lists the declared parameters.
func (f *Function) Names() []string {
	var names []string
	for _, p := range f.def.Params {
		names = append(names, p.Name)
	}
	return names
}

// body is a compiled function or closure.
type body struct {
	inst     *Instance
	slots    int
	params   []param
	required int
	variadic bool
	implicit bool
	run      exec
}

type param struct {
	bind  syntax.Binding
	class *value.Class // of a declared type that arguments are converted to
	deflt code
}

type callSite struct {
	name string
	at   source.Span
}

// call runs the body with args. Slots live on the thread's stack.
func (b *body) call(th *value.Thread, self *value.Closure, free []*cell, args []value.Value, site callSite) (value.Value, error) {
	return b.callOn(th, nil, self, free, args, site)
}

// callOn is call for code of a class: this is the object, nil in static code.
func (b *body) callOn(th *value.Thread, this *Object, self *value.Closure, free []*cell, args []value.Value, site callSite) (value.Value, error) {
	if th.Depth >= value.MaxDepth {
		return nil, value.Throw("java.lang.StackOverflowError", "calls of `%s` nest more than %d deep", site.name, value.MaxDepth)
	}
	th.Depth++
	base := len(th.Stack)
	th.Stack = grow(th.Stack, b.slots)
	fr := &frame{th: th, slots: th.Stack[base : base+b.slots : base+b.slots], free: free, self: self, this: this, inst: b.inst}
	err := b.bind(fr, args)
	if err == nil {
		_, err = b.run(fr)
	}
	clear(fr.slots)
	th.Stack = th.Stack[:base]
	th.Depth--
	if err != nil {
		if e, ok := err.(*value.Exception); ok && len(e.Calls) < maxTrace {
			e.Calls = append(e.Calls, value.CallSite{Name: site.name, Span: site.at})
		}
		return nil, err
	}
	return fr.ret, nil
}

// maxTrace is how many calls a script stack trace keeps.
const maxTrace = 20

func grow(stack []value.Value, n int) []value.Value {
	if len(stack)+n <= cap(stack) {
		return stack[:len(stack)+n]
	}
	bigger := make([]value.Value, len(stack)+n, 2*(len(stack)+n)+64)
	copy(bigger, stack)
	return bigger
}

func (b *body) bind(fr *frame, args []value.Value) error {
	if b.implicit {
		if len(args) > 0 {
			b.put(fr, &b.params[0], args[0])
		} else {
			b.put(fr, &b.params[0], nil)
		}
		return nil
	}
	n := len(b.params)
	next := 0                          // argument to give
	optional := len(args) - b.required // parameters with a default that get an argument
	for i := range b.params {
		p := &b.params[i]
		if p.deflt != nil && optional <= 0 {
			v, err := p.deflt(fr)
			if err != nil {
				return err
			}
			b.put(fr, p, v)
			continue
		}
		if p.deflt != nil {
			optional--
		}
		switch {
		case b.variadic && i == n-1:
			b.put(fr, p, variadic(args, next))
		case next < len(args):
			v := args[next]
			next++
			if p.class != nil {
				c, err := convert(v, p.class)
				if err != nil {
					return err
				}
				v = c
			}
			b.put(fr, p, v)
		default:
			b.put(fr, p, nil)
		}
	}
	return nil
}

// variadic gathers the arguments from i on; a single list is taken as it is.
func variadic(args []value.Value, i int) value.Value {
	if i >= len(args) {
		return value.NewList()
	}
	if l, ok := args[i].(*value.List); ok && len(args) == i+1 {
		return l
	}
	return value.NewList(append([]value.Value(nil), args[i:]...)...)
}

func (b *body) put(fr *frame, p *param, v value.Value) {
	if p.bind.Kind == syntax.Cell {
		v = &cell{v}
	}
	fr.slots[p.bind.Index] = v
}

// convert makes v fit a declared type where Groovy would: numbers, strings.
func convert(v value.Value, c *value.Class) (value.Value, error) {
	if v == nil {
		if c == value.BooleanType {
			return value.False, nil
		}
		return v, nil
	}
	if c == value.StringClass {
		s, err := value.Text(v) // once: toString() of the script may fail
		return value.String(s), err
	}
	if w, ok := value.Coerce(v, c); ok {
		return w, nil
	}
	return nil, value.Throw("org.codehaus.groovy.runtime.typehandling.GroovyCastException",
		"Cannot cast object '%s' with class '%s' to class '%s'", value.ToString(v), v.Class().Name, c.Name)
}

// function compiles parameters and body.
func (c *compiler) function(params []*syntax.Param, block *syntax.Block, info *syntax.FuncInfo, implicit bool) *body {
	b := &body{inst: c.inst, slots: info.Slots, implicit: implicit}
	if implicit {
		b.params = []param{{bind: slotBinding(info, 0)}}
	}
	for _, p := range params {
		q := param{bind: p.Binding}
		if p.Default != nil {
			q.deflt = c.expr(p.Default)
		} else if !p.Variadic {
			b.required++
		}
		if p.Type != nil && !p.Variadic && p.Type.Dims == 0 {
			q.class = c.declared(p.Type)
		}
		b.variadic = b.variadic || p.Variadic
		b.params = append(b.params, q)
	}
	var stmts []syntax.Stmt
	if block != nil {
		stmts = block.Stmts
	}
	b.run = c.body(stmts)
	return b
}

func slotBinding(info *syntax.FuncInfo, slot int32) syntax.Binding {
	if info.Cells[slot] {
		return syntax.Binding{Kind: syntax.Cell, Index: slot}
	}
	return syntax.Binding{Kind: syntax.Local, Index: slot}
}

// declared is the class of a declared type where conversion matters: numbers,
// strings, booleans. Other types are documentation.
func (c *compiler) declared(t *syntax.TypeRef) *value.Class {
	if t == nil || t.Dims > 0 {
		return nil
	}
	cl, ok := c.inst.in.Table.Class(t.Name)
	if !ok {
		return nil
	}
	if cl.Is(value.NumberClass) && cl != value.NumberClass && cl != value.ObjectClass || cl == value.StringClass || cl == value.BooleanClass ||
		cl.IsPrimitive() && cl != value.VoidType {
		return cl
	}
	return nil
}

// closure compiles { … }: the code captures cells when it is evaluated.
func (c *compiler) closure(x *syntax.Closure, mode criteriaMode) code {
	shape := c.shape(x)
	if mode != plainClosure {
		shape.Labels = criteriaLabels(x.Body)
	}
	info := x.Func
	site := callSite{"{closure}", x.Span()}
	var b *body
	compile := func() {
		if mode != plainClosure {
			b = c.criteria(x, shape.Implicit, mode)
		} else {
			b = c.function(x.Params, x.Body, info, shape.Implicit)
		}
	}
	return func(fr *frame) (value.Value, error) {
		free, this := capture(fr, info.Free), fr.this
		cl := new(value.Closure)
		*cl = shape
		if fr.self != nil {
			cl.Owner = fr.self
		}
		cl.Code = func(th *value.Thread, self *value.Closure, args []value.Value) (value.Value, error) {
			if b == nil {
				compile()
			}
			if !b.implicit && !b.variadic && (len(args) < b.required || len(args) > len(b.params)) {
				if b.required == 0 && len(b.params) == 0 && len(args) == 1 && args[0] == nil {
					args = nil
				} else {
					return nil, wrongArity(x, len(b.params), args)
				}
			}
			return b.callOn(th, this, self, free, args, site)
		}
		if len(info.Free) > 0 {
			cl.Captured = func() []value.Captured {
				vars := make([]value.Captured, len(free))
				for i, f := range free {
					vars[i] = value.Captured{Name: info.Free[i].Name, Value: f.v}
				}
				return vars
			}
		}
		return cl, nil
	}
}

// shape is what all closures that one expression makes have in common.
func (c *compiler) shape(x *syntax.Closure) value.Closure {
	cl := value.Closure{Params: len(x.Params), Implicit: !x.Arrow && len(x.Params) == 0, Source: x.Where}
	if cl.Implicit {
		cl.Params = 1
	}
	for i, p := range x.Params {
		if p.Default == nil && !p.Variadic {
			cl.Required++
		}
		cl.Variadic = cl.Variadic || p.Variadic
		if p.Type == nil {
			continue
		}
		if of, ok := c.inst.in.Table.Class(p.Type.Name); ok {
			if cl.ParamIs == nil {
				cl.ParamIs = make([]*value.Class, len(x.Params))
			}
			cl.ParamIs[i] = of
		}
	}
	return cl
}

func wrongArity(x *syntax.Closure, params int, args []value.Value) error {
	return value.Throw("groovy.lang.MissingMethodException",
		"the closure takes %d %s, %d given: %s", params, map[bool]string{true: "argument", false: "arguments"}[params == 1],
		len(args), value.Inspect(value.NewList(args...)))
}

func capture(fr *frame, free []syntax.FreeVar) []*cell {
	if len(free) == 0 {
		return nil
	}
	cells := make([]*cell, len(free))
	for i, f := range free {
		if f.FromFree {
			cells[i] = fr.free[f.Index]
			continue
		}
		c, ok := fr.slots[f.Index].(*cell)
		if !ok { // captured before it was assigned
			c = &cell{fr.slots[f.Index]}
			fr.slots[f.Index] = c
		}
		cells[i] = c
	}
	return cells
}
