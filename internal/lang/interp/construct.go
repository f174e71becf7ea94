package interp

import (
	"sluice/internal/lang/syntax"
	"sluice/internal/lang/value"
)

// make constructs an object: `new Foo(…)`.
func (k *Class) make(th *value.Thread, args []value.Value) (value.Value, error) {
	return k.makeIn(th, nil, args)
}

// makeIn constructs one in the code of an object: inner classes that are not
// static belong to it.
func (k *Class) makeIn(th *value.Thread, this *Object, args []value.Value) (value.Value, error) {
	if err := k.start(th); err != nil {
		return nil, err
	}
	switch k.def.Kind {
	case "interface", "trait", "enum":
		return nil, value.Throw("java.lang.InstantiationException", "`%s` is %s and has no objects of its own", k.of.Name, map[string]string{"enum": "an enum", "trait": "a trait", "interface": "an interface"}[k.def.Kind])
	}
	if a := k.note("Singleton"); a != nil && noteFlag(a, "strict", true) {
		return nil, value.Throw("java.lang.RuntimeException", "Can't instantiate singleton %s. Use %s.instance", k.of.Name, k.of.Name)
	}
	o := &Object{class: k, fields: k.zeros(), th: th}
	if this != nil && k.outer != nil && !k.def.Static && this.class.of.Is(k.outer.of) {
		o.outer = this
	}
	if k.java != nil {
		o.exc = &value.Exception{Of: k.of, Data: o}
	}
	if err := k.build(th, o, args); err != nil {
		return nil, err
	}
	return o.self(), nil
}

// from is `v as Foo`: an enum constant by its name, an object of a map of its
// properties or of a list of constructor arguments.
func (k *Class) from(th *value.Thread, v value.Value) (value.Value, error) {
	if v == nil || value.InstanceOf(v, k.of) {
		return v, nil
	}
	if err := k.start(th); err != nil {
		return nil, err
	}
	if s, ok := value.Str(v); ok && k.def.Kind == "enum" {
		return k.valueOf(s)
	}
	if k.def.Kind == "interface" || k.def.Kind == "trait" {
		switch v.(type) {
		case *value.Closure, *value.Map:
			return &Object{class: k, fields: k.zeros(), th: th, proxy: v}, nil
		}
	}
	switch x := v.(type) {
	case *value.Map:
		return k.make(th, []value.Value{x})
	case *value.List:
		return k.make(th, x.Elems)
	}
	return nil, value.CastError(v, k.of)
}

// build runs the constructor that takes args, which runs those of the parents.
func (k *Class) build(th *value.Thread, o *Object, args []value.Value) error {
	if k.enum() != k {
		if err := k.super.build(th, o, args); err != nil {
			return err
		}
		return k.init(th, o)
	}
	if len(k.makers) == 0 {
		return k.buildPlain(th, o, args)
	}
	if m := choose(k.makers, args); m != nil {
		_, err := m.call(th, o, args)
		return err
	}
	if named, ok := oneMap(args); ok {
		if m := choose(k.makers, nil); m != nil {
			if _, err := m.call(th, o, nil); err != nil {
				return err
			}
			return o.assign(th, named)
		}
	}
	return noConstructor(k, args)
}

// buildPlain is for classes without constructors: they take named arguments,
// records also the values of their fields in order, exceptions a message.
func (k *Class) buildPlain(th *value.Thread, o *Object, args []value.Value) error {
	var toJava []value.Value
	named, isNamed := oneMap(args)
	slots, isTuple := k.positional(args)
	switch {
	case len(args) == 0 || isNamed || isTuple:
	case k.def.Kind == "record" && len(args) == len(k.fields):
	case o.exc != nil:
		toJava = args
	default:
		return noConstructor(k, args)
	}
	if err := k.buildSuper(th, o, toJava); err != nil {
		return err
	}
	if err := k.init(th, o); err != nil {
		return err
	}
	if isNamed {
		return o.assign(th, named)
	}
	if toJava == nil {
		for i, v := range args {
			if isTuple {
				i = slots[i]
			}
			if err := o.setField(i, v); err != nil {
				return err
			}
		}
	}
	return nil
}

