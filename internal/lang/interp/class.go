package interp

import (
	"fmt"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"sluice/internal/lang/syntax"
	"sluice/internal/lang/value"
)

// A Class is one that a script or a file of lib/ defines. Its parents are
// linked, and its static fields computed, when it is first used.
type Class struct {
	of      *value.Class
	def     *syntax.ClassDef
	inst    *Instance
	outer   *Class
	inner   map[string]*Class
	super   *Class   // nil where the parent is Java's
	parents []*Class // super and traits
	java    *value.Class

	fields  []field        // of objects, the parents' first
	slots   map[string]int // nearest field of a name
	statics map[string]*static
	methods map[string][]*method // own ones, then the parents' that they do not override
	makers  []*method            // constructors
	values  []value.Value        // of an enum
	fill    *body                // computes the initial values of own fields

	single value.Value // of @Singleton

	linked, started bool
	failed          error // of the static part
}

// A field is a variable of objects.
type field struct {
	name  string
	class *value.Class // values are converted to it; nil for any
	zero  value.Value
	final bool
	owner *Class

	property bool // it can be read from outside
}

// A static is a variable of a class.
type static struct {
	v     value.Value
	class *value.Class
	final bool
}

// defineClasses makes the classes of a module.
func (inst *Instance) defineClasses() {
	for _, d := range inst.Module.File.Decls {
		if d, ok := d.(*syntax.ClassDef); ok {
			prefix := ""
			if p := inst.Module.File.Package; p != "" {
				prefix = p + "."
			}
			k := inst.defineClass(d, nil, prefix)
			inst.Set(d.Name, value.ClassRef{Of: k.of})
		}
	}
}

func (inst *Instance) defineClass(d *syntax.ClassDef, outer *Class, prefix string) *Class {
	k := &Class{of: &value.Class{Name: prefix + d.Name, Parents: []*value.Class{value.ObjectClass}}, def: d, inst: inst, outer: outer, inner: map[string]*Class{}}
	if inst.in.classes == nil {
		inst.in.classes = map[*value.Class]*Class{}
	}
	inst.in.classes[k.of] = k
	if outer == nil {
		if inst.classes == nil {
			inst.classes = map[string]*Class{}
		}
		inst.classes[d.Name] = k
		if inst.first == nil {
			inst.first = k
		}
	}
	for _, i := range d.Inner() {
		k.inner[i.Name] = inst.defineClass(i, k, k.of.Name+"$")
	}
	return k
}

// classOf is the class behind the class of a value, nil for those of the library.
func (in *Interp) classOf(c *value.Class) *Class { return in.classes[c] }

// scriptClass finds a class of the pipeline by the name that code uses.
func (c *compiler) scriptClass(name string) *Class {
	for k := c.cls; k != nil; k = k.outer {
		if k.def.Name == name {
			return k
		}
		if i := k.inner[name]; i != nil {
			return i
		}
	}
	if k := c.inst.classes[name]; k != nil {
		return k
	}
	if v, ok := c.inst.Get(name); ok {
		if ref, ok := v.(value.ClassRef); ok {
			return c.inst.in.classOf(ref.Of)
		}
		return nil
	}
	if full, ok := c.inst.Module.Imports[name]; ok {
		name = full
	} else if f := c.inst.Module.File; f != nil && f.Package != "" {
		if k := c.inst.in.libClass(f.Package + "." + name); k != nil {
			return k
		}
	}
	if k := c.inst.in.libClass(name); k != nil {
		return k
	}
	if i := strings.LastIndexByte(name, '.'); i > 0 {
		if k := c.scriptClass(name[:i]); k != nil {
			return k.inner[name[i+1:]]
		}
	}
	return nil
}

func (in *Interp) libClass(name string) *Class {
	if in.Lib == nil {
		return nil
	}
	inst := in.Lib(name)
	if inst == nil {
		return nil
	}
	if k := inst.classes[name[strings.LastIndexByte(name, '.')+1:]]; k != nil {
		return k
	}
	return inst.first // of a file that defines no class of its name
}