func oneMap(args []value.Value) (*value.Map, bool) {
	if len(args) != 1 {
		return nil, false
	}
	m, ok := args[0].(*value.Map)
	return m, ok
}

func noConstructor(k *Class, args []value.Value) error {
	names := ""
	for i, a := range args {
		if i > 0 {
			names += ", "
		}
		if a == nil {
			names += "null"
		} else {
			names += a.Class().Simple()
		}
	}
	return value.Throw("groovy.lang.GroovyRuntimeException", "Could not find matching constructor for: %s(%s)", k.of.Name, names)
}

func (k *Class) buildSuper(th *value.Thread, o *Object, args []value.Value) error {
	for _, p := range k.parents {
		if p != k.super { // a trait
			if err := p.init(th, o); err != nil {
				return err
			}
		}
	}
	switch {
	case k.super != nil:
		return k.super.build(th, o, args)
	case o.exc != nil:
		v, err := k.inst.in.Table.Construct(th, k.java, args)
		if err != nil {
			return err
		}
		if e, ok := v.(*value.Exception); ok {
			o.exc.Message, o.exc.Cause = e.Message, e.Cause
		}
	case len(args) > 0:
		return noConstructor(k, args)
	}
	return nil
}

// init computes the initial values of the class's own fields.
func (k *Class) init(th *value.Thread, o *Object) error {
	if k.fill == nil {
		c := &compiler{inst: k.inst, cls: k}
		k.fill = c.function(nil, nil, k.def.FieldFunc, false)
		var steps []exec
		for _, f := range k.def.Fields {
			if !f.Static && f.Init != nil && k.def.Kind != "interface" {
				steps = append(steps, c.initField(f))
			}
		}
		for _, b := range k.def.Makes {
			steps = append(steps, c.block(b.Stmts, false))
		}
		k.fill.run = sequence(steps)
	}
	_, err := k.fill.callOn(th, o, nil, nil, nil, callSite{k.def.Name, k.def.Where})
	return err
}

func (c *compiler) initField(f *syntax.FieldDef) exec {
	x := c.expr(f.Init)
	place, known := c.slot(f.Name)
	return func(fr *frame) (control, error) {
		v, err := x(fr)
		if err == nil {
			i := place
			if !known { // of a trait
				i = fr.this.class.slots[f.Name]
			}
			err = c.at(fr.this.setField(i, v), f)
		}
		return next, err
	}
}

// constructor compiles a constructor: super(…) or this(…) first, then the
// initial values of fields, then the rest.
func (c *compiler) constructor(d *syntax.FuncDef) *body {
	b := c.function(d.Params, nil, d.Func, false)
	var stmts []syntax.Stmt
	if d.Body != nil {
		stmts = d.Body.Stmts
	}
	k := c.cls
	chain := func(fr *frame) (control, error) {
		if err := k.buildSuper(fr.th, fr.this, nil); err != nil {
			return next, err
		}
		return next, k.init(fr.th, fr.this)
	}
	if len(stmts) > 0 {
		if call, name := chainCall(stmts[0]); call != nil {
			stmts = stmts[1:]
			args := c.args(call.Args, plainClosure)
			chain = func(fr *frame) (control, error) {
				vals, err := args(fr)
				if err != nil {
					return next, err
				}
				if name == "this" {
					return next, c.at(k.build(fr.th, fr.this, vals), call)
				}
				if err := k.buildSuper(fr.th, fr.this, vals); err != nil {
					return next, c.at(err, call)
				}
				return next, k.init(fr.th, fr.this)
			}
		}
	}
	b.run = sequence([]exec{chain, c.block(stmts, false)})
	return b
}

// chainCall recognises super(…) and this(…).
func chainCall(s syntax.Stmt) (*syntax.Call, string) {
	x, ok := s.(*syntax.ExprStmt)
	if !ok {
		return nil, ""
	}
	call, ok := x.X.(*syntax.Call)
	if !ok {
		return nil, ""
	}
	if id, ok := call.Fun.(*syntax.Ident); ok && (id.Name == "super" || id.Name == "this") {
		return call, id.Name
	}
	return nil, ""
}