// link finds the parents and lays out fields and methods.
func (k *Class) link() error {
	if k.linked {
		return nil
	}
	k.linked = true
	c := &compiler{inst: k.inst, cls: k.outer}
	if err := k.linkParents(c); err != nil {
		return err
	}
	k.slots, k.statics, k.methods = map[string]int{}, map[string]*static{}, map[string][]*method{}
	own := &compiler{inst: k.inst, cls: k}
	for _, d := range k.def.Methods {
		m := &method{def: d, cls: k, abstract: d.Body == nil}
		if d.Name == k.def.Name && d.Return == nil {
			k.makers = append(k.makers, m)
			continue
		}
		k.methods[d.Name] = append(k.methods[d.Name], m)
	}
	for _, p := range k.parents {
		k.inherit(p)
	}
	for _, f := range k.def.Fields {
		class := own.declared(f.Type)
		if f.Static || k.def.Kind == "interface" {
			k.statics[f.Name] = &static{class: class, v: zero(class), final: f.Final}
			continue
		}
		k.slots[f.Name] = len(k.fields)
		k.fields = append(k.fields, field{name: f.Name, class: class, zero: zero(class), final: f.Final || k.note("Immutable") != nil, owner: k, property: isProperty(f) || strings.Contains(f.Def, "public")})
	}
	for _, v := range k.def.Values {
		k.statics[v.Name] = &static{final: true}
	}
	return nil
}

func (k *Class) linkParents(c *compiler) error {
	var parents []*value.Class
	add := func(t *syntax.TypeRef, extends bool) error {
		if p := c.scriptClass(t.Name); p != nil {
			if p == k {
				return c.at(value.Throw("groovy.lang.GroovyRuntimeException", "the class `%s` extends itself", k.def.Name), t)
			}
			if err := p.link(); err != nil {
				return err
			}
			if extends {
				k.super, k.java = p, p.java
			}
			k.parents = append(k.parents, p)
			parents = append(parents, p.of)
			return nil
		}
		cl, ok := c.class(t.Name)
		switch {
		case !ok:
			return c.at(value.Throw("java.lang.ClassNotFoundException", "the class `%s` is not known", t.Name), t)
		case extends && !cl.Is(value.ThrowableClass) && cl != value.ObjectClass:
			return c.at(value.Throw("groovy.lang.GroovyRuntimeException", "`%s` cannot be extended: classes extend exceptions and classes of the pipeline", t.Name), t)
		case extends && cl != value.ObjectClass:
			k.java = cl
		}
		parents = append(parents, cl)
		return nil
	}
	if k.def.Extends != nil {
		if err := add(k.def.Extends, true); err != nil {
			return err
		}
	}
	for _, t := range k.def.Implements {
		if err := add(t, false); err != nil {
			return err
		}
	}
	if k.def.Kind == "enum" || k.note("Sortable") != nil {
		parents = append(parents, value.ComparableClass)
	}
	if len(parents) > 0 {
		k.of.Parents = parents
	}
	return nil
}

// inherit takes over what a parent has.
func (k *Class) inherit(p *Class) {
	if p == k.super {
		k.fields = append(k.fields, p.fields...)
		for name, i := range p.slots {
			k.slots[name] = i
		}
	} else {
		for _, f := range p.fields { // of a trait
			k.slots[f.name] = len(k.fields)
			k.fields = append(k.fields, f)
		}
	}
	for name, s := range p.statics {
		if k.statics[name] == nil {
			k.statics[name] = s
		}
	}
	for name, list := range p.methods {
		for _, m := range list {
			if o := overriding(k.methods[name], m); o == nil {
				k.methods[name] = append(k.methods[name], m)
			} else if few, _ := limits(m.def.Params); few < len(m.def.Params) {
				// `older()` of `older(by = 1)` is a method of its own, which calls
				// what overrides `older(by)`.
				k.methods[name] = append(k.methods[name], &method{def: m.def, cls: m.cls, partial: true})
			}
		}
	}
}

func overriding(own []*method, m *method) *method {
	for _, o := range own {
		if sameParams(o.def.Params, m.def.Params) && (!o.abstract || m.abstract) {
			return o
		}
	}
	return nil
}

// ordered is the methods, each name's together, in the order of names.
func (k *Class) ordered() [][]*method {
	names := make([]string, 0, len(k.methods))
	for name := range k.methods {
		names = append(names, name)
	}
	sort.Strings(names)
	lists := make([][]*method, len(names))
	for i, name := range names {
		lists[i] = k.methods[name]
	}
	return lists
}

func sameParams(a, b []*syntax.Param) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if typeName(a[i].Type) != typeName(b[i].Type) {
			return false
		}
	}
	return true
}

func typeName(t *syntax.TypeRef) string {
	if t == nil || t.Name == "def" {
		return "Object"
	}
	return t.Name
}

// zero is what a field holds before it is assigned.
func zero(c *value.Class) value.Value {
	if c == nil || !c.IsPrimitive() {
		return nil
	}
	if c == value.BooleanType {
		return value.False
	}
	v, _ := value.Coerce(value.MakeInt(0), c)
	return v
}

// start links the class and computes its static fields, once.
func (k *Class) start(th *value.Thread) error {
	if k.started {
		return k.failed
	}
	k.started = true
	k.failed = k.startNow(th)
	return k.failed
}

func (k *Class) startNow(th *value.Thread) error {
	if err := k.link(); err != nil {
		return err
	}
	for _, p := range k.parents {
		if err := p.start(th); err != nil {
			return err
		}
	}
	c := &compiler{inst: k.inst, cls: k, static: true}
	b := c.function(nil, nil, k.def.StaticFunc, false)
	var steps []exec
	for i, v := range k.def.Values {
		steps = append(steps, k.constant(c, i, v))
	}
	for _, f := range k.def.Fields {
		if s := k.statics[f.Name]; s != nil && (f.Static || k.def.Kind == "interface") && initial(f, s) {
			steps = append(steps, c.initStatic(s, f))
		}
	}
	for _, block := range k.def.Inits {
		steps = append(steps, c.block(block.Stmts, false))
	}
	b.run = sequence(steps)
	_, err := b.callOn(th, nil, nil, nil, nil, callSite{k.def.Name, k.def.Where})
	return err
}

// constant makes the constant v of an enum.
func (k *Class) constant(c *compiler, ordinal int, v *syntax.EnumValue) exec {
	args := c.args(v.Args, plainClosure)
	return func(fr *frame) (control, error) {
		vals, err := args(fr)
		if err != nil {
			return next, err
		}
		of := k
		if v.Body != nil {
			of = k.inner[v.Body.Name]
			if err := of.link(); err != nil {
				return next, err
			}
		}
		o := &Object{class: of, fields: of.zeros(), name: v.Name, ordinal: ordinal, th: fr.th}
		k.values = append(k.values, o)
		k.statics[v.Name].v = o
		return next, c.at(of.build(fr.th, o, vals), v)
	}
}

// enum is the class with the constants: that of a constant's body is a child of it.
func (k *Class) enum() *Class {
	if k.super != nil && k.super.def.Kind == "enum" {
		return k.super
	}
	return k
}

// initial says whether a field has an initial value. One that it holds anyway
// is not assigned: what an earlier initial value made of it stays.
func initial(f *syntax.FieldDef, s *static) bool {
	if l, ok := f.Init.(*syntax.Literal); ok && s.v != nil && value.Equal(l.Value, s.v) {
		return false
	}
	return f.Init != nil
}

func (c *compiler) initStatic(s *static, f *syntax.FieldDef) exec {
	x := c.expr(f.Init)
	return func(fr *frame) (control, error) {
		v, err := x(fr)
		if err == nil {
			err = c.at(s.set(v), f)
		}
		return next, err
	}
}

func (s *static) set(v value.Value) (err error) {
	if s.class != nil {
		if v, err = convert(v, s.class); err != nil {
			return err
		}
	}
	s.v = v
	return nil
}

func sequence(steps []exec) exec {
	return func(fr *frame) (control, error) {
		for _, s := range steps {
			if ctl, err := s(fr); err != nil || ctl != next {
				return ctl, err
			}
		}
		return next, nil
	}
}

func (k *Class) zeros() []value.Value {
	vals := make([]value.Value, len(k.fields))
	for i, f := range k.fields {
		vals[i] = f.zero
	}
	return vals
}

// staticProperty reads a static field, a static getter, a constant or an inner class.
func (k *Class) staticProperty(th *value.Thread, name string) (value.Value, bool, error) {
	if err := k.start(th); err != nil {
		return nil, true, err
	}
	switch {
	case name == "instance" && k.note("Singleton") != nil:
		v, err := k.theOne(th)
		return v, true, err
	case name == "log" && k.note("Slf4j", "Log", "Commons", "Log4j", "Log4j2") != nil:
		v, ok := k.inst.Builtin("log")
		return v, ok, nil
	}
	for _, prefix := range []string{"get", "is"} {
		if m := choose(k.methods[prefix+upperFirst(name)], nil); m != nil && m.def.Static {
			v, err := m.call(th, nil, nil)
			return v, true, err
		}
	}
	if s := k.statics[name]; s != nil {
		return s.v, true, nil
	}
	if i := k.inner[name]; i != nil {
		return value.ClassRef{Of: i.of}, true, nil
	}
	return nil, false, nil
}

func (k *Class) setStatic(th *value.Thread, name string, v value.Value) error {
	if err := k.start(th); err != nil {
		return err
	}
	if m := choose(k.methods["set"+upperFirst(name)], []value.Value{v}); m != nil && m.def.Static {
		_, err := m.call(th, nil, []value.Value{v})
		return err
	}
	s := k.statics[name]
	switch {
	case s == nil:
		return value.MissingProperty(value.ClassRef{Of: k.of}, name)
	case s.final:
		return readOnly(k, name)
	}
	return s.set(v)
}

func readOnly(k *Class, name string) error {
	return value.Throw("groovy.lang.ReadOnlyPropertyException", "Cannot set readonly property: %s for class: %s", name, k.of.Name)
}

// invokeStatic calls a static method, or what every enum has.
func (k *Class) invokeStatic(th *value.Thread, name string, args []value.Value) (value.Value, bool, error) {
	if err := k.start(th); err != nil {
		return nil, true, err
	}
	if m, args := fit(k.methods[name], args); m != nil && m.def.Static {
		v, err := m.call(th, nil, args)
		return v, true, err
	}
	switch {
	case name == "newInstance":
		v, err := k.make(th, args)
		return v, true, err
	case k.def.Kind == "enum" && name == "values" && len(args) == 0:
		return value.NewList(append([]value.Value(nil), k.values...)...), true, nil
	case k.def.Kind == "enum" && name == "valueOf" && len(args) == 1:
		v, err := k.valueOf(value.ToString(args[0]))
		return v, true, err
	}
	if s := k.statics[name]; s != nil {
		if f, ok := s.v.(value.Callable); ok {
			v, err := f.CallWith(th, args)
			return v, true, err
		}
	}
	if prop, ok := strings.CutPrefix(name, "get"); ok && len(args) == 0 && prop != "" {
		if s := k.statics[lowerFirst(prop)]; s != nil {
			return s.v, true, nil
		}
	}
	return nil, false, nil
}

func (k *Class) valueOf(name string) (value.Value, error) {
	if s := k.statics[name]; s != nil {
		if o, ok := s.v.(*Object); ok && o.name == name && o.class.enum() == k {
			return o, nil
		}
	}
	return nil, value.Throw("java.lang.IllegalArgumentException", "No enum constant %s.%s", k.of.Name, name)
}

func upperFirst(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}

func lowerFirst(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToLower(r)) + s[n:]
}

// String is for debugging.
func (k *Class) String() string { return fmt.Sprintf("class %s", k.of.Name) }
